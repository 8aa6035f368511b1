//! A desk: a folder with keys and a ledger, and the program run in it as an editor would.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ledger::log::{NoteSigner, SignedNote, VerifierKey, WitnessSigner};
use ledger::sign::{SecretKey, key_file};
use ledger::store::{Object, Read as _, SqliteStore, Store as _, StoredCosignature};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The moment at which everything happens, unless a test says otherwise.
pub const NOW: &str = "2026-11-20T10:00:00Z";

pub struct Desk {
    folder: TempDir,
}

impl Desk {
    /// An empty folder.
    pub fn empty() -> Self {
        Desk {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// A folder with the ledger `desk.ledger`, its owner ada and the editor ben.
    pub fn founded() -> Self {
        Self::with_approvals(1)
    }

    /// The same, with another policy.
    pub fn with_approvals(approvals: u8) -> Self {
        let desk = Desk::empty();
        desk.ok(&["key", "new", "ada", "--unencrypted"]);
        let ben = desk.ok(&["key", "new", "ben", "--unencrypted"]);
        let ben = ben["key"].as_str().expect("a did:key").to_owned();
        let approvals = approvals.to_string();
        desk.ok(&[
            "init",
            "desk.ledger",
            "--origin",
            "factdesk.example/2026",
            "--name",
            "Fact desk",
            "--approvals",
            &approvals,
            "--as",
            "ada",
        ]);
        desk.ok(&[
            "key", "enroll", &ben, "--holder", "Ben", "--role", "editor", "--as", "ada",
        ]);
        desk
    }

    /// A ledger with a record of every kind of our own work, and every kind of object.
    pub fn full() -> Self {
        let desk = Desk::founded();
        let article = desk.article("She said “no”.\r\nThen she left.\n");
        desk.write("snapshot.html", "<p>a snapshot</p>");
        let source = desk.source("snapshot.html");
        let claim = desk.claim(&article, "“no”");
        let other = desk.claim(&article, "she left");
        let review = desk.review_with(&claim, "verified", &source);
        desk.ok(&["approve", &review, "--as", "ben"]);
        desk.ok(&["correct", &claim, "--why", "A date", "--as", "ada"]);
        desk.ok(&["relate", &claim, "contradicts", &other, "--as", "ada"]);
        desk.ok(&[
            "respond",
            &claim,
            "--by",
            "She",
            "--text",
            "I said so.",
            "--received",
            "unknown",
            "--as",
            "ben",
        ]);
        assert_eq!(desk.findings(), Vec::<String>::new());
        desk
    }

    /// The same, and what others say too: a record of every kind.
    pub fn with_every_kind() -> Self {
        let desk = Desk::full();
        let (claim, article) = (desk.hash_of("claim"), desk.hash_of("article"));
        desk.write("statements.json", statements(&claim, &article).to_string());
        desk.ok(&["record", "statements.json", "--as", "ben"]);
        assert_eq!(desk.findings(), Vec::<String>::new());
        desk
    }

    /// The same as [`full`](Self::full), with an erasure and a cosignature: no table of the file is empty.
    pub fn with_every_row() -> Self {
        let desk = Desk::full();
        let other = desk.article("Erased later.\n");
        let reason = ["--reason", "By request", "--yes", "--as", "ada"];
        desk.ok(&[&["erase", &other], reason.as_slice()].concat());
        desk.cosign_last();
        desk
    }

    /// Has the witness of `fuzz/src/ledgers.rs` cosign the last checkpoint.
    pub fn cosign_last(&self) {
        let witness =
            WitnessSigner::new("witness.example", SecretKey::from_seed(&[201; 32])).unwrap();
        let mut store = SqliteStore::open(&self.ledger()).unwrap();
        let (size, note) = store.last_checkpoint().unwrap().unwrap();
        let note: SignedNote = note.parse().unwrap();
        let mut transaction = store.begin().unwrap();
        transaction
            .put_cosignature(&StoredCosignature {
                size,
                witness: witness.key().to_string(),
                line: witness.cosign(&note, 1_795_168_800).unwrap().to_string(),
            })
            .unwrap();
        transaction.commit().unwrap();
    }

    /// The bytes of an object of the ledger.
    pub fn object(&self, digest: &str) -> Vec<u8> {
        let store = SqliteStore::open_to_read(&self.ledger()).unwrap();
        match store.object(&digest.parse().unwrap()).unwrap() {
            Object::Present(bytes) => bytes,
            other => panic!("{digest}: {other:?}"),
        }
    }

    /// Another desk that is as this one is now.
    pub fn copy(&self) -> Self {
        let copy = Desk::empty();
        copy_folder(self.folder.path(), copy.folder.path());
        copy
    }

    /// What is in the folder, by name.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).expect("the desk's folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<String> = names.map(|n| n.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn ledger(&self) -> PathBuf {
        self.path("desk.ledger")
    }

    pub fn write(&self, name: &str, contents: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, contents).expect("a file in the desk's folder");
    }

