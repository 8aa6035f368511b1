//! Derived tables: whether their rows are those that follow from the entries.

use std::collections::HashMap;
use std::hash::RandomState;
use std::mem;
use std::sync::mpsc::{self, Receiver, Sender};

use rayon::Scope;

use super::finding::{Check, Finding};
use crate::rules::{NoFacts, Rules};
use crate::store::{Derived, Read, StoreError};

/// The rows that follow from the entries. Equal sets of rows have equal sums of fingerprints; different ones do not, all
/// but surely, as long as nobody knows the key.
pub(super) struct DerivedRows {
    sums: Sums,
    /// Rows that follow, and have no fingerprints yet: they get them on all cores.
    waiting: Vec<Derived<'static>>,
    fingerprints: (Sender<Fingerprints>, Receiver<Fingerprints>),
    /// The key of the fingerprints, drawn for this audit.
    key: RandomState,
}

/// Fingerprints of rows, each with the index of the entry from which the row follows.
type Fingerprints = Vec<(u64, u64)>;

/// For each entry, a sum of fingerprints of rows.
#[derive(Default)]
pub(super) struct Sums {
    /// By index, as long as the indexes come without gaps.
    sums: Vec<u64>,
    /// Of indexes for which there is no place in `sums`: entries after a gap, or rows of entries that do not exist.
    strays: HashMap<u64, u64>,
}

impl Sums {
    /// Makes place for the entry at `index`, if it is the next.
    fn reach(&mut self, index: u64) {
        if index == self.sums.len() as u64 {
            self.sums.push(0);
        }
    }

    fn add(&mut self, index: u64, fingerprint: u64) {
        let sum = match usize::try_from(index) {
            Ok(at) if at < self.sums.len() => &mut self.sums[at],
            _ => self.strays.entry(index).or_default(),
        };
        *sum = sum.wrapping_add(fingerprint);
    }

    fn add_row(&mut self, row: &Derived<'_>, key: &RandomState) {
        let index = row.index();
        self.reach(index);
        self.add(index, row.fingerprint(key));
    }

    /// The sum of each entry that has one.
    fn each(self) -> impl Iterator<Item = (u64, u64)> {
        (0..).zip(self.sums).chain(self.strays)
    }
}

/// Adds up the rows that a store has.
///
/// # Errors
///
/// [`StoreError`] if the store can't be read.
pub(super) fn stored(store: &dyn Read, key: &RandomState) -> Result<Sums, StoreError> {
    let mut sums = Sums::default();
    store.derived(&mut |row| sums.add_row(&row, key))?;
    Ok(sums)
}

/// Adds up the rows that follow from all entries together.
pub(super) fn following(rules: &Rules<NoFacts>, key: &RandomState) -> Sums {
    let mut sums = Sums::default();
    rules.changed_rows(&mut |row| sums.add_row(&row, key));
    sums
}

impl Default for DerivedRows {
    fn default() -> Self {
        DerivedRows {
            sums: Sums::default(),
            waiting: Vec::new(),
            fingerprints: mpsc::channel(),
            key: RandomState::new(),
        }
    }
}

/// Adds to a row's fingerprint that of the marks that follow from it.
fn fingerprint_with_marks(row: &Derived<'_>, key: &RandomState) -> u64 {
    let marks = row.marks().map_or(0, |marks| marks.fingerprint(key));
    row.fingerprint(key).wrapping_add(marks)
}

impl DerivedRows {
    /// Returns the key under which stored rows are to be added up.
    pub(super) fn key(&self) -> &RandomState {
        &self.key
    }

    /// Notes the rows that follow from the entry at `index` and never change.
    pub(super) fn follow(&mut self, index: u64, rows: Vec<Derived<'static>>) {
        self.sums.reach(index);
        self.waiting.extend(rows);
    }

    /// Adds up the rows that were noted, and the marks that follow from them, beside what the scope does otherwise.
    pub(super) fn add_up(&mut self, scope: &Scope<'_>) {
        let rows = mem::take(&mut self.waiting);
        let (key, done) = (self.key.clone(), self.fingerprints.0.clone());
        scope.spawn(move |_| {
            let of_row = |row: &Derived<'_>| (row.index(), fingerprint_with_marks(row, &key));
            // Nobody waits for it any more if the audit has ended.
            let _ = done.send(rows.iter().map(of_row).collect());
        });
        self.take_fingerprints();
    }

    fn take_fingerprints(&mut self) {
        for (index, fingerprint) in self.fingerprints.1.try_iter().flatten() {
            self.sums.add(index, fingerprint);
        }
    }

    /// Adds rows that were added up elsewhere.
    pub(super) fn add(&mut self, sums: Sums) {
        for (index, sum) in sums.each() {
            self.sums.add(index, sum);
        }
    }

    /// Compares the rows that a store has with those that follow.
    pub(super) fn compare(mut self, stored: Sums) -> Vec<Finding> {
        self.take_fingerprints();
        for (index, sum) in stored.each() {
            self.sums.add(index, sum.wrapping_neg());
        }
        let differing = (self.sums.each()).filter(|(_, difference)| *difference != 0);
        let findings = differing.map(|(index, _)| {
            Finding::new(
                Check::DerivedTable,
                index,
                "the rows that follow from the entry",
                "others, or a row too many or too few; `ledger reindex` rebuilds them",
            )
        });
        let mut findings: Vec<Finding> = findings.collect();
        findings.sort_by(Finding::in_order);
        findings
    }
}
