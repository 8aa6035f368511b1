//! Looking back: what a bundle lacks of what was said before its own checkpoint, in a ledger without look-ups.
//!
//! The same rule as `lookBack` in `web/tiles.js`, so that both answer alike: of the entries that came after the record the last 1,024,
//! and of the records of these that are not in the bundle at most 96, by how much they may change what is said.

use std::collections::{BTreeMap, BTreeSet};

use super::newer::{Statement, read};
use super::{Bundle, Standing};
use crate::canonical::Digest;
use crate::log::Entry;
use crate::record::{Content, Kind, Record};
use crate::sign::Did;
use crate::store::Object;

/// Entries that are looked through, from the bundle's checkpoint backwards.
const MAX_BACK: u64 = 1024;

/// Records of these that are read.
const MAX_READ_BACK: usize = 96;

/// What can speak of a record, by how much it may change what is said of it. A claim or a source can't.
const SPEAKING: [Kind; 12] = [
    Kind::Erasure,
    Kind::Correction,
    Kind::Revocation,
    Kind::Review,
    Kind::Response,
    Kind::Approval,
    Kind::Consent,
    Kind::Foreign,
    Kind::Disclosure,
    Kind::Observation,
    Kind::Relation,
    Kind::Article,
];

/// How far it was looked for what was left out of a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookedBack {
    /// The entries from this index on were looked through.
    pub from: u64,
    /// How many records of them, which might belong into the bundle, were not read or can't be.
    pub unread: u64,
}

/// Picks out what belongs into a bundle and is not in it.
pub(super) struct Back {
    from: u64,
    records: BTreeSet<Digest>,
    signers: BTreeSet<Did>,
    /// Texts and files of the records.
    objects: BTreeSet<Digest>,
    /// The bundle's subject and its reviews.
    subjects: BTreeSet<Digest>,
    /// Not in the bundle, by the places of their kinds in `SPEAKING` and their indexes.
    strange: BTreeMap<(usize, u64), (Entry, Object)>,
    unread: u64,
}

impl Back {
    pub(super) fn new(bundle: &Bundle, standing: &Standing) -> Self {
        let contents = || {
            let records = standing.all().filter_map(|one| one.record.as_ref());
            records.map(|record| &record.content)
        };
        let objects = contents().flat_map(Content::objects);
        let reviews = standing.about.iter().filter(|one| {
            matches!(&one.record, Some(Record { content: Content::Review(review), .. })
                if review.subject == bundle.subject)
        });
        Back {
            from: start(standing),
            records: standing.all().map(|one| one.digest).collect(),
            signers: standing.all().map(|one| one.proof.key).collect(),
            objects: objects.map(|object| object.digest).collect(),
            subjects: (reviews.map(|one| one.digest))
                .chain([bundle.subject])
                .collect(),
            strange: BTreeMap::new(),
            unread: 0,
        }
    }

    /// Returns the index of the first entry that is to be looked at.
    pub(super) fn from(&self) -> u64 {
        self.from
    }

    pub(super) fn note(&mut self, entry: Entry, object: Object) {
        let rank = SPEAKING.iter().position(|kind| kind.as_str() == entry.kind);
        let Some(rank) = rank.filter(|_| !self.records.contains(&entry.record)) else {
            return;
        };
        self.strange.insert((rank, entry.index), (entry, object));
        // No more is kept than will be read.
        if self.strange.len() > MAX_READ_BACK {
            self.strange.pop_last();
            self.unread += 1;
        }
    }

    /// Returns what was left out, and how far was looked.
    pub(super) fn left_out(mut self) -> (Vec<Statement>, LookedBack) {
        let mut left_out = Vec::new();
        for (entry, object) in std::mem::take(&mut self.strange).into_values() {
            match read(&entry.record, &object) {
                None => self.unread += 1,
                Some(record) if self.belongs(&record.content) => left_out.push(Statement {
                    index: entry.index,
                    kind: entry.kind,
                    digest: entry.record,
                }),
                Some(_) => {}
            }
        }
        let (from, unread) = (self.from, self.unread);
        (left_out, LookedBack { from, unread })
    }

    /// Tells whether a record would be in an honest bundle: it speaks of the subject or a review of it, or takes back what is in
    /// the bundle.
    fn belongs(&self, content: &Content) -> bool {
        let speaks = (self.subjects.iter()).any(|subject| content.speaks_of(subject));
        speaks
            || match content {
                Content::Revocation(revocation) => self.signers.contains(&revocation.key),
                Content::Correction(correction) => self.records.contains(&correction.subject),
                Content::Erasure(erasure) => {
                    self.records.contains(&erasure.subject)
                        || self.objects.contains(&erasure.subject)
                }
                Content::Consent(consent) => {
                    (consent.withdraws).is_some_and(|withdrawn| self.records.contains(&withdrawn))
                }
                _ => false,
            }
    }
}

/// What came after the record can speak of it.
fn start(standing: &Standing) -> u64 {
    let size = standing.size;
    let first = standing.record.index.saturating_add(1).min(size);
    first.max(size.saturating_sub(MAX_BACK))
}
