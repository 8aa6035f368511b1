//! `ledger verify`: the audit.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use crate::cli::answer::{Answer, Exit, bad, bold, counted, good, unknown, witnessed};
use crate::cli::context::{Context, entropy, last_checkpoint, read_note, read_policy};
use crate::cli::error::CliError;
use crate::cli::key_store::io_error;
use crate::cli::output::write_output;
use crate::cli::place;
use crate::log::VerifierKey;
use crate::store::{Read, SqliteStore};
use crate::verify::{self, Held, Options, Report};

/// Check every hash, link, signature, right and rule
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger verify
  ledger verify desk.ledger --json
  ledger verify --since kept.checkpoint --evidence evidence
  ledger verify published --json")]
pub struct Arguments {
    /// The ledger file, or a folder or an address where one was published; else as for every command
    #[arg(value_name = "FILE|DIR|URL")]
    ledger_at: Option<PathBuf>,
    /// The log's key as you know it, not as the ledger says
    #[arg(long, value_name = "VKEY")]
    log_key: Option<VerifierKey>,
    /// A checkpoint, or an older copy of the ledger, that this one must continue; may be given several times
    #[arg(long, value_name = "FILE|DIR|URL")]
    since: Vec<PathBuf>,
    /// Whom you trust: a C2SP policy of logs and witnesses, of whom enough must have cosigned
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// A folder for the signed notes, if they contradict each other
    #[arg(long, value_name = "DIR")]
    evidence: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let path = match &arguments.ledger_at {
        Some(path) => path.clone(),
        None => context.ledger_path()?,
    };
    let store = place::open_to_audit(&path)?;
    let kept = (arguments.since.iter())
        .map(|path| Kept::read(path))
        .collect::<Result<Vec<_>, _>>()?;
    let policy = arguments.policy.as_deref().map(read_policy).transpose()?;
    let options = Options {
        log_key: arguments.log_key.clone(),
        policy: policy.as_ref(),
        since: (kept.iter())
            .map(|kept| kept.held())
            .collect::<Result<_, _>>()?,
        batch_seed: Some(entropy()?),
    };
    let bar = progress_bar();
    let report = verify::audit(&*store, &options, &mut |progress| {
        bar.set_length(progress.size);
        bar.set_position(progress.entries);
    })?;
    bar.finish_and_clear();
    let exit = match (report.findings.is_empty(), report.not_checked.is_empty()) {
        (false, _) => Exit::Wrong,
        (true, false) => Exit::Failed,
        (true, true) => Exit::Done,
    };
    let json = to_json(&report);
    let mut answer = Answer::new(text(&report), json.clone()).exit(exit);
    if let Some(folder) = &arguments.evidence
        && !report.evidence.is_empty()
    {
        keep_evidence(folder, &report, &json)?;
        let shown = match report.evidence.iter().any(|evidence| evidence.is_proof) {
            true => "two of the same size show, to anybody, that this log has two histories",
            false => "with the report they show what the log signed and does not hold any more",
        };
        answer = answer.note(format!(
            "note: the signed notes are kept in {}: {shown}",
            folder.display()
        ));
    }
    if !report.log_key_known {
        answer = answer.note(
            "note: the log's key was taken from the ledger itself; pin the one you know with --log-key",
        );
    }
    Ok(answer)
}

/// What an auditor kept: a signed note, and the whole ledger if it was a copy.
struct Kept<'a> {
    path: &'a Path,
    note: String,
    copy: Option<Box<dyn Read>>,
}

impl<'a> Kept<'a> {
    fn read(path: &'a Path) -> Result<Self, CliError> {
        let copy: Option<Box<dyn Read>> = if place::is_published(path) {
            Some(place::open_to_read(path)?)
        } else if path.is_file() {
            SqliteStore::open_to_read(path)
                .ok()
                .map(|copy| Box::new(copy) as _)
        } else {
            // Looking into a pipe would take from it what is to be read.
            None
        };
        let note = match &copy {
            Some(copy) => last_checkpoint(&**copy)?.1,
            None => read_note(path)?,
        };
        Ok(Kept { path, note, copy })
    }

    fn held(&self) -> Result<Held<'_>, CliError> {
        let copy = self.copy.as_deref();
        Held::new(&self.note, copy).map_err(|error| {
            CliError::usage(format!(
                "{}: expected a checkpoint or a ledger: {error}",
                self.path.display()
            ))
            .hint("`ledger checkpoint` prints a checkpoint")
        })
    }
}

/// Keeps the notes and the whole report, beside what was kept there before.
fn keep_evidence(folder: &Path, report: &Report, json: &Value) -> Result<(), CliError> {
    fs::create_dir_all(folder).map_err(|error| io_error("cannot make", folder, error))?;
    for evidence in &report.evidence {
        for (whose, note) in [("held", &evidence.held), ("found", &evidence.found)] {
            let name = format!("{}-{whose}", evidence.size);
            keep(folder, &name, "checkpoint", note)?;
        }
    }
    keep(folder, "report", "json", &format!("{json:#}\n"))
}

/// Writes a file under the first name that is free, unless one of these names holds the same already.
fn keep(folder: &Path, name: &str, extension: &str, text: &str) -> Result<(), CliError> {
    let names = (2..).map(|n| format!("{name}-{n}.{extension}"));
    for name in std::iter::once(format!("{name}.{extension}")).chain(names) {
        let path = folder.join(name);
        match fs::read(&path) {
            Ok(kept) if kept == text.as_bytes() => return Ok(()),
            Ok(_) => {}
            Err(_) => return write_output(&path, text.as_bytes(), false),
        }
    }
    Ok(())
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
        "checked {}, {}, {}, {}, {}, {}, {}\n",
        counted(counts.entries, "entry", "entries"),
        counted(counts.records, "record", "records"),
        counted(counts.signatures, "signature", "signatures"),
        counted(counts.objects, "object", "objects"),
        counted(counts.anchors, "anchor", "anchors"),
        counted(counts.checkpoints, "checkpoint", "checkpoints"),
        counted(counts.cosignatures, "cosignature", "cosignatures"),
    ));
    for one in &report.witnessed {
        text.push_str(&format!(
            "witnessed up to size {} by {}, {}\n",
            one.size,
            one.witness,
            witnessed(one.time)
        ));
    }
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

fn to_json(report: &Report) -> Value {
    let findings: Vec<Value> = report
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
    let notices = |notices: &[verify::finding::Notice]| -> Vec<Value> {
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
            "cosignatures": report.counts.cosignatures,
        },
        "findings": findings,
        "omitted": report.omitted,
        "notices": notices(&report.notices),
        "notChecked": notices(&report.not_checked),
    });
    json["witnessed"] = (report.witnessed.iter())
        .map(|one| json!({ "witness": one.witness.to_string(), "size": one.size, "time": witnessed(one.time) }))
        .collect();
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
