//! What the judging of some records rests on, in a number of reads that does not grow with the ledger.
//!
//! Which records speak of which is looked up in the derived tables. Whoever gathers so checks what was gathered: nothing
//! rests on the look-ups but that a record can be found.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::canonical::Digest;
use crate::log::Entry;
use crate::record::key::Role;
use crate::record::{Content, Kind, Record};
use crate::sign::Did;
use crate::store::{Object, Read, StoreError, StoredEntry};

/// The fields in which records speak about others.
const ABOUT: [&str; 7] = [
    "subject",
    "review",
    "from",
    "to",
    "replacement",
    "revises",
    "withdraws",
];

/// Why the records could not be gathered.
#[derive(Debug, thiserror::Error)]
pub enum ClosureError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the entry at index {index} is missing")]
    NoEntry { index: u64 },
    #[error("more than {limit} records speak of this one")]
    TooMany { limit: usize },
}

/// Records that were gathered so far.
pub struct Closure<'a> {
    store: &'a dyn Read,
    /// Entries from this index on are left out.
    below: u64,
    limit: usize,
    found: BTreeMap<u64, Found>,
    /// Records of which was gathered what is said about them. Look-ups that nobody checked may lead round in a circle.
    told: HashSet<Digest>,
    /// Keys that signed what was found.
    signers: BTreeSet<Did>,
}

/// A stored entry, and its record where it can be read.
struct Found {
    stored: StoredEntry,
    record: Option<Record>,
}

impl Found {
    fn new(stored: StoredEntry) -> Self {
        let record = match &stored.object {
            Object::Present(bytes) => Record::parse(bytes).ok(),
            Object::Erased | Object::Absent | Object::Withheld => None,
        };
        Found { stored, record }
    }

    fn content(&self) -> Option<&Content> {
        self.record.as_ref().map(|record| &record.content)
    }
}

/// Returns the stored entry at an index.
///
/// # Errors
///
/// [`ClosureError::NoEntry`] if there is none, and what reading returns.
pub fn stored_entry(store: &dyn Read, index: u64) -> Result<StoredEntry, ClosureError> {
    let stored = store.entries(index, 1)?.pop();
    stored
        .filter(|stored| stored.index == index)
        .ok_or(ClosureError::NoEntry { index })
}

/// Every method fails with [`ClosureError`] if the store can't be read or too much is found.
impl<'a> Closure<'a> {
    /// Begins with nothing. At most `limit` records of indexes below `below` are gathered.
    pub fn new(store: &'a dyn Read, below: u64, limit: usize) -> Self {
        Closure {
            store,
            below,
            limit,
            found: BTreeMap::new(),
            told: HashSet::new(),
            signers: BTreeSet::new(),
        }
    }

    /// Returns what was gathered, in the order of the log.
    pub fn into_entries(self) -> impl Iterator<Item = StoredEntry> {
        self.found.into_values().map(|found| found.stored)
    }

    /// Adds the record at `index` and what it rests on, and returns its digest.
    pub fn add(&mut self, index: u64) -> Result<Digest, ClosureError> {
        let mut waiting = vec![index];
        while let Some(index) = waiting.pop() {
            if index >= self.below || self.found.contains_key(&index) {
                continue;
            }
            let found = Found::new(stored_entry(self.store, index)?);
            waiting.extend(self.needed_by(&found.stored.record, found.content())?);
            self.keep(found)?;
        }
        match self.found.get(&index) {
            Some(found) => Ok(found.stored.record),
            None => Ok(stored_entry(self.store, index)?.record),
        }
    }

    fn keep(&mut self, found: Found) -> Result<(), ClosureError> {
        if self.found.len() >= self.limit {
            return Err(ClosureError::TooMany { limit: self.limit });
        }
        if let Ok(entry) = Entry::parse(&found.stored.bytes) {
            self.signers.insert(entry.proof.key);
        }
        self.found.insert(found.stored.index, found);
        Ok(())
    }

    /// Adds what the rules need to judge a record that is itself not gathered.
    pub fn add_grounds(&mut self, record: &Digest, content: &Content) -> Result<(), ClosureError> {
        for index in self.needed_by(record, Some(content))? {
            self.add(index)?;
        }
        for reference in content.references() {
            self.add_about(&reference.record)?;
            let reviewed = match self.content_of(&reference.record)? {
                Some(Content::Review(review)) => Some(review.subject),
                _ => None,
            };
            // Whether an approved or corrected review stands is told by the others of its subject.
            if let Some(reviewed) = reviewed {
                self.add_about(&reviewed)?;
            }
        }
        if let Content::Erasure(erasure) = content {
            for index in self.taken_back_by(&erasure.subject)? {
                self.add(index)?;
            }
        }
        Ok(())
    }

    fn content_of(&self, record: &Digest) -> Result<Option<&Content>, ClosureError> {
        let index = self.store.index_of(record)?;
        Ok(index
            .and_then(|index| self.found.get(&index))
            .and_then(Found::content))
    }

