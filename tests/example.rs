//! The example ledger: what an earlier version wrote, this one reads.

mod support;

use std::path::{Path, PathBuf};

use serde_json::Value;
use support::desk::{Desk, verify};

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("ledger")
        .join(name)
}

fn read(name: &str) -> String {
    std::fs::read_to_string(example(name))
        .unwrap()
        .trim()
        .to_owned()
}

#[test]
fn example_ledger_is_verified_under_its_published_log_key() {
    let report = verify(&example("backrooms.ledger"));
    assert_eq!(report["ok"], true, "{report:#}");
    let desk = Desk::empty();
    let ledger = example("backrooms.ledger");
    let log_key = read("keys/log.vkey");
    desk.ok(&["verify", ledger.to_str().unwrap(), "--log-key", &log_key]);
    let status = desk.ok(&["--ledger", ledger.to_str().unwrap(), "status"]);
    let editors = status["editors"].as_array().unwrap();
    for name in ["ada", "ben"] {
        let did = read(&format!("keys/{name}.pub"));
        assert!(
            editors.iter().any(|editor| editor["key"] == did.as_str()),
            "{did}"
        );
    }
}

/// A record without what differs each time it is made.
fn content(record: &Value) -> Value {
    // Digests stand for other records, whose salts and keys differ.
    let text = record["content"].to_string();
    let mut out = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("sha256:") {
        out.push_str(&rest[..at]);
        out.push_str("sha256");
        rest = &rest[at + "sha256:".len() + 64..];
    }
    out.push_str(rest);
    serde_json::from_str(&out).unwrap()
}

#[test]
fn example_ledger_holds_what_the_dossier_says() {
    let desk = Desk::empty();
    let demo = desk.ok(&["demo", "demo"]);
    let contents = |ledger: &str| -> Vec<Value> {
        let log = desk.run(&["--ledger", ledger, "log", "--from", "0", "--json"]);
        let lines = String::from_utf8(log.stdout).unwrap();
        lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .filter(|entry| !matches!(entry["kind"].as_str(), Some("ledger" | "key")))
            .map(|entry| {
                let hash = entry["hash"].as_str().unwrap().to_owned();
                content(&desk.ok(&["--ledger", ledger, "show", &hash])["record"])
            })
            .collect()
    };
    let made_now = contents(demo["ledger"].as_str().unwrap());
    let kept = contents(example("backrooms.ledger").to_str().unwrap());
    assert_eq!(made_now, kept);
}
