//! The audit of a whole ledger.
//!
//! Entries are examined on all cores, and folded in order. What is stored beside them
//! (objects, checkpoints, Merkle nodes, derived rows) is compared with what the entries say.

use std::collections::VecDeque;
use std::hash::RandomState;
use std::thread;

use super::anchors::Anchors;
use super::cosignatures::Cosignatures;
use super::derived::{self, DerivedRows, Sums};
use super::examine::{Examined, KnownKeys};
use super::finding::{Check, Counts, Finding, Notice, Report};
use super::fold::Fold;
use super::history::{Held, History};
use super::nodes::Nodes;
use super::objects::Objects;
use super::pipeline::examine_from;
use super::resume::resume;
use crate::canonical::Digest;
use crate::log::{Checkpoint, Frontier, Policy, VerifierKey, WitnessKey};
use crate::record::Record;
use crate::rules::NoFacts;
use crate::store::{Extent, Read, StoreError};

/// Checkpoints that are read at a time. A hostile file may hold long ones.
const CHECKPOINT_CHUNK: usize = 64;

/// Findings beyond this are counted, not kept: whoever wrecks a ledger may wreck every entry.
const MAX_FINDINGS: usize = 10_000;

/// What an auditor brings along.
#[derive(Clone, Default)]
pub struct Options<'a> {
    /// The log key that the auditor trusts. Without it the founding record's own is taken.
    pub log_key: Option<VerifierKey>,
    /// What the auditor kept of the log.
    pub since: Vec<Held<'a>>,
    /// How much of the ledger is audited.
    pub scope: Scope,
    /// The logs and witnesses whom the auditor trusts.
    pub policy: Option<&'a Policy>,
    /// Fresh randomness under which signatures are checked in [batches](crate::sign::batch), several times as
    /// fast: nobody who could write to the ledger may know it. Without it each is checked alone.
    pub batch_seed: Option<[u8; 32]>,
}

/// How much of a ledger is audited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// All of it.
    #[default]
    Whole,
    /// What is new after the greatest checkpoint that the auditor kept, and on what that rests. The cost grows with
    /// the new entries. Without a kept checkpoint, or look-ups, all of it.
    New,
}

/// How far an audit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub entries: u64,
    pub size: u64,
}

/// Checks everything, and reports what is wrong.
///
/// # Errors
///
/// [`StoreError`] if the store can't be read for a reason that is not the ledger's fault.
pub fn audit(
    store: &dyn Read,
    options: &Options<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, StoreError> {
    let mut audit = Audit::new(store, options);
    match audit.run(progress) {
        Ok(()) => {}
        // Damage below the rows is the ledger's fault, and ends the reading.
        Err(StoreError::Damaged { found }) => {
            audit.fault(Check::Storage, None, "a readable file", found);
            audit.not_checked.push(Notice {
                index: Some(audit.fold.next_index()),
                message: "the rest of the ledger: the file could not be read further".to_owned(),
            });
        }
        Err(error) => return Err(error),
    }
    Ok(audit.report())
}

struct Audit<'a> {
    store: &'a dyn Read,
    pinned_log_key: Option<VerifierKey>,
    history: History<'a>,
    scope: Scope,
    /// The first entry that is read: those before were verified before.
    from: u64,
    policy: Option<&'a Policy>,
    cosignatures: Cosignatures,
    batch_seed: Option<[u8; 32]>,
    fold: Fold<NoFacts>,
    counts: Counts,
    findings: Vec<Finding>,
    omitted: u64,
    notices: Vec<Notice>,
    not_checked: Vec<Notice>,
    checkpoints: Checkpoints,
    nodes: Nodes,
    objects: Objects,
    derived: DerivedRows,
}

/// The checkpoints that are still ahead of the fold.
#[derive(Default)]
struct Checkpoints {
    ahead: VecDeque<(u64, String)>,
    read_to: u64,
    last_seen: Option<u64>,
}

