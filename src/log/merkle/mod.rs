//! The Merkle tree of RFC 6962 §2.1, over any store of hashes.
//!
//! A log appends leaves and never changes one, so the hash of a subtree with 2^n leaves is final once
//! its last leaf stands: a [`Frontier`] hands out these hashes in the order in which they become final,
//! and roots and proofs of every size are computed from them, each with a number of reads that
//! grows with the logarithm of the size. Verifiers need no store.
//!
//! A tree has at most [`MAX_SIZE`] leaves. No number and no hash makes anything here panic.

mod frontier;
mod node;
mod prove;
mod verify;

pub use frontier::{Frontier, root};
pub use node::{HashReader, NodeId, nodes_for_leaf};
pub use prove::{consistency_proof, inclusion_proof};
pub use verify::{verify_consistency, verify_inclusion};

use super::Hash;

/// Most leaves of a tree: 2^63 - 1, a size that a signed integer holds too.
pub const MAX_SIZE: u64 = (1 << 63) - 1;

/// Why there is no hash or proof, or why a proof proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MerkleError {
    #[error("expected a tree of at most {MAX_SIZE} leaves, found {size}")]
    SizeTooLarge { size: u64 },
    #[error("expected an index below the size {size}, found {index}")]
    IndexOutOfRange { index: u64, size: u64 },
    #[error("expected an old size of at most the new size {new}, found {old}")]
    OldSizeOutOfRange { old: u64, new: u64 },
    #[error("the hash of {node} is missing")]
    MissingNode { node: NodeId },
    #[error("expected a proof of {expected} hashes, found {found}")]
    PathLength { expected: usize, found: usize },
    #[error("expected root {expected} at size {size}, found {found}")]
    RootMismatch {
        size: u64,
        expected: Hash,
        found: Hash,
    },
}

fn check_size(size: u64) -> Result<(), MerkleError> {
    if size <= MAX_SIZE {
        Ok(())
    } else {
        Err(MerkleError::SizeTooLarge { size })
    }
}

fn check_index(index: u64, size: u64) -> Result<(), MerkleError> {
    check_size(size)?;
    if index < size {
        Ok(())
    } else {
        Err(MerkleError::IndexOutOfRange { index, size })
    }
}

fn check_old_size(old: u64, new: u64) -> Result<(), MerkleError> {
    check_size(new)?;
    if old <= new {
        Ok(())
    } else {
        Err(MerkleError::OldSizeOutOfRange { old, new })
    }
}

/// The way from a node up to the root, in two parts.
///
/// It follows the node that holds the tree's last leaf. Below the point where the two ways meet, every
/// level has a sibling, on the side that the node's index tells; from there on only left siblings
/// exist, one for each one-bit that is left of the index.
struct Climb {
    /// Index of the node at its level.
    index: u64,
    /// Levels until the way meets that of the last leaf.
    inner: u32,
}

impl Climb {
    /// The way up from the node at `level` and `index` in a tree of `size` leaves, which holds it.
    fn new(level: u32, index: u64, size: u64) -> Self {
        let last = (size - 1) >> level;
        Climb {
            index,
            inner: u64::BITS - (index ^ last).leading_zeros(),
        }
    }

    /// How many siblings stand beside the way: the length of the audit path.
    fn len(&self) -> usize {
        (self.inner + (self.index >> self.inner).count_ones()) as usize
    }

    /// Whether the sibling `above` levels up is the left one, for `above` less than `inner`.
    fn sibling_is_left(&self, above: u32) -> bool {
        (self.index >> above) & 1 == 1
    }
}
