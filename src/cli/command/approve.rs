//! `ledger approve`: a second editor's consent to a review.

use clap::Args;

use super::log::conclusion;
use crate::canonical::Digest;
use crate::cli::answer::Answer;
use crate::cli::context::{Context, record_at};
use crate::cli::error::CliError;
use crate::cli::submission::{Desk, Signing};
use crate::record::{Approval, Content, Kind, Record};
use crate::rules::{Facts, Subject};
use crate::store::Read;

/// Approve another editor's review
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger approve $REVIEW --as ben
  ledger approve $CLAIM --as ben --dry-run
  ledger approve $REVIEW --as ben --sign-only approval.json")]
pub struct Arguments {
    /// The review, or the claim or article whose latest review waits
    hash: String,
    #[command(flatten)]
    signing: Signing,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let desk = Desk::open(context, &arguments.signing)?;
    let named = desk.resolve(&arguments.hash)?;
    let subject = desk.read().subject(&named)?;
    let reviewed = subject.filter(|subject| matches!(subject.kind, Kind::Claim | Kind::Article));
    let Some(reviewed) = reviewed else {
        return desk.append(Content::Approval(Approval { review: named }), Vec::new());
    };
    let (review, conclusion) = waiting_review(desk.read(), &reviewed)?;
    let answer = desk.append(Content::Approval(Approval { review }), Vec::new())?;
    Ok(answer.note(format!(
        "note: the review of this {} that waited is {review}: {conclusion}",
        reviewed.kind
    )))
}

/// Returns the latest review of a claim or an article, which waits for approval, and what it concludes.
fn waiting_review(store: &dyn Read, subject: &Subject) -> Result<(Digest, String), CliError> {
    let kind = subject.kind;
    let refused = |found: &str| {
        CliError::refused(format!(
            "expected a {kind} with a review that waits, found {found}"
        ))
    };
    let Some(latest) = subject.latest_review else {
        return Err(refused("one that nobody has reviewed")
            .hint("`ledger review HASH` judges it, and another editor approves that"));
    };
    if subject.decided_review == Some(latest) {
        return Err(refused("one whose latest review is approved")
            .hint("to approve that once more, name the review itself"));
    }
    match record_at(store, latest)? {
        Some((
            digest,
            Record {
                content: Content::Review(review),
                ..
            },
        )) => Ok((digest, conclusion(&review))),
        _ => Err(refused("one whose latest review was erased").hint("review it anew")),
    }
}
