//! What a ledger holds, as an export needs it: readable records in order, each with its state and who signed.

use std::collections::HashMap;

use super::loss::{Fate, Loss};
use crate::canonical::{Digest, Timestamp};
use crate::log::Entry;
use crate::record::{Article, Claim, Content, Correction, Kind, Record, Review};
use crate::rules::{Facts, SignerFacts, State, Subject};
use crate::sign::Did;
use crate::store::{Object, Read, StoreError, StoredEntry, each_entry};
use crate::verify::closure::{Closure, ClosureError};

/// Most records that speak of one.
const MAX_ABOUT: usize = 10_000;

/// Records of a ledger, in its order.
#[derive(Debug, Default)]
pub struct Holdings {
    pub origin: String,
    pub name: String,
    pub size: u64,
    /// When the last entry was recorded.
    pub as_of: Option<Timestamp>,
    held: Vec<Held>,
    /// Entries whose records are there in a form that can't be read, or missing.
    unreadable: Vec<u64>,
    by_digest: HashMap<Digest, usize>,
    /// Which records name one, and in which field.
    naming: HashMap<Digest, Vec<(usize, &'static str)>>,
    /// What the export is of; everything where it is empty.
    asked: Option<Digest>,
}

/// A record, when it was recorded and what became of it.
#[derive(Clone, Debug)]
pub struct Held {
    pub digest: Digest,
    pub index: u64,
    pub recorded: Timestamp,
    pub editor: Did,
    /// The editor's name, if the key has one.
    pub holder: Option<String>,
    pub state: State,
    pub decided_review: Option<u64>,
    pub record: Record,
}

/// A claim with its record's facts.
#[derive(Clone, Copy)]
pub(super) struct HeldClaim<'a> {
    pub held: &'a Held,
    pub claim: &'a Claim,
}

impl Holdings {
    /// Reads everything that is not erased.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the ledger can't be read.
    pub fn all(store: &dyn Read) -> Result<Self, StoreError> {
        let mut holdings = Self::begin(store)?;
        let signers = store.signers()?;
        for stored in each_entry(store, 0..u64::MAX) {
            holdings.take(store, &signers, &stored?)?;
        }
        Ok(holdings)
    }

    /// Reads a claim, or an article with its claims, or a review's subject, and what is said of them.
    ///
    /// # Errors
    ///
    /// [`ClosureError`] if the ledger can't be read, or too much is said.
    pub fn about(store: &dyn Read, digest: Digest, index: u64) -> Result<Self, ClosureError> {
        let mut closure = Closure::new(store, u64::MAX, MAX_ABOUT);
        closure.add(index)?;
        closure.add_about(&digest)?;
        for claim in store.references_in(&digest, "appearances.article")? {
            let claim = closure.add(claim)?;
            closure.add_about(&claim)?;
        }
        let mut holdings = Self::begin(store)?;
        let signers = store.signers()?;
        for stored in closure.into_entries() {
            holdings.take(store, &signers, &stored)?;
        }
        holdings.asked = Some(digest);
        Ok(holdings)
    }

    fn begin(store: &dyn Read) -> Result<Self, StoreError> {
        let ledger = store.ledger()?;
        Ok(match ledger {
            Some(ledger) => Holdings {
                origin: ledger.origin.to_string(),
                name: ledger.name.to_string(),
                size: ledger.size,
                as_of: Some(ledger.recorded),
                ..Holdings::default()
            },
            None => Holdings::default(),
        })
    }

    fn take(
        &mut self,
        store: &dyn Read,
        signers: &std::collections::BTreeMap<Did, SignerFacts>,
        stored: &StoredEntry,
    ) -> Result<(), StoreError> {
        if stored.object == Object::Erased {
            return Ok(());
        }
        let bytes = stored.record_bytes()?.unwrap_or_default();
        let (Ok(entry), Ok(record)) = (Entry::parse(&stored.bytes), Record::parse(bytes)) else {
            self.unreadable.push(stored.index);
            return Ok(());
        };
        let subject = store.subject(&stored.record)?;
        let signer = signers.get(&entry.proof.key);
        let place = self.held.len();
        for reference in record.content.references() {
            self.naming
                .entry(reference.record)
                .or_default()
                .push((place, reference.field));
        }
        self.by_digest.insert(stored.record, place);
        self.held.push(Held {
            digest: stored.record,
            index: stored.index,
            recorded: entry.recorded,
            editor: entry.proof.key,
            holder: signer.and_then(|signer| signer.holder.as_ref().map(ToString::to_string)),
            state: subject.as_ref().map_or(State::Recorded, Subject::state),
            decided_review: subject.and_then(|subject| subject.decided_review),
            record,
        });
        Ok(())
    }

