//! The verifier for browsers, in `web/`, held against `ledger check`: on every vector, on bundles of the example
//! ledger, and on hundreds that were changed at random.
//!
//! Node stands in for a browser: the same language, the same WebCrypto.

mod support;

use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};
use support::desk::Desk;
use support::{tools, vectors};

/// Returns Node, if it knows Ed25519; a test is skipped where it does not.
fn node() -> Option<Command> {
    let mut node = tools::tool("node")?;
    node.current_dir(env!("CARGO_MANIFEST_DIR"));
    let probe = "crypto.subtle.importKey('raw', new Uint8Array(32).fill(9), {name: 'Ed25519'}, false, ['verify'])";
    let known = tools::run(
        tools::tool("node")?.args(["--input-type=module", "-e", &format!("await {probe}")]),
        b"",
    );
    if !known.status.success() {
        tools::skip("the verifier for browsers", "this Node knows no Ed25519");
        return None;
    }
    Some(node)
}

/// Runs the tests that are written in JavaScript.
#[test]
fn tests_in_the_browsers_language_pass() {
    let Some(mut node) = node() else { return };
    let published = published();
    let node = node.env("LEDGER_PUBLISHED", published.path(""));
    let output = tools::run(node.args(["--test", "tests/web/"]), b"");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}");
    assert!(told.contains("# skipped 0"), "{told}");
    // Node is content with a folder of no tests.
    let files = std::fs::read_dir("tests/web").unwrap().count();
    assert!(files >= 4 && told.contains("# fail 0"), "{told}");
}

/// A claim's bundle and its article's, the ledger published as it was then, again with a retraction and some hundred more
/// entries, and once more with an erasure of something else.
fn published() -> Desk {
    let desk = Desk::founded();
    let article = desk.article("She said no.\n");
    let claim = desk.claim(&article, "no");
    let review = desk.review(&claim, "false");
    desk.ok(&["approve", &review, "--as", "ben"]);
    desk.ok(&["publish", "same"]);
    desk.ok(&["prove", &claim, "-o", "claim.proof.json"]);
    desk.ok(&["prove", &article, "-o", "article.proof.json"]);
    desk.ok(&["retract", &claim, "--why", "A mistake", "--as", "ada"]);
    let sources: Vec<Value> = (0..300)
        .map(|n| json!({ "id": format!("s{n}"), "title": format!("S{n}"), "level": "primary", "published": "unknown" }))
        .collect();
    let stated = json!({ "id": "f", "subject": claim, "by": { "name": "Elmet Checks" }, "form": "claim-review", "statement": "She said yes.",
        "published": "unknown" });
    let refused = json!({ "id": "c", "subject": claim, "person": { "name": "She" }, "decision": "refused", "scope": ["quote"], "date": "unknown" });
    let more = json!({ "sources": sources, "foreign": [stated], "consents": [refused] });
    desk.write("more.json", more.to_string());
    desk.ok(&["record", "more.json", "--as", "ada"]);
    desk.write("snapshot.html", "<p>a snapshot</p>");
    let source = desk.source("snapshot.html");
    let rests = desk.claim(&article, "She");
    let review = desk.review_with(&rests, "false", &source);
    let approval = desk.hash(&["approve", &review, "--as", "ben"]);
    desk.ok(&["retract", &source, "--why", "Forged", "--as", "ada"]);
    desk.ok(&["publish", "newer"]);
    desk.ok(&["prove", &claim, "-o", "later.proof.json"]);
    desk.ok(&["prove", &rests, "-o", "rests.proof.json"]);
    let other = desk.article("Of no concern.\n");
    let reason = ["--reason", "By request", "--yes", "--as", "ada"];
    desk.ok(&[&["erase", &other], &reason[..]].concat());
    desk.ok(&["publish", "erased"]);
    let log_key = desk.ok(&["status"])["logKey"].clone();
    let log_key = log_key.as_str().unwrap();
    desk.write("log-key", log_key);
    distrust_ben(&desk, &approval);
    desk.ok(&["publish", "doubted"]);
    desk.ok(&["prove", &rests, "-o", "doubted.proof.json"]);
    let mut compared = Vec::new();
    for (bundle, place, code) in [
        ("claim", "same", 0),
        ("claim", "newer", 1),
        ("article", "newer", 1),
        ("later", "same", 3),
        ("later", "newer", 0),
        ("later", "erased", 0),
        ("rests", "newer", 0),
        ("rests", "doubted", 1),
        ("doubted", "doubted", 0),
        ("doubted without revocation", "doubted", 1),
        ("later without foreign", "newer", 1),
        ("later without consent", "newer", 1),
        ("later without correction", "erased", 1),
        // Nothing speaks of the claim: a source of its review was taken back.
        ("rests without correction", "newer", 1),
    ] {
        let file = format!("{bundle}.proof.json");
        if let Some((whole, without)) = bundle.split_once(" without ") {
            let whole = std::fs::read(desk.path(&format!("{whole}.proof.json"))).unwrap();
            desk.write(&file, stripped(&whole, without));
        }
        let check = ["check", &file, "--log-key", log_key, "--against", place];
        let against = desk.json(&check, code)["against"].clone();
        compared.push(json!({ "bundle": file, "place": place, "against": against }));
    }
    desk.write("compared.json", json!(compared).to_string());
    desk
}

