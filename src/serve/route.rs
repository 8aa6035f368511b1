//! Which bytes are under which path.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, Uri, header};

use super::api;
use super::reply::{BINARY, JSON, Keep, PLAIN, Reply};
use crate::bundle::cosigned_checkpoint;
use crate::log::Checkpoint;
use crate::site::{Language, Place, Site, SiteError, Texts, asset, parse_proof_path};
use crate::store::Read;
use crate::store::published::{Publishable, contents};

/// What a request asks for.
#[derive(Debug)]
pub(super) struct Asked {
    /// The path without the prefix and the `/` at its beginning.
    pub(super) path: String,
    pub(super) query: BTreeMap<String, String>,
    language: Language,
}

impl Asked {
    /// Takes a request apart, or answers it at once.
    pub(super) fn parse(uri: &Uri, headers: &HeaderMap, prefix: &str) -> Result<Self, Box<Reply>> {
        let rest = uri.path().strip_prefix(prefix);
        if rest == Some("") {
            let location = format!("{prefix}/");
            let moved = Reply::redirect(StatusCode::PERMANENT_REDIRECT, location);
            return Err(Box::new(moved));
        }
        let path = rest
            .and_then(|rest| rest.strip_prefix('/'))
            .ok_or_else(|| Box::new(unknown()))?;
        let query = Query::<BTreeMap<String, String>>::try_from_uri(uri).map_err(|_| {
            let text = "expected names and values after the question mark";
            Box::new(Reply::problem(StatusCode::BAD_REQUEST, text))
        })?;
        let language = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        Ok(Asked {
            path: path.to_owned(),
            query: query.0,
            language: language.map_or(Language::ALL[0], Language::accepted),
        })
    }

    /// Returns a value of the query.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }
}

/// Answers a request from the ledger as it stands.
pub(super) fn reply(
    store: &dyn Read,
    texts: Texts,
    prefix: &str,
    asked: &Asked,
) -> Result<Reply, SiteError> {
    let path = asked.path.as_str();
    if let Some(asset) = asset::find(path) {
        let reply = Reply::new(media_type(asset.name), asset.bytes.to_vec());
        return Ok(reply.keep(Keep::Immutable).for_anyone());
    }
    if let Some(bytes) = asset::find_plain(path) {
        let reply = Reply::new(media_type(path), bytes.to_vec()).for_anyone();
        return Ok(match path {
            asset::VERIFIER_NAME => reply.own_policy(),
            _ => reply,
        });
    }
    if let Some(path) = path.strip_prefix("api/") {
        return api::reply(store, texts, path, asked);
    }
    if let Some(file) = Publishable::parse(path) {
        return published(store, texts, file);
    }
    if let Some(digest) = parse_proof_path(path) {
        let proof = Site::open(store, texts)?.proof(&digest)?;
        return Ok(proof.map_or_else(unknown, |bytes| Reply::new(JSON, bytes).for_anyone()));
    }
    // Who asks for no language by name gets the one that the browser asks for.
    if path.is_empty() {
        let reply = match asked.language == Language::ALL[0] {
            true => page(store, texts, asked)?,
            false => {
                let place = Place::Front.path(asked.language);
                Reply::redirect(StatusCode::FOUND, format!("{prefix}/{place}"))
            }
        };
        return Ok(reply.by_language());
    }
    page(store, texts, asked)
}

fn page(store: &dyn Read, texts: Texts, asked: &Asked) -> Result<Reply, SiteError> {
    let Some((language, place)) = Place::parse(&asked.path) else {
        return Ok(unknown());
    };
    let site = Site::open(store, texts)?;
    if let (Place::Search, Some(query)) = (place, asked.value("q")) {
        return site.found(query, language).map(Reply::page);
    }
    Ok(match site.page(place, language)? {
        Some(page) => Reply::page(page),
        None => Reply::page(site.unknown(place, language)).status(StatusCode::NOT_FOUND),
    })
}

/// A file of the published ledger, the same bytes as in a folder.
fn published(store: &dyn Read, texts: Texts, file: Publishable) -> Result<Reply, SiteError> {
    let (note, _) = cosigned_checkpoint(store)?;
    let (media_type, keep) = match file {
        Publishable::Checkpoint => {
            let bytes = note.to_string().into_bytes();
            return Ok(Reply::new(PLAIN, bytes).for_anyone());
        }
        Publishable::Text(_) if texts == Texts::None => return Ok(unknown()),
        Publishable::Tile(_) => (BINARY, Keep::Immutable),
        // What may be erased is not kept for good.
        Publishable::Record(_) => (JSON, Keep::Seconds),
        Publishable::Text(_) => (BINARY, Keep::Seconds),
    };
    let size = note.text().parse::<Checkpoint>()?.size();
    let bytes = contents(store, file, size)?;
    Ok(bytes.map_or_else(unknown, |bytes| {
        Reply::new(media_type, bytes).keep(keep).for_anyone()
    }))
}

pub(super) fn unknown() -> Reply {
    Reply::problem(
        StatusCode::NOT_FOUND,
        "nothing of this name is here, which does not make anything false",
    )
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => JSON,
        Some("html") => super::reply::HTML,
        _ => BINARY,
    }
}
