//! `ledger checkpoint`: the signed tree head.

use clap::Args;
use serde_json::json;

use super::super::answer::Answer;
use super::super::context::{Context, ledger_facts};
use super::super::error::CliError;
use crate::log::Checkpoint;
use crate::store::Read as _;

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
    let (_, note) = store.last_checkpoint()?.ok_or_else(|| {
        CliError::failed("the ledger has no checkpoint").hint("run `ledger verify`")
    })?;
    let checkpoint = Checkpoint::read_unverified(&note).map_err(CliError::failed)?;
    let json = json!({
        "format": 1,
        "size": checkpoint.size(),
        "root": checkpoint.root(),
        "logKey": ledger.log_key,
        "checkpoint": note,
    });
    Ok(Answer::new(note, json))
}
