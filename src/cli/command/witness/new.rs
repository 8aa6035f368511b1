//! `ledger witness new`: a key that signs nothing but cosignatures.

use clap::Args;
use serde_json::json;

use crate::cli::answer::{Answer, dim};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::log::WitnessSigner;
use crate::sign::SecretKey;

/// Make the key of a witness and print it for those who will trust it
///
/// It is kept without a passphrase, readable by its owner only, so that the witness starts unattended.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger witness new south.example
  ledger witness new south.example/2026 --json")]
pub struct Arguments {
    /// The witness's name in all its signatures, such as a domain; without spaces and +
    name: String,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let name = &arguments.name;
    let seed = zeroize::Zeroizing::new(context.random(&format!("witness's key of {name}"))?);
    let signer = WitnessSigner::new(name, SecretKey::from_seed(&seed)).map_err(CliError::usage)?;
    let path = (context.keys()?).add_witness_key(&signer, &SecretKey::from_seed(&seed))?;
    let key = signer.key().to_string();
    let json = json!({ "format": 1, "name": name, "key": key });
    let kept = dim(&format!("kept in {}", path.display()));
    Ok(Answer::new(format!("{key}\n"), json).note(kept))
}
