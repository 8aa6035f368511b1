//! Checkpoints: signed tree heads.
//!
//! Follows C2SP [tlog-checkpoint]. Ours have no extension lines; those of others are refused, because some
//! cosigners do not sign them.
//!
//! [tlog-checkpoint]: https://c2sp.org/tlog-checkpoint

use super::hash::{Hash, empty_root};
use super::merkle::MAX_SIZE;
use super::note::{NoteError, NoteSigner, SignedNote, VerifierKey};

/// A tree head: how many entries a log has, and the root over them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, equal to the name of its key.
    pub origin: String,
    pub size: u64,
    pub root: Hash,
}

/// Why a note is not a checkpoint, or not the log's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error(transparent)]
    Note(#[from] NoteError),
    #[error("expected a checkpoint (origin, size, root), found {found}")]
    Malformed { found: String },
    #[error("expected a checkpoint of {expected}, found one of {found}")]
    Origin { expected: String, found: String },
}

impl CheckpointError {
    /// Tells whether the note is well formed, but not signed as it should be.
    pub fn is_signature(&self) -> bool {
        matches!(
            self,
            CheckpointError::Note(NoteError::Unsigned { .. } | NoteError::Invalid { .. })
                | CheckpointError::Origin { .. }
        )
    }
}

impl Checkpoint {
    /// Signs the checkpoint with the log's key.
    pub fn sign(&self, log_key: &NoteSigner) -> SignedNote {
        let Checkpoint { origin, size, root } = self;
        log_key.sign(&format!("{origin}\n{size}\n{}\n", root.to_base64()))
    }

    /// Reads a signed checkpoint and checks that it is this log's.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`] tells whether form, signature or origin is wrong.
    pub fn open(note: &str, log_key: &VerifierKey) -> Result<Self, CheckpointError> {
        let note: SignedNote = note.parse()?;
        let checkpoint = Self::parse(note.verify(log_key)?)?;
        if checkpoint.origin != log_key.name() {
            return Err(CheckpointError::Origin {
                expected: log_key.name().to_owned(),
                found: checkpoint.origin,
            });
        }
        Ok(checkpoint)
    }

    /// Reads what a signed checkpoint says, whoever signed it.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`] if it is not in its form.
    pub fn parse_unverified(note: &str) -> Result<Self, CheckpointError> {
        let note: SignedNote = note.parse()?;
        Self::parse(&note.text)
    }

    fn parse(text: &str) -> Result<Self, CheckpointError> {
        let malformed = |found: &str| CheckpointError::Malformed {
            found: found.to_owned(),
        };
        let lines: Vec<&str> = text.split('\n').collect();
        let [origin, size, root, ""] = lines.as_slice() else {
            return Err(malformed(&format!("{} lines", lines.len() - 1)));
        };
        if origin.is_empty() {
            return Err(malformed("no origin"));
        }
        let number: u64 = size
            .parse()
            .map_err(|_| malformed("a size that is no number"))?;
        if number.to_string() != **size || number > MAX_SIZE {
            return Err(malformed(
                "a size with a sign, leading zeros or too many digits",
            ));
        }
        let root = Hash::from_base64(root)
            .ok_or_else(|| malformed("a root that is not 32 bytes in base64"))?;
        if number == 0 && root != empty_root() {
            return Err(malformed("a root other than the empty tree's at size 0"));
        }
        Ok(Checkpoint {
            origin: (*origin).to_owned(),
            size: number,
            root,
        })
    }
}
