//! `ledger status`: a ledger at a glance.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::cli::answer::{Answer, Table, bold, good, unknown, witnessed};
use crate::cli::context::{Context, last_checkpoint, ledger_facts, read_policy};
use crate::cli::cosigning::{self, cosigned};
use crate::cli::error::CliError;
use crate::log::Cosignature;
use crate::record::Kind;
use crate::rules::{Facts, State};
use crate::store::{Derived, Read};

/// Show what the ledger holds, who works at it, what waits for approval, and who cosigned
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
    let (_, cosignatures) = cosigned(&store)?;
    let policy = Beside::read(context, &cosignatures)?;
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
            let of_kind = counts.entry(kind.into_owned()).or_default();
            *of_kind.entry(state.into_owned()).or_default() += 1;
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
        "{}\norigin      {}\nlog key     {}\nsize        {}\nroot        {}\nrecorded    {}\napprovals   {}\n{}\n{}\n{}\n{}\n{}",
        bold(ledger.name.as_str()),
        ledger.origin,
        ledger.log_key,
        checkpoint.size(),
        checkpoint.root(),
        ledger.recorded,
        ledger.approvals,
        witnesses(&cosignatures, policy.as_ref()),
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
    let mut json = json!({
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
        "cosigned": cosigning::to_json(&cosignatures),
    });
    if let Some(policy) = policy {
        json["policy"] = json!({ "file": policy.file, "met": policy.met });
    }
    Ok(Answer::new(text, json))
}

/// The policy beside the ledger, if there is one.
struct Beside {
    file: PathBuf,
    /// Whether enough of its witnesses cosigned the last checkpoint.
    met: bool,
}

impl Beside {
    fn read(context: &Context, cosignatures: &[Cosignature]) -> Result<Option<Self>, CliError> {
        let file = context.policy_path(None)?;
        if !file.exists() {
            return Ok(None);
        }
        let policy = read_policy(&file)?;
        let met = policy.quorum(&cosigning::signers(cosignatures)).satisfied;
        Ok(Some(Beside { file, met }))
    }
}

/// Says who cosigned the last checkpoint, and whether they are enough.
fn witnesses(cosignatures: &[Cosignature], policy: Option<&Beside>) -> String {
    let mut text = String::new();
    for one in cosignatures {
        let (name, time) = (one.witness.name(), witnessed(one.time));
        text.push_str(&format!("cosigned    {time} by {name}\n"));
    }
    if let Some(policy) = policy {
        let met = match policy.met {
            true => good("enough witnesses cosigned"),
            false => unknown("not enough witnesses cosigned: `ledger checkpoint --cosign`"),
        };
        text.push_str(&format!("policy      {}: {met}\n", policy.file.display()));
    }
    text
}
