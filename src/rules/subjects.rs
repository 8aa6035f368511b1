//! What is known of many records, kept small: an audit keeps it of every record of the ledger.
//!
//! Most records are only known to be there, so what only some have is kept aside, and editors go by a number.

use std::num::NonZeroU64;

use indexmap::{IndexMap, IndexSet};

use super::{ReviewFacts, Subject};
use crate::canonical::{Date, Digest};
use crate::record::Kind;
use crate::sign::Did;

/// Records by their digests, in the order in which they were first kept.
#[derive(Default)]
pub(super) struct Subjects {
    known: IndexMap<Digest, Packed>,
    editors: IndexSet<Did>,
}

/// A [`Subject`] in 24 bytes.
struct Packed {
    index: u64,
    more: Option<Box<More>>,
    editor: u32,
    kind: Kind,
    unread: bool,
}

/// What only some records have. Nothing but the founding record has the index 0.
#[derive(Default, PartialEq)]
struct More {
    corrected: Option<NonZeroU64>,
    decided_review: Option<NonZeroU64>,
    erased: Option<NonZeroU64>,
    latest_review: Option<NonZeroU64>,
    retracted: Option<NonZeroU64>,
    review: Option<Box<PackedReview>>,
}

#[derive(PartialEq)]
struct PackedReview {
    subject: Digest,
    approved_by: Box<[u32]>,
    needed: u8,
    review_by: Option<Box<Date>>,
}

impl Subjects {
    pub(super) fn get(&self, record: &Digest) -> Option<Subject> {
        self.known.get(record).map(|packed| self.unpack(packed))
    }

    pub(super) fn contains(&self, record: &Digest) -> bool {
        self.known.contains_key(record)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Subject> {
        self.known.values().map(|packed| self.unpack(packed))
    }

    /// Keeps what is known of a record in place of what was before.
    pub(super) fn insert(&mut self, record: Digest, subject: Subject) {
        let place = |index: Option<u64>| index.and_then(NonZeroU64::new);
        let more = More {
            corrected: place(subject.corrected),
            decided_review: place(subject.decided_review),
            erased: place(subject.erased),
            latest_review: place(subject.latest_review),
            retracted: place(subject.retracted),
            review: subject.review.map(|review| {
                Box::new(PackedReview {
                    subject: review.subject,
                    approved_by: (review.approved_by.into_iter())
                        .map(|editor| self.number(editor))
                        .collect(),
                    needed: review.needed,
                    review_by: review.review_by.map(Box::new),
                })
            }),
        };
        let packed = Packed {
            index: subject.index,
            more: (more != More::default()).then(|| Box::new(more)),
            editor: self.number(subject.editor),
            kind: subject.kind,
            unread: subject.unread,
        };
        self.known.insert(record, packed);
    }

    fn number(&mut self, editor: Did) -> u32 {
        let (number, _) = self.editors.insert_full(editor);
        number.try_into().expect("2^32 keys do not fit into memory")
    }

    fn editor(&self, number: u32) -> Did {
        self.editors[number as usize]
    }

    fn unpack(&self, packed: &Packed) -> Subject {
        let mut subject = Subject::new(
            packed.index,
            packed.kind,
            self.editor(packed.editor),
            !packed.unread,
        );
        if let Some(more) = &packed.more {
            let index = |place: Option<NonZeroU64>| place.map(NonZeroU64::get);
            subject.corrected = index(more.corrected);
            subject.decided_review = index(more.decided_review);
            subject.erased = index(more.erased);
            subject.latest_review = index(more.latest_review);
            subject.retracted = index(more.retracted);
            subject.review = more.review.as_ref().map(|review| ReviewFacts {
                approved_by: (review.approved_by.iter())
                    .map(|number| self.editor(*number))
                    .collect(),
                needed: review.needed,
                review_by: review.review_by.as_deref().cloned(),
                subject: review.subject,
            });
        }
        subject
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subject_comes_back_as_it_was_kept() {
        let did = |n| Did::from_bytes([n; 32]);
        let plain = Subject::new(7, Kind::Claim, did(1), true);
        let full = Subject {
            corrected: Some(11),
            decided_review: Some(12),
            editor: did(2),
            erased: Some(13),
            index: 8,
            kind: Kind::Review,
            latest_review: Some(14),
            retracted: Some(15),
            review: Some(ReviewFacts {
                approved_by: vec![did(3), did(1)],
                needed: 2,
                review_by: Some(Date::Calendar("2026-12".to_owned())),
                subject: Digest::of(b"claim"),
            }),
            unread: true,
        };
        let mut subjects = Subjects::default();
        subjects.insert(Digest::of(b"a"), full.clone());
        subjects.insert(Digest::of(b"b"), plain.clone());
        subjects.insert(Digest::of(b"a"), plain.clone());
        subjects.insert(Digest::of(b"c"), full.clone());
        assert_eq!(subjects.get(&Digest::of(b"a")), Some(plain.clone()));
        assert_eq!(subjects.get(&Digest::of(b"d")), None);
        let all: Vec<Subject> = subjects.iter().collect();
        assert_eq!(all, [plain.clone(), plain, full]);
        assert_eq!(size_of::<Packed>(), 24);
    }
}
