//! `ledger add source`: something that claims are checked against.

use clap::Args;
use clap::builder::UnknownArgumentValueParser;
use serde_json::json;

use super::{FormOptions, PublisherOptions, authors, read_or_fetch, with_hops, with_statements};
use crate::canonical::{Date, Digest, Timestamp};
use crate::cli::answer::Answer;
use crate::cli::command::credentials::{TrustOptions, describe};
use crate::cli::command::one_of;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::fetch::FetchOptions;
use crate::cli::submission::{Desk, Signing, typed, typed_list, typed_option};
use crate::ingest::credentials::{self, CredentialsError};
use crate::ingest::image::Image;
use crate::ingest::{Metadata, page};
use crate::record::source::{Level, Snapshot, Source};
use crate::record::{Content, Credentials};

/// Record a source, with a snapshot of it
///
/// What an HTML, Markdown or WARC snapshot says of itself fills the fields that no option sets. A
/// snapshot given by its address is fetched, with every redirect, and kept as a WARC file of what was asked and answered.
///
/// An image is known by its first bytes. What its Content Credentials (C2PA) say is recorded as its own statement, by a
/// program built with `--features c2pa`; else it stays unknown.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger add source snapshot.html --title \"A snapshot\" --level primary --as ada
  ledger add source --title \"A book\" --level reference --published 1999 --author \"C. Author\" --as ada")]
pub struct Arguments {
    /// The snapshot's file, its address, or - for stdin; a source may have none
    file: Option<String>,
    /// What it is called; else as the page says
    #[arg(long, value_name = "TEXT", required_unless_present = "file")]
    title: Option<String>,
    /// What an article has.
    #[arg(long, hide = true, value_parser = UnknownArgumentValueParser::suggest_arg("--title"))]
    headline: Option<String>,
    /// How near it is to the matter
    #[arg(long, value_parser = one_of::<Level>())]
    level: Level,
    /// Its address; else as the page says
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// When it was published: a date or unknown; else as the page says
    #[arg(long, value_name = "DATE")]
    published: Option<Date>,
    #[command(flatten)]
    publisher: PublisherOptions,
    /// Who wrote it; may be given several times
    #[arg(long = "author", value_name = "NAME")]
    authors: Vec<String>,
    /// The address of a copy in a web archive; may be given several times
    #[arg(long = "archive", value_name = "URL")]
    archives: Vec<String>,
    /// A source that this one repeats; may be given several times
    #[arg(long = "derived-from", value_name = "HASH")]
    derived_from: Vec<String>,
    /// When the snapshot was retrieved
    #[arg(long, value_name = "TIME", requires = "file")]
    retrieved: Option<Timestamp>,
    #[command(flatten)]
    form: FormOptions,
    #[command(flatten)]
    fetching: FetchOptions,
    #[command(flatten)]
    list: TrustOptions,
    #[command(flatten)]
    signing: Signing,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let list = arguments.list.read()?;
    // What keeps an image's Content Credentials unknown.
    let mut not_read = None;
    let (snapshot, metadata, objects, fetched) = match &arguments.file {
        None => (None, Metadata::default(), Vec::new(), None),
        Some(file) => {
            let known = arguments.form.circumstances(file, arguments.url.as_ref())?;
            let (bytes, known, fetched) = read_or_fetch(file, &arguments.fetching, known, context)?;
            let metadata = page::metadata_of(&bytes, &known);
            let credentials = match Image::of(&bytes) {
                None if list.is_some() => {
                    return Err(CliError::usage(format!(
                        "{file}: expected an image with --trust-anchors, found {}",
                        page::media_type_of(file, &bytes)
                    )));
                }
                None => None,
                Some(image) => credentials::read(&image, list.as_ref())
                    .map_err(|error| not_read = Some(error))
                    .ok(),
            };
            let snapshot = Snapshot {
                digest: Digest::of(&bytes),
                media_type: (known.media_type).unwrap_or_else(|| page::media_type_of(file, &bytes)),
                size: bytes.len() as u64,
                retrieved: match (arguments.retrieved, &fetched) {
                    (None, Some(_)) => Some(context.now()?),
                    (retrieved, _) => retrieved,
                },
                credentials,
            };
            (Some(snapshot), metadata, vec![bytes], fetched)
        }
    };
    let title = match &arguments.title {
        Some(title) => typed(title)?,
        None => metadata.headline.clone().ok_or_else(|| {
            CliError::usage("expected a title, and the snapshot has none")
                .hint("give it with --title TEXT")
        })?,
    };
    let desk = Desk::open(context, &arguments.signing)?;
    let source = Source {
        title,
        url: typed_option(arguments.url.as_ref())?.or_else(|| metadata.url.clone()),
        publisher: arguments.publisher.read(&metadata)?,
        authors: authors(&arguments.authors, &metadata)?,
        published: (arguments.published.clone())
            .or_else(|| metadata.published.clone())
            .unwrap_or(Date::Unknown),
        level: arguments.level,
        snapshot,
        archives: typed_list(&arguments.archives)?,
        derived_from: arguments
            .derived_from
            .iter()
            .map(|hash| desk.resolve(hash))
            .collect::<Result<_, _>>()?,
    };
    let read = source.snapshot.as_ref().and_then(|s| s.credentials.clone());
    let answer = desk.append(Content::Source(source), objects)?;
    let answer = with_statements(with_hops(answer, fetched.as_ref()), &metadata);
    Ok(with_credentials(answer, read.as_ref(), not_read.as_ref()))
}

/// Adds to a receipt what an image's Content Credentials say, or why that is unknown.
fn with_credentials(
    answer: Answer,
    read: Option<&Credentials>,
    not_read: Option<&CredentialsError>,
) -> Answer {
    let answer = match read {
        Some(read) => answer.with(&describe(read), "credentials", json!(read)),
        None => answer,
    };
    match not_read {
        Some(CredentialsError::NotBuilt) => answer.note(
            "the image's Content Credentials were not read, so what they say is unknown: that takes a program built with `--features c2pa`",
        ),
        Some(error) => answer.note(format!(
            "warning: the image's Content Credentials were not read: {error}"
        )),
        None => answer,
    }
}
