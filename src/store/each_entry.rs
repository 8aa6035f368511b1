//! Going through entries in order, however long they are.

use std::ops::Range;
use std::vec;

use super::{Read, StoreError, StoredEntry};

/// Entries that are read at a time.
const CHUNK: u64 = 1024;

/// Returns the entries of a range of indexes in order, as far as the ledger goes. No more than a chunk of them is in
/// memory. After an error there are none.
pub fn each_entry(store: &dyn Read, indexes: Range<u64>) -> EachEntry<'_> {
    EachEntry {
        store,
        rest: indexes,
        chunk: Vec::new().into_iter(),
    }
}

/// See [`each_entry`].
pub struct EachEntry<'a> {
    store: &'a dyn Read,
    rest: Range<u64>,
    chunk: vec::IntoIter<StoredEntry>,
}

impl Iterator for EachEntry<'_> {
    type Item = Result<StoredEntry, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.chunk.len() == 0 && !self.rest.is_empty() {
            let limit = (self.rest.end - self.rest.start).min(CHUNK) as usize;
            match self.store.entries(self.rest.start, limit) {
                Ok(entries) => self.chunk = entries.into_iter(),
                Err(error) => {
                    self.rest.start = self.rest.end;
                    return Some(Err(error));
                }
            }
        }
        // None at all, or one beyond a gap: the ledger ends here.
        let entry = self
            .chunk
            .next()
            .filter(|entry| self.rest.contains(&entry.index));
        self.rest.start = match &entry {
            Some(entry) => entry.index + 1,
            None => self.rest.end,
        };
        entry.map(Ok)
    }
}
