//! The words in their place: context, the hands they came through, and the live page.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::super::frame::Frame;
use super::super::summary::Summary;
use super::super::{Place, doubt, part};
use crate::bundle::{Aspect, Attestation, Outcome, Standing};
use crate::canonical::Digest;
use crate::record::claim::Appearance;
use crate::record::{Article, Claim, Content, Language};
use crate::rules::State;

/// Articles, and the later versions of each.
pub(super) type Later = BTreeMap<Digest, Vec<Summary>>;

pub(super) fn section(
    frame: &Frame<'_>,
    standing: &Standing,
    claim: &Claim,
    later: &Later,
) -> Markup {
    html! {
        section aria-labelledby="context" {
            h2 #context { (frame.say("context.title")) }
            @for appearance in &claim.appearances {
                (in_context(frame, standing, claim, appearance, later))
            }
            p.exactness { (exactness(frame, standing)) }
            (chain(frame, standing, claim))
        }
    }
}

/// Returns the articles in which the words stand and that were retracted, each once.
pub(super) fn retracted(standing: &Standing, claim: &Claim) -> BTreeSet<Digest> {
    let articles = claim.appearances.iter().map(|one| one.article);
    let is_retracted = |article: &Digest| doubt::retraction_of(standing, article).is_some();
    articles.filter(is_retracted).collect()
}

/// One appearance: the recorded words around the quote, and no more of an article that is not ours.
fn in_context(
    frame: &Frame<'_>,
    standing: &Standing,
    claim: &Claim,
    appearance: &Appearance,
    later: &Later,
) -> Markup {
    let one = standing
        .named
        .iter()
        .find(|one| one.digest == appearance.article);
    let article = one.and_then(article_of);
    let language =
        (article.and_then(|article| article.language.as_ref())).or(claim.language.as_ref());
    html! {
        figure.appearance data-article=(appearance.article)
            data-start=(appearance.start) data-end=(appearance.end) data-exact=(appearance.exact)
            data-text=[article.map(|article| article.text.digest)] {
            blockquote dir="auto" lang=[language.map(Language::as_str)] {
                p {
                    @if appearance.start > 0 { "…" } (appearance.prefix)
                    mark { (appearance.exact) }
                    (appearance.suffix) @if !appearance.suffix.ends_with('\n') && !appearance.suffix.is_empty() { "…" }
                }
            }
            figcaption {
                a href=(frame.link(Place::Article(appearance.article))) {
                    @match article {
                        Some(article) => { bdi { (article.headline) } },
                        None => { (frame.say("article.erased-title")) },
                    }
                }
                @if let Some(publisher) = article.and_then(|article| article.publisher.as_ref()) { ", " bdi { (publisher.name) } }
                ", " (frame.language.fill("appearance.place", &[
                    ("start", &appearance.start.to_string()), ("end", &appearance.end.to_string()),
                ]))
                @if let Some(url) = article.and_then(|article| article.url.as_ref()) {
                    " · " a href={ (url) (fragment(url.as_str(), &appearance.exact)) } rel="external noreferrer nofollow" { (frame.say("live-page")) }
                }
                (doubt::retracted(frame, standing, &appearance.article))
                @for version in later.get(&appearance.article).into_iter().flatten() {
                    p {
                        strong { (frame.say("article.later")) } " "
                        a href=(frame.link(version.place())) { bdi { (version.text.as_deref().unwrap_or(frame.say("article.erased-title"))) } }
                        @if version.state != State::Recorded { ", " (part::state(frame, version.state)) }
                    }
                }
                @if let Some(one) = one {
                    @if let Some(doubt) = doubt::signature(frame, standing, one) { p { (doubt) } }
                    @if one.has_failed() { p.alarm { (frame.say("part.not-intact")) } }
                }
            }
            @if article.is_some() {
                // Shown by the script: without it there is nothing to check with.
                details.drop hidden {
                    summary { (frame.say("drop.title")) }
                    label {
                        span { (frame.say("drop.label")) }
                        input type="file" accept="text/plain,.txt";
                    }
                    p role="status" {}
                }
            }
        }
    }
}

fn article_of(one: &Attestation) -> Option<&Article> {
    match part::content(one) {
        Some(Content::Article(article)) => Some(article),
        _ => None,
    }
}

/// Whether the words stand in the recorded text, as the server found.
fn exactness(frame: &Frame<'_>, standing: &Standing) -> Markup {
    let mut steps = standing.record.steps.iter();
    let step = steps.find(|step| step.aspect == Aspect::Anchors);
    html! {
        @match step.map(|step| &step.outcome) {
            Some(Outcome::Passed) => { (frame.say("exact.passed")) },
            Some(Outcome::Failed(why)) => { (frame.say("exact.failed")) " " span lang="en" { (why) } },
            Some(Outcome::NotChecked(_)) => { (frame.say("exact.too-much")) },
            None => { (frame.say("exact.not-checked")) },
        }
    }
}

/// The hands, from the speaker outward.
fn chain(frame: &Frame<'_>, standing: &Standing, claim: &Claim) -> Markup {
    html! {
        h3 { (frame.say("chain.title")) }
        ol.chain {
            li { bdi { (claim.speaker.name) } " " span.role { (frame.say("chain.speaker")) } }
            @for hop in &claim.via {
                li {
                    @match (&hop.source, &hop.url) {
                        (Some(source), _) => { a href=(frame.link(Place::Source(*source))) { bdi { (hop.name) } } },
                        (None, Some(url)) => { (part::outside(url, hop.name.as_str())) },
                        (None, None) => { bdi { (hop.name) } },
                    }
                    @if let Some(source) = &hop.source { (doubt::retracted(frame, standing, source)) }
                }
            }
        }
        p.note { (frame.say("chain.note")) }
    }
}

/// Most characters of a quote that are put into a link wholly.
const MAX_WHOLE: usize = 120;

/// Returns a text fragment that leads a browser to the quote on the live page (WICG Scroll to Text Fragment).
fn fragment(url: &str, exact: &str) -> String {
    let words: Vec<&str> = exact.split_whitespace().collect();
    let directive = if exact.chars().count() <= MAX_WHOLE && !exact.contains('\n') {
        encode(&words.join(" "))
    } else {
        let few = words.len().min(5);
        let (first, last) = (words[..few].join(" "), words[words.len() - few..].join(" "));
        format!("{},{}", encode(&first), encode(&last))
    };
    let hash = if url.contains('#') { "" } else { "#" };
    format!("{hash}:~:text={directive}")
}

/// Percent-encodes all but letters and digits: `,`, `-` and `&` have a meaning in a text fragment.
fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte.is_ascii_alphanumeric() {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::fragment;

    #[test]
    fn text_fragment_names_a_short_quote_wholly_and_a_long_one_by_its_ends() {
        assert_eq!(
            fragment("https://a.example/x", "The bridge - safe, & sound."),
            "#:~:text=The%20bridge%20%2D%20safe%2C%20%26%20sound%2E"
        );
        assert_eq!(fragment("https://a.example/#top", "one"), ":~:text=one");
        let long = "one two three four five six ".repeat(10);
        assert_eq!(
            fragment("https://a.example/x", long.trim()),
            "#:~:text=one%20two%20three%20four%20five,two%20three%20four%20five%20six"
        );
    }
}
