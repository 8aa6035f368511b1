//! A desk with one decided claim, for what goes out in other formats and comes back.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::desk::Desk;
use super::schema;

/// A decided claim with a speaker, in an article with an address and a wide character before the quote.
pub struct Told {
    pub desk: Desk,
    pub article: String,
    pub claim: String,
}

pub const URL: &str = "https://news.example/bridge";

pub const TEXT: &str =
    "🔩 The bridge 🔩\n\n“It carries 40,000 cars,” said Jane Roe. It carries cars.\n";

impl Told {
    /// A desk like that of [`new`](Self::new), with a correction of the article.
    pub fn corrected() -> Self {
        let told = Told::new();
        let why = ["--why", "The number was wrong", "--as", "ada"];
        told.desk
            .ok(&[&["correct", &told.article], why.as_slice()].concat());
        told
    }

    pub fn new() -> Self {
        let desk = Desk::founded();
        desk.write("page.txt", TEXT);
        let article = desk.hash(&[
            "add",
            "article",
            "page.txt",
            "--headline",
            "The bridge",
            "--published",
            "2026-11-18",
            "--url",
            URL,
            "--as",
            "ada",
        ]);
        let claim = desk.claim(&article, "It carries 40,000 cars,");
        let source = desk.hash(&[
            "add",
            "source",
            "--title",
            "A count",
            "--level",
            "primary",
            "--url",
            "https://count.example/",
            "--as",
            "ada",
        ]);
        let evidence = format!("{source}:refutes");
        let review = desk.hash(&[
            "review",
            &claim,
            "--verdict",
            "mostly-false",
            "--why",
            "We counted 14.",
            "--evidence",
            &evidence,
            "--as",
            "ada",
        ]);
        desk.ok(&["approve", &review, "--as", "ben"]);
        Told {
            desk,
            article,
            claim,
        }
    }

    /// Exports, and returns what was written and what was said to be lost.
    pub fn export(&self, arguments: &[&str]) -> (String, String) {
        let output = self.desk.run(&[&["export"], arguments].concat());
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{said}");
        (String::from_utf8(output.stdout).unwrap(), said)
    }

    pub fn export_json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.export(arguments).0).unwrap()
    }

    /// Imports a document, and returns the contents of what was recorded with the losses.
    pub fn import(&self, document: &str) -> (Vec<Value>, Value) {
        self.desk.write("in.json", document);
        let told = self.desk.ok(&["import", "in.json", "--as", "ada"]);
        schema::assert_valid("cli/import", &told);
        let items = told["receipt"]["records"].as_array().unwrap().iter();
        let contents = items.map(|item| {
            let shown = self.desk.ok(&["show", item["hash"].as_str().unwrap()]);
            shown["record"]["content"].clone()
        });
        (contents.collect(), told["losses"].clone())
    }

    /// Sees that an import is refused and changes nothing.
    #[track_caller]
    pub fn refuses(&self, document: &str, says: &str) {
        self.desk.write("in.json", document);
        let before = self.desk.head();
        let started = Instant::now();
        let message = self.desk.fails(&["import", "in.json", "--as", "ada"], 1);
        assert!(started.elapsed() < Duration::from_secs(20));
        assert!(message.contains(says), "expected {says:?} in: {message}");
        assert!(message.contains("nothing was appended"), "{message}");
        assert_eq!(self.desk.head(), before);
    }
}

/// The fields of losses with this fate.
pub fn fates(losses: &Value, fate: &str) -> Vec<String> {
    let losses = losses.as_array().unwrap().iter();
    losses
        .filter(|loss| loss["fate"] == fate)
        .map(|loss| loss["field"].as_str().unwrap().to_owned())
        .collect()
}
