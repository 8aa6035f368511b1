//! What rests on a record: the claims that quote it, the reviews that cite it.

use super::answer::counted;
use super::context::record_at;
use super::error::CliError;
use crate::canonical::Digest;
use crate::record::{Content, Record};
use crate::rules::{Facts, Subject};
use crate::store::Read;

/// More than this are counted, not listed.
const MAX_LISTED: usize = 20;

/// Returns the claims in these articles that stand, in the order of the log, without those that are among `records`.
pub fn quoting(store: &dyn Read, records: &[Digest]) -> Result<Vec<Digest>, CliError> {
    standing(store, records, &["appearances.article"])
}

/// Returns the claims and sources that name one of these sources, likewise.
pub fn built_on(store: &dyn Read, records: &[Digest]) -> Result<Vec<Digest>, CliError> {
    standing(
        store,
        records,
        &["sources.source", "via.source", "derivedFrom"],
    )
}

/// Returns the reviews that cite one of these sources and are the decided or the latest of their subjects.
pub fn citing(store: &dyn Read, records: &[Digest]) -> Result<Vec<Digest>, CliError> {
    let mut counting = Vec::new();
    for review in standing(store, records, &["evidence.source"])? {
        let Some(facts) = (&store).subject(&review)? else {
            continue;
        };
        let subject = match &facts.review {
            Some(review) => (&store).subject(&review.subject)?,
            None => None,
        };
        let own = Some(facts.index);
        if subject.is_some_and(|s| s.latest_review == own || s.decided_review == own) {
            counting.push(review);
        }
    }
    Ok(counting)
}

fn standing(
    store: &dyn Read,
    records: &[Digest],
    fields: &[&str],
) -> Result<Vec<Digest>, CliError> {
    let mut indexes = Vec::new();
    for record in records {
        for field in fields {
            indexes.extend(store.references_in(record, field)?);
        }
    }
    indexes.sort_unstable();
    indexes.dedup();
    let mut standing = Vec::new();
    for index in indexes {
        let stands = Subject::at(store, index)?.is_none_or(|subject| subject.stands());
        if let (true, Some(entry)) = (stands, store.entries(index, 1)?.pop())
            && !records.contains(&entry.record)
        {
            standing.push(entry.record);
        }
    }
    Ok(standing)
}

/// Says how many records still do something, and lists them, one a line; nothing if there are none.
pub fn hint(records: &[Digest], one: &str, many: &str) -> Option<String> {
    let count = records.len() as u64;
    (count > 0).then(|| {
        let hashes: Vec<String> = records.iter().map(ToString::to_string).collect();
        format!("hint: {}:{}", counted(count, one, many), lines(&hashes))
    })
}

/// Lines below a sentence, and how many are left out.
fn lines(texts: &[String]) -> String {
    let mut out: String = (texts.iter().take(MAX_LISTED))
        .map(|text| format!("\n  {text}"))
        .collect();
    if let Some(more) = texts.len().checked_sub(MAX_LISTED).filter(|more| *more > 0) {
        out.push_str(&format!("\n  and {more} more"));
    }
    out
}

/// Says of each object of these records that an erasure leaves in place which other records need it.
pub fn staying(store: &dyn Read, records: &[Digest]) -> Result<Vec<String>, CliError> {
    let mut told = Vec::new();
    let mut notes = Vec::new();
    for record in records {
        let Some(index) = store.index_of(record)? else {
            continue;
        };
        let Some((_, Record { content, .. })) = record_at(store, index)? else {
            continue;
        };
        for object in content.objects() {
            if records.contains(&object.digest) || told.contains(&object.digest) {
                continue;
            }
            told.push(object.digest);
            let users = users(store, &object.digest, records)?;
            if !users.is_empty() {
                notes.push(format!(
                    "warning: the {} of {record} stays: it is needed by what was not named\n\nhint: name it too, if its words are to go:{}",
                    object.field,
                    lines(&users)
                ));
            }
        }
    }
    Ok(notes)
}

/// Returns the records that need an object and are still there, without those that are among `records`.
fn users(store: &dyn Read, object: &Digest, records: &[Digest]) -> Result<Vec<String>, CliError> {
    let mut users = Vec::new();
    for (index, _) in store.references_to(object)? {
        let Some((digest, record)) = record_at(store, index)? else {
            continue;
        };
        let user = format!("{} {digest}", record.kind());
        // An erasure names an object too, and needs none.
        if !matches!(record.content, Content::Erasure(_))
            && !records.contains(&digest)
            && !users.contains(&user)
        {
            users.push(user);
        }
    }
    Ok(users)
}
