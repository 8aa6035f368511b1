//! The only writer: append, with a checkpoint over all entries; cosign; erase; reindex; and the file in which records go
//! from the desk where they were signed to the one that appends them.
//!
//! Everything happens in one transaction that holds the writer's lock: take up the fold where the last
//! entry left it, run the audit's own checks over the new entries, append them with their objects and
//! derived rows, sign a checkpoint over all, commit. A batch happens wholly or not at all.

mod cosign;
mod erase;
mod group;
mod guard;
mod reindex;
pub mod signed_records;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::canonical::{Digest, Timestamp};
use crate::log::{
    Checkpoint, CheckpointError, Entry, EntryError, Hash, NodeId, NoteSigner, VerifierKey,
    VerifierKeyError,
};
use crate::record::{Content, Kind, Record, RecordError};
use crate::rules::MAX_CLOCK_LEAD_S;
use crate::sign::{Proof, SecretKey};
use crate::store::{Derived, Object, Read, Store, StoreError, StoredEntry, Transaction};
use crate::verify::anchors::Anchors;
use crate::verify::examine::{KnownKeys, examine};
use crate::verify::fold::Fold;
use crate::verify::objects::check_needs;
use crate::verify::{Check, Finding};

pub use cosign::{CosignError, cosign};
pub use group::Group;
pub use guard::{Guard, GuardError, Memory, Unguarded};
pub use reindex::reindex;

/// A record with its editor's signature, and the objects that it needs.
#[derive(Clone, Debug)]
pub struct Submission {
    record: Record,
    bytes: Vec<u8>,
    digest: Digest,
    proof: Proof,
    objects: Vec<(Digest, Vec<u8>)>,
}

impl Submission {
    /// Signs a record. `created` is the signer's clock.
    ///
    /// # Errors
    ///
    /// [`RecordError`] if the record has no canonical form.
    pub fn sign(
        record: Record,
        objects: Vec<Vec<u8>>,
        key: &SecretKey,
        created: Timestamp,
    ) -> Result<Self, RecordError> {
        let bytes = record.to_bytes()?;
        let digest = Digest::of(&bytes);
        Ok(Submission {
            proof: Proof::sign(&digest, key, created),
            record,
            bytes,
            digest,
            objects: objects
                .into_iter()
                .map(|object| (Digest::of(&object), object))
                .collect(),
        })
    }

    /// Returns the record's provenance hash.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Returns the record.
    pub fn record(&self) -> &Record {
        &self.record
    }
}

/// Whether changes are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Commit,
    /// Everything is checked and computed, and nothing is kept.
    DryRun,
}

/// What was appended.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// The new entries in order.
    pub appended: Vec<Appended>,
    /// The ledger's size and root after them.
    pub size: u64,
    pub root: Hash,
    /// The signed checkpoint over all entries.
    pub checkpoint: String,
    /// Why erased words may still stand in the store's files, if they may: mostly because someone else holds
    /// them open.
    pub unscrubbed: Option<Arc<StoreError>>,
    /// Why the guard could not remember the checkpoint, if it could not. Everything is recorded all the same.
    pub unremembered: Option<String>,
}

/// One new entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    pub digest: Digest,
    pub index: u64,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Entry(#[from] EntryError),
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error("the record is in the ledger already: {digest} at index {index}")]
    AlreadyRecorded { digest: Digest, index: u64 },
    /// The record at this place of the batch breaks the rules.
    #[error("record {digest} is refused")]
    Refused {
        /// Place in the batch, from 0.
        item: usize,
        kind: Kind,
        digest: Digest,
        findings: Vec<Finding>,
    },
    #[error(transparent)]
    Guard(#[from] GuardError),
    #[error("the log key is not this ledger's: expected {expected}, found {found}")]
    OtherLogKey { expected: String, found: String },
    #[error(
        "the clock is at {now}, before the last entry at {last}: set it right, entries never go back in time"
    )]
    ClockBehind { now: Timestamp, last: Timestamp },
    #[error("expected a last checkpoint signed by the log's key, found {found}")]
    Unsigned { found: String },
    #[error("the entries do not have the root that was signed last: run `ledger verify`")]
    Diverged {
        size: u64,
        signed: Hash,
        found: Hash,
    },
}