impl<'a> Audit<'a> {
    fn new(store: &'a dyn Read, options: &Options<'a>) -> Self {
        Audit {
            store,
            pinned_log_key: options.log_key.clone(),
            history: History::new(&options.since),
            scope: options.scope,
            from: 0,
            policy: options.policy,
            cosignatures: Cosignatures::default(),
            batch_seed: options.batch_seed,
            fold: Fold::new(),
            counts: Counts::default(),
            findings: Vec::new(),
            omitted: 0,
            notices: Vec::new(),
            not_checked: Vec::new(),
            checkpoints: Checkpoints::default(),
            nodes: Nodes::default(),
            objects: Objects::default(),
            derived: DerivedRows::default(),
        }
    }

    fn fault(
        &mut self,
        check: Check,
        index: impl Into<Option<u64>>,
        expected: impl std::fmt::Display,
        found: impl std::fmt::Display,
    ) {
        self.findings
            .push(Finding::new(check, index, expected, found));
    }

    fn run(&mut self, progress: &mut dyn FnMut(Progress)) -> Result<(), StoreError> {
        // Tables first: a view in the place of one would answer whatever it likes.
        let faults = self.store.faults(Extent::Schema)?;
        self.blame_storage(&faults);
        let size = self.store.size()?;
        let verified = match self.scope {
            Scope::New if self.store.has_look_ups() => self.history.last().cloned(),
            Scope::New | Scope::Whole => None,
        };
        // What is left out must be there.
        if let Some(verified) = verified.filter(|verified| verified.size() <= size) {
            return self.check_rows(Some(&verified), progress);
        }
        // What does not depend on the order of the entries is checked beside them, where a second reader can be had.
        let key = self.derived.key().clone();
        let beside = (self.store.another()).filter(|beside| beside.size().is_ok_and(|n| n == size));
        let (checked, unordered) = match beside {
            None => {
                let unordered = Unordered::check(self.store, &key);
                (self.check_rows(None, progress), unordered)
            }
            Some(beside) => thread::scope(|scope| {
                let unordered = scope.spawn(move || Unordered::check(&*beside, &key));
                let checked = self.check_rows(None, progress);
                (
                    checked,
                    unordered.join().expect("checking pages does not panic"),
                )
            }),
        };
        let mut pages = unordered.pages?;
        pages.retain(|fault| !faults.contains(fault));
        self.blame_storage(&pages);
        checked?;
        if self.store.has_look_ups() && self.fold.unjudged().is_none() {
            let derived = std::mem::take(&mut self.derived);
            self.findings.extend(derived.compare(unordered.derived?));
        }
        Ok(())
    }

    fn blame_storage(&mut self, faults: &[String]) {
        for fault in faults {
            self.fault(Check::Storage, None, "a sound file of format 1", fault);
        }
    }

    /// Checks the rows: from the first on, or from where an audit before ended.
    fn check_rows(
        &mut self,
        verified: Option<&Checkpoint>,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), StoreError> {
        if let Some(verified) = verified
            && !self.resume(verified)?
        {
            return Ok(());
        }
        self.cosignatures = Cosignatures::read(self.store, self.policy)?;
        self.check_entries(progress)?;
        self.check_quorum();
        self.check_last_checkpoint()?;
        self.check_history()?;
        self.check_objects()?;
        if let Some(index) = self.fold.unjudged() {
            self.not_checked.push(Notice {
                index: Some(index),
                message: "from here on, the rules, the derived tables and whether every object is needed: a newer program can".to_owned(),
            });
        }
        Ok(())
    }

    /// Takes up the audit after what the auditor verified before. Tells whether this is the log of which that was.
    fn resume(&mut self, verified: &Checkpoint) -> Result<bool, StoreError> {
        let size = verified.size();
        let frontier: Frontier = Frontier::read(size, &self.store)?;
        let root = frontier.root();
        let resumed = match root == verified.root() {
            true => Some(resume(self.store, verified, frontier)?),
            false => None,
        };
        if let Some(resumed) = resumed {
            self.findings.extend(resumed.findings);
            for (subject, index) in resumed.erasures {
                self.objects.note_erasure(subject, index);
            }
            self.notices.push(Notice {
                index: None,
                message: format!(
                    "the first {size} entries were verified before, and not read again but for {} on which the new ones rest; \
                     nor were the derived tables compared, which lead to these",
                    resumed.read
                ),
            });
            self.fold = Fold::after(
                resumed.frontier,
                resumed.prev,
                resumed.rules,
                resumed.unjudged,
            );
            self.nodes = Nodes::from(size);
            self.checkpoints.read_to = size;
            self.from = size;
            // What was verified before counts if it is of this log.
            if let Some(log_key) = self.log_key() {
                let findings = self.history.keep_signed(&log_key);
                self.findings.extend(findings);
            }
            self.check_checkpoint()?;
        }
        // Smaller ones are compared by the stored nodes alone: what leads to a kept root can't be another tree.
        while let Some(kept) = self.history.next_size().filter(|kept| *kept <= size) {
            let found = match kept == size {
                true => root,
                false => Frontier::read(kept, &self.store)?.root(),
            };
            let findings = self.history.check(kept, found, self.store)?;
            self.findings.extend(findings);
        }
        let is_continued = self.findings.is_empty();
        if !is_continued {
            self.not_checked.push(Notice {
                index: Some(size),
                message:
                    "the new entries: first see why the older ones are not those that were verified"
                        .to_owned(),
            });
        }
        Ok(is_continued)
    }

