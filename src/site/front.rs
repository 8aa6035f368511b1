//! The front page: what this ledger is, a search, and what was decided last.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::frame::Frame;
use super::summary::{Summary, content, list};
use super::{Site, SiteError, search};
use crate::canonical::Digest;
use crate::record::{Content, Kind};
use crate::rules::Facts;
use crate::store::each_entry;

/// Decisions that are shown.
const MAX_SHOWN: usize = 10;

/// Entries that are looked through for them, from the last backwards.
const MAX_LOOKED_AT: u64 = 2048;

/// Entries that are looked through at a time.
const CHUNK: u64 = 128;

/// What was decided last, the newest first.
pub(super) struct Front {
    latest: Vec<Summary>,
}

impl Front {
    pub(super) fn look(site: &Site<'_>) -> Result<Self, SiteError> {
        let mut seen = BTreeSet::new();
        let mut latest = Vec::new();
        let mut end = site.size;
        let least = site.size.saturating_sub(MAX_LOOKED_AT);
        while end > least && latest.len() < MAX_SHOWN {
            let start = end.saturating_sub(CHUNK).max(least);
            let mut decided = Vec::new();
            for stored in each_entry(site.store, start..end) {
                decided.extend(decides(site, content(&stored?)?.as_ref())?);
            }
            for subject in decided.into_iter().rev() {
                if latest.len() < MAX_SHOWN
                    && seen.insert(subject)
                    && let Some(index) = site.store.index_of(&subject)?
                {
                    latest
                        .extend(Summary::look(site, index)?.filter(|one| one.kind == Kind::Claim));
                }
            }
            end = start;
        }
        Ok(Front { latest })
    }

    pub(super) fn html(&self, frame: &Frame<'_>) -> String {
        let site = frame.site;
        let main = html! {
            h1 { (frame.say("front.title")) }
            p.lead { (frame.language.fill("front.lead", &[("name", site.ledger.name.as_str())])) }
            (search::form(frame, ""))
            section aria-labelledby="latest" {
                h2 #latest { (frame.say("front.latest")) }
                (list(frame, &self.latest, "front.none"))
                @if self.latest.len() < MAX_SHOWN && site.size > MAX_LOOKED_AT {
                    p.note { (frame.language.fill("front.lately", &[("n", &MAX_LOOKED_AT.to_string())])) }
                }
            }
            (about(frame))
        };
        frame.page(site.ledger.name.as_str(), &main)
    }
}

/// Returns what a record decides upon: nothing if it decides nothing.
fn decides(site: &Site<'_>, content: Option<&Content>) -> Result<Option<Digest>, SiteError> {
    Ok(match content {
        Some(Content::Review(review)) => Some(review.subject),
        Some(Content::Correction(correction)) => Some(correction.subject),
        Some(Content::Approval(approval)) => {
            let review = (&site.store).subject(&approval.review)?;
            review
                .and_then(|review| review.review)
                .map(|review| review.subject)
        }
        _ => None,
    })
}

/// The ledger itself: how large, under which key, as of when.
fn about(frame: &Frame<'_>) -> Markup {
    let site = frame.site;
    html! {
        section aria-labelledby="about" {
            h2 #about { (frame.say("front.about")) }
            dl.pins {
                div { dt { (frame.say("origin")) } dd { code { (site.ledger.origin) } } }
                div { dt { (frame.say("size")) } dd { (frame.language.fill("size.is", &[("size", &site.size.to_string())])) } }
                div { dt { (frame.say("root")) } dd { code.hash { (site.root) } } }
                div { dt { (frame.say("log-key")) } dd { code.hash { (site.ledger.log_key) } p.note { (frame.say("log-key.own")) } } }
            }
            p { (frame.say("front.files")) " " a href=(frame.to("checkpoint")) { code { "checkpoint" } } }
        }
    }
}
