//! `relation`: how two claims stand to each other.

use serde::{Deserialize, Serialize};

use super::vocabulary::vocabulary;
use super::{Kind, Prose, Reference};
use crate::canonical::Digest;

/// `from` contradicts (corroborates, ...) `to`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Relation {
    pub from: Digest,
    pub to: Digest,
    pub relation: RelationKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Prose>,
}

vocabulary! {
    /// How one claim stands to another.
    RelationKind {
        Contradicts = "contradicts",
        Corroborates = "corroborates",
        SameAs = "same-as",
        Paraphrases = "paraphrases",
        Updates = "updates",
    }
}

impl Relation {
    pub(super) fn references(&self) -> Vec<Reference> {
        [("from", self.from), ("to", self.to)]
            .map(|(field, record)| Reference {
                field,
                record,
                kinds: &[Kind::Claim],
            })
            .into()
    }
}
