//! What every store must do, whatever it keeps a ledger in.

use ledger::canonical::{Digest, DigestPrefix};
use ledger::log::{Frontier, NodeId, leaf_hash};
use ledger::sign::{Did, SecretKey};
use ledger::store::{
    Derived, Extent, Object, Read, SqliteStore, Store, StoreError, StoredCosignature, each_entry,
};

/// Runs the suite over each implementation.
fn each_store(suite: impl Fn(&mut dyn Store)) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ledger");
    SqliteStore::create::<_, StoreError>(&path, |_| Ok(())).unwrap();
    suite(&mut SqliteStore::open(&path).unwrap());
    suite(&mut SqliteStore::in_memory().unwrap());
}

fn record(n: u64) -> (Digest, Vec<u8>) {
    let bytes = format!("record {n}").into_bytes();
    (Digest::of(&bytes), bytes)
}

/// Appends entries `from..to`, with their records.
fn append(store: &mut dyn Store, frontier: &mut Frontier, to: u64) {
    let mut transaction = store.begin().unwrap();
    for index in frontier.size()..to {
        let (digest, bytes) = record(index);
        let entry = format!("entry {index}").into_bytes();
        let nodes = frontier.push(leaf_hash(&entry)).unwrap();
        transaction.put_object(&digest, &bytes).unwrap();
        transaction.append(index, &entry, &digest, &nodes).unwrap();
    }
    transaction
        .put_checkpoint(to, &format!("note {to}"))
        .unwrap();
    transaction.commit().unwrap();
}

fn did() -> Did {
    SecretKey::from_seed(&[1; 32]).public().did()
}

fn rows() -> Vec<Derived<'static>> {
    vec![
        Derived::Ledger { facts: "{}".into() },
        Derived::Signer {
            did: did(),
            index: 1,
            facts: "{\"a\":1}".into(),
        },
        Derived::Subject {
            index: 2,
            kind: "claim".into(),
            state: "decided".into(),
            decided: Some(3),
            facts: "{\"b\":2}".into(),
        },
        Derived::Reference {
            target: record(1).0,
            index: 2,
            field: "subject".into(),
        },
        Derived::Wording {
            index: 2,
            text: "The Bridge is safe, said the mayor".into(),
        },
        Derived::Marks {
            index: 2,
            marks: "bridge".into(),
        },
    ]
}

/// The derived rows, written out.
fn derived(store: &dyn Read) -> Vec<String> {
    let mut found = Vec::new();
    store
        .derived(&mut |row| found.push(format!("{row:?}")))
        .unwrap();
    found
}

#[test]
fn new_store_is_empty() {
    each_store(|store| {
        assert_eq!(store.size().unwrap(), 0);
        assert_eq!(store.entries(0, 10).unwrap(), []);
        assert_eq!(store.last_checkpoint().unwrap(), None);
        assert_eq!(store.ledger_facts().unwrap(), None);
        assert_eq!(store.object(&Digest::of(b"")).unwrap(), Object::Absent);
        assert_eq!(derived(store), [""; 0]);
        assert_eq!(store.faults(Extent::Pages).unwrap(), Vec::<String>::new());
    });
}

#[test]
fn what_was_committed_is_given_back() {
    each_store(|store| {
        let mut frontier = Frontier::new();
        append(store, &mut frontier, 3);
        append(store, &mut frontier, 7);
        assert_eq!(store.size().unwrap(), 7);
        let entries = store.entries(2, 3).unwrap();
        let indexes: Vec<u64> = entries.iter().map(|entry| entry.index).collect();
        assert_eq!(indexes, [2, 3, 4]);
        assert_eq!(entries[0].bytes, b"entry 2");
        assert_eq!(entries[0].record, record(2).0);
        assert_eq!(entries[0].object, Object::Present(record(2).1));
        assert_eq!(store.index_of(&record(6).0).unwrap(), Some(6));
        assert_eq!(store.index_of(&record(7).0).unwrap(), None);
        let sizes: Vec<u64> = store
            .checkpoints(0, 9)
            .unwrap()
            .into_iter()
            .map(|(n, _)| n)
            .collect();
        assert_eq!(sizes, [3, 7]);
        assert_eq!(
            store.last_checkpoint().unwrap(),
            Some((7, "note 7".to_owned()))
        );
        let store: &dyn Read = store;
        let read = Frontier::read(7, &store);
        assert_eq!(read.unwrap(), frontier);
        let positions: Vec<u64> = store
            .nodes(4, 3)
            .unwrap()
            .into_iter()
            .map(|(n, _)| n)
            .collect();
        assert_eq!(positions, [4, 5, 6]);
        assert_eq!(store.node(NodeId::new(3, 0).unwrap()).unwrap(), None);
    });
}

