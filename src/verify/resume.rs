//! Taking up an audit where an earlier one ended.
//!
//! The auditor keeps a checkpoint of what was verified. What it commits to need not be read again: the stored Merkle
//! nodes must lead to its root, and of the older entries only those are read on which the newer ones rest, each with a
//! proof that it is in the tree of that root. Which ones these are is looked up in the derived tables, which could hide
//! some: that is what such an audit leaves to a whole one.

use super::closure::{Closure, ClosureError};
use super::examine::{KnownKeys, examine};
use super::finding::{Check, Finding};
use crate::canonical::Digest;
use crate::log::{Checkpoint, Frontier, Hash, inclusion_proof, leaf_hash, verify_inclusion};
use crate::record::{Content, Record};
use crate::rules::{Facts as _, NoFacts, Rules};
use crate::store::{Object, Read, StoreError, StoredEntry, each_entry};

/// The state of the audit after the entries that were verified before.
pub(super) struct Resumed {
    pub(super) frontier: Frontier,
    /// Leaf hash of the last of them.
    pub(super) prev: Hash,
    /// What the rules know from those on which the newer entries rest.
    pub(super) rules: Rules<NoFacts>,
    /// How many these are.
    pub(super) read: u64,
    /// What they erased, with the erasures' indexes.
    pub(super) erasures: Vec<(Digest, u64)>,
    pub(super) findings: Vec<Finding>,
    /// The first of the entries before that only a newer program can judge, as the look-ups have it.
    pub(super) unjudged: Option<u64>,
}

/// Takes up the audit after the entries of a checkpoint, whose tree is the ledger's as `frontier` shows.
///
/// # Errors
///
/// [`StoreError`] if the ledger can't be read.
pub(super) fn resume(
    store: &dyn Read,
    verified: &Checkpoint,
    frontier: Frontier,
) -> Result<Resumed, StoreError> {
    let (size, root) = (verified.size(), verified.root());
    let mut resumed = Resumed {
        frontier,
        prev: Hash::ZERO,
        rules: Rules::resume(NoFacts)?,
        read: 0,
        erasures: Vec::new(),
        findings: Vec::new(),
        unjudged: None,
    };
    let closure = match grounds(store, size) {
        Ok(closure) => closure,
        Err(ClosureError::NoEntry { index }) => {
            let expected = format!("entry {index}");
            let missing = Finding::new(Check::EntryMissing, index, expected, "none");
            resumed.findings.push(missing);
            return Ok(resumed);
        }
        Err(ClosureError::Store(error)) => return Err(error),
        Err(ClosureError::TooMany { .. }) => unreachable!("there is no limit"),
    };
    let facts = (&store).ledger()?;
    resumed.unjudged = facts
        .as_ref()
        .map(|facts| facts.size)
        .filter(|judged| *judged < size);
    let keys = KnownKeys::default();
    for stored in closure.into_entries() {
        resumed.read += 1;
        let path = inclusion_proof(stored.index, size, &store)?;
        let leaf = leaf_hash(&stored.bytes);
        if let Err(error) = verify_inclusion(stored.index, size, &leaf, &path, &root) {
            let expected = format!("the entry that was verified up to size {size}");
            resumed
                .findings
                .push(Finding::new(Check::Node, stored.index, expected, error));
            continue;
        }
        resumed.prev = leaf;
        // From a few records it can't be told whether any was erased.
        let erased_work = facts.as_ref().is_some_and(|facts| facts.erased_work);
        resumed.rules.believe_erased_work(erased_work);
        resumed.fold(&stored, &keys)?;
    }
    Ok(resumed)
}

/// Looks up on what the entries from index `size` on rest, and the last one before them.
fn grounds(store: &dyn Read, size: u64) -> Result<Closure<'_>, ClosureError> {
    let mut closure = Closure::new(store, size, usize::MAX);
    closure.add_all_of_the_ledger()?;
    closure.add(size - 1)?;
    for stored in each_entry(store, size..u64::MAX) {
        let stored = stored?;
        if let Object::Present(bytes) = &stored.object
            && let Ok(record) = Record::parse(bytes)
        {
            closure.add_grounds(&stored.record, &record.content)?;
        }
    }
    Ok(closure)
}

impl Resumed {
    fn fold(&mut self, stored: &StoredEntry, keys: &KnownKeys) -> Result<(), StoreError> {
        let examined = examine(stored, keys);
        self.findings.extend(examined.findings);
        let Some(entry) = &examined.entry else {
            return Ok(());
        };
        let outcome = self.rules.apply(entry, examined.record.as_ref())?;
        // It was allowed when all that came before was known.
        for violation in outcome.violations {
            self.findings.push(Finding::new(
                Check::DerivedTable,
                stored.index,
                format!(
                    "look-ups that lead to all on which the entry rests ({})",
                    violation.expected
                ),
                violation.found,
            ));
        }
        if let Some(Record {
            content: Content::Erasure(erasure),
            ..
        }) = &examined.record
        {
            self.erasures.push((erasure.subject, stored.index));
        }
        Ok(())
    }
}
