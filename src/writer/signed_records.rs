//! Signed records in a file: what an editor signed at one desk, to be appended at another.
//!
//! Follows `docs/spec/signed-records.md`; `schemas/signed-records.schema.json` holds the same. The file is canonical JSON, and
//! repeats nothing that is not compared: which ledger it is meant for and who signed stand in each record. Reading it
//! checks its form alone. Whether the records may stand in the ledger, [`append`](super::append) decides.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Submission;
use crate::canonical::{Digest, JsonError, json};
use crate::record::{Record, RecordError, signed};
use crate::verify::Check;

/// Most bytes of a file: 128 MiB, so that the largest object fits in base64.
pub const MAX_FILE_LEN: usize = 128 << 20;

/// Most records of a file.
pub const MAX_RECORDS: usize = 10_000;

/// Most bytes of a file's records together, with their proofs: 16 MiB. Read into memory they take many times more.
pub const MAX_RECORDS_LEN: usize = 16 << 20;

const TYPE: &str = "signed-records";
const VERSION: u64 = 1;

/// Why bytes are no file of signed records, or one can't be written.
#[derive(Debug, thiserror::Error)]
pub enum FormError {
    #[error("a file of signed records has at most {most} {what}, found {found}")]
    TooMany {
        what: &'static str,
        most: usize,
        found: usize,
    },
    #[error("expected a line feed at the end of the file")]
    End,
    #[error(transparent)]
    Json(#[from] JsonError),
    #[error("expected type {TYPE:?}, found {found:?}")]
    Type { found: String },
    #[error("unknown version {found} of signed records; this program knows version {VERSION}")]
    Version { found: u64 },
    #[error("expected one signed record at least, found none")]
    Empty,
    /// Places are counted from 1.
    #[error("record {place}: {cause}")]
    Document { place: usize, cause: JsonError },
    #[error("record {place}: {cause}")]
    Record { place: usize, cause: RecordError },
    #[error("record {place}: expected each record once, found {digest} again")]
    Twice { place: usize, digest: Digest },
    #[error("object {digest}: expected its bytes in base64, found something else")]
    NotBase64 { digest: Digest },
    #[error("expected the bytes of {expected}, found those of {found}")]
    OtherObject { expected: Digest, found: Digest },
    #[error("object {digest}: no record of the file needs it")]
    NotNeeded { digest: Digest },
}

impl FormError {
    /// Returns the finding that the audit would make of it, if it came as far.
    pub fn check(&self) -> Option<Check> {
        match self {
            FormError::OtherObject { .. } => Some(Check::ObjectDigest),
            FormError::NotNeeded { .. } => Some(Check::ObjectUnused),
            _ => None,
        }
    }

