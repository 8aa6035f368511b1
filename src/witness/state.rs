//! What a witness remembers: of each log the checkpoint that it cosigned last, in a small SQLite file.
//!
//! The look at what is remembered and the change of it are one transaction that holds the writer's lock, so that
//! two processes on one file are one witness. WAL with full synchronisation: what was remembered
//! survives a crash. A witness whose file is lost or set back could cosign another history; there
//! is no second place that knows better.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OptionalExtension as _, TransactionBehavior, params};

use super::Refusal;
use crate::log::{Checkpoint, CheckpointError, NoteError, SignedNote};

/// `application_id` of a witness's file: "WTNS".
pub const APPLICATION_ID: i64 = 0x5754_4e53;

/// `user_version` of the format that this program reads and writes.
pub const FORMAT: i64 = 1;

/// How long one process waits for another.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

const SCHEMA: &str = include_str!("state.sql");
const TABLES: &str = "SELECT count(*) FROM sqlite_schema";
const LATEST: &str = "SELECT note FROM latest WHERE origin = ?1";
const REMEMBER: &str = "INSERT INTO latest (origin, size, note) VALUES (?1, ?2, ?3)
    ON CONFLICT (origin) DO UPDATE SET size = ?2, note = ?3";

/// Decides on the checkpoint that follows the latest, and returns its cosigned note.
pub type Decide<'d> = dyn FnMut(Option<&Checkpoint>) -> Result<SignedNote, Refusal> + 'd;

/// Remembers the checkpoints that a witness cosigned last.
pub trait State {
    /// Returns the note that was remembered last of a log.
    ///
    /// # Errors
    ///
    /// [`StateError`] if the state can't be read.
    fn latest(&self, origin: &str) -> Result<Option<SignedNote>, StateError>;

    /// Lets `decide` see the latest checkpoint of a log, and remembers the note that it returns.
    ///
    /// Nobody else changes what is remembered meanwhile, and the note is durable when this returns.
    ///
    /// # Errors
    ///
    /// What `decide` returns, or [`Refusal::State`]; nothing is changed then.
    fn advance(&mut self, origin: &str, decide: &mut Decide<'_>) -> Result<(), Refusal>;
}

/// Why a witness's memory is of no use.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error("expected the state of a witness in {path}, found {found}", path = path.display())]
    NotAState { path: PathBuf, found: String },
    #[error("expected a cosigned checkpoint of {origin:?} in the witness's state, found {found}")]
    Damaged { origin: String, found: String },
    #[error("the witness's state can't be read or written")]
    Database(#[from] rusqlite::Error),
}

/// What a witness remembers, in an SQLite file.
#[derive(Debug)]
pub struct SqliteState {
    connection: Connection,
}

impl SqliteState {
    /// Opens a witness's file, or makes it.
    ///
    /// # Errors
    ///
    /// [`StateError::NotAState`] if the file is of another program or a newer format;
    /// [`StateError::Database`] if it can't be used.
    pub fn open(path: &Path) -> Result<Self, StateError> {
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        let not_a_state = |found: String| StateError::NotAState {
            path: path.to_owned(),
            found,
        };
        let format = lay_out(&mut connection).map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => not_a_state("another kind of file".to_owned()),
            _ => error.into(),
        })?;
        match format {
            (APPLICATION_ID, FORMAT) => {
                connection.pragma_update(None, "journal_mode", "wal")?;
                connection.pragma_update(None, "synchronous", "full")?;
                Ok(SqliteState { connection })
            }
            (APPLICATION_ID, newer) => Err(not_a_state(format!("format {newer}"))),
            (other, _) => Err(not_a_state(format!("application_id {other}"))),
        }
    }
}

/// Makes the tables of a file that is empty, and returns the `application_id` and `user_version` that a
/// file has.
fn lay_out(connection: &mut Connection) -> rusqlite::Result<(i64, i64)> {
    // Of two processes that find the file empty, one waits here and then finds it made.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if transaction.query_row(TABLES, [], |row| row.get::<_, i64>(0))? == 0 {
        transaction.execute_batch(SCHEMA)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", FORMAT)?;
    }
    let number = |name| transaction.pragma_query_value(None, name, |row| row.get(0));
    let format = (number("application_id")?, number("user_version")?);
    transaction.commit()?;
    Ok(format)
}

impl State for SqliteState {
    fn latest(&self, origin: &str) -> Result<Option<SignedNote>, StateError> {
        latest(&self.connection, origin)
    }

    fn advance(&mut self, origin: &str, decide: &mut Decide<'_>) -> Result<(), Refusal> {
        let transaction = (self.connection)
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StateError::from)?;
        let latest = match latest(&transaction, origin)? {
            Some(note) => Some(checkpoint(origin, &note)?),
            None => None,
        };
        let note = decide(latest.as_ref())?;
        let size = checkpoint(origin, &note)?.size();
        let remembered = params![origin, size, note.to_string()];
        (transaction.execute(REMEMBER, remembered)).map_err(StateError::from)?;
        transaction.commit().map_err(StateError::from)?;
        Ok(())
    }
}

fn latest(connection: &Connection, origin: &str) -> Result<Option<SignedNote>, StateError> {
    let note: Option<String> = connection
        .query_row(LATEST, [origin], |row| row.get(0))
        .optional()?;
    let note = note.map(|note| note.parse());
    note.transpose()
        .map_err(|error: NoteError| damaged(origin, error))
}

/// Reads what was remembered of a log, which must be of this log.
fn checkpoint(origin: &str, note: &SignedNote) -> Result<Checkpoint, StateError> {
    let checkpoint: Checkpoint =
        (note.text().parse()).map_err(|error: CheckpointError| damaged(origin, error))?;
    match checkpoint.origin() == origin {
        true => Ok(checkpoint),
        false => Err(damaged(origin, format!("one of {:?}", checkpoint.origin()))),
    }
}

fn damaged(origin: &str, found: impl Display) -> StateError {
    StateError::Damaged {
        origin: origin.to_owned(),
        found: found.to_string(),
    }
}
