//! The API for reading: JSON under `api/v1/`, described by `openapi.json`.
//!
//! It tells what the server has, and proves nothing: `proof/HASH.json` does.

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::reply::{JSON, Reply};
use super::route::Asked;
use crate::bundle::cosigned_checkpoint;
use crate::canonical::{Digest, Timestamp, json as canonical};
use crate::log::{Checkpoint, Entry};
use crate::record::Kind;
use crate::rules::{Facts, State};
use crate::site::{Site, SiteError, Texts, look_up, proof_path};
use crate::store::{Read, StoreError, StoredEntry};

/// The description of this API, as OpenAPI 3.1. A test holds every answer against it.
const DESCRIPTION: &[u8] = include_bytes!("openapi.json");

/// Members of a list, at most.
const MAX_LISTED: usize = 100;

/// Entries that are looked through for a list, at most.
const MAX_LOOKED_AT: usize = 1000;

/// A record as the API shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown<'a> {
    hash: Digest,
    index: u64,
    kind: &'a str,
    recorded: Timestamp,
    state: State,
    /// The record as it was signed; null if it was erased.
    record: Option<&'a RawValue>,
    /// The signature over it.
    signature: &'a crate::sign::Proof,
    /// The review that stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided: Option<Digest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    review: Option<Box<RawValue>>,
    /// The proof bundle, from the site's root.
    proof: String,
}

/// Answers a request under `api/`.
pub(super) fn reply(
    store: &dyn Read,
    texts: Texts,
    path: &str,
    asked: &Asked,
) -> Result<Reply, SiteError> {
    if path == "openapi.json" {
        return Ok(Reply::new(JSON, DESCRIPTION.to_vec()).for_anyone());
    }
    let Some(path) = path.strip_prefix("v1/") else {
        return Ok(unknown());
    };
    match path.split_once('/') {
        None => match path {
            "status" => status(store, texts),
            "checkpoint" => checkpoint(store),
            "claims" => claims(store, asked),
            "search" => search(store, asked),
            _ => Ok(unknown()),
        },
        Some(("claims", hash)) => one(store, hash, Some(Kind::Claim)),
        Some(("articles", hash)) => one(store, hash, Some(Kind::Article)),
        Some(("sources", hash)) => one(store, hash, Some(Kind::Source)),
        Some(("records", hash)) => one(store, hash, None),
        Some(_) => Ok(unknown()),
    }
}

fn status(store: &dyn Read, texts: Texts) -> Result<Reply, SiteError> {
    Ok(ok(&Site::open(store, texts)?.status()))
}

fn checkpoint(store: &dyn Read) -> Result<Reply, SiteError> {
    let (note, witnesses) = cosigned_checkpoint(store)?;
    let checkpoint: Checkpoint = note.text().parse()?;
    let witnesses: Vec<String> = witnesses.iter().map(ToString::to_string).collect();
    Ok(ok(&json!({
        "origin": checkpoint.origin(),
        "size": checkpoint.size(),
        "root": checkpoint.root(),
        "note": note.to_string(),
        "witnesses": witnesses,
    })))
}

/// Lists claims in the order of the log, from the index `from` on.
fn claims(store: &dyn Read, asked: &Asked) -> Result<Reply, SiteError> {
    let number = |name: &'static str, default: u64| match asked.value(name) {
        None => Ok(default),
        Some(text) => text.parse::<u64>().map_err(|_| name),
    };
    let (from, limit) = match (number("from", 0), number("limit", 20)) {
        (Ok(from), Ok(limit)) => (from, (limit as usize).clamp(1, MAX_LISTED)),
        (Err(name), _) | (_, Err(name)) => {
            let text = format!("`{name}`: expected a number");
            return Ok(problem(StatusCode::BAD_REQUEST, text));
        }
    };
    let size = size(store)?;
    let stored = store.entries(from, MAX_LOOKED_AT)?;
    let mut found = Vec::new();
    let mut next = from;
    for stored in stored.iter().filter(|stored| stored.index < size) {
        if found.len() == limit {
            break;
        }
        next = stored.index + 1;
        let shown = shown(store, stored)?;
        found.extend(shown.filter(|shown| shown["kind"] == Kind::Claim.as_str()));
    }
    let next = (next < size && next > from).then_some(next);
    Ok(ok(&json!({ "claims": found, "next": next, "size": size })))
}

