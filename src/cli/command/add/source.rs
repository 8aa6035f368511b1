//! `ledger add source`: something that claims are checked against.

use clap::Args;

use super::{PublisherOptions, refuse_address};
use crate::canonical::{Date, Digest, Timestamp};
use crate::cli::answer::Answer;
use crate::cli::command::one_of;
use crate::cli::context::{Context, read_input};
use crate::cli::error::CliError;
use crate::cli::submission::{Desk, Signing, typed, typed_list, typed_option};
use crate::ingest::page;
use crate::record::Content;
use crate::record::source::{Level, Snapshot, Source};

/// Record a source, with a snapshot of it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger add source snapshot.html --title \"A snapshot\" --level primary --as ada
  ledger add source --title \"A book\" --level reference --published 1999 --author \"C. Author\" --as ada")]
pub struct Arguments {
    /// The snapshot's file, or - for stdin; a source may have none
    file: Option<String>,
    /// What it is called
    #[arg(long, value_name = "TEXT")]
    title: String,
    /// How near it is to the matter
    #[arg(long, value_parser = one_of::<Level>())]
    level: Level,
    /// Its address
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// When it was published: a date or unknown
    #[arg(long, value_name = "DATE", default_value = "unknown")]
    published: Date,
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
    /// The snapshot's media type; else by its name and first bytes
    #[arg(long, value_name = "TYPE", requires = "file")]
    media_type: Option<String>,
    #[command(flatten)]
    signing: Signing,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let bytes = match &arguments.file {
        None => None,
        Some(file) => {
            refuse_address(file)?;
            Some((file, read_input(file)?))
        }
    };
    let desk = Desk::open(context, &arguments.signing)?;
    let snapshot = match &bytes {
        None => None,
        Some((file, bytes)) => Some(Snapshot {
            digest: Digest::of(bytes),
            media_type: match typed_option(arguments.media_type.as_ref())? {
                Some(media_type) => media_type,
                None => page::media_type_of(file, bytes),
            },
            size: bytes.len() as u64,
            retrieved: arguments.retrieved,
        }),
    };
    let source = Source {
        title: typed(&arguments.title)?,
        url: typed_option(arguments.url.as_ref())?,
        publisher: arguments.publisher.read()?,
        authors: typed_list(&arguments.authors)?,
        published: arguments.published.clone(),
        level: arguments.level,
        snapshot,
        archives: typed_list(&arguments.archives)?,
        derived_from: arguments
            .derived_from
            .iter()
            .map(|hash| desk.resolve(hash))
            .collect::<Result<_, _>>()?,
    };
    let objects = bytes.into_iter().map(|(_, bytes)| bytes).collect();
    desk.append(Content::Source(source), objects)
}
