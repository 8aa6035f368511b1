//! The static search index: which words stand in which claims, in files small enough to fetch one by one.
//!
//! A claim has a number, its place among the claims in the order of the log. `search/words/AB.json` holds the words
//! whose SHA-256 begins `AB`, each with the numbers of its claims; `search/hashes/AB.json` the hashes that begin
//! so; `search/claims/N.json` what is shown of claims `256 · N` and on. The page's script folds words as
//! [`words`] does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::summary::{Summary, content};
use super::{Place, Site, SiteError};
use crate::canonical::Digest;
use crate::canonical::fold::lower_case;
use crate::record::{Content, Kind};
use crate::store::each_entry;

/// Claims in one file.
const CLAIMS_PER_FILE: usize = 256;

/// Returns the words of a text, folded: without case and without marks on letters.
pub fn words(text: &str) -> BTreeSet<String> {
    let folded: String = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(lower_case)
        .collect();
    let words = folded.split(|c: char| !c.is_alphanumeric());
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Tells whether a file is one of the index, by its path.
pub fn is_file(path: &str) -> bool {
    let Some((folder, file)) = (path.strip_prefix("search/")).and_then(|path| path.split_once('/'))
    else {
        return false;
    };
    let Some(name) = file.strip_suffix(".json") else {
        return false;
    };
    let is_hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    match folder {
        "words" | "hashes" => name.len() == 2 && name.bytes().all(is_hex),
        "claims" => !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit()),
        _ => false,
    }
}

impl Site<'_> {
    /// Returns the places of all pages under the last checkpoint, in the order of the log.
    ///
    /// # Errors
    ///
    /// [`SiteError`] if the ledger can't be read.
    pub fn places(&self) -> Result<Vec<Place>, SiteError> {
        use crate::rules::Facts;
        let mut places = vec![Place::Front, Place::Search];
        places.extend((&self.store).signers()?.into_keys().map(Place::Editor));
        self.each_kind(|kind, digest, _| places.extend(Place::of(kind, digest)))?;
        Ok(places)
    }

    fn each_kind(&self, mut visit: impl FnMut(Kind, Digest, u64)) -> Result<(), SiteError> {
        for stored in each_entry(self.store, 0..self.size) {
            let stored = stored?;
            let kind = crate::log::Entry::parse(&stored.bytes)
                .ok()
                .and_then(|entry| entry.kind.parse().ok());
            if let Some(kind) = kind {
                visit(kind, stored.record, stored.index);
            }
        }
        Ok(())
    }

    /// Returns the files of the search index, by their paths.
    ///
    /// # Errors
    ///
    /// [`SiteError`] if the ledger can't be read.
    pub fn index(&self) -> Result<BTreeMap<String, Vec<u8>>, SiteError> {
        let mut claims = Vec::new();
        self.each_kind(|kind, _, index| {
            if kind == Kind::Claim {
                claims.push(index);
            }
        })?;
        let mut shown = Vec::new();
        let mut postings: BTreeMap<String, BTreeMap<String, Vec<usize>>> = BTreeMap::new();
        let mut hashes: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
        for index in claims {
            let Some(summary) = Summary::look(self, index)? else {
                continue;
            };
            let number = shown.len();
            let hash = summary.digest.hex();
            hashes
                .entry(hash[..2].to_owned())
                .or_default()
                .insert(hash, number);
            let stored = self.store.entries(index, 1)?;
            if let Some(Content::Claim(claim)) = stored.first().map(content).transpose()?.flatten()
            {
                let speaker = claim.speaker.name.as_str();
                for word in words(&format!("{} {speaker}", claim.text)) {
                    let file = Digest::of(word.as_bytes()).hex()[..2].to_owned();
                    postings
                        .entry(file)
                        .or_default()
                        .entry(word)
                        .or_default()
                        .push(number);
                }
            }
            shown.push(shown_of(&summary));
        }
        let mut files = BTreeMap::new();
        let mut add = |path: String, value: serde_json::Value| {
            files.insert(path, value.to_string().into_bytes());
        };
        for (file, words) in postings {
            add(format!("search/words/{file}.json"), json!(words));
        }
        for (file, hashes) in hashes {
            add(format!("search/hashes/{file}.json"), json!(hashes));
        }
        for (file, claims) in shown.chunks(CLAIMS_PER_FILE).enumerate() {
            add(format!("search/claims/{file}.json"), json!(claims));
        }
        Ok(files)
    }
}

fn shown_of(summary: &Summary) -> serde_json::Value {
    json!({
        "hash": summary.digest,
        "text": summary.text,
        "language": summary.language,
        "speaker": summary.speaker,
        "state": summary.state,
        "verdict": summary.review.as_ref().and_then(|review| review.verdict),
        "attribution": summary.review.as_ref().and_then(|review| review.attribution),
        "quote": summary.review.as_ref().and_then(|review| review.quote),
    })
}
