//! `ledger relate`: how two claims stand to each other.

use clap::Args;

use super::one_of;
use crate::cli::answer::Answer;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::submission::{Desk, Signing, typed_option};
use crate::record::Content;
use crate::record::relation::{Relation, RelationKind};

/// Say how one claim stands to another
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger relate $CLAIM contradicts $OTHER_CLAIM --as ada
  ledger relate $CLAIM corroborates $OTHER_CLAIM --note \"Two hands, one source\" --as ada")]
pub struct Arguments {
    /// The claim that stands to the other
    from: String,
    /// How it does
    #[arg(value_parser = one_of::<RelationKind>())]
    relation: RelationKind,
    /// The other claim
    to: String,
    /// What should be known of it
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    signing: Signing,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let desk = Desk::open(context, &arguments.signing)?;
    let relation = Relation {
        from: desk.resolve(&arguments.from)?,
        to: desk.resolve(&arguments.to)?,
        relation: arguments.relation,
        note: typed_option(arguments.note.as_ref())?,
    };
    desk.append(Content::Relation(relation), Vec::new())
}
