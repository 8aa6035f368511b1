//! Where it is kept: the log, the objects, the checkpoints, and what is derived from them.
//!
//! The traits are narrow and in plain types, so that a ledger can be kept elsewhere than in SQLite.
//! A store keeps bytes and gives them back; it decides nothing. One conformance suite
//! (`tests/store.rs`) holds for every implementation.

mod derived;
mod each_entry;
pub mod published;
pub mod sqlite;

use std::path::PathBuf;

use crate::canonical::{Digest, DigestPrefix};
use crate::log::{Hash, HashReader, MerkleError, NodeId};
use crate::record::Record;
use crate::sign::Did;

pub use derived::Derived;
pub use each_entry::{EachEntry, each_entry};
pub use published::Published;
pub use sqlite::SqliteStore;

/// Why a store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{path} does not exist", path = path.display())]
    NotFound { path: PathBuf },
    #[error("{path} exists already", path = path.display())]
    Exists { path: PathBuf },
    #[error("{path} is not a ledger: {found}", path = path.display())]
    NotALedger { path: PathBuf, found: String },
    #[error("{path} has format {found}; this program knows format {known}", path = path.display())]
    NewerFormat {
        path: PathBuf,
        found: i64,
        known: i64,
    },
    #[error("another process is writing to the ledger; waited {waited_s} seconds")]
    Busy { waited_s: u64 },
    #[error("no space is left for the ledger")]
    Full,
    #[error("the ledger could not be written: the disk is full, over its quota, or failing")]
    Unwritten,
    #[error("the ledger can't be written to: it is read-only")]
    ReadOnly,
    /// The stored bytes are not what this store wrote. `verify` names the place.
    #[error("the ledger file is damaged: {found}")]
    Damaged { found: String },
    /// A derived table is not what this program derives.
    #[error("the derived tables are out of date: {found}")]
    Stale { found: String },
    /// A newer program wrote what this one can't judge, so it must not write on.
    #[error("entry {index} is of a newer format: {found}")]
    NewerRecord { index: u64, found: String },
    #[error("{attempt}")]
    Io {
        attempt: String,
        #[source]
        cause: std::io::Error,
    },
    #[error("the database failed")]
    Database(#[source] rusqlite::Error),
}

impl From<MerkleError> for StoreError {
    /// The tree can't be read: a stored node is missing, or the log is larger than any can be.
    fn from(error: MerkleError) -> Self {
        StoreError::Damaged {
            found: error.to_string(),
        }
    }
}

/// Merkle nodes are read from where they are kept.
impl HashReader for &dyn Read {
    type Error = StoreError;

    fn hash(&self, node: NodeId) -> Result<Hash, StoreError> {
        Ok(self.node(node)?.ok_or(MerkleError::MissingNode { node })?)
    }
}

/// One line of the log as it is stored, together with its record's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    pub index: u64,
    /// The entry's bytes: canonical JSON if nothing is wrong.
    pub bytes: Vec<u8>,
    /// The digest under which the entry is looked up.
    pub record: Digest,
    pub object: Object,
}

impl StoredEntry {
    /// Returns how many bytes the entry and its record have together.
    pub fn byte_count(&self) -> usize {
        let record = match &self.object {
            Object::Present(bytes) => bytes.len(),
            Object::Erased | Object::Absent | Object::Withheld => 0,
        };
        self.bytes.len() + record
    }

    /// Returns the bytes of the record, if they are kept.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] as [`Object::bytes_of`] returns it.
    pub fn record_bytes(&self) -> Result<Option<&[u8]>, StoreError> {
        self.object.bytes_of(&self.record)
    }

    /// Returns the record, if it is kept and this program can read it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] as [`Object::bytes_of`] returns it.
    pub fn readable_record(&self) -> Result<Option<Record>, StoreError> {
        let bytes = self.record_bytes()?;
        Ok(bytes.and_then(|bytes| Record::parse(bytes).ok()))
    }
}

