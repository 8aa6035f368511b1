//! The whole way, as a desk walks it: a page's file, the claims that it seems to hold, an editor's review of each, a second
//! reader's approval, ClaimReview for the world, and what another desk's ledger makes of that.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use support::desk::{Desk, NOW};
use support::{schema, tools};

const BASE: &str = "https://desk.example/ledger";

/// Verdicts that are given in turn, with what each is in a ClaimReview.
const VERDICTS: [(&str, &str, Option<u64>); 9] = [
    ("verified", "True", Some(5)),
    ("mostly-verified", "Mostly true", Some(4)),
    ("mixed", "Partly true, partly false", Some(3)),
    ("missing-context", "Missing context", Some(3)),
    ("mostly-false", "Mostly false", Some(2)),
    ("false", "False", Some(1)),
    ("outdated", "Outdated", None),
    ("unproven", "Unproven", None),
    ("not-checkable", "Not checkable", None),
];

/// A page's file, and what an editor has to add to it.
struct Case {
    name: String,
    bytes: Vec<u8>,
    /// Options of `ledger add article`, for what the file itself does not say.
    options: Vec<&'static str>,
    /// Words in the text that the editor makes a claim of where nothing is proposed.
    words: Option<&'static str>,
}

fn pages() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages");
    let files = std::fs::read_dir(&folder).unwrap();
    let mut names: Vec<String> = files
        .map(|file| file.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".html"))
        .collect();
    names.sort();
    assert!(names.len() >= 10, "{names:?}");
    names
        .into_iter()
        .map(|name| Case {
            bytes: std::fs::read(folder.join(&name)).unwrap(),
            options: Vec::new(),
            // Speech tags of Japanese and Arabic are not known.
            words: match name.as_str() {
                "shift-jis.html" => Some("一車線多く閉めるほうが、一車線足りないよりよい"),
                "rtl.html" => Some("كنا نقرأ تحت مصابيح الشارع"),
                _ => None,
            },
            name,
        })
        .collect()
}

/// The two articles that the project began from: read where they are, never copied.
fn seeds() -> Vec<Case> {
    let dates = ["unknown", "2026-06-04"];
    std::iter::zip(tools::seeds(), dates)
        .map(|(path, date)| Case {
            name: path.file_name().unwrap().to_string_lossy().into_owned(),
            bytes: std::fs::read(path).unwrap(),
            options: vec!["--headline", "A seed", "--published", date],
            words: None,
        })
        .collect()
}

/// Another newsroom, with its own ledger and its own key.
fn elsewhere() -> Desk {
    let desk = Desk::empty();
    desk.ok(&["key", "new", "zoe", "--unencrypted"]);
    let init = ["init", "desk.ledger", "--origin", "elsewhere.example/log"];
    desk.ok(&[&init[..], &["--name", "Elsewhere", "--as", "zoe"]].concat());
    desk
}

/// Completes the skeleton that `ledger quotes` wrote, as an editor would: a speaker where the text named none, a source, a
/// review of each claim. Returns it with the verdict of each claim.
fn complete(case: &Case, article: &str, skeleton: &Value) -> (Value, Vec<usize>) {
    let mut dossier = skeleton.clone();
    let claims = dossier["claims"].as_array_mut().unwrap();
    match case.words {
        None => assert!(!claims.is_empty(), "{}: nothing is proposed", case.name),
        Some(words) => {
            assert!(claims.is_empty(), "{}: {claims:?}", case.name);
            claims.push(json!({
                "id": "claim-1", "kind": "direct-quote", "checkability": "checkable", "said": "unknown",
                "appearances": [{ "article": article, "exact": words }],
            }));
        }
    }
    let mut reviews = Vec::new();
    let mut verdicts = Vec::new();
    for (i, claim) in claims.iter_mut().enumerate() {
        if claim.get("speaker").is_none() {
            claim["speaker"] = json!({ "name": "Somebody whom the text does not name" });
        }
        claim["sources"] = json!([{ "source": "minutes", "stance": "context" }]);
        let verdict = (case.name.len() + i) % VERDICTS.len();
        verdicts.push(verdict);
        reviews.push(json!({
            "id": format!("review-{i}"),
            "subject": claim["id"],
            "verdict": VERDICTS[verdict].0,
            "quote": "verbatim",
            "explanation": format!("We read the minutes, page {i}."),
            "evidence": [{ "source": "minutes", "stance": "context" }],
        }));
    }
    dossier["sources"] = json!([{
        "id": "minutes", "title": format!("Minutes, for {}", case.name), "level": "primary",
        "published": "unknown", "url": "https://minutes.example/",
    }]);
    dossier["reviews"] = json!(reviews);
    (dossier, verdicts)
}

