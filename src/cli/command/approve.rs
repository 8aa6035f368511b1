//! `ledger approve`: a second editor's consent to a review.

use clap::Args;

use crate::cli::answer::Answer;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::submission::{Desk, Signing};
use crate::record::{Approval, Content};

/// Approve another editor's review
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger approve $REVIEW --as ben
  ledger approve $REVIEW --as ben --dry-run
  ledger approve $REVIEW --as ben --sign-only approval.json")]
pub struct Arguments {
    /// The review
    hash: String,
    #[command(flatten)]
    signing: Signing,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let desk = Desk::open(context, &arguments.signing)?;
    let review = desk.resolve(&arguments.hash)?;
    desk.append(Content::Approval(Approval { review }), Vec::new())
}
