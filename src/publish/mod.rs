//! Publishing: a ledger as static files, which any web server or object store can give out.
//!
//! Follows `docs/spec/published.md`. Every file of the log but the checkpoint is named after what it holds, and is
//! never changed: publishing again adds what is new. The reader's pages beside it are written where they differ. The checkpoint is replaced last, so whoever sees it can
//! already get all that it commits to. Interrupted anywhere, the folder shows the log as it was before, and
//! publishing again finishes the work.

mod files;
mod pages;

use std::io;
use std::path::{Path, PathBuf};

use files::Files;

use crate::bundle::{GatherError, cosigned_checkpoint};
use crate::log::tile::Row;
use crate::log::{Checkpoint, CheckpointError, Entry, Hash, root};
use crate::record::Kind;
use crate::site::{Site, SiteError, Texts};
use crate::store::published::{CHECKPOINT, record_path, text_path, tile_contents};
use crate::store::{Object, Read, StoreError, each_entry};

/// Whether the reader's pages are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pages {
    Write,
    /// Only the log; pages that were written before are removed.
    None,
}

/// Whether anything is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Write,
    DryRun,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    pub size: u64,
    pub root: Hash,
    /// The size that was published before: 0 if nothing was.
    pub before: u64,
    /// Files that were written, and files that were removed.
    pub written: u64,
    pub removed: u64,
}

/// Why nothing was published, or not all. The checkpoint is then the one before.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Head(#[from] GatherError),
    #[error(transparent)]
    Site(#[from] SiteError),
    #[error("the ledger's last checkpoint can't be read")]
    Checkpoint(#[from] CheckpointError),
    #[error("{path} holds something else than a published ledger: {found}", path = path.display())]
    OtherFolder { path: PathBuf, found: String },
    #[error("the folder is ahead: it shows {published} entries, the ledger has {size}")]
    Ahead { published: u64, size: u64 },
    #[error("the folder shows another history: the first {size} entries are not the same")]
    OtherHistory {
        size: u64,
        expected: Hash,
        found: Hash,
    },
    #[error("{path} should never change, and holds other bytes", path = path.display())]
    Differs { path: PathBuf },
    #[error("{attempt} {path}", path = path.display())]
    Io {
        attempt: &'static str,
        path: PathBuf,
        #[source]
        cause: io::Error,
    },
}

/// Publishes a ledger, as of its last checkpoint, into a folder.
///
/// # Errors
///
/// [`PublishError`] says why not.
pub fn publish(
    store: &dyn Read,
    folder: &Path,
    texts: Texts,
    pages: Pages,
    mode: Mode,
) -> Result<Summary, PublishError> {
    let (note, _) = cosigned_checkpoint(store)?;
    let checkpoint: Checkpoint = note.text().parse()?;
    let size = checkpoint.size();
    let site = match pages.wanted() {
        true => Some(Site::open(store, texts)?),
        false => None,
    };
    let mut files = Files::open(folder, mode)?;
    let before = published_size(store, &files, &checkpoint)?;
    if site.is_some() {
        files.check_room_for_pages()?;
    }
    files.begin()?;

    let erases = write_records(store, &mut files, before, size)?;
    match texts {
        Texts::All => write_texts(store, &mut files)?,
        Texts::None => files.remove_objects("text")?,
    }
    for row in Row::all(size) {
        write_tiles(store, &mut files, row, before, size)?;
    }
    if erases {
        remove_erased(store, &mut files)?;
    }
    let site_files = pages::write(site.as_ref(), &mut files)?;
    // Only now: a reader that sees it can already get everything that it commits to.
    files.replace(CHECKPOINT, note.to_string().as_bytes())?;
    for row in Row::all(size) {
        for tile in row.grown(before, size).filter(|tile| tile.is_full()) {
            files.remove_partial(&format!("{tile}.p"))?;
        }
    }
    pages::remove_old(&mut files, &site_files)?;
    files.end()?;
    Ok(Summary {
        size,
        root: checkpoint.root(),
        before,
        written: files.written,
        removed: files.removed,
    })
}

/// Returns the size that the folder shows, if the ledger continues it.
fn published_size(
    store: &dyn Read,
    files: &Files,
    checkpoint: &Checkpoint,
) -> Result<u64, PublishError> {
    let Some(note) = files.read(CHECKPOINT)? else {
        return files.check_unfinished().map(|()| 0);
    };
    let other = |found: String| PublishError::OtherFolder {
        path: files.folder().to_owned(),
        found,
    };
    let note =
        String::from_utf8(note).map_err(|_| other("a checkpoint of other bytes".to_owned()))?;
    let published = Checkpoint::read_unverified(&note).map_err(|error| other(error.to_string()))?;
    if published.origin() != checkpoint.origin() {
        return Err(other(format!("the log {}", published.origin())));
    }
    if published.size() > checkpoint.size() {
        return Err(PublishError::Ahead {
            published: published.size(),
            size: checkpoint.size(),
        });
    }
    let found: Result<Hash, StoreError> = root(published.size(), &store);
    let found = found?;
    if found != published.root() {
        return Err(PublishError::OtherHistory {
            size: published.size(),
            expected: published.root(),
            found,
        });
    }
    Ok(published.size())
}

/// Writes the records of the entries from `from` to `to`. Returns whether an erasure is among them.
fn write_records(
    store: &dyn Read,
    files: &mut Files,
    from: u64,
    to: u64,
) -> Result<bool, PublishError> {
    let mut erases = false;
    for stored in each_entry(store, from..to) {
        let stored = stored?;
        if let Some(bytes) = stored.record_bytes()? {
            files.write(&record_path(&stored.record), bytes)?;
        }
        let entry = Entry::parse(&stored.bytes).ok();
        erases |= entry.is_some_and(|entry| entry.kind == Kind::Erasure.as_str());
    }
    Ok(erases)
}

/// Writes every text and file that a record needs.
fn write_texts(store: &dyn Read, files: &mut Files) -> Result<(), PublishError> {
    let mut digests = Vec::new();
    store.other_objects(&|_| false, &mut |digest, bytes| {
        if bytes.is_some() {
            digests.push(digest);
        }
    })?;
    for digest in digests {
        let path = text_path(&digest);
        if files.has(&path) {
            continue;
        }
        if let Some(bytes) = store.object(&digest)?.bytes_of(&digest)? {
            files.write(&path, bytes)?;
        }
    }
    Ok(())
}

fn write_tiles(
    store: &dyn Read,
    files: &mut Files,
    row: Row,
    before: u64,
    size: u64,
) -> Result<(), PublishError> {
    for tile in row.grown(before, size) {
        let bytes = tile_contents(store, tile)?;
        files.write(&tile.to_string(), &bytes)?;
    }
    Ok(())
}

/// Removes what the ledger does not hold any more.
fn remove_erased(store: &dyn Read, files: &mut Files) -> Result<(), PublishError> {
    for folder in ["object", "text"] {
        for (digest, path) in files.objects(folder)? {
            if !matches!(store.object(&digest)?, Object::Present(_)) {
                files.remove(&path)?;
            }
        }
    }
    Ok(())
}
