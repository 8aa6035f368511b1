//! `ledger respond`: what somebody concerned has to say.

use clap::Args;

use crate::canonical::Date;
use crate::cli::answer::Answer;
use crate::cli::context::{Context, text_or_stdin};
use crate::cli::error::CliError;
use crate::cli::submission::{Desk, Signing, typed, typed_option};
use crate::record::Content;
use crate::record::response::{Respondent, Response};

/// Record a response to a claim, an article or a review (right of reply)
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger respond $CLAIM --by \"The film's press office\" --text \"We stand by it\" --received 2026-06-10 --as ada
  ledger respond $REVIEW --by \"A reader\" --text \"The date is wrong\" --received unknown --as ada")]
pub struct Arguments {
    /// What the response is about
    hash: String,
    /// Who responds
    #[arg(long, value_name = "NAME")]
    by: String,
    /// In which role
    #[arg(long, value_name = "TEXT")]
    role: Option<String>,
    /// The response in its own words, or - for stdin
    #[arg(long, value_name = "TEXT")]
    text: String,
    /// When it was received: a date or unknown
    #[arg(long, value_name = "DATE")]
    received: Date,
    /// The source in which it was published
    #[arg(long, value_name = "HASH")]
    source: Option<String>,
    #[command(flatten)]
    signing: Signing,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let desk = Desk::open(context, &arguments.signing)?;
    let response = Response {
        subject: desk.resolve(&arguments.hash)?,
        by: Respondent {
            name: typed(&arguments.by)?,
            role: typed_option(arguments.role.as_ref())?,
        },
        text: typed(&text_or_stdin(&arguments.text)?)?,
        received: arguments.received.clone(),
        source: desk.resolve_option(arguments.source.as_deref())?,
    };
    desk.append(Content::Response(response), Vec::new())
}
