//! Claims that an article's text seems to hold, for an editor to look at.
//!
//! Direct quotes, indirect speech and figures, each with who is said to have said it and through whose hands it came, as
//! far as the text says so. What is proposed should be right; much is not proposed. Nothing of it is recorded by
//! itself.

mod lexicon;
mod marks;
mod sentence;
mod speech;
pub mod suspicion;

use std::collections::HashMap;
use std::ops::Range;

use serde_json::{Value, json};

use crate::canonical::{ArticleText, Digest};
use crate::record::claim::{Checkability, ClaimKind, MAX_CONTEXT};
use crate::record::{Line, Prose};

use marks::Quoted;
use speech::Attribution;
use suspicion::Suspicion;

/// So many characters of a text are searched for claims, from its beginning.
pub const MAX_TEXT_LEN: usize = 500_000;

/// Longer sentences are passed over.
pub const MAX_SENTENCE_LEN: usize = 10_000;

/// Claims that are proposed of one text.
pub const MAX_PROPOSALS: usize = 1_000;

/// A claim that an editor may record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    pub kind: ClaimKind,
    /// The words, of a quote over several paragraphs or around its speech tag all of them.
    pub text: String,
    /// Who says it, if the text names anybody.
    pub speaker: Option<String>,
    /// Through whose hands it came, nearest the speaker first.
    pub via: Vec<String>,
    /// Where it stands, in code points.
    pub places: Vec<Range<usize>>,
    pub suspicions: Vec<Suspicion>,
}

/// What was found in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub proposals: Vec<Proposal>,
    /// Doubtful lines, whether or not a claim stands in them.
    pub suspicions: Vec<(Suspicion, Range<usize>)>,
    /// From which code point on the text was not searched, if it was not searched to its end.
    pub ended: Option<(usize, Limit)>,
    /// Sentences that were passed over because they are longer than [`MAX_SENTENCE_LEN`].
    pub passed_over: usize,
}

/// What ended a search before the text ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`MAX_TEXT_LEN`]
    Text,
    /// [`MAX_PROPOSALS`]
    Proposals,
}

/// Looks for claims in an article's text.
pub fn propose(text: &ArticleText) -> Found {
    let chars: Vec<char> = text.as_str().chars().take(MAX_TEXT_LEN).collect();
    let quotes = marks::quoted(&chars);
    let suspicions = suspicion::suspicions(text.as_str());
    let mut reading = Reading {
        chars: &chars,
        proposals: Vec::new(),
        last_speaker: None,
        passed_over: 0,
    };
    let is_longer = text.as_str().chars().nth(MAX_TEXT_LEN).is_some();
    let mut ended = is_longer.then_some((MAX_TEXT_LEN, Limit::Text));
    let mut first_quote = 0;
    for sentence in sentence::sentences(&chars, &quotes) {
        if reading.proposals.len() >= MAX_PROPOSALS {
            ended = Some((sentence.start, Limit::Proposals));
            break;
        }
        while quotes
            .get(first_quote)
            .is_some_and(|quote| quote.outer.end <= sentence.start)
        {
            first_quote += 1;
        }
        let within = quotes[first_quote..]
            .iter()
            .take_while(|quote| quote.outer.start < sentence.end);
        let within: Vec<&Quoted> = within.collect();
        reading.read(sentence, &within);
    }
    let passed_over = reading.passed_over;
    let mut proposals = merged(reading.proposals);
    proposals.retain_mut(|proposal| {
        proposal.text = plain(&proposal.text);
        proposal.text.parse::<Prose>().is_ok()
    });
    for proposal in &mut proposals {
        for (kind, line) in &suspicions {
            let touches = |place: &Range<usize>| place.start < line.end && line.start < place.end;
            if proposal.places.iter().any(touches) && !proposal.suspicions.contains(kind) {
                proposal.suspicions.push(*kind);
            }
        }
    }
    Found {
        proposals,
        suspicions,
        ended,
        passed_over,
    }
}

