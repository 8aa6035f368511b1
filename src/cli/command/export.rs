//! `ledger export`: what is recorded, in other formats.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::one_of;
use crate::cli::answer::{Answer, good};
use crate::cli::context::{Context, resolve};
use crate::cli::error::CliError;
use crate::cli::output::write_output;
use crate::cli::submission::typed_option;
use crate::exchange::{self, Format, Holdings, Loss};
use crate::record::Url;

/// Write what is recorded in another format
///
/// What the format can't say, or says otherwise, is told on stderr, line by line. Texts of articles and snapshots of sources
/// are never written.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger export csv -o claims.csv
  ledger export claim-review $CLAIM --base-url https://factdesk.example/ledger")]
pub struct Arguments {
    /// The format
    #[arg(value_parser = one_of::<Format>())]
    format: Format,
    /// Only this claim, or this article with its claims, or what this review is about
    hash: Option<String>,
    /// Write into this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
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
    let answer = match &arguments.output {
        None => Answer::bytes(export.bytes),
        Some(path) => {
            write_output(path, &export.bytes, arguments.force)?;
            let json = json!({
                "format": 1,
                "exported": arguments.format,
                "file": path,
                "bytes": export.bytes.len(),
                "losses": export.losses.iter().map(loss_json).collect::<Vec<_>>(),
            });
            Answer::new(good(&format!("written to {}", path.display())) + "\n", json)
        }
    };
    Ok(with_losses(answer, &export.losses))
}

/// Tells on stderr what was lost.
pub(super) fn with_losses(answer: Answer, losses: &[Loss]) -> Answer {
    (losses.iter()).fold(answer, |answer, loss| answer.note(loss.to_string()))
}

pub(super) fn loss_json(loss: &Loss) -> Value {
    json!({ "fate": loss.fate, "place": loss.place, "field": loss.field, "why": loss.why })
}
