//! Where a ledger may be that somebody names: a file, or a folder into which one was published.

use std::path::Path;

use super::error::CliError;
use crate::store::published::Folder;
use crate::store::{Published, Read, SqliteStore, StoreError};

/// Opens a ledger for an audit, which asks for its faults before anything else.
pub fn open_to_audit(place: &Path) -> Result<Box<dyn Read>, CliError> {
    if place.is_dir() {
        return open_folder(place);
    }
    match SqliteStore::open_to_audit(place) {
        Ok(store) => Ok(Box::new(store)),
        // `ledger verify` is what the usual hint names.
        Err(damaged @ StoreError::Damaged { .. }) => Err(CliError::from(damaged)
            .hint("nothing of it can be checked; restore from a copy, never sign on")),
        Err(error) => Err(error.into()),
    }
}

/// Opens a ledger for reading.
pub fn open_to_read(place: &Path) -> Result<Box<dyn Read>, CliError> {
    match place.is_dir() {
        true => open_folder(place),
        false => Ok(Box::new(SqliteStore::open_to_read(place)?)),
    }
}

fn open_folder(folder: &Path) -> Result<Box<dyn Read>, CliError> {
    let name = folder.display().to_string();
    Ok(Box::new(Published::open(Folder::new(folder), &name)?))
}
