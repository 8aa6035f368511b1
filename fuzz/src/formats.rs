//! What people write and sign: JSON, records, entries, dossiers, key files.

use std::fmt::Display;
use std::str::FromStr;

use ledger::canonical::{ArticleText, Date, Digest, Timestamp, json};
use ledger::ingest::dossier::{Dossier, Draft, Surroundings};
use ledger::log::{Entry, Hash, NoteSignature, VerifierKey, WitnessKey};
use ledger::record::{Content, Record};
use ledger::sign::key_file::{self, Protection};
use ledger::sign::{Did, SecretKey};
use ledger::writer::signed_records;
use serde_json::Value;

/// Canonical JSON is written as it was read; JSON in a free layout has one canonical form.
pub fn canonical_json(bytes: &[u8]) {
    let canonical = json::check(bytes).is_ok();
    let Ok(value) = json::from_handwritten::<Value>(bytes) else {
        assert!(!canonical, "canonical JSON is JSON in a free layout too");
        return;
    };
    let written = json::to_vec(&value).expect("what was read can be written");
    assert_eq!(canonical, written == bytes);
    assert_eq!(json::from_canonical::<Value>(&written), Ok(value));
}

/// Values of one line (digests, times, keys, signature lines) are written as they were read.
pub fn line_values(bytes: &[u8]) {
    fn same<T: FromStr + Display>(text: &str) {
        if let Ok(value) = text.parse::<T>() {
            assert_eq!(value.to_string(), text);
        }
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    same::<Digest>(text);
    same::<Timestamp>(text);
    same::<Date>(text);
    same::<Did>(text);
    same::<Hash>(text);
    same::<VerifierKey>(text);
    same::<WitnessKey>(text);
    same::<NoteSignature>(text);
}

/// A record is written as it was read, and so is its content alone.
pub fn record(bytes: &[u8]) {
    let Ok(record) = Record::parse(bytes) else {
        return;
    };
    assert_eq!(record.to_bytes().as_deref(), Ok(bytes));
    let content = Content::from_json(record.kind(), &record.content.to_json());
    assert_eq!(content.as_ref(), Ok(&record.content));
    record.content.references();
    record.content.objects();
}

/// Signed records are written as they were read, with their objects.
pub fn signed_records(bytes: &[u8]) {
    if let Ok(submissions) = signed_records::parse(bytes) {
        let written = signed_records::to_bytes(&submissions);
        assert_eq!(written.expect("what was read can be written"), bytes);
    }
}

/// An entry is written as it was read.
pub fn entry(bytes: &[u8]) {
    if let Ok(entry) = Entry::parse(bytes) {
        assert_eq!(entry.to_bytes().as_deref(), Ok(bytes));
    }
}

/// A dossier, in JSON or in TOML, gives contents of which records can be made, or says why not.
pub fn dossier(bytes: &[u8]) {
    let json = Dossier::from_json(bytes).ok();
    let text = std::str::from_utf8(bytes).ok();
    let toml = text.and_then(|text| Dossier::from_toml(text).ok());
    for dossier in json.into_iter().chain(toml) {
        // What one item lacks is found there; the items before it are sealed.
        let _ = dossier.seal_all(&mut Desk);
    }
}

/// A desk in memory, with one article in its ledger and one page in its folder.
struct Desk;

const PAGE: &str =
    "The bridge opened in 2019.\n\n\"It carries 40,000 cars a day,\" said Jane Roe.\n";

impl Surroundings for Desk {
    fn file(&self, name: &str) -> Result<Vec<u8>, String> {
        match name {
            "bridge.txt" => Ok(PAGE.as_bytes().to_vec()),
            "bridge.html" => Ok(b"<p>a page</p>".to_vec()),
            other => Err(format!("no file {other}")),
        }
    }

    fn text_of(&self, record: &Digest) -> Result<Option<ArticleText>, String> {
        match record.to_string().ends_with('0') {
            true => Ok(None),
            false => (ArticleText::normalize(PAGE.as_bytes()).map(Some)).map_err(|e| e.to_string()),
        }
    }

    fn seal(&mut self, draft: Draft) -> Result<Digest, String> {
        let record = Record {
            ledger: "factdesk.example/2026"
                .to_owned()
                .try_into()
                .expect("an origin"),
            editor: SecretKey::from_seed(&[1; 32]).public().did(),
            created: "2026-11-20T10:00:00Z".parse().expect("a time"),
            salt: "000102030405060708090a0b0c0d0e0f"
                .to_owned()
                .try_into()
                .expect("a salt"),
            content: draft.content,
        };
        let bytes = record.to_bytes().map_err(|error| error.to_string())?;
        assert_eq!(Record::parse(&bytes), Ok(record));
        Ok(Digest::of(&bytes))
    }
}

/// A key file that can be read gives a key that can be written, and is the same when it is read again.
pub fn key_file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    for passphrase in [None, Some("correct horse")] {
        if let Ok(key) = key_file::from_pem(text, passphrase) {
            let pem = key_file::to_pem(&key, Protection::None).expect("a key can be written");
            let read = key_file::from_pem(&pem, None).expect("what was written can be read");
            assert_eq!(read.public(), key.public());
        }
    }
}
