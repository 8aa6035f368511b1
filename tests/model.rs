//! Random sequences of appends: what the writer takes, an audit accepts; what it refuses changes nothing.

mod support;

use std::collections::BTreeMap;

use ledger::canonical::{ArticleText, Digest, Timestamp};
use ledger::log::NoteSigner;
use ledger::record::{Content, Kind, Record, Salt};
use ledger::sign::SecretKey;
use ledger::store::{Read, SqliteStore, Store};
use ledger::verify::{Held, Options, Report, Scope, audit};
use ledger::writer::{Mode, Submission, Unguarded, WriteError, append, reindex};
use serde_json::{Value, json};
use support::forge::{LOG, ORIGIN, key, log_signer};

const SEQUENCES: u64 = 24;
const STEPS: u64 = 40;

/// Few texts, so that records share them.
const TEXTS: [&str; 4] = [
    "One two one.\n",
    "One two.\n\nFour five.\n",
    "Six.\n",
    "Seven.\n",
];

/// SplitMix64: the same numbers everywhere.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        match of.len() {
            0 => None,
            n => of.get(self.below(n)),
        }
    }
}

/// A ledger, and what a desk knows of it.
struct Desk {
    random: Random,
    store: SqliteStore,
    log_key: NoteSigner,
    /// Mostly the owner's, so that most records are allowed.
    keys: Vec<SecretKey>,
    /// Digests of records by kind, whether they were erased or not.
    records: Vec<(Kind, Digest)>,
    /// Records that were written and signed, and lie in a drawer.
    drafts: Vec<Submission>,
    /// Digests of objects that some record named.
    objects: Vec<Digest>,
    now: i64,
    salt: u64,
}

fn size(text: &[u8]) -> usize {
    text.len()
}

impl Desk {
    fn founded(seed: u64) -> Self {
        let log_key = log_signer(LOG);
        let mut desk = Desk {
            random: Random(seed),
            store: SqliteStore::in_memory().unwrap(),
            log_key,
            keys: (1..=5).map(key).collect(),
            records: Vec::new(),
            drafts: Vec::new(),
            objects: Vec::new(),
            now: 1_800_000_000,
            salt: 0,
        };
        let approvals = desk.random.below(3);
        let founding = json!({
            "origin": ORIGIN,
            "name": "Model",
            "owners": [desk.did(0)],
            "logKey": desk.log_key.key().to_string(),
            "policy": { "approvals": approvals },
        });
        let founding = desk.submission(Kind::Ledger, &founding, Vec::new(), 0);
        let mut batch = vec![founding];
        for (n, role) in [(1, "owner"), (2, "editor"), (3, "editor")] {
            let key = json!({ "key": desk.did(n), "holder": { "name": "B" }, "role": role });
            batch.push(desk.submission(Kind::Key, &key, Vec::new(), 0));
        }
        desk.try_append(batch).unwrap();
        desk
    }

    fn did(&self, n: usize) -> String {
        self.keys[n].public().did().to_string()
    }

    fn some_did(&mut self) -> String {
        let n = self.random.below(self.keys.len());
        self.did(n)
    }

    fn submission(
        &mut self,
        kind: Kind,
        content: &Value,
        objects: Vec<Vec<u8>>,
        signer: usize,
    ) -> Submission {
        self.salt += 1;
        let mut salt = [0; 16];
        salt[..8].copy_from_slice(&self.salt.to_be_bytes());
        let created = Timestamp::from_unix_seconds(self.now).unwrap();
        let record = Record {
            ledger: ORIGIN.parse().unwrap(),
            editor: self.keys[signer].public().did(),
            created,
            salt: Salt::from_bytes(salt),
            content: Content::from_json(kind, content)
                .unwrap_or_else(|error| panic!("{kind} {content}: {error}")),
        };
        Submission::sign(record, objects, &self.keys[signer], created).unwrap()
    }

    /// A record of one of these kinds, now and then of any.
    fn some_record(&mut self, kinds: &[Kind]) -> Digest {
        let wild = self.random.one_in(20);
        let fitting: Vec<Digest> = (self.records.iter())
            .filter(|(kind, _)| wild || kinds.contains(kind))
            .map(|(_, digest)| *digest)
            .collect();
        let recent = fitting.len().saturating_sub(5);
        match self.random.pick(&fitting[recent..]) {
            Some(digest) => *digest,
            None => Digest::of(b"nothing"),
        }
    }

