//! `disclosure`: what somebody says of AI in making an article or an image.

use serde::{Deserialize, Serialize};

use super::article::{AiUse, Publisher};
use super::{Kind, Reference};
use crate::canonical::{Date, Digest};

/// One use of AI, by whoever disclosed it. An image is a source with its bytes as snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Disclosure {
    pub subject: Digest,
    /// Who discloses it.
    pub by: Publisher,
    pub disclosed: Date,
    pub ai_use: AiUse,
    /// Where it was disclosed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Digest>,
}

impl Disclosure {
    pub(super) fn references(&self) -> Vec<Reference> {
        let subject = Reference {
            field: "subject",
            record: self.subject,
            kinds: &[Kind::Article, Kind::Source],
        };
        let source = self.source.map(|record| Reference {
            field: "source",
            record,
            kinds: &[Kind::Source],
        });
        [subject].into_iter().chain(source).collect()
    }
}
