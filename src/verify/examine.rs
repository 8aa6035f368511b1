//! What can be said of one entry alone: form, digests, signature. Pure, so that it runs on all cores.

use std::collections::HashMap;
use std::sync::RwLock;

use super::finding::{Check, Finding};
use crate::canonical::Digest;
use crate::log::{Entry, Hash, leaf_hash};
use crate::record::{Kind, Record, RecordError};
use crate::sign::{Did, KeyError, PublicKey};
use crate::store::{Object, StoredEntry};

/// An entry and its record, checked as far as they can be without the entries before.
#[derive(Debug)]
pub struct Examined {
    /// Where the entry is kept.
    pub index: u64,
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
    let mut examined = Examined {
        index: stored.index,
        leaf: leaf_hash(&stored.bytes),
        entry: None,
        record: None,
        erased: stored.object == Object::Erased,
        findings: Vec::new(),
        unknown: None,
    };
    match Entry::parse(&stored.bytes) {
        Ok(entry) => {
            examined.check_entry(&entry, stored, keys);
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

    fn check_entry(&mut self, entry: &Entry, stored: &StoredEntry, keys: &KnownKeys) {
        if entry.index != stored.index {
            self.fault(Check::EntryIndex, stored.index, entry.index);
        }
        if entry.record != stored.record {
            self.fault(Check::EntryLookup, entry.record, stored.record);
        }
        let did = &entry.proof.key;
        match keys.get(did) {
            Ok(key) if entry.proof.verify(&entry.record, &key).is_ok() => {}
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
