//! Cosignatures in a ledger: checked, counted for a quorum, and their times held against the entries'.

mod support;

use std::path::Path;

use ledger::log::policy::add_witness;
use ledger::log::{Policy, SignedNote, VerifierKey, WitnessSigner};
use ledger::sign::SecretKey;
use ledger::store::{Read, SqliteStore, Store, StoredCosignature};
use ledger::writer::{self, CosignError};
use serde_json::Value;
use support::desk::{Desk, codes, secret};

/// [`NOW`](support::desk::NOW), at which everything in a desk happens, in seconds after 1970.
const NOW: u64 = 1_795_168_800;

fn witness(seed: u8) -> WitnessSigner {
    let name = format!("witness-{seed}.example");
    WitnessSigner::new(&name, SecretKey::from_seed(&[seed; 32])).unwrap()
}

/// Has the last checkpoint cosigned at `time`, and `change` what is kept of that.
fn cosign(
    ledger: &Path,
    witness: &WitnessSigner,
    time: u64,
    change: impl FnOnce(&mut StoredCosignature),
) {
    let mut store = SqliteStore::open(ledger).unwrap();
    let (size, note) = store.last_checkpoint().unwrap().unwrap();
    let note: SignedNote = note.parse().unwrap();
    let mut cosignature = StoredCosignature {
        size,
        witness: witness.key().to_string(),
        line: witness.cosign(&note, time).unwrap().to_string(),
    };
    change(&mut cosignature);
    let mut transaction = store.begin().unwrap();
    transaction.put_cosignature(&cosignature).unwrap();
    transaction.commit().unwrap();
}

fn policy(desk: &Desk, witnesses: &[&WitnessSigner]) {
    let log: VerifierKey = desk.log_key().parse().unwrap();
    let mut text = Policy::new_text(&log, None).unwrap();
    for (i, witness) in witnesses.iter().enumerate() {
        text = add_witness(&text, &format!("w{i}"), witness.key(), None).unwrap();
    }
    let text = text.replace("group witnesses any", "group witnesses all");
    desk.write("policy", text);
}

fn notices(report: &Value) -> String {
    report["notices"].to_string()
}

#[test]
fn cosignatures_are_counted_and_the_last_of_each_witness_is_told() {
    let desk = Desk::founded();
    let (one, two) = (witness(1), witness(2));
    cosign(&desk.ledger(), &one, NOW + 1, |_| {});
    desk.article("One.\n");
    cosign(&desk.ledger(), &one, NOW + 2, |_| {});
    cosign(&desk.ledger(), &one, NOW + 60, |_| {});
    cosign(&desk.ledger(), &two, NOW + 3, |_| {});
    let report = desk.verify();
    assert_eq!(report["ok"], true, "{report:#}");
    assert_eq!(report["counts"]["cosignatures"], 4);
    let witnessed = report["witnessed"].as_array().unwrap();
    let told = |i: usize, key: &WitnessSigner, time: &str| {
        let expected = serde_json::json!({
            "witness": key.key().to_string(), "size": 4, "time": time,
        });
        assert_eq!(witnessed[i], expected);
    };
    told(0, &one, "2026-11-20T10:01:00Z");
    told(1, &two, "2026-11-20T10:00:03Z");
}

#[test]
fn cosignature_that_is_not_the_witness_s_is_found() {
    let (one, two) = (witness(1), witness(2));
    let other_key = two.key().to_string();
    type Change<'a> = Box<dyn FnOnce(&mut StoredCosignature) + 'a>;
    let changes: [Change<'_>; 4] = [
        Box::new(|kept| kept.witness = other_key.clone()),
        Box::new(|kept| kept.witness = "nobody".to_owned()),
        Box::new(|kept| kept.line = "nothing".to_owned()),
        // Of another checkpoint.
        Box::new(|kept| kept.size -= 1),
    ];
    for change in changes {
        let desk = Desk::founded();
        cosign(&desk.ledger(), &one, NOW, change);
        assert_eq!(desk.findings(), ["cosignature"]);
    }
}

