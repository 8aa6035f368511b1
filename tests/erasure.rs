//! Erasure: the words are gone from the file, everything that was signed over them stays.

mod support;

use support::desk::Desk;

const SECRET: &str = "Zebrafinch";

/// All bytes of the ledger and of the files beside it.
fn bytes(desk: &Desk) -> Vec<u8> {
    let mut all = Vec::new();
    for name in ["desk.ledger", "desk.ledger-wal", "desk.ledger-journal"] {
        all.extend(std::fs::read(desk.path(name)).unwrap_or_default());
    }
    all
}

fn contains(haystack: &[u8], needle: &str) -> bool {
    let haystack = String::from_utf8_lossy(haystack).to_lowercase();
    haystack.contains(&needle.to_lowercase())
}

/// A ledger in which one claim says a secret word, reviewed and approved.
fn desk_with_secret() -> (Desk, String, String) {
    let desk = Desk::founded();
    let article = desk.article(&format!("He said “{SECRET} did it”. Others were silent.\n"));
    let claim = desk.claim(&article, &format!("{SECRET} did it"));
    let review = desk.review(&claim, "false");
    desk.ok(&["approve", &review, "--as", "ben"]);
    (desk, article, claim)
}

fn erase(desk: &Desk, hashes: &[&str]) -> String {
    let mut arguments = vec!["erase"];
    arguments.extend(hashes);
    arguments.extend([
        "--reason",
        "Court order 12",
        "--as",
        "ada",
        "--yes",
        "--json",
    ]);
    let output = desk.run(&arguments);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    stderr
}

#[test]
fn erased_words_are_gone_from_file_log_and_index() {
    let (desk, article, claim) = desk_with_secret();
    assert!(contains(&bytes(&desk), SECRET));
    let hint = erase(&desk, &[&article]);
    assert!(
        hint.contains(&claim),
        "the claim that quotes it is named: {hint}"
    );
    assert!(contains(&bytes(&desk), SECRET), "the claim still says it");
    erase(&desk, &[&claim]);
    assert!(!contains(&bytes(&desk), SECRET));
    let report = desk.verify();
    assert_eq!(report["ok"], true, "{report:#}");
    assert_eq!(report["notices"].as_array().unwrap().len(), 2, "{report:#}");
}

#[test]
fn erased_words_are_gone_however_often_they_were_stored() {
    // Many pages, so that the words stand in cells that were split and moved.
    let desk = Desk::founded();
    let mut hashes = Vec::new();
    for i in 0..30 {
        desk.write("page.txt", format!("{SECRET} {i} ").repeat(200 + 40 * i));
        let number = i.to_string();
        hashes.push(desk.hash(&[
            "add",
            "article",
            "page.txt",
            "--headline",
            &number,
            "--published",
            "unknown",
            "--as",
            "ada",
        ]));
    }
    let hashes: Vec<&str> = hashes.iter().map(String::as_str).collect();
    erase(&desk, &hashes);
    assert!(!contains(&bytes(&desk), SECRET));
    assert_eq!(desk.verify()["ok"], true);
}

