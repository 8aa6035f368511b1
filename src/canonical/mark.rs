//! Marks: what an index of words keeps of a text, so that it is found again when it was altered.
//!
//! Follows `docs/search.md`. A text leaves three sorts of marks: its words, folded; a hash of all of them, squeezed; and
//! runs of `SHINGLE` letters across words, picked by *winnowing* (Schleimer, Wilkerson, Aiken 2003): of every
//! `WINDOW` runs in a row at least one. Whoever asks with all runs of an altered text meets a mark wherever
//! [`SURE`] letters in a row are unaltered, and words that were broken or joined do not matter.

use std::collections::BTreeSet;

use super::Digest;
use super::fold::{Word, squeezed, without_lookalikes, words};

/// Letters in a run. Shorter runs are met in more texts, longer ones are altered more easily.
const SHINGLE: usize = 7;

/// Runs in a row of which one at least becomes a mark. Not more than [`SHINGLE`], so that every letter is in a mark.
const WINDOW: usize = 6;

/// Letters in a row of which a mark is met wherever they stand.
pub const SURE: usize = SHINGLE + WINDOW - 1;

/// Longest word that becomes a mark, in bytes: nobody types a longer one, and it has runs.
const MAX_WORD: usize = 64;

/// What to ask an index for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marks {
    /// The hash of the whole, if there is anything in the text.
    pub whole: Option<String>,
    pub words: Vec<String>,
    /// All runs of letters: whatever of them an altered text still has.
    pub shingles: Vec<String>,
    /// The runs among them that the text itself would leave.
    pub picked: Vec<String>,
}

/// Returns the marks that a text leaves in an index: sorted, once each, with a space between.
pub fn marks(text: &str) -> String {
    let words = words(text);
    let all = squeezed(&words);
    let letters = without_lookalikes(&all);
    let mut marks: Vec<&str> = short_words(&words).collect();
    let starts = starts(&letters);
    let picked = winnowed(&letters, &starts);
    marks.extend(picked.map(|run| &letters[run.0..run.1]));
    let whole = whole(&all);
    marks.extend(whole.as_deref());
    marks.sort_unstable();
    marks.dedup();
    marks.join(" ")
}

impl Marks {
    /// Returns the marks to ask for with a text: all of its runs, as it can't be told which were picked.
    pub fn of(text: &str) -> Self {
        let words = words(text);
        let all = squeezed(&words);
        let letters = without_lookalikes(&all);
        let starts = starts(&letters);
        let shingles: BTreeSet<&str> = runs(&starts).map(|run| &letters[run.0..run.1]).collect();
        let picked = winnowed(&letters, &starts).map(|run| &letters[run.0..run.1]);
        let picked: BTreeSet<&str> = picked.collect();
        let asked: BTreeSet<&str> = short_words(&words).collect();
        Marks {
            picked: picked.into_iter().map(str::to_owned).collect(),
            whole: whole(&all),
            words: asked.into_iter().map(str::to_owned).collect(),
            shingles: shingles.into_iter().map(str::to_owned).collect(),
        }
    }
}

/// Returns the runs that folded letters leave wherever they stand among others. Of fewer than [`SURE`] there may be none.
pub fn sure_runs(squeezed: &str) -> Vec<String> {
    // The first and the last may be half of a letter that they look like: rn, vv.
    let inner = squeezed.trim_start_matches(['n', 'v']);
    let letters = without_lookalikes(inner.trim_end_matches(['r', 'v']));
    let starts = starts(&letters);
    if starts.len() <= SURE {
        return Vec::new();
    }
    let picked = winnowed(&letters, &starts);
    picked.map(|run| letters[run.0..run.1].to_owned()).collect()
}

fn short_words<'a>(words: &'a [Word<'_>]) -> impl Iterator<Item = &'a str> {
    let folded = words.iter().map(|word| word.folded.as_str());
    folded.filter(|word| word.len() <= MAX_WORD)
}

/// The first half of a SHA-256 in hexadecimal digits: long enough that only the same words have it.
fn whole(squeezed: &str) -> Option<String> {
    let digest = Digest::of(squeezed.as_bytes());
    (!squeezed.is_empty()).then(|| base16ct::lower::encode_string(&digest.as_bytes()[..16]))
}

/// Where the letters begin, and where the text ends.
fn starts(letters: &str) -> Vec<usize> {
    let begins = letters.char_indices().map(|(at, _)| at);
    begins.chain([letters.len()]).collect()
}

/// All runs: from which byte to which.
fn runs(starts: &[usize]) -> impl Iterator<Item = (usize, usize)> {
    starts.windows(SHINGLE + 1).map(|w| (w[0], w[SHINGLE]))
}

/// The runs with the least hash of their window; of equal ones the last.
fn winnowed(letters: &str, starts: &[usize]) -> impl Iterator<Item = (usize, usize)> {
    let runs: Vec<(usize, usize)> = runs(starts).collect();
    let hashes: Vec<u64> = (runs.iter())
        .map(|run| fnv(&letters.as_bytes()[run.0..run.1]))
        .collect();
    let window = WINDOW.min(hashes.len()).max(1);
    let mut picked = Vec::new();
    for (from, hashes) in hashes.windows(window).enumerate() {
        let least = (0..hashes.len())
            .rev()
            .min_by_key(|i| hashes[*i])
            .expect("a window is not empty");
        if picked.last() != Some(&(from + least)) {
            picked.push(from + least);
        }
    }
    picked.into_iter().map(move |at| runs[at])
}

/// FNV-1a, with its upper bits mixed into the lower: any hash will do, if it is always the same.
fn fnv(bytes: &[u8]) -> u64 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "The committee found that the tunnel had cost twice what the minister had told parliament.";

    #[test]
    fn any_long_enough_part_meets_a_mark() {
        let kept = marks(TEXT);
        let kept: Vec<&str> = kept.split(' ').collect();
        let letters: Vec<char> = squeezed(&words(TEXT)).chars().collect();
        for part in letters.windows(SURE) {
            let part: String = part.iter().collect();
            let met = Marks::of(&part).shingles.into_iter();
            assert!(met.into_iter().any(|mark| kept.contains(&&*mark)), "{part}");
        }
    }

    #[test]
    fn sure_runs_of_any_part_are_among_the_marks_of_the_whole() {
        let text = "Modern savvy vendors earn $1.5 million or -16.2 % a year, now and never";
        let kept = marks(text);
        let kept: Vec<&str> = kept.split(' ').collect();
        let letters: Vec<char> = squeezed(&words(text)).chars().collect();
        for len in 1..letters.len() {
            for part in letters.windows(len) {
                let part: String = part.iter().collect();
                let runs = sure_runs(&part);
                assert!(
                    runs.iter().all(|run| kept.contains(&run.as_str())),
                    "{part}"
                );
                assert!(!runs.is_empty() || len < SURE + 6, "{part}");
            }
        }
    }

    #[test]
    fn other_types_leave_the_same_marks_but_other_words_another_whole() {
        assert_eq!(marks("It’s — “good”"), marks("IT'S \"GOOD\""));
        assert_ne!(Marks::of("It was 1.5").whole, Marks::of("It was 15").whole);
    }

    #[test]
    fn short_and_empty_texts_have_the_marks_they_can_have() {
        assert_eq!(marks(""), "");
        assert_eq!(Marks::of("—").whole, None);
        assert_eq!(marks("No").split(' ').count(), 2);
        assert!(marks("Bridges.").split(' ').any(|mark| mark == "brldges"));
    }
}
