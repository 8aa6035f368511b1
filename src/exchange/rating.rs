//! The one table between verdicts and schema.org ratings: `docs/spec/exchange.md` has it in words.

use crate::record::review::Verdict;

/// The worst and the best number of our scale.
pub(super) const WORST: u8 = 1;
pub(super) const BEST: u8 = 5;

/// A verdict as schema.org's readers know it.
pub(super) struct Rating {
    /// Absent where no number says it.
    pub value: Option<u8>,
    pub name: &'static str,
}

pub(super) const fn rating(verdict: Verdict) -> Rating {
    let (value, name) = match verdict {
        Verdict::Verified => (Some(5), "True"),
        Verdict::MostlyVerified => (Some(4), "Mostly true"),
        Verdict::Mixed => (Some(3), "Partly true, partly false"),
        Verdict::MissingContext => (Some(3), "Missing context"),
        Verdict::MostlyFalse => (Some(2), "Mostly false"),
        Verdict::False => (Some(1), "False"),
        Verdict::Outdated => (None, "Outdated"),
        Verdict::Unproven => (None, "Unproven"),
        Verdict::NotCheckable => (None, "Not checkable"),
    };
    Rating { value, name }
}
