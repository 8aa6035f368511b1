//! `ledger import`: what others state, from their formats.

use clap::Args;
use serde_json::json;

use super::export::{loss_json, with_losses};
use crate::canonical::{ArticleText, Digest};
use crate::cli::answer::Answer;
use crate::cli::context::{Context, read_input};
use crate::cli::error::CliError;
use crate::cli::submission::{Desk, Item, Signing};
use crate::exchange::{self, Fate, Holdings, Library, Loss};
use crate::record::{Content, Kind};
use crate::store::{Read, StoreError};
use crate::verify::anchors::read_text;

/// Record what others state, from their formats, as their statements
///
/// Reads ClaimReview, in JSON-LD or a page that holds it, and Web Annotations on recorded articles. A verdict of somebody
/// else stays theirs: it never becomes a verdict of these editors. What was not taken over is told on stderr.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger import reviews.json --as ada --dry-run
  ledger import reviews.json --as ada")]
pub struct Arguments {
    /// The file, or - for stdin
    file: String,
    #[command(flatten)]
    signing: Signing,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let bytes = read_input(&arguments.file)?;
    let desk = Desk::open(context, &arguments.signing)?;
    let shelf = Shelf::new(desk.read())?;
    let mut import = exchange::import(&bytes, &shelf).map_err(|error| {
        CliError::refused(format!("{}: {error}", arguments.file))
            .hint("nothing was appended; `ledger import --help` names what is read")
    })?;
    let mut items: Vec<Item> = Vec::new();
    for (i, statement) in import.statements.into_iter().enumerate() {
        let content = Content::Foreign(statement);
        if shelf.has_statement(&content) {
            import.losses.push(Loss {
                fate: Fate::Dropped,
                place: format!("statement {}", i + 1),
                field: ALL.to_owned(),
                why: "it is recorded already".to_owned(),
            });
            continue;
        }
        items.push(Item {
            id: Some(format!("statement-{}", i + 1)),
            submission: desk.seal(content, Vec::new())?,
        });
    }
    if items.is_empty() {
        let mut refused = CliError::refused(format!("{}: nothing to record", arguments.file));
        // What was lost of a statement matters where the statement was taken.
        let why =
            (import.losses.iter()).filter(|loss| loss.fate == Fate::Refused || loss.field == ALL);
        for loss in why.take(20) {
            refused = refused.detail(loss);
        }
        return Err(refused.hint("nothing was appended"));
    }
    let json = json!({
        "format": 1,
        "imported": import.format,
        "dryRun": arguments.signing.dry_run,
        "losses": import.losses.iter().map(loss_json).collect::<Vec<_>>(),
    });
    let answer = desk
        .append_all(items)?
        .within("", json, arguments.signing.member());
    Ok(with_losses(answer, &import.losses))
}

/// The field of a loss that is the whole statement.
const ALL: &str = "all";

/// The ledger, as an import asks for it.
struct Shelf<'a> {
    store: &'a dyn Read,
    holdings: Holdings,
}

impl<'a> Shelf<'a> {
    fn new(store: &'a dyn Read) -> Result<Self, StoreError> {
        Ok(Shelf {
            store,
            holdings: Holdings::all(store)?,
        })
    }

    fn has_statement(&self, content: &Content) -> bool {
        // Earlier imports did not keep what its author calls a statement.
        let mut nameless = content.clone();
        if let Content::Foreign(foreign) = &mut nameless {
            foreign.identifier = None;
        }
        let is_held = |held: &Content| *held == *content || *held == nameless;
        (self.holdings.iter()).any(|held| is_held(&held.record.content))
    }
}

impl Library for Shelf<'_> {
    fn has_subject(&self, digest: &Digest) -> Result<bool, StoreError> {
        let held = self.holdings.get(digest);
        Ok(held.is_some_and(|held| matches!(held.record.kind(), Kind::Claim | Kind::Article)))
    }

    fn articles(&self, source: &str) -> Result<Vec<(Digest, ArticleText)>, StoreError> {
        let hash = source
            .strip_prefix("urn:sha256:")
            .map(|digits| format!("sha256:{digits}"));
        let named: Option<Digest> = hash.as_deref().unwrap_or(source).parse().ok();
        let mut articles = Vec::new();
        for held in self.holdings.iter() {
            let Content::Article(article) = &held.record.content else {
                continue;
            };
            let is_at = (article.url.as_ref()).is_some_and(|url| url.as_str() == source);
            if (is_at || named == Some(held.digest))
                && let Some(text) = read_text(&|digest| self.store.object(digest), &held.digest)?
            {
                articles.push((held.digest, text));
            }
        }
        Ok(articles)
    }
}
