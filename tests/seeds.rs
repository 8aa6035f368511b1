//! The main job on the two real articles that the project began from.
//!
//! They are other people's text: read from a folder beside the sources, where it is there, and never copied.
//! The quotes are taken from the texts when the test runs.

mod support;

use serde_json::{Value, json};
use support::desk::Desk;
use support::tools;

fn seeds() -> Option<[String; 2]> {
    let texts: Vec<String> = (tools::seeds().iter())
        .map(|f| std::fs::read_to_string(f).unwrap())
        .collect();
    (!texts.is_empty()).then(|| texts.try_into().expect("two seed articles"))
}

/// What stands between quotation marks and occurs twice in the text: the director's direct quotes.
fn quotes_that_occur_twice(text: &str) -> Vec<String> {
    let mut quotes: Vec<String> = Vec::new();
    for passage in text.split('"').skip(1).step_by(2) {
        let words = passage.trim_end_matches([',', '.']);
        let known = quotes.iter().any(|quote| quote.contains(words));
        if words.split(' ').count() > 4 && !known && text.matches(words).count() == 2 {
            quotes.push(words.to_owned());
        }
    }
    quotes
}

fn claim(id: &str, kind: &str, checkability: &str, speaker: &str, appearances: Value) -> Value {
    json!({
        "id": id,
        "kind": kind,
        "checkability": checkability,
        "speaker": { "name": speaker },
        "said": "unknown",
        "appearances": appearances,
    })
}

fn twice(article: &str, words: &str) -> Value {
    json!([
        { "article": article, "exact": words, "occurrence": 1 },
        { "article": article, "exact": words, "occurrence": 2 },
    ])
}

fn once(article: &str, words: &str) -> Value {
    json!([{ "article": article, "exact": words }])
}

fn dossier(quotes: &[String]) -> Value {
    let mut claims = Vec::new();
    let mut reviews = Vec::new();
    for (i, words) in quotes.iter().enumerate() {
        let id = format!("quote-{i}");
        let mut quote = claim(
            &id,
            "direct-quote",
            "opinion",
            "Kane Parsons",
            twice("report", words),
        );
        quote["via"] = json!([{ "name": "Variety" }, { "name": "letsdatascience.com" }]);
        claims.push(quote);
        reviews.push(json!({
            "id": format!("review-{i}"),
            "subject": id,
            "attribution": "misattributed",
            "quote": "verbatim",
            "explanation": "The words stand so in the text; they were not told to this site, but taken from another report.",
            "evidence": [{ "source": "page", "stance": "supports" }],
        }));
    }
    claims.push(claim(
        "flag",
        "assertion",
        "boilerplate",
        "letsdatascience.com",
        once("report", "verified=true"),
    ));
    claims.push(claim(
        "sponsor",
        "assertion",
        "advertising",
        "zahid.host",
        once("report", "brought to you by"),
    ));
    claims.push(claim(
        "upcoming",
        "assertion",
        "checkable",
        "the page",
        once("explainer", "upcoming Backrooms feature film"),
    ));
    claims.push(claim("released", "assertion", "checkable", "the page", {
        json!([{ "article": "report", "exact": "director of the film", "occurrence": 1 }])
    }));
    reviews.push(json!({
        "id": "review-upcoming",
        "subject": "upcoming",
        "verdict": "unproven",
        "explanation": "The page has no date, and nobody else was asked.",
    }));
    json!({
        "articles": [
            {
                "id": "report",
                "file": "report.txt",
                "headline": "Backrooms Director Parsons Rejects AI in Filmmaking",
                "publisher": { "name": "letsdatascience.com" },
                "published": "2026-06-04",
            },
            { "id": "explainer", "file": "explainer.txt", "headline": "An explainer without a date", "published": "unknown" },
        ],
        "sources": [
            { "id": "page", "file": "report.txt", "title": "The page as it was saved", "published": "2026-06-04", "level": "aggregator" },
        ],
        "claims": claims,
        "reviews": reviews,
        "relations": [
            { "id": "release", "from": "upcoming", "to": "released", "relation": "contradicts", "note": "One text treats the film as yet to come, the other as made." },
        ],
    })
}

