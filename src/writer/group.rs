//! Group commit: what several threads append at the same time shares one transaction, one checkpoint and one sync.

use std::mem;
use std::sync::Mutex;
use std::sync::mpsc::{SyncSender, sync_channel};

use super::{Guard, Mode, Receipt, Submission, WriteError, append};
use crate::canonical::Timestamp;
use crate::log::NoteSigner;
use crate::store::Store;

/// A ledger that many threads of one process write to.
pub struct Group<'a, S> {
    store: Mutex<S>,
    log_key: &'a NoteSigner,
    guard: &'a (dyn Guard + Sync),
    clock: &'a (dyn Fn() -> Timestamp + Sync),
    waiting: Mutex<Vec<Waiting>>,
}

/// A batch of one thread, and where it waits for its answer.
struct Waiting {
    batch: Vec<Submission>,
    answer: SyncSender<Result<Receipt, WriteError>>,
}

impl<'a, S: Store> Group<'a, S> {
    /// Takes over a store.
    pub fn new(
        store: S,
        log_key: &'a NoteSigner,
        guard: &'a (dyn Guard + Sync),
        clock: &'a (dyn Fn() -> Timestamp + Sync),
    ) -> Self {
        Group {
            store: Mutex::new(store),
            log_key,
            guard,
            clock,
            waiting: Mutex::new(Vec::new()),
        }
    }

    /// Appends a batch as [`append`] does, and returns when it is durable.
    ///
    /// While one thread commits, the others wait; the first of them then commits for all. A batch that is refused
    /// hinders no other.
    ///
    /// # Errors
    ///
    /// As [`append`], of this batch alone.
    pub fn append(&self, batch: Vec<Submission>) -> Result<Receipt, WriteError> {
        let (answer, answered) = sync_channel(1);
        let lock = "no thread panics while it holds the lock";
        self.waiting
            .lock()
            .expect(lock)
            .push(Waiting { batch, answer });
        let mut store = self.store.lock().expect(lock);
        // If the batch is not waiting any more, whoever held the store before has answered it.
        let group = mem::take(&mut *self.waiting.lock().expect(lock));
        self.commit(&mut *store, group);
        drop(store);
        answered
            .recv()
            .expect("every batch that waited is answered")
    }

    fn commit(&self, store: &mut S, group: Vec<Waiting>) {
        let (batches, answers): (Vec<_>, Vec<_>) =
            group.into_iter().map(|one| (one.batch, one.answer)).unzip();
        let lens: Vec<usize> = batches.iter().map(Vec::len).collect();
        let mut all: Vec<Submission> = batches.into_iter().flatten().collect();
        let mut together = match lens.len() {
            0 | 1 => None,
            _ => self.append_now(store, &all).ok(),
        };
        for (len, answer) in lens.into_iter().zip(answers) {
            let rest = all.split_off(len);
            let batch = mem::replace(&mut all, rest);
            let receipt = match &mut together {
                // Its own entries, under the checkpoint over those of all.
                Some(receipt) => Ok(Receipt {
                    appended: receipt.appended.drain(..len).collect(),
                    ..receipt.clone()
                }),
                // Alone, or one of them is refused: each then stands for itself.
                None => self.append_now(store, &batch),
            };
            // Whoever waited is there until it is answered.
            let _ = answer.send(receipt);
        }
    }

    fn append_now(&self, store: &mut S, batch: &[Submission]) -> Result<Receipt, WriteError> {
        let now = (self.clock)();
        append(store, batch, self.log_key, self.guard, now, Mode::Commit)
    }
}
