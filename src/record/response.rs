//! `response`: what somebody concerned has to say (right of reply, disputes).

use serde::{Deserialize, Serialize};

use super::{Kind, Line, Prose, Reference};
use crate::canonical::{Date, Digest};

/// A statement received about a claim, an article or a review.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    pub subject: Digest,
    pub by: Respondent,
    pub text: Prose,
    pub received: Date,
    /// Where it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Digest>,
}

/// Who responded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Respondent {
    pub name: Line,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Line>,
}

impl Response {
    pub(super) fn references(&self) -> Vec<Reference> {
        let subject = Reference {
            field: "subject",
            record: self.subject,
            kinds: &[Kind::Claim, Kind::Article, Kind::Review],
        };
        let source = self.source.map(|record| Reference {
            field: "source",
            record,
            kinds: &[Kind::Source],
        });
        [subject].into_iter().chain(source).collect()
    }
}
