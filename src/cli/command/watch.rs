//! `ledger watch`: recorded addresses are fetched again, and what became of them is recorded.

use clap::Args;
use serde_json::{Value, json};

use crate::canonical::Digest;
use crate::cli::answer::{Answer, bad, good, unknown};
use crate::cli::context::{Context, read_record};
use crate::cli::error::CliError;
use crate::cli::fetch::{FetchOptions, Fetched, fetch};
use crate::cli::submission::{Desk, Item, Signing};
use crate::ingest::{Page, warc};
use crate::record::article::Article;
use crate::record::observation::{Observation, Sighting};
use crate::record::source::Source;
use crate::record::{Content, Prose, Url};
use crate::store::{Object, Read, StoreError, each_entry};

/// Fetch recorded articles and sources again, and record silent edits and dead links
///
/// An article is compared by its main text, a source by its snapshot. What changed and what is gone becomes a signed
/// observation, unless the same was observed last. A server that does not answer, and a text that was not taken out of
/// its page by this program, are no observation: they are listed as not compared.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger watch --as ada
  ledger watch --as ada --dry-run --json")]
pub struct Arguments {
    /// Articles and sources; else all that have an address, each article in its last version
    hashes: Vec<String>,
    /// Also record what is as it was
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    fetching: FetchOptions,
    #[command(flatten)]
    signing: Signing,
}

/// What was seen at one address.
struct Seen {
    subject: Digest,
    url: Url,
    /// Why nothing could be compared, if so.
    outcome: Result<Observation, String>,
    is_recorded: bool,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let desk = Desk::open(context, &arguments.signing)?;
    let subjects = match arguments.hashes.as_slice() {
        [] => all_subjects(desk.read())?,
        hashes => hashes
            .iter()
            .map(|hash| desk.resolve(hash))
            .collect::<Result<_, _>>()?,
    };
    let mut all_seen = Vec::new();
    let mut items = Vec::new();
    for subject in subjects {
        let content = read_record(desk.read(), &subject)?.content;
        let Some(url) = address(&content) else {
            match arguments.hashes.is_empty() {
                true => continue,
                false => {
                    return Err(
                        CliError::refused(format!("{subject} has no address to fetch"))
                            .hint("articles and sources have one, if it was recorded"),
                    );
                }
            }
        };
        let outcome = look(arguments, context, &desk, subject, &content, &url);
        let is_news = match &outcome {
            Ok(observation) => {
                (arguments.all || observation.outcome != Sighting::Unchanged)
                    && !is_known(desk.read(), observation)?
            }
            Err(_) => false,
        };
        if let (Ok(observation), true) = (&outcome, is_news) {
            items.push(Item {
                id: None,
                submission: desk.seal(Content::Observation(observation.clone()), Vec::new())?,
            });
        }
        all_seen.push(Seen {
            subject,
            url,
            outcome,
            is_recorded: is_news,
        });
    }
    let mut text: String = all_seen.iter().map(Seen::tell).collect();
    if all_seen.is_empty() {
        text.push_str("no article or source has an address\n");
    }
    let json = json!({
        "format": 1,
        "seen": all_seen.iter().map(Seen::json).collect::<Vec<_>>(),
        "dryRun": arguments.signing.dry_run,
    });
    if items.is_empty() {
        return Ok(Answer::new(text, json));
    }
    let answer = desk.append_all(items)?;
    Ok(answer.within(&text, json, arguments.signing.member()))
}

/// Lists articles and sources, without the versions that were revised and the records that were erased.
fn all_subjects(store: &dyn Read) -> Result<Vec<Digest>, CliError> {
    let mut subjects = Vec::new();
    for entry in each_entry(store, 0..u64::MAX) {
        let entry = entry?;
        let Object::Present(_) = entry.object else {
            continue;
        };
        let content = read_record(store, &entry.record)?.content;
        let is_last = store.references_in(&entry.record, "revises")?.is_empty();
        if matches!(content, Content::Article(_) | Content::Source(_)) && is_last {
            subjects.push(entry.record);
        }
    }
    Ok(subjects)
}

fn address(content: &Content) -> Option<Url> {
    match content {
        Content::Article(article) => article.url.clone(),
        Content::Source(source) => source.url.clone(),
        _ => None,
    }
}

/// Fetches an address and compares. What can't be said is told in words.
fn look(
    arguments: &Arguments,
    context: &Context,
    desk: &Desk<'_>,
    subject: Digest,
    content: &Content,
    url: &Url,
) -> Result<Observation, String> {
    let said = |error: CliError| error.message().to_owned();
    let observed = context.now().map_err(said)?;
    let fetched = fetch(url.as_str(), &arguments.fetching, observed).map_err(said)?;
    let (expected, found, announced, note) = match fetched.status {
        404 | 410 => (recorded(content), None, None, None),
        200 => match content {
            Content::Article(article) => compare_article(article, &fetched)?,
            Content::Source(source) => compare_source(source, &fetched, desk.read())?,
            _ => return Err("it is no article and no source".to_owned()),
        },
        status => return Err(format!("the server answered with status {status}")),
    };
    let outcome = match (fetched.status, found) {
        (200, Some(_)) => Sighting::Changed,
        (200, None) => Sighting::Unchanged,
        _ => Sighting::Gone,
    };
    Ok(Observation {
        subject,
        url: url.clone(),
        observed,
        outcome,
        expected,
        found,
        announced,
        status: Some(u64::from(fetched.status)),
        note,
    })
}

