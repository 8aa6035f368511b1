//! Two desks: an editor signs at a copy of the ledger, with no key but their own, and whoever has the log's key
//! appends what comes.

mod support;

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};
use support::desk::Desk;
use support::schema;

/// The desk with the log's key and ada's, and a second one with nothing but ben's key and a copy of the ledger.
fn two_desks() -> (Desk, Desk) {
    let (first, second) = (Desk::founded(), Desk::empty());
    fs::create_dir(second.path("keys")).unwrap();
    for name in ["keys/ben.pem", "keys/ben.pub"] {
        fs::rename(first.path(name), second.path(name)).unwrap();
    }
    (first, second)
}

/// Gives the second desk a copy of the ledger as it is now.
fn copy_ledger(first: &Desk, second: &Desk) {
    fs::copy(first.ledger(), second.ledger()).unwrap();
}

/// Takes a file over to the first desk.
fn send(second: &Desk, first: &Desk, name: &str) {
    fs::copy(second.path(name), first.path(name)).unwrap();
}

fn read(desk: &Desk, name: &str) -> String {
    fs::read_to_string(desk.path(name)).unwrap()
}

/// What the ledger holds of a claim that ada reviewed: the claim and the review.
fn reviewed_claim(first: &Desk) -> (String, String) {
    let article = first.article("The film is out. He could make it disappear, he said.\n");
    let claim = first.claim(&article, "make it disappear");
    let review = first.review(&claim, "unproven");
    (claim, review)
}

const DOSSIER: &str = r#"{
  "articles": [{"id": "page", "file": "council.txt", "headline": "The council", "published": "unknown"}],
  "claims": [{"id": "claim", "kind": "direct-quote", "checkability": "checkable", "speaker": {"name": "The mayor"},
    "said": "unknown", "appearances": [{"article": "page", "exact": "The bridge is safe"}]}]
}"#;

/// Signs an article with its text and its original, and a claim that quotes it.
fn sign_dossier(second: &Desk) {
    second.write("council.txt", "“The bridge is safe”, she said.\r\n");
    second.write("dossier.json", DOSSIER);
    second.ok(&[
        "record",
        "dossier.json",
        "--sign-only",
        "dossier.signed.json",
    ]);
}

#[test]
fn approval_and_new_work_go_from_one_desk_to_the_other() {
    let (first, second) = two_desks();
    let (claim, review) = reviewed_claim(&first);
    copy_ledger(&first, &second);
    let copied = fs::read(second.ledger()).unwrap();
    let mut mode = fs::metadata(second.ledger()).unwrap().permissions();
    mode.set_readonly(true);
    fs::set_permissions(second.ledger(), mode).unwrap();

    let signed = second.ok(&["approve", &review, "--sign-only", "approval.signed.json"]);
    schema::assert_valid("cli/sign-only", &signed);
    sign_dossier(&second);
    // Nothing but the files came of it: no key of the log, no memory of checkpoints, and the copy is as it was.
    let names = [
        "approval.signed.json",
        "council.txt",
        "desk.ledger",
        "dossier.json",
        "dossier.signed.json",
        "keys",
    ];
    assert_eq!(second.names(), names);
    assert_eq!(fs::read(second.ledger()).unwrap(), copied);
    let message = second.fails(&["approve", &review], 3);
    assert!(message.contains("--sign-only FILE"), "{message}");

    // The ledger has grown meanwhile.
    first.article("Another page.\n");
    for name in ["approval.signed.json", "dossier.signed.json"] {
        send(&second, &first, name);
        let file: Value = serde_json::from_str(&read(&first, name)).unwrap();
        schema::assert_valid("signed-records", &file);
    }
    assert!(!first.path("keys/ben.pem").exists());
    let files = ["append", "approval.signed.json", "dossier.signed.json"];
    let before = first.head();
    let tried = first.ok(&[&files[..], &["--dry-run"]].concat());
    assert_eq!(tried["dryRun"], true);
    assert_eq!(first.head(), before);
    let appended = first.ok(&files);
    assert_eq!(appended["root"], tried["root"]);
    let kinds: Vec<&Value> = (appended["records"].as_array().unwrap().iter())
        .map(|record| &record["kind"])
        .collect();
    assert_eq!(kinds, ["approval", "article", "claim"]);
    let ben = read(&second, "keys/ben.pub");
    for record in appended["records"].as_array().unwrap() {
        assert_eq!(record["holder"], "Ben");
        assert_eq!(record["key"], ben.trim());
        assert_eq!(record["appended"], true);
    }
    assert_eq!(appended["records"][0]["hash"], signed["hash"]);
    assert_eq!(first.ok(&["show", &claim])["state"], "decided");
    assert_eq!(first.findings(), Vec::<String>::new());

    // A record goes over as other people's tools verify it.
    let shown = first.run(&["show", signed["hash"].as_str().unwrap(), "--signed"]);
    let file: Value = serde_json::from_str(&read(&first, "approval.signed.json")).unwrap();
    let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
    assert_eq!(file["records"], json!([shown]));
}

