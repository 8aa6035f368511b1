//! Anchors: where quoted words stand in an article's text.
//!
//! An anchor is a W3C Web Annotation TextQuoteSelector (`exact`, `prefix`, `suffix`) together with a
//! TextPositionSelector (`start`, `end`), counted in Unicode code points of the text under `text/1`. One
//! match is taken, several are refused until something says which, none is refused with the nearest miss.

use std::collections::HashMap;
use std::iter;
use std::ops::Range;

use crate::canonical::{ArticleText, Digest, text};
use crate::record::claim::{Appearance, MAX_CONTEXT};

/// What settles which occurrence is meant. An empty hint says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hint {
    /// Which occurrence, counted from 1 in the order of the text.
    pub occurrence: Option<u64>,
    pub prefix: Option<String>,
    pub suffix: Option<String>,
    pub start: Option<u64>,
    pub end: Option<u64>,
}

/// A place where the words stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// In code points: `start` inclusive, `end` exclusive.
    pub start: u64,
    pub end: u64,
    pub exact: String,
    pub prefix: String,
    pub suffix: String,
}

/// Why words were not anchored. Of the places where they stand the first few are kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnchorError {
    #[error("expected words to look for, found none")]
    Empty,
    #[error("the words {exact:?} do not stand in the text")]
    Absent {
        exact: String,
        /// The passage that is most like the words, if it was looked for and any is.
        nearest: Option<Place>,
    },
    #[error("the words {exact:?} stand in the text {count} times")]
    Ambiguous {
        exact: String,
        count: u64,
        places: Vec<Place>,
    },
    #[error("asked for occurrence {occurrence} of the words {exact:?}, found {count}")]
    TooFew {
        exact: String,
        occurrence: u64,
        count: u64,
        places: Vec<Place>,
    },
    #[error("the words {exact:?} stand in the text, but not where the hint says")]
    Elsewhere { exact: String, places: Vec<Place> },
}

impl AnchorError {
    /// Looks for the passage that is most like words that do not stand in the text.
    pub fn with_nearest(self, text: &ArticleText) -> Self {
        match self {
            AnchorError::Absent { exact, .. } => AnchorError::Absent {
                nearest: nearest(text, &exact),
                exact,
            },
            other => other,
        }
    }

    /// Returns a line for each place worth showing.
    pub fn places(&self) -> Vec<String> {
        let line = |(i, place): (usize, &Place)| {
            format!(
                "occurrence {}, code points {} to {}: …{}[{}]{}…",
                i + 1,
                place.start,
                place.end,
                place.prefix,
                place.exact,
                place.suffix
            )
            .replace('\n', " ")
        };
        match self {
            AnchorError::Empty | AnchorError::Absent { nearest: None, .. } => Vec::new(),
            AnchorError::Absent {
                nearest: Some(place),
                ..
                // As it stands: with a space in place of a line break the words would not be found.
            } => vec![format!(
                "nearest passage, code points {} to {}: {}",
                place.start, place.end, place.exact
            )],
            AnchorError::Ambiguous { places, .. }
            | AnchorError::TooFew { places, .. }
            | AnchorError::Elsewhere { places, .. } => places.iter().enumerate().map(line).collect(),
        }
    }
}

/// More places than this are not kept.
const MAX_SHOWN: usize = 20;

impl Place {
    /// Returns the place as an appearance in the article with this digest.
    pub fn in_article(self, article: Digest) -> Appearance {
        Appearance {
            article,
            exact: self.exact,
            prefix: self.prefix,
            suffix: self.suffix,
            start: self.start,
            end: self.end,
        }
    }
}

