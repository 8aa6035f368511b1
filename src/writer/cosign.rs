//! Cosignatures: what witnesses said of a checkpoint is kept beside it, once it was checked.

use crate::log::{NoteError, NoteSignature, SignedNote, WitnessKey};
use crate::rules::{Facts as _, LedgerFacts};
use crate::store::{Read, Store, StoreError, StoredCosignature};

/// Why nothing was kept.
#[derive(Debug, thiserror::Error)]
pub enum CosignError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("expected a checkpoint of {size} entries in the ledger, found none")]
    NoCheckpoint { size: u64 },
    #[error(transparent)]
    Note(#[from] NoteError),
    #[error("expected a line of {witness}, found {found:?}")]
    OtherWitness { witness: String, found: String },
    #[error("expected a witness with a key of its own, found the log's: {witness}")]
    LogKey { witness: String },
}

/// Keeps the lines of witnesses under the checkpoint of this size, in one transaction. Lines that
/// are kept already are not kept again.
///
/// # Errors
///
/// [`CosignError`] if there is no such checkpoint, or one of the lines is not the cosignature of the witness
/// with whom it stands; nothing is kept then.
pub fn cosign(
    store: &mut dyn Store,
    size: u64,
    lines: &[(WitnessKey, NoteSignature)],
) -> Result<(), CosignError> {
    let mut transaction = store.begin()?;
    let found = transaction.checkpoints(size, 1)?.pop();
    let (_, note) =
        (found.filter(|(found, _)| *found == size)).ok_or(CosignError::NoCheckpoint { size })?;
    let note: SignedNote = note.parse()?;
    let read: &dyn Read = &*transaction;
    let ledger = read.ledger()?;
    for (witness, line) in lines {
        let is_log_key = |ledger: &LedgerFacts| ledger.is_log_key(witness.public().as_bytes());
        if ledger.as_ref().is_some_and(is_log_key) {
            return Err(CosignError::LogKey {
                witness: witness.to_string(),
            });
        }
        if !line.is_of(witness) {
            return Err(CosignError::OtherWitness {
                witness: witness.to_string(),
                found: line.to_string(),
            });
        }
        let cosigned = note.clone().with_signatures([line.clone()])?;
        cosigned.verify_cosignatures(std::slice::from_ref(witness))?;
        transaction.put_cosignature(&StoredCosignature {
            size,
            witness: witness.to_string(),
            line: line.to_string(),
        })?;
    }
    transaction.commit()?;
    Ok(())
}
