//! Has this been checked before? Finds what was recorded of some words, though they come altered.
//!
//! Follows `docs/search.md`. An index of [marks](crate::canonical::mark) tells which records may be meant; each of these is
//! then compared letter by letter with what was asked, and the difference is shown word by word. Found
//! is what has the same words, or most of their letters. A paraphrase or a translation has not, and is not found.

mod compare;
mod difference;
mod query;

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use crate::canonical::Digest;
use crate::canonical::mark::SURE;
use crate::record::Kind;
use crate::rules::Facts;
use crate::store::{Read, StoreError};

pub use compare::Matched;
pub use difference::Change;
pub use query::{MAX_QUERY_LEN, Query};

/// Most hits that are returned.
pub const MAX_HITS: usize = 100;

/// Records that have a mark, beyond which it is common and tells little.
const COMMON: usize = 200;

/// Records with a common mark that are looked at after all, where there are few letters to look for.
const MAX_FOUND: usize = 1000;

/// Marks that are asked for, of each sort. A longer text is asked for by some of its marks, evenly spread.
const MAX_MARKS: usize = 200;

/// Records that are compared with what was asked.
const MAX_COMPARED: usize = 32;

/// What it counts to have all marks that are needed, beside having one: those are compared first.
const HAS_ALL: f64 = 1000.0;

/// Rows of the index that are read for one query, all marks together.
const MAX_ROWS: usize = 50_000;

/// A record that may be what was looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub index: u64,
    pub digest: Digest,
    /// Claim, article, source or foreign.
    pub kind: Kind,
    /// A claim's words, an article's headline, a source's title, what others state.
    pub text: String,
    /// From 0 to 1, for the order of hits: 1 are the same words, written alike.
    pub score: f64,
    pub matched: Matched,
    /// From the recorded words to those looked for. Empty where they are too long to compare word by word.
    pub difference: Vec<Change>,
}

/// Why nothing can be looked for.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    #[error("expected words, found neither letters nor digits")]
    NoWords,
    #[error("expected at most {MAX_QUERY_LEN} bytes of text, found {len}")]
    TooLong { len: usize },
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Finds up to `limit` records (at most [`MAX_HITS`]) with these words, the nearest first. Of equals the claims come
/// first, then what was reviewed and decided, then the newest.
///
/// # Errors
///
/// [`SearchError`] if there is nothing to look for, too much, or the store fails. [`StoreError::Stale`] if the index
/// holds other words than the records.
pub fn find(store: &dyn Read, query: &Query, limit: usize) -> Result<Vec<Hit>, SearchError> {
    let mut found = Vec::new();
    let mut budget = compare::Budget::default();
    let mut evidence = Evidence::new(store)?;
    evidence.ask_own(query)?;
    evidence.compare(query, &mut budget, &mut found)?;
    if !found.iter().any(|found| is_nearest(query, found)) {
        evidence.ask_words(query)?;
        evidence.compare(query, &mut budget, &mut found)?;
        // Few letters have few runs, of which none may be left out.
        if !query.is_sure() || !found.iter().any(is_similar) {
            evidence.ask_runs(query)?;
            evidence.compare(query, &mut budget, &mut found)?;
        }
    }
    found.sort_by(|a, b| descending(a.3, b.3));
    // Of equals, it takes the records to tell which come first.
    let limit = limit.min(MAX_HITS);
    let least = limit.checked_sub(1).and_then(|last| found.get(last));
    if let Some(least) = least.map(|(_, _, _, score)| *score) {
        found.retain(|(_, _, _, score)| *score >= least);
    }
    let mut hits = Vec::new();
    for (index, text, matched, score) in found {
        let hit = hit(store, index, text, matched, score)?;
        let subject = (&store).subject(&hit.digest)?;
        let is_decided = subject.is_some_and(|subject| subject.decided_review.is_some());
        hits.push((hit, is_decided));
    }
    hits.sort_by(|(a, a_decided), (b, b_decided)| {
        let is_claim = |hit: &Hit| hit.kind == Kind::Claim;
        descending(a.score, b.score)
            .then(is_claim(b).cmp(&is_claim(a)))
            .then(b_decided.cmp(a_decided))
            .then(b.index.cmp(&a.index))
    });
    hits.truncate(limit);
    let mut hits: Vec<Hit> = hits.into_iter().map(|(hit, _)| hit).collect();
    for hit in &mut hits {
        hit.difference = difference::difference(&hit.text, query.text());
    }
    Ok(hits)
}

/// What was compared and is near: index, wording, how it answers, score.
type Found = (u64, String, Matched, f64);

/// Tells whether whatever is as near as this has left one of the query's own marks too, and was met.
fn is_nearest(query: &Query, (_, _, matched, _): &Found) -> bool {
    match *matched {
        // With fewer letters altered, so many in a row are not somewhere.
        Matched::Similar { differing, of } => {
            query.is_sure() && of == query.letter_count() && differing * SURE <= of
        }
        matched => matched.has_all(),
    }
}

fn is_similar((_, _, matched, _): &Found) -> bool {
    !matches!(matched, Matched::SomeWords { .. })
}

