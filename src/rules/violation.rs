//! The rules by name.

use std::fmt;

use crate::record::vocabulary::vocabulary;

vocabulary! {
    /// A rule of the ledger. Each has a section in `docs/checks.md`.
    Rule {
        FirstEntry = "first-entry",
        LogKey = "log-key",
        EntryKind = "entry-kind",
        Signer = "signer",
        OtherLedger = "other-ledger",
        ClockBackwards = "clock-backwards",
        CreatedAhead = "created-ahead",
        RecordRepeated = "record-repeated",
        WeakKey = "weak-key",
        KeyNotEnrolled = "key-not-enrolled",
        KeyRevoked = "key-revoked",
        Role = "role",
        KeyEnrolment = "key-enrolment",
        LastOwner = "last-owner",
        ReferenceUnknown = "reference-unknown",
        ReferenceKind = "reference-kind",
        ReferenceErased = "reference-erased",
        Supersession = "supersession",
        OwnApproval = "own-approval",
        ApprovalRepeated = "approval-repeated",
        ApprovalLate = "approval-late",
        CorrectionRepeated = "correction-repeated",
        CorrectionReplacement = "correction-replacement",
        WithdrawalRepeated = "withdrawal-repeated",
        RelationToItself = "relation-to-itself",
        ErasureSubject = "erasure-subject",
    }
}

impl Rule {
    /// Returns what is wrong when the rule is broken, in a few words.
    pub const fn title(self) -> &'static str {
        match self {
            Rule::FirstEntry => "the ledger's founding record is out of place",
            Rule::LogKey => "the founding record names no usable log key",
            Rule::EntryKind => "the entry and its record differ in kind",
            Rule::Signer => "somebody else than the record's editor signed",
            Rule::OtherLedger => "the record is meant for another ledger",
            Rule::ClockBackwards => "the ledger's clock ran backwards",
            Rule::CreatedAhead => "the record was created after it was recorded",
            Rule::RecordRepeated => "the record is in the ledger already",
            Rule::WeakKey => "the key may not be used",
            Rule::KeyNotEnrolled => "the key is not enrolled",
            Rule::KeyRevoked => "the key was revoked",
            Rule::Role => "the signer's role does not allow this",
            Rule::KeyEnrolment => "the key can't be enrolled or revoked so",
            Rule::LastOwner => "the ledger would be left without an owner",
            Rule::ReferenceUnknown => "a reference points nowhere",
            Rule::ReferenceKind => "a reference points at a record of an unfitting kind",
            Rule::ReferenceErased => "a reference points at an erased record",
            Rule::Supersession => "the review does not follow on the one before",
            Rule::OwnApproval => "a review was approved by its own editor",
            Rule::ApprovalRepeated => "the editor has approved this review already",
            Rule::ApprovalLate => "the approved review was superseded",
            Rule::CorrectionRepeated => "the subject was retracted already",
            Rule::CorrectionReplacement => "the replacement is of another kind than the subject",
            Rule::WithdrawalRepeated => "the consent was withdrawn already",
            Rule::RelationToItself => "a claim is related to itself",
            Rule::ErasureSubject => "the subject can't be erased",
        }
    }
}

/// A rule that an entry breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    pub rule: Rule,
    pub expected: String,
    pub found: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: expected {}, found {}",
            self.rule.title(),
            self.expected,
            self.found
        )
    }
}
