//! `ledger demo`: a whole life in one command.
//!
//! Every step is a command that the reader could have typed, run in this process.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use crate::cli::answer::{Answer, bold, dim};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::key_store::io_error;

/// Watch a whole life: keys, articles, claims, reviews, approvals, a correction, and a check
///
/// Records the project's own example, a dossier about the film Backrooms, with fresh keys in a new folder.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger demo
  ledger demo try-it")]
pub struct Arguments {
    /// The folder to work in; else a new one for temporary files
    folder: Option<PathBuf>,
}

/// The example dossier, as it stands in the folder `ledger` of the sources.
const DOSSIER: [(&str, &str); 6] = [
    ("dossier.toml", include_str!("../../../ledger/dossier.toml")),
    (
        "articles/backrooms-explainer.txt",
        include_str!("../../../ledger/articles/backrooms-explainer.txt"),
    ),
    (
        "articles/parsons-ai.txt",
        include_str!("../../../ledger/articles/parsons-ai.txt"),
    ),
    (
        "sources/news-page.txt",
        include_str!("../../../ledger/sources/news-page.txt"),
    ),
    (
        "sources/partnership.txt",
        include_str!("../../../ledger/sources/partnership.txt"),
    ),
    (
        "sources/yellow-rooms.txt",
        include_str!("../../../ledger/sources/yellow-rooms.txt"),
    ),
];

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let folder = match &arguments.folder {
        Some(folder) => folder.clone(),
        None => {
            let random = context.random("folder of the demo")?;
            let name = format!(
                "ledger-demo-{}",
                base16ct::lower::encode_string(&random[..8])
            );
            std::env::temp_dir().join(name)
        }
    };
    if fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(
            CliError::failed(format!("{} is not empty", folder.display()))
                .hint("name a new folder; nothing is overwritten"),
        );
    }
    for (name, contents) in DOSSIER {
        let path = folder.join("dossier").join(name);
        let parent = path.parent().expect("a file in the dossier's folder");
        fs::create_dir_all(parent).map_err(|error| io_error("cannot make", parent, error))?;
        fs::write(&path, contents).map_err(|error| io_error("cannot write", &path, error))?;
    }
    let mut stage = Stage::new(&folder, context);
    stage.say("Two editors make their keys.");
    stage.step(&["key", "new", "ada", "--unencrypted"])?;
    let ben = stage.step(&["key", "new", "ben", "--unencrypted"])?;
    let ben = text_of(&ben, "key")?;

    stage.say("Ada makes the ledger and enrols Ben.");
    let origin = ["--origin", "backrooms.example/2026"];
    let name = ["--name", "Backrooms fact desk"];
    let init = [
        &["init", "DIR/desk.ledger"],
        &origin[..],
        &name[..],
        &["--as", "ada"],
    ];
    stage.step(&init.concat())?;
    let role = ["--role", "editor", "--as", "ada"];
    stage.step(&[&["key", "enroll", &ben, "--holder", "Ben"], &role[..]].concat())?;

    stage.say(
        "A dossier of articles, sources, claims, reviews and relations: all of it or nothing.",
    );
    let recorded = stage.step(&["record", "DIR/dossier/dossier.toml", "--as", "ada"])?;
    let claim = first_of(&recorded, "claim")?;

    stage.say("A review counts when another editor has approved it.");
    for review in all_of(&recorded, "review") {
        stage.step(&["approve", &review, "--as", "ben"])?;
    }

    stage.say("What was recorded stays; a correction says what was wrong with it.");
    let why = "The summary leaves open on which day it was said.";
    let kind = ["--kind", "clarification", "--why", why, "--as", "ada"];
    stage.step(&[&["correct", &claim], &kind[..]].concat())?;

    stage.say("An auditor checks everything.");
    let report = stage.step(&["verify"])?;

    stage.say("A reader checks one claim by the hash printed beside it.");
    stage.step(&["check", &claim])?;

    let shown = folder.display();
    stage.text.push_str(&format!(
        "{}\n  cd {shown}\n  export LEDGER_KEYS=./keys LEDGER_STATE=./state\n  ledger status\n  ledger log\n  ledger show {claim} --signed\n  sqlite3 desk.ledger 'SELECT hash, state, verdict, text FROM claims'\n",
        bold("Try next")
    ));
    let json = json!({
        "format": 1,
        "folder": folder,
        "ledger": folder.join("desk.ledger"),
        "claim": claim,
        "ok": report["ok"],
        "size": report["size"],
        "root": report["root"],
    });
    Ok(Answer::new(stage.text, json))
}

/// Where the steps are played.
struct Stage<'a> {
    folder: &'a Path,
    context: &'a Context,
    text: String,
}

impl<'a> Stage<'a> {
    fn new(folder: &'a Path, context: &'a Context) -> Self {
        Stage {
            folder,
            context,
            text: String::new(),
        }
    }

    fn say(&mut self, line: &str) {
        self.text.push_str(&format!("{}\n", bold(line)));
    }

    /// Runs a command as if it was typed in the demo's folder, which `DIR/` stands for.
    fn step(&mut self, words: &[&str]) -> Result<Value, CliError> {
        let shown: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        self.text
            .push_str(&dim(&format!("$ ledger {}", shown.join(" "))));
        self.text.push('\n');
        let path = |name: &str| self.folder.join(name).into_os_string();
        let words = words.iter().map(|word| match word.strip_prefix("DIR/") {
            Some(name) => path(name),
            None => (*word).into(),
        });
        let mut command = vec!["ledger".into()];
        command.extend(["--keys".into(), path("keys")]);
        command.extend(["--state".into(), path("state")]);
        command.extend(["--ledger".into(), path("desk.ledger")]);
        if let Some(now) = self.context.fixed_now() {
            command.extend(["--now".into(), now.to_string().into()]);
        }
        command.extend(words);
        let answer = crate::cli::answer(command)?;
        self.text.push_str(&answer.text());
        self.text.push('\n');
        Ok(answer.json())
    }
}

/// Quotes a word for the shell, where it needs it.
fn quoted(word: &str) -> String {
    let word = word.strip_prefix("DIR/").unwrap_or(word);
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:+=".contains(c);
    match word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

fn text_of(answer: &Value, field: &str) -> Result<String, CliError> {
    match answer[field].as_str() {
        Some(text) => Ok(text.to_owned()),
        None => Err(CliError::failed(format!("no {field} in the answer"))),
    }
}

fn all_of(answer: &Value, kind: &str) -> Vec<String> {
    let records = answer["records"].as_array().into_iter().flatten();
    records
        .filter(|record| record["kind"] == kind)
        .filter_map(|record| record["hash"].as_str().map(str::to_owned))
        .collect()
}

fn first_of(answer: &Value, kind: &str) -> Result<String, CliError> {
    let all = all_of(answer, kind);
    all.into_iter()
        .next()
        .ok_or_else(|| CliError::failed(format!("no {kind} in the dossier")))
}
