//! The state of a subject follows from the records, step by step.

mod support;

use serde_json::Value;
use support::desk::Desk;

fn check(desk: &Desk, hash: &str) -> Value {
    desk.ok(&["check", hash])
}

fn state(desk: &Desk, hash: &str) -> String {
    check(desk, hash)["state"].as_str().unwrap().to_owned()
}

fn claim(desk: &Desk) -> String {
    let article = desk.article("Some words stand here.\n");
    desk.claim(&article, "Some words")
}

#[test]
fn claim_goes_through_every_state() {
    let desk = Desk::founded();
    let claim = claim(&desk);
    assert_eq!(state(&desk, &claim), "recorded");
    let first = desk.review(&claim, "unproven");
    assert_eq!(state(&desk, &claim), "in-review");
    let waiting = &desk.ok(&["status"])["waiting"];
    assert_eq!(waiting["listed"][0]["review"], first.as_str());
    desk.ok(&["approve", &first, "--as", "ben"]);
    assert_eq!(state(&desk, &claim), "decided");
    let second = desk.review(&claim, "false");
    let under_re_review = check(&desk, &claim);
    assert_eq!(under_re_review["state"], "re-review");
    assert_eq!(
        under_re_review["decidedReview"],
        first.as_str(),
        "readers still see the last decided one"
    );
    desk.ok(&["approve", &second, "--as", "ben"]);
    assert_eq!(check(&desk, &claim)["decidedReview"], second.as_str());
    desk.ok(&["correct", &claim, "--why", "A name", "--as", "ben"]);
    assert_eq!(state(&desk, &claim), "corrected");
    desk.ok(&["retract", &claim, "--why", "All wrong", "--as", "ben"]);
    assert_eq!(state(&desk, &claim), "retracted");
    desk.ok(&[
        "erase", &claim, "--reason", "A court", "--as", "ada", "--yes",
    ]);
    assert_eq!(desk.json(&["check", &claim], 3)["state"], "erased");
    assert_eq!(desk.findings(), Vec::<String>::new());
}

#[test]
fn article_tells_that_its_claim_was_retracted() {
    let desk = Desk::founded();
    let article = desk.article("Some words stand here.\n");
    let claim = desk.claim(&article, "Some words");
    desk.ok(&["retract", &claim, "--why", "All wrong", "--as", "ben"]);
    let claims = check(&desk, &article)["claims"].clone();
    assert_eq!(claims[0]["hash"], claim.as_str());
    assert_eq!(claims[0]["state"], "retracted");
    let text = String::from_utf8(desk.run(&["check", &article]).stdout).unwrap();
    assert!(text.contains("a claim in it was retracted"), "{text}");
}

#[test]
fn relation_and_response_are_taken_back_and_not_mended() {
    let desk = Desk::founded();
    let article = desk.article("Some words stand here.\n");
    let claim = desk.claim(&article, "Some words");
    let other = desk.claim(&article, "words stand");
    let relation = desk.hash(&["relate", &claim, "contradicts", &other, "--as", "ada"]);
    let response = ["respond", &claim, "--by", "X", "--text", "Y"];
    let response =
        desk.hash(&[response.as_slice(), &["--received", "2026", "--as", "ada"]].concat());
    for (hash, kind) in [(&relation, "relation"), (&response, "response")] {
        let corrected = desk.fails(&["correct", hash, "--why", "Wrong", "--as", "ben"], 1);
        assert!(corrected.contains("[reference-kind]"), "{corrected}");
        desk.ok(&["retract", hash, "--why", "Another was meant", "--as", "ben"]);
        let text = String::from_utf8(desk.run(&["check", &claim]).stdout).unwrap();
        let told = &text[text.find(&format!("{kind} {hash}")).unwrap()..];
        let told = told.split("\n\n").next().unwrap();
        assert!(
            told.contains("- retracted later: Another was meant"),
            "{text}"
        );
    }
    assert_eq!(state(&desk, &claim), "recorded");
    desk.ok(&["publish", "public"]);
    let page = format!("public/claim/{}.html", claim.trim_start_matches("sha256:"));
    let page = std::fs::read_to_string(desk.path(&page)).unwrap();
    assert_eq!(page.matches("class=\"alarm\"").count(), 2, "{page}");
    assert_eq!(desk.findings(), Vec::<String>::new());
}

