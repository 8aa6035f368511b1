//! Parts that several pages are made of.

use maud::{Markup, html};

use super::frame::Frame;
use super::{Place, doubt};
use crate::bundle::{Attestation, Outcome, Standing, Step};
use crate::canonical::Digest;
use crate::record::{Content, Language, Record, Review, Url};
use crate::rules::State;

/// Most characters of a record that another links to.
const MAX_LINKED: usize = 120;

/// A time or a date, as it was recorded. Dates that are not known are told in words by the caller.
pub(super) fn time(text: &str) -> Markup {
    let shown = text.replace('T', " ").replace('Z', " UTC");
    html! { time datetime=(text) { (shown) } }
}

/// A date of a record, which may be unknown.
pub(super) fn date(frame: &Frame<'_>, text: &str) -> Markup {
    match text {
        "unknown" => html! { (frame.say("date.unknown")) },
        date => time(date),
    }
}

/// Says when something happened to a thing, in one phrase.
pub(super) fn dated(
    frame: &Frame<'_>,
    happened: &'static str,
    unknown: &'static str,
    text: &str,
) -> Markup {
    match text {
        "unknown" => html! { (frame.say(unknown)) },
        date => html! { (frame.say(happened)) " " (time(date)) },
    }
}

/// A hash, wholly, so that it can be copied.
pub(super) fn hash(digest: &Digest) -> Markup {
    html! { code.hash { (digest) } }
}

/// Words of somebody else, in their language and direction.
pub(super) fn quoted(text: &str, language: Option<&Language>) -> Markup {
    let lang = language.map(Language::as_str);
    html! { span dir="auto" lang=[lang] { (text) } }
}

/// Words that the record signs, wholly: the page's script compares them with the proof.
pub(super) fn signed(text: &str, language: Option<&Language>) -> Markup {
    let lang = language.map(Language::as_str);
    html! { span data-signed dir="auto" lang=[lang] { (text) } }
}

/// A link to a page that is not ours. It learns nothing of where the reader came from.
pub(super) fn outside(url: &Url, text: &str) -> Markup {
    html! { a href=(url) rel="external noreferrer nofollow" { (text) } }
}

/// The name of whoever signed, linked to what is known of the key, and whether the signature is in doubt.
pub(super) fn signer(frame: &Frame<'_>, standing: &Standing, one: &Attestation) -> Markup {
    let place = Place::Editor(one.proof.key);
    let holder = one
        .signer
        .as_ref()
        .and_then(|signer| signer.holder.as_ref());
    html! {
        a href=(frame.link(place)) {
            @match holder {
                Some(holder) => { bdi { (holder) } },
                None => { (frame.say("signer.unnamed")) },
            }
        }
        @if let Some(doubt) = doubt::signature(frame, standing, one) { " (" (doubt) ")" }
    }
}

/// Links to another record by what it says, or names its hash where it has no page.
pub(super) fn linked(frame: &Frame<'_>, standing: &Standing, digest: &Digest) -> Markup {
    let one = standing.all().find(|one| one.digest == *digest);
    let kind = one.and_then(|one| one.kind.parse().ok());
    let content = one.and_then(content);
    let words = content.and_then(Content::wording);
    let words = words.map(|words| excerpt(words, MAX_LINKED));
    html! {
        @match kind.and_then(|kind| Place::of(kind, *digest)) {
            Some(place) => {
                a href=(frame.link(place)) {
                    @match words {
                        Some(words) => { (quoted(&words, language_of(content))) },
                        None => { (digest) },
                    }
                }
            },
            None => { (hash(digest)) },
        }
    }
}

/// The language of what a record says in words.
fn language_of(content: Option<&Content>) -> Option<&Language> {
    match content {
        Some(Content::Claim(claim)) => claim.language.as_ref(),
        Some(Content::Article(article)) => article.language.as_ref(),
        _ => None,
    }
}

/// The state of a record in the editorial process: a word, never a colour alone.
pub(super) fn state(frame: &Frame<'_>, state: State) -> Markup {
    let word = frame.language.word("state", state.as_str());
    html! { span class={ "state state-" (state) } { (word) } }
}

/// The answers of a review, each to its own question.
pub(super) fn conclusion(frame: &Frame<'_>, review: &Review) -> Markup {
    let answers = [
        ("verdict", "ask.verdict", review.verdict.map(|v| v.as_str())),
        (
            "attribution",
            "ask.attribution",
            review.attribution.map(|a| a.as_str()),
        ),
        ("quote", "ask.quote", review.quote.map(|q| q.as_str())),
    ];
    html! {
        dl.answers {
            @for (vocabulary, question, answer) in answers {
                div {
                    dt { (frame.say(question)) }
                    dd {
                        @match answer {
                            Some(answer) => { strong data-answer=(vocabulary) class={ "answer answer-" (answer) } { (frame.language.word(vocabulary, answer)) } },
                            None => { span data-answer=(vocabulary) { (frame.say("answer.none")) } },
                        }
                    }
                }
            }
        }
    }
}

/// The answers of a review in one line: whether it is true, or what else was looked at.
pub(super) fn in_short(frame: &Frame<'_>, review: &Review) -> Markup {
    let others = [
        ("attribution", review.attribution.map(|a| a.as_str())),
        ("quote", review.quote.map(|q| q.as_str())),
    ];
    let others = others
        .into_iter()
        .filter_map(|(vocabulary, answer)| Some((vocabulary, answer?)));
    html! {
        @match review.verdict {
            Some(verdict) => {
                strong class={ "answer answer-" (verdict) } { (frame.language.word("verdict", verdict.as_str())) }
            },
            None => {
                @for (place, (vocabulary, answer)) in others.enumerate() {
                    @if place > 0 { " · " }
                    (frame.language.word("in-short", vocabulary)) " "
                    strong class={ "answer answer-" (answer) } { (frame.language.word(vocabulary, answer)) }
                }
            },
        }
    }
}

/// What the server found when it checked a record.
pub(super) fn step(frame: &Frame<'_>, step: &Step) -> Markup {
    let (mark, why) = match &step.outcome {
        Outcome::Passed => ("step.passed", None),
        Outcome::Failed(why) => ("step.failed", Some(why)),
        Outcome::NotChecked(why) => ("step.not-checked", Some(why)),
    };
    html! {
        li {
            span.outcome { (frame.say(mark)) } " " span lang="en" { (step.aspect.as_str()) @if let Some(why) = why { ": " (why) } }
        }
    }
}

/// Returns the claim's, article's or source's own content, if its words are still here.
pub(super) fn content(one: &Attestation) -> Option<&Content> {
    one.record.as_ref().map(|Record { content, .. }| content)
}

/// What is shown in the place of words that were erased.
pub(super) fn erased(frame: &Frame<'_>) -> Markup {
    html! { p.erased { (frame.say("erased.words")) } }
}

/// Returns the beginning of a text, at most `len` characters, cut between words.
pub(super) fn excerpt(text: &str, len: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(len) else {
        return text.to_owned();
    };
    let cut = text[..end].rfind(char::is_whitespace).unwrap_or(end);
    format!("{}…", &text[..cut])
}
