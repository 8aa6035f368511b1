//! The page of an article: what was recorded of it, and the claims in it. Its text only where it is given out.

use maud::{Markup, html};

use super::claim::{self, actions, checking, signers, standing_section};
use super::frame::Frame;
use super::summary::{Summary, list};
use super::timeline::timeline;
use super::{Site, SiteError, Texts, part, proof_path};
use crate::bundle::Standing;
use crate::canonical::{Digest, text::ArticleText};
use crate::record::{Article, Claim, Content, Kind, Language};
use crate::rules::{Facts, State};

/// Claims of one article that are listed, at most.
const MAX_CLAIMS: usize = 1000;

/// An article, its claims, and its text where it is given out.
pub(super) struct ArticleView {
    standing: Standing,
    claims: Vec<Summary>,
    more: More,
    text: Option<Marked>,
}

/// Claims that are not listed.
#[derive(Default)]
struct More {
    number: u64,
    retracted: u64,
    corrected: u64,
}

/// A text with the places of its claims.
struct Marked {
    text: ArticleText,
    /// Places that do not overlap, in order: from, to, and which of the claims.
    places: Vec<(u64, u64, usize)>,
}

impl ArticleView {
    pub(super) fn look(site: &Site<'_>, digest: Digest) -> Result<Option<Self>, SiteError> {
        let standing = site.standing(&digest)?;
        let Some(standing) =
            standing.filter(|standing| standing.record.kind == Kind::Article.as_str())
        else {
            return Ok(None);
        };
        let appearing = site.store.references_in(&digest, "appearances.article")?;
        let (listed, rest) = appearing.split_at(appearing.len().min(MAX_CLAIMS));
        let claims = Summary::look_all(site, listed.iter().copied())?;
        let more = More::count(site, rest)?;
        let text = match (site.texts, part::content(&standing.record)) {
            (Texts::All, Some(Content::Article(article))) => {
                Marked::look(site, article, digest, &claims)?
            }
            _ => None,
        };
        Ok(Some(ArticleView {
            standing,
            claims,
            more,
            text,
        }))
    }

    fn article(&self) -> Option<&Article> {
        match part::content(&self.standing.record) {
            Some(Content::Article(article)) => Some(article),
            _ => None,
        }
    }

    pub(super) fn html(&self, frame: &Frame<'_>) -> String {
        let standing = &self.standing;
        let title = self
            .article()
            .map_or(frame.say("article.erased-title"), |article| {
                article.headline.as_str()
            });
        let main = html! {
            article.subject data-hash=(standing.record.digest) data-proof=(frame.to(&proof_path(&standing.record.digest))) {
                p.kicker { (frame.say("article")) }
                @match self.article() {
                    Some(article) => { (about(frame, article)) },
                    None => { h1 { (frame.say("article.erased-title")) } (part::erased(frame)) },
                }
                (standing_section(frame, standing))
                section aria-labelledby="claims" {
                    h2 #claims { (frame.say("article.claims")) }
                    (list(frame, &self.claims, "article.no-claims"))
                    @if self.more.number > 0 { p { (self.more.in_words(frame)) } }
                }
                @if let (Some(text), Some(article)) = (&self.text, self.article()) { (text.html(frame, article, &self.claims)) }
                section aria-labelledby="timeline" { h2 #timeline { (frame.say("timeline.title")) } (timeline(frame, standing)) }
                (signers(frame, standing))
                (checking(frame, standing))
                (actions(frame, standing))
            }
        };
        frame.page(title, &main)
    }
}

fn about(frame: &Frame<'_>, article: &Article) -> Markup {
    html! {
        h1 { (part::signed(article.headline.as_str(), article.language.as_ref())) }
        p.speaker {
            @if let Some(publisher) = &article.publisher { bdi { (publisher.name) } " · " }
            @for author in &article.authors { bdi { (author) } " · " }
            (part::dated(frame, "published", "published.unknown", &article.published.to_string()))
            @if let Some(url) = &article.url { " · " (part::outside(url, frame.say("live-page"))) }
        }
        dl.pins {
            div { dt { (frame.say("article.text")) } dd { (part::hash(&article.text.digest)) " (" (frame.language.fill("bytes", &[("n", &article.text.size.to_string())])) ")" } }
            @if let Some(original) = &article.original {
                div { dt { (frame.say("article.original")) } dd { (part::hash(&original.digest)) " (" (frame.language.fill("bytes", &[("n", &original.size.to_string())])) ")" } }
            }
        }
        @for ai_use in &article.ai_use {
            (claim::ai_use(frame, ai_use))
        }
        @if let Some(note) = &article.note { p dir="auto" { (note) } }
    }
}

impl More {
    /// Counts claims of which only the states are looked up.
    fn count(site: &Site<'_>, indexes: &[u64]) -> Result<Self, SiteError> {
        let mut more = More::default();
        for index in indexes.iter().filter(|index| **index < site.size) {
            let Some(stored) = site.store.entries(*index, 1)?.pop() else {
                continue;
            };
            let subject = (&site.store).subject(&stored.record)?;
            more.number += 1;
            match subject.map(|subject| subject.state()) {
                Some(State::Retracted) => more.retracted += 1,
                Some(State::Corrected) => more.corrected += 1,
                _ => {}
            }
        }
        Ok(more)
    }

