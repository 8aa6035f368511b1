//! Bad input is refused with what was expected and found, and nothing changes.

mod support;

use std::collections::HashMap;

use ledger::canonical::Digest;
use ledger::log::VerifierKey;
use ledger::record::{Content, Kind, Record, Salt};
use ledger::store::SqliteStore;
use ledger::writer::{Mode, Submission, Unguarded, append};
use serde_json::json;
use support::desk::Desk;
use support::forge::now;

/// Runs a command that must be refused, and sees that the ledger is as it was.
fn refused(desk: &Desk, arguments: &[&str], code: i32, says: &[&str]) {
    let before = desk.head();
    let message = desk.fails(arguments, code);
    for part in says {
        assert!(message.contains(part), "expected {part:?} in: {message}");
    }
    assert_eq!(desk.head(), before, "{arguments:?} changed the ledger");
}

fn dossier(desk: &Desk, json: &str, says: &[&str]) {
    desk.write("page.txt", "The film is out. The film is good.\n");
    desk.write("dossier.json", json);
    refused(desk, &["record", "dossier.json", "--as", "ada"], 1, says);
}

const ARTICLE: &str =
    r#""articles":[{"id":"page","file":"page.txt","headline":"A page","published":"unknown"}]"#;

#[test]
fn dossier_outside_the_restricted_json_is_refused_with_its_place() {
    let desk = Desk::founded();
    for (json, says) in [
        (
            r#"{"articles":[],"articles":[]}"#,
            "key \"articles\" stands twice",
        ),
        (
            r#"{"claims":[{"n":1.5}]}"#,
            "expected an integer, found 1.5",
        ),
        (r#"{"claims":[{"n":null}]}"#, "found null"),
        ("{\"claims\":[\"e\u{301}\"]}", "Unicode NFC"),
        (r#"{"claims":["\ud800"]}"#, "surrogate"),
        (r#"{"claims":[-0]}"#, "found -0"),
        (
            r#"{"claims":[9007199254740992]}"#,
            "expected an integer within",
        ),
        (r#"{"claim":[]}"#, "unknown list; known are articles"),
        ("{", "expected a key in quotation marks, found the end"),
        ("", "expected a JSON value"),
    ] {
        dossier(&desk, json, &[says]);
    }
}

#[test]
fn dossier_items_are_refused_by_their_id() {
    let desk = Desk::founded();
    let claim = |rest: &str| {
        format!(
            r#"{{{ARTICLE},"claims":[{{"id":"c","kind":"assertion","checkability":"checkable","speaker":{{"name":"S"}},"said":"unknown",{rest}}}]}}"#
        )
    };
    let appears = |exact: &str| {
        claim(&format!(
            r#""appearances":[{{"article":"page","exact":"{exact}"}}]"#
        ))
    };
    dossier(
        &desk,
        &appears("The film"),
        &["claim \"c\"", "2 times", "occurrence 1", "occurrence 2"],
    );
    dossier(
        &desk,
        &appears("The film is bad."),
        &["claim \"c\"", "do not stand", "nearest passage"],
    );
    dossier(&desk, &appears(""), &["claim \"c\"", "words to look for"]);
    dossier(
        &desk,
        &claim(r#""appearances":[{"article":"other","exact":"The film"}]"#),
        &[
            "claim \"c\"",
            "neither the id of an item before nor a digest",
        ],
    );
    dossier(
        &desk,
        &claim(r#""appearances":[{"article":"page","exact":"out"}],"unheard":1"#),
        &["claim \"c\"", "unknown field `unheard`"],
    );
    dossier(
        &desk,
        &format!(
            r#"{{{ARTICLE},"reviews":[{{"id":"r","subject":"page","explanation":"No axis."}}]}}"#
        ),
        &[
            "review \"r\"",
            "at least one of verdict, attribution and quote",
        ],
    );
    dossier(
        &desk,
        r#"{"articles":[{"id":"up","file":"../secret.txt","headline":"H","published":"unknown"}]}"#,
        &["article \"up\"", "below the dossier's folder"],
    );
    #[cfg(unix)]
    {
        // Of a dossier that came in a folder of its own: a link in it leads to a secret key.
        std::fs::create_dir(desk.path("sent")).unwrap();
        let item = r#"{"articles":[{"id":"up","file":"report.txt","headline":"H","published":"unknown"}]}"#;
        desk.write("sent/dossier.json", item);
        desk.write("secret.pem", "-----BEGIN PRIVATE KEY-----");
        std::os::unix::fs::symlink("../secret.pem", desk.path("sent/report.txt")).unwrap();
        let output = desk.run(&["record", "sent/dossier.json", "--as", "ada"]);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(
            told.contains("below the dossier's folder, found a link"),
            "{told}"
        );
    }
    dossier(
        &desk,
        r#"{"articles":[{"id":"page","file":"page.txt","headline":"H"}]}"#,
        &["article \"page\"", "missing field `published`"],
    );
}

#[test]
fn passage_of_a_source_must_stand_in_its_text() {
    let desk = Desk::founded();
    desk.write("note.txt", "The desk asked twice. Nobody answered.\n");
    let review = |exact: &str| {
        format!(
            r#"{{{ARTICLE},"sources":[{{"id":"note","file":"note.txt","title":"A note","published":"unknown","level":"primary"}}],"reviews":[{{"id":"r","subject":"page","verdict":"unproven","explanation":"x","evidence":[{{"source":"note","stance":"context","exact":"{exact}"}}]}}]}}"#
        )
    };
    dossier(
        &desk,
        &review("Nobody replied"),
        &["review \"r\"", "evidence[0]", "do not stand"],
    );
    desk.write("dossier.json", review("Nobody  answered."));
    desk.ok(&["record", "dossier.json", "--as", "ada"]);
    let report = desk.verify();
    assert_eq!(report["counts"]["anchors"], 1, "{report:#}");
}

#[test]
fn secret_is_not_read_beyond_what_one_can_have() {
    let desk = Desk::founded();
    desk.write("keys/huge.pem", "x".repeat(20_000));
    let told = desk.fails(&["key", "list"], 1);
    assert!(
        told.contains("huge.pem: expected a key or a passphrase of at most 16384 bytes"),
        "{told}"
    );
}

#[test]
fn nothing_of_a_dossier_is_recorded_when_its_last_item_is_refused() {
    let desk = Desk::founded();
    let relation = r#""relations":[{"id":"rel","from":"c","to":"c","relation":"same-as"}]"#;
    let json = format!(
        r#"{{{ARTICLE},"claims":[{{"id":"c","kind":"assertion","checkability":"checkable","speaker":{{"name":"S"}},"said":"unknown","appearances":[{{"article":"page","exact":"good"}}]}}],{relation}}}"#
    );
    dossier(&desk, &json, &["relation-to-itself", "\"rel\""]);
}

#[test]
fn quote_must_stand_in_the_article_once() {
    let desk = Desk::founded();
    let article = desk.article("She said “no” and then “no” again, and left.\n");
    let add = |quote: &'static str| -> Vec<String> {
        [
            "add",
            "claim",
            "--article",
            &article,
            "--quote",
            quote,
            "--speaker",
            "She",
            "--kind",
            "direct-quote",
            "--as",
            "ada",
        ]
        .map(str::to_owned)
        .into()
    };
    let borrowed = |list: &[String]| -> Vec<String> { list.to_vec() };
    for (quote, says) in [
        (
            "“no”",
            vec!["2 times", "occurrence 1", "occurrence 2", "--occurrence"],
        ),
        (
            "She said \"no\" and then \"no\" again",
            vec!["do not stand", "nearest passage", "She said “no”"],
        ),
        ("never uttered", vec!["do not stand"]),
    ] {
        let arguments = borrowed(&add(quote));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        refused(&desk, &arguments, 1, &says);
    }
    // Given as it was typed elsewhere, the same words are found through text/1.
    desk.claim(&article, "and\tleft. ");
}

#[test]
fn signer_must_be_enrolled_in_use_and_in_a_fitting_role() {
    let desk = Desk::founded();
    let article = desk.article("Some words.\n");
    let claim = desk.claim(&article, "Some words.");
    let cleo = desk.ok(&["key", "new", "cleo", "--unencrypted"])["key"]
        .as_str()
        .unwrap()
        .to_owned();
    let review = [
        "review",
        &claim,
        "--verdict",
        "false",
        "--why",
        "x",
        "--as",
        "cleo",
    ];
    refused(&desk, &review, 1, &["[key-not-enrolled]", &cleo]);
    desk.ok(&[
        "key",
        "enroll",
        &cleo,
        "--holder",
        "Cleo",
        "--role",
        "contributor",
        "--as",
        "ada",
    ]);
    refused(&desk, &review, 1, &["[role]", "contributor"]);
    refused(
        &desk,
        &[
            "key", "enroll", &cleo, "--holder", "Cleo", "--role", "owner", "--as", "ben",
        ],
        1,
        &["[role]", "editor"],
    );
    desk.ok(&["key", "revoke", &cleo, "--reason", "left", "--as", "ada"]);
    refused(&desk, &review, 1, &["[key-revoked]"]);
    refused(
        &desk,
        &[
            "key", "enroll", &cleo, "--holder", "Cleo", "--role", "editor", "--as", "ada",
        ],
        1,
        &["[key-enrolment]", "revoked at index"],
    );
    refused(
        &desk,
        &["key", "revoke", "ada", "--reason", "left", "--as", "ada"],
        1,
        &["[last-owner]"],
    );
    let log: VerifierKey = desk.log_key().parse().unwrap();
    let log = log.public().did().to_string();
    refused(
        &desk,
        &[
            "key", "enroll", &log, "--holder", "Eve", "--role", "editor", "--as", "ada",
        ],
        1,
        &["[key-enrolment]", "another key than the log's"],
    );
    assert_eq!(desk.findings(), Vec::<String>::new());
}

#[test]
fn small_order_keys_are_never_enrolled() {
    let desk = Desk::founded();
    // The identity point, and a point of order 8.
    for bytes in [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ] {
        let bytes: [u8; 32] = hex::decode(bytes).unwrap().try_into().unwrap();
        let did = ledger::sign::Did::from_bytes(bytes).to_string();
        let enroll = [
            "key", "enroll", &did, "--holder", "Nobody", "--role", "editor", "--as", "ada",
        ];
        refused(&desk, &enroll, 1, &["[weak-key]"]);
    }
}

#[test]
fn reviews_follow_each_other_and_are_approved_by_others() {
    let desk = Desk::founded();
    let article = desk.article("Some words.\n");
    let claim = desk.claim(&article, "Some words.");
    let source = desk.hash(&[
        "add",
        "source",
        "--title",
        "A book",
        "--level",
        "reference",
        "--as",
        "ada",
    ]);
    refused(
        &desk,
        &[
            "review",
            &source,
            "--verdict",
            "false",
            "--why",
            "x",
            "--as",
            "ada",
        ],
        1,
        &["expected a claim or an article", "source"],
    );
    let first = desk.review(&claim, "unproven");
    refused(
        &desk,
        &["approve", &first, "--as", "ada"],
        1,
        &["[own-approval]"],
    );
    refused(
        &desk,
        &["approve", &source, "--as", "ben"],
        1,
        &["[reference-kind]"],
    );
    let second = desk.review(&claim, "false");
    refused(
        &desk,
        &["approve", &first, "--as", "ben"],
        1,
        &["[approval-late]"],
    );
    desk.ok(&["approve", &second, "--as", "ben"]);
    let later = [
        "--now",
        "2026-11-20T10:00:01Z",
        "approve",
        &second,
        "--as",
        "ben",
    ];
    refused(&desk, &later, 1, &["[approval-repeated]"]);
    // A dossier says itself what a review supersedes, and is held to it.
    for supersedes in ["", &format!(r#","supersedes":"{first}""#)] {
        let json = format!(
            r#"{{"reviews":[{{"id":"r","subject":"{claim}","verdict":"mixed","explanation":"x"{supersedes}}}]}}"#
        );
        dossier(&desk, &json, &["[supersession]"]);
    }
    assert_eq!(desk.ok(&["check", &claim])["state"], "decided");
}

#[test]
fn references_point_backwards_to_records_that_are_there() {
    let desk = Desk::founded();
    let nowhere = format!("sha256:{}", "ab".repeat(32));
    let json = format!(
        r#"{{"reviews":[{{"id":"r","subject":"{nowhere}","verdict":"mixed","explanation":"x"}}]}}"#
    );
    dossier(&desk, &json, &["[reference-unknown]", &nowhere]);
    refused(
        &desk,
        &["approve", &nowhere, "--as", "ben"],
        1,
        &["no record has the hash"],
    );
    refused(
        &desk,
        &["approve", "abc", "--as", "ben"],
        2,
        &["8 to 64 hexadecimal digits"],
    );
}

#[test]
fn same_record_twice_is_refused_with_its_index() {
    let desk = Desk::founded();
    desk.article("Some words.\n");
    // The seed makes the salt, and so the record, the same.
    refused(
        &desk,
        &[
            "add",
            "article",
            "page.txt",
            "--headline",
            "A page",
            "--published",
            "unknown",
            "--as",
            "ada",
        ],
        1,
        &["in the ledger already", "at index 3"],
    );
}

#[test]
fn files_that_are_no_articles_are_refused() {
    let desk = Desk::founded();
    let add = [
        "add",
        "article",
        "file",
        "--headline",
        "H",
        "--published",
        "unknown",
        "--as",
        "ada",
    ];
    for (contents, says) in [
        (b"".as_slice(), "no text is left"),
        (b" \n\t\r\n".as_slice(), "no text is left"),
        (b"a\0b".as_slice(), "octet-stream"),
        (b"caf\xe9".as_slice(), "--charset"),
        (b"<!DOCTYPE html><p>".as_slice(), "main text"),
    ] {
        desk.write("file", contents);
        refused(&desk, &add, 1, &[says]);
    }
    refused(
        &desk,
        &[
            "add",
            "article",
            "none",
            "--headline",
            "H",
            "--published",
            "unknown",
            "--as",
            "ada",
        ],
        3,
        &["cannot open none"],
    );
    let mut bad_date = add;
    bad_date[6] = "yesterday";
    desk.write("file", "text");
    refused(&desk, &bad_date, 2, &["expected a date"]);
}

#[test]
fn large_article_is_accepted_up_to_the_stated_limit() {
    let desk = Desk::founded();
    let megabytes = |n: usize| "All work and no play. ".repeat(n * 1_000_000 / 22);
    desk.article(&megabytes(50));
    desk.write("large.txt", megabytes(68));
    refused(
        &desk,
        &[
            "add",
            "article",
            "large.txt",
            "--headline",
            "H",
            "--published",
            "unknown",
            "--as",
            "ada",
        ],
        1,
        &["at most 67108864 bytes"],
    );
    assert_eq!(desk.findings(), Vec::<String>::new());
}

#[test]
fn record_over_its_limit_is_refused_with_the_figure() {
    let desk = Desk::founded();
    let article = desk.article("Some words.\n");
    let why = "because ".repeat(150_000);
    let json = format!(
        r#"{{"reviews":[{{"id":"long","subject":"{article}","verdict":"mixed","explanation":"{}"}}]}}"#,
        why.trim()
    );
    dossier(&desk, &json, &["at most 1048576 bytes"]);
}

#[test]
fn records_of_the_ledger_itself_are_never_erased() {
    let desk = Desk::founded();
    let log = desk.run(&["log", "--json", "--from", "0"]);
    for line in String::from_utf8(log.stdout).unwrap().lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        let hash = entry["hash"].as_str().unwrap();
        let erase = ["erase", hash, "--reason", "x", "--as", "ada", "--yes"];
        refused(&desk, &erase, 1, &["[erasure-subject]"]);
    }
    refused(
        &desk,
        &["erase", "00000000", "--reason", "x", "--as", "ada"],
        1,
        &["no record"],
    );
}

#[test]
fn what_is_no_ledger_is_named_as_what_it_is() {
    let desk = Desk::founded();
    desk.write("text.ledger", "not a database");
    desk.write("empty.ledger", "");
    let other = rusqlite::Connection::open(desk.path("other.ledger")).unwrap();
    other.execute_batch("CREATE TABLE t (x)").unwrap();
    drop(other);
    std::fs::copy(desk.ledger(), desk.path("newer.ledger")).unwrap();
    let newer = rusqlite::Connection::open(desk.path("newer.ledger")).unwrap();
    newer.pragma_update(None, "user_version", 2).unwrap();
    drop(newer);
    for (file, says) in [
        ("text.ledger", "not an SQLite file"),
        ("empty.ledger", "it is empty"),
        ("other.ledger", "another program"),
        ("newer.ledger", "format 2; this program knows format 1"),
        ("none.ledger", "does not exist"),
    ] {
        for command in ["verify", "status", "reindex"] {
            let message = desk.fails(&["--ledger", file, command], 3);
            assert!(message.contains(says), "{file}: {message}");
        }
    }
    let message = desk.fails(
        &[
            "init",
            "desk.ledger",
            "--origin",
            "x.example/1",
            "--as",
            "ada",
        ],
        3,
    );
    assert!(message.contains("exists already"), "{message}");
}

#[test]
fn record_for_another_ledger_is_refused() {
    use ledger::log::NoteSigner;
    use ledger::record::{Content, Policy, Record, Salt};
    use ledger::sign::key_file;
    use ledger::store::SqliteStore;
    use ledger::writer::{Mode, Submission, Unguarded, WriteError, append};

    let desk = Desk::founded();
    let read = |name: &str| std::fs::read_to_string(desk.path(name)).unwrap();
    let ada = key_file::from_pem(&read("keys/ada.pem"), None).unwrap();
    let log_key_file = std::fs::read_dir(desk.path("keys/log"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let log_key =
        key_file::from_pem(&std::fs::read_to_string(log_key_file.path()).unwrap(), None).unwrap();
    let signer = NoteSigner::new("factdesk.example/2026", log_key).unwrap();
    let now = support::desk::NOW.parse().unwrap();
    let mut store = SqliteStore::open(&desk.ledger()).unwrap();
    let mut try_append = |ledger: &str, created: &str| {
        let record = Record {
            ledger: ledger.parse().unwrap(),
            editor: ada.public().did(),
            created: created.parse().unwrap(),
            salt: Salt::from_bytes([3; 16]),
            content: Content::Policy(Policy { approvals: 2 }),
        };
        let submission = Submission::sign(record, Vec::new(), &ada, now).unwrap();
        match append(
            &mut store,
            &[submission],
            &signer,
            &Unguarded,
            now,
            Mode::DryRun,
        ) {
            Err(WriteError::Refused { findings, .. }) => findings
                .iter()
                .map(|finding| finding.code.as_str())
                .collect(),
            Ok(_) => Vec::new(),
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(
        try_append("other.example/1", support::desk::NOW),
        ["other-ledger"]
    );
    assert_eq!(
        try_append("factdesk.example/2026", "2026-11-20T10:05:01Z"),
        ["created-ahead"]
    );
    assert_eq!(
        try_append("factdesk.example/2026", "2026-11-20T10:05:00Z"),
        [""; 0]
    );
    assert_eq!(
        try_append("factdesk.example/2026", "2019-01-01T00:00:00Z"),
        [""; 0]
    );
}

#[test]
fn clock_that_went_back_appends_nothing() {
    let desk = Desk::founded();
    let before = desk.head();
    let output = desk
        .command()
        .env("LEDGER_NOW", "2026-11-19T10:00:00Z")
        .args(["policy", "--approvals", "2", "--as", "ada"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("before the last entry"), "{message}");
    assert_eq!(desk.head(), before);
}

#[test]
fn hash_that_several_records_begin_with_is_refused_with_each_of_them() {
    let desk = Desk::founded();
    let (ada, log) = (desk.key("ada"), desk.log_signer());
    let record = |n: u32| {
        let mut salt = [0; 16];
        salt[..4].copy_from_slice(&n.to_be_bytes());
        let source = json!({ "title": "S", "published": "unknown", "level": "primary" });
        Record {
            ledger: log.key().name().parse().unwrap(),
            editor: ada.public().did(),
            created: now(),
            salt: Salt::from_bytes(salt),
            content: Content::from_json(Kind::Source, &source).unwrap(),
        }
    };
    // By chance two of some hundred thousand begin alike.
    let mut begun = HashMap::new();
    let alike = (0..).find_map(|n| {
        let digest = Digest::of(&record(n).to_bytes().unwrap()).to_string();
        begun
            .insert(digest[..15].to_owned(), n)
            .map(|m| (m, n, digest))
    });
    let (one, other, digest) = alike.unwrap();
    let batch = [one, other].map(|n| Submission::sign(record(n), Vec::new(), &ada, now()).unwrap());
    let mut store = SqliteStore::open(&desk.ledger()).unwrap();
    append(&mut store, &batch, &log, &Unguarded, now(), Mode::Commit).unwrap();
    drop(store);
    let short = &digest[..15];
    let both = batch
        .each_ref()
        .map(|submission| submission.digest().to_string());
    let says = [
        "several records have a hash that begins",
        &format!("{} at index 3", both[0]),
        &format!("{} at index 4", both[1]),
        "give more digits",
    ];
    for arguments in [
        ["show", short].as_slice(),
        &["retract", short, "--why", "W", "--as", "ada"],
    ] {
        refused(&desk, arguments, 2, &says);
    }
    desk.ok(&["show", &digest]);
}
