//! Entries on their way to the fold: read in order, examined on all cores, handed over in order.

use std::collections::VecDeque;
use std::ops::RangeInclusive;
use std::sync::mpsc;

use rayon::Scope;

use super::examine::{Examined, KnownKeys, examine, examine_all};
use crate::store::{Read, StoreError, StoredEntry};

/// Entries that one core examines at a time: fewer are not worth a batch of signatures, and beyond the larger
/// number a batch gains little. The store returns fewer if they are long.
const BATCH: RangeInclusive<u64> = 512..=2048;

/// Batches that are read before they are folded, beyond one for each core: enough that no core waits for the fold.
const AHEAD: usize = 2;

/// Bytes of entries and records beyond which no more are read ahead: records may be long.
const MAX_AHEAD_LEN: usize = 64 << 20;

/// Hands over every entry from the one at `from` on, examined, a batch at a time. While one batch is folded, those
/// after it are examined, and `fold` may leave work to the same cores.
///
/// # Errors
///
/// [`StoreError`] of the fold, or of reading: then what was read before has been handed over.
pub(super) fn examine_from<'a>(
    store: &dyn Read,
    from: u64,
    batch_seed: Option<[u8; 32]>,
    keys: &'a KnownKeys,
    mut fold: impl FnMut(Vec<Examined>, &Scope<'a>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let cores = rayon::current_num_threads();
    let share = store.size()?.saturating_sub(from).div_ceil(cores as u64);
    let mut reading = Reading {
        next: from,
        batch: share.clamp(*BATCH.start(), *BATCH.end()) as usize,
        damage: None,
    };
    rayon::in_place_scope(|scope| {
        let mut ahead = VecDeque::new();
        let mut len_ahead = 0;
        loop {
            while ahead.len() < cores + AHEAD && len_ahead <= MAX_AHEAD_LEN {
                let stored = reading.next(store);
                if stored.is_empty() {
                    break;
                }
                let len: usize = stored.iter().map(StoredEntry::byte_count).sum();
                len_ahead += len;
                let (hand_over, examined) = mpsc::sync_channel(1);
                scope.spawn(move |_| {
                    // Nobody waits for it any more if the fold has failed.
                    let _ = hand_over.send(examine_batch(&stored, keys, batch_seed));
                });
                ahead.push_back((len, examined));
            }
            let Some((len, examined)) = ahead.pop_front() else {
                return Ok::<_, StoreError>(());
            };
            len_ahead -= len;
            fold(examined.recv().expect("examining does not panic"), scope)?;
        }
    })?;
    // What was read before the damage was judged before it is told.
    reading.damage.map_or(Ok(()), Err)
}

/// Checks what can be said of each entry alone.
fn examine_batch(
    stored: &[StoredEntry],
    keys: &KnownKeys,
    batch_seed: Option<[u8; 32]>,
) -> Vec<Examined> {
    match &batch_seed {
        // One seed serves every batch: all that is signed was there before it was drawn.
        Some(seed) => examine_all(stored, keys, seed),
        None => stored.iter().map(|entry| examine(entry, keys)).collect(),
    }
}

/// Reads the entries in order.
struct Reading {
    next: u64,
    batch: usize,
    damage: Option<StoreError>,
}

impl Reading {
    /// Returns the next batch: nothing at the end, or where the store can't be read further.
    fn next(&mut self, store: &dyn Read) -> Vec<StoredEntry> {
        if self.damage.is_some() {
            return Vec::new();
        }
        let stored = store
            .entries(self.next, self.batch)
            .unwrap_or_else(|error| {
                self.damage = Some(error);
                Vec::new()
            });
        self.next = stored.last().map_or(self.next, |last| last.index + 1);
        stored
    }
}
