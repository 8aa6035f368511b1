//! Proof files: all it takes to show offline that a log has an entry.
//!
//! Follows C2SP [tlog-proof] `@v1`: the entry's index and audit path, and a checkpoint with whatever
//! cosignatures it has. The entry is not in the file: who verifies has its bytes. A proof that
//! is read here is written again as the same bytes, because numbers and base64 have one form only.
//! Nothing in it may be believed before [`TlogProof::verify`].
//!
//! [tlog-proof]: https://c2sp.org/tlog-proof

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::checkpoint::{Checkpoint, CheckpointError};
use super::hash::{Hash, HashError, leaf_hash};
use super::line::{decimal, excerpt};
use super::merkle::{MAX_SIZE, MerkleError, verify_inclusion};
use super::note::{MAX_NOTE_LEN, NoteError, SignedNote};
use super::verifier_key::VerifierKey;

/// Most bytes of a proof, its checkpoint included: 2 MiB.
pub const MAX_TLOG_PROOF_LEN: usize = 2 * MAX_NOTE_LEN;

/// Most hashes of an audit path, which is that of a tree of [`MAX_SIZE`] leaves.
pub const MAX_PATH_LEN: usize = 63;

/// First line of the file.
const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// An entry's place in a log, and the proof that it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    index: u64,
    path: Vec<Hash>,
    extra: Option<Vec<u8>>,
    checkpoint: SignedNote,
}

/// Why a text is not a proof, or does not prove that the log has the entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlogProofError {
    #[error("expected a proof of at most {MAX_TLOG_PROOF_LEN} bytes, found {found}")]
    TooLong { found: usize },
    #[error("expected {HEADER:?} in the first line, found {found:?}")]
    Header { found: String },
    #[error("expected a blank line and a checkpoint after the hashes")]
    NoCheckpoint,
    #[error("expected extra data in base64, and no such line where there is none, found {found:?}")]
    Extra { found: String },
    #[error("expected a line \"index N\" with N from 0 to below {MAX_SIZE}, found {found:?}")]
    Index { found: String },
    #[error("expected at most {MAX_PATH_LEN} hashes, found {found}")]
    PathTooLong { found: usize },
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Note(#[from] NoteError),
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error(transparent)]
    Inclusion(#[from] MerkleError),
}

impl TlogProof {
    /// Puts together the proof of the entry at `index`.
    ///
    /// `path` is the entry's [inclusion proof](super::inclusion_proof) in the tree of the checkpoint.
    /// `extra` is whatever an application wants to say; nobody signs it. Whether all this fits
    /// together is for [`verify`](Self::verify) to say.
    ///
    /// # Errors
    ///
    /// [`TlogProofError`] if the proof could not be read again: [`Index`](TlogProofError::Index) from
    /// [`MAX_SIZE`], [`PathTooLong`](TlogProofError::PathTooLong), [`Extra`](TlogProofError::Extra) if
    /// there is extra data of no bytes, [`TooLong`](TlogProofError::TooLong).
    pub fn new(
        index: u64,
        path: Vec<Hash>,
        extra: Option<Vec<u8>>,
        checkpoint: SignedNote,
    ) -> Result<Self, TlogProofError> {
        let proof = TlogProof {
            index,
            path,
            extra,
            checkpoint,
        };
        if index >= MAX_SIZE {
            return Err(TlogProofError::Index {
                found: index.to_string(),
            });
        }
        check_path_len(proof.path.len())?;
        if proof.extra.as_ref().is_some_and(Vec::is_empty) {
            return Err(TlogProofError::Extra {
                found: String::new(),
            });
        }
        check_len(&proof.to_string())?;
        Ok(proof)
    }

    /// Reads a proof of which the [`head`](Self::head) and the checkpoint are kept apart.
    ///
    /// # Errors
    ///
    /// [`TlogProofError`] says what is wrong with the head: [`NoCheckpoint`](TlogProofError::NoCheckpoint)
    /// if it does not end with the only blank line.
    pub fn from_head(head: &str, checkpoint: SignedNote) -> Result<Self, TlogProofError> {
        check_header(head)?;
        let (head, rest) = head
            .split_once("\n\n")
            .ok_or(TlogProofError::NoCheckpoint)?;
        if !rest.is_empty() {
            return Err(TlogProofError::NoCheckpoint);
        }
        let (extra, index, path) = parse_head(head)?;
        Ok(TlogProof {
            index,
            path,
            extra,
            checkpoint,
        })
    }

