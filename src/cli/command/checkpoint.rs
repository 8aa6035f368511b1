//! `ledger checkpoint`: the signed tree head.

use clap::Args;
use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::context::{Context, last_checkpoint, ledger_facts};
use crate::cli::error::CliError;

/// Print the last signed checkpoint, as a C2SP signed note
///
/// Every command that appends signs one over all entries. Keep a copy elsewhere: it is what shows a rewritten
/// ledger.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger checkpoint
  ledger checkpoint --json")]
pub struct Arguments {}

pub fn run(_: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let store = context.read()?;
    let ledger = ledger_facts(&store)?;
    let (checkpoint, note) = last_checkpoint(&store)?;
    let json = json!({
        "format": 1,
        "size": checkpoint.size(),
        "root": checkpoint.root(),
        "logKey": ledger.log_key,
        "checkpoint": note,
    });
    Ok(Answer::new(note, json))
}