/// Appends records in one transaction, with a checkpoint over all entries.
///
/// The guard is asked before anything is signed, and remembers the checkpoint once it is durable.
///
/// # Errors
///
/// [`WriteError`] says why nothing was written; the ledger is then as it was.
pub fn append(
    store: &mut dyn Store,
    batch: &[Submission],
    log_key: &NoteSigner,
    guard: &dyn Guard,
    now: Timestamp,
    mode: Mode,
) -> Result<Receipt, WriteError> {
    let mut memory = (guard.lock(log_key.key())).map_err(GuardError::Locked)?;
    let mut transaction = store.begin()?;
    guard::check(&*memory, &*transaction, log_key.key())?;
    let mut plan = plan(&*transaction, batch, log_key, now)?;
    plan.write(&mut *transaction, batch)?;
    let erases = erase::carry_out(&mut *transaction, batch)?;
    match mode {
        Mode::Commit => transaction.commit()?,
        Mode::DryRun => drop(transaction),
    }
    if mode == Mode::Commit {
        let remembered = memory.remember(&plan.receipt.checkpoint);
        plan.receipt.unremembered = remembered.err().map(|error| error.to_string());
    }
    if erases && mode == Mode::Commit {
        // The erasure stands, whatever becomes of the space that the words took.
        plan.receipt.unscrubbed = store.scrub().err().map(Arc::new);
    }
    Ok(plan.receipt)
}

/// Everything that will be written, computed before the first write.
struct Plan {
    entries: Vec<PlannedEntry>,
    /// Look-up rows that changed.
    derived: Vec<Derived<'static>>,
    receipt: Receipt,
}

struct PlannedEntry {
    index: u64,
    bytes: Vec<u8>,
    nodes: Vec<(NodeId, Hash)>,
}

fn plan(
    transaction: &dyn Transaction,
    batch: &[Submission],
    log_key: &NoteSigner,
    now: Timestamp,
) -> Result<Plan, WriteError> {
    let read: &dyn Read = transaction;
    let fold = Fold::resume(read)?;
    check_log_key(&fold, log_key)?;
    check_against_last_checkpoint(read, &fold, log_key.key())?;
    let judged = judge(read, fold, batch, now)?;
    check_log_key(&judged.fold, log_key)?;
    Ok(Plan {
        entries: judged.entries,
        derived: judged.derived,
        receipt: sign(&judged.fold, log_key, judged.appended)?,
    })
}

/// Checks records as [`append`] does, and returns where they would stand now. It needs no log key and changes nothing:
/// for an editor who signs at a copy of the ledger and hands the records over.
///
/// # Errors
///
/// [`WriteError`] says why they would not be appended.
pub fn check(
    read: &dyn Read,
    batch: &[Submission],
    now: Timestamp,
) -> Result<Vec<Appended>, WriteError> {
    let fold = Fold::resume(read)?;
    if let Some(ledger) = fold.rules().ledger() {
        let log_key: VerifierKey =
            (ledger.log_key.as_str().parse()).map_err(|error: VerifierKeyError| {
                WriteError::Unsigned {
                    found: error.to_string(),
                }
            })?;
        check_against_last_checkpoint(read, &fold, &log_key)?;
    }
    Ok(judge(read, fold, batch, now)?.appended)
}

/// Records that may be appended, and the fold after them.
struct Judged<'a> {
    fold: Fold<&'a dyn Read>,
    entries: Vec<PlannedEntry>,
    derived: Vec<Derived<'static>>,
    appended: Vec<Appended>,
}

fn judge<'a>(
    read: &'a dyn Read,
    mut fold: Fold<&'a dyn Read>,
    batch: &[Submission],
    now: Timestamp,
) -> Result<Judged<'a>, WriteError> {
    let recorded = recording_time(&fold, now)?;

    let offered: HashMap<&Digest, &Vec<u8>> = batch
        .iter()
        .flat_map(|submission| {
            let record = (&submission.digest, &submission.bytes);
            let objects = submission
                .objects
                .iter()
                .map(|(digest, bytes)| (digest, bytes));
            [record].into_iter().chain(objects)
        })
        .collect();
    // What the batch itself erases, as far as it has been gone through.
    let erased = RefCell::new(HashSet::new());
    let lookup = |digest: &Digest| match (read.object(digest)?, offered.get(digest)) {
        (Object::Erased, _) => Ok(Object::Erased),
        _ if erased.borrow().contains(digest) => Ok(Object::Erased),
        (_, Some(bytes)) => Ok(Object::Present((*bytes).clone())),
        (kept, None) => Ok(kept),
    };
    let mut anchors = Anchors::new(&lookup);
    let keys = KnownKeys::default();

    let mut entries = Vec::with_capacity(batch.len());
    let mut derived = Vec::new();
    let mut appended = Vec::with_capacity(batch.len());
    for (item, submission) in batch.iter().enumerate() {
        let digest = submission.digest;
        if let Some(subject) = fold.rules().subject(&digest)? {
            return Err(WriteError::AlreadyRecorded {
                digest,
                index: subject.index,
            });
        }
        let entry = Entry {
            index: fold.next_index(),
            kind: submission.record.kind().to_string(),
            prev: fold.prev(),
            proof: submission.proof.clone(),
            record: digest,
            recorded,
        };
        let bytes = entry.to_bytes()?;
        let stored = StoredEntry {
            index: entry.index,
            bytes,
            record: digest,
            object: Object::Present(submission.bytes.clone()),
        };
        let examined = examine(&stored, &keys);
        let step = fold.step(&examined)?;
        let mut findings = step.findings;
        let (record, objects) = (&submission.record, &submission.objects);
        findings.extend(check_needs(entry.index, record, objects, &lookup)?);
        findings.extend(anchors.check(entry.index, record)?.findings);
        if lookup(&digest)? == Object::Erased {
            findings.push(erased_before(entry.index, &digest));
        }
        if !findings.is_empty() {
            return Err(WriteError::Refused {
                item,
                kind: record.kind(),
                digest,
                findings,
            });
        }
        if let Content::Erasure(erasure) = &record.content {
            erased.borrow_mut().insert(erasure.subject);
        }
        derived.extend(step.derived);
        entries.push(PlannedEntry {
            index: entry.index,
            bytes: stored.bytes,
            nodes: step.nodes,
        });
        appended.push(Appended {
            digest,
            index: entry.index,
        });
    }
    fold.rules().changed_rows(&mut |row| derived.push(row));
    Ok(Judged {
        fold,
        entries,
        derived,
        appended,
    })
}

