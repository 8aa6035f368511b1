//! An operator who goes back to an older copy, or writes another history, is caught: by the guard before anything
//! is signed, and by an auditor who kept a checkpoint.

mod support;

use std::fs;
use std::process::Stdio;

use ledger::log::Checkpoint;
use serde_json::Value;
use support::desk::{Desk, codes};

/// Does something in the desk's folder as an operator who removed the guard.
fn unguarded(desk: &Desk, arguments: &[&str]) {
    let output = desk
        .command()
        .env("LEDGER_STATE", "./forgotten")
        .args(arguments)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {stderr}");
    fs::remove_dir_all(desk.path("forgotten")).unwrap();
}

/// Puts an older copy of the ledger in the place of the present one.
fn restore(desk: &Desk, backup: &str) {
    for side_file in ["desk.ledger-wal", "desk.ledger-shm"] {
        let _ = fs::remove_file(desk.path(side_file));
    }
    fs::copy(desk.path(backup), desk.ledger()).unwrap();
}

fn keep_checkpoint(desk: &Desk, name: &str) {
    let output = desk.run(&["checkpoint"]);
    desk.write(name, output.stdout);
}

fn finding(report: &Value, code: &str) -> Value {
    let mut findings = report["findings"].as_array().unwrap().iter();
    let found = findings.find(|finding| finding["code"] == code);
    found.unwrap_or_else(|| panic!("{report:#}")).clone()
}

#[test]
fn restored_copy_is_not_signed_on() {
    let desk = Desk::founded();
    fs::copy(desk.ledger(), desk.path("backup")).unwrap();
    desk.article("One.\n");
    let sound = desk.head();
    fs::copy(desk.ledger(), desk.path("newest")).unwrap();
    restore(&desk, "backup");
    let policy = ["policy", "--approvals", "2", "--as", "ada"];
    for arguments in [&policy[..], &[&policy[..], &["--dry-run"]].concat()] {
        let message = desk.fails(arguments, 3);
        assert!(
            message.contains("the ledger has 3 entries, but the log has signed 4"),
            "{message}"
        );
        assert!(message.contains("ledger help rollback"), "{message}");
    }
    assert_eq!(desk.head().0, 3, "nothing was appended");
    restore(&desk, "newest");
    assert_eq!(desk.head(), sound);
    desk.ok(&policy);
}

#[test]
fn rewritten_history_is_not_signed_on() {
    let desk = Desk::founded();
    fs::copy(desk.ledger(), desk.path("backup")).unwrap();
    desk.article("One.\n");
    restore(&desk, "backup");
    unguarded(&desk, &["policy", "--approvals", "2", "--as", "ada"]);
    unguarded(&desk, &["policy", "--approvals", "3", "--as", "ada"]);
    assert_eq!(desk.findings(), [""; 0], "by itself it is sound");
    let message = desk.fails(&["policy", "--approvals", "4", "--as", "ada"], 3);
    assert!(
        message.contains("first 4 entries are not those that the log has signed"),
        "{message}"
    );
}

#[test]
fn dry_run_and_refusal_leave_the_guard_as_it_was() {
    let desk = Desk::founded();
    let kept = || {
        let mut files: Vec<_> = fs::read_dir(desk.path("state"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|e| e == "checkpoint"))
            .collect();
        fs::read_to_string(files.pop().unwrap()).unwrap()
    };
    let before = kept();
    desk.ok(&["policy", "--approvals", "2", "--as", "ada", "--dry-run"]);
    desk.fails(&["policy", "--approvals", "2", "--as", "ben"], 1);
    assert_eq!(kept(), before);
    desk.ok(&["policy", "--approvals", "2", "--as", "ada"]);
    assert_eq!(Checkpoint::read_unverified(&kept()).unwrap().size(), 4);
}

#[test]
fn guard_that_can_not_be_read_lets_nothing_be_signed() {
    let desk = Desk::founded();
    for entry in fs::read_dir(desk.path("state")).unwrap() {
        fs::write(entry.unwrap().path(), "not a checkpoint").unwrap();
    }
    let message = desk.fails(&["policy", "--approvals", "2", "--as", "ada"], 3);
    assert!(message.contains("no checkpoint of this log"), "{message}");
}

