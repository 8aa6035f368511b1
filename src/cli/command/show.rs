//! `ledger show`: a record as it was signed.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::json;

use crate::canonical::json as canonical;
use crate::cli::answer::{Answer, Table, bold};
use crate::cli::context::{Context, read_record, resolve};
use crate::cli::error::CliError;
use crate::log::Entry;
use crate::record::signed;
use crate::rules::Facts;
use crate::store::{Object, Read};

/// Show a record
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger show $CLAIM
  ledger show $CLAIM --canonical | sha256sum")]
pub struct Arguments {
    /// The record's hash, or the beginning of it
    hash: String,
    /// Print the exact bytes that the hash is of
    #[arg(long)]
    canonical: bool,
    /// Print the record with its proof, as any eddsa-jcs-2022 verifier takes it
    #[arg(long, conflicts_with = "canonical")]
    signed: bool,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let store = context.read()?;
    let (digest, index) = resolve(&store, &arguments.hash)?;
    let stored = store.entries(index, 1)?;
    let stored = stored.first().ok_or_else(|| {
        CliError::failed(format!("entry {index} is missing")).hint("run `ledger verify`")
    })?;
    let entry = Entry::parse(&stored.bytes)
        .map_err(|error| CliError::failed(format!("entry {index}: {error}")))?;
    if stored.object == Object::Erased {
        let erasure = (&store as &dyn Read)
            .subject(&digest)?
            .and_then(|subject| subject.erased);
        let by = erasure.map_or_else(String::new, |index| format!(" by entry {index}"));
        return Err(CliError::failed(format!("the record was erased{by}"))
            .hint("its hash, entry and signature remain: `ledger check` shows them"));
    }
    let record = read_record(&store, &digest)?;
    let bytes = match &stored.object {
        Object::Present(bytes) => bytes.clone(),
        Object::Erased | Object::Absent | Object::Withheld => Vec::new(),
    };
    if arguments.canonical {
        return Ok(Answer::bytes(bytes));
    }
    let no_json = |error| CliError::failed(format!("record {digest}: {error}"));
    if arguments.signed {
        let document = signed::join(&bytes, &entry.proof).map_err(no_json)?;
        let mut line = canonical::to_vec(&document).map_err(CliError::failed)?;
        line.push(b'\n');
        return Ok(Answer::bytes(line));
    }
    let document: serde_json::Value = canonical::from_canonical(&bytes).map_err(no_json)?;
    let subject = (&store as &dyn Read).subject(&digest)?;
    let state = subject.map(|subject| subject.state());
    let mut json = json!({
        "format": 1,
        "hash": digest,
        "index": index,
        "recorded": entry.recorded,
        "record": document,
        "proof": [entry.proof],
    });
    if let Some(state) = state {
        json["state"] = json!(state);
    }
    let mut table = Table::default();
    let mut field = |name: &str, value: String| table.row([name.to_owned(), value]);
    field("hash", digest.to_string());
    field("index", index.to_string());
    if let Some(state) = state {
        field("state", state.to_string());
    }
    field("recorded", entry.recorded.to_string());
    field("created", record.created.to_string());
    field("editor", record.editor.to_string());
    let content = record.content.to_json();
    // By name: a map's own order is another in a build with the feature `c2pa`.
    let fields: BTreeMap<_, _> = content.as_object().into_iter().flatten().collect();
    for (name, value) in fields {
        let text = match value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        field(name, text);
    }
    let text = format!("{}\n{}", bold(record.kind().as_str()), table.render(true));
    Ok(Answer::new(text, json))
}