fn recorded(content: &Content) -> Option<Digest> {
    match content {
        Content::Article(article) => Some(article.text.digest),
        Content::Source(source) => source.snapshot.as_ref().map(|snapshot| snapshot.digest),
        _ => None,
    }
}

/// What was recorded, what is there now if it differs, what the page says of the change, and a note.
type Comparison = (Option<Digest>, Option<Digest>, Option<Prose>, Option<Prose>);

fn compare_article(article: &Article, fetched: &Fetched) -> Result<Comparison, String> {
    let page = Page::read(fetched.warc.clone(), &fetched.circumstances())
        .map_err(|error| error.to_string())?;
    if page.extractor != article.text.extractor {
        return Err("its text was not taken out of the page as it is now".to_owned());
    }
    let (expected, found) = (article.text.digest, page.text_field().digest);
    if expected == found {
        return Ok((Some(expected), None, None, None));
    }
    let announced = page
        .metadata
        .modified
        .filter(|now| article.modified.as_ref() != Some(now));
    let announced = announced.and_then(|date| format!("modified {date}").parse().ok());
    Ok((Some(expected), Some(found), announced, None))
}

fn compare_source(
    source: &Source,
    fetched: &Fetched,
    store: &dyn Read,
) -> Result<Comparison, String> {
    let snapshot = source
        .snapshot
        .as_ref()
        .ok_or("no snapshot of it was recorded")?;
    let told = |error: StoreError| error.to_string();
    let object = store.object(&snapshot.digest).map_err(told)?;
    let bytes = object.bytes_of(&snapshot.digest).map_err(told)?;
    let bytes = bytes.ok_or("its snapshot is not in the ledger")?;
    let body = Digest::of(&fetched.body);
    let is_warc = warc::looks_like_warc(bytes);
    // Of two retrievals the headers always differ; what is compared is the body.
    let before = match is_warc {
        true => {
            warc::page(bytes, None)
                .map_err(|error| error.to_string())?
                .body
        }
        false => bytes.to_owned(),
    };
    if before == fetched.body {
        return Ok((Some(snapshot.digest), None, None, None));
    }
    let (found, note) = match is_warc {
        true => (
            Digest::of(&fetched.warc),
            format!("the body of the answer is {body}").parse().ok(),
        ),
        false => (body, None),
    };
    Ok((Some(snapshot.digest), Some(found), None, note))
}

/// Tells whether the last observation of the subject says the same.
fn is_known(store: &dyn Read, observation: &Observation) -> Result<bool, CliError> {
    let indexes = store.references_in(&observation.subject, "subject")?;
    for index in indexes.into_iter().rev() {
        let Some(entry) = store.entries(index, 1)?.pop() else {
            continue;
        };
        if !matches!(entry.object, Object::Present(_)) {
            continue;
        }
        if let Content::Observation(last) = read_record(store, &entry.record)?.content {
            // Headers differ each time, and with them the digest of a WARC file: then the note tells.
            let is_same = last.found == observation.found
                || (observation.note.is_some() && last.note == observation.note);
            return Ok(last.outcome == observation.outcome && is_same);
        }
    }
    Ok(false)
}

impl Seen {
    fn tell(&self) -> String {
        let (mark, more) = match &self.outcome {
            Ok(observation) => {
                let mark = match observation.outcome {
                    Sighting::Unchanged => good("unchanged"),
                    Sighting::Changed if observation.is_silent_edit() => bad("changed silently"),
                    Sighting::Changed => bad("changed"),
                    Sighting::Gone => bad("gone"),
                };
                let known = !self.is_recorded && observation.outcome != Sighting::Unchanged;
                (
                    mark,
                    if known { "  as observed before\n" } else { "" }.to_owned(),
                )
            }
            Err(why) => (unknown("not compared"), format!("  {why}\n")),
        };
        format!("{mark} {} {}\n{more}", self.subject, self.url)
    }

    fn json(&self) -> Value {
        let mut json = json!({
            "subject": self.subject,
            "url": self.url,
            "outcome": "not-compared",
            "recorded": self.is_recorded,
        });
        match &self.outcome {
            Ok(observation) => {
                json["outcome"] = json!(observation.outcome);
                json["silent"] = json!(observation.is_silent_edit());
            }
            Err(why) => json["why"] = json!(why),
        }
        json
    }
}
