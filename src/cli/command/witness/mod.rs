//! `ledger witness`: being a witness for others, and having some.

mod add;
mod list;
mod new;
mod serve;
mod server;

use clap::Subcommand;

use crate::cli::answer::Answer;
use crate::cli::context::Context;
use crate::cli::error::CliError;

/// Cosign other ledgers' checkpoints, and say who cosigns this ledger's
///
/// A witness cosigns a checkpoint only if the ledger has grown since the last one and changed nothing. Whoever
/// trusts enough witnesses knows that everybody is shown the same history.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  ledger witness list
  ledger witness new west.example")]
pub enum Command {
    New(new::Arguments),
    Serve(serve::Arguments),
    Add(add::Arguments),
    List(list::Arguments),
}

pub fn run(command: &Command, context: &Context) -> Result<Answer, CliError> {
    match command {
        Command::New(arguments) => new::run(arguments, context),
        Command::Serve(arguments) => serve::run(arguments, context),
        Command::Add(arguments) => add::run(arguments, context),
        Command::List(arguments) => list::run(arguments, context),
    }
}
