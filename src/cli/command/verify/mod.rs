//! `ledger verify`: the audit.

mod lines;
mod sarif;
mod text;
mod to_json;

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

use crate::cli::answer::{Answer, Exit};
use crate::cli::context::{Context, entropy, last_checkpoint, read_note, read_policy};
use crate::cli::error::CliError;
use crate::cli::key_store::io_error;
use crate::cli::output::write_output;
use crate::cli::place;
use crate::log::VerifierKey;
use crate::store::{Read, SqliteStore};
use crate::verify::{self, Held, Options, Report, Scope};

/// Check every hash, link, signature, right and rule
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger verify
  ledger verify desk.ledger --json
  ledger verify --since kept.checkpoint --evidence evidence
  ledger verify --since kept.checkpoint --only-new
  ledger verify --report sarif
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
    /// Read only what is new after the greatest `--since`, which you verified before, and what that rests on
    #[arg(long, requires = "since")]
    only_new: bool,
    /// Whom you trust: a C2SP policy of logs and witnesses, of whom enough must have cosigned
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// A folder for the signed notes, if they contradict each other
    #[arg(long, value_name = "DIR")]
    evidence: Option<PathBuf>,
    /// Report to other programs: a line of JSON for each finding, or SARIF 2.1.0
    #[arg(long, value_name = "FORMAT")]
    report: Option<Format>,
}

/// Who checked: a report without its program's version says little.
const PROGRAM: &str = concat!("ledger ", env!("CARGO_PKG_VERSION"));

/// A form of the report beside text and `--json`.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    JsonLines,
    Sarif,
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
        scope: match arguments.only_new {
            true => Scope::New,
            false => Scope::Whole,
        },
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
    let json = to_json::to_json(&report);
    let body = match arguments.report {
        None => Answer::new(text::text(&report), json.clone()),
        Some(Format::JsonLines) => Answer::bytes(lines::to_lines(&json)),
        Some(Format::Sarif) => Answer::bytes(sarif::to_sarif(&report, &path)),
    };
    let mut answer = body.exit(exit);
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