    /// Tells how many records could not be read, if there are any. What is wrong with them is for `verify` to tell.
    pub(super) fn loss(&self) -> Option<Loss> {
        let first = self.unreadable.first()?;
        let why = format!(
            "{} that are missing, damaged or of a newer format, the first at index {first}: `ledger verify` names each",
            self.unreadable.len()
        );
        Some(Loss::new(Fate::Dropped, &self.origin, "records", why))
    }

    /// Returns the record that was asked for, if the export is of one.
    pub fn asked(&self) -> Option<&Digest> {
        self.asked.as_ref()
    }

    /// Returns all records.
    pub fn iter(&self) -> impl Iterator<Item = &Held> {
        self.held.iter()
    }

    /// Returns the record with this digest.
    pub fn get(&self, digest: &Digest) -> Option<&Held> {
        self.by_digest.get(digest).map(|&place| &self.held[place])
    }

    /// Returns the records that name one in this field.
    pub(super) fn naming<'a>(
        &'a self,
        digest: &Digest,
        field: &'static str,
    ) -> impl Iterator<Item = &'a Held> {
        let naming = self.naming.get(digest).into_iter().flatten();
        naming
            .filter(move |(_, named_in)| *named_in == field)
            .map(|(place, _)| &self.held[*place])
    }

    /// Returns the claims that the export is of.
    pub(super) fn claims(&self) -> Vec<HeldClaim<'_>> {
        self.held
            .iter()
            .filter_map(|held| match &held.record.content {
                Content::Claim(claim) if self.is_asked(held, claim) => {
                    Some(HeldClaim { held, claim })
                }
                _ => None,
            })
            .collect()
    }

    fn is_asked(&self, held: &Held, claim: &Claim) -> bool {
        let Some(asked) = &self.asked else {
            return true;
        };
        let reviewed = match self.get(asked).map(|held| &held.record.content) {
            Some(Content::Review(review)) => Some(review.subject),
            _ => None,
        };
        held.digest == *asked
            || reviewed == Some(held.digest)
            || (claim.appearances.iter()).any(|appearance| appearance.article == *asked)
    }

    /// Returns the articles that the export is of.
    pub(super) fn articles(&self) -> impl Iterator<Item = (&Held, &Article)> {
        self.held
            .iter()
            .filter_map(|held| match &held.record.content {
                Content::Article(article)
                    if self.asked.is_none() || self.asked == Some(held.digest) =>
                {
                    Some((held, article))
                }
                _ => None,
            })
    }

    /// Returns the review that stands for a claim or an article.
    pub(super) fn decided_review(&self, held: &Held) -> Option<(&Held, &Review)> {
        let index = held.decided_review?;
        self.naming(&held.digest, "subject")
            .find_map(|other| match &other.record.content {
                Content::Review(review) if other.index == index => Some((other, review)),
                _ => None,
            })
    }

    /// Returns the corrections of a record, in order.
    pub(super) fn corrections(&self, digest: &Digest) -> Vec<(&Held, &Correction)> {
        self.naming(digest, "subject")
            .filter_map(|held| match &held.record.content {
                Content::Correction(correction) => Some((held, correction)),
                _ => None,
            })
            .collect()
    }

    /// Returns when something was last said of a record or of its reviews.
    pub(super) fn last_change(&self, held: &Held) -> Timestamp {
        let mut last = held.recorded;
        for other in self.naming(&held.digest, "subject") {
            last = last.max(other.recorded);
            if other.record.kind() == Kind::Review {
                for approval in self.naming(&other.digest, "review") {
                    last = last.max(approval.recorded);
                }
            }
        }
        last
    }
}
