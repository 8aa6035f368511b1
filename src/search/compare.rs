//! How near two wordings are: equal, one within the other, or alike but for some letters.

use std::collections::BTreeSet;

use serde::Serialize;

use super::query::{GAP, Query};
use crate::canonical::fold::{Word, squeezed, without_lookalikes, words};

/// How recorded words answer to those looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum Matched {
    /// The same words, written alike.
    Exact,
    /// The same words, written otherwise: quotation marks, dashes, spaces, case, accents.
    SameWords,
    /// All that was looked for, and more around it.
    Fragment,
    /// All that was looked for, with more where it leaves something out.
    Elided,
    /// All of the recorded words stand in what was looked for.
    Within,
    /// So many letters are others, more or fewer, of so many that were compared. None are where only lookalikes
    /// differ (l and 1), or words are broken otherwise.
    Similar { differing: usize, of: usize },
    /// So many words of those looked for, in any order.
    SomeWords { shared: usize, of: usize },
}

impl Matched {
    /// Tells whether all that was looked for stands in the recorded words, unaltered.
    pub fn has_all(self) -> bool {
        match self {
            Matched::Exact | Matched::SameWords | Matched::Fragment | Matched::Elided => true,
            Matched::Within | Matched::Similar { .. } | Matched::SomeWords { .. } => false,
        }
    }
}

/// Of the letters that were looked for, those that must be there for two texts to be called similar. Of few letters
/// more: any long text has most of a short word's letters somewhere.
const ALIKE: f64 = 0.68;
const FEW_LETTERS: usize = 12;
const FEW_ALIKE: f64 = 0.8;

/// Of the letters of the words looked for, those whose words must be there.
const WORDS_SHARED: f64 = 0.6;

/// Shorter recorded words stand in too many texts to be found within them, in letters.
const MIN_WITHIN: usize = 12;

/// From here on a text is no part of the other, but most of it.
const MOSTLY: f64 = 0.8;

/// What comparing may cost, in pairs of letters: for one pair of texts, and left for a whole search. Texts that are
/// dearer are compared by their words alone.
pub(super) struct Budget {
    pairs: usize,
}

const MAX_PAIRS: usize = 4_000_000;

impl Default for Budget {
    fn default() -> Self {
        Budget { pairs: 12_000_000 }
    }
}

impl Budget {
    fn pays(&mut self, a: usize, b: usize) -> bool {
        let pairs = a.saturating_mul(b);
        if pairs > MAX_PAIRS.min(self.pairs) {
            return false;
        }
        self.pairs -= pairs;
        true
    }
}

/// Compares recorded words with those looked for: nothing if they have too little in common.
pub(super) fn compare(query: &Query, text: &str, budget: &mut Budget) -> Option<(Matched, f64)> {
    if query.text() == text {
        return Some((Matched::Exact, 1.0));
    }
    let recorded = words(text);
    let all = squeezed(&recorded);
    let asked = query.parts().concat();
    if all == asked {
        return Some((Matched::SameWords, 0.99));
    }
    let covered = shorter_by_longer(all.len(), asked.len());
    if hold(&recorded, &all, query.parts()) {
        return Some(match query.parts().len() {
            1 => (Matched::Fragment, 0.95 + 0.03 * covered),
            _ => (Matched::Elided, 0.94 + 0.03 * covered),
        });
    }
    if all.chars().nth(MIN_WITHIN - 1).is_some() && is_within(&recorded, query) {
        return Some((Matched::Within, within(1.0, covered)));
    }
    similar(query, &all, budget).or_else(|| some_words(query, &recorded))
}

/// What counts a part of what was looked for: more, the more of it it is.
fn within(alike: f64, covered: f64) -> f64 {
    alike * (0.6 + 0.34 * covered)
}

fn shorter_by_longer(a: usize, b: usize) -> f64 {
    a.min(b) as f64 / a.max(b).max(1) as f64
}

/// Tells whether the parts stand in the words, in order, each from the beginning of a word to the end of one.
fn hold(words: &[Word<'_>], all: &str, parts: &[String]) -> bool {
    let mut bounds = BTreeSet::from([0]);
    let mut len = 0;
    for word in words {
        len += word.folded.len();
        bounds.insert(len);
    }
    let mut from = 0;
    'parts: for part in parts {
        while let Some(at) = all[from..].find(part.as_str()).map(|at| from + at) {
            let end = at + part.len();
            if bounds.contains(&at) && bounds.contains(&end) {
                from = end;
                continue 'parts;
            }
            from = at + all[at..].chars().next().map_or(1, char::len_utf8);
        }
        return false;
    }
    true
}