impl Plan {
    fn write(
        &self,
        transaction: &mut dyn Transaction,
        batch: &[Submission],
    ) -> Result<(), StoreError> {
        for (entry, submission) in std::iter::zip(&self.entries, batch) {
            transaction.put_object(&submission.digest, &submission.bytes)?;
            for (digest, bytes) in &submission.objects {
                transaction.put_object(digest, bytes)?;
            }
            transaction.append(entry.index, &entry.bytes, &submission.digest, &entry.nodes)?;
        }
        for row in &self.derived {
            reindex::put(transaction, row)?;
        }
        if !self.entries.is_empty() {
            transaction.put_checkpoint(self.receipt.size, &self.receipt.checkpoint)?;
        }
        Ok(())
    }
}

/// The bytes of a record can have been an object, and were erased as that: they do not come back.
fn erased_before(index: u64, digest: &Digest) -> Finding {
    let expected = format!("no bytes of {digest}, which were erased");
    Finding::new(Check::ErasureUndone, index, expected, "a record of them")
}

/// Entries never go back in time; a clock that is a little behind another's waits for it.
fn recording_time(fold: &Fold<&dyn Read>, now: Timestamp) -> Result<Timestamp, WriteError> {
    match fold.rules().ledger() {
        Some(ledger) if now < ledger.recorded => {
            let last = ledger.recorded;
            match last.unix_seconds() - now.unix_seconds() <= MAX_CLOCK_LEAD_S {
                true => Ok(last),
                false => Err(WriteError::ClockBehind { now, last }),
            }
        }
        _ => Ok(now),
    }
}

fn check_log_key(fold: &Fold<&dyn Read>, log_key: &NoteSigner) -> Result<(), WriteError> {
    let found = log_key.key().to_string();
    match fold.rules().ledger() {
        Some(ledger) if ledger.log_key.as_str() != found => Err(WriteError::OtherLogKey {
            expected: ledger.log_key.to_string(),
            found,
        }),
        _ => Ok(()),
    }
}

/// Never sign a second history: what this log signed last must be what is extended now.
fn check_against_last_checkpoint(
    read: &dyn Read,
    fold: &Fold<&dyn Read>,
    log_key: &VerifierKey,
) -> Result<(), WriteError> {
    let found = match read.last_checkpoint()? {
        None if fold.size() == 0 => return Ok(()),
        None => "none".to_owned(),
        Some((size, note)) => match Checkpoint::open(&note, log_key) {
            Ok(signed) if signed.size() != fold.size() || signed.root() != fold.root() => {
                return Err(WriteError::Diverged {
                    size,
                    signed: signed.root(),
                    found: fold.root(),
                });
            }
            Ok(_) => return Ok(()),
            Err(error) => error.to_string(),
        },
    };
    Err(WriteError::Unsigned { found })
}

fn sign(
    fold: &Fold<&dyn Read>,
    log_key: &NoteSigner,
    appended: Vec<Appended>,
) -> Result<Receipt, CheckpointError> {
    let (size, root) = (fold.size(), fold.root());
    let checkpoint = Checkpoint::new(log_key.key().name(), size, root)?;
    Ok(Receipt {
        appended,
        size,
        root,
        checkpoint: checkpoint.sign(log_key)?.to_string(),
        unscrubbed: None,
        unremembered: None,
    })
}
