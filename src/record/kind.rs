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

    /// Tells whether this is a record of the ledger itself. The rules need those at every later index, so
    /// they can't be erased.
    pub const fn is_of_the_ledger_itself(self) -> bool {
        matches!(
            self,
            Kind::Ledger | Kind::Key | Kind::Revocation | Kind::Policy | Kind::Erasure
        )
    }
}
