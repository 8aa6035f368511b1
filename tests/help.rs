//! Help texts: every example runs, and `docs/cli.md` says what the program says.

mod support;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use clap::Arg;
use ledger::ingest::credentials;
use serde_json::Value;
use support::desk::Desk;
use support::serving::Serving;

#[test]
fn every_command_has_two_examples_in_its_help() {
    let desk = Desk::empty();
    for (path, command) in commands() {
        let examples = examples(&command);
        assert!(examples.len() >= 2, "{path}: {examples:?}");
        let mut words: Vec<&str> = path.split(' ').skip(1).collect();
        words.push("--help");
        let output = desk.run(&words);
        assert_eq!(output.status.code(), Some(0), "{path}");
        let help = String::from_utf8(output.stdout).unwrap();
        assert!(help.contains("\nExamples:\n"), "{path}: {help}");
        for example in &examples {
            let calls = [format!("{path} "), format!("{path}\n")];
            let called = calls
                .iter()
                .any(|call| format!("{example}\n").contains(call));
            assert!(called, "{path} has an example of something else: {example}");
        }
    }
}

#[test]
fn every_example_runs() {
    let prepared = Prepared::new();
    for (path, command) in commands() {
        for example in examples(&command) {
            prepared.run(&path, &example);
        }
    }
}

#[test]
fn reference_is_what_the_program_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md");
    let expected = reference();
    if std::env::var_os("BLESS").is_some_and(|value| value == "1") {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &expected).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    let differing = std::iter::zip(expected.lines(), found.lines())
        .enumerate()
        .find(|(_, (expected, found))| expected != found);
    assert!(
        expected == found,
        "docs/cli.md is not what the program says, from {differing:?}; BLESS=1 cargo test --test help rewrites it"
    );
}

/// A folder with all that the examples name, copied for each of them.
struct Prepared {
    desk: Desk,
    variables: Vec<(&'static str, String)>,
    /// Cosigns this ledger, whose copies are all alike.
    _witness: Serving,
}

impl Prepared {
    fn new() -> Self {
        let desk = Desk::founded();
        desk.ok(&["key", "new", "cleo", "--unencrypted"]);
        desk.write("page.txt", PAGE);
        desk.write("snapshot.html", "<!DOCTYPE html><p>The film, a snapshot\n");
        desk.write("page.html", HTML);
        desk.write("dossier.json", DOSSIER);
        desk.write("reviews.json", REVIEWS);
        desk.write("passphrase.txt", "correct horse battery staple\n");
        // Not as in the examples: they record theirs after it.
        let article = desk.hash(&[
            "add",
            "article",
            "page.txt",
            "--headline",
            "The page before",
            "--published",
            "unknown",
            "--as",
            "ada",
        ]);
        desk.write("revised.txt", PAGE.replace("asked", "told"));
        let revised = desk.hash(&[
            "add",
            "article",
            "revised.txt",
            "--headline",
            "The page after",
            "--published",
            "unknown",
            "--revises",
            &article,
            "--as",
            "ada",
        ]);
        let source = desk.hash(&[
            "add",
            "source",
            "snapshot.html",
            "--title",
            "The snapshot before",
            "--level",
            "primary",
            "--as",
            "ada",
        ]);
        desk.write(
            "photo.jpg",
            b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9",
        );
        desk.write("authorities.pem", AUTHORITY);
        let claim = desk.claim(&article, "make it disappear");
        let consent = desk.hash(&[
            "consent",
            &claim,
            "--decision",
            "given",
            "--by",
            "S",
            "--scope",
            "quote",
            "--date",
            "2026-06-03",
            "--as",
            "ada",
        ]);
        let other_claim = desk.claim(&article, "Nobody asked him");
        let review = desk.review(&claim, "unproven");
        let approve = ["approve", &review, "--as", "ben"];
        desk.ok(&[&approve[..], &["--sign-only", "from-ben.json"]].concat());
        desk.ok(&["prove", &claim, "-o", "kept.proof.json"]);
        desk.ok(&["publish", "published"]);
        desk.write("kept.checkpoint", desk.run(&["checkpoint"]).stdout);
        let log_key = desk.ok(&["status"])["logKey"].as_str().unwrap().to_owned();
        let key = |name: &str| fs::read_to_string(desk.path(&format!("keys/{name}.pub"))).unwrap();
        desk.ok(&["witness", "new", "north.example"]);
        let witness = Serving::start(&desk, &["--log", &log_key]);
        // A policy with another witness; the examples add this one.
        let other = Desk::empty().ok(&["witness", "new", "before.example"])["key"].clone();
        desk.ok(&["witness", "add", other.as_str().unwrap()]);
        let variables = vec![
            ("BEN", key("ben").trim().to_owned()),
            ("CLEO", key("cleo").trim().to_owned()),
            ("ARTICLE", article),
            ("REVISED", revised),
            ("SOURCE", source),
            ("CLAIM", claim),
            ("CONSENT", consent),
            ("OTHER_CLAIM", other_claim),
            ("REVIEW", review),
            ("LOG_KEY", log_key),
            ("WITNESS_KEY", witness.key.clone()),
            ("WITNESS_URL", witness.url.clone()),
        ];
        Prepared {
            desk,
            variables,
            _witness: witness,
        }
    }

