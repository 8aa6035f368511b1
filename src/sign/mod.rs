//! Who said it: Ed25519 keys, `did:key` names, W3C Data Integrity proofs, key files.
//!
//! One rule decides whether a signature is valid, for every verifier alike; it stands in
//! [`PublicKey`] and in `docs/spec/signature.md`, and a [`batch`] of signatures decides the same. Randomness
//! comes in as arguments.

mod base58;
pub mod batch;
pub mod did;
pub mod key;
pub mod key_file;
pub mod proof;

pub use did::Did;
pub use key::{KeyError, PublicKey, SecretKey, SignatureError};
pub use key_file::KeyFileError;
pub use proof::Proof;
