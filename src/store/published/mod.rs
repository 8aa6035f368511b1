//! A published ledger, read from static files: in a folder, or from whatever serves one.
//!
//! Follows `docs/spec/published.md`. The files are a C2SP tlog-tiles log, with the records under their
//! digests beside it. Nothing in them is believed: an audit computes all hashes from the entries and
//! compares every node that it reads here, so that no tile goes unauthenticated. There are no look-ups,
//! and texts only where the publisher gives them out.

mod contents;
mod folder;

use std::cell::RefCell;
use std::path::PathBuf;

use rayon::prelude::*;

use super::{Derived, Extent, Object, Read, StoreError, StoredCosignature, StoredEntry};
use crate::canonical::{Digest, DigestPrefix};
use crate::log::note::MAX_NOTE_LEN;
use crate::log::tile::{self, MAX_TILE_LEN, Row, TILE_WIDTH, Tile};
use crate::log::{Checkpoint, Entry, Hash, NodeId};
use crate::record::{MAX_OBJECT_LEN, MAX_RECORD_LEN};
use crate::sign::Did;

pub use contents::{Publishable, contents, tile_contents};
pub use folder::Folder;

/// Where the signed note is.
pub const CHECKPOINT: &str = "checkpoint";

/// Tiles of hashes that are kept in memory: two of each level.
const KEPT_TILES: usize = 16;

/// Gets files by their paths within what was published.
pub trait Fetch: Sync {
    /// Returns a file, or `None` if there is none of that name.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] if it has more than `max_len` bytes; otherwise why it could not be got.
    fn fetch(&self, path: &str, max_len: usize) -> Result<Option<Vec<u8>>, StoreError>;
}

/// Returns where a record is.
pub fn record_path(digest: &Digest) -> String {
    object_path("object", digest)
}

/// Returns where another object is, if its publisher gives it out: a text, an original, a snapshot.
pub fn text_path(digest: &Digest) -> String {
    object_path("text", digest)
}

/// Reads the path of a record or another object: the folder, and the digest.
fn parse_object_path(path: &str) -> Option<(&str, Digest)> {
    let (folder, hex) = path.split_once('/')?;
    let (first, rest) = hex.split_once('/')?;
    let digest = format!("sha256:{first}{rest}").parse().ok()?;
    (object_path(folder, &digest) == path).then_some((folder, digest))
}

fn object_path(folder: &str, digest: &Digest) -> String {
    let hex = digest.hex();
    let (first, rest) = hex.split_at(2);
    format!("{folder}/{first}/{rest}")
}

/// A published ledger as of one checkpoint.
pub struct Published<F> {
    files: F,
    note: String,
    size: u64,
    /// The tiles of hashes that were read last.
    tiles: RefCell<Vec<(Tile, Vec<Hash>)>>,
}

impl<F: Fetch> Published<F> {
    /// Reads the checkpoint. `name` is what the ledger is called in errors.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotALedger`] if there is no checkpoint, or none in its form.
    pub fn open(files: F, name: &str) -> Result<Self, StoreError> {
        let not_a_ledger = |found: String| StoreError::NotALedger {
            path: PathBuf::from(name),
            found,
        };
        let note = files
            .fetch(CHECKPOINT, MAX_NOTE_LEN)?
            .ok_or_else(|| not_a_ledger("it has no file `checkpoint`".to_owned()))?;
        let note = String::from_utf8(note)
            .map_err(|_| not_a_ledger("its checkpoint is no text".to_owned()))?;
        let size = Checkpoint::read_unverified(&note)
            .map_err(|error| not_a_ledger(format!("its checkpoint: {error}")))?
            .size();
        Ok(Published {
            files,
            note,
            size,
            tiles: RefCell::default(),
        })
    }

