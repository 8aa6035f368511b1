//! What is different between recorded words and those looked for, word by word.

use serde::Serialize;

use crate::canonical::fold::{Word, squeezed, words};

/// Pairs of words that are compared at most. Longer texts are not compared word by word.
const MAX_PAIRS: usize = 250_000;

/// One step from the recorded words to those looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Change {
    /// Recorded and looked for; as it was recorded.
    #[serde(rename = "same")]
    Same(String),
    /// Recorded, and not in what was looked for.
    #[serde(rename = "recorded")]
    Missing(String),
    /// Looked for, and not recorded.
    #[serde(rename = "searched")]
    Added(String),
    /// Recorded so, looked for otherwise.
    #[serde(untagged)]
    Instead { recorded: String, searched: String },
}

/// Returns the steps from the recorded words to those looked for, as few words differing as can be. Nothing if there
/// are too many words.
pub(super) fn difference(recorded: &str, searched: &str) -> Vec<Change> {
    let (recorded, searched) = (words(recorded), words(searched));
    if recorded.len().saturating_mul(searched.len()) > MAX_PAIRS {
        return Vec::new();
    }
    let mut changes = Vec::new();
    let (mut old, mut new) = (0, 0);
    for (i, j) in common(&recorded, &searched) {
        push_changed(&mut changes, &recorded[old..i], &searched[new..j]);
        push_same(&mut changes, recorded[i].written);
        (old, new) = (i + 1, j + 1);
    }
    push_changed(&mut changes, &recorded[old..], &searched[new..]);
    changes
}

/// The longest common subsequence of the words: where each stands in either.
fn common(a: &[Word<'_>], b: &[Word<'_>]) -> Vec<(usize, usize)> {
    let width = b.len() + 1;
    // `lengths[i * width + j]`: of what follows after the first i and j words.
    let mut lengths = vec![0_u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            lengths[i * width + j] = match a[i].folded == b[j].folded {
                true => lengths[(i + 1) * width + j + 1].saturating_add(1),
                false => lengths[(i + 1) * width + j].max(lengths[i * width + j + 1]),
            };
        }
    }
    let mut pairs = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i].folded == b[j].folded {
            pairs.push((i, j));
            i += 1;
            j += 1;
        } else if lengths[(i + 1) * width + j] >= lengths[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

fn push_changed(changes: &mut Vec<Change>, recorded: &[Word<'_>], searched: &[Word<'_>]) {
    match (written(recorded), written(searched)) {
        (None, None) => {}
        (Some(recorded), None) => changes.push(Change::Missing(recorded)),
        (None, Some(searched)) => changes.push(Change::Added(searched)),
        // Words that were broken or joined are the same words.
        (Some(same), Some(_)) if squeezed(recorded) == squeezed(searched) => {
            push_same(changes, &same);
        }
        (Some(recorded), Some(searched)) => changes.push(Change::Instead { recorded, searched }),
    }
}

fn push_same(changes: &mut Vec<Change>, written: &str) {
    match changes.last_mut() {
        Some(Change::Same(same)) => {
            same.push(' ');
            same.push_str(written);
        }
        _ => changes.push(Change::Same(written.to_owned())),
    }
}

fn written(words: &[Word<'_>]) -> Option<String> {
    let written: Vec<&str> = words.iter().map(|word| word.written).collect();
    (!written.is_empty()).then(|| written.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_is_told_in_the_words_as_written() {
        let same = |text: &str| Change::Same(text.to_owned());
        assert_eq!(
            difference(
                "“The bridge is not safe,” he said: it is well-known.",
                "the bridge is sate he has said itis well known"
            ),
            [
                same("“The bridge is"),
                Change::Instead {
                    recorded: "not safe,”".to_owned(),
                    searched: "sate".to_owned()
                },
                same("he"),
                Change::Added("has".to_owned()),
                same("said: it is well- known."),
            ]
        );
        assert_eq!(
            difference("It is not true", "It is true"),
            [
                same("It is"),
                Change::Missing("not".to_owned()),
                same("true")
            ]
        );
    }

    #[test]
    fn very_long_texts_are_not_compared() {
        let long = "word ".repeat(1_000);
        assert_eq!(difference(&long, &long), []);
    }
}
