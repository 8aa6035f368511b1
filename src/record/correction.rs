//! `correction`: something recorded here was wrong, unclear, overtaken, or is withdrawn.

use serde::{Deserialize, Serialize};

use super::vocabulary::vocabulary;
use super::{Kind, Prose, Reference};
use crate::canonical::Digest;

/// What is corrected and why. A review is not corrected but superseded by another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    pub subject: Digest,
    pub kind: CorrectionKind,
    pub reason: Prose,
    /// The record that stands in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replacement: Option<Digest>,
}

vocabulary! {
    /// What sort of correction it is.
    CorrectionKind {
        Correction = "correction",
        Clarification = "clarification",
        Update = "update",
        Retraction = "retraction",
    }
}

impl CorrectionKind {
    /// Returns what was done to the record, as in "it was retracted".
    pub const fn done(self) -> &'static str {
        match self {
            CorrectionKind::Correction => "corrected",
            CorrectionKind::Clarification => "clarified",
            CorrectionKind::Update => "updated",
            CorrectionKind::Retraction => "retracted",
        }
    }
}

/// What can be withdrawn. The last two say too little to be mended: the right one is recorded anew.
const RETRACTABLE: &[Kind; 8] = &[
    Kind::Article,
    Kind::Source,
    Kind::Claim,
    Kind::Foreign,
    Kind::Observation,
    Kind::Disclosure,
    Kind::Relation,
    Kind::Response,
];
const CORRECTABLE: &[Kind] = RETRACTABLE.split_at(6).0;

impl Correction {
    pub(super) fn references(&self) -> Vec<Reference> {
        let kinds = match self.kind {
            CorrectionKind::Retraction => RETRACTABLE.as_slice(),
            _ => CORRECTABLE,
        };
        let subject = Reference {
            field: "subject",
            record: self.subject,
            kinds,
        };
        let replacement = self.replacement.map(|record| Reference {
            field: "replacement",
            record,
            kinds,
        });
        [subject].into_iter().chain(replacement).collect()
    }
}
