//! Opening, making and checking a ledger file.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tempfile::TempPath;

use super::{
    APPLICATION_ID, BUSY_TIMEOUT_S, FORMAT, MAGIC, SCHEMA, SqliteStore, StoreError, database_error,
    faults, write,
};

/// Statements that stay prepared: more than there are.
const STATEMENTS: usize = 64;

/// Pages that SQLite keeps in memory, in KiB: enough for the inner pages of every index of a large ledger.
const CACHE_KIB: i32 = 16 << 10;

/// Longest value that is read, in bytes: the largest object, and room for its row.
const MAX_VALUE_LEN: i32 = (64 << 20) + (1 << 20);

impl SqliteStore {
    /// Makes a new ledger file and lets `found` write its first entries.
    ///
    /// The file appears under its name only when it is complete.
    ///
    /// # Errors
    ///
    /// [`StoreError::Exists`] if there is a file of that name, and what `found` returns.
    pub fn create<T, E: From<StoreError>>(
        path: &Path,
        found: impl FnOnce(&mut SqliteStore) -> Result<T, E>,
    ) -> Result<T, E> {
        if path.exists() {
            return Err(StoreError::Exists { path: path.into() }.into());
        }
        let unfinished = Unfinished::beside(path);
        let mut store = SqliteStore {
            connection: connect(&unfinished.path, OpenFlags::SQLITE_OPEN_CREATE)?,
        };
        store.lay_out().map_err(database_error)?;
        let founded = found(&mut store)?;
        // Closing takes the write-ahead log into the file, too, but does not tell if it can't; and only the file
        // gets the name.
        write::empty_write_ahead_log(&store.connection)?;
        store
            .connection
            .close()
            .map_err(|(_, error)| database_error(error))?;
        // A file that appeared meanwhile is not replaced.
        TempPath::try_from_path(&unfinished.path)
            .and_then(|complete| Ok(complete.persist_noclobber(path)?))
            .map_err(|cause| match cause.kind() {
                io::ErrorKind::AlreadyExists => StoreError::Exists { path: path.into() },
                _ => io_error("cannot name the new ledger", path, cause),
            })?;
        sync_folder(path)?;
        Ok(founded)
    }

    /// Makes a ledger in memory, for tests and rehearsals.
    ///
    /// # Errors
    ///
    /// [`StoreError::Database`] if SQLite can't.
    pub fn in_memory() -> Result<SqliteStore, StoreError> {
        let store = SqliteStore {
            connection: Connection::open_in_memory().map_err(database_error)?,
        };
        configure(&store.connection).map_err(database_error)?;
        store.lay_out().map_err(database_error)?;
        Ok(store)
    }

    /// Opens a ledger file for writing.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`], [`StoreError::NotALedger`], [`StoreError::NewerFormat`]; and
    /// [`StoreError::Damaged`] if tables or triggers are not those of the format, because the guards
    /// could then be missing.
    pub fn open(path: &Path) -> Result<SqliteStore, StoreError> {
        check_header(path)?;
        let store = SqliteStore {
            connection: connect(path, OpenFlags::empty())?,
        };
        store.check_format(path)?;
        match faults::schema_faults(&store.connection)
            .map_err(database_error)?
            .first()
        {
            Some(fault) => Err(StoreError::Damaged {
                found: fault.clone(),
            }),
            None => Ok(store),
        }
    }

    /// Opens a ledger file for reading: it shows one state, however long it is read and whoever writes
    /// meanwhile.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`], [`StoreError::NotALedger`], [`StoreError::NewerFormat`]; and
    /// [`StoreError::Damaged`] if a table is not that of the format.
    pub fn open_to_read(path: &Path) -> Result<SqliteStore, StoreError> {
        let store = Self::open_to_audit(path)?;
        faults::check_tables(&store.connection)?;
        Ok(store)
    }

    /// Shows the newest state from now on, instead of the one since it was opened.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the file can't be read.
    pub fn renew(&self) -> Result<(), StoreError> {
        self.release()?;
        begin_reading(&self.connection)
    }

    /// Lets go of the state that is shown, so that a writer can tidy up behind it. Before it is
    /// [renewed](Self::renew), two answers may come from two states.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the file can't be read.
    pub fn release(&self) -> Result<(), StoreError> {
        match self.connection.is_autocommit() {
            true => Ok(()),
            false => self
                .connection
                .execute_batch("COMMIT")
                .map_err(database_error),
        }
    }