#[test]
fn what_was_signed_over_erased_words_still_holds() {
    let (desk, _, claim) = desk_with_secret();
    erase(&desk, &[&claim]);
    let check = desk.json(&["check", &claim], 3);
    assert_eq!(check["state"], "erased");
    let outcomes: Vec<&str> = check["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["outcome"].as_str().unwrap())
        .collect();
    // Only the words can't be compared any more.
    let (words, rest) = outcomes.split_first().unwrap();
    assert_eq!(*words, "not-checked");
    assert!(rest.len() > 5 && rest.iter().all(|outcome| *outcome == "passed"));
    assert_eq!(check["erasures"].as_array().unwrap().len(), 1);
    let message = desk.fails(&["show", &claim], 3);
    assert!(message.contains("was erased by entry"), "{message}");
    let words = desk.json(&["check", SECRET], 1);
    assert_eq!(words["matches"].as_array().unwrap().len(), 0);
}

#[test]
fn work_goes_on_over_erased_records() {
    let (desk, article, claim) = desk_with_secret();
    let first = desk.review(&article, "mixed");
    let second = desk.review(&article, "false");
    erase(&desk, &[&second]);
    // The next review follows on the last one that is still known, or on the erased one.
    let third = desk.review(&article, "unproven");
    desk.ok(&["approve", &third, "--as", "ben"]);
    assert_eq!(desk.ok(&["check", &article])["state"], "decided");
    for (arguments, says) in [
        (["approve", &second, "--as", "ben"], "[reference-erased]"),
        (["approve", &first, "--as", "ben"], "[approval-late]"),
    ] {
        let message = desk.fails(&arguments, 1);
        assert!(message.contains(says), "{message}");
    }
    erase(&desk, &[&claim]);
    let again = [
        "erase",
        &claim,
        "--reason",
        "x",
        "--as",
        "ada",
        "--yes",
        "--now",
        "2026-11-20T10:00:09Z",
    ];
    assert!(desk.fails(&again, 1).contains("[erasure-subject]"));
    assert_eq!(desk.verify()["ok"], true);
    desk.ok(&["reindex"]);
    assert_eq!(desk.verify()["ok"], true);
}

#[test]
fn text_alone_can_be_erased_and_is_not_taken_in_again() {
    let (desk, article, _) = desk_with_secret();
    let record = desk.ok(&["show", &article]);
    let text = record["record"]["content"]["text"]["digest"]
        .as_str()
        .unwrap()
        .to_owned();
    erase(&desk, &[&text]);
    let report = desk.verify();
    assert_eq!(report["ok"], true, "{report:#}");
    let notice = report["notices"][0]["message"].as_str().unwrap();
    assert!(
        notice.starts_with("erased by this entry") && notice.ends_with(&text),
        "{notice}"
    );
    let message = desk.fails(
        &[
            "add",
            "article",
            "page.txt",
            "--headline",
            "Again",
            "--published",
            "unknown",
            "--as",
            "ada",
        ],
        1,
    );
    assert!(
        message.contains("an object that was erased from this ledger"),
        "{message}"
    );
}

#[test]
fn object_that_another_record_needs_stays() {
    let desk = Desk::founded();
    let first = desk.article("Shared words.\n");
    let second = desk.hash(&[
        "add",
        "article",
        "page.txt",
        "--headline",
        "Another page",
        "--published",
        "unknown",
        "--as",
        "ada",
    ]);
    erase(&desk, &[&first]);
    assert!(contains(&bytes(&desk), "Shared words."));
    desk.claim(&second, "Shared words.");
    erase(&desk, &[&second]);
    assert_eq!(desk.verify()["ok"], true);
}

#[test]
fn object_that_two_erased_records_shared_goes_with_them() {
    let desk = Desk::founded();
    let first = desk.article(&format!("{SECRET} here.\n"));
    let second = desk.hash(&[
        "add",
        "article",
        "page.txt",
        "--headline",
        "Another page",
        "--published",
        "unknown",
        "--as",
        "ada",
    ]);
    erase(&desk, &[&first, &second]);
    assert!(!contains(&bytes(&desk), SECRET));
    assert_eq!(desk.verify()["ok"], true);
}

#[test]
fn object_is_erased_once() {
    let (desk, article, _) = desk_with_secret();
    let record = desk.ok(&["show", &article]);
    let text = record["record"]["content"]["text"]["digest"]
        .as_str()
        .unwrap()
        .to_owned();
    erase(&desk, &[&text]);
    let again = ["erase", &text, "--reason", "again", "--as", "ada", "--yes"];
    let message = desk.fails(&again, 1);
    assert!(message.contains("erased already"), "{message}");
}

#[test]
fn erasure_asks_before_it_is_done() {
    let (desk, _, claim) = desk_with_secret();
    let message = desk.fails(&["erase", &claim, "--reason", "x", "--as", "ada"], 2);
    assert!(message.contains("add --yes"), "{message}");
    assert!(contains(&bytes(&desk), SECRET));
}

#[test]
fn open_reader_delays_the_scrubbing_and_is_named() {
    let (desk, article, claim) = desk_with_secret();
    let reader = rusqlite::Connection::open(desk.ledger()).unwrap();
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM entry")
        .unwrap();
    let arguments = [
        "erase", &article, &claim, "--reason", "x", "--as", "ada", "--yes",
    ];
    let output = desk.run(&arguments);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(
        stderr.contains("the erasure is recorded") && stderr.contains("ledger reindex"),
        "{stderr}"
    );
    drop(reader);
    desk.ok(&["reindex"]);
    assert!(!contains(&bytes(&desk), SECRET));
    assert_eq!(desk.verify()["ok"], true);
}
