//! The reader's pages as `ledger publish` writes them, and every text in them.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ledger::record::Kind;
use ledger::record::claim::{Checkability, ClaimKind};
use ledger::record::consent::Decision;
use ledger::record::correction::CorrectionKind;
use ledger::record::key::Role;
use ledger::record::observation::Sighting;
use ledger::record::relation::RelationKind;
use ledger::record::review::{Attribution, Quote, Verdict};
use ledger::record::source::{Level, Stance};
use ledger::rules::State;
use ledger::site::Language;

use support::desk::Desk;

const SECRET: &str = "unrepeatable words";

/// Returns all files in a folder by their paths, with their bytes.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(inside) = waiting.pop() {
        for entry in fs::read_dir(inside).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => waiting.push(path),
                false => {
                    let name = path.strip_prefix(folder).unwrap().display().to_string();
                    files.push((name, fs::read(path).unwrap()));
                }
            }
        }
    }
    files.sort();
    files
}

fn contains(files: &[(String, Vec<u8>)], words: &str) -> bool {
    files.iter().any(|(_, bytes)| {
        bytes
            .windows(words.len())
            .any(|part| part == words.as_bytes())
    })
}

/// A desk with a claim that nobody should see any more one day.
fn desk() -> (Desk, String) {
    let desk = Desk::founded();
    let article = desk.article(&format!("He spoke these {SECRET} twice.\n"));
    let claim = desk.claim(&article, SECRET);
    (desk, claim)
}

#[test]
fn publishing_pages_again_writes_nothing() {
    let (desk, _) = desk();
    let first = desk.ok(&["publish", "public"]);
    let before = files(&desk.path("public"));
    assert!(first["written"].as_u64() > Some(20), "{first}");
    let again = desk.ok(&["publish", "public"]);
    assert_eq!(
        (again["written"].as_u64(), again["removed"].as_u64()),
        (Some(0), Some(0))
    );
    assert_eq!(files(&desk.path("public")), before);
    // What a crash of the machine emptied is written again.
    fs::write(desk.path("public/index.html"), "").unwrap();
    assert_eq!(desk.ok(&["publish", "public"])["written"], 1);
    assert_eq!(files(&desk.path("public")), before);
}

#[test]
fn erased_words_leave_the_pages_and_the_search_index() {
    let (desk, claim) = desk();
    desk.ok(&["publish", "public"]);
    assert!(contains(&files(&desk.path("public")), SECRET));
    assert!(contains(
        &files(&desk.path("public/search")),
        "\"unrepeatable\""
    ));
    desk.ok(&[
        "erase", &claim, "--reason", "A court", "--as", "ada", "--yes",
    ]);
    desk.ok(&["publish", "public"]);
    let after = files(&desk.path("public"));
    assert!(!contains(&after, SECRET));
    assert!(!contains(&after, "unrepeatable"));
    let page = format!("claim/{}.html", &claim["sha256:".len()..]);
    assert!(
        after.iter().any(|(name, _)| *name == page),
        "its page remains"
    );
}

#[test]
fn pages_go_when_they_are_not_wanted_and_nothing_else_does() {
    let (desk, _) = desk();
    desk.ok(&["publish", "bare", "--no-pages"]);
    desk.ok(&["publish", "public"]);
    desk.write("public/claim/notes.txt", "mine");
    desk.ok(&["publish", "public", "--no-pages"]);
    assert_eq!(
        fs::read_to_string(desk.path("public/claim/notes.txt")).unwrap(),
        "mine"
    );
    fs::remove_dir_all(desk.path("public/claim")).unwrap();
    assert_eq!(files(&desk.path("public")), files(&desk.path("bare")));
}

#[test]
fn page_of_somebody_else_is_not_replaced() {
    let (desk, _) = desk();
    desk.ok(&["publish", "public", "--no-pages"]);
    desk.write("public/index.html", "The newsroom's own front page");
    let message = desk.fails(&["publish", "public"], 3);
    assert!(
        message.contains("index.html") && message.contains("--no-pages"),
        "{message}"
    );
    desk.ok(&["publish", "public", "--no-pages"]);
    assert!(contains(
        &files(&desk.path("public")),
        "The newsroom's own front page"
    ));
}

#[test]
fn interrupted_first_publication_of_pages_is_taken_up_again() {
    let (desk, _) = desk();
    desk.ok(&["publish", "public"]);
    let whole = files(&desk.path("public"));
    fs::remove_file(desk.path("public/checkpoint")).unwrap();
    fs::remove_dir_all(desk.path("public/proof")).unwrap();
    desk.ok(&["publish", "public"]);
    assert_eq!(files(&desk.path("public")), whole);
}

#[test]
fn what_a_record_says_is_text_in_its_page_and_never_markup() {
    let desk = Desk::founded();
    let article = desk.article("He wrote <img src=x onerror=alert(1)> & \"more\".\n");
    let claim = desk.claim(&article, "<img src=x onerror=alert(1)> & \"more\"");
    desk.ok(&["publish", "public"]);
    for (name, bytes) in files(&desk.path("public")) {
        if name.ends_with(".html") {
            let text = String::from_utf8(bytes).unwrap();
            assert!(!text.contains("<img"), "{name}");
        }
    }
    let page = desk
        .path("public/claim")
        .join(format!("{}.html", &claim["sha256:".len()..]));
    assert!(
        fs::read_to_string(page)
            .unwrap()
            .contains("&lt;img src=x onerror=alert(1)&gt;")
    );
}

