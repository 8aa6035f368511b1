//! `ledger diff`: two versions of an article, and what became of the quotes.

use clap::Args;
use serde_json::{Value, json};

use crate::canonical::{ArticleText, Digest};
use crate::cli::answer::{Answer, added, bad, counted, dim, good, removed, unknown};
use crate::cli::context::{Context, read_record, resolve};
use crate::cli::error::CliError;
use crate::ingest::version::{self, Change, Fate};
use crate::record::Content;
use crate::record::claim::Appearance;
use crate::store::{Object, Read, SqliteStore};
use crate::verify::anchors::read_text;

/// Show which words differ between two articles, and what became of the first one's claims
///
/// Each place of a claim is exact (the same words at the same place), moved, changed (other words between the same
/// surroundings), ambiguous (the same words several times) or lost. Nothing is found by likeness.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger diff $ARTICLE $REVISED
  ledger diff $ARTICLE $REVISED --json")]
pub struct Arguments {
    /// The earlier version's hash, or its beginning
    old: String,
    /// The later version's hash
    new: String,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let store = context.read()?;
    let (old, old_text) = article(&store, &arguments.old)?;
    let (new, new_text) = article(&store, &arguments.new)?;
    let changes = version::changes(&old_text, &new_text).ok_or_else(|| {
        CliError::refused(format!(
            "expected texts of at most {} lines, found more",
            version::MAX_PIECES
        ))
        .hint("compare them with another program: `ledger show` names the texts")
    })?;
    let mut text = match changes.len() {
        0 => "the texts are the same\n".to_owned(),
        n => counted(n as u64, "passage differs\n", "passages differ\n"),
    };
    for passage in &changes {
        text.push('\n');
        passage.iter().for_each(|change| tell(&mut text, change));
    }
    let mut claims = Vec::new();
    for index in store.references_in(&old, "appearances.article")? {
        let Some((hash, places)) = claim(&store, index, &old)? else {
            continue;
        };
        for place in places {
            let fate = version::fate(&place, &old_text, &new_text);
            text.push_str(&format!("\n{} {hash}\n  {}\n", mark(&fate), place.exact));
            if let Fate::Changed { words, .. } = &fate {
                text.push_str(&format!("  {}\n", dim(&format!("now: {words}"))));
            }
            claims.push(fate_json(&hash, &place, &fate));
        }
    }
    let passages: Vec<Vec<Value>> = changes
        .iter()
        .map(|passage| passage.iter().map(change_json).collect())
        .collect();
    let json = json!({
        "format": 1,
        "old": old,
        "new": new,
        "passages": passages,
        "claims": claims,
    });
    Ok(Answer::new(text, json))
}

fn article(store: &SqliteStore, hash: &str) -> Result<(Digest, ArticleText), CliError> {
    let (digest, _) = resolve(store, hash)?;
    let text = match read_record(store, &digest)?.content {
        Content::Article(_) => read_text(&|object| store.object(object), &digest)?,
        _ => None,
    };
    let text = text.ok_or_else(|| {
        CliError::refused(format!("{digest} is no article with a text"))
            .hint("`ledger log --kind article` lists the articles")
    })?;
    Ok((digest, text))
}

/// Reads the claim at an index, and its places in the article; `None` if it was erased.
fn claim(
    store: &SqliteStore,
    index: u64,
    article: &Digest,
) -> Result<Option<(Digest, Vec<Appearance>)>, CliError> {
    let Some(entry) = store.entries(index, 1)?.pop() else {
        return Ok(None);
    };
    if !matches!(entry.object, Object::Present(_)) {
        return Ok(None);
    }
    let Content::Claim(claim) = read_record(store, &entry.record)?.content else {
        return Ok(None);
    };
    let mut places = claim.appearances;
    places.retain(|place| place.article == *article);
    Ok(Some((entry.record, places)))
}

fn tell(text: &mut String, change: &Change) {
    let (words, styled): (&str, fn(&str) -> String) = match change {
        Change::Same(words) => (words, str::to_owned),
        Change::Removed(words) => (words, removed),
        Change::Added(words) => (words, added),
    };
    let (line, end) = match words.strip_suffix('\n') {
        Some(line) => (line, "\n"),
        None => (words, ""),
    };
    if !line.is_empty() {
        text.push_str(&styled(line));
    }
    text.push_str(end);
}

fn mark(fate: &Fate) -> String {
    match fate {
        Fate::Exact | Fate::Moved { .. } => good(fate.name()),
        Fate::Ambiguous { .. } => unknown(fate.name()),
        Fate::Changed { .. } | Fate::Lost => bad(fate.name()),
    }
}

fn change_json(change: &Change) -> Value {
    let (kind, words) = match change {
        Change::Same(words) => ("same", words),
        Change::Removed(words) => ("removed", words),
        Change::Added(words) => ("added", words),
    };
    json!({ "change": kind, "words": words })
}

fn fate_json(hash: &Digest, place: &Appearance, fate: &Fate) -> Value {
    let mut json = json!({
        "claim": hash,
        "fate": fate.name(),
        "exact": place.exact,
        "start": place.start,
    });
    match fate {
        Fate::Exact | Fate::Lost => {}
        Fate::Moved { start } => json["now"] = json!([start]),
        Fate::Ambiguous { starts } => json["now"] = json!(starts),
        Fate::Changed { start, words } => {
            json["now"] = json!([start]);
            json["words"] = json!(words);
        }
    }
    json
}
