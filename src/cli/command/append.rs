//! `ledger append`: records that were signed elsewhere.

use std::collections::HashSet;

use clap::Args;
use serde_json::{Value, json};

use super::log::content_line;
use crate::canonical::Digest;
use crate::cli::answer::{Answer, counted, dim, good, unknown};
use crate::cli::context::{Context, ledger_facts, log_key, read_up_to};
use crate::cli::error::CliError;
use crate::cli::submission::with_warnings;
use crate::record::{Content, Line};
use crate::rules::Facts;
use crate::sign::Did;
use crate::store::{Object, Read};
use crate::writer::signed_records::{self, MAX_FILE_LEN};
use crate::writer::{self, Mode, Submission, WriteError};

/// Append records that others signed with --sign-only, all or nothing
///
/// Every command that writes records takes --sign-only FILE and then needs the editor's key, but not the log's. Here the
/// log's key is needed, and no editor's. Everything is checked as if it had been signed here. What the ledger holds already
/// is left out, so that a file may come twice.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger append from-ben.json --dry-run
  ledger append from-ben.json
  ledger approve $REVIEW --as ben --sign-only - | ledger append - --json")]
pub struct Arguments {
    /// The files, in the order in which they are appended, or - for stdin
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Check everything and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask before words are erased
    #[arg(long)]
    yes: bool,
}

/// A record of a file.
struct Signed {
    submission: Submission,
    /// The file, and where in it.
    place: String,
    /// Where the ledger holds it already.
    known: Option<u64>,
    /// What it says, in a line for people.
    summary: String,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let mut store = context.write()?;
    let log_key = log_key(&ledger_facts(&store)?)?;
    let log_key = context.keys()?.open_log_key(&log_key)?;
    let records = read_all(&arguments.files, &store)?;
    let batch: Vec<Submission> = (records.iter())
        .filter(|record| record.known.is_none())
        .map(|record| record.submission.clone())
        .collect();
    let is_erasure = |one: &&Submission| matches!(one.record().content, Content::Erasure(_));
    let erased = batch.iter().filter(is_erasure).count() as u64;
    let mode = match arguments.dry_run {
        true => Mode::DryRun,
        false => Mode::Commit,
    };
    if erased > 0 {
        let what = counted(erased, "record", "records");
        let question = format!("Remove {what} for good?");
        context.confirm(&question, arguments.yes || mode == Mode::DryRun)?;
    }
    let guard = context.state()?;
    let now = context.now()?;
    let receipt =
        writer::append(&mut store, &batch, &log_key, guard, now, mode).map_err(|error| {
            let place = match &error {
                WriteError::Refused { item, .. } => {
                    let mut new = records.iter().filter(|record| record.known.is_none());
                    new.nth(*item).map(|record| record.place.clone())
                }
                _ => None,
            };
            let refused = CliError::from(error);
            match place {
                Some(place) => refused.detail(place),
                None => refused,
            }
        })?;
    let signers = (&store as &dyn Read).signers()?;
    let holder = |key: &Did| signers.get(key).and_then(|facts| facts.holder.as_ref());
    let mut appended = receipt.appended.iter();
    let mut text = String::new();
    let mut json = Vec::new();
    for record in &records {
        let index = match record.known {
            Some(index) => index,
            None => appended.next().expect("one for each that was new").index,
        };
        let editor = &record.submission.record().editor;
        text.push_str(&tell(record, index, mode, holder(editor)));
        json.push(to_json(record, index, holder(editor)));
    }
    let head = format!("size {}, root {}", receipt.size, receipt.root);
    text.push_str(&dim(&head));
    text.push('\n');
    let json = json!({
        "format": 1,
        "records": json,
        "size": receipt.size,
        "root": receipt.root,
        "dryRun": mode == Mode::DryRun,
    });
    Ok(with_warnings(Answer::new(text, json), &receipt))
}

/// Reads the files, and finds out what the ledger holds already. Of a record that comes twice the first is taken.
fn read_all(files: &[String], store: &dyn Read) -> Result<Vec<Signed>, CliError> {
    let mut records: Vec<Signed> = Vec::new();
    let mut came: HashSet<Digest> = HashSet::new();
    for file in files {
        let bytes = read_up_to(file.as_ref(), "a file of signed records", MAX_FILE_LEN)?;
        let submissions = signed_records::parse(&bytes).map_err(|error| {
            let code = (error.check()).map_or_else(String::new, |check| format!("[{check}] "));
            let message = format!("{file}: {code}{error}");
            match error.is_unknown_to_this_version() {
                true => CliError::failed(message)
                    .hint("nothing was appended; use a newer version of this program"),
                false => CliError::refused(message).hint(
                    "nothing was appended; a file of signed records is written by --sign-only: have it sent again",
                ),
            }
        })?;
        for (i, submission) in submissions.into_iter().enumerate() {
            let digest = submission.digest();
            if !came.insert(digest) {
                continue;
            }
            let summary = match store.object(&digest)? {
                // Words that were erased are not shown again, though the file has them.
                Object::Erased => "(erased)".to_owned(),
                _ => content_line(&submission.record().content).replace('\n', " "),
            };
            records.push(Signed {
                known: store.index_of(&digest)?,
                summary,
                submission,
                place: format!("record {} of {file}", i + 1),
            });
        }
    }
    Ok(records)
}

fn tell(record: &Signed, index: u64, mode: Mode, holder: Option<&Line>) -> String {
    let signed = record.submission.record();
    let kind = signed.kind();
    let done = match (record.known, mode) {
        (Some(_), _) => unknown(&format!("there already: {kind}, index {index}")),
        (None, Mode::Commit) => good(&format!("recorded {kind}, index {index}")),
        (None, Mode::DryRun) => good(&format!("would record {kind}, index {index}")),
    };
    let by = match holder {
        Some(holder) => format!("{holder}, {}", signed.editor),
        None => signed.editor.to_string(),
    };
    format!(
        "{done}\n{}\n  {}\n  signed {} by {by}\n",
        record.submission.digest(),
        record.summary,
        signed.created,
    )
}

fn to_json(record: &Signed, index: u64, holder: Option<&Line>) -> Value {
    let signed = record.submission.record();
    let mut json = json!({
        "kind": signed.kind(),
        "hash": record.submission.digest(),
        "index": index,
        "appended": record.known.is_none(),
        "key": signed.editor,
        "created": signed.created,
        "summary": record.summary,
    });
    if let Some(holder) = holder {
        json["holder"] = json!(holder);
    }
    json
}
