//! Whole ledgers and parts of them: the proof bundle, the SQLite file, and its derived tables.
//!
//! Beside "does not panic": without the keys of `genuine/`, nothing can be made that is verified by its
//! log key and says something that the genuine ledger does not say.

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use ledger::bundle::{self, Bundle, CheckError, LogTrust, Standing, Trust};
use ledger::log::{Checkpoint, VerifierKey, WitnessKey};
use ledger::record::{Content, Record};
use ledger::sign::SecretKey;
use ledger::store::{Derived, Object, Read, SqliteStore, Store as _, StoreError};
use ledger::verify::{self, Held, Options};
use tempfile::TempDir;

/// What the log of `genuine/desk.ledger` really holds and signed.
pub struct Genuine {
    pub log_key: VerifierKey,
    /// A witness that cosigned its last checkpoint.
    pub witness: WitnessKey,
    /// Entries, each with its record.
    pub entries: Vec<(Vec<u8>, Object)>,
    /// Signed notes, in order of size.
    pub notes: Vec<String>,
}

pub static GENUINE: LazyLock<Genuine> = LazyLock::new(|| {
    let file = LedgerFile::new();
    let store = file.open(include_bytes!("../genuine/desk.ledger"));
    Genuine::read(&store.expect("the genuine ledger can be opened"))
        .expect("the genuine ledger can be read")
});

impl Genuine {
    fn read(store: &SqliteStore) -> Result<Self, StoreError> {
        let entries = store.entries(0, 1000)?;
        let Object::Present(founding) = &entries[0].object else {
            panic!("expected the founding record");
        };
        let Ok(Content::Ledger(ledger)) = Record::parse(founding).map(|record| record.content)
        else {
            panic!("expected a founding record");
        };
        let witness = SecretKey::from_seed(&[201; 32]).public();
        Ok(Genuine {
            log_key: ledger.log_key.as_str().parse().expect("the log's key"),
            witness: WitnessKey::new("witness.example", witness).expect("a name for keys"),
            entries: entries
                .into_iter()
                .map(|entry| (entry.bytes, entry.object))
                .collect(),
            notes: store
                .checkpoints(0, 1000)?
                .into_iter()
                .map(|(_, note)| note)
                .collect(),
        })
    }

    /// Tells whether the log signed this text of a checkpoint.
    pub fn has_checkpoint(&self, text: &str) -> bool {
        self.notes.iter().any(|note| {
            Checkpoint::read_unverified(note).is_ok_and(|genuine| genuine.to_string() == text)
        })
    }

    /// Tells whether an entry is the one at this place.
    fn has_entry(&self, index: u64, bytes: &[u8]) -> bool {
        let entry = usize::try_from(index)
            .ok()
            .and_then(|index| self.entries.get(index));
        entry.is_some_and(|(genuine, _)| genuine == bytes)
    }
}

/// A bundle is written as it was read. One that is verified says nothing that the log does not hold.
pub fn proof_bundle(bytes: &[u8]) {
    let Ok(bundle) = Bundle::parse(bytes) else {
        return;
    };
    let written = bundle.to_bytes().expect("what was read can be written");
    let line = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    assert!(
        written.strip_suffix(b"\n") == Some(line),
        "another file says the same"
    );
    let Ok(standing) = check(&bundle) else {
        return;
    };
    if !standing.record.is_intact() || standing.all().any(|one| one.has_failed()) {
        return;
    }
    assert!(
        GENUINE.has_checkpoint(bundle.checkpoint.text()),
        "a forged checkpoint"
    );
    assert_genuine(&bundle);
}

fn check(bundle: &Bundle) -> Result<Standing, CheckError> {
    let trust = Trust {
        log: LogTrust::Key(GENUINE.log_key.clone()),
        policy: None,
    };
    bundle::check(bundle, &trust, None)
}

/// Nothing is in a bundle that the log does not hold.
fn assert_genuine(bundle: &Bundle) {
    for item in bundle.items.iter().chain([&bundle.last]) {
        let stored = &item.stored;
        assert!(
            GENUINE.has_entry(stored.index, &stored.bytes),
            "a forged entry"
        );
        if let Object::Present(_) = stored.object {
            let (_, genuine) = &GENUINE.entries[stored.index as usize];
            assert_eq!(stored.object, *genuine, "a forged record");
        }
    }
}

