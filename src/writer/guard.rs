//! The guard against rollback: what the log signed last, remembered outside of the ledger.
//!
//! A ledger restored from a backup looks sound, and signing on from there makes a second history: somebody may
//! hold a checkpoint of the entries that are gone. So before anything is signed, the ledger must
//! hold, as its beginning, the tree that was signed last on this machine.

use std::io;

use crate::log::{Checkpoint, Hash, VerifierKey, root};
use crate::store::{Read, StoreError};

/// Remembers the last checkpoint that each log signed, where a restored ledger does not reach.
pub trait Guard {
    /// Waits until nobody else signs for this log on this machine, and keeps it so until the memory is
    /// dropped: two copies of one ledger can't be signed side by side.
    ///
    /// # Errors
    ///
    /// What keeps it from being locked: nothing is signed then.
    fn lock(&self, log: &VerifierKey) -> io::Result<Box<dyn Memory>>;
}

/// What is remembered of one log, while nobody else can change it.
pub trait Memory {
    /// Returns the signed note that was remembered, if there is one.
    ///
    /// # Errors
    ///
    /// What keeps it from being read: nothing is signed then.
    fn last_signed(&self) -> io::Result<Option<String>>;

    /// Remembers a signed note in place of the one before.
    ///
    /// # Errors
    ///
    /// What keeps it from being written.
    fn remember(&mut self, note: &str) -> io::Result<()>;
}

/// No guard: for a ledger that is new, or kept in memory only.
#[derive(Clone, Copy, Debug)]
pub struct Unguarded;

impl Guard for Unguarded {
    fn lock(&self, _: &VerifierKey) -> io::Result<Box<dyn Memory>> {
        Ok(Box::new(Unguarded))
    }
}

impl Memory for Unguarded {
    fn last_signed(&self) -> io::Result<Option<String>> {
        Ok(None)
    }

    fn remember(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }
}

/// Why the guard does not let the log sign.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    #[error("cannot lock what the log signed last")]
    Locked(#[source] io::Error),
    #[error("cannot read what the log signed last")]
    Unreadable(#[source] io::Error),
    #[error("cannot keep what the log signed last")]
    Unwritable(#[source] io::Error),
    #[error("what is remembered as signed last is no checkpoint of this log: {found}")]
    NotACheckpoint { found: String },
    /// The ledger is older than what was signed last.
    #[error("the ledger has {found} entries, but the log has signed {signed}")]
    RolledBack { signed: u64, found: u64 },
    /// The ledger holds other entries than those that were signed last.
    #[error("the ledger's first {size} entries are not those that the log has signed")]
    Forked {
        size: u64,
        signed: Hash,
        found: Hash,
    },
}

/// Checks that the ledger continues what the log signed last.
pub(super) fn check(
    memory: &dyn Memory,
    read: &dyn Read,
    log: &VerifierKey,
) -> Result<(), super::WriteError> {
    let Some(note) = memory.last_signed().map_err(GuardError::Unreadable)? else {
        return Ok(());
    };
    let signed = Checkpoint::open(&note, log).map_err(|error| GuardError::NotACheckpoint {
        found: error.to_string(),
    })?;
    let size = read.size()?;
    if size < signed.size() {
        return Err(GuardError::RolledBack {
            signed: signed.size(),
            found: size,
        }
        .into());
    }
    let found: Result<Hash, StoreError> = root(signed.size(), &read);
    let found = found?;
    if found != signed.root() {
        return Err(GuardError::Forked {
            size: signed.size(),
            signed: signed.root(),
            found,
        }
        .into());
    }
    Ok(())
}
