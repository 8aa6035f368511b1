//! What only the derived tables of a ledger tell a reader, and whether they agree with the bundle that was
//! gathered by them.

use super::standing::{Outcome, Standing, Step};
use crate::canonical::Digest;
use crate::rules::{Facts, State};
use crate::store::{Read, StoreError};

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
        name: "the look-up tables agree",
        outcome,
    })
}

/// Claims of one article that are listed, at most.
const MAX_CLAIMS: usize = 1000;

/// Returns the claims that appear in an article, with their states as the derived tables have them: what
/// became of them concerns it.
///
/// # Errors
///
/// [`StoreError`] if the tables can't be read.
pub fn claims_in(store: &dyn Read, article: &Digest) -> Result<Vec<(Digest, State)>, StoreError> {
    let mut claims = Vec::new();
    let appearing = store.references_in(article, "appearances.article")?;
    for index in appearing.into_iter().take(MAX_CLAIMS) {
        if let Some(entry) = store.entries(index, 1)?.first()
            && let Some(subject) = (&store).subject(&entry.record)?
        {
            claims.push((entry.record, subject.state()));
        }
    }
    Ok(claims)
}
