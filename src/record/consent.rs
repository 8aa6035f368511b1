//! `consent`: what a person allows, refuses or withdraws.

use serde::{Deserialize, Serialize};

use super::field::non_empty;
use super::response::Respondent;
use super::vocabulary::vocabulary;
use super::{FieldError, Kind, Prose, Reference, Token};
use crate::canonical::{Date, Digest};

/// A person's word on being quoted, shown or used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Members")]
pub struct Consent {
    pub subject: Digest,
    /// Whose consent it is.
    pub person: Respondent,
    pub decision: Decision,
    /// What for: `quote`, `name`, `image`, `archive`, `ai-training`, …
    pub scope: Vec<Token>,
    pub date: Date,
    /// Until when it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// The consent that is withdrawn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdraws: Option<Digest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Prose>,
}

vocabulary! {
    /// What the person decided.
    Decision {
        Given = "given",
        Refused = "refused",
        Withdrawn = "withdrawn",
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    subject: Digest,
    person: Respondent,
    decision: Decision,
    #[serde(deserialize_with = "non_empty")]
    scope: Vec<Token>,
    date: Date,
    until: Option<Date>,
    withdraws: Option<Digest>,
    note: Option<Prose>,
}

impl TryFrom<Members> for Consent {
    type Error = FieldError;

    fn try_from(members: Members) -> Result<Self, FieldError> {
        if (members.decision == Decision::Withdrawn) != members.withdraws.is_some() {
            return Err(FieldError::new(
                "`withdraws` with the decision withdrawn, and with no other",
                members.decision.as_str(),
            ));
        }
        if matches!(members.until, Some(Date::Unknown)) {
            return Err(FieldError::new("a date of its end", "unknown"));
        }
        Ok(Consent {
            subject: members.subject,
            person: members.person,
            decision: members.decision,
            scope: members.scope,
            date: members.date,
            until: members.until,
            withdraws: members.withdraws,
            note: members.note,
        })
    }
}

impl Consent {
    pub(super) fn references(&self) -> Vec<Reference> {
        let subject = Reference {
            field: "subject",
            record: self.subject,
            kinds: &[Kind::Claim, Kind::Article, Kind::Source],
        };
        let withdraws = self.withdraws.map(|record| Reference {
            field: "withdraws",
            record,
            kinds: &[Kind::Consent],
        });
        [subject].into_iter().chain(withdraws).collect()
    }
}
