//! An operator who holds the log's key and writes past the writer: the audit names what the writer would refuse.

mod support;

use ledger::canonical::Digest;
use ledger::log::{Checkpoint, Entry, Frontier, Hash, NoteSigner, leaf_hash};
use ledger::record::{Content, Kind, Record, Salt};
use ledger::sign::{Did, Proof};
use ledger::store::{Derived, Read, SqliteStore, Store as _};
use ledger::verify::{Check, Code, Held, Options, Report, Scope, audit};
use ledger::writer::reindex;
use serde_json::{Value, json};
use support::forge::{LOG, ORIGIN, did, key, log_signer, now};

/// A ledger whose entries are written without asking anybody.
struct Forger {
    store: SqliteStore,
    log_key: NoteSigner,
    frontier: Frontier,
    prev: Hash,
}

fn record(kind: Kind, content: &Value, signer: u8, salt: u8) -> Vec<u8> {
    let record = Record {
        ledger: ORIGIN.parse().unwrap(),
        editor: key(signer).public().did(),
        created: now(),
        salt: Salt::from_bytes([salt; 16]),
        content: Content::from_json(kind, content).unwrap(),
    };
    record.to_bytes().unwrap()
}

impl Forger {
    /// A ledger with the owner 1 and the editor 2.
    fn founded() -> Self {
        let mut forger = Forger {
            store: SqliteStore::in_memory().unwrap(),
            log_key: log_signer(LOG),
            frontier: Frontier::new(),
            prev: Hash::ZERO,
        };
        let founding = json!({
            "origin": ORIGIN,
            "name": "Forged",
            "owners": [did(1)],
            "logKey": forger.log_key.key().to_string(),
            "policy": { "approvals": 0 },
        });
        forger.append("ledger", &record(Kind::Ledger, &founding, 1, 0), 1);
        let editor = json!({ "key": did(2), "holder": { "name": "Two" }, "role": "editor" });
        forger.append("key", &record(Kind::Key, &editor, 1, 1), 1);
        forger
    }

    fn append(&mut self, kind: &str, record: &[u8], signer: u8) -> Digest {
        let proof = Proof::sign(&Digest::of(record), &key(signer), now());
        self.append_with(kind, record, proof)
    }

    fn append_with(&mut self, kind: &str, record: &[u8], proof: Proof) -> Digest {
        let digest = Digest::of(record);
        let entry = Entry {
            index: self.frontier.size(),
            kind: kind.to_owned(),
            prev: self.prev,
            proof,
            record: digest,
            recorded: now(),
        };
        let bytes = entry.to_bytes().unwrap();
        self.prev = leaf_hash(&bytes);
        let nodes = self.frontier.push(self.prev).unwrap();
        let size = self.frontier.size();
        let checkpoint = Checkpoint::new(ORIGIN, size, self.frontier.root()).unwrap();
        let note = checkpoint.sign(&self.log_key).unwrap().to_string();
        let mut transaction = self.store.begin().unwrap();
        transaction.put_object(&digest, record).unwrap();
        transaction
            .append(entry.index, &bytes, &digest, &nodes)
            .unwrap();
        transaction.put_checkpoint(size, &note).unwrap();
        transaction.commit().unwrap();
        digest
    }

    fn erase(&mut self, digest: &Digest) {
        let mut transaction = self.store.begin().unwrap();
        transaction.erase_object(digest).unwrap();
        transaction.commit().unwrap();
    }

    fn source(&mut self, salt: u8) -> Digest {
        let source = json!({ "title": "S", "published": "unknown", "level": "primary" });
        self.append("source", &record(Kind::Source, &source, 1, salt), 1)
    }

    fn erasure(&mut self, subject: &Digest, salt: u8) {
        let erasure = json!({ "subject": subject, "reason": "R" });
        self.append("erasure", &record(Kind::Erasure, &erasure, 1, salt), 1);
    }

    fn audit(&mut self) -> Report {
        reindex(&mut self.store).unwrap();
        let report = audit(&self.store, &Options::default(), &mut |_| {}).unwrap();
        self.audit_what_is_new(&report);
        report
    }

    /// Whoever verified the sound beginning before, finds the same in what is new.
    fn audit_what_is_new(&self, whole: &Report) {
        let sound = (whole.findings.iter())
            .filter_map(|finding| finding.index)
            .chain(whole.not_checked.iter().filter_map(|notice| notice.index))
            .min()
            .unwrap_or(whole.size);
        let greatest = sound.min(whole.size);
        for size in (1..=greatest).step_by(1 + greatest as usize / 8) {
            let root = ledger::log::root(size, &(&self.store as &dyn Read)).unwrap();
            let checkpoint = Checkpoint::new(ORIGIN, size, root).unwrap();
            let note = checkpoint.sign(&self.log_key).unwrap().to_string();
            let options = Options {
                since: vec![Held::new(&note, None).unwrap()],
                scope: Scope::New,
                ..Options::default()
            };
            let report = audit(&self.store, &options, &mut |_| {}).unwrap();
            assert_eq!(report.from, size);
            assert_eq!(report.findings, whole.findings, "since {size}");
            assert_eq!(report.not_checked.is_empty(), whole.not_checked.is_empty());
            assert_eq!((report.size, report.root), (whole.size, whole.root));
        }
    }
}

