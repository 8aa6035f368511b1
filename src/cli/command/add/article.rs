//! `ledger add article`: a published text.

use clap::Args;
use clap::builder::UnknownArgumentValueParser;

use super::{FormOptions, PublisherOptions, authors, read_or_fetch, with_hops, with_statements};
use crate::canonical::{Date, Timestamp};
use crate::cli::answer::Answer;
use crate::cli::context::{Context, read_input};
use crate::cli::error::CliError;
use crate::cli::fetch::{FetchOptions, Fetched};
use crate::cli::submission::{Desk, Signing, typed, typed_option};
use crate::ingest::page::{self, Page, PageError};
use crate::ingest::warc::WarcError;
use crate::record::Content;
use crate::record::article::Article;

/// Record an article from its page or its text
///
/// The file may be HTML, Markdown, plain text, or WARC with one of these. Its bytes are kept and hashed as they are;
/// anchors count in its main text under text/1. What the page says of itself is recorded as its own statement, and
/// fills the fields that no option sets; what neither says is unknown.
///
/// A page given by its address is fetched, with every redirect, and kept as a WARC file of what was asked and answered.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger add article page.html --as ada
  ledger add article page.txt --headline \"A page, revised\" --published 2026-06-04 --author \"B. Writer\" \\
    --publisher \"The Daily\" --url https://daily.example/a --as ada --json")]
pub struct Arguments {
    /// The page or text file, its address, or - for stdin
    file: String,
    /// The headline; else as the page has it
    #[arg(long, value_name = "TEXT")]
    headline: Option<String>,
    /// What a source has.
    #[arg(long, hide = true, value_parser = UnknownArgumentValueParser::suggest_arg("--headline"))]
    title: Option<String>,
    /// When it was published: a date or unknown; else as the page says
    #[arg(long, value_name = "DATE")]
    published: Option<Date>,
    /// When it was last changed; else as the page says
    #[arg(long, value_name = "DATE")]
    modified: Option<Date>,
    /// The address of the page; of a WARC file, which page of it
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    #[command(flatten)]
    publisher: PublisherOptions,
    #[command(flatten)]
    form: FormOptions,
    #[command(flatten)]
    fetching: FetchOptions,
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
    let (page, fetched) = read_page(arguments, context)?;
    let metadata = page.metadata.clone();
    let headline = match &arguments.headline {
        Some(headline) => typed(headline)?,
        None => metadata.headline.clone().ok_or_else(|| {
            CliError::usage(format!(
                "{}: expected a headline, found none",
                arguments.file
            ))
            .hint("give it with --headline TEXT")
        })?,
    };
    let published = match (&arguments.published, &metadata.published) {
        (Some(date), _) | (None, Some(date)) => date.clone(),
        // A page that was searched for its date has none; a bare text was never asked.
        (None, None) if page.extractor.is_some() => Date::Unknown,
        (None, None) => {
            let error = format!(
                "{}: expected a date of publication, found none",
                arguments.file
            );
            return Err(CliError::usage(error)
                .hint("give it with --published DATE, or --published unknown"));
        }
    };
    let desk = Desk::open(context, &arguments.signing)?;
    let article = Article {
        headline,
        url: typed_option(arguments.url.as_ref())?.or_else(|| metadata.url.clone()),
        publisher: arguments.publisher.read(&metadata)?,
        authors: authors(&arguments.authors, &metadata)?,
        published,
        modified: arguments
            .modified
            .clone()
            .or_else(|| metadata.modified.clone()),
        language: typed_option(arguments.language.as_ref())?.or_else(|| metadata.language.clone()),
        text: page.text_field(),
        original: Some(page.original_field(arguments.retrieved)),
        stated: metadata.stated.clone(),
        links: Vec::new(),
        ai_use: Vec::new(),
        revises: desk.resolve_option(arguments.revises.as_deref())?,
        note: typed_option(arguments.note.as_ref())?,
    };
    let answer = desk.append(Content::Article(article), page.into_objects())?;
    Ok(with_statements(
        with_hops(answer, fetched.as_ref()),
        &metadata,
    ))
}

fn read_page(
    arguments: &Arguments,
    context: &Context,
) -> Result<(Page, Option<Fetched>), CliError> {
    let refused = |name: &str, error: PageError| {
        let refused = CliError::refused(format!("{name}: {error}"));
        match error {
            PageError::NoPage { .. } => refused.hint(
                "if it is text, say in which encoding with --charset NAME; else record its text, and keep it with --original FILE",
            ),
            PageError::Charset(_) => refused.hint("say its encoding with --charset NAME"),
            PageError::Warc(WarcError::Several { .. }) => refused.hint("say which with --url URL"),
            PageError::TooLong { .. } => refused.hint("save the article's text to a file and record that"),
            _ => refused.hint(
                "save the article's text to a file and record that; keep the page with --original FILE",
            ),
        }
    };
    let file = &arguments.file;
    let known = arguments.form.circumstances(file, arguments.url.as_ref())?;
    let (bytes, known, fetched) = read_or_fetch(file, &arguments.fetching, known, context)?;
    let page = Page::read(bytes, &known).map_err(|error| refused(file, error))?;
    let page = match &arguments.original {
        None => page,
        Some(name) => {
            let bytes = read_input(name)?;
            let media_type = page::media_type_of(name, &bytes);
            page.with_original(bytes, media_type)
                .map_err(|error| refused(name, error))?
        }
    };
    Ok((page, fetched))
}
