//! The command line: one file per command, and the only code that prints, asks or reads the environment.
//!
//! A command is a function from its arguments and a context to an [`Answer`]; nothing is printed before
//! it has one. Conventions (streams, exit codes, errors, prompts) are in `docs/cli.md`.

mod answer;
mod command;
mod context;
mod cosigning;
mod doubts;
mod error;
mod fetch;
mod hits;
mod http;
mod key_store;
mod output;
mod place;
mod resting;
mod state;
mod submission;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, ValueEnum};

pub use answer::{Answer, Exit};
use command::Command;
use context::Context;
use error::CliError;

/// Who checked this sentence, against what, and has the record been changed since?
#[derive(Debug, Parser)]
#[command(
    name = "ledger",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = "\
Examples:
  ledger demo
  ledger check $CLAIM

See also: ledger help checks | exit-codes | environment | formats | rollback | trust"
)]
pub struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

/// Where help lists the options that every command takes.
const FOR_EVERY_COMMAND: &str = "For every command";

/// Options that every command takes.
#[derive(Clone, Debug, Args)]
struct Options {
    /// The ledger file; else $LEDGER_FILE, else the one *.ledger file in this folder
    #[arg(long, global = true, help_heading = FOR_EVERY_COMMAND, value_name = "FILE")]
    ledger: Option<PathBuf>,
    /// Answer in JSON
    #[arg(long, global = true, help_heading = FOR_EVERY_COMMAND)]
    json: bool,
    /// When to use colour
    #[arg(long, global = true, help_heading = FOR_EVERY_COMMAND, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    color: Colour,
    /// Never ask; fail where a question would be needed
    #[arg(long, global = true, help_heading = FOR_EVERY_COMMAND)]
    no_input: bool,
    /// The time to take as now, for reproducible output (RFC 3339, UTC); else $LEDGER_NOW
    #[arg(long, global = true, help_heading = FOR_EVERY_COMMAND, value_name = "TIME", hide_short_help = true)]
    now: Option<crate::canonical::Timestamp>,
    /// Where the secret keys are; else $LEDGER_KEYS, else $XDG_DATA_HOME/ledger/keys
    #[arg(long, global = true, help_heading = FOR_EVERY_COMMAND, value_name = "DIR", hide_short_help = true)]
    keys: Option<PathBuf>,
    /// Where this machine remembers what it signed and cosigned last; else $LEDGER_STATE, else $XDG_STATE_HOME/ledger
    #[arg(long, global = true, help_heading = FOR_EVERY_COMMAND, value_name = "DIR", hide_short_help = true)]
    state: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Colour {
    Auto,
    Always,
    Never,
}

/// Runs the command line of this process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // Help, on stdout with 0 where it was asked for, on stderr with 2 where a command is missing.
        Err(error) if is_help(&error) => {
            let code = match (error.print(), error.use_stderr()) {
                // Help that nobody could read is no answer either.
                (Err(_), false) => Exit::Failed.code(),
                _ => u8::try_from(error.exit_code()).unwrap_or(2),
            };
            return ExitCode::from(code);
        }
        Err(error) => {
            let error = CliError::of_clap(&error, &understood(std::env::args_os()));
            return ExitCode::from(error.print().code());
        }
    };
    match cli.options.color {
        Colour::Auto => {}
        Colour::Always => anstream::ColorChoice::Always.write_global(),
        Colour::Never => anstream::ColorChoice::Never.write_global(),
    }
    let json = cli.options.json;
    let exit = match run(cli) {
        Ok(answer) => answer.print(json),
        Err(error) => error.print(),
    };
    ExitCode::from(exit.code())
}

fn is_help(error: &clap::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    )
}

/// Returns as much of a command line as names a command, such as `ledger key new`.
fn understood(arguments: impl IntoIterator<Item = OsString>) -> String {
    let mut command = "ledger".to_owned();
    let matches = Cli::command()
        .ignore_errors(true)
        .try_get_matches_from(arguments)
        .ok();
    let mut within = matches.as_ref().and_then(clap::ArgMatches::subcommand);
    while let Some((name, matches)) = within {
        command.push(' ');
        command.push_str(name);
        within = matches.subcommand();
    }
    command
}

fn run(cli: Cli) -> Result<Answer, CliError> {
    let context = Context::new(&cli.options)?;
    command::run(cli.command, &context)
}

/// Runs one command line in this process and returns its answer, without printing it.
///
/// # Errors
///
/// What the command would have printed.
fn answer<I, T>(arguments: I) -> Result<Answer, CliError>
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let cli =
        Cli::try_parse_from(arguments).map_err(|error| CliError::of_clap(&error, "ledger"))?;
    run(cli)
}

/// Returns the whole command tree, for completions and the reference.
pub fn command_tree() -> clap::Command {
    Cli::command()
}
