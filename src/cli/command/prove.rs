//! `ledger prove`: a proof bundle to hand to anyone.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::bundle::{self, LogTrust, Trust};
use crate::cli::answer::{Answer, good};
use crate::cli::context::{Context, resolve};
use crate::cli::error::CliError;
use crate::cli::output::write_output;

/// Write a proof of one record that anyone can check without the ledger
///
/// The file holds the record with its signature, what it names, what was said about it, the keys involved, and a
/// proof that each of these is in the log under one signed checkpoint. It holds no article text.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger prove $CLAIM -o claim.proof.json
  ledger prove $CLAIM --tlog-proof -o claim.tlog-proof")]
pub struct Arguments {
    /// The record's hash, or its beginning
    hash: String,
    /// Where to write it; else to stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write only the C2SP tlog-proof of the record's entry
    #[arg(long)]
    tlog_proof: bool,
    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let store = context.read()?;
    let (digest, index) = resolve(&store, &arguments.hash)?;
    let bundle = bundle::gather(&store, index)?;
    // Nothing is handed out that a check of it would reject.
    let trust = Trust {
        log: LogTrust::FoundingRecord,
        policy: None,
    };
    let standing = bundle::check(&bundle, &trust, None)?;
    if standing.all().any(|one| one.has_failed()) {
        return Err(CliError::failed(format!("record {digest} is not intact"))
            .hint(format!("run `ledger check {digest}` to see what is wrong")));
    }
    let bytes = match arguments.tlog_proof {
        false => bundle.to_bytes().map_err(CliError::failed)?,
        true => {
            let proof = bundle.tlog_proof().map_err(CliError::failed)?;
            let proof = proof.expect("a checked bundle has its subject");
            proof.to_string().into_bytes()
        }
    };
    let Some(output) = &arguments.output else {
        return Ok(Answer::bytes(bytes));
    };
    write_output(output, &bytes, arguments.force)?;
    let text = format!(
        "{}\n{} of {digest}, as of {} entries, {} bytes\n",
        good(&format!("wrote {}", output.display())),
        standing.record.kind,
        standing.size,
        bytes.len(),
    );
    let json = json!({
        "format": 1,
        "file": output,
        "hash": digest,
        "kind": standing.record.kind,
        "state": standing.record.state(),
        "entries": bundle.items.len(),
        "size": standing.size,
        "root": standing.root,
        "len": bytes.len(),
    });
    Ok(Answer::new(text, json))
}
