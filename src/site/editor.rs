//! The page of an editor: whose key it is, in which role, from when to when, and what it signed lately.

use maud::html;

use super::frame::Frame;
use super::summary::{Summary, content, list_with};
use super::{Place, Site, SiteError, doubt, part};
use crate::canonical::Timestamp;
use crate::log::Entry;
use crate::record::{Content, Revocation};
use crate::rules::{Facts, SignerFacts};
use crate::sign::Did;
use crate::store::each_entry;

/// Entries that are looked through for what the key signed, from the last backwards.
const MAX_LOOKED_AT: u64 = 1024;

/// Records that are shown.
const MAX_SHOWN: usize = 20;

/// A key and what is known of it.
pub(super) struct EditorView {
    did: Did,
    facts: SignerFacts,
    signed: Vec<Summary>,
    /// The holder's next key, if it was replaced.
    replaced_by: Option<Did>,
    /// When it was enrolled and revoked.
    times: [Option<Timestamp>; 2],
    revocation: Option<Revocation>,
}

impl EditorView {
    pub(super) fn look(site: &Site<'_>, did: Did) -> Result<Option<Self>, SiteError> {
        let mut signers = (&site.store).signers()?;
        let replaced_by = signers
            .iter()
            .find(|(_, facts)| facts.replaces == Some(did));
        let replaced_by = replaced_by.map(|(did, _)| *did);
        let Some(facts) = signers.remove(&did) else {
            return Ok(None);
        };
        let mut revocation = None;
        let mut times = [None, None];
        for (time, index) in times.iter_mut().zip([Some(facts.enrolled), facts.revoked]) {
            if let Some(index) = index {
                let stored = site.store.entries(index, 1)?;
                let entry = stored
                    .first()
                    .and_then(|stored| Entry::parse(&stored.bytes).ok());
                *time = entry.map(|entry| entry.recorded);
                if let Some(Content::Revocation(found)) =
                    stored.first().map(content).transpose()?.flatten()
                {
                    revocation = Some(found);
                }
            }
        }
        let from = site.size.saturating_sub(MAX_LOOKED_AT);
        let mut indexes = Vec::new();
        for stored in each_entry(site.store, from..site.size) {
            let stored = stored?;
            if Entry::parse(&stored.bytes).is_ok_and(|entry| entry.proof.key == did) {
                indexes.push(stored.index);
            }
        }
        let mut signed = Vec::new();
        for index in indexes.into_iter().rev() {
            signed.extend(Summary::look(site, index)?);
            if signed.len() == MAX_SHOWN {
                break;
            }
        }
        Ok(Some(EditorView {
            did,
            facts,
            signed,
            replaced_by,
            times,
            revocation,
        }))
    }

    pub(super) fn html(&self, frame: &Frame<'_>) -> String {
        let facts = &self.facts;
        let revocation = self.revocation.as_ref();
        let doubted = revocation.filter(|revocation| revocation.distrust_from.is_some());
        let name = facts
            .holder
            .as_ref()
            .map_or(frame.say("signer.unnamed"), |holder| holder.as_str());
        let signed = self.signed.iter().map(|one| {
            let doubted = doubted.filter(|revocation| revocation.doubts(one.index));
            let mark = doubted.map(|revocation| doubt::in_doubt(frame, revocation, one.index));
            (one, html! { @if let Some(mark) = mark { p { (mark) } } })
        });
        let main = html! {
            p.kicker { (frame.language.word("role", facts.role.as_str())) }
            h1 { bdi { (name) } }
            dl.pins {
                div { dt { (frame.say("editor.key")) } dd { code.hash { (self.did) } } }
                div { dt { (frame.say("editor.enrolled")) } dd { (frame.language.fill("entry", &[("index", &facts.enrolled.to_string())])) @if let Some(time) = self.times[0] { ", " (part::time(&time.to_string())) } } }
                div {
                    dt { (frame.say("editor.revoked")) }
                    dd { @match facts.revoked {
                        Some(index) => {
                            strong { (frame.language.fill("entry", &[("index", &index.to_string())])) }
                            @if let Some(time) = self.times[1] { ", " (part::time(&time.to_string())) }
                            @if let Some(revocation) = &self.revocation { ", " (frame.language.word("revocation", revocation.reason.as_str())) }
                        },
                        None => { (frame.say("editor.not-revoked")) },
                    } }
                }
                @if let Some(before) = &facts.replaces {
                    div { dt { (frame.say("editor.before")) } dd { a href=(frame.link(Place::Editor(*before))) { code.hash { (before) } } } }
                }
                @if let Some(after) = &self.replaced_by {
                    div { dt { (frame.say("editor.after")) } dd { a href=(frame.link(Place::Editor(*after))) { code.hash { (after) } } } }
                }
            }
            p.note { (frame.say("editor.note")) @if doubted.is_none() { " " (frame.say("editor.stays-valid")) } }
            @if let Some(revocation) = doubted { (doubt::from(frame, revocation)) }
            section aria-labelledby="signed" {
                h2 #signed { (frame.say("editor.signed")) }
                (list_with(frame, signed, "editor.none"))
                @if frame.site.size > MAX_LOOKED_AT {
                    p.note { (frame.language.fill("editor.lately", &[("n", &MAX_LOOKED_AT.to_string())])) }
                }
            }
        };
        frame.page(name, &main)
    }
}