    fn check_entries(&mut self, progress: &mut dyn FnMut(Progress)) -> Result<(), StoreError> {
        let store = self.store;
        let size = store.size()?;
        let keys = KnownKeys::default();
        let lookup = |digest: &Digest| store.object(digest);
        let mut anchors = Anchors::new(&lookup);
        examine_from(
            store,
            self.from,
            self.batch_seed,
            &keys,
            |examined, scope| {
                for examined in &examined {
                    self.check_entry(examined)?;
                }
                self.check_anchors(&examined, &mut anchors)?;
                self.derived.add_up(scope);
                self.cap_findings();
                progress(Progress {
                    entries: self.fold.next_index(),
                    size,
                });
                Ok(())
            },
        )?;
        self.findings.extend(self.nodes.finish(store)?);
        Ok(())
    }

    /// Checks the anchors of a batch at once, so that a text is not read again for each record that quotes it.
    fn check_anchors(
        &mut self,
        examined: &[Examined],
        anchors: &mut Anchors<'_>,
    ) -> Result<(), StoreError> {
        let records: Vec<(u64, &Record)> = (examined.iter())
            .filter_map(|examined| Some((examined.index, examined.record.as_ref()?)))
            .collect();
        for looked in anchors.check_all(&records)? {
            self.counts.anchors += looked.anchors;
            self.findings.extend(looked.findings);
        }
        Ok(())
    }

    fn check_entry(&mut self, examined: &Examined) -> Result<(), StoreError> {
        let index = examined.index;
        let step = self.fold.step(examined)?;
        self.findings.extend(step.findings);
        let findings = self.nodes.check(index, &step.nodes, self.store)?;
        self.findings.extend(findings);
        self.derived.follow(index, step.derived);
        self.counts.entries += 1;
        if let Some(entry) = &examined.entry {
            let record = examined.record.as_ref();
            self.findings.extend(self.cosignatures.check(entry, record));
        }
        self.counts.signatures += u64::from(examined.entry.is_some());
        if let Some(reason) = &examined.unknown {
            self.not_checked.push(Notice {
                index: Some(index),
                message: reason.clone(),
            });
        }
        if let Some(record) = &examined.record {
            self.counts.records += 1;
            self.findings.extend(self.objects.note(index, record));
        }
        if examined.erased {
            self.objects.note_erased(index, examined.digest);
        }
        self.check_checkpoint()?;
        let size = self.fold.size();
        // The founding record names the key by which anything kept of the log is judged.
        if size == 1
            && let Some(log_key) = self.log_key()
        {
            let findings = self.history.keep_signed(&log_key);
            self.findings.extend(findings);
        }
        if self.history.next_size() == Some(size) {
            let findings = self.history.check(size, self.fold.root(), self.store)?;
            self.findings.extend(findings);
        }
        Ok(())
    }

    /// Compares the checkpoint for the size that the fold has reached, if there is one.
    fn check_checkpoint(&mut self) -> Result<(), StoreError> {
        let size = self.fold.size();
        if self.checkpoints.ahead.is_empty() && self.checkpoints.read_to <= size {
            self.read_checkpoints()?;
        }
        while let Some((at, _)) = self.checkpoints.ahead.front()
            && *at <= size
        {
            let (at, note) = self
                .checkpoints
                .ahead
                .pop_front()
                .expect("a front was seen");
            self.judge_checkpoint(at, &note);
        }
        Ok(())
    }

