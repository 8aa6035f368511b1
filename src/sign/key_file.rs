//! Key files: PKCS#8 version 1 in PEM, plain or under a passphrase, as OpenSSL reads and writes them.
//!
//! Version 1 holds no public key; OpenSSL, Node and Python refuse version 2. A passphrase encrypts with
//! PBES2: scrypt (N = 2^14, r = 8, p = 1) and AES-256-CBC. This module turns keys into text and back;
//! who may read the file is the caller's business.

use pkcs8::der::asn1::OctetStringRef;
use pkcs8::der::pem::PemLabel;
use pkcs8::pkcs5::{pbes2, scrypt};
use pkcs8::{
    AlgorithmIdentifierRef, EncryptedPrivateKeyInfoRef, LineEnding, ObjectIdentifier,
    PrivateKeyInfoRef, SecretDocument,
};
use zeroize::Zeroizing;

use super::SecretKey;

/// id-Ed25519 (RFC 8410 §3).
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// A file larger than this, in bytes, is no key file.
pub const MAX_KEY_FILE_LEN: usize = 16 * 1024;

/// Greatest N * r * p of scrypt: 16 times what we write; 256 MiB, or a second or two.
pub const MAX_SCRYPT_COST: u64 = 1 << 21;

/// Most iterations of PBKDF2: about a second. OpenSSL writes 2,048, and advice goes up to some hundred thousand.
pub const MAX_PBKDF2_ITERATIONS: u32 = 2_000_000;

/// How a new key file is protected.
pub enum Protection<'a> {
    /// Under a passphrase; `nonce` is fresh randomness, for the salt and the initialisation vector.
    Passphrase {
        passphrase: &'a str,
        nonce: [u8; 32],
    },
    /// By nothing but the file's mode.
    None,
}

/// Why a text is not a key file that can be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error("expected a PEM file with a PKCS#8 private key, found {found}")]
    NotPem { found: String },
    #[error("the key file is under a passphrase")]
    PassphraseNeeded,
    #[error("the passphrase does not open the key file")]
    WrongPassphrase,
    #[error("expected an Ed25519 key, found algorithm {found}")]
    OtherAlgorithm { found: String },
    #[error("expected a passphrase at a cost within {expected}, found {found}")]
    Cost {
        expected: &'static str,
        found: String,
    },
    #[error("the key file cannot be read")]
    Malformed(#[source] pkcs8::Error),
}

/// Writes a secret key as PEM.
///
/// # Errors
///
/// [`KeyFileError::Malformed`] if encryption refuses its parameters, which the fixed ones never do.
pub fn to_pem(
    key: &SecretKey,
    protection: Protection<'_>,
) -> Result<Zeroizing<String>, KeyFileError> {
    // RFC 8410 §7: the private key is an OCTET STRING inside the OCTET STRING of PKCS#8.
    let mut inner = Zeroizing::new([0; 34]);
    inner[..2].copy_from_slice(&[0x04, 32]);
    inner[2..].copy_from_slice(key.seed());
    let info = PrivateKeyInfoRef::new(
        AlgorithmIdentifierRef {
            oid: ED25519,
            parameters: None,
        },
        OctetStringRef::new(inner.as_slice()).map_err(|e| KeyFileError::Malformed(e.into()))?,
    );
    let (label, document) = match protection {
        Protection::None => (
            PrivateKeyInfoRef::PEM_LABEL,
            SecretDocument::try_from(&info).map_err(KeyFileError::Malformed)?,
        ),
        Protection::Passphrase { passphrase, nonce } => {
            let (salt, iv) = nonce.split_at(16);
            let parameters = pbes2::Parameters::generate_scrypt_aes256cbc(
                scrypt::Params::new(14, 8, 1)
                    .expect("parameters of docs/spec/signature.md are in range"),
                salt,
                iv.try_into().expect("32 bytes less 16"),
            )
            .map_err(|e| KeyFileError::Malformed(e.into()))?;
            (
                EncryptedPrivateKeyInfoRef::PEM_LABEL,
                info.encrypt_with_params(parameters, passphrase)
                    .map_err(KeyFileError::Malformed)?,
            )
        }
    };
    document
        .to_pem(label, LineEnding::LF)
        .map_err(|e| KeyFileError::Malformed(e.into()))
}

/// Tells whether a key file asks for a passphrase.
pub fn is_encrypted(pem: &str) -> bool {
    pem.contains("BEGIN ENCRYPTED PRIVATE KEY")
}

