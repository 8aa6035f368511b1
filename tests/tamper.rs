//! One byte changed in each table and each kind of object is found, and named.

mod support;

use rusqlite::Connection;
use support::desk::{Desk, codes, verify};
use support::tampering::tampered;

fn blobs(connection: &Connection, sql: &str) -> Vec<(i64, Vec<u8>)> {
    connection
        .prepare(sql)
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

#[test]
fn untouched_copy_is_verified() {
    let report = tampered(&Desk::full(), |_| {});
    assert_eq!(codes(&report), Vec::<String>::new(), "{report:#}");
}

#[test]
fn triggers_refuse_changes_until_they_are_removed() {
    let desk = Desk::full();
    let connection = Connection::open(desk.ledger()).unwrap();
    for sql in [
        "UPDATE entry SET bytes = x'00' WHERE idx = 3",
        "DELETE FROM entry WHERE idx = 3",
        "INSERT INTO entry VALUES (99, x'00', x'00')",
        "UPDATE object SET bytes = x'00'",
        "DELETE FROM object",
        "UPDATE node SET hash = x'00'",
        "DELETE FROM node",
        "UPDATE checkpoint SET note = ''",
        "DELETE FROM checkpoint",
        "INSERT OR REPLACE INTO entry SELECT * FROM entry WHERE idx = 3",
        "INSERT OR REPLACE INTO entry SELECT 12, bytes, record FROM entry WHERE idx = 3",
        "INSERT OR REPLACE INTO object SELECT digest, x'00' FROM object LIMIT 1",
        "INSERT OR REPLACE INTO node SELECT position, zeroblob(32) FROM node LIMIT 1",
        "INSERT OR REPLACE INTO checkpoint SELECT size, '' FROM checkpoint LIMIT 1",
    ] {
        let error = connection.execute_batch(sql).unwrap_err().to_string();
        assert!(
            error.contains("never") || error.contains("appended in order"),
            "{sql}: {error}"
        );
    }
    connection
        .execute_batch("DROP TRIGGER entry_update")
        .unwrap();
    drop(connection);
    assert_eq!(desk.findings(), ["storage"]);
    let message = desk.fails(&["policy", "--approvals", "2", "--as", "ada"], 3);
    assert!(
        message.contains("trigger entry_update is missing"),
        "{message}"
    );
}

#[test]
fn changed_byte_in_any_entry_is_found_at_its_index() {
    let desk = Desk::full();
    let count = desk.head().0.as_i64().unwrap();
    for index in 0..count {
        // Bytes spread over the entry: its index, kind, chain, signature, digest and time.
        for part in 1..8 {
            let report = tampered(&desk, |connection| {
                let bytes: Vec<u8> = connection
                    .query_row("SELECT bytes FROM entry WHERE idx = ?1", [index], |row| {
                        row.get(0)
                    })
                    .unwrap();
                let mut changed = bytes.clone();
                let at = changed.len() * part / 8;
                changed[at] ^= 1;
                connection
                    .execute(
                        "UPDATE entry SET bytes = ?1 WHERE idx = ?2",
                        (changed, index),
                    )
                    .unwrap();
            });
            let found = report["findings"]
                .as_array()
                .unwrap()
                .iter()
                .any(|finding| finding["index"] == index);
            assert!(found, "entry {index}, part {part}: {report:#}");
        }
    }
}

#[test]
fn changed_byte_in_any_object_is_found_at_the_record_that_needs_it() {
    let desk = Desk::full();
    let objects = blobs(
        &Connection::open(desk.ledger()).unwrap(),
        "SELECT rowid, bytes FROM object",
    );
    // Eleven records beside the three of the ledger itself, an article's text and original, a snapshot.
    assert_eq!(objects.len(), 12 + 3);
    for (rowid, bytes) in objects {
        let report = tampered(&desk, |connection| {
            let mut changed = bytes.clone();
            let middle = changed.len() / 2;
            changed[middle] ^= 1;
            connection
                .execute(
                    "UPDATE object SET bytes = ?1 WHERE rowid = ?2",
                    (changed, rowid),
                )
                .unwrap();
        });
        let codes = codes(&report);
        assert!(
            codes.contains(&"record-digest".to_owned())
                || codes.contains(&"object-digest".to_owned()),
            "{report:#}"
        );
        let first = &report["findings"][0];
        assert!(first["index"].is_u64(), "{report:#}");
    }
}

#[test]
fn changed_node_or_checkpoint_is_found() {
    let desk = Desk::full();
    let report = tampered(&desk, |connection| {
        connection
            .execute_batch("UPDATE node SET hash = zeroblob(32) WHERE position = 9")
            .unwrap();
    });
    assert_eq!(codes(&report), ["node"], "{report:#}");
    for (sql, expected) in [
        (
            "UPDATE checkpoint SET note = replace(note, 'factdesk', 'factdesc') WHERE size = 5",
            "checkpoint-signature",
        ),
        (
            "UPDATE checkpoint SET note = 'x' || note WHERE size = 5",
            "checkpoint-signature",
        ),
        (
            "UPDATE checkpoint SET note = '' WHERE size = 5",
            "checkpoint-malformed",
        ),
        (
            "UPDATE checkpoint SET note = (SELECT note FROM checkpoint WHERE size = 6) WHERE size = 5",
            "checkpoint-size",
        ),
        (
            "DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)",
            "checkpoint-missing",
        ),
    ] {
        let report = tampered(&desk, |connection| connection.execute_batch(sql).unwrap());
        assert_eq!(codes(&report), [expected], "{sql}: {report:#}");
    }
}

#[test]
fn changed_derived_row_is_found_and_rebuilt() {
    let desk = Desk::full();
    for sql in [
        "UPDATE ledger SET facts = replace(facts, '1', '2')",
        "UPDATE signer SET facts = replace(facts, 'editor', 'owner')",
        "UPDATE subject SET state = 'verified' WHERE idx = 5",
        "UPDATE subject SET facts = replace(facts, '5', '6') WHERE idx = 5",
        "DELETE FROM subject WHERE idx = 4",
        "UPDATE reference SET field = 'subjects' WHERE idx = 7",
        "DELETE FROM reference WHERE idx = 7",
        "INSERT INTO reference VALUES (zeroblob(32), 'subject', 1000)",
        "UPDATE wording SET text = 'yes' WHERE idx = 5",
        "DELETE FROM wording WHERE idx = 5",
        "INSERT INTO wording VALUES (1000, 'yes')",
        // A claim that is not found by its words, one that is found by others, and one that does not exist.
        "DELETE FROM mark WHERE rowid = 5",
        "INSERT OR REPLACE INTO mark (rowid, marks) VALUES (5, 'other words')",
        "INSERT INTO mark (rowid, marks) VALUES (1000, 'bridge')",
    ] {
        let report = tampered(&desk, |connection| connection.execute_batch(sql).unwrap());
        let codes = codes(&report);
        assert!(
            !codes.is_empty() && codes.iter().all(|code| code == "derived-table"),
            "{sql}: {report:#}"
        );
        desk.ok(&["--ledger", "copy.ledger", "reindex"]);
        assert_eq!(verify(&desk.path("copy.ledger"))["ok"], true, "{sql}");
    }
}

#[test]
fn dropped_swapped_and_doubled_rows_are_found() {
    let desk = Desk::full();
    for (sql, expected) in [
        ("DELETE FROM entry WHERE idx = 4", "entry-missing"),
        (
            "DELETE FROM entry WHERE idx = (SELECT max(idx) FROM entry)",
            "checkpoint-size",
        ),
        (
            "UPDATE entry SET idx = -1 WHERE idx = 4; UPDATE entry SET idx = 4 WHERE idx = 5;
             UPDATE entry SET idx = 5 WHERE idx = -1",
            "entry-index",
        ),
        (
            "INSERT INTO entry SELECT 1000, bytes, zeroblob(32) FROM entry WHERE idx = 4",
            "entry-missing",
        ),
        (
            "UPDATE entry SET record = zeroblob(32) WHERE idx = 4",
            "entry-lookup",
        ),
        (
            "DELETE FROM object WHERE digest = (SELECT record FROM entry WHERE idx = 4)",
            "record-missing",
        ),
        (
            "UPDATE object SET bytes = NULL WHERE digest = (SELECT record FROM entry WHERE idx = 4)",
            "erasure-unrecorded",
        ),
        (
            "DELETE FROM object WHERE digest NOT IN (SELECT record FROM entry)",
            "object-missing",
        ),
        (
            "UPDATE object SET bytes = NULL WHERE digest NOT IN (SELECT record FROM entry)",
            "erasure-unrecorded",
        ),
        (
            "INSERT INTO object VALUES (zeroblob(32), x'00')",
            "object-unused",
        ),
        ("INSERT INTO node VALUES (1000, zeroblob(32))", "node"),
        ("DELETE FROM node WHERE position = 3", "node"),
        ("CREATE TABLE stray (x)", "storage"),
        ("DROP VIEW claims", "storage"),
        (
            "DELETE FROM entry; DELETE FROM node; DELETE FROM checkpoint",
            "checkpoint-missing",
        ),
    ] {
        let report = tampered(&desk, |connection| connection.execute_batch(sql).unwrap());
        let codes = codes(&report);
        assert!(codes.contains(&expected.to_owned()), "{sql}: {report:#}");
    }
}

#[test]
fn checkpoint_with_more_lines_is_refused_though_the_log_signed_it() {
    use ledger::log::{NoteSigner, SignedNote};
    use ledger::sign::key_file;

    let desk = Desk::full();
    let file = std::fs::read_dir(desk.path("keys/log"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let key = key_file::from_pem(&std::fs::read_to_string(file.path()).unwrap(), None).unwrap();
    let signer = NoteSigner::new("factdesk.example/2026", key).unwrap();
    let report = tampered(&desk, |connection| {
        let note: String = connection
            .query_row("SELECT note FROM checkpoint WHERE size = 5", [], |row| {
                row.get(0)
            })
            .unwrap();
        let note: SignedNote = note.parse().unwrap();
        let longer = signer.sign(&format!("{}more\n", note.text())).unwrap();
        connection
            .execute(
                "UPDATE checkpoint SET note = ?1 WHERE size = 5",
                [longer.to_string()],
            )
            .unwrap();
    });
    assert_eq!(codes(&report), ["checkpoint-malformed"], "{report:#}");
}

#[test]
fn nothing_is_signed_on_top_of_a_tampered_end() {
    let desk = Desk::full();
    for (sql, says) in [
        (
            "UPDATE entry SET bytes = CAST(bytes || ' ' AS BLOB) WHERE idx = 11",
            "not the one in the Merkle tree",
        ),
        (
            "UPDATE node SET hash = zeroblob(32) WHERE position = 21",
            "not those that were signed last",
        ),
        (
            "DELETE FROM checkpoint WHERE size = 12",
            "not those that were signed last",
        ),
        ("DELETE FROM checkpoint", "expected a last checkpoint"),
        (
            "UPDATE checkpoint SET note = replace(note, 'A', 'B') WHERE size = 12",
            "expected a last checkpoint",
        ),
    ] {
        let report = tampered(&desk, |connection| connection.execute_batch(sql).unwrap());
        assert_eq!(report["ok"], false, "{sql}");
        // Where no guard remembers it, the file itself has to tell.
        let policy = [
            "--ledger",
            "copy.ledger",
            "--state",
            "forgotten",
            "policy",
            "--approvals",
            "2",
            "--as",
            "ada",
        ];
        let message = desk.fails(&policy, 3);
        assert!(message.contains(says), "{sql}: {message}");
    }
}

#[test]
fn missing_table_is_a_finding() {
    let desk = Desk::full();
    for table in ["node", "object", "entry", "checkpoint", "subject"] {
        let report = tampered(&desk, |connection| {
            connection
                .execute_batch(&format!("ALTER TABLE {table} RENAME TO gone"))
                .unwrap();
        });
        assert!(
            codes(&report).contains(&"storage".to_owned()),
            "{table}: {report:#}"
        );
    }
}

#[test]
fn reader_sees_a_changed_text_and_words_that_no_erasure_removed() {
    let desk = Desk::full();
    let (article, claim) = (desk.hash_of("article"), desk.hash_of("claim"));
    let steps = desk.ok(&["check", &claim])["steps"].to_string();
    assert!(steps.contains("the quoted words stand where it says"));
    tampered(&desk, |connection| {
        let sql = "UPDATE object SET bytes = CAST(bytes || 'x' AS BLOB)
            WHERE digest NOT IN (SELECT record FROM entry)";
        connection.execute_batch(sql).unwrap();
    });
    for hash in [&article, &claim] {
        let check = desk.json(&["--ledger", "copy.ledger", "check", hash], 1);
        assert_eq!(check["intact"], false, "{check:#}");
    }
    tampered(&desk, |connection| {
        let sql = "UPDATE object SET bytes = NULL WHERE digest = (SELECT record FROM entry WHERE idx = 5)";
        connection.execute_batch(sql).unwrap();
    });
    desk.json(&["--ledger", "copy.ledger", "check", &claim], 1);
}

#[test]
fn words_that_nobody_signed_are_not_shown() {
    let desk = Desk::full();
    let (claim, review) = (desk.hash_of("claim"), desk.hash_of("review"));
    tampered(&desk, |ledger| {
        for (from, to) in [("\"verified\"", "\"false\""), ("direct-quote", "assertion")] {
            let sql = "UPDATE object SET bytes = CAST(replace(CAST(bytes AS TEXT), ?1, ?2) AS BLOB)
                WHERE CAST(bytes AS TEXT) LIKE '%\"type\":\"claim\"%' OR CAST(bytes AS TEXT) LIKE '%\"type\":\"review\"%'";
            assert!(ledger.execute(sql, [from, to]).unwrap() > 0);
        }
    });
    let page = "public";
    for command in [
        &["show", &claim][..],
        &["show", &review],
        &["search", "“no”"],
        &["export", "claim-review", &claim],
        &["export", "csv"],
        &["publish", page],
    ] {
        let told = desk.fails(&[command, &["--ledger", "copy.ledger"]].concat(), 3);
        assert!(
            told.contains("other bytes are kept under sha256:"),
            "{command:?}: {told}"
        );
    }
    assert!(!desk.path("public/checkpoint").exists());
    let log = desk.run(&["log", "--ledger", "copy.ledger"]);
    let log = String::from_utf8(log.stdout).unwrap();
    assert!(
        log.contains("(not what was signed: run `ledger verify`)"),
        "{log}"
    );
    assert!(!log.contains("assertion"), "{log}");
    // What a reader asks for is told by name.
    let checked = desk.run(&["check", &claim, "--ledger", "copy.ledger"]);
    assert_eq!(checked.status.code(), Some(1));
}

#[test]
fn pinned_log_key_tells_another_ledger() {
    let desk = Desk::full();
    let own = desk.ok(&["status"])["logKey"].as_str().unwrap().to_owned();
    assert_eq!(desk.ok(&["verify", "--log-key", &own])["ok"], true);
    // The same name, another key: an operator who began anew.
    let vkey = ledger::log::NoteSigner::new(
        "factdesk.example/2026",
        ledger::sign::SecretKey::from_seed(&[9; 32]),
    );
    let vkey = vkey.unwrap().key().to_string();
    let report = desk.json(&["verify", "--log-key", &vkey], 1);
    assert!(
        codes(&report)
            .iter()
            .all(|code| code.starts_with("checkpoint-")),
        "{report:#}"
    );
}

#[test]
fn row_before_the_first_is_found() {
    let desk = Desk::full();
    for sql in [
        "INSERT INTO object VALUES (zeroblob(32), x'00');
         INSERT INTO entry VALUES (-1, x'00', zeroblob(32))",
        "INSERT INTO node VALUES (-1, zeroblob(32))",
        "INSERT INTO checkpoint VALUES (-1, 'a note')",
    ] {
        let report = tampered(&desk, |connection| connection.execute_batch(sql).unwrap());
        assert_eq!(codes(&report), ["storage"], "{sql}: {report:#}");
    }
}

#[test]
fn look_up_that_lies_is_no_review_of_the_claim() {
    let desk = Desk::full();
    let (claim, other): (Vec<u8>, Vec<u8>) = {
        let connection = Connection::open(desk.ledger()).unwrap();
        let at = |index: i64| -> Vec<u8> {
            let sql = "SELECT record FROM entry WHERE idx = ?1";
            connection
                .query_row(sql, [index], |row| row.get(0))
                .unwrap()
        };
        (at(5), at(6))
    };
    let hash = format!("sha256:{}", hex::encode(&other));
    tampered(&desk, |connection| {
        let sql = "INSERT INTO reference SELECT ?2, field, idx FROM reference
                   WHERE target = ?1 AND field = 'subject'";
        assert!(connection.execute(sql, [&claim, &other]).unwrap() > 0);
    });
    let check = desk.json(&["--ledger", "copy.ledger", "check", &hash], 1);
    assert_eq!(check["intact"], false, "{check:#}");
}

#[test]
fn log_key_is_the_founding_records() {
    let desk = Desk::full();
    let signer = ledger::log::NoteSigner::new(
        "factdesk.example/2026",
        ledger::sign::SecretKey::from_seed(&[9; 32]),
    )
    .unwrap();
    let hash = {
        let connection = Connection::open(desk.ledger()).unwrap();
        let sql = "SELECT lower(hex(record)) FROM entry WHERE idx = 5";
        let hash: String = connection.query_row(sql, [], |row| row.get(0)).unwrap();
        format!("sha256:{hash}")
    };
    // Somebody without any of the desk's keys signs the checkpoint and puts down his own key.
    tampered(&desk, |connection| {
        let sql = "SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1";
        let (size, note): (i64, String) = connection
            .query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        let forged = ledger::log::Checkpoint::read_unverified(&note).unwrap();
        let forged = forged.sign(&signer).unwrap().to_string();
        connection
            .execute(
                "UPDATE checkpoint SET note = ?1 WHERE size = ?2",
                (forged, size),
            )
            .unwrap();
        let facts = "UPDATE ledger SET facts = json_set(facts, '$.logKey', ?1)";
        let key = signer.key().to_string();
        assert_eq!(connection.execute(facts, [key]).unwrap(), 1);
    });
    let check = desk.json(&["--ledger", "copy.ledger", "check", &hash], 1);
    assert_eq!(check["intact"], false, "{check:#}");
}

#[test]
fn nothing_is_signed_over_a_checkpoint_that_the_log_did_not_sign() {
    let desk = Desk::full();
    for sql in [
        "UPDATE checkpoint SET note = replace(note, char(10) || char(8212) || ' factdesk.example/2026 ',
            char(10) || char(8212) || ' somebody.example/2026 ')",
        "DELETE FROM checkpoint",
    ] {
        tampered(&desk, |connection| connection.execute_batch(sql).unwrap());
        let arguments = [
            "--ledger",
            "copy.ledger",
            "policy",
            "--approvals",
            "2",
            "--as",
            "ada",
        ];
        let message = desk.fails(&arguments, 3);
        assert!(message.contains("checkpoint"), "{message}");
    }
}

#[test]
fn table_that_is_a_view_is_not_read() {
    let desk = Desk::full();
    let report = tampered(&desk, |connection| {
        connection
            .execute_batch(
                "ALTER TABLE subject RENAME TO kept;
                 CREATE VIEW subject AS SELECT * FROM kept",
            )
            .unwrap();
    });
    assert_eq!(codes(&report), ["storage"], "{report:#}");
    assert_eq!(report["notChecked"].as_array().unwrap().len(), 1);
    let message = desk.fails(&["--ledger", "copy.ledger", "status"], 3);
    assert!(
        message.contains("table subject is missing or changed"),
        "{message}"
    );
}

#[test]
fn checkpoint_of_the_greatest_number_is_found() {
    let report = tampered(&Desk::full(), |connection| {
        let sql = "INSERT INTO checkpoint VALUES (9223372036854775807, 'a note')";
        connection.execute_batch(sql).unwrap();
    });
    let codes = codes(&report);
    assert!(
        codes.contains(&"checkpoint-malformed".to_owned()),
        "{report:#}"
    );
}

#[test]
fn state_without_records_is_no_state() {
    let desk = Desk::full();
    let mut hash = String::new();
    tampered(&desk, |connection| {
        let facts = "UPDATE subject SET facts = json_set(facts, '$.retracted', 2) WHERE idx = 5";
        connection.execute_batch(facts).unwrap();
        let record = "SELECT 'sha256:' || lower(hex(record)) FROM entry WHERE idx = 5";
        hash = connection.query_row(record, [], |row| row.get(0)).unwrap();
    });
    let check = desk.json(&["--ledger", "copy.ledger", "check", &hash], 1);
    assert_eq!(check["intact"], false, "{check:#}");
}

#[test]
fn look_ups_that_go_round_in_a_circle_are_followed_once() {
    // A stranger's ledger overflowed the stack: a review that its look-ups name as said of itself.
    let desk = Desk::full();
    let (claim, review) = (desk.hash_of("claim"), desk.hash_of("review"));
    desk.write("kept", desk.run(&["checkpoint"]).stdout);
    let connection = Connection::open(desk.ledger()).unwrap();
    let index = desk.ok(&["check", &review])["index"].as_u64().unwrap();
    let target = hex::decode(&review["sha256:".len()..]).unwrap();
    let row = (target, index);
    let sql = "INSERT INTO reference (target, field, idx) VALUES (?1, 'subject', ?2)";
    connection.execute(sql, row).unwrap();
    drop(connection);
    desk.ok(&["check", &claim]);
    desk.ok(&["prove", &claim, "-o", "claim.proof.json"]);
    desk.ok(&["retract", &claim, "--why", "A mistake", "--as", "ada"]);
    let only_new = ["verify", "--since", "kept", "--only-new"];
    assert!(desk.run(&only_new).status.code().is_some());
    let told = desk.run(&["check", &review]);
    assert_eq!(told.status.code(), Some(1));
    let told = String::from_utf8(told.stdout).unwrap();
    let expected = format!("they name entry {index}, which says nothing of this record");
    assert!(told.contains(&expected), "{told}");
}
