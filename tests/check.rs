//! What a reader is told of a record: against what it was checked, and what became of that since.

mod support;

use serde_json::{Value, json};
use support::desk::Desk;

/// What `check` shows on a terminal.
fn shown(desk: &Desk, arguments: &[&str]) -> String {
    let output = desk.run(&[&["check"], arguments].concat());
    String::from_utf8(output.stdout).unwrap()
}

struct Decided {
    desk: Desk,
    article: String,
    claim: String,
    source: String,
    review: String,
    approval: String,
}

/// A claim in an article, decided on one source by Ada's review and Ben's approval.
fn decided() -> Decided {
    let desk = Desk::founded();
    desk.write("page.txt", "The mayor said: “The bridge is safe.”\n");
    let article = desk.hash(&[
        "add",
        "article",
        "page.txt",
        "--headline",
        "The bridge",
        "--publisher",
        "Elmet News",
        "--url",
        "https://news.example/bridge",
        "--published",
        "2026-05-01",
        "--as",
        "ada",
    ]);
    let claim = desk.claim(&article, "The bridge is safe.");
    let source = desk.hash(&[
        "add",
        "source",
        "--title",
        "Inspection report",
        "--level",
        "primary",
        "--url",
        "https://roads.example/report",
        "--as",
        "ada",
    ]);
    let review = desk.review_with(&claim, "verified", &source);
    let approval = desk.hash(&["approve", &review, "--as", "ben"]);
    Decided {
        desk,
        article,
        claim,
        source,
        review,
        approval,
    }
}

impl Decided {
    fn check(&self) -> Value {
        self.desk.ok(&["check", &self.claim])
    }

    fn retract(&self, hash: &str, why: &str) -> String {
        self.desk
            .hash(&["retract", hash, "--why", why, "--as", "ada"])
    }

    /// Every place where a reader may ask for the claim.
    fn shown(&self) -> [String; 2] {
        let prove = ["prove", &self.claim, "-o", "claim.proof.json", "--force"];
        self.desk.ok(&prove);
        [&self.claim, "claim.proof.json"].map(|query| shown(&self.desk, &[query]))
    }
}

#[test]
fn verdict_is_told_with_what_it_was_checked_against() {
    let decided = decided();
    let source = &decided.source;
    let line = format!(
        "  supports: Inspection report (primary), https://roads.example/report, {source}\n"
    );
    for text in decided.shown() {
        assert!(text.contains(&line), "{text}");
        let article =
            "  The bridge; Elmet News, published 2026-05-01\n  https://news.example/bridge\n";
        assert!(text.contains(article), "{text}");
    }
    let check = decided.check();
    assert_eq!(check["sources"][0]["hash"], source.as_str());
    let supporting = check["supporting"].as_array().unwrap();
    assert!(supporting.iter().all(|one| one["kind"] != "source"));
}

#[test]
fn verdict_that_rests_on_what_was_taken_back_says_so() {
    let decided = decided();
    let retraction = decided.retract(&decided.source, "It was forged.");
    let correct = [
        "correct",
        &decided.article,
        "--why",
        "A date",
        "--as",
        "ada",
    ];
    decided.desk.ok(&correct);
    let (source, article) = (&decided.source, &decided.article);
    let on_source = format!("rests on a source that was retracted later: {source}");
    let in_article = format!("stands in an article that was corrected later: {article}");
    for text in decided.shown() {
        for line in [
            "- retracted later: It was forged.",
            "- corrected later: A date",
            &format!("- {on_source}"),
            &format!("- {in_article}"),
        ] {
            assert!(text.contains(&format!("\n  {line}\n")), "{line}: {text}");
        }
        assert!(text.contains("\ndecided "), "{text}");
    }
    let check = decided.check();
    let index = decided.desk.ok(&["check", &retraction])["index"].clone();
    let on_source = json!([{ "message": on_source, "index": index }]);
    assert_eq!(check["reviews"][0]["notices"], on_source);
    assert_eq!(check["notices"][0]["message"], in_article);
    let said = &check["sources"][0]["notices"][0]["message"];
    assert_eq!(said, "retracted later: It was forged.");
}

