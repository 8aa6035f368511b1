//! `ledger add`: articles, sources, claims.

mod article;
mod claim;
mod source;

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::answer::{Answer, dim};
use crate::cli::context::{Context, read_input};
use crate::cli::error::CliError;
use crate::cli::fetch::{FetchOptions, Fetched, fetch, is_address};
use crate::cli::submission::{typed, typed_list, typed_option};
use crate::ingest::{Circumstances, Metadata};
use crate::record::Line;
use crate::record::article::Publisher;

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

/// Returns the authors that are typed, or else those that the page names.
fn authors(arguments: &[String], page: &Metadata) -> Result<Vec<Line>, CliError> {
    match arguments {
        [] => Ok(page.authors.clone()),
        authors => typed_list(authors),
    }
}

/// Options that name who published something.
#[derive(Debug, Args)]
struct PublisherOptions {
    /// Who published it
    #[arg(long, value_name = "NAME")]
    publisher: Option<String>,
    /// The publisher's address
    #[arg(long, value_name = "URL", requires = "publisher")]
    publisher_url: Option<String>,
}

impl PublisherOptions {
    /// Returns what is typed, or else what the page says.
    fn read(&self, page: &Metadata) -> Result<Option<Publisher>, CliError> {
        let Some(name) = &self.publisher else {
            return Ok(page.publisher.clone());
        };
        Ok(Some(Publisher {
            name: typed(name)?,
            url: typed_option(self.publisher_url.as_ref())?,
        }))
    }
}

/// Options that say how a file is to be read.
#[derive(Debug, Args)]
struct FormOptions {
    /// The file's media type; else by its name and first bytes
    #[arg(long, value_name = "TYPE", requires = "file")]
    media_type: Option<String>,
    /// The file's character encoding; else as the page says
    #[arg(long, value_name = "NAME", requires = "file")]
    charset: Option<String>,
}

impl FormOptions {
    fn circumstances(&self, name: &str, url: Option<&String>) -> Result<Circumstances, CliError> {
        Ok(Circumstances {
            name: name.to_owned(),
            media_type: typed_option(self.media_type.as_ref())?,
            charset: self.charset.clone(),
            url: url.cloned(),
        })
    }
}

/// Adds to a receipt what the page said of itself, where, and what of it should be looked at.
fn with_statements(answer: Answer, metadata: &Metadata) -> Answer {
    let mut text = String::new();
    for statement in &metadata.stated {
        let line = format!(
            "  {} {} ",
            statement.field,
            dim(&format!("in {}:", statement.from))
        );
        writeln!(text, "{line}{}", statement.value).expect("writing to a string");
    }
    let mut answer = answer.with(&text, "stated", json!(metadata.stated));
    for doubt in &metadata.doubts {
        answer = answer.note(format!("warning: {doubt}"));
    }
    answer
}

/// Reads a file, or fetches an address, and tells what is known of the bytes.
fn read_or_fetch(
    argument: &str,
    fetching: &FetchOptions,
    known: Circumstances,
    context: &Context,
) -> Result<(Vec<u8>, Circumstances, Option<Fetched>), CliError> {
    if !is_address(argument) {
        return Ok((read_input(argument)?, known, None));
    }
    let fetched = fetch(argument, fetching, context.now()?)?;
    if fetched.status != 200 {
        return Err(CliError::failed(format!(
            "{}: expected status 200, found {}",
            fetched.url, fetched.status
        ))
        .hint("nothing was recorded"));
    }
    let known = Circumstances {
        charset: known.charset,
        ..fetched.circumstances()
    };
    Ok((fetched.warc.clone(), known, Some(fetched)))
}

/// Adds to a receipt by which way a page came.
fn with_hops(mut answer: Answer, fetched: Option<&Fetched>) -> Answer {
    if let Some(fetched) = fetched {
        let lines: String = fetched
            .hops
            .iter()
            .map(|hop| format!("  fetched {hop}\n"))
            .collect();
        answer = answer.with(&lines, "fetched", json!(fetched.hops));
    }
    answer
}