    fn read_checkpoints(&mut self) -> Result<(), StoreError> {
        let read = self
            .store
            .checkpoints(self.checkpoints.read_to, CHECKPOINT_CHUNK)?;
        self.checkpoints.read_to = match read.last() {
            Some((size, _)) => size.saturating_add(1),
            None => u64::MAX,
        };
        self.checkpoints.ahead.extend(read);
        Ok(())
    }

    fn judge_checkpoint(&mut self, at: u64, note: &str) {
        let size = self.fold.size();
        let index = at.checked_sub(1);
        self.counts.checkpoints += 1;
        let Some(log_key) = self.log_key() else {
            return;
        };
        let checkpoint = match Checkpoint::open(note, &log_key) {
            Ok(checkpoint) => checkpoint,
            Err(error) => {
                let check = match error.is_signature() {
                    true => Check::CheckpointSignature,
                    false => Check::CheckpointMalformed,
                };
                let expected = format!("a checkpoint of size {at} signed by {log_key}");
                self.fault(check, index, expected, error);
                return;
            }
        };
        // A tree head has one text: more lines would make two of one head, and cosigners do not sign them.
        if !note.starts_with(&format!("{checkpoint}\n")) {
            let expected = "origin, size and root, and no more lines";
            self.fault(Check::CheckpointMalformed, index, expected, "more lines");
        }
        self.checkpoints.last_seen = Some(at);
        if checkpoint.size() != at || at > size {
            let expected = format!("a checkpoint of size {} among {size} entries", at.min(size));
            self.fault(Check::CheckpointSize, index, expected, checkpoint.size());
        } else if checkpoint.root() != self.fold.root() {
            self.fault(
                Check::CheckpointRoot,
                index,
                format!("root {}", self.fold.root()),
                format!("root {}", checkpoint.root()),
            );
        }
    }

    /// The key that the auditor trusts, by itself or in the policy.
    fn trusted_log_key(&self) -> Option<VerifierKey> {
        self.pinned_log_key.clone().or_else(|| {
            let ledger = self.fold.rules().ledger()?;
            let (origin, own) = (ledger.origin.as_str(), ledger.log_key.as_str());
            self.policy?.log_key(origin, own).cloned()
        })
    }

    /// The key under which checkpoints count: the auditor's, or else the founding record's.
    fn log_key(&self) -> Option<VerifierKey> {
        self.trusted_log_key().or_else(|| {
            let ledger = self.fold.rules().ledger()?;
            ledger.log_key.as_str().parse().ok()
        })
    }

    /// Every commit leaves a checkpoint that covers every entry, so the last one does.
    fn check_last_checkpoint(&mut self) -> Result<(), StoreError> {
        let size = self.fold.size();
        self.check_checkpoint()?;
        while let Some((at, note)) = self.checkpoints.ahead.pop_front() {
            self.judge_checkpoint(at, &note);
            if self.checkpoints.ahead.is_empty() {
                self.read_checkpoints()?;
            }
        }
        if self.checkpoints.last_seen.is_none_or(|last| last < size) {
            let found = match self.checkpoints.last_seen {
                Some(last) => format!("a checkpoint of size {last} as the last"),
                None => "none".to_owned(),
            };
            self.fault(
                Check::CheckpointMissing,
                size.checked_sub(1),
                format!("a checkpoint of size {size}"),
                found,
            );
        }
        if let (Some(pinned), Some(ledger)) = (self.trusted_log_key(), self.fold.rules().ledger())
            && pinned.to_string() != ledger.log_key.as_str()
        {
            let found = ledger.log_key.clone();
            self.fault(
                Check::CheckpointSignature,
                0,
                format!("a ledger of the log {pinned}"),
                found,
            );
        }
        Ok(())
    }