/// Revokes ben's key, and doubts what it signed from this record on.
fn distrust_ben(desk: &Desk, from: &str) {
    let index = desk.ok(&["show", from])["index"].to_string();
    let revoke = ["key", "revoke", "ben", "--reason", "compromised"];
    desk.ok(&[&revoke[..], &["--distrust-from", &index, "--as", "ada"]].concat());
}

/// A bundle without its one record of a kind.
fn stripped(bundle: &[u8], kind: &str) -> String {
    let mut bundle: Value = serde_json::from_slice(bundle).unwrap();
    let entries = bundle["entries"].as_array_mut().unwrap();
    let len = entries.len();
    entries.retain(|item| item["entry"]["kind"] != kind);
    assert_eq!(entries.len(), len - 1, "{kind}");
    format!("{bundle}\n")
}

#[derive(Clone)]
struct Asked {
    name: String,
    bundle: Vec<u8>,
    log_key: Option<String>,
    policy: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Vector {
    name: String,
    bundle: Option<String>,
    hex: Option<String>,
    log_key: Option<String>,
    policy: Option<String>,
    #[serde(rename = "outcome")]
    _outcome: String,
    #[serde(rename = "step")]
    _step: Option<String>,
}

fn vectors() -> Vec<Asked> {
    let cases = vectors::cases::<Vector>("bundle").into_iter();
    cases
        .map(|(at, case)| Asked {
            name: format!("{at}: {}", case.name),
            bundle: match (case.bundle, case.hex) {
                (Some(text), None) => text.into_bytes(),
                (None, Some(digits)) => hex::decode(digits).unwrap(),
                _ => panic!("{at}: expected either `bundle` or `hex`"),
            },
            log_key: case.log_key,
            policy: case.policy,
        })
        .collect()
}

/// A bundle of every record of the example ledger.
fn example() -> Vec<Asked> {
    all_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("ledger/backrooms.ledger"))
}

/// A bundle of every record of a ledger.
fn all_of(ledger: &Path) -> Vec<Asked> {
    let ledger = ledger.to_str().unwrap();
    let desk = Desk::empty();
    let log_key = desk.ok(&["status", "--ledger", ledger])["logKey"].clone();
    let log = desk.run(&["log", "--from", "0", "--ledger", ledger, "--json"]);
    let lines = String::from_utf8(log.stdout).unwrap();
    let hashes: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["hash"].clone())
        .map(|hash| hash.as_str().unwrap().to_owned())
        .collect();
    assert!(!hashes.is_empty());
    hashes
        .into_iter()
        .map(|hash| {
            let arguments = [
                "prove", &hash, "--ledger", ledger, "-o", "one.json", "--force",
            ];
            desk.ok(&arguments);
            Asked {
                bundle: std::fs::read(desk.path("one.json")).unwrap(),
                name: hash,
                log_key: log_key.as_str().map(str::to_owned),
                policy: None,
            }
        })
        .collect()
}

/// What `ledger check` says: its exit code, and what it prints where that is a result.
fn by_ledger(asked: &Asked) -> (i32, Option<Value>) {
    let desk = Desk::empty();
    desk.write("one.proof.json", &asked.bundle);
    let mut arguments = vec!["check", "one.proof.json", "--json"];
    if let Some(key) = &asked.log_key {
        arguments.extend(["--log-key", key]);
    }
    if let Some(policy) = &asked.policy {
        desk.write("policy", policy);
        arguments.extend(["--policy", "policy"]);
    }
    let output = desk.run(&arguments);
    let told = serde_json::from_slice::<Value>(&output.stdout).ok();
    let code = output.status.code().expect("an exit code");
    (code, told.filter(|told| told["steps"].is_array()))
}

