//! W3C Data Integrity proofs with the cryptosuite `eddsa-jcs-2022`.
//!
//! Follows [Data Integrity EdDSA Cryptosuites v1.0] §3.3. A proof of ours has exactly the six members
//! below. What is signed are 64 bytes, the hash of the proof's configuration and the digest of the
//! record, so that a signature can be checked when the record itself was lawfully erased.
//!
//! [Data Integrity EdDSA Cryptosuites v1.0]: https://www.w3.org/TR/vc-di-eddsa/

use serde::{Deserialize, Serialize};

use super::{Did, PublicKey, SecretKey, SignatureError, base58};
use crate::canonical::{Digest, Timestamp};

const TYPE: &str = "DataIntegrityProof";
const CRYPTOSUITE: &str = "eddsa-jcs-2022";
const PURPOSE: &str = "assertionMethod";

/// A signature by the holder of a key over one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Members", into = "Members")]
pub struct Proof {
    /// When it was signed, by the signer's clock.
    pub created: Timestamp,
    /// The key that signed.
    pub key: Did,
    pub signature: [u8; 64],
}

/// A proof as it stands in JSON.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Members {
    r#type: String,
    cryptosuite: String,
    created: Timestamp,
    verification_method: String,
    proof_purpose: String,
    proof_value: String,
}

/// Why an object is not a proof of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    #[error("proof member {member:?}: expected {expected:?}, found {found:?}")]
    Member {
        member: &'static str,
        expected: &'static str,
        found: String,
    },
    #[error("proof member \"verificationMethod\": {0}")]
    VerificationMethod(#[from] super::did::DidError),
    #[error(
        "proof member \"proofValue\": expected \"z\" and the base58btc of 64 bytes, found {found:?}"
    )]
    ProofValue { found: String },
}

impl Proof {
    /// Signs a record by its digest.
    pub fn sign(record: &Digest, key: &SecretKey, created: Timestamp) -> Self {
        let mut proof = Proof {
            created,
            key: key.public().did(),
            signature: [0; 64],
        };
        proof.signature = key.sign(&proof.signed_bytes(record));
        proof
    }

    /// Checks the signature over the record with this digest.
    ///
    /// The caller has looked up the key under [`self.key`](Self::key), and knows that it may sign.
    ///
    /// # Errors
    ///
    /// [`SignatureError`] if the signature does not fit.
    pub fn verify(&self, record: &Digest, key: &PublicKey) -> Result<(), SignatureError> {
        key.verify(&self.signed_bytes(record), &self.signature)
    }

    /// Returns the bytes that are signed: SHA-256 of the configuration, then the record's digest
    /// (§3.3.4).
    pub fn signed_bytes(&self, record: &Digest) -> [u8; 64] {
        hash_data(self.configuration().as_bytes(), record)
    }

    /// Returns the proof without its value, in canonical form. Every member is plain ASCII.
    fn configuration(&self) -> String {
        format!(
            r#"{{"created":"{}","cryptosuite":"{CRYPTOSUITE}","proofPurpose":"{PURPOSE}","type":"{TYPE}","verificationMethod":"{}"}}"#,
            self.created,
            self.key.verification_method(),
        )
    }
}

/// Combines a canonical proof configuration and a document's digest into the bytes that are signed
/// (§3.3.4).
pub fn hash_data(configuration: &[u8], document: &Digest) -> [u8; 64] {
    let mut data = [0; 64];
    data[..32].copy_from_slice(Digest::of(configuration).as_bytes());
    data[32..].copy_from_slice(document.as_bytes());
    data
}

/// Writes a signature as a `proofValue`: multibase base58btc.
pub fn encode_proof_value(signature: &[u8; 64]) -> String {
    format!("z{}", base58::encode(signature))
}

/// Reads a `proofValue`.
///
/// # Errors
///
/// [`ProofError::ProofValue`] unless it is what [`encode_proof_value`] writes.
pub fn decode_proof_value(text: &str) -> Result<[u8; 64], ProofError> {
    let wrong = || ProofError::ProofValue {
        found: text.chars().take(100).collect(),
    };
    text.strip_prefix('z')
        .and_then(base58::decode)
        .ok_or_else(wrong)
}

impl TryFrom<Members> for Proof {
    type Error = ProofError;

    fn try_from(members: Members) -> Result<Self, ProofError> {
        for (member, expected, found) in [
            ("type", TYPE, &members.r#type),
            ("cryptosuite", CRYPTOSUITE, &members.cryptosuite),
            ("proofPurpose", PURPOSE, &members.proof_purpose),
        ] {
            if found != expected {
                return Err(ProofError::Member {
                    member,
                    expected,
                    found: found.chars().take(80).collect(),
                });
            }
        }
        Ok(Proof {
            created: members.created,
            key: Did::from_verification_method(&members.verification_method)?,
            signature: decode_proof_value(&members.proof_value)?,
        })
    }
}

impl From<Proof> for Members {
    fn from(proof: Proof) -> Self {
        Members {
            r#type: TYPE.to_owned(),
            cryptosuite: CRYPTOSUITE.to_owned(),
            created: proof.created,
            verification_method: proof.key.verification_method(),
            proof_purpose: PURPOSE.to_owned(),
            proof_value: encode_proof_value(&proof.signature),
        }
    }
}