fn is_within(recorded: &[Word<'_>], query: &Query) -> bool {
    let asked = words(query.text());
    let part = [squeezed(recorded)];
    hold(&asked, &squeezed(&asked), &part)
}

fn similar(query: &Query, all: &str, budget: &mut Budget) -> Option<(Matched, f64)> {
    let letters: Vec<char> = without_lookalikes(all).chars().collect();
    let asked = query.letters();
    let of = query.letter_count();
    if !budget.pays(of, letters.len()) {
        return None;
    }
    let covered = shorter_by_longer(letters.len(), of);
    let whole = distance(asked, &letters, most_differing(of)).map(|differing| {
        // Of equals, the one with less around it.
        let score = 0.94 * share_left(differing, of) - 0.02 * (1.0 - covered);
        (Matched::Similar { differing, of }, score)
    });
    // What was looked for may be more than what was recorded: a paragraph around a quote.
    if covered > MOSTLY
        || letters.len() >= of
        || letters.len() < MIN_WITHIN
        || !budget.pays(of, letters.len())
    {
        return whole;
    }
    let of = letters.len();
    let part = distance(&letters, asked, most_differing(of)).map(|differing| {
        let score = within(0.98 * share_left(differing, of), covered);
        (Matched::Similar { differing, of }, score)
    });
    match (whole, part) {
        (Some(whole), Some(part)) if part.1 > whole.1 => Some(part),
        (whole, part) => whole.or(part),
    }
}

/// Returns how many of so many letters may differ in what is called similar.
fn most_differing(of: usize) -> usize {
    let alike = if of < FEW_LETTERS { FEW_ALIKE } else { ALIKE };
    of - (alike * of as f64).ceil() as usize
}

fn share_left(differing: usize, of: usize) -> f64 {
    1.0 - differing.min(of) as f64 / of.max(1) as f64
}

/// How many letters must be changed, added or dropped to make of `part` what stands somewhere in `text` (Sellers
/// 1980), if they are at most `most`. At a [`GAP`] any letters of the text may be passed over.
fn distance(part: &[char], text: &[char], most: usize) -> Option<usize> {
    // `row[j]`: the least cost of what was read of the part, if it ends before the letter j of the text.
    let mut row = vec![0_u32; text.len() + 1];
    for c in part {
        if *c == GAP {
            for j in 1..row.len() {
                row[j] = row[j].min(row[j - 1]);
            }
            continue;
        }
        let mut diagonal = row[0];
        row[0] += 1;
        let mut left = row[0];
        let mut least = left;
        for (t, cell) in std::iter::zip(text, &mut row[1..]) {
            let change = diagonal + u32::from(t != c && *t != GAP);
            diagonal = *cell;
            left = change.min(diagonal + 1).min(left + 1);
            *cell = left;
            least = least.min(left);
        }
        // It never becomes less.
        if least as usize > most {
            return None;
        }
    }
    let least = row.into_iter().min().map_or(0, |least| least as usize);
    (least <= most).then_some(least)
}

fn some_words(query: &Query, recorded: &[Word<'_>]) -> Option<(Matched, f64)> {
    let recorded: BTreeSet<&str> = recorded.iter().map(|word| word.folded.as_str()).collect();
    let len = |word: &&String| word.chars().count();
    let there = |word: &&String| recorded.contains(word.as_str());
    let letters: usize = query.words().iter().map(|word| len(&word)).sum();
    let shared = query.words().iter().filter(there);
    let share = shared.clone().map(|word| len(&word)).sum::<usize>() as f64 / letters as f64;
    let matched = Matched::SomeWords {
        shared: shared.count(),
        of: query.words().len(),
    };
    (share >= WORDS_SHARED).then_some((matched, 0.55 * share))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matched(asked: &str, recorded: &str) -> Option<Matched> {
        let query = Query::parse(asked).unwrap();
        compare(&query, recorded, &mut Budget::default()).map(|(matched, _)| matched)
    }

    const SAID: &str = "The bridge is safe, and will be safe for a hundred years.";

    #[test]
    fn every_way_of_matching_is_told_apart() {
        for (asked, expected) in [
            (SAID, Matched::Exact),
            (
                "“the bridge is safe – and will be safe for a hundred years”",
                Matched::SameWords,
            ),
            ("will be safe for a hundred", Matched::Fragment),
            ("The bridge … for a hundred years", Matched::Elided),
            (
                "The mayor said: \"The bridge is safe, and will be safe for a hundred years.\" He left.",
                Matched::Within,
            ),
            (
                "The bridge is sate, and wi11 be safe fora hundred years",
                Matched::Similar {
                    differing: 1,
                    of: 44,
                },
            ),
            (
                "bridge hundred years safe",
                Matched::SomeWords { shared: 4, of: 4 },
            ),
        ] {
            assert_eq!(matched(asked, SAID), Some(expected), "{asked}");
        }
        assert_eq!(matched("Nobody has crossed this river since", SAID), None);
    }

    #[test]
    fn part_of_a_word_is_no_fragment() {
        let similar = matched("bridge is safe", "The bridge is safety");
        assert!(matches!(similar, Some(Matched::Similar { .. })));
        let similar = matched("15 of us", "It was 1.15 of us");
        assert!(matches!(similar, Some(Matched::Similar { .. })));
    }

    #[test]
    fn nearer_words_have_a_higher_score() {
        let mut before = 1.1;
        for asked in [
            SAID,
            "the bridge is safe and will be safe for a hundred years",
            "bridge is safe and will be safe for a hundred",
            "The bridge is safe, and will be save for a hundred years.",
            "The bridge is safe, and will be closed for a hundred years.",
            "safe bridge, safe years",
        ] {
            let query = Query::parse(asked).unwrap();
            let found = compare(&query, SAID, &mut Budget::default());
            let (_, score) = found.unwrap_or_else(|| panic!("{asked}"));
            assert!(score < before, "{asked}: {score}");
            before = score;
        }
    }

    #[test]
    fn what_is_too_long_is_compared_by_its_words() {
        let long = "never been seen before ".repeat(2_000);
        let query = Query::parse(&long[..4_000]).unwrap();
        let found = compare(
            &query,
            &long.replace("seen", "been"),
            &mut Budget::default(),
        );
        assert!(matches!(found, Some((Matched::SomeWords { .. }, _))));
    }
}