#[test]
fn log_that_only_grew_continues_every_checkpoint_that_was_kept() {
    let desk = Desk::founded();
    let mut arguments = vec!["verify".to_owned()];
    for round in 0..5 {
        let name = format!("{round}.checkpoint");
        keep_checkpoint(&desk, &name);
        desk.article(&format!("Number {round}.\n"));
        arguments.extend(["--since".to_owned(), name]);
    }
    fs::copy(desk.ledger(), desk.path("copy")).unwrap();
    arguments.extend(["--since".to_owned(), "copy".to_owned()]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    assert_eq!(desk.ok(&arguments)["ok"], true);
}

#[test]
fn rollback_is_a_finding_with_both_notes_as_evidence() {
    let desk = Desk::founded();
    fs::copy(desk.ledger(), desk.path("backup")).unwrap();
    desk.article("One.\n");
    desk.article("Two.\n");
    keep_checkpoint(&desk, "kept.checkpoint");
    restore(&desk, "backup");
    assert_eq!(desk.findings(), [""; 0], "by itself it is sound");
    let arguments = [
        "verify",
        "--since",
        "kept.checkpoint",
        "--evidence",
        "evidence",
    ];
    let report = desk.json(&arguments, 1);
    assert_eq!(codes(&report), ["rollback"]);
    let finding = finding(&report, "rollback");
    assert_eq!(finding["expected"], "5 entries or more");
    let note = |name: &str| fs::read_to_string(desk.path("evidence").join(name)).unwrap();
    let size = |name: &str| Checkpoint::read_unverified(&note(name)).unwrap().size();
    assert_eq!(size("5-held.checkpoint"), 5);
    assert_eq!(size("5-found.checkpoint"), 3);
    let kept: Value = serde_json::from_str(&note("report.json")).unwrap();
    assert_eq!(kept, report);
}

/// Five hundred entries, of which the operator writes anew those from the sixth on.
#[test]
fn operator_who_rewrites_entry_5_of_500_is_caught() {
    let desk = Desk::founded();
    let article = desk.article("A page with a claim.\n");
    let dossier = |words: &str| {
        let claims: Vec<Value> = (0..496)
            .map(|i| {
                serde_json::json!({
                    "id": format!("c{i}"), "text": "a claim", "checkability": "checkable", "said": "unknown",
                    "appearances": [{"article": article, "exact": "a claim"}],
                    "speaker": {"name": format!("{words} {i}")}, "kind": "direct-quote",
                })
            })
            .collect();
        serde_json::json!({ "claims": claims }).to_string()
    };
    desk.ok(&["policy", "--approvals", "2", "--as", "ada"]);
    fs::copy(desk.ledger(), desk.path("backup")).unwrap();
    keep_checkpoint(&desk, "5.checkpoint");
    desk.write("true.json", dossier("Speaker"));
    desk.ok(&["record", "true.json", "--as", "ada"]);
    keep_checkpoint(&desk, "501.checkpoint");
    fs::copy(desk.ledger(), desk.path("mine")).unwrap();

    restore(&desk, "backup");
    desk.write("forged.json", dossier("Somebody"));
    unguarded(&desk, &["record", "forged.json", "--as", "ada"]);
    assert_eq!(desk.findings(), [""; 0], "by itself it is sound");

    let since = |kept: &[&str]| {
        let flags = kept.iter().flat_map(|kept| ["--since", *kept]);
        let arguments: Vec<&str> = ["verify"].into_iter().chain(flags).collect();
        desk.json(&arguments, 1)
    };
    let report = since(&["501.checkpoint"]);
    assert_eq!(codes(&report), ["fork"]);
    let found = finding(&report, "fork");
    assert_eq!(found["index"], 500);
    assert!(
        found["found"]
            .as_str()
            .unwrap()
            .ends_with("they part after size 0 and by size 501")
    );
    // Who kept more can say more.
    let report = since(&["501.checkpoint", "5.checkpoint"]);
    let found = finding(&report, "fork");
    assert!(
        found["found"]
            .as_str()
            .unwrap()
            .ends_with("they part after size 5 and by size 501")
    );
    let report = since(&["mine"]);
    let found = finding(&report, "fork");
    assert!(
        found["found"]
            .as_str()
            .unwrap()
            .ends_with("they part at size 6")
    );
    // And the guard lets nothing more be signed.
    desk.fails(&["policy", "--approvals", "1", "--as", "ada"], 3);
}

#[test]
fn checkpoint_of_another_log_is_told() {
    let desk = Desk::founded();
    let other = Desk::empty();
    other.ok(&["key", "new", "ada", "--unencrypted"]);
    let init = [
        "init",
        "desk.ledger",
        "--origin",
        "other.example/log",
        "--as",
        "ada",
    ];
    other.ok(&init);
    let note = other.run(&["checkpoint"]).stdout;
    desk.write("other.checkpoint", &note);
    let report = desk.json(&["verify", "--since", "other.checkpoint"], 1);
    assert!(
        codes(&report).contains(&"since-signature".to_owned()),
        "{report:#}"
    );
    desk.write("nothing.checkpoint", "nothing\n");
    let message = desk.fails(&["verify", "--since", "nothing.checkpoint"], 2);
    assert!(
        message.contains("expected a checkpoint or a ledger"),
        "{message}"
    );

    // The new ledger of a log that ended names the last checkpoint of the old one.
    desk.ok(&[
        "init",
        "next.ledger",
        "--origin",
        "factdesk.example/2027",
        "--continues",
        "other.checkpoint",
        "--as",
        "ada",
    ]);
    let shown = desk
        .run(&["log", "--ledger", "next.ledger", "--json"])
        .stdout;
    let first: Value =
        serde_json::from_slice(shown.split(|b| *b == b'\n').next().unwrap()).unwrap();
    let founding = desk.ok(&[
        "show",
        first["hash"].as_str().unwrap(),
        "--ledger",
        "next.ledger",
    ]);
    let continued = founding["record"]["content"]["continues"].as_str().unwrap();
    assert_eq!(format!("{continued}\n").into_bytes(), note);
    desk.fails(
        &[
            "init",
            "same.ledger",
            "--origin",
            "other.example/log",
            "--continues",
            "other.checkpoint",
            "--as",
            "ada",
        ],
        2,
    );
}

#[test]
fn two_copies_are_not_signed_side_by_side() {
    let desk = Desk::founded();
    for copy in ["a.ledger", "b.ledger"] {
        fs::copy(desk.ledger(), desk.path(copy)).unwrap();
    }
    let children = ["a.ledger", "b.ledger"].map(|copy| {
        let words = ["--ledger", copy, "policy", "--as", "ada", "--approvals"];
        let approvals = if copy == "a.ledger" { "2" } else { "3" };
        let mut command = desk.command();
        command.args(words).arg(approvals);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    });
    let mut codes = children.map(|mut child| child.wait().unwrap().code());
    codes.sort_unstable();
    assert_eq!(codes, [Some(0), Some(3)]);
}

#[test]
fn note_that_the_log_did_not_sign_accuses_nobody() {
    let desk = Desk::founded();
    let note = String::from_utf8(desk.run(&["checkpoint"]).stdout).unwrap();
    desk.write("forged.checkpoint", note.replacen("\n3\n", "\n12\n", 1));
    let arguments = [
        "verify",
        "--since",
        "forged.checkpoint",
        "--evidence",
        "evidence",
    ];
    let report = desk.json(&arguments, 1);
    assert_eq!(codes(&report), ["since-signature"]);
    assert!(!desk.path("evidence").exists());
}

#[test]
fn evidence_that_was_kept_is_never_replaced() {
    let desk = Desk::founded();
    fs::copy(desk.ledger(), desk.path("backup")).unwrap();
    desk.article("One.\n");
    keep_checkpoint(&desk, "kept.checkpoint");
    restore(&desk, "backup");
    let arguments = [
        "verify",
        "--since",
        "kept.checkpoint",
        "--evidence",
        "evidence",
    ];
    desk.json(&arguments, 1);
    fs::write(desk.path("evidence/4-found.checkpoint"), "of another day").unwrap();
    desk.json(&arguments, 1);
    let kept = |name: &str| fs::read_to_string(desk.path("evidence").join(name)).unwrap();
    assert_eq!(kept("4-found.checkpoint"), "of another day");
    let found = Checkpoint::read_unverified(&kept("4-found-2.checkpoint")).unwrap();
    assert_eq!(found.size(), 3);
    assert!(
        !desk.path("evidence/4-held-2.checkpoint").exists(),
        "the same is kept once"
    );
}