    /// Returns the entry's place in the log, from 0.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// Returns the audit path: the leaf's sibling first, the child of the root last.
    pub fn path(&self) -> &[Hash] {
        &self.path
    }

    /// Returns the extra data, which nobody has signed.
    pub fn extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    /// Returns the checkpoint, not verified.
    ///
    /// Whoever trusts witnesses asks it for its
    /// [cosignatures](SignedNote::verify_cosignatures) too.
    pub fn checkpoint(&self) -> &SignedNote {
        &self.checkpoint
    }

    /// Returns what stands before the checkpoint, with the blank line at its end.
    pub fn head(&self) -> String {
        let mut head = format!("{HEADER}\n");
        if let Some(extra) = &self.extra {
            head += &format!("extra {}\n", STANDARD.encode(extra));
        }
        head += &format!("index {}\n", self.index);
        for hash in &self.path {
            head += &format!("{}\n", hash.to_base64());
        }
        head + "\n"
    }

    /// Checks that the log with this key has `entry` at [`index`](Self::index), and returns the checkpoint
    /// under which it has.
    ///
    /// Cosignatures and extra data are not looked at.
    ///
    /// # Errors
    ///
    /// [`TlogProofError::Checkpoint`] if the checkpoint is not the log's, [`TlogProofError::Inclusion`] if
    /// the path does not lead from the entry to its root.
    pub fn verify(&self, entry: &[u8], log: &VerifierKey) -> Result<Checkpoint, TlogProofError> {
        let checkpoint = Checkpoint::from_note(&self.checkpoint, log)?;
        verify_inclusion(
            self.index,
            checkpoint.size(),
            &leaf_hash(entry),
            &self.path,
            &checkpoint.root(),
        )?;
        Ok(checkpoint)
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.head(), self.checkpoint)
    }
}

impl FromStr for TlogProof {
    type Err = TlogProofError;

    fn from_str(text: &str) -> Result<Self, TlogProofError> {
        check_len(text)?;
        check_header(text)?;
        let (head, checkpoint) = text
            .split_once("\n\n")
            .ok_or(TlogProofError::NoCheckpoint)?;
        let (extra, index, path) = parse_head(head)?;
        Ok(TlogProof {
            index,
            path,
            extra,
            checkpoint: checkpoint.parse()?,
        })
    }
}

fn check_header(text: &str) -> Result<(), TlogProofError> {
    match text.split('\n').next().unwrap_or_default() {
        HEADER => Ok(()),
        header => Err(TlogProofError::Header {
            found: excerpt(header),
        }),
    }
}

/// What stands before the checkpoint: extra data, index and path.
type Head = (Option<Vec<u8>>, u64, Vec<Hash>);

/// Reads the lines between the header, which was checked, and the blank line.
fn parse_head(head: &str) -> Result<Head, TlogProofError> {
    let mut lines = head.split('\n').skip(1).peekable();
    let extra = lines
        .next_if(|line| line.starts_with("extra"))
        .map(parse_extra)
        .transpose()?;
    let index = parse_index(lines.next().unwrap_or_default())?;
    check_path_len(lines.clone().count())?;
    let path = lines.map(Hash::from_base64).collect::<Result<_, _>>()?;
    Ok((extra, index, path))
}

fn check_len(text: &str) -> Result<(), TlogProofError> {
    match text.len() {
        found if found > MAX_TLOG_PROOF_LEN => Err(TlogProofError::TooLong { found }),
        _ => Ok(()),
    }
}

fn check_path_len(found: usize) -> Result<(), TlogProofError> {
    match found {
        0..=MAX_PATH_LEN => Ok(()),
        found => Err(TlogProofError::PathTooLong { found }),
    }
}

fn parse_extra(line: &str) -> Result<Vec<u8>, TlogProofError> {
    line.strip_prefix("extra ")
        .and_then(|base64| STANDARD.decode(base64).ok())
        .filter(|extra| !extra.is_empty())
        .ok_or_else(|| TlogProofError::Extra {
            found: excerpt(line),
        })
}

fn parse_index(line: &str) -> Result<u64, TlogProofError> {
    line.strip_prefix("index ")
        .and_then(decimal)
        .filter(|&index| index < MAX_SIZE)
        .ok_or_else(|| TlogProofError::Index {
            found: excerpt(line),
        })
}
