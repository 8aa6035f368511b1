//! Rules about the work: reviews, approvals, corrections, withdrawals, relations, erasures.

use super::{Facts, Outcome, ReviewFacts, Rule, Rules, Subject};
use crate::canonical::Digest;
use crate::log::Entry;
use crate::record::correction::CorrectionKind;
use crate::record::{Approval, Consent, Correction, Erasure, Relation, Review};
use crate::store::StoreError;

impl<B: Facts> Rules<B> {
    /// A review follows on the subject's review before, so that there is one line of judgement.
    pub(super) fn review(
        &mut self,
        entry: &Entry,
        review: &Review,
        own: &mut Subject,
        outcome: &mut Outcome,
    ) -> Result<(), StoreError> {
        let Some(mut subject) = self.known(&review.subject)? else {
            return Ok(());
        };
        let superseded = match review.supersedes {
            Some(digest) => self.known(&digest)?,
            None => None,
        };
        let follows = match &superseded {
            // Whose review an erased one was can't be told any more.
            Some(before) => before.unread || Some(before.index) == subject.latest_review,
            None => subject.latest_review.is_none(),
        };
        if !follows {
            let latest = match subject.latest_review {
                Some(index) => format!("in supersedes the review of entry {index}"),
                None => "no supersedes: the subject has no review yet".to_owned(),
            };
            let found = match &superseded {
                Some(before) => format!("the review of entry {}", before.index),
                None => "none".to_owned(),
            };
            outcome.broken(Rule::Supersession, latest, found);
            return Ok(());
        }
        let needed = self.ledger.as_ref().map_or(1, |ledger| ledger.approvals);
        own.review = Some(ReviewFacts {
            subject: review.subject,
            needed,
            approved_by: Vec::new(),
            review_by: review.review_by.clone(),
        });
        subject.latest_review = Some(entry.index);
        if needed == 0 {
            subject.decided_review = Some(entry.index);
        }
        self.keep_subject(review.subject, subject);
        Ok(())
    }

    /// Approvals come from other editors, once each, while the review is the latest.
    pub(super) fn approve(
        &mut self,
        entry: &Entry,
        approval: &Approval,
        outcome: &mut Outcome,
    ) -> Result<(), StoreError> {
        let signer = self.first_key(&entry.proof.key);
        let Some(mut review) = self.known(&approval.review)? else {
            return Ok(());
        };
        if self.first_key(&review.editor) == signer {
            outcome.broken(Rule::OwnApproval, "the key of another editor", signer);
            return Ok(());
        }
        // An erased review can have been approved before; nothing follows from it now.
        let Some(facts) = &mut review.review else {
            return Ok(());
        };
        if facts.approved_by.contains(&signer)
            || self
                .changed_subjects
                .has_approved(&approval.review, &signer)
        {
            outcome.broken(
                Rule::ApprovalRepeated,
                "one approval by each editor",
                signer,
            );
            return Ok(());
        }
        let subject_digest = facts.subject;
        let Some(mut subject) = self.known(&subject_digest)? else {
            return Ok(());
        };
        if subject.latest_review != Some(review.index) {
            outcome.broken(
                Rule::ApprovalLate,
                "the subject's latest review",
                format!("the review of entry {}", review.index),
            );
            return Ok(());
        }
        facts.approved_by.push(signer);
        let (index, needed) = (review.index, usize::from(facts.needed));
        self.keep_subject(approval.review, review);
        let decided = self.changed_subjects.approval_count(&approval.review) >= needed;
        if decided && subject.decided_review != Some(index) {
            subject.decided_review = Some(index);
            self.keep_subject(subject_digest, subject);
        }
        Ok(())
    }

    pub(super) fn correct(
        &mut self,
        entry: &Entry,
        correction: &Correction,
        outcome: &mut Outcome,
    ) -> Result<(), StoreError> {
        let Some(mut subject) = self.known(&correction.subject)? else {
            return Ok(());
        };
        if let Some(digest) = &correction.replacement
            && let Some(replacement) = self.known(digest)?
            && (replacement.kind != subject.kind || *digest == correction.subject)
        {
            outcome.broken(
                Rule::CorrectionReplacement,
                format!("another record of kind {}", subject.kind),
                format!("{digest} of kind {}", replacement.kind),
            );
        }
        let retraction = correction.kind == CorrectionKind::Retraction;
        if retraction && let Some(at) = subject.retracted {
            outcome.broken(
                Rule::CorrectionRepeated,
                "a subject that stands",
                format!("{}, retracted at index {at}", correction.subject),
            );
        }
        if !outcome.violations.is_empty() {
            return Ok(());
        }
        if retraction {
            subject.retracted = Some(entry.index);
        } else {
            subject.corrected = Some(entry.index);
        }
        self.keep_subject(correction.subject, subject);
        Ok(())
    }

    /// A consent is withdrawn once. Its subject's state is another matter and stays.
    pub(super) fn consent(
        &mut self,
        entry: &Entry,
        consent: &Consent,
        outcome: &mut Outcome,
    ) -> Result<(), StoreError> {
        let Some(digest) = consent.withdraws else {
            return Ok(());
        };
        let Some(mut withdrawn) = self.known(&digest)? else {
            return Ok(());
        };
        if let Some(at) = withdrawn.retracted {
            outcome.broken(
                Rule::WithdrawalRepeated,
                "a consent that stands",
                format!("{digest}, withdrawn at index {at}"),
            );
            return Ok(());
        }
        withdrawn.retracted = Some(entry.index);
        self.keep_subject(digest, withdrawn);
        Ok(())
    }

    pub(super) fn relate(&mut self, relation: &Relation, outcome: &mut Outcome) {
        if relation.from == relation.to {
            outcome.broken(Rule::RelationToItself, "two claims", relation.from);
        }
    }

    /// Records of the work and their objects can be erased, once.
    pub(super) fn erase(
        &mut self,
        entry: &Entry,
        erasure: &Erasure,
        outcome: &mut Outcome,
    ) -> Result<(), StoreError> {
        let expected = "a record of the work or an object that one needs, not erased before";
        let digest = erasure.subject;
        let Some(mut subject) = self.known(&digest)? else {
            return self.erase_object(&digest, expected, outcome);
        };
        if subject.kind.is_of_the_ledger_itself() {
            outcome.broken(
                Rule::ErasureSubject,
                expected,
                format!("{digest} of kind {}", subject.kind),
            );
        } else if let Some(at) = subject.erased {
            outcome.broken(
                Rule::ErasureSubject,
                expected,
                format!("{digest}, erased at index {at}"),
            );
        } else {
            subject.erased = Some(entry.index);
            self.keep_subject(digest, subject);
            if let Some(ledger) = &mut self.ledger {
                ledger.erased_work = true;
            }
        }
        Ok(())
    }

    fn erase_object(
        &mut self,
        digest: &Digest,
        expected: &str,
        outcome: &mut Outcome,
    ) -> Result<(), StoreError> {
        let object = self.object(digest)?;
        // Once a record of the work is erased, it can't be told which objects it needed.
        let erased_work = self
            .ledger
            .as_ref()
            .is_some_and(|ledger| ledger.erased_work);
        if object.erased {
            outcome.broken(
                Rule::ErasureSubject,
                expected,
                format!("{digest}, erased already"),
            );
        } else if object.needed || erased_work {
            self.changed_objects.entry(*digest).or_default().erased = true;
        } else {
            outcome.broken(Rule::ErasureSubject, expected, digest);
        }
        Ok(())
    }
}
