//! Words are found again though they were altered, and nothing else passes for them.

mod support;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::desk::Desk;
use support::{tools, vectors};

const SAID: [&str; 4] = [
    "The bridge is safe, and will be safe for a hundred years",
    "The bridge is not safe, and will be closed for a hundred days",
    "Nobody told the committee that the tunnel had cost $1.5 million more",
    "I've never met a modern clerk who didn't file forms in triplicate",
];

/// A desk with these claims, and their hashes.
fn recorded(said: &[&str]) -> (Desk, Vec<String>) {
    let desk = Desk::founded();
    let page = said.join("\n\n");
    let article = desk.article(&page);
    let claims = said
        .iter()
        .map(|words| desk.claim(&article, words))
        .collect();
    (desk, claims)
}

#[test]
fn words_of_the_static_index_are_folded_by_letter() {
    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        text: String,
        words: BTreeSet<String>,
    }
    for (at, case) in vectors::cases::<Case>("search") {
        let found = ledger::site::index::words(&case.text);
        assert_eq!(found, case.words, "{at}: {}", case.text);
    }
}

fn hits(desk: &Desk, text: &str) -> Vec<Value> {
    let output = desk.run(&["search", "--json", "--", text]);
    assert!(
        matches!(output.status.code(), Some(0 | 1)),
        "{text}: {output:?}"
    );
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["outOfReach"][0], "paraphrase");
    answer["hits"].as_array().unwrap().clone()
}

#[test]
fn altered_words_are_found_and_the_way_is_told() {
    let (desk, claims) = recorded(&SAID);
    for (text, claim, how) in [
        (SAID[0], 0, "exact"),
        (
            "“THE BRIDGE IS SAFE – and will be safe for a hundred years…”",
            0,
            "same-words",
        ),
        ("will be safe for a hundred", 0, "fragment"),
        ("The bridge … closed for a hundred days", 1, "elided"),
        ("the tunnel had cost $1.6 million more", 2, "similar"),
        (
            "Nobody warned the committee that a tunnel had cost $1.5 million more",
            2,
            "similar",
        ),
        (
            "l've never rnet a modem derk who didnt flle for ms in triplicate",
            3,
            "similar",
        ),
        ("triplicate forms", 3, "some-words"),
        (
            "He wrote: \"Nobody told the committee that the tunnel had cost $1.5 million more\", and left.",
            2,
            "within",
        ),
    ] {
        let hits = hits(&desk, text);
        assert_eq!(hits[0]["hash"], claims[claim].as_str(), "{text}: {hits:#?}");
        assert_eq!(hits[0]["matched"]["how"], how, "{text}");
    }
    assert!(hits(&desk, "What the weather will be like tomorrow").is_empty());
}

#[test]
fn a_word_that_turns_the_meaning_is_shown_and_checks_nothing() {
    let (desk, claims) = recorded(&SAID[1..]);
    let text = "The bridge is safe, and will be closed for a hundred days";
    let output = desk.run(&["check", text, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["matches"].as_array().unwrap().len(), 0);
    let candidate = &answer["candidates"][0];
    assert_eq!(candidate["hash"], claims[0].as_str());
    let changes = candidate["difference"].as_array().unwrap();
    assert!(
        changes.contains(&serde_json::json!({ "recorded": "not" })),
        "{changes:?}"
    );
    let shown = String::from_utf8(desk.run(&["search", text]).stdout).unwrap();
    assert!(shown.contains("The bridge is [-not-] safe,"), "{shown}");
    assert!(
        shown.contains("A paraphrase or a translation is not found."),
        "{shown}"
    );
    // One number is not another, and one part of two claims is neither.
    let cost = desk.run(&["check", "the tunnel had cost $15 million more"]);
    assert_eq!(cost.status.code(), Some(1));
    let (desk, _) = recorded(&SAID);
    assert_eq!(desk.run(&["check", "for a hundred"]).status.code(), Some(1));
    assert_eq!(
        desk.run(&["check", "for a hundred days"]).status.code(),
        Some(0)
    );
}

#[test]
fn headlines_are_found_and_erased_words_are_not() {
    let (desk, claims) = recorded(&SAID);
    assert_eq!(hits(&desk, "a PAGE")[0]["kind"], "article");
    desk.ok(&[
        "erase", &claims[3], "--reason", "A court", "--as", "ada", "--yes",
    ]);
    let left = hits(&desk, SAID[3]);
    assert!(
        left.iter().all(|hit| hit["hash"] != claims[3].as_str()),
        "{left:#?}"
    );
}

#[test]
fn hostile_text_is_answered_or_refused_in_bounded_time() {
    let (desk, _) = recorded(&SAID);
    let marks = "e\u{301}\u{302}\u{303}".repeat(500);
    let common = "the a of and ".repeat(300);
    let begun = Instant::now();
    for text in [
        "\" OR 1 NOT * NEAR(bridge safe) text:bridge ^a",
        "bridge*",
        "marks : bridge",
        "the and of",
        "… … …a",
        &marks,
        &common,
    ] {
        hits(&desk, text);
    }
    let long = "safe ".repeat(20_000);
    for (text, why) in [
        ("", "neither letters nor digits"),
        ("— … !", "neither letters nor digits"),
        ("\u{301}\u{301}", "neither letters nor digits"),
        (long.as_str(), "at most 4096 bytes of text, found 100000"),
    ] {
        let message = desk.fails(&["search", "--", text], 2);
        assert!(message.contains(why), "{message}");
    }
    assert!(begun.elapsed() < Duration::from_secs(60));
}

#[test]
fn quotes_of_the_seed_articles_are_found_when_pasted_otherwise() {
    let mut quotes: Vec<String> = Vec::new();
    for path in tools::seeds() {
        let text = std::fs::read_to_string(path).unwrap();
        for passage in text.split('"').skip(1).step_by(2) {
            let words = passage.trim_end_matches([',', '.']).trim();
            let is_quote = words.split(' ').count() > 6 && !words.contains('\n');
            if is_quote
                && !quotes
                    .iter()
                    .any(|known| known.contains(words) || words.contains(known.as_str()))
            {
                quotes.push(words.to_owned());
            }
        }
    }
    assert!(!quotes.is_empty());
    let quotes: Vec<&str> = quotes.iter().map(String::as_str).collect();
    let (desk, claims) = recorded(&quotes);
    for (quote, claim) in std::iter::zip(&quotes, &claims) {
        let words: Vec<&str> = quote.split(' ').collect();
        let mut other: Vec<&str> = words.clone();
        other[words.len() / 2] = "elsewhere";
        for pasted in [
            format!("“{}…”", quote.to_uppercase().replace('\'', "’")),
            words[words.len() / 3..].join(" "),
            format!("{} … {}", words[..2].join(" "), words[4..].join(" ")),
            other.join(" "),
            quote
                .replace("rn", "m")
                .replace('l', "1")
                .replace(" th", "th"),
        ] {
            assert_eq!(hits(&desk, &pasted)[0]["hash"], claim.as_str(), "{pasted}");
        }
    }
}
