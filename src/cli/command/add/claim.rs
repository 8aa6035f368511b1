//! `ledger add claim`: something that was said, anchored in an article.

use clap::Args;

use crate::canonical::{Date, Digest};
use crate::cli::answer::Answer;
use crate::cli::command::one_of;
use crate::cli::context::{Context, text_or_stdin};
use crate::cli::error::CliError;
use crate::cli::submission::{Desk, Signing, typed, typed_option};
use crate::ingest::anchor::{self, AnchorError, Hint};
use crate::record::claim::{Appearance, Checkability, Claim, ClaimKind, Hop, Speaker};
use crate::record::{Content, claim::SourceLink};
use crate::verify::anchors::read_text;

/// Record a claim that an article quotes
///
/// The words must stand in the article's text. Where they stand several times, --occurrence says which;
/// given several times, it records one claim with several appearances. So does --article: one claim that stands in several
/// articles, once in each.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger add claim --article $ARTICLE --quote \"make it disappear\" --speaker \"A. Speaker\" \\
    --via \"The Daily\" --kind direct-quote --as ada
  ledger add claim --article $ARTICLE --quote \"the film\" --occurrence 1 --occurrence 2 \\
    --speaker \"The Daily\" --kind assertion --said 2026-06 --as ada --json")]
pub struct Arguments {
    /// The article in which the words stand; may be given several times
    #[arg(long = "article", value_name = "HASH", required = true)]
    articles: Vec<String>,
    /// The exact words
    #[arg(long, value_name = "TEXT")]
    quote: String,
    /// Which occurrence of the words, from 1; may be given several times
    #[arg(long = "occurrence", value_name = "N")]
    occurrences: Vec<u64>,
    /// Who said it
    #[arg(long, value_name = "NAME")]
    speaker: String,
    /// In which role
    #[arg(long, value_name = "TEXT")]
    speaker_role: Option<String>,
    /// Through whose hands the words came, nearest the speaker first; may be given several times
    #[arg(long, value_name = "NAME")]
    via: Vec<String>,
    /// How the text presents it
    #[arg(long, value_parser = one_of::<ClaimKind>())]
    kind: ClaimKind,
    /// Whether it can be checked at all
    #[arg(long, value_parser = one_of::<Checkability>(), default_value = "checkable")]
    checkability: Checkability,
    /// When it was said: a date or unknown
    #[arg(long, value_name = "DATE", default_value = "unknown")]
    said: Date,
    /// The claim in its own words, or - for stdin; else the quote
    #[arg(long, value_name = "TEXT")]
    text: Option<String>,
    /// A language tag, such as en or pt-BR
    #[arg(long, value_name = "TAG")]
    language: Option<String>,
    /// A source that it rests on: HASH:supports, HASH:refutes or HASH:context
    #[arg(long = "source", value_name = "HASH:STANCE")]
    sources: Vec<String>,
    #[command(flatten)]
    signing: Signing,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    // The second occurrence of what: of both, or of all together?
    if arguments.articles.len() > 1 && !arguments.occurrences.is_empty() {
        return Err(CliError::usage(
            "expected --occurrence with one --article, found several articles",
        )
        .hint("quote more of the words, so that they stand once in each; or say for each article which occurrence is meant, in a dossier: `ledger record`"));
    }
    let desk = Desk::open(context, &arguments.signing)?;
    let numbers = &arguments.occurrences;
    if let Some(twice) = (numbers.iter().enumerate()).find(|(i, n)| numbers[..*i].contains(n)) {
        return Err(CliError::usage(format!(
            "expected each occurrence once, found {} twice",
            twice.1
        ))
        .hint("leave one of them away"));
    }
    let mut appearances = Vec::new();
    for hash in &arguments.articles {
        let article = desk.resolve(hash)?;
        if appearances
            .iter()
            .any(|one: &Appearance| one.article == article)
        {
            return Err(
                CliError::usage(format!("the article {article} is named twice"))
                    .hint("several places in one article are told by --occurrence"),
            );
        }
        appearances.extend(in_article(arguments, &desk, article)?);
    }
    let claim = Claim {
        text: match &arguments.text {
            Some(text) => typed(&text_or_stdin(text)?)?,
            None => typed(&appearances[0].exact)?,
        },
        kind: arguments.kind,
        checkability: arguments.checkability,
        speaker: Speaker {
            name: typed(&arguments.speaker)?,
            role: typed_option(arguments.speaker_role.as_ref())?,
            same_as: None,
        },
        via: arguments
            .via
            .iter()
            .map(|name| {
                Ok(Hop {
                    name: typed(name)?,
                    url: None,
                    source: None,
                })
            })
            .collect::<Result<_, CliError>>()?,
        said: arguments.said.clone(),
        appearances,
        language: typed_option(arguments.language.as_ref())?,
        translation: None,
        sources: arguments
            .sources
            .iter()
            .map(|text| {
                let (source, stance) = desk.resolve_stance(text)?;
                Ok(SourceLink {
                    source,
                    stance,
                    note: None,
                })
            })
            .collect::<Result<_, CliError>>()?,
    };
    desk.append(Content::Claim(claim), Vec::new())
}

/// Finds the words in one article, at each occurrence that is asked for.
fn in_article(
    arguments: &Arguments,
    desk: &Desk<'_>,
    article: Digest,
) -> Result<Vec<Appearance>, CliError> {
    let store = desk.read();
    let text = read_text(&|digest| store.object(digest), &article)?.ok_or_else(|| {
        CliError::refused(format!("{article} is no article with a text"))
            .hint("`ledger log --kind article` lists the articles")
    })?;
    let hints: Vec<Hint> = match arguments.occurrences.as_slice() {
        [] => vec![Hint::default()],
        numbers => numbers
            .iter()
            .map(|&n| Hint {
                occurrence: Some(n),
                ..Hint::default()
            })
            .collect(),
    };
    hints
        .iter()
        .map(|hint| {
            anchor::locate(&text, &arguments.quote, hint)
                .map(|place| place.in_article(article))
                .map_err(|error| not_anchored(arguments, &error.with_nearest(&text), &article))
        })
        .collect()
}

fn not_anchored(arguments: &Arguments, error: &AnchorError, article: &Digest) -> CliError {
    let mut refused = CliError::refused(error);
    for place in error.places() {
        refused = refused.detail(place);
    }
    let is_one_of_several = arguments.articles.len() > 1;
    if is_one_of_several {
        refused = refused.detail(format!("in the article {article}"));
    }
    match error {
        AnchorError::Ambiguous { .. } if is_one_of_several => {
            refused.hint("quote more of the words, so that they stand once in each article")
        }
        AnchorError::Ambiguous { .. } => refused
            .hint("say which with --occurrence N; give it several times for several appearances"),
        AnchorError::TooFew { count: 1, .. } => {
            refused.hint("leave --occurrence away: the words stand there once")
        }
        AnchorError::TooFew { count, .. } => {
            refused.hint(format!("choose with --occurrence, from 1 to {count}"))
        }
        AnchorError::Elsewhere { .. } => refused.hint("occurrences are counted from 1"),
        AnchorError::Absent { .. } => {
            refused.hint("quote the words as they stand in the article, signs included")
        }
        AnchorError::Empty => refused,
    }
}
