//! Every byte of a small ledger file is changed in turn: `verify` names what is wrong, or the byte means nothing.
//!
//! Which bytes mean nothing is computed from the file's pages (`support/pages.rs`, `docs/spec/file.md`). With
//! `LEDGER_CI=1` all bytes are tried, with `LEDGER_EVERY_BIT=1` each bit of them; else some, spread over the file.

mod support;

use std::collections::BTreeMap;
use std::fs;

use rusqlite::Connection;
use support::audits::{Outcome, look_into, untouched};
use support::desk::Desk;
use support::pages::meaningless;
use support::tools::in_ci;

/// What a byte is changed with: its least bit, its greatest, and all.
const PATTERNS: [u8; 3] = [0x01, 0x80, 0xff];

/// One byte of so many is tried where not all are.
const STRIDE: usize = 29;

/// A small ledger file, and what stands in it.
struct Small {
    bytes: Vec<u8>,
    roots: Vec<(String, usize)>,
}

/// A ledger with every kind of row, in pages so small that its trees have branches. It has free pages, too.
fn small() -> Small {
    let desk = Desk::with_every_row();
    let file = desk.path("small.ledger");
    let connection = Connection::open(desk.ledger()).unwrap();
    connection.pragma_update(None, "page_size", 512).unwrap();
    connection
        .execute("VACUUM INTO ?1", [file.to_str().unwrap()])
        .unwrap();
    let connection = Connection::open(&file).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE stray (x); INSERT INTO stray VALUES (zeroblob(2000)); DROP TABLE stray",
        )
        .unwrap();
    let roots = connection
        .prepare("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    drop(connection);
    let bytes = fs::read(file).unwrap();
    Small { bytes, roots }
}

/// Changes bytes, each alone, and fails where one is neither found nor meaningless.
fn flip(small: &Small, changes: &[(usize, u8)]) {
    let genuine = untouched(&small.bytes);
    let meaningless = meaningless(&small.bytes, &small.roots);
    let outcomes = look_into(changes, |(at, pattern)| {
        let mut bytes = small.bytes.clone();
        bytes[*at] ^= pattern;
        bytes
    });
    let (mut unseen, mut unclear) = (BTreeMap::new(), Vec::new());
    for (change, outcome) in std::iter::zip(changes, &outcomes) {
        match outcome {
            Outcome::Named(words) => assert!(!words.is_empty(), "{change:?}"),
            Outcome::Unclear(error) => unclear.push(format!("{change:?}: {error}")),
            Outcome::Verified(_) => {
                assert!(*outcome == genuine, "{change:?}: another report or content");
                if !meaningless.contains_key(&change.0) {
                    unseen
                        .entry(change.0)
                        .or_insert_with(Vec::new)
                        .push(change.1);
                }
            }
        }
    }
    let size = small.page_size();
    let places: Vec<String> = (unseen.iter())
        .map(|(at, patterns)| {
            let context = &small.bytes[at.saturating_sub(8)..(at + 8).min(small.bytes.len())];
            format!(
                "byte {at} (page {}, {}), changed with {patterns:02x?}, among {context:02x?} {:?}",
                at / size + 1,
                at % size,
                String::from_utf8_lossy(context)
            )
        })
        .collect();
    assert!(
        places.is_empty() && unclear.is_empty(),
        "unseen:\n{}\nunclear:\n{}",
        places.join("\n"),
        unclear.join("\n")
    );
}

#[test]
fn changed_byte_is_named_or_means_nothing() {
    let small = small();
    let set = |name| std::env::var_os(name).is_some_and(|value| value == "1");
    let places = 0..small.bytes.len();
    let changes: Vec<(usize, u8)> = if set("LEDGER_EVERY_BIT") {
        places
            .flat_map(|at| (0..8).map(move |bit| (at, 1 << bit)))
            .collect()
    } else {
        // A stride that the patterns do not divide: each takes its turn.
        let stride = if in_ci() { 1 } else { STRIDE };
        let places = places.step_by(stride).enumerate();
        places
            .map(|(n, at)| (at, PATTERNS[n % PATTERNS.len()]))
            .collect()
    };
    flip(&small, &changes);
}