    fn text(&mut self) -> &'static str {
        TEXTS[self.random.below(TEXTS.len())]
    }

    fn article(&mut self) -> (Value, Vec<Vec<u8>>) {
        let text = self.text();
        let text = ArticleText::normalize(text.as_bytes()).unwrap();
        let bytes = text.as_str().as_bytes().to_vec();
        let mut content = json!({
            "headline": "H",
            "published": "unknown",
            "text": {
                "digest": Digest::of(&bytes),
                "mediaType": "text/plain",
                "size": size(&bytes),
                "normalizer": "text/1",
            },
        });
        let mut objects = vec![bytes];
        if self.random.one_in(3) {
            let original = match self.random.pick(&self.drafts) {
                // The bytes of a record are an object like any other.
                Some(draft) if self.salt.is_multiple_of(2) => draft.record().to_bytes().unwrap(),
                _ => self.text().as_bytes().to_vec(),
            };
            content["original"] = json!({
                "digest": Digest::of(&original),
                "mediaType": "text/plain",
                "size": size(&original),
            });
            objects.push(original);
        }
        if self.random.one_in(4) {
            content["revises"] = json!(self.some_record(&[Kind::Article]));
        }
        (content, objects)
    }

    fn source(&mut self) -> (Value, Vec<Vec<u8>>) {
        let snapshot = self.text().as_bytes().to_vec();
        let mut content = json!({ "title": "S", "published": "2026", "level": "primary" });
        let mut objects = Vec::new();
        if self.random.one_in(2) {
            content["snapshot"] = json!({
                "digest": Digest::of(&snapshot),
                "mediaType": "text/plain",
                "size": size(&snapshot),
            });
            objects.push(snapshot);
        }
        (content, objects)
    }

    fn claim(&mut self) -> Value {
        let appearance = json!({
            "article": self.some_record(&[Kind::Article]),
            "exact": "One",
            "prefix": "",
            "suffix": " two",
            "start": 0,
            "end": 3,
        });
        let mut content = json!({
            "text": "One",
            "kind": "assertion",
            "checkability": "checkable",
            "speaker": { "name": "S" },
            "said": "unknown",
            "appearances": [appearance],
        });
        if self.random.one_in(3) {
            let source = self.some_record(&[Kind::Source]);
            content["sources"] = json!([{ "source": source, "stance": "supports" }]);
        }
        content
    }

    fn review(&mut self) -> Value {
        let subject = self.some_record(&[Kind::Claim, Kind::Article]);
        let mut content = json!({
            "subject": subject,
            "verdict": "mixed",
            "explanation": "E",
            "evidence": [],
        });
        // Most often the review before, as the writer knows it.
        let before = latest_review(&self.store, &subject);
        if let Some(before) = before
            && !self.random.one_in(8)
        {
            content["supersedes"] = json!(before);
        } else if self.random.one_in(4) {
            content["supersedes"] = json!(self.some_record(&[Kind::Review]));
        }
        if self.random.one_in(3) {
            let source = self.some_record(&[Kind::Source]);
            content["evidence"] = json!([{
                "source": source,
                "stance": "refutes",
                "exact": "Six.",
                "start": 0,
                "end": 4,
            }]);
        }
        content
    }

    fn statement(&mut self, kind: Kind) -> Value {
        match kind {
            Kind::Foreign => json!({
                "subject": self.some_record(&[Kind::Claim, Kind::Article]),
                "by": { "name": "B" },
                "form": "claim-review",
                "statement": "S",
                "published": "unknown",
            }),
            Kind::Observation => json!({
                "subject": self.some_record(&[Kind::Article, Kind::Source]),
                "url": "https://a.example/",
                "observed": "2026-11-20T10:00:00Z",
                "outcome": "gone",
            }),
            Kind::Disclosure => json!({
                "subject": self.some_record(&[Kind::Article, Kind::Source]),
                "by": { "name": "B" },
                "disclosed": "unknown",
                "aiUse": { "stage": "images", "description": "D" },
            }),
            _ => {
                let subject = self.some_record(&[Kind::Claim, Kind::Article, Kind::Source]);
                let mut content = json!({
                    "subject": subject,
                    "person": { "name": "P" },
                    "decision": "given",
                    "scope": ["quote"],
                    "date": "unknown",
                });
                if self.random.one_in(2) {
                    content["decision"] = json!("withdrawn");
                    content["withdraws"] = json!(self.some_record(&[Kind::Consent]));
                }
                content
            }
        }
    }

    fn key_record(&mut self) -> Value {
        let role = ["owner", "editor", "editor", "contributor"][self.random.below(4)];
        let name = format!("N{}", self.random.below(3));
        let mut content =
            json!({ "key": self.some_did(), "holder": { "name": name }, "role": role });
        if self.random.one_in(2) {
            content["replaces"] = json!(self.some_did());
        }
        content
    }

    fn erasure(&mut self) -> Value {
        let subject = match self.random.below(8) {
            0 | 1 => self.random.pick(&self.objects).copied(),
            2 => self.random.pick(&self.drafts).map(Submission::digest),
            3 => Some(Digest::of(self.text().as_bytes())),
            _ => Some(self.some_record(&[
                Kind::Article,
                Kind::Source,
                Kind::Claim,
                Kind::Review,
                Kind::Approval,
                Kind::Correction,
                Kind::Relation,
                Kind::Response,
                Kind::Foreign,
                Kind::Consent,
            ])),
        };
        let subject = subject.unwrap_or_else(|| Digest::of(b"nothing"));
        json!({ "subject": subject, "reason": "R" })
    }

    fn some_submission(&mut self) -> Submission {
        if self.random.one_in(12) && !self.drafts.is_empty() {
            let n = self.random.below(self.drafts.len());
            return self.drafts[n].clone();
        }
        const KINDS: [Kind; 31] = [
            Kind::Key,
            Kind::Revocation,
            Kind::Policy,
            Kind::Erasure,
            Kind::Erasure,
            Kind::Erasure,
            Kind::Erasure,
            Kind::Article,
            Kind::Article,
            Kind::Article,
            Kind::Source,
            Kind::Source,
            Kind::Claim,
            Kind::Claim,
            Kind::Claim,
            Kind::Review,
            Kind::Review,
            Kind::Review,
            Kind::Approval,
            Kind::Approval,
            Kind::Correction,
            Kind::Relation,
            Kind::Relation,
            Kind::Relation,
            Kind::Response,
            Kind::Foreign,
            Kind::Observation,
            Kind::Disclosure,
            Kind::Consent,
            Kind::Consent,
            Kind::Consent,
        ];
        let kind = KINDS[self.random.below(KINDS.len())];
        let (content, objects) = match kind {
            Kind::Ledger => unreachable!("founded once"),
            Kind::Key => (self.key_record(), Vec::new()),
            Kind::Revocation => {
                // Seldom a key that most records are signed with.
                let n = match self.random.one_in(4) {
                    true => self.random.below(self.keys.len()),
                    false => self.keys.len() - 1,
                };
                (json!({ "key": self.did(n), "reason": "left" }), Vec::new())
            }
            Kind::Policy => (json!({ "approvals": self.random.below(3) }), Vec::new()),
            Kind::Erasure => (self.erasure(), Vec::new()),
            Kind::Article => self.article(),
            Kind::Source => self.source(),
            Kind::Claim => (self.claim(), Vec::new()),
            Kind::Review => (self.review(), Vec::new()),
            Kind::Approval => {
                let review = self.some_record(&[Kind::Review]);
                (json!({ "review": review }), Vec::new())
            }
            Kind::Correction => {
                let subject = self.some_record(&[Kind::Article, Kind::Claim, Kind::Source]);
                let kind = ["correction", "retraction"][self.random.below(2)];
                let mut content = json!({ "subject": subject, "kind": kind, "reason": "R" });
                if self.random.one_in(3) {
                    content["replacement"] = json!(self.some_record(&[Kind::Claim]));
                }
                (content, Vec::new())
            }
            Kind::Relation => {
                let (from, to) = (
                    self.some_record(&[Kind::Claim]),
                    self.some_record(&[Kind::Claim]),
                );
                let content = json!({ "from": from, "to": to, "relation": "updates" });
                (content, Vec::new())
            }
            Kind::Response => {
                let subject = self.some_record(&[Kind::Claim, Kind::Article, Kind::Review]);
                let content = json!({
                    "subject": subject,
                    "by": { "name": "B" },
                    "text": "T",
                    "received": "unknown",
                });
                (content, Vec::new())
            }
            Kind::Foreign | Kind::Observation | Kind::Disclosure | Kind::Consent => {
                (self.statement(kind), Vec::new())
            }
        };
        let signer = match (kind, self.random.below(4)) {
            (Kind::Approval, _) => 1 + self.random.below(3),
            (_, 0) => self.random.below(self.keys.len()),
            (_, 1) if !kind.is_of_the_ledger_itself() => 2,
            _ => 0,
        };
        self.submission(kind, &content, objects, signer)
    }

    fn try_append(&mut self, batch: Vec<Submission>) -> Result<(), WriteError> {
        self.now += self.random.below(3) as i64;
        let now = Timestamp::from_unix_seconds(self.now).unwrap();
        append(
            &mut self.store,
            &batch,
            &self.log_key,
            &Unguarded,
            now,
            Mode::Commit,
        )?;
        for submission in &batch {
            let content = &submission.record().content;
            let objects = content.objects();
            self.objects
                .extend(objects.iter().map(|object| object.digest));
        }
        Ok(())
    }

    fn step(&mut self, taken: &mut BTreeMap<&'static str, u64>) {
        let known = self.records.len();
        let mut batch = Vec::new();
        let many = self.random.one_in(3);
        for _ in 0..if many { 4 } else { 1 } {
            let submission = self.some_submission();
            if self.random.one_in(12) {
                self.drafts.push(submission);
                continue;
            }
            // Later records of a batch may name the earlier ones.
            self.records
                .push((submission.record().kind(), submission.digest()));
            batch.push(submission);
        }
        let before = dump(&self.store);
        let kinds: Vec<Kind> = batch.iter().map(|one| one.record().kind()).collect();
        let result = self.try_append(batch);
        match result {
            Ok(()) => {
                for kind in kinds {
                    *taken.entry(kind.as_str()).or_default() += 1;
                }
                let report = audit(&self.store, &Options::default(), &mut |_| {}).unwrap();
                assert!(report.is_ok(), "{:#?}", report);
                self.audit_what_is_new(&report);
            }
            Err(WriteError::Refused { .. } | WriteError::AlreadyRecorded { .. }) => {
                self.records.truncate(known);
                assert_eq!(dump(&self.store), before);
            }
            Err(error) => panic!("{error:?}"),
        }
    }
}

