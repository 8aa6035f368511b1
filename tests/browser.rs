//! The reader's pages in a real browser, served by the program and from plain files.
//!
//! Needs Node, Chromium and the packages of `tests/browser` (`npm ci`); skipped aloud without, and never in CI.

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use ledger::log::WitnessSigner;
use ledger::sign::SecretKey;
use support::desk::Desk;
use support::serving::Serving;
use support::tools::{self, skip, tool};

const QUOTE: &str = "The bridge is “safe”, she said";

const PAGE: &str =
    "Élan 🌉 and more.\r\n\r\n\r\nYesterday: The bridge is “safe”, she said.   It held.\n";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser")
}

/// Returns the command that runs a script, or nothing where a tool for it is not installed.
fn node(script: &str) -> Option<Command> {
    tool("chromium")?;
    let mut node = tool("node")?;
    if !folder().join("node_modules/playwright-core").is_dir() {
        skip(
            "the check by playwright-core",
            "`npm ci` was not run in tests/browser",
        );
        return None;
    }
    node.arg(folder().join(script));
    Some(node)
}

fn run(mut command: Command, arguments: &[&str]) {
    let output = command.args(arguments).output().expect("node starts");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A desk with a decided claim: the claim's hash and the log's key.
fn desk() -> (Desk, String, String) {
    let desk = Desk::founded();
    let article = desk.article(PAGE);
    let claim = desk.claim(&article, QUOTE);
    let review = desk.review(&claim, "mostly-verified");
    desk.ok(&["approve", &review, "--as", "ben"]);
    let status = desk.ok(&["status"]);
    let log_key = status["logKey"].as_str().expect("a key").to_owned();
    (desk, claim, log_key)
}

#[test]
fn page_that_is_served_checks_its_proof_itself() {
    let Some(command) = node("smoke.mjs") else {
        return;
    };
    let (desk, claim, log_key) = desk();
    let site = Serving::site(&desk, &["--prefix", "/facts"]);
    let text = desk.path("page.txt").display().to_string();
    run(command, &[&site.url, &claim, &log_key, QUOTE, &text]);
}

/// A ledger of another desk, with its own keys, that has the same words, and its claim.
fn foreign() -> (Desk, String) {
    let desk = Desk::empty();
    let run = |arguments: &[&str]| {
        let mut command = desk.command();
        command.env("LEDGER_SEED", "another desk").args(arguments);
        run(command, &[]);
    };
    run(&["key", "new", "ada", "--unencrypted"]);
    run(&[
        "init",
        "desk.ledger",
        "--origin",
        "factdesk.example/2026",
        "--name",
        "Fact desk",
        "--approvals",
        "0",
        "--as",
        "ada",
    ]);
    let article = desk.article(PAGE);
    let claim = desk.claim(&article, QUOTE);
    (desk, claim)
}

/// A ledger with a claim in each state, cosigned by one witness: the claims by the names of their states.
fn desk_with_states() -> (Desk, BTreeMap<&'static str, String>, String) {
    const WORDS: [(&str, &str); 8] = [
        ("recorded", "One stands."),
        ("in-review", "Two wait."),
        ("decided", "Three are decided."),
        ("re-review", "Four again."),
        ("corrected", "Five were wrong."),
        ("superseded", "Six are old."),
        ("retracted", "Seven never were."),
        ("erased", "Eight are gone."),
    ];
    let desk = Desk::founded();
    let article = desk.article(&WORDS.map(|(_, words)| words).join("\n\n"));
    desk.write("snapshot.html", "<p>a snapshot</p>");
    let source = desk.source("snapshot.html");
    let mut claims = BTreeMap::new();
    for (state, words) in WORDS {
        let claim = desk.claim(&article, words);
        if !matches!(state, "recorded" | "in-review") {
            let review = desk.review_with(&claim, "mostly-verified", &source);
            desk.ok(&["approve", &review, "--as", "ben"]);
        }
        claims.insert(state, claim);
    }
    desk.review(&claims["in-review"], "false");
    desk.review(&claims["re-review"], "false");
    desk.ok(&[
        "correct",
        &claims["corrected"],
        "--why",
        "A date",
        "--as",
        "ada",
    ]);
    desk.ok(&[
        "correct",
        &claims["superseded"],
        "--why",
        "A better one",
        "--replacement",
        &claims["recorded"],
        "--as",
        "ada",
    ]);
    desk.ok(&[
        "retract",
        &claims["retracted"],
        "--why",
        "All wrong",
        "--as",
        "ben",
    ]);
    desk.ok(&[
        "respond",
        &claims["retracted"],
        "--by",
        "She",
        "--text",
        "I said so.",
        "--received",
        "unknown",
        "--as",
        "ben",
    ]);
    desk.ok(&[
        "relate",
        &claims["decided"],
        "contradicts",
        &claims["recorded"],
        "--as",
        "ada",
    ]);
    desk.ok(&[
        "erase",
        &claims["erased"],
        "--reason",
        "A court",
        "--as",
        "ada",
        "--yes",
    ]);
    desk.cosign_last();
    (desk, claims, source)
}

#[test]
fn claim_page_tells_each_of_its_states() {
    let Some(command) = node("states.mjs") else {
        return;
    };
    let (desk, claims, _) = desk_with_states();
    let site = Serving::site(&desk, &[]);
    // The first is the witness of `Desk::cosign_last`.
    let witness = |seed| WitnessSigner::new("witness.example", SecretKey::from_seed(&[seed; 32]));
    let [here, there] = [201, 202].map(|seed| witness(seed).expect("a name").key().to_string());
    let json = serde_json::json!({
        "url": site.url,
        "logKey": desk.ok(&["status"])["logKey"],
        "claims": claims,
        "policy": format!("witness here {here}\nwitness there {there}\n"),
    });
    run(command, &[&json.to_string()]);
}

#[test]
fn every_kind_of_page_can_be_used_by_everybody() {
    let Some(command) = node("access.mjs") else {
        return;
    };
    let (desk, claims, source) = desk_with_states();
    let site = Serving::site(&desk, &["--texts", "all"]);
    let page = |kind: &str, hash: &str| format!("{kind}/{}.html", &hash[7..]);
    let checked = desk.ok(&["check", &claims["decided"]]);
    let ben = checked["signers"][0]["key"].as_str().expect("a key");
    let shown = ["retracted", "superseded", "erased", "re-review"];
    let mut paths: Vec<String> = (shown.iter())
        .map(|state| page("claim", &claims[state]))
        .collect();
    paths.extend([
        String::new(),
        "search.html".to_owned(),
        "search.html?q=Three%20are%20decided".to_owned(),
        "search.html?q=Three%20were%20decided".to_owned(),
        "search.html?q=nowhere".to_owned(),
        page("claim", &format!("sha256:{}", "0".repeat(64))),
        page("article", &desk.hash_of("article")),
        page("source", &source),
        format!("editor/{}.html", ben.trim_start_matches("did:key:")),
        format!("de/{}", page("claim", &claims["retracted"])),
        "verify.html".to_owned(),
    ]);
    let json = serde_json::json!({
        "url": site.url,
        "logKey": desk.ok(&["status"])["logKey"],
        "paths": paths,
    });
    run(command, &[&json.to_string()]);
}

#[test]
fn badge_checks_on_the_page_of_another_site() {
    let Some(command) = node("badge.mjs") else {
        return;
    };
    let (desk, claims, _) = desk_with_states();
    let site = Serving::site(&desk, &[]);
    desk.ok(&["publish", "public"]);
    let json = serde_json::json!({
        "url": site.url,
        "logKey": desk.ok(&["status"])["logKey"],
        "claims": claims,
        "folder": desk.path("public"),
    });
    run(command, &[&json.to_string()]);
}

/// The words between the first quotation marks that are long enough to search for, of each seed article that has some.
fn seed_quotes() -> Vec<(String, String)> {
    let texts = tools::seeds().into_iter().map(std::fs::read_to_string);
    let texts = texts.map(|text| text.expect("text in UTF-8"));
    texts
        .filter_map(|text| {
            let mut passages = text.split('"').skip(1).step_by(2);
            let long = |words: &&str| words.split(' ').count() > 7 && !words.contains('\n');
            let words = passages.find(long)?.trim_end_matches([',', '.']).to_owned();
            Some((text, words))
        })
        .collect()
}

#[test]
fn quotes_of_the_seeds_are_found_by_pasting_them() {
    let texts = seed_quotes();
    let (Some(served), Some(plain)) = (node("quotes.mjs"), node("quotes.mjs")) else {
        return;
    };
    if texts.is_empty() {
        return;
    }
    let desk = Desk::founded();
    let mut quotes = Vec::new();
    for (text, words) in &texts {
        let article = desk.article(text);
        let claim = desk.hash(&[
            "add",
            "claim",
            "--article",
            &article,
            "--quote",
            words,
            "--occurrence",
            "1",
            "--speaker",
            "A director",
            "--kind",
            "direct-quote",
            "--as",
            "ada",
        ]);
        let review = desk.review(&claim, "unproven");
        desk.ok(&["approve", &review, "--as", "ben"]);
        // As pasted from a page, with other quotation marks and spaces; and with a word of it lost.
        let lost = words.rsplit_once(' ').expect("several words").0;
        for pasted in [
            format!("“{}” ", words.replace(' ', "  ")),
            lost.to_uppercase(),
        ] {
            quotes.push(serde_json::json!({
                "pasted": pasted, "hash": claim, "standing": "Unproven · Decided",
            }));
        }
    }
    let site = Serving::site(&desk, &[]);
    run(
        served,
        &[&serde_json::json!({"url": site.url, "quotes": quotes}).to_string()],
    );
    desk.ok(&["publish", "public"]);
    let folder = desk.path("public");
    run(
        plain,
        &[&serde_json::json!({"folder": folder, "quotes": quotes}).to_string()],
    );
}

#[test]
fn page_names_each_lie_of_its_server() {
    let Some(command) = node("lies.mjs") else {
        return;
    };
    let desk = Desk::founded();
    let article = desk.article(PAGE);
    let claim = desk.claim(&article, QUOTE);
    desk.write("snapshot.html", "<p>a snapshot</p>");
    let source = desk.source("snapshot.html");
    let review = desk.review_with(&claim, "mostly-verified", &source);
    desk.ok(&["approve", &review, "--as", "ben"]);
    let other = desk.claim(&article, "It held");
    desk.ok(&["relate", &claim, "contradicts", &other, "--as", "ada"]);
    let respond = ["respond", &claim, "--by", "She", "--text", "I said so."];
    desk.ok(&[&respond[..], &["--received", "unknown", "--as", "ada"]].concat());
    let beside = serde_json::json!({
        "foreign": [{ "id": "f", "subject": claim, "by": { "name": "Elmet Checks" }, "form": "claim-review", "statement": "It fell.",
            "published": "unknown" }],
        "consents": [{ "id": "c", "subject": claim, "person": { "name": "She" }, "decision": "refused", "scope": ["quote"], "date": "unknown" }],
    });
    desk.write("beside.json", beside.to_string());
    desk.ok(&["record", "beside.json", "--as", "ada"]);
    desk.ok(&["retract", &source, "--why", "Forged.", "--as", "ben"]);
    let stolen = ["--reason", "compromised", "--distrust-from", "7"];
    desk.ok(&[
        ["key", "revoke", "ben"].as_slice(),
        &stolen,
        &["--as", "ada"],
    ]
    .concat());
    let before = desk.copy();
    let reason = "The bridge fell.";
    desk.ok(&["retract", &claim, "--why", reason, "--as", "ada"]);
    let other = desk.article("Of no concern.\n");
    let erase = ["erase", &other, "--reason", "A court", "--yes"];
    desk.ok(&[&erase[..], &["--as", "ada"]].concat());
    let (foreign, foreign_claim) = foreign();
    let [now, before, foreign] = [&desk, &before, &foreign].map(|desk| Serving::site(desk, &[]));
    let sites = serde_json::json!({
        "now": now.url,
        "before": before.url,
        "foreign": foreign.url,
        "foreignClaim": foreign_claim,
        "claim": claim,
        "logKey": desk.ok(&["status"])["logKey"],
        "quote": QUOTE,
        "reason": reason,
    });
    run(command, &[&sites.to_string()]);
}

#[test]
fn page_that_is_a_plain_file_does_the_same() {
    let Some(command) = node("plain.mjs") else {
        return;
    };
    let (desk, claim, log_key) = desk();
    desk.ok(&["publish", "public"]);
    let folder = desk.path("public").display().to_string();
    let text = desk.path("page.txt").display().to_string();
    run(command, &[&folder, &claim, &log_key, QUOTE, &text]);
}
