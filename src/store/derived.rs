//! Derived rows: what can be dropped and rebuilt from the log.

use std::borrow::Cow;
use std::hash::{BuildHasher as _, RandomState};

use crate::canonical::{Digest, mark};
use crate::sign::Did;

/// A row of a derived table. `facts` are canonical JSON, written and read by [`rules`](crate::rules).
///
/// A row that is read borrows from the store: an audit reads a dozen for each entry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Derived<'a> {
    /// The ledger as a whole.
    Ledger { facts: Cow<'a, str> },
    /// A key that may or might sign; `index` is where it was enrolled first.
    Signer {
        did: Did,
        index: u64,
        facts: Cow<'a, str>,
    },
    /// A record; `decided` is the index of the review that stands.
    Subject {
        index: u64,
        kind: Cow<'a, str>,
        state: Cow<'a, str>,
        decided: Option<u64>,
        facts: Cow<'a, str>,
    },
    /// The record at `index` names `target` in `field`.
    Reference {
        target: Digest,
        index: u64,
        field: Cow<'a, str>,
    },
    /// What the record at `index` says in words: a claim's words, an article's headline, a source's title, what others state.
    Wording { index: u64, text: Cow<'a, str> },
    /// [Marks](crate::canonical::mark) of that wording, with a space between. A store may give them back in
    /// several rows.
    Marks { index: u64, marks: Cow<'a, str> },
}

impl Derived<'_> {
    /// Returns the table in which the row is kept.
    pub fn table(&self) -> &'static str {
        match self {
            Derived::Ledger { .. } => "ledger",
            Derived::Signer { .. } => "signer",
            Derived::Subject { .. } => "subject",
            Derived::Reference { .. } => "reference",
            Derived::Wording { .. } => "wording",
            Derived::Marks { .. } => "mark",
        }
    }

    /// Returns the index of the entry from which the row follows.
    pub fn index(&self) -> u64 {
        match self {
            Derived::Ledger { .. } => 0,
            Derived::Signer { index, .. }
            | Derived::Subject { index, .. }
            | Derived::Reference { index, .. }
            | Derived::Wording { index, .. }
            | Derived::Marks { index, .. } => *index,
        }
    }

    /// Returns the marks that follow from a wording.
    pub fn marks(&self) -> Option<Derived<'static>> {
        let Derived::Wording { index, text } = self else {
            return None;
        };
        let marks = mark::marks(text);
        (!marks.is_empty()).then_some(Derived::Marks {
            index: *index,
            marks: marks.into(),
        })
    }

    /// Returns a number that differs between different rows, all but surely. Sums of it compare the sets of rows of
    /// one entry without sorting them. The key is the reader's own: whoever knew it could choose rows that add
    /// up to nothing. Marks add up to the same in however many rows they are.
    pub fn fingerprint(&self, key: &RandomState) -> u64 {
        match self {
            Derived::Marks { marks, .. } => marks
                .split(' ')
                .map(|mark| key.hash_one(mark))
                .fold(0, u64::wrapping_add),
            row => key.hash_one(row),
        }
    }
}