/// What is decided of one page, by the hash of each claim: the review's hash, and the verdict's place in [`VERDICTS`].
type Decided = BTreeMap<String, (String, usize)>;

/// From the file to decided claims.
fn decide(desk: &Desk, case: &Case) -> (String, Decided) {
    desk.write(&case.name, &case.bytes);
    let add = ["add", "article", &case.name, "--as", "ada"];
    let article = desk.hash(&[&add[..], &case.options].concat());
    let skeleton = format!("{}.claims.json", case.name);
    desk.ok(&["quotes", &article, "-o", &skeleton]);
    let written = std::fs::read(desk.path(&skeleton)).unwrap();
    let skeleton = serde_json::from_slice(&written).unwrap();
    let (dossier, verdicts) = complete(case, &article, &skeleton);
    desk.write("dossier.json", dossier.to_string());
    let receipt = desk.ok(&["record", "dossier.json", "--as", "ada"]);
    let hash_of = |id: &Value| {
        let records = receipt["records"].as_array().unwrap().iter();
        let mut records = records.filter(|record| record["id"] == *id);
        let hash = records.next().unwrap()["hash"].as_str().unwrap();
        hash.to_owned()
    };
    let mut decided = Decided::new();
    for (review, verdict) in std::iter::zip(dossier["reviews"].as_array().unwrap(), verdicts) {
        let (claim, hash) = (hash_of(&review["subject"]), hash_of(&review["id"]));
        let state = |desk: &Desk| desk.ok(&["check", &claim])["state"].clone();
        // The policy asks for one more reader.
        assert_eq!(state(desk), "in-review", "{}", case.name);
        desk.ok(&["approve", &hash, "--as", "ben"]);
        assert_eq!(state(desk), "decided", "{}", case.name);
        decided.insert(claim, (hash, verdict));
    }
    (article, decided)
}

/// Losses as `(fate, field)`, each with how often it is told.
fn told(losses: &Value) -> BTreeMap<(String, String), usize> {
    let mut told = BTreeMap::new();
    for loss in losses.as_array().unwrap() {
        for name in ["fate", "place", "field", "why"] {
            assert!(!loss[name].as_str().unwrap().is_empty(), "{loss}");
        }
        let text = |name: &str| loss[name].as_str().unwrap().to_owned();
        *told.entry((text("fate"), text("field"))).or_default() += 1;
    }
    told
}

fn losses<'a>(
    counts: impl IntoIterator<Item = (&'a str, &'a str, usize)>,
) -> BTreeMap<(String, String), usize> {
    let counts = counts.into_iter().filter(|(_, _, count)| *count > 0);
    counts
        .map(|(fate, field, count)| ((fate.to_owned(), field.to_owned()), count))
        .collect()
}

