//! Documents of ours under another implementation of `eddsa-jcs-2022`: Digital Bazaar's, in JavaScript.
//!
//! A record with its proof is a document of W3C Data Integrity as it stands, without `@context`. What
//! runs is `tests/interop/verify.mjs`; `npm ci --prefix tests/interop` installs what it needs.

mod support;

use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use ledger::canonical::{Digest, json};
use ledger::sign::{Proof, SecretKey};

use support::desk::Desk;
use support::{schema, tools, vectors};

/// A document, and whether it must verify.
struct Case {
    what: String,
    document: Value,
    expect: &'static str,
}

fn verified(what: impl Into<String>, document: Value) -> Case {
    Case {
        what: what.into(),
        document,
        expect: "verified",
    }
}

fn refused(what: impl Into<String>, document: Value) -> Case {
    Case {
        what: what.into(),
        document,
        expect: "refused",
    }
}

fn sign(record: &Value, key: &SecretKey) -> Value {
    let digest = Digest::of(&json::to_vec(record).unwrap());
    let created = record["created"].as_str().unwrap().parse().unwrap();
    serde_json::to_value(Proof::sign(&digest, key, created)).unwrap()
}

fn with_proof(record: &Value, proof: Value) -> Value {
    let mut document = record.clone();
    document["proof"] = proof;
    document
}

/// Each record of the vectors with `key` as its editor, by the name of its file.
fn records(key: &SecretKey) -> Vec<(String, Value)> {
    let mut records = Vec::new();
    for path in vectors::files("handwritten") {
        let mut record: Value = vectors::file(&path);
        record["editor"] = key.public().did().to_string().into();
        let name = path.file_stem().unwrap().to_string_lossy();
        records.push((name.into_owned(), record));
    }
    records
}

/// Replaces one character of a string by another.
fn with_one_character_changed(text: &str, at: usize) -> String {
    let change = |(i, c)| match (i == at, c) {
        (false, c) => c,
        (true, '2') => '3',
        (true, _) => '2',
    };
    text.chars().enumerate().map(change).collect()
}

/// The places of all the strings in a value, as JSON pointers.
fn strings(value: &Value, at: &str, places: &mut Vec<String>) {
    match value {
        Value::String(_) => places.push(at.to_owned()),
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                strings(item, &format!("{at}/{i}"), places);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                strings(member, &format!("{at}/{key}"), places);
            }
        }
        _ => {}
    }
}

fn tampered(name: &str, document: &Value, other: &SecretKey) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut places = Vec::new();
    // Every string, those of the proof among them: created, proofValue, ...
    strings(document, "", &mut places);
    assert!(places.contains(&"/proof/created".to_owned()));
    assert!(places.contains(&"/proof/proofValue".to_owned()));
    for place in places {
        let mut changed = document.clone();
        let text = changed.pointer_mut(&place).expect("a place found above");
        let written = text.as_str().expect("a string found above");
        let last = written.chars().count() - 1;
        *text = with_one_character_changed(written, last).into();
        cases.push(refused(format!("{name}, {place} changed"), changed));
    }
    let mut added = document.clone();
    added["content"]["extra"] = true.into();
    cases.push(refused(format!("{name}, a field added"), added));
    let mut renumbered = document.clone();
    renumbered["version"] = 2.into();
    cases.push(refused(format!("{name}, version changed"), renumbered));

    let mut record = document.clone();
    let proof = record.as_object_mut().unwrap().remove("proof").unwrap();
    cases.push(refused(format!("{name}, no proof"), record.clone()));
    cases.push(refused(
        format!("{name}, an empty list of proofs"),
        with_proof(&record, json!([])),
    ));
    // This library is content with any one proof that verifies, so verify.mjs counts them.
    cases.push(refused(
        format!("{name}, the proof twice"),
        with_proof(&record, json!([proof, proof])),
    ));
    cases.push(refused(
        format!("{name}, signed by another than its editor"),
        with_proof(&record, sign(&record, other)),
    ));
    let mut purpose = proof;
    purpose["proofPurpose"] = "authentication".into();
    cases.push(refused(
        format!("{name}, another purpose"),
        with_proof(&record, purpose),
    ));
    cases
}

/// What `verify.mjs` answers to one document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    line: usize,
    verified: bool,
    reason: Option<String>,
}

/// Has each document judged by the other implementation, where it is installed.
fn judge(cases: &[Case]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop");
    let Some(mut node) = tools::tool("node") else {
        return;
    };
    if !folder.join("node_modules").is_dir() {
        tools::skip(
            "the check by another implementation",
            "`npm ci --prefix tests/interop` has not been run",
        );
        return;
    }
    let mut lines = String::new();
    for case in cases {
        let line = json!({"document": case.document, "expect": case.expect});
        lines.push_str(&line.to_string());
        lines.push('\n');
    }
    let output = tools::run(
        node.arg("verify.mjs").current_dir(&folder),
        lines.as_bytes(),
    );
    let answers: Vec<Answer> = output
        .stdout
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).expect("an answer of verify.mjs"))
        .collect();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(answers.len(), cases.len(), "{said}");
    for (i, (case, answer)) in cases.iter().zip(answers).enumerate() {
        assert_eq!(answer.line, i + 1);
        let reason = answer.reason.unwrap_or_default();
        assert_eq!(
            answer.verified,
            case.expect == "verified",
            "{}: {reason}",
            case.what
        );
    }
    assert!(output.status.success(), "{said}");
}

#[test]
fn another_implementation_verifies_our_documents_and_refuses_tampered_ones() {
    let key = SecretKey::from_seed(&[1; 32]);
    let other = SecretKey::from_seed(&[2; 32]);
    let mut cases = Vec::new();
    for (name, record) in records(&key) {
        let proof = sign(&record, &key);
        let document = with_proof(&record, proof.clone());
        cases.extend(tampered(&name, &document, &other));
        cases.push(verified(&name, document));
        cases.push(verified(
            format!("{name}, its proof in a list"),
            with_proof(&record, json!([proof])),
        ));
    }
    judge(&cases);
}

#[test]
fn another_implementation_verifies_what_show_signed_prints() {
    let desk = Desk::empty();
    let demo = desk.ok(&["demo", "demo"]);
    let ledger = demo["ledger"].as_str().unwrap();
    let log = desk.run(&["--ledger", ledger, "log", "--from", "0", "--json"]);
    let mut cases = Vec::new();
    for line in String::from_utf8(log.stdout).unwrap().lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        let hash = entry["hash"].as_str().unwrap();
        let shown = desk.run(&["--ledger", ledger, "show", hash, "--signed"]);
        let document: Value = serde_json::from_slice(&shown.stdout).unwrap();
        schema::assert_valid("signed-record", &document);
        cases.push(verified(hash, document));
    }
    assert_eq!(cases.len() as u64, demo["size"].as_u64().unwrap());
    judge(&cases);
}