    /// A policy asks that a quorum has witnessed the log; how much of it, the report tells.
    fn check_quorum(&mut self) {
        self.counts.cosignatures = self.cosignatures.checked;
        if let Some(log_key) = self.log_key() {
            self.cosignatures.refuse(&log_key);
        }
        self.findings.append(&mut self.cosignatures.findings);
        let Some(policy) = self.policy else {
            return;
        };
        let nobody = policy.quorum(&[]);
        if nobody.satisfied {
            return;
        }
        // Who cosigned a tree has witnessed all smaller ones.
        let witnessed = self.cosignatures.last();
        let mut sizes: Vec<u64> = witnessed.iter().map(|one| one.size).collect();
        sizes.sort_unstable();
        let by_quorum = sizes.into_iter().rev().find(|size| {
            let signers = witnessed.iter().filter(|one| one.size >= *size);
            let signers: Vec<WitnessKey> = signers.map(|one| one.witness.clone()).collect();
            policy.quorum(&signers).satisfied
        });
        match by_quorum {
            None => {
                let found = match nobody.missing.len() {
                    0 => "no witness in the policy".to_owned(),
                    _ => format!("{} of them", witnessed.len()),
                };
                self.fault(Check::Quorum, None, "a quorum of the policy's witnesses", found);
            }
            Some(size) if size < self.fold.size() => self.notices.push(Notice {
                index: Some(size),
                message: format!(
                    "from here on no quorum of witnesses has cosigned yet, only the first {size} entries"
                ),
            }),
            Some(_) => {}
        }
    }

    fn check_history(&mut self) -> Result<(), StoreError> {
        let findings = self.history.finish(self.fold.size(), self.store)?;
        self.findings.extend(findings);
        Ok(())
    }

    fn check_objects(&mut self) -> Result<(), StoreError> {
        let all_judged = self.fold.unjudged().is_none();
        let (objects, findings) = (&mut self.objects, &mut self.findings);
        let rules = (self.from == 0).then(|| self.fold.rules());
        let rows_of = rules.filter(|_| self.store.has_look_ups());
        let key = self.derived.key().clone();
        let (checked, rows) = thread::scope(|scope| {
            let rows = rows_of.map(|rules| scope.spawn(move || derived::following(rules, &key)));
            let checked = objects.check(self.store, rules, all_judged, findings);
            let rows = rows.map(|rows| rows.join().expect("writing rows does not panic"));
            (checked, rows)
        });
        self.derived.add(rows.unwrap_or_default());
        self.counts.objects = checked?;
        if objects.withheld() > 0 {
            self.notices.push(Notice {
                index: None,
                message: format!(
                    "texts and files that are not given out here: {}; they, and the words that are quoted from them, were not compared",
                    objects.withheld()
                ),
            });
        }
        Ok(())
    }

    fn cap_findings(&mut self) {
        let beyond = self.findings.len().saturating_sub(MAX_FINDINGS);
        self.findings.truncate(MAX_FINDINGS);
        self.omitted += beyond as u64;
    }

    fn report(mut self) -> Report {
        self.cap_findings();
        let log_key_known = self.trusted_log_key().is_some();
        let ledger = self.fold.rules().ledger();
        self.notices.extend(self.objects.erased_notices());
        self.notices.extend(self.cosignatures.notices());
        for (did, from) in self.fold.rules().doubtful() {
            self.notices.push(Notice {
                index: Some(*from),
                message: format!("doubtful from here on: what {did} signed"),
            });
        }
        // What concerns no entry in particular comes last.
        self.findings
            .sort_by_key(|finding| finding.index.unwrap_or(u64::MAX));
        Report {
            origin: ledger.map(|ledger| ledger.origin.to_string()),
            log_key: ledger.map(|ledger| ledger.log_key.to_string()),
            log_key_known,
            recorded: ledger.map(|ledger| ledger.recorded),
            from: self.from,
            size: self.fold.size(),
            root: self.fold.root(),
            counts: self.counts,
            findings: self.findings,
            omitted: self.omitted,
            notices: self.notices,
            not_checked: self.not_checked,
            witnessed: self.cosignatures.last(),
            evidence: self.history.evidence,
        }
    }
}

/// What is checked of a store in any order.
struct Unordered {
    /// What is wrong with pages and indexes.
    pages: Result<Vec<String>, StoreError>,
    /// The rows of the derived tables, added up.
    derived: Result<Sums, StoreError>,
}

impl Unordered {
    fn check(store: &dyn Read, key: &RandomState) -> Self {
        Unordered {
            pages: store.faults(Extent::Pages),
            derived: match store.has_look_ups() {
                true => derived::stored(store, key),
                false => Ok(Sums::default()),
            },
        }
    }
}