/// Whatever the derived tables say, what is gathered by them is the log's, and its check ends. The input is the index of
/// a record, then rows, one a line, with tabs between their columns; `clear` forgets all rows before.
pub fn look_ups(bytes: &[u8]) {
    thread_local! {
        static STORE: RefCell<(LedgerFile, SqliteStore)> = RefCell::new({
            let file = LedgerFile::new();
            fs::write(file.path(), include_bytes!("../genuine/desk.ledger")).expect("room");
            let store = SqliteStore::open(&file.path()).expect("the genuine ledger");
            (file, store)
        });
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let mut lines = text.lines();
    let Some(index) = lines.next().and_then(|line| line.parse::<u64>().ok()) else {
        return;
    };
    STORE.with_borrow_mut(|(_, store)| {
        // Nothing is kept: the transaction is dropped.
        let mut transaction = store.begin().expect("nobody else writes");
        for line in lines {
            let done = match (line, row(line)) {
                ("clear", _) => transaction.clear_derived(),
                (_, Some(row)) => transaction.put_derived(&row),
                (_, None) => Ok(()),
            };
            if done.is_err() {
                return;
            }
        }
        let Ok(bundle) = bundle::gather(&*transaction, index) else {
            return;
        };
        assert_genuine(&bundle);
        let Ok(standing) = check(&bundle) else {
            return;
        };
        let _ = bundle::compare_look_ups(&*transaction, &standing);
        let _ = bundle::claims_in(&*transaction, &standing.record.digest);
    });
}

fn row(line: &str) -> Option<Derived<'_>> {
    let columns: Vec<&str> = line.split('\t').collect();
    Some(match columns.as_slice() {
        ["ledger", facts] => Derived::Ledger {
            facts: (*facts).into(),
        },
        ["signer", did, index, facts] => Derived::Signer {
            did: did.parse().ok()?,
            index: index.parse().ok()?,
            facts: (*facts).into(),
        },
        ["subject", index, kind, state, decided, facts] => Derived::Subject {
            index: index.parse().ok()?,
            kind: (*kind).into(),
            state: (*state).into(),
            decided: decided.parse().ok(),
            facts: (*facts).into(),
        },
        ["reference", target, index, field] => Derived::Reference {
            target: target.parse().ok()?,
            index: index.parse().ok()?,
            field: (*field).into(),
        },
        ["wording", index, text] => Derived::Wording {
            index: index.parse().ok()?,
            text: (*text).into(),
        },
        _ => return None,
    })
}

/// The audit of a file ends in a report or an error. A file that is verified holds the genuine ledger.
pub fn ledger_file(bytes: &[u8]) {
    thread_local! {
        static FILE: LedgerFile = LedgerFile::new();
    }
    FILE.with(|file| {
        if let Ok(store) = file.open(bytes) {
            audit(&store);
        }
    });
}

fn audit(store: &SqliteStore) {
    let last = GENUINE.notes.last().expect("a last checkpoint");
    let options = Options {
        log_key: Some(GENUINE.log_key.clone()),
        since: vec![Held::new(last, None).expect("a checkpoint")],
        ..Options::default()
    };
    let Ok(report) = verify::audit(store, &options, &mut |_| {}) else {
        return;
    };
    if !report.is_ok() {
        return;
    }
    let entries = store.entries(0, 1000).expect("entries that were verified");
    let entries: Vec<_> = entries
        .into_iter()
        .map(|entry| (entry.bytes, entry.object))
        .collect();
    assert_eq!(entries, GENUINE.entries, "a forged ledger was verified");
}

/// A place for one ledger file after another.
struct LedgerFile {
    folder: TempDir,
}

impl LedgerFile {
    fn new() -> Self {
        LedgerFile {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("desk.ledger")
    }

    /// Opens these bytes as `ledger verify` does.
    fn open(&self, bytes: &[u8]) -> Result<SqliteStore, StoreError> {
        let path = self.path();
        // What SQLite keeps beside the file belongs to the file before.
        for suffix in ["-wal", "-shm", "-journal"] {
            let mut beside = path.clone().into_os_string();
            beside.push(suffix);
            let _ = fs::remove_file(beside);
        }
        fs::write(&path, bytes).expect("room for a ledger file");
        SqliteStore::open_to_audit(&path)
    }
}
