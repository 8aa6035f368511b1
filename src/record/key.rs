//! `key`: enrols a key, so that its holder may sign from the next entry on.

use serde::{Deserialize, Serialize};

use super::vocabulary::vocabulary;
use super::{Line, Url};
use crate::sign::Did;

/// A key, who holds it, and in which role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    pub key: Did,
    pub holder: Holder,
    pub role: Role,
    /// The holder's key before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Did>,
}

/// Who holds a key. It can't be erased, so a desk's name will do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holder {
    pub name: Line,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Line>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
}

vocabulary! {
    /// What the holder of a key may say.
    Role {
        /// Everything, and what concerns the ledger itself.
        Owner = "owner",
        /// The work: record, review, approve, correct.
        Editor = "editor",
        /// Record articles, sources, claims and relations.
        Contributor = "contributor",
        /// Sign audit statements.
        Auditor = "auditor",
    }
}
