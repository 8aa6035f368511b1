//! `ledger reindex`: rebuilds what is derived.

use clap::Args;
use serde_json::json;

use crate::cli::answer::{Answer, good};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::store::Read as _;
use crate::writer;

/// Rebuild the derived tables from the log
///
/// Nothing that was signed is touched. The file is also rewritten without the space that erased words
/// once took.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger reindex
  ledger reindex --ledger desk.ledger --json")]
pub struct Arguments {}

pub fn run(_: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let mut store = context.write()?;
    writer::reindex(&mut store)?;
    let size = store.size()?;
    Ok(Answer::new(
        good(&format!("rebuilt from {size} entries")),
        json!({ "format": 1, "size": size }),
    ))
}
