//! The search page. Without a server the page's script searches the static index; here the server answers too.

use maud::{Markup, html};

use super::frame::Frame;
use super::summary::{Summary, list};
use super::{Place, Site, SiteError};
use crate::canonical::{DigestPrefix, text};

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
        let wanted = text::normalize_quote(query);
        let digits = wanted.strip_prefix("sha256:").unwrap_or(&wanted);
        let mut indexes = Vec::new();
        if let Ok(prefix) = digits.parse::<DigestPrefix>() {
            let found = site.store.find(&prefix, MAX_SHOWN)?;
            indexes.extend(found.into_iter().map(|(_, index)| index));
        }
        // "deadbeef" may be meant as a word.
        if indexes.is_empty() {
            indexes = site.store.claims_with_words(&wanted, MAX_SHOWN)?;
        }
        Ok(Results {
            query: query.to_owned(),
            found: Summary::look_all(site, indexes)?,
        })
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
