//! `ledger policy`: how many eyes a review needs.

use clap::Args;

use crate::cli::answer::Answer;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::submission::{Desk, Signing};
use crate::record::{Content, Policy};

/// Set how many other editors must approve a review
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger policy --approvals 2 --as ada
  ledger policy --approvals 0 --as ada --dry-run")]
pub struct Arguments {
    /// Approvals that reviews recorded from now on need; 0 for a desk of one
    #[arg(long, value_name = "N")]
    approvals: u8,
    #[command(flatten)]
    signing: Signing,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let desk = Desk::open(context, &arguments.signing)?;
    let approvals = arguments.approvals;
    desk.append(Content::Policy(Policy { approvals }), Vec::new())
}