    /// Tells whether a newer program might read what this one does not know.
    pub fn is_unknown_to_this_version(&self) -> bool {
        match self {
            FormError::Version { .. } => true,
            FormError::Record { cause, .. } => cause.is_unknown_to_this_version(),
            _ => false,
        }
    }
}

#[derive(Serialize)]
struct Written {
    objects: BTreeMap<Digest, String>,
    records: Vec<Value>,
    r#type: &'static str,
    version: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parsed<'a> {
    /// A string each: its text has no escapes if it is base64.
    #[serde(borrow)]
    objects: BTreeMap<Digest, &'a RawValue>,
    #[serde(borrow)]
    records: Documents<'a>,
    r#type: String,
    version: u64,
}

/// Writes a file: canonical JSON and a line feed.
///
/// # Errors
///
/// [`FormError::TooMany`] beyond the limits, [`FormError::Empty`].
pub fn to_bytes(submissions: &[Submission]) -> Result<Vec<u8>, FormError> {
    if submissions.is_empty() {
        return Err(FormError::Empty);
    }
    check_limit("records", MAX_RECORDS, submissions.len())?;
    let mut records_len = 0;
    let mut records = Vec::with_capacity(submissions.len());
    let mut objects = BTreeMap::new();
    for submission in submissions {
        let document = signed::join(&submission.bytes, &submission.proof)?;
        records_len += json::to_vec(&document)?.len();
        records.push(document);
        for (digest, bytes) in &submission.objects {
            objects
                .entry(*digest)
                .or_insert_with(|| STANDARD.encode(bytes));
        }
    }
    check_limit("bytes of records", MAX_RECORDS_LEN, records_len)?;
    let mut bytes = json::to_vec(&Written {
        objects,
        records,
        r#type: TYPE,
        version: VERSION,
    })?;
    bytes.push(b'\n');
    check_limit("bytes", MAX_FILE_LEN, bytes.len())?;
    Ok(bytes)
}

/// Reads a file. Each object goes with the first record that needs it. No signature is checked yet.
///
/// # Errors
///
/// [`FormError`] names the place that is not in its form.
pub fn parse(bytes: &[u8]) -> Result<Vec<Submission>, FormError> {
    check_limit("bytes", MAX_FILE_LEN, bytes.len())?;
    let line = bytes.strip_suffix(b"\n").ok_or(FormError::End)?;
    let parsed: Parsed<'_> = json::from_canonical(line)?;
    if parsed.r#type != TYPE {
        return Err(FormError::Type {
            found: parsed.r#type.chars().take(40).collect(),
        });
    }
    if parsed.version != VERSION {
        return Err(FormError::Version {
            found: parsed.version,
        });
    }
    let documents = parsed.records.0;
    if documents.is_empty() {
        return Err(FormError::Empty);
    }
    let records_len = documents.iter().map(|document| document.get().len()).sum();
    check_limit("bytes of records", MAX_RECORDS_LEN, records_len)?;
    let mut objects = BTreeMap::new();
    for (digest, text) in parsed.objects {
        objects.insert(digest, read_object(digest, text)?);
    }
    let mut known = BTreeSet::new();
    let mut submissions = Vec::with_capacity(documents.len());
    for (i, document) in documents.into_iter().enumerate() {
        let place = i + 1;
        let (bytes, proof) = signed::split(document.get().as_bytes())
            .map_err(|cause| FormError::Document { place, cause })?;
        let record = Record::parse(&bytes).map_err(|cause| FormError::Record { place, cause })?;
        let digest = Digest::of(&bytes);
        if !known.insert(digest) {
            return Err(FormError::Twice { place, digest });
        }
        let needs = record.content.objects();
        let objects = (needs.iter())
            .filter_map(|need| objects.remove_entry(&need.digest))
            .collect();
        submissions.push(Submission {
            record,
            bytes,
            digest,
            proof,
            objects,
        });
    }
    match objects.into_keys().next() {
        Some(digest) => Err(FormError::NotNeeded { digest }),
        None => Ok(submissions),
    }
}

fn read_object(digest: Digest, text: &RawValue) -> Result<Vec<u8>, FormError> {
    let text = text.get().strip_prefix('"');
    let text = text.and_then(|text| text.strip_suffix('"'));
    let bytes = text.and_then(|text| STANDARD.decode(text).ok());
    let bytes = bytes.ok_or(FormError::NotBase64 { digest })?;
    match Digest::of(&bytes) {
        found if found == digest => Ok(bytes),
        found => Err(FormError::OtherObject {
            expected: digest,
            found,
        }),
    }
}

fn check_limit(what: &'static str, most: usize, found: usize) -> Result<(), FormError> {
    match found > most {
        true => Err(FormError::TooMany { what, most, found }),
        false => Ok(()),
    }
}

/// Signed records as they stand in the file: a file of nothing but commas would else take a multiple of its length.
struct Documents<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Documents<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Bounded).map(Documents)
    }
}

struct Bounded;

impl<'de> Visitor<'de> for Bounded {
    type Value = Vec<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of signed records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut documents = Vec::new();
        while let Some(document) = items.next_element()? {
            if documents.len() == MAX_RECORDS {
                let error = format!("expected at most {MAX_RECORDS} records, found more");
                return Err(A::Error::custom(error));
            }
            documents.push(document);
        }
        Ok(documents)
    }
}
