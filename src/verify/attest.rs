//! A reader's check: one record and what it rests on, in a number of reads that does not grow with the
//! ledger.
//!
//! Every step is checked from bytes: the record's digest, its entry, the signature, that the key was
//! enrolled before and not yet revoked, that the entry is in the tree, that the checkpoint is signed. Which
//! reviews and corrections there are is looked up in the derived tables, and each that is found is
//! attested in the same way. That none is missing, only an [`audit`](super::audit()) tells.

use super::anchors::Anchors;
use super::examine::{Examined, KnownKeys, examine};
use crate::canonical::Digest;
use crate::log::{Checkpoint, Hash, VerifierKey, inclusion_proof, verify_inclusion};
use crate::record::{Content, Ledger, Record};
use crate::rules::{Facts, Rules, SignerFacts, State, Subject};
use crate::sign::Did;
use crate::store::{Object, Read, StoreError};

/// One step of a check and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What was checked, in a few words.
    pub name: &'static str,
    pub outcome: Outcome,
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    Failed(String),
    /// Not possible, and why: not the same as wrong.
    NotChecked(String),
}

/// What can be said of one record.
#[derive(Clone, Debug)]
pub struct Attestation {
    pub digest: Digest,
    pub index: u64,
    pub kind: String,
    /// Absent if it was erased or can't be read.
    pub record: Option<Record>,
    pub recorded: crate::canonical::Timestamp,
    pub proof: crate::sign::Proof,
    pub signer: Option<SignerFacts>,
    pub subject: Option<Subject>,
    pub steps: Vec<Step>,
}

impl Attestation {
    /// Tells whether every step passed.
    pub fn is_intact(&self) -> bool {
        self.steps
            .iter()
            .all(|step| step.outcome == Outcome::Passed)
    }

    /// Returns the state of the record in the editorial process.
    pub fn state(&self) -> State {
        self.subject
            .as_ref()
            .map_or(State::Recorded, Subject::state)
    }
}

/// A record, and the records that say something about it.
#[derive(Clone, Debug)]
pub struct Standing {
    pub size: u64,
    pub root: Hash,
    pub origin: String,
    pub log_key: String,
    pub record: Attestation,
    /// Reviews, approvals, corrections, relations, responses: in the order of the log, each with the
    /// field in which it names the record (or its review).
    pub about: Vec<(String, Attestation)>,
    /// Articles and sources that the record names.
    pub named: Vec<(String, Attestation)>,
    /// Of an article: the claims that appear in it, with their states as the derived tables have them.
    pub claims: Vec<(Digest, State)>,
    /// Records of this ledger were erased: whether one of them spoke of this record can't be told.
    pub erased_work: bool,
}

impl Standing {
    /// Returns the review that stands: the last with the approvals it needs.
    pub fn decided_review(&self) -> Option<&Attestation> {
        let decided = self.record.subject.as_ref()?.decided_review?;
        let mut reviews = self.about.iter().map(|(_, one)| one);
        reviews.find(|one| one.index == decided)
    }

    /// Returns who approved a review.
    pub fn approvals_of<'a>(
        &'a self,
        review: &'a Attestation,
    ) -> impl Iterator<Item = &'a Attestation> {
        self.about.iter().map(|(_, one)| one).filter(|one| {
            matches!(&one.record, Some(Record { content: Content::Approval(approval), .. })
                if approval.review == review.digest)
        })
    }
}

/// Claims of one article that are listed, at most.
const MAX_CLAIMS: usize = 1000;

/// Why a record could not be attested.
#[derive(Debug, thiserror::Error)]
pub enum AttestError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the entry at index {index} is missing or not in its form")]
    NoEntry { index: u64 },
    #[error("the ledger has no usable checkpoint: {found}")]
    NoCheckpoint { found: String },
}

/// Checks records of one ledger against its last checkpoint.
pub struct Attestor<'a> {
    store: &'a dyn Read,
    rules: Rules<&'a dyn Read>,
    keys: KnownKeys,
    ledger: Ledger,
    checkpoint: Checkpoint,
    checkpoint_step: Step,
}

