//! History: whether the ledger continues what an auditor saw of it before.
//!
//! An auditor keeps checkpoints, or a whole older copy. The log must hold, as its beginning, the tree
//! of each of them: if it is smaller it was rolled back, if its tree of that size is another one the
//! history was rewritten, and the log has signed both.

use super::finding::{Check, Finding};
use crate::log::{Checkpoint, CheckpointError, Hash, VerifierKey, root};
use crate::store::{Read, StoreError};

/// A checkpoint that the auditor kept.
#[derive(Clone)]
pub struct Held<'a> {
    note: String,
    checkpoint: Checkpoint,
    copy: Option<&'a dyn Read>,
}

impl<'a> Held<'a> {
    /// Takes a signed note, and the copy of the ledger from which it is, if the auditor kept that.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`] if the note is no checkpoint. Who signed it is checked in the audit.
    pub fn new(note: &str, copy: Option<&'a dyn Read>) -> Result<Self, CheckpointError> {
        Ok(Held {
            checkpoint: Checkpoint::read_unverified(note)?,
            note: note.to_owned(),
            copy,
        })
    }

    /// Says what is wrong with who signed the note.
    fn check_signature(&self, log_key: &VerifierKey) -> Option<Finding> {
        let error = Checkpoint::open(&self.note, log_key).err()?;
        let expected = format!("a kept checkpoint signed by {log_key}");
        Some(Finding::new(Check::SinceSignature, None, expected, error))
    }
}

/// Two notes that one log signed, and that do not fit together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The size of the kept note.
    pub size: u64,
    /// Whether the notes alone show it: both are of this size, with different roots.
    pub is_proof: bool,
    /// The note that the auditor kept.
    pub held: String,
    /// The note in the ledger: for the same size if there is one, else the last.
    pub found: String,
}

/// What the auditor kept, and how far the fold agreed with it.
pub(super) struct History<'a> {
    /// The smallest last: they are taken from the end.
    ahead: Vec<Held<'a>>,
    /// The greatest size at which the log and what was kept agree.
    agreed: u64,
    pub(super) evidence: Vec<Evidence>,
}

impl<'a> History<'a> {
    pub(super) fn new(held: &[Held<'a>]) -> Self {
        // Every log begins with the tree without leaves: a checkpoint of it holds nobody to anything.
        let mut ahead: Vec<Held<'a>> = (held.iter())
            .filter(|held| held.checkpoint.size() > 0)
            .cloned()
            .collect();
        ahead.sort_by_key(|held| std::cmp::Reverse(held.checkpoint.size()));
        History {
            ahead,
            agreed: 0,
            evidence: Vec::new(),
        }
    }

    /// Returns the size at which the fold must be compared next.
    pub(super) fn next_size(&self) -> Option<u64> {
        self.ahead.last().map(|held| held.checkpoint.size())
    }

    /// Compares what was kept of the size that the fold has reached.
    pub(super) fn check(
        &mut self,
        size: u64,
        found: Hash,
        store: &dyn Read,
    ) -> Result<Vec<Finding>, StoreError> {
        let mut findings = Vec::new();
        while let Some(held) = (self.ahead).pop_if(|held| held.checkpoint.size() == size) {
            let expected = held.checkpoint.root();
            if expected == found {
                self.agreed = size;
                continue;
            }
            let between = format!("they part after size {} and by size {size}", self.agreed);
            let part = match held.copy.map(|copy| parting(size, copy, store)) {
                Some(Ok(part)) => format!("they part at size {part}"),
                Some(Err(error)) => format!("{between}; where, can't be told: {error}"),
                None => between,
            };
            findings.push(Finding::new(
                Check::Fork,
                size.checked_sub(1),
                format!("root {expected} at size {size}"),
                format!("root {found}; {part}"),
            ));
            self.keep_evidence(held, store)?;
        }
        Ok(findings)
    }

    /// Returns the greatest checkpoint that was kept.
    pub(super) fn last(&self) -> Option<&Checkpoint> {
        self.ahead.first().map(|held| &held.checkpoint)
    }

    /// Drops what the log did not sign: that says nothing of it.
    pub(super) fn keep_signed(&mut self, log_key: &VerifierKey) -> Vec<Finding> {
        let mut findings = Vec::new();
        self.ahead.retain(|held| {
            let fault = held.check_signature(log_key);
            let is_signed = fault.is_none();
            findings.extend(fault);
            is_signed
        });
        findings
    }

    /// Judges what was kept of sizes that the ledger has not reached.
    pub(super) fn finish(
        &mut self,
        size: u64,
        store: &dyn Read,
    ) -> Result<Vec<Finding>, StoreError> {
        let mut findings = Vec::new();
        while let Some(held) = self.ahead.pop() {
            findings.push(Finding::new(
                Check::Rollback,
                size.checked_sub(1),
                format!("{} entries or more", held.checkpoint.size()),
                format!("{size}; the log has signed the rest, and it is gone"),
            ));
            self.keep_evidence(held, store)?;
        }
        Ok(findings)
    }

    fn keep_evidence(&mut self, held: Held<'_>, store: &dyn Read) -> Result<(), StoreError> {
        let size = held.checkpoint.size();
        let same_size = store.checkpoints(size, 1)?.pop();
        let same_size = same_size.filter(|(found, _)| *found == size);
        let found = match same_size {
            Some(found) => Some(found),
            None => store.last_checkpoint()?,
        };
        if let Some((found_size, found)) = found {
            self.evidence.push(Evidence {
                size,
                is_proof: found_size == size,
                held: held.note,
                found,
            });
        }
        Ok(())
    }
}

/// Returns the least size at which two histories differ, knowing that they do at `size`.
fn parting(size: u64, copy: &dyn Read, store: &dyn Read) -> Result<u64, StoreError> {
    // Of all sizes up to `same` the trees are equal, from `other` on they are not.
    let (mut same, mut other) = (0, size);
    while other - same > 1 {
        let middle = same + (other - same) / 2;
        let ours: Hash = root(middle, &store)?;
        let theirs: Hash = root(middle, &copy)?;
        match ours == theirs {
            true => same = middle,
            false => other = middle,
        }
    }
    Ok(other)
}