fn codes(report: &Report) -> Vec<&'static str> {
    report
        .findings
        .iter()
        .map(|finding| finding.code.as_str())
        .collect()
}

#[test]
fn forger_who_keeps_the_rules_is_no_forger() {
    let mut forger = Forger::founded();
    let source = forger.source(2);
    forger.erasure(&source, 3);
    forger.erase(&source);
    let report = forger.audit();
    assert!(report.is_ok(), "{report:#?}");
}

#[test]
fn revocation_is_not_hidden_by_an_erasure_before_it() {
    let mut forger = Forger::founded();
    let source = forger.source(2);
    forger.erasure(&source, 3);
    forger.erase(&source);
    let revocation = json!({ "key": did(2), "reason": "compromised" });
    let revocation = record(Kind::Revocation, &revocation, 1, 4);
    forger.erasure(&Digest::of(&revocation), 5);
    let revocation = forger.append("revocation", &revocation, 1);
    forger.erase(&revocation);
    let source = json!({ "title": "S", "published": "unknown", "level": "primary" });
    forger.append("source", &record(Kind::Source, &source, 2, 6), 2);
    let report = forger.audit();
    assert_eq!(codes(&report), ["erasure-unrecorded"], "{report:#?}");
    assert_eq!(report.findings[0].index, Some(5));
}

#[test]
fn log_s_key_is_nobody_s_else() {
    let mut forger = Forger::founded();
    let log = json!({ "key": did(LOG), "holder": { "name": "Log" }, "role": "editor" });
    forger.append("key", &record(Kind::Key, &log, 1, 2), 1);
    let source = json!({ "title": "S", "published": "unknown", "level": "primary" });
    forger.append("source", &record(Kind::Source, &source, LOG, 3), LOG);
    let report = forger.audit();
    assert_eq!(
        codes(&report),
        ["key-enrolment", "key-not-enrolled"],
        "{report:#?}"
    );
}

#[test]
fn erased_record_of_an_unknown_kind_is_not_checked() {
    let mut forger = Forger::founded();
    let source = forger.source(2);
    forger.erasure(&source, 3);
    forger.erase(&source);
    // Key 9 was never enrolled.
    let unknown = forger.append("statement", b"whatever", 9);
    forger.erasure(&unknown, 4);
    forger.erase(&unknown);
    let report = forger.audit();
    assert!(!report.is_ok(), "{report:#?}");
    assert_eq!(report.not_checked[0].index, Some(4), "{report:#?}");
}

#[test]
fn rows_whose_fingerprints_cancel_are_found() {
    let mut forger = Forger::founded();
    assert!(forger.audit().is_ok());
    let mut transaction = forger.store.begin().unwrap();
    for n in CANCELLING {
        let row = Derived::Reference {
            target: Digest::of(&n.to_be_bytes()),
            index: 0,
            field: "subject".into(),
        };
        transaction.put_derived(&row).unwrap();
    }
    transaction.commit().unwrap();
    let report = audit(&forger.store, &Options::default(), &mut |_| {}).unwrap();
    assert_eq!(codes(&report), ["derived-table"], "{report:#?}");
}

/// Without a key, fingerprints of these rows added up to 0: found in seconds (Wagner 2002).
const CANCELLING: [u64; 8] = [
    464_542, 427_049, 641_637, 570_938, 135_897, 53_425, 349_284, 187_326,
];

#[test]
fn audit_in_batches_finds_what_the_audit_one_by_one_finds() {
    let mut forger = Forger::founded();
    for salt in 2..150 {
        forger.source(salt);
    }
    let options = Options {
        batch_seed: Some([7; 32]),
        ..Options::default()
    };
    let both = |forger: &mut Forger| {
        let singly = forger.audit();
        let in_batches = audit(&forger.store, &options, &mut |_| {}).unwrap();
        assert_eq!(format!("{in_batches:#?}"), format!("{singly:#?}"));
        singly
    };
    let report = both(&mut forger);
    assert!(report.is_ok(), "{report:#?}");

    let source = json!({ "title": "S", "published": "unknown", "level": "primary" });
    let record = record(Kind::Source, &source, 1, 150);
    let good = Proof::sign(&Digest::of(&record), &key(1), now());
    let mut wrong = good.clone();
    wrong.signature[40] ^= 1;
    forger.append_with("source", &record, wrong);
    // No point of the curve.
    let unsound = Proof {
        key: Did::from_bytes([2; 32]),
        ..good
    };
    forger.append_with("source", b"no record", unsound);
    for salt in 151..=255 {
        forger.source(salt);
    }
    let report = both(&mut forger);
    let signatures: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.code == Code::Check(Check::Signature))
        .map(|finding| finding.index)
        .collect();
    assert_eq!(signatures, [Some(150), Some(151)], "{report:#?}");
}
