//! The Merkle tree of RFC 6962, over any storage.
//!
//! Hashes of complete subtrees never change once their leaves are there, so they are what is kept:
//! [`NodeId`] addresses them, in the order in which an append-only log completes them. Everything else is
//! computed from O(log n) of them. A verifier checks the length of a proof before it hashes anything.

use super::hash::{Hash, empty_root, node_hash};

/// Largest size of a tree.
pub const MAX_SIZE: u64 = (1 << 63) - 1;

/// A complete subtree: the 2^`level` leaves from `index` × 2^`level` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId {
    pub level: u8,
    pub index: u64,
}

impl NodeId {
    /// Returns the place of the node, from 0, when nodes are written as the log completes them: each leaf,
    /// then the nodes that it completes from below.
    pub fn position(self) -> u64 {
        // Before the node's last leaf come all earlier leaves and what they completed; then that leaf and
        // the node's own lower levels.
        let last_leaf = ((self.index + 1) << self.level) - 1;
        nodes_before(last_leaf) + u64::from(self.level)
    }
}

/// Returns the number of nodes that the first `leaves` leaves complete: `leaves` + `leaves`/2 + …
fn nodes_before(leaves: u64) -> u64 {
    2 * leaves - u64::from(leaves.count_ones())
}

/// Why a proof is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MerkleError {
    #[error("expected an index below the size {size}, found {index}")]
    OutOfRange { index: u64, size: u64 },
    #[error("expected sizes in order and at most {MAX_SIZE}, found {old} and {new}")]
    Sizes { old: u64, new: u64 },
    #[error("expected a proof of {expected} hashes, found {found}")]
    Length { expected: usize, found: usize },
    #[error("the proof leads to root {found}, expected {expected}")]
    Root { expected: Hash, found: Hash },
}

/// The right edge of a tree: what is needed to append to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// Roots of the complete subtrees that make up the tree, the largest first.
    subtrees: Vec<Hash>,
}

impl Frontier {
    /// Returns the edge of the tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the edge of a tree of `size` leaves from its stored nodes.
    ///
    /// # Errors
    ///
    /// What `read` returns.
    pub fn from_nodes<E>(
        size: u64,
        read: impl FnMut(NodeId) -> Result<Hash, E>,
    ) -> Result<Self, E> {
        let subtrees = complete_subtrees(0, size)
            .into_iter()
            .map(read)
            .collect::<Result<_, E>>()?;
        Ok(Frontier { size, subtrees })
    }

    /// Returns the number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf and returns the nodes that it completes, itself first.
    pub fn push(&mut self, leaf: Hash) -> Vec<(NodeId, Hash)> {
        let mut node = NodeId {
            level: 0,
            index: self.size,
        };
        let mut hash = leaf;
        let mut completed = vec![(node, hash)];
        while node.index % 2 == 1 {
            let left = self
                .subtrees
                .pop()
                .expect("an odd node has a left sibling among the subtrees");
            hash = node_hash(&left, &hash);
            node = NodeId {
                level: node.level + 1,
                index: node.index / 2,
            };
            completed.push((node, hash));
        }
        self.subtrees.push(hash);
        self.size += 1;
        completed
    }

    /// Returns the root of the tree (RFC 6962 §2.1).
    pub fn root(&self) -> Hash {
        join(&self.subtrees).unwrap_or_else(empty_root)
    }
}

/// Joins neighbouring subtrees into one hash, from the right.
fn join(subtrees: &[Hash]) -> Option<Hash> {
    subtrees
        .iter()
        .rev()
        .copied()
        .reduce(|right, left| node_hash(&left, &right))
}

/// Returns the complete subtrees that make up the leaves from `start` to `end`, from the left. `start` is a
/// multiple of every power of two that fits into the range, as the halves of RFC 6962 are.
fn complete_subtrees(start: u64, end: u64) -> Vec<NodeId> {
    let mut subtrees = Vec::new();
    let mut at = start;
    while at < end {
        let level = (end - at).ilog2();
        subtrees.push(NodeId {
            level: level.try_into().expect("below 64"),
            index: at >> level,
        });
        at += 1 << level;
    }
    subtrees
}

/// Returns the hash over the leaves from `start` to `end`.
fn range_hash<E>(
    start: u64,
    end: u64,
    read: &mut impl FnMut(NodeId) -> Result<Hash, E>,
) -> Result<Hash, E> {
    let subtrees = complete_subtrees(start, end)
        .into_iter()
        .map(read)
        .collect::<Result<Vec<_>, E>>()?;
    Ok(join(&subtrees).expect("the ranges of a proof are not empty"))
}

/// Largest power of two below `n` (`n` > 1): where RFC 6962 splits a tree.
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

