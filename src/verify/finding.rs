//! Findings: what is wrong with a ledger, by name and index.

use std::cmp::Ordering;
use std::fmt;

use super::cosignatures::Witnessed;
use super::history::Evidence;
use crate::canonical::Timestamp;
use crate::log::Hash;
use crate::record::vocabulary::vocabulary;
use crate::rules::{Rule, Violation};

vocabulary! {
    /// A check other than a [`Rule`]. Each has a section in `docs/checks.md`.
    Check {
        Storage = "storage",
        EntryMissing = "entry-missing",
        EntryMalformed = "entry-malformed",
        EntryIndex = "entry-index",
        EntryLookup = "entry-lookup",
        Chain = "chain",
        Node = "node",
        RecordMissing = "record-missing",
        RecordDigest = "record-digest",
        RecordMalformed = "record-malformed",
        Signature = "signature",
        CheckpointMissing = "checkpoint-missing",
        CheckpointMalformed = "checkpoint-malformed",
        CheckpointSignature = "checkpoint-signature",
        CheckpointSize = "checkpoint-size",
        CheckpointRoot = "checkpoint-root",
        Cosignature = "cosignature",
        Quorum = "quorum",
        WitnessedBefore = "witnessed-before",
        SinceSignature = "since-signature",
        Rollback = "rollback",
        Fork = "fork",
        ObjectMissing = "object-missing",
        ObjectDigest = "object-digest",
        ObjectSize = "object-size",
        ObjectUnused = "object-unused",
        TextForm = "text-form",
        Anchor = "anchor",
        EvidencePassage = "evidence-passage",
        ErasureUnrecorded = "erasure-unrecorded",
        ErasureUndone = "erasure-undone",
        DerivedTable = "derived-table",
    }
}

impl Check {
    /// Returns what is wrong when the check fails, in a few words.
    pub const fn title(self) -> &'static str {
        match self {
            Check::Storage => "the file is damaged or not as this program made it",
            Check::EntryMissing => "entries are missing",
            Check::EntryMalformed => "the entry is not in its form",
            Check::EntryIndex => "the entry has another index than its place",
            Check::EntryLookup => "the entry is looked up under another record's digest",
            Check::Chain => "the entry does not follow on the one before",
            Check::Node => "a stored Merkle hash is not that of the entries",
            Check::RecordMissing => "the record is missing",
            Check::RecordDigest => "the record is not the one that was signed",
            Check::RecordMalformed => "the record is not in its form",
            Check::Signature => "the signature is not valid",
            Check::CheckpointMissing => "no checkpoint covers every entry",
            Check::CheckpointMalformed => "the checkpoint is not in its form",
            Check::CheckpointSignature => "the checkpoint is not signed by the log's key",
            Check::CheckpointSize => "the checkpoint is for another size than its place",
            Check::CheckpointRoot => "the checkpoint commits to other entries",
            Check::Cosignature => "the cosignature is not its witness's",
            Check::Quorum => "too few witnesses have cosigned",
            Check::WitnessedBefore => "the entry was witnessed before the time that it gives",
            Check::SinceSignature => "the kept checkpoint is not one of this log",
            Check::Rollback => "the ledger is older than what was kept of it",
            Check::Fork => "the log has another history than what was kept of it",
            Check::ObjectMissing => "an object that the record needs is missing",
            Check::ObjectDigest => "the object is not the one that was recorded",
            Check::ObjectSize => "the object has another size than the record says",
            Check::ObjectUnused => "no record needs the object",
            Check::TextForm => "the article's text is not in its form",
            Check::Anchor => "the quoted words do not stand where the claim says",
            Check::EvidencePassage => "the passage does not stand where the review says",
            Check::ErasureUnrecorded => "the bytes were removed without an erasure",
            Check::ErasureUndone => "the bytes are there although they were erased",
            Check::DerivedTable => "a derived table does not agree with the log",
        }
    }
}

/// What a finding is called: the check that failed, or the rule that was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    Check(Check),
    Rule(Rule),
}

impl Code {
    /// Returns the stable name, in kebab-case, with a section in `docs/checks.md`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Code::Check(check) => check.as_str(),
            Code::Rule(rule) => rule.as_str(),
        }
    }

    /// Returns what is wrong, in a few words.
    pub const fn title(self) -> &'static str {
        match self {
            Code::Check(check) => check.title(),
            Code::Rule(rule) => rule.title(),
        }
    }
}

/// Something that is wrong with the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub code: Code,
    /// The entry that it concerns, where one can be named.
    pub index: Option<u64>,
    pub expected: String,
    pub found: String,
}

impl Finding {
    pub(crate) fn new(
        check: Check,
        index: impl Into<Option<u64>>,
        expected: impl fmt::Display,
        found: impl fmt::Display,
    ) -> Self {
        Finding {
            code: Code::Check(check),
            index: index.into(),
            expected: expected.to_string(),
            found: found.to_string(),
        }
    }

    /// An order in which any findings come out the same, in whatever order they were found.
    pub(super) fn in_order(&self, other: &Self) -> Ordering {
        let key = |one: &'_ Self| {
            // What concerns no entry in particular comes last.
            (one.index.unwrap_or(u64::MAX), one.code.as_str())
        };
        (key(self).cmp(&key(other)))
            .then_with(|| self.expected.cmp(&other.expected))
            .then_with(|| self.found.cmp(&other.found))
    }

    pub(crate) fn of_rule(index: u64, violation: Violation) -> Self {
        Finding {
            code: Code::Rule(violation.rule),
            index: Some(index),
            expected: violation.expected,
            found: violation.found,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: expected {}, found {}",
            self.code.title(),
            self.expected,
            self.found
        )
    }
}

/// Something about an entry that is worth knowing and not wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub index: Option<u64>,
    pub message: String,
}

/// How many of each were checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub entries: u64,
    pub records: u64,
    pub signatures: u64,
    pub objects: u64,
    pub anchors: u64,
    pub checkpoints: u64,
    pub cosignatures: u64,
}

/// The result of an audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What the founding record says; absent if it can't be read.
    pub origin: Option<String>,
    pub log_key: Option<String>,
    /// Whether the auditor knew a key for this log. Otherwise the founding record's own was taken.
    pub log_key_known: bool,
    /// The first entry that was read: 0, unless those before were verified before.
    pub from: u64,
    /// Number of entries, and the root of the tree over them.
    pub size: u64,
    pub root: Hash,
    /// When the last entry was recorded, by the ledger's clock.
    pub recorded: Option<Timestamp>,
    pub counts: Counts,
    /// What is wrong, in the order of the entries.
    pub findings: Vec<Finding>,
    /// How many more findings there are than could be kept.
    pub omitted: u64,
    /// What was lawfully erased, or is doubtful by its signer's revocation.
    pub notices: Vec<Notice>,
    /// What this program could not check, and why.
    pub not_checked: Vec<Notice>,
    /// The last cosignature of each witness: of all in the ledger, or of those in the auditor's policy.
    pub witnessed: Vec<Witnessed>,
    /// Signed notes that contradict each other.
    pub evidence: Vec<Evidence>,
}

impl Report {
    /// Tells whether everything was checked and nothing is wrong.
    pub fn is_ok(&self) -> bool {
        self.findings.is_empty() && self.not_checked.is_empty()
    }
}
