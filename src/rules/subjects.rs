//! What is known of many records, kept small: an audit keeps it of every record of the ledger.
//!
//! Most records are only known to be there, so what only some have is kept aside, and editors go by a number.

use std::collections::HashSet;
use std::mem;
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
    approvals: Approvals,
    needed: u8,
    review_by: Option<Box<Date>>,
}

/// The editors who approved a review, in order. There is no limit to how many.
#[derive(Default, PartialEq)]
struct Approvals {
    editors: Vec<u32>,
    /// All of them, once they are many.
    #[expect(
        clippy::box_collection,
        reason = "of a million reviews hardly one has it"
    )]
    many: Option<Box<HashSet<u32>>>,
}

/// Approvals of a review beyond which they are not gone through one by one.
const MANY: usize = 32;

impl Approvals {
    fn contains(&self, editor: u32) -> bool {
        match &self.many {
            Some(many) => many.contains(&editor),
            None => self.editors.contains(&editor),
        }
    }

    fn add(&mut self, editor: u32) {
        if self.contains(editor) {
            return;
        }
        self.editors.push(editor);
        match &mut self.many {
            Some(many) => {
                many.insert(editor);
            }
            None if self.editors.len() > MANY => {
                self.many = Some(Box::new(self.editors.iter().copied().collect()));
            }
            None => {}
        }
    }
}

impl Subjects {
    pub(super) fn get(&self, record: &Digest) -> Option<Subject> {
        self.known.get(record).map(|packed| self.unpack(packed))
    }

    /// Returns what is known of a record without the approvals of a review: they may be many, and each comes alone.
    pub(super) fn without_approvals(&self, record: &Digest) -> Option<Subject> {
        let packed = self.known.get(record)?;
        Some(self.unpack_with(packed, |_| Vec::new()))
    }

    /// Tells whether an editor, by the first key, has approved a review that is known.
    pub(super) fn has_approved(&self, review: &Digest, editor: &Did) -> bool {
        let number = self.editors.get_index_of(editor);
        let approvals = self.approvals(review);
        number.is_some_and(|number| approvals.is_some_and(|all| all.contains(number as u32)))
    }

    /// Returns how many editors have approved a review.
    pub(super) fn approval_count(&self, review: &Digest) -> usize {
        self.approvals(review).map_or(0, |all| all.editors.len())
    }

    fn approvals(&self, review: &Digest) -> Option<&Approvals> {
        let review = self.known.get(review)?.more.as_ref()?.review.as_ref()?;
        Some(&review.approvals)
    }

    pub(super) fn contains(&self, record: &Digest) -> bool {
        self.known.contains_key(record)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Subject> {
        self.known.values().map(|packed| self.unpack(packed))
    }

    /// Keeps what is known of a record in place of what was before. Approvals are never taken back: those of the
    /// subject are added to those before.
    pub(super) fn insert(&mut self, record: Digest, subject: Subject) {
        let place = |index: Option<u64>| index.and_then(NonZeroU64::new);
        let mut approvals = self.take_approvals(&record);
        let more = More {
            corrected: place(subject.corrected),
            decided_review: place(subject.decided_review),
            erased: place(subject.erased),
            latest_review: place(subject.latest_review),
            retracted: place(subject.retracted),
            review: subject.review.map(|review| {
                for editor in review.approved_by {
                    approvals.add(self.number(editor));
                }
                Box::new(PackedReview {
                    subject: review.subject,
                    approvals,
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

    fn take_approvals(&mut self, review: &Digest) -> Approvals {
        let known = self.known.get_mut(review);
        let more = known.and_then(|packed| packed.more.as_mut());
        let review = more.and_then(|more| more.review.as_mut());
        review.map_or_else(Approvals::default, |review| {
            mem::take(&mut review.approvals)
        })
    }

    fn number(&mut self, editor: Did) -> u32 {
        let (number, _) = self.editors.insert_full(editor);
        number.try_into().expect("2^32 keys do not fit into memory")
    }

    fn editor(&self, number: u32) -> Did {
        self.editors[number as usize]
    }

    fn unpack(&self, packed: &Packed) -> Subject {
        self.unpack_with(packed, |approvals| {
            let editors = approvals.editors.iter();
            editors.map(|number| self.editor(*number)).collect()
        })
    }

    fn unpack_with(
        &self,
        packed: &Packed,
        approved_by: impl FnOnce(&Approvals) -> Vec<Did>,
    ) -> Subject {
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
                approved_by: approved_by(&review.approvals),
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

    /// The fold unpacked and packed them all for each one more: three thousand took 0.4 s, six thousand 1.3 s.
    #[test]
    fn approval_is_added_without_going_through_those_before() {
        let did = |n: u16| Did::from_bytes([n.to_be_bytes(); 16].concat().try_into().unwrap());
        let digest = Digest::of(b"review");
        let mut review = Subject::new(8, Kind::Review, did(0), true);
        review.review = Some(ReviewFacts {
            approved_by: Vec::new(),
            needed: 2,
            review_by: None,
            subject: Digest::of(b"claim"),
        });
        let mut subjects = Subjects::default();
        subjects.insert(digest, review);
        let editors: Vec<Did> = (1..=3 * MANY as u16).map(did).collect();
        for (before, editor) in editors.iter().enumerate() {
            assert!(!subjects.has_approved(&digest, editor));
            let mut review = subjects.without_approvals(&digest).unwrap();
            let facts = review.review.as_mut().unwrap();
            assert_eq!(facts.approved_by, []);
            facts.approved_by.push(*editor);
            subjects.insert(digest, review);
            assert_eq!(subjects.approval_count(&digest), before + 1);
            assert!(subjects.has_approved(&digest, editor));
        }
        let kept = subjects.get(&digest).unwrap().review.unwrap();
        assert_eq!(kept.approved_by, editors);
    }
}
