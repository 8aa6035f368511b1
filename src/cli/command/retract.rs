//! `ledger retract`: withdraws a record.

use clap::Args;

use super::correct;
use crate::cli::answer::Answer;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::submission::Signing;
use crate::record::correction::CorrectionKind;

/// Withdraw a record: an article, a source, a claim, a relation, a response
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger retract $CLAIM --why \"The speaker was confused with a namesake\" --as ada --dry-run
  ledger retract $CLAIM --why \"Recorded twice\" --replacement $OTHER_CLAIM --as ada --dry-run")]
pub struct Arguments {
    /// The record that is withdrawn
    hash: String,
    /// Why it is withdrawn, or - for stdin
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// The record that stands in its place
    #[arg(long, value_name = "HASH")]
    replacement: Option<String>,
    #[command(flatten)]
    signing: Signing,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let Arguments {
        hash,
        why,
        replacement,
        signing,
    } = arguments;
    let kind = CorrectionKind::Retraction;
    correct::append(context, signing, hash, kind, why, replacement.as_deref())
}
