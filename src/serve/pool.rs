//! Connections to the ledger file, for reading, each used by one request at a time.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::store::{SqliteStore, StoreError};

/// Stores that are open and wait for a request. There are never more than requests at a time.
#[derive(Debug)]
pub(super) struct Pool {
    path: PathBuf,
    idle: Mutex<Vec<SqliteStore>>,
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

    /// Reads the ledger as it stands now. What was appended or erased a moment ago shows.
    pub(super) fn read<T, E: From<StoreError>>(
        &self,
        look: impl FnOnce(&SqliteStore) -> Result<T, E>,
    ) -> Result<T, E> {
        let idle = self.idle().pop();
        let store = match idle {
            // A connection that fails is not used again.
            Some(store) if store.renew().is_ok() => store,
            _ => SqliteStore::open_to_read(&self.path)?,
        };
        let found = look(&store);
        // Whoever keeps a state keeps the writer from tidying up.
        if found.is_ok() && store.release().is_ok() {
            self.idle().push(store);
        }
        found
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<SqliteStore>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
