//! What only the derived tables of a ledger tell a reader, and whether they agree with the bundle that was
//! gathered by them.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use super::standing::{Aspect, Outcome, Standing, Step};
use crate::canonical::Digest;
use crate::ingest::version::{self, Fate};
use crate::record::{Claim, Content, Record};
use crate::rules::{Facts, State};
use crate::store::{Object, Read, StoreError};
use crate::verify::anchors::read_text;

/// Compares the state that follows from the records with the one in the derived tables.
///
/// A difference means that the tables name a record that does not exist, or hide one that does.
///
/// # Errors
///
/// [`StoreError`] if the tables can't be read.
pub fn compare_look_ups(store: &dyn Read, standing: &Standing) -> Result<Step, StoreError> {
    let digest = standing.record.digest;
    let derived = (&store).subject(&digest)?;
    let about = |index: &u64| standing.about.iter().any(|one| one.index == *index);
    let stray = (store.references_in(&digest, "subject")?.into_iter()).find(|index| !about(index));
    let outcome = match stray {
        Some(index) => Outcome::Failed(format!(
            "they name entry {index}, which says nothing of this record"
        )),
        None if derived != standing.record.subject => Outcome::Failed(
            "they give it another state than the records do; `ledger reindex` rebuilds them"
                .to_owned(),
        ),
        None => Outcome::Passed,
    };
    Ok(Step {
        aspect: Aspect::LookUps,
        outcome,
    })
}

/// Returns the claims that appear in an article, with their states as the derived tables have them: what
/// became of them concerns it.
///
/// # Errors
///
/// [`StoreError`] if the tables can't be read.
pub fn claims_in(store: &dyn Read, article: &Digest) -> Result<Vec<(Digest, State)>, StoreError> {
    let mut claims = Vec::new();
    for index in store.references_in(article, "appearances.article")? {
        if let Some(entry) = store.entries(index, 1)?.first()
            && let Some(subject) = (&store).subject(&entry.record)?
        {
            claims.push((entry.record, subject.state()));
        }
    }
    Ok(claims)
}

/// A later version of an article in which a claim stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaterVersion {
    /// The article that the claim names.
    pub article: Digest,
    pub version: Digest,
    /// What became of the claim's words there; absent where one of the texts is not here.
    pub fate: Option<Fate>,
}

/// Later versions that are looked at for one claim.
pub const MAX_VERSIONS: usize = 20;

/// Returns the later versions of the articles in which a claim stands, and what became of its words in each: at most
/// [`MAX_VERSIONS`].
///
/// # Errors
///
/// [`StoreError`] if the ledger can't be read.
pub fn later_versions(store: &dyn Read, claim: &Claim) -> Result<Vec<LaterVersion>, StoreError> {
    let objects = |digest: &Digest| store.object(digest);
    let mut versions_of = HashMap::new();
    let mut later = Vec::new();
    for appearance in &claim.appearances {
        let article = appearance.article;
        let versions = match versions_of.entry(article) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(versions_after(store, article)?),
        };
        // A claim may appear in many articles, with long texts: they are read where there is something to compare with.
        let mut old = None;
        for version in versions.iter().take(MAX_VERSIONS - later.len()) {
            if old.is_none() {
                old = Some(read_text(&objects, &article)?);
            }
            let fate = match (old.as_ref(), read_text(&objects, version)?) {
                (Some(Some(old)), Some(new)) => Some(version::fate(appearance, old, &new)),
                _ => None,
            };
            later.push(LaterVersion {
                article,
                version: *version,
                fate,
            });
        }
        if later.len() == MAX_VERSIONS {
            break;
        }
    }
    Ok(later)
}

/// Follows the versions of an article. Look-ups that nobody checked may name what is none, or lead round in a circle.
fn versions_after(store: &dyn Read, article: Digest) -> Result<Vec<Digest>, StoreError> {
    let mut versions = Vec::new();
    let mut seen = HashSet::from([article]);
    let mut waiting = vec![article];
    while let Some(before) = waiting.pop() {
        for index in store.references_in(&before, "revises")? {
            let Some(stored) = store.entries(index, 1)?.pop() else {
                continue;
            };
            let Object::Present(bytes) = &stored.object else {
                continue;
            };
            let revises = match Record::parse(bytes).map(|record| record.content) {
                Ok(Content::Article(article)) => article.revises,
                _ => None,
            };
            if revises == Some(before) && seen.insert(stored.record) {
                versions.push(stored.record);
                waiting.push(stored.record);
            }
            if versions.len() == MAX_VERSIONS {
                return Ok(versions);
            }
        }
    }
    Ok(versions)
}