    /// Gets a tile, or the full one that replaced it and begins with it.
    fn fetch_tile(&self, tile: Tile) -> Result<(Tile, Vec<u8>), StoreError> {
        for tile in [tile, tile.full()] {
            if let Some(bytes) = self.files.fetch(&tile.to_string(), MAX_TILE_LEN)? {
                return Ok((tile, bytes));
            }
        }
        Err(StoreError::Damaged {
            found: format!("{tile} is missing"),
        })
    }

    /// Returns `len` hashes of a row, which lie in one tile; none if the log ends before.
    fn hashes(&self, row: Row, at: u64, len: u64) -> Result<Option<Vec<Hash>>, StoreError> {
        let Some(tile) = row.tile(at, self.size) else {
            return Ok(None);
        };
        let first = (at - tile.start()) as usize;
        let some = |hashes: &[Hash]| {
            hashes
                .get(first..first + len as usize)
                .map(<[Hash]>::to_vec)
        };
        let mut kept = self.tiles.borrow_mut();
        if let Some((_, hashes)) = kept.iter().find(|(name, _)| *name == tile) {
            return Ok(some(hashes));
        }
        let (fetched, bytes) = self.fetch_tile(tile)?;
        let mut hashes = fetched.parse_hashes(&bytes).map_err(damaged)?;
        hashes.truncate(tile.width() as usize);
        let found = some(&hashes);
        if kept.len() >= KEPT_TILES {
            kept.remove(0);
        }
        kept.push((tile, hashes));
        Ok(found)
    }
}

fn stored_entry<F: Fetch>(
    files: &F,
    index: u64,
    bytes: Vec<u8>,
) -> Result<StoredEntry, StoreError> {
    // An entry that can't be read names no record; an audit says that of the entry.
    let Ok(entry) = Entry::parse(&bytes) else {
        return Ok(StoredEntry {
            index,
            record: Digest::of(&bytes),
            bytes,
            object: Object::Absent,
        });
    };
    // One byte more is enough to see that a record is too long.
    let record = files.fetch(&record_path(&entry.record), MAX_RECORD_LEN + 1)?;
    Ok(StoredEntry {
        index,
        bytes,
        record: entry.record,
        // Every record is published, unless it was erased.
        object: record.map_or(Object::Erased, Object::Present),
    })
}

fn damaged(error: impl std::fmt::Display) -> StoreError {
    StoreError::Damaged {
        found: error.to_string(),
    }
}

impl<F: Fetch> Read for Published<F> {
    fn has_look_ups(&self) -> bool {
        false
    }

    fn size(&self) -> Result<u64, StoreError> {
        Ok(self.size)
    }