impl<'a> Attestor<'a> {
    /// Reads the last checkpoint, under the key that the reader trusts or else the founding record's own.
    ///
    /// # Errors
    ///
    /// [`AttestError::NoCheckpoint`] if there is none that can be read.
    pub fn new(store: &'a dyn Read, log_key: Option<&VerifierKey>) -> Result<Self, AttestError> {
        let no_checkpoint = |found: String| AttestError::NoCheckpoint { found };
        let rules = Rules::resume(store)?;
        let keys = KnownKeys::default();
        let ledger = founding_record(store, &keys)?
            .ok_or_else(|| no_checkpoint("no founding record".to_owned()))?;
        let log_key = match log_key {
            Some(key) => key.clone(),
            None => (ledger.log_key.as_str())
                .parse()
                .map_err(|error| no_checkpoint(format!("{error}")))?,
        };
        let (_, note) = store
            .last_checkpoint()?
            .ok_or_else(|| no_checkpoint("none".to_owned()))?;
        let (checkpoint, outcome) = match Checkpoint::open(&note, &log_key) {
            Ok(checkpoint) => (checkpoint, Outcome::Passed),
            Err(error) => {
                let unsigned = Checkpoint::read_unverified(&note)
                    .map_err(|error| no_checkpoint(error.to_string()))?;
                (unsigned, Outcome::Failed(error.to_string()))
            }
        };
        Ok(Attestor {
            store,
            rules,
            keys,
            ledger,
            checkpoint,
            checkpoint_step: Step {
                name: "the checkpoint is signed by the log's key",
                outcome,
            },
        })
    }

    /// Attests the record at `index`.
    ///
    /// # Errors
    ///
    /// [`AttestError::NoEntry`] if there is nothing that could be attested.
    pub fn attest(&self, index: u64) -> Result<Attestation, AttestError> {
        let missing = || AttestError::NoEntry { index };
        let stored = self.store.entries(index, 1)?;
        let stored = stored.first().ok_or_else(missing)?;
        let examined = examine(stored, &self.keys);
        let entry = examined.entry.clone().ok_or_else(missing)?;
        let signer = self.rules.signer(&entry.proof.key).cloned();
        let subject = (&self.store).subject(&entry.record)?;
        let mut steps = vec![
            record_step(&examined, subject.as_ref()),
            Step {
                name: "the signature is the editor's",
                outcome: signature_outcome(&examined),
            },
            Step {
                name: "the key was enrolled before, and not revoked",
                outcome: self.key_outcome(index, &entry.proof.key, signer.as_ref())?,
            },
            Step {
                name: "the entry is in the log",
                outcome: self.inclusion_outcome(index, &examined.leaf)?,
            },
            self.checkpoint_step.clone(),
        ];
        if let Some(record) = &examined.record {
            steps.extend(self.objects_step(record)?);
            steps.extend(self.anchors_step(index, record)?);
        }
        Ok(Attestation {
            digest: entry.record,
            index,
            kind: entry.kind,
            record: examined.record,
            recorded: entry.recorded,
            proof: entry.proof,
            signer,
            subject,
            steps,
        })
    }

    /// Attests a record and everything that is said about it.
    ///
    /// # Errors
    ///
    /// [`AttestError::NoEntry`] if the record, or one about it, has no entry.
    pub fn standing(&self, index: u64) -> Result<Standing, AttestError> {
        let mut record = self.attest(index)?;
        let mut about = Vec::new();
        self.collect_about(&record.digest, &mut about)?;
        about.sort_by_key(|(_, attestation)| attestation.index);
        record.steps.extend(unfounded_state(&record, &about));
        let mut named = Vec::new();
        if let Some(content) = record.record.as_ref().map(|record| &record.content) {
            for reference in content.references() {
                let known = named
                    .iter()
                    .any(|(_, one): &(String, Attestation)| one.digest == reference.record);
                if let (false, Some(index)) = (known, self.store.index_of(&reference.record)?) {
                    named.push((reference.field.to_owned(), self.attest(index)?));
                }
            }
        }
        Ok(Standing {
            size: self.checkpoint.size(),
            root: self.checkpoint.root(),
            origin: self.ledger.origin.to_string(),
            log_key: self.ledger.log_key.to_string(),
            claims: self.claims_in(&record.digest)?,
            erased_work: (self.rules.ledger()).is_some_and(|ledger| ledger.erased_work),
            record,
            about,
            named,
        })
    }

