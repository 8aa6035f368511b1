//! `ledger correct`: something recorded here was wrong, unclear or overtaken.

use clap::Args;

use crate::canonical::Digest;
use crate::cli::answer::Answer;
use crate::cli::context::{Context, text_or_stdin};
use crate::cli::error::CliError;
use crate::cli::resting;
use crate::cli::submission::{Desk, Signing, typed};
use crate::record::Content;
use crate::record::correction::{Correction, CorrectionKind};
use crate::store::Read;

/// Correct an article, a source or a claim
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger correct $CLAIM --why \"The page gives the speaker's age as 20\" --as ada
  ledger correct $CLAIM --kind clarification --why \"Said in June\" --as ada --dry-run")]
pub struct Arguments {
    /// The record that is corrected
    hash: String,
    /// What sort of correction it is; `ledger retract` withdraws a record
    #[arg(long, value_name = "KIND", default_value = "correction", value_parser = ["correction", "clarification", "update"])]
    kind: String,
    /// What was wrong, or - for stdin
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// The record that stands in its place
    #[arg(long, value_name = "HASH")]
    replacement: Option<String>,
    #[command(flatten)]
    signing: Signing,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let kind = arguments.kind.parse().map_err(CliError::usage)?;
    let Arguments {
        hash,
        why,
        replacement,
        signing,
        ..
    } = arguments;
    append(context, signing, hash, kind, why, replacement.as_deref())
}

/// Appends a correction of any kind: a retraction is one.
pub(super) fn append(
    context: &Context,
    signing: &Signing,
    hash: &str,
    kind: CorrectionKind,
    why: &str,
    replacement: Option<&str>,
) -> Result<Answer, CliError> {
    let desk = Desk::open(context, signing)?;
    let subject = desk.resolve(hash)?;
    let notes = match kind {
        CorrectionKind::Retraction => left_behind(desk.read(), subject)?,
        _ => Vec::new(),
    };
    let correction = Correction {
        subject,
        kind,
        reason: typed(&text_or_stdin(why)?)?,
        replacement: desk.resolve_option(replacement)?,
    };
    let answer = desk.append(Content::Correction(correction), Vec::new())?;
    Ok(notes.into_iter().fold(answer, Answer::note))
}

/// Says what still rests on a record that is withdrawn.
fn left_behind(store: &dyn Read, subject: Digest) -> Result<Vec<String>, CliError> {
    let subject = [subject];
    let quoting = resting::quoting(store, &subject)?;
    let citing = resting::citing(store, &subject)?;
    let built_on = resting::built_on(store, &subject)?;
    let hints = [
        resting::hint(
            &quoting,
            "claim still quotes what was retracted",
            "claims still quote what was retracted",
        ),
        resting::hint(
            &citing,
            "review still cites what was retracted",
            "reviews still cite what was retracted",
        ),
        resting::hint(
            &built_on,
            "claim or source still names what was retracted",
            "claims or sources still name what was retracted",
        ),
    ];
    Ok(hints.into_iter().flatten().collect())
}
