//! What a newer program wrote: "cannot check", never "fine", and never "wrong".

mod support;

use ledger::bundle::{self, Item};
use ledger::canonical::{Digest, json};
use ledger::log::{Checkpoint, Entry, Frontier, NoteSigner, inclusion_proof, leaf_hash};
use ledger::sign::{Proof, SecretKey, key_file};
use ledger::store::{Read, SqliteStore, Store};
use serde_json::{Value, json};
use support::desk::{Desk, NOW};

fn key(desk: &Desk, name: &str) -> SecretKey {
    let pem = std::fs::read_to_string(desk.path(name)).unwrap();
    key_file::from_pem(&pem, None).unwrap()
}

#[test]
fn export_tells_what_it_could_not_read() {
    let desk = Desk::founded();
    append_newer(&desk, "testimony", 1);
    let output = desk.run(&["export", "csv"]);
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("dropped: records of"), "{said}");
    assert!(
        said.contains("1 that are missing, damaged or of a newer format"),
        "{said}"
    );
}

/// Appends a record that this program does not know, as a newer one would.
fn append_newer(desk: &Desk, kind: &str, version: u64) {
    let ada = key(desk, "keys/ada.pem");
    let log_key = std::fs::read_dir(desk.path("keys/log"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let log_key = key(
        desk,
        &format!("keys/log/{}", log_key.file_name().to_str().unwrap()),
    );
    let origin = "factdesk.example/2026";
    let record = json::to_vec(&json!({
        "type": kind,
        "version": version,
        "ledger": origin,
        "editor": ada.public().did(),
        "created": NOW,
        "salt": "00112233445566778899aabbccddeeff",
        "content": { "statement": "of a later year" },
    }))
    .unwrap();
    let digest = Digest::of(&record);

    let mut store = SqliteStore::open(&desk.ledger()).unwrap();
    let size = store.size().unwrap();
    let last = store.entries(size - 1, 1).unwrap().remove(0);
    let entry = Entry {
        index: size,
        kind: kind.to_owned(),
        prev: leaf_hash(&last.bytes),
        proof: Proof::sign(&digest, &ada, NOW.parse().unwrap()),
        record: digest,
        recorded: NOW.parse().unwrap(),
    };
    let bytes = entry.to_bytes().unwrap();
    let read: &dyn Read = &store;
    let mut frontier = Frontier::read(size, &read).unwrap();
    let nodes = frontier.push(leaf_hash(&bytes)).unwrap();
    let checkpoint = Checkpoint::new(origin, size + 1, frontier.root()).unwrap();
    let note = checkpoint
        .sign(&NoteSigner::new(origin, log_key).unwrap())
        .unwrap();
    let mut transaction = store.begin().unwrap();
    transaction.put_object(&digest, &record).unwrap();
    transaction.append(size, &bytes, &digest, &nodes).unwrap();
    transaction
        .put_checkpoint(size + 1, &note.to_string())
        .unwrap();
    transaction.commit().unwrap();
}

#[test]
fn unknown_kind_or_version_is_not_checked_and_not_wrong() {
    for (kind, version) in [("audit-statement", 1), ("policy", 2)] {
        let desk = Desk::founded();
        desk.article("Some words.\n");
        append_newer(&desk, kind, version);
        let report = desk.verify();
        assert_eq!(report["findings"], json!([]), "{report:#}");
        assert_eq!(report["ok"], false);
        let not_checked = report["notChecked"].as_array().unwrap();
        assert!(
            not_checked[0]["message"]
                .as_str()
                .unwrap()
                .starts_with("unknown"),
            "{report:#}"
        );
        assert_eq!(not_checked[0]["index"], 4);
    }
}

#[test]
fn nothing_is_written_on_top_of_what_is_not_understood() {
    let desk = Desk::founded();
    append_newer(&desk, "audit-statement", 1);
    let before = std::fs::read(desk.ledger()).unwrap();
    desk.fails(&["policy", "--approvals", "2", "--as", "ada"], 3);
    let message = desk.fails(&["reindex"], 3);
    assert!(message.contains("of a newer format"), "{message}");
    assert_eq!(desk.verify()["findings"], json!([]));
    assert_eq!(std::fs::read(desk.ledger()).unwrap(), before);
}

#[test]
fn what_is_known_can_still_be_checked() {
    let desk = Desk::founded();
    let article = desk.article("Some words.\n");
    append_newer(&desk, "audit-statement", 1);
    let check: Value = desk.ok(&["check", &article]);
    assert_eq!(check["intact"], true);
    assert_eq!(check["size"], 5);
}

#[test]
fn bundle_with_a_newer_entry_is_not_wholly_checked() {
    let desk = Desk::founded();
    let article = desk.article("Some words.\n");
    append_newer(&desk, "audit-statement", 1);
    let store = SqliteStore::open(&desk.ledger()).unwrap();
    let read: &dyn Read = &store;
    let index = read.index_of(&article.parse().unwrap()).unwrap().unwrap();
    let mut bundle = bundle::gather(read, index).unwrap();
    let size = read.size().unwrap();
    // A newer program knows that its statement concerns the article, and puts it into the bundle.
    bundle.items.push(Item {
        stored: read.entries(size - 1, 1).unwrap().remove(0),
        path: inclusion_proof(size - 1, size, &read).unwrap(),
    });
    desk.write("newer.proof.json", bundle.to_bytes().unwrap());
    let key = desk.ok(&["status"])["logKey"].as_str().unwrap().to_owned();
    let check = desk.json(&["check", "newer.proof.json", "--log-key", &key], 3);
    assert_eq!(check["intact"], false);
    assert!(
        check["steps"]
            .to_string()
            .contains("entry 4 is of a newer format")
    );
}
