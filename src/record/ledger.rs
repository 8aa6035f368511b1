//! `ledger`: the first record, which founds the ledger.

use serde::{Deserialize, Serialize};

use super::{Line, Origin, Policy, Prose};
use crate::sign::Did;

/// The ledger's name, its owners, the key of its log, and the policy it starts with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ledger {
    pub origin: Origin,
    pub name: Line,
    /// Keys that act as owners from index 1 on.
    #[serde(deserialize_with = "super::field::non_empty")]
    pub owners: Vec<Did>,
    /// The C2SP verifier key under which checkpoints are signed. A new log key means a new ledger.
    pub log_key: Line,
    pub policy: Policy,
    /// The last checkpoint of the ledger that this one continues, as a signed note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<Prose>,
}
