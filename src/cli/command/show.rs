//! `ledger show`: a record as it was signed.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::{Value, json};

use crate::canonical::{Digest, json as canonical};
use crate::cli::answer::{Answer, Table, bold};
use crate::cli::context::{Context, resolve};
use crate::cli::error::CliError;
use crate::cli::hits::quoted;
use crate::log::Entry;
use crate::record::claim::{Appearance, Hop};
use crate::record::source::Stance;
use crate::record::{Content, Prose, Record, signed};
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
    let bytes = match (stored.record_bytes()?, &stored.object) {
        (Some(bytes), _) => bytes.to_owned(),
        (None, Object::Erased) => {
            let erasure = (&store as &dyn Read)
                .subject(&digest)?
                .and_then(|subject| subject.erased);
            let by = erasure.map_or_else(String::new, |index| format!(" by entry {index}"));
            return Err(CliError::failed(format!("the record was erased{by}"))
                .hint("its hash, entry and signature remain: `ledger check` shows them"));
        }
        (None, _) => {
            return Err(
                CliError::failed(format!("record {digest} is missing")).hint("run `ledger verify`")
            );
        }
    };
    let record = Record::parse(&bytes)
        .map_err(|error| CliError::failed(format!("record {digest}: {error}")))?;
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
    let document: Value = canonical::from_canonical(&bytes).map_err(no_json)?;
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
    let signers = (&store as &dyn Read).signers()?;
    let holder = signers
        .get(&record.editor)
        .and_then(|signer| signer.holder.as_ref());
    field(
        "editor",
        match holder {
            Some(holder) => format!("{holder} ({})", record.editor),
            None => record.editor.to_string(),
        },
    );
    let content = record.content.to_json();
    // By name: a map's own order is another in a build with the feature `c2pa`.
    let fields: BTreeMap<_, _> = content.as_object().into_iter().flatten().collect();
    for (name, value) in fields {
        let mut name = name.as_str();
        for line in lines(&record.content, name, value) {
            field(name, line);
            // What has several lines is named once.
            name = "";
        }
    }
    let text = format!("{}\n{}", bold(record.kind().as_str()), table.render(true));
    Ok(Answer::new(text, json))
}

/// Tells a field as people read it, each thing of a list in a line of its own.
fn lines(content: &Content, name: &str, value: &Value) -> Vec<String> {
    match (content, name) {
        (Content::Claim(claim), "appearances") => claim.appearances.iter().map(place).collect(),
        (Content::Claim(claim), "via") => claim.via.iter().map(hop).collect(),
        (Content::Claim(claim), "sources") => (claim.sources.iter())
            .map(|link| ground(link.stance, &link.source, None, link.note.as_ref()))
            .collect(),
        (Content::Review(review), "evidence") => (review.evidence.iter())
            .map(|evidence| {
                let passage = evidence.passage.as_ref().map(|passage| &passage.exact);
                ground(
                    evidence.stance,
                    &evidence.source,
                    passage,
                    evidence.note.as_ref(),
                )
            })
            .collect(),
        (_, _) => match value {
            Value::Array(values) => values.iter().map(line).collect(),
            value => vec![line(value)],
        },
    }
}

fn place(appearance: &Appearance) -> String {
    let Appearance {
        article,
        exact,
        start,
        end,
        ..
    } = appearance;
    format!("{} in {article} from {start} to {end}", quoted(exact))
}

fn hop(hop: &Hop) -> String {
    let mut text = hop.name.to_string();
    if let Some(url) = &hop.url {
        text.push_str(&format!(", {url}"));
    }
    if let Some(source) = &hop.source {
        text.push_str(&format!(", {source}"));
    }
    text
}

fn ground(
    stance: Stance,
    source: &Digest,
    passage: Option<&Prose>,
    note: Option<&Prose>,
) -> String {
    let mut text = format!("{stance} {source}");
    if let Some(passage) = passage {
        text.push_str(&format!(" {}", quoted(passage.as_str())));
    }
    if let Some(note) = note {
        text.push_str(&format!(" ({note})"));
    }
    text
}

/// Tells any other value in a line: a member by its name.
fn line(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(line).collect::<Vec<_>>().join(", "),
        Value::Object(members) => {
            let members: BTreeMap<_, _> = members.iter().collect();
            let told = members
                .iter()
                .map(|(name, value)| format!("{name} {}", line(value)));
            told.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}