/// Control characters, which an article may hold, are no part of a claim.
fn plain(text: &str) -> String {
    let is_stray = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    text.replace(is_stray, " ").trim().to_owned()
}

/// A text that is read sentence by sentence.
struct Reading<'a> {
    chars: &'a [char],
    proposals: Vec<Proposal>,
    /// Who spoke in the sentence before, in the same paragraph, and where that sentence ended.
    last_speaker: Option<(Attribution, usize)>,
    passed_over: usize,
}

impl Reading<'_> {
    fn read(&mut self, sentence: Range<usize>, quotes: &[&Quoted]) {
        if sentence.len() > MAX_SENTENCE_LEN {
            self.passed_over += 1;
            return;
        }
        let opaque: Vec<Range<usize>> = quotes.iter().map(|quote| quote.outer.clone()).collect();
        let before = self.last_speaker.take().filter(|(_, end)| {
            let between = &self.chars[*end..sentence.start];
            !between.contains(&'\n')
        });
        let spoken: Vec<&Quoted> = quotes
            .iter()
            .copied()
            .filter(|quote| self.has_words(quote))
            .collect();
        let mut found = match spoken.as_slice() {
            [] => self.indirect(&sentence, &opaque),
            spoken => self.direct(&sentence, spoken, &opaque, before.as_ref().map(|(a, _)| a)),
        };
        if let Some(attribution) = &mut found {
            // He is who spoke last, in the same paragraph.
            if let (true, Some((last, _))) = (attribution.is_pronoun, &before) {
                attribution.speaker = last.speaker.clone();
            }
            self.last_speaker = Some((attribution.clone(), sentence.end));
        }
    }

    /// A title in quotation marks is none.
    fn has_words(&self, quote: &Quoted) -> bool {
        let inner = &self.chars[quote.inner.clone()];
        let ends_as_speech = inner.last().is_some_and(|c| ",.!?…。".contains(*c));
        let words = inner
            .split(|c| c.is_whitespace())
            .filter(|word| !word.is_empty())
            .count();
        let followed_by_comma = self.chars.get(quote.outer.end) == Some(&',');
        let is_name = inner
            .split(|c| c.is_whitespace())
            .all(|word| word.first().is_some_and(|c| c.is_uppercase()));
        let is_title = words < 3 && (is_name || !(ends_as_speech || followed_by_comma));
        // What is written without spaces is long enough by itself.
        let is_long = inner.len() >= 12 && inner.iter().any(|c| *c as u32 > 0x3000);
        !is_title || is_long
    }

    fn direct(
        &mut self,
        sentence: &Range<usize>,
        quotes: &[&Quoted],
        opaque: &[Range<usize>],
        before: Option<&Attribution>,
    ) -> Option<Attribution> {
        let first = quotes[0];
        let lead = speech::words(self.chars, sentence.start..first.outer.start, opaque);
        // X said: “…”
        let mut attribution = speech::tag_before(&lead).map(|(_, attribution)| attribution);
        if attribution.is_none() {
            // “…” said X, and what follows up to the next quote or the end.
            let end = quotes.get(1).map_or(sentence.end, |next| next.outer.start);
            let tag = speech::words(self.chars, first.outer.end..end, opaque);
            attribution = speech::tag_after(&tag);
        }
        let after = &self.chars[first.outer.end..sentence.end];
        if attribution.is_none() && lead.is_empty() && !after.iter().any(|c| c.is_alphanumeric()) {
            // A whole sentence in quotes goes on with what was said before it.
            attribution = before.cloned();
        }
        let mut attribution = attribution?;
        if attribution.speaker.is_none() {
            attribution.speaker = before.and_then(|before| before.speaker.clone());
        }
        let mut n = 0;
        while n < quotes.len() {
            let mut places = vec![self.trimmed(quotes[n])];
            let mut texts = vec![self.text_of(quotes[n])];
            // “A,” said X, “b.”: one utterance in two pieces.
            while let Some(next) = quotes.get(n + 1) {
                let gap = &self.chars[quotes[n].outer.end..next.outer.start];
                let gap_words =
                    speech::words(self.chars, quotes[n].outer.end..next.outer.start, &[]);
                let is_tag = lead.is_empty()
                    && gap_words.len() <= 14
                    && speech::tag_after(&gap_words).is_some()
                    && gap
                        .iter()
                        .rev()
                        .find(|c| !c.is_whitespace())
                        .is_some_and(|c| *c == ',');
                if !is_tag {
                    break;
                }
                n += 1;
                places.push(self.trimmed(next));
                texts.push(self.text_of(next));
            }
            self.proposals.push(Proposal {
                kind: ClaimKind::DirectQuote,
                text: texts.join(" "),
                speaker: attribution.speaker.clone(),
                via: attribution.via.clone(),
                places,
                suspicions: Vec::new(),
            });
            n += 1;
        }
        Some(attribution)
    }

    /// A sentence that tells what somebody said, without their words.
    fn indirect(
        &mut self,
        sentence: &Range<usize>,
        opaque: &[Range<usize>],
    ) -> Option<Attribution> {
        let words = speech::words(self.chars, sentence.clone(), opaque);
        if words.len() < 6 {
            return None;
        }
        let at_front = speech::tag_before(&words)
            .filter(|(verb, _)| words.len() - verb > 3 && speech::tells_something(&words, *verb))
            .map(|(_, attribution)| attribution);
        let by_document = || {
            Some(Attribution {
                speaker: Some(speech::according_to(&words)?),
                ..Attribution::default()
            })
        };
        let attribution = at_front
            .or_else(|| speech::tag_at_end(&words))
            .or_else(by_document)?;
        // Who spoke is told, though not by name: that is for the next sentence.
        if attribution.speaker.is_none() {
            return Some(attribution);
        }
        self.proposals.push(Proposal {
            kind: ClaimKind::IndirectSpeech,
            text: self.chars[sentence.clone()].iter().collect(),
            speaker: attribution.speaker.clone(),
            via: attribution.via.clone(),
            places: vec![sentence.clone()],
            suspicions: Vec::new(),
        });
        Some(attribution)
    }

    /// The words without the comma that belongs to the speech tag, and without the white space around them.
    fn trimmed(&self, quote: &Quoted) -> Range<usize> {
        let mut place = quote.inner.clone();
        let is_space = |at: usize| self.chars[at].is_whitespace();
        while place.len() > 1 && is_space(place.end - 1) {
            place.end -= 1;
        }
        if place.len() > 1 && self.chars[place.end - 1] == ',' {
            place.end -= 1;
        }
        while place.len() > 1 && is_space(place.end - 1) {
            place.end -= 1;
        }
        while place.len() > 1 && is_space(place.start) {
            place.start += 1;
        }
        place
    }

    fn text_of(&self, quote: &Quoted) -> String {
        let parts: Vec<String> = quote
            .parts
            .iter()
            .map(|part| self.chars[part.clone()].iter().collect::<String>())
            .collect();
        parts.join("\n\n").trim().trim_end_matches(',').to_owned()
    }
}

