//! `article`: a published text, as it stood when it was recorded.

use serde::{Deserialize, Serialize};

use super::field::non_empty;
use super::{Kind, Language, Line, MediaType, ObjectUse, Prose, Reference, Token, Url};
use crate::canonical::{Date, Digest, Timestamp, text};

/// An article: what the page said of itself, and the digests of its text and its original bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Article {
    pub headline: Line,
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The normalised text, in which anchors count.
    pub text: Text,
    /// The bytes as received, where they differ from the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<Original>,
    /// What the page says of itself, in its own words.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "non_empty"
    )]
    pub stated: Vec<Statement>,
    /// Links that the article gives as its sources.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "non_empty"
    )]
    pub links: Vec<Link>,
    /// What the publisher or the editor says of AI in making it.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "non_empty"
    )]
    pub ai_use: Vec<AiUse>,
    /// The version before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revises: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Prose>,
}

/// Who published something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publisher {
    pub name: Line,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
}

/// The article text as an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Text {
    pub digest: Digest,
    pub media_type: MediaType,
    /// Length in bytes.
    pub size: u64,
    pub normalizer: Normalizer,
    /// What took the text out of the original, where it was more than the normaliser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extractor: Option<Line>,
}

/// The normaliser that made a text. There is one; its name is in every record so that there can be
/// another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Normalizer {
    #[serde(rename = "text/1")]
    Text1,
}

impl Normalizer {
    /// Returns the name of the normaliser.
    pub const fn name(self) -> &'static str {
        match self {
            Normalizer::Text1 => text::NORMALIZER,
        }
    }
}

/// The bytes as received.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Original {
    pub digest: Digest,
    pub media_type: MediaType,
    /// Length in bytes.
    pub size: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retrieved: Option<Timestamp>,
}

/// One thing that a page says of itself, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// What it is about: `headline`, `url`, `published`, …
    pub field: Token,
    /// Where it stands: `json-ld`, `open-graph`, `title`, …
    pub from: Token,
    /// The value as the page has it, white space as one space.
    pub value: Prose,
}

/// A link of the article.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    pub url: Url,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Line>,
    /// What the linked page is to the article: `source`, `related`, `syndicated-from`, …
    pub rel: Token,
}

/// One use of AI in making the article.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AiUse {
    /// Where in the work: `research`, `drafting`, `translation`, `images`, …
    pub stage: Token,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<Line>,
    pub description: Prose,
    /// A term of IPTC's Digital Source Type vocabulary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digital_source_type: Option<Url>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_by: Option<Line>,
}

impl Article {
    pub(super) fn references(&self) -> Vec<Reference> {
        let revises = self.revises.map(|record| Reference {
            field: "revises",
            record,
            kinds: &[Kind::Article],
        });
        revises.into_iter().collect()
    }

    pub(super) fn objects(&self) -> Vec<ObjectUse<'_>> {
        let text = ObjectUse {
            field: "text",
            digest: self.text.digest,
            media_type: &self.text.media_type,
            size: self.text.size,
        };
        let original = self.original.as_ref().map(|original| ObjectUse {
            field: "original",
            digest: original.digest,
            media_type: &original.media_type,
            size: original.size,
        });
        [text].into_iter().chain(original).collect()
    }
}
