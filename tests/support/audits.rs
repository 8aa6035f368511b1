//! Many changed ledger files, each audited in this process: none may end in a panic, or never.

use std::fs;
use std::io::Write as _;
use std::panic::catch_unwind;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use ledger::store::{Read as _, SqliteStore, StoreError};
use ledger::verify::{Options, Report, audit};

/// Longest time that any audit of a small file may take.
const TOO_LONG: Duration = Duration::from_secs(60);

/// What came of a look into a file.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A finding or an error, in words.
    Named(String),
    /// An error that does not say that the file is at fault.
    Unclear(String),
    Verified(Box<Verified>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Verified {
    pub report: Report,
    pub content: String,
}

fn look(path: &Path) -> Outcome {
    let store = match SqliteStore::open_to_audit(path) {
        Ok(store) => store,
        Err(error) => return named(&error),
    };
    match audit(&store, &Options::default(), &mut |_| {}) {
        Ok(report) if report.is_ok() => Outcome::Verified(Box::new(Verified {
            report,
            content: content(&store),
        })),
        Ok(report) => {
            let words: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
            let not_checked = report.not_checked.iter().map(|one| one.message.clone());
            Outcome::Named(words.into_iter().chain(not_checked).collect())
        }
        Err(error) => named(&error),
    }
}

fn named(error: &StoreError) -> Outcome {
    match error {
        StoreError::NotALedger { .. }
        | StoreError::NewerFormat { .. }
        | StoreError::Damaged { .. } => Outcome::Named(error.to_string()),
        error => Outcome::Unclear(format!("{error:?}")),
    }
}

/// Everything that can be read of a ledger.
fn content(store: &SqliteStore) -> String {
    let mut content = format!(
        "{:?} {:?} {:?}",
        store.entries(0, 1000).unwrap(),
        store.nodes(0, 1000).unwrap(),
        store.checkpoints(0, 1000).unwrap()
    );
    (store.cosignatures(&mut |one| content += &format!("{one:?}"))).unwrap();
    let other = &mut |digest, bytes| content += &format!("{digest} {bytes:?}");
    store.other_objects(&|_| false, other).unwrap();
    (store.derived(&mut |row| content += &format!("{row:?}"))).unwrap();
    content
}

/// Looks into each of these changed files, on all cores. Nothing may panic or take too long.
pub fn look_into<T: Sync + std::fmt::Debug>(
    changes: &[T],
    changed: impl Fn(&T) -> Vec<u8> + Sync,
) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    let workers = thread::available_parallelism().unwrap().get();
    let mut outcomes: Vec<Option<Outcome>> = vec![None; changes.len()];
    thread::scope(|scope| {
        for _ in 0..workers {
            let (sender, next, changed) = (sender.clone(), &next, &changed);
            scope.spawn(move || {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("changed.ledger");
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let Some(change) = changes.get(n) else {
                        break;
                    };
                    fs::write(&path, changed(change)).unwrap();
                    let outcome = catch_unwind(|| look(&path));
                    let _ = sender.send((n, outcome.map_err(|_| ())));
                }
            });
        }
        drop(sender);
        loop {
            match receiver.recv_timeout(TOO_LONG) {
                Ok((n, Ok(outcome))) => outcomes[n] = Some(outcome),
                Ok((n, Err(()))) => {
                    next.store(changes.len(), Ordering::Relaxed);
                    panic!("{:?}: the audit panicked", changes[n]);
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    let begun = next.load(Ordering::Relaxed).min(changes.len());
                    // Past the test's captured output, which ends with this process.
                    let _ = writeln!(
                        std::io::stderr(),
                        "an audit takes longer than {TOO_LONG:?}: one of {:?}",
                        &changes[begun.saturating_sub(workers)..begun]
                    );
                    // A thread that hangs can't be ended otherwise.
                    std::process::exit(101);
                }
            }
        }
    });
    (outcomes.into_iter())
        .map(|outcome| outcome.expect("every file was looked into"))
        .collect()
}

pub fn untouched(bytes: &[u8]) -> Outcome {
    let outcome = look_into(&["untouched"], |_| bytes.to_vec()).remove(0);
    assert!(matches!(outcome, Outcome::Verified(_)), "{outcome:?}");
    outcome
}