/// Finds the one place of `words` in the text that fits the hint.
///
/// The words, and the hint's prefix and suffix, go through `text/1` first.
///
/// # Errors
///
/// [`AnchorError`] says what stands in the text instead.
pub fn locate(text: &ArticleText, words: &str, hint: &Hint) -> Result<Place, AnchorError> {
    let exact = text::normalize_quote(words);
    if exact.is_empty() {
        return Err(AnchorError::Empty);
    }
    let hint = Fitting::new(hint);
    let len = exact.chars().count() as u64;
    let (mut fitting, mut several) = (None, false);
    let mut first = Vec::new();
    let (mut count, mut start, mut counted_to) = (0, 0, 0);
    // The words may be anybody's and stand there many times: of a place the numbers are kept, not the words.
    for at in occurrences(text.as_str(), &exact) {
        count += 1;
        start += text.as_str()[counted_to..at.start].chars().count() as u64;
        counted_to = at.start;
        let spot = Spot {
            text: text.as_str(),
            at,
            start,
            end: start + len,
        };
        if hint.allows(count, &spot) {
            several = fitting.is_some();
            fitting = Some(spot.clone());
        }
        if first.len() < MAX_SHOWN {
            first.push(spot);
        }
    }
    let places = || first.iter().map(Spot::place).collect();
    match (fitting, hint.occurrence) {
        (Some(spot), _) if !several => Ok(spot.place()),
        (Some(_), _) => Err(AnchorError::Ambiguous {
            places: places(),
            exact,
            count,
        }),
        (None, _) if count == 0 => Err(AnchorError::Absent {
            exact,
            nearest: None,
        }),
        (None, Some(occurrence)) if occurrence > count => Err(AnchorError::TooFew {
            places: places(),
            exact,
            occurrence,
            count,
        }),
        (None, _) => Err(AnchorError::Elsewhere {
            places: places(),
            exact,
        }),
    }
}

/// A place in a text, without copies of its words.
#[derive(Clone)]
struct Spot<'a> {
    text: &'a str,
    /// In bytes.
    at: Range<usize>,
    /// In code points, as of a [`Place`].
    start: u64,
    end: u64,
}

impl<'a> Spot<'a> {
    fn prefix(&self) -> &'a str {
        let before = &self.text[..self.at.start];
        let first = before.char_indices().rev().nth(MAX_CONTEXT - 1);
        &before[first.map_or(0, |(i, _)| i)..]
    }

    fn suffix(&self) -> &'a str {
        let after = &self.text[self.at.end..];
        let end = after.char_indices().nth(MAX_CONTEXT);
        &after[..end.map_or(after.len(), |(i, _)| i)]
    }

    fn place(&self) -> Place {
        Place {
            start: self.start,
            end: self.end,
            exact: self.text[self.at.clone()].to_owned(),
            prefix: self.prefix().to_owned(),
            suffix: self.suffix().to_owned(),
        }
    }
}

/// A hint whose context is in the form of the text.
struct Fitting {
    occurrence: Option<u64>,
    start: Option<u64>,
    end: Option<u64>,
    prefix: Option<String>,
    suffix: Option<String>,
}

impl Fitting {
    fn new(hint: &Hint) -> Self {
        Fitting {
            occurrence: hint.occurrence,
            start: hint.start,
            end: hint.end,
            prefix: hint.prefix.as_deref().map(normalize_context),
            suffix: hint.suffix.as_deref().map(normalize_context),
        }
    }

    fn allows(&self, number: u64, spot: &Spot<'_>) -> bool {
        let prefix = |prefix: &String| {
            let found = spot.prefix();
            found.ends_with(prefix) || prefix.ends_with(found)
        };
        let suffix = |suffix: &String| {
            let found = spot.suffix();
            found.starts_with(suffix) || suffix.starts_with(found)
        };
        self.occurrence.is_none_or(|n| n == number)
            && self.start.is_none_or(|start| start == spot.start)
            && self.end.is_none_or(|end| end == spot.end)
            && self.prefix.as_ref().is_none_or(prefix)
            && self.suffix.as_ref().is_none_or(suffix)
    }
}

/// Normalises context, whose white space at the ends counts.
fn normalize_context(context: &str) -> String {
    let bracketed = text::normalize_quote(&format!("|{context}|"));
    bracketed[1..bracketed.len() - 1].to_owned()
}

/// Returns where words stand in a text: in bytes, in its order, overlapping places too; nowhere if there are no words.
///
/// Both are read once, however the words repeat themselves (Knuth, Morris and Pratt).
pub(super) fn occurrences(text: &str, words: &str) -> impl Iterator<Item = Range<usize>> {
    let (text, words) = (text.as_bytes(), words.as_bytes());
    let is_possible = !words.is_empty() && words.len() <= text.len();
    let borders = is_possible.then(|| borders(words));
    let (mut at, mut matched) = (0, 0);
    iter::from_fn(move || {
        let borders = borders.as_ref()?;
        while let Some(byte) = text.get(at) {
            while matched > 0 && words.get(matched) != Some(byte) {
                matched = borders[matched - 1];
            }
            matched += usize::from(words[matched] == *byte);
            at += 1;
            if matched == words.len() {
                return Some(at - matched..at);
            }
        }
        None
    })
}

