//! What commands print: the shape of every `--json` answer, the streams, the exit codes, and nothing raw.

mod support;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::process::{Output, Stdio};

use ledger::exchange::Format;
use ledger::ingest::credentials;
use serde_json::Value;
use support::desk::Desk;
use support::schema;
use support::serving::Serving;

#[test]
fn every_json_answer_fits_its_schema() {
    let play = Play::new();
    play.whole_life();
    let mut shapes = shapes();
    if !credentials::IS_BUILT {
        // Refused, as it says itself: see tests/images.rs.
        shapes.remove("credentials");
    }
    assert_eq!(
        play.used.take(),
        shapes,
        "left: answers; right: schema files"
    );
    // A completion script is a program in the shell's language, with or without --json.
    let mut answering = leaf_commands(|_| true);
    answering.remove("completions");
    if !credentials::IS_BUILT {
        answering.remove("credentials");
    }
    assert_eq!(
        play.commands.take(),
        answering,
        "left: played; right: all commands"
    );
}

#[test]
fn every_shape_has_a_format_number_or_a_type() {
    for name in shapes() {
        let properties = &schema::load(&format!("cli/{name}"))["properties"];
        let versioned = properties["format"]["const"] == 1;
        assert!(
            versioned || properties["type"]["const"].is_string(),
            "{name}"
        );
    }
}

#[test]
fn dry_run_of_every_writing_command_changes_nothing() {
    let desk = Desk::founded();
    let (claim, other, review) = claim_and_review(&desk);
    let cleo = key(&desk, "cleo");
    desk.write("dossier.json", DOSSIER);
    desk.write("reviews.json", REVIEWS);
    let approve = ["approve", &review, "--as", "ben"];
    desk.ok(&[&approve[..], &["--sign-only", "from-ben.json"]].concat());
    let before = (desk.head(), files(&desk));
    let (mut tried, mut signing) = (BTreeSet::new(), BTreeSet::new());
    for command in [
        "init new.ledger --origin new.example/1".to_owned(),
        format!("key enroll {cleo} --holder Cleo --role editor"),
        "key revoke ben --reason left".to_owned(),
        "key replace ben cleo".to_owned(),
        "add article page.txt --headline 'Another page' --published unknown".to_owned(),
        "add source page.txt --title 'A source' --level primary".to_owned(),
        format!(
            "add claim --article {} --quote disappear --speaker S --kind assertion",
            article_of(&desk)
        ),
        "record dossier.json".to_owned(),
        format!("review {claim} --verdict false --why 'We looked again.'"),
        format!("approve {review} --as ben"),
        format!("correct {claim} --why 'A date'"),
        format!("retract {claim} --why 'A mistake'"),
        format!("relate {claim} contradicts {other}"),
        format!("respond {claim} --by 'A reader' --text No. --received unknown"),
        format!(
            "disclose {} --by 'The Daily' --disclosed unknown --stage images --description Made.",
            article_of(&desk)
        ),
        format!("consent {claim} --decision given --by S --scope quote --date unknown"),
        format!("erase {claim} --reason 'A court'"),
        "policy --approvals 3".to_owned(),
        "publish public".to_owned(),
        "watch".to_owned(),
        "import reviews.json".to_owned(),
        "append from-ben.json".to_owned(),
    ] {
        let is_unsigned = ["publish", "append"].map(|unsigned| command.starts_with(unsigned));
        let signed = match command.contains("--as") || is_unsigned.contains(&true) {
            true => command,
            false => format!("{command} --as ada"),
        };
        let words = split(&signed);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        // Whoever writes records can sign them only; then nothing is appended either.
        if !is_unsigned.contains(&true) && words[0] != "init" {
            let output = desk.run(&[&words[..], &["--sign-only", "-"]].concat());
            assert_eq!(output.status.code(), Some(0), "{words:?}");
            if words[0] != "watch" {
                let file: Value = serde_json::from_slice(&output.stdout).unwrap();
                schema::assert_valid("signed-records", &file);
            }
            signing.insert(path_of(&words));
        }
        let answer = desk.ok(&[&words[..], &["--dry-run"]].concat());
        assert_eq!(answer["dryRun"], true, "{words:?}");
        assert_eq!(
            (desk.head(), files(&desk)),
            before,
            "{words:?} changed something"
        );
        tried.insert(path_of(&words));
    }
    let with = |option: &str| {
        leaf_commands(|command| {
            let mut arguments = command.get_arguments();
            arguments.any(|argument| argument.get_id() == option)
        })
    };
    let appending = with("dry_run");
    assert_eq!(tried, appending, "left: tried; right: all with --dry-run");
    let signers = with("sign_only");
    assert_eq!(signing, signers, "left: tried; right: all with --sign-only");
    // What would be refused is refused in a dry run too.
    let message = desk.fails(
        &[
            "init",
            "desk.ledger",
            "--origin",
            "x.example/1",
            "--as",
            "ada",
            "--dry-run",
        ],
        3,
    );
    assert!(message.contains("exists already"), "{message}");
}

