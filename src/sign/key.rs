//! Ed25519 keys, and the one rule by which a signature is valid.

use std::fmt;

use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::traits::IsIdentity;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};

use super::Did;

/// A public key that may sign.
///
/// A value of this type was checked: its encoding is canonical, and the point is neither the identity nor
/// has a torsion part. Under such a key the equation that [`verify`](PublicKey::verify) checks has one
/// meaning, and OpenSSL, WebCrypto, Go and ring agree with us on every signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// Why 32 bytes are not a key that may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("the key is no point of the curve in canonical encoding")]
    NotCanonical,
    #[error("the key is the identity point: anyone could sign for it")]
    Identity,
    #[error("the key has a torsion part: verifiers would not agree on its signatures")]
    Torsion,
}

/// The signature is not valid for this key and message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not fit the key and the signed bytes")]
pub struct SignatureError;

impl PublicKey {
    /// Checks the 32 bytes of a key.
    ///
    /// # Errors
    ///
    /// [`KeyError`] names the rule that the bytes break.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotCanonical)?;
        let point = key.to_edwards();
        if point.compress().as_bytes() != bytes {
            return Err(KeyError::NotCanonical);
        }
        if point.is_identity() {
            return Err(KeyError::Identity);
        }
        if !point.is_torsion_free() {
            return Err(KeyError::Torsion);
        }
        Ok(PublicKey(key))
    }

    /// Checks the key that a `did:key` names.
    ///
    /// # Errors
    ///
    /// As [`from_bytes`](Self::from_bytes).
    pub fn from_did(did: &Did) -> Result<Self, KeyError> {
        Self::from_bytes(did.as_bytes())
    }

    /// Returns the name of the key.
    pub fn did(&self) -> Did {
        Did::from_bytes(self.0.to_bytes())
    }

    /// Returns the 32 bytes of the key.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Returns the point that the key is: in the group of prime order, and not the identity.
    pub(super) fn point(&self) -> EdwardsPoint {
        self.0.to_edwards()
    }

    /// Checks a signature: `s` is below the group order, `R` is canonically encoded and not of small
    /// order, and the equation holds without the cofactor.
    ///
    /// # Errors
    ///
    /// [`SignatureError`] if any of these fails.
    pub fn verify(&self, message: &[u8], signature: &[u8; 64]) -> Result<(), SignatureError> {
        self.0
            .verify_strict(message, &Signature::from_bytes(signature))
            .map_err(|_| SignatureError)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.did(), f)
    }
}

/// A secret key, wiped from memory when dropped.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// Makes the key of 32 random bytes (the seed of RFC 8032 §5.1.5).
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        SecretKey(SigningKey::from_bytes(seed))
    }

    /// Returns the seed: a secret that the caller must wipe.
    pub(super) fn seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Returns the public key that belongs to it.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs a message (RFC 8032 §5.1.6: the same message gives the same signature).
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.public().did())
    }
}
