//! Every row of every table is dropped, doubled and edited in each of its columns, and the schema is altered: past
//! the guards, as whoever can write to the file may do. None of it is verified.

mod support;

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use support::audits::{Outcome, look_into, untouched};
use support::desk::Desk;
use support::tampering::drop_triggers;
use support::tools::in_ci;

/// The tables, each with its key and its columns.
const TABLES: [(&str, &str, &[&str]); 10] = [
    ("entry", "rowid", &["idx", "bytes", "record"]),
    ("object", "rowid", &["digest", "bytes"]),
    ("node", "rowid", &["position", "hash"]),
    ("checkpoint", "rowid", &["size", "note"]),
    (
        "cosignature",
        "(size, witness, line)",
        &["size", "witness", "line"],
    ),
    ("ledger", "rowid", &["facts"]),
    ("signer", "rowid", &["did", "idx", "facts"]),
    (
        "subject",
        "rowid",
        &["idx", "kind", "state", "decided", "facts"],
    ),
    (
        "reference",
        "(target, field, idx)",
        &["target", "field", "idx"],
    ),
    ("wording", "rowid", &["idx", "text"]),
];

/// A ledger with a row in each table.
fn genuine() -> Vec<u8> {
    let desk = Desk::with_every_row();
    let file = desk.path("vacuumed.ledger");
    let connection = Connection::open(desk.ledger()).unwrap();
    connection
        .execute("VACUUM INTO ?1", [file.to_str().unwrap()])
        .unwrap();
    fs::read(file).unwrap()
}

/// A file whose guards can be taken away and put back.
struct Unguarded {
    bytes: Vec<u8>,
    triggers: String,
}

impl Unguarded {
    fn new(genuine: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let connection = quick(&folder.path().join("ledger"), genuine);
        let triggers = drop_triggers(&connection);
        Unguarded {
            bytes: fs::read(connection.path().unwrap()).unwrap(),
            triggers: triggers.into_iter().map(|sql| sql + ";").collect(),
        }
    }

    /// Runs each of these batches on a connection of its own. Returns nothing where a batch changes nothing, or a
    /// table's own constraint is in its way.
    fn altered(&self, batches: &[&str]) -> Option<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger");
        let mut bytes = self.bytes.clone();
        fs::write(&path, &bytes).unwrap();
        for batch in batches {
            let connection = quick(&path, &bytes);
            match connection.execute_batch(batch) {
                Ok(()) if is_of_rows(batch) && connection.changes() == 0 => return None,
                Ok(()) => {}
                Err(error) => {
                    let code = error.sqlite_error_code();
                    let is_constraint = code == Some(rusqlite::ErrorCode::ConstraintViolation);
                    assert!(is_constraint, "{batch}: {error}");
                    return None;
                }
            }
            bytes = fs::read(&path).unwrap();
        }
        // What was altered may have no place for them, or not open any more.
        let _ = Connection::open(&path)
            .unwrap()
            .execute_batch(&self.triggers);
        Some(fs::read(&path).unwrap())
    }
}

fn is_of_rows(batch: &str) -> bool {
    batch.starts_with("UPDATE") || batch.starts_with("DELETE")
}

/// A connection to these bytes that does not wait for the disk.
fn quick(path: &Path, bytes: &[u8]) -> Connection {
    fs::write(path, bytes).unwrap();
    let connection = Connection::open(path).unwrap();
    let options = "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY";
    connection.execute_batch(options).unwrap();
    connection
}

/// Fails where one of the altered files is verified.
fn all_are_found(genuine: &[u8], changes: &[Vec<String>]) {
    untouched(genuine);
    let unguarded = Unguarded::new(genuine);
    let files: Vec<(String, Vec<u8>)> = changes
        .iter()
        .filter_map(|batches| {
            let batches: Vec<&str> = batches.iter().map(String::as_str).collect();
            Some((batches.join("; then "), unguarded.altered(&batches)?))
        })
        .collect();
    assert!(files.len() * 2 > changes.len(), "most changes are possible");
    let names: Vec<usize> = (0..files.len()).collect();
    let outcomes = look_into(&names, |n| files[*n].1.clone());
    let verified: Vec<&str> = std::iter::zip(&files, &outcomes)
        .filter(|(_, outcome)| !matches!(outcome, Outcome::Named(_)))
        .map(|((change, _), _)| change.as_str())
        .collect();
    assert!(verified.is_empty(), "verified:\n{}", verified.join("\n"));
}

#[test]
fn untouched_file_without_and_with_its_triggers_is_verified() {
    let genuine = genuine();
    untouched(&Unguarded::new(&genuine).altered(&[]).unwrap());
}

