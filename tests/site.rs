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
use ledger::record::revocation::Reason;
use ledger::record::source::{Level, Stance};
use ledger::rules::State;
use ledger::site::{Language, MAX_READ_LEN, Place, Site, Texts};
use ledger::store::SqliteStore;
use serde_json::{Value, json};

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

/// A desk with a claim that was decided on one source: the desk, the article, the claim and the source.
fn decided() -> (Desk, [String; 3]) {
    let desk = Desk::founded();
    let article = desk.article("The mayor said: The bridge is safe. It opened in May.\n");
    let claim = desk.claim(&article, "The bridge is safe.");
    desk.write("report.txt", "All is well.");
    let source = desk.source("report.txt");
    let review = desk.review_with(&claim, "verified", &source);
    desk.ok(&["approve", &review, "--as", "ben"]);
    (desk, [article, claim, source])
}

/// The page of a record as it is published now.
fn page_of(desk: &Desk, kind: &str, hash: &str) -> String {
    desk.ok(&["publish", "public"]);
    let name = format!("public/{kind}/{}.html", &hash["sha256:".len()..]);
    fs::read_to_string(desk.path(&name)).unwrap()
}

/// The part of a page between two texts.
fn part<'p>(page: &'p str, from: &str, to: &str) -> &'p str {
    let (_, rest) = page
        .split_once(from)
        .unwrap_or_else(|| panic!("no {from}: {page}"));
    rest.split_once(to).map_or(rest, |(part, _)| part)
}

fn assert_says(part: &str, all: &[&str]) {
    for words in all {
        assert!(part.contains(words), "{words}: {part}");
    }
}

#[test]
fn ground_that_was_retracted_is_marked_where_it_stands_and_beside_the_judgement() {
    let (desk, [article, claim, source]) = decided();
    let beside = |page: &str| part(page, "id=\"verdict-line\"", "</section>").to_owned();
    assert!(!page_of(&desk, "claim", &claim).contains("etracted"));

    desk.ok(&["retract", &source, "--why", "Forged", "--as", "ben"]);
    let page = page_of(&desk, "claim", &claim);
    let line = part(&page, "<ul class=\"sources\">", "</ul>");
    assert_says(line, &["Retracted", "2026-11-20", "Forged", "Ben"]);
    let judgement = beside(&page);
    assert_says(
        &judgement,
        &["A source of it was retracted:", "A snapshot", "Decided"],
    );
    assert!(!judgement.contains("in which the words stand"));

    desk.ok(&["retract", &article, "--why", "Not printed", "--as", "ben"]);
    let page = page_of(&desk, "claim", &claim);
    let place = part(&page, "<figcaption>", "</figcaption>");
    assert_says(place, &["Retracted", "2026-11-20", "Not printed"]);
    let judgement = beside(&page);
    let of_article = "The article in which the words stand was retracted:";
    assert_says(&judgement, &[of_article, "A page"]);
}

