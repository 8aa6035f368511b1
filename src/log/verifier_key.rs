//! The key of a signer of notes, with its name: C2SP `vkey`.
//!
//! Follows [signed-note] v1.0.0. As text a key is its name, `+`, its id in hexadecimal, `+`, and the base64
//! of its type and public key. The id is the beginning of a hash over name, type and key, so a
//! key that was taken for another's is found out when it is read. Only Ed25519 is read here.
//!
//! [signed-note]: https://c2sp.org/signed-note@v1.0.0

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::sign::{KeyError, PublicKey};

/// The signature type Ed25519 over the text of a note.
const ED25519: u8 = 0x01;

/// A named key that may sign notes.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
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
        "expected a key of type {ED25519:#04x} (Ed25519), found the unsupported type {found:#04x}"
    )]
    UnsupportedType { found: u8 },
    #[error("expected an Ed25519 key of 32 bytes, found {found} bytes")]
    KeyLength { found: usize },
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

impl VerifierKey {
    /// Names a key.
    ///
    /// # Errors
    ///
    /// [`VerifierKeyError::Name`] unless [`is_valid_key_name`].
    pub fn new(name: &str, public: PublicKey) -> Result<Self, VerifierKeyError> {
        if !is_valid_key_name(name) {
            return Err(VerifierKeyError::Name {
                found: excerpt(name),
            });
        }
        let hash = Sha256::new_with_prefix(name)
            .chain_update([b'\n', ED25519])
            .chain_update(public.as_bytes())
            .finalize();
        Ok(VerifierKey {
            name: name.to_owned(),
            key_id: u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]),
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

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut key = vec![ED25519];
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

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for VerifierKey {
    type Err = VerifierKeyError;

    fn from_str(text: &str) -> Result<Self, VerifierKeyError> {
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
        let public = match key.split_first() {
            Some((&ED25519, public)) => public,
            Some((&found, _)) => return Err(VerifierKeyError::UnsupportedType { found }),
            None => return Err(malformed()),
        };
        let public = public.try_into().map_err(|_| VerifierKeyError::KeyLength {
            found: public.len(),
        })?;
        let key = VerifierKey::new(name, PublicKey::from_bytes(public)?)?;
        match key.key_id {
            key_id if key_id == found => Ok(key),
            expected => Err(VerifierKeyError::KeyId { expected, found }),
        }
    }
}

/// The beginning of a text, for an error message.
fn excerpt(text: &str) -> String {
    text.chars().take(120).collect()
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
