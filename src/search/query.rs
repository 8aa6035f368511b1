//! What is looked for.

use std::cmp::Reverse;

use super::SearchError;
use crate::canonical::fold::{squeezed, without_lookalikes, words};
use crate::canonical::mark::{Marks, sure_runs};
use crate::canonical::text;

/// Longest text that is looked for, in bytes: a claim is a sentence or a few.
pub const MAX_QUERY_LEN: usize = 4096;

/// Stands among the letters where the text says that something is left out.
pub(super) const GAP: char = '\0';

/// Words to look for, in the forms in which they are compared.
#[derive(Clone, Debug)]
pub struct Query {
    text: String,
    /// The letters of each part between dots of omission.
    parts: Vec<String>,
    /// The letters with lookalikes taken as one, and a [`GAP`] between the parts.
    letters: Vec<char>,
    /// The folded words, sorted, once each.
    words: Vec<String>,
    marks: Marks,
    /// Of the marks, runs of letters that stand in whatever holds these words.
    runs: Vec<String>,
}

/// Marks of each sort that a text must have to be looked at: more would not tell more.
const NEEDED: usize = 8;

impl Query {
    /// Takes a text to look for, as somebody typed or pasted it.
    ///
    /// # Errors
    ///
    /// [`SearchError::TooLong`] and [`SearchError::NoWords`].
    pub fn parse(text: &str) -> Result<Self, SearchError> {
        if text.len() > MAX_QUERY_LEN {
            return Err(SearchError::TooLong { len: text.len() });
        }
        let omissions = text.replace(". . .", "…").replace("...", "…");
        let parts: Vec<String> = omissions
            .split('…')
            .map(|part| squeezed(&words(part)))
            .filter(|part| !part.is_empty())
            .collect();
        if parts.is_empty() {
            return Err(SearchError::NoWords);
        }
        let mut letters = Vec::new();
        for part in &parts {
            if !letters.is_empty() {
                letters.push(GAP);
            }
            letters.extend(without_lookalikes(part).chars());
        }
        let mut folded: Vec<String> = words(text).into_iter().map(|word| word.folded).collect();
        folded.sort_unstable();
        folded.dedup();
        Ok(Query {
            runs: parts.iter().flat_map(|part| sure_runs(part)).collect(),
            marks: Marks::of(text),
            text: text::normalize_quote(text),
            parts,
            letters,
            words: folded,
        })
    }

    /// Returns the text, under `text/1`.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn marks(&self) -> &Marks {
        &self.marks
    }

    /// Tells whether all texts that hold these words have left a run of letters that these words leave too.
    pub(super) fn is_sure(&self) -> bool {
        !self.runs.is_empty()
    }

    /// Returns marks that a text must have to hold these words: some of their runs of letters, and the longest words.
    pub(super) fn needed(&self) -> Vec<&str> {
        let mut longest: Vec<&str> = self.marks.words.iter().map(String::as_str).collect();
        longest.sort_by_key(|word| Reverse(word.len()));
        longest.truncate(NEEDED);
        let step = self.runs.len().div_ceil(NEEDED).max(1);
        longest.extend(self.runs.iter().step_by(step).map(String::as_str));
        longest
    }

    pub(super) fn parts(&self) -> &[String] {
        &self.parts
    }

    pub(super) fn letters(&self) -> &[char] {
        &self.letters
    }

    pub(super) fn letter_count(&self) -> usize {
        self.letters.iter().filter(|c| **c != GAP).count()
    }

    pub(super) fn words(&self) -> &[String] {
        &self.words
    }
}
