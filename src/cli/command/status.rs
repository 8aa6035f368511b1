//! `ledger status`: a ledger at a glance.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::json;

use crate::cli::answer::{Answer, Table, bold};
use crate::cli::context::{Context, last_checkpoint, ledger_facts};
use crate::cli::error::CliError;
use crate::record::Kind;
use crate::rules::{Facts, State};
use crate::store::{Derived, Read};

/// Show what the ledger holds, who works at it, and what waits for approval
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger status
  ledger status --json")]
pub struct Arguments {}

/// More reviews than this are not listed.
const MAX_WAITING: usize = 20;

pub fn run(_: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let store = context.read()?;
    let ledger = ledger_facts(&store)?;
    let (checkpoint, _) = last_checkpoint(&store)?;
    let mut counts: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
    let mut waiting = Vec::new();
    store.derived(&mut |row| {
        if let Derived::Subject {
            index, kind, state, ..
        } = row
        {
            if kind == Kind::Review.as_str() && state == State::InReview.as_str() {
                waiting.push(index);
            }
            *counts.entry(kind).or_default().entry(state).or_default() += 1;
        }
    })?;
    waiting.truncate(MAX_WAITING);
    let mut waiting_reviews = Vec::new();
    for index in waiting {
        let entries = store.entries(index, 1)?;
        waiting_reviews.extend(entries.into_iter().map(|entry| entry.record));
    }
    let signers = (&store as &dyn Read).signers()?;

    let mut table = Table::default();
    for (kind, states) in &counts {
        let total: u64 = states.values().sum();
        let parts: Vec<String> = states
            .iter()
            .map(|(state, n)| format!("{n} {state}"))
            .collect();
        table.row([kind.clone(), total.to_string(), parts.join(", ")]);
    }
    let mut people = Table::default();
    let mut editors = Vec::new();
    for (did, signer) in &signers {
        let name = signer
            .holder
            .as_ref()
            .map_or_else(String::new, ToString::to_string);
        let standing = match signer.revoked {
            Some(index) => format!("revoked at index {index}"),
            None => format!("enrolled at index {}", signer.enrolled),
        };
        people.row([name, signer.role.to_string(), standing, did.to_string()]);
        editors.push(super::key::to_json(did, signer));
    }
    let mut text = format!(
        "{}\norigin      {}\nlog key     {}\nsize        {}\nroot        {}\nrecorded    {}\napprovals   {}\n\n{}\n{}\n{}\n{}",
        bold(ledger.name.as_str()),
        ledger.origin,
        ledger.log_key,
        checkpoint.size(),
        checkpoint.root(),
        ledger.recorded,
        ledger.approvals,
        bold("records"),
        table.render(true),
        bold("keys"),
        people.render(true),
    );
    if !waiting_reviews.is_empty() {
        text.push_str(&format!("\n{}\n", bold("reviews that wait for approval")));
        for review in &waiting_reviews {
            text.push_str(&format!("{review}\n"));
        }
    }
    let json = json!({
        "format": 1,
        "origin": ledger.origin,
        "name": ledger.name,
        "logKey": ledger.log_key,
        "size": checkpoint.size(),
        "root": checkpoint.root(),
        "recorded": ledger.recorded,
        "approvals": ledger.approvals,
        "records": counts,
        "waiting": waiting_reviews,
        "editors": editors,
    });
    Ok(Answer::new(text, json))
}
