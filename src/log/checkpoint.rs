//! Checkpoints: the size and root of a log's tree, as the text of a note that the log signs.
//!
//! Follows C2SP [tlog-checkpoint] v1.0.0. We write no extension lines, because nobody can audit them.
//! We tolerate them in what others sign, and ignore what they say: they are no part of a
//! [`Checkpoint`], and one that is read and written again has lost them.
//!
//! [tlog-checkpoint]: https://c2sp.org/tlog-checkpoint@v1.0.0

use std::fmt;
use std::str::FromStr;

use super::hash::{EMPTY_ROOT, Hash, HashError};
use super::line::{decimal, excerpt};
use super::merkle::MAX_SIZE;
use super::note::{NoteError, NoteSigner, SignedNote};
use super::verifier_key::VerifierKey;

/// The head of a log's tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Hash,
}

/// Why a text is not a checkpoint, or not one of that log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error(transparent)]
    Note(#[from] NoteError),
    #[error(
        "expected non-empty lines without control characters, each with a line feed at its end"
    )]
    Lines,
    #[error("expected the line with the checkpoint's {expected}, found the end")]
    MissingLine { expected: &'static str },
    #[error("expected an origin of one non-empty line, found {found:?}")]
    Origin { found: String },
    #[error("expected a size of 0 to {MAX_SIZE} in plain decimal digits, found {found:?}")]
    Size { found: String },
    #[error(transparent)]
    Root(#[from] HashError),
    #[error("expected root {EMPTY_ROOT} at size 0, found {found}")]
    EmptyRoot { found: Hash },
    #[error("expected a checkpoint of {expected:?}, found one of {found:?}")]
    OtherOrigin { expected: String, found: String },
}

impl CheckpointError {
    /// Tells whether the note has the form of a checkpoint, but is not the log's.
    pub fn is_signature(&self) -> bool {
        matches!(
            self,
            CheckpointError::OtherOrigin { .. }
                | CheckpointError::Note(NoteError::BadSignature { .. } | NoteError::NoKnownKey)
        )
    }
}

impl Checkpoint {
    /// Puts together what a log says of its tree.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Origin`] if the origin is empty or has control characters,
    /// [`CheckpointError::Size`] beyond [`MAX_SIZE`], [`CheckpointError::EmptyRoot`] if the
    /// size is 0 and the root not [`EMPTY_ROOT`].
    pub fn new(origin: &str, size: u64, root: Hash) -> Result<Self, CheckpointError> {
        if origin.is_empty() || origin.contains(|c: char| c < ' ') {
            return Err(CheckpointError::Origin {
                found: excerpt(origin),
            });
        }
        if size > MAX_SIZE {
            return Err(CheckpointError::Size {
                found: size.to_string(),
            });
        }
        if size == 0 && root != EMPTY_ROOT {
            return Err(CheckpointError::EmptyRoot { found: root });
        }
        Ok(Checkpoint {
            origin: origin.to_owned(),
            size,
            root,
        })
    }

    /// Reads a signed checkpoint of the log with this key, and checks its signature.
    ///
    /// Lines by other keys, such as cosignatures of witnesses, are ignored.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Note`] if the log did not sign this; [`CheckpointError::OtherOrigin`] if the
    /// origin is not the key's name; otherwise what is wrong with the text.
    pub fn open(note: &str, log: &VerifierKey) -> Result<Self, CheckpointError> {
        Self::from_note(&note.parse()?, log)
    }

    /// As [`open`](Self::open), of a note that was read already.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open).
    pub fn from_note(note: &SignedNote, log: &VerifierKey) -> Result<Self, CheckpointError> {
        note.verify(std::slice::from_ref(log))?;
        let checkpoint: Checkpoint = note.text().parse()?;
        checkpoint.check_origin(log)?;
        Ok(checkpoint)
    }

    /// Reads what a signed checkpoint says, whoever signed it.
    ///
    /// # Errors
    ///
    /// [`CheckpointError`] says what is wrong with the note or its text.
    pub fn read_unverified(note: &str) -> Result<Self, CheckpointError> {
        let note: SignedNote = note.parse()?;
        note.text().parse()
    }

    /// Signs the checkpoint as the log whose name is its origin.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::OtherOrigin`] if the signer has another name; [`CheckpointError::Note`] if the
    /// note would be too long.
    pub fn sign(&self, log: &NoteSigner) -> Result<SignedNote, CheckpointError> {
        self.check_origin(log.key())?;
        Ok(log.sign(&self.to_string())?)
    }

    fn check_origin(&self, log: &VerifierKey) -> Result<(), CheckpointError> {
        if self.origin == log.name() {
            Ok(())
        } else {
            Err(CheckpointError::OtherOrigin {
                expected: log.name().to_owned(),
                found: excerpt(&self.origin),
            })
        }
    }

    /// Returns the log's name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Returns the number of entries, at most [`MAX_SIZE`].
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Returns the root of the tree over them.
    pub fn root(&self) -> Hash {
        self.root
    }
}

impl fmt::Display for Checkpoint {
    /// Writes the text of the note: three lines, each with its line feed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = self.root.to_base64();
        write!(f, "{}\n{}\n{root}\n", self.origin, self.size)
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, CheckpointError> {
        let lines = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?;
        let control = |c: char| c < ' ' && c != '\n';
        if lines.contains(control) || lines.split('\n').any(str::is_empty) {
            return Err(CheckpointError::Lines);
        }
        let mut lines = lines.split('\n');
        let mut next = |expected| {
            lines
                .next()
                .ok_or(CheckpointError::MissingLine { expected })
        };
        let origin = next("origin")?;
        let size = parse_size(next("size")?)?;
        let root = Hash::from_base64(next("root")?)?;
        Checkpoint::new(origin, size, root)
    }
}

fn parse_size(text: &str) -> Result<u64, CheckpointError> {
    match decimal(text) {
        Some(size) if size <= MAX_SIZE => Ok(size),
        _ => Err(CheckpointError::Size {
            found: excerpt(text),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::leaf_hash;
    use crate::sign::SecretKey;

    const ORIGIN: &str = "factdesk.example/2026";

    fn signer(name: &str) -> NoteSigner {
        NoteSigner::new(name, SecretKey::from_seed(&[1; 32])).unwrap()
    }

    #[test]
    fn checkpoint_reads_what_it_signs() {
        let log = signer(ORIGIN);
        for (size, root) in [
            (0, EMPTY_ROOT),
            (1, leaf_hash(b"")),
            (MAX_SIZE, leaf_hash(b"a")),
        ] {
            let checkpoint = Checkpoint::new(ORIGIN, size, root).unwrap();
            let note = checkpoint.sign(&log).unwrap().to_string();
            assert_eq!(Checkpoint::open(&note, log.key()), Ok(checkpoint));
        }
    }

    #[test]
    fn name_of_the_key_is_the_origin() {
        let checkpoint = Checkpoint::new(ORIGIN, 0, EMPTY_ROOT).unwrap();
        let other = signer("other.example/2026");
        let error = CheckpointError::OtherOrigin {
            expected: "other.example/2026".to_owned(),
            found: ORIGIN.to_owned(),
        };
        assert_eq!(checkpoint.sign(&other), Err(error.clone()));
        let note = other.sign(&checkpoint.to_string()).unwrap().to_string();
        assert_eq!(Checkpoint::open(&note, other.key()), Err(error));
    }

    #[test]
    fn impossible_heads_are_not_made() {
        assert!(matches!(
            Checkpoint::new(ORIGIN, 0, Hash::ZERO),
            Err(CheckpointError::EmptyRoot { .. })
        ));
        assert!(matches!(
            Checkpoint::new(ORIGIN, MAX_SIZE + 1, Hash::ZERO),
            Err(CheckpointError::Size { .. })
        ));
        for origin in ["", "a\nb", "a\r"] {
            assert!(matches!(
                Checkpoint::new(origin, 1, Hash::ZERO),
                Err(CheckpointError::Origin { .. })
            ));
        }
    }
}