    /// Returns the rest of one entry bundle, at most.
    fn entries(&self, from: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError> {
        let Some(bundle) = Row::Entries.tile(from, self.size) else {
            return Ok(Vec::new());
        };
        let (fetched, bytes) = self.fetch_tile(bundle)?;
        let mut entries = fetched.parse_entries(&bytes).map_err(damaged)?;
        entries.truncate(bundle.width() as usize);
        let first = from - bundle.start();
        let wanted: Vec<(u64, Vec<u8>)> = (bundle.start()..)
            .zip(entries)
            .skip(first as usize)
            .take(limit.min(TILE_WIDTH as usize))
            .collect();
        // Over a network most of the time is spent waiting, so records are asked for side by side.
        let files = &self.files;
        wanted
            .into_par_iter()
            .map(|(index, bytes)| stored_entry(files, index, bytes))
            .collect()
    }

    fn object(&self, digest: &Digest) -> Result<Object, StoreError> {
        let record = self.files.fetch(&record_path(digest), MAX_RECORD_LEN + 1)?;
        let found = match record {
            None => self.files.fetch(&text_path(digest), MAX_OBJECT_LEN + 1)?,
            found => found,
        };
        Ok(found.map_or(Object::Withheld, Object::Present))
    }

    fn node(&self, node: NodeId) -> Result<Option<Hash>, StoreError> {
        let tile::Source { row, at, len } = tile::source(node);
        let hashes = self.hashes(row, at, len)?;
        Ok(hashes.and_then(|hashes| tile::subtree(&hashes)))
    }

    fn nodes(&self, position: u64, limit: usize) -> Result<Vec<(u64, Hash)>, StoreError> {
        let mut nodes = Vec::new();
        for position in (position..).take(limit) {
            let Some(node) = NodeId::from_position(position) else {
                break;
            };
            match self.node(node) {
                Ok(Some(hash)) => nodes.push((position, hash)),
                Ok(None) => break,
                // What comes before the damage is given; asked for the rest, it is told.
                Err(StoreError::Damaged { .. }) if !nodes.is_empty() => break,
                Err(error) => return Err(error),
            }
        }
        Ok(nodes)
    }

    fn last_checkpoint(&self) -> Result<Option<(u64, String)>, StoreError> {
        Ok(Some((self.size, self.note.clone())))
    }

    fn checkpoints(&self, size: u64, limit: usize) -> Result<Vec<(u64, String)>, StoreError> {
        match size <= self.size && limit > 0 {
            true => Ok(vec![(self.size, self.note.clone())]),
            false => Ok(Vec::new()),
        }
    }

    /// The lines of witnesses stand in the checkpoint; by which keys to check them, nobody says here.
    fn cosignatures(&self, _: &mut dyn FnMut(StoredCosignature)) -> Result<(), StoreError> {
        Ok(())
    }

    fn cosignatures_of(&self, _: u64) -> Result<Vec<StoredCosignature>, StoreError> {
        Ok(Vec::new())
    }

    /// A folder can't be listed over the network, so what nobody needs is not seen.
    fn other_objects(
        &self,
        _: &dyn Fn(&Digest) -> bool,
        _: &mut dyn FnMut(Digest, Option<Vec<u8>>),
    ) -> Result<(), StoreError> {
        Ok(())
    }

    fn faults(&self, _: Extent) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }

    fn index_of(&self, _: &Digest) -> Result<Option<u64>, StoreError> {
        Err(no_look_ups())
    }

    fn find(&self, _: &DigestPrefix, _: usize) -> Result<Vec<(Digest, u64)>, StoreError> {
        Err(no_look_ups())
    }

    fn ledger_facts(&self) -> Result<Option<String>, StoreError> {
        Err(no_look_ups())
    }

    fn signer_facts(&self) -> Result<Vec<(Did, String)>, StoreError> {
        Err(no_look_ups())
    }

    fn subject_facts(&self, _: u64) -> Result<Option<String>, StoreError> {
        Err(no_look_ups())
    }

    fn references_to(&self, _: &Digest) -> Result<Vec<(u64, String)>, StoreError> {
        Err(no_look_ups())
    }

    fn references_in(&self, _: &Digest, _: &str) -> Result<Vec<u64>, StoreError> {
        Err(no_look_ups())
    }

    fn needed_to_judge(&self) -> Result<Vec<u64>, StoreError> {
        Err(no_look_ups())
    }

    fn last_of_kind(&self, _: &str, _: usize) -> Result<Vec<u64>, StoreError> {
        Err(no_look_ups())
    }

    fn references_of(&self, _: &str) -> Result<Vec<(Digest, u64)>, StoreError> {
        Err(no_look_ups())
    }

    fn subjects(&self, _: &mut dyn FnMut(Derived<'_>)) -> Result<(), StoreError> {
        Err(no_look_ups())
    }

    fn with_marks(&self, _: &[&str], _: usize) -> Result<Vec<u64>, StoreError> {
        Err(no_look_ups())
    }

    fn wording(&self, _: u64) -> Result<Option<String>, StoreError> {
        Err(no_look_ups())
    }

    fn derived(&self, _: &mut dyn FnMut(Derived<'_>)) -> Result<(), StoreError> {
        Err(no_look_ups())
    }
}

fn no_look_ups() -> StoreError {
    StoreError::Stale {
        found: "a published ledger has none".to_owned(),
    }
}