impl Desk {
    /// Whoever verified an earlier state needs to read only what is new.
    fn audit_what_is_new(&mut self, whole: &Report) {
        let checkpoints = self.store.checkpoints(0, usize::MAX >> 1).unwrap();
        let (size, note) = self.random.pick(&checkpoints).unwrap();
        let options = Options {
            since: vec![Held::new(note, None).unwrap()],
            scope: Scope::New,
            ..Options::default()
        };
        let report = audit(&self.store, &options, &mut |_| {}).unwrap();
        assert!(report.is_ok(), "since {size}: {report:#?}");
        assert_eq!(report.from, *size);
        assert_eq!(report.counts.entries, whole.size - size);
        assert_eq!((report.size, report.root), (whole.size, whole.root));
    }
}

fn latest_review(store: &SqliteStore, subject: &Digest) -> Option<Digest> {
    let index = store.index_of(subject).unwrap()?;
    let facts: Value = serde_json::from_str(&store.subject_facts(index).unwrap()?).unwrap();
    let review = facts["latestReview"].as_u64()?;
    Some(store.entries(review, 1).unwrap().first()?.record)
}

/// Everything that a store holds.
fn dump(store: &dyn Read) -> Vec<String> {
    let mut rows = vec![
        format!("{:?}", store.entries(0, usize::MAX >> 1).unwrap()),
        format!("{:?}", store.nodes(0, usize::MAX >> 1).unwrap()),
        format!("{:?}", store.checkpoints(0, usize::MAX >> 1).unwrap()),
    ];
    store
        .other_objects(&|_| false, &mut |digest, bytes| {
            rows.push(format!("{digest} {bytes:?}"))
        })
        .unwrap();
    store
        .derived(&mut |row| rows.push(format!("{row:?}")))
        .unwrap();
    rows.sort();
    rows
}

#[test]
fn what_the_writer_takes_an_audit_accepts() {
    let mut taken = BTreeMap::new();
    for seed in 0..SEQUENCES {
        let mut desk = Desk::founded(seed);
        for step in 0..STEPS {
            desk.step(&mut taken);
            if step % 8 == 7 {
                let before = dump(&desk.store);
                reindex(&mut desk.store as &mut dyn Store).unwrap();
                assert_eq!(dump(&desk.store), before, "seed {seed}, step {step}");
            }
        }
    }
    // A model that is refused everything shows nothing.
    assert_eq!(taken.len(), 16, "{taken:?}");
}