#[test]
fn what_others_say_stands_on_the_page_and_every_link_within_a_page_leads_somewhere() {
    let desk = Desk::with_every_kind();
    let foreign = desk.hash_of("foreign");
    desk.ok(&["retract", &foreign, "--why", "Misread", "--as", "ben"]);
    desk.ok(&["publish", "public"]);
    let page = |kind: &str| {
        let hash = desk.hash_of(kind);
        let name = format!("public/{kind}/{}.html", &hash["sha256:".len()..]);
        fs::read_to_string(desk.path(&name)).unwrap()
    };
    let claim = page("claim");
    for words in [
        "Statement of <bdi>Elmet Checks</bdi>",
        "not the judgement of these editors",
        "This was retracted later.",
        "Consent given: <bdi>She</bdi>",
        "This consent was withdrawn later.",
        "Consent withdrawn: <bdi>She</bdi>",
    ] {
        assert!(claim.contains(words), "{words}: {claim}");
    }
    let article = page("article");
    for words in ["The page is gone", "Use of AI disclosed by"] {
        assert!(article.contains(words), "{words}: {article}");
    }
    for (name, bytes) in files(&desk.path("public")) {
        if !name.ends_with(".html") {
            continue;
        }
        let text = String::from_utf8(bytes).unwrap();
        for rest in text.split("href=\"#").skip(1) {
            let (id, _) = rest.split_once('"').unwrap();
            assert!(text.contains(&format!("id=\"{id}\"")), "{name}: #{id}");
        }
    }
}

/// The names that the templates and scripts ask for.
fn names_in_use() -> BTreeSet<String> {
    let mut texts = String::new();
    for folder in ["src/site", "src/site/claim", "web"] {
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path
                .extension()
                .is_some_and(|end| end == "rs" || end == "js")
            {
                texts.push_str(&fs::read_to_string(path).unwrap());
            }
        }
    }
    let known = Language::ALL[0].messages();
    // Whatever stands in quotation marks and has the form of a name that begins like one of ours.
    let beginnings: BTreeSet<&str> = known
        .keys()
        .filter_map(|name| name.split_once('.'))
        .map(|(first, _)| first)
        .collect();
    let is_name = |text: &&str| {
        // A field of a claim, and no message.
        *text != "sources.source"
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b == b'-' || b == b'.')
            && (known.contains_key(*text)
                || text.split_once('.').is_some_and(|(first, rest)| {
                    beginnings.contains(first)
                        && !rest.is_empty()
                        && !["js", "html", "json"].contains(&rest)
                }))
    };
    texts
        .split(['"', '\''])
        .filter(is_name)
        .map(str::to_owned)
        .collect()
}

fn words_of<T: std::fmt::Display>(vocabulary: &str, values: &[T]) -> Vec<String> {
    values
        .iter()
        .map(|value| format!("{vocabulary}.{value}"))
        .collect()
}

#[test]
fn every_text_is_there_in_every_language_and_none_is_left_over() {
    let kinds: Vec<Kind> = Kind::ALL
        .iter()
        .copied()
        .filter(|kind| !kind.is_of_the_ledger_itself())
        .collect();
    let vocabularies = [
        words_of("state", State::ALL),
        words_of("state-meaning", State::ALL),
        words_of("verdict", Verdict::ALL),
        words_of("attribution", Attribution::ALL),
        words_of("quote", Quote::ALL),
        words_of("claim-kind", ClaimKind::ALL),
        words_of("checkability", Checkability::ALL),
        words_of("level", Level::ALL),
        words_of("stance", Stance::ALL),
        words_of("role", Role::ALL),
        words_of("correction", CorrectionKind::ALL),
        words_of("relation", RelationKind::ALL),
        words_of("relation-from", RelationKind::ALL),
        words_of("sighting", Sighting::ALL),
        words_of("decision", Decision::ALL),
        words_of("kind", &kinds),
        words_of("kind", &[Kind::Erasure]),
        words_of("step", &["passed", "failed", "not-checked"]),
        words_of("in-short", &["attribution", "quote"]),
        words_of(
            "check",
            &[
                "log-current",
                "log-unknown",
                "log-older",
                "log-not-compared",
            ],
        ),
        // What `web/shown.js` compares.
        words_of(
            "differs",
            &[
                "hash",
                "words",
                "state",
                "verdict",
                "speaker",
                "context",
                "source",
                "review",
                "correction",
                "response",
                "erasure",
                "log-key",
            ],
        ),
    ];
    let mut needed = names_in_use();
    needed.extend(vocabularies.into_iter().flatten());
    for language in Language::ALL {
        let known: BTreeSet<String> = language.messages().keys().cloned().collect();
        let missing: Vec<_> = needed.difference(&known).collect();
        let unused: Vec<_> = known.difference(&needed).collect();
        assert!(
            missing.is_empty(),
            "{}: missing {missing:?}",
            language.tag()
        );
        assert!(
            unused.is_empty(),
            "{}: nobody says {unused:?}",
            language.tag()
        );
        for (name, text) in language.messages() {
            let places = |text: &str| -> BTreeSet<String> {
                text.split('{')
                    .skip(1)
                    .filter_map(|rest| Some(rest.split_once('}')?.0.to_owned()))
                    .collect()
            };
            let first = &Language::ALL[0].messages()[name];
            assert_eq!(places(text), places(first), "{}: {name}", language.tag());
        }
    }
}
