//! `ledger witness list`: who is asked to cosign, and what each cosigned last.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::cli::answer::{Answer, Table, witnessed};
use crate::cli::context::{Context, read_policy};
use crate::cli::cosigning::last_cosignatures;
use crate::cli::error::CliError;

/// List the witnesses of the policy, and what each of them cosigned last
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger witness list
  ledger witness list --policy desk.policy --json")]
pub struct Arguments {
    /// The C2SP policy; else the one beside the ledger
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let path = context.policy_path(arguments.policy.as_deref())?;
    let none = || {
        format!(
            "hint: there is no witness in {}; `ledger witness add` adds one",
            path.display()
        )
    };
    if arguments.policy.is_none() && !path.exists() {
        return Ok(Answer::list(Table::default(), Vec::new()).note(none()));
    }
    let policy = read_policy(&path)?;
    let last = last_cosignatures(&context.read()?)?;
    let (mut table, mut list) = (Table::default(), Vec::new());
    for witness in policy.witnesses() {
        let key = witness.key.as_ref().map(ToString::to_string);
        let mut json =
            json!({ "type": "witness", "name": witness.name, "key": key, "url": witness.url });
        let said = match key.as_ref().and_then(|key| last.get(key)) {
            None => "nothing yet".to_owned(),
            Some(last) => {
                let time = witnessed(last.time);
                json["size"] = json!(last.size);
                json["time"] = json!(time);
                format!("size {} at {time}", last.size)
            }
        };
        table.row([
            witness.name.clone(),
            said,
            witness
                .url
                .clone()
                .unwrap_or_else(|| "(no address)".to_owned()),
            key.unwrap_or_else(|| "(key of a type that is not checked here)".to_owned()),
        ]);
        list.push(json);
    }
    let is_empty = list.is_empty();
    let answer = Answer::list(table, list);
    Ok(match is_empty {
        true => answer.note(none()),
        false => answer,
    })
}
