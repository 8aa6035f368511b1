//! A made-up newsroom: ledgers of any size, of all that a real one holds, and the same bytes for the same size.

use std::path::Path;

use ledger::canonical::{ArticleText, Digest, Timestamp};
use ledger::log::NoteSigner;
use ledger::record::{Content, Kind, Origin, Record, Salt};
use ledger::sign::SecretKey;
use ledger::store::{SqliteStore, Store, StoreError};
use ledger::writer::{self, Mode, Submission, Unguarded};
use serde_json::{Value, json};

pub const ORIGIN: &str = "bench.example/2026";

/// Stories that are recorded in one transaction.
const STORIES: u64 = 50;
/// Quotes in a story; every second one is reviewed.
const QUOTES: u64 = 8;
const START: i64 = 1_795_168_800;

const WORDS: [&str; 32] = [
    "bridge",
    "council",
    "water",
    "budget",
    "school",
    "doctor",
    "river",
    "market",
    "energy",
    "court",
    "harbour",
    "report",
    "minister",
    "price",
    "forest",
    "station",
    "vote",
    "museum",
    "winter",
    "factory",
    "teacher",
    "island",
    "signal",
    "garden",
    "permit",
    "engine",
    "letter",
    "survey",
    "tunnel",
    "committee",
    "patient",
    "harvest",
];

/// The keys of two editors and of the log, and dice that always fall the same way.
pub struct Newsroom {
    ada: SecretKey,
    ben: SecretKey,
    log: NoteSigner,
    dice: u64,
    now: i64,
}

/// Returns the numbers among the command's arguments, or else `usual`.
pub fn sizes(usual: &[u64]) -> Vec<u64> {
    let named: Vec<u64> = std::env::args()
        .filter_map(|word| word.parse().ok())
        .collect();
    match named.is_empty() {
        true => usual.to_vec(),
        false => named,
    }
}

impl Newsroom {
    /// Founds a ledger in a new file.
    pub fn found(path: &Path) -> (Self, SqliteStore) {
        let newsroom = Newsroom {
            ada: SecretKey::from_seed(&[1; 32]),
            ben: SecretKey::from_seed(&[2; 32]),
            log: NoteSigner::new(ORIGIN, SecretKey::from_seed(&[3; 32])).unwrap(),
            dice: 0x9e37_79b9_7f4a_7c15,
            now: START,
        };
        SqliteStore::create::<_, StoreError>(path, |store| {
            newsroom.append(store, newsroom.founding());
            Ok(())
        })
        .unwrap();
        (newsroom, SqliteStore::open(path).unwrap())
    }

    /// Writes and signs the stories of one transaction.
    pub fn stories(&mut self) -> Vec<Submission> {
        (0..STORIES).flat_map(|_| self.story()).collect()
    }