    /// Opens a ledger file for an audit, which asks for its [`faults`](super::Read::faults) before
    /// anything else.
    ///
    /// # Errors
    ///
    /// [`StoreError::NotFound`], [`StoreError::NotALedger`], [`StoreError::NewerFormat`].
    pub fn open_to_audit(path: &Path) -> Result<SqliteStore, StoreError> {
        check_header(path)?;
        // A connection that may write leaves no side files behind; where it can't be had (a read-only
        // file, a read-only disk), a reading one serves.
        let connection = connect(path, OpenFlags::empty())
            .and_then(settle)
            .or_else(|_| connect_read_only(path).and_then(settle))
            .or_else(|error| match error {
                // A disk that fails, or is full, is another matter.
                StoreError::Database(error)
                    if error.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) =>
                {
                    Err(StoreError::Database(error))
                }
                StoreError::ReadOnly | StoreError::Database(_) => {
                    connect_immutable(path).and_then(settle)
                }
                error => Err(error),
            })?;
        let store = SqliteStore { connection };
        store.check_format(path)?;
        Ok(store)
    }

    fn lay_out(&self) -> rusqlite::Result<()> {
        self.connection.pragma_update(None, "page_size", 8192)?;
        self.connection.pragma_update(None, "journal_mode", "wal")?;
        self.connection.execute_batch("BEGIN")?;
        self.connection.execute_batch(SCHEMA)?;
        self.connection
            .pragma_update(None, "application_id", APPLICATION_ID)?;
        self.connection
            .pragma_update(None, "user_version", FORMAT)?;
        self.connection.execute_batch("COMMIT")
    }

    fn check_format(&self, path: &Path) -> Result<(), StoreError> {
        let pragma = |name| {
            self.connection
                .pragma_query_value(None, name, |row| row.get::<_, i64>(0))
                .map_err(|error| match database_error(error) {
                    StoreError::Damaged { found } => StoreError::NotALedger {
                        path: path.into(),
                        found,
                    },
                    other => other,
                })
        };
        let application = pragma("application_id")?;
        if application != APPLICATION_ID {
            return Err(StoreError::NotALedger {
                path: path.into(),
                found: format!("an SQLite file of another program (application_id {application})"),
            });
        }
        match pragma("user_version")? {
            FORMAT => Ok(()),
            found if found < FORMAT => Err(StoreError::NotALedger {
                path: path.into(),
                found: format!("its format is {found}, and the first was {FORMAT}"),
            }),
            found => Err(StoreError::NewerFormat {
                path: path.into(),
                found,
                known: FORMAT,
            }),
        }
    }
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(database_error)?;
    configure(&connection).map_err(database_error)?;
    Ok(connection)
}

fn connect_read_only(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(database_error)?;
    configure(&connection).map_err(database_error)?;
    Ok(connection)
}

/// On a disk where not even the lock files can be made, nobody else can write either.
fn connect_immutable(path: &Path) -> Result<Connection, StoreError> {
    // What a write-ahead log holds is not seen so: the last entries would be missing, and nobody told.
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    if fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        return Err(io_error(
            "cannot take in the write-ahead log (copy both files to where they can be written) of",
            path,
            io::ErrorKind::ReadOnlyFilesystem.into(),
        ));
    }
    let escaped: String = path
        .to_string_lossy()
        .chars()
        .flat_map(|c| match c {
            '%' => "%25".chars().collect::<Vec<_>>(),
            '?' => "%3f".chars().collect(),
            '#' => "%23".chars().collect(),
            c => vec![c],
        })
        .collect();
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(format!("file:{escaped}?immutable=1"), flags)
        .map_err(database_error)?;
    configure(&connection).map_err(database_error)?;
    Ok(connection)
}

fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(BUSY_TIMEOUT_S))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    // Else a statement with a limit is prepared again each time, in case another number were better served another way.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "synchronous", "full")?;
    // A crafted file may hold larger values than any that is written.
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_VALUE_LEN)?;
    // Freed space is overwritten, so that erased words do not linger in it.
    connection.pragma_update(None, "secure_delete", true)
}

/// Begins the one long read through which everything is seen.
fn settle(connection: Connection) -> Result<Connection, StoreError> {
    (connection.pragma_update(None, "query_only", true)).map_err(database_error)?;
    begin_reading(&connection)?;
    Ok(connection)
}

/// Takes up the state of this moment: the first thing that is read fixes it.
fn begin_reading(connection: &Connection) -> Result<(), StoreError> {
    let mut begun = connection
        .prepare_cached("BEGIN")
        .and_then(|mut begin| begin.execute([]).map(|_| ()));
    if begun.is_ok() {
        begun = connection
            .prepare_cached("SELECT count(*) FROM sqlite_schema")
            .and_then(|mut first| first.query_row([], |_| Ok(())));
    }
    begun.map_err(database_error)
}

/// Tells a ledger from what people mistake for one, before SQLite says "file is not a database".
fn check_header(path: &Path) -> Result<(), StoreError> {
    let mut file = fs::File::open(path).map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => StoreError::NotFound { path: path.into() },
        _ => io_error("cannot open", path, cause),
    })?;
    let mut header = Vec::new();
    file.by_ref()
        .take(MAGIC.len() as u64)
        .read_to_end(&mut header)
        .map_err(|cause| io_error("cannot read", path, cause))?;
    if header != MAGIC {
        return Err(StoreError::NotALedger {
            path: path.into(),
            found: if header.is_empty() {
                "it is empty".to_owned()
            } else {
                "it is not an SQLite file".to_owned()
            },
        });
    }
    Ok(())
}

fn io_error(attempt: &str, path: &Path, cause: io::Error) -> StoreError {
    StoreError::Io {
        attempt: format!("{attempt} {}", path.display()),
        cause,
    }
}

/// Makes the new name itself survive a crash.
fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|cause| io_error("cannot sync the folder of", path, cause))
}

/// A file under a temporary name, removed with its side files when dropped.
struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    fn beside(path: &Path) -> Self {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{}.new", std::process::id()));
        Unfinished { path: name.into() }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            let mut name = self.path.as_os_str().to_owned();
            name.push(suffix);
            // What was never made needs no removing.
            let _ = fs::remove_file(name);
        }
    }
}
