//! Entries: one line of the log each, in canonical JSON.
//!
//! `docs/spec/log.md` is the normative text. An entry names a record by its digest and never holds it, so
//! that chain, tree and proof can be checked when the record was lawfully erased. Whether `kind` is one
//! that anybody knows, and whether `prev` is the hash of the entry before, is decided above.

mod layout;

use serde::{Deserialize, Serialize};

use super::Hash;
use crate::canonical::{Digest, JsonError, Timestamp, json};
use crate::sign::Proof;

/// Most bytes of an entry: a C2SP entry bundle writes the length in 16 bits.
pub const MAX_ENTRY_LEN: usize = 65_535;

/// Most characters of a kind.
pub const MAX_KIND_LEN: usize = 32;

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Place in the log, counted from 0, at most 2^53 - 1.
    pub index: u64,
    /// The record's type, repeated: 1 to 32 characters of `a` to `z` and `-`.
    pub kind: String,
    /// Leaf hash of the entry before; [`Hash::ZERO`] at index 0.
    pub prev: Hash,
    /// The editor's signature over `record`. In JSON an array, of exactly one proof in this version.
    pub proof: Proof,
    pub record: Digest,
    /// When the entry was made, by the ledger's clock.
    pub recorded: Timestamp,
}

/// Why bytes are not an entry, or an entry has no bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    #[error("expected an entry of at most {MAX_ENTRY_LEN} bytes, found {found}")]
    TooLong { found: usize },
    #[error(transparent)]
    Json(#[from] JsonError),
    #[error(
        "entry member \"kind\": expected 1 to {MAX_KIND_LEN} characters of a to z and -, found {found:?}"
    )]
    Kind { found: String },
    #[error("entry member \"proof\": expected one proof, found {found}")]
    ProofCount { found: usize },
}

