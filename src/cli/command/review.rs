//! `ledger review`: an editor's judgement.

use clap::Args;

use super::one_of;
use crate::canonical::{Date, Digest};
use crate::cli::answer::Answer;
use crate::cli::context::{Context, resolve, text_or_stdin};
use crate::cli::error::CliError;
use crate::cli::submission::{Desk, Signing, typed};
use crate::ingest::anchor::{self, Hint};
use crate::record::review::{Attribution, Evidence, Passage, Position, Quote, Review, Verdict};
use crate::record::{Content, Kind, Prose};
use crate::rules::Facts;
use crate::verify::anchors::read_text;

/// Judge a claim or an article
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger review $CLAIM --verdict unproven --why \"Nobody else was asked\" --as ada
  ledger review $CLAIM --attribution misattributed --quote verbatim --why \"Relayed, not told\" \\
    --evidence \"$SOURCE:supports:The film\" --as ada")]
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
    /// What was looked at, and what follows; - for stdin
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// A source and what it does for the claim: HASH:supports, HASH:refutes or HASH:context; then, after another colon, the
    /// passage that matters, as the source has it. Of a snapshot that is plain text its place is recorded too
    #[arg(long, value_name = "HASH:STANCE[:PASSAGE]")]
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
        explanation: typed(&text_or_stdin(&arguments.why)?)?,
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
    let (source, passage) = split_passage(text);
    let (source, stance) = desk.resolve_stance(source)?;
    Ok(Evidence {
        source,
        stance,
        passage: passage
            .map(|words| find_passage(desk, &source, words))
            .transpose()?,
        note: None,
    })
}

/// Cuts `HASH:STANCE:PASSAGE` before the passage, in which colons are its own.
fn split_passage(text: &str) -> (&str, Option<&str>) {
    let hash = text.strip_prefix("sha256:").unwrap_or(text);
    let mut colons = hash
        .match_indices(':')
        .map(|(at, _)| text.len() - hash.len() + at);
    match colons.nth(1) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    }
}

/// Finds words in a source's snapshot, if that is a text.
fn find_passage(desk: &Desk<'_>, source: &Digest, words: &str) -> Result<Passage, CliError> {
    let store = desk.read();
    let Some(text) = read_text(&|digest| store.object(digest), source)? else {
        return Ok(Passage {
            exact: typed(words)?,
            position: None,
        });
    };
    let place = anchor::locate(&text, words, &Hint::default()).map_err(|error| {
        let error = error.with_nearest(&text);
        let refused = CliError::refused(format!("in the source {source}: {error}"));
        let refused = error.places().iter().fold(refused, CliError::detail);
        refused.hint(
            "quote the passage as it stands in the source, and enough of it to stand there once",
        )
    })?;
    Ok(Passage {
        exact: Prose::try_from(place.exact).map_err(CliError::usage)?,
        position: Some(Position {
            start: place.start,
            end: place.end,
        }),
    })
}