/// Looks into files of which more than a byte was changed. Only one that differs in nothing but meaningless
/// bytes may be verified.
fn rearrange<T: Sync + std::fmt::Debug>(
    small: &Small,
    changes: &[T],
    changed: impl Fn(&T, &mut Vec<u8>) + Sync,
) {
    let genuine = untouched(&small.bytes);
    let meaningless = meaningless(&small.bytes, &small.roots);
    let changed = |change: &T| {
        let mut bytes = small.bytes.clone();
        changed(change, &mut bytes);
        bytes
    };
    let outcomes = look_into(changes, changed);
    for (change, outcome) in std::iter::zip(changes, &outcomes) {
        let bytes = changed(change);
        let is_nothing = (small.bytes.iter().enumerate())
            .filter(|(at, before)| bytes.get(*at) != Some(before))
            .all(|(at, _)| meaningless.contains_key(&at));
        match outcome {
            Outcome::Named(_) => {}
            Outcome::Verified(_) if is_nothing => assert!(*outcome == genuine, "{change:?}"),
            other => panic!("{change:?}: {other:?}"),
        }
    }
}

impl Small {
    fn page_size(&self) -> usize {
        usize::from(u16::from_be_bytes([self.bytes[16], self.bytes[17]]))
    }

    /// Pairs of different pages, counted from 0: all of them, or one of so many.
    fn pairs(&self) -> Vec<(usize, usize)> {
        let pages = self.bytes.len() / self.page_size();
        let is_ci = in_ci();
        let pairs = (0..pages).flat_map(|one| (0..pages).map(move |other| (one, other)));
        let pairs = pairs.filter(|(one, other)| one != other);
        pairs.step_by(if is_ci { 7 } else { 97 }).collect()
    }
}

#[test]
fn swapped_pages_are_found() {
    let small = small();
    let size = small.page_size();
    rearrange(&small, &small.pairs(), |(one, other), bytes| {
        for at in 0..size {
            bytes.swap(one * size + at, other * size + at);
        }
    });
}

#[test]
fn page_over_another_is_found() {
    let small = small();
    let size = small.page_size();
    rearrange(&small, &small.pairs(), |(one, other), bytes| {
        bytes.copy_within(one * size..(one + 1) * size, other * size);
    });
}

#[test]
fn page_of_zeros_is_found() {
    let small = small();
    let size = small.page_size();
    let pages: Vec<usize> = (0..small.bytes.len() / size).collect();
    rearrange(&small, &pages, |page, bytes| {
        bytes[page * size..(page + 1) * size].fill(0);
    });
}

#[test]
fn rows_out_of_order_are_found() {
    let small = small();
    let size = small.page_size();
    // The first two cells of every page of a tree: a page lists where its cells are, in order.
    let mut pointers = Vec::new();
    for page in 0..small.bytes.len() / size {
        let header = page * size + if page == 0 { 100 } else { 0 };
        let first = match small.bytes[header] {
            2 | 5 => header + 12,
            10 | 13 => header + 8,
            _ => continue,
        };
        if u16::from_be_bytes([small.bytes[header + 3], small.bytes[header + 4]]) >= 2 {
            pointers.push(first);
        }
    }
    assert!(pointers.len() > 20, "{pointers:?}");
    rearrange(&small, &pointers, |first, bytes| {
        bytes.swap(*first, first + 2);
        bytes.swap(first + 1, first + 3);
    });
}

#[test]
fn shorter_files_are_found() {
    let small = small();
    let size = small.page_size();
    let lens = (0..small.bytes.len()).step_by(size);
    // Within a page, too.
    let lens: Vec<usize> = lens.flat_map(|len| [len, len + size / 2]).collect();
    rearrange(&small, &lens, |len, bytes| bytes.truncate(*len));
}
