//! What the Content Credentials (C2PA) of an image say: the image's own statement, never a verdict of an editor's.
//!
//! Whether they are intact and whether their signer is known are two answers. Intact says that nobody changed image
//! or statement since it was signed; anyone can sign.

use serde::{Deserialize, Serialize};

use super::article::Statement;
use super::field::non_empty;
use super::vocabulary::vocabulary;
use super::{FieldError, Line};
use crate::canonical::Digest;

/// Content Credentials as a program read them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "Members")]
pub struct Credentials {
    /// The program that read them, with its version.
    pub reader: Line,
    pub presence: Presence,
    /// Whether they are intact; given if they are embedded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation: Option<Validation>,
    /// What failed, as the reader calls it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Line>,
    /// Whether the signer is on the editor's list; given if they are embedded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust: Option<Trust>,
    /// The list's bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trust_list: Option<Digest>,
    /// What they say, in their own words, and where.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stated: Vec<Statement>,
}

vocabulary! {
    /// Where an image has its Content Credentials.
    Presence {
        Embedded = "embedded",
        /// The image names an address where they are. It was not asked.
        Remote = "remote",
        None = "none",
        /// There may be some, but image or credentials can't be read.
        Unreadable = "unreadable",
    }
}

vocabulary! {
    /// Whether Content Credentials are intact.
    Validation {
        Valid = "valid",
        Invalid = "invalid",
    }
}

vocabulary! {
    /// Whether the signer is on a list.
    Trust {
        Listed = "listed",
        NotListed = "not-listed",
        /// No list was asked, or there is no signer that it could be asked for.
        Unknown = "unknown",
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Members {
    reader: Line,
    presence: Presence,
    validation: Option<Validation>,
    #[serde(default, deserialize_with = "non_empty")]
    failures: Vec<Line>,
    trust: Option<Trust>,
    trust_list: Option<Digest>,
    #[serde(default, deserialize_with = "non_empty")]
    stated: Vec<Statement>,
}

impl TryFrom<Members> for Credentials {
    type Error = FieldError;

    fn try_from(members: Members) -> Result<Self, FieldError> {
        let presence = members.presence;
        let is_embedded = presence == Presence::Embedded;
        if members.validation.is_some() != is_embedded || members.trust.is_some() != is_embedded {
            return Err(FieldError::new(
                "`validation` and `trust` with embedded credentials, and with no other",
                presence.as_str(),
            ));
        }
        let may_fail =
            presence == Presence::Unreadable || members.validation == Some(Validation::Invalid);
        if !members.failures.is_empty() && !may_fail {
            return Err(FieldError::new(
                "`failures` with credentials that are invalid or unreadable only",
                members.failures[0].as_str(),
            ));
        }
        let needs_list = matches!(members.trust, Some(Trust::Listed | Trust::NotListed));
        if (needs_list && members.trust_list.is_none())
            || (members.trust_list.is_some() && !is_embedded)
        {
            return Err(FieldError::new(
                "`trustList` with a signer that was looked for in it",
                members.trust.map_or("no signer", Trust::as_str),
            ));
        }
        Ok(Credentials {
            reader: members.reader,
            presence,
            validation: members.validation,
            failures: members.failures,
            trust: members.trust,
            trust_list: members.trust_list,
            stated: members.stated,
        })
    }
}
