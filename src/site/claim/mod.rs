//! The page of a claim: what was said, where, on what grounds, and how anybody can check it.
//!
//! The record and what the editors concluded of it are two things, and stand on two lines. What the server says
//! of the record is its own word until the page's script has checked it.

mod beside;
mod checking;
mod quote;
mod signers;
mod sources;

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::frame::Frame;
use super::summary::Summary;
use super::timeline::timeline;
use super::{Place, Site, SiteError, part};
use crate::bundle::{Attestation, Standing};
use crate::canonical::Digest;
use crate::record::{Claim, Content, Kind, Relation};
use crate::rules::State;

pub(super) use beside::ai_use;
pub(super) use checking::{actions, checking, record_line};
pub(super) use signers::signers;

/// Later versions of one article that are linked, at most.
const MAX_LATER: usize = 8;

/// A claim and all that was said of it.
pub(super) struct ClaimView {
    standing: Standing,
    /// Of the articles in which it appears.
    later: quote::Later,
}

impl ClaimView {
    pub(super) fn look(site: &Site<'_>, digest: Digest) -> Result<Option<Self>, SiteError> {
        let standing = site.standing(&digest)?;
        let Some(standing) =
            standing.filter(|standing| standing.record.kind == Kind::Claim.as_str())
        else {
            return Ok(None);
        };
        let mut view = ClaimView {
            standing,
            later: quote::Later::new(),
        };
        if let Some(claim) = view.claim() {
            view.later = later_versions(site, claim)?;
        }
        Ok(Some(view))
    }

    fn claim(&self) -> Option<&Claim> {
        match part::content(&self.standing.record) {
            Some(Content::Claim(claim)) => Some(claim),
            _ => None,
        }
    }

    pub(super) fn html(&self, frame: &Frame<'_>) -> String {
        let standing = &self.standing;
        let title = self.claim().map_or_else(
            || frame.say("claim.erased-title").to_owned(),
            |claim| part::excerpt(claim.text.as_str(), 60),
        );
        let main = html! {
            article.subject data-hash=(standing.record.digest) data-proof=(frame.to(&super::proof_path(&standing.record.digest))) {
                (self.heading(frame))
                (standing_section(frame, standing))
                @if let Some(claim) = self.claim() {
                    (quote::section(frame, standing, claim, &self.later))
                    (sources::section(frame, standing, claim))
                }
                section aria-labelledby="timeline" {
                    h2 #timeline { (frame.say("timeline.title")) }
                    (timeline(frame, standing))
                }
                (signers(frame, standing))
                (checking(frame, standing))
                (actions(frame, standing))
            }
        };
        frame.page(&title, &main)
    }

    fn heading(&self, frame: &Frame<'_>) -> Markup {
        let Some(claim) = self.claim() else {
            return html! {
                p.kicker { (frame.say("claim")) }
                h1 { (frame.say("claim.erased-title")) }
                (part::erased(frame))
            };
        };
        let kind = frame.language.word("claim-kind", claim.kind.as_str());
        let checkability = frame
            .language
            .word("checkability", claim.checkability.as_str());
        html! {
            p.kicker { (frame.say("claim")) " · " (kind) " · " (checkability) }
            h1.quote { (part::signed(claim.text.as_str(), claim.language.as_ref())) }
            p.speaker {
                bdi { (claim.speaker.name) }
                @if let Some(role) = &claim.speaker.role { ", " bdi { (role) } }
                " · " (part::dated(frame, "said", "said.unknown", &claim.said.to_string()))
                @if let Some(url) = &claim.speaker.same_as { " · " (part::outside(url, frame.say("speaker.who"))) }
            }
            @if let Some(translation) = &claim.translation {
                p.translation {
                    (frame.say("translation")) ": "
                    (part::quoted(translation.text.as_str(), Some(&translation.language)))
                    @if let Some(translator) = &translation.translator { " (" bdi { (translator) } ")" }
                }
            }
        }
    }
}

