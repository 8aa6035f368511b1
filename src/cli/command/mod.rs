//! The commands, one file each.

mod add;
mod append;
mod approve;
mod check;
mod checkpoint;
mod completions;
mod consent;
mod correct;
mod credentials;
mod demo;
mod diff;
mod disclose;
mod erase;
mod export;
mod help;
mod import;
mod init;
mod key;
pub(super) mod log;
mod policy;
mod prove;
mod publish;
mod quotes;
mod record;
mod reindex;
mod relate;
mod respond;
mod retract;
mod review;
mod search;
mod serve;
mod show;
mod status;
mod verify;
mod watch;
mod witness;

use clap::Subcommand;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::answer::Answer;
use super::context::Context;
use super::error::CliError;
use crate::record::vocabulary::Vocabulary;

#[derive(Debug, Subcommand)]
pub enum Command {
    Demo(demo::Arguments),
    Init(init::Arguments),
    #[command(subcommand)]
    Key(key::Command),
    #[command(subcommand)]
    Add(add::Command),
    Quotes(quotes::Arguments),
    Credentials(credentials::Arguments),
    Record(record::Arguments),
    Append(append::Arguments),
    Review(review::Arguments),
    Approve(approve::Arguments),
    Correct(correct::Arguments),
    Retract(retract::Arguments),
    Relate(relate::Arguments),
    Respond(respond::Arguments),
    Disclose(disclose::Arguments),
    Consent(consent::Arguments),
    Erase(erase::Arguments),
    Import(import::Arguments),
    Export(export::Arguments),
    Policy(policy::Arguments),
    Search(search::Arguments),
    Show(show::Arguments),
    Diff(diff::Arguments),
    Log(log::Arguments),
    Status(status::Arguments),
    Prove(prove::Arguments),
    Check(check::Arguments),
    Verify(verify::Arguments),
    Watch(watch::Arguments),
    Checkpoint(checkpoint::Arguments),
    Publish(publish::Arguments),
    Serve(serve::Arguments),
    #[command(subcommand)]
    Witness(witness::Command),
    Reindex(reindex::Arguments),
    Completions(completions::Arguments),
    Help(help::Arguments),
}

pub fn run(command: Command, context: &Context) -> Result<Answer, CliError> {
    match command {
        Command::Demo(arguments) => demo::run(&arguments, context),
        Command::Init(arguments) => init::run(&arguments, context),
        Command::Key(command) => key::run(&command, context),
        Command::Add(command) => add::run(&command, context),
        Command::Quotes(arguments) => quotes::run(&arguments, context),
        Command::Credentials(arguments) => credentials::run(&arguments),
        Command::Record(arguments) => record::run(&arguments, context),
        Command::Append(arguments) => append::run(&arguments, context),
        Command::Review(arguments) => review::run(&arguments, context),
        Command::Approve(arguments) => approve::run(&arguments, context),
        Command::Correct(arguments) => correct::run(&arguments, context),
        Command::Retract(arguments) => retract::run(&arguments, context),
        Command::Relate(arguments) => relate::run(&arguments, context),
        Command::Respond(arguments) => respond::run(&arguments, context),
        Command::Disclose(arguments) => disclose::run(&arguments, context),
        Command::Consent(arguments) => consent::run(&arguments, context),
        Command::Erase(arguments) => erase::run(&arguments, context),
        Command::Import(arguments) => import::run(&arguments, context),
        Command::Export(arguments) => export::run(&arguments, context),
        Command::Policy(arguments) => policy::run(&arguments, context),
        Command::Search(arguments) => search::run(&arguments, context),
        Command::Diff(arguments) => diff::run(&arguments, context),
        Command::Show(arguments) => show::run(&arguments, context),
        Command::Log(arguments) => log::run(&arguments, context),
        Command::Status(arguments) => status::run(&arguments, context),
        Command::Prove(arguments) => prove::run(&arguments, context),
        Command::Check(arguments) => check::run(&arguments, context),
        Command::Watch(arguments) => watch::run(&arguments, context),
        Command::Verify(arguments) => verify::run(&arguments, context),
        Command::Checkpoint(arguments) => checkpoint::run(&arguments, context),
        Command::Publish(arguments) => publish::run(&arguments, context),
        Command::Serve(arguments) => serve::run(&arguments, context),
        Command::Witness(command) => witness::run(&command, context),
        Command::Reindex(arguments) => reindex::run(&arguments, context),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Help(arguments) => help::run(&arguments),
    }
}

/// Reads a value of a vocabulary, and lists them all in help and completions.
fn one_of<T: Vocabulary + Send + Sync>() -> impl TypedValueParser<Value = T> {
    let spellings = T::VALUES.iter().map(|value| value.spelling());
    PossibleValuesParser::new(spellings).map(|text| {
        *T::VALUES
            .iter()
            .find(|value| value.spelling() == text)
            .expect("clap accepts the spellings only")
    })
}
