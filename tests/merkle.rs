//! What is true of every tree: the quick way and the recursive definition give the same root, proofs
//! verify, and nothing that was changed does.

use ledger::log::hash::EMPTY_ROOT;
use ledger::log::merkle::nodes_for_leaf;
use ledger::log::{
    Frontier, Hash, HashReader, MerkleError, NodeId, consistency_proof, inclusion_proof, leaf_hash,
    node_hash, root, verify_consistency, verify_inclusion,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

const SIZES: u64 = 600;

fn leaf(index: u64) -> Hash {
    leaf_hash(&index.to_be_bytes())
}

/// The root over the leaves from `start` up to `end`, as RFC 6962 §2.1 defines it.
fn defined_root(start: u64, end: u64) -> Hash {
    match end - start {
        0 => EMPTY_ROOT,
        1 => leaf(start),
        len => {
            let split = start + split(len);
            node_hash(&defined_root(start, split), &defined_root(split, end))
        }
    }
}

/// The largest power of two below `len`.
fn split(len: u64) -> u64 {
    len.next_power_of_two() / 2
}

/// The stored hashes of the first `size` leaves.
fn nodes(size: u64) -> Vec<Hash> {
    let mut frontier = Frontier::new();
    (0..size)
        .flat_map(|index| frontier.push(leaf(index)).unwrap())
        .map(|(_, hash)| hash)
        .collect()
}

/// The sides on which siblings stand on the way from a leaf up to the root; `true` is left.
fn turns(index: u64, size: u64) -> Vec<bool> {
    if size <= 1 {
        return Vec::new();
    }
    let split = split(size);
    let left = index >= split;
    let mut turns = match left {
        true => turns(index - split, size - split),
        false => turns(index, split),
    };
    turns.push(left);
    turns
}

#[test]
fn every_size_has_the_defined_root() {
    let nodes = nodes(SIZES);
    let mut frontier = Frontier::new();
    for size in 0..=SIZES {
        let expected = defined_root(0, size);
        assert_eq!(frontier.root(), expected, "size {size}");
        assert_eq!(frontier.size(), size);
        assert_eq!(root(size, &nodes), Ok(expected));
        assert_eq!(Frontier::read(size, &nodes).as_ref(), Ok(&frontier));

        let completed = frontier.push(leaf(size)).unwrap();
        let expected: Vec<NodeId> = nodes_for_leaf(size).unwrap().collect();
        assert!(completed.iter().map(|(node, _)| *node).eq(expected));
        for (node, hash) in completed {
            let start = node.index() << node.level();
            assert_eq!(hash, defined_root(start, start + (1 << node.level())));
        }
    }
}

#[test]
fn every_proof_in_small_trees_verifies() {
    let nodes = nodes(70);
    for size in 1..=70 {
        let root_hash = root(size, &nodes).unwrap();
        for index in 0..size {
            let path = inclusion_proof(index, size, &nodes).unwrap();
            assert_eq!(path.len(), turns(index, size).len());
            verify_inclusion(index, size, &leaf(index), &path, &root_hash).unwrap();
        }
        for old in 0..=size {
            let path = consistency_proof(old, size, &nodes).unwrap();
            let old_root = root(old, &nodes).unwrap();
            verify_consistency(old, size, &old_root, &root_hash, &path).unwrap();
        }
    }
}

#[test]
fn missing_node_is_an_error_and_no_proof() {
    let mut short = nodes(8);
    short.truncate(10);
    let error = |level, index| {
        let node = NodeId::new(level, index).unwrap();
        Err(MerkleError::MissingNode { node })
    };
    assert_eq!(root(8, &short).map(drop), error(3, 0));
    assert_eq!(inclusion_proof(0, 8, &short).map(drop), error(2, 1));
    assert_eq!(consistency_proof(6, 8, &short).map(drop), error(1, 3));
}

/// A store that has every node, and counts how often it is asked.
struct Counting(std::cell::Cell<u32>);

impl HashReader for Counting {
    type Error = MerkleError;

    fn hash(&self, node: NodeId) -> Result<Hash, MerkleError> {
        self.0.set(self.0.get() + 1);
        Ok(leaf(node.position()))
    }
}

proptest! {
    #[test]
    fn proofs_verify_and_changed_ones_do_not(
        size in 1..=SIZES,
        pick in any::<Index>(),
        other_index in 0..SIZES + 10,
        other_size in 0..SIZES + 10,
        at in any::<Index>(),
        byte in 0..32_usize,
        bit in 0..8_u8,
    ) {
        let index = pick.index(size as usize) as u64;
        let flip = |hash: &Hash| {
            let mut bytes = *hash.as_bytes();
            bytes[byte] ^= 1 << bit;
            Hash::from_bytes(bytes)
        };
        let nodes = nodes(size);
        let (leaf, root) = (leaf(index), root(size, &nodes).unwrap());
        let path = inclusion_proof(index, size, &nodes).unwrap();
        prop_assert_eq!(verify_inclusion(index, size, &leaf, &path, &root), Ok(()));

        prop_assert!(verify_inclusion(index, size, &flip(&leaf), &path, &root).is_err());
        prop_assert!(verify_inclusion(index, size, &leaf, &path, &flip(&root)).is_err());
        if other_index != index {
            prop_assert!(verify_inclusion(other_index, size, &leaf, &path, &root).is_err());
        }
        // The path alone does not tell sizes apart in which the way up looks alike.
        let alike = index < other_size && turns(index, other_size) == turns(index, size);
        let result = verify_inclusion(index, other_size, &leaf, &path, &root);
        prop_assert_eq!(result.is_ok(), alike);
        for changed in changed_paths(&path, at, flip) {
            prop_assert!(verify_inclusion(index, size, &leaf, &changed, &root).is_err());
        }
    }

    #[test]
    fn consistency_verifies_and_changed_ones_do_not(
        new in 1..=SIZES,
        pick in any::<Index>(),
        other_old in 0..SIZES + 10,
        other_new in 0..SIZES + 10,
        at in any::<Index>(),
        byte in 0..32_usize,
        bit in 0..8_u8,
    ) {
        let old = pick.index(new as usize) as u64 + 1;
        let flip = |hash: &Hash| {
            let mut bytes = *hash.as_bytes();
            bytes[byte] ^= 1 << bit;
            Hash::from_bytes(bytes)
        };
        let nodes = nodes(new);
        let (old_root, new_root) = (root(old, &nodes).unwrap(), root(new, &nodes).unwrap());
        let path = consistency_proof(old, new, &nodes).unwrap();
        let verify = verify_consistency;
        prop_assert_eq!(verify(old, new, &old_root, &new_root, &path), Ok(()));

        prop_assert!(verify(old, new, &flip(&old_root), &new_root, &path).is_err());
        prop_assert!(verify(old, new, &old_root, &flip(&new_root), &path).is_err());
        if other_old != old {
            prop_assert!(verify(other_old, new, &old_root, &new_root, &path).is_err());
        }
        // As above: the way up from the old tree's last leaf, less what is inside its last subtree.
        let way = |new| turns(old - 1, new).split_off(old.trailing_zeros() as usize);
        let alike = match old.cmp(&other_new) {
            std::cmp::Ordering::Less if old < new => way(other_new) == way(new),
            _ => other_new == new,
        };
        let result = verify(old, other_new, &old_root, &new_root, &path);
        prop_assert_eq!(result.is_ok(), alike);
        for changed in changed_paths(&path, at, flip) {
            prop_assert!(verify(old, new, &old_root, &new_root, &changed).is_err());
        }
    }

    #[test]
    fn garbage_is_refused_and_never_panics(
        a in any::<u64>(),
        b in any::<u64>(),
        shift in 0..64_u32,
        hashes in vec(any::<[u8; 32]>(), 2..70),
    ) {
        let hashes: Vec<Hash> = hashes.into_iter().map(Hash::from_bytes).collect();
        let (x, y, path) = (&hashes[0], &hashes[1], &hashes[2..]);
        for (a, b) in [(a, b), (a >> shift, b >> shift), (a >> shift, b), (a, u64::MAX - b)] {
            prop_assert!(verify_inclusion(a, b, x, path, y).is_err());
            prop_assert!(verify_consistency(a, b, x, y, path).is_err());
        }
    }

    #[test]
    fn proofs_of_any_size_are_read_in_few_steps(a in any::<u64>(), b in any::<u64>(), shift in 0..64_u32) {
        let (a, b) = (a >> shift, b >> shift);
        let store = Counting(0.into());
        let inclusion = inclusion_proof(a, b, &store);
        let reads = store.0.take();
        prop_assert_eq!(inclusion.is_ok(), a < b && b <= ledger::log::merkle::MAX_SIZE);
        if let Ok(path) = inclusion {
            prop_assert!(path.len() <= 63 && reads <= 126, "{} reads", reads);
        }
        let consistency = consistency_proof(a, b, &store);
        let reads = store.0.take();
        prop_assert_eq!(consistency.is_ok(), a <= b && b <= ledger::log::merkle::MAX_SIZE);
        if let Ok(path) = consistency {
            prop_assert!(path.len() <= 64 && reads <= 127, "{} reads", reads);
        }
        prop_assert_eq!(root(b, &store).is_ok(), b <= ledger::log::merkle::MAX_SIZE);
        prop_assert!(store.0.take() <= 63);
    }
}

/// The path with one hash changed, dropped, doubled or added, or with two exchanged.
fn changed_paths(path: &[Hash], at: Index, flip: impl Fn(&Hash) -> Hash) -> Vec<Vec<Hash>> {
    let mut changed = vec![[path, &[Hash::ZERO]].concat()];
    if path.is_empty() {
        return changed;
    }
    let at = at.index(path.len());
    let with = |change: fn(&mut Vec<Hash>, usize)| {
        let mut path = path.to_vec();
        change(&mut path, at);
        path
    };
    changed.push(with(|path, at| {
        path.remove(at);
    }));
    changed.push(with(|path, at| {
        let twin = path[at];
        path.insert(at, twin)
    }));
    if path.len() > 1 {
        changed.push(with(|path, at| {
            let next = (at + 1) % path.len();
            path.swap(at, next);
        }));
    }
    let mut flipped = path.to_vec();
    flipped[at] = flip(&path[at]);
    changed.push(flipped);
    changed
}
