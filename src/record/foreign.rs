//! `foreign`: what somebody else concluded, kept as their statement and never as ours.

use serde::{Deserialize, Serialize};

use super::article::Publisher;
use super::claim::Appearance;
use super::{FieldError, Kind, Language, Line, Prose, Reference, Token, Url};
use crate::canonical::{Date, Digest};

/// A rating, a verdict or a flag by its author, word for word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Foreign {
    /// What of ours it speaks of, where an editor found that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Digest>,
    /// Whose statement it is.
    pub by: Publisher,
    /// In what shape it was found: `claim-review`, `printed-flag`, …
    pub form: Token,
    /// What it speaks of or says, in its own words.
    pub statement: Prose,
    /// The words of an article of ours that it speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passage: Option<Appearance>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// What its author calls the statement, such as a provenance hash of their own ledger.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<Line>,
    /// Who said what is judged, as the statement has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speaker: Option<Line>,
    /// When the statement was published.
    pub published: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The source in which it stands, with a snapshot of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Prose>,
}

/// A rating as its author wrote it. Numbers stay text: publishers count up and down, and from anywhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RatingMembers")]
pub struct Rating {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Prose>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst: Option<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RatingMembers {
    name: Option<Prose>,
    value: Option<Line>,
    best: Option<Line>,
    worst: Option<Line>,
}

impl TryFrom<RatingMembers> for Rating {
    type Error = FieldError;

    fn try_from(members: RatingMembers) -> Result<Self, FieldError> {
        let RatingMembers {
            name,
            value,
            best,
            worst,
        } = members;
        if name.is_none() && value.is_none() {
            return Err(FieldError::new("a rating's `name` or `value`", ""));
        }
        Ok(Rating {
            name,
            value,
            best,
            worst,
        })
    }
}

impl Foreign {
    pub(super) fn references(&self) -> Vec<Reference> {
        let subject = self.subject.map(|record| Reference {
            field: "subject",
            record,
            kinds: &[Kind::Claim, Kind::Article],
        });
        let source = self.source.map(|record| Reference {
            field: "source",
            record,
            kinds: &[Kind::Source],
        });
        let passage = self.passage.as_ref().map(|passage| Reference {
            field: "passage.article",
            record: passage.article,
            kinds: &[Kind::Article],
        });
        subject.into_iter().chain(passage).chain(source).collect()
    }
}
