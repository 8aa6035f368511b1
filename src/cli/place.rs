//! Where a ledger may be that somebody names: a file, or where one was published, a folder or an address.

use std::path::Path;

use super::error::CliError;
use super::http::Site;
use crate::store::published::Folder;
use crate::store::{Published, Read, SqliteStore, StoreError};

/// Opens a ledger for an audit, which asks for its faults before anything else.
pub fn open_to_audit(place: &Path) -> Result<Box<dyn Read>, CliError> {
    if let Some(published) = open_published(place)? {
        return Ok(published);
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
    match open_published(place)? {
        Some(published) => Ok(published),
        None => Ok(Box::new(SqliteStore::open_to_read(place)?)),
    }
}

/// Tells whether a place is one where a ledger can have been published.
pub fn is_published(place: &Path) -> bool {
    address(place).is_some() || place.is_dir()
}

fn open_published(place: &Path) -> Result<Option<Box<dyn Read>>, CliError> {
    let name = place.display().to_string();
    Ok(match address(place) {
        Some(url) => Some(Box::new(Published::open(Site::new(url), &name)?)),
        None if place.is_dir() => Some(Box::new(Published::open(Folder::new(place), &name)?)),
        None => None,
    })
}

fn address(place: &Path) -> Option<&str> {
    let schemes = ["https://", "http://"];
    let is_url = |text: &&str| schemes.iter().any(|scheme| text.starts_with(scheme));
    place.to_str().filter(is_url)
}
