//! Writing rows, in a transaction that holds the one writer's lock.

use rusqlite::{Connection, TransactionBehavior, params};

use super::{BUSY_TIMEOUT_S, Connected, StoreError, Transaction, database_error};
use crate::canonical::Digest;
use crate::log::{Hash, NodeId};
use crate::store::{Derived, StoredCosignature};

const APPEND: &str = "INSERT INTO entry (idx, bytes, record) VALUES (?1, ?2, ?3)";
const PUT_NODE: &str = "INSERT INTO node (position, hash) VALUES (?1, ?2)";
const PUT_OBJECT: &str = "INSERT INTO object (digest, bytes) SELECT ?1, ?2
    WHERE NOT EXISTS (SELECT 1 FROM object WHERE digest = ?1)";
const ERASE_OBJECT: &str = "UPDATE object SET bytes = NULL WHERE digest = ?1";
const PUT_CHECKPOINT: &str = "INSERT INTO checkpoint (size, note) VALUES (?1, ?2)";
const PUT_COSIGNATURE: &str = "INSERT INTO cosignature (size, witness, line) SELECT ?1, ?2, ?3
    WHERE NOT EXISTS (SELECT 1 FROM cosignature WHERE size = ?1 AND witness = ?2 AND line = ?3)";
const PUT_LEDGER: &str = "INSERT OR REPLACE INTO ledger (id, facts) VALUES (0, ?1)";
const PUT_SIGNER: &str = "INSERT OR REPLACE INTO signer (did, idx, facts) VALUES (?1, ?2, ?3)";
const PUT_SUBJECT: &str = "INSERT OR REPLACE INTO subject (idx, kind, state, decided, facts)
    VALUES (?1, ?2, ?3, ?4, ?5)";
const PUT_REFERENCE: &str =
    "INSERT OR REPLACE INTO reference (target, idx, field) VALUES (?1, ?2, ?3)";
const PUT_WORDING: &str = "INSERT OR REPLACE INTO wording (idx, text) VALUES (?1, ?2)";
const PUT_MARKS: &str = "INSERT OR REPLACE INTO mark (rowid, marks) VALUES (?1, ?2)";
// A deleted row leaves its marks in the full-text index, marked as deleted; `delete-all` clears them.
const CLEAR_DERIVED: &str = "DELETE FROM ledger; DELETE FROM signer; DELETE FROM subject;
    DELETE FROM reference; DELETE FROM wording;
    INSERT INTO mark (mark) VALUES ('delete-all');";

pub(super) struct SqliteTransaction<'a>(rusqlite::Transaction<'a>);

pub(super) fn begin(connection: &mut Connection) -> Result<SqliteTransaction<'_>, StoreError> {
    connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map(SqliteTransaction)
        .map_err(database_error)
}

/// Rewrites the file without the pages and cells that erased bytes once occupied, and empties the
/// write-ahead log, which may still hold them.
pub(super) fn scrub(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch("VACUUM").map_err(database_error)?;
    empty_write_ahead_log(connection)
}

/// Takes the write-ahead log into the file, and empties it.
pub(super) fn empty_write_ahead_log(connection: &Connection) -> Result<(), StoreError> {
    let blocked = connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
            row.get::<_, bool>(0)
        })
        .map_err(database_error)?;
    if blocked {
        return Err(StoreError::Busy {
            waited_s: BUSY_TIMEOUT_S,
        });
    }
    Ok(())
}

impl Connected for SqliteTransaction<'_> {
    fn connection(&self) -> &Connection {
        &self.0
    }
}

impl SqliteTransaction<'_> {
    fn run(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<(), StoreError> {
        self.0
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(parameters))
            .map(drop)
            .map_err(database_error)
    }
}

impl Transaction for SqliteTransaction<'_> {
    fn append(
        &mut self,
        index: u64,
        bytes: &[u8],
        record: &Digest,
        nodes: &[(NodeId, Hash)],
    ) -> Result<(), StoreError> {
        self.run(APPEND, params![index, bytes, record.as_bytes()])?;
        for (node, hash) in nodes {
            self.run(PUT_NODE, params![node.position(), hash.as_bytes()])?;
        }
        Ok(())
    }

    fn put_object(&mut self, digest: &Digest, bytes: &[u8]) -> Result<(), StoreError> {
        self.run(PUT_OBJECT, params![digest.as_bytes(), bytes])
    }

    fn erase_object(&mut self, digest: &Digest) -> Result<(), StoreError> {
        self.run(ERASE_OBJECT, [digest.as_bytes()])
    }

    fn put_checkpoint(&mut self, size: u64, note: &str) -> Result<(), StoreError> {
        self.run(PUT_CHECKPOINT, params![size, note])
    }

    fn put_cosignature(&mut self, cosignature: &StoredCosignature) -> Result<(), StoreError> {
        let StoredCosignature {
            size,
            witness,
            line,
        } = cosignature;
        self.run(PUT_COSIGNATURE, params![size, witness, line])
    }

    fn put_derived(&mut self, row: &Derived<'_>) -> Result<(), StoreError> {
        match row {
            Derived::Ledger { facts } => self.run(PUT_LEDGER, [facts]),
            Derived::Signer { did, index, facts } => {
                self.run(PUT_SIGNER, params![did.to_string(), index, facts])
            }
            Derived::Subject {
                index,
                kind,
                state,
                decided,
                facts,
            } => self.run(PUT_SUBJECT, params![index, kind, state, decided, facts]),
            Derived::Reference {
                target,
                index,
                field,
            } => self.run(PUT_REFERENCE, params![target.as_bytes(), index, field]),
            Derived::Wording { index, text } => self.run(PUT_WORDING, params![index, text]),
            Derived::Marks { index, marks } => self.run(PUT_MARKS, params![index, marks]),
        }
    }

    fn clear_derived(&mut self) -> Result<(), StoreError> {
        self.0.execute_batch(CLEAR_DERIVED).map_err(database_error)
    }

    fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.0.commit().map_err(database_error)
    }
}
