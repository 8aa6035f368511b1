//! Reading rows.

use std::borrow::Cow;
use std::ops::ControlFlow;

use rusqlite::{OptionalExtension, Row, params};

use super::{Connected, Read, StoreError, database_error, faults};
use crate::canonical::{Digest, DigestPrefix};
use crate::log::entry::MAX_ENTRY_LEN;
use crate::log::note::MAX_NOTE_LEN;
use crate::log::{Hash, NodeId};
use crate::record::MAX_RECORD_LEN;
use crate::sign::Did;
use crate::store::{Derived, Extent, Object, StoredCosignature, StoredEntry};

const SIZE: &str = "SELECT coalesce(max(idx) + 1, 0) FROM entry";
// One byte more than the limits is enough to see that an entry or a record is too long.
const ENTRIES: &str = "SELECT idx, substr(bytes, 1, ?3), record FROM entry
    WHERE idx >= ?1 ORDER BY idx LIMIT ?2";
const OBJECT_PLACE: &str = "SELECT rowid FROM object WHERE digest = ?1";
const OBJECTS_FROM: &str = "SELECT digest, substr(bytes, 1, ?2) FROM object
    WHERE rowid >= ?1 ORDER BY rowid";
const INDEX_OF: &str = "SELECT idx FROM entry WHERE record = ?1";
const FIND: &str =
    "SELECT record, idx FROM entry WHERE record BETWEEN ?1 AND ?2 ORDER BY record LIMIT ?3";
const OBJECT: &str = "SELECT bytes FROM object WHERE digest = ?1";
// In the index alone: it has a twentieth of the table's pages.
const OBJECT_PLACES: &str = "SELECT digest, rowid FROM object INDEXED BY sqlite_autoindex_object_1";
const OBJECT_AT: &str = "SELECT digest, bytes FROM object WHERE rowid = ?1";
const NODE: &str = "SELECT hash FROM node WHERE position = ?1";
const NODES: &str =
    "SELECT position, hash FROM node WHERE position >= ?1 ORDER BY position LIMIT ?2";
// One byte more than a note may have is enough to see that it is too long.
const LAST_CHECKPOINT: &str =
    "SELECT size, substr(note, 1, ?1) FROM checkpoint ORDER BY size DESC LIMIT 1";
const CHECKPOINTS: &str = "SELECT size, substr(note, 1, ?3) FROM checkpoint
    WHERE size >= ?1 ORDER BY size LIMIT ?2";
const COSIGNATURES: &str =
    "SELECT size, substr(witness, 1, ?1), substr(line, 1, ?1) FROM cosignature ORDER BY size";
const COSIGNATURES_OF: &str = "SELECT size, substr(witness, 1, ?1), substr(line, 1, ?1)
    FROM cosignature WHERE size = ?2 ORDER BY witness, line";
const LEDGER_FACTS: &str = "SELECT facts FROM ledger WHERE id = 0";
const SIGNER_FACTS: &str = "SELECT did, facts FROM signer ORDER BY did";
const SUBJECT_FACTS: &str = "SELECT facts FROM subject WHERE idx = ?1";
const REFERENCES_TO: &str =
    "SELECT idx, field FROM reference WHERE target = ?1 ORDER BY idx, field";
const REFERENCES_IN: &str =
    "SELECT idx FROM reference WHERE target = ?1 AND field = ?2 ORDER BY idx";
// As the index `subject_of_the_ledger` has it.
const NEEDED_TO_JUDGE: &str = "SELECT idx FROM subject
    WHERE kind IN ('ledger', 'key', 'revocation', 'policy') ORDER BY idx";
const LAST_OF_KIND: &str = "SELECT idx FROM subject WHERE kind = ?1 ORDER BY idx DESC LIMIT ?2";
const REFERENCES_OF: &str =
    "SELECT target, idx FROM reference WHERE field = ?1 ORDER BY target, idx";
