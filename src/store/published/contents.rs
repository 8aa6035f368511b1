//! What each published file holds, read from the ledger that is published.

use super::{CHECKPOINT, parse_object_path};
use crate::canonical::Digest;
use crate::log::tile::{Row, Tile, entry_bundle};
use crate::store::{Object, Read, StoreError, each_entry};

/// A file of a published ledger, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publishable {
    Checkpoint,
    Tile(Tile),
    Record(Digest),
    Text(Digest),
}

impl Publishable {
    /// Reads a path: nothing if no file of a published ledger has such a name.
    pub fn parse(path: &str) -> Option<Self> {
        if path == CHECKPOINT {
            return Some(Publishable::Checkpoint);
        }
        if let Ok(tile) = path.parse() {
            return Some(Publishable::Tile(tile));
        }
        match parse_object_path(path)? {
            ("object", digest) => Some(Publishable::Record(digest)),
            ("text", digest) => Some(Publishable::Text(digest)),
            _ => None,
        }
    }
}

/// Returns the bytes of a tile, a record or another object as a publication of `size` entries has it:
/// nothing if it has none. The checkpoint is for the caller, who knows which witnesses have signed it.
///
/// # Errors
///
/// [`StoreError`] if the ledger can't be read.
pub fn contents(
    store: &dyn Read,
    file: Publishable,
    size: u64,
) -> Result<Option<Vec<u8>>, StoreError> {
    match file {
        Publishable::Checkpoint => Ok(None),
        Publishable::Tile(tile) => {
            let has = |widest: Tile| tile.width() <= widest.width();
            match tile.row().tile(tile.start(), size).is_some_and(has) {
                true => tile_contents(store, tile).map(Some),
                false => Ok(None),
            }
        }
        Publishable::Record(digest) => match store.index_of(&digest)? {
            Some(index) if index < size => present(store, &digest),
            _ => Ok(None),
        },
        // A record is none of the texts.
        Publishable::Text(digest) => match store.index_of(&digest)? {
            Some(_) => Ok(None),
            None => present(store, &digest),
        },
    }
}

fn present(store: &dyn Read, digest: &Digest) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(match store.object(digest)? {
        Object::Present(bytes) => Some(bytes),
        Object::Erased | Object::Absent | Object::Withheld => None,
    })
}

/// Returns the bytes of a tile that the log has.
///
/// # Errors
///
/// [`StoreError::Damaged`] if an entry or a node of it is missing.
pub fn tile_contents(store: &dyn Read, tile: Tile) -> Result<Vec<u8>, StoreError> {
    if let Row::Hashes { level } = tile.row() {
        return tile.hashes(level, &store);
    }
    let end = tile.start() + tile.width();
    let entries: Vec<Vec<u8>> = each_entry(store, tile.start()..end)
        .map(|stored| stored.map(|stored| stored.bytes))
        .collect::<Result<_, _>>()?;
    let missing = tile.start() + entries.len() as u64;
    if missing < end {
        return Err(StoreError::Damaged {
            found: format!("entry {missing} is missing"),
        });
    }
    Ok(entry_bundle(entries.iter().map(Vec::as_slice)))
}
