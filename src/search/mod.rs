//! Has this been checked before? Finds what was recorded of some words, though they come altered.
//!
//! Follows `docs/search.md`. An index of [marks](crate::canonical::mark) tells which records may be meant; each of these is
//! then compared letter by letter with what was asked, and the difference is shown word by word. Found
//! is what has the same words, or most of their letters. A paraphrase or a translation has not, and is not found.

mod compare;
mod difference;
mod query;

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::canonical::Digest;
use crate::record::{Kind, Record};
use crate::store::{Object, Read, StoreError};

pub use compare::Matched;
pub use difference::Change;
pub use query::{MAX_QUERY_LEN, Query};

/// Most hits that are returned.
pub const MAX_HITS: usize = 100;

/// Records that have a mark, beyond which it is common and tells little.
const COMMON: usize = 200;

/// Records with a common mark that are looked at after all, where others did not tell enough.
const MAX_FOUND: usize = 1000;

/// Marks that are asked for, of each sort. A longer text is asked for by some of its marks, evenly spread.
const MAX_MARKS: usize = 200;

/// Records that are compared with what was asked.
const MAX_COMPARED: usize = 32;

/// Rows of the index that are read for one query, all marks together.
const MAX_ROWS: usize = 50_000;

/// Of the marks that were asked for, one in so many tells enough, if a record has them.
const ENOUGH: usize = 3;

/// A record that may be what was looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub index: u64,
    pub digest: Digest,
    /// Claim, article or source.
    pub kind: Kind,
    /// A claim's words, an article's headline, a source's title.
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

/// Finds up to `limit` records (at most [`MAX_HITS`]) with these words, the nearest first; of equals the claims, and
/// then the earlier.
///
/// # Errors
///
/// [`SearchError`] if there is nothing to look for, too much, or the store fails. [`StoreError::Stale`] if the index
/// holds other words than the records.
pub fn find(store: &dyn Read, query: &Query, limit: usize) -> Result<Vec<Hit>, SearchError> {
    let mut found = Vec::new();
    let mut budget = compare::Budget::default();
    for index in candidates(store, query)? {
        let Some(text) = store.wording(index)? else {
            return Err(stale(index, "no wording beside its marks"));
        };
        if let Some((matched, score)) = compare::compare(query, &text, &mut budget) {
            found.push((index, text, matched, score));
        }
    }
    found.sort_by(|a, b| descending(a.3, b.3).then(a.0.cmp(&b.0)));
    // Of equals, it takes the records to tell which come first.
    let limit = limit.min(MAX_HITS);
    let least = limit.checked_sub(1).and_then(|last| found.get(last));
    if let Some(least) = least.map(|(_, _, _, score)| *score) {
        found.retain(|(_, _, _, score)| *score >= least);
    }
    let mut hits = Vec::new();
    for (index, text, matched, score) in found {
        hits.push(hit(store, index, text, matched, score)?);
    }
    hits.sort_by(|a, b| {
        let claims_first = |hit: &Hit| hit.kind != Kind::Claim;
        descending(a.score, b.score)
            .then(claims_first(a).cmp(&claims_first(b)))
            .then(a.index.cmp(&b.index))
    });
    hits.truncate(limit);
    for hit in &mut hits {
        hit.difference = difference::difference(&hit.text, query.text());
    }
    Ok(hits)
}

/// Returns the records that have most of the rarest marks of the query, the likeliest first.
///
/// The marks that the text would leave itself are asked for first: an unaltered part has left the same. Only where no record
/// has enough of them, all runs of letters are asked for, and the words.
fn candidates(store: &dyn Read, query: &Query) -> Result<Vec<u64>, StoreError> {
    let marks = query.marks();
    let mut evidence = Evidence {
        store,
        size: store.size()? as f64,
        weights: HashMap::new(),
        rows: 0,
    };
    if let Some(mark) = &marks.whole {
        evidence.ask(mark, COMMON)?;
    }
    let own: Vec<&String> = spread(&marks.picked).collect();
    for mark in &own {
        evidence.ask(mark, COMMON)?;
    }
    if own.len() < ENOUGH || !evidence.is_enough(own.len() / ENOUGH) {
        for mark in spread(&marks.shingles).filter(|mark| !own.contains(mark)) {
            evidence.ask(mark, MAX_FOUND)?;
        }
        for mark in spread(&marks.words) {
            evidence.ask(mark, MAX_FOUND)?;
        }
    }
    Ok(evidence.likeliest())
}

/// What the marks say of each record.
struct Evidence<'a> {
    store: &'a dyn Read,
    size: f64,
    /// How much, and by how many marks.
    weights: HashMap<u64, (f64, usize)>,
    rows: usize,
}

impl Evidence<'_> {
    /// Asks which records have a mark: the newest `limit` of them.
    fn ask(&mut self, mark: &str, limit: usize) -> Result<(), StoreError> {
        if self.rows >= MAX_ROWS {
            return Ok(());
        }
        let found = self.store.with_mark(mark, limit)?;
        self.rows += found.len();
        // How much a mark tells is the logarithm of how rare it is.
        let weight = match found.len() == limit {
            true => 0.5,
            false => (1.0 + self.size / found.len() as f64).ln(),
        };
        for index in found {
            let (sum, marks) = self.weights.entry(index).or_default();
            *sum += weight;
            *marks += 1;
        }
        Ok(())
    }

    fn is_enough(&self, marks: usize) -> bool {
        self.weights.values().any(|(_, found)| *found > marks)
    }

    fn likeliest(self) -> Vec<u64> {
        let mut likeliest: Vec<(u64, f64)> = (self.weights.into_iter())
            .map(|(index, (weight, _))| (index, weight))
            .collect();
        likeliest.sort_by(|a, b| descending(a.1, b.1).then(a.0.cmp(&b.0)));
        likeliest.truncate(MAX_COMPARED);
        likeliest.into_iter().map(|(index, _)| index).collect()
    }
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
        return Err(stale(index, "marks of a record that there is not"));
    };
    let record = match &stored.object {
        Object::Present(bytes) => Record::parse(bytes).ok(),
        Object::Erased | Object::Absent | Object::Withheld => None,
    };
    match record {
        Some(record) if record.content.wording() == Some(&text) => Ok(Hit {
            index,
            digest: stored.record,
            kind: record.kind(),
            text,
            score,
            matched,
            difference: Vec::new(),
        }),
        _ => Err(stale(index, "other words than its record")),
    }
}

fn stale(index: u64, found: &str) -> SearchError {
    let found = format!("of entry {index}, {found}");
    SearchError::Store(StoreError::Stale { found })
}
