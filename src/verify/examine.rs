//! What can be said of one entry alone: form, digests, signature. Pure, so that it runs on all cores.

use std::collections::{HashMap, HashSet};
use std::iter;
use std::sync::RwLock;

use super::finding::{Check, Finding};
use crate::canonical::Digest;
use crate::log::entry::EntryError;
use crate::log::{Entry, Hash, leaf_hash};
use crate::record::{Kind, Record, RecordError};
use crate::sign::batch::{self, Signed};
use crate::sign::{Did, KeyError, PublicKey};
use crate::store::{Object, StoredEntry};

/// An entry and its record, checked as far as they can be without the entries before.
#[derive(Debug)]
pub struct Examined {
    /// Where the entry is kept.
    pub index: u64,
    /// The digest under which its record is looked up.
    pub digest: Digest,
    pub leaf: Hash,
    /// Absent if the entry is not in its form.
    pub entry: Option<Entry>,
    /// Absent if the record was erased or can't be read.
    pub record: Option<Record>,
    pub erased: bool,
    pub findings: Vec<Finding>,
    /// Why this program could not check the record, if a newer one might.
    pub unknown: Option<String>,
}

/// Keys that were checked already: the check costs more than a signature.
#[derive(Debug, Default)]
pub struct KnownKeys(RwLock<HashMap<Did, Result<PublicKey, KeyError>>>);

impl KnownKeys {
    fn get(&self, did: &Did) -> Result<PublicKey, KeyError> {
        let known = self
            .0
            .read()
            .expect("no thread panics while it holds the lock")
            .get(did)
            .copied();
        known.unwrap_or_else(|| {
            let key = PublicKey::from_did(did);
            self.0
                .write()
                .expect("no thread panics while it holds the lock")
                .insert(*did, key);
            key
        })
    }
}

/// Checks one stored entry.
pub fn examine(stored: &StoredEntry, keys: &KnownKeys) -> Examined {
    let entry = Entry::parse(&stored.bytes);
    examine_parsed(stored, entry, keys, |entry, key| {
        entry.proof.verify(&entry.record, key).is_ok()
    })
}

/// Checks many stored entries as [`examine`] checks each, in their order, with the signatures in one
/// [batch] under `seed`.
pub fn examine_all(stored: &[StoredEntry], keys: &KnownKeys, seed: &[u8; 32]) -> Vec<Examined> {
    let entries: Vec<_> = stored
        .iter()
        .map(|stored| Entry::parse(&stored.bytes))
        .collect();
    let wrong = wrong_signatures(&entries, keys, seed);
    iter::zip(stored, entries)
        .enumerate()
        .map(|(i, (stored, entry))| examine_parsed(stored, entry, keys, |_, _| !wrong.contains(&i)))
        .collect()
}

/// Returns the places of the entries that have a sound key and a signature that does not fit it.
fn wrong_signatures(
    entries: &[Result<Entry, EntryError>],
    keys: &KnownKeys,
    seed: &[u8; 32],
) -> HashSet<usize> {
    let sound: Vec<(usize, &Entry, PublicKey, [u8; 64])> = entries
        .iter()
        .enumerate()
        .filter_map(|(i, entry)| {
            let entry = entry.as_ref().ok()?;
            let key = keys.get(&entry.proof.key).ok()?;
            Some((i, entry, key, entry.proof.signed_bytes(&entry.record)))
        })
        .collect();
    let signed: Vec<Signed<'_>> = sound
        .iter()
        .map(|(_, entry, key, message)| Signed {
            key,
            message,
            signature: &entry.proof.signature,
        })
        .collect();
    let wrong = batch::verify_all(&signed, seed);
    wrong.into_iter().map(|at| sound[at].0).collect()
}

/// Checks one stored entry, of which the log's part is read; `is_signed` tells whether the signature fits.
fn examine_parsed(
    stored: &StoredEntry,
    entry: Result<Entry, EntryError>,
    keys: &KnownKeys,
    is_signed: impl FnOnce(&Entry, &PublicKey) -> bool,
) -> Examined {
    let mut examined = Examined {
        index: stored.index,
        digest: stored.record,
        leaf: leaf_hash(&stored.bytes),
        entry: None,
        record: None,
        erased: stored.object == Object::Erased,
        findings: Vec::new(),
        unknown: None,
    };
    match entry {
        Ok(entry) => {
            examined.check_entry(&entry, stored, keys, is_signed);
            examined.entry = Some(entry);
        }
        Err(error) => examined.fault(Check::EntryMalformed, "a canonical entry", error),
    }
    match &stored.object {
        Object::Present(bytes) => examined.check_record(bytes, &stored.record),
        // Whether an erasure stands behind it is known when all entries are.
        Object::Erased => examined.check_kind(),
        Object::Absent | Object::Withheld => {
            examined.fault(Check::RecordMissing, stored.record, "nothing")
        }
    }
    examined
}

impl Examined {
    fn fault(
        &mut self,
        check: Check,
        expected: impl std::fmt::Display,
        found: impl std::fmt::Display,
    ) {
        self.findings
            .push(Finding::new(check, self.index, expected, found));
    }

    fn check_entry(
        &mut self,
        entry: &Entry,
        stored: &StoredEntry,
        keys: &KnownKeys,
        is_signed: impl FnOnce(&Entry, &PublicKey) -> bool,
    ) {
        if entry.index != stored.index {
            self.fault(Check::EntryIndex, stored.index, entry.index);
        }
        if entry.record != stored.record {
            self.fault(Check::EntryLookup, entry.record, stored.record);
        }
        let did = &entry.proof.key;
        match keys.get(did) {
            Ok(key) if is_signed(entry, &key) => {}
            Ok(_) => self.fault(
                Check::Signature,
                format!("a signature of {} by {did}", entry.record),
                "another",
            ),
            Err(error) => self.fault(
                Check::Signature,
                "a signature under a sound key",
                format!("{did}: {error}"),
            ),
        }
    }

    /// An erased record's kind is known from its entry alone.
    fn check_kind(&mut self) {
        if let Some(entry) = &self.entry
            && let Err(error) = entry.kind.parse::<Kind>()
        {
            self.unknown = Some(error.to_string());
        }
    }

    fn check_record(&mut self, bytes: &[u8], expected: &Digest) {
        let digest = Digest::of(bytes);
        if digest != *expected {
            self.fault(Check::RecordDigest, expected, digest);
        }
        match Record::parse(bytes) {
            Ok(record) => self.record = Some(record),
            Err(error) if error.is_unknown_to_this_version() => {
                self.unknown = Some(error.to_string());
            }
            Err(RecordError::Json(error)) => {
                self.fault(Check::RecordMalformed, "a canonical record", error);
            }
            Err(error) => self.fault(Check::RecordMalformed, "a canonical record", error),
        }
    }
}
