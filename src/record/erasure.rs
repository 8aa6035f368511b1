//! `erasure`: the lawful removal of an object's bytes.

use serde::{Deserialize, Serialize};

use super::Prose;
use crate::canonical::Digest;

/// What is removed, why, and on whose order. Hash, entry and signatures remain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Erasure {
    /// The digest of a record of the work, or of an object that one needs.
    pub subject: Digest,
    pub reason: Prose,
    /// Who ordered it: a court, a person's right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<Prose>,
}
