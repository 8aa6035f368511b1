//! What a check found out about a record.

use super::notice::Notice;
use crate::canonical::{Digest, Timestamp};
use crate::log::{Cosignature, Hash};
use crate::record::{Content, Record};
use crate::rules::{SignerFacts, State, Subject};
use crate::sign::Proof;

/// One step of a check and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub aspect: Aspect,
    pub outcome: Outcome,
}

/// What a step checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aspect {
    Record,
    Signature,
    Key,
    Inclusion,
    Rules,
    Objects,
    Anchors,
    Checkpoint,
    Cosignatures,
    /// The reader's policy. It says nothing of the record.
    Quorum,
    Time,
    LookUps,
    Format,
}

impl Aspect {
    /// Says in a few words what is checked.
    pub const fn as_str(self) -> &'static str {
        match self {
            Aspect::Record => "the record is the one with this hash",
            Aspect::Signature => "the signature is the editor's",
            Aspect::Key => "the key was enrolled before, and not revoked",
            Aspect::Inclusion => "the entry is in the log",
            Aspect::Rules => "the rules of the ledger allow it",
            Aspect::Objects => "its text and files are those that were recorded",
            Aspect::Anchors => "the quoted words stand where it says",
            Aspect::Checkpoint => "the checkpoint is signed by the log's key",
            Aspect::Cosignatures => "the cosignatures fit their keys",
            Aspect::Quorum => "the witnesses that the policy asks for have cosigned",
            Aspect::Time => "the checkpoint's last entry tells its time",
            Aspect::LookUps => "the look-up tables agree",
            Aspect::Format => "nothing said of it later is of a newer format",
        }
    }
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
    pub recorded: Timestamp,
    pub proof: Proof,
    pub signer: Option<SignerFacts>,
    pub subject: Option<Subject>,
    pub steps: Vec<Step>,
    /// What should be known of it and is not wrong.
    pub notices: Vec<Notice>,
}

impl Attestation {
    /// Tells whether every step passed.
    pub fn is_intact(&self) -> bool {
        self.steps
            .iter()
            .all(|step| step.outcome == Outcome::Passed)
    }

    /// Tells whether something is wrong with it. That it was erased is nothing wrong.
    pub fn has_failed(&self) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(step.outcome, Outcome::Failed(_)))
    }

    /// Returns the state of the record in the editorial process.
    pub fn state(&self) -> State {
        self.subject
            .as_ref()
            .map_or(State::Recorded, Subject::state)
    }
}

/// A cosignature that fits its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    pub cosignature: Cosignature,
    /// Whether the reader's policy names the witness. Anybody can put another one into a bundle.
    pub is_known: bool,
}

/// A record, the records that say something about it, and as of when.
#[derive(Clone, Debug)]
pub struct Standing {
    pub origin: String,
    /// The key under which the checkpoint was checked.
    pub log_key: String,
    /// Size and root of the checkpoint.
    pub size: u64,
    pub root: Hash,
    /// When its last entry was recorded, by the ledger's clock; absent if that can't be told.
    pub recorded: Option<Timestamp>,
    /// Who cosigned the checkpoint, and when, by the keys in the bundle and in the reader's policy.
    pub cosigned: Vec<Cosigned>,
    pub record: Attestation,
    /// Reviews, approvals, corrections, relations, responses, foreign statements, observations, disclosures,
    /// consents, erasures: in the order of the log.
    pub about: Vec<Attestation>,
    /// Articles and sources that the record names.
    pub named: Vec<Attestation>,
    /// Sources that only reviews of the record name, as their evidence.
    pub evidence: Vec<Attestation>,
    /// What these rest on: keys, policies, records further away.
    pub supporting: Vec<Attestation>,
}

impl Standing {
    /// Tells whether nothing is wrong but that too few witnesses of the reader's policy have cosigned.
    pub fn lacks_only_witnesses(&self) -> bool {
        let mut failed = (self.all().flat_map(|one| &one.steps))
            .filter(|step| matches!(step.outcome, Outcome::Failed(_)))
            .peekable();
        failed.peek().is_some() && failed.all(|step| step.aspect == Aspect::Quorum)
    }

    /// Returns everything that was checked, the record first.
    pub fn all(&self) -> impl Iterator<Item = &Attestation> {
        let related = [&self.about, &self.named, &self.evidence, &self.supporting];
        std::iter::once(&self.record).chain(related.into_iter().flatten())
    }

    /// Returns the review that stands: the last with the approvals it needs.
    pub fn decided_review(&self) -> Option<&Attestation> {
        let decided = self.record.subject.as_ref()?.decided_review?;
        self.about.iter().find(|one| one.index == decided)
    }

    /// Returns who approved a review.
    pub fn approvals_of<'a>(
        &'a self,
        review: &'a Attestation,
    ) -> impl Iterator<Item = &'a Attestation> {
        self.about.iter().filter(|one| {
            matches!(&one.record, Some(Record { content: Content::Approval(approval), .. })
                if approval.review == review.digest)
        })
    }
}
