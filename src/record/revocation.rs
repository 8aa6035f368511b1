//! `revocation`: ends a key's right to sign, from the next entry on.

use serde::{Deserialize, Serialize};

use super::vocabulary::vocabulary;
use crate::sign::Did;

/// Which key, and why. What it signed before stays valid.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Revocation {
    pub key: Did,
    pub reason: Reason,
    /// The index from which what the key signed is reported as doubtful.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distrust_from: Option<u64>,
}

impl Revocation {
    /// Tells whether a signature of the key at this index is doubtful.
    pub fn doubts(&self, index: u64) -> bool {
        self.distrust_from.is_some_and(|from| index >= from)
    }
}

vocabulary! {
    /// Why a key was revoked.
    Reason {
        Superseded = "superseded",
        Left = "left",
        Lost = "lost",
        Compromised = "compromised",
    }
}
