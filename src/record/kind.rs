//! The kinds of record.

use super::vocabulary::vocabulary;

vocabulary! {
    /// What sort of statement a record is. The first five are records of the ledger itself.
    Kind {
        Ledger = "ledger",
        Key = "key",
        Revocation = "revocation",
        Policy = "policy",
        Erasure = "erasure",
        Article = "article",
        Source = "source",
        Claim = "claim",
        Review = "review",
        Approval = "approval",
        Correction = "correction",
        Relation = "relation",
        Response = "response",
        Foreign = "foreign",
        Observation = "observation",
        Disclosure = "disclosure",
        Consent = "consent",
    }
}

impl Kind {
    /// Returns the version of this kind's content that this program reads and writes.
    pub const fn version(self) -> u64 {
        1
    }

    /// The kinds that say who may sign and what is asked of a review: without all of them before it, no record can be
    /// judged. Erasures are of the ledger itself too, but concern only what they erase, and are found by that.
    pub const NEEDED_TO_JUDGE: [Kind; 4] =
        [Kind::Ledger, Kind::Key, Kind::Revocation, Kind::Policy];

    /// Tells whether this is a record of the ledger itself: [needed to judge](Self::NEEDED_TO_JUDGE) others, or an
    /// erasure. The rules need those at every later index, so they can't be erased, and editors don't record them.
    pub const fn is_of_the_ledger_itself(self) -> bool {
        matches!(
            self,
            Kind::Ledger | Kind::Key | Kind::Revocation | Kind::Policy | Kind::Erasure
        )
    }
}
