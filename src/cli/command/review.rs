//! `ledger review`: an editor's judgement.

use clap::Args;

use super::one_of;
use crate::canonical::Date;
use crate::cli::answer::Answer;
use crate::cli::context::{Context, resolve};
use crate::cli::error::CliError;
use crate::cli::submission::{Desk, Signing, typed};
use crate::record::review::{Attribution, Evidence, Quote, Review, Verdict};
use crate::record::{Content, Kind};
use crate::rules::Facts;

/// Judge a claim or an article
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger review $CLAIM --verdict unproven --why \"Nobody else was asked\" --as ada
  ledger review $CLAIM --attribution misattributed --quote verbatim --why \"Relayed, not told\" \\
    --evidence $SOURCE:supports --as ada")]
pub struct Arguments {
    /// What is judged
    hash: String,
    /// Is what was said true?
    #[arg(long, value_parser = one_of::<Verdict>())]
    verdict: Option<Verdict>,
    /// Did this speaker say it, through these hands?
    #[arg(long, value_parser = one_of::<Attribution>())]
    attribution: Option<Attribution>,
    /// Are these the speaker's words?
    #[arg(long, value_parser = one_of::<Quote>())]
    quote: Option<Quote>,
    /// What was looked at, and what follows
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// A source and what it does for the claim: HASH:supports, HASH:refutes or HASH:context
    #[arg(long, value_name = "HASH:STANCE")]
    evidence: Vec<String>,
    /// When to look again
    #[arg(long, value_name = "DATE")]
    review_by: Option<Date>,
    #[command(flatten)]
    signing: Signing,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let Arguments {
        verdict,
        attribution,
        quote,
        ..
    } = *arguments;
    if verdict.is_none() && attribution.is_none() && quote.is_none() {
        return Err(
            CliError::usage("a review answers at least one of three questions")
                .hint("add --verdict, --attribution or --quote"),
        );
    }
    if arguments.review_by == Some(Date::Unknown) {
        return Err(CliError::usage(
            "expected a date in --review-by, found unknown",
        ));
    }
    let desk = Desk::open(context, &arguments.signing)?;
    let (subject, index) = resolve(desk.read(), &arguments.hash)?;
    let facts = desk.read().subject(&subject)?;
    if let Some(facts) = &facts
        && !matches!(facts.kind, Kind::Claim | Kind::Article)
    {
        return Err(CliError::refused(format!(
            "expected a claim or an article to review, found a {} at index {index}",
            facts.kind
        ))
        .hint("a source is evidence: name it with --evidence HASH:STANCE"));
    }
    let latest = facts.and_then(|facts| facts.latest_review);
    let supersedes = match latest {
        None => None,
        Some(latest) => desk
            .read()
            .entries(latest, 1)?
            .first()
            .map(|entry| entry.record),
    };
    let review = Review {
        subject,
        verdict,
        attribution,
        quote,
        explanation: typed(&arguments.why)?,
        evidence: arguments
            .evidence
            .iter()
            .map(|text| evidence(&desk, text))
            .collect::<Result<_, _>>()?,
        supersedes,
        review_by: arguments.review_by.clone(),
    };
    desk.append(Content::Review(review), Vec::new())
}

fn evidence(desk: &Desk<'_>, text: &str) -> Result<Evidence, CliError> {
    let (source, stance) = desk.resolve_stance(text)?;
    Ok(Evidence {
        source,
        stance,
        passage: None,
        note: None,
    })
}