/// Sends the decided claims of an article out, and sees that all of it goes.
fn send(desk: &Desk, name: &str, article: Option<&str>, decided: &Decided) -> Value {
    let file = format!("{name}.reviews.json");
    let mut export = vec!["export", "claim-review", "--base-url", BASE, "-o", &file];
    export.extend(article);
    let exported = desk.ok(&export);
    schema::assert_valid("cli/export", &exported);
    let shown = |claim: &String| desk.ok(&["show", claim])["record"]["content"].clone();
    let with_hands = decided
        .keys()
        .filter(|claim| shown(claim).get("via").is_some());
    let in_words = decided
        .values()
        .filter(|(_, verdict)| VERDICTS[*verdict].2.is_none());
    let expected = losses([
        ("dropped", "quote", decided.len()),
        ("dropped", "via", with_hands.count()),
        ("mapped", "evidence", decided.len()),
        ("mapped", "verdict", in_words.count()),
    ]);
    assert_eq!(told(&exported["losses"]), expected, "{name}");
    serde_json::from_slice(&std::fs::read(desk.path(&file)).unwrap()).unwrap()
}

/// The ClaimReviews of an export: one alone, or a feed.
fn reviews(document: &Value) -> Vec<&Value> {
    match document.get("dataFeedElement") {
        Some(items) => items
            .as_array()
            .unwrap()
            .iter()
            .map(|item| &item["item"])
            .collect(),
        None => vec![document],
    }
}

/// Has another desk import what went out, and compares what it holds then with what this desk decided.
fn compare(desk: &Desk, other: &Desk, name: &str, document: &Value, decided: &Decided) {
    other.write("in.json", document.to_string());
    let imported = other.ok(&["import", "in.json", "--as", "zoe"]);
    schema::assert_valid("cli/import", &imported);
    let records = imported["receipt"]["records"].as_array().unwrap();
    assert_eq!(records.len(), decided.len(), "{name}");
    let mut statements: BTreeMap<String, Value> = BTreeMap::new();
    for record in records {
        let shown = other.ok(&["show", record["hash"].as_str().unwrap()]);
        assert_eq!(shown["record"]["type"], "foreign");
        let content = shown["record"]["content"].clone();
        statements.insert(content["identifier"].as_str().unwrap().to_owned(), content);
    }
    assert_eq!(statements.len(), decided.len(), "{name}: a hash twice");
    for (claim, (review, verdict)) in decided {
        let ours = desk.ok(&["show", claim])["record"]["content"].clone();
        let (_, words, number) = VERDICTS[*verdict];
        let mut rating = json!({ "name": words });
        if let Some(number) = number {
            rating["value"] = json!(number.to_string());
            rating["best"] = json!("5");
            rating["worst"] = json!("1");
        }
        let digits = claim.strip_prefix("sha256:").unwrap();
        let expected = json!({
            "by": { "name": "Fact desk", "url": format!("{BASE}/") },
            "form": "claim-review",
            "identifier": review,
            "published": NOW,
            "rating": rating,
            "speaker": ours["speaker"]["name"],
            "statement": ours["text"],
            "url": format!("{BASE}/claim/{digits}.html"),
        });
        assert_eq!(statements[review], expected, "{name}");
        // A statement of others decides nothing here.
    }
    let of = |pointer: &str| {
        let reviews = reviews(document).into_iter();
        reviews
            .filter(|review| review.pointer(pointer).is_some())
            .count()
    };
    let count = decided.len();
    let expected = losses([
        ("foreign", "reviewRating", count),
        ("dropped", "citation, reviewBody", count),
        ("dropped", "itemReviewed.identifier", count),
        (
            "dropped",
            "itemReviewed.appearance",
            of("/itemReviewed/appearance"),
        ),
        (
            "dropped",
            "itemReviewed.firstAppearance",
            of("/itemReviewed/appearance"),
        ),
        (
            "dropped",
            "itemReviewed.inLanguage",
            of("/itemReviewed/inLanguage"),
        ),
        ("dropped", "reviewRating.ratingExplanation", count),
    ]);
    assert_eq!(told(&imported["losses"]), expected, "{name}");
}

