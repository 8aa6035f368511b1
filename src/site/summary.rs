//! A record in one line, for lists: what it says, where it stands.

use maud::{Markup, html};

use super::frame::Frame;
use super::{Place, Site, SiteError, part};
use crate::canonical::Digest;
use crate::record::{Content, Kind, Language, Review};
use crate::rules::{Facts, State};
use crate::store::{StoreError, StoredEntry};

/// Most characters of a claim in a list.
const MAX_TEXT: usize = 240;

/// A claim, an article or a source, in short.
#[derive(Clone, Debug)]
pub struct Summary {
    pub digest: Digest,
    pub index: u64,
    pub kind: Kind,
    /// The words, the headline or the title; absent if they were erased.
    pub text: Option<String>,
    pub language: Option<Language>,
    /// Who said it, if it is a claim.
    pub speaker: Option<String>,
    pub state: State,
    /// The review that stands.
    pub review: Option<Review>,
}

impl Summary {
    /// Looks up the record at an index: nothing if it is of a kind that has no page.
    pub(super) fn look(site: &Site<'_>, index: u64) -> Result<Option<Self>, SiteError> {
        let stored = site.store.entries(index, 1)?;
        let Some(stored) = stored.first().filter(|stored| stored.index == index) else {
            return Ok(None);
        };
        Self::of(site, stored)
    }

    fn of(site: &Site<'_>, stored: &StoredEntry) -> Result<Option<Self>, SiteError> {
        let Some(subject) = (&site.store).subject(&stored.record)? else {
            return Ok(None);
        };
        if Place::of(subject.kind, stored.record).is_none() || stored.index >= site.size {
            return Ok(None);
        }
        let content = content(stored)?;
        let (text, language, speaker) = match &content {
            Some(Content::Claim(claim)) => (
                Some(part::excerpt(claim.text.as_str(), MAX_TEXT)),
                claim.language.clone(),
                Some(claim.speaker.name.to_string()),
            ),
            Some(Content::Article(article)) => (
                Some(article.headline.to_string()),
                article.language.clone(),
                None,
            ),
            Some(Content::Source(source)) => (Some(source.title.to_string()), None, None),
            _ => (None, None, None),
        };
        let decided = match subject.decided_review {
            Some(index) => site.store.entries(index, 1)?.pop(),
            None => None,
        };
        let review = match decided.as_ref().map(self::content).transpose()?.flatten() {
            Some(Content::Review(review)) => Some(review),
            _ => None,
        };
        Ok(Some(Summary {
            digest: stored.record,
            index: stored.index,
            kind: subject.kind,
            text,
            language,
            speaker,
            state: subject.state(),
            review,
        }))
    }

    /// Looks up several, and leaves out what has no page.
    pub(super) fn look_all(
        site: &Site<'_>,
        indexes: impl IntoIterator<Item = u64>,
    ) -> Result<Vec<Self>, SiteError> {
        let mut found = Vec::new();
        for index in indexes {
            found.extend(Self::look(site, index)?);
        }
        Ok(found)
    }

    pub(super) fn place(&self) -> Place {
        Place::of(self.kind, self.digest).unwrap_or(Place::Front)
    }

    /// Shows it as a list's member, and what is to be said of it there.
    fn html(&self, frame: &Frame<'_>, more: &Markup) -> Markup {
        html! {
            li.summary {
                p.summary-text {
                    a href=(frame.link(self.place())) {
                        @match &self.text {
                            Some(text) => { (part::quoted(text, self.language.as_ref())) },
                            None => { (frame.say("erased.title")) },
                        }
                    }
                }
                p.summary-standing {
                    @if let Some(review) = &self.review { (part::in_short(frame, review)) " · " }
                    // Nobody waits for a review of an article or a source.
                    @if self.kind != Kind::Claim { (frame.language.word("kind", self.kind.as_str())) }
                    @if self.kind != Kind::Claim && self.state != State::Recorded { " · " }
                    @if self.kind == Kind::Claim || self.state != State::Recorded { (part::state(frame, self.state)) }
                    @if let Some(speaker) = &self.speaker { " · " bdi { (speaker) } }
                }
                (more)
            }
        }
    }
}

/// Shows several, or says that there are none.
pub(super) fn list(frame: &Frame<'_>, all: &[Summary], none: &'static str) -> Markup {
    list_with(frame, all.iter().map(|one| (one, html! {})), none)
}

/// The same, with more to be said of each.
pub(super) fn list_with<'s>(
    frame: &Frame<'_>,
    all: impl ExactSizeIterator<Item = (&'s Summary, Markup)>,
    none: &'static str,
) -> Markup {
    html! {
        @if all.len() == 0 { p { (frame.say(none)) } } @else {
            ul.summaries { @for (one, more) in all { (one.html(frame, &more)) } }
        }
    }
}

/// Reads what a record says: nothing if it was erased, or can't be read.
pub(super) fn content(stored: &StoredEntry) -> Result<Option<Content>, StoreError> {
    Ok(stored.readable_record()?.map(|record| record.content))
}
