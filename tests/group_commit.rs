//! Threads that append at the same time share commits, and a batch that is refused hinders no other.

mod support;

use std::io;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use ledger::log::VerifierKey;
use ledger::record::{Content, Kind, Record, Salt};
use ledger::store::{Read as _, SqliteStore, StoreError};
use ledger::verify::{Options, audit};
use ledger::writer::{self, Group, Guard, Memory, Mode, Submission, Unguarded, WriteError};
use serde_json::{Value, json};
use support::forge::{LOG, ORIGIN, key, log_signer, now};

const THREADS: u8 = 12;

fn submission(kind: Kind, content: &Value, signer: u8, salt: u8) -> Submission {
    let record = Record {
        ledger: ORIGIN.parse().unwrap(),
        editor: key(signer).public().did(),
        created: now(),
        salt: Salt::from_bytes([salt; 16]),
        content: Content::from_json(kind, content).unwrap(),
    };
    Submission::sign(record, Vec::new(), &key(signer), now()).unwrap()
}

fn source(signer: u8, salt: u8) -> Submission {
    let source = json!({ "title": "S", "published": "unknown", "level": "primary" });
    submission(Kind::Source, &source, signer, salt)
}

/// Holds up the first who commits, so that the others meet.
struct Gate(Mutex<Option<Receiver<()>>>);

impl Guard for Gate {
    fn lock(&self, log: &VerifierKey) -> io::Result<Box<dyn Memory>> {
        if let Some(opened) = self.0.lock().unwrap().take() {
            opened.recv().unwrap();
        }
        Unguarded.lock(log)
    }
}

#[test]
fn threads_share_commits() {
    let commits = append_in_threads(|_| 1);
    // The founding, whoever came first, and the rest: fewer if a thread was slow.
    assert!(commits < usize::from(THREADS), "{commits} commits");
}

#[test]
fn refused_batch_hinders_no_other() {
    // The key 9 was never enrolled.
    append_in_threads(|n| if n % 4 == 3 { 9 } else { 1 });
}

/// Appends two records in each thread, signed by the key that `signer` names. Returns how many commits it took.
fn append_in_threads(signer: fn(u8) -> u8) -> usize {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("group.ledger");
    let log_key = log_signer(LOG);
    let founding = json!({
        "origin": ORIGIN,
        "name": "Group",
        "owners": [key(1).public().did()],
        "logKey": log_key.key().to_string(),
        "policy": { "approvals": 0 },
    });
    SqliteStore::create::<_, StoreError>(&path, |store| {
        let founding = [submission(Kind::Ledger, &founding, 1, 0)];
        writer::append(store, &founding, &log_key, &Unguarded, now(), Mode::Commit).unwrap();
        Ok(())
    })
    .unwrap();

    let (open, opened) = channel();
    let gate = Gate(Mutex::new(Some(opened)));
    let group = Group::new(SqliteStore::open(&path).unwrap(), &log_key, &gate, &now);
    thread::scope(|scope| {
        for n in 0..THREADS {
            let (group, path) = (&group, &path);
            scope.spawn(move || {
                let signer = signer(n);
                let batch = vec![source(signer, 2 * n + 1), source(signer, 2 * n + 2)];
                let digests: Vec<_> = batch.iter().map(Submission::digest).collect();
                match group.append(batch) {
                    Ok(receipt) => {
                        assert_eq!(signer, 1);
                        let appended: Vec<_> =
                            receipt.appended.iter().map(|one| one.digest).collect();
                        assert_eq!(appended, digests);
                        let store = SqliteStore::open_to_read(path).unwrap();
                        for one in receipt.appended {
                            assert_eq!(store.index_of(&one.digest).unwrap(), Some(one.index));
                            assert!(one.index < receipt.size);
                        }
                    }
                    Err(WriteError::Refused { digest, .. }) => {
                        assert_eq!((signer, digest), (9, digests[0]));
                    }
                    Err(error) => panic!("{error:?}"),
                }
            });
        }
        // One thread holds the ledger; the others come to wait.
        thread::sleep(Duration::from_millis(300));
        open.send(()).unwrap();
    });

    let store = SqliteStore::open_to_audit(&path).unwrap();
    let report = audit(&store, &Options::default(), &mut |_| {}).unwrap();
    assert!(report.is_ok(), "{report:#?}");
    let sound = (0..THREADS).filter(|n| signer(*n) == 1).count() as u64;
    assert_eq!(report.size, 1 + 2 * sound);
    store.checkpoints(0, usize::MAX >> 1).unwrap().len()
}