/// Returns the audit path of the leaf at `index` in the tree of `size` leaves, from the leaf's sibling
/// upwards (RFC 6962 §2.1.1).
///
/// # Errors
///
/// What `read` returns.
///
/// # Panics
///
/// If `index` is not below `size`: the caller compares with the checkpoint first.
pub fn inclusion_proof<E>(
    index: u64,
    size: u64,
    mut read: impl FnMut(NodeId) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    assert!(index < size, "leaf {index} of {size}");
    let (mut start, mut end) = (0, size);
    let mut path = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            path.push(range_hash(middle, end, &mut read)?);
            end = middle;
        } else {
            path.push(range_hash(start, middle, &mut read)?);
            start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// Returns the proof that the tree of `new` leaves extends the one of `old` (RFC 6962 §2.1.2).
///
/// # Errors
///
/// What `read` returns.
///
/// # Panics
///
/// If `old` is greater than `new`.
pub fn consistency_proof<E>(
    old: u64,
    new: u64,
    mut read: impl FnMut(NodeId) -> Result<Hash, E>,
) -> Result<Vec<Hash>, E> {
    assert!(old <= new, "from size {old} to {new}");
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let (mut start, mut end) = (0, new);
    let mut path = Vec::new();
    while end != old {
        let middle = start + split(end - start);
        if old <= middle {
            path.push(range_hash(middle, end, &mut read)?);
            end = middle;
        } else {
            path.push(range_hash(start, middle, &mut read)?);
            start = middle;
        }
    }
    // The verifier knows the old root, which is this subtree's hash when it begins at the first leaf.
    if start > 0 {
        path.push(range_hash(start, end, &mut read)?);
    }
    path.reverse();
    Ok(path)
}

/// Checks that a leaf stands at `index` in the tree with this root (RFC 9162 §2.1.3.2).
///
/// # Errors
///
/// [`MerkleError`] names what does not fit.
pub fn verify_inclusion(
    index: u64,
    size: u64,
    leaf: &Hash,
    path: &[Hash],
    root: &Hash,
) -> Result<(), MerkleError> {
    if index >= size || size > MAX_SIZE {
        return Err(MerkleError::OutOfRange { index, size });
    }
    let inner = 64 - (index ^ (size - 1)).leading_zeros();
    let border = (index >> inner).count_ones();
    check_length((inner + border) as usize, path)?;
    let (inner_path, border_path) = path.split_at(inner as usize);
    let hash = climb(*leaf, index, inner_path);
    let found = border_path
        .iter()
        .fold(hash, |hash, left| node_hash(left, &hash));
    check_root(root, &found)
}

/// Checks that the tree with the new root extends the one with the old (RFC 9162 §2.1.4.2).
///
/// # Errors
///
/// [`MerkleError`] names what does not fit.
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: &Hash,
    new_root: &Hash,
    path: &[Hash],
) -> Result<(), MerkleError> {
    if old > new || new > MAX_SIZE {
        return Err(MerkleError::Sizes { old, new });
    }
    if old == 0 || old == new {
        check_length(0, path)?;
        let expected = if old == 0 { empty_root() } else { *new_root };
        return check_root(&expected, old_root);
    }
    // The proof begins at the largest complete subtree that ends where the old tree ends. Its hash is the
    // first of the path, unless it is the whole old tree.
    let level = old.trailing_zeros();
    let index = (old - 1) >> level;
    let last = (new - 1) >> level;
    let inner = 64 - (index ^ last).leading_zeros();
    let border = (index >> inner).count_ones();
    let is_whole = old.is_power_of_two();
    check_length((inner + border) as usize + usize::from(!is_whole), path)?;
    let (seed, path) = match is_whole {
        true => (*old_root, path),
        false => (path[0], &path[1..]),
    };
    let (inner_path, border_path) = path.split_at(inner as usize);

    // To the old root lead the left siblings only; to the new one all.
    let old_hash = (0..)
        .zip(inner_path)
        .filter(|(i, _)| (index >> i) & 1 == 1)
        .map(|(_, left)| left)
        .chain(border_path)
        .fold(seed, |hash, left| node_hash(left, &hash));
    check_root(old_root, &old_hash)?;
    let new_hash = border_path
        .iter()
        .fold(climb(seed, index, inner_path), |hash, left| {
            node_hash(left, &hash)
        });
    check_root(new_root, &new_hash)
}

/// Climbs from a node to where its path meets the tree's right edge, its sibling on either side.
fn climb(hash: Hash, index: u64, path: &[Hash]) -> Hash {
    (0..).zip(path).fold(hash, |hash, (i, sibling)| {
        if (index >> i) & 1 == 0 {
            node_hash(&hash, sibling)
        } else {
            node_hash(sibling, &hash)
        }
    })
}

fn check_length(expected: usize, path: &[Hash]) -> Result<(), MerkleError> {
    match path.len() {
        found if found == expected => Ok(()),
        found => Err(MerkleError::Length { expected, found }),
    }
}

fn check_root(expected: &Hash, found: &Hash) -> Result<(), MerkleError> {
    match expected == found {
        true => Ok(()),
        false => Err(MerkleError::Root {
            expected: *expected,
            found: *found,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_numbered_in_the_order_in_which_they_are_completed() {
        let mut frontier = Frontier::new();
        let mut next = 0;
        for i in 0..1000_u64 {
            let leaf = super::super::leaf_hash(&i.to_be_bytes());
            for (node, _) in frontier.push(leaf) {
                assert_eq!(node.position(), next, "{node:?}");
                next += 1;
            }
        }
    }
}
