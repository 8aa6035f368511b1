//! `ledger demo`: placeholder.

use clap::Args;

use super::super::answer::Answer;
use super::super::context::Context;
use super::super::error::CliError;

/// Demo
#[derive(Debug, Args)]
pub struct Arguments {}

pub fn run(_: &Arguments, _: &Context) -> Result<Answer, CliError> {
    Err(CliError::failed("not yet"))
}