    /// The program, in the desk's folder and with nothing of the caller's environment that it reads.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ledger"));
        command
            .current_dir(self.folder.path())
            .env("LEDGER_KEYS", "./keys")
            .env("LEDGER_STATE", "./state")
            .env("LEDGER_NOW", NOW)
            .env("LEDGER_SEED", "a desk in a test")
            .env_remove("LEDGER_FILE")
            .env_remove("LEDGER_EDITOR")
            .env_remove("NO_COLOR");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command()
            .args(arguments)
            .output()
            .expect("the program starts")
    }

    /// Runs a command that must succeed, and returns its JSON.
    pub fn ok(&self, arguments: &[&str]) -> Value {
        self.json(arguments, 0)
    }

    /// Runs a command that must end with this exit code, and returns its JSON.
    pub fn json(&self, arguments: &[&str], code: i32) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{stderr}");
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{arguments:?}: {error}"))
    }

    /// Runs a command that must fail, and returns what it says.
    pub fn fails(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        let stderr = String::from_utf8(output.stderr).expect("errors in UTF-8");
        assert_eq!(
            output.status.code(),
            Some(code),
            "{arguments:?}\n{stderr}\n{}",
            String::from_utf8_lossy(&output.stdout)
        );
        assert!(stderr.starts_with("error: "), "{arguments:?}: {stderr}");
        assert!(
            !stderr.contains("panicked") && !stderr.contains("RUST_BACKTRACE"),
            "{stderr}"
        );
        stderr
    }

    /// Runs a command that appends one record, and returns its hash.
    pub fn hash(&self, arguments: &[&str]) -> String {
        let answer = self.ok(arguments);
        answer["hash"].as_str().expect("a hash").to_owned()
    }

    /// The hash of the first record of this kind.
    pub fn hash_of(&self, kind: &str) -> String {
        let log = String::from_utf8(self.run(&["log", "--json"]).stdout).expect("UTF-8");
        let lines = log.lines().map(serde_json::from_str);
        let entries: Vec<Value> = lines.collect::<Result<_, _>>().expect("JSON");
        let of_kind = entries.iter().find(|entry| entry["kind"] == kind);
        of_kind.expect("a record of this kind")["hash"]
            .as_str()
            .expect("a hash")
            .to_owned()
    }

    /// Audits the ledger and returns the codes of the findings.
    pub fn findings(&self) -> Vec<String> {
        codes(&self.verify())
    }

    /// Audits the ledger.
    pub fn verify(&self) -> Value {
        verify(&self.ledger())
    }

    /// Size and root, to see that nothing changed.
    pub fn head(&self) -> (Value, Value) {
        let status = self.ok(&["status"]);
        (status["size"].clone(), status["root"].clone())
    }

    /// An article with the words of `text`.
    pub fn article(&self, text: &str) -> String {
        self.write("page.txt", text);
        self.hash(&[
            "add",
            "article",
            "page.txt",
            "--headline",
            "A page",
            "--published",
            "unknown",
            "--as",
            "ada",
        ])
    }

    /// A claim that quotes these words of an article.
    pub fn claim(&self, article: &str, quote: &str) -> String {
        self.hash(&[
            "add",
            "claim",
            "--article",
            article,
            "--quote",
            quote,
            "--speaker",
            "A. Speaker",
            "--kind",
            "direct-quote",
            "--as",
            "ada",
        ])
    }

    /// The log's key, as the ledger says.
    pub fn log_key(&self) -> String {
        let status = self.ok(&["status"]);
        status["logKey"].as_str().expect("a key").to_owned()
    }

    /// The log's own signer, from its key file.
    pub fn log_signer(&self) -> NoteSigner {
        let log: VerifierKey = self.log_key().parse().expect("a key");
        let pem = self.path(&format!("keys/log/{:08x}.pem", log.key_id()));
        let pem = std::fs::read_to_string(pem).expect("the log's key file");
        NoteSigner::new(log.name(), secret(&pem)).expect("a name")
    }

    /// The key of an editor, from its file.
    pub fn key(&self, name: &str) -> SecretKey {
        let pem = self.path(&format!("keys/{name}.pem"));
        secret(&std::fs::read_to_string(pem).expect("a key file"))
    }

    /// A source whose snapshot is this file.
    pub fn source(&self, file: &str) -> String {
        self.hash(&[
            "add",
            "source",
            file,
            "--title",
            "A snapshot",
            "--level",
            "primary",
            "--as",
            "ada",
        ])
    }

    /// Reviews a claim with a source that supports it. Returns the review's hash.
    pub fn review_with(&self, claim: &str, verdict: &str, source: &str) -> String {
        let evidence = format!("{source}:supports");
        self.review_on(claim, verdict, &["--evidence", &evidence])
    }

    /// A review of a claim with this verdict.
    pub fn review(&self, claim: &str, verdict: &str) -> String {
        self.review_on(claim, verdict, &[])
    }

    fn review_on(&self, claim: &str, verdict: &str, grounds: &[&str]) -> String {
        let review = ["review", claim, "--verdict", verdict];
        let said = ["--why", "We looked.", "--as", "ada"];
        self.hash(&[review.as_slice(), &said, grounds].concat())
    }
}

