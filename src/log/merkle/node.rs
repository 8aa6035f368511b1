//! Where hashes are kept: the nodes of complete subtrees, in the order in which a log completes them.

use std::fmt;

use super::{Hash, MAX_SIZE, MerkleError, check_size};

/// The node over a complete subtree: the leaves from `index · 2^level` up to `(index + 1) · 2^level`.
///
/// Such a node never changes once its last leaf is appended. The nodes above an incomplete
/// subtree have no `NodeId`: they are computed when needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    level: u8,
    index: u64,
}

/// A store of the hashes of nodes.
pub trait HashReader {
    type Error: From<MerkleError>;

    /// Returns the hash of a node.
    ///
    /// # Errors
    ///
    /// [`MerkleError::MissingNode`] if the store lacks it; otherwise what reading fails with.
    fn hash(&self, node: NodeId) -> Result<Hash, Self::Error>;
}

/// Hashes in memory, each at its node's [`position`](NodeId::position).
impl HashReader for Vec<Hash> {
    type Error = MerkleError;

    fn hash(&self, node: NodeId) -> Result<Hash, MerkleError> {
        usize::try_from(node.position())
            .ok()
            .and_then(|position| self.get(position).copied())
            .ok_or(MerkleError::MissingNode { node })
    }
}

/// Returns the nodes that the leaf at `index` completes, from the leaf itself upwards.
///
/// Their [positions](NodeId::position) follow one upon the other, and upon those of the leaf before.
///
/// # Errors
///
/// [`MerkleError::SizeTooLarge`] if a tree with this leaf would be larger than [`MAX_SIZE`].
pub fn nodes_for_leaf(index: u64) -> Result<impl Iterator<Item = NodeId>, MerkleError> {
    check_size(index.saturating_add(1))?;
    let levels = 0..=index.trailing_ones();
    Ok(levels.map(move |level| NodeId::at(level, index >> level)))
}

impl NodeId {
    /// Names a node: `level` counts from 0 at the leaves, `index` from 0 within the level.
    ///
    /// Returns nothing if the subtree ends beyond [`MAX_SIZE`].
    pub fn new(level: u8, index: u64) -> Option<Self> {
        let nodes = MAX_SIZE.checked_shr(u32::from(level))?;
        (index < nodes).then_some(NodeId { level, index })
    }

    /// Names a node that is known to lie within [`MAX_SIZE`] leaves.
    pub(in crate::log) fn at(level: u32, index: u64) -> Self {
        debug_assert!(level < 63 && index < MAX_SIZE >> level);
        NodeId {
            level: level as u8,
            index,
        }
    }

    /// Returns the node at this place in the sequence of all nodes: the inverse of
    /// [`position`](Self::position). There is none beyond those of a tree of [`MAX_SIZE`] leaves.
    pub fn from_position(position: u64) -> Option<Self> {
        // The last leaf whose own position is not greater; its nodes follow upon it.
        let at = |leaf: u64| 2 * leaf - u64::from(leaf.count_ones());
        let (mut leaf, mut beyond) = (0, MAX_SIZE);
        while beyond - leaf > 1 {
            let middle = leaf + (beyond - leaf) / 2;
            match at(middle) <= position {
                true => leaf = middle,
                false => beyond = middle,
            }
        }
        let level = u32::try_from(position - at(leaf)).ok()?;
        (level <= leaf.trailing_ones()).then(|| NodeId::at(level, leaf >> level))
    }

    /// Returns the level, 0 for a leaf and at most 62.
    pub fn level(self) -> u8 {
        self.level
    }

    /// Returns the place within the level, counted from 0.
    pub fn index(self) -> u64 {
        self.index
    }

    /// Returns the place in the sequence of all nodes, in the order in which they are completed.
    ///
    /// Counted from 0, without gaps: leaf 0, leaf 1, the node over both, leaf 2, and so on (the numbering
    /// of Go's `tlog.StoredHashIndex`). A log of `n` leaves has completed `2n - popcount(n)` nodes.
    pub fn position(self) -> u64 {
        let last_leaf = ((self.index + 1) << self.level) - 1;
        let before_it = 2 * last_leaf - u64::from(last_leaf.count_ones());
        before_it + u64::from(self.level)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {} at level {}", self.index, self.level)
    }
}

/// Returns the roots of the complete subtrees into which the leaves from `start` up to `end` fall, from
/// left to right.
///
/// `start` is a multiple of the least power of two that is not below `end - start`, so that the
/// leaves are themselves a subtree of the whole (RFC 6962 §2.1).
pub(super) fn subtrees(start: u64, end: u64) -> impl Iterator<Item = NodeId> {
    let len = end - start;
    let levels = (0..u64::BITS).rev();
    levels
        .filter(move |level| len >> level & 1 == 1)
        .map(move |level| {
            // What precedes this subtree is made of larger ones: `len` without its lower bits.
            let before = (len >> level) - 1;
            NodeId::at(level, (start >> level) + before)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_have_no_gaps() {
        let mut next = 0;
        for leaf in 0..2_000_u64 {
            for (level, node) in nodes_for_leaf(leaf).unwrap().enumerate() {
                assert_eq!(node.position(), next, "{node}");
                assert_eq!(usize::from(node.level()), level);
                assert_eq!(NodeId::new(node.level(), node.index()), Some(node));
                assert_eq!(NodeId::from_position(next), Some(node));
                next += 1;
            }
            let size = leaf + 1;
            assert_eq!(next, 2 * size - u64::from(size.count_ones()));
        }
    }

    #[test]
    fn nodes_end_where_the_greatest_tree_ends() {
        let last = NodeId::new(0, MAX_SIZE - 1).unwrap();
        assert_eq!(last.position(), u64::MAX - 1 - 2 - 62);
        assert_eq!(NodeId::from_position(last.position()), Some(last));
        assert_eq!(NodeId::from_position(u64::MAX), None);
        assert_eq!(NodeId::new(0, MAX_SIZE), None);
        assert!(NodeId::new(62, 0).is_some());
        assert_eq!(NodeId::new(62, 1), None);
        for level in [63, 64, u8::MAX] {
            assert_eq!(NodeId::new(level, 0), None);
        }
        assert!(nodes_for_leaf(MAX_SIZE - 1).is_ok());
        for index in [MAX_SIZE, u64::MAX] {
            assert!(nodes_for_leaf(index).is_err());
        }
    }

    #[test]
    fn leaves_fall_into_subtrees_from_left_to_right() {
        let nodes = |start, end| -> Vec<(u8, u64)> {
            subtrees(start, end)
                .map(|node| (node.level(), node.index()))
                .collect()
        };
        assert_eq!(nodes(0, 0), []);
        assert_eq!(nodes(0, 7), [(2, 0), (1, 2), (0, 6)]);
        assert_eq!(nodes(8, 13), [(2, 2), (0, 12)]);
        assert_eq!(nodes(0, MAX_SIZE).len(), 63);
    }

    #[test]
    fn missing_node_is_named() {
        let hashes = vec![Hash::ZERO; 3];
        let node = NodeId::new(2, 0).unwrap();
        let error = hashes.hash(node).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the hash of node 0 at level 2 is missing"
        );
    }
}
