//! Gathering a bundle from a ledger, in a number of reads that does not grow with it.
//!
//! What is gathered is checked afterwards.

use super::{Bundle, Item};
use crate::log::{
    Checkpoint, CheckpointError, Hash, NoteError, SignedNote, WitnessKey, inclusion_proof,
};
use crate::store::{Object, Read, StoreError, StoredEntry};
use crate::verify::closure::{Closure, ClosureError, stored_entry};
use crate::verify::cosignatures::latest_cosignatures;

/// Most entries of a bundle.
pub const MAX_ITEMS: usize = 10_000;

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Closure(#[from] ClosureError),
    #[error("the ledger has no checkpoint")]
    NoCheckpoint,
    #[error("the ledger's last checkpoint can't be read")]
    Checkpoint(#[from] CheckpointError),
    #[error("the ledger's last checkpoint has more cosignatures than a note can have")]
    Cosignatures(#[source] NoteError),
}

/// Gathers the record at `index` and all that a check of it needs, as of the last checkpoint.
///
/// # Errors
///
/// [`GatherError`] if the ledger can't be read, or too much is said about the record.
pub fn gather(store: &dyn Read, index: u64) -> Result<Bundle, GatherError> {
    let (checkpoint, witnesses) = cosigned_checkpoint(store)?;
    let size = checkpoint.text().parse::<Checkpoint>()?.size();
    let mut closure = Closure::new(store, u64::MAX, MAX_ITEMS);
    let subject = closure.add(index)?;
    closure.add_about(&subject)?;
    closure.add_records_of_the_ledger()?;
    let items = closure
        .into_entries()
        .map(|stored| item(store, stored, size))
        .collect::<Result<_, _>>()?;
    let last = size.saturating_sub(1);
    let last = item(store, stored_entry(store, last)?, size)?;
    Ok(Bundle {
        subject,
        items,
        last: Item {
            stored: StoredEntry {
                object: Object::Erased,
                ..last.stored
            },
            ..last
        },
        checkpoint,
        witnesses,
    })
}

/// Returns the last checkpoint with the latest line of each witness that cosigned it, and the keys of these
/// witnesses. Nothing of it is checked.
///
/// # Errors
///
/// [`GatherError`] if there is no checkpoint, or it can't be read.
pub fn cosigned_checkpoint(store: &dyn Read) -> Result<(SignedNote, Vec<WitnessKey>), GatherError> {
    let (_, note) = store.last_checkpoint()?.ok_or(GatherError::NoCheckpoint)?;
    let note: SignedNote = note.parse().map_err(CheckpointError::from)?;
    let size = note.text().parse::<Checkpoint>()?.size();
    let (witnesses, lines) = latest_cosignatures(store, size)?;
    let note = (note.with_signatures(lines)).map_err(GatherError::Cosignatures)?;
    Ok((note, witnesses))
}

/// Proves that an entry is in the tree. One that came after the checkpoint has no proof, which a check finds.
fn item(store: &dyn Read, stored: StoredEntry, size: u64) -> Result<Item, StoreError> {
    let path: Vec<Hash> = match stored.index < size {
        true => inclusion_proof(stored.index, size, &store)?,
        false => Vec::new(),
    };
    Ok(Item { stored, path })
}
