//! Who may say what at which index, and what follows for each subject.
//!
//! One state machine, folded over the entries in order, shared by the writer (which refuses what breaks
//! a rule) and the verifier (which reports it). Rules count by index, not by anybody's clock.
//!
//! Follows `docs/spec/rules.md`. An erased record is known only by its entry: kind, signer, digest. The
//! fold is then no stricter than it was when the record could still be read, so that a lawful erasure never
//! turns a sound ledger into a faulty one.

mod approvers;
mod facts;
mod keys;
mod state;
mod subjects;
mod violation;
mod work;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::canonical::{Digest, Timestamp};
use crate::log::{Entry, VerifierKey};
use crate::record::{Content, Kind, Record};
use crate::sign::{Did, PublicKey};

use subjects::Subjects;

pub use approvers::{Approvers, Approving};
pub use facts::{Facts, LedgerFacts, NoFacts, ObjectFacts, ReviewFacts, SignerFacts, Subject};
pub use keys::role_may;
pub use state::State;
pub use violation::{Rule, Violation};

use crate::store::{Derived, StoreError};

/// How far an editor's clock may be ahead of the ledger's, in seconds.
pub const MAX_CLOCK_LEAD_S: i64 = 300;

/// The state of a ledger after some entries.
///
/// `base` holds what was known before; everything that changed since is kept here, so that the writer
/// can fold a few entries over a large ledger, and the verifier all entries over nothing.
pub struct Rules<B> {
    base: B,
    ledger: Option<LedgerFacts>,
    signers: BTreeMap<Did, SignerFacts>,
    changed_signers: BTreeSet<Did>,
    changed_subjects: Subjects,
    changed_objects: HashMap<Digest, ObjectFacts>,
    /// Keys whose word is doubtful, each with the index from which it is.
    doubtful: Vec<(Did, u64)>,
}

/// What happened when an entry was folded in.
#[derive(Debug, Default)]
pub struct Outcome {
    pub violations: Vec<Violation>,
    /// Look-up rows that follow from this entry and never change, without the [marks](Derived::marks).
    pub derived: Vec<Derived<'static>>,
}

impl Rules<NoFacts> {
    /// Tells whether there was an entry of this record.
    pub fn knows(&self, record: &Digest) -> bool {
        self.changed_subjects.contains(record)
    }

    /// Takes it from elsewhere whether a record that may have needed objects was erased: for a fold that leaves
    /// out records.
    pub fn believe_erased_work(&mut self, erased_work: bool) {
        if let Some(ledger) = &mut self.ledger {
            ledger.erased_work |= erased_work;
        }
    }
}

impl<B: Facts> Rules<B> {
    /// Takes up the fold where `base` left it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if `base` can't be read.
    pub fn resume(base: B) -> Result<Self, StoreError> {
        Ok(Rules {
            ledger: base.ledger()?,
            signers: base.signers()?,
            base,
            changed_signers: BTreeSet::new(),
            changed_subjects: Subjects::default(),
            changed_objects: HashMap::new(),
            doubtful: Vec::new(),
        })
    }

    /// Returns what is known of the ledger as a whole: nothing before the first entry.
    pub fn ledger(&self) -> Option<&LedgerFacts> {
        self.ledger.as_ref()
    }

    /// Returns the keys whose word is doubtful, each with the index from which it is.
    pub fn doubtful(&self) -> &[(Did, u64)] {
        &self.doubtful
    }

    /// Returns what is known of a key.
    pub fn signer(&self, did: &Did) -> Option<&SignerFacts> {
        self.signers.get(did)
    }

    /// Returns what is known of a record.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the base can't be read.
    pub fn subject(&self, record: &Digest) -> Result<Option<Subject>, StoreError> {
        match self.changed_subjects.get(record) {
            Some(subject) => Ok(Some(subject)),
            None => self.base.subject(record),
        }
    }

    /// Returns what is known of a record as [`subject`](Self::subject) does, but for the approvals of a review that
    /// changed since the fold was taken up: what is [kept](Self::keep_subject) adds to them.
    fn known(&self, record: &Digest) -> Result<Option<Subject>, StoreError> {
        match self.changed_subjects.without_approvals(record) {
            Some(subject) => Ok(Some(subject)),
            None => self.base.subject(record),
        }
    }