const SUBJECTS: &str = "SELECT idx, kind, state, decided, facts FROM subject ORDER BY idx";
// In the order of the index, so that no more of it is read than is asked for.
const WITH_MARKS: &str = "SELECT rowid FROM mark WHERE mark MATCH ?1 ORDER BY rowid DESC LIMIT ?2";
const WORDING: &str = "SELECT text FROM wording WHERE idx = ?1";

/// Rows count from 0. One with a lower number would be kept in the file, and never be read.
const BEFORE_THE_FIRST: [(&str, &str); 4] = [
    ("entry", "SELECT idx FROM entry WHERE idx < 0 LIMIT 1"),
    (
        "node",
        "SELECT position FROM node WHERE position < 0 LIMIT 1",
    ),
    (
        "checkpoint",
        "SELECT size FROM checkpoint WHERE size < 0 LIMIT 1",
    ),
    (
        "cosignature",
        "SELECT size FROM cosignature WHERE size < 0 LIMIT 1",
    ),
];

/// Bytes after which a chunk of entries ends early, so that long records do not fill the memory.
const MAX_CHUNK_LEN: usize = 16 << 20;

/// Objects of other kinds between those of two records, beyond which the next is looked up instead.
const MAX_PASSED: usize = 8;

impl<C: Connected> Read for C {
    fn another(&self) -> Option<Box<dyn Read + Send>> {
        let another = Connected::another(self)?;
        Some(Box::new(another))
    }

    fn size(&self) -> Result<u64, StoreError> {
        self.one(SIZE, [], |row| row.get(0))
            .map(Option::unwrap_or_default)
    }

    fn entries(&self, from: u64, limit: usize) -> Result<Vec<StoredEntry>, StoreError> {
        let mut entries = Vec::new();
        let mut len = 0;
        let range = params![place(from), place(limit as u64), MAX_ENTRY_LEN + 1];
        self.each(ENTRIES, range, |row| {
            let entry = stored_entry(row)?;
            len += entry.bytes.len();
            entries.push(entry);
            Ok(go_on_while(len < MAX_CHUNK_LEN))
        })?;
        check_order(from, entries.iter().map(|entry| entry.index))?;
        let read = self.read_objects(&mut entries)?;
        entries.truncate(read);
        Ok(entries)
    }

    fn index_of(&self, record: &Digest) -> Result<Option<u64>, StoreError> {
        self.one(INDEX_OF, [record.as_bytes()], |row| row.get(0))
    }

    fn find(&self, prefix: &DigestPrefix, limit: usize) -> Result<Vec<(Digest, u64)>, StoreError> {
        let (least, greatest) = prefix.range();
        let limit = place(limit as u64);
        let range = params![least.as_bytes(), greatest.as_bytes(), limit];
        self.all(FIND, range, |row| Ok((digest(row, 0)?, row.get(1)?)))
    }

    fn object(&self, digest: &Digest) -> Result<Object, StoreError> {
        let bytes = self.one(OBJECT, [digest.as_bytes()], |row| {
            row.get::<_, Option<Vec<u8>>>(0)
        })?;
        Ok(match bytes {
            Some(Some(bytes)) => Object::Present(bytes),
            Some(None) => Object::Erased,
            None => Object::Absent,
        })
    }