    /// Returns the records that one names, and what took it or its objects back.
    fn needed_by(
        &self,
        record: &Digest,
        content: Option<&Content>,
    ) -> Result<Vec<u64>, ClosureError> {
        let mut needed = self.taken_back_by(record)?;
        for reference in content.map_or(Vec::new(), Content::references) {
            needed.extend(self.store.index_of(&reference.record)?);
        }
        for object in content.map_or(Vec::new(), Content::objects) {
            needed.extend(self.taken_back_by(&object.digest)?);
        }
        if let Some(Content::Erasure(erasure)) = content {
            needed.extend(self.erased_by(&erasure.subject)?);
        }
        Ok(needed)
    }

    /// Returns the record that was erased, or one that needed the object that was.
    fn erased_by(&self, subject: &Digest) -> Result<Option<u64>, ClosureError> {
        if let Some(index) = self.store.index_of(subject)? {
            return Ok(Some(index));
        }
        let references = self.store.references_to(subject)?.into_iter();
        let needs = references.filter(|(_, field)| field != "subject");
        Ok(needs.map(|(index, _)| index).next())
    }

    /// Returns the erasures, corrections and withdrawals of a record or an object.
    fn taken_back_by(&self, digest: &Digest) -> Result<Vec<u64>, ClosureError> {
        let mut indexes = self.store.references_in(digest, "withdraws")?;
        for index in self.store.references_in(digest, "subject")? {
            let kind = Entry::parse(&stored_entry(self.store, index)?.bytes)
                .ok()
                .and_then(|entry| entry.kind.parse().ok());
            if matches!(kind, Some(Kind::Erasure | Kind::Correction)) {
                indexes.push(index);
            }
        }
        Ok(indexes)
    }

    /// Adds what is said about a record, and about the reviews of it.
    pub fn add_about(&mut self, digest: &Digest) -> Result<(), ClosureError> {
        let mut waiting = vec![*digest];
        while let Some(digest) = waiting.pop() {
            if !self.told.insert(digest) {
                continue;
            }
            for field in ABOUT {
                for index in self.store.references_in(&digest, field)? {
                    if index >= self.below {
                        continue;
                    }
                    let about = self.add(index)?;
                    let is_review =
                        matches!(self.found[&index].content(), Some(Content::Review(_)));
                    // A review that names the record in another field is about something else.
                    if field == "subject" && is_review {
                        waiting.push(about);
                    }
                }
            }
        }
        Ok(())
    }

    /// Adds the founding record and all keys, revocations and policies.
    pub fn add_all_of_the_ledger(&mut self) -> Result<(), ClosureError> {
        for index in self.store.needed_to_judge()? {
            self.add(index)?;
        }
        Ok(())
    }

    /// Adds all policies, and what is recorded of the keys that signed anything here or were enrolled or revoked here.
    pub fn add_records_of_the_ledger(&mut self) -> Result<(), ClosureError> {
        for found in self.found.values() {
            match found.content() {
                Some(Content::Key(key)) => {
                    self.signers.extend([key.key].iter().chain(&key.replaces))
                }
                Some(Content::Revocation(revocation)) => {
                    self.signers.insert(revocation.key);
                }
                _ => {}
            }
        }
        let mut all = Vec::new();
        for index in self.store.needed_to_judge()? {
            all.push(Found::new(stored_entry(self.store, index)?));
        }
        let owners = owners(&all);
        loop {
            // An owner may leave only where another remains, so all keys are needed to judge that.
            let owner_leaves = self.found.values().any(|found| match found.content() {
                Some(Content::Revocation(revocation)) => owners.contains(&revocation.key),
                Some(Content::Key(key)) => key.role != Role::Owner && owners.contains(&key.key),
                _ => false,
            });
            let (needed, rest): (Vec<Found>, Vec<Found>) =
                all.into_iter().partition(|found| match found.content() {
                    Some(Content::Key(key)) => owner_leaves || self.signers.contains(&key.key),
                    Some(Content::Revocation(revocation)) => {
                        owner_leaves || self.signers.contains(&revocation.key)
                    }
                    // Also what can't be read: a check then says so.
                    _ => true,
                });
            if needed.is_empty() {
                return Ok(());
            }
            for found in needed {
                if let Some(Content::Key(key)) = found.content() {
                    self.signers.extend(key.replaces);
                }
                if !self.found.contains_key(&found.stored.index) {
                    self.keep(found)?;
                }
            }
            all = rest;
        }
    }
}

/// Returns the keys that ever were an owner's.
fn owners(records: &[Found]) -> BTreeSet<Did> {
    let mut owners = BTreeSet::new();
    for found in records {
        match found.content() {
            Some(Content::Ledger(ledger)) => owners.extend(&ledger.owners),
            Some(Content::Key(key)) if key.role == Role::Owner => {
                owners.insert(key.key);
            }
            _ => {}
        }
    }
    owners
}