/// Returns for each beginning of the words how long the longest shorter one is with which it also ends.
fn borders(words: &[u8]) -> Vec<usize> {
    let mut borders = vec![0; words.len()];
    let mut matched = 0;
    for at in 1..words.len() {
        while matched > 0 && words[matched] != words[at] {
            matched = borders[matched - 1];
        }
        matched += usize::from(words[matched] == words[at]);
        borders[at] = matched;
    }
    borders
}

/// Texts with more words than this are not searched for near misses.
const MAX_WORDS: usize = 200_000;

/// Most words that are compared one by one, to tell apart passages that share as many.
const MAX_COMPARED: usize = 10_000_000;

/// Returns the passage that shares most words with the given ones, if it shares at least half. Of several the first that
/// has most of them at their own position.
fn nearest(text: &ArticleText, exact: &str) -> Option<Place> {
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let wanted: Vec<usize> = words(exact)
        .map(|at| {
            let next = numbers.len();
            *numbers.entry(exact[at].to_lowercase()).or_insert(next)
        })
        .collect();
    let text = text.as_str();
    // Words that are not wanted are all the same.
    let found: Vec<(Range<usize>, Option<usize>)> = words(text)
        .take(MAX_WORDS + 1)
        .map(|at| (at.clone(), numbers.get(&text[at].to_lowercase()).copied()))
        .collect();
    if wanted.is_empty() || found.len() > MAX_WORDS {
        return None;
    }
    let mut missing = vec![0_i64; numbers.len()];
    for word in &wanted {
        missing[*word] += 1;
    }
    let width = wanted.len().min(found.len());
    let (mut shared, mut most) = (0, 0);
    let mut best = Vec::new();
    for (i, (_, word)) in found.iter().enumerate() {
        if let Some(word) = word {
            shared += usize::from(missing[*word] > 0);
            missing[*word] -= 1;
        }
        if i >= width
            && let Some(word) = found[i - width].1
        {
            missing[word] += 1;
            shared -= usize::from(missing[word] > 0);
        }
        if i + 1 >= width && shared >= most {
            if shared > most {
                best.clear();
            }
            most = shared;
            best.push(i + 1 - width);
        }
    }
    if most * 2 < wanted.len() || most == 0 {
        return None;
    }
    let in_place = |first: usize| {
        let passage = found[first..].iter().map(|(_, word)| *word);
        let pairs = iter::zip(passage, &wanted);
        pairs
            .filter(|(word, wanted)| *word == Some(**wanted))
            .count()
    };
    let compared = best.iter().take(MAX_COMPARED / width + 1);
    // Of equals `max_by_key` takes the last.
    let first = *compared.rev().max_by_key(|first| in_place(**first))?;
    let at = with_marks(
        text,
        found[first].0.start..found[first + width - 1].0.end,
        exact,
    );
    let start = text[..at.start].chars().count() as u64;
    let end = start + text[at.clone()].chars().count() as u64;
    Some(
        Spot {
            text,
            at,
            start,
            end,
        }
        .place(),
    )
}

/// Widens a passage by the marks around it, where the words that it is like begin or end with marks.
fn with_marks(text: &str, at: Range<usize>, exact: &str) -> Range<usize> {
    let is_mark = |c: char| !c.is_alphanumeric() && !c.is_whitespace();
    let (mut start, mut end) = (at.start, at.end);
    if exact.starts_with(is_mark) {
        start = text[..start].trim_end_matches(is_mark).len();
    }
    if exact.ends_with(is_mark) {
        end = text.len() - text[end..].trim_start_matches(is_mark).len();
    }
    start..end
}