    fn in_words(&self, frame: &Frame<'_>) -> String {
        let values = [
            ("n", self.number.to_string()),
            ("retracted", self.retracted.to_string()),
            ("corrected", self.corrected.to_string()),
        ];
        let values = values
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        frame.language.fill("article.more", &values)
    }
}

impl Marked {
    fn look(
        site: &Site<'_>,
        article: &Article,
        digest: Digest,
        claims: &[Summary],
    ) -> Result<Option<Self>, SiteError> {
        let object = site.store.object(&article.text.digest)?;
        let Some(bytes) = object.bytes_of(&article.text.digest)? else {
            return Ok(None);
        };
        let Ok(text) = ArticleText::from_object(bytes.to_owned()) else {
            return Ok(None);
        };
        let mut places = Vec::new();
        for (place, summary) in claims.iter().enumerate() {
            let stored = site.store.entries(summary.index, 1)?;
            let content = stored
                .first()
                .map(super::summary::content)
                .transpose()?
                .flatten();
            if let Some(Content::Claim(Claim { appearances, .. })) = content {
                let here = appearances.iter().filter(|one| one.article == digest);
                places.extend(here.map(|one| (one.start, one.end, place)));
            }
        }
        places.sort_unstable();
        let mut end = 0;
        // Where claims overlap, the first is marked; both stand in the list above.
        places.retain(|(from, to, _)| {
            let is_free = *from >= end;
            end = if is_free { *to } else { end };
            is_free
        });
        Ok(Some(Marked { text, places }))
    }

    fn html(&self, frame: &Frame<'_>, article: &Article, claims: &[Summary]) -> Markup {
        let slice = |from, to| self.text.slice(from..to).unwrap_or_default();
        let mut at = 0;
        let mut pieces = Vec::new();
        for (from, to, place) in &self.places {
            pieces.push((slice(at, *from), None));
            pieces.push((slice(*from, *to), claims.get(*place)));
            at = *to;
        }
        let len = self.text.as_str().chars().count() as u64;
        pieces.push((slice(at, len), None));
        html! {
            section aria-labelledby="text" {
                h2 #text { (frame.say("article.text")) }
                div.article-text dir="auto" lang=[article.language.as_ref().map(Language::as_str)] {
                    @for (text, claim) in pieces {
                        @match claim {
                            Some(claim) => {
                                mark class={ "mark-" (claim.state) } {
                                    a href=(frame.link(claim.place())) { (text) }
                                    span.mark-state lang=(frame.language.tag()) { " [" (frame.language.word("state", claim.state.as_str())) "] " }
                                }
                            },
                            None => { (text) },
                        }
                    }
                }
            }
        }
    }
}
