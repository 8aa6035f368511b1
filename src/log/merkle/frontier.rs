//! The growing edge of a tree: what a log must remember to append the next leaf.

use super::super::hash::{EMPTY_ROOT, node_hash};
use super::node::subtrees;
use super::{Hash, HashReader, MerkleError, NodeId, check_size, nodes_for_leaf};

/// A tree as its complete subtrees: one hash for each one-bit of the size, from left to right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// Roots of the complete subtrees, the largest first.
    peaks: Vec<Hash>,
}

/// Returns the root of the tree of the first `size` leaves (RFC 6962 §2.1).
///
/// # Errors
///
/// As [`Frontier::read`].
pub fn root<R: HashReader>(size: u64, hashes: &R) -> Result<Hash, R::Error> {
    Ok(Frontier::read(size, hashes)?.root())
}

impl Frontier {
    /// The tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the tree of the first `size` leaves from a store that holds at least these.
    ///
    /// # Errors
    ///
    /// [`MerkleError::SizeTooLarge`], or what the store fails with.
    pub fn read<R: HashReader>(size: u64, hashes: &R) -> Result<Self, R::Error> {
        check_size(size)?;
        let peaks = subtrees(0, size)
            .map(|node| hashes.hash(node))
            .collect::<Result<_, _>>()?;
        Ok(Frontier { size, peaks })
    }

    /// Returns the number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Returns the root of the tree.
    pub fn root(&self) -> Hash {
        fold(&self.peaks).unwrap_or(EMPTY_ROOT)
    }

    /// Appends a leaf, and returns the nodes that it completes, to be stored.
    ///
    /// They run from the leaf upwards, in the order of their [positions](NodeId::position).
    ///
    /// # Errors
    ///
    /// [`MerkleError::SizeTooLarge`] if the tree is full; it is unchanged then.
    pub fn push(&mut self, leaf: Hash) -> Result<Vec<(NodeId, Hash)>, MerkleError> {
        let mut completed = Vec::new();
        let mut hash = leaf;
        for node in nodes_for_leaf(self.size)? {
            if node.level() > 0 {
                // One level up for each one-bit at the size's end, and each of these has a peak.
                let left = self.peaks.pop().expect("a peak for each one-bit of size");
                hash = node_hash(&left, &hash);
            }
            completed.push((node, hash));
        }
        self.peaks.push(hash);
        self.size += 1;
        Ok(completed)
    }
}

/// Returns the root over subtrees that stand side by side and get smaller to the right, if there
/// are any.
pub(super) fn fold(peaks: &[Hash]) -> Option<Hash> {
    let (last, larger) = peaks.split_last()?;
    let root = larger
        .iter()
        .rfold(*last, |right, left| node_hash(left, &right));
    Some(root)
}

#[cfg(test)]
mod tests {
    use super::super::MAX_SIZE;
    use super::*;

    /// Knows every node, with the same hash.
    struct Anything;

    impl HashReader for Anything {
        type Error = MerkleError;

        fn hash(&self, _: NodeId) -> Result<Hash, MerkleError> {
            Ok(Hash::ZERO)
        }
    }

    #[test]
    fn tree_without_leaves_has_a_root() {
        assert_eq!(Frontier::new().root(), EMPTY_ROOT);
        assert_eq!(root(0, &Vec::new()), Ok(EMPTY_ROOT));
    }

    #[test]
    fn full_tree_takes_no_leaf() {
        let mut frontier = Frontier::read(MAX_SIZE - 1, &Anything).unwrap();
        assert_eq!(frontier.push(Hash::ZERO).unwrap().len(), 1);
        let full = frontier.clone();
        let error = MerkleError::SizeTooLarge { size: MAX_SIZE + 1 };
        assert_eq!(frontier.push(Hash::ZERO), Err(error.clone()));
        assert_eq!(frontier, full);
        assert_eq!(Frontier::read(MAX_SIZE, &Anything), Ok(full));
        assert_eq!(Frontier::read(MAX_SIZE + 1, &Anything), Err(error));
    }
}
