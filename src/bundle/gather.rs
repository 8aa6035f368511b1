//! Gathering a bundle from a ledger, in a number of reads that does not grow with it.
//!
//! Which records speak of which is looked up in the derived tables; what is gathered is checked afterwards,
//! and nothing rests on the look-ups but that a record can be found.

use std::collections::{BTreeMap, BTreeSet};

use super::{Bundle, Item};
use crate::canonical::Digest;
use crate::log::{
    Checkpoint, CheckpointError, Entry, Hash, NoteError, SignedNote, WitnessKey, inclusion_proof,
};
use crate::record::key::Role;
use crate::record::{Content, Kind, Record};
use crate::sign::Did;
use crate::store::{Object, Read, StoreError, StoredEntry};
use crate::verify::cosignatures::latest_cosignatures;

/// Most entries of a bundle.
pub const MAX_ITEMS: usize = 10_000;

/// The fields in which records speak about others.
const ABOUT: [&str; 6] = ["subject", "review", "from", "to", "replacement", "revises"];

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the entry at index {index} is missing")]
    NoEntry { index: u64 },
    #[error("the ledger has no checkpoint")]
    NoCheckpoint,
    #[error("the ledger's last checkpoint can't be read")]
    Checkpoint(#[from] CheckpointError),
    #[error("the ledger's last checkpoint has more cosignatures than a note can have")]
    Cosignatures(#[source] NoteError),
    #[error("a bundle has at most {MAX_ITEMS} entries; more records speak of this one")]
    TooMany,
}

/// Gathers the record at `index` and all that a check of it needs, as of the last checkpoint.
///
/// # Errors
///
/// [`GatherError`] if the ledger can't be read, or too much is said about the record.
pub fn gather(store: &dyn Read, index: u64) -> Result<Bundle, GatherError> {
    let (checkpoint, witnesses) = cosigned_checkpoint(store)?;
    let size = checkpoint.text().parse::<Checkpoint>()?.size();
    let mut gathering = Gathering {
        store,
        found: BTreeMap::new(),
        signers: BTreeSet::new(),
    };
    let subject = gathering.add(index)?;
    gathering.add_about(&subject)?;
    gathering.add_records_of_the_ledger()?;
    let items = gathering
        .found
        .into_values()
        .map(|found| item(store, found.stored, size))
        .collect::<Result<_, _>>()?;
    let last = size.saturating_sub(1);
    let last = item(store, stored_entry(store, last)?, size)?;
    Ok(Bundle {
        subject,
        items,
        last: Item {
            stored: StoredEntry {
                object: Object::Erased,
                ..last.stored
            },
            ..last
        },
        checkpoint,
        witnesses,
    })
}

/// Returns the last checkpoint with the latest line of each witness that cosigned it, and the keys of these
/// witnesses. Nothing of it is checked.
///
/// # Errors
///
/// [`GatherError`] if there is no checkpoint, or it can't be read.
pub fn cosigned_checkpoint(store: &dyn Read) -> Result<(SignedNote, Vec<WitnessKey>), GatherError> {
    let (_, note) = store.last_checkpoint()?.ok_or(GatherError::NoCheckpoint)?;
    let note: SignedNote = note.parse().map_err(CheckpointError::from)?;
    let size = note.text().parse::<Checkpoint>()?.size();
    let (witnesses, lines) = latest_cosignatures(store, size)?;
    let note = (note.with_signatures(lines)).map_err(GatherError::Cosignatures)?;
    Ok((note, witnesses))
}

/// Proves that an entry is in the tree. One that came after the checkpoint has no proof, which a check finds.
fn item(store: &dyn Read, stored: StoredEntry, size: u64) -> Result<Item, StoreError> {
    let path: Vec<Hash> = match stored.index < size {
        true => inclusion_proof(stored.index, size, &store)?,
        false => Vec::new(),
    };
    Ok(Item { stored, path })
}

fn stored_entry(store: &dyn Read, index: u64) -> Result<StoredEntry, GatherError> {
    let stored = store.entries(index, 1)?.pop();
    stored
        .filter(|stored| stored.index == index)
        .ok_or(GatherError::NoEntry { index })
}

struct Gathering<'a> {
    store: &'a dyn Read,
    found: BTreeMap<u64, Found>,
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

impl Gathering<'_> {
    /// Adds the record at `index` and what it rests on, and returns its digest.
    fn add(&mut self, index: u64) -> Result<Digest, GatherError> {
        let subject = stored_entry(self.store, index)?;
        let digest = subject.record;
        let mut waiting = vec![subject];
        while let Some(stored) = waiting.pop() {
            if self.found.contains_key(&stored.index) {
                continue;
            }
            let found = Found::new(stored);
            for index in self.needed_by(&found)? {
                waiting.push(stored_entry(self.store, index)?);
            }
            self.keep(found)?;
        }
        Ok(digest)
    }

    fn keep(&mut self, found: Found) -> Result<(), GatherError> {
        if self.found.len() >= MAX_ITEMS {
            return Err(GatherError::TooMany);
        }
        if let Ok(entry) = Entry::parse(&found.stored.bytes) {
            self.signers.insert(entry.proof.key);
        }
        self.found.insert(found.stored.index, found);
        Ok(())
    }

    /// Returns the records that one names, and what took it or its objects back.
    fn needed_by(&self, found: &Found) -> Result<Vec<u64>, GatherError> {
        let mut needed = self.taken_back_by(&found.stored.record)?;
        for reference in found.content().map_or(Vec::new(), Content::references) {
            needed.extend(self.store.index_of(&reference.record)?);
        }
        for object in found.content().map_or(Vec::new(), Content::objects) {
            needed.extend(self.taken_back_by(&object.digest)?);
        }
        Ok(needed)
    }

    /// Returns the erasures and corrections of a record or an object.
    fn taken_back_by(&self, digest: &Digest) -> Result<Vec<u64>, GatherError> {
        let mut indexes = Vec::new();
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
    fn add_about(&mut self, digest: &Digest) -> Result<(), GatherError> {
        for field in ABOUT {
            for index in self.store.references_in(digest, field)? {
                let about = self.add(index)?;
                let is_review = matches!(self.found[&index].content(), Some(Content::Review(_)));
                // A review that names the record in another field is about something else.
                if field == "subject" && is_review {
                    self.add_about(&about)?;
                }
            }
        }
        Ok(())
    }

    /// Adds all policies, and what is recorded of the keys that signed anything here.
    fn add_records_of_the_ledger(&mut self) -> Result<(), GatherError> {
        let mut all = Vec::new();
        for index in self.store.records_of_the_ledger()? {
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
