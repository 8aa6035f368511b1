//! `claim`: something that somebody said, and where it stands in an article.

use serde::{Deserialize, Serialize};

use super::field::non_empty;
use super::source::Stance;
use super::vocabulary::vocabulary;
use super::{FieldError, Kind, Language, Line, Prose, Reference, Url};
use crate::canonical::{Date, Digest};

/// Longest context of an anchor on either side, in Unicode code points.
pub const MAX_CONTEXT: usize = 32;

/// What was said, by whom, through whose hands, and in which places.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The claim in its own words: for a quote, the first appearance's.
    pub text: Prose,
    pub kind: ClaimKind,
    pub checkability: Checkability,
    pub speaker: Speaker,
    /// The chain of hands, from nearest the speaker outward, as the text gives it.
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "non_empty"
    )]
    pub via: Vec<Hop>,
    pub said: Date,
    #[serde(deserialize_with = "non_empty")]
    pub appearances: Vec<Appearance>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translation: Option<Translation>,
    #[serde(
        default,
        skip_serializing_if = "Vec::is_empty",
        deserialize_with = "non_empty"
    )]
    pub sources: Vec<SourceLink>,
}

vocabulary! {
    /// How the text presents the claim.
    ClaimKind {
        DirectQuote = "direct-quote",
        IndirectSpeech = "indirect-speech",
        Assertion = "assertion",
    }
}

vocabulary! {
    /// Whether the claim is one that can be checked at all.
    Checkability {
        Checkable = "checkable",
        Opinion = "opinion",
        Prediction = "prediction",
        Satire = "satire",
        Advertising = "advertising",
        /// Page furniture: a breadcrumb, a printed flag.
        Boilerplate = "boilerplate",
    }
}

/// Who said it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Speaker {
    pub name: Line,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Line>,
    /// An address that identifies the speaker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<Url>,
}

/// One pair of hands through which the words came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hop {
    pub name: Line,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Url>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Digest>,
}

/// A place of the claim in an article: a W3C TextQuoteSelector and TextPositionSelector in one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "AppearanceMembers")]
pub struct Appearance {
    pub article: Digest,
    /// The words, as they stand in the article's text.
    pub exact: String,
    /// The text before and after, up to [`MAX_CONTEXT`] code points each; empty at the text's ends.
    pub prefix: String,
    pub suffix: String,
    /// Where the words stand, in code points of the article's text: `start` inclusive, `end` exclusive.
    pub start: u64,
    pub end: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppearanceMembers {
    article: Digest,
    exact: String,
    prefix: String,
    suffix: String,
    start: u64,
    end: u64,
}

impl TryFrom<AppearanceMembers> for Appearance {
    type Error = FieldError;

    fn try_from(members: AppearanceMembers) -> Result<Self, FieldError> {
        let AppearanceMembers {
            article,
            exact,
            prefix,
            suffix,
            start,
            end,
        } = members;
        let len = exact.chars().count() as u64;
        if len == 0 || start.checked_add(len) != Some(end) {
            return Err(FieldError::new(
                format!("`exact` to have end - start code points ({start} to {end})"),
                &exact,
            ));
        }
        for context in [&prefix, &suffix] {
            if context.chars().count() > MAX_CONTEXT {
                return Err(FieldError::new(
                    format!("at most {MAX_CONTEXT} code points of context"),
                    context,
                ));
            }
        }
        Ok(Appearance {
            article,
            exact,
            prefix,
            suffix,
            start,
            end,
        })
    }
}

/// The claim in another language, for readers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Translation {
    pub text: Prose,
    pub language: Language,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub translator: Option<Line>,
}

/// A source that the claim itself rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceLink {
    pub source: Digest,
    pub stance: Stance,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Prose>,
}

impl Claim {
    pub(super) fn references(&self) -> Vec<Reference> {
        let articles = self.appearances.iter().map(|appearance| Reference {
            field: "appearances.article",
            record: appearance.article,
            kinds: &[Kind::Article],
        });
        let hops = self.via.iter().filter_map(|hop| {
            hop.source.map(|record| Reference {
                field: "via.source",
                record,
                kinds: &[Kind::Source],
            })
        });
        let sources = self.sources.iter().map(|link| Reference {
            field: "sources.source",
            record: link.source,
            kinds: &[Kind::Source],
        });
        articles.chain(hops).chain(sources).collect()
    }
}
