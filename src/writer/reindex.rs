//! Rebuilding the derived tables from the log.

use crate::log::Entry;
use crate::record::Record;
use crate::rules::{NoFacts, Rules};
use crate::store::{Derived, Object, Store, StoreError, Transaction};

/// Entries that are read at a time.
const CHUNK: usize = 1024;

/// Drops the derived tables and derives them again, then removes what they left behind in the file.
///
/// # Errors
///
/// [`StoreError`] if the store fails; the tables are then as they were.
pub fn reindex(store: &mut dyn Store) -> Result<(), StoreError> {
    let mut transaction = store.begin()?;
    rebuild(&mut *transaction)?;
    transaction.commit()?;
    store.scrub()
}

/// Derives the tables within a transaction. Faulty entries are passed over: `verify` names them.
///
/// # Errors
///
/// [`StoreError`] if the store fails; the transaction must then be dropped.
pub(super) fn rebuild(transaction: &mut dyn Transaction) -> Result<(), StoreError> {
    transaction.clear_derived()?;
    let mut rules = Rules::resume(NoFacts)?;
    let mut next = 0;
    loop {
        let stored = transaction.entries(next, CHUNK)?;
        let Some(last) = stored.last() else {
            break;
        };
        next = last.index + 1;
        for stored in &stored {
            let Ok(entry) = Entry::parse(&stored.bytes) else {
                continue;
            };
            let record = match &stored.object {
                Object::Present(bytes) => match Record::parse(bytes) {
                    Err(error) if error.is_unknown_to_this_version() => {
                        return Err(StoreError::NewerRecord {
                            index: stored.index,
                            found: error.to_string(),
                        });
                    }
                    record => record.ok(),
                },
                Object::Erased | Object::Absent | Object::Withheld => None,
            };
            for row in rules.apply(&entry, record.as_ref())?.derived {
                put(transaction, &row)?;
            }
        }
    }
    let mut changed = Vec::new();
    rules.changed_rows(&mut |row| changed.push(row));
    for row in &changed {
        put(transaction, row)?;
    }
    Ok(())
}

/// Keeps a row, and the marks that follow from it.
pub(super) fn put(transaction: &mut dyn Transaction, row: &Derived<'_>) -> Result<(), StoreError> {
    transaction.put_derived(row)?;
    match row.marks() {
        Some(marks) => transaction.put_derived(&marks),
        None => Ok(()),
    }
}