#[test]
fn what_a_stolen_key_signed_is_shown_in_doubt() {
    const IN_DOUBT: &str = "its signature is in doubt: the key was compromised";
    const FROM: &str = "What it signed from entry 9 on is in doubt.";
    let (desk, [article, claim, _]) = decided();
    // Entries 8 to 12.
    let other = desk.claim(&article, "It opened in May.");
    let as_ben = |arguments: &[&str]| desk.hash(&[arguments, &["--as", "ben"]].concat());
    as_ben(&["correct", &claim, "--why", "A date"]);
    let review = desk.review(&other, "mixed");
    as_ben(&["approve", &review]);
    let source = as_ben(&[
        "add",
        "source",
        "report.txt",
        "--title",
        "Late",
        "--level",
        "primary",
    ]);
    let did = |name: &str| {
        desk.ok(&["key", "show", name])["key"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let reason = [
        "--reason",
        "compromised",
        "--distrust-from",
        "9",
        "--as",
        "ada",
    ];
    desk.ok(&[["key", "revoke", "ben"].as_slice(), &reason].concat());

    let page = page_of(&desk, "claim", &claim);
    assert_says(part(&page, "id=\"correction-9\"", "</div>"), &[IN_DOUBT]);
    assert_says(part(&page, "<ol class=\"timeline\">", "</ol>"), &[IN_DOUBT]);
    let judgement = part(&page, "Reviewed by", "</p>");
    assert!(
        judgement.contains("Ben") && !judgement.contains(IN_DOUBT),
        "signed before"
    );
    let signers = part(&page, "<ul class=\"signers\">", "</ul>");
    assert_says(signers, &["the key was compromised", FROM]);
    let page = page_of(&desk, "claim", &other);
    assert_says(part(&page, "id=\"approval-11\"", "</p>"), &[IN_DOUBT]);
    let page = page_of(&desk, "source", &source);
    assert_says(
        part(&page, "id=\"record-line\"", "id=\"verdict-line\""),
        &[IN_DOUBT],
    );

    let editor = |name: &str| {
        let key = did(name);
        let name = format!("public/editor/{}.html", &key["did:key:".len()..]);
        fs::read_to_string(desk.path(&name)).unwrap()
    };
    let page = editor("ben");
    assert_says(&page, &["the key was compromised", FROM]);
    assert_says(
        part(&page, "<ul class=\"summaries\">", "</ul>"),
        &["Late", IN_DOUBT],
    );
    assert!(!page.contains("stays valid"), "{page}");
    assert!(editor("ada").contains("stays valid"));
}

#[test]
fn record_that_replaces_a_retracted_one_is_not_shown_as_retracted() {
    let (desk, [article, claim, _]) = decided();
    let last_notice = |page: &str| {
        let (_, rest) = page
            .rsplit_once("class=\"notice notice-correction")
            .unwrap();
        rest.split("</div>").next().unwrap().to_owned()
    };
    for (command, happened, words) in [
        ("retract", "Retracted", "It opened in May."),
        ("correct", "Corrected", "It opened"),
    ] {
        let old = desk.claim(&article, words);
        let why = ["--why", "Recorded twice", "--replacement", &claim];
        desk.ok(&[&[command, &old], why.as_slice(), &["--as", "ben"]].concat());
        let page = page_of(&desk, "claim", &claim);
        let notice = last_notice(&page);
        assert_says(&notice, &["Stands in place of", &old[7..], words]);
        let events = part(&page, "<ol class=\"timeline\">", "</ol>");
        assert_says(events, &["Put in place of another record"]);
        assert!(!events.contains(happened) && !notice.contains(&format!("<h3>{happened}")));
        let page = page_of(&desk, "claim", &old);
        let notice = last_notice(&page);
        let replaced = ["Replaced by", &claim[7..], "The bridge is safe."];
        assert_says(&notice, &replaced);
        assert_says(&notice, &[&format!("<h3>{happened}")]);
        let events = part(&page, "<ol class=\"timeline\">", "</ol>");
        assert_says(events, &[happened]);
    }
}

#[test]
fn claim_tells_of_a_later_version_of_its_article() {
    let (desk, [article, claim, _]) = decided();
    desk.write("page2.txt", "The mayor said nothing.\n");
    let page2 = ["page2.txt", "--headline", "Corrected page"];
    let later = ["--published", "unknown", "--revises", &article];
    let as_ada = ["--as", "ada"];
    let add = [["add", "article"].as_slice(), &page2, &later, &as_ada].concat();
    assert!(!page_of(&desk, "claim", &claim).contains("later version"));
    let newer = desk.hash(&add);
    let page = page_of(&desk, "claim", &claim);
    let place = part(&page, "<figcaption>", "</figcaption>");
    assert_says(
        place,
        &[
            "A later version of the article is recorded",
            &format!("article/{}.html", &newer[7..]),
        ],
    );
}

/// Records claims on the first words of an article, all of them in one file.
fn record_claims(desk: &Desk, article: &str, number: usize) -> Vec<String> {
    let claim = |i: usize| {
        json!({
            "id": format!("c{i}"), "kind": "direct-quote", "checkability": "checkable",
            "speaker": { "name": format!("Speaker {i}") }, "said": "unknown",
            "appearances": [{ "article": article, "exact": "The bridge is safe." }],
        })
    };
    let claims: Vec<Value> = (0..number).map(claim).collect();
    desk.write("claims.json", json!({ "claims": claims }).to_string());
    let recorded = desk.ok(&["record", "claims.json", "--as", "ada"]);
    let recorded = recorded["records"].as_array().unwrap();
    let hash = |one: &Value| one["hash"].as_str().unwrap().to_owned();
    recorded.iter().map(hash).collect()
}

#[test]
fn article_with_very_many_claims_says_how_many_are_not_listed() {
    let desk = Desk::founded();
    let article = desk.article("The bridge is safe.\n");
    let claims = record_claims(&desk, &article, 1004);
    desk.ok(&["retract", &claims[1003], "--why", "No", "--as", "ben"]);
    desk.ok(&["correct", &claims[1002], "--why", "No", "--as", "ben"]);
    let store = SqliteStore::open_to_read(&desk.ledger()).unwrap();
    let site = Site::open(&store, Texts::None).unwrap();
    let place = Place::Article(article.parse().unwrap());
    let page = site.page(place, Language::English).unwrap().unwrap();
    assert_says(
        &page,
        &["and 4 more, not listed here: 1 retracted, 1 corrected"],
    );
}

#[test]
fn newest_records_are_shown_however_long_those_before_them_are() {
    let desk = Desk::with_approvals(0);
    let article = desk.article("The bridge is safe. It opened in May.\n");
    let claims = record_claims(&desk, &article, 20);
    let review = |claim: &String| {
        json!({
            "id": format!("r{}", &claim[7..20]), "subject": claim, "verdict": "verified",
            "explanation": "x".repeat(1_000_000),
        })
    };
    let reviews: Vec<Value> = claims.iter().map(review).collect();
    desk.write("reviews.json", json!({ "reviews": reviews }).to_string());
    desk.ok(&["record", "reviews.json", "--as", "ada"]);
    let last = desk.claim(&article, "It opened in May.");
    let did = desk.ok(&["key", "show", "ada"])["key"].clone();
    let store = SqliteStore::open_to_read(&desk.ledger()).unwrap();
    let site = Site::open(&store, Texts::None).unwrap();
    let page = |place| site.page(place, Language::English).unwrap().unwrap();
    let front = page(Place::Front);
    let listed = part(&front, "<ul class=\"summaries\">", "</ul>");
    let listed: Vec<&str> = listed.split("href=\"claim/").skip(1).collect();
    let newest = claims.iter().rev().map(|claim| &claim[7..]);
    assert_eq!(listed.len(), 10);
    for (listed, claim) in std::iter::zip(listed, newest) {
        assert!(listed.starts_with(claim), "{claim}: {listed}");
    }
    let editor = page(Place::Editor(did.as_str().unwrap().parse().unwrap()));
    let listed = part(&editor, "<ul class=\"summaries\">", "</li>");
    assert!(listed.contains(&last[7..]), "{listed}");
}

#[test]
fn every_name_in_a_published_folder_is_in_the_specification() {
    let desk = Desk::with_every_kind();
    desk.ok(&["publish", "public", "--texts", "all"]);
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("docs/spec/published.md")).unwrap();
    for entry in fs::read_dir(desk.path("public")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_told = |line: &str| {
            let names = line.split('|').nth(1).unwrap_or_default().split('`');
            let mut names =
                names.filter(|cell| *cell == name || cell.starts_with(&format!("{name}/")));
            names.next().is_some()
        };
        assert!(text.lines().any(is_told), "{name}");
    }
    // The example in the badge leads to a page that there is.
    let badge = fs::read_to_string(root.join("web/badge.js")).unwrap();
    let address = part(&badge, "<a href=\"https://desk.example/ledger/", "\"");
    let (folder, _) = address.split_once('/').unwrap();
    assert!(desk.path("public").join(folder).is_dir() && address.ends_with(".html"));
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
        words_of("revocation", Reason::ALL),
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
        // As of some numbers.
        words_of("found-similar", &["one", "other"]),
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
                "approval",
                "relation",
                "foreign",
                "observation",
                "disclosure",
                "consent",
                "article",
                "signer",
                "signature",
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

/// Whoever asks for a page is not to keep the server from answering others.
#[test]
fn page_does_not_read_more_text_than_is_set_and_says_so() {
    let desk = Desk::founded();
    // Of four bytes each: there are fewer to go through.
    let long = "\u{1f600}".repeat(MAX_READ_LEN as usize / 4);
    let article = desk.article(&format!("He said no.\n{long}\n"));
    let claim = desk.claim(&article, "He said no.");
    let store = SqliteStore::open_to_read(&desk.ledger()).unwrap();
    let site = Site::open(&store, Texts::None).unwrap();
    let claim = Place::Claim(claim.parse().unwrap());
    for (language, says) in [
        (Language::English, "the text is too much to read for a page"),
        (Language::German, "Der Text ist zu umfangreich"),
    ] {
        let page = site.page(claim, language).unwrap().expect("a page");
        assert!(page.contains(says), "{page}");
    }
}
