//! `ledger erase`: the lawful removal of words.

use clap::Args;

use crate::canonical::Digest;
use crate::cli::answer::{Answer, counted};
use crate::cli::context::{Context, resolve};
use crate::cli::error::CliError;
use crate::cli::resting;
use crate::cli::submission::{Desk, Item, Signing, typed, typed_option};
use crate::record::{Content, Erasure};
use crate::store::Object;

/// Remove a record's words for good; hash, entry and signatures remain
///
/// An article's text and original, and a source's snapshot, go with the record that needs them. Claims that
/// quote an article are records of their own: name them too. Copies and backups of the ledger file are
/// yours to find.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger erase $CLAIM --reason \"Court order 12/2026\" --as ada --yes --dry-run
  ledger erase $ARTICLE $CLAIM --reason \"Right to be forgotten\" --authority \"The court\" --as ada --yes")]
pub struct Arguments {
    /// The records, or full digests of objects
    #[arg(required = true, value_name = "HASH")]
    hashes: Vec<String>,
    /// Why the words are removed
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who ordered it
    #[arg(long, value_name = "TEXT")]
    authority: Option<String>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    signing: Signing,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let desk = Desk::open(context, &arguments.signing)?;
    let mut items = Vec::new();
    let mut subjects = Vec::new();
    for hash in &arguments.hashes {
        let subject = subject(&desk, hash)?;
        let erasure = Erasure {
            subject,
            reason: typed(&arguments.reason)?,
            authority: typed_option(arguments.authority.as_ref())?,
        };
        subjects.push(subject);
        items.push(Item {
            id: None,
            submission: desk.seal(Content::Erasure(erasure), Vec::new())?,
        });
    }
    let quoting = resting::quoting(desk.read(), &subjects)?;
    let mut notes = resting::staying(desk.read(), &subjects)?;
    let (one, many) = (
        "claim still quotes what was erased",
        "claims still quote what was erased",
    );
    notes.extend(resting::hint(&quoting, one, many));
    context.confirm(
        &format!(
            "Remove {} for good?",
            counted(subjects.len() as u64, "record", "records")
        ),
        arguments.yes || arguments.signing.changes_nothing(),
    )?;
    let answer = desk.append_all(items)?;
    Ok(notes.into_iter().fold(answer, Answer::note))
}

/// Finds a record by its hash, or an object by its full digest.
fn subject(desk: &Desk<'_>, hash: &str) -> Result<Digest, CliError> {
    if let Ok(digest) = hash.parse::<Digest>()
        && desk.read().object(&digest)? != Object::Absent
    {
        return Ok(digest);
    }
    resolve(desk.read(), hash).map(|(digest, _)| digest)
}
