//! `ledger witness serve`: a witness at work.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::json;
use tokio::sync::Mutex;

use super::server::{self, Booth};
use crate::cli::answer::Answer;
use crate::cli::context::{Context, read_policy};
use crate::cli::error::CliError;
use crate::cli::key_store::io_error;
use crate::log::VerifierKey;
use crate::witness::{SqliteState, Witness};

/// Cosign the checkpoints of logs that ask for it, until interrupted
///
/// Speaks C2SP tlog-witness over HTTP, on this machine only unless --listen says otherwise; for the public, put a
/// server with TLS before it. What was cosigned last is remembered in one file: keep it. A witness that lost it
/// may cosign another history, and its key must then not be used again.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger witness serve --listen 127.0.0.1:0 --log $LOG_KEY
  ledger witness serve --as north.example --listen 127.0.0.1:0 --policy desk.policy --json")]
pub struct Arguments {
    /// The name of the witness's key; else the only one there is
    #[arg(long = "as", value_name = "NAME")]
    name: Option<String>,
    /// Address and port; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8417")]
    listen: SocketAddr,
    /// The key of a log to cosign, as `ledger status` shows it; may be repeated
    #[arg(long, value_name = "VKEY")]
    log: Vec<VerifierKey>,
    /// Cosign the logs of this C2SP policy
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Where to remember what was cosigned; else a file in the folder of --state
    #[arg(long, value_name = "FILE")]
    memory: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let mut logs = arguments.log.clone();
    if let Some(policy) = &arguments.policy {
        let policy = read_policy(policy)?;
        logs.extend(policy.logs().iter().map(|log| log.key.clone()));
    }
    if logs.is_empty() {
        return Err(CliError::usage("no log is named")
            .hint("add --log VKEY for each log to cosign; `ledger status` shows a ledger's"));
    }
    let signer = context
        .keys()?
        .open_witness_key(arguments.name.as_deref())?;
    let witness = Witness::new(signer, logs);
    let memory = match &arguments.memory {
        Some(path) => path.clone(),
        None => context.state()?.witness_path(witness.key()),
    };
    let is_new = !memory.exists();
    if let Some(folder) = memory.parent() {
        std::fs::create_dir_all(folder).map_err(|error| io_error("cannot make", folder, error))?;
    }
    let state = SqliteState::open(&memory)?;
    let address = arguments.listen;
    let failed = |error| CliError::failed(format!("cannot listen on {address}: {error}"));
    let listener = TcpListener::bind(address).map_err(failed)?;
    let url = format!("http://{}/", listener.local_addr().map_err(failed)?);
    let key = witness.key().to_string();
    let json = json!({ "format": 1, "url": url, "key": key, "memory": memory });
    let mut told = Answer::new(format!("{url}\n{key}\n"), json);
    if is_new {
        told = told.note(format!(
            "remembers from now on in {}; if this key has cosigned before, end here and bring back that file",
            memory.display()
        ));
    }
    context.announce(&told)?;
    let booth = Booth {
        witness,
        state: Arc::new(Mutex::new(state)),
        context: context.clone(),
    };
    server::serve(listener, booth).map_err(failed)?;
    Ok(Answer::none())
}
