//! `ledger export`: what is recorded, in other formats.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::one_of;
use crate::cli::answer::{Answer, good};
use crate::cli::context::{Context, resolve};
use crate::cli::error::CliError;
use crate::cli::key_store::io_error;
use crate::cli::output::write_output;
use crate::cli::submission::typed_option;
use crate::exchange::{self, Body, Format, Holdings, Loss};
use crate::record::Url;

/// Write what is recorded in another format
///
/// What the format can't say, or says otherwise, is told on stderr, line by line. Texts of articles and snapshots of sources
/// are never written.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger export csv -o claims.csv
  ledger export evidence-pack -o pack
  ledger export claim-review $CLAIM --base-url https://factdesk.example/ledger")]
pub struct Arguments {
    /// The format
    #[arg(value_parser = one_of::<Format>())]
    format: Format,
    /// Only this claim, or this article with its claims, or what this review is about
    hash: Option<String>,
    /// Write into this file instead of stdout; an evidence pack into this folder
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
    /// The address under which the ledger's pages are published
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let base: Option<Url> = typed_option(arguments.base_url.as_ref())?;
    let store = context.read()?;
    let holdings = match &arguments.hash {
        None => Holdings::all(&store)?,
        Some(hash) => {
            let (digest, index) = resolve(&store, hash)?;
            Holdings::about(&store, digest, index).map_err(CliError::failed)?
        }
    };
    let export = exchange::export(arguments.format, &holdings, base.as_ref());
    let answer = match (&arguments.output, export.body) {
        (None, Body::File(bytes)) => Answer::bytes(bytes),
        (None, Body::Folder(_)) => {
            return Err(CliError::usage(format!("{} is a folder", arguments.format))
                .hint("name a new folder with -o"));
        }
        (Some(path), body) => {
            let len = match &body {
                Body::File(bytes) => {
                    write_output(path, bytes, arguments.force)?;
                    bytes.len()
                }
                Body::Folder(files) => write_folder(path, files, arguments.force)?,
            };
            let json = json!({
                "format": 1,
                "exported": arguments.format,
                "file": path,
                "bytes": len,
                "losses": export.losses.iter().map(loss_json).collect::<Vec<_>>(),
            });
            Answer::new(good(&format!("written to {}", path.display())) + "\n", json)
        }
    };
    Ok(with_losses(answer, &export.losses))
}

/// Writes files into a folder, and returns their length together.
fn write_folder(folder: &Path, files: &[(&str, Vec<u8>)], force: bool) -> Result<usize, CliError> {
    fs::create_dir_all(folder).map_err(|error| io_error("cannot make", folder, error))?;
    // All or none are replaced without --force.
    if let Some((name, _)) = (files.iter()).find(|(name, _)| !force && folder.join(name).exists()) {
        let path = folder.join(name);
        return Err(
            CliError::failed(format!("{} exists already", path.display()))
                .hint("name another folder, or add --force to replace its files"),
        );
    }
    for (name, bytes) in files {
        write_output(&folder.join(name), bytes, force)?;
    }
    Ok(files.iter().map(|(_, bytes)| bytes.len()).sum())
}

/// Tells on stderr what was lost.
pub(super) fn with_losses(answer: Answer, losses: &[Loss]) -> Answer {
    (losses.iter()).fold(answer, |answer, loss| answer.note(loss.to_string()))
}

pub(super) fn loss_json(loss: &Loss) -> Value {
    json!({ "fate": loss.fate, "place": loss.place, "field": loss.field, "why": loss.why })
}