/// A witness's signature under a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCosignature {
    /// The checkpoint's size.
    pub size: u64,
    /// The verifier key by which the line is checked. Whether anyone should trust it is another matter.
    pub witness: String,
    /// The signature line, without its line feed.
    pub line: String,
}

/// What is stored under a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Object {
    Present(Vec<u8>),
    /// The bytes were removed by an erasure.
    Erased,
    /// The store never had it.
    Absent,
    /// It is not given out here. Whether it is kept elsewhere, or was erased, this store can't tell.
    Withheld,
}

impl Object {
    /// Returns the bytes, if they are kept: those under this digest, and no others. Who shows a record or a text goes through here.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] if other bytes are kept in their place, which nobody signed.
    pub fn bytes_of(&self, digest: &Digest) -> Result<Option<&[u8]>, StoreError> {
        match self {
            Object::Present(bytes) if Digest::of(bytes) == *digest => Ok(Some(bytes)),
            Object::Present(_) => Err(StoreError::Damaged {
                found: format!("other bytes are kept under {digest}"),
            }),
            Object::Erased | Object::Absent | Object::Withheld => Ok(None),
        }
    }
}

/// How much of a file is checked below the level of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The schema: tables, indexes and triggers are those that this program made.
    Schema,
    /// The schema and every page, every index against its table.
    Pages,
}

/// Reads a ledger as it stands at one moment: all answers come from the same state.
pub trait Read {
    /// Tells whether there are derived tables to look things up in. Without, every method from
    /// [`index_of`](Self::index_of) to [`derived`](Self::derived) fails that needs them.
    fn has_look_ups(&self) -> bool {
        true
    }

    /// Returns another reader of the same ledger for another thread, where there can be one. It may see a newer state.
    fn another(&self) -> Option<Box<dyn Read + Send>> {
        None
    }

    /// Returns the number of entries (one more than the highest index).
    fn size(&self) -> Result<u64, StoreError>;