/// Looks up what was recorded as a later version of the articles: no proof of the claim tells that.
fn later_versions(site: &Site<'_>, claim: &Claim) -> Result<quote::Later, SiteError> {
    let articles: BTreeSet<Digest> = claim.appearances.iter().map(|one| one.article).collect();
    let mut later = quote::Later::new();
    for article in articles {
        let indexes = site.store.references_in(&article, "revises")?;
        let versions = Summary::look_all(site, indexes.into_iter().take(MAX_LATER))?;
        later.insert(article, versions);
    }
    Ok(later)
}

/// Shows the record and the conclusion, on two lines, and what changed since.
pub(super) fn standing_section(frame: &Frame<'_>, standing: &Standing) -> Markup {
    html! {
        section.standing aria-labelledby="standing" {
            h2.visually-hidden #standing { (frame.say("standing.title")) }
            (record_line(frame, standing))
            (conclusion_line(frame, standing))
            @for one in by_weight(standing) {
                (notice(frame, standing, one))
            }
        }
    }
}

/// What was said of the record: what took something of it back comes first, then by the order of the log.
fn by_weight(standing: &Standing) -> Vec<&Attestation> {
    let mut about: Vec<&Attestation> = standing.about.iter().collect();
    about.sort_by_key(|one| match one.kind.as_str() {
        "correction" | "erasure" => 0,
        "review" => 1,
        "response" => 2,
        _ => 3,
    });
    about
}

/// What the editors concluded, in words, and as of when.
fn conclusion_line(frame: &Frame<'_>, standing: &Standing) -> Markup {
    let state = standing.record.state();
    let review = standing.decided_review();
    let alone = |review| standing.approvals_of(review).next().is_none();
    let meaning = match review {
        Some(review) if state == State::Decided && alone(review) => {
            frame.say("state-meaning.decided-alone")
        }
        _ => frame.language.word("state-meaning", state.as_str()),
    };
    html! {
        div.line #verdict-line {
            p.line-name { (frame.say("line.verdict")) }
            div {
                p.conclusion {
                    @if let Some(Content::Review(review)) = review.and_then(part::content) {
                        (part::in_short(frame, review)) ". "
                    }
                    (part::state(frame, state)) " – " (meaning)
                }
                (withdrawn_grounds(frame, standing))
                @if let Some(review) = review { (judgement(frame, standing, review)) }
                p.as-of { (frame.say("current")) " " (frame.as_of()) }
            }
        }
    }
}

/// Says what the judgement rests on and was retracted: until somebody looks again, it stands all the same.
fn withdrawn_grounds(frame: &Frame<'_>, standing: &Standing) -> Markup {
    let Some(Content::Claim(claim)) = part::content(&standing.record) else {
        return html! {};
    };
    let grounds = [
        ("article.retracted", quote::retracted(standing, claim)),
        ("source.retracted", sources::retracted(standing, claim)),
    ];
    html! {
        @for (says, retracted) in grounds {
            @for one in &retracted {
                p { strong.alarm { (frame.say(says)) } " " (part::linked(frame, standing, one)) }
            }
        }
    }
}

/// A review: its answers, its reasons, who stands for it.
fn judgement(frame: &Frame<'_>, standing: &Standing, review: &Attestation) -> Markup {
    let approvals: Vec<&Attestation> = standing.approvals_of(review).collect();
    html! {
        div.review id={ "review-" (review.index) } {
            @match part::content(review) {
                Some(Content::Review(content)) => {
                    (part::conclusion(frame, content))
                    p.explanation dir="auto" { (content.explanation) }
                    @if let Some(again) = &content.review_by {
                        p { (frame.say("review.again")) " " (part::date(frame, &again.to_string())) }
                    }
                },
                _ => { (part::erased(frame)) },
            }
            p.by {
                (frame.say("reviewed-by")) " " (part::signer(frame, standing, review)) ", " (part::time(&review.recorded.to_string()))
                @for approval in &approvals {
                    span id={ "approval-" (approval.index) } { "; " (frame.say("approved-by")) " " (part::signer(frame, standing, approval)) }
                }
                @if approvals.is_empty() && review.state() == State::InReview { "; " (frame.say("waits-for-approval")) }
            }
            @if review.has_failed() { p.alarm { (frame.say("part.not-intact")) } }
        }
    }
}