#[test]
fn what_came_already_is_said_to_be_there_and_does_no_harm() {
    let (first, second) = two_desks();
    let (_, review) = reviewed_claim(&first);
    copy_ledger(&first, &second);
    second.ok(&["approve", &review, "--sign-only", "approval.signed.json"]);
    sign_dossier(&second);
    send(&second, &first, "approval.signed.json");
    send(&second, &first, "dossier.signed.json");
    // Twice at once, and then once more.
    let twice = ["append", "approval.signed.json", "approval.signed.json"];
    assert_eq!(first.ok(&twice)["records"].as_array().unwrap().len(), 1);
    let before = first.head();
    let again = first.ok(&twice);
    assert_eq!(again["records"][0]["appended"], false);
    assert_eq!(first.head(), before);
    let told = first.run(&twice);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("there already: approval, index 6"), "{told}");
    // Beside something new.
    let both = first.ok(&["append", "approval.signed.json", "dossier.signed.json"]);
    let appended: Vec<&Value> = (both["records"].as_array().unwrap().iter())
        .map(|record| &record["appended"])
        .collect();
    assert_eq!(appended, [false, true, true]);
    assert_eq!(first.findings(), Vec::<String>::new());
}

/// Sees that a file is refused with these words, and that nothing was appended.
#[track_caller]
fn refused(first: &Desk, file: impl AsRef<[u8]>, code: i32, says: &str) {
    first.write("came.json", file);
    let before = first.head();
    let message = first.fails(&["append", "came.json"], code);
    assert!(message.contains(says), "expected {says:?} in: {message}");
    assert_eq!(first.head(), before, "{says} changed the ledger");
}

/// Puts `new` in the place of `old`, which stands there.
#[track_caller]
fn replaced(file: &str, old: &str, new: &str) -> String {
    assert!(file.contains(old), "no {old:?} in {file}");
    file.replacen(old, new, 1)
}

#[test]
fn file_that_was_changed_on_the_way_is_refused_and_nothing_is_appended() {
    let (first, second) = two_desks();
    copy_ledger(&first, &second);
    sign_dossier(&second);
    let file = read(&second, "dossier.signed.json");
    let changed = |old: &str, new: &str| replaced(&file, old, new);
    let value: Value = serde_json::from_str(&file).unwrap();
    let text = value["records"][0]["content"]["text"]["digest"].as_str();
    let text = text.unwrap();
    let base64 = value["objects"][text].as_str().unwrap();

    // A byte of a record, of a proof, of an object.
    refused(
        &first,
        changed("The council", "The Council"),
        1,
        "[signature]",
    );
    let proof_value = value["records"][0]["proof"][0]["proofValue"].as_str();
    let proof_value = proof_value.unwrap();
    let last = if proof_value.ends_with('2') { "3" } else { "2" };
    let other = format!("{}{last}", &proof_value[..proof_value.len() - 1]);
    refused(&first, changed(proof_value, &other), 1, "[signature]");
    let other = format!("B{}", &base64[1..]);
    refused(&first, changed(base64, &other), 1, "[object-digest]");
    refused(&first, changed(base64, "?"), 1, "bytes in base64");
    // Another's proof: of a record that is sound.
    let ada = read(&first, "keys/ada.pub");
    let ben = read(&second, "keys/ben.pub");
    let editor = format!("\"editor\":\"{}\"", ben.trim());
    let other = format!("\"editor\":\"{}\"", ada.trim());
    refused(&first, changed(&editor, &other), 1, "[signer]");
    // An object that is not there, and one that nobody needs.
    let mut without = value.clone();
    without["objects"].as_object_mut().unwrap().remove(text);
    refused(&first, written(&without), 1, "[object-missing]");
    let mut more = value.clone();
    more["objects"][EMPTY] = json!("");
    refused(&first, written(&more), 1, "[object-unused]");
    // Not whole, not canonical, not of this form.
    refused(&first, &file[..file.len() / 2], 1, "line feed");
    refused(&first, file.trim_end(), 1, "line feed");
    refused(&first, "", 1, "line feed");
    refused(&first, changed(":", ": "), 1, "white space");
    refused(
        &first,
        changed("\"version\":1}\n", "\"version\":2}\n"),
        3,
        "version 2",
    );
    refused(
        &first,
        changed("signed-records", "proof-bundle"),
        1,
        "expected type",
    );
    let stranger = changed("\"type\":\"article\"", "\"type\":\"article2\"");
    refused(&first, stranger, 3, "unknown kind");
    refused(
        &first,
        changed("\"proof\":[", "\"proof\":[{},"),
        1,
        "list of one proof",
    );
    let mut twice = value.clone();
    twice["records"][1] = twice["records"][0].clone();
    refused(&first, written(&twice), 1, "each record once");
    let of = |records: &str| {
        format!(
            "{{\"objects\":{{}},\"records\":{records},\"type\":\"signed-records\",\"version\":1}}\n"
        )
    };
    refused(&first, of("[]"), 1, "found none");
    refused(&first, of("[7]"), 1, "record 1");
    refused(&first, of("[{}]"), 1, "list of one proof");
    // Too much of anything.
    let many = format!("[{}0]", "0,".repeat(10_000));
    refused(&first, of(&many), 1, "at most 10000 records");
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    refused(&first, of(&deep), 1, "nest");
    let long = format!("[{{\"a\":\"{}\"}}]", "x".repeat(16 << 20));
    refused(&first, of(&long), 1, "bytes of records");
    let huge = fs::File::create(first.path("huge.json")).unwrap();
    huge.set_len((128 << 20) + 1).unwrap();
    let message = first.fails(&["append", "huge.json"], 1);
    assert!(message.contains("at most 134217728 bytes"), "{message}");

    // All or nothing: what is sound is not appended beside what is not.
    first.write("came.json", changed("The bridge is", "The Bridge is"));
    send(&second, &first, "dossier.signed.json");
    let before = first.head();
    let message = first.fails(&["append", "dossier.signed.json", "came.json"], 1);
    assert!(message.contains("record 2 of came.json"), "{message}");
    assert_eq!(first.head(), before);
    assert_eq!(first.findings(), Vec::<String>::new());
}

