//! The page of a source: what it is, its snapshot, what it repeats, and what was checked against it.

use maud::html;

use super::claim::{actions, checking, signers, standing_section};
use super::frame::Frame;
use super::summary::{Summary, list};
use super::timeline::timeline;
use super::{Site, SiteError, doubt, part, proof_path};
use crate::bundle::Standing;
use crate::canonical::Digest;
use crate::record::{Content, Kind, Source};

/// Fields in which a claim names a source.
const USES: [&str; 2] = ["sources.source", "via.source"];

/// Records of one source that are listed, at most.
const MAX_USES: usize = 200;

/// A source, and the claims that rest on it.
pub(super) struct SourceView {
    standing: Standing,
    claims: Vec<Summary>,
}

impl SourceView {
    pub(super) fn look(site: &Site<'_>, digest: Digest) -> Result<Option<Self>, SiteError> {
        let standing = site.standing(&digest)?;
        let Some(standing) =
            standing.filter(|standing| standing.record.kind == Kind::Source.as_str())
        else {
            return Ok(None);
        };
        let mut indexes = Vec::new();
        for field in USES {
            indexes.extend(site.store.references_in(&digest, field)?);
        }
        // A review names the claim that it checks against the source.
        for index in site
            .store
            .references_in(&digest, "evidence.source")?
            .into_iter()
            .take(MAX_USES)
        {
            let stored = site.store.entries(index, 1)?;
            if let Some(Content::Review(review)) = stored
                .first()
                .map(super::summary::content)
                .transpose()?
                .flatten()
            {
                indexes.extend(site.store.index_of(&review.subject)?);
            }
        }
        indexes.sort_unstable();
        indexes.dedup();
        indexes.truncate(MAX_USES);
        Ok(Some(SourceView {
            claims: Summary::look_all(site, indexes)?,
            standing,
        }))
    }

    fn source(&self) -> Option<&Source> {
        match part::content(&self.standing.record) {
            Some(Content::Source(source)) => Some(source),
            _ => None,
        }
    }

    pub(super) fn html(&self, frame: &Frame<'_>) -> String {
        let standing = &self.standing;
        let title = self
            .source()
            .map_or(frame.say("source.erased-title"), |source| {
                source.title.as_str()
            });
        let main = html! {
            article.subject data-hash=(standing.record.digest) data-proof=(frame.to(&proof_path(&standing.record.digest))) {
                p.kicker {
                    (frame.say("source"))
                    @if let Some(source) = self.source() { " · " (frame.language.word("level", source.level.as_str())) }
                }
                h1 { @if let Some(source) = self.source() { (part::signed(source.title.as_str(), None)) } @else { (title) } }
                @match self.source() {
                    Some(source) => {
                        p.speaker {
                            @if let Some(publisher) = &source.publisher { bdi { (publisher.name) } " · " }
                            @for author in &source.authors { bdi { (author) } " · " }
                            (part::dated(frame, "published", "published.unknown", &source.published.to_string()))
                            @if let Some(url) = &source.url { " · " (part::outside(url, frame.say("live-page"))) }
                            @for url in &source.archives { " · " (part::outside(url, frame.say("source.archive"))) }
                        }
                        dl.pins {
                            div {
                                dt { (frame.say("source.snapshot")) }
                                dd { @match &source.snapshot {
                                    Some(snapshot) => { (part::hash(&snapshot.digest)) },
                                    None => { (frame.say("source.no-snapshot")) },
                                } }
                            }
                            @if !source.derived_from.is_empty() {
                                div {
                                    dt { (frame.say("source.repeats")) }
                                    dd { @for other in &source.derived_from {
                                        p { (part::linked(frame, standing, other)) }
                                        (doubt::retracted(frame, standing, other))
                                    } }
                                }
                            }
                        }
                    },
                    None => { (part::erased(frame)) },
                }
                (standing_section(frame, standing))
                section aria-labelledby="claims" {
                    h2 #claims { (frame.say("source.claims")) }
                    (list(frame, &self.claims, "source.no-claims"))
                }
                section aria-labelledby="timeline" { h2 #timeline { (frame.say("timeline.title")) } (timeline(frame, standing)) }
                (signers(frame, standing))
                (checking(frame, standing))
                (actions(frame, standing))
            }
        };
        frame.page(title, &main)
    }
}