#[test]
fn entries_are_gone_through_however_long_they_are() {
    each_store(|store| {
        let mut frontier = Frontier::new();
        let mut transaction = store.begin().unwrap();
        for index in 0..20 {
            let bytes = vec![index as u8; 1 << 20];
            let digest = Digest::of(&bytes);
            let nodes = frontier.push(leaf_hash(b"entry")).unwrap();
            transaction.put_object(&digest, &bytes).unwrap();
            transaction
                .append(index, b"entry", &digest, &nodes)
                .unwrap();
        }
        transaction.commit().unwrap();
        let at_once = store.entries(0, 20).unwrap().len() as u64;
        assert!(at_once < 20, "the entries are too short to tell");
        let indexes = |range| -> Vec<u64> {
            let entries = each_entry(&*store, range).map(Result::unwrap);
            entries.map(|entry| entry.index).collect()
        };
        assert_eq!(indexes(0..u64::MAX), (0..20).collect::<Vec<_>>());
        assert_eq!(indexes(1..at_once + 1), (1..=at_once).collect::<Vec<_>>());
        assert_eq!(indexes(5..5), [0; 0]);
        assert_eq!(indexes(20..u64::MAX), [0; 0]);
    });
}

#[test]
fn there_is_nothing_beyond_the_numbers_that_a_store_can_hold() {
    each_store(|store| {
        append(store, &mut Frontier::new(), 3);
        assert_eq!(store.entries(u64::MAX, usize::MAX).unwrap(), []);
        assert_eq!(store.entries(1, usize::MAX).unwrap().len(), 2);
        assert_eq!(store.checkpoints(u64::MAX, usize::MAX).unwrap(), []);
        assert_eq!(store.nodes(u64::MAX, usize::MAX).unwrap(), []);
        assert_eq!(store.subject_facts(u64::MAX).unwrap(), None);
        assert_eq!(store.wording(u64::MAX).unwrap(), None);
        assert_eq!(store.cosignatures_of(u64::MAX).unwrap(), []);
        let one = record(1).0.to_string().parse::<DigestPrefix>().unwrap();
        assert_eq!(store.find(&one, usize::MAX).unwrap().len(), 1);
    });
}

#[test]
fn record_is_found_by_the_beginning_of_its_digest() {
    each_store(|store| {
        append(store, &mut Frontier::new(), 5);
        let digest = record(3).0;
        let prefix: DigestPrefix = digest.to_string()[..20].parse().unwrap();
        assert_eq!(store.find(&prefix, 2).unwrap(), [(digest, 3)]);
        let none: DigestPrefix = "00000000".parse().unwrap();
        assert_eq!(store.find(&none, 2).unwrap(), []);
    });
}

#[test]
fn dropped_transaction_leaves_nothing() {
    each_store(|store| {
        append(store, &mut Frontier::new(), 2);
        let mut transaction = store.begin().unwrap();
        let (digest, bytes) = record(2);
        transaction.put_object(&digest, &bytes).unwrap();
        transaction.append(2, b"entry 2", &digest, &[]).unwrap();
        transaction.put_derived(&rows()[2]).unwrap();
        // Reading through it shows what it changed.
        assert_eq!(transaction.size().unwrap(), 3);
        drop(transaction);
        assert_eq!(store.size().unwrap(), 2);
        assert_eq!(store.object(&digest).unwrap(), Object::Absent);
        assert_eq!(derived(store), [""; 0]);
    });
}

#[test]
fn gaps_and_repetitions_are_refused() {
    each_store(|store| {
        append(store, &mut Frontier::new(), 2);
        let (digest, _) = record(9);
        for (index, digest) in [(1, digest), (3, digest), (2, record(0).0)] {
            let mut transaction = store.begin().unwrap();
            assert!(
                transaction.append(index, b"entry", &digest, &[]).is_err(),
                "{index}"
            );
        }
        let mut transaction = store.begin().unwrap();
        assert!(transaction.put_checkpoint(2, "another").is_err());
    });
}