    /// Returns the claims that appear in an article: what became of them concerns it.
    fn claims_in(&self, article: &Digest) -> Result<Vec<(Digest, State)>, AttestError> {
        let references = self.store.references_to(article)?.into_iter();
        let appearing = references.filter(|(_, field)| field == "appearances.article");
        let mut claims = Vec::new();
        for (index, _) in appearing.take(MAX_CLAIMS) {
            if let Some(entry) = self.store.entries(index, 1)?.first()
                && let Some(subject) = (&self.store).subject(&entry.record)?
            {
                claims.push((entry.record, subject.state()));
            }
        }
        Ok(claims)
    }

    /// Collects what names the record in a field that speaks about it, and the approvals of its reviews.
    fn collect_about(
        &self,
        digest: &Digest,
        about: &mut Vec<(String, Attestation)>,
    ) -> Result<(), AttestError> {
        for (index, field) in self.store.references_to(digest)? {
            if !matches!(
                field.as_str(),
                "subject" | "review" | "from" | "to" | "replacement" | "revises"
            ) {
                continue;
            }
            let mut attestation = self.attest(index)?;
            if !names(&attestation, &field, digest) {
                attestation.steps.push(Step {
                    name: "the record names this one",
                    outcome: Outcome::Failed(format!(
                        "the derived tables say so of {digest}, the record does not"
                    )),
                });
                about.push((field, attestation));
                continue;
            }
            let review = match &attestation.record {
                Some(Record {
                    content: Content::Review(_),
                    ..
                }) => Some(attestation.digest),
                _ => None,
            };
            about.push((field, attestation));
            if let Some(review) = review {
                self.collect_about(&review, about)?;
            }
        }
        Ok(())
    }

    /// Checks what an article or a source needs beside its record.
    fn objects_step(&self, record: &Record) -> Result<Option<Step>, StoreError> {
        let needs = record.content.objects();
        if needs.is_empty() {
            return Ok(None);
        }
        let mut outcome = Outcome::Passed;
        for need in needs {
            let found = match self.store.object(&need.digest)? {
                Object::Present(bytes) if Digest::of(&bytes) == need.digest => continue,
                Object::Present(bytes) => Digest::of(&bytes).to_string(),
                Object::Erased if self.rules.object(&need.digest)?.erased => {
                    outcome = Outcome::NotChecked(format!("its {} was erased", need.field));
                    continue;
                }
                Object::Erased | Object::Absent => "nothing".to_owned(),
            };
            let expected = format!("expected {} as its {}", need.digest, need.field);
            outcome = Outcome::Failed(format!("{expected}, found {found}"));
            break;
        }
        Ok(Some(Step {
            name: "its text and files are those that were recorded",
            outcome,
        }))
    }

    /// Checks that quoted words stand where the record says, as far as there is a text to look in.
    fn anchors_step(&self, index: u64, record: &Record) -> Result<Option<Step>, StoreError> {
        let lookup = |digest: &Digest| self.store.object(digest);
        let mut anchors = Anchors::new(&lookup);
        let findings = anchors.check(index, record)?;
        if anchors.checked == 0 {
            return Ok(None);
        }
        Ok(Some(Step {
            name: "the quoted words stand where it says",
            outcome: match findings.first() {
                Some(finding) => Outcome::Failed(finding.to_string()),
                None => Outcome::Passed,
            },
        }))
    }

    /// Checks that the key's enrolment is itself in the log and signed, and lies before.
    fn key_outcome(
        &self,
        index: u64,
        did: &Did,
        signer: Option<&SignerFacts>,
    ) -> Result<Outcome, AttestError> {
        let Some(signer) = signer else {
            return Ok(Outcome::Failed(format!("{did} is not enrolled")));
        };
        if signer.enrolled >= index && index > 0 {
            return Ok(Outcome::Failed(format!(
                "{did} was enrolled at index {}",
                signer.enrolled
            )));
        }
        if let Some(revoked) = signer.revoked
            && revoked < index
        {
            return Ok(Outcome::Failed(format!(
                "{did} was revoked at index {revoked}"
            )));
        }
        let stored = self.store.entries(signer.enrolled, 1)?;
        let Some(enrolment) = stored.first().map(|stored| examine(stored, &self.keys)) else {
            return Ok(Outcome::Failed("its enrolment is missing".to_owned()));
        };
        let enrols = match enrolment.record.as_ref().map(|record| &record.content) {
            Some(Content::Key(key)) => key.key == *did,
            Some(Content::Ledger(ledger)) => ledger.owners.contains(did),
            _ => false,
        };
        if !enrols || !enrolment.findings.is_empty() {
            return Ok(Outcome::Failed(format!(
                "entry {} does not enrol {did}",
                signer.enrolled
            )));
        }
        self.inclusion_outcome(signer.enrolled, &enrolment.leaf)
    }

