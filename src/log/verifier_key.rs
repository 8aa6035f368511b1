//! The keys of those who sign notes, with their names: C2SP `vkey`.
//!
//! Follows [signed-note] v1.0.0. As text a key is its name, `+`, its id in hexadecimal, `+`, and the base64
//! of its type and public key. The id is the beginning of a hash over name, type and key, so a
//! key that was taken for another's is found out when it is read. The type says what is signed, so that
//! a log's key and a [witness's](super::WitnessKey) are never taken for each other.
//!
//! [signed-note]: https://c2sp.org/signed-note@v1.0.0

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::line::excerpt;
use crate::sign::{KeyError, PublicKey};

/// A named key that may sign notes: signature type 0x01, Ed25519 over the text.
pub type VerifierKey = NamedKey<0x01>;

/// An Ed25519 public key with the name under which it signs.
///
/// `TYPE` is the signature type, which says over which bytes: see [`VerifierKey`] and
/// [`WitnessKey`](super::WitnessKey).
#[derive(Clone, PartialEq, Eq)]
pub struct NamedKey<const TYPE: u8> {
    name: String,
    key_id: u32,
    public: PublicKey,
}

/// Why a text is not the key of a signer of notes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VerifierKeyError {
    #[error("expected a verifier key (name+id+base64), found {found:?}")]
    Malformed { found: String },
    #[error("expected a key name without spaces, control characters and +, found {found:?}")]
    Name { found: String },
    #[error(
        "expected a key of type {expected:#04x} ({}), found one of type {found:#04x} ({})",
        type_name(*expected), type_name(*found)
    )]
    UnsupportedType { expected: u8, found: u8 },
    #[error("expected a key of {expected} bytes, found {found} bytes")]
    KeyLength { expected: usize, found: usize },
    #[error("expected key id {expected:08x} for this name and key, found {found:08x}")]
    KeyId { expected: u32, found: u32 },
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Tells whether a text can be the name of a key: not empty, no Unicode white space, no `+`, no
/// control characters (which no note may hold).
///
/// The name of a log's key is the log's origin.
pub fn is_valid_key_name(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c < ' ' || c == '+')
}

impl<const TYPE: u8> NamedKey<TYPE> {
    /// Names a key.
    ///
    /// # Errors
    ///
    /// [`VerifierKeyError::Name`] unless [`is_valid_key_name`].
    pub fn new(name: &str, public: PublicKey) -> Result<Self, VerifierKeyError> {
        Ok(NamedKey {
            key_id: key_id(name, TYPE, public.as_bytes())?,
            name: name.to_owned(),
            public,
        })
    }

    /// Returns the name; a log's is its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the key id, which stands before each signature in a note.
    pub fn key_id(&self) -> u32 {
        self.key_id
    }

    /// Returns the key itself.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }
}

impl<const TYPE: u8> fmt::Display for NamedKey<TYPE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![TYPE];
        key.extend_from_slice(self.public.as_bytes());
        write!(
            f,
            "{}+{:08x}+{}",
            self.name,
            self.key_id,
            STANDARD.encode(key)
        )
    }
}

impl<const TYPE: u8> fmt::Debug for NamedKey<TYPE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const TYPE: u8> FromStr for NamedKey<TYPE> {
    type Err = VerifierKeyError;

    fn from_str(text: &str) -> Result<Self, VerifierKeyError> {
        let (name, key) = decode_vkey(text, TYPE)?;
        NamedKey::new(name, PublicKey::from_bytes(&key)?)
    }
}

/// Takes apart a vkey of this type, and returns its name and the `LEN` bytes of its key.
///
/// Name and id are checked. Whether the bytes are a key is left to the caller, who knows the type.
///
/// # Errors
///
/// Every [`VerifierKeyError`] but [`Key`](VerifierKeyError::Key).
pub(super) fn decode_vkey<const LEN: usize>(
    text: &str,
    key_type: u8,
) -> Result<(&str, [u8; LEN]), VerifierKeyError> {
    let malformed = || VerifierKeyError::Malformed {
        found: excerpt(text),
    };
    // Base64 may hold a `+` too; name and id do not.
    let (name, rest) = text.split_once('+').ok_or_else(malformed)?;
    let (id, key) = rest.split_once('+').ok_or_else(malformed)?;
    let lower_hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    if id.len() != 8 || !id.bytes().all(lower_hex) {
        return Err(malformed());
    }
    let found = u32::from_str_radix(id, 16).map_err(|_| malformed())?;
    let key = STANDARD.decode(key).map_err(|_| malformed())?;
    let key = match key.split_first() {
        Some((&found, key)) if found == key_type => key,
        Some((&found, _)) => {
            return Err(VerifierKeyError::UnsupportedType {
                expected: key_type,
                found,
            });
        }
        None => return Err(malformed()),
    };
    let key: [u8; LEN] = key.try_into().map_err(|_| VerifierKeyError::KeyLength {
        expected: LEN,
        found: key.len(),
    })?;
    match key_id(name, key_type, &key)? {
        expected if expected == found => Ok((name, key)),
        expected => Err(VerifierKeyError::KeyId { expected, found }),
    }
}

fn key_id(name: &str, key_type: u8, key: &[u8]) -> Result<u32, VerifierKeyError> {
    if !is_valid_key_name(name) {
        return Err(VerifierKeyError::Name {
            found: excerpt(name),
        });
    }
    let hash = Sha256::new_with_prefix(name)
        .chain_update([b'\n', key_type])
        .chain_update(key)
        .finalize();
    Ok(u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]))
}

/// What a signature type is, for an error message (signed-note, "Signature types").
fn type_name(key_type: u8) -> &'static str {
    match key_type {
        0x01 => "Ed25519, as a log signs",
        0x02 => "ECDSA",
        0x04 => "Ed25519 cosignature, as a witness signs",
        0x05 => "RFC 6962 tree head",
        0x06 => "ML-DSA-44 cosignature",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_name_is_one_word_without_plus() {
        for name in [
            "factdesk.example/2026",
            "PeterNeumann",
            "über",
            "a",
            "\u{7f}",
        ] {
            assert!(is_valid_key_name(name), "{name:?}");
        }
        for name in [
            "",
            "a b",
            "a+b",
            "a\n",
            "a\u{a0}b",
            "a\u{2003}",
            "\u{1}",
            "a\0",
        ] {
            assert!(!is_valid_key_name(name), "{name:?}");
        }
    }

    #[test]
    fn public_key_may_hold_a_plus_in_base64() {
        // The first seed whose public key does.
        let text = (0..)
            .map(|n| crate::sign::SecretKey::from_seed(&[n; 32]).public())
            .map(|public| VerifierKey::new("a", public).unwrap().to_string())
            .find(|text| text.matches('+').count() > 2)
            .unwrap();
        assert_eq!(text.parse::<VerifierKey>().unwrap().to_string(), text);
    }
}
