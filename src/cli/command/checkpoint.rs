//! `ledger checkpoint`: the signed tree head, and the cosignatures of witnesses.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::answer::{Answer, Exit, bad};
use crate::cli::context::{Context, last_checkpoint, ledger_facts, log_key, read_policy};
use crate::cli::cosigning::{self, Reply, ask, cosigned, last_cosignatures};
use crate::cli::error::CliError;
use crate::log::policy::PolicyWitness;
use crate::log::{Checkpoint, Policy, SignedNote};
use crate::store::Read;
use crate::writer;

/// Print the last signed checkpoint, as a C2SP signed note
///
/// Every command that appends signs one over all entries. Keep a copy elsewhere: it is what shows a rewritten
/// ledger. The latest line of each witness that cosigned it stands below the log's.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger checkpoint
  ledger checkpoint --json
  ledger witness add $WITNESS_URL && ledger checkpoint --cosign")]
pub struct Arguments {
    /// Ask the witnesses of the policy to cosign it first
    #[arg(long)]
    cosign: bool,
    /// The C2SP policy that names them; else the one beside the ledger
    #[arg(long, value_name = "FILE", requires = "cosign")]
    policy: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    if !arguments.cosign {
        let (note, json) = last(&context.read()?)?;
        return Ok(Answer::new(note, json));
    }
    let path = context.policy_path(arguments.policy.as_deref())?;
    if !path.exists() {
        return Err(
            CliError::usage(format!("there is no policy {}", path.display()))
                .hint("`ledger witness add` makes one that names a witness"),
        );
    }
    let policy = read_policy(&path)?;
    let asked = cosign(&policy, context)?;
    let store = context.read()?;
    let (note, mut json) = last(&store)?;
    json["asked"] = asked.iter().map(Asked::to_json).collect();
    let mut answer = Answer::new(note, json);
    for one in &asked {
        answer = one.complain(answer);
    }
    let is = |wanted: fn(&Reply) -> bool| asked.iter().any(|one| wanted(&one.reply));
    if is(|reply| matches!(reply, Reply::OtherHistory(_))) {
        let hint = "hint: look for the newest copy of the ledger, and sign nothing on from this one: `ledger help rollback`";
        return Ok(answer.note(hint).exit(Exit::Wrong));
    }
    if is(|reply| matches!(reply, Reply::NoAnswer(_))) {
        let (_, cosignatures) = cosigned(&store)?;
        let quorum = policy.quorum(&cosigning::signers(&cosignatures));
        return Ok(match quorum.satisfied {
            true => answer.note("warning: enough witnesses for the policy cosigned, but not all"),
            false => answer.exit(Exit::Failed),
        });
    }
    Ok(answer)
}

/// Returns the last checkpoint with its cosignatures, as text and as JSON.
fn last(store: &dyn Read) -> Result<(String, Value), CliError> {
    let ledger = ledger_facts(store)?;
    let (checkpoint, _) = last_checkpoint(store)?;
    let (note, cosignatures) = cosigned(store)?;
    let note = note.to_string();
    let json = json!({
        "format": 1,
        "size": checkpoint.size(),
        "root": checkpoint.root(),
        "logKey": ledger.log_key,
        "checkpoint": note,
        "cosigned": cosigning::to_json(&cosignatures),
    });
    Ok((note, json))
}

/// A witness that was asked, and what came of it.
struct Asked<'p> {
    witness: &'p PolicyWitness,
    reply: Reply,
}

impl Asked<'_> {
    fn to_json(&self) -> Value {
        let (outcome, found) = match &self.reply {
            Reply::Cosigned(_) => ("cosigned", None),
            Reply::OtherHistory(found) => ("other-history", Some(found)),
            Reply::NoAnswer(found) => ("no-answer", Some(found)),
        };
        let mut json = json!({ "name": self.witness.name, "outcome": outcome });
        if let Some(found) = found {
            json["found"] = json!(found);
        }
        json
    }

    /// Says on stderr why there is no cosignature.
    fn complain(&self, answer: Answer) -> Answer {
        let name = &self.witness.name;
        match &self.reply {
            Reply::Cosigned(_) => answer,
            Reply::OtherHistory(found) => answer.note(bad(&format!(
                "witness {name} has seen another history of this log: {found}"
            ))),
            Reply::NoAnswer(found) => {
                answer.note(format!("warning: witness {name} did not cosign: {found}"))
            }
        }
    }
}

/// Asks each witness that has an address to cosign the last checkpoint, and keeps the cosignatures.
fn cosign<'p>(policy: &'p Policy, context: &Context) -> Result<Vec<Asked<'p>>, CliError> {
    let store = context.read()?;
    let (_, note) = last_checkpoint(&store)?;
    let checkpoint = Checkpoint::open(&note, &log_key(&ledger_facts(&store)?)?)
        .map_err(|error| CliError::failed(error).hint("run `ledger verify`"))?;
    let note: SignedNote = note.parse().map_err(CliError::failed)?;
    let known = last_cosignatures(&store)?;
    let (mut asked, mut lines) = (Vec::new(), Vec::new());
    for witness in policy.witnesses() {
        let (Some(key), Some(url)) = (&witness.key, &witness.url) else {
            continue;
        };
        let last = known.get(&key.to_string()).map_or(0, |last| last.size);
        let reply = ask(&store, url, key, &note, checkpoint.size(), last)?;
        if let Reply::Cosigned(line) = &reply {
            lines.push((key.clone(), line.clone()));
        }
        asked.push(Asked { witness, reply });
    }
    if asked.is_empty() {
        return Err(
            CliError::usage("the policy names no witness with an address")
                .hint("`ledger witness add URL` adds one"),
        );
    }
    if !lines.is_empty() {
        writer::cosign(&mut context.write()?, checkpoint.size(), &lines)?;
    }
    Ok(asked)
}
