//! The reader's pages in a real browser, served by the program and from plain files.
//!
//! Needs Node, Chromium and the packages of `tests/browser` (`npm ci`); skipped aloud without, and never in CI.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::desk::Desk;
use support::serving::Serving;
use support::tools::{skip, tool};

const QUOTE: &str = "The bridge is “safe”, she said";

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
    let article = desk.article(&format!(
        "Élan 🌉 and more.\r\n\r\n\r\nYesterday: {QUOTE}.   It held.\n"
    ));
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
