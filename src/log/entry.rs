//! Entries: the lines of the log.
//!
//! Follows `docs/spec/log.md`. An entry holds the digest of a record, never the record, so that it stays
//! small and can be checked when the record was lawfully erased.

use serde::{Deserialize, Serialize};

use super::Hash;
use crate::canonical::json::MAX_INTEGER;
use crate::canonical::{Digest, JsonError, Timestamp, json};
use crate::sign::Proof;

/// Longest entry, in bytes: the limit of C2SP tlog-tiles.
pub const MAX_ENTRY_LEN: usize = 65_535;

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place, from 0.
    pub index: u64,
    /// Repeats the record's kind, so that the log can be judged after an erasure.
    pub kind: String,
    /// Leaf hash of the entry before; [`Hash::ZERO`] at index 0.
    pub prev: Hash,
    /// The editor's signature over the record.
    pub proof: Proof,
    pub record: Digest,
    /// When it was appended, by the ledger's clock.
    pub recorded: Timestamp,
}

/// Why bytes are not an entry, or an entry can't be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    #[error("an entry has at most {MAX_ENTRY_LEN} bytes, found {len}")]
    TooLong { len: usize },
    #[error("{0}")]
    Json(#[from] JsonError),
    #[error("an entry has exactly one proof, found {found}")]
    Proofs { found: usize },
    #[error("expected a kind of 1 to 32 lower-case letters and hyphens, found {found:?}")]
    Kind { found: String },
    #[error("expected an index of at most {MAX_INTEGER}, found {found}")]
    Index { found: u64 },
}

/// An entry as it stands in JSON. `proof` is a list, as Data Integrity has it; version 1 has one in it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    index: u64,
    kind: String,
    prev: Hash,
    proof: Vec<Proof>,
    record: Digest,
    recorded: Timestamp,
}

impl Entry {
    /// Reads an entry from its canonical bytes.
    ///
    /// # Errors
    ///
    /// [`EntryError`] names the rule that the bytes break.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        check_len(bytes)?;
        let members: Members = json::from_canonical(bytes)?;
        check_kind(&members.kind)?;
        let [proof] =
            <[Proof; 1]>::try_from(members.proof).map_err(|proofs| EntryError::Proofs {
                found: proofs.len(),
            })?;
        Ok(Entry {
            index: members.index,
            kind: members.kind,
            prev: members.prev,
            proof,
            record: members.record,
            recorded: members.recorded,
        })
    }

    /// Writes the entry in canonical form: the bytes that are stored and hashed.
    ///
    /// # Errors
    ///
    /// [`EntryError`] if the kind or the index can't stand in an entry.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EntryError> {
        check_kind(&self.kind)?;
        if self.index > MAX_INTEGER.unsigned_abs() {
            return Err(EntryError::Index { found: self.index });
        }
        let bytes = json::to_vec(&Members {
            index: self.index,
            kind: self.kind.clone(),
            prev: self.prev,
            proof: vec![self.proof.clone()],
            record: self.record,
            recorded: self.recorded,
        })?;
        check_len(&bytes)?;
        Ok(bytes)
    }
}

fn check_len(bytes: &[u8]) -> Result<(), EntryError> {
    match bytes.len() {
        len if len > MAX_ENTRY_LEN => Err(EntryError::TooLong { len }),
        _ => Ok(()),
    }
}

fn check_kind(kind: &str) -> Result<(), EntryError> {
    let fits =
        (1..=32).contains(&kind.len()) && kind.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    match fits {
        true => Ok(()),
        false => Err(EntryError::Kind {
            found: kind.chars().take(40).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::SecretKey;

    fn entry() -> Entry {
        let record = Digest::of(b"{}");
        let time = "2026-11-20T10:00:00Z".parse().unwrap();
        Entry {
            index: 12,
            kind: "claim".to_owned(),
            prev: Hash::ZERO,
            proof: Proof::sign(&record, &SecretKey::from_seed(&[1; 32]), time),
            record,
            recorded: time,
        }
    }

    #[test]
    fn entry_reads_what_it_writes() {
        let bytes = entry().to_bytes().unwrap();
        assert!(bytes.starts_with(br#"{"index":12,"kind":"claim","prev":"sha256:0000"#));
        assert_eq!(Entry::parse(&bytes), Ok(entry()));
    }

    #[test]
    fn other_forms_are_refused() {
        let text = String::from_utf8(entry().to_bytes().unwrap()).unwrap();
        let proof_start = text.find("[{").unwrap() + 1;
        let proof_end = text.find("}]").unwrap() + 1;
        let proof = &text[proof_start..proof_end];
        for (wrong, why) in [
            (text.replace("\"index\":12", "\"index\": 12"), "white space"),
            (text.replace("\"claim\"", "\"Claim\""), "kind"),
            (text.replace("\"kind\"", "\"kinds\""), "unknown field"),
            (text.replace(proof, ""), "one proof"),
            (
                text.replace(proof, &format!("{proof},{proof}")),
                "one proof",
            ),
            (format!("{text}{}", " ".repeat(MAX_ENTRY_LEN)), "at most"),
        ] {
            let error = Entry::parse(wrong.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(why), "{why}: {error}");
        }
    }
}