/// What the verifier for browsers says of each.
fn by_browser(node: &mut Command, asked: &[Asked]) -> Vec<Value> {
    let mut lines = String::new();
    for one in asked {
        let mut line = json!({ "bundle": STANDARD.encode(&one.bundle) });
        if let Some(key) = &one.log_key {
            line["logKey"] = json!(key);
        }
        if let Some(policy) = &one.policy {
            line["policy"] = json!(policy);
        }
        lines += &format!("{line}\n");
    }
    let answer = tools::answer(node.arg("tests/web/check.mjs"), lines.as_bytes());
    let told: Vec<Value> = String::from_utf8(answer)
        .expect("UTF-8")
        .lines()
        .map(|line| serde_json::from_str(line).expect("an answer of check.mjs"))
        .collect();
    assert_eq!(told.len(), asked.len());
    told
}

/// Takes away what only one of the two says: raw values, and the reasons, of which the wording differs.
fn comparable(mut told: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(strip),
            Value::Object(members) => {
                for name in ["values", "why"] {
                    if members.contains_key("step") {
                        members.remove(name);
                    }
                }
                members.values_mut().for_each(strip);
            }
            _ => {}
        }
    }
    let members = told.as_object_mut().expect("an object");
    for name in ["outcome", "why", "lacksOnlyWitnesses"] {
        members.remove(name);
    }
    strip(&mut told);
    told
}

/// Has both judge, and returns how many bundles were verified, altered, and not to be checked.
fn compare(node: &mut Command, asked: &[Asked]) -> [usize; 3] {
    let browser = by_browser(node, asked);
    let ledger: Vec<_> = asked.par_iter().map(by_ledger).collect();
    let mut counts = [0; 3];
    for ((asked, (code, told)), found) in asked.iter().zip(ledger).zip(browser) {
        let (count, outcome) = match code {
            0 => (0, "verified"),
            1 => (1, "altered"),
            3 => (2, "cannot-check"),
            code => panic!("{}: exit code {code}", asked.name),
        };
        counts[count] += 1;
        assert_eq!(
            found["outcome"], outcome,
            "{}: {}",
            asked.name, found["why"]
        );
        assert_eq!(found["steps"].is_array(), told.is_some(), "{}", asked.name);
        if let Some(told) = told {
            assert_eq!(comparable(found), comparable(told), "{}", asked.name);
        }
    }
    counts
}

#[test]
fn page_and_ledger_check_say_the_same_of_every_vector_and_example() {
    let Some(mut node) = node() else { return };
    // The desk has a record of every kind.
    let asked = [
        vectors(),
        example(),
        all_of(&Desk::with_every_kind().ledger()),
        all_of(&doubtful().ledger()),
    ]
    .concat();
    let [verified, altered, open] = compare(&mut node, &asked);
    assert!(
        verified > 40 && altered > 80 && open > 5,
        "{verified} {altered} {open}"
    );
}

/// A ledger in which a key is distrusted, and article, source and claim were taken back.
fn doubtful() -> Desk {
    let desk = Desk::full();
    for (what, kind) in [
        ("retract", "source"),
        ("correct", "article"),
        ("retract", "claim"),
    ] {
        let why = ["--why", "It was forged.\nAll of it.", "--as", "ada"];
        desk.ok(&[&[what, &desk.hash_of(kind)], &why[..]].concat());
    }
    let revoke = [
        "key",
        "revoke",
        "ben",
        "--reason",
        "compromised",
        "--as",
        "ada",
    ];
    desk.ok(&[&revoke[..], &["--distrust-from", "3"]].concat());
    desk
}

/// A small generator of numbers, the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        // Knuth's MMIX; the upper bits are the good ones.
        self.0 = (self.0)
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % n as u64).expect("below n")
    }
}

/// Changes some bytes.
fn with_other_bytes(bundle: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = bundle.to_vec();
    for _ in 0..=numbers.below(2) {
        let at = numbers.below(bytes.len());
        match numbers.below(5) {
            0 => bytes[at] ^= 1 << numbers.below(8),
            1 => bytes[at] = b"0123456789abcdefz{}[]\",:\\\n+="[numbers.below(28)],
            2 => drop(bytes.remove(at)),
            3 => bytes.insert(at, bytes[numbers.below(bundle.len())]),
            _ => bytes.truncate(bytes.len() - numbers.below(3)),
        }
    }
    bytes
}

