//! What depends on the entries before: place, chain, tree, clock, rules. Folded in order.

use super::examine::Examined;
use super::finding::{Check, Finding};
use crate::log::{Frontier, Hash, NodeId, leaf_hash};
use crate::rules::{Facts, NoFacts, Rules};
use crate::store::{Derived, Read, StoreError};

/// The state of the audit, or of the writer, after some entries.
pub struct Fold<B> {
    frontier: Frontier,
    /// Leaf hash of the last entry.
    prev: Hash,
    /// The index that comes next.
    next: u64,
    rules: Rules<B>,
    /// The first entry that this program can't judge. From there on it knows chain and tree, not the rules.
    unjudged: Option<u64>,
}

/// What one more entry brought.
#[derive(Debug)]
pub struct Step {
    pub findings: Vec<Finding>,
    /// Merkle nodes that the entry completes.
    pub nodes: Vec<(NodeId, Hash)>,
    /// Look-up rows that follow from the entry.
    pub derived: Vec<Derived<'static>>,
}

impl Fold<NoFacts> {
    /// Begins before the first entry.
    pub fn new() -> Self {
        Fold {
            frontier: Frontier::new(),
            prev: Hash::ZERO,
            next: 0,
            rules: Rules::resume(NoFacts).expect("no facts are always readable"),
            unjudged: None,
        }
    }

    /// Takes up the fold after the entries of a tree, the last of which has the leaf hash `prev`.
    pub fn after(
        frontier: Frontier,
        prev: Hash,
        rules: Rules<NoFacts>,
        unjudged: Option<u64>,
    ) -> Self {
        Fold {
            next: frontier.size(),
            frontier,
            prev,
            rules,
            unjudged,
        }
    }
}

impl Default for Fold<NoFacts> {
    fn default() -> Self {
        Self::new()
    }
}

impl<'a> Fold<&'a dyn Read> {
    /// Takes up the fold after the last entry of a store, in a few reads.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] if the derived tables do not speak of the last entry, and what reading
    /// returns.
    pub fn resume(store: &'a dyn Read) -> Result<Self, StoreError> {
        let size = store.size()?;
        let prev = match size.checked_sub(1) {
            None => Hash::ZERO,
            Some(last) => last_leaf(store, last)?,
        };
        let rules = Rules::resume(store)?;
        let derived = rules.ledger().map_or(0, |ledger| ledger.size);
        if derived != size {
            return Err(StoreError::Stale {
                found: format!("they speak of {derived} entries, the log has {size}"),
            });
        }
        Ok(Fold {
            frontier: Frontier::read(size, &store)?,
            prev,
            next: size,
            rules,
            unjudged: None,
        })
    }
}

/// Returns the leaf hash of the last entry, which must be the one that the tree has.
fn last_leaf(store: &dyn Read, last: u64) -> Result<Hash, StoreError> {
    let entries = store.entries(last, 1)?;
    let leaf = entries.first().map(|entry| leaf_hash(&entry.bytes));
    let node = NodeId::new(0, last)
        .map(|node| store.node(node))
        .transpose()?;
    match (leaf, node.flatten()) {
        (Some(leaf), Some(node)) if leaf == node => Ok(leaf),
        _ => Err(StoreError::Damaged {
            found: format!("entry {last} is not the one in the Merkle tree"),
        }),
    }
}

impl<B: Facts> Fold<B> {
    /// Returns the index that the next entry must have.
    pub fn next_index(&self) -> u64 {
        self.next
    }

    /// Returns the `prev` that the next entry must have.
    pub fn prev(&self) -> Hash {
        self.prev
    }

    /// Returns the root of the tree over all entries so far.
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// Returns the number of leaves so far.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Returns the state of the rules.
    pub fn rules(&self) -> &Rules<B> {
        &self.rules
    }

    /// Returns the first entry that this program can't judge, if there is one: it is of a newer format.
    pub fn unjudged(&self) -> Option<u64> {
        self.unjudged
    }

    /// Folds in the next entry, with what was found of it alone.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the facts before can't be read.
    pub fn step(&mut self, examined: &Examined) -> Result<Step, StoreError> {
        let index = examined.index;
        let mut findings = Vec::new();
        if index != self.next {
            findings.push(Finding::new(
                Check::EntryMissing,
                self.next,
                format!("entry {}", self.next),
                format!("entry {index} as the next"),
            ));
        }
        findings.extend(examined.findings.iter().cloned());
        let mut derived = Vec::new();
        if let Some(entry) = &examined.entry {
            if entry.prev != self.prev {
                findings.push(Finding::new(Check::Chain, index, self.prev, entry.prev));
            }
            if examined.unknown.is_some() {
                self.unjudged.get_or_insert(index);
            }
            if self.unjudged.is_none() {
                let outcome = self.rules.apply(entry, examined.record.as_ref())?;
                let violations = outcome.violations.into_iter();
                findings.extend(violations.map(|violation| Finding::of_rule(index, violation)));
                derived = outcome.derived;
            }
        }
        self.prev = examined.leaf;
        self.next = index + 1;
        Ok(Step {
            findings,
            nodes: self.frontier.push(examined.leaf)?,
            derived,
        })
    }
}