/// Makes one claim of the same words said twice, or in a part of them.
fn merged(proposals: Vec<Proposal>) -> Vec<Proposal> {
    let mut out: Vec<Proposal> = Vec::new();
    let mut by_words: HashMap<String, usize> = HashMap::new();
    for proposal in proposals {
        let key = folded(&proposal.text);
        let known = by_words.get(&key).copied().or_else(|| {
            // A part of a quote is long enough to be no chance.
            let is_long = key.split(' ').count() >= 5 && proposal.kind == ClaimKind::DirectQuote;
            by_words
                .iter()
                .filter(|_| is_long)
                .filter(|(other, _)| {
                    other.split(' ').count() >= 5
                        && (contains(other, &key) || contains(&key, other))
                })
                .map(|(_, at)| *at)
                .filter(|at| out[*at].kind == ClaimKind::DirectQuote)
                .min()
        });
        match known {
            Some(at) if same_speaker(&out[at], &proposal) => {
                let earlier = &mut out[at];
                if folded(&earlier.text).len() < key.len() {
                    earlier.text.clone_from(&proposal.text);
                }
                earlier.places.extend(proposal.places);
                for hop in proposal.via {
                    if !earlier.via.contains(&hop) {
                        earlier.via.push(hop);
                    }
                }
                earlier.speaker = match (earlier.speaker.take(), proposal.speaker) {
                    // The fuller name, which is a name and no phrase.
                    (Some(one), Some(other)) => Some(match is_fuller(&other, &one) {
                        true => other,
                        false => one,
                    }),
                    (one, other) => one.or(other),
                };
            }
            _ => {
                by_words.insert(key, out.len());
                out.push(proposal);
            }
        }
    }
    out
}

