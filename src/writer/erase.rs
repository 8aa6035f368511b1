//! Erasure: the bytes go, everything that was signed over them stays.

use super::{Content, Submission, reindex};
use crate::canonical::Digest;
use crate::record::Record;
use crate::store::{Object, StoreError, StoredEntry, Transaction};

/// Removes what the erasures of a batch name, and the objects that only erased records needed. Returns
/// whether there was anything to remove.
///
/// # Errors
///
/// [`StoreError`] if the store fails; the transaction must then be dropped.
pub(super) fn carry_out(
    transaction: &mut dyn Transaction,
    batch: &[Submission],
) -> Result<bool, StoreError> {
    let subjects: Vec<Digest> = batch
        .iter()
        .filter_map(|submission| match &submission.record.content {
            Content::Erasure(erasure) => Some(erasure.subject),
            _ => None,
        })
        .collect();
    if subjects.is_empty() {
        return Ok(false);
    }
    let mut left_over = Vec::new();
    for subject in &subjects {
        left_over.extend(objects_of(transaction, subject)?);
        transaction.erase_object(subject)?;
    }
    // Only now is it known which records are gone: two of them may have shared an object.
    for object in left_over {
        if !is_needed(transaction, &object)? {
            transaction.erase_object(&object)?;
        }
    }
    // What followed from the erased words must not outlive them in the derived tables.
    reindex::rebuild(transaction)?;
    Ok(true)
}

/// Returns the objects that a record needs; none if the digest is not that of a record.
fn objects_of(transaction: &dyn Transaction, digest: &Digest) -> Result<Vec<Digest>, StoreError> {
    if transaction.index_of(digest)?.is_none() {
        return Ok(Vec::new());
    }
    let Object::Present(bytes) = transaction.object(digest)? else {
        return Ok(Vec::new());
    };
    Ok(match Record::parse(&bytes) {
        Ok(record) => record.content.objects().iter().map(|o| o.digest).collect(),
        Err(_) => Vec::new(),
    })
}

/// Tells whether an object is a record itself, or a record that is still there needs it.
fn is_needed(transaction: &dyn Transaction, object: &Digest) -> Result<bool, StoreError> {
    if transaction.index_of(object)?.is_some() {
        return Ok(true);
    }
    for (user, _) in transaction.references_to(object)? {
        let entries = transaction.entries(user, 1)?;
        let still_there =
            |entry: &StoredEntry| entry.index == user && matches!(entry.object, Object::Present(_));
        if entries.first().is_some_and(still_there) {
            return Ok(true);
        }
    }
    Ok(false)
}
