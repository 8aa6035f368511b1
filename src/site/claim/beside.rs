//! What stands beside the editors' judgement and never changes it: what others state, what was seen of a page, what was
//! disclosed of AI, and whether a person consents.

use maud::{Markup, html};

use crate::bundle::Attestation;
use crate::record::article::AiUse;
use crate::record::{Consent, Content, Disclosure, Foreign, Observation};
use crate::rules::State;
use crate::site::frame::Frame;
use crate::site::part;

/// Shows a record of these kinds, and none of another.
pub(super) fn body(frame: &Frame<'_>, content: &Content, one: &Attestation) -> Option<Markup> {
    let body = match content {
        Content::Foreign(content) => foreign(frame, content),
        Content::Observation(content) => observation(frame, content),
        Content::Disclosure(content) => disclosure(frame, content),
        Content::Consent(content) => consent(frame, content),
        _ => return None,
    };
    Some(html! { (body) (taken_back(frame, one)) })
}

/// A statement of somebody else, under their name before all.
fn foreign(frame: &Frame<'_>, foreign: &Foreign) -> Markup {
    let language = foreign.language.as_ref();
    html! {
        h3 { (frame.say("foreign.by")) " " bdi { (foreign.by.name) } }
        p.as-of { (frame.say("foreign.not-ours")) }
        blockquote { p { (part::quoted(foreign.statement.as_str(), language)) } }
        @if let Some(rating) = &foreign.rating {
            p {
                (frame.say("foreign.rated")) " "
                @if let Some(name) = &rating.name { (part::quoted(name.as_str(), language)) }
                @if rating.name.is_some() && rating.value.is_some() { ", " }
                @if let Some(value) = &rating.value {
                    bdi { (value) }
                    @if let (Some(worst), Some(best)) = (&rating.worst, &rating.best) { " (" bdi { (worst) } "–" bdi { (best) } ")" }
                }
            }
        }
        p {
            (part::dated(frame, "published", "published.unknown", &foreign.published.to_string()))
            @if let Some(url) = &foreign.url { " · " (part::outside(url, frame.say("live-page"))) }
        }
    }
}

/// What became of a page that was fetched again.
fn observation(frame: &Frame<'_>, observation: &Observation) -> Markup {
    let outcome = match observation.is_silent_edit() {
        true => frame.say("sighting.silent"),
        false => (frame.language).word("sighting", observation.outcome.as_str()),
    };
    html! {
        h3 { (outcome) }
        @if let Some(announced) = &observation.announced {
            p { (frame.say("observation.announced")) " " span dir="auto" { (announced) } }
        }
        p {
            (frame.say("observed")) " " (part::time(&observation.observed.to_string()))
            " · " (part::outside(&observation.url, frame.say("live-page")))
        }
    }
}

/// Somebody's word on their use of AI.
fn disclosure(frame: &Frame<'_>, disclosure: &Disclosure) -> Markup {
    html! {
        h3 { (frame.say("disclosure.by")) " " bdi { (disclosure.by.name) } }
        (ai_use(frame, &disclosure.ai_use))
        p { (frame.say("disclosed")) " " (part::date(frame, &disclosure.disclosed.to_string())) }
    }
}

/// One use of AI in the making of an article or an image.
pub(in crate::site) fn ai_use(frame: &Frame<'_>, ai_use: &AiUse) -> Markup {
    html! {
        p {
            (frame.say("ai-use")) " " (ai_use.stage) ": " span dir="auto" { (ai_use.description) }
            @if let Some(tool) = &ai_use.tool { " · " (frame.say("ai-use.tool")) " " bdi { (tool) } }
            @if let Some(name) = &ai_use.checked_by { " · " (frame.say("ai-use.checked-by")) " " bdi { (name) } }
        }
    }
}

/// A person's word on being quoted, shown or used.
fn consent(frame: &Frame<'_>, consent: &Consent) -> Markup {
    html! {
        h3 {
            (frame.language.word("decision", consent.decision.as_str())) ": " bdi { (consent.person.name) }
            @if let Some(role) = &consent.person.role { ", " bdi { (role) } }
        }
        p {
            @for (place, scope) in consent.scope.iter().enumerate() {
                @if place > 0 { ", " }
                (scope)
            }
            " · " (part::date(frame, &consent.date.to_string()))
            @if let Some(until) = &consent.until { " · " (frame.say("consent.until")) " " (part::date(frame, &until.to_string())) }
        }
        @if let Some(note) = &consent.note { p dir="auto" { (note) } }
    }
}

/// Tells that it was taken back or corrected since: its own correction stands with it, not with what it is about.
pub(super) fn taken_back(frame: &Frame<'_>, one: &Attestation) -> Markup {
    let since = match (one.state(), one.kind.as_str()) {
        (State::Retracted, "consent") => "since.withdrawn",
        (State::Retracted, _) => "since.retracted",
        (State::Corrected, _) => "since.corrected",
        _ => return html! {},
    };
    html! { p.alarm { (frame.say(since)) } }
}
