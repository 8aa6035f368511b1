//! `ledger add article`: a published text.

use clap::Args;

use super::{PublisherOptions, refuse_address};
use crate::canonical::text::TextError;
use crate::canonical::{Date, Timestamp};
use crate::cli::answer::Answer;
use crate::cli::context::{Context, read_input};
use crate::cli::error::CliError;
use crate::cli::submission::{Desk, Signing, typed, typed_list, typed_option};
use crate::ingest::page::{self, Page, PageError};
use crate::record::Content;
use crate::record::article::Article;

/// Record an article from its text
///
/// The file's bytes are kept and hashed as they are; anchors count in its text under text/1.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger add article page.txt --headline \"A page\" --published unknown --as ada
  ledger add article page.txt --headline \"A page, revised\" --published 2026-06-04 --author \"B. Writer\" \\
    --publisher \"The Daily\" --url https://daily.example/a --as ada --json")]
pub struct Arguments {
    /// The text file, or - for stdin
    file: String,
    /// The headline, as the page has it
    #[arg(long, value_name = "TEXT")]
    headline: String,
    /// When it was published: a date or unknown
    #[arg(long, value_name = "DATE")]
    published: Date,
    /// When it was last changed, as the page says
    #[arg(long, value_name = "DATE")]
    modified: Option<Date>,
    /// The address of the page
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    #[command(flatten)]
    publisher: PublisherOptions,
    /// Who wrote it; may be given several times
    #[arg(long = "author", value_name = "NAME")]
    authors: Vec<String>,
    /// A language tag, such as en or pt-BR
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// The page from which the text was taken, to be kept in place of the text file
    #[arg(long, value_name = "FILE")]
    original: Option<String>,
    /// When it was retrieved
    #[arg(long, value_name = "TIME")]
    retrieved: Option<Timestamp>,
    /// The article version before this one
    #[arg(long, value_name = "HASH")]
    revises: Option<String>,
    /// What should be known of it
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    signing: Signing,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let page = read_page(arguments)?;
    let desk = Desk::open(context, &arguments.signing)?;
    let revises = arguments.revises.as_deref();
    let article = Article {
        headline: typed(&arguments.headline)?,
        url: typed_option(arguments.url.as_ref())?,
        publisher: arguments.publisher.read()?,
        authors: typed_list(&arguments.authors)?,
        published: arguments.published.clone(),
        modified: arguments.modified.clone(),
        language: typed_option(arguments.language.as_ref())?,
        text: page.text_field(),
        original: Some(page.original_field(arguments.retrieved)),
        links: Vec::new(),
        ai_use: Vec::new(),
        revises: revises.map(|hash| desk.resolve(hash)).transpose()?,
        note: typed_option(arguments.note.as_ref())?,
    };
    desk.append(Content::Article(article), page.into_objects())
}

fn read_page(arguments: &Arguments) -> Result<Page, CliError> {
    let refused = |name: &str, error: PageError| {
        let refused = CliError::refused(format!("{name}: {error}"));
        match error {
            PageError::Html => refused
                .hint("save the article's text to a file, and keep the page with --original FILE"),
            PageError::Text(TextError::NotUtf8 { .. }) => refused
                .hint("save the text as UTF-8; to keep the file as it was, add --original FILE"),
            _ => refused,
        }
    };
    let file = &arguments.file;
    refuse_address(file)?;
    let page = Page::from_text(read_input(file)?).map_err(|error| refused(file, error))?;
    match &arguments.original {
        None => Ok(page),
        Some(name) => {
            let bytes = read_input(name)?;
            let media_type = page::media_type_of(name, &bytes);
            page.with_original(bytes, media_type)
                .map_err(|error| refused(name, error))
        }
    }
}
