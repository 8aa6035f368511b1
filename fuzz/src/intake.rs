//! What editors are handed: pages in HTML and Markdown, WARC files, texts in which claims are looked for, and what
//! others state in formats of theirs.

use ledger::canonical::{ArticleText, Digest, json};
use ledger::exchange::{self, Library, MAX_STATEMENTS as MAX_IMPORTED};
use ledger::ingest::dossier::{Dossier, Draft, Surroundings};
use ledger::ingest::metadata::{MAX_STATEMENTS, MAX_VALUE_LEN};
use ledger::ingest::quotes::{self, MAX_PROPOSALS};
use ledger::ingest::warc::{self as warcs, Exchange};
use ledger::ingest::{Circumstances, Page};
use ledger::record::{Content, MAX_RECORD_LEN, Record, Salt};
use ledger::sign::Did;
use ledger::store::StoreError;
use serde_json::json;

/// A page in HTML, in any encoding, gives a text that is normal and statements within their bounds, or is refused.
pub fn html(bytes: &[u8]) {
    page("page.html", bytes);
}

/// The same of a page in Markdown.
pub fn markdown(bytes: &[u8]) {
    page("page.md", bytes);
}

fn page(name: &str, bytes: &[u8]) {
    let known = Circumstances {
        name: name.to_owned(),
        ..Circumstances::default()
    };
    let Ok(page) = Page::read(bytes.to_vec(), &known) else {
        return;
    };
    assert_eq!(page.original, bytes);
    assert_normal(&page.text);
    assert!(page.metadata.stated.len() <= MAX_STATEMENTS);
    for stated in &page.metadata.stated {
        assert!(stated.value.as_str().chars().count() <= MAX_VALUE_LEN);
    }
}

fn assert_normal(text: &ArticleText) {
    let again = ArticleText::normalize(text.as_str().as_bytes());
    assert_eq!(again.as_ref(), Ok(text));
}

/// A WARC file gives one page or says why not. What was written of an exchange, with these bytes as its answer, gives them
/// back.
pub fn warc(bytes: &[u8]) {
    const URL: &str = "https://a.example/";
    if let Ok(capture) = warcs::page(bytes, None) {
        let named = warcs::page(bytes, Some(&capture.url));
        assert_eq!(named.as_ref(), Ok(&capture));
    }
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n";
    let written = warcs::write(&[Exchange {
        url: URL.to_owned(),
        time: "2026-11-20T10:00:00Z".parse().expect("a time"),
        request: b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n".to_vec(),
        response: [head, bytes].concat(),
    }]);
    let read = warcs::page(&written, None).expect("what was written can be read");
    assert_eq!(read.url, URL);
    assert_eq!(read.body, bytes);
}

/// Claims that are proposed of a text stand in it where they are said to stand, and the dossier of them can be recorded as soon
/// as each has a speaker.
pub fn quotes(bytes: &[u8]) {
    let Ok(text) = ArticleText::normalize(bytes) else {
        return;
    };
    let found = quotes::propose(&text);
    assert!(found.proposals.len() <= MAX_PROPOSALS);
    for (_, place) in &found.suspicions {
        assert!(text.slice(place.start as u64..place.end as u64).is_some());
    }
    let mut dossier = found.to_dossier(&text, &Digest::of(bytes));
    for claim in dossier["claims"].as_array_mut().expect("a list") {
        if claim.get("speaker").is_none() {
            claim["speaker"] = json!({ "name": "Somebody" });
        }
    }
    let dossier = json::to_vec(&dossier).expect("a dossier is JSON");
    let dossier = Dossier::from_json(&dossier).expect("what was proposed can be read");
    let mut desk = Desk { text, count: 0 };
    dossier
        .seal_all(&mut desk)
        .expect("a claim with a speaker is one");
    assert_eq!(desk.count, found.proposals.len());
}

/// A desk in memory with this text as its only article.
struct Desk {
    text: ArticleText,
    count: usize,
}

impl Surroundings for Desk {
    fn file(&self, name: &str) -> Result<Vec<u8>, String> {
        Err(format!("no file {name}"))
    }

    fn text_of(&self, _: &Digest) -> Result<Option<ArticleText>, String> {
        Ok(Some(self.text.clone()))
    }

    fn seal(&mut self, draft: Draft) -> Result<Digest, String> {
        self.count += 1;
        Ok(Digest::of(draft.id.as_bytes()))
    }
}

/// Statements of others that were read can be recorded as they are, and the words that they speak of stand in the article.
pub fn import(bytes: &[u8]) {
    let shelf = Shelf {
        text: ArticleText::normalize(
            b"She said no, and left.\nThe bridge is \xe2\x80\x9csafe\xe2\x80\x9d.\n",
        )
        .expect("text"),
    };
    let Ok(import) = exchange::import(bytes, &shelf) else {
        return;
    };
    assert!(import.statements.len() <= MAX_IMPORTED);
    for statement in import.statements {
        if let Some(passage) = &statement.passage {
            let found = shelf.text.slice(passage.start..passage.end);
            assert_eq!(found, Some(passage.exact.as_str()));
        }
        let record = Record {
            ledger: "factdesk.example/2026".parse().expect("an origin"),
            editor: Did::from_bytes([1; 32]),
            created: "2026-11-20T10:00:00Z".parse().expect("a time"),
            salt: Salt::from_bytes([0; 16]),
            content: Content::Foreign(statement),
        };
        // A long one is refused when it is appended.
        if bytes.len() < MAX_RECORD_LEN / 4 {
            let written = record.to_bytes().expect("a statement is a record");
            assert_eq!(Record::parse(&written).as_ref(), Ok(&record));
        }
    }
}

/// A ledger that has every subject, and one article at one address.
struct Shelf {
    text: ArticleText,
}

impl Library for Shelf {
    fn has_subject(&self, _: &Digest) -> Result<bool, StoreError> {
        Ok(true)
    }

    fn articles(&self, source: &str) -> Result<Vec<(Digest, ArticleText)>, StoreError> {
        Ok(match source {
            "https://a.example/" => vec![(Digest::of(b"article"), self.text.clone())],
            _ => Vec::new(),
        })
    }
}