fn hash_of(receipt: &Value, id: &str) -> String {
    let records = receipt["records"].as_array().unwrap();
    let record = records.iter().find(|record| record["id"] == id);
    record.unwrap_or_else(|| panic!("no {id}"))["hash"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[test]
fn both_articles_become_a_verified_ledger() {
    let Some([explainer, report]) = seeds() else {
        return;
    };
    let quotes = quotes_that_occur_twice(&report);
    assert!(quotes.len() >= 2, "{quotes:?}");
    let desk = Desk::founded();
    desk.write("explainer.txt", &explainer);
    desk.write("report.txt", &report);
    desk.write("dossier.json", dossier(&quotes).to_string());
    let receipt = desk.ok(&["record", "dossier.json", "--as", "ada"]);

    for i in 0..quotes.len() {
        desk.ok(&[
            "approve",
            &hash_of(&receipt, &format!("review-{i}")),
            "--as",
            "ben",
        ]);
    }
    let upcoming = hash_of(&receipt, "upcoming");
    desk.ok(&[
        "correct",
        &upcoming,
        "--why",
        "The page says so of the film's production.",
        "--as",
        "ben",
    ]);
    let report = desk.verify();
    assert_eq!(report["ok"], true, "{report:#}");

    let first = desk.ok(&["check", &hash_of(&receipt, "quote-0")]);
    assert_eq!(first["state"], "decided");
    assert_eq!(first["intact"], true);
    assert_eq!(
        first["record"]["content"]["appearances"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        first["reviews"][0]["record"]["content"]["attribution"],
        "misattributed"
    );
    assert_eq!(
        first["reviews"][0]["record"]["content"]["quote"],
        "verbatim"
    );
    // Handed to somebody who has nothing but the file and the log's key.
    let quote = hash_of(&receipt, "quote-0");
    desk.ok(&["prove", &quote, "-o", "quote.proof.json"]);
    let elsewhere = Desk::empty();
    let bundle = std::fs::read(desk.path("quote.proof.json")).unwrap();
    elsewhere.write("quote.proof.json", bundle);
    let key = desk.ok(&["status"])["logKey"].as_str().unwrap().to_owned();
    let handed_on = elsewhere.ok(&["check", "quote.proof.json", "--log-key", &key]);
    assert_eq!(handed_on["state"], "decided");
    assert_eq!(handed_on["record"], first["record"]);

    let article = desk.ok(&["show", &hash_of(&receipt, "explainer")]);
    assert_eq!(article["record"]["content"]["published"], "unknown");
    // The raw bytes are kept as they were received.
    let original = article["record"]["content"]["original"]["digest"]
        .as_str()
        .unwrap();
    let received = ledger::canonical::Digest::of(explainer.as_bytes());
    assert_eq!(original, received.to_string());
    let words = desk.ok(&["check", &quotes[0]]);
    assert_eq!(words["matches"][0]["match"], "exact");
    let contradiction = desk.ok(&["check", &upcoming]);
    assert_eq!(
        contradiction["relations"][0]["record"]["content"]["relation"],
        "contradicts"
    );
}

#[test]
fn quote_that_occurs_twice_is_refused_until_the_editor_says_which() {
    let Some([_, report]) = seeds() else {
        return;
    };
    let desk = Desk::founded();
    let quotes = quotes_that_occur_twice(&report);
    let article = desk.article(&report);
    let mut arguments = vec!["add", "claim", "--article", &article, "--quote", &quotes[0]];
    arguments.extend([
        "--speaker",
        "Kane Parsons",
        "--kind",
        "direct-quote",
        "--as",
        "ada",
    ]);
    let message = desk.fails(&arguments, 1);
    assert!(message.contains("occurrence 2, code points"), "{message}");
    arguments.extend(["--occurrence", "1", "--occurrence", "2", "--via", "Variety"]);
    desk.ok(&arguments);
    assert_eq!(desk.findings(), Vec::<String>::new());
}
