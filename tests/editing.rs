//! What an editor is told at the desk: what waits, what rests on what, what may not have been meant.

mod support;

use serde_json::{Value, json};
use support::desk::Desk;
use support::schema;

/// Runs a command that must succeed, and returns its answer and what it says beside it.
fn said(desk: &Desk, arguments: &[&str]) -> (String, String) {
    let output = desk.run(arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let stderr = text(output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {stderr}");
    (text(output.stdout), stderr)
}

/// What a command says beside its answer.
fn notes(desk: &Desk, arguments: &[&str]) -> String {
    said(desk, arguments).1
}

fn status(desk: &Desk, arguments: &[&str]) -> Value {
    let status = desk.ok(&[&["status"], arguments].concat());
    schema::assert_valid("cli/status", &status);
    status
}

/// The subjects that a section of `status` lists.
fn subjects(status: &Value, section: &str) -> Vec<String> {
    let listed = status[section]["listed"].as_array().unwrap();
    assert_eq!(status[section]["total"], listed.len());
    let subjects = listed.iter().map(|item| item["subject"].as_str().unwrap());
    subjects.map(str::to_owned).collect()
}

const PAGE: &str = "The mayor said: “The bridge is safe.” It opened in May.\n";

/// A claim, and the article in which it stands.
fn claim_and_article(desk: &Desk) -> (String, String) {
    let article = desk.article(PAGE);
    (desk.claim(&article, "The bridge is safe."), article)
}

fn source(desk: &Desk, title: &str) -> String {
    let (url, level) = ("https://roads.example/report", "primary");
    let add = ["add", "source", "--title", title, "--level", level];
    desk.hash(&[&add[..], &["--url", url, "--as", "ada"]].concat())
}

#[test]
fn status_lists_the_latest_review_of_what_waits() {
    let desk = Desk::founded();
    let (claim, _) = claim_and_article(&desk);
    desk.review(&claim, "unproven");
    let latest = desk.review(&claim, "verified");
    let mine = status(&desk, &["--as", "ben"]);
    assert_eq!(subjects(&mine, "waiting"), [claim.as_str()]);
    let item = mine["waiting"]["listed"][0].clone();
    let editor = item["editor"].as_str().unwrap();
    assert_eq!(
        item,
        json!({
            "subject": claim, "kind": "claim", "words": "The bridge is safe.", "review": latest,
            "verdict": "verified", "editor": editor, "holder": "ada", "approvals": 0, "needed": 1, "couldApprove": 1,
            "mayApprove": true,
        })
    );
    let own = status(&desk, &["--as", "ada"]);
    assert_eq!(own["waiting"]["listed"][0]["mayApprove"], false);
    // With two keys here and none named, nobody knows whose.
    let nobody = status(&desk, &[]);
    assert_eq!(nobody["waiting"]["listed"][0].get("mayApprove"), None);
    assert!(desk.fails(&["status", "--as", "eve"], 2).contains("no key"));
    let (text, _) = said(&desk, &["status", "--as", "ben"]);
    for part in [
        "\"The bridge is safe.\"\n",
        "verdict verified, by ada, ",
        "0 of 1 approvals, ben may approve it\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    // What the last entry settles waits no more, and a section of nothing is not shown.
    desk.ok(&["approve", &latest, "--as", "ben"]);
    assert_eq!(subjects(&status(&desk, &[]), "waiting"), [""; 0]);
    let (text, _) = said(&desk, &["status"]);
    assert!(!text.contains("wait"), "{text}");
}

#[test]
fn status_counts_what_it_does_not_list() {
    let desk = Desk::founded();
    let words: String = (0..22).map(|i| format!("Word {i:02}. ")).collect();
    let article = desk.article(&words);
    for i in 0..22 {
        let claim = desk.claim(&article, &format!("Word {i:02}"));
        desk.review(&claim, "mixed");
    }
    let waiting = status(&desk, &[])["waiting"].clone();
    assert_eq!(waiting["total"], 22);
    assert_eq!(waiting["listed"].as_array().unwrap().len(), 20);
    let (text, _) = said(&desk, &["status"]);
    assert!(text.contains("\nand 2 more\n"), "{text}");
}

#[test]
fn status_lists_what_was_decided_on_ground_that_moved() {
    let desk = Desk::founded();
    let (claim, article) = claim_and_article(&desk);
    let other = desk.claim(&article, "It opened in May.");
    let report = source(&desk, "Inspection report");
    let review = desk.review_with(&claim, "verified", &report);
    let shaken = |desk: &Desk| subjects(&status(desk, &[]), "shaken");
    desk.ok(&["retract", &report, "--why", "Forged", "--as", "ada"]);
    assert_eq!(shaken(&desk), [""; 0], "nothing is decided yet");
    let newer = source(&desk, "Another report");
    let review = {
        desk.ok(&["approve", &review, "--as", "ben"]);
        desk.review_with(&claim, "verified", &newer)
    };
    desk.ok(&["approve", &review, "--as", "ben"]);
    assert_eq!(shaken(&desk), [""; 0], "somebody looked again since");
    desk.ok(&["correct", &newer, "--why", "A date", "--as", "ada"]);
    assert_eq!(shaken(&desk), [claim.as_str()]);
    let item = status(&desk, &[])["shaken"]["listed"][0].clone();
    assert_eq!(
        (&item["because"], &item["change"]),
        (&json!(newer), &json!("corrected"))
    );
    let (text, _) = said(&desk, &["status"]);
    assert!(text.contains(&format!("rests on source {newer}, corrected at index")));
    // The article counts for every claim that is decided, and for no other.
    desk.ok(&["retract", &article, "--why", "A hoax", "--as", "ada"]);
    let item = status(&desk, &[])["shaken"]["listed"][0].clone();
    assert_eq!(
        (&item["because"], &item["change"]),
        (&json!(article), &json!("retracted"))
    );
    let review = desk.review(&other, "mixed");
    desk.ok(&["approve", &review, "--as", "ben"]);
    desk.review(&claim, "mixed");
    assert_eq!(shaken(&desk), [""; 0]);
}

#[test]
fn status_lists_reviews_whose_date_comes() {
    let desk = Desk::founded();
    let article = desk.article("One. Two. Three. Four.\n");
    let mut claims = Vec::new();
    for (words, date) in [
        ("One", "2026-11-27"),
        ("Two", "2026-11-28"),
        ("Three", "2026-10"),
        ("Four", "2026-11-20"),
    ] {
        let claim = desk.claim(&article, words);
        let review = ["review", &claim, "--verdict", "mixed", "--why", "Looked."];
        let review = desk.hash(&[&review[..], &["--review-by", date, "--as", "ada"]].concat());
        desk.ok(&["approve", &review, "--as", "ben"]);
        claims.push(claim);
        if claims.len() == 2 {
            assert_eq!(subjects(&status(&desk, &[]), "due"), [claims[0].as_str()]);
        }
    }
    let due = status(&desk, &[]);
    let earliest_first = [&claims[2], &claims[3], &claims[0]];
    assert_eq!(subjects(&due, "due"), earliest_first.map(String::clone));
    let past: Vec<&Value> = (due["due"]["listed"].as_array().unwrap().iter())
        .map(|item| &item["past"])
        .collect();
    assert_eq!(past, [true, false, false]);
    assert_eq!(due["due"]["listed"][0]["reviewBy"], "2026-10");
    let later = status(&desk, &["--now", "2026-11-21T00:00:00Z"]);
    assert_eq!(subjects(&later, "due").len(), 4);
}

#[test]
fn status_lists_claims_that_a_later_version_left_behind() {
    let desk = Desk::founded();
    let (claim, article) = claim_and_article(&desk);
    let other = desk.claim(&article, "It opened in May.");
    desk.write("page.txt", PAGE.replace("safe", "sound"));
    let add = ["add", "article", "page.txt", "--headline", "A page"];
    let more = [
        "--published",
        "unknown",
        "--revises",
        &article,
        "--as",
        "ada",
    ];
    let version = desk.hash(&[&add[..], &more].concat());
    let revised = |desk: &Desk| subjects(&status(desk, &[]), "revised");
    assert_eq!(revised(&desk), [claim.as_str(), other.as_str()]);
    let item = status(&desk, &[])["revised"]["listed"][0].clone();
    assert_eq!(
        (&item["article"], &item["laterVersion"]),
        (&json!(article), &json!(version))
    );
    desk.ok(&["correct", &claim, "--why", "Now sound", "--as", "ada"]);
    desk.ok(&["retract", &other, "--why", "Gone", "--as", "ada"]);
    assert_eq!(revised(&desk), [""; 0]);
}

#[test]
fn approving_a_claim_approves_its_review_that_waits() {
    let desk = Desk::founded();
    let (claim, _) = claim_and_article(&desk);
    let refused = desk.fails(&["approve", &claim, "--as", "ben"], 1);
    assert!(refused.contains("nobody has reviewed"), "{refused}");
    desk.review(&claim, "unproven");
    let latest = desk.review(&claim, "verified");
    let note = notes(&desk, &["approve", &claim, "--as", "ben"]);
    assert!(
        note.contains(&format!("{latest}: verdict verified")),
        "{note}"
    );
    let check = desk.ok(&["check", &claim]);
    assert_eq!(check["decidedReview"], latest.as_str());
    let refused = desk.fails(&["approve", &claim, "--as", "ben"], 1);
    assert!(refused.contains("is approved"), "{refused}");
}

#[test]
fn review_that_leaves_decided_answers_open_says_so() {
    let desk = Desk::founded();
    let (claim, _) = claim_and_article(&desk);
    let review = |answers: &[&str]| {
        let review = ["review", &claim, "--why", "We looked.", "--as", "ada"];
        notes(&desk, &[&review[..], answers].concat())
    };
    let all = [
        "--verdict",
        "verified",
        "--attribution",
        "confirmed",
        "--quote",
        "verbatim",
    ];
    assert_eq!(review(&all), "");
    desk.ok(&["approve", &claim, "--as", "ben"]);
    let note = review(&["--verdict", "mixed", "--dry-run"]);
    assert!(
        note.contains("also says attribution confirmed, quote verbatim")
            && note.contains("--attribution confirmed --quote verbatim"),
        "{note}"
    );
    assert_eq!(review(&[&all[2..], &["--verdict", "mixed"]].concat()), "");
    review(&["--verdict", "mixed"]);
    let note = notes(&desk, &["approve", &claim, "--as", "ben"]);
    assert!(
        note.contains("also says attribution confirmed, quote verbatim"),
        "{note}"
    );
}

#[test]
fn retraction_names_what_rests_on_the_record() {
    let desk = Desk::founded();
    let (claim, article) = claim_and_article(&desk);
    let report = source(&desk, "Inspection report");
    let superseded = desk.review_with(&claim, "mixed", &report);
    let review = desk.review_with(&claim, "verified", &report);
    let note = notes(
        &desk,
        &[
            "retract",
            &report,
            "--why",
            "Forged",
            "--as",
            "ada",
            "--dry-run",
        ],
    );
    assert!(
        note.contains(&format!(
            "1 review still cites what was retracted:\n  {review}"
        )),
        "{note}"
    );
    assert!(!note.contains(&superseded), "{note}");
    let note = notes(
        &desk,
        &["retract", &article, "--why", "A hoax", "--as", "ada"],
    );
    assert!(
        note.contains(&format!(
            "1 claim still quotes what was retracted:\n  {claim}"
        )),
        "{note}"
    );
    let note = notes(
        &desk,
        &["retract", &claim, "--why", "A hoax", "--as", "ada"],
    );
    assert_eq!(note, "");
}

#[test]
fn erasure_says_which_text_stays_and_why() {
    let desk = Desk::founded();
    let (claim, article) = claim_and_article(&desk);
    let add = [
        "add",
        "article",
        "page.txt",
        "--headline",
        "B",
        "--published",
    ];
    let again = desk.hash(&[&add[..], &["unknown", "--as", "ada"]].concat());
    let source = desk.source("page.txt");
    let erase = |hashes: &[&str]| {
        let reason = ["--reason", "A court", "--as", "ada", "--yes", "--dry-run"];
        notes(&desk, &[&["erase"], hashes, &reason].concat())
    };
    let note = erase(&[&article]);
    assert!(
        note.contains(&format!("the text of {article} stays")),
        "{note}"
    );
    for line in [
        format!("\n  article {again}\n"),
        format!("\n  source {source}\n"),
        format!("1 claim still quotes what was erased:\n  {claim}\n"),
    ] {
        assert!(note.contains(&line), "{line}\n{note}");
    }
    let note = erase(&[&article, &again, &claim]);
    assert!(
        !note.contains(&format!("article {again}")) && note.contains(&source),
        "{note}"
    );
    assert_eq!(erase(&[&article, &again, &claim, &source]), "");
}

#[test]
fn log_lists_the_last_of_a_kind() {
    let desk = Desk::founded();
    let articles = [
        desk.article("One.\n"),
        desk.article("Two.\n"),
        desk.article("Three.\n"),
    ];
    for i in 0..4 {
        let title = format!("Report {i}");
        source(&desk, &title);
    }
    let hashes = |arguments: &[&str]| -> Vec<String> {
        let (text, _) = said(&desk, &[&["log", "--json"], arguments].concat());
        let lines = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines
            .map(|line| line["hash"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        hashes(&["--kind", "article", "--limit", "2"]),
        articles[1..]
    );
    assert_eq!(
        hashes(&["--kind", "article", "--from", "0", "--limit", "2"]),
        articles[..2]
    );
    assert_eq!(hashes(&["--kind", "article", "--limit", "0"]), [""; 0]);
    assert_eq!(hashes(&["--limit", "3"]).len(), 3);
    // Far beyond the end there is nothing; it is no damage.
    let far = u64::MAX.to_string();
    assert_eq!(hashes(&["--from", &far, "--limit", &far]), [""; 0]);
    assert_eq!(desk.head().0, hashes(&["--limit", &far]).len());
}

#[test]
fn what_is_recorded_twice_is_told_and_not_refused() {
    let desk = Desk::founded();
    let (claim, article) = claim_and_article(&desk);
    let add = [
        "add",
        "article",
        "page.txt",
        "--headline",
        "B",
        "--published",
        "unknown",
    ];
    let note = notes(&desk, &[&add[..], &["--as", "ada", "--dry-run"]].concat());
    assert!(
        note.contains(&format!("recorded already, as article {article}")),
        "{note}"
    );
    let revises = ["--revises", &article, "--as", "ada", "--dry-run"];
    assert_eq!(notes(&desk, &[&add[..], &revises].concat()), "");
    let quote = |quote: &str, speaker: &str| {
        let add = ["add", "claim", "--article", &article, "--kind", "assertion"];
        let said = [
            "--quote",
            quote,
            "--speaker",
            speaker,
            "--as",
            "ada",
            "--dry-run",
        ];
        notes(&desk, &[&add[..], &said].concat())
    };
    let note = quote("The bridge is safe.", "A. Speaker");
    assert!(
        note.contains(&format!("recorded already, as claim {claim}")),
        "{note}"
    );
    assert_eq!(quote("The bridge is safe.", "The mayor"), "");
    assert_eq!(quote("The bridge", "A. Speaker"), "");
    desk.ok(&["retract", &claim, "--why", "Wrong", "--as", "ada"]);
    assert_eq!(quote("The bridge is safe.", "A. Speaker"), "");
    // A whole dossier, again.
    let dossier = json!({ "articles": [{ "id": "a", "headline": "B", "published": "unknown", "file": "b.txt" }] });
    desk.write("b.txt", "Other words.\n");
    desk.write("dossier.json", dossier.to_string());
    let record = ["record", "dossier.json", "--as", "ada"];
    let first = desk.hash(&record);
    let again = [
        "record",
        "dossier.json",
        "--as",
        "ada",
        "--now",
        "2026-11-20T10:00:01Z",
    ];
    assert!(notes(&desk, &again).contains(&first));
}

#[test]
fn one_occurrence_is_no_two_appearances() {
    let desk = Desk::founded();
    let (_, article) = claim_and_article(&desk);
    let add = [
        "add",
        "claim",
        "--article",
        &article,
        "--quote",
        "The",
        "--kind",
        "assertion",
    ];
    let twice = [
        "--occurrence",
        "1",
        "--occurrence",
        "1",
        "--speaker",
        "S",
        "--as",
        "ada",
    ];
    let refused = desk.fails(&[&add[..], &twice].concat(), 2);
    assert!(refused.contains("found 1 twice"), "{refused}");
}

#[test]
fn dates_that_can_not_be_meant_are_told() {
    let desk = Desk::founded();
    let (claim, article) = claim_and_article(&desk);
    desk.write("b.txt", "Other words.\n");
    let noted = |command: &[&str], date: &str| {
        notes(
            &desk,
            &[command, &[date, "--as", "ada", "--dry-run"]].concat(),
        )
    };
    let add = ["add", "article", "b.txt", "--headline", "B", "--published"];
    assert!(noted(&add, "2026-12").contains("publication, 2026-12, lies in the future"));
    // It is tomorrow somewhere.
    assert_eq!(noted(&add, "2026-11-21"), "");
    assert_eq!(noted(&add, "2026"), "");
    let quote = [
        "--quote",
        "The bridge is safe.",
        "--speaker",
        "S",
        "--kind",
        "assertion",
    ];
    let add = [
        &["add", "claim", "--article", &article],
        &quote[..],
        &["--said"],
    ]
    .concat();
    assert!(noted(&add, "2027").contains("was said, 2027, lies in the future"));
    let review = [
        "review",
        &claim,
        "--verdict",
        "mixed",
        "--why",
        "W",
        "--review-by",
    ];
    assert!(noted(&review, "2026-10").contains("next look, 2026-10, is past"));
    assert_eq!(noted(&review, "2026-11"), "");
}

#[test]
fn policy_that_nobody_can_meet_is_told() {
    let desk = Desk::founded();
    assert_eq!(
        notes(
            &desk,
            &["policy", "--approvals", "1", "--as", "ada", "--dry-run"]
        ),
        ""
    );
    let note = notes(&desk, &["policy", "--approvals", "5", "--as", "ada"]);
    assert!(
        note.contains("needs 5 approvals") && note.contains("1 other editor could"),
        "{note}"
    );
    let (claim, _) = claim_and_article(&desk);
    desk.review(&claim, "mixed");
    desk.ok(&["approve", &claim, "--as", "ben"]);
    let (text, _) = said(&desk, &["status"]);
    assert!(
        text.contains("1 of 5 approvals, nobody else could approve"),
        "{text}"
    );
}

#[test]
fn answer_within_another_keeps_its_warning_and_its_exit_code() {
    let desk = Desk::founded();
    let claim = json!({ "@type": "ClaimReview", "@context": "https://schema.org", "claimReviewed": "It is safe.",
        "author": { "@type": "Organization", "name": "Elmet Checks" }, "url": "https://elmet.example/1",
        "reviewRating": { "@type": "Rating", "alternateName": "False" } });
    desk.write("reviews.json", claim.to_string());
    // The guard reads what it remembers, and can't write it anew.
    let state = std::fs::read_dir(desk.path("state")).unwrap();
    let mut paths = state.map(|entry| entry.unwrap().path());
    let checkpoint = paths.find(|path| path.extension().is_some_and(|e| e == "checkpoint"));
    std::fs::create_dir(checkpoint.unwrap().with_extension("new")).unwrap();
    let output = desk.run(&["import", "reviews.json", "--as", "ada"]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{stderr}");
    assert!(stderr.contains("could not keep the checkpoint"), "{stderr}");
}

#[test]
fn record_is_shown_as_people_read_it() {
    let desk = Desk::founded();
    let article = desk.article(PAGE);
    let quote = [
        "--quote",
        "The bridge is safe.",
        "--speaker",
        "The mayor",
        "--via",
        "Roads Daily",
    ];
    let add = [
        "add",
        "claim",
        "--article",
        &article,
        "--kind",
        "direct-quote",
        "--as",
        "ben",
    ];
    let claim = desk.hash(&[&add[..], &quote].concat());
    let report = source(&desk, "Inspection report");
    let review = desk.review_with(&claim, "verified", &report);
    let row = |hash: &str, name: &str| -> String {
        let (text, _) = said(&desk, &["show", hash]);
        let row = text
            .lines()
            .find(|line| line.starts_with(name))
            .map(|line| line[name.len()..].trim());
        row.unwrap_or_else(|| panic!("{name}\n{text}")).to_owned()
    };
    assert_eq!(
        row(&claim, "appearances"),
        format!("\"The bridge is safe.\" in {article} from 17 to 36")
    );
    assert_eq!(row(&claim, "via"), "Roads Daily");
    assert_eq!(row(&claim, "speaker"), "name The mayor");
    assert!(row(&claim, "editor").starts_with("Ben (did:key:"));
    assert_eq!(row(&review, "evidence"), format!("supports {report}"));
}