/// Changes a value, and writes the bundle in canonical form again.
fn with_another_value(bundle: &[u8], others: &[Asked], numbers: &mut Numbers) -> Vec<u8> {
    let mut value: Value = serde_json::from_slice(bundle).unwrap();
    let mut places = Vec::new();
    pointers(&value, "", &mut places);
    for _ in 0..=numbers.below(2) {
        let place = &places[numbers.below(places.len())];
        let other = &others[numbers.below(others.len())].bundle;
        let other: Value = serde_json::from_slice(other).unwrap_or_default();
        let donated = other.pointer(place).cloned();
        let (parent, name) = place.rsplit_once('/').unwrap();
        let Some(parent) = value.pointer_mut(parent) else {
            continue;
        };
        match (numbers.below(5), parent) {
            (0, Value::Object(members)) => drop(members.remove(name)),
            (0, Value::Array(items)) => drop(items.pop()),
            (1, Value::Array(items)) => items.extend(items.first().cloned()),
            (1, Value::Object(members)) => drop(members.insert(format!("{name}x"), json!(1))),
            (2, Value::Array(items)) if items.len() > 1 => items.swap(0, 1),
            (3 | 2, parent) => {
                if let (Some(one), Some(donated)) = (member(parent, name), donated) {
                    *one = donated;
                }
            }
            (_, parent) => {
                if let Some(one) = member(parent, name) {
                    *one = changed(one, numbers);
                }
            }
        }
    }
    let mut bytes = serde_json_canonicalizer::to_vec(&value).unwrap();
    bytes.push(b'\n');
    bytes
}

fn member<'v>(parent: &'v mut Value, name: &str) -> Option<&'v mut Value> {
    match parent {
        Value::Object(members) => members.get_mut(name),
        Value::Array(items) => items.get_mut(name.parse::<usize>().ok()?),
        _ => None,
    }
}

fn changed(value: &Value, numbers: &mut Numbers) -> Value {
    match value {
        Value::Number(number) => {
            let number = number.as_i64().unwrap_or_default();
            json!([number + 1, number - 1, 0, -1, 1 << 53, 1 << 33][numbers.below(6)])
        }
        Value::String(text) if !text.is_empty() => {
            let at = numbers.below(text.chars().count());
            let other = ['a', '1', ' ', '\u{85}', 'é', '\n', '\u{301}', 'Z'][numbers.below(8)];
            let change = |(i, c)| if i == at { other } else { c };
            json!(text.chars().enumerate().map(change).collect::<String>())
        }
        Value::Bool(_) | Value::String(_) => json!([]),
        Value::Array(_) => json!({}),
        _ => json!("x"),
    }
}

fn pointers(value: &Value, at: &str, places: &mut Vec<String>) {
    let mut visit = |name: String, inner: &Value| {
        let place = format!("{at}/{name}");
        pointers(inner, &place, places);
        places.push(place);
    };
    match value {
        Value::Array(items) => (0..)
            .zip(items)
            .for_each(|(i, one): (u32, _)| visit(i.to_string(), one)),
        Value::Object(members) => members
            .iter()
            .for_each(|(name, one)| visit(name.clone(), one)),
        _ => {}
    }
}

#[test]
fn page_and_ledger_check_say_the_same_of_bundles_that_were_changed_at_random() {
    let Some(mut node) = node() else { return };
    let mut whole: Vec<Asked> = [vectors(), example()].concat();
    whole.retain(|one| {
        serde_json::from_slice::<Value>(&one.bundle).is_ok_and(|value| value.is_object())
    });
    let mut numbers = Numbers(2026);
    let asked: Vec<Asked> = (0..600)
        .map(|n| {
            let one = &whole[numbers.below(whole.len())];
            let bundle = match n % 3 {
                0 => with_other_bytes(&one.bundle, &mut numbers),
                _ => with_another_value(&one.bundle, &whole, &mut numbers),
            };
            Asked {
                name: format!("change {n} of {}", one.name),
                bundle,
                ..one.clone()
            }
        })
        .collect();
    let [_, altered, _] = compare(&mut node, &asked);
    assert!(altered > 300, "{altered}");
}