/// A dossier with one of each kind of what others say.
fn statements(claim: &str, article: &str) -> Value {
    json!({
        "foreign": [{
            "id": "f", "subject": claim, "by": { "name": "Elmet Checks" }, "form": "claim-review",
            "statement": "She said no.", "rating": { "value": "1", "best": "6" }, "published": "unknown",
        }],
        "observations": [{
            "id": "o", "subject": article, "url": "https://a.example/", "observed": NOW, "outcome": "gone",
        }],
        "disclosures": [{
            "id": "d", "subject": article, "by": { "name": "Elmet News" }, "disclosed": "unknown",
            "aiUse": { "stage": "translation", "description": "Read by an editor." },
        }],
        "consents": [
            {
                "id": "c", "subject": claim, "person": { "name": "She" }, "decision": "given",
                "scope": ["quote"], "date": "unknown",
            },
            {
                "id": "w", "subject": claim, "person": { "name": "She" }, "decision": "withdrawn",
                "scope": ["quote"], "date": "unknown", "withdraws": "c",
            },
        ],
    })
}

/// Reads a key that is not encrypted.
pub fn secret(pem: &str) -> SecretKey {
    key_file::from_pem(pem, None).expect("a key that is not encrypted")
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        match entry.file_type().expect("a type").is_dir() {
            true => copy_folder(&entry.path(), &to),
            false => std::fs::copy(entry.path(), to).map(drop).expect("a copy"),
        }
    }
}

/// Audits a ledger file.
pub fn verify(ledger: &Path) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_ledger"))
        .args(["verify", "--json"])
        .arg(ledger)
        .env("LEDGER_KEYS", "/nonexistent")
        .output()
        .expect("the program starts");
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let expected = match (codes(&report).is_empty(), report["ok"] == true) {
        (true, true) => 0,
        (true, false) => 3,
        (false, _) => 1,
    };
    assert_eq!(output.status.code(), Some(expected), "{report:#}");
    report
}

/// The codes of a report's findings.
pub fn codes(report: &Value) -> Vec<String> {
    let findings = report["findings"].as_array().expect("a list of findings");
    findings
        .iter()
        .map(|finding| finding["code"].as_str().expect("a code").to_owned())
        .collect()
}
