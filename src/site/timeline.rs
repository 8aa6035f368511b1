//! What happened to a claim, in the order of time.

use maud::{Markup, html};

use super::frame::Frame;
use super::part;
use crate::bundle::{Attestation, Standing};
use crate::record::Content;
use crate::record::correction::CorrectionKind;

/// One thing that happened, and when, as its record says it.
struct Event {
    /// A date, a time, or `unknown`.
    when: String,
    /// The message that names it.
    what: &'static str,
    detail: Markup,
}

/// Returns the events as a list; what has no known date comes first.
pub(super) fn timeline(frame: &Frame<'_>, standing: &Standing) -> Markup {
    let mut events = before_the_record(standing);
    events.push(Event {
        when: standing.record.recorded.to_string(),
        what: "event.recorded",
        detail: html! { (frame.say("by")) " " (part::signer(frame, standing, &standing.record)) },
    });
    for one in &standing.about {
        events.push(Event {
            when: one.recorded.to_string(),
            what: what_happened(standing, one),
            detail: html! {
                (frame.say("by")) " " (part::signer(frame, standing, one)) " "
                a.entry href={ "#" (one.kind) "-" (one.index) } { (frame.language.fill("entry", &[("index", &one.index.to_string())])) }
            },
        });
    }
    for one in &standing.cosigned {
        let time = i64::try_from(one.cosignature.time).ok();
        let time = time.and_then(|time| crate::canonical::Timestamp::from_unix_seconds(time).ok());
        events.push(Event {
            when: time.map_or_else(|| "unknown".to_owned(), |time| time.to_string()),
            what: "event.witnessed",
            detail: html! { (frame.say("by")) " " bdi { (one.cosignature.witness.name()) } },
        });
    }
    // Dates are written so that they sort as text; what happened at one time keeps the order of the log.
    events.sort_by(|a, b| key(a).cmp(key(b)));
    html! {
        ol.timeline {
            @for event in &events {
                li {
                    span.when { (part::date(frame, &event.when)) } " "
                    span.what { strong { (frame.say(event.what)) } " " (event.detail) }
                }
            }
        }
    }
}

fn key(event: &Event) -> &str {
    match event.when.as_str() {
        "unknown" => "",
        when => when,
    }
}

/// What the record itself tells of the time before it: of a claim, when it was said and published.
fn before_the_record(standing: &Standing) -> Vec<Event> {
    let mut events = Vec::new();
    for one in &standing.named {
        if let Some(Content::Article(article)) = part::content(one) {
            events.push(Event {
                when: article.published.to_string(),
                what: "event.published",
                detail: html! { bdi { (article.headline) } },
            });
        }
    }
    match part::content(&standing.record) {
        Some(Content::Claim(claim)) => events.push(Event {
            when: claim.said.to_string(),
            what: "event.said",
            detail: html! { bdi { (claim.speaker.name) } },
        }),
        Some(Content::Article(article)) => events.push(Event {
            when: article.published.to_string(),
            what: "event.published",
            detail: html! {},
        }),
        _ => {}
    }
    events
}

fn what_happened(standing: &Standing, one: &Attestation) -> &'static str {
    match (part::content(one), one.kind.as_str()) {
        // It took something back of the other record, and nothing of this one.
        (Some(Content::Correction(correction)), _)
            if correction.subject != standing.record.digest =>
        {
            "event.replaces"
        }
        (Some(Content::Correction(correction)), _) => match correction.kind {
            CorrectionKind::Retraction => "event.retracted",
            CorrectionKind::Clarification => "event.clarified",
            CorrectionKind::Update => "event.updated",
            CorrectionKind::Correction => "event.corrected",
        },
        (_, "review") => "event.reviewed",
        (_, "approval") => "event.approved",
        (_, "relation") => "event.related",
        (_, "response") => "event.responded",
        (_, "erasure") => "event.erased",
        (_, "article") => "event.revised",
        (_, "foreign") => "event.stated",
        (_, "observation") => "event.observed",
        (_, "disclosure") => "event.disclosed",
        (_, "consent") => "event.consented",
        _ => "event.other",
    }
}
