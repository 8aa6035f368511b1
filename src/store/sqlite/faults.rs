//! What can be wrong with a file below the level of rows: its schema, its pages, its indexes.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::OnceLock;

use rusqlite::{Connection, Row};

use super::{SCHEMA, StoreError, database_error};

/// Where in a file SQLite takes its locks, in bytes.
const LOCK_BYTE: i64 = 1 << 30;

/// More faults than this help nobody to find the cause.
const MAX_FAULTS: usize = 100;

/// Tables so long that SQLite would take too long to look up each of their rows in their index, with the two orders in
/// which rows can be read: as they are kept, and as the index leads to them.
const LONG: [(&str, &str, &str); 2] = [
    (
        "entry",
        "SELECT record, idx FROM entry NOT INDEXED",
        "SELECT record, idx FROM entry INDEXED BY sqlite_autoindex_entry_1 ORDER BY record",
    ),
    (
        "object",
        "SELECT digest, rowid FROM object NOT INDEXED",
        "SELECT digest, rowid FROM object INDEXED BY sqlite_autoindex_object_1 ORDER BY digest",
    ),
];

/// Tables with other indexes, or that are one: SQLite looks up each of their rows, and compares it with the one before.
const SHORT: [&str; 6] = [
    "cosignature",
    "mark_config",
    "mark_idx",
    "reference",
    "signer",
    "subject",
];

/// Checks that the tables are those of the format: what is read from others means nothing.
pub(super) fn check_tables(connection: &Connection) -> Result<(), StoreError> {
    let expected = expected_schema().map_err(database_error)?;
    let found = schema(connection).map_err(database_error)?;
    let mut tables = expected.iter().filter(|item| item.kind == "table");
    match tables.find(|table| !found.contains(table)) {
        None => Ok(()),
        Some(Item { name, .. }) => Err(StoreError::Damaged {
            found: format!("table {name} is missing or changed"),
        }),
    }
}

/// What the schema of a file has of a table, an index, a trigger or a view.
#[derive(Debug, PartialEq)]
struct Item {
    kind: String,
    name: String,
    /// The table that it belongs to.
    table: String,
    sql: Option<String>,
    /// Whether it has pages of its own.
    has_pages: bool,
}

fn expected_schema() -> rusqlite::Result<&'static [Item]> {
    static EXPECTED: OnceLock<Vec<Item>> = OnceLock::new();
    if let Some(expected) = EXPECTED.get() {
        return Ok(expected);
    }
    let fresh = Connection::open_in_memory()?;
    fresh.execute_batch(SCHEMA)?;
    let expected = schema(&fresh)?;
    Ok(EXPECTED.get_or_init(|| expected))
}

/// Compares the tables, indexes, triggers and views with those of the format.
pub(super) fn schema_faults(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let expected = expected_schema()?;
    let found = schema(connection)?;
    let missing = expected
        .iter()
        .filter(|item| !found.contains(item))
        .map(|item| format!("{} {} is missing or changed", item.kind, item.name));
    let foreign = found
        .iter()
        .filter(|item| !expected.iter().any(|known| known.name == item.name))
        .map(|item| format!("{} {:?} is not part of the format", item.kind, item.name));
    Ok(missing.chain(foreign).take(MAX_FAULTS).collect())
}

fn schema(connection: &Connection) -> rusqlite::Result<Vec<Item>> {
    connection
        .prepare(
            "SELECT type, name, tbl_name, sql, rootpage <> 0 FROM sqlite_schema ORDER BY name",
        )?
        .query_map([], |row| {
            Ok(Item {
                kind: row.get(0)?,
                name: row.get(1)?,
                table: row.get(2)?,
                sql: row.get(3)?,
                has_pages: row.get(4)?,
            })
        })?
        .collect()
}

/// Checks every page, and whether every index leads to the rows of its table.
pub(super) fn page_faults(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut faults = check(connection, &format!("quick_check({MAX_FAULTS})"))?;
    for table in SHORT {
        faults.extend(check(connection, &format!("integrity_check({table})"))?);
    }
    // In pages that are not sound an index could lead anywhere.
    if faults.is_empty() {
        for (table, in_table, in_index) in LONG {
            faults.extend(index_fault(connection, table, in_table, in_index)?);
        }
        faults.extend(unused_page_faults(connection)?);
    }
    Ok(faults)
}

/// Runs one of SQLite's checks, and returns its lines but for `ok`.
fn check(connection: &Connection, check: &str) -> rusqlite::Result<Vec<String>> {
    let lines = (connection.prepare(&format!("PRAGMA {check}"))?)
        .query_map([], |row| row.get(0))?
        .collect::<Result<Vec<String>, _>>()?;
    Ok(lines.into_iter().filter(|line| line != "ok").collect())
}

/// Checks that an index has the rows of its table, each once, in order: then every look-up is right.
///
/// Equal sets have equal sums of fingerprints, and different ones do not, all but surely, under a key that nobody knew
/// who could write to the file.
fn index_fault(
    connection: &Connection,
    table: &str,
    in_table: &str,
    in_index: &str,
) -> rusqlite::Result<Option<String>> {
    let key = RandomState::new();
    let mut difference: u64 = 0;
    let mut kept = connection.prepare(in_table)?;
    let mut rows = kept.query([])?;
    while let Some(row) = rows.next()? {
        difference = difference.wrapping_add(key.hash_one(pair(row)?));
    }
    let mut is_in_order = true;
    let mut last = Vec::new();
    let mut led_to = connection.prepare(in_index)?;
    let mut rows = led_to.query([])?;
    while let Some(row) = rows.next()? {
        let (looked_up, rowid) = pair(row)?;
        difference = difference.wrapping_sub(key.hash_one((looked_up, rowid)));
        is_in_order &= last.is_empty() || last.as_slice() < looked_up;
        last.clear();
        last.extend_from_slice(looked_up);
    }
    let is_sound = is_in_order && difference == 0;
    Ok((!is_sound).then(|| format!("the index of table {table} does not lead to its rows")))
}

/// Checks what SQLite leaves out: the list of free pages, and whether every page is used.
///
/// Of a file with views or virtual tables SQLite checks this only by luck: one of them at the head of its list of
/// tables, where the first page of a table is expected, means to it that a part of the file shall be checked.
fn unused_page_faults(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    let mut faults = check(connection, "integrity_check('sqlite_schema')")?;
    // A writer would take pages of tables for its lists of pages.
    if number("PRAGMA auto_vacuum")? != 0 {
        faults.push("the file is marked for auto-vacuum".to_owned());
    }
    let pages = number("PRAGMA page_count")?;
    let free = number("PRAGMA freelist_count")?;
    let used = number("SELECT count(*) FROM dbstat")?;
    // The page with this byte holds locks and nothing else (SQLite file format, "The Lock-Byte Page").
    let size = number("PRAGMA page_size")?;
    let locks = i64::from(pages > LOCK_BYTE / size);
    if used + free + locks != pages {
        faults.push(format!(
            "of {pages} pages {used} are used and {free} are free"
        ));
    }
    Ok(faults)
}

/// What an index is for: a value, and the row that it leads to.
fn pair<'a>(row: &'a Row<'_>) -> rusqlite::Result<(&'a [u8], i64)> {
    // The values of the table are blobs. Whatever else an index has in the place of one is another value.
    let looked_up = row.get_ref(0)?.as_blob().unwrap_or_default();
    Ok((looked_up, row.get(1)?))
}
