//! A ledger that somebody changed, past all guards.

use rusqlite::Connection;
use serde_json::Value;

use super::desk::{Desk, verify};

/// Opens a copy of the ledger with its guards removed, changes it, puts the guards back, and audits it.
pub fn tampered(desk: &Desk, change: impl FnOnce(&Connection)) -> Value {
    let copy = desk.path("copy.ledger");
    // VACUUM INTO takes what is in the write-ahead log too.
    let original = Connection::open(desk.ledger()).unwrap();
    let _ = std::fs::remove_file(&copy);
    original
        .execute("VACUUM INTO ?1", [copy.to_str().unwrap()])
        .unwrap();
    let connection = Connection::open(&copy).unwrap();
    let triggers = drop_triggers(&connection);
    change(&connection);
    for sql in &triggers {
        // Where the change took a table away, its guards have nowhere to stand.
        let _ = connection.execute_batch(sql);
    }
    drop(connection);
    verify(&copy)
}

/// Takes away the guards of a ledger file. Returns the statements that put them back.
pub fn drop_triggers(connection: &Connection) -> Vec<String> {
    let triggers: Vec<(String, String)> = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for (name, _) in &triggers {
        connection
            .execute_batch(&format!("DROP TRIGGER {name}"))
            .unwrap();
    }
    triggers.into_iter().map(|(_, sql)| sql).collect()
}