#[test]
fn desk_of_one_decides_alone() {
    let desk = Desk::with_approvals(0);
    let claim = claim(&desk);
    desk.review(&claim, "mixed");
    assert_eq!(state(&desk, &claim), "decided");
}

#[test]
fn policy_counts_for_reviews_that_come_after_it() {
    let desk = Desk::founded();
    let claim = claim(&desk);
    let before = desk.review(&claim, "mixed");
    desk.ok(&["policy", "--approvals", "0", "--as", "ada"]);
    assert_eq!(state(&desk, &claim), "in-review");
    desk.ok(&["approve", &before, "--as", "ben"]);
    desk.review(&claim, "false");
    assert_eq!(state(&desk, &claim), "decided");
    assert_eq!(desk.findings(), Vec::<String>::new());
}

#[test]
fn two_approvals_are_two_editors() {
    let desk = Desk::with_approvals(2);
    let claim = claim(&desk);
    let review = desk.review(&claim, "mixed");
    desk.ok(&["approve", &review, "--as", "ben"]);
    assert_eq!(state(&desk, &claim), "in-review");
    // Ben's next key is still Ben.
    desk.ok(&["key", "new", "ben2", "--unencrypted"]);
    desk.ok(&["key", "replace", "ben", "ben2", "--as", "ada"]);
    let again = desk.fails(&["approve", &review, "--as", "ben2"], 1);
    assert!(again.contains("[approval-repeated]"), "{again}");
    let old = desk.fails(
        &[
            "respond",
            &claim,
            "--by",
            "X",
            "--text",
            "Y",
            "--received",
            "2026",
            "--as",
            "ben",
        ],
        1,
    );
    assert!(old.contains("[key-revoked]"), "{old}");
    desk.ok(&["key", "new", "ada2", "--unencrypted"]);
    desk.ok(&["key", "replace", "ada", "ada2", "--as", "ada"]);
    let own = desk.fails(&["approve", &review, "--as", "ada2"], 1);
    assert!(own.contains("[own-approval]"), "{own}");
    desk.ok(&["key", "new", "cleo", "--unencrypted"]);
    let cleo = std::fs::read_to_string(desk.path("keys/cleo.pub")).unwrap();
    desk.ok(&[
        "key",
        "enroll",
        cleo.trim(),
        "--holder",
        "Cleo",
        "--role",
        "editor",
        "--as",
        "ada2",
    ]);
    desk.ok(&["approve", &review, "--as", "cleo"]);
    assert_eq!(state(&desk, &claim), "decided");
    assert_eq!(desk.findings(), Vec::<String>::new());
}

#[test]
fn doubtful_signatures_are_told_and_no_finding() {
    let desk = Desk::founded();
    claim(&desk);
    desk.ok(&[
        "key",
        "revoke",
        "ben",
        "--reason",
        "compromised",
        "--distrust-from",
        "3",
        "--as",
        "ada",
    ]);
    let report = desk.verify();
    assert_eq!(report["ok"], true);
    let notice = report["notices"][0]["message"].as_str().unwrap();
    assert!(notice.starts_with("doubtful from here on"), "{notice}");
    assert_eq!(report["notices"][0]["index"], 3);
}

#[test]
fn another_role_makes_no_other_editor() {
    let desk = Desk::with_approvals(2);
    let claim = claim(&desk);
    let review = desk.review(&claim, "mixed");
    desk.ok(&["approve", &review, "--as", "ben"]);
    desk.ok(&["key", "new", "ben2", "--unencrypted"]);
    desk.ok(&["key", "replace", "ben", "ben2", "--as", "ada"]);
    let ben2 = std::fs::read_to_string(desk.path("keys/ben2.pub")).unwrap();
    let enroll = |role| {
        desk.ok(&[
            "key",
            "enroll",
            ben2.trim(),
            "--holder",
            "Ben",
            "--role",
            role,
            "--as",
            "ada",
        ])
    };
    enroll("owner");
    let again = desk.fails(&["approve", &review, "--as", "ben2"], 1);
    assert!(again.contains("[approval-repeated]"), "{again}");
    assert_eq!(desk.findings(), Vec::<String>::new());
}