    fn other_objects(
        &self,
        is_record: &dyn Fn(&Digest) -> bool,
        visit: &mut dyn FnMut(Digest, Option<Vec<u8>>),
    ) -> Result<(), StoreError> {
        let mut others: Vec<i64> = Vec::new();
        self.each(OBJECT_PLACES, [], |row| {
            let digest = digest(row, 0)?;
            if !is_record(&digest)
                && self
                    .row(INDEX_OF, [digest.as_bytes()], |_| Ok(()))?
                    .is_none()
            {
                others.push(row.get(1)?);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        // In the order in which they are kept, so that every page is read once.
        others.sort_unstable();
        for place in others {
            self.one(OBJECT_AT, [place], |row| {
                visit(digest(row, 0)?, row.get(1)?);
                Ok(())
            })?;
        }
        Ok(())
    }

    fn node(&self, node: NodeId) -> Result<Option<Hash>, StoreError> {
        self.one(NODE, [place(node.position())], |row| hash(row, 0))
    }

    fn nodes(&self, position: u64, limit: usize) -> Result<Vec<(u64, Hash)>, StoreError> {
        let range = params![place(position), place(limit as u64)];
        let nodes = self.all(NODES, range, |row| Ok((row.get(0)?, hash(row, 1)?)))?;
        check_order(position, nodes.iter().map(|(position, _)| *position))?;
        Ok(nodes)
    }

    fn last_checkpoint(&self) -> Result<Option<(u64, String)>, StoreError> {
        self.one(LAST_CHECKPOINT, [MAX_NOTE_LEN + 1], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    fn checkpoints(&self, size: u64, limit: usize) -> Result<Vec<(u64, String)>, StoreError> {
        let limits = params![place(size), place(limit as u64), MAX_NOTE_LEN + 1];
        let checkpoints = self.all(CHECKPOINTS, limits, |row| Ok((row.get(0)?, row.get(1)?)))?;
        check_order(size, checkpoints.iter().map(|(size, _)| *size))?;
        Ok(checkpoints)
    }

    fn cosignatures(&self, visit: &mut dyn FnMut(StoredCosignature)) -> Result<(), StoreError> {
        self.each(COSIGNATURES, [MAX_NOTE_LEN], |row| {
            visit(cosignature(row)?);
            Ok(ControlFlow::Continue(()))
        })
    }

    fn cosignatures_of(&self, size: u64) -> Result<Vec<StoredCosignature>, StoreError> {
        self.all(
            COSIGNATURES_OF,
            params![MAX_NOTE_LEN, place(size)],
            cosignature,
        )
    }

    fn ledger_facts(&self) -> Result<Option<String>, StoreError> {
        self.one(LEDGER_FACTS, [], |row| row.get(0))
    }

    fn signer_facts(&self) -> Result<Vec<(Did, String)>, StoreError> {
        self.all(SIGNER_FACTS, [], |row| Ok((did(row, 0)?, row.get(1)?)))
    }

    fn subject_facts(&self, index: u64) -> Result<Option<String>, StoreError> {
        self.one(SUBJECT_FACTS, [place(index)], |row| row.get(0))
    }

    fn references_to(&self, target: &Digest) -> Result<Vec<(u64, String)>, StoreError> {
        self.all(REFERENCES_TO, [target.as_bytes()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    fn references_in(&self, target: &Digest, field: &str) -> Result<Vec<u64>, StoreError> {
        self.all(REFERENCES_IN, params![target.as_bytes(), field], |row| {
            row.get(0)
        })
    }

    fn needed_to_judge(&self) -> Result<Vec<u64>, StoreError> {
        self.all(NEEDED_TO_JUDGE, [], |row| row.get(0))
    }

    fn last_of_kind(&self, kind: &str, limit: usize) -> Result<Vec<u64>, StoreError> {
        let parameters = params![kind, place(limit as u64)];
        self.all(LAST_OF_KIND, parameters, |row| row.get(0))
    }

    fn references_of(&self, field: &str) -> Result<Vec<(Digest, u64)>, StoreError> {
        self.all(REFERENCES_OF, [field], |row| {
            Ok((digest(row, 0)?, row.get(1)?))
        })
    }

    fn subjects(&self, visit: &mut dyn FnMut(Derived<'_>)) -> Result<(), StoreError> {
        self.each(SUBJECTS, [], |row| {
            visit(Derived::Subject {
                index: row.get(0)?,
                kind: text(row, 1)?,
                state: text(row, 2)?,
                decided: row.get(3)?,
                facts: text(row, 4)?,
            });
            Ok(ControlFlow::Continue(()))
        })
    }

    fn with_marks(&self, marks: &[&str], limit: usize) -> Result<Vec<u64>, StoreError> {
        // A mark is one token of the index. What is none has no records, and no say in the query language either.
        let is_token = |c: char| c.is_ascii_alphanumeric() || !c.is_ascii();
        let is_mark = |mark: &&str| !mark.is_empty() && mark.chars().all(is_token);
        if marks.is_empty() || !marks.iter().all(is_mark) {
            return Ok(Vec::new());
        }
        // Between two strings there is an AND.
        let quoted: Vec<String> = marks.iter().map(|mark| format!("\"{mark}\"")).collect();
        self.all(
            WITH_MARKS,
            params![quoted.join(" "), place(limit as u64)],
            |row| row.get(0),
        )
    }

    fn wording(&self, index: u64) -> Result<Option<String>, StoreError> {
        self.one(WORDING, [place(index)], |row| row.get(0))
    }

    fn derived(&self, visit: &mut dyn FnMut(Derived<'_>)) -> Result<(), StoreError> {
        self.each("SELECT facts FROM ledger", [], |row| {
            visit(Derived::Ledger {
                facts: text(row, 0)?,
            });
            Ok(ControlFlow::Continue(()))
        })?;
        self.each("SELECT did, idx, facts FROM signer", [], |row| {
            visit(Derived::Signer {
                did: did(row, 0)?,
                index: row.get(1)?,
                facts: text(row, 2)?,
            });
            Ok(ControlFlow::Continue(()))
        })?;
        self.subjects(visit)?;
        self.each("SELECT target, idx, field FROM reference", [], |row| {
            visit(Derived::Reference {
                target: digest(row, 0)?,
                index: row.get(1)?,
                field: text(row, 2)?,
            });
            Ok(ControlFlow::Continue(()))
        })?;
        self.each("SELECT idx, text FROM wording", [], |row| {
            visit(Derived::Wording {
                index: row.get(0)?,
                text: text(row, 1)?,
            });
            Ok(ControlFlow::Continue(()))
        })?;
        self.each("SELECT doc, term FROM wording_mark", [], |row| {
            let mut marks = text(row, 1)?;
            // A term with a space would be looked up as one mark, and pass for two.
            if marks.contains(' ') {
                marks = marks.replace(' ', "\0").into();
            }
            visit(Derived::Marks {
                index: row.get(0)?,
                marks,
            });
            Ok(ControlFlow::Continue(()))
        })
    }

    fn faults(&self, extent: Extent) -> Result<Vec<String>, StoreError> {
        // A view in place of a table would answer whatever it likes, for as long as it likes.
        faults::check_tables(self.connection())?;
        let mut faults = faults::schema_faults(self.connection()).map_err(database_error)?;
        for (table, before_the_first) in BEFORE_THE_FIRST {
            if let Some(key) = self.one(before_the_first, [], |row| row.get::<_, i64>(0))? {
                faults.push(format!("table {table} has a row {key}"));
            }
        }
        if extent == Extent::Pages {
            let pages = faults::page_faults(self.connection()).map_err(database_error)?;
            faults.extend(pages);
        }
        Ok(faults)
    }
}

/// Reading what belongs to entries from where it is kept.
trait Beside: Query {
    /// Fills in the records of entries, and returns of how many: of all, unless they are long.
    ///
    /// Objects are kept in the order of the entries that need them, so most are found by reading on.
    fn read_objects(&self, entries: &mut [StoredEntry]) -> Result<usize, StoreError> {
        let mut len = 0;
        let mut next = 0;
        while next < entries.len() && len < MAX_CHUNK_LEN {
            let began = next;
            let record = *entries[next].record.as_bytes();
            let place = self.one(OBJECT_PLACE, [record], |row| row.get::<_, i64>(0))?;
            if let Some(place) = place {
                let mut passed = 0;
                self.each(OBJECTS_FROM, params![place, MAX_RECORD_LEN + 1], |row| {
                    if row.get_ref(0)?.as_blob().ok() != Some(entries[next].record.as_bytes()) {
                        passed += 1;
                        return Ok(go_on_while(passed <= MAX_PASSED));
                    }
                    passed = 0;
                    let bytes: Option<Vec<u8>> = row.get(1)?;
                    len += bytes.as_ref().map_or(0, Vec::len);
                    entries[next].object = bytes.map_or(Object::Erased, Object::Present);
                    next += 1;
                    Ok(go_on_while(next < entries.len() && len < MAX_CHUNK_LEN))
                })?;
            }
            // It is absent, or an index leads elsewhere: then the file is not sound, and `faults` says so.
            if next == began {
                next += 1;
            }
        }
        Ok(next)
    }
}

impl<C: Connected> Beside for C {}

fn go_on_while(holds: bool) -> ControlFlow<()> {
    match holds {
        true => ControlFlow::Continue(()),
        false => ControlFlow::Break(()),
    }
}

/// The ways in which rows are read.
trait Query: Connected {
    fn one<T>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        self.row(sql, parameters, map).map_err(database_error)
    }

    fn row<T>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        map: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<Option<T>> {
        let mut statement = self.connection().prepare_cached(sql)?;
        statement.query_row(parameters, map).optional()
    }

    fn all<T>(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        map: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        self.connection()
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_map(parameters, map)?.collect())
            .map_err(database_error)
    }

    fn each(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        mut visit: impl FnMut(&Row<'_>) -> rusqlite::Result<ControlFlow<()>>,
    ) -> Result<(), StoreError> {
        let run = || {
            let mut statement = self.connection().prepare_cached(sql)?;
            let mut rows = statement.query(parameters)?;
            while let Some(row) = rows.next()? {
                if visit(row)?.is_break() {
                    break;
                }
            }
            Ok(())
        };
        run().map_err(database_error)
    }
}

impl<C: Connected> Query for C {}

/// A number as SQLite holds it. Beyond its greatest there are no rows.
fn place(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// In a damaged tree a look-up may land before its place: whoever asks for what comes next would be given the
/// same rows for ever.
fn check_order(from: u64, keys: impl Iterator<Item = u64>) -> Result<(), StoreError> {
    let mut least = from;
    for key in keys {
        if key < least {
            return Err(StoreError::Damaged {
                found: format!("a row {key} where those from {least} on were looked for"),
            });
        }
        least = key.saturating_add(1);
    }
    Ok(())
}

fn stored_entry(row: &Row<'_>) -> rusqlite::Result<StoredEntry> {
    Ok(StoredEntry {
        index: row.get(0)?,
        bytes: row.get(1)?,
        record: digest(row, 2)?,
        object: Object::Absent,
    })
}

fn cosignature(row: &Row<'_>) -> rusqlite::Result<StoredCosignature> {
    Ok(StoredCosignature {
        size: row.get(0)?,
        witness: row.get(1)?,
        line: row.get(2)?,
    })
}

fn digest(row: &Row<'_>, column: usize) -> rusqlite::Result<Digest> {
    row.get(column).map(Digest::from_bytes)
}

fn text<'a>(row: &'a Row<'_>, column: usize) -> rusqlite::Result<Cow<'a, str>> {
    Ok(row.get_ref(column)?.as_str()?.into())
}

fn hash(row: &Row<'_>, column: usize) -> rusqlite::Result<Hash> {
    row.get(column).map(Hash::from_bytes)
}

fn did(row: &Row<'_>, column: usize) -> rusqlite::Result<Did> {
    row.get::<_, String>(column)?
        .parse()
        .map_err(|error: crate::sign::did::DidError| {
            rusqlite::Error::FromSqlConversionFailure(
                column,
                rusqlite::types::Type::Text,
                Box::new(error),
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Kind;

    #[test]
    fn look_up_for_judging_has_the_kinds_that_are_needed_and_an_index() {
        let kinds = Kind::NEEDED_TO_JUDGE.map(|kind| format!("'{kind}'"));
        let condition = format!("WHERE kind IN ({})", kinds.join(", "));
        assert!(NEEDED_TO_JUDGE.contains(&condition), "{condition}");
        let schema = include_str!("schema.sql");
        let index = format!("CREATE INDEX subject_of_the_ledger ON subject (idx)\n{condition};");
        assert!(schema.contains(&index), "{index}");
    }
}
