//! Hashes of the Merkle tree: SHA-256 with the prefixes of RFC 6962 §2.1.
//!
//! A leaf is hashed after the byte 0, an inner node after the byte 1, so that neither can pass for the
//! other. In JSON a hash is written as a [`Digest`]; in notes as base64.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::canonical::Digest;
use crate::canonical::digest::DigestError;

/// The hash of a leaf or an inner node.
///
/// As text, and in JSON, `sha256:` and 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hash(Digest);

/// The root of the tree without leaves: SHA-256 of no bytes (RFC 6962 §2.1).
pub const EMPTY_ROOT: Hash = Hash::from_bytes([
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
    0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55,
]);

/// A text that is no hash in base64.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected the base64 of 32 bytes, found {found:?}")]
pub struct HashError {
    pub found: String,
}

/// Returns the hash of a leaf, here the bytes of an entry.
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    let hash = Sha256::new_with_prefix([0]).chain_update(bytes).finalize();
    Hash::from_bytes(hash.into())
}

/// Returns the hash of the node over two others.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let hash = Sha256::new_with_prefix([1])
        .chain_update(left.as_bytes())
        .chain_update(right.as_bytes())
        .finalize();
    Hash::from_bytes(hash.into())
}

impl Hash {
    /// 32 zero bytes: what stands for the entry before the first.
    pub const ZERO: Hash = Hash::from_bytes([0; 32]);

    /// Takes 32 bytes that are a hash already.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Hash(Digest::from_bytes(bytes))
    }

    /// Returns the 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Returns the 44 characters of standard base64, padded, as notes write a hash.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.as_bytes())
    }

    /// Reads what [`to_base64`](Self::to_base64) writes.
    ///
    /// # Errors
    ///
    /// [`HashError`] for every other text, among them one that differs only in its unused last bits.
    pub fn from_base64(text: &str) -> Result<Self, HashError> {
        let mut bytes = [0; 32];
        match STANDARD.decode_slice(text, &mut bytes) {
            Ok(32) => Ok(Hash::from_bytes(bytes)),
            _ => Err(HashError {
                found: text.chars().take(60).collect(),
            }),
        }
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Hash {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        text.parse().map(Hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaf_and_node_are_hashed_under_different_prefixes() {
        let empty = leaf_hash(b"");
        assert_eq!(
            empty.to_string(),
            "sha256:6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        );
        let node = node_hash(&empty, &leaf_hash(&[0]));
        assert_eq!(
            node.to_string(),
            "sha256:fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
        );
        assert_eq!(EMPTY_ROOT, Hash(Digest::of(b"")));
    }

    #[test]
    fn hash_reads_what_it_writes() {
        let hash = leaf_hash(b"abc");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(Hash::from_base64(&hash.to_base64()), Ok(hash));
        let json = serde_json::to_string(&Hash::ZERO).unwrap();
        assert_eq!(json, format!("\"sha256:{}\"", "0".repeat(64)));
        assert_eq!(serde_json::from_str::<Hash>(&json).unwrap(), Hash::ZERO);
    }

    #[test]
    fn base64_has_one_form() {
        let good = EMPTY_ROOT.to_base64();
        assert_eq!(good, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        for wrong in [
            good.replace("FU=", "FV="),    // other unused bits
            good.replace('=', ""),         // no padding
            good.replace(['+', '/'], "-"), // another alphabet
            format!("{good}="),            // too much padding
            format!("{good}\n"),           // a line end
            format!(" {good}"),            // a space
            good[..40].to_owned(),         // 30 bytes
            STANDARD.encode([0; 33]),      // 33 bytes
            String::new(),
        ] {
            assert!(Hash::from_base64(&wrong).is_err(), "{wrong:?}");
        }
    }
}