    /// Returns up to `limit` entries in order, from index `from` on: fewer where they are long, none only at
    /// the end. [`each_entry`] reads on.
    fn entries(&self, from: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError>;

    /// Returns the index of the entry of the record with this digest.
    fn index_of(&self, record: &Digest) -> Result<Option<u64>, StoreError>;

    /// Returns up to `limit` records whose digests begin so, in the order of their digests.
    fn find(&self, prefix: &DigestPrefix, limit: usize) -> Result<Vec<(Digest, u64)>, StoreError>;

    /// Returns the object with this digest.
    fn object(&self, digest: &Digest) -> Result<Object, StoreError>;

    /// Visits all objects that are not records, in no order; `None` are the bytes of an erased one. Of what
    /// `is_record` knows to be one, the store need not find out.
    fn other_objects(
        &self,
        is_record: &dyn Fn(&Digest) -> bool,
        visit: &mut dyn FnMut(Digest, Option<Vec<u8>>),
    ) -> Result<(), StoreError>;

    /// Returns the stored hash of a complete Merkle subtree.
    fn node(&self, node: NodeId) -> Result<Option<Hash>, StoreError>;

    /// Returns up to `limit` nodes in storage order, from `position` on.
    fn nodes(&self, position: u64, limit: usize) -> Result<Vec<(u64, Hash)>, StoreError>;

    /// Returns the signed note of the checkpoint with the largest size.
    fn last_checkpoint(&self) -> Result<Option<(u64, String)>, StoreError>;

    /// Returns up to `limit` checkpoints in order of size, from `size` on.
    fn checkpoints(&self, size: u64, limit: usize) -> Result<Vec<(u64, String)>, StoreError>;

    /// Visits all cosignatures, in order of size.
    fn cosignatures(&self, visit: &mut dyn FnMut(StoredCosignature)) -> Result<(), StoreError>;

    /// Returns the cosignatures under the checkpoint of this size.
    fn cosignatures_of(&self, size: u64) -> Result<Vec<StoredCosignature>, StoreError>;

    /// Returns the derived facts on the ledger as a whole.
    fn ledger_facts(&self) -> Result<Option<String>, StoreError>;

    /// Returns the derived facts on every key.
    fn signer_facts(&self) -> Result<Vec<(Did, String)>, StoreError>;

    /// Returns the derived facts on the record at `index`.
    fn subject_facts(&self, index: u64) -> Result<Option<String>, StoreError>;

    /// Returns which records name this record or object: their indexes, in order, and the fields.
    fn references_to(&self, target: &Digest) -> Result<Vec<(u64, String)>, StoreError>;

    /// Returns the indexes of the records that name this one in `field`, in order.
    fn references_in(&self, target: &Digest, field: &str) -> Result<Vec<u64>, StoreError>;

    /// Returns the indexes of the records of the kinds that are [needed to judge](crate::record::Kind::NEEDED_TO_JUDGE)
    /// any other record, in order.
    fn needed_to_judge(&self) -> Result<Vec<u64>, StoreError>;

    /// Returns up to `limit` indexes of records of this kind, the newest first.
    fn last_of_kind(&self, kind: &str, limit: usize) -> Result<Vec<u64>, StoreError>;

    /// Returns every record that is named in `field`, with the index of the record that names it, in the order of the
    /// digests.
    fn references_of(&self, field: &str) -> Result<Vec<(Digest, u64)>, StoreError>;

    /// Visits the derived rows of records alone, in the order of their indexes.
    fn subjects(&self, visit: &mut dyn FnMut(Derived<'_>)) -> Result<(), StoreError>;

    /// Returns up to `limit` indexes of records whose wording has all of these [marks](crate::canonical::mark), the
    /// newest first. None have none.
    fn with_marks(&self, marks: &[&str], limit: usize) -> Result<Vec<u64>, StoreError>;

    /// Returns what the record at `index` says in words, if it says anything that is searched.
    fn wording(&self, index: u64) -> Result<Option<String>, StoreError>;

    /// Visits every derived row, in no order.
    fn derived(&self, visit: &mut dyn FnMut(Derived<'_>)) -> Result<(), StoreError>;

    /// Checks the file below the level of rows, and returns what is wrong.
    fn faults(&self, extent: Extent) -> Result<Vec<String>, StoreError>;
}

/// A ledger that can be written to, by one writer at a time.
pub trait Store: Read {
    /// Waits for other writers and begins a transaction. Dropping it undoes everything.
    fn begin(&mut self) -> Result<Box<dyn Transaction + '_>, StoreError>;

    /// Removes what erased objects left behind in the store's files.
    fn scrub(&mut self) -> Result<(), StoreError>;
}

/// A set of changes that happens wholly or not at all. Reading through it shows them.
pub trait Transaction: Read {
    /// Appends an entry and the Merkle nodes that it completes.
    fn append(
        &mut self,
        index: u64,
        bytes: &[u8],
        record: &Digest,
        nodes: &[(NodeId, Hash)],
    ) -> Result<(), StoreError>;

    /// Keeps an object, unless it is kept already.
    fn put_object(&mut self, digest: &Digest, bytes: &[u8]) -> Result<(), StoreError>;

    /// Removes the bytes of an object, and keeps that there was one.
    fn erase_object(&mut self, digest: &Digest) -> Result<(), StoreError>;

    /// Keeps the signed checkpoint for this size.
    fn put_checkpoint(&mut self, size: u64, note: &str) -> Result<(), StoreError>;

    /// Keeps a cosignature, unless it is kept already.
    fn put_cosignature(&mut self, cosignature: &StoredCosignature) -> Result<(), StoreError>;

    /// Keeps a derived row in place of the one before.
    fn put_derived(&mut self, row: &Derived<'_>) -> Result<(), StoreError>;

    /// Forgets all derived rows.
    fn clear_derived(&mut self) -> Result<(), StoreError>;

    /// Makes the changes durable: they survive a crash after this returns.
    fn commit(self: Box<Self>) -> Result<(), StoreError>;
}
