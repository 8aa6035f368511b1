//! The search page. Without a server the page's script searches the static index; here the server answers too.

use maud::{Markup, html};

use super::frame::Frame;
use super::summary::{Summary, list};
use super::{Place, Site, SiteError};
use crate::canonical::DigestPrefix;
use crate::search::{self, Query, SearchError};
use crate::store::{Read, StoreError};

/// Claims that are shown.
const MAX_SHOWN: usize = 20;

/// What was found.
pub(super) struct Results {
    query: String,
    found: Vec<Summary>,
}

impl Results {
    /// Finds records by the beginning of a hash, else claims by their words.
    pub(super) fn look(site: &Site<'_>, query: &str) -> Result<Self, SiteError> {
        let indexes = look_up(site.store, query, MAX_SHOWN)?;
        Ok(Results {
            query: query.to_owned(),
            found: Summary::look_all(site, indexes)?,
        })
    }
}

/// Returns up to `limit` records whose hash begins so, or else those with these words, the nearest first.
///
/// # Errors
///
/// [`StoreError`] if the store can't be read.
pub fn look_up(store: &dyn Read, query: &str, limit: usize) -> Result<Vec<u64>, StoreError> {
    let digits = query.trim();
    let digits = digits.strip_prefix("sha256:").unwrap_or(digits);
    if let Ok(prefix) = digits.parse::<DigestPrefix>() {
        let found = store.find(&prefix, limit)?;
        // "deadbeef" may be meant as a word.
        if !found.is_empty() {
            return Ok(found.into_iter().map(|(_, index)| index).collect());
        }
    }
    let found = Query::parse(query).and_then(|query| search::find(store, &query, limit));
    match found {
        Ok(hits) => Ok(hits.into_iter().map(|hit| hit.index).collect()),
        Err(SearchError::NoWords | SearchError::TooLong { .. }) => Ok(Vec::new()),
        Err(SearchError::Store(error)) => Err(error),
    }
}

pub(super) fn html(frame: &Frame<'_>, results: Option<&Results>) -> String {
    let query = results.map_or("", |results| results.query.as_str());
    let main = html! {
        h1 { (frame.say("search.title")) }
        (form(frame, query))
        section #results aria-live="polite" aria-labelledby="found" {
            @if let Some(results) = results {
                h2 #found { (frame.language.count("found.one", "found.other", results.found.len() as u64)) }
                (list(frame, &results.found, "search.unknown"))
            } @else {
                noscript { p { (frame.say("search.no-script")) } }
            }
        }
    };
    frame.page(frame.say("search.title"), &main)
}

/// The page for what the ledger does not know.
pub(super) fn unknown(frame: &Frame<'_>) -> String {
    let main = html! {
        h1 { (frame.say("unknown.title")) }
        p.lead { (frame.say("search.unknown")) }
        @if let Some(digest) = frame.place.record() { p { code.hash { (digest) } } }
        (form(frame, ""))
    };
    frame.page(frame.say("unknown.title"), &main)
}

/// The field for words, a hash, or a proof file.
pub(super) fn form(frame: &Frame<'_>, query: &str) -> Markup {
    html! {
        search {
            form.search action=(frame.link(Place::Search)) method="get" {
                label for="q" { (frame.say("search.label")) }
                div.field {
                    input #q name="q" type="search" value=(query) maxlength="1000" required;
                    button type="submit" { (frame.say("search.button")) }
                }
                p.note { (frame.say("search.hint")) }
            }
        }
    }
}
