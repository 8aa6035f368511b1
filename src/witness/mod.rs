//! A witness: cosigns the checkpoints of logs that it knows, each only if it continues the one before.
//!
//! Follows C2SP [tlog-witness] v1.0.0, the call `add-checkpoint`. A witness remembers of each log the
//! checkpoint that it cosigned last, and cosigns another only with a proof that the tree only grew. So
//! whoever asks for its cosignature sees the history that everybody sees. What it remembers is durable
//! before it answers, and nobody comes between the look and the change: restarted, killed, or
//! running twice on one [`State`], it never cosigns two histories.
//!
//! Pure but for the state: bytes and time come in, an answer goes out. Who listens is `cli`'s business.
//!
//! [tlog-witness]: https://c2sp.org/tlog-witness@v1.0.0

mod state;

use sha2::{Digest as _, Sha256};

use crate::log::hash::EMPTY_ROOT;
use crate::log::{
    AddCheckpoint, AddCheckpointError, Checkpoint, CheckpointError, Hash, MerkleError, NoteError,
    NoteSignature, SignedNote, VerifierKey, WitnessKey, WitnessSigner, verify_consistency,
};

pub use state::{Decide, SqliteState, State, StateError};

/// A witness, and the logs for which it stands.
#[derive(Debug)]
pub struct Witness {
    signer: WitnessSigner,
    logs: Vec<VerifierKey>,
}

/// Why a checkpoint is not cosigned.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Request(#[from] AddCheckpointError),
    #[error(transparent)]
    Checkpoint(CheckpointError),
    #[error("expected an old size of at most the checkpoint's {size}, found {old}")]
    OldSize { old: u64, size: u64 },
    #[error("expected a checkpoint of a log that this witness knows, found one of {origin:?}")]
    UnknownLog { origin: String },
    #[error("expected a signature by a key of the log: {0}")]
    Signature(NoteError),
    #[error("expected the old size {latest}, as cosigned last, found {old}")]
    Conflict { latest: u64, old: u64 },
    #[error("expected a proof that the log only grew: {0}")]
    Inconsistent(MerkleError),
    #[error("expected root {EMPTY_ROOT} at size 0, found {found}")]
    EmptyRoot { found: Hash },
    /// The witness failed, not the one who asked.
    #[error(transparent)]
    State(#[from] StateError),
    /// The witness's clock is beyond all times of cosignatures.
    #[error(transparent)]
    Cosigning(NoteError),
}

impl Refusal {
    /// Returns the status with which it is answered (tlog-witness, "add-checkpoint").
    pub fn status(&self) -> u16 {
        match self {
            Refusal::Request(_) | Refusal::Checkpoint(_) | Refusal::OldSize { .. } => 400,
            Refusal::Signature(_) => 403,
            Refusal::UnknownLog { .. } => 404,
            Refusal::Conflict { .. } => 409,
            Refusal::Inconsistent(_) | Refusal::EmptyRoot { .. } => 422,
            Refusal::State(_) | Refusal::Cosigning(_) => 500,
        }
    }
}

impl Witness {
    /// Makes a witness of the logs with these keys. A log is known by the name of its keys, and may have
    /// several.
    pub fn new(signer: WitnessSigner, logs: Vec<VerifierKey>) -> Self {
        Witness { signer, logs }
    }

    /// Returns the key by which its cosignatures are checked.
    pub fn key(&self) -> &WitnessKey {
        self.signer.key()
    }

    /// Returns the keys of the logs that it knows.
    pub fn logs(&self) -> &[VerifierKey] {
        &self.logs
    }

    /// Decides on the body of a request, and cosigns at `now`, in seconds after 1970-01-01T00:00:00Z.
    ///
    /// The cosignature is returned when it is durable that this checkpoint is the last. The same checkpoint
    /// again, with its own size as the old one, is cosigned again with the new time.
    ///
    /// # Errors
    ///
    /// [`Refusal`] says why not; the state is then as it was.
    pub fn add_checkpoint(
        &self,
        state: &mut dyn State,
        body: &[u8],
        now: u64,
    ) -> Result<NoteSignature, Refusal> {
        let request = AddCheckpoint::from_bytes(body)?;
        let note = &request.checkpoint;
        let checkpoint = match note.text().parse::<Checkpoint>() {
            // Of this the log is accused, so its signature is looked at first.
            Err(CheckpointError::EmptyRoot { found }) => Err(Refusal::EmptyRoot { found }),
            Err(error) => return Err(Refusal::Checkpoint(error)),
            Ok(checkpoint) => Ok(checkpoint),
        };
        let origin = note.text().lines().next().unwrap_or_default();
        let keys = self.keys_of(origin);
        if keys.is_empty() {
            return Err(Refusal::UnknownLog {
                origin: origin.chars().take(120).collect(),
            });
        }
        note.verify(&keys).map_err(Refusal::Signature)?;
        let checkpoint = checkpoint?;
        let line = (self.signer.cosign(note, now)).map_err(Refusal::Cosigning)?;
        // Lines of strangers are not kept: anybody can add them.
        let cosigned = (note.clone().only_lines_of(&keys))
            .and_then(|note| note.with_signatures([line.clone()]))
            .map_err(Refusal::Signature)?;
        state.advance(origin, &mut |latest| {
            continues(latest, &checkpoint, &request)?;
            Ok(cosigned.clone())
        })?;
        Ok(line)
    }

    /// Returns the checkpoint that was cosigned last of the log whose origin has this SHA-256, in lower-case
    /// hexadecimal: with the lines of the log and of this witness.
    ///
    /// # Errors
    ///
    /// [`StateError`] if the state can't be read.
    pub fn latest(
        &self,
        state: &dyn State,
        origin_hash: &str,
    ) -> Result<Option<SignedNote>, StateError> {
        let mut origins = self.logs.iter().map(VerifierKey::name);
        match origins
            .find(|origin| base16ct::lower::encode_string(&Sha256::digest(origin)) == origin_hash)
        {
            Some(origin) => state.latest(origin),
            None => Ok(None),
        }
    }

    fn keys_of(&self, origin: &str) -> Vec<VerifierKey> {
        let of_origin = self.logs.iter().filter(|key| key.name() == origin);
        of_origin.cloned().collect()
    }
}

/// Checks that a checkpoint continues what was cosigned last, which of a new log is the empty tree.
fn continues(
    latest: Option<&Checkpoint>,
    checkpoint: &Checkpoint,
    request: &AddCheckpoint,
) -> Result<(), Refusal> {
    let (old, size) = (request.old, checkpoint.size());
    if old > size {
        return Err(Refusal::OldSize { old, size });
    }
    let (latest, root) = latest.map_or((0, EMPTY_ROOT), |latest| (latest.size(), latest.root()));
    if old != latest {
        return Err(Refusal::Conflict { latest, old });
    }
    verify_consistency(old, size, &root, &checkpoint.root(), &request.proof)
        .map_err(Refusal::Inconsistent)
}