    /// Appends what was signed, in one transaction.
    pub fn append(&self, store: &mut dyn Store, batch: Vec<Submission>) {
        let now = self.now();
        writer::append(store, &batch, &self.log, &Unguarded, now, Mode::Commit).unwrap();
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.now).unwrap()
    }

    fn roll(&mut self) -> u64 {
        // xorshift64: any sequence will do, so long as it is always the same.
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        self.dice
    }

    fn sentence(&mut self) -> String {
        let len = 6 + self.roll() % 10;
        let words: Vec<&str> = (0..len)
            .map(|_| WORDS[(self.roll() % WORDS.len() as u64) as usize])
            .collect();
        // A number makes each sentence the only one of its kind.
        format!("The {} {}.", words.join(" "), self.roll() % 1_000_000_000)
    }

    fn sign(
        &self,
        key: &SecretKey,
        kind: Kind,
        content: &Value,
        objects: Vec<Vec<u8>>,
    ) -> Submission {
        let content = Content::from_json(kind, content).unwrap();
        let salt = Digest::of(content.to_json().to_string().as_bytes());
        let (salt, _) = salt.as_bytes().split_first_chunk().unwrap();
        let record = Record {
            ledger: Origin::try_from(ORIGIN.to_owned()).unwrap(),
            editor: key.public().did(),
            created: self.now(),
            salt: Salt::from_bytes(*salt),
            content,
        };
        Submission::sign(record, objects, key, self.now()).unwrap()
    }

    fn founding(&self) -> Vec<Submission> {
        let key = |key: &SecretKey, name: &str, role: &str| json!({ "key": key.public().did(), "holder": { "name": name }, "role": role });
        let ledger = json!({
            "origin": ORIGIN,
            "name": "A newsroom",
            "owners": [self.ada.public().did()],
            "logKey": self.log.key().to_string(),
            "policy": { "approvals": 1 },
        });
        vec![
            self.sign(&self.ada, Kind::Ledger, &ledger, vec![]),
            self.sign(
                &self.ada,
                Kind::Key,
                &key(&self.ada, "Ada", "owner"),
                vec![],
            ),
            self.sign(
                &self.ada,
                Kind::Key,
                &key(&self.ben, "Ben", "editor"),
                vec![],
            ),
        ]
    }

    /// An article, a source, quotes from the article, and reviews of half of them, approved by the other editor.
    fn story(&mut self) -> Vec<Submission> {
        self.now += 60;
        let quotes: Vec<String> = (0..QUOTES).map(|_| self.sentence()).collect();
        let paragraphs: Vec<String> = (quotes.iter())
            .map(|quote| format!("{} \"{quote}\" {}", self.sentence(), self.sentence()))
            .collect();
        let text = ArticleText::normalize(paragraphs.join("\n\n").as_bytes()).unwrap();
        let text = text.as_str();
        let headline = self.sentence();
        let article = json!({
            "headline": headline,
            "url": format!("https://news.example/{}", self.roll()),
            "publisher": { "name": "The Example" },
            "published": "2026-11-19",
            "text": {
                "digest": Digest::of(text.as_bytes()),
                "mediaType": "text/plain",
                "size": text.len(),
                "normalizer": "text/1",
            },
        });
        let object = text.as_bytes().to_vec();
        let article = self.sign(&self.ada, Kind::Article, &article, vec![object]);
        let source = json!({
            "title": headline,
            "url": format!("https://source.example/{}", self.roll()),
            "published": "unknown",
            "level": "primary",
        });
        let source = self.sign(&self.ada, Kind::Source, &source, vec![]);
        let mut records = vec![article.clone(), source.clone()];
        for (i, quote) in quotes.iter().enumerate() {
            // The text is ASCII: bytes are code points.
            let start = text.find(quote.as_str()).expect("the article quotes it");
            let end = start + quote.len();
            let claim = json!({
                "text": quote,
                "kind": "direct-quote",
                "checkability": "checkable",
                "speaker": { "name": format!("Speaker {}", self.roll() % 10_000) },
                "said": "unknown",
                "appearances": [{
                    "article": article.digest(),
                    "exact": quote,
                    "prefix": &text[start.saturating_sub(32)..start],
                    "suffix": &text[end..(end + 32).min(text.len())],
                    "start": start,
                    "end": end,
                }],
                "sources": [{ "source": source.digest(), "stance": "supports" }],
            });
            let claim = self.sign(&self.ada, Kind::Claim, &claim, vec![]);
            let subject = claim.digest();
            records.push(claim);
            if i % 2 == 1 {
                continue;
            }
            let review = json!({
                "subject": subject,
                "verdict": "verified",
                "explanation": self.sentence(),
                "evidence": [{ "source": source.digest(), "stance": "supports" }],
            });
            let review = self.sign(&self.ada, Kind::Review, &review, vec![]);
            let approval = json!({ "review": review.digest() });
            let approval = self.sign(&self.ben, Kind::Approval, &approval, vec![]);
            records.extend([review, approval]);
        }
        records
    }
}
