//! Who may still approve a review, told before anybody signs.

use std::collections::{BTreeMap, BTreeSet};

use super::keys::{first_key, role_may};
use super::{SignerFacts, Subject};
use crate::record::Kind;
use crate::sign::Did;

/// Whether a key may approve a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approving {
    May,
    /// The key was never enrolled, was revoked, or has another role.
    NoRight,
    /// The review is its holder's own.
    Own,
    /// Its holder has approved the review.
    Done,
}

/// The editors who may approve, each by the first of their keys.
pub struct Approvers<'a> {
    signers: &'a BTreeMap<Did, SignerFacts>,
    first_keys: BTreeSet<Did>,
}

impl<'a> Approvers<'a> {
    /// Picks them out of the keys of a ledger.
    pub fn new(signers: &'a BTreeMap<Did, SignerFacts>) -> Self {
        let may = signers.iter().filter(|(_, signer)| may_approve(signer));
        Approvers {
            signers,
            first_keys: may.map(|(did, _)| first_key(signers, did)).collect(),
        }
    }

    /// Tells whether a key may approve a review that is its subject's latest.
    pub fn approving(&self, key: &Did, review: &Subject) -> Approving {
        let first = first_key(self.signers, key);
        if !self.signers.get(key).is_some_and(may_approve) {
            Approving::NoRight
        } else if first == first_key(self.signers, &review.editor) {
            Approving::Own
        } else if has_approved(review, &first) {
            Approving::Done
        } else {
            Approving::May
        }
    }

    /// Returns how many editors could approve a review of this one.
    pub fn others(&self, reviewer: &Did) -> usize {
        let own = first_key(self.signers, reviewer);
        self.first_keys.iter().filter(|key| **key != own).count()
    }

    /// Returns how many editors could still approve a review.
    pub fn left(&self, review: &Subject) -> usize {
        let own = first_key(self.signers, &review.editor);
        let left = |key: &&Did| **key != own && !has_approved(review, key);
        self.first_keys.iter().filter(left).count()
    }
}

fn may_approve(signer: &SignerFacts) -> bool {
    signer.revoked.is_none() && role_may(signer.role, Kind::Approval)
}

fn has_approved(review: &Subject, first_key: &Did) -> bool {
    let facts = review.review.as_ref();
    facts.is_some_and(|facts| facts.approved_by.contains(first_key))
}
