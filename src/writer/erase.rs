//! Erasure: the bytes go, everything that was signed over them stays.

use super::{Content, Submission, reindex};
use crate::canonical::Digest;
use crate::record::Record;
use crate::store::{Object, StoreError, Transaction};

/// Removes what the erasures of a batch name, and the objects that only an erased record needed. Returns
/// whether there was anything to remove.
///
/// # Errors
///
/// [`StoreError`] if the store fails; the transaction must then be dropped.
pub(super) fn carry_out(
    transaction: &mut dyn Transaction,
    batch: &[Submission],
) -> Result<bool, StoreError> {
    let mut erased = false;
    for submission in batch {
        let Content::Erasure(erasure) = &submission.record.content else {
            continue;
        };
        for object in needed_by_nothing_else(transaction, &erasure.subject)? {
            transaction.erase_object(&object)?;
        }
        transaction.erase_object(&erasure.subject)?;
        erased = true;
    }
    if erased {
        // What followed from the erased words must not outlive them in the derived tables.
        reindex::rebuild(transaction)?;
    }
    Ok(erased)
}

/// Returns the objects of a record that no other record needs and that are no records themselves.
fn needed_by_nothing_else(
    transaction: &dyn Transaction,
    record: &Digest,
) -> Result<Vec<Digest>, StoreError> {
    let Some(index) = transaction.index_of(record)? else {
        return Ok(Vec::new());
    };
    let Object::Present(bytes) = transaction.object(record)? else {
        return Ok(Vec::new());
    };
    let Ok(record) = Record::parse(&bytes) else {
        return Ok(Vec::new());
    };
    let mut objects = Vec::new();
    for object in record.content.objects() {
        let mut needed_elsewhere = transaction.index_of(&object.digest)?.is_some();
        for (user, _) in transaction.references_to(&object.digest)? {
            needed_elsewhere |= user != index && is_present(transaction, user)?;
        }
        if !needed_elsewhere {
            objects.push(object.digest);
        }
    }
    Ok(objects)
}

/// The derived tables still name what this batch erased a moment ago.
fn is_present(transaction: &dyn Transaction, index: u64) -> Result<bool, StoreError> {
    let stored = transaction.entries(index, 1)?;
    let object = stored.first().map(|stored| &stored.object);
    Ok(matches!(object, Some(Object::Present(_))))
}
