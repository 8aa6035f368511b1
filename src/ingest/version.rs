//! Two versions of a text: which words changed, and what became of the quotes.
//!
//! A quote is found again by its exact words, and where these are gone by the exact words around them. What fits
//! twice is ambiguous; what fits nowhere is lost. Nothing is found by likeness.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use super::anchor::occurrences;
use crate::canonical::ArticleText;
use crate::record::claim::Appearance;

/// Texts with more lines or words than this in what differs are compared line by line, or not at all.
pub const MAX_PIECES: usize = 20_000;

/// A run of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    Same(String),
    Removed(String),
    Added(String),
}

/// What became of a quote in a later version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The same words at the same place.
    Exact,
    /// The same words at another place: its first code point.
    Moved { start: u64 },
    /// Other words between the same surroundings.
    Changed { start: u64, words: String },
    /// The same words several times, and nothing that says which.
    Ambiguous { starts: Vec<u64> },
    /// Neither the words nor their surroundings.
    Lost,
}

impl Fate {
    /// Returns its name in answers.
    pub const fn name(&self) -> &'static str {
        match self {
            Fate::Exact => "exact",
            Fate::Moved { .. } => "moved",
            Fate::Changed { .. } => "changed",
            Fate::Ambiguous { .. } => "ambiguous",
            Fate::Lost => "lost",
        }
    }
}

/// Returns the paragraphs that differ, each as its words; `None` for texts that are too long to be compared.
pub fn changes(old: &ArticleText, new: &ArticleText) -> Option<Vec<Vec<Change>>> {
    let old: Vec<&str> = old.as_str().split_inclusive('\n').collect();
    let new: Vec<&str> = new.as_str().split_inclusive('\n').collect();
    if old.len().max(new.len()) > MAX_PIECES {
        return None;
    }
    let passages = capture_diff_slices(Algorithm::Myers, &old, &new)
        .into_iter()
        .filter(|step| !matches!(step, DiffOp::Equal { .. }))
        .map(|step| {
            words_changed(
                &old[step.old_range()].concat(),
                &new[step.new_range()].concat(),
            )
        })
        .filter(|passage| !passage.is_empty());
    Some(passages.collect())
}

fn words_changed(old: &str, new: &str) -> Vec<Change> {
    let (old_words, new_words) = (pieces(old), pieces(new));
    let steps = match old_words.len().max(new_words.len()) > MAX_PIECES {
        true => vec![DiffOp::Replace {
            old_index: 0,
            old_len: old_words.len(),
            new_index: 0,
            new_len: new_words.len(),
        }],
        false => capture_diff_slices(Algorithm::Myers, &old_words, &new_words),
    };
    let mut changes = Vec::new();
    for step in steps {
        let removed = old_words[step.old_range()].concat();
        let added = new_words[step.new_range()].concat();
        match step {
            DiffOp::Equal { .. } => changes.push(Change::Same(removed)),
            _ => {
                changes.extend((!removed.is_empty()).then_some(Change::Removed(removed)));
                changes.extend((!added.is_empty()).then_some(Change::Added(added)));
            }
        }
    }
    changes
}

/// Cuts a text into words and what stands between them.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let len = match first.is_alphanumeric() {
            true => rest
                .find(|c: char| !c.is_alphanumeric())
                .unwrap_or(rest.len()),
            false => first.len_utf8(),
        };
        let (piece, after) = rest.split_at(len);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// Says what became of a quote of the old text in the new one.
pub fn fate(appearance: &Appearance, old: &ArticleText, new: &ArticleText) -> Fate {
    let found = places(new.as_str(), &appearance.exact);
    let fitting: Vec<&Range<usize>> = found
        .iter()
        .filter(|place| has_surroundings(new.as_str(), place, appearance))
        .collect();
    let stood_alone = places(old.as_str(), &appearance.exact).len() == 1;
    let place = match (found.as_slice(), fitting.as_slice()) {
        ([], _) => return changed(appearance, new.as_str()),
        (_, [only]) => (*only).clone(),
        // The words stood there once, and stand there once.
        ([only], []) if stood_alone => only.clone(),
        (several, _) => {
            return Fate::Ambiguous {
                starts: several
                    .iter()
                    .take(20)
                    .map(|place| count(new.as_str(), place.start))
                    .collect(),
            };
        }
    };
    match count(new.as_str(), place.start) {
        start if start == appearance.start => Fate::Exact,
        start => Fate::Moved { start },
    }
}

