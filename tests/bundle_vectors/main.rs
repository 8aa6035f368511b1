//! Whole bundles, good and altered, as vectors: `tests/vectors/bundle/`.
//!
//! They are made here, and `ledger check` judges each; `tests/web.rs` has the verifier for browsers judge the same
//! files. One bundle is altered for each check and for each rule. `BLESS=1` writes the files anew.

mod altered;
mod form;
mod good;
mod rules;
#[path = "../support/mod.rs"]
mod support;

use std::fs;

use ledger::bundle::Bundle;
use ledger::canonical::Digest;
use ledger::log::WitnessSigner;
use serde_json::{Value, json};

use support::desk::Desk;
use support::forge::*;
use support::vectors;

/// How `ledger check` must answer.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Expected {
    Verified,
    /// With this step among those that failed, of whatever record.
    Altered(&'static str),
    CannotCheck(&'static str),
    /// As a whole, with this in the message.
    Refused(&'static str),
    /// By a program of this age.
    TooNew,
}

use Expected::{Altered, CannotCheck, Refused, TooNew, Verified};

const RECORD: &str = "the record is the one with this hash";
const SIGNATURE: &str = "the signature is the editor's";
const KEY: &str = "the key was enrolled before, and not revoked";
const INCLUSION: &str = "the entry is in the log";
const RULES: &str = "the rules of the ledger allow it";
const CHECKPOINT: &str = "the checkpoint is signed by the log's key";
const COSIGNATURES: &str = "the cosignatures fit their keys";
const QUORUM: &str = "the witnesses that the policy asks for have cosigned";
const LAST: &str = "the checkpoint's last entry tells its time";

struct Case {
    name: String,
    bundle: Vec<u8>,
    log_key: Option<String>,
    policy: Option<String>,
    expected: Expected,
}

fn case(name: &str, bundle: &Bundle, expected: Expected) -> Case {
    bytes_case(name, bundle.to_bytes().expect(name), expected)
}

fn bytes_case(name: &str, bundle: Vec<u8>, expected: Expected) -> Case {
    Case {
        name: name.to_owned(),
        bundle,
        log_key: Some(log_key()),
        policy: None,
        expected,
    }
}

/// A source of ada's: the least that a bundle can hold.
fn plain() -> (Forge, Digest) {
    let mut forge = Forge::founded();
    let source = forge.source("A source", ADA);
    (forge, source)
}

fn witness(n: u8) -> WitnessSigner {
    WitnessSigner::new(&format!("witness-{n}.example"), key(n)).unwrap()
}

/// The plain bundle, cosigned by these witnesses, which it names.
fn cosigned(witnesses: &[u8]) -> Bundle {
    let (forge, source) = plain();
    let mut bundle = forge.bundle(&source);
    for n in witnesses {
        let line = witness(*n).cosign(&bundle.checkpoint, 1_795_168_800 + u64::from(*n));
        bundle.checkpoint = bundle.checkpoint.with_signatures([line.unwrap()]).unwrap();
        bundle.witnesses.push(witness(*n).key().clone());
    }
    bundle
}

fn policy(quorum: &str, witnesses: &[u8]) -> String {
    let mut text = format!("log {}\n", log_key());
    for n in witnesses {
        text += &format!("witness w{n} {}\n", witness(*n).key());
    }
    let names: Vec<String> = witnesses.iter().map(|n| format!("w{n}")).collect();
    text + &format!("group all {quorum} {}\nquorum all\n", names.join(" "))
}

/// The plain bundle with one text replaced by another.
fn changed(name: &str, from: &str, to: &str, expected: Expected) -> Case {
    let (forge, source) = plain();
    let text = String::from_utf8(forge.bundle(&source).to_bytes().unwrap()).unwrap();
    assert!(text.contains(from), "{name}: {from}");
    bytes_case(name, text.replacen(from, to, 1).into_bytes(), expected)
}

/// A file of vectors: its name, what it holds, and who makes it.
type File = (&'static str, &'static str, fn() -> Vec<Case>);

const FILES: [File; 6] = [
    ("good", "Bundles that are verified.", good::good),
    (
        "open",
        "Bundles that can't be wholly checked, and are not wrong.",
        good::open,
    ),
    (
        "form",
        "Files that are no bundles, or prove nothing.",
        form::form,
    ),
    (
        "head",
        "Something about the checkpoint, its witnesses, or the founding record.",
        altered::head,
    ),
    (
        "entry",
        "Something about one entry or its record, by itself.",
        altered::entry,
    ),
    (
        "rules",
        "Bundles about a record that breaks a rule, which the name begins with.",
        rules::rules,
    ),
];

fn to_json(case: &Case) -> Value {
    let mut json = json!({ "name": case.name });
    match std::str::from_utf8(&case.bundle) {
        Ok(text) => json["bundle"] = json!(text),
        Err(_) => json["hex"] = json!(hex::encode(&case.bundle)),
    }
    if let Some(key) = &case.log_key {
        json["logKey"] = json!(key);
    }
    if let Some(policy) = &case.policy {
        json["policy"] = json!(policy);
    }
    let (outcome, step) = match case.expected {
        Verified => ("verified", None),
        Altered(step) => ("altered", Some(step)),
        CannotCheck(step) => ("cannot-check", Some(step)),
        Refused(_) => ("altered", None),
        TooNew => ("cannot-check", None),
    };
    json["outcome"] = json!(outcome);
    if let Some(step) = step {
        json["step"] = json!(step);
    }
    json
}

#[test]
fn bundle_vectors_are_those_that_are_made_here() {
    for (name, about, make) in FILES {
        let cases: Vec<Value> = make().iter().map(to_json).collect();
        let file = json!({ "about": about, "cases": cases });
        let text = ascii(&serde_json::to_string_pretty(&file).unwrap()) + "\n";
        let path = vectors::folder("bundle").join(format!("{name}.json"));
        if std::env::var_os("BLESS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == text,
            "{} differs: BLESS=1 writes it anew",
            path.display()
        );
    }
    let files: Vec<String> = FILES
        .iter()
        .map(|(name, ..)| format!("{name}.json"))
        .collect();
    assert_eq!(
        vectors::files("bundle").len(),
        files.len(),
        "files that nobody makes"
    );
}

/// Escapes what is not ASCII, so that no editor normalises it.
fn ascii(json: &str) -> String {
    let escaped = json.chars().map(|c| match c.is_ascii() && c != '\u{7f}' {
        true => c.to_string(),
        false => c
            .encode_utf16(&mut [0; 2])
            .iter()
            .map(|unit| format!("\\u{unit:04x}"))
            .collect(),
    });
    escaped.collect()
}

#[test]
fn ledger_check_judges_every_bundle_as_it_says() {
    let desk = Desk::empty();
    let mut wrong = Vec::new();
    for (file, _, make) in FILES {
        for case in make() {
            let judged = judge(&desk, &case);
            if let Err(found) = judged {
                wrong.push(format!(
                    "{file}: {}: {:?}, {found}",
                    case.name, case.expected
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Has `ledger check` judge a bundle, and returns what it says where that is not as expected.
fn judge(desk: &Desk, case: &Case) -> Result<(), String> {
    desk.write("one.proof.json", &case.bundle);
    let mut arguments = vec!["check", "one.proof.json", "--json"];
    if let Some(key) = &case.log_key {
        arguments.extend(["--log-key", key]);
    }
    if let Some(policy) = &case.policy {
        desk.write("policy", policy);
        arguments.extend(["--policy", "policy"]);
    }
    let output = desk.run(&arguments);
    let json: Option<Value> = serde_json::from_slice(&output.stdout).ok();
    let message = String::from_utf8_lossy(&output.stderr);
    let has = |name: &str, outcome: &str| {
        json.as_ref()
            .is_some_and(|json| has_step(json, name, outcome))
    };
    let (code, is_told) = match case.expected {
        Verified => (0, has(RECORD, "passed")),
        Altered(expected) => (1, has(expected, "failed")),
        CannotCheck(expected) => (3, has(expected, "not-checked")),
        Refused(expected) => (1, json.is_none() && message.contains(expected)),
        TooNew => (3, json.is_none() && message.contains("newer version")),
    };
    match output.status.code() == Some(code) && is_told {
        true => Ok(()),
        false => Err(format!("{:?}, {json:#?}, {message}", output.status.code())),
    }
}

/// Tells whether a step of the record, or of anything else in the bundle, ended so.
fn has_step(json: &Value, name: &str, outcome: &str) -> bool {
    let of = |one: &Value| {
        let steps = one["steps"].as_array();
        steps.is_some_and(|steps| {
            (steps.iter()).any(|step| step["outcome"] == outcome && step["step"] == name)
        })
    };
    let members = json.as_object().into_iter().flat_map(|json| json.values());
    of(json) || members.filter_map(Value::as_array).flatten().any(of)
}
