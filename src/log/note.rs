//! Signed notes: a text and who signed it.
//!
//! Follows C2SP [signed-note] for signatures of type 0x01 (Ed25519). Signatures by unknown keys and of
//! unknown types are kept and ignored, so that others can add theirs.
//!
//! [signed-note]: https://c2sp.org/signed-note

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::sign::{PublicKey, SecretKey};

/// Longest note that is read, in bytes.
pub const MAX_NOTE_LEN: usize = 1 << 20;

/// Most signatures on a note that is read.
pub const MAX_SIGNATURES: usize = 100;

/// Signature type of Ed25519 over the note's text.
const ED25519: u8 = 0x01;

const SIGNATURE_PREFIX: &str = "\u{2014} ";

/// Why a text is not a signed note, or not one that may be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("expected a signed note, found {found}")]
    Malformed { found: String },
    #[error("expected a verifier key (NAME+ID+KEY), found {found}")]
    Key { found: String },
    #[error("the note has no signature by {expected}")]
    Unsigned { expected: String },
    #[error("the signature by {name} does not fit the note")]
    Invalid { name: String },
}

/// A public key with the name under which it signs notes, written as a C2SP *vkey*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    key: PublicKey,
}

impl VerifierKey {
    /// Returns the name of the signer.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the four bytes that tell the signer's keys apart: the beginning of
    /// SHA-256(name, LF, type, key).
    pub fn id(&self) -> u32 {
        let hash = Sha256::new()
            .chain_update(&self.name)
            .chain_update([b'\n', ED25519])
            .chain_update(self.key.as_bytes())
            .finalize();
        u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
    }

    fn typed_key(&self) -> [u8; 33] {
        let mut bytes = [ED25519; 33];
        bytes[1..].copy_from_slice(self.key.as_bytes());
        bytes
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = STANDARD.encode(self.typed_key());
        write!(f, "{}+{:08x}+{key}", self.name, self.id())
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, NoteError> {
        let wrong = |found: &str| NoteError::Key {
            found: found.to_owned(),
        };
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong(&format!("{:?}", excerpt(text))));
        };
        if !is_key_name(name) {
            return Err(wrong("a name that is empty or has spaces"));
        }
        let bytes = STANDARD
            .decode(key)
            .map_err(|_| wrong("a key that is not base64"))?;
        let bytes: [u8; 32] = match bytes.split_first() {
            Some((&ED25519, key)) => key
                .try_into()
                .map_err(|_| wrong("an Ed25519 key of another length"))?,
            Some((kind, _)) => return Err(wrong(&format!("a key of type 0x{kind:02x}"))),
            None => return Err(wrong("no key")),
        };
        let key = PublicKey::from_bytes(&bytes).map_err(|error| wrong(&error.to_string()))?;
        let vkey = VerifierKey {
            name: name.to_owned(),
            key,
        };
        if id != format!("{:08x}", vkey.id()) {
            return Err(wrong(&format!("the id {:?} of another key", excerpt(id))));
        }
        Ok(vkey)
    }
}

/// A secret key with the name under which it signs notes.
#[derive(Clone, Debug)]
pub struct NoteSigner {
    name: String,
    key: SecretKey,
}

impl NoteSigner {
    /// Names a key.
    ///
    /// # Errors
    ///
    /// [`NoteError::Key`] if the name is empty or has a space or a `+`.
    pub fn new(name: &str, key: SecretKey) -> Result<Self, NoteError> {
        if !is_key_name(name) {
            return Err(NoteError::Key {
                found: format!("the name {:?}", excerpt(name)),
            });
        }
        Ok(NoteSigner {
            name: name.to_owned(),
            key,
        })
    }

    /// Returns the name of the signer.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the key under which the signatures are checked.
    pub fn key(&self) -> VerifierKey {
        VerifierKey {
            name: self.name.clone(),
            key: self.key.public(),
        }
    }