#[test]
fn word_of_a_distrusted_key_is_doubtful() {
    let decided = decided();
    let desk = &decided.desk;
    let revoke = [
        "key",
        "revoke",
        "ben",
        "--reason",
        "compromised",
        "--as",
        "ada",
    ];
    desk.ok(&[&revoke[..], &["--distrust-from", "7"]].concat());
    let notice = "doubtful: what its key signed from index 7 on is distrusted";
    for text in decided.shown() {
        let line = format!("\n  - the approval by Ben: {notice}\n");
        assert!(text.contains(&line), "{text}");
    }
    let check = decided.check();
    let approval = &check["approvals"][0];
    assert_eq!(approval["hash"], decided.approval.as_str());
    assert_eq!(approval["index"], 7);
    assert_eq!(
        approval["notices"],
        json!([{ "message": notice, "index": 8 }])
    );
    assert_eq!(check["reviews"][0]["hash"], decided.review.as_str());
    assert_eq!(check["reviews"][0]["notices"], Value::Null);
    assert_eq!(check["intact"], true);
}

#[test]
fn replacement_is_told_from_both_sides() {
    let decided = decided();
    let (desk, claim) = (&decided.desk, &decided.claim);
    let twice = desk.claim(&decided.article, "The bridge is safe");
    let why = [
        "--why",
        "Recorded twice",
        "--replacement",
        claim,
        "--as",
        "ada",
    ];
    desk.ok(&[&["retract", &twice], &why[..]].concat());
    let stands = format!("  stands in place of {twice}, which was retracted: Recorded twice\n");
    for text in decided.shown() {
        assert!(text.contains(&stands), "{text}");
        assert!(!text.contains("retraction: "), "{text}");
    }
    let text = shown(desk, &[&twice]);
    let replaced = format!("  retraction: Recorded twice\n  in its place stands {claim}\n");
    assert!(text.contains(&replaced), "{text}");
}

#[test]
fn later_version_of_an_article_is_told_with_its_claims() {
    let decided = decided();
    let desk = &decided.desk;
    let revise = |article: &str, text: &str| {
        desk.write("page2.txt", text);
        desk.hash(&[
            "add",
            "article",
            "page2.txt",
            "--headline",
            "The bridge, again",
            "--published",
            "unknown",
            "--revises",
            article,
            "--as",
            "ada",
        ])
    };
    assert_eq!(decided.check()["laterVersions"], Value::Null);
    let second = revise(
        &decided.article,
        "Today the mayor said: “The bridge is safe.”\n",
    );
    let third = revise(&second, "The mayor was silent.\n");
    let expected = json!([
        { "article": decided.article, "version": second, "fate": "moved" },
        { "article": decided.article, "version": third, "fate": "lost" },
    ]);
    assert_eq!(decided.check()["laterVersions"], expected);
    let text = shown(desk, &[&decided.claim]);
    for (version, fate) in [
        (second.as_str(), "✓ the words stand there"),
        (&third, "✗ the words do not stand there"),
    ] {
        let lines = format!("a later version of the article is recorded: {version}\n  {fate}\n");
        assert!(text.contains(&lines), "{text}");
    }
    let text = shown(desk, &[&decided.article]);
    assert!(
        text.contains("  a later version:\n  The bridge, again; published unknown\n"),
        "{text}"
    );
    assert_eq!(
        desk.ok(&["check", &decided.article])["versions"][0]["hash"],
        second.as_str()
    );
}

#[test]
fn states_of_all_claims_of_an_article_are_looked_at() {
    // Of more than a thousand, the rest was left out silently.
    let desk = Desk::founded();
    let article = desk.article("She said no.\n");
    let claims: Vec<Value> = (0..1001)
        .map(|n| json!({
            "id": format!("c{n}"), "kind": "direct-quote", "checkability": "checkable", "said": "unknown",
            "speaker": { "name": format!("Speaker {n}") }, "appearances": [{ "article": article, "exact": "no" }],
        }))
        .collect();
    desk.write("claims.json", json!({ "claims": claims }).to_string());
    let recorded = desk.ok(&["record", "claims.json", "--as", "ada"]);
    let last = recorded["records"].as_array().unwrap().last().unwrap()["hash"].clone();
    let last = last.as_str().unwrap();
    desk.ok(&["retract", last, "--why", "A mistake", "--as", "ada"]);
    let text = shown(&desk, &[&article]);
    assert!(
        text.contains(&format!("a claim in it was retracted: {last}")),
        "{text}"
    );
}