/// Returns where words stand in a text, in bytes.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let pieces = text.split_inclusive(|c: char| !c.is_alphanumeric());
    pieces
        .scan(0, |at, piece| {
            let start = *at;
            *at += piece.len();
            let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
            Some(start..start + word.len())
        })
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> ArticleText {
        ArticleText::normalize(
            "The café said: “No comment.” Later it said “No comment” again.\n".as_bytes(),
        )
        .unwrap()
    }

    #[test]
    fn one_match_is_taken_and_counted_in_code_points() {
        let place = locate(&text(), "“No comment.”", &Hint::default()).unwrap();
        assert_eq!((place.start, place.end), (15, 28));
        assert_eq!(place.prefix, "The café said: ");
        assert_eq!(text().slice(place.start..place.end), Some("“No comment.”"));
    }

    #[test]
    fn several_matches_are_refused_until_something_says_which() {
        let error = locate(&text(), "No comment", &Hint::default()).unwrap_err();
        assert_eq!(error.places().len(), 2);
        assert!(matches!(error, AnchorError::Ambiguous { .. }));
        let hints = [
            Hint {
                occurrence: Some(2),
                ..Hint::default()
            },
            Hint {
                prefix: Some("it said “".to_owned()),
                ..Hint::default()
            },
            Hint {
                suffix: Some("” again".to_owned()),
                ..Hint::default()
            },
            Hint {
                start: Some(44),
                ..Hint::default()
            },
        ];
        for hint in hints {
            let place = locate(&text(), "No comment", &hint).unwrap();
            assert_eq!(place.start, 44, "{hint:?}");
        }
        let third = Hint {
            occurrence: Some(3),
            ..Hint::default()
        };
        let error = locate(&text(), "No comment", &third).unwrap_err();
        assert_eq!(
            error.to_string(),
            "asked for occurrence 3 of the words \"No comment\", found 2"
        );
        let nowhere = Hint {
            start: Some(45),
            ..Hint::default()
        };
        assert!(matches!(
            locate(&text(), "No comment", &nowhere),
            Err(AnchorError::Elsewhere { .. })
        ));
    }

    #[test]
    fn absent_words_show_the_nearest_passage() {
        let nearest = |text: &str, words: &str| {
            let text = ArticleText::normalize(text.as_bytes()).unwrap();
            let error = locate(&text, words, &Hint::default()).unwrap_err();
            match error.with_nearest(&text) {
                AnchorError::Absent { nearest, .. } => nearest.map(|place| {
                    // What is shown can be pasted.
                    assert_eq!(
                        locate(&text, &place.exact, &Hint::default()).unwrap(),
                        place
                    );
                    place.exact
                }),
                other => panic!("{other:?}"),
            }
        };
        let cafe = text();
        for (text, words, found) in [
            (
                cafe.as_str(),
                "Later, it says \"No comment\" again",
                Some("Later it said “No comment” again"),
            ),
            (cafe.as_str(), "entirely different", None),
            // Of passages that share as many words, the one in which they stand in the same order.
            (
                "He said: The bridge is safe. And so it was.",
                "The bridge is save.",
                Some("The bridge is safe."),
            ),
            // Marks at its ends as the words have them.
            (
                "She said: “The bridge is safe. We’ve checked it—twice.” Then she left.",
                "\"The bridge is safe. We've checked it - twice.\"",
                Some("“The bridge is safe. We’ve checked it—twice.”"),
            ),
            (
                "The bridge\nis safe, they say.",
                "The bridge is safe",
                Some("The bridge\nis safe"),
            ),
        ] {
            assert_eq!(nearest(text, words).as_deref(), found, "{words}");
        }
    }

    #[test]
    fn overlapping_matches_are_all_seen() {
        let text = ArticleText::normalize(b"aaa").unwrap();
        let error = locate(&text, "aa", &Hint::default()).unwrap_err();
        assert_eq!(error.places().len(), 2);
    }

    // A place was made for each of the matches: two gigabytes for a quote in a page of strangers.
    #[test]
    fn words_that_repeat_themselves_are_found_in_time_and_little_memory() {
        let text = ArticleText::normalize("a".repeat(490_000).as_bytes()).unwrap();
        let words = "a".repeat(4_000);
        for number in [1, 486_001] {
            let hint = Hint {
                occurrence: Some(number),
                ..Hint::default()
            };
            assert_eq!(locate(&text, &words, &hint).unwrap().start, number - 1);
        }
        match locate(&text, &words, &Hint::default()) {
            Err(AnchorError::Ambiguous { count, places, .. }) => {
                assert_eq!((count, places.len()), (486_001, MAX_SHOWN));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn places_are_those_of_a_plain_search() {
        let texts = ["", "a", "aa", "abaab", "aabaabaaab", "äöäöäaöä", "ab“ab”ab"];
        for text in texts {
            for words in ["", "a", "ab", "aab", "aa", "äöä", "”", "abaababaab"] {
                let plain = text.char_indices().map(|(at, _)| at);
                let plain = plain.filter(|at| !words.is_empty() && text[*at..].starts_with(words));
                let plain: Vec<Range<usize>> = plain.map(|at| at..at + words.len()).collect();
                let found: Vec<Range<usize>> = occurrences(text, words).collect();
                assert_eq!(found, plain, "{words} in {text}");
            }
        }
    }
}