/// Reads a secret key from PEM.
///
/// # Errors
///
/// [`KeyFileError`] tells whether a passphrase is missing or wrong, or what else was found.
pub fn from_pem(pem: &str, passphrase: Option<&str>) -> Result<SecretKey, KeyFileError> {
    if pem.len() > MAX_KEY_FILE_LEN {
        return Err(KeyFileError::NotPem {
            found: format!("{} bytes", pem.len()),
        });
    }
    let (label, document) =
        SecretDocument::from_pem(pem.trim()).map_err(|error| KeyFileError::NotPem {
            found: error.to_string(),
        })?;
    if label == PrivateKeyInfoRef::PEM_LABEL {
        return from_document(&document);
    }
    if label != EncryptedPrivateKeyInfoRef::PEM_LABEL {
        return Err(KeyFileError::NotPem {
            found: format!("a {}", label.to_lowercase()),
        });
    }
    let passphrase = passphrase.ok_or(KeyFileError::PassphraseNeeded)?;
    let info: EncryptedPrivateKeyInfoRef<'_> = document
        .decode_msg()
        .map_err(|e: pkcs8::der::Error| KeyFileError::Malformed(e.into()))?;
    check_cost(&info)?;
    let plain = info
        .decrypt(passphrase)
        .map_err(|_| KeyFileError::WrongPassphrase)?;
    from_document(&plain)
}

/// Checks what a foreign file asks for, which may be any amount of memory and time, or nonsense.
fn check_cost(info: &EncryptedPrivateKeyInfoRef<'_>) -> Result<(), KeyFileError> {
    let pkcs8::pkcs5::EncryptionScheme::Pbes2(parameters) = &info.encryption_algorithm else {
        return Err(KeyFileError::NotPem {
            found: "an encryption older than PBES2".to_owned(),
        });
    };
    match &parameters.kdf {
        pbes2::Kdf::Scrypt(scrypt) => {
            let (n, r, p) = (
                scrypt.cost_parameter,
                scrypt.block_size,
                scrypt.parallelization,
            );
            let cost = n.saturating_mul(u64::from(r)).saturating_mul(u64::from(p));
            // N is a power of two greater than 1 (RFC 7914 §6); the library panics at 0.
            if !n.is_power_of_two() || n == 1 || !(1..=MAX_SCRYPT_COST).contains(&cost) {
                return Err(KeyFileError::Cost {
                    expected: "scrypt N * r * p = 2^21",
                    found: format!("N = {n}, r = {r}, p = {p}"),
                });
            }
            Ok(())
        }
        pbes2::Kdf::Pbkdf2(pbkdf2) => match pbkdf2.iteration_count {
            1..=MAX_PBKDF2_ITERATIONS => Ok(()),
            found => Err(KeyFileError::Cost {
                expected: "2,000,000 iterations of PBKDF2",
                found: found.to_string(),
            }),
        },
        // The library has no other, and refuses what it does not know.
        _ => Ok(()),
    }
}

fn from_document(document: &SecretDocument) -> Result<SecretKey, KeyFileError> {
    let info: PrivateKeyInfoRef<'_> = document
        .decode_msg()
        .map_err(|e: pkcs8::der::Error| KeyFileError::Malformed(e.into()))?;
    if info.algorithm.oid != ED25519 {
        return Err(KeyFileError::OtherAlgorithm {
            found: info.algorithm.oid.to_string(),
        });
    }
    match info.private_key.as_bytes() {
        [0x04, 32, seed @ ..] if seed.len() == 32 => {
            let seed = Zeroizing::new(<[u8; 32]>::try_from(seed).expect("32 bytes"));
            Ok(SecretKey::from_seed(&seed))
        }
        other => Err(KeyFileError::NotPem {
            found: format!("a private key of {} bytes", other.len()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn protections() -> [Protection<'static>; 2] {
        [
            Protection::None,
            Protection::Passphrase {
                passphrase: "correct horse",
                nonce: [7; 32],
            },
        ]
    }

    #[test]
    fn key_file_gives_back_the_key() {
        let key = SecretKey::from_seed(&[1; 32]);
        for protection in protections() {
            let pem = to_pem(&key, protection).unwrap();
            let read = from_pem(&pem, Some("correct horse")).unwrap();
            assert_eq!(read.public(), key.public());
        }
    }

    #[test]
    fn passphrase_is_asked_for_and_checked() {
        let key = SecretKey::from_seed(&[1; 32]);
        let [_, passphrase] = protections();
        let pem = to_pem(&key, passphrase).unwrap();
        assert!(is_encrypted(&pem));
        assert!(matches!(
            from_pem(&pem, None),
            Err(KeyFileError::PassphraseNeeded)
        ));
        assert!(matches!(
            from_pem(&pem, Some("wrong")),
            Err(KeyFileError::WrongPassphrase)
        ));
    }

    #[test]
    fn other_files_are_refused_by_name() {
        for wrong in [
            "",
            "hello",
            "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n",
        ] {
            assert!(
                matches!(from_pem(wrong, None), Err(KeyFileError::NotPem { .. })),
                "{wrong}"
            );
        }
    }
}