#[test]
fn address_of_a_page_names_its_record() {
    let decided = decided();
    let digits = &decided.claim["sha256:".len()..];
    for page in [
        format!("claim/{digits}.html"),
        format!("de/claim/{digits}.html#top"),
        format!("proof/{digits}.json"),
    ] {
        let address = format!("https://factdesk.example/l/{page}");
        assert_eq!(
            decided.desk.ok(&["check", &address])["hash"],
            decided.claim.as_str()
        );
    }
}

#[test]
fn whoever_audits_a_bundle_is_told_how_to_check_it() {
    let desk = Desk::full();
    desk.ok(&["prove", &desk.hash_of("claim"), "-o", "claim.proof.json"]);
    let message = desk.fails(&["verify", "claim.proof.json"], 3);
    assert!(
        message.contains("`ledger check claim.proof.json`"),
        "{message}"
    );
}

#[test]
fn recorded_text_passes_for_no_result() {
    let of = decided();
    let ours = "✓ the signature is the editor's";
    let step = shown(&of.desk, &[&of.claim]);
    let count = |text: &str| text.lines().filter(|line| line.trim() == ours).count();
    assert_eq!(count(&step), 1, "{step}");
    let twice = format!("Fine.\n{ours}");
    let respond = [
        "respond",
        &of.claim,
        "--by",
        "The mayor",
        "--received",
        "unknown",
        "--as",
        "ben",
    ];
    of.desk.ok(&[&respond[..], &["--text", &twice]].concat());
    let review = [
        "review",
        &of.claim,
        "--verdict",
        "false",
        "--as",
        "ada",
        "--why",
    ];
    of.desk.ok(&[&review[..], &[ours]].concat());
    let text = shown(&of.desk, &[&of.claim]);
    assert_eq!(count(&text), 1, "{text}");
    assert!(text.contains(&format!("│ {ours}")), "{text}");
}

#[test]
fn name_goes_on_no_line_of_ours() {
    let desk = Desk::founded();
    let key = desk.run(&["key", "new", "dan", "--unencrypted"]);
    let did = String::from_utf8(key.stdout).unwrap();
    let holder = "Dan, approved by Cy";
    desk.ok(&[
        "key",
        "enroll",
        did.trim(),
        "--holder",
        holder,
        "--role",
        "editor",
        "--as",
        "ada",
    ]);
    let article = desk.article("She said no.\n");
    let claim = desk.claim(&article, "no");
    desk.ok(&[
        "review",
        &claim,
        "--verdict",
        "false",
        "--why",
        "So",
        "--as",
        "dan",
    ]);
    let text = shown(&desk, &[&claim]);
    assert!(text.contains("by \"Dan, approved by Cy\", waits"), "{text}");
}

#[test]
fn review_that_needs_no_approval_is_not_called_approved() {
    let desk = Desk::founded();
    desk.ok(&["policy", "--approvals", "0", "--as", "ada"]);
    let article = desk.article("She said no.\n");
    let claim = desk.claim(&article, "no");
    desk.review(&claim, "false");
    let text = shown(&desk, &[&claim]);
    assert!(
        text.contains("decided (reviewed; no approval was asked for)"),
        "{text}"
    );
}

#[test]
fn words_of_the_article_are_told_where_the_claim_has_others() {
    let desk = Desk::founded();
    let article = desk.article("She said no.\n");
    let claim = desk.hash(&[
        "add",
        "claim",
        "--article",
        &article,
        "--quote",
        "no",
        "--text",
        "She took the money.",
        "--speaker",
        "She",
        "--kind",
        "direct-quote",
        "--as",
        "ada",
    ]);
    let text = shown(&desk, &[&claim]);
    assert!(
        text.contains("  \"She took the money.\"\n  in the article: \"no\"\n"),
        "{text}"
    );
    let claim = desk.claim(&article, "no");
    assert!(!shown(&desk, &[&claim]).contains("in the article:"));
}