    /// Runs an example in a copy of the folder, as a reader would paste it.
    fn run(&self, path: &str, example: &str) {
        let copy = Desk::empty();
        copy_folder(&self.desk.path(""), &copy.path(""));
        let program = Path::new(env!("CARGO_BIN_EXE_ledger"));
        let beside = std::env::var_os("PATH").unwrap_or_default();
        let mut folders = vec![program.parent().unwrap().to_owned()];
        folders.extend(std::env::split_paths(&beside));
        let before = copy.command();
        let mut shell = Command::new("sh");
        shell.args(["-euc", &ending(example)]);
        shell.current_dir(before.get_current_dir().unwrap());
        for (name, value) in before.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let output = shell
            .envs(self.variables.clone())
            .env("PATH", std::env::join_paths(folders).unwrap())
            .env("TMPDIR", copy.path(""))
            .output()
            .expect("a shell");
        let (stdout, stderr) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        if path == "ledger credentials" && !credentials::IS_BUILT {
            assert_eq!(output.status.code(), Some(3), "{example}");
            assert!(stderr.contains("--features c2pa"), "{example}: {stderr}");
            return;
        }
        assert!(
            output.status.success() && !stderr.contains("error: "),
            "{path}: {example}\n{}\n{stdout}\n{stderr}",
            output.status
        );
        if example.ends_with("--json") {
            let values = serde_json::Deserializer::from_str(&stdout).into_iter::<Value>();
            assert!(
                values.map(Result::unwrap).count() > 0,
                "{path}: {example} answers nothing"
            );
        }
        if example.contains("--dry-run") {
            let (before, after) = (self.desk.head(), copy.head());
            assert_eq!(before, after, "{path}: {example} changed the ledger");
        }
    }
}

/// Lets an example that runs until it is interrupted end when it has said where it listens.
fn ending(example: &str) -> String {
    let runs_on = ["ledger witness serve ", "ledger serve "];
    match runs_on.iter().any(|command| example.starts_with(command)) {
        true => format!(
            "{example} > told & for _ in $(seq 100); do test -s told && break; sleep 0.1; done
            kill $!; wait $!; cat told"
        ),
        false => example.to_owned(),
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        match entry.file_type().unwrap().is_dir() {
            true => copy_folder(&from, &to),
            false => {
                fs::copy(from, to).unwrap();
            }
        }
    }
}

/// Lists all commands by what is typed for them, in the order of the help.
fn commands() -> Vec<(String, clap::Command)> {
    fn collect(command: &clap::Command, before: &str, into: &mut Vec<(String, clap::Command)>) {
        let path = format!("{before}{}", command.get_name());
        into.push((path.clone(), command.clone()));
        for below in command.get_subcommands() {
            if below.get_name() != "help" {
                collect(below, &format!("{path} "), into);
            }
        }
    }
    let mut tree = ledger::cli::command_tree();
    tree.build();
    let mut all = Vec::new();
    collect(&tree, "", &mut all);
    all
}

/// Reads the examples of a help text: lines below `Examples:`, joined where one goes on in the next.
fn examples(command: &clap::Command) -> Vec<String> {
    let mut examples: Vec<String> = Vec::new();
    let help = after_help(command);
    let lines = help.lines().skip_while(|line| *line != "Examples:").skip(1);
    for line in lines.take_while(|line| !line.is_empty()) {
        match examples.last_mut().filter(|last| last.ends_with('\\')) {
            Some(last) => write!(last, "\n{line}").unwrap(),
            None => examples.push(line.trim_start().to_owned()),
        }
    }
    examples
}

fn after_help(command: &clap::Command) -> String {
    command
        .get_after_help()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// Renders the whole reference.
fn reference() -> String {
    let mut out = include_str!("support/cli-conventions.md").to_owned();
    let commands = commands();
    let (_, root) = &commands[0];
    out.push_str("\n## Options of every command\n\n");
    let globals = root.get_arguments().filter(|one| one.is_global_set());
    globals.for_each(|one| describe_argument(&mut out, one));
    out.push_str("\n## Commands\n\n");
    for (path, command) in &commands[1..] {
        let link = path.replace(' ', "-");
        let about = command
            .get_about()
            .map(ToString::to_string)
            .unwrap_or_default();
        writeln!(out, "- [`{path}`](#{link}): {about}").unwrap();
    }
    for (path, command) in &commands[1..] {
        describe_command(&mut out, path, command);
    }
    out
}

fn describe_command(out: &mut String, path: &str, command: &clap::Command) {
    let about = command
        .get_about()
        .map(ToString::to_string)
        .unwrap_or_default();
    let long = command.get_long_about().map(ToString::to_string);
    writeln!(out, "\n### `{path}`\n\n{about}.").unwrap();
    if let Some(more) = long.as_deref().and_then(|long| long.strip_prefix(&*about)) {
        writeln!(out, "\n{}", more.trim()).unwrap();
    }
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    writeln!(out, "\n```text\n{usage}\n```").unwrap();
    let (places, options): (Vec<&Arg>, Vec<&Arg>) = command
        .get_arguments()
        .filter(|one| !one.is_global_set() && !one.is_hide_set())
        .filter(|one| one.get_id() != "help" && one.get_id() != "version")
        .partition(|one| one.is_positional());
    for (title, list) in [("Arguments", places), ("Options", options)] {
        if !list.is_empty() {
            writeln!(out, "\n{title}:\n").unwrap();
            list.iter().for_each(|one| describe_argument(out, one));
        }
    }
    let examples = examples(command).join("\n");
    writeln!(out, "\nExamples:\n\n```sh\n{examples}\n```").unwrap();
}

fn describe_argument(out: &mut String, argument: &Arg) {
    let values: Vec<String> = argument
        .get_value_names()
        .unwrap_or_default()
        .iter()
        .map(ToString::to_string)
        .collect();
    let takes_value = argument.get_action().takes_values();
    let name = match (argument.get_long(), takes_value) {
        (Some(long), true) => format!("--{long} {}", values.join(" ")),
        (Some(long), false) => format!("--{long}"),
        (None, _) => values.join(" "),
    };
    write!(out, "- `{name}`").unwrap();
    let mut facts: Vec<String> = Vec::new();
    facts.extend(argument.get_help().map(ToString::to_string));
    let choices: Vec<String> = match takes_value {
        true => argument.get_possible_values(),
        false => Vec::new(),
    }
    .iter()
    .map(|value| format!("`{}`", value.get_name()))
    .collect();
    if !choices.is_empty() {
        facts.push(format!("one of {}", choices.join(", ")));
    }
    let defaults: Vec<String> = argument
        .get_default_values()
        .iter()
        .map(|value| format!("`{}`", value.to_string_lossy()))
        .collect();
    if takes_value && !defaults.is_empty() {
        facts.push(format!("default {}", defaults.join(", ")));
    }
    if argument.is_required_set() && argument.get_long().is_some() {
        facts.push("required".to_owned());
    }
    match facts.is_empty() {
        true => out.push('\n'),
        false => writeln!(out, ": {}", facts.join("; ")).unwrap(),
    }
}

/// The words of the examples: once what is quoted without an occurrence, twice "the film".
const PAGE: &str = "\
Asked about the technology, he said he would make it disappear.

Nobody asked him again. When the film was shown, the speaker praised the film and left.
";

const HTML: &str = "<!DOCTYPE html><html lang=en><title>A page</title><h1>A page</h1><p>“We shall see,” said the mayor.</p>";

/// A certificate of nobody, whose key is lost.
const AUTHORITY: &str = "\
-----BEGIN CERTIFICATE-----
MIIBZzCCARmgAwIBAgIUT9KLkKeuAAw7jIi7dQrfK0dqDTcwBQYDK2VwMCgxDzAN
BgNVBAoMBkEgdGVzdDEVMBMGA1UEAwwMQW4gYXV0aG9yaXR5MCAXDTI2MTEyMTE5
MDczNFoYDzIxMjYxMDI4MTkwNzM0WjAoMQ8wDQYDVQQKDAZBIHRlc3QxFTATBgNV
BAMMDEFuIGF1dGhvcml0eTAqMAUGAytlcAMhADU3qVT26JXrjPCq3krMEi+et42f
soNguMJTNFG20hmLo1MwUTAdBgNVHQ4EFgQULn2Eq1dqYGYwI+Z1+GXKTer57CIw
HwYDVR0jBBgwFoAULn2Eq1dqYGYwI+Z1+GXKTer57CIwDwYDVR0TAQH/BAUwAwEB
/zAFBgMrZXADQQA8qgzgR3Lzy3lp7zw3fdxa9JEUbxxwhRCRjBzDWed+U4F40dtC
Tjq6k6iugsg7Anw4aftHTZEnV/s8+lqzfDAE
-----END CERTIFICATE-----
";

const REVIEWS: &str = r#"{"@context":"https://schema.org","@type":"ClaimReview","author":{"name":"Elmet Checks"},
    "claimReviewed":"The film is out","reviewRating":{"alternateName":"False"}}"#;

const DOSSIER: &str = r#"{
  "articles": [
    {"id": "page", "file": "page.txt", "headline": "A page in a dossier", "published": "unknown"}
  ],
  "claims": [
    {
      "id": "disappear",
      "appearances": [{"article": "page", "exact": "make it disappear"}],
      "kind": "direct-quote",
      "checkability": "checkable",
      "speaker": {"name": "A. Speaker"},
      "said": "unknown"
    }
  ]
}"#;
