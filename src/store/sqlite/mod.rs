//! The ledger file: SQLite, format 1.
//!
//! Follows `docs/spec/file.md`. WAL with full synchronisation: a commit that returned survives a crash,
//! and readers never wait for the writer. A file may come from anyone, so nothing in its schema is
//! trusted: no functions with side effects, no writes to shadow tables, no extensions.

mod faults;
mod open;
mod read;
mod write;

use std::path::Path;

use rusqlite::{Connection, ErrorCode, ffi};

use super::{Read, Store, StoreError, Transaction};

/// `application_id` of a ledger file: "LDGR".
pub const APPLICATION_ID: i64 = 0x4c44_4752;

/// `user_version` of the format that this program reads and writes.
pub const FORMAT: i64 = 1;

/// What every SQLite file begins with.
pub const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// How long a writer waits for another.
const BUSY_TIMEOUT_S: u64 = 10;

const SCHEMA: &str = include_str!("schema.sql");

/// A ledger kept in an SQLite file.
#[derive(Debug)]
pub struct SqliteStore {
    connection: Connection,
}

/// What has a connection to a ledger file: the store itself, and a transaction on it.
trait Connected {
    fn connection(&self) -> &Connection;

    /// Opens the same file again, where it is a file.
    fn another(&self) -> Option<SqliteStore> {
        None
    }
}

impl Connected for SqliteStore {
    fn connection(&self) -> &Connection {
        &self.connection
    }

    fn another(&self) -> Option<SqliteStore> {
        let path = self.connection.path().filter(|path| !path.is_empty())?;
        SqliteStore::open_to_audit(Path::new(path)).ok()
    }
}

impl Store for SqliteStore {
    fn begin(&mut self) -> Result<Box<dyn Transaction + '_>, StoreError> {
        Ok(Box::new(write::begin(&mut self.connection)?))
    }

    fn scrub(&mut self) -> Result<(), StoreError> {
        write::scrub(&self.connection)
    }
}

/// Names what went wrong in the database, where the caller can do something about it.
fn database_error(error: rusqlite::Error) -> StoreError {
    let code = error.sqlite_error_code();
    let extended = error.sqlite_error().map_or(0, |e| e.extended_code);
    match code {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy {
            waited_s: BUSY_TIMEOUT_S,
        },
        Some(ErrorCode::DiskFull) => StoreError::Full,
        // A quota shows so, a limit on the size of files, and a broken disk: SQLite does not say which.
        Some(ErrorCode::SystemIoFailure) if extended == ffi::SQLITE_IOERR_WRITE => {
            StoreError::Unwritten
        }
        Some(ErrorCode::ReadOnly) => StoreError::ReadOnly,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged {
            found: error.to_string(),
        },
        // What this program asks is right, so the file is at fault: a table that is not there, a format of the file
        // or of the full-text index that SQLite does not know.
        Some(ErrorCode::Unknown) if extended == ffi::SQLITE_ERROR => StoreError::Damaged {
            found: error.to_string(),
        },
        _ => match error {
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::Utf8Error(..) => StoreError::Damaged {
                found: error.to_string(),
            },
            error if code == Some(ErrorCode::TooBig) => StoreError::Damaged {
                found: error.to_string(),
            },
            error => StoreError::Database(error),
        },
    }
}
