//! Anchors: where quoted words stand in an article's text.
//!
//! An anchor is a W3C Web Annotation TextQuoteSelector (`exact`, `prefix`, `suffix`) together with a
//! TextPositionSelector (`start`, `end`), counted in Unicode code points of the text under `text/1`. One
//! match is taken, several are refused until something says which, none is refused with the nearest miss.

use std::collections::HashMap;

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

/// Why words were not anchored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnchorError {
    #[error("expected words to look for, found none")]
    Empty,
    #[error("the words {exact:?} do not stand in the article")]
    Absent {
        exact: String,
        /// The passage that is most like the words, if any is.
        nearest: Option<Place>,
    },
    #[error("the words {exact:?} stand in the article {} times", places.len())]
    Ambiguous { exact: String, places: Vec<Place> },
    #[error("the words {exact:?} stand in the article, but not where the hint says")]
    Elsewhere { exact: String, places: Vec<Place> },
}

impl AnchorError {
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
            } => vec![
                format!(
                    "nearest passage, code points {} to {}: {}",
                    place.start, place.end, place.exact
                )
                .replace('\n', " "),
            ],
            AnchorError::Ambiguous { places, .. } | AnchorError::Elsewhere { places, .. } => places
                .iter()
                .take(MAX_SHOWN)
                .enumerate()
                .map(line)
                .collect(),
        }
    }
}

/// More places than this are not listed.
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
    let places = occurrences(text, &exact);
    if places.is_empty() {
        let nearest = nearest(text, &exact);
        return Err(AnchorError::Absent { exact, nearest });
    }
    let mut fitting: Vec<&Place> = places
        .iter()
        .enumerate()
        .filter(|(i, place)| fits(hint, *i as u64 + 1, place))
        .map(|(_, place)| place)
        .collect();
    match (fitting.pop(), fitting.is_empty()) {
        (Some(place), true) => Ok(place.clone()),
        (Some(_), false) => Err(AnchorError::Ambiguous { exact, places }),
        (None, _) => Err(AnchorError::Elsewhere { exact, places }),
    }
}

fn fits(hint: &Hint, number: u64, place: &Place) -> bool {
    let prefix = |prefix: &String| {
        let prefix = normalize_context(prefix);
        place.prefix.ends_with(&prefix) || prefix.ends_with(&place.prefix)
    };
    let suffix = |suffix: &String| {
        let suffix = normalize_context(suffix);
        place.suffix.starts_with(&suffix) || suffix.starts_with(&place.suffix)
    };
    hint.occurrence.is_none_or(|n| n == number)
        && hint.start.is_none_or(|start| start == place.start)
        && hint.end.is_none_or(|end| end == place.end)
        && hint.prefix.as_ref().is_none_or(prefix)
        && hint.suffix.as_ref().is_none_or(suffix)
}

/// Normalises context, whose white space at the ends counts.
fn normalize_context(context: &str) -> String {
    let bracketed = text::normalize_quote(&format!("|{context}|"));
    bracketed[1..bracketed.len() - 1].to_owned()
}

/// Returns every place of the exact words, in the order of the text.
fn occurrences(text: &ArticleText, exact: &str) -> Vec<Place> {
    let haystack = text.as_str();
    let len = exact.chars().count() as u64;
    let step = exact.chars().next().map_or(1, char::len_utf8);
    let mut places = Vec::new();
    let (mut from, mut counted_to, mut count) = (0, 0, 0);
    while let Some(found) = haystack[from..].find(exact) {
        let at = from + found;
        count += haystack[counted_to..at].chars().count() as u64;
        counted_to = at;
        places.push(place(haystack, at, at + exact.len(), count, count + len));
        from = at + step;
    }
    places
}

fn place(text: &str, at: usize, end_at: usize, start: u64, end: u64) -> Place {
    let context_start = text[..at]
        .char_indices()
        .rev()
        .nth(MAX_CONTEXT - 1)
        .map_or(0, |(i, _)| i);
    Place {
        start,
        end,
        exact: text[at..end_at].to_owned(),
        prefix: text[context_start..at].to_owned(),
        suffix: text[end_at..].chars().take(MAX_CONTEXT).collect(),
    }
}

/// Texts with more words than this are not searched for near misses.
const MAX_WORDS: usize = 200_000;

/// Returns the passage that shares most words with the given ones, if it shares at least half.
fn nearest(text: &ArticleText, exact: &str) -> Option<Place> {
    let wanted = words(exact);
    let found = words(text.as_str());
    if wanted.is_empty() || found.len() > MAX_WORDS {
        return None;
    }
    let mut missing: HashMap<&str, i64> = HashMap::new();
    for word in &wanted {
        *missing.entry(&word.folded).or_default() += 1;
    }
    let width = wanted.len().min(found.len());
    let mut shared = 0;
    let mut best = (0, 0);
    for (i, word) in found.iter().enumerate() {
        if let Some(left) = missing.get_mut(word.folded.as_str()) {
            shared += i64::from(*left > 0);
            *left -= 1;
        }
        if i >= width
            && let Some(left) = missing.get_mut(found[i - width].folded.as_str())
        {
            *left += 1;
            shared -= i64::from(*left > 0);
        }
        if i + 1 >= width && shared > best.0 {
            best = (shared, i + 1 - width);
        }
    }
    let (shared, first) = best;
    if shared * 2 < wanted.len() as i64 || shared == 0 {
        return None;
    }
    let (at, end_at) = (found[first].at, found[first + width - 1].end_at);
    let start = text.as_str()[..at].chars().count() as u64;
    let len = text.as_str()[at..end_at].chars().count() as u64;
    Some(place(text.as_str(), at, end_at, start, start + len))
}

struct Word {
    folded: String,
    at: usize,
    end_at: usize,
}

fn words(text: &str) -> Vec<Word> {
    text.split_inclusive(|c: char| !c.is_alphanumeric())
        .scan(0, |at, piece| {
            let start = *at;
            *at += piece.len();
            let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
            Some(Word {
                folded: word.to_lowercase(),
                at: start,
                end_at: start + word.len(),
            })
        })
        .filter(|word| !word.folded.is_empty())
        .collect()
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
        assert!(matches!(
            locate(&text(), "No comment", &third),
            Err(AnchorError::Elsewhere { .. })
        ));
    }

    #[test]
    fn absent_words_show_the_nearest_passage() {
        let error = locate(
            &text(),
            "Later, it says \"No comment\" again",
            &Hint::default(),
        );
        let Err(AnchorError::Absent {
            nearest: Some(place),
            ..
        }) = error
        else {
            panic!("{error:?}");
        };
        assert_eq!(place.exact, "Later it said “No comment” again");
        let error = locate(&text(), "entirely different", &Hint::default());
        assert!(matches!(
            error,
            Err(AnchorError::Absent { nearest: None, .. })
        ));
    }

    #[test]
    fn overlapping_matches_are_all_seen() {
        let text = ArticleText::normalize(b"aaa").unwrap();
        let error = locate(&text, "aa", &Hint::default()).unwrap_err();
        assert_eq!(error.places().len(), 2);
    }
}
