//! Derived tables: whether their rows are those that follow from the entries.

use std::collections::HashMap;
use std::hash::RandomState;

use super::finding::{Check, Finding};
use crate::rules::{NoFacts, Rules};
use crate::store::{Derived, Read, StoreError};

/// For each entry, the sum of the fingerprints of the rows that follow from it, less those that are stored.
///
/// Equal sets of rows have equal sums; different ones do not, all but surely, as long as nobody knows the key.
#[derive(Default)]
pub(super) struct DerivedRows {
    /// By index, as long as the entries come without gaps.
    sums: Vec<u64>,
    /// Of indexes for which there is no place in `sums`: entries after a gap, or rows of entries that do not exist.
    strays: HashMap<u64, u64>,
    /// The key of the fingerprints, drawn for this audit.
    key: RandomState,
}

impl DerivedRows {
    /// Notes the rows that follow from the entry at `index` and never change.
    pub(super) fn follow(&mut self, index: u64, rows: &[Derived]) {
        if index == self.sums.len() as u64 {
            self.sums.push(0);
        }
        for row in rows {
            self.add(row);
        }
    }

    fn add(&mut self, row: &Derived) {
        let fingerprint = row.fingerprint(&self.key);
        let sum = self.sum(row.index());
        *sum = sum.wrapping_add(fingerprint);
    }

    fn subtract(&mut self, row: &Derived) {
        let fingerprint = row.fingerprint(&self.key);
        let sum = self.sum(row.index());
        *sum = sum.wrapping_sub(fingerprint);
    }

    fn sum(&mut self, index: u64) -> &mut u64 {
        match usize::try_from(index) {
            Ok(at) if at < self.sums.len() => &mut self.sums[at],
            _ => self.strays.entry(index).or_default(),
        }
    }

    /// Compares the store's rows with those noted and those that follow from all entries together.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store can't be read.
    pub(super) fn check(
        mut self,
        store: &dyn Read,
        rules: &Rules<NoFacts>,
    ) -> Result<Vec<Finding>, StoreError> {
        store.derived(&mut |row| self.subtract(&row))?;
        rules.changed_rows(&mut |row| self.add(&row));
        let in_order = (0..).zip(self.sums);
        let differing = in_order.chain(self.strays).filter(|(_, sum)| *sum != 0);
        let findings = differing.map(|(index, _)| {
            Finding::new(
                Check::DerivedTable,
                index,
                "the rows that follow from the entry",
                "others, or a row too many or too few; `ledger reindex` rebuilds them",
            )
        });
        Ok(findings.collect())
    }
}