#[test]
fn dropped_doubled_and_edited_rows_are_found() {
    let genuine = genuine();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("genuine.ledger");
    fs::write(&path, &genuine).unwrap();
    let connection = Connection::open(&path).unwrap();
    let mut changes = Vec::new();
    for (table, key, columns) in TABLES {
        let rows: i64 = connection
            .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
                row.get(0)
            })
            .unwrap();
        assert!(rows > 0, "{table} is empty");
        let is_ci = in_ci();
        for row in (0..rows).step_by(if is_ci { 1 } else { 5 }) {
            let keys = key.trim_matches(['(', ')']);
            let this = format!(
                "{key} IN (SELECT {keys} FROM {table} ORDER BY {keys} LIMIT 1 OFFSET {row})"
            );
            // Nothing tells how many checkpoints there were before the last, and who cosigned them.
            let is_last = row == rows - 1;
            if table != "cosignature" && (table != "checkpoint" || is_last) {
                // Nothing tells either which objects an erased record needed: of them no bytes are left.
                let told = match table {
                    "object" => "(bytes IS NOT NULL OR digest IN (SELECT record FROM entry))",
                    _ => "true",
                };
                changes.push(format!("DELETE FROM {table} WHERE {this} AND {told}"));
            }
            for column in columns {
                changes.push(format!(
                    "UPDATE {table} SET {column} = CASE typeof({column}) WHEN 'integer' THEN {column} + 1000
                     WHEN 'null' THEN 1 WHEN 'text' THEN {column} || 'x'
                     ELSE CAST({column} || x'00' AS BLOB) END WHERE {this}"
                ));
                if row > 0 && !key.contains(column) {
                    // What the first row has.
                    changes.push(format!(
                        "UPDATE {table} SET {column} = (SELECT {column} FROM {table} LIMIT 1)
                         WHERE {this} AND {column} IS NOT (SELECT {column} FROM {table} LIMIT 1)"
                    ));
                }
            }
            let (first, rest) = (columns[0], &columns[1..]);
            let again = [
                &[format!("{first} || 'x'")],
                rest.iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .as_slice(),
            ]
            .concat();
            let again = again
                .join(", ")
                .replace("idx || 'x'", "idx + 1000")
                .replace("position || 'x'", "position + 1000")
                .replace("size || 'x'", "size - 1")
                .replace("rowid || 'x'", "rowid + 1000")
                .replace("digest || 'x'", "CAST(digest || 'x' AS BLOB)")
                .replace("target || 'x'", "CAST(target || 'x' AS BLOB)");
            if table != "ledger" {
                let columns = columns.join(", ");
                changes.push(format!(
                    "INSERT INTO {table} ({columns}) SELECT {again} FROM {table} WHERE {this}"
                ));
            }
        }
    }
    let changes: Vec<Vec<String>> = changes.into_iter().map(|change| vec![change]).collect();
    all_are_found(&genuine, &changes);
}

/// Batches that alter the schema's own text: the file is opened anew after each.
const SCHEMA: [&[&str]; 17] = [
    &["CREATE VIEW mine AS SELECT 1"],
    &["CREATE TABLE mine (x)"],
    &["CREATE INDEX mine ON entry (bytes)"],
    &["CREATE TRIGGER mine AFTER INSERT ON entry BEGIN DELETE FROM subject; END"],
    &["CREATE VIRTUAL TABLE mine USING fts5 (x)"],
    &["DROP INDEX subject_of_the_ledger"],
    &["ANALYZE"],
    &["ALTER TABLE node ADD COLUMN more TEXT"],
    &["PRAGMA writable_schema = ON; UPDATE sqlite_schema
       SET sql = replace(sql, 'hash     BLOB NOT NULL', 'hash     BLOB NOT NULL DEFAULT (randomblob(32))') WHERE name = 'node'"],
    &["ALTER TABLE node ADD COLUMN more TEXT AS (lower(hash)) VIRTUAL"],
    &["ALTER TABLE node RENAME COLUMN hash TO hush"],
    &["PRAGMA writable_schema = ON; UPDATE sqlite_schema
       SET sql = replace(sql, 'hash     BLOB NOT NULL', 'hash     BLOB NOT NULL CHECK (random() <> 1)') WHERE name = 'node'"],
    &["PRAGMA writable_schema = ON; UPDATE sqlite_schema
       SET sql = replace(sql, 'note TEXT', 'note ANY') WHERE name = 'checkpoint'"],
    &["PRAGMA writable_schema = ON; UPDATE sqlite_schema SET tbl_name = 'node' WHERE name = 'claims'"],
    // The pages of one table stand in for those of another.
    &["PRAGMA writable_schema = ON; UPDATE sqlite_schema
       SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'node') WHERE name = 'checkpoint'"],
    &["PRAGMA writable_schema = ON; UPDATE sqlite_schema
       SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_object_1')
       WHERE name = 'sqlite_autoindex_entry_1'"],
    // The index is told to hold less, is made anew, and then says that it holds all.
    &[
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema
         SET sql = replace(sql, 'WHERE kind IN (''ledger''', 'WHERE kind IN (''lodger''')
         WHERE name = 'subject_of_the_ledger'",
        "REINDEX subject_of_the_ledger",
        "PRAGMA writable_schema = ON; UPDATE sqlite_schema
         SET sql = replace(sql, 'WHERE kind IN (''lodger''', 'WHERE kind IN (''ledger''')
         WHERE name = 'subject_of_the_ledger'",
    ],
];

#[test]
fn altered_schema_is_found() {
    let changes: Vec<Vec<String>> = SCHEMA
        .iter()
        .map(|batches| batches.iter().map(ToString::to_string).collect())
        .collect();
    all_are_found(&genuine(), &changes);
}
