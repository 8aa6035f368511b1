//! `ledger witness add`: one witness more in the policy.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::context::{Context, ledger_facts, log_key, read_policy_text};
use crate::cli::error::CliError;
use crate::cli::http;
use crate::cli::output::write_output;
use crate::log::policy::add_witness;
use crate::log::{Policy, WitnessKey};

/// Add a witness to the policy beside the ledger
///
/// The first one makes the policy, and must cosign from then on; how many of several must, its quorum line says.
/// Give the file to your readers, for `ledger check --policy`. A key that was fetched from an address is
/// whatever that address said: compare it with what the witness's operator gives you by another way.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger witness add $WITNESS_KEY --url $WITNESS_URL
  ledger witness add $WITNESS_URL --name north --json")]
pub struct Arguments {
    /// The witness's key, or the address to fetch it from
    #[arg(value_name = "URL|VKEY")]
    witness: String,
    /// What the policy calls it; else the name of its key
    #[arg(long)]
    name: Option<String>,
    /// Where it is asked to cosign, if the key is given
    #[arg(long)]
    url: Option<String>,
    /// The C2SP policy; else the one beside the ledger
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

/// Longest page of a witness about itself, in bytes.
const MAX_PAGE_LEN: u64 = 1 << 20;

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let given = &arguments.witness;
    let is_url = given.starts_with("http://") || given.starts_with("https://");
    let (key, url) = match (is_url, &arguments.url) {
        (true, Some(_)) => {
            return Err(CliError::usage("two addresses are given")
                .hint("give the witness's key with --url, or its address alone"));
        }
        (true, None) => (fetch_key(given)?, Some(given)),
        (false, url) => (given.parse().map_err(CliError::usage)?, url.as_ref()),
    };
    if let Some(url) = url.filter(|url| !url.starts_with("http://") && !url.starts_with("https://"))
    {
        return Err(CliError::usage(format!(
            "expected an address that begins with https:// or http://, found {url:?}"
        )));
    }
    let path = context.policy_path(arguments.policy.as_deref())?;
    let before = match path.exists() {
        true => read_policy_text(&path)?,
        false => {
            let store = context.read()?;
            Policy::new_text(&log_key(&ledger_facts(&store)?)?, None)?
        }
    };
    let name = arguments.name.as_deref().unwrap_or(key.name());
    let text = add_witness(&before, name, &key, url.map(String::as_str))?;
    write_output(&path, text.as_bytes(), true)?;
    let json = json!({
        "format": 1,
        "name": name,
        "key": key.to_string(),
        "url": url,
        "policy": path,
        "fetched": is_url,
    });
    let said = format!("{key}\nadded as {name} to {}\n", path.display());
    let answer = Answer::new(said, json);
    Ok(match is_url {
        true => answer.note(
            "the key is what the address said: compare it with what the witness's operator gives you by another way",
        ),
        false => answer,
    })
}

/// Fetches the key that a witness says is its own.
fn fetch_key(url: &str) -> Result<WitnessKey, CliError> {
    let page = http::get(url, MAX_PAGE_LEN)?;
    if page.status != 200 {
        return Err(CliError::failed(format!(
            "expected a witness's key from {url}, found status {}",
            page.status
        )));
    }
    let first = page.body.lines().next().unwrap_or_default();
    first.parse().map_err(|error| {
        CliError::failed(format!("{url}: {error}"))
            .hint("ask the witness's operator for its key, and add it with --url")
    })
}
