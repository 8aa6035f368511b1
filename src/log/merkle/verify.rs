//! Verifiers: what a proof proves, to somebody who has nothing but hashes.

use super::super::hash::{EMPTY_ROOT, node_hash};
use super::{Climb, Hash, MerkleError, check_index, check_old_size};

/// Checks that the tree of `size` leaves with this root has `leaf` at `index` (RFC 9162 §2.1.3.2).
///
/// The length of the path is checked before anything is hashed. Size and root must come from one
/// checkpoint: the path alone fits several sizes whenever the way up from the leaf looks alike in them.
///
/// # Errors
///
/// [`MerkleError::PathLength`] if the path is not exactly as long as that leaf's must be,
/// [`MerkleError::RootMismatch`] if it leads to another root, [`MerkleError::IndexOutOfRange`],
/// [`MerkleError::SizeTooLarge`].
pub fn verify_inclusion(
    index: u64,
    size: u64,
    leaf: &Hash,
    path: &[Hash],
    root: &Hash,
) -> Result<(), MerkleError> {
    check_index(index, size)?;
    let way = Climb::new(0, index, size);
    check_path_len(path, way.len())?;
    let mut hash = *leaf;
    for (above, sibling) in (0..).zip(path) {
        let left = above >= way.inner || way.sibling_is_left(above);
        hash = match left {
            true => node_hash(sibling, &hash),
            false => node_hash(&hash, sibling),
        };
    }
    check_root(size, root, hash)
}

/// Checks that the tree of `new` leaves begins with the tree of `old` leaves (RFC 9162 §2.1.4.2).
///
/// Of equal sizes the roots must be equal. Every tree begins with the one without leaves, whose root is
/// [`EMPTY_ROOT`]. In both cases only the empty path is right.
///
/// # Errors
///
/// [`MerkleError::PathLength`] if the path is not exactly as long as it must be for these sizes,
/// [`MerkleError::RootMismatch`] with the size whose root it does not lead to,
/// [`MerkleError::OldSizeOutOfRange`], [`MerkleError::SizeTooLarge`].
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: &Hash,
    new_root: &Hash,
    path: &[Hash],
) -> Result<(), MerkleError> {
    check_old_size(old, new)?;
    if old == 0 || old == new {
        check_path_len(path, 0)?;
        if old == 0 {
            check_root(0, old_root, EMPTY_ROOT)?;
        }
        return match old == new {
            true => check_root(new, new_root, *old_root),
            false => Ok(()),
        };
    }
    let level = old.trailing_zeros();
    let way = Climb::new(level, (old - 1) >> level, new);
    // See `consistency_proof`: the subtree to start from is the old tree, or it is given.
    let given = usize::from(!old.is_power_of_two());
    check_path_len(path, given + way.len())?;
    let (start, siblings) = match path.split_at(given) {
        ([start], siblings) => (start, siblings),
        (_, siblings) => (old_root, siblings),
    };
    let (mut old_hash, mut new_hash) = (*start, *start);
    for (above, sibling) in (0..).zip(siblings) {
        let left = above >= way.inner || way.sibling_is_left(above);
        // What is on the left was there already; what is on the right came later.
        if left {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
    }
    check_root(old, old_root, old_hash)?;
    check_root(new, new_root, new_hash)
}

fn check_path_len(path: &[Hash], expected: usize) -> Result<(), MerkleError> {
    match path.len() {
        found if found == expected => Ok(()),
        found => Err(MerkleError::PathLength { expected, found }),
    }
}

fn check_root(size: u64, expected: &Hash, found: Hash) -> Result<(), MerkleError> {
    if found == *expected {
        Ok(())
    } else {
        Err(MerkleError::RootMismatch {
            size,
            expected: *expected,
            found,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::MAX_SIZE;
    use super::*;

    const A: Hash = Hash::from_bytes([0xa; 32]);
    const B: Hash = Hash::from_bytes([0xb; 32]);

    #[test]
    fn only_leaf_is_its_own_root() {
        assert_eq!(verify_inclusion(0, 1, &A, &[], &A), Ok(()));
        assert!(matches!(
            verify_inclusion(0, 1, &A, &[], &B),
            Err(MerkleError::RootMismatch { size: 1, .. })
        ));
        assert_eq!(
            verify_inclusion(0, 1, &A, &[B], &A),
            Err(MerkleError::PathLength {
                expected: 0,
                found: 1
            })
        );
    }

    #[test]
    fn no_leaf_is_in_a_tree_that_ends_before_it() {
        for (index, size) in [(0, 0), (1, 1), (u64::MAX, MAX_SIZE)] {
            assert_eq!(
                verify_inclusion(index, size, &A, &[], &A),
                Err(MerkleError::IndexOutOfRange { index, size })
            );
        }
        for size in [MAX_SIZE + 1, u64::MAX] {
            assert_eq!(
                verify_inclusion(0, size, &A, &[], &A),
                Err(MerkleError::SizeTooLarge { size })
            );
        }
    }

    #[test]
    fn path_length_is_exact_in_the_greatest_tree() {
        for (index, expected) in [(0, 63), (MAX_SIZE - 2, 63), (MAX_SIZE - 1, 62)] {
            assert_eq!(
                verify_inclusion(index, MAX_SIZE, &A, &[], &A),
                Err(MerkleError::PathLength { expected, found: 0 }),
                "{index}"
            );
        }
    }

    #[test]
    fn every_tree_begins_with_the_empty_one() {
        assert_eq!(verify_consistency(0, 5, &EMPTY_ROOT, &A, &[]), Ok(()));
        assert_eq!(
            verify_consistency(0, 0, &EMPTY_ROOT, &EMPTY_ROOT, &[]),
            Ok(())
        );
        for (new, old_root, new_root) in [(5, A, B), (0, A, A), (0, EMPTY_ROOT, A)] {
            assert!(matches!(
                verify_consistency(0, new, &old_root, &new_root, &[]),
                Err(MerkleError::RootMismatch { size: 0, .. })
            ));
        }
        assert!(matches!(
            verify_consistency(0, 5, &EMPTY_ROOT, &A, &[B]),
            Err(MerkleError::PathLength { expected: 0, .. })
        ));
    }

    #[test]
    fn equal_sizes_need_equal_roots_and_no_path() {
        assert_eq!(verify_consistency(5, 5, &A, &A, &[]), Ok(()));
        assert!(matches!(
            verify_consistency(5, 5, &A, &B, &[]),
            Err(MerkleError::RootMismatch { size: 5, .. })
        ));
        assert!(matches!(
            verify_consistency(5, 5, &A, &A, &[A]),
            Err(MerkleError::PathLength { expected: 0, .. })
        ));
    }

    #[test]
    fn tree_does_not_shrink() {
        assert_eq!(
            verify_consistency(6, 5, &A, &A, &[]),
            Err(MerkleError::OldSizeOutOfRange { old: 6, new: 5 })
        );
        assert_eq!(
            verify_consistency(1, u64::MAX, &A, &A, &[]),
            Err(MerkleError::SizeTooLarge { size: u64::MAX })
        );
    }
}
