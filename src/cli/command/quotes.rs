//! `ledger quotes`: claims that an article seems to hold, for an editor to look at.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::answer::{Answer, bold, counted, dim, good};
use crate::cli::context::{Context, resolve};
use crate::cli::error::CliError;
use crate::cli::output::write_output;
use crate::ingest::quotes::{
    self, Found, Limit, MAX_PROPOSALS, MAX_SENTENCE_LEN, MAX_TEXT_LEN, Proposal,
};
use crate::record::vocabulary::Vocabulary as _;
use crate::verify::anchors::read_text;

/// Propose claims that an article's text seems to hold
///
/// Finds direct quotes, indirect speech and figures that the text attributes to somebody, with the speaker and the chain
/// of hands as far as it names them. Much is not found, and what is found may be wrong: nothing is recorded. With -o
/// it writes a dossier for an editor to complete and to give to `ledger record`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger quotes $ARTICLE
  ledger quotes $ARTICLE -o claims.json --json")]
pub struct Arguments {
    /// The article's hash, or its beginning
    article: String,
    /// Where to write a dossier with the proposals
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long, requires = "output")]
    force: bool,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let store = context.read()?;
    let (article, _) = resolve(&store, &arguments.article)?;
    let text = read_text(
        &|digest| crate::store::Read::object(&store, digest),
        &article,
    )?;
    let text = text.ok_or_else(|| {
        CliError::refused(format!("{article} is no article with a text"))
            .hint("`ledger log --kind article` lists the articles")
    })?;
    let found = quotes::propose(&text);
    let dossier = found.to_dossier(&text, &article);
    let mut told = tell(&found);
    let lines: Vec<Value> = found
        .suspicions
        .iter()
        .map(|(kind, place)| {
            let words = text
                .slice(place.start as u64..place.end as u64)
                .unwrap_or_default();
            told.push_str(&format!("{} {words}\n", dim(&format!("{}:", kind.name()))));
            json!({ "kind": kind.name(), "start": place.start, "end": place.end, "words": words })
        })
        .collect();
    if let Some(output) = &arguments.output {
        let bytes = format!("{dossier:#}\n");
        write_output(output, bytes.as_bytes(), arguments.force)?;
        told.push_str(&format!(
            "{}\n",
            good(&format!("wrote {}", output.display()))
        ));
    }
    let proposals: Vec<Value> = std::iter::zip(
        &found.proposals,
        dossier["claims"].as_array().into_iter().flatten(),
    )
    .map(|(proposal, claim)| {
        let marks: Vec<&str> = proposal.suspicions.iter().map(|kind| kind.name()).collect();
        json!({ "claim": claim, "suspicions": marks })
    })
    .collect();
    let mut json =
        json!({ "format": 1, "article": article, "proposals": proposals, "suspicions": lines });
    if let Some(output) = &arguments.output {
        json["file"] = json!(output);
    }
    let next = match (found.proposals.is_empty(), &arguments.output) {
        (true, _) => "nothing was recorded; `ledger add claim` records words that you find yourself".to_owned(),
        (false, None) => {
            "nothing was recorded: look at each proposal against the text; -o FILE writes a dossier to complete".to_owned()
        }
        (false, Some(output)) => format!(
            "nothing was recorded: look at each proposal against the text, complete it with sources and reviews, then `ledger record {}`",
            output.display()
        ),
    };
    let answer = Answer::new(told, json);
    Ok(not_searched(&found).fold(answer, Answer::note).note(next))
}

/// Tells what of the text was not searched.
fn not_searched(found: &Found) -> impl Iterator<Item = String> {
    let ended = found.ended.map(|(at, limit)| {
        let why = match limit {
            Limit::Text => format!("a text is searched in its first {MAX_TEXT_LEN} characters"),
            Limit::Proposals => format!("of one text at most {MAX_PROPOSALS} claims are proposed"),
        };
        format!("warning: not searched from code point {at} on: {why}")
    });
    let passed_over = (found.passed_over > 0).then(|| {
        format!(
            "warning: not searched: {} of more than {MAX_SENTENCE_LEN} characters",
            counted(found.passed_over as u64, "sentence", "sentences")
        )
    });
    ended.into_iter().chain(passed_over)
}

fn tell(found: &Found) -> String {
    let mut told = counted(found.proposals.len() as u64, "proposal\n", "proposals\n");
    for proposal in &found.proposals {
        told.push_str(&describe(proposal));
    }
    told
}

fn describe(proposal: &Proposal) -> String {
    let mut who = proposal
        .speaker
        .clone()
        .unwrap_or_else(|| "not named".to_owned());
    for hop in &proposal.via {
        who.push_str(&format!(", via {hop}"));
    }
    let places: Vec<String> = proposal
        .places
        .iter()
        .map(|place| format!("{} to {}", place.start, place.end))
        .collect();
    let marks: String = proposal
        .suspicions
        .iter()
        .map(|kind| format!(", in {}", kind.name()))
        .collect();
    format!(
        "\n{}\n  {}\n  {}\n",
        bold(&proposal.text),
        who,
        dim(&format!(
            "{}, code points {}{marks}",
            proposal.kind.spelling(),
            places.join(" and ")
        ))
    )
}