#[test]
fn quorum_is_that_of_the_auditors_policy() {
    let desk = Desk::founded();
    let (one, two) = (witness(1), witness(2));
    policy(&desk, &[&one, &two]);
    let verify = ["verify", "--policy", "policy"];
    assert_eq!(codes(&desk.json(&verify, 1)), ["quorum"]);
    cosign(&desk.ledger(), &one, NOW, |_| {});
    assert_eq!(codes(&desk.json(&verify, 1)), ["quorum"]);
    cosign(&desk.ledger(), &two, NOW, |_| {});
    assert_eq!(desk.ok(&verify)["ok"], true);

    let article = desk.article("One.\n");
    let report = desk.ok(&verify);
    assert!(
        notices(&report).contains("only the first 3 entries"),
        "{report:#}"
    );
    // A bundle speaks of the last checkpoint alone.
    desk.ok(&["prove", &article, "-o", "a.proof.json"]);
    let check = ["check", "a.proof.json", "--policy", "policy"];
    assert_eq!(desk.json(&check, 1)["intact"], false);
    cosign(&desk.ledger(), &one, NOW, |_| {});
    desk.ok(&["prove", &article, "-o", "a.proof.json", "--force"]);
    let steps = desk.json(&check, 1)["steps"].to_string();
    assert!(steps.contains("signed by w0, missing w1"), "{steps}");
    cosign(&desk.ledger(), &two, NOW + 1, |_| {});
    desk.ok(&["prove", &article, "-o", "a.proof.json", "--force"]);
    let checked = desk.ok(&check);
    assert_eq!(checked["intact"], true);
    assert_eq!(checked["cosigned"].as_array().unwrap().len(), 2);

    // No byte of a cosigned checkpoint can be changed either.
    let bytes = std::fs::read(desk.path("a.proof.json")).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    let from = text.find("— witness-1").unwrap();
    let to = text.find("\",\"entries\"").unwrap();
    let witnesses = text.find("\"witnesses\"").unwrap();
    for at in (from..to).chain(witnesses..text.len() - 1) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        desk.write("changed.proof.json", changed);
        let output = desk.run(&["check", "changed.proof.json", "--policy", "policy"]);
        assert_eq!(output.status.code(), Some(1), "byte {at}");
    }
}

#[test]
fn log_s_own_key_is_no_witness() {
    let desk = Desk::founded();
    let mut keys = std::fs::read_dir(desk.path("keys/log")).unwrap();
    let pem = std::fs::read_to_string(keys.next().unwrap().unwrap().path()).unwrap();
    let own = WitnessSigner::new("w.example", secret(&pem)).unwrap();
    desk.write("policy", format!("witness w {}\nquorum w\n", own.key()));
    let verify = ["verify", "--policy", "policy"];
    // The writer does not keep it, and the audit does not count it.
    let mut store = SqliteStore::open(&desk.ledger()).unwrap();
    let (size, note) = store.last_checkpoint().unwrap().unwrap();
    let line = own.cosign(&note.parse().unwrap(), NOW).unwrap();
    let refused = writer::cosign(&mut store, size, &[(own.key().clone(), line)]);
    assert!(
        matches!(refused, Err(CosignError::LogKey { .. })),
        "{refused:?}"
    );
    drop(store);
    assert_eq!(codes(&desk.json(&verify, 1)), ["quorum"]);
    cosign(&desk.ledger(), &own, NOW, |_| {});
    assert_eq!(desk.findings(), ["cosignature"]);
    assert_eq!(codes(&desk.json(&verify, 1)), ["cosignature", "quorum"]);
    let told = desk.ok(&["checkpoint"]);
    assert_eq!(told["cosigned"].as_array().unwrap().len(), 0, "{told}");
}

#[test]
fn entry_that_was_witnessed_before_its_time_is_found() {
    let desk = Desk::founded();
    cosign(&desk.ledger(), &witness(1), NOW - 299, |_| {});
    assert_eq!(desk.findings(), [""; 0], "five minutes are nothing");
    cosign(&desk.ledger(), &witness(1), NOW - 301, |_| {});
    assert_eq!(desk.findings(), ["witnessed-before"; 3]);
    // Of witnesses that the auditor does not trust the times count for nothing.
    policy(&desk, &[&witness(2)]);
    cosign(&desk.ledger(), &witness(2), NOW, |_| {});
    assert_eq!(desk.ok(&["verify", "--policy", "policy"])["ok"], true);
}

#[test]
fn entry_that_claims_to_be_older_than_a_tree_without_it_is_told() {
    let desk = Desk::founded();
    cosign(&desk.ledger(), &witness(1), NOW + 3_600, |_| {});
    desk.article("Recorded before, it says.\n");
    desk.article("And so this.\n");
    let report = desk.verify();
    assert_eq!(report["ok"], true, "{report:#}");
    let told = notices(&report);
    assert!(told.contains("backdated? Up to entry 4"), "{told}");
    assert!(
        told.contains("at 2026-11-20T11:00:00Z a tree of 3 entries"),
        "{told}"
    );
    assert_eq!(
        report["notices"].as_array().unwrap().len(),
        1,
        "one line for the run"
    );
}
