//! `observation`: a recorded address was fetched again.

use serde::{Deserialize, Serialize};

use super::vocabulary::vocabulary;
use super::{FieldError, Kind, Prose, Reference, Url};
use crate::canonical::{Digest, Timestamp};

/// What was found at the address of an article or a source, beside what was recorded of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Members")]
pub struct Observation {
    pub subject: Digest,
    /// The address that was fetched.
    pub url: Url,
    pub observed: Timestamp,
    pub outcome: Sighting,
    /// The digest that was recorded: of an article's text, or of a source's snapshot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Digest>,
    /// The digest of the same, as it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<Digest>,
    /// What the page itself says of the change. Absent from a change, it is a silent one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub announced: Option<Prose>,
    /// The status of the server's answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<Prose>,
}

vocabulary! {
    /// What became of an address.
    Sighting {
        Unchanged = "unchanged",
        Changed = "changed",
        /// The server says that there is nothing any more. That it could not be reached is no sighting.
        Gone = "gone",
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    subject: Digest,
    url: Url,
    observed: Timestamp,
    outcome: Sighting,
    expected: Option<Digest>,
    found: Option<Digest>,
    announced: Option<Prose>,
    status: Option<u64>,
    note: Option<Prose>,
}

impl TryFrom<Members> for Observation {
    type Error = FieldError;

    fn try_from(members: Members) -> Result<Self, FieldError> {
        let (expected, found) = (members.expected, members.found);
        let fits = match members.outcome {
            Sighting::Changed => expected.is_some() && found.is_some(),
            Sighting::Unchanged => {
                expected.is_some() && found.is_none() && members.announced.is_none()
            }
            Sighting::Gone => found.is_none() && members.announced.is_none(),
        };
        if !fits {
            return Err(FieldError::new(
                "`expected` with an unchanged or changed page, `found` with a changed one only, `announced` too",
                members.outcome.as_str(),
            ));
        }
        if expected.is_some() && expected == found {
            return Err(FieldError::new(
                "two digests that differ, of a changed page",
                &expected.map_or_else(String::new, |digest| digest.to_string()),
            ));
        }
        Ok(Observation {
            subject: members.subject,
            url: members.url,
            observed: members.observed,
            outcome: members.outcome,
            expected,
            found,
            announced: members.announced,
            status: members.status,
            note: members.note,
        })
    }
}

impl Observation {
    pub(super) fn references(&self) -> Vec<Reference> {
        vec![Reference {
            field: "subject",
            record: self.subject,
            kinds: &[Kind::Article, Kind::Source],
        }]
    }

    /// Tells whether the page changed and says nothing of it.
    pub fn is_silent_edit(&self) -> bool {
        self.outcome == Sighting::Changed && self.announced.is_none()
    }
}