#[test]
fn exit_codes_tell_done_wrong_usage_and_failed_apart() {
    let desk = Desk::founded();
    let nowhere = "ab".repeat(32);
    for (arguments, code) in [
        (vec!["status"], 0),
        (vec!["verify"], 0),
        (vec!["--help"], 0),
        (vec!["check", &nowhere], 1),
        (vec!["approve", &nowhere, "--as", "ben"], 1),
        (vec!["frobnicate"], 2),
        (vec!["log", "--from", "first"], 2),
        (vec!["show", "abc"], 2),
        (
            vec!["policy", "--approvals", "2", "--as", "nobody", "--no-input"],
            2,
        ),
        (vec!["--ledger", "none.ledger", "verify"], 3),
        (vec!["record", "none.json", "--as", "ada"], 3),
    ] {
        for json in [vec![], vec!["--json"]] {
            let output = desk.run(&[&arguments[..], &json].concat());
            assert_eq!(output.status.code(), Some(code), "{arguments:?}");
            if code != 0 {
                assert_eq!(text(&output.stdout), "", "{arguments:?}");
                assert!(
                    text(&output.stderr).starts_with("error: "),
                    "{arguments:?}: {}",
                    text(&output.stderr)
                );
            }
        }
    }
    // No claim with these words: an answer, and one that says no.
    let output = desk.run(&["check", "words that nobody said", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(serde_json::from_slice::<Value>(&output.stdout).is_ok());
    tamper(&desk);
    let output = desk.run(&["verify"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("✗ 1 finding"));
}

#[test]
fn closed_pipe_is_no_answer() {
    let desk = Desk::founded();
    for arguments in [
        &["log", "--json"][..],
        &["log"],
        &["status"],
        &["verify"],
        &["checkpoint", "--json"],
        &["completions", "bash"],
        &["--help"],
        &["verify", "--help"],
    ] {
        // The reader is gone before a byte is written.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = desk
            .command()
            .args(arguments)
            .stdout(writer)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        let stderr = text(&output.stderr);
        assert!(!stderr.contains("panicked"), "{arguments:?}: {stderr}");
    }
}

#[test]
fn reader_that_leaves_early_is_told_apart_from_done() {
    let desk = Desk::founded();
    // Longer than a pipe holds, so that the program still writes when the reader leaves.
    let long = "All work and no play makes a long page. ".repeat(10_000);
    desk.write(
        "dossier.json",
        format!(
            r#"{{"reviews":[{{"id":"r","subject":"{}","verdict":"mixed","explanation":"{}"}}]}}"#,
            claim_and_review(&desk).1,
            long.trim()
        ),
    );
    let hash = desk.hash(&["record", "dossier.json", "--as", "ada"]);
    let mut child = desk
        .command()
        .args(["show", &hash, "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut byte = [0];
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut byte).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!(byte, *b"{");
    assert_eq!(output.status.code(), Some(3));
    assert!(!text(&output.stderr).contains("panicked"));
}

#[test]
fn colour_is_a_matter_of_the_terminal_and_of_who_asks() {
    let desk = Desk::founded();
    let coloured = |arguments: &[&str], variable: Option<&str>| {
        let mut command = desk.command();
        if let Some(value) = variable {
            command.env("NO_COLOR", value);
        }
        let output = command.args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        text(&output.stdout).contains('\u{1b}')
    };
    assert!(!coloured(&["verify"], None));
    assert!(!coloured(&["verify", "--color", "never"], None));
    assert!(!coloured(&["verify"], Some("1")));
    assert!(coloured(&["verify", "--color", "always"], None));
    // A flag is nearer than the environment.
    assert!(coloured(&["verify", "--color", "always"], Some("1")));
    assert!(!coloured(&["verify", "--color", "always", "--json"], None));
    // Colour never stands alone: the word is there without it.
    assert!(text(&desk.run(&["verify"]).stdout).ends_with("✓ verified\n"));
}

#[test]
fn piped_lists_have_tabs_full_hashes_and_exact_times() {
    let desk = Desk::founded();
    let hash = desk.article("Some words.\n");
    let log = desk.run(&["log"]);
    let log = text(&log.stdout);
    for line in log.lines() {
        assert_eq!(line.split('\t').count(), 6, "{line:?}");
    }
    assert!(
        log.ends_with(&format!(
            "3\t{}\tarticle\t{hash}\tada\tA page\n",
            support::desk::NOW
        )),
        "{log}"
    );
    let keys = desk.run(&["key", "list"]);
    let keys = text(&keys.stdout);
    assert_eq!(keys.lines().count(), 2);
    for line in keys.lines() {
        let columns: Vec<&str> = line.split('\t').collect();
        assert_eq!(columns.len(), 3);
        assert_eq!(columns[1].len(), "did:key:z6Mk".len() + 44);
    }
}

#[test]
fn hostile_text_never_reaches_the_terminal_raw() {
    let desk = Desk::founded();
    let override_mark = "\u{202e}";
    desk.write("page.txt", format!("Turned {override_mark}around.\n"));
    let headline = format!("Not {override_mark}eurt\u{2066}");
    let add = |headline: &str| -> Vec<String> {
        [
            "add",
            "article",
            "page.txt",
            "--headline",
            headline,
            "--published",
            "unknown",
            "--as",
            "ada",
        ]
        .map(str::to_owned)
        .into()
    };
    let run = |words: &[String], more: &[&str]| -> Output {
        desk.command()
            .args(["--color", "always"])
            .args(words)
            .args(more)
            .output()
            .unwrap()
    };
    for steering in ["\u{1b}[2J", "\u{7}", "\u{9b}2J", "\u{7f}", "\r", "a\nb"] {
        let refused = run(&add(&format!("A{steering}Z")), &[]);
        assert_eq!(refused.status.code(), Some(2), "{steering:?}");
        assert_harmless(&refused);
    }
    let added = run(&add(&headline), &["--json"]);
    let added: Value = serde_json::from_slice(&added.stdout).unwrap();
    let hash = added["hash"].as_str().unwrap().to_owned();
    let quote = format!("{override_mark}around");
    let claim = desk.claim(&hash, &quote);
    for command in [
        "log".to_owned(),
        format!("show {hash}"),
        format!("check {hash}"),
        format!("show {claim}"),
        format!("check {claim}"),
        "check around".to_owned(),
        "status".to_owned(),
        "verify".to_owned(),
    ] {
        let words = split(&command);
        let shown = run(&words, &[]);
        assert_harmless(&shown);
        let json = run(&words, &["--json"]);
        assert_harmless(&json);
    }
    let log = run(&["log".to_owned()], &[]);
    let told = text(&log.stdout);
    assert!(told.contains(r"Not \u{202e}eurt\u{2066}"), "{told}");
    // Escaped in JSON, the text is the same.
    let shown = desk.ok(&["show", &hash]);
    assert_eq!(
        shown["record"]["content"]["headline"].as_str(),
        Some(&*headline)
    );
    // Names in errors are as foreign as names in records.
    for name in ["no\u{1b}[2Jfile", "no\u{202e}file", "no\u{9b}file"] {
        let failed = run(&["verify".to_owned(), name.to_owned()], &[]);
        assert_eq!(failed.status.code(), Some(3));
        assert_harmless(&failed);
    }
}

/// Sees that nothing but the program's own styles steers a terminal, on either stream.
fn assert_harmless(output: &Output) {
    for stream in [&output.stdout, &output.stderr] {
        let mut told = text(stream).to_owned();
        for style in ["0", "1", "2", "31", "32"] {
            told = told.replace(&format!("\u{1b}[{style}m"), "");
        }
        let steers = |c: char| {
            c != '\n' && c != '\t' && c.is_control()
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert!(!told.contains(steers), "{told:?}");
    }
}

#[test]
fn readers_need_no_home_folder_and_signers_are_told() {
    let desk = Desk::founded();
    let homeless = |arguments: &[&str]| {
        desk.command()
            .args(arguments)
            .env_remove("HOME")
            .env_remove("XDG_DATA_HOME")
            .env_remove("LEDGER_KEYS")
            .env_remove("LEDGER_STATE")
            .env_remove("XDG_STATE_HOME")
            .output()
            .unwrap()
    };
    assert_eq!(homeless(&["verify"]).status.code(), Some(0));
    let signing = homeless(&["policy", "--approvals", "2"]);
    assert_eq!(signing.status.code(), Some(2));
    assert!(text(&signing.stderr).contains("no home folder is known"));
}

#[test]
fn demo_overwrites_nothing() {
    let desk = Desk::empty();
    desk.write("mine/dossier/dossier.toml", "my own");
    let message = desk.fails(&["demo", "mine"], 3);
    assert!(message.contains("mine is not empty"), "{message}");
    let kept = fs::read_to_string(desk.path("mine/dossier/dossier.toml")).unwrap();
    assert_eq!(kept, "my own");
}

/// A desk in which every command is run, and its answers held against the schemas.
struct Play {
    desk: Desk,
    used: RefCell<BTreeSet<String>>,
    commands: RefCell<BTreeSet<String>>,
}

impl Play {
    fn new() -> Self {
        Play {
            desk: Desk::empty(),
            used: RefCell::default(),
            commands: RefCell::default(),
        }
    }

    /// Runs a command that ends with this code, and returns its answer: of a list, the last line.
    fn answer(&self, command: &str, code: i32, schema: &str) -> Value {
        let words = split(command);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let output = self.desk.run(&[&words[..], &["--json"]].concat());
        let told = text(&output.stdout);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{command}\n{}",
            text(&output.stderr)
        );
        let answers: Vec<Value> = serde_json::Deserializer::from_str(told)
            .into_iter()
            .collect::<Result<_, _>>()
            .unwrap_or_else(|error| panic!("{command}: {error}\n{told}"));
        let is_list = answers.first().is_some_and(|one| one["type"].is_string());
        let expected = if is_list { told.lines().count() } else { 1 };
        assert_eq!(answers.len(), expected, "{command}: {told}");
        for answer in &answers {
            self.fits(&words, answer, schema);
        }
        answers.last().expect("an answer").clone()
    }

    /// Holds an answer of a command against its schema.
    fn fits(&self, words: &[&str], answer: &Value, schema: &str) {
        let faults = schema::errors(&format!("cli/{schema}"), answer);
        assert!(
            faults.is_empty(),
            "{words:?} as {schema}: {faults:#?}\n{answer:#}"
        );
        let mut wider = answer.clone();
        wider["unheardOf"] = true.into();
        schema::assert_invalid(&format!("cli/{schema}"), &wider);
        self.used.borrow_mut().insert(schema.to_owned());
        self.commands.borrow_mut().insert(path_of(words));
    }

    /// Runs a command whose answer is a receipt, and returns the hash in it.
    fn receipt(&self, command: &str) -> String {
        let answer = self.answer(command, 0, "receipt");
        answer["hash"].as_str().expect("a hash").to_owned()
    }

    fn whole_life(&self) {
        let key = |name: &str| {
            let answer = self.answer(&format!("key new {name} --unencrypted"), 0, "key-new");
            answer["key"].as_str().expect("a did:key").to_owned()
        };
        key("ada");
        let ben = key("ben");
        let cleo = key("cleo");
        self.answer("key list", 0, "key-list");
        let init =
            "init desk.ledger --origin factdesk.example/2026 --name 'Fact desk' --approvals 2";
        self.answer(&format!("{init} --as ada --dry-run"), 0, "init");
        self.answer(&format!("{init} --as ada"), 0, "init");
        self.receipt(&format!(
            "key enroll {ben} --holder Ben --role editor --as ada"
        ));
        self.answer("key show ben", 0, "key-show");
        self.receipt("policy --approvals 1 --as ada");

        self.desk.write("page.txt", PAGE);
        self.desk.write("dossier.json", DOSSIER);
        self.receipt("record dossier.json --as ada --dry-run");
        self.receipt("record dossier.json --as ada");
        let article =
            self.receipt("add article page.txt --headline 'A page' --published unknown --as ada");
        let source = self.receipt("add source page.txt --title 'A page' --level primary --as ada");
        self.answer(&format!("quotes {article} -o claims.json"), 0, "quotes");
        self.desk.write(
            "photo.jpg",
            b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9",
        );
        self.receipt("add source photo.jpg --title 'A photo' --level primary --as ada");
        if credentials::IS_BUILT {
            self.answer("credentials photo.jpg", 0, "credentials");
        }
        let quote = |quote: &str| {
            self.receipt(&format!(
                "add claim --article {article} --quote '{quote}' --speaker S --kind direct-quote --as ada"
            ))
        };
        let claim = quote("make it disappear");
        let other = quote("The film");
        self.desk
            .write("revised.txt", PAGE.replace("He could", "He would"));
        let revised = self.receipt(&format!(
            "add article revised.txt --headline 'A page' --published unknown --revises {article} --as ada"
        ));
        self.answer(&format!("diff {article} {revised}"), 0, "diff");
        self.answer("watch --as ada", 0, "watch");
        let review = self.receipt(&format!(
            "review {claim} --verdict unproven --why 'We looked.' --evidence {source}:supports --as ada"
        ));
        let approve = format!("approve {review} --as ben --sign-only approval.json");
        self.answer(&approve, 0, "sign-only");
        self.answer("append approval.json", 0, "append");
        self.answer("check 'make it disappear'", 0, "check-words");
        self.receipt(&format!("correct {claim} --why 'A date' --as ada"));
        self.receipt(&format!(
            "retract {other} --why 'A mistake' --replacement {claim} --as ada"
        ));
        self.receipt(&format!("relate {claim} contradicts {other} --as ada"));
        self.receipt(&format!(
            "respond {claim} --by 'A reader' --text No. --received unknown --as ada"
        ));
        self.receipt(&format!(
            "disclose {article} --by 'The Daily' --disclosed unknown --stage images --description Made. --as ada"
        ));
        let consent = self.receipt(&format!(
            "consent {claim} --decision given --by S --scope quote --date unknown --as ada"
        ));
        self.receipt(&format!(
            "consent {consent} --withdraw --date unknown --as ada"
        ));
        self.desk.write("reviews.json", REVIEWS);
        self.answer("import reviews.json --as ada --dry-run", 0, "import");
        let only = "import reviews.json --as ada --sign-only reviews.signed.json";
        self.answer(only, 0, "import");
        self.answer("import reviews.json --as ada", 0, "import");
        for format in Format::ALL {
            let export = format!("export {format} {claim} -o {format}");
            self.answer(&export, 0, "export");
        }
        self.answer(&format!("show {claim}"), 0, "show");
        self.answer(&format!("check {claim}"), 0, "check");
        self.answer("check 'never said'", 1, "check-words");
        self.answer("check 'rnakes it disapear'", 1, "check-words");
        self.answer("search 'rnake it disapear'", 0, "search");
        self.answer("search 'never said'", 1, "search");
        self.answer(&format!("prove {claim} -o c.proof.json"), 0, "prove");
        self.answer("check c.proof.json", 3, "check");
        self.answer("publish public", 0, "publish");
        let site = Serving::site(&self.desk, &[]);
        self.fits(&["serve"], &site.said, "serve");
        site.kill();
        self.answer("check c.proof.json --against desk.ledger", 3, "check");
        self.answer("check c.proof.json --against public", 3, "check");
        self.answer("verify public", 0, "verify");
        self.receipt(&format!("erase {other} --reason 'A court' --as ada --yes"));
        self.answer(&format!("check {other}"), 3, "check");
        self.receipt(&format!("key replace {ben} {cleo} --as ada"));
        self.answer(&format!("key show {ben}"), 0, "key-show");
        self.receipt("key revoke cleo --reason left --distrust-from 3 --as ada");
        // With what should be known of these, though nothing is wrong.
        self.answer(&format!("check {claim}"), 0, "check");

        self.answer("log", 0, "log");
        self.answer("status", 0, "status");
        self.answer("verify", 0, "verify");
        self.answer("checkpoint", 0, "checkpoint");
        self.witnessed_life();
        self.answer("reindex", 0, "reindex");
        self.answer("demo shown", 0, "demo");
        for topic in ["exit-codes", "environment", "formats", "rollback", "trust"] {
            self.answer(&format!("help {topic}"), 0, "help");
        }
        tamper(&self.desk);
        self.answer("verify", 1, "verify");
    }

    fn witnessed_life(&self) {
        self.answer("witness new north.example", 0, "witness-new");
        let log_key = self.desk.ok(&["status"])["logKey"].clone();
        let log_key = log_key.as_str().expect("a key");
        let witness = Serving::start(&self.desk, &["--log", log_key]);
        self.fits(&["witness", "serve"], &witness.said, "witness-serve");
        let add = format!("witness add {} --name north", witness.url);
        self.answer(&add, 0, "witness-add");
        self.answer("witness list", 0, "witness-list");
        self.answer("checkpoint --cosign", 0, "checkpoint");
        self.answer("witness list", 0, "witness-list");
        self.answer("status", 0, "status");
        witness.kill();
        self.answer("checkpoint --cosign", 0, "checkpoint");
    }
}

/// The names of the schemas of answers.
fn shapes() -> BTreeSet<String> {
    schema::names()
        .filter_map(|name| name.strip_prefix("cli/"))
        .map(str::to_owned)
        .collect()
}

/// Lists the commands without commands below them, as they are typed.
fn leaf_commands(wanted: impl Fn(&clap::Command) -> bool) -> BTreeSet<String> {
    let mut leaves = BTreeSet::new();
    let tree = ledger::cli::command_tree();
    let mut waiting: Vec<(String, &clap::Command)> = vec![(String::new(), &tree)];
    while let Some((path, command)) = waiting.pop() {
        for below in command.get_subcommands() {
            let path = format!("{path} {}", below.get_name());
            waiting.push((path.trim().to_owned(), below));
        }
        if !command.has_subcommands() && wanted(command) {
            leaves.insert(path);
        }
    }
    leaves
}

/// Returns the command's part of a command line.
fn path_of(words: &[&str]) -> String {
    let len = match words[0] {
        "key" | "add" | "witness" => 2,
        _ => 1,
    };
    words[..len].join(" ")
}

/// Splits a command line at spaces outside of single quotes.
fn split(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().expect("one at least").push(c),
        }
    }
    words
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

fn key(desk: &Desk, name: &str) -> String {
    let answer = desk.ok(&["key", "new", name, "--unencrypted"]);
    answer["key"].as_str().expect("a did:key").to_owned()
}

fn claim_and_review(desk: &Desk) -> (String, String, String) {
    let article = desk.article(PAGE);
    let claim = desk.claim(&article, "make it disappear");
    let other = desk.claim(&article, "The film");
    let review = desk.review(&claim, "unproven");
    (claim, other, review)
}

fn article_of(desk: &Desk) -> String {
    let log = desk.run(&["log", "--kind", "article", "--json"]);
    let entry: Value = serde_json::from_str(text(&log.stdout).lines().next().unwrap()).unwrap();
    entry["hash"].as_str().unwrap().to_owned()
}

/// Lists the files of the desk and of its keys, save those with which SQLite works.
fn files(desk: &Desk) -> BTreeSet<String> {
    ["", "keys", "keys/log"]
        .into_iter()
        .flat_map(|folder| fs::read_dir(desk.path(folder)).unwrap())
        .map(|entry| entry.unwrap().path().display().to_string())
        .filter(|path| !path.ends_with("-wal") && !path.ends_with("-shm"))
        .collect()
}

/// Takes away a guard, which an audit finds.
fn tamper(desk: &Desk) {
    rusqlite::Connection::open(desk.ledger())
        .unwrap()
        .execute_batch("DROP TRIGGER entry_update")
        .unwrap();
}

const PAGE: &str = "The film is out. He could make it disappear, he said.\n";

const REVIEWS: &str = r#"{"@context":"https://schema.org","@type":"ClaimReview","author":{"name":"Elmet Checks"},
    "claimReviewed":"The film is out","reviewRating":{"alternateName":"False","ratingValue":1},"sdLicense":"x"}"#;

const DOSSIER: &str = r#"{
  "articles": [{"id": "page", "file": "page.txt", "headline": "A page in a dossier", "published": "unknown"}]
}"#;