/// What the marks say of each record.
struct Evidence<'a> {
    store: &'a dyn Read,
    size: f64,
    /// How much there is for a record.
    weights: HashMap<u64, f64>,
    compared: HashSet<u64>,
    rows: usize,
}

impl<'a> Evidence<'a> {
    fn new(store: &'a dyn Read) -> Result<Self, StoreError> {
        Ok(Evidence {
            store,
            size: store.size()? as f64,
            weights: HashMap::new(),
            compared: HashSet::new(),
            rows: 0,
        })
    }

    /// Asks for the marks that the text would leave itself: an unaltered part has left the same.
    fn ask_own(&mut self, query: &Query) -> Result<(), StoreError> {
        let marks = query.marks();
        let mut all_told = query.is_sure();
        for mark in marks.whole.iter().chain(spread(&marks.picked)) {
            all_told &= self.ask(&[mark], COMMON, 1.0)?;
        }
        // Of common marks only the newest records were told, and many may have the same ones. Those that have all, and the
        // words, are few again.
        if !all_told || self.leading() > MAX_COMPARED {
            self.ask(&query.needed(), COMMON, HAS_ALL)?;
        }
        Ok(())
    }

    /// How many records have as much for them as any.
    fn leading(&self) -> usize {
        let most = self.weights.values().copied().fold(0.0, f64::max);
        let leading = |weight: &&f64| **weight > most - 0.1;
        self.weights.values().filter(leading).count()
    }

    /// Asks for the words, which stay where others were replaced.
    fn ask_words(&mut self, query: &Query) -> Result<(), StoreError> {
        for mark in spread(&query.marks().words) {
            self.ask(&[mark], common(query), 1.0)?;
        }
        Ok(())
    }

    /// Asks for all other runs of letters: whatever few are unaltered.
    fn ask_runs(&mut self, query: &Query) -> Result<(), StoreError> {
        let marks = query.marks();
        let own: HashSet<&String> = spread(&marks.picked).collect();
        for mark in spread(&marks.shingles).filter(|mark| !own.contains(mark)) {
            self.ask(&[mark], common(query), 1.0)?;
        }
        Ok(())
    }

    /// Asks which records have these marks, the newest `limit` of them, and tells whether these are all.
    fn ask(&mut self, marks: &[&str], limit: usize, times: f64) -> Result<bool, StoreError> {
        if self.rows >= MAX_ROWS {
            return Ok(false);
        }
        let found = self.store.with_marks(marks, limit)?;
        self.rows += found.len();
        // How much a mark tells is the logarithm of how rare it is.
        let weight = match found.len() == limit {
            true => 0.5,
            false => (1.0 + self.size / found.len() as f64).ln(),
        };
        let are_all = found.len() < limit;
        for index in found {
            *self.weights.entry(index).or_default() += times * weight;
        }
        Ok(are_all)
    }

    /// Compares the records that have the most and the rarest marks, of equals the newest, unless they were before.
    fn compare(
        &mut self,
        query: &Query,
        budget: &mut compare::Budget,
        found: &mut Vec<Found>,
    ) -> Result<(), StoreError> {
        let mut likeliest: Vec<(u64, f64)> = self.weights.iter().map(|(i, w)| (*i, *w)).collect();
        likeliest.sort_by(|a, b| descending(a.1, b.1).then(b.0.cmp(&a.0)));
        for (index, _) in likeliest.into_iter().take(MAX_COMPARED) {
            if !self.compared.insert(index) {
                continue;
            }
            let Some(text) = self.store.wording(index)? else {
                return Err(stale(index, "no wording beside its marks"));
            };
            if let Some((matched, score)) = compare::compare(query, &text, budget) {
                found.push((index, text, matched, score));
            }
        }
        Ok(())
    }
}

/// Of few letters there are few marks, which many records may have.
fn common(query: &Query) -> usize {
    if query.is_sure() { COMMON } else { MAX_FOUND }
}

/// At most [`MAX_MARKS`], from all over the list.
fn spread(marks: &[String]) -> impl Iterator<Item = &String> {
    marks.iter().step_by(marks.len().div_ceil(MAX_MARKS).max(1))
}

fn descending(a: f64, b: f64) -> Ordering {
    b.total_cmp(&a)
}

/// Reads the record itself: what is shown must be what was signed, not what the index says of it.
fn hit(
    store: &dyn Read,
    index: u64,
    text: String,
    matched: Matched,
    score: f64,
) -> Result<Hit, SearchError> {
    let entries = store.entries(index, 1)?;
    let Some(stored) = entries.first().filter(|stored| stored.index == index) else {
        return Err(stale(index, "marks of a record that there is not").into());
    };
    match stored.readable_record()? {
        Some(record) if record.content.wording() == Some(&text) => Ok(Hit {
            index,
            digest: stored.record,
            kind: record.kind(),
            text,
            score,
            matched,
            difference: Vec::new(),
        }),
        _ => Err(stale(index, "other words than its record").into()),
    }
}

fn stale(index: u64, found: &str) -> StoreError {
    let found = format!("of entry {index}, {found}");
    StoreError::Stale { found }
}
