//! Proofs from a store of hashes.

use super::frontier::fold;
use super::node::subtrees;
use super::{Climb, Hash, HashReader, NodeId, check_index, check_old_size};

/// Returns the audit path for the leaf at `index` in the tree of the first `size` leaves.
///
/// `index` counts from 0. Hashes run from the leaf's sibling upwards (RFC 6962 §2.1.1); there are at
/// most 63.
///
/// # Errors
///
/// [`IndexOutOfRange`](super::MerkleError::IndexOutOfRange),
/// [`SizeTooLarge`](super::MerkleError::SizeTooLarge), or what the store fails with.
pub fn inclusion_proof<R: HashReader>(
    index: u64,
    size: u64,
    hashes: &R,
) -> Result<Vec<Hash>, R::Error> {
    check_index(index, size)?;
    let mut path = Vec::new();
    climb(0, index, size, hashes, &mut path)?;
    Ok(path)
}

/// Returns the proof that the tree of the first `new` leaves continues that of the first `old`.
///
/// Hashes run upwards (RFC 6962 §2.1.2). There are none if `old` is 0, as nothing is to be proved
/// about a tree without leaves, or if the sizes are equal.
///
/// # Errors
///
/// [`OldSizeOutOfRange`](super::MerkleError::OldSizeOutOfRange),
/// [`SizeTooLarge`](super::MerkleError::SizeTooLarge), or what the store fails with.
pub fn consistency_proof<R: HashReader>(
    old: u64,
    new: u64,
    hashes: &R,
) -> Result<Vec<Hash>, R::Error> {
    check_old_size(old, new)?;
    let mut path = Vec::new();
    if old == 0 || old == new {
        return Ok(path);
    }
    // The largest complete subtree at the end of the old tree; everything else is left or right of the
    // way up from it.
    let level = old.trailing_zeros();
    let index = (old - 1) >> level;
    // It is the whole old tree, whose root the verifier has, or it is the first hash of the proof.
    if !old.is_power_of_two() {
        path.push(hashes.hash(NodeId::at(level, index))?);
    }
    climb(level, index, new, hashes, &mut path)?;
    Ok(path)
}

/// Adds the siblings of every node on the way from one node up to the root.
fn climb<R: HashReader>(
    level: u32,
    index: u64,
    size: u64,
    hashes: &R,
    path: &mut Vec<Hash>,
) -> Result<(), R::Error> {
    let way = Climb::new(level, index, size);
    for above in 0..way.inner {
        let (level, index) = (level + above, index >> above);
        if above + 1 < way.inner {
            path.push(hashes.hash(NodeId::at(level, index ^ 1))?);
        } else {
            // The sibling where the ways meet holds the last leaf, and may be incomplete.
            let right = subtrees((index + 1) << level, size)
                .map(|node| hashes.hash(node))
                .collect::<Result<Vec<_>, _>>()?;
            path.extend(fold(&right));
        }
    }
    let (level, index) = (level + way.inner, index >> way.inner);
    for above in (0..u64::BITS).filter(|above| index >> above & 1 == 1) {
        path.push(hashes.hash(NodeId::at(level + above, (index >> above) - 1))?);
    }
    Ok(())
}
