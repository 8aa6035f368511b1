//! Connections to the ledger file, for reading, each used by one request at a time.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::store::{SqliteStore, StoreError};

/// Stores that are open and wait for a request. There are never more than requests at a time.
#[derive(Debug)]
pub(super) struct Pool {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

/// An open store, and the file that it reads: another may be put in its place under the same name.
#[derive(Debug)]
struct Connection {
    store: SqliteStore,
    file: Option<FileId>,
}

impl Connection {
    fn open(path: &Path) -> Result<Self, StoreError> {
        // Looked at first: if the file is replaced in between, the next request sees that it is another.
        let file = FileId::of(path);
        let store = SqliteStore::open_to_read(path)?;
        Ok(Connection { store, file })
    }
}

/// What tells a file from another of the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// Returns nothing where the file is gone. A connection without one is not used again.
    #[cfg(unix)]
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = fs::metadata(path).ok()?;
        Some(FileId {
            device: metadata.dev(),
            inode: metadata.ino(),
        })
    }

    /// Elsewhere an open file can't be replaced.
    #[cfg(not(unix))]
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        metadata.is_file().then_some(FileId {
            device: 0,
            inode: 0,
        })
    }
}

impl Pool {
    /// Opens the first connection, so that a wrong path shows at once.
    pub(super) fn open(path: PathBuf) -> Result<Self, StoreError> {
        let pool = Pool {
            idle: Mutex::default(),
            path,
        };
        pool.read::<_, StoreError>(|_| Ok(()))?;
        Ok(pool)
    }

    /// Reads the ledger as it stands now. What was appended or erased a moment ago shows, and so does another file that was put in
    /// its place.
    pub(super) fn read<T, E: From<StoreError>>(
        &self,
        look: impl FnOnce(&SqliteStore) -> Result<T, E>,
    ) -> Result<T, E> {
        let file = FileId::of(&self.path);
        let idle = self.idle().pop();
        let connection = match idle {
            // A connection that fails, or reads a file that is not there any more, is not used again.
            Some(idle) if file.is_some() && idle.file == file && idle.store.renew().is_ok() => idle,
            _ => Connection::open(&self.path)?,
        };
        let found = look(&connection.store);
        // Whoever keeps a state keeps the writer from tidying up.
        if found.is_ok() && connection.store.release().is_ok() {
            self.idle().push(connection);
        }
        found
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
