//! `ledger status`: a ledger at a glance, and what there is to do.

mod agenda;

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::cli::answer::{Answer, Table, bold, good, unknown, witnessed};
use crate::cli::context::{Context, last_checkpoint, ledger_facts, read_policy};
use crate::cli::cosigning::{self, cosigned};
use crate::cli::error::CliError;
use crate::cli::key_store::NamedKey;
use crate::log::Cosignature;
use crate::rules::Facts;
use crate::store::Read;

use agenda::Agenda;

/// Show what the ledger holds, who works at it and who cosigned, and what there is to do
///
/// Lists the reviews that wait for approval, and whether the key at hand may approve them; what was decided on a source
/// or an article that was retracted or corrected since; decided reviews whose date of the next look has come or comes
/// within seven days; and claims in articles of which a later version is recorded.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger status --as ben
  ledger status --json")]
pub struct Arguments {
    /// Whose key might approve; else $LEDGER_EDITOR, else the only key there is
    #[arg(long = "as", value_name = "NAME")]
    signer: Option<String>,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let store = context.read()?;
    let ledger = ledger_facts(&store)?;
    let (checkpoint, _) = last_checkpoint(&store)?;
    let (_, cosignatures) = cosigned(&store)?;
    let policy = Beside::read(context, &cosignatures)?;
    let key = key_at_hand(arguments, context)?;
    let agenda = Agenda::look(&store, key.as_ref(), context.now()?)?;
    let signers = (&store as &dyn Read).signers()?;

    let mut table = Table::default();
    for (kind, states) in &agenda.counts {
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
    text.push_str(&agenda.text());
    let mut json = json!({
        "format": 1,
        "origin": ledger.origin,
        "name": ledger.name,
        "logKey": ledger.log_key,
        "size": checkpoint.size(),
        "root": checkpoint.root(),
        "recorded": ledger.recorded,
        "approvals": ledger.approvals,
        "records": agenda.counts,
        "editors": editors,
        "cosigned": cosigning::to_json(&cosignatures),
    });
    agenda.add_to(&mut json);
    if let Some(policy) = policy {
        json["policy"] = json!({ "file": policy.file, "met": policy.met });
    }
    Ok(Answer::new(text, json))
}

/// Returns the key that would sign. Who only looks need not have one.
fn key_at_hand(arguments: &Arguments, context: &Context) -> Result<Option<NamedKey>, CliError> {
    let keys = context.keys().and_then(|keys| keys.list());
    let keys = match &arguments.signer {
        Some(_) => keys?,
        None => keys.unwrap_or_default(),
    };
    Ok(match context.signer(arguments.signer.as_deref()) {
        Some(name) => {
            let found = keys.into_iter().find(|key| key.name == name);
            if found.is_none() && arguments.signer.is_some() {
                return Err(CliError::usage(format!("there is no key {name:?} here"))
                    .hint("`ledger key list` lists the keys"));
            }
            found
        }
        None => Some(keys)
            .filter(|keys| keys.len() == 1)
            .and_then(|mut keys| keys.pop()),
    })
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
