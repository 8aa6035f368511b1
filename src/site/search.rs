//! The search page. Without a server the page's script searches the static index; here the server answers too.

use maud::{Markup, html};

use super::frame::Frame;
use super::summary::{Summary, list_with};
use super::{Place, Site, SiteError};
use crate::canonical::DigestPrefix;
use crate::search::{self, Change, Hit, Matched, Query, SearchError};
use crate::store::{Read, StoreError};

/// Claims that are shown.
const MAX_SHOWN: usize = 20;

/// What was found.
pub(super) struct Results {
    query: String,
    found: Vec<(Summary, Option<Hit>)>,
}

/// A record that was found.
pub struct Found {
    pub index: u64,
    /// How it answers to the words that were looked for; absent if its hash begins so.
    pub hit: Option<Hit>,
}

impl Results {
    /// Finds records by the beginning of a hash, else claims by their words.
    pub(super) fn look(site: &Site<'_>, query: &str) -> Result<Self, SiteError> {
        let mut found = Vec::new();
        for one in look_up(site.store, query, MAX_SHOWN)? {
            let summary = Summary::look(site, one.index)?;
            found.extend(summary.map(|summary| (summary, one.hit)));
        }
        Ok(Results {
            query: query.to_owned(),
            found,
        })
    }

    /// Says how many were found, or that none of them is what was looked for.
    fn title(&self, frame: &Frame<'_>) -> String {
        let is_meant = |hit: &Option<Hit>| hit.as_ref().is_none_or(|hit| hit.matched.has_all());
        let none_is_meant = !self.found.iter().any(|(_, hit)| is_meant(hit));
        let (one, other) = match none_is_meant && !self.found.is_empty() {
            false => ("found.one", "found.other"),
            true => ("found-similar.one", "found-similar.other"),
        };
        frame.language.count(one, other, self.found.len() as u64)
    }
}

/// Returns up to `limit` records whose hash begins so, or else those with these words, the nearest first.
///
/// # Errors
///
/// [`StoreError`] if the store can't be read.
pub fn look_up(store: &dyn Read, query: &str, limit: usize) -> Result<Vec<Found>, StoreError> {
    let digits = query.trim();
    let digits = digits.strip_prefix("sha256:").unwrap_or(digits);
    if let Ok(prefix) = digits.parse::<DigestPrefix>() {
        let found = store.find(&prefix, limit)?;
        // "deadbeef" may be meant as a word.
        if !found.is_empty() {
            let found = found.into_iter();
            return Ok(found.map(|(_, index)| Found { index, hit: None }).collect());
        }
    }
    let found = Query::parse(query).and_then(|query| search::find(store, &query, limit));
    match found {
        Ok(hits) => Ok((hits.into_iter())
            .map(|hit| Found {
                index: hit.index,
                hit: Some(hit),
            })
            .collect()),
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
                h2 #found { (results.title(frame)) }
                (list_with(frame, results.found.iter().map(|(one, hit)| (one, likeness(frame, hit.as_ref()))), "search.unknown"))
            } @else {
                noscript { p { (frame.say("search.no-script")) } }
            }
        }
    };
    frame.page(frame.say("search.title"), &main)
}

/// Shows how recorded words answer to those looked for, and what differs.
fn likeness(frame: &Frame<'_>, hit: Option<&Hit>) -> Markup {
    let Some(hit) = hit else {
        return html! {};
    };
    let is_same = |change: &Change| matches!(change, Change::Same(_));
    html! {
        p.matched { (how(frame, hit.matched)) }
        @if !hit.difference.iter().all(is_same) {
            p.note { (frame.say("search.differs")) }
            p.difference dir="auto" {
                @for change in &hit.difference {
                    @match change {
                        Change::Same(words) => { (words) },
                        Change::Missing(recorded) => { del { (recorded) } },
                        Change::Added(searched) => { ins { (searched) } },
                        Change::Instead { recorded, searched } => { del { (recorded) } " " ins { (searched) } },
                    }
                    " "
                }
            }
        }
    }
}

fn how(frame: &Frame<'_>, matched: Matched) -> String {
    let language = frame.language;
    let of = |name, count: (&str, usize), of: usize| {
        let values = [(count.0, &*count.1.to_string()), ("of", &*of.to_string())];
        language.fill(name, &values)
    };
    match matched {
        Matched::Exact => language.say("matched.exact").to_owned(),
        Matched::SameWords => language.say("matched.same-words").to_owned(),
        Matched::Fragment => language.say("matched.fragment").to_owned(),
        Matched::Elided => language.say("matched.elided").to_owned(),
        Matched::Within => language.say("matched.within").to_owned(),
        Matched::Similar { differing: 0, .. } => language.say("matched.lookalikes").to_owned(),
        Matched::Similar {
            differing: 1,
            of: n,
        } => of("matched.similar.one", ("n", 1), n),
        Matched::Similar { differing, of: n } => of("matched.similar.other", ("n", differing), n),
        Matched::SomeWords { shared, of: n } => of("matched.some-words", ("shared", shared), n),
    }
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
