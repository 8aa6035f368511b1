//! `review`: an editor's judgement of a claim or an article.

use serde::{Deserialize, Serialize};

use super::source::Stance;
use super::vocabulary::vocabulary;
use super::{FieldError, Kind, Prose, Reference};
use crate::canonical::{Date, Digest};

/// Up to three answers, never one label: is it true, did this speaker say it, are these the words? An
/// absent answer means that nobody looked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Members", rename_all = "camelCase")]
pub struct Review {
    pub subject: Digest,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribution: Option<Attribution>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote>,
    pub explanation: Prose,
    pub evidence: Vec<Evidence>,
    /// The subject's review before this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<Digest>,
    /// When the matter should be looked at again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_by: Option<Date>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Members {
    subject: Digest,
    verdict: Option<Verdict>,
    attribution: Option<Attribution>,
    quote: Option<Quote>,
    explanation: Prose,
    evidence: Vec<Evidence>,
    supersedes: Option<Digest>,
    review_by: Option<Date>,
}

impl TryFrom<Members> for Review {
    type Error = FieldError;

    fn try_from(members: Members) -> Result<Self, FieldError> {
        if members.verdict.is_none() && members.attribution.is_none() && members.quote.is_none() {
            return Err(FieldError::new(
                "at least one of verdict, attribution and quote",
                "",
            ));
        }
        if matches!(members.review_by, Some(Date::Unknown)) {
            return Err(FieldError::new("a date of the next look", "unknown"));
        }
        Ok(Review {
            subject: members.subject,
            verdict: members.verdict,
            attribution: members.attribution,
            quote: members.quote,
            explanation: members.explanation,
            evidence: members.evidence,
            supersedes: members.supersedes,
            review_by: members.review_by,
        })
    }
}

vocabulary! {
    /// Is what was said true?
    Verdict {
        Verified = "verified",
        MostlyVerified = "mostly-verified",
        Mixed = "mixed",
        MissingContext = "missing-context",
        MostlyFalse = "mostly-false",
        False = "false",
        Outdated = "outdated",
        /// Somebody looked and could not settle it.
        Unproven = "unproven",
        NotCheckable = "not-checkable",
    }
}

vocabulary! {
    /// Did this speaker say it, through these hands?
    Attribution {
        Confirmed = "confirmed",
        Misattributed = "misattributed",
        Unlocated = "unlocated",
        Disputed = "disputed",
    }
}

vocabulary! {
    /// Are these the speaker's words?
    Quote {
        Verbatim = "verbatim",
        Elided = "elided",
        Altered = "altered",
        Paraphrase = "paraphrase",
        Translated = "translated",
        Unlocated = "unlocated",
    }
}

/// A source that the judgement rests on, and the passage that matters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "EvidenceMembers")]
pub struct Evidence {
    pub source: Digest,
    pub stance: Stance,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub passage: Option<Passage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Prose>,
}

/// A passage of a source, and where it stands in the snapshot's text, in code points.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Passage {
    pub exact: Prose,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
}

/// A place in a text: `start` inclusive, `end` exclusive, in code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Position {
    pub start: u64,
    pub end: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EvidenceMembers {
    source: Digest,
    stance: Stance,
    exact: Option<Prose>,
    start: Option<u64>,
    end: Option<u64>,
    note: Option<Prose>,
}

impl TryFrom<EvidenceMembers> for Evidence {
    type Error = FieldError;

    fn try_from(members: EvidenceMembers) -> Result<Self, FieldError> {
        let position = match (members.start, members.end) {
            (Some(start), Some(end)) if start < end => Some(Position { start, end }),
            (None, None) => None,
            _ => {
                return Err(FieldError::new(
                    "`start` and `end` together, start before end",
                    &format!("{:?} and {:?}", members.start, members.end),
                ));
            }
        };
        let passage = match (members.exact, position) {
            (Some(exact), position) => Some(Passage { exact, position }),
            (None, None) => None,
            (None, Some(_)) => {
                return Err(FieldError::new("`exact` with `start` and `end`", ""));
            }
        };
        Ok(Evidence {
            source: members.source,
            stance: members.stance,
            passage,
            note: members.note,
        })
    }
}

impl Review {
    pub(super) fn references(&self) -> Vec<Reference> {
        let subject = Reference {
            field: "subject",
            record: self.subject,
            kinds: &[Kind::Claim, Kind::Article],
        };
        let evidence = self.evidence.iter().map(|evidence| Reference {
            field: "evidence.source",
            record: evidence.source,
            kinds: &[Kind::Source],
        });
        let supersedes = self.supersedes.map(|record| Reference {
            field: "supersedes",
            record,
            kinds: &[Kind::Review],
        });
        [subject]
            .into_iter()
            .chain(evidence)
            .chain(supersedes)
            .collect()
    }
}