#[test]
fn pages_become_decided_claims_and_come_back_from_claim_review_as_they_went() {
    let (desk, other) = (Desk::founded(), elsewhere());
    let mut all = Decided::new();
    for case in seeds().into_iter().chain(pages()) {
        let (article, decided) = decide(&desk, &case);
        let document = send(&desk, &case.name, Some(&article), &decided);
        compare(&desk, &other, &case.name, &document, &decided);
        eprintln!("{}: {} claims", case.name, decided.len());
        all.extend(decided);
    }
    let verdicts: BTreeSet<usize> = all.values().map(|(_, verdict)| *verdict).collect();
    assert_eq!(verdicts.len(), VERDICTS.len(), "every verdict went out");
    for desk in [&desk, &other] {
        assert_eq!(desk.findings(), Vec::<String>::new());
    }
    // The desk that decided knows its own claims again, by their hashes.
    let document = send(&desk, "all", None, &all);
    desk.write("own.json", document.to_string());
    let imported = desk.ok(&["import", "own.json", "--as", "ada"]);
    for record in imported["receipt"]["records"].as_array().unwrap() {
        let shown = desk.ok(&["show", record["hash"].as_str().unwrap()]);
        let content = &shown["record"]["content"];
        let (review, _) = &all[content["subject"].as_str().unwrap()];
        assert_eq!(content["identifier"], *review);
    }
}

/// What a stranger may send, and what refuses it. Every file is made when the test runs.
fn hostile() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let gzip = |bytes: &[u8]| {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    };
    let zeros = vec![b' '; 256 << 20];
    let record = |body: &[u8], header: &str| {
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n{header}\r\n");
        let len = answer.len() + body.len();
        let head = format!(
            "WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\nContent-Type: application/http\r\nContent-Length: {len}\r\n\r\n"
        );
        [head.as_bytes(), answer.as_bytes(), body, b"\r\n\r\n"].concat()
    };
    let attributes: String = (0..500_000).map(|i| format!(" a{i}=x")).collect();
    vec![
        (
            "nested.html",
            format!("<!DOCTYPE html>{}", "<div>".repeat(100_000)).into_bytes(),
            "at most 256 elements within each other",
        ),
        (
            "attributes.html",
            format!("<!DOCTYPE html><p{attributes}>x").into_bytes(),
            "parts in a tag",
        ),
        ("bomb.warc", gzip(&record(&zeros, "")), "67108864"),
        (
            "bomb-within.warc",
            record(&gzip(&zeros), "Content-Encoding: gzip\r\n"),
            "67108864",
        ),
        (
            "invalid.txt",
            b"a text \xff\xfe\xfd of no encoding".to_vec(),
            "--charset",
        ),
        (
            "unknown.html",
            b"<!DOCTYPE html><meta charset=martian><p>\xff\xfe".to_vec(),
            "--charset",
        ),
    ]
}

#[test]
fn hostile_page_is_refused_in_time_and_its_words_go_the_same_way_by_an_editors_hand() {
    let (desk, other) = (Desk::founded(), elsewhere());
    for (name, bytes, says) in hostile() {
        let before = desk.head();
        desk.write(name, &bytes);
        let start = Instant::now();
        let message = desk.fails(&["add", "article", name, "--as", "ada"], 1);
        let took = start.elapsed();
        eprintln!("{name}, {} bytes: {took:.1?}", bytes.len());
        assert!(took < Duration::from_secs(20), "{name}: {took:?}");
        assert!(message.contains(says), "{name}: {message}");
        assert!(message.contains("hint: "), "{name}: {message}");
        assert_eq!(desk.head(), before, "{name}");
        // The page is kept as it is, without extraction; its words are those that an editor read in it.
        let case = Case {
            name: format!("{name}.read.txt"),
            bytes: format!("“It is {name},” said the mayor, Jane Roe.\n").into_bytes(),
            options: vec![
                "--headline",
                name,
                "--published",
                "unknown",
                "--original",
                name,
            ],
            words: None,
        };
        let (article, decided) = decide(&desk, &case);
        let shown = desk.ok(&["show", &article]);
        let original = &shown["record"]["content"]["original"];
        assert_eq!(original["size"], bytes.len());
        let document = send(&desk, &case.name, Some(&article), &decided);
        compare(&desk, &other, &case.name, &document, &decided);
    }
    assert_eq!(desk.findings(), Vec::<String>::new());
}
