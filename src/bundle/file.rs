//! A bundle as a file: canonical JSON, so that every byte of it is one that is checked.
//!
//! The file repeats nothing that is not compared: the log's key and origin stand in the founding record,
//! the index of an entry in its proof and in itself.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Bundle, Item, MAX_ITEMS};
use crate::canonical::{Digest, JsonError, json};
use crate::log::note::MAX_SIGNATURES;
use crate::log::{
    Entry, EntryError, NoteError, SignedNote, TlogProof, TlogProofError, VerifierKeyError,
};
use crate::store::{Object, StoredEntry};

/// Most bytes of a bundle's file: 64 MiB.
pub const MAX_BUNDLE_LEN: usize = 64 << 20;

const TYPE: &str = "proof-bundle";
const VERSION: u64 = 1;

/// Why bytes are no bundle, or a bundle can't be written.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    #[error("a proof bundle has at most {MAX_BUNDLE_LEN} bytes, found {len}")]
    TooLong { len: usize },
    #[error("expected a line feed at the end of the file")]
    End,
    #[error(transparent)]
    Json(#[from] JsonError),
    #[error("expected type {TYPE:?}, found {found:?}")]
    Type { found: String },
    #[error("unknown version {found} of a proof bundle; this program knows version {VERSION}")]
    Version { found: u64 },
    #[error("a proof bundle has at most {most} {what}, found {found}")]
    TooMany {
        what: &'static str,
        most: usize,
        found: usize,
    },
    #[error("`entries`, place {place}: {cause}")]
    Entry { place: usize, cause: EntryError },
    #[error("`entries`, place {place}: the proof: {cause}")]
    PlacedProof { place: usize, cause: TlogProofError },
    #[error("proof of entry {index}: {cause}")]
    Proof { index: u64, cause: TlogProofError },
    #[error("`witnesses`: {0}")]
    Witness(#[from] VerifierKeyError),
    #[error("`checkpoint`: {0}")]
    Checkpoint(#[from] NoteError),
    #[error(
        "expected entries in the order of the log, each once; found entry {index} after {before}"
    )]
    Order { index: u64, before: u64 },
    #[error("entry {index}: expected no unsigned `extra` line in its proof")]
    Extra { index: u64 },
    #[error("expected no record beside the last entry: it only tells the time")]
    LastRecord,
    #[error("the record or entry at index {index} can't be written: it is not canonical JSON")]
    Unwritable { index: u64 },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Members<'a> {
    checkpoint: String,
    #[serde(borrow)]
    entries: Vec<ItemMembers<'a>>,
    #[serde(borrow)]
    last: ItemMembers<'a>,
    subject: Digest,
    r#type: String,
    version: u64,
    /// C2SP verifier keys.
    witnesses: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemMembers<'a> {
    #[serde(borrow)]
    entry: &'a RawValue,
    /// A C2SP tlog-proof without the checkpoint at its end, which all of them share.
    proof: String,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    record: Option<&'a RawValue>,
}