#[test]
fn offline_page_checks_a_bundle_with_its_own_script_alone() {
    if node().is_none() {
        return;
    }
    let desk = Desk::empty();
    desk.write("page.html", ledger::site::script::offline_page());
    let good = vectors()
        .into_iter()
        .find(|one| one.log_key.is_some() && one.name.contains("response"));
    let good = good.unwrap();
    desk.write("good.json", &good.bundle);
    let altered = String::from_utf8(good.bundle)
        .unwrap()
        .replacen("5 °C", "6 °C", 1);
    desk.write("altered.json", altered);
    let page = desk.path("page.html");
    let shows = |bundle: &str, log_key: Option<&str>| {
        let mut arguments = vec!["tests/web/offline.mjs".to_owned()];
        arguments.extend([&page, &desk.path(bundle)].map(|path| path.display().to_string()));
        arguments.extend(log_key.map(str::to_owned));
        let mut node = tools::tool("node").expect("it was here above");
        node.current_dir(env!("CARGO_MANIFEST_DIR"));
        let answer = tools::answer(node.args(arguments), b"");
        String::from_utf8(answer).unwrap()
    };
    let log_key = good.log_key.as_deref();
    let text = shows("good.json", log_key);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines[0], "Record: intact. This is what was signed and logged.",
        "{text}"
    );
    assert_eq!(
        lines[1], "Verdict (corrected since): is it true? false",
        "{text}"
    );
    assert!(text.contains("It is said “so” — 5 °C"), "{text}");
    assert!(text.contains("the entry is in the log: passed"), "{text}");
    assert!(text.contains("What was not checked"), "{text}");
    assert!(!text.contains("In doubt"), "{text}");
    assert!(shows("good.json", None).starts_with("Record: not wholly checked."));

    // What the conclusion rests on was retracted, and who approved it is distrusted: nothing is wrong, and a reader is told.
    let published = published();
    let bundle = std::fs::read(published.path("doubted.proof.json")).unwrap();
    desk.write("doubted.json", bundle);
    let key = std::fs::read_to_string(published.path("log-key")).unwrap();
    let text = shows("doubted.json", Some(&key));
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("Record: intact."), "{text}");
    assert_eq!(lines[1], "⚠ In doubt. Verdict: is it true? false", "{text}");
    for told in [
        "rests on a source that was retracted later: sha256:",
        "retracted later: Forged",
        "is distrusted (revocation, index ",
        ", reason: compromised)",
        "(editor, key revoked: compromised)",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    assert!(shows("altered.json", log_key).starts_with("Record: NOT intact."));
    assert!(shows("page.html", log_key).starts_with("Record: NOT intact."));
    assert!(shows("good.json", Some("a key")).contains("expected a verifier key"));
}

#[test]
fn limits_are_those_of_the_program() {
    use ledger::bundle::{MAX_BUNDLE_LEN, MAX_ITEMS};
    use ledger::canonical::json::MAX_DEPTH;
    use ledger::log::entry::MAX_ENTRY_LEN;
    use ledger::log::note::{MAX_NOTE_LEN, MAX_SIGNATURES};
    use ledger::log::policy::{MAX_DEFINITIONS, MAX_POLICY_LEN};
    use ledger::log::tlog_proof::{MAX_PATH_LEN, MAX_TLOG_PROOF_LEN};
    use ledger::record::MAX_RECORD_LEN;
    use ledger::record::claim::MAX_CONTEXT;
    use ledger::site::asset;
    for (file, line, expected) in [
        (
            "bundle.js",
            "MAX_BUNDLE_LEN = 64 << 20;",
            MAX_BUNDLE_LEN == 64 << 20,
        ),
        ("bundle.js", "MAX_ITEMS = 10_000;", MAX_ITEMS == 10_000),
        ("canonical.js", "MAX_DEPTH = 32;", MAX_DEPTH == 32),
        ("log.js", "MAX_ENTRY_LEN = 65_535;", MAX_ENTRY_LEN == 65_535),
        ("log.js", "MAX_PATH_LEN = 63;", MAX_PATH_LEN == 63),
        (
            "log.js",
            "MAX_TLOG_PROOF_LEN = 2 << 20;",
            MAX_TLOG_PROOF_LEN == 2 << 20,
        ),
        (
            "note.js",
            "MAX_NOTE_LEN = 1 << 20;",
            MAX_NOTE_LEN == 1 << 20,
        ),
        ("note.js", "MAX_SIGNATURES = 100;", MAX_SIGNATURES == 100),
        (
            "policy.js",
            "MAX_POLICY_LEN = 64 << 10;",
            MAX_POLICY_LEN == 64 << 10,
        ),
        (
            "policy.js",
            "MAX_DEFINITIONS = 1024;",
            MAX_DEFINITIONS == 1024,
        ),
        (
            "record.js",
            "MAX_RECORD_LEN = 1 << 20;",
            MAX_RECORD_LEN == 1 << 20,
        ),
        ("record.js", "MAX_CONTEXT = 32;", MAX_CONTEXT == 32),
        (
            "rules.js",
            "MAX_CLOCK_LEAD_S = 300;",
            ledger::rules::MAX_CLOCK_LEAD_S == 300,
        ),
    ] {
        let module = asset::find(&asset::path(file)).unwrap();
        let text = std::str::from_utf8(module.bytes).unwrap();
        assert!(text.contains(line) && expected, "{file}: {line}");
    }
}
