//! What a log sends to a witness: a checkpoint, and the proof that it continues the one cosigned last.
//!
//! Follows the `add-checkpoint` call of C2SP [tlog-witness] v1.0.0. As text it is the line `old` with the
//! size that the witness cosigned last, the hashes of the consistency proof in base64, a blank line, and the
//! signed note:
//!
//! ```text
//! old 4
//! TnjMmsGU…=
//!
//! factdesk.example/2026
//! 6
//! yc4HWfA7…=
//!
//! — factdesk.example/2026 vyJbBZ4k…
//! ```
//!
//! Here are only the bytes; what a witness answers is decided in [`witness`](crate::witness).
//!
//! [tlog-witness]: https://c2sp.org/tlog-witness@v1.0.0

use std::fmt;
use std::str::FromStr;

use super::hash::{Hash, HashError};
use super::line::{decimal, excerpt};
use super::note::{NoteError, SignedNote};

/// Most bytes of a request: 64 KiB, which leaves room for the signatures of many witnesses.
pub const MAX_REQUEST_LEN: usize = 64 << 10;

/// Most hashes of a consistency proof: no tree is higher.
pub const MAX_PROOF_HASHES: usize = 63;

/// A request to cosign a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    /// The size that the log believes the witness to have cosigned last; 0 if none.
    pub old: u64,
    /// The consistency proof from there, as [`verify_consistency`](super::verify_consistency) takes it.
    pub proof: Vec<Hash>,
    /// The checkpoint with its signatures.
    pub checkpoint: SignedNote,
}

/// Why bytes are not a request to cosign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddCheckpointError {
    #[error("expected a request of at most {MAX_REQUEST_LEN} bytes, found {found}")]
    TooLong { found: usize },
    #[error("expected UTF-8, found another byte at {offset}")]
    NotUtf8 { offset: usize },
    #[error("expected the line \"old\" with a size in plain decimal digits, found {found:?}")]
    Old { found: String },
    #[error("expected at most {MAX_PROOF_HASHES} hashes, found more")]
    TooManyHashes,
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error("expected a blank line and a checkpoint after the hashes, found the end")]
    NoCheckpoint,
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl AddCheckpoint {
    /// Reads the body of a request.
    ///
    /// # Errors
    ///
    /// [`AddCheckpointError`] names what is not of this form.
    pub fn from_bytes(body: &[u8]) -> Result<Self, AddCheckpointError> {
        if body.len() > MAX_REQUEST_LEN {
            return Err(AddCheckpointError::TooLong { found: body.len() });
        }
        let body = std::str::from_utf8(body).map_err(|error| AddCheckpointError::NotUtf8 {
            offset: error.valid_up_to(),
        })?;
        body.parse()
    }
}

impl FromStr for AddCheckpoint {
    type Err = AddCheckpointError;

    fn from_str(body: &str) -> Result<Self, AddCheckpointError> {
        // The first blank line ends the proof; those of the note come after it.
        let (head, note) = (body.split_once("\n\n")).ok_or(AddCheckpointError::NoCheckpoint)?;
        let mut lines = head.split('\n');
        let first = lines.next().unwrap_or_default();
        let old = (first.strip_prefix("old ").and_then(decimal)).ok_or_else(|| {
            AddCheckpointError::Old {
                found: excerpt(first),
            }
        })?;
        let mut proof = Vec::new();
        for line in lines {
            if proof.len() == MAX_PROOF_HASHES {
                return Err(AddCheckpointError::TooManyHashes);
            }
            proof.push(Hash::from_base64(line)?);
        }
        Ok(AddCheckpoint {
            old,
            proof,
            checkpoint: note.parse()?,
        })
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        for hash in &self.proof {
            writeln!(f, "{}", hash.to_base64())?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

/// Reads the body of a witness's answer 409: the size that it cosigned last, and a line feed.
pub fn parse_size(body: &str) -> Option<u64> {
    body.strip_suffix('\n').and_then(decimal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::hash::leaf_hash;
    use crate::log::{Checkpoint, NoteSigner};
    use crate::sign::SecretKey;

    fn request(hashes: usize) -> AddCheckpoint {
        let log = NoteSigner::new("log.example", SecretKey::from_seed(&[1; 32])).unwrap();
        let checkpoint = Checkpoint::new("log.example", 6, leaf_hash(b"root")).unwrap();
        AddCheckpoint {
            old: 4,
            proof: (0..hashes).map(|n| leaf_hash(&n.to_be_bytes())).collect(),
            checkpoint: checkpoint.sign(&log).unwrap(),
        }
    }

    #[test]
    fn request_reads_what_it_writes() {
        for hashes in [0, 1, MAX_PROOF_HASHES] {
            let request = request(hashes);
            let text = request.to_string();
            assert_eq!(AddCheckpoint::from_bytes(text.as_bytes()), Ok(request));
        }
        let text = request(MAX_PROOF_HASHES + 1).to_string();
        assert_eq!(
            text.parse::<AddCheckpoint>(),
            Err(AddCheckpointError::TooManyHashes)
        );
    }

    #[test]
    fn request_has_one_form() {
        let good = request(1).to_string();
        for wrong in [
            String::new(),
            "old 4\n".to_owned(),
            "old 4\n\n".to_owned(),
            good.replace("old 4", "old 04"),
            good.replace("old 4", "old +4"),
            good.replace("old 4", "old  4"),
            good.replace("old 4", "old 4 "),
            good.replace("old 4", "Old 4"),
            good.replace("old 4", "old -1"),
            good.replace("old 4", "old 18446744073709551616"),
            good.replace("old 4\n", ""),
            good.replacen('\n', "\r\n", 1),
            good.replacen("=\n", "\n", 1),
            good.trim_end().to_owned(),
            format!("{good}\n"),
            good.replace("\n— ", "\n- "),
        ] {
            assert!(wrong.parse::<AddCheckpoint>().is_err(), "{wrong:?}");
        }
        let foreign = [good.as_bytes(), &[0xff]].concat();
        assert_eq!(
            AddCheckpoint::from_bytes(&foreign),
            Err(AddCheckpointError::NotUtf8 { offset: good.len() })
        );
        let long = vec![b'o'; MAX_REQUEST_LEN + 1];
        assert!(matches!(
            AddCheckpoint::from_bytes(&long),
            Err(AddCheckpointError::TooLong { .. })
        ));
    }

    #[test]
    fn size_of_a_conflict_has_one_form() {
        assert_eq!(parse_size("0\n"), Some(0));
        assert_eq!(parse_size("501\n"), Some(501));
        for wrong in ["", "\n", "501", "501\n\n", " 501\n", "0501\n", "501\r\n"] {
            assert_eq!(parse_size(wrong), None, "{wrong:?}");
        }
    }
}
