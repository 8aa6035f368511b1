//! In what order: entries, the hash chain, the Merkle tree, checkpoints.
//!
//! A transparency log in the C2SP formats, pure and without I/O. It knows nothing of what records say: it can
//! be audited by someone who does not know what a claim is.

pub mod checkpoint;
pub mod entry;
pub mod hash;
pub mod merkle;
pub mod note;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use entry::{Entry, EntryError};
pub use hash::{Hash, leaf_hash, node_hash};
pub use merkle::{
    Frontier, MerkleError, NodeId, consistency_proof, inclusion_proof, verify_consistency,
    verify_inclusion,
};
pub use note::{NoteError, NoteSigner, SignedNote, VerifierKey};