/// Finds what stands now between the words that stood around a quote, where both stand once.
fn changed(appearance: &Appearance, new: &str) -> Fate {
    let before = places(new, &appearance.prefix);
    let ([before], false) = (before.as_slice(), appearance.prefix.trim().is_empty()) else {
        return Fate::Lost;
    };
    let after = places(new, &appearance.suffix);
    let ([after], false) = (after.as_slice(), appearance.suffix.trim().is_empty()) else {
        return Fate::Lost;
    };
    let between = before.end..after.start;
    // Surroundings that fell apart surround something else.
    let longest = 4 * appearance.exact.len() + 200;
    if between.start >= between.end || between.len() > longest {
        return Fate::Lost;
    }
    Fate::Changed {
        start: count(new, between.start),
        words: new[between].to_owned(),
    }
}

fn has_surroundings(text: &str, place: &Range<usize>, appearance: &Appearance) -> bool {
    text[..place.start].ends_with(&appearance.prefix)
        && text[place.end..].starts_with(&appearance.suffix)
}

/// Beyond a thousand places, a thousand and one say the same.
const MAX_PLACES: usize = 1_000;

fn places(text: &str, words: &str) -> Vec<Range<usize>> {
    occurrences(text, words).take(MAX_PLACES).collect()
}

fn count(text: &str, at: usize) -> u64 {
    text[..at].chars().count() as u64
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::canonical::Digest;
    use crate::ingest::{Hint, anchor};

    fn text(text: &str) -> ArticleText {
        ArticleText::normalize(text.as_bytes()).unwrap()
    }

    fn fate_of(words: &str, occurrence: u64, old: &str, new: &str) -> Fate {
        let (old, new) = (text(old), text(new));
        let hint = Hint {
            occurrence: Some(occurrence),
            ..Hint::default()
        };
        let place = anchor::locate(&old, words, &hint).unwrap();
        fate(&place.in_article(Digest::of(b"")), &old, &new)
    }

    #[test]
    fn quote_is_exact_moved_changed_ambiguous_or_lost() {
        let old = "In May the mayor said: “We shall see.” Then the mayor left the room, and that was that.";
        let of = |new: &str| fate_of("We shall see.", 1, old, new);
        assert_eq!(of(old), Fate::Exact);
        assert_eq!(of(&format!("{old} Later, nothing happened.")), Fate::Exact);
        assert_eq!(of(&format!("Update. {old}")), Fate::Moved { start: 32 });
        assert_eq!(of("“We shall see.”"), Fate::Moved { start: 1 });
        assert_eq!(
            of(&old.replace("We shall see.", "We shall not see.")),
            Fate::Changed {
                start: 24,
                words: "We shall not see.".to_owned()
            }
        );
        assert_eq!(
            of("She said: “We shall see.” He said: “We shall see.”"),
            Fate::Ambiguous {
                starts: vec![11, 36]
            }
        );
        assert_eq!(of("Nothing of it."), Fate::Lost);
        // The surroundings are there, but far apart.
        let apart = old.replace("We shall see.", &"No. ".repeat(100));
        assert_eq!(of(&apart), Fate::Lost);
    }

    #[test]
    fn one_of_two_that_is_left_is_told_by_its_surroundings_alone() {
        let old = "First, in the morning, she said no to all of it. Then, in the late evening, she said no to a part.";
        let without_first = "Then, in the late evening, she said no to a part.";
        assert_eq!(
            fate_of("said no", 2, old, without_first),
            Fate::Ambiguous { starts: vec![31] }
        );
        let kept = format!("New words. {old}");
        assert_eq!(fate_of("said no", 2, old, &kept), Fate::Moved { start: 91 });
        assert_eq!(
            fate_of("said no", 1, old, "She said no."),
            Fate::Ambiguous { starts: vec![4] }
        );
    }

    #[test]
    fn changes_are_told_word_by_word() {
        let old = text("The same.\n\nThe bridge is safe.\n");
        let new = text("The same.\n\nThe bridge is not safe.\n");
        assert_eq!(
            changes(&old, &new).unwrap(),
            [[
                Change::Same("The bridge is ".to_owned()),
                Change::Added("not ".to_owned()),
                Change::Same("safe.\n".to_owned())
            ]]
        );
        assert_eq!(changes(&old, &old).unwrap(), [[]; 0] as [[Change; 0]; 0]);
    }

    #[test]
    fn hostile_texts_are_compared_in_time() {
        let words = |seed: usize, count: usize, end: &str| {
            (0..count)
                .map(|i| format!("{}{end}", (i * seed) % 100_003))
                .collect::<String>()
        };
        for (end, count) in [
            (" ", 15_000),
            ("\n", 15_000),
            (" ", 200_000),
            ("\n", 200_000),
        ] {
            let start = Instant::now();
            changes(&text(&words(7, count, end)), &text(&words(11, count, end)));
            let took = start.elapsed();
            assert!(took.as_secs() < 20, "{count} by {end:?}: {took:?}");
        }
    }
}