/// The digest of no bytes.
const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// A file with these members.
fn written(value: &Value) -> Vec<u8> {
    let mut bytes = ledger::canonical::json::to_vec(value).unwrap();
    bytes.push(b'\n');
    bytes
}

#[test]
fn record_for_another_ledger_is_refused() {
    let (first, second) = two_desks();
    let init = ["init", "other.ledger", "--origin", "other.example/1"];
    second.ok(&[&init[..], &["--as", "ben"]].concat());
    let signed = ["policy", "--approvals", "0", "--sign-only", "policy.json"];
    second.ok(&[&signed[..], &["--ledger", "other.ledger"]].concat());
    let file = read(&second, "policy.json");
    refused(&first, file, 1, "[other-ledger]");
}

#[test]
fn rules_decide_when_it_is_appended_not_when_it_was_signed() {
    let (first, second) = two_desks();
    let (claim, review) = reviewed_claim(&first);
    copy_ledger(&first, &second);
    second.ok(&["approve", &review, "--sign-only", "approval.json"]);
    // Both review what they see, and the first to be appended is there.
    let again = [
        "review",
        &claim,
        "--verdict",
        "false",
        "--why",
        "We looked again.",
    ];
    second.ok(&[&again[..], &["--sign-only", "review.json"]].concat());
    first.ok(&[&again[..], &["--as", "ada"]].concat());
    refused(&first, read(&second, "review.json"), 1, "[supersession]");
    // An approval of a review that nobody rests on any more.
    refused(&first, read(&second, "approval.json"), 1, "[approval-late]");

    // The key is revoked meanwhile.
    sign_dossier(&second);
    let ben = read(&second, "keys/ben.pub");
    first.ok(&[
        "key",
        "revoke",
        ben.trim(),
        "--reason",
        "left",
        "--as",
        "ada",
    ]);
    let file = read(&second, "dossier.signed.json");
    refused(&first, file, 1, "[key-revoked]");
    assert_eq!(first.findings(), Vec::<String>::new());
}

