//! `policy`: how many eyes a review needs.

use serde::{Deserialize, Serialize};

/// The rules that a desk chooses for itself. Reviews after this record are judged by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// How many other editors must approve a review before it is decided; 0 for a desk of one.
    pub approvals: u8,
}