    fn inclusion_outcome(&self, index: u64, leaf: &Hash) -> Result<Outcome, AttestError> {
        let size = self.checkpoint.size();
        if index >= size {
            return Ok(Outcome::Failed(format!(
                "the last checkpoint covers {size} entries"
            )));
        }
        let path = inclusion_proof(index, size, &self.store)?;
        let root = self.checkpoint.root();
        Ok(match verify_inclusion(index, size, leaf, &path, &root) {
            Ok(()) => Outcome::Passed,
            Err(error) => Outcome::Failed(error.to_string()),
        })
    }
}

/// A state rests on records: one that the derived tables give without them is none.
fn unfounded_state(record: &Attestation, about: &[(String, Attestation)]) -> Option<Step> {
    let subject = record.subject.as_ref()?;
    let rests_on = [
        subject.erased,
        subject.latest_review,
        subject.decided_review,
        subject.corrected,
        subject.retracted,
    ];
    let missing = (rests_on.into_iter().flatten())
        .find(|index| !about.iter().any(|(_, one)| one.index == *index))?;
    Some(Step {
        name: "its state rests on records",
        outcome: Outcome::Failed(format!(
            "the derived tables name entry {missing}, which says nothing of it"
        )),
    })
}

/// Reads the founding record from its entry: the derived tables may say what they like.
fn founding_record(store: &dyn Read, keys: &KnownKeys) -> Result<Option<Ledger>, StoreError> {
    let stored = store.entries(0, 1)?;
    let examined = stored.first().map(|stored| examine(stored, keys));
    Ok(match examined {
        Some(Examined {
            index: 0,
            findings,
            record:
                Some(Record {
                    content: Content::Ledger(ledger),
                    ..
                }),
            ..
        }) if findings.is_empty() => Some(ledger),
        _ => None,
    })
}

/// Tells whether a record names another in this field.
fn names(attestation: &Attestation, field: &str, digest: &Digest) -> bool {
    match attestation.record.as_ref().map(|record| &record.content) {
        Some(Content::Erasure(erasure)) => field == "subject" && erasure.subject == *digest,
        Some(content) => (content.references().iter())
            .any(|reference| reference.field == field && reference.record == *digest),
        None => false,
    }
}

fn record_step(examined: &Examined, subject: Option<&Subject>) -> Step {
    let of_the_record = |code: &str| code.starts_with("record-") || code.starts_with("entry-");
    let fault = examined
        .findings
        .iter()
        .find(|finding| of_the_record(finding.code));
    let outcome = match (fault, &examined.unknown) {
        (Some(finding), _) => Outcome::Failed(finding.to_string()),
        (None, Some(reason)) => Outcome::NotChecked(reason.clone()),
        (None, None)
            if examined.erased && subject.is_none_or(|subject| subject.erased.is_none()) =>
        {
            Outcome::Failed("its words were removed, and no erasure says why".to_owned())
        }
        (None, None) if examined.erased => {
            Outcome::NotChecked("the record was erased; its hash and signature remain".to_owned())
        }
        (None, None) => Outcome::Passed,
    };
    Step {
        name: "the record is the one with this hash",
        outcome,
    }
}

fn signature_outcome(examined: &Examined) -> Outcome {
    let fault = examined
        .findings
        .iter()
        .find(|finding| finding.code == "signature");
    let editor = examined.record.as_ref().map(|record| record.editor);
    let key = examined.entry.as_ref().map(|entry| entry.proof.key);
    match (fault, editor) {
        (Some(finding), _) => Outcome::Failed(finding.to_string()),
        (None, Some(editor)) if Some(editor) != key => {
            Outcome::Failed(format!("the record's editor is {editor}"))
        }
        (None, _) => Outcome::Passed,
    }
}