#[test]
fn what_the_copy_shows_to_be_refused_is_not_signed() {
    let (first, second) = two_desks();
    let (_, review) = reviewed_claim(&first);
    copy_ledger(&first, &second);
    let to_file = ["--sign-only", "signed.json"];
    for (command, says) in [
        (&["policy", "--approvals", "0"][..], "[role]"),
        (&["retract", &review, "--why", "Wrong"], "[reference-kind]"),
    ] {
        let message = second.fails(&[command, &to_file].concat(), 1);
        assert!(message.contains(says), "{message}");
        assert!(!second.path("signed.json").exists());
    }
    // A copy that somebody changed.
    fs::copy(second.ledger(), second.path("changed.copy")).unwrap();
    rusqlite::Connection::open(second.path("changed.copy"))
        .unwrap()
        .execute_batch("DROP TRIGGER checkpoint_delete; DELETE FROM checkpoint;")
        .unwrap();
    let approve = ["approve", &review, "--sign-only", "signed.json"];
    let message = second.fails(&[&approve[..], &["--ledger", "changed.copy"]].concat(), 3);
    assert!(message.contains("expected a last checkpoint"), "{message}");
    assert!(!second.path("signed.json").exists());
    // What was published.
    first.ok(&["publish", "public"]);
    let public = first.path("public");
    let public = ["--ledger", public.to_str().unwrap()];
    let message = second.fails(&[&approve[..], &public].concat(), 2);
    assert!(message.contains("copy of the ledger file"), "{message}");
    // A file that is there is never overwritten.
    second.write("signed.json", "mine");
    let message = second.fails(&approve, 3);
    assert!(message.contains("exists already"), "{message}");
    assert_eq!(read(&second, "signed.json"), "mine");
    // Neither wish can be forgotten.
    second.fails(&[&approve[..], &["--dry-run"]].concat(), 2);
}

#[test]
fn signers_clock_may_be_behind_and_not_far_ahead() {
    let (first, second) = two_desks();
    let (_, review) = reviewed_claim(&first);
    copy_ledger(&first, &second);
    // Signed on the way, appended a week later.
    let approve = ["approve", &review, "--sign-only"];
    second.ok(&[&approve[..], &["now.json"]].concat());
    let ahead = ["ahead.json", "--now", "2026-11-20T10:05:01Z"];
    second.ok(&[&approve[..], &ahead].concat());
    refused(&first, read(&second, "ahead.json"), 1, "[created-ahead]");
    send(&second, &first, "now.json");
    first.ok(&["append", "now.json", "--now", "2026-11-27T10:00:00Z"]);
    assert_eq!(first.findings(), Vec::<String>::new());
}

#[test]
fn erasure_that_comes_in_a_file_is_asked_about() {
    let (first, second) = two_desks();
    let (claim, _) = reviewed_claim(&first);
    copy_ledger(&first, &second);
    // Signing erases nothing, so nothing is asked.
    let erase = ["erase", &claim, "--reason", "By request", "--as", "ada"];
    first.ok(&[&erase[..], &["--sign-only", "erasure.json"]].concat());
    let before = first.head();
    let message = first.fails(&["append", "erasure.json"], 2);
    assert!(message.contains("add --yes"), "{message}");
    assert_eq!(first.head(), before);
    first.ok(&["append", "erasure.json", "--yes"]);
    assert_eq!(first.ok(&["status"])["size"], 7);
    assert!(first.fails(&["show", &claim], 3).contains("was erased"));
    // Sent again, it asks no more.
    first.ok(&["append", "erasure.json"]);
    // What was erased does not come back with a file that still has the words.
    sign_dossier(&second);
    send(&second, &first, "dossier.signed.json");
    let dossier = ["append", "dossier.signed.json"];
    let hash = first.ok(&dossier)["records"][0]["hash"].clone();
    let hash = hash.as_str().unwrap();
    let reason = ["--reason", "By request", "--yes", "--as", "ada"];
    first.ok(&[&["erase", hash][..], &reason].concat());
    let again = first.ok(&dossier);
    assert_eq!(again["records"][0]["appended"], false);
    assert_eq!(again["records"][0]["summary"], "(erased)");
    assert!(first.fails(&["show", hash], 3).contains("was erased"));
    assert_eq!(first.findings(), Vec::<String>::new());
}

#[test]
fn file_goes_through_a_pipe() {
    let (first, second) = two_desks();
    let (claim, review) = reviewed_claim(&first);
    copy_ledger(&first, &second);
    let statement = r#"{"@context":"https://schema.org","@type":"ClaimReview","author":{"name":"Elmet Checks"},
        "claimReviewed":"The film is out","reviewRating":{"alternateName":"False","ratingValue":1}}"#;
    second.write("reviews.json", statement);
    for command in [
        &["approve", &review][..],
        &["import", "reviews.json"],
        &["relate", &claim, "contradicts", &first.hash_of("claim")],
    ] {
        let signed = second.run(&[command, &["--sign-only", "-", "--json"]].concat());
        if command[0] == "relate" {
            // A claim and itself: refused, and nothing goes down the pipe.
            assert_eq!(signed.status.code(), Some(1));
            assert!(signed.stdout.is_empty());
            continue;
        }
        assert_eq!(signed.status.code(), Some(0));
        let mut child = (first.command().args(["append", "-"]))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(&signed.stdout).unwrap();
        drop(stdin);
        assert!(child.wait().unwrap().success(), "{command:?}");
    }
    assert_eq!(first.ok(&["show", &claim])["state"], "decided");
    assert_eq!(first.findings(), Vec::<String>::new());
}