#[test]
fn cosignatures_are_kept_once_each_under_a_checkpoint() {
    each_store(|store| {
        append(store, &mut Frontier::new(), 2);
        let cosignature = |size: u64, line: &str| StoredCosignature {
            size,
            witness: "witness".to_owned(),
            line: line.to_owned(),
        };
        let mut transaction = store.begin().unwrap();
        for line in ["b", "a", "b"] {
            transaction.put_cosignature(&cosignature(2, line)).unwrap();
        }
        assert!(transaction.put_cosignature(&cosignature(1, "a")).is_err());
        transaction.commit().unwrap();
        let kept = [cosignature(2, "a"), cosignature(2, "b")];
        assert_eq!(store.cosignatures_of(2).unwrap(), kept);
        assert_eq!(store.cosignatures_of(1).unwrap(), []);
        let mut visited = Vec::new();
        store
            .cosignatures(&mut |cosignature| visited.push(cosignature))
            .unwrap();
        assert_eq!(visited, kept);
    });
}

#[test]
fn object_is_kept_once_and_erased_for_good() {
    each_store(|store| {
        let digest = Digest::of(b"words");
        let mut transaction = store.begin().unwrap();
        transaction.put_object(&digest, b"words").unwrap();
        transaction.put_object(&digest, b"words").unwrap();
        transaction.commit().unwrap();
        assert_eq!(
            store.object(&digest).unwrap(),
            Object::Present(b"words".to_vec())
        );
        let mut transaction = store.begin().unwrap();
        transaction.erase_object(&digest).unwrap();
        transaction.put_object(&digest, b"words").unwrap();
        transaction.commit().unwrap();
        store.scrub().unwrap();
        assert_eq!(store.object(&digest).unwrap(), Object::Erased);
        let mut others = Vec::new();
        store
            .other_objects(&|_| false, &mut |digest, bytes| {
                others.push((digest, bytes))
            })
            .unwrap();
        assert_eq!(others, [(digest, None)]);
    });
}

#[test]
fn derived_rows_are_replaced_found_and_cleared() {
    each_store(|store| {
        let mut transaction = store.begin().unwrap();
        for row in rows().iter().chain(&rows()) {
            transaction.put_derived(row).unwrap();
        }
        transaction.commit().unwrap();
        let found = derived(store);
        assert_eq!(found.len(), rows().len(), "{found:?}");
        assert!(
            (rows().iter()).all(|row| found.contains(&format!("{row:?}"))),
            "{found:?}"
        );
        assert_eq!(store.ledger_facts().unwrap().as_deref(), Some("{}"));
        assert_eq!(
            store.signer_facts().unwrap(),
            [(did(), "{\"a\":1}".to_owned())]
        );
        assert_eq!(
            store.subject_facts(2).unwrap().as_deref(),
            Some("{\"b\":2}")
        );
        assert_eq!(
            store.references_to(&record(1).0).unwrap(),
            [(2, "subject".to_owned())]
        );
        assert_eq!(store.references_in(&record(1).0, "subject").unwrap(), [2]);
        assert_eq!(store.references_in(&record(1).0, "to").unwrap(), [0; 0]);
        assert_eq!(store.references_of("subject").unwrap(), [(record(1).0, 2)]);
        assert_eq!(store.references_of("to").unwrap(), []);
        assert_eq!(store.last_of_kind("claim", 5).unwrap(), [2]);
        assert_eq!(store.last_of_kind("claim", 0).unwrap(), [0; 0]);
        assert_eq!(store.last_of_kind("review", 5).unwrap(), [0; 0]);
        let mut subjects = Vec::new();
        store
            .subjects(&mut |row| subjects.push(row.index()))
            .unwrap();
        assert_eq!(subjects, [2]);
        assert_eq!(store.with_marks(&["bridge"], 5).unwrap(), [2]);
        assert_eq!(store.with_marks(&["bridge"], 0).unwrap(), [0; 0]);
        for mark in [
            "bridg",
            "",
            "\"",
            "a OR bridge",
            "bridge*",
            "NEAR(bridge",
            "a\0",
        ] {
            assert_eq!(store.with_marks(&[mark], 5).unwrap(), [0; 0], "{mark}");
        }
        let wording = store.wording(2).unwrap();
        assert_eq!(
            wording.as_deref(),
            Some("The Bridge is safe, said the mayor")
        );
        assert_eq!(store.wording(3).unwrap(), None);
        let mut transaction = store.begin().unwrap();
        transaction.clear_derived().unwrap();
        transaction.commit().unwrap();
        assert_eq!(derived(store), [""; 0]);
    });
}

#[test]
fn fingerprints_tell_rows_apart() {
    let key = std::hash::RandomState::new();
    let mut all: Vec<u64> = rows().iter().map(|row| row.fingerprint(&key)).collect();
    all.push(
        Derived::Wording {
            index: 3,
            text: "The Bridge is safe, said the mayor".into(),
        }
        .fingerprint(&key),
    );
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), rows().len() + 1);
}
