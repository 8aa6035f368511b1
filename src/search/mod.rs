//! Has this been checked before? Finds what was recorded of some words, though they come altered.
//!
//! Follows `docs/search.md`. An index of [marks](crate::canonical::mark) tells which records may be meant; each of these is
//! then [compared](compare) letter by letter with what was asked, and the difference is shown word by word. Found
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

/// Records with a mark that are looked at. A mark that more have is common: it tells little.
const COMMON: usize = 1000;

/// Marks that are asked for, of each sort. A longer text is asked for by some of its marks, evenly spread.
const MAX_MARKS: usize = 200;

/// Records that are compared with what was asked.
const MAX_COMPARED: usize = 64;

/// Rows of the index that are read for one query, all marks together.
const MAX_ROWS: usize = 50_000;

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
    hits.truncate(limit.min(MAX_HITS));
    for hit in &mut hits {
        hit.difference = difference::difference(&hit.text, query.text());
    }
    Ok(hits)
}

/// Returns the records that have most of the rarest marks of the query, the likeliest first.
fn candidates(store: &dyn Read, query: &Query) -> Result<Vec<u64>, StoreError> {
    let marks = query.marks();
    let size = store.size()? as f64;
    let mut weights: HashMap<u64, f64> = HashMap::new();
    let mut rows = 0;
    let asked = (marks.whole.iter())
        .chain(spread(&marks.shingles))
        .chain(spread(&marks.words));
    for mark in asked {
        if rows >= MAX_ROWS {
            break;
        }
        let found = store.with_mark(mark, COMMON)?;
        rows += found.len();
        // How much a mark tells is the logarithm of how rare it is.
        let weight = (1.0 + size / found.len() as f64).ln();
        let weight = match found.len() == COMMON {
            true => weight / 4.0,
            false => weight,
        };
        for index in found {
            *weights.entry(index).or_default() += weight;
        }
    }
    let mut candidates: Vec<(u64, f64)> = weights.into_iter().collect();
    candidates.sort_by(|a, b| descending(a.1, b.1).then(a.0.cmp(&b.0)));
    candidates.truncate(MAX_COMPARED);
    Ok(candidates.into_iter().map(|(index, _)| index).collect())
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
