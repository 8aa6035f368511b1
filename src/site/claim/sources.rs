//! What the claim was checked against, and how many origins that is.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::super::frame::Frame;
use super::super::independence::origins;
use super::super::{Place, doubt, part};
use crate::bundle::Standing;
use crate::canonical::Digest;
use crate::record::review::Passage;
use crate::record::source::Stance;
use crate::record::{Claim, Content, Prose, Source};

/// A source, and what it does for the claim.
struct Use<'a> {
    source: Digest,
    stance: Stance,
    passage: Option<&'a Passage>,
    note: Option<&'a Prose>,
}

pub(super) fn section(frame: &Frame<'_>, standing: &Standing, claim: &Claim) -> Markup {
    let uses = uses(standing, claim);
    html! {
        section aria-labelledby="sources" {
            h2 #sources { (frame.say("sources.title")) }
            @if uses.is_empty() {
                p { (frame.say("sources.none")) }
            } @else {
                p { (independence(frame, standing, &uses)) }
                ul.sources {
                    @for one in &uses { (source(frame, standing, one)) }
                }
            }
        }
    }
}

/// Returns the sources that the claim rests on and that were retracted, each once.
pub(super) fn retracted(standing: &Standing, claim: &Claim) -> BTreeSet<Digest> {
    let sources = uses(standing, claim).into_iter().map(|one| one.source);
    let is_retracted = |source: &Digest| doubt::retraction_of(standing, source).is_some();
    sources.filter(is_retracted).collect()
}

/// The sources of the claim itself and of the review that stands.
fn uses<'a>(standing: &'a Standing, claim: &'a Claim) -> Vec<Use<'a>> {
    let mut uses: Vec<Use<'a>> = (claim.sources.iter())
        .map(|link| Use {
            source: link.source,
            stance: link.stance,
            passage: None,
            note: link.note.as_ref(),
        })
        .collect();
    if let Some(Content::Review(review)) = standing.decided_review().and_then(part::content) {
        uses.extend(review.evidence.iter().map(|evidence| Use {
            source: evidence.source,
            stance: evidence.stance,
            passage: evidence.passage.as_ref(),
            note: evidence.note.as_ref(),
        }));
    }
    uses
}

fn source(frame: &Frame<'_>, standing: &Standing, one: &Use<'_>) -> Markup {
    let attestation = standing.all().find(|other| other.digest == one.source);
    let source = attestation.and_then(source_of);
    html! {
        li {
            p {
                strong class={ "stance stance-" (one.stance) } { (frame.language.word("stance", one.stance.as_str())) } " "
                a href=(frame.link(Place::Source(one.source))) {
                    @match source {
                        Some(source) => { bdi { (source.title) } },
                        None => { (frame.say("source.erased-title")) },
                    }
                }
                @if let Some(source) = source {
                    " · " (frame.language.word("level", source.level.as_str()))
                    @if let Some(publisher) = &source.publisher { " · " bdi { (publisher.name) } }
                    " · " (part::dated(frame, "published", "published.unknown", &source.published.to_string()))
                    @if let Some(url) = &source.url { " · " (part::outside(url, frame.say("live-page"))) }
                }
            }
            (doubt::retracted(frame, standing, &one.source))
            @if let Some(passage) = one.passage { blockquote dir="auto" { p { (passage.exact) } } }
            @if let Some(note) = one.note { p dir="auto" { (note) } }
            @match source.map(|source| &source.snapshot) {
                Some(Some(snapshot)) => {
                    p.digest { (frame.say("source.snapshot")) " " (part::hash(&snapshot.digest)) }
                },
                Some(None) => { p.digest { (frame.say("source.no-snapshot")) } },
                None => {},
            }
            @if let Some(one) = attestation {
                @if let Some(doubt) = doubt::signature(frame, standing, one) { p { (doubt) } }
                @if one.has_failed() { p.alarm { (frame.say("part.not-intact")) } }
            }
        }
    }
}

fn source_of(one: &crate::bundle::Attestation) -> Option<&Source> {
    match part::content(one) {
        Some(Content::Source(source)) => Some(source),
        _ => None,
    }
}

/// Says how many origins the sources have: by what the sources' records say, which may be incomplete.
fn independence(frame: &Frame<'_>, standing: &Standing, uses: &[Use<'_>]) -> String {
    let sources: BTreeSet<Digest> = uses.iter().map(|one| one.source).collect();
    let known = standing
        .all()
        .filter_map(|one| Some((one.digest, source_of(one)?)));
    let derived_from: BTreeMap<Digest, Vec<Digest>> = known
        .map(|(digest, source)| (digest, source.derived_from.clone()))
        .collect();
    let origins = origins(&sources, &derived_from).len() as u64;
    let language = frame.language;
    let sources = language.count("sources.one", "sources.other", sources.len() as u64);
    let origins = language.count("origins.one", "origins.other", origins);
    language.fill(
        "independence",
        &[("sources", &sources), ("origins", &origins)],
    )
}
