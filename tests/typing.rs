//! What an editor types: each everyday statement has its option, and each mistake its next step.

mod support;

use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Stdio;

use ledger::rules::Rule;
use ledger::verify::Check;
use serde_json::{Value, json};
use support::desk::Desk;

fn content(desk: &Desk, hash: &str) -> Value {
    desk.ok(&["show", hash])["record"]["content"].clone()
}

/// Runs a command with these bytes on stdin.
fn with_stdin(desk: &Desk, arguments: &[&str], stdin: &[u8]) -> std::process::Output {
    let mut child = desk
        .command()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    child.wait_with_output().unwrap()
}

fn refused(desk: &Desk, arguments: &[&str], code: i32, says: &[&str]) {
    let before = desk.head();
    let message = desk.fails(arguments, code);
    for part in says {
        assert!(message.contains(part), "expected {part:?} in: {message}");
    }
    assert_eq!(desk.head(), before, "{arguments:?} changed the ledger");
}

#[test]
fn one_utterance_in_two_articles_is_one_claim() {
    let desk = Desk::founded();
    let one = desk.article("She said: The bridge is safe.\n");
    let other = desk.article("Yesterday she said: The bridge is safe. She said so twice.\n");
    let claim = |articles: &[&str], quote: &'static str| {
        let mut arguments = vec!["add", "claim", "--quote", quote, "--speaker", "She"];
        arguments.extend(["--kind", "direct-quote", "--as", "ada"]);
        for article in articles {
            arguments.extend(["--article", article]);
        }
        arguments.into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    let run = |arguments: &[String]| -> String {
        desk.hash(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let fails = |arguments: &[String], code, says: &[&str]| {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        refused(&desk, &arguments, code, says);
    };
    let both = [one.as_str(), other.as_str()];
    let hash = run(&claim(&both, "The bridge is safe."));
    let places = content(&desk, &hash)["appearances"].clone();
    let places: Vec<_> = (places.as_array().unwrap().iter())
        .map(|place| (place["article"].clone(), place["start"].clone()))
        .collect();
    assert_eq!(places, [(json!(one), json!(10)), (json!(other), json!(20))]);
    assert_eq!(desk.findings(), Vec::<String>::new());
    // What goes wrong is said of the article in which it does.
    let in_other = format!("in the article {other}");
    fails(
        &claim(&both, "said"),
        1,
        &["2 times", &in_other, "stand once in each article"],
    );
    fails(&claim(&both, "Yesterday"), 1, &["do not stand", &one]);
    let numbered = [
        claim(&both, "said"),
        vec!["--occurrence".into(), "2".into()],
    ]
    .concat();
    fails(&numbered, 2, &["--occurrence with one --article", "hint: "]);
    fails(&claim(&[&one, &one], "said"), 2, &["named twice", "hint: "]);
    let third = [
        claim(&[&other], "said"),
        vec!["--occurrence".into(), "3".into()],
    ]
    .concat();
    fails(
        &third,
        1,
        &["asked for occurrence 3", "found 2", "from 1 to 2"],
    );
}

#[test]
fn evidence_quotes_the_passage_that_matters() {
    let desk = Desk::founded();
    let article = desk.article("The bridge is safe.\n");
    let claim = desk.claim(&article, "The bridge is safe.");
    desk.write("report.txt", "Summary: it is safe. Load: 40 t.\n");
    desk.write("report.html", "<p>Load: 40 t");
    let (text, page) = (desk.source("report.txt"), desk.source("report.html"));
    let review = |evidence: &str| {
        let arguments = [
            "review",
            &claim,
            "--verdict",
            "verified",
            "--why",
            "Read",
            "--evidence",
            evidence,
        ];
        content(
            &desk,
            &desk.hash(&[&arguments[..], &["--as", "ada"]].concat()),
        )["evidence"][0]
            .clone()
    };
    // Colons of the passage are its own, and the one in the hash separates nothing.
    assert_eq!(
        review(&format!("{text}:supports:Load:  40 t.")),
        json!({ "source": text, "stance": "supports", "exact": "Load: 40 t.", "start": 21, "end": 32 })
    );
    let digits = page.strip_prefix("sha256:").unwrap();
    assert_eq!(
        review(&format!("{digits}:context:Load: 40 t")),
        json!({ "source": page, "stance": "context", "exact": "Load: 40 t" })
    );
    assert_eq!(
        review(&format!("{text}:refutes")),
        json!({ "source": text, "stance": "refutes" })
    );
    assert_eq!(desk.findings(), Vec::<String>::new());
    let review = [
        "review",
        &claim,
        "--verdict",
        "false",
        "--why",
        "x",
        "--as",
        "ada",
        "--evidence",
    ];
    for (evidence, code, says) in [
        (
            text.clone(),
            2,
            ["expected HASH:STANCE", "stances are supports"],
        ),
        (
            format!("{text}:proves"),
            2,
            ["expected one of supports", "found \"proves\""],
        ),
        (
            format!("{text}:supports:Load: 41 t."),
            1,
            ["do not stand", "Load: 40 t."],
        ),
        (format!("{text}:supports:a"), 1, ["3 times", "occurrence 2"]),
    ] {
        refused(&desk, &[&review[..], &[&evidence]].concat(), code, &says);
    }
}

#[test]
fn a_hyphen_in_place_of_words_is_stdin() {
    let desk = Desk::founded();
    let article = desk.article("The bridge is safe.\n");
    let claim = desk.claim(&article, "The bridge is safe.");
    let signed = ["--as", "ada", "--json"];
    for (arguments, field) in [
        (
            vec![
                "respond",
                &claim,
                "--by",
                "She",
                "--received",
                "unknown",
                "--text",
                "-",
            ],
            "text",
        ),
        (
            vec!["review", &claim, "--verdict", "false", "--why", "-"],
            "explanation",
        ),
        (vec!["correct", &claim, "--why", "-"], "reason"),
        (vec!["retract", &claim, "--why", "-"], "reason"),
        (
            vec![
                "add",
                "claim",
                "--article",
                &article,
                "--quote",
                "safe",
                "--speaker",
                "She",
                "--kind",
                "assertion",
                "--text",
                "-",
            ],
            "text",
        ),
    ] {
        let arguments = [&arguments[..], &signed].concat();
        let output = with_stdin(
            &desk,
            &arguments,
            b"\xef\xbb\xbf\nI stand by it.\n\nSo do we.\n",
        );
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        let said = &content(&desk, answer["hash"].as_str().unwrap())[field];
        assert_eq!(said, "I stand by it.\n\nSo do we.", "{arguments:?}");
    }
    let respond = [
        "respond",
        &claim,
        "--by",
        "She",
        "--received",
        "unknown",
        "--text",
        "-",
        "--as",
        "ada",
    ];
    for (stdin, says) in [
        (
            &b"caf\xe9"[..],
            "expected text in UTF-8, found other bytes from byte 3",
        ),
        (b" \n", "error: "),
    ] {
        let output = with_stdin(&desk, &respond, stdin);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(says), "{said}");
    }
}

#[test]
fn every_mistake_has_its_next_step() {
    let desk = Desk::founded();
    desk.write("page.txt", "Words.\n");
    for (arguments, code, message, hint) in [
        (
            &["log", "--form", "1"][..],
            2,
            "unexpected argument '--form'",
            "'--from'",
        ),
        (
            &["log", "--from", "x"],
            2,
            "expected a whole number",
            "`ledger log --help`",
        ),
        (
            &["key", "new"],
            2,
            "not provided:\n  <NAME>\n",
            "`ledger key new --help`",
        ),
        (&["shwo"], 2, "unrecognized subcommand 'shwo'", "'show'"),
        (
            &["--ledger", "desk.ledger", "show"],
            2,
            "<HASH>",
            "`ledger show --help`",
        ),
        (
            &["add", "article", "page.txt", "--title", "X"],
            2,
            "'--title",
            "'--headline'",
        ),
        (
            &["add", "source", "--level", "primary", "--headline", "X"],
            2,
            "'--headline",
            "'--title'",
        ),
        (
            &["show", "dead"],
            2,
            "8 to 64 hexadecimal digits",
            "`ledger log`",
        ),
        (
            &["add", "article", "none.txt"],
            3,
            "cannot open none.txt",
            "see that the name is right",
        ),
        (
            &["export", "csv", "-o", "none/x"],
            3,
            "cannot write none/x",
            "see that the name is right",
        ),
        (
            &["import", "page.txt", "--as", "ada"],
            1,
            "expected JSON or an HTML page",
            "nothing was appended",
        ),
        (
            &["help", "wroles"],
            2,
            "there is no command",
            "`ledger help checks`",
        ),
    ] {
        let said = desk.fails(arguments, code);
        let (error, next) = said
            .split_once("\n\nhint: ")
            .unwrap_or_else(|| panic!("{said}"));
        assert!(error.contains(message), "{said}");
        assert!(next.contains(hint), "{said}");
        assert!(!said.contains("For more information"), "{said}");
        let first = error.strip_prefix("error: ").unwrap();
        assert!(!first.starts_with(char::is_uppercase), "{said}");
    }
    std::fs::File::create(desk.path("long.txt"))
        .and_then(|file| file.set_len((64 << 20) + 1))
        .unwrap();
    let said = desk.fails(&["add", "article", "long.txt", "--as", "ada"], 1);
    assert!(
        said.contains("64 MiB") && said.contains("\nhint: "),
        "{said}"
    );
}

#[test]
fn refusal_names_the_kind_and_who_may_and_the_program_explains_its_code() {
    let desk = Desk::founded();
    let article = desk.article("The bridge is safe.\n");
    let claim = desk.claim(&article, "The bridge is safe.");
    let review = desk.review(&claim, "verified");
    refused(
        &desk,
        &["approve", &review, "--as", "ada"],
        1,
        &[
            "error: a record of kind approval is refused\n",
            "another editor's key must approve",
            "`ledger help own-approval`",
        ],
    );
    let cleo = desk.ok(&["key", "new", "cleo", "--unencrypted"]);
    let cleo = cleo["key"].as_str().unwrap();
    let enrol = [
        "key",
        "enroll",
        cleo,
        "--holder",
        "C",
        "--role",
        "contributor",
    ];
    desk.ok(&[&enrol[..], &["--as", "ada"]].concat());
    let review = [
        "review",
        &claim,
        "--verdict",
        "false",
        "--why",
        "x",
        "--as",
        "cleo",
    ];
    refused(
        &desk,
        &review,
        1,
        &[
            "of kind review",
            "in a role that may: owner or editor;",
            "`ledger help role`",
        ],
    );
    let listed = desk.ok(&["help", "checks"])["text"]
        .as_str()
        .unwrap()
        .to_owned();
    let codes = (Rule::ALL.iter().map(|rule| rule.as_str()))
        .chain(Check::ALL.iter().map(|check| check.as_str()));
    for code in codes {
        let text = desk.ok(&["help", code])["text"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(text.starts_with(&format!("{code}\n\nMeans. ")), "{text}");
        assert!(text.contains("\n\nDo. "), "{text}");
        assert!(!text.contains("](") && !text.contains("**"), "{text}");
        assert!(listed.contains(&format!("\n{code}\n    ")), "{code}");
    }
}

// The policy was read with what is no UTF-8 replaced, and written back so.
#[test]
fn bytes_that_are_no_text_are_neither_altered_nor_taken_for_another_name() {
    let desk = Desk::founded();
    let key = |name: &str| -> String {
        let made = desk.ok(&["witness", "new", name]);
        made["key"].as_str().unwrap().to_owned()
    };
    let (north, south) = (key("north.example"), key("south.example"));
    desk.ok(&["witness", "add", &north, "--url", "https://north.example/"]);
    let mut policy = std::fs::read(desk.path("desk.policy")).unwrap();
    policy.extend(b"# caf\xe9\n");
    desk.write("desk.policy", &policy);
    let second = ["witness", "add", &south, "--url", "https://south.example/"];
    let said = desk.fails(&second, 2);
    assert!(said.contains("expected text in UTF-8"), "{said}");
    assert_eq!(std::fs::read(desk.path("desk.policy")).unwrap(), policy);
    // A name of a file need not be UTF-8 either.
    let name = OsStr::from_bytes(b"kept\xff.checkpoint");
    let note = desk.run(&["checkpoint"]).stdout;
    std::fs::write(desk.path("").join(name), note).unwrap();
    let output = desk
        .command()
        .args(["verify", "--since"])
        .arg(name)
        .output();
    let output = output.unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
