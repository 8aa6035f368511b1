//! `ledger verify`: the audit.

use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;

use crate::cli::answer::{Answer, Exit, bad, bold, counted, good, unknown};
use crate::cli::context::{Context, entropy};
use crate::cli::error::CliError;
use crate::log::VerifierKey;
use crate::store::{SqliteStore, StoreError};
use crate::verify::{self, Options, Report};

/// Check every hash, link, signature, right and rule
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger verify
  ledger verify desk.ledger --json")]
pub struct Arguments {
    /// The ledger file; else as for every command
    file: Option<PathBuf>,
    /// The log's key as you know it, not as the ledger says
    #[arg(long, value_name = "VKEY")]
    log_key: Option<VerifierKey>,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let path = match &arguments.file {
        Some(path) => path.clone(),
        None => context.ledger_path()?,
    };
    let store = SqliteStore::open_to_audit(&path).map_err(|error| match error {
        // `ledger verify` is what the usual hint names.
        damaged @ StoreError::Damaged { .. } => CliError::from(damaged)
            .hint("nothing of it can be checked; restore from a copy, never sign on"),
        other => other.into(),
    })?;
    let options = Options {
        log_key: arguments.log_key.clone(),
        batch_seed: Some(entropy()?),
    };
    let bar = progress_bar();
    let report = verify::audit(&store, &options, &mut |progress| {
        bar.set_length(progress.size);
        bar.set_position(progress.entries);
    })?;
    bar.finish_and_clear();
    let exit = match (report.findings.is_empty(), report.not_checked.is_empty()) {
        (false, _) => Exit::Wrong,
        (true, false) => Exit::Failed,
        (true, true) => Exit::Done,
    };
    let mut answer = Answer::new(text(&report), to_json(&report)).exit(exit);
    if arguments.log_key.is_none() {
        answer = answer.note(
            "note: the log's key was taken from the ledger itself; pin the one you know with --log-key",
        );
    }
    Ok(answer)
}

/// On a terminal, and only when it takes long enough to wonder.
fn progress_bar() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} entries, {per_sec}, {eta} left");
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(4));
    bar.enable_steady_tick(Duration::from_millis(250));
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn text(report: &Report) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        let place = finding
            .index
            .map_or_else(|| "ledger".to_owned(), |i| format!("entry {i}"));
        text.push_str(&format!(
            "{} {place}: {}\n  expected {}\n  found    {}\n",
            bad(finding.code),
            finding.title,
            one_line(&finding.expected),
            one_line(&finding.found)
        ));
    }
    for notice in &report.not_checked {
        let place = notice
            .index
            .map_or_else(String::new, |i| format!(" entry {i}:"));
        text.push_str(&format!(
            "{}{place} {}\n",
            unknown("not checked"),
            notice.message
        ));
    }
    for notice in &report.notices {
        let place = notice
            .index
            .map_or_else(String::new, |i| format!("entry {i} "));
        text.push_str(&format!("- {place}{}\n", notice.message));
    }
    let counts = &report.counts;
    text.push_str(&format!(
        "checked {}, {}, {}, {}, {}, {}\n",
        counted(counts.entries, "entry", "entries"),
        counted(counts.records, "record", "records"),
        counted(counts.signatures, "signature", "signatures"),
        counted(counts.objects, "object", "objects"),
        counted(counts.anchors, "anchor", "anchors"),
        counted(counts.checkpoints, "checkpoint", "checkpoints"),
    ));
    let origin = report.origin.as_deref().unwrap_or("(unknown origin)");
    text.push_str(&format!("{}\n", bold(origin)));
    text.push_str(&format!("size {}, root {}\n", report.size, report.root));
    let count = report.findings.len() as u64 + report.omitted;
    let last_line = match (count, report.not_checked.is_empty()) {
        (0, true) => good("verified"),
        (0, false) => unknown("not everything could be checked"),
        (1, _) => bad("1 finding"),
        (n, _) => bad(&format!("{n} findings")),
    };
    text.push_str(&last_line);
    text.push('\n');
    text
}

/// What a hostile file holds must not look like a line of ours.
fn one_line(text: &str) -> String {
    text.replace('\n', "\\n")
}

fn to_json(report: &Report) -> serde_json::Value {
    let findings: Vec<serde_json::Value> = report
        .findings
        .iter()
        .map(|finding| {
            json!({
                "code": finding.code,
                "index": finding.index,
                "message": finding.to_string(),
                "expected": finding.expected,
                "found": finding.found,
            })
        })
        .collect();
    let notices = |notices: &[verify::finding::Notice]| -> Vec<serde_json::Value> {
        notices
            .iter()
            .map(|notice| {
                let mut json = json!({ "message": notice.message });
                if let Some(index) = notice.index {
                    json["index"] = json!(index);
                }
                json
            })
            .collect()
    };
    let mut json = json!({
        "format": 1,
        "ok": report.is_ok(),
        "size": report.size,
        "root": report.root,
        "counts": {
            "entries": report.counts.entries,
            "records": report.counts.records,
            "signatures": report.counts.signatures,
            "objects": report.counts.objects,
            "anchors": report.counts.anchors,
            "checkpoints": report.counts.checkpoints,
        },
        "findings": findings,
        "omitted": report.omitted,
        "notices": notices(&report.notices),
        "notChecked": notices(&report.not_checked),
    });
    if let Some(origin) = &report.origin {
        json["origin"] = json!(origin);
    }
    if let Some(log_key) = &report.log_key {
        json["logKey"] = json!(log_key);
    }
    if let Some(recorded) = report.recorded {
        json["recorded"] = json!(recorded);
    }
    json
}
