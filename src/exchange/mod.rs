//! Foreign formats, one file each, with a report of what was lost.
//!
//! An export is made of [`Holdings`], which were read from a ledger; an import gives foreign statements, which an editor
//! records. What another format can't say, or says otherwise, is a [`Loss`], never a silence. Nothing here reads or writes
//! files. Follows `docs/spec/exchange.md`.

mod annotation;
mod claim_review;
mod evidence_pack;
mod feed;
mod foreign_json;
mod holdings;
mod loss;
mod news_article;
mod ninjs;
mod page;
mod prov;
mod rating;
mod table;
mod web;

use serde_json::Value;

use crate::canonical::{ArticleText, Digest};
use crate::record::vocabulary::vocabulary;
use crate::record::{Foreign, Url};
use crate::store::StoreError;

pub use holdings::{Held, Holdings};
pub use loss::{Fate, Loss};

/// Longest file that is imported, in bytes.
pub const MAX_IMPORT_LEN: usize = 16 << 20;

/// Most statements of one file.
pub const MAX_STATEMENTS: usize = 1_000;

vocabulary! {
    /// A format that is written.
    Format {
        ClaimReview = "claim-review",
        NewsArticle = "news-article",
        WebAnnotation = "web-annotation",
        Prov = "prov",
        Ninjs = "ninjs",
        Atom = "atom",
        JsonFeed = "json-feed",
        Csv = "csv",
        JsonLines = "json-lines",
        EvidencePack = "evidence-pack",
    }
}

/// What is held, in another format, and what that does not say.
#[derive(Clone, Debug)]
pub struct Export {
    pub body: Body,
    pub losses: Vec<Loss>,
}

impl Export {
    /// One file of JSON, laid out for people.
    fn json(document: &Value, losses: Vec<Loss>) -> Self {
        Export {
            body: Body::File(format!("{document:#}\n").into_bytes()),
            losses,
        }
    }
}

/// What was written.
#[derive(Clone, Debug)]
pub enum Body {
    File(Vec<u8>),
    /// Files by their names.
    Folder(Vec<(&'static str, Vec<u8>)>),
}

/// Writes what is held in another format. `base` is the address under which the ledger's pages are published.
pub fn export(format: Format, holdings: &Holdings, base: Option<&Url>) -> Export {
    let web = web::Web::new(base);
    let mut export = match format {
        Format::ClaimReview => claim_review::export(holdings, &web),
        Format::NewsArticle => news_article::export(holdings, &web),
        Format::WebAnnotation => annotation::export(holdings, &web),
        Format::Prov => prov::export(holdings),
        Format::Ninjs => ninjs::export(holdings, &web),
        Format::Atom => feed::atom(holdings, &web),
        Format::JsonFeed => feed::json_feed(holdings, &web),
        Format::Csv => table::csv(holdings),
        Format::JsonLines => table::json_lines(holdings),
        Format::EvidencePack => evidence_pack::export(holdings),
    };
    export.losses.extend(holdings.loss());
    export.losses.extend(nothing_to_say(format, holdings));
    export
}

/// Tells of what was asked for that the format has no place for all of it.
fn nothing_to_say(format: Format, holdings: &Holdings) -> Option<Loss> {
    let asked = holdings.asked()?;
    let (is_empty, whole) = match format {
        Format::NewsArticle | Format::Ninjs => (holdings.articles().next().is_none(), "an article"),
        Format::Prov | Format::EvidencePack => return None,
        _ => (holdings.claims().is_empty(), "a claim"),
    };
    let why = format!("{format} is of {whole}, and here is none");
    is_empty.then(|| Loss::new(Fate::Dropped, asked, "all", why))
}

/// What others state, as it was read from a file.
#[derive(Clone, Debug)]
pub struct Import {
    /// The name of the format that was recognised.
    pub format: Format,
    pub statements: Vec<Foreign>,
    pub losses: Vec<Loss>,
}

/// Why a file was not imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("expected a file of at most {MAX_IMPORT_LEN} bytes, found {len}")]
    TooLong { len: usize },
    #[error("expected text in UTF-8, found other bytes from byte {offset}")]
    NotUtf8 { offset: usize },
    #[error("expected JSON or an HTML page, found {found} at line {line}, column {column}")]
    NotJson {
        found: &'static str,
        line: usize,
        column: usize,
    },
    #[error(
        "expected ClaimReview or Web Annotation, found neither{}",
        described(losses)
    )]
    Unrecognised { losses: Vec<Loss> },
    #[error("expected at most {MAX_STATEMENTS} statements, found more")]
    TooMany,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an import asks of the ledger into which it goes.
pub trait Library {
    /// Tells whether the ledger has a claim or an article with this digest that was not erased.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the ledger can't be read; so for both.
    fn has_subject(&self, digest: &Digest) -> Result<bool, StoreError>;

    /// Returns the articles that were published at an address, or whose record has this hash, with their texts.
    fn articles(&self, source: &str) -> Result<Vec<(Digest, ArticleText)>, StoreError>;
}

/// Reads what others state: JSON, or a page with JSON-LD in it.
///
/// # Errors
///
/// [`ImportError`] if the file is too long, no JSON, or of no format that is known here. What is wrong with one statement
/// of several is a loss.
pub fn import(bytes: &[u8], library: &dyn Library) -> Result<Import, ImportError> {
    let (documents, losses) = foreign_json::read(bytes)?;
    let import = match claim_review::import(&documents, library)? {
        Some(import) => Some(import),
        None => annotation::import(&documents, library)?,
    };
    match import {
        Some(mut import) => {
            import.losses.extend(losses);
            Ok(import)
        }
        None => Err(ImportError::Unrecognised { losses }),
    }
}

fn described(losses: &[Loss]) -> String {
    losses.iter().map(|loss| format!("; {loss}")).collect()
}
