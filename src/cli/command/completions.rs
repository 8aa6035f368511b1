//! `ledger completions`: for the shell.

use clap::Args;
use clap_complete::Shell;

use crate::cli::answer::Answer;
use crate::cli::error::CliError;

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger completions bash > ledger.bash
  ledger completions fish > ledger.fish")]
pub struct Arguments {
    shell: Shell,
}

pub fn run(arguments: &Arguments) -> Result<Answer, CliError> {
    let mut script = Vec::new();
    let mut command = crate::cli::command_tree();
    clap_complete::generate(arguments.shell, &mut command, "ledger", &mut script);
    Ok(Answer::bytes(script))
}