fn same_speaker(one: &Proposal, other: &Proposal) -> bool {
    match (&one.speaker, &other.speaker) {
        // The same long words in one article come from one mouth.
        _ if one.kind == ClaimKind::DirectQuote && one.text.split(' ').count() >= 5 => true,
        (Some(one), Some(other)) => {
            one == other || one.ends_with(other.as_str()) || other.ends_with(one.as_str())
        }
        _ => true,
    }
}

fn is_fuller(name: &str, than: &str) -> bool {
    let is_name = name.starts_with(char::is_uppercase);
    let was_name = than.starts_with(char::is_uppercase);
    (is_name && !was_name) || (is_name && name.ends_with(than) && name.len() > than.len())
}

fn folded(text: &str) -> String {
    let words: Vec<String> = text
        .split(|c: char| !(c.is_alphanumeric() || c == '’' || c == '\''))
        .filter(|word| !word.is_empty())
        .map(|word| word.to_lowercase().replace('’', "'"))
        .collect();
    words.join(" ")
}

/// Tells whether words stand in others as whole words.
fn contains(text: &str, words: &str) -> bool {
    format!(" {text} ").contains(&format!(" {words} "))
}

impl Found {
    /// Writes the proposals as a dossier, which an editor completes and records.
    ///
    /// A claim without a `speaker` is refused there until somebody puts one in.
    pub fn to_dossier(&self, text: &ArticleText, article: &Digest) -> Value {
        let claims: Vec<Value> = self
            .proposals
            .iter()
            .enumerate()
            .map(|(n, proposal)| proposal.to_claim(n, text, article))
            .collect();
        json!({ "claims": claims })
    }
}

impl Proposal {
    /// How the record's field would be set, as far as the text shows it.
    fn checkability(&self) -> Checkability {
        match self.suspicions.as_slice() {
            [] => Checkability::Checkable,
            marks if marks.contains(&Suspicion::Advertising) => Checkability::Advertising,
            _ => Checkability::Boilerplate,
        }
    }

    fn to_claim(&self, n: usize, text: &ArticleText, article: &Digest) -> Value {
        let slice = |range: Range<usize>| {
            let range = range.start as u64..range.end as u64;
            text.slice(range).unwrap_or_default().to_owned()
        };
        let appearances: Vec<Value> = self
            .places
            .iter()
            .map(|place| {
                json!({
                    "article": article,
                    "exact": slice(place.clone()),
                    "prefix": slice(place.start.saturating_sub(MAX_CONTEXT)..place.start),
                    "start": place.start,
                    "end": place.end,
                })
            })
            .collect();
        let mut claim = json!({
            "id": format!("claim-{}", n + 1),
            "text": self.text,
            "kind": self.kind,
            "checkability": self.checkability(),
            "said": "unknown",
            "appearances": appearances,
        });
        if let Some(name) = self
            .speaker
            .as_ref()
            .and_then(|name| name.parse::<Line>().ok())
        {
            claim["speaker"] = json!({ "name": name });
        }
        let via: Vec<Value> = self
            .via
            .iter()
            .map(|name| json!({ "name": name }))
            .collect();
        if !via.is_empty() {
            claim["via"] = Value::Array(via);
        }
        claim
    }
}
