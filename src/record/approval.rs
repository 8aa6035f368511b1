//! `approval`: a second editor's consent to a review.

use serde::{Deserialize, Serialize};

use super::{Kind, Reference};
use crate::canonical::Digest;

/// Which review is approved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Another editor's review.
    pub review: Digest,
}

impl Approval {
    pub(super) fn references(&self) -> Vec<Reference> {
        vec![Reference {
            field: "review",
            record: self.review,
            kinds: &[Kind::Review],
        }]
    }
}