    /// Signs a text, which ends with LF.
    pub fn sign(&self, text: &str) -> SignedNote {
        SignedNote {
            text: text.to_owned(),
            signatures: vec![NoteSignature {
                name: self.name.clone(),
                id: self.key().id(),
                signature: self.key.sign(text.as_bytes()).to_vec(),
            }],
        }
    }
}

/// One signature line of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    pub name: String,
    /// Tells the signer's keys apart.
    pub id: u32,
    /// The bytes after the id; their meaning depends on the key's type.
    pub signature: Vec<u8>,
}

/// A text with its signatures, not yet checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    /// The signed text, with its last LF.
    pub text: String,
    pub signatures: Vec<NoteSignature>,
}

impl SignedNote {
    /// Checks the signature by one key and returns the text that it covers.
    ///
    /// # Errors
    ///
    /// [`NoteError::Unsigned`] if no line has the key's name and id, [`NoteError::Invalid`] if one has and
    /// does not fit.
    pub fn verify(&self, key: &VerifierKey) -> Result<&str, NoteError> {
        let id = key.id();
        let mut matching = self
            .signatures
            .iter()
            .filter(|line| line.name == key.name && line.id == id)
            .peekable();
        if matching.peek().is_none() {
            return Err(NoteError::Unsigned {
                expected: key.to_string(),
            });
        }
        let valid = matching.all(|line| {
            <[u8; 64]>::try_from(line.signature.as_slice())
                .is_ok_and(|signature| key.key.verify(self.text.as_bytes(), &signature).is_ok())
        });
        match valid {
            true => Ok(&self.text),
            false => Err(NoteError::Invalid {
                name: key.name.clone(),
            }),
        }
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for line in &self.signatures {
            let mut blob = line.id.to_be_bytes().to_vec();
            blob.extend_from_slice(&line.signature);
            writeln!(
                f,
                "{SIGNATURE_PREFIX}{} {}",
                line.name,
                STANDARD.encode(blob)
            )?;
        }
        Ok(())
    }
}

impl FromStr for SignedNote {
    type Err = NoteError;

    fn from_str(note: &str) -> Result<Self, NoteError> {
        let malformed = |found: &str| NoteError::Malformed {
            found: found.to_owned(),
        };
        if note.len() > MAX_NOTE_LEN {
            return Err(malformed(&format!("{} bytes", note.len())));
        }
        if note.bytes().any(|b| b < 0x20 && b != b'\n') {
            return Err(malformed("a control character other than LF"));
        }
        // The text may have blank lines: the last one ends it.
        let split = note
            .rfind("\n\n")
            .ok_or_else(|| malformed("no blank line before the signatures"))?;
        let (text, lines) = (&note[..split + 1], &note[split + 2..]);
        let lines = lines
            .strip_suffix('\n')
            .ok_or_else(|| malformed("no LF at the end"))?;
        let signatures = lines
            .split('\n')
            .map(|line| {
                parse_signature(line).ok_or_else(|| malformed("a line that is no signature"))
            })
            .collect::<Result<Vec<_>, _>>()?;
        if signatures.len() > MAX_SIGNATURES {
            return Err(malformed(&format!("{} signatures", signatures.len())));
        }
        Ok(SignedNote {
            text: text.to_owned(),
            signatures,
        })
    }
}

fn parse_signature(line: &str) -> Option<NoteSignature> {
    let (name, blob) = line.strip_prefix(SIGNATURE_PREFIX)?.split_once(' ')?;
    if !is_key_name(name) {
        return None;
    }
    let blob = STANDARD.decode(blob).ok()?;
    let (id, signature) = blob.split_first_chunk::<4>()?;
    if signature.is_empty() {
        return None;
    }
    Some(NoteSignature {
        name: name.to_owned(),
        id: u32::from_be_bytes(*id),
        signature: signature.to_vec(),
    })
}

fn is_key_name(name: &str) -> bool {
    !name.is_empty()
        && !name
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

fn excerpt(text: &str) -> String {
    text.chars().take(80).collect()
}