impl Bundle {
    /// Writes the file: canonical JSON and a line feed.
    ///
    /// # Errors
    ///
    /// [`FormError::Unwritable`] if an entry or a record is not canonical JSON, which no check would accept;
    /// [`FormError::TooLong`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, FormError> {
        let mut bytes = json::to_vec(&Members {
            checkpoint: self.checkpoint.to_string(),
            entries: self
                .items
                .iter()
                .map(|item| self.write_item(item))
                .collect::<Result<_, _>>()?,
            last: self.write_item(&self.last)?,
            subject: self.subject,
            r#type: TYPE.to_owned(),
            version: VERSION,
            witnesses: self.witnesses.iter().map(ToString::to_string).collect(),
        })?;
        bytes.push(b'\n');
        match bytes.len() {
            0..=MAX_BUNDLE_LEN => Ok(bytes),
            len => Err(FormError::TooLong { len }),
        }
    }

    fn write_item<'a>(&self, item: &'a Item) -> Result<ItemMembers<'a>, FormError> {
        let index = item.stored.index;
        let raw = |bytes: &'a [u8]| -> Result<&'a RawValue, FormError> {
            json::from_canonical(bytes).map_err(|_| FormError::Unwritable { index })
        };
        Ok(ItemMembers {
            entry: raw(&item.stored.bytes)?,
            proof: self.proof(item)?.head(),
            record: match &item.stored.object {
                Object::Present(bytes) => Some(raw(bytes)?),
                _ => None,
            },
        })
    }

    fn proof(&self, item: &Item) -> Result<TlogProof, FormError> {
        let index = item.stored.index;
        TlogProof::new(index, item.path.clone(), None, self.checkpoint.clone())
            .map_err(|cause| FormError::Proof { index, cause })
    }

    /// Returns the proof that the subject's entry is in the tree, as a C2SP tlog-proof: none if the bundle
    /// lacks the subject.
    ///
    /// # Errors
    ///
    /// [`FormError::Proof`] if the proof is too long to be one.
    pub fn tlog_proof(&self) -> Result<Option<TlogProof>, FormError> {
        let mut items = self.items.iter();
        let item = items.find(|item| item.stored.record == self.subject);
        item.map(|item| self.proof(item)).transpose()
    }

    /// Reads a file. Nothing of what it says is checked yet.
    ///
    /// # Errors
    ///
    /// [`FormError`] names the place that is not in its form.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormError> {
        if bytes.len() > MAX_BUNDLE_LEN {
            return Err(FormError::TooLong { len: bytes.len() });
        }
        let line = bytes.strip_suffix(b"\n").ok_or(FormError::End)?;
        let members: Members<'_> = json::from_canonical(line)?;
        if members.r#type != TYPE {
            return Err(FormError::Type {
                found: members.r#type.chars().take(40).collect(),
            });
        }
        if members.version != VERSION {
            return Err(FormError::Version {
                found: members.version,
            });
        }
        check_count("entries", MAX_ITEMS, members.entries.len())?;
        // Each has a line of its own in the checkpoint.
        check_count("witnesses", MAX_SIGNATURES, members.witnesses.len())?;
        let checkpoint: SignedNote = members.checkpoint.parse()?;
        let mut items: Vec<Item> = Vec::new();
        for (place, item) in members.entries.iter().enumerate() {
            let item = read_item(place, item, &checkpoint)?;
            if let Some(before) = items.last()
                && before.stored.index >= item.stored.index
            {
                return Err(FormError::Order {
                    index: item.stored.index,
                    before: before.stored.index,
                });
            }
            items.push(item);
        }
        if members.last.record.is_some() {
            return Err(FormError::LastRecord);
        }
        Ok(Bundle {
            subject: members.subject,
            last: read_item(items.len(), &members.last, &checkpoint)?,
            items,
            checkpoint,
            witnesses: members
                .witnesses
                .iter()
                .map(|key| key.parse())
                .collect::<Result<_, _>>()?,
        })
    }
}

fn check_count(what: &'static str, most: usize, found: usize) -> Result<(), FormError> {
    if found > most {
        return Err(FormError::TooMany { what, most, found });
    }
    Ok(())
}

fn read_item(
    place: usize,
    item: &ItemMembers<'_>,
    checkpoint: &SignedNote,
) -> Result<Item, FormError> {
    let bytes = item.entry.get().as_bytes();
    let entry = Entry::parse(bytes).map_err(|cause| FormError::Entry { place, cause })?;
    let proof = TlogProof::from_head(&item.proof, checkpoint.clone())
        .map_err(|cause| FormError::PlacedProof { place, cause })?;
    let index = proof.index();
    // Nobody signed it, so it could be changed unseen.
    if proof.extra().is_some() {
        return Err(FormError::Extra { index });
    }
    Ok(Item {
        stored: StoredEntry {
            index,
            bytes: bytes.to_vec(),
            record: entry.record,
            object: match item.record {
                Some(record) => Object::Present(record.get().as_bytes().to_vec()),
                None => Object::Erased,
            },
        },
        path: proof.path().to_vec(),
    })
}
