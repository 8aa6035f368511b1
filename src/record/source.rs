//! `source`: something that a claim can be checked against.

use serde::{Deserialize, Serialize};

use super::article::Publisher;
use super::credentials::Credentials;
use super::field::non_empty;
use super::vocabulary::vocabulary;
use super::{Kind, Line, MediaType, ObjectUse, Reference, Url};
use crate::canonical::{Date, Digest, Timestamp};

/// A source, how near it is to the matter, and a snapshot of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Source {
    pub title: Line,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<Publisher>,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "non_empty"
    )]
    pub authors: Vec<Line>,
    pub published: Date,
    pub level: Level,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<Snapshot>,
    /// Copies of it in web archives.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "non_empty"
    )]
    pub archives: Vec<Url>,
    /// Sources that it repeats: three outlets with one wire story are one source.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "non_empty"
    )]
    pub derived_from: Vec<Digest>,
}

/// The source's bytes as they were retrieved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Snapshot {
    pub digest: Digest,
    pub media_type: MediaType,
    /// Length in bytes.
    pub size: u64,
    /// When it was retrieved; absent if nobody noted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retrieved: Option<Timestamp>,
    /// What an image's Content Credentials say; absent if nobody read them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Credentials>,
}

vocabulary! {
    /// How near a source is to the matter.
    Level {
        Primary = "primary",
        Secondary = "secondary",
        Aggregator = "aggregator",
        Archive = "archive",
        Reference = "reference",
    }
}

vocabulary! {
    /// What a source does for a claim.
    Stance {
        Supports = "supports",
        Refutes = "refutes",
        Context = "context",
    }
}

impl Source {
    pub(super) fn references(&self) -> Vec<Reference> {
        self.derived_from
            .iter()
            .map(|&record| Reference {
                field: "derivedFrom",
                record,
                kinds: &[Kind::Source],
            })
            .collect()
    }

    pub(super) fn objects(&self) -> Vec<ObjectUse<'_>> {
        self.snapshot
            .iter()
            .map(|snapshot| ObjectUse {
                field: "snapshot",
                digest: snapshot.digest,
                media_type: &snapshot.media_type,
                size: snapshot.size,
            })
            .collect()
    }
}
