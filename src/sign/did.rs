//! The name of a key: `did:key` for Ed25519.

use std::fmt;
use std::str::FromStr;

use super::base58;
use crate::canonical::text_form::serde_as_text;

/// Multicodec prefix of an Ed25519 public key (`ed25519-pub`, 0xed as a varint).
const ED25519_PUB: [u8; 2] = [0xed, 0x01];

/// A `did:key` of 32 bytes that claim to be an Ed25519 public key.
///
/// It is only a name: whether the bytes are a key that may sign is decided by
/// [`PublicKey::from_did`](super::PublicKey::from_did).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Did([u8; 32]);

/// A text that is no `did:key` of an Ed25519 key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected the did:key of an Ed25519 key (did:key:z6Mk…), found {found:?}")]
pub struct DidError {
    pub found: String,
}

impl Did {
    /// Names the key with these bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Did(bytes)
    }

    /// Returns the 32 bytes of the key.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the key in Multikey form: `z6Mk…`.
    pub fn multikey(&self) -> String {
        let mut bytes = [0; 34];
        bytes[..2].copy_from_slice(&ED25519_PUB);
        bytes[2..].copy_from_slice(&self.0);
        format!("z{}", base58::encode(&bytes))
    }

    /// Returns the verification method of a `did:key`: the name, `#`, and the key again.
    pub fn verification_method(&self) -> String {
        let key = self.multikey();
        format!("did:key:{key}#{key}")
    }

    /// Reads a verification method.
    ///
    /// # Errors
    ///
    /// [`DidError`] if it is not what [`verification_method`](Self::verification_method) writes.
    pub fn from_verification_method(text: &str) -> Result<Self, DidError> {
        let wrong = || DidError {
            found: text.chars().take(130).collect(),
        };
        let (did, fragment) = text.split_once('#').ok_or_else(wrong)?;
        if did.strip_prefix("did:key:") != Some(fragment) {
            return Err(wrong());
        }
        did.parse()
    }
}

impl fmt::Display for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "did:key:{}", self.multikey())
    }
}

impl fmt::Debug for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Did {
    type Err = DidError;

    fn from_str(text: &str) -> Result<Self, DidError> {
        let wrong = || DidError {
            found: text.chars().take(130).collect(),
        };
        let encoded = text.strip_prefix("did:key:z").ok_or_else(wrong)?;
        let bytes: [u8; 34] = base58::decode(encoded).ok_or_else(wrong)?;
        match bytes.split_first_chunk() {
            Some((&ED25519_PUB, key)) => Ok(Did(key.try_into().expect("34 bytes less two"))),
            _ => Err(wrong()),
        }
    }
}

serde_as_text!(Did);