    /// Visits the look-up rows that changed since the fold was taken up.
    pub fn changed_rows(&self, visit: &mut dyn FnMut(Derived<'static>)) {
        if let Some(ledger) = &self.ledger {
            visit(Derived::Ledger {
                facts: facts::to_json(ledger).into(),
            });
        }
        for did in &self.changed_signers {
            let signer = &self.signers[did];
            visit(Derived::Signer {
                did: *did,
                index: signer.enrolled,
                facts: facts::to_json(signer).into(),
            });
        }
        for subject in self.changed_subjects.iter() {
            visit(Derived::Subject {
                index: subject.index,
                kind: subject.kind.as_str().into(),
                state: subject.state().as_str().into(),
                decided: subject.decided_review,
                facts: facts::to_json(&subject).into(),
            });
        }
    }

    /// Returns what is known of an object.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the base can't be read.
    pub fn object(&self, object: &Digest) -> Result<ObjectFacts, StoreError> {
        let before = self.base.object(object)?;
        let changed = self
            .changed_objects
            .get(object)
            .copied()
            .unwrap_or_default();
        Ok(ObjectFacts {
            needed: before.needed || changed.needed,
            erased: before.erased || changed.erased,
        })
    }

    /// Folds in the next entry. `record` is `None` where the record was erased.
    ///
    /// An entry that breaks a rule has no effect, but that its record exists.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the base can't be read.
    pub fn apply(&mut self, entry: &Entry, record: Option<&Record>) -> Result<Outcome, StoreError> {
        let mut outcome = Outcome::default();
        let Some(kind) = self.check_entry(entry, record, &mut outcome)? else {
            return Ok(outcome);
        };
        let mut subject = Subject::new(entry.index, kind, entry.proof.key, record.is_some());
        if outcome.violations.is_empty()
            && let Some(record) = record
        {
            match &record.content {
                Content::Ledger(ledger) => self.found(entry, ledger, &mut outcome),
                Content::Key(key) => self.enrol(entry, key, &mut outcome),
                Content::Revocation(revocation) => self.revoke(entry, revocation, &mut outcome),
                Content::Policy(policy) => self.set_policy(policy),
                Content::Erasure(erasure) => self.erase(entry, erasure, &mut outcome)?,
                Content::Review(review) => {
                    self.review(entry, review, &mut subject, &mut outcome)?;
                }
                Content::Approval(approval) => self.approve(entry, approval, &mut outcome)?,
                Content::Correction(correction) => self.correct(entry, correction, &mut outcome)?,
                Content::Relation(relation) => self.relate(relation, &mut outcome),
                Content::Consent(consent) => self.consent(entry, consent, &mut outcome)?,
                // What others say, what was seen and what was disclosed never moves a judgement of ours.
                Content::Article(_)
                | Content::Source(_)
                | Content::Claim(_)
                | Content::Response(_)
                | Content::Foreign(_)
                | Content::Observation(_)
                | Content::Disclosure(_) => {}
            }
            if outcome.violations.is_empty() {
                self.note_references(entry.index, record, &mut outcome);
            }
        }
        self.keep_subject(entry.record, subject);
        if let Some(ledger) = &mut self.ledger {
            ledger.size = entry.index + 1;
            ledger.recorded = entry.recorded;
            ledger.erased_work |= record.is_none();
        }
        Ok(outcome)
    }

    /// Checks what holds for every entry, and returns its kind if this program knows it.
    fn check_entry(
        &self,
        entry: &Entry,
        record: Option<&Record>,
        outcome: &mut Outcome,
    ) -> Result<Option<Kind>, StoreError> {
        let kind: Option<Kind> = entry.kind.parse().ok();
        let signer = entry.proof.key;
        if let Some(record) = record {
            if record.kind().as_str() != entry.kind {
                outcome.broken(Rule::EntryKind, record.kind(), &entry.kind);
            }
            if record.editor != signer {
                outcome.broken(Rule::Signer, record.editor, signer);
            }
            if let Some(ledger) = &self.ledger
                && record.ledger != ledger.origin
            {
                outcome.broken(Rule::OtherLedger, &ledger.origin, &record.ledger);
            }
            self.check_lead(entry, "the record", record.created, outcome);
        }
        self.check_lead(entry, "the proof", entry.proof.created, outcome);
        if let Some(ledger) = &self.ledger
            && entry.recorded < ledger.recorded
        {
            outcome.broken(
                Rule::ClockBackwards,
                format!("{} or later", ledger.recorded),
                entry.recorded,
            );
        }
        let Some(kind) = kind else {
            return Ok(None);
        };
        if (entry.index == 0) != (kind == Kind::Ledger) {
            outcome.broken(
                Rule::FirstEntry,
                "kind ledger at index 0 and nowhere else",
                format!("kind {kind} at index {}", entry.index),
            );
        }
        if let Some(earlier) = self.known(&entry.record)? {
            outcome.broken(
                Rule::RecordRepeated,
                "a record that is not in the ledger yet",
                format!("the record of entry {}", earlier.index),
            );
        }
        if kind != Kind::Ledger {
            self.check_right(entry, kind, record, outcome);
        }
        if let Some(record) = record {
            self.check_references(record, outcome)?;
        }
        Ok(Some(kind))
    }

    fn check_lead(&self, entry: &Entry, what: &str, created: Timestamp, outcome: &mut Outcome) {
        if created.unix_seconds() > entry.recorded.unix_seconds() + MAX_CLOCK_LEAD_S {
            outcome.broken(
                Rule::CreatedAhead,
                format!("{what} created by five minutes after {}", entry.recorded),
                created,
            );
        }
    }

    fn check_references(&self, record: &Record, outcome: &mut Outcome) -> Result<(), StoreError> {
        for reference in record.content.references() {
            let field = reference.field;
            match self.known(&reference.record)? {
                None => outcome.broken(
                    Rule::ReferenceUnknown,
                    format!("in {field} a record at a lower index"),
                    reference.record,
                ),
                Some(target) if !reference.kinds.contains(&target.kind) => {
                    let kinds: Vec<&str> = reference.kinds.iter().map(|k| k.as_str()).collect();
                    outcome.broken(
                        Rule::ReferenceKind,
                        format!("in {field} a record of kind {}", kinds.join(" or ")),
                        format!("{} of kind {}", reference.record, target.kind),
                    );
                }
                // A chain goes on over an erased link.
                Some(target) if target.erased.is_some() && field != "supersedes" => {
                    outcome.broken(
                        Rule::ReferenceErased,
                        format!("in {field} a record that is not erased"),
                        reference.record,
                    );
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// The first entry: its record names the owners and the log's key.
    fn found(&mut self, entry: &Entry, ledger: &crate::record::Ledger, outcome: &mut Outcome) {
        let signer = entry.proof.key;
        if !ledger.owners.contains(&signer) {
            outcome.broken(Rule::Role, "the signature of one of the owners", signer);
        }
        for owner in &ledger.owners {
            if let Err(error) = PublicKey::from_did(owner) {
                outcome.broken(Rule::WeakKey, format!("an owner's key ({error})"), owner);
            }
        }
        match ledger.log_key.as_str().parse::<VerifierKey>() {
            Ok(key) if key.name() != ledger.origin.as_str() => outcome.broken(
                Rule::LogKey,
                format!("a log key named {}", ledger.origin),
                key.name(),
            ),
            // Whoever holds it could sign as a person what he then orders as the log.
            Ok(key) if ledger.owners.contains(&key.public().did()) => outcome.broken(
                Rule::LogKey,
                "a log key that is no owner's",
                key.public().did(),
            ),
            Ok(_) => {}
            Err(error) => outcome.broken(
                Rule::LogKey,
                format!("a C2SP verifier key ({error})"),
                &ledger.log_key,
            ),
        }
        if !outcome.violations.is_empty() {
            return;
        }
        self.ledger = Some(LedgerFacts {
            origin: ledger.origin.clone(),
            name: ledger.name.clone(),
            log_key: ledger.log_key.clone(),
            approvals: ledger.policy.approvals,
            size: 0,
            recorded: entry.recorded,
            erased_work: false,
        });
        for owner in &ledger.owners {
            self.keep_signer(*owner, SignerFacts::founding_owner());
        }
    }

    fn set_policy(&mut self, policy: &crate::record::Policy) {
        if let Some(ledger) = &mut self.ledger {
            ledger.approvals = policy.approvals;
        }
    }

    fn note_references(&mut self, index: u64, record: &Record, outcome: &mut Outcome) {
        // A record may name another twice in one field: a claim that appears twice in an article.
        let mut noted = BTreeSet::new();
        let mut note = |target: Digest, field: &'static str| {
            if noted.insert((target, field)) {
                outcome.derived.push(Derived::Reference {
                    target,
                    index,
                    field: field.into(),
                });
            }
        };
        for reference in record.content.references() {
            note(reference.record, reference.field);
        }
        for object in record.content.objects() {
            note(object.digest, object.field);
            self.changed_objects
                .entry(object.digest)
                .or_default()
                .needed = true;
        }
        if let Content::Erasure(erasure) = &record.content {
            note(erasure.subject, "subject");
        }
        if let Some(wording) = record.content.wording() {
            outcome.derived.push(Derived::Wording {
                index,
                text: wording.to_owned().into(),
            });
        }
    }

    fn keep_subject(&mut self, record: Digest, subject: Subject) {
        self.changed_subjects.insert(record, subject);
    }

    fn keep_signer(&mut self, did: Did, signer: SignerFacts) {
        self.signers.insert(did, signer);
        self.changed_signers.insert(did);
    }
}

impl Outcome {
    fn broken(
        &mut self,
        rule: Rule,
        expected: impl std::fmt::Display,
        found: impl std::fmt::Display,
    ) {
        self.violations.push(Violation {
            rule,
            expected: expected.to_string(),
            found: found.to_string(),
        });
    }
}