/// What else was said of the record: corrections first of all, and whatever else there is.
fn notice(frame: &Frame<'_>, standing: &Standing, one: &Attestation) -> Markup {
    let decided = standing.decided_review().map(|review| review.index);
    let this = &standing.record.digest;
    let body = match part::content(one) {
        Some(Content::Review(_)) if Some(one.index) == decided => return html! {},
        // The judgement has the review's name as its own id.
        Some(Content::Review(_)) => {
            return html! {
                div.notice.notice-review {
                    h3 { (frame.say("review.other")) }
                    (judgement(frame, standing, one))
                }
            };
        }
        // Another record was corrected, and this one stands in its place.
        Some(Content::Correction(correction)) if correction.replacement.as_ref() == Some(this) => {
            html! {
                h3 { (frame.say("correction.stands-for")) }
                p { (part::linked(frame, standing, &correction.subject)) }
                p { (frame.say("correction.why")) " " span dir="auto" { (correction.reason) } }
                (by(frame, standing, one))
            }
        }
        Some(Content::Correction(correction)) => html! {
            h3 { (frame.language.word("correction", correction.kind.as_str())) }
            p dir="auto" { (correction.reason) }
            @if let Some(replacement) = &correction.replacement {
                p { (frame.say("correction.replaced-by")) " " (part::linked(frame, standing, replacement)) }
            }
            (by(frame, standing, one))
        },
        Some(Content::Relation(relation)) => html! {
            (related(frame, standing, relation, one))
            (beside::taken_back(frame, one))
        },
        Some(Content::Response(response)) => html! {
            h3 {
                (frame.say("response.by")) " " bdi { (response.by.name) }
                @if let Some(role) = &response.by.role { ", " bdi { (role) } }
            }
            blockquote dir="auto" { p { (response.text) } }
            p { (frame.say("received")) " " (part::date(frame, &response.received.to_string())) }
            (beside::taken_back(frame, one))
            (by(frame, standing, one))
        },
        Some(Content::Erasure(erasure)) => html! {
            h3 { (frame.say("event.erased")) }
            p dir="auto" { (erasure.reason) }
            @if let Some(authority) = &erasure.authority { p dir="auto" { (authority) } }
            (by(frame, standing, one))
        },
        Some(Content::Article(article)) => html! {
            h3 { (frame.say("article.newer")) }
            p { a href=(frame.link(Place::Article(one.digest))) { bdi { (article.headline) } } }
            (by(frame, standing, one))
        },
        Some(content) => match beside::body(frame, content, one) {
            Some(body) => html! { (body) (by(frame, standing, one)) },
            // Approvals are told with their reviews.
            None => return html! {},
        },
        None if one.kind == Kind::Approval.as_str() => return html! {},
        None => html! {
            h3 { (frame.language.word("kind", &one.kind)) }
            (part::erased(frame))
            (by(frame, standing, one))
        },
    };
    html! { div class={ "notice notice-" (one.kind) } id={ (one.kind) "-" (one.index) } { (body) } }
}

fn related(
    frame: &Frame<'_>,
    standing: &Standing,
    relation: &Relation,
    one: &Attestation,
) -> Markup {
    let is_from = relation.from == standing.record.digest;
    let other = if is_from { relation.to } else { relation.from };
    let words = standing
        .all()
        .find(|one| one.digest == other)
        .and_then(part::content);
    let vocabulary = if is_from { "relation" } else { "relation-from" };
    html! {
        h3 { (frame.language.word(vocabulary, relation.relation.as_str())) }
        p {
            a href=(frame.link(Place::Claim(other))) {
                @match words {
                    Some(Content::Claim(claim)) => { (part::quoted(claim.text.as_str(), claim.language.as_ref())) },
                    _ => { (other) },
                }
            }
        }
        @if let Some(note) = &relation.note { p dir="auto" { (note) } }
        (by(frame, standing, one))
    }
}

fn by(frame: &Frame<'_>, standing: &Standing, one: &Attestation) -> Markup {
    html! {
        p.by { (frame.say("by")) " " (part::signer(frame, standing, one)) ", " (part::time(&one.recorded.to_string())) }
        @if one.has_failed() { p.alarm { (frame.say("part.not-intact")) } }
    }
}
