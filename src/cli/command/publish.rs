//! `ledger publish`: the ledger as static files.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use crate::cli::answer::{Answer, counted, good};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::publish::{self, Mode, Pages};
use crate::site;

/// Write the ledger into a folder that any web server can give out
///
/// The folder holds the checkpoint, the tiles of the Merkle tree, the entries and the records, in the layout
/// of C2SP tlog-tiles, and the reader's pages, which check their proofs themselves and need no server but one that
/// gives out files. `ledger verify DIR` audits it. Publishing again adds what is new.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger publish public
  ledger publish public --texts all --dry-run")]
pub struct Arguments {
    /// The folder: new, empty, or published into before
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Whether to give out article texts, originals and snapshots too: only if they are yours
    #[arg(long, value_enum, default_value_t = Texts::None, value_name = "WHICH")]
    texts: Texts,
    /// Write only the log and its records, and remove the reader's pages
    #[arg(long)]
    no_pages: bool,
    /// Tell what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Texts {
    None,
    All,
}

impl From<Texts> for site::Texts {
    fn from(texts: Texts) -> Self {
        match texts {
            Texts::None => site::Texts::None,
            Texts::All => site::Texts::All,
        }
    }
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    check_is_folder(&arguments.folder)?;
    let store = context.read()?;
    let texts = arguments.texts.into();
    let (mode, done) = match arguments.dry_run {
        false => (Mode::Write, "published into"),
        true => (Mode::DryRun, "would publish into"),
    };
    let pages = match arguments.no_pages {
        false => Pages::Write,
        true => Pages::None,
    };
    let summary = publish::publish(&store, &arguments.folder, texts, pages, mode)?;
    let text = format!(
        "{}\nsize {}, root {}\n{} since size {}: {} written, {} removed\n",
        good(&format!("{done} {}", arguments.folder.display())),
        summary.size,
        summary.root,
        counted(summary.size - summary.before, "entry", "entries"),
        summary.before,
        counted(summary.written, "file", "files"),
        counted(summary.removed, "file", "files"),
    );
    let json = json!({
        "format": 1,
        "folder": arguments.folder,
        "size": summary.size,
        "root": summary.root,
        "before": summary.before,
        "written": summary.written,
        "removed": summary.removed,
        "dryRun": arguments.dry_run,
    });
    Ok(Answer::new(text, json))
}

/// Refuses addresses, of which the system would make folders such as `s3:`.
fn check_is_folder(folder: &Path) -> Result<(), CliError> {
    let name = folder.to_string_lossy();
    let is_scheme = |scheme: &str| {
        let mut bytes = scheme.bytes();
        bytes.next().is_some_and(|b| b.is_ascii_alphabetic())
            && bytes.all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    };
    match name.split_once("://") {
        Some((scheme, _)) if is_scheme(scheme) => Err(CliError::usage(format!(
            "expected a folder, found the address {name}"
        ))
        .hint("publish into a folder, then copy it with the store's own program")),
        _ => Ok(()),
    }
}