/// An entry as it stands in JSON.
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
    /// Returns the canonical bytes, which are the leaf of the Merkle tree.
    ///
    /// # Errors
    ///
    /// [`EntryError`] if [`parse`](Self::parse) would refuse them.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EntryError> {
        let bytes = json::to_vec(&Members {
            index: self.index,
            kind: self.kind.clone(),
            prev: self.prev,
            proof: vec![self.proof.clone()],
            record: self.record,
            recorded: self.recorded,
        })?;
        check_len(&bytes)?;
        check_kind(&self.kind)?;
        Ok(bytes)
    }

    /// Reads an entry from its canonical bytes.
    ///
    /// # Errors
    ///
    /// [`EntryError::TooLong`] before anything is read; [`EntryError::Json`] if the bytes are not
    /// canonical, or a member is missing, unknown or of another type; [`EntryError::Kind`] and
    /// [`EntryError::ProofCount`] for these two members.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        check_len(bytes)?;
        // What does not read so goes the long way, which names what is wrong.
        layout::read(bytes).map_or_else(|| Self::parse_members(bytes), Ok)
    }

    fn parse_members(bytes: &[u8]) -> Result<Self, EntryError> {
        let members: Members = json::from_canonical(bytes)?;
        check_kind(&members.kind)?;
        let [proof] =
            <[Proof; 1]>::try_from(members.proof).map_err(|proofs| EntryError::ProofCount {
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
}

fn check_len(bytes: &[u8]) -> Result<(), EntryError> {
    match bytes.len() {
        0..=MAX_ENTRY_LEN => Ok(()),
        found => Err(EntryError::TooLong { found }),
    }
}

fn check_kind(kind: &str) -> Result<(), EntryError> {
    let fits = (1..=MAX_KIND_LEN).contains(&kind.len())
        && kind.bytes().all(|b| matches!(b, b'a'..=b'z' | b'-'));
    if fits {
        Ok(())
    } else {
        Err(EntryError::Kind {
            found: kind.chars().take(40).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::SecretKey;

    fn entry() -> Entry {
        let record = Digest::of(b"record");
        let created: Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
        Entry {
            index: 12,
            kind: "claim".to_owned(),
            prev: super::super::leaf_hash(b"the entry before"),
            proof: Proof::sign(&record, &SecretKey::from_seed(&[1; 32]), created),
            record,
            recorded: "2026-11-20T10:00:03Z".parse().unwrap(),
        }
    }

    /// The bytes of [`entry`] with one text exchanged for another.
    fn changed(from: &str, to: &str) -> Vec<u8> {
        let text = String::from_utf8(entry().to_bytes().unwrap()).unwrap();
        assert!(text.contains(from), "{from}");
        text.replace(from, to).into_bytes()
    }

    #[test]
    fn entry_reads_what_it_writes() {
        let bytes = entry().to_bytes().unwrap();
        assert_eq!(Entry::parse(&bytes), Ok(entry()));
        let text = String::from_utf8(bytes).unwrap();
        assert!(
            text.starts_with(r#"{"index":12,"kind":"claim","prev":"sha256:"#),
            "{text}"
        );
        assert!(text.contains(r#""proof":[{"created":"2026-11-20T10:00:00Z","#));
        assert!(text.ends_with(r#""recorded":"2026-11-20T10:00:03Z"}"#));
    }

    #[test]
    fn short_way_and_long_way_agree() {
        let bytes = entry().to_bytes().unwrap();
        let agree = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            assert_eq!(
                layout::read(bytes),
                Entry::parse_members(bytes).ok(),
                "{text}"
            );
        };
        agree(&bytes);
        for at in 0..bytes.len() {
            for with in [
                &b""[..],
                b" ",
                b"0",
                b"1",
                b"9",
                b"+",
                b"a",
                b"A",
                b"-",
                b"\"",
                b"\\",
                b",",
                b"\xc3\xa9",
                b"00",
            ] {
                agree(&[&bytes[..at], with, &bytes[at + 1..]].concat());
                agree(&[&bytes[..at], with, &bytes[at..]].concat());
            }
        }
        for index in [
            "0",
            "9007199254740991",
            "9007199254740992",
            "99999999999999999999",
        ] {
            agree(&changed(":12,", &format!(":{index},")));
        }
    }

    #[test]
    fn entry_has_one_proof() {
        let text = String::from_utf8(entry().to_bytes().unwrap()).unwrap();
        let from = text.find('[').unwrap() + 1;
        let proof = &text[from..text.find(']').unwrap()];
        for (proofs, found) in [(String::new(), 0), (format!("{proof},{proof}"), 2)] {
            assert_eq!(
                Entry::parse(&changed(proof, &proofs)),
                Err(EntryError::ProofCount { found })
            );
        }
    }

    #[test]
    fn kind_is_short_and_plain() {
        for kind in ["", "Claim", "claim1", "a b", "über", &"k".repeat(33)] {
            let bytes = changed(r#""claim""#, &format!("{kind:?}"));
            let error = EntryError::Kind {
                found: kind.to_owned(),
            };
            assert_eq!(Entry::parse(&bytes), Err(error.clone()));
            let entry = Entry {
                kind: kind.to_owned(),
                ..entry()
            };
            assert_eq!(entry.to_bytes(), Err(error));
        }
        let longest = changed("claim", &"k".repeat(32));
        assert_eq!(Entry::parse(&longest).unwrap().kind.len(), 32);
    }

    #[test]
    fn length_is_limited_before_anything_is_read() {
        assert_eq!(
            Entry::parse(&[b' '; MAX_ENTRY_LEN + 1]),
            Err(EntryError::TooLong { found: 65_536 })
        );
        let entry = Entry {
            kind: "k".repeat(MAX_ENTRY_LEN),
            ..entry()
        };
        assert!(matches!(entry.to_bytes(), Err(EntryError::TooLong { .. })));
    }

    #[test]
    fn index_is_a_number_that_every_reader_holds() {
        let greatest = 9_007_199_254_740_991;
        let bytes = changed("12,", &format!("{greatest},"));
        assert_eq!(Entry::parse(&bytes).unwrap().index, greatest);
        for wrong in ["9007199254740992,", "-1,", "1.5,", "\"12\",", "012,"] {
            let result = Entry::parse(&changed("12,", wrong));
            assert!(matches!(result, Err(EntryError::Json(_))), "{wrong}");
        }
        let entry = Entry {
            index: greatest + 1,
            ..entry()
        };
        assert!(matches!(entry.to_bytes(), Err(EntryError::Json(_))));
    }

    #[test]
    fn other_bytes_are_refused() {
        for (from, to) in [
            (",", ", "),
            (r#"{"index""#, r#"{"extra":1,"index""#),
            (r#","recorded":"2026-11-20T10:00:03Z""#, ""),
            (r#""recorded""#, r#""zrecorded""#),
            ("10:00:03Z", "10:00:03.5Z"),
            ("DataIntegrityProof", "Ed25519Signature2020"),
        ] {
            let result = Entry::parse(&changed(from, to));
            assert!(matches!(result, Err(EntryError::Json(_))), "{from} {to}");
        }
    }
}
