//! `ledger add`: articles, sources, claims.

mod article;
mod claim;
mod source;

use clap::Subcommand;

use crate::cli::answer::Answer;
use crate::cli::context::Context;
use crate::cli::error::CliError;

/// Record an article, a source or a claim
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  ledger add article page.txt --headline \"A page\" --published unknown --as ada --dry-run
  ledger add source snapshot.html --title \"A snapshot\" --level primary --as ada --dry-run")]
pub enum Command {
    Article(article::Arguments),
    Source(source::Arguments),
    Claim(claim::Arguments),
}

pub fn run(command: &Command, context: &Context) -> Result<Answer, CliError> {
    match command {
        Command::Article(arguments) => article::run(arguments, context),
        Command::Source(arguments) => source::run(arguments, context),
        Command::Claim(arguments) => claim::run(arguments, context),
    }
}

/// Takes a file's text apart from what can't be fetched yet.
fn refuse_address(file: &str) -> Result<(), CliError> {
    if file.starts_with("http://") || file.starts_with("https://") {
        return Err(
            CliError::failed(format!("{file}: pages are not fetched yet"))
                .hint("save the page to a file, and give its address with --url"),
        );
    }
    Ok(())
}
