//! In what order: entries, the Merkle tree over them, and the signed heads of that tree.
//!
//! An entry holds a record's digest and proof, and the hash of the entry before it. Its bytes are a leaf
//! of an RFC 6962 tree; a checkpoint is the tree's size and root, signed as a C2SP note and cosigned by
//! witnesses, which a log asks for that. A proof file shows one entry under one checkpoint; a policy says which witnesses that
//! takes. All of it can be checked by someone who does not know what a claim is: nothing here knows a
//! kind of record.
//! Pure computation: hashes are read through [`HashReader`], and nothing is stored.

pub mod add_checkpoint;
pub mod checkpoint;
pub mod cosignature;
pub mod entry;
pub mod hash;
mod line;
pub mod merkle;
pub mod note;
pub mod policy;
pub mod tile;
pub mod tlog_proof;
pub mod verifier_key;

pub use add_checkpoint::{AddCheckpoint, AddCheckpointError};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use cosignature::{Cosignature, WitnessKey, WitnessSigner};
pub use entry::{Entry, EntryError};
pub use hash::{EMPTY_ROOT, Hash, HashError, leaf_hash, node_hash};
pub use merkle::{
    Frontier, HashReader, MerkleError, NodeId, consistency_proof, inclusion_proof, root,
    verify_consistency, verify_inclusion,
};
pub use note::{NoteError, NoteSignature, NoteSigner, SignedNote};
pub use policy::{Policy, PolicyError, Quorum};
pub use tile::Tile;
pub use tlog_proof::{TlogProof, TlogProofError};
pub use verifier_key::{NamedKey, VerifierKey, VerifierKeyError, is_valid_key_name};
