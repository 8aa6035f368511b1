//! `ledger search`: has this been checked before?

use clap::Args;
use serde_json::json;

use crate::cli::answer::{Answer, Exit, dim, unknown};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::hits::{OUT_OF_REACH, Shown};
use crate::search::{self, Query};
use crate::store::Read;

/// Find what was recorded of some words, though they are altered, cut or misread
///
/// Looks through claims, headlines of articles, titles of sources and statements of others. Finds the same words in other types, with words
/// left out (…), a part of them, some of them changed, and as a scanner misreads them, and shows what differs. A
/// paraphrase or a translation is not found.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger search \"make it disappear\"
  ledger search \"rnake it disapear\" --limit 3 --json")]
pub struct Arguments {
    /// The words, as you have them
    text: String,
    /// How many hits to show
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=search::MAX_HITS as u64))]
    limit: u64,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let query = Query::parse(&arguments.text)?;
    let store = context.read()?;
    let hits = search::find(&store, &query, arguments.limit as usize)?
        .into_iter()
        .map(|hit| Shown::look_up(&store as &dyn Read, hit))
        .collect::<Result<Vec<Shown>, CliError>>()?;
    let json = json!({
        "format": 1,
        "text": query.text(),
        "hits": hits.iter().map(Shown::to_json).collect::<Vec<_>>(),
        "outOfReach": ["paraphrase", "translation"],
    });
    if hits.is_empty() {
        let text = format!(
            "{}\nNothing with these words is recorded here, which does not make them false.\n{}\n",
            unknown("unknown to this ledger"),
            dim(OUT_OF_REACH)
        );
        return Ok(Answer::new(text, json).exit(Exit::Wrong));
    }
    let mut text: String = hits.iter().map(|hit| hit.describe() + "\n").collect();
    text.push_str(&format!("{}\n", dim(OUT_OF_REACH)));
    Ok(Answer::new(text, json).note("`ledger check HASH` checks one of them"))
}
