//! The state of a subject in the editorial process: derived, never typed in.

use super::Subject;
use crate::record::vocabulary::vocabulary;

vocabulary! {
    /// Where a record is in the editorial process.
    State {
        /// Nobody has reviewed it.
        Recorded = "recorded",
        /// Its first review waits for approval.
        InReview = "in-review",
        /// Its latest review has the approvals that the policy asks for.
        Decided = "decided",
        /// A newer review waits for approval; the decided one stands meanwhile.
        ReReview = "re-review",
        /// It was corrected, clarified or updated.
        Corrected = "corrected",
        Retracted = "retracted",
        Erased = "erased",
    }
}

impl Subject {
    /// Returns the state that follows from what is known of the record.
    pub fn state(&self) -> State {
        let waiting = self.latest_review != self.decided_review;
        if self.is_erased() {
            State::Erased
        } else if self.retracted.is_some() {
            State::Retracted
        } else if waiting && self.decided_review.is_some() {
            State::ReReview
        } else if waiting {
            State::InReview
        } else if self.corrected.is_some() {
            State::Corrected
        } else if self.decided_review.is_some() || self.is_approved_review() {
            State::Decided
        } else if self.review.is_some() {
            State::InReview
        } else {
            State::Recorded
        }
    }

    fn is_approved_review(&self) -> bool {
        (self.review.as_ref())
            .is_some_and(|review| review.approved_by.len() >= usize::from(review.needed))
    }
}