fn search(store: &dyn Read, asked: &Asked) -> Result<Reply, SiteError> {
    let Some(query) = asked.value("q") else {
        return Ok(problem(
            StatusCode::BAD_REQUEST,
            "expected `q`: words of a claim, or the beginning of a hash".to_owned(),
        ));
    };
    let size = size(store)?;
    let mut found = Vec::new();
    for one in look_up(store, query, MAX_LISTED)? {
        let stored = match one.index < size {
            true => store.entries(one.index, 1)?.pop(),
            false => None,
        };
        let Some(stored) = stored else {
            continue;
        };
        let Some(mut shown) = shown(store, &stored)? else {
            continue;
        };
        match &one.hit {
            Some(hit) => {
                shown["matched"] = json!(hit.matched);
                shown["difference"] = json!(hit.difference);
            }
            None => shown["matched"] = json!({ "how": "hash" }),
        }
        found.push(shown);
    }
    Ok(ok(
        &json!({ "query": query, "records": found, "size": size }),
    ))
}

/// Shows one record by its whole hash.
fn one(store: &dyn Read, hash: &str, kind: Option<Kind>) -> Result<Reply, SiteError> {
    let digits = hash.strip_prefix("sha256:").unwrap_or(hash);
    let Ok(digest) = format!("sha256:{digits}").parse::<Digest>() else {
        return Ok(problem(
            StatusCode::BAD_REQUEST,
            "expected a hash of 64 hexadecimal digits".to_owned(),
        ));
    };
    let size = size(store)?;
    let stored = match store.index_of(&digest)? {
        Some(index) if index < size => store.entries(index, 1)?.pop(),
        _ => None,
    };
    let Some(stored) = stored else {
        return Ok(unknown());
    };
    let entry = Entry::parse(&stored.bytes).ok();
    match entry {
        Some(entry) if kind.is_none_or(|kind| entry.kind == kind.as_str()) => {
            shown_as(store, &stored, &entry, |shown| ok(shown))
        }
        _ => Ok(unknown()),
    }
}

fn shown(store: &dyn Read, stored: &StoredEntry) -> Result<Option<Value>, SiteError> {
    match Entry::parse(&stored.bytes) {
        Ok(entry) => shown_as(store, stored, &entry, |shown| {
            serde_json::to_value(shown).ok()
        }),
        Err(_) => Ok(None),
    }
}

fn shown_as<T>(
    store: &dyn Read,
    stored: &StoredEntry,
    entry: &Entry,
    show: impl FnOnce(&Shown<'_>) -> T,
) -> Result<T, SiteError> {
    let subject = (&store).subject(&stored.record)?;
    let decided = subject.as_ref().and_then(|subject| subject.decided_review);
    let decided = match decided {
        Some(index) => store.entries(index, 1)?.pop(),
        None => None,
    };
    let reviewed = match &decided {
        Some(review) => raw(review)?.map(ToOwned::to_owned),
        None => None,
    };
    Ok(show(&Shown {
        hash: stored.record,
        index: stored.index,
        kind: &entry.kind,
        recorded: entry.recorded,
        state: subject.map_or(State::Recorded, |subject| subject.state()),
        record: raw(stored)?,
        signature: &entry.proof,
        review: reviewed,
        decided: decided.map(|review| review.record),
        proof: proof_path(&stored.record),
    }))
}

fn raw(stored: &StoredEntry) -> Result<Option<&RawValue>, StoreError> {
    let bytes = stored.record_bytes()?;
    Ok(bytes.and_then(|bytes| canonical::from_canonical(bytes).ok()))
}

fn size(store: &dyn Read) -> Result<u64, SiteError> {
    Ok(store.last_checkpoint()?.map_or(0, |(size, _)| size))
}

fn ok(value: &impl Serialize) -> Reply {
    match serde_json::to_vec(value) {
        Ok(bytes) => Reply::new(JSON, bytes).for_anyone(),
        Err(error) => problem(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

fn problem(status: StatusCode, message: String) -> Reply {
    let bytes = json!({ "error": message }).to_string().into_bytes();
    Reply::new(JSON, bytes).status(status).for_anyone()
}

fn unknown() -> Reply {
    problem(
        StatusCode::NOT_FOUND,
        "unknown to this ledger, which does not make it false".to_owned(),
    )
}
