//! Proof bundles: checked in an empty folder, and never verified when anything in them is other than it was.

mod support;

use std::cell::RefCell;
use std::collections::HashMap;

use ledger::bundle::{
    self, Aspect, Attestation, Beside, Bundle, FormError, LogTrust, MAX_ITEMS, Outcome, Trust,
};
use ledger::canonical::Digest;
use ledger::log::VerifierKey;
use ledger::log::note::MAX_SIGNATURES;
use ledger::record::{Content, Kind, Record};
use ledger::store::{Object, SqliteStore};
use ledger::verify::anchors::Anchors;
use rayon::prelude::*;
use serde_json::{Value, json};
use support::desk::Desk;
use support::forge::{self, ADA, BEN, Forge, draft};
use support::schema;

struct Proved {
    desk: Desk,
    claim: String,
    log_key: String,
    /// The bundle's file.
    bytes: Vec<u8>,
}

/// A claim with source, review, approval, correction and relation, and its bundle.
fn proved() -> Proved {
    let desk = Desk::founded();
    let article = desk.article("She said “no”.\nThen she left.\n");
    let claim = desk.claim(&article, "“no”");
    let other = desk.claim(&article, "she left");
    let review = desk.review(&claim, "verified");
    desk.ok(&["approve", &review, "--as", "ben"]);
    desk.ok(&["correct", &claim, "--why", "A date", "--as", "ada"]);
    desk.ok(&["relate", &claim, "contradicts", &other, "--as", "ada"]);
    desk.article("Something else.\n");
    desk.ok(&["prove", &claim, "-o", "claim.proof.json"]);
    Proved {
        bytes: std::fs::read(desk.path("claim.proof.json")).unwrap(),
        log_key: desk.ok(&["status"])["logKey"].as_str().unwrap().to_owned(),
        claim,
        desk,
    }
}

impl Proved {
    fn trust(&self) -> Trust<'static> {
        Trust {
            log: LogTrust::Key(self.log_key.parse().unwrap()),
            policy: None,
        }
    }

    fn bundle(&self) -> Bundle {
        Bundle::parse(&self.bytes).unwrap()
    }

    /// Checks a bundle by the log's key, and tells whether it is verified.
    fn verifies(&self, bundle: &Bundle) -> bool {
        match bundle::check(bundle, &self.trust(), None) {
            Ok(standing) => {
                standing.record.is_intact() && !standing.all().any(|one| one.has_failed())
            }
            Err(_) => false,
        }
    }
}

#[test]
fn bundle_is_checked_in_an_empty_folder() {
    let proved = proved();
    let elsewhere = Desk::empty();
    elsewhere.write("claim.proof.json", &proved.bytes);
    let arguments = ["check", "claim.proof.json", "--log-key", &proved.log_key];
    let check = elsewhere.ok(&arguments);
    let at_home = proved.desk.ok(&["check", &proved.claim]);
    for member in ["hash", "state", "record", "decidedReview", "size", "root"] {
        assert_eq!(check[member], at_home[member], "{member}");
    }
    assert_eq!(check["intact"], true);
    assert_eq!(check["state"], "corrected");
    for (list, len) in [("reviews", 1), ("approvals", 1), ("relations", 1)] {
        assert_eq!(check[list].as_array().unwrap().len(), len, "{list}");
    }
    let files = std::fs::read_dir(elsewhere.path("")).unwrap().count();
    assert_eq!(files, 1, "a check leaves nothing behind");
}

#[test]
fn bundle_fits_its_schema_and_is_written_as_it_was_read() {
    let proved = proved();
    let value: Value = serde_json::from_slice(&proved.bytes).unwrap();
    let faults = schema::errors("bundle", &value);
    assert!(faults.is_empty(), "{faults:#?}");
    assert_eq!(proved.bundle().to_bytes().unwrap(), proved.bytes);
}

#[test]
fn nobody_is_trusted_without_the_logs_key() {
    let proved = proved();
    let check = proved.desk.json(&["check", "claim.proof.json"], 3);
    assert_eq!(check["intact"], false);
    let text = proved.desk.run(&["check", "claim.proof.json"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("whose log is this?"), "{text}");
    assert!(text.contains(&proved.log_key), "{text}");
    assert!(!text.contains("record intact"), "{text}");
    let other = ledger::log::NoteSigner::new(
        "factdesk.example/2026",
        ledger::sign::SecretKey::from_seed(&[9; 32]),
    );
    let other = other.unwrap().key().to_string();
    let arguments = ["check", "claim.proof.json", "--log-key", &other];
    proved.desk.json(&arguments, 1);
}

#[test]
fn no_byte_of_a_bundle_can_be_changed() {
    let proved = proved();
    assert!(proved.verifies(&proved.bundle()));
    // A neighbouring character everywhere; now and then the other case, and no character at all.
    let changed: Vec<(usize, u8)> = (0..proved.bytes.len())
        .map(|at| (at, 0x01))
        .chain((0..proved.bytes.len()).step_by(5).map(|at| (at, 0x20)))
        .chain((0..proved.bytes.len()).step_by(11).map(|at| (at, 0x80)))
        .collect();
    let verified: Vec<(usize, u8)> = changed
        .into_par_iter()
        .filter(|(at, bit)| {
            let mut bytes = proved.bytes.clone();
            bytes[*at] ^= bit;
            Bundle::parse(&bytes).is_ok_and(|bundle| proved.verifies(&bundle))
        })
        .collect();
    assert_eq!(verified, []);
}

#[test]
fn what_nobody_signed_has_no_place_in_a_bundle() {
    // Found by the fuzzer: what stood behind a proof's blank line was taken for the beginning of the
    // checkpoint, was checked by nobody, and the record was told to be intact.
    let proved = proved();
    let text = String::from_utf8(proved.bytes.clone()).unwrap();
    for addition in ["Not signed.\\n", "\\n", "x"] {
        let more = text.replacen(
            r#"\n\n","record""#,
            &format!(r#"\n\n{addition}","record""#),
            1,
        );
        assert_ne!(more, text);
        let error = Bundle::parse(more.as_bytes()).unwrap_err();
        assert!(matches!(error, FormError::PlacedProof { place: 0, .. }));
    }
}

#[test]
fn bundle_of_more_than_its_limits_is_refused() {
    let proved = proved();
    let text = String::from_utf8(proved.bytes.clone()).unwrap();
    let witness = format!("{:?}", proved.log_key);
    let witnesses = vec![witness; MAX_SIGNATURES + 1].join(",");
    let crowded = text.replace(
        r#""witnesses":[]"#,
        &format!(r#""witnesses":[{witnesses}]"#),
    );
    assert_ne!(crowded, text);
    let value: Value = serde_json::from_str(&text).unwrap();
    let entry = value["entries"][0].to_string();
    let entries = vec![entry; MAX_ITEMS + 1].join(",");
    let start = text.find(r#""entries":["#).unwrap() + r#""entries":["#.len();
    let end = text.find(r#"],"last":"#).unwrap();
    let long = format!("{}{entries}{}", &text[..start], &text[end..]);
    for (text, expected) in [
        (crowded, "at most 100 witnesses, found 101"),
        (long, "at most 10000 entries, found 10001"),
    ] {
        let error = Bundle::parse(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn what_a_record_rests_on_can_not_be_left_out() {
    let proved = proved();
    let bundle = proved.bundle();
    let mut dispensable = Vec::new();
    for left_out in 0..bundle.items.len() {
        let mut fewer = bundle.clone();
        let item = fewer.items.remove(left_out);
        if proved.verifies(&fewer) {
            let entry = ledger::log::Entry::parse(&item.stored.bytes).unwrap();
            dispensable.push(entry.kind);
        }
    }
    // What was said about the record later is not missed: help and notes say so.
    // And an owner is one by the founding record; her enrolment adds the name.
    assert_eq!(dispensable, ["key", "approval", "correction", "relation"]);
}

#[test]
fn record_without_its_words_needs_an_erasure() {
    let proved = proved();
    let mut bundle = proved.bundle();
    for item in &mut bundle.items {
        item.stored.object = match item.stored.record == bundle.subject {
            true => Object::Erased,
            false => item.stored.object.clone(),
        };
    }
    assert!(!proved.verifies(&bundle));
}

#[test]
fn revocation_of_a_key_goes_with_what_it_signed() {
    let proved = proved();
    let revoke = ["key", "revoke", "ben", "--reason", "left", "--as", "ada"];
    proved.desk.ok(&revoke);
    proved
        .desk
        .ok(&["prove", &proved.claim, "-o", "later.proof.json"]);
    let arguments = ["check", "later.proof.json", "--log-key", &proved.log_key];
    let check = proved.desk.ok(&arguments);
    let signers = check["signers"].as_array().unwrap();
    let ben = signers.iter().find(|signer| signer["holder"] == "Ben");
    assert!(ben.unwrap()["revoked"].is_u64(), "{signers:#?}");
}

#[test]
fn bundle_of_another_version_is_not_judged() {
    let proved = proved();
    let text = String::from_utf8(proved.bytes.clone()).unwrap();
    let newer = text.replace(
        r#""type":"proof-bundle","version":1"#,
        r#""type":"proof-bundle","version":2"#,
    );
    assert_ne!(text, newer);
    proved.desk.write("newer.proof.json", newer);
    let message = proved.desk.fails(&["check", "newer.proof.json"], 3);
    assert!(
        message.contains("newer version of this program"),
        "{message}"
    );
    for (name, bytes) in [
        ("empty.proof.json", &b""[..]),
        ("other.proof.json", b"{}"),
        ("list.proof.json", b"[[[[[["),
    ] {
        proved.desk.write(name, bytes);
        let message = proved.desk.fails(&["check", name], 1);
        assert!(message.contains("is no proof bundle"), "{message}");
    }
    proved.desk.fails(&["check", "absent.proof.json"], 3);
}

#[test]
fn file_is_not_overwritten_unasked() {
    let proved = proved();
    let again = ["prove", &proved.claim, "-o", "claim.proof.json"];
    let message = proved.desk.fails(&again, 3);
    assert!(message.contains("exists already"), "{message}");
    proved.desk.ok(&[&again[..], &["--force"]].concat());
    let kept = std::fs::read(proved.desk.path("claim.proof.json")).unwrap();
    assert_eq!(kept, proved.bytes, "the same ledger gives the same bytes");
}

#[test]
fn bare_proof_is_that_of_the_records_entry() {
    let proved = proved();
    let output = proved.desk.run(&["prove", &proved.claim, "--tlog-proof"]);
    let proof: ledger::log::TlogProof = String::from_utf8(output.stdout).unwrap().parse().unwrap();
    let bundle = proved.bundle();
    let item = (bundle.items.iter()).find(|item| item.stored.record == bundle.subject);
    let key: VerifierKey = proved.log_key.parse().unwrap();
    let entry = &item.unwrap().stored.bytes;
    let checkpoint = proof.verify(entry, &key).unwrap();
    assert_eq!(checkpoint.size(), bundle.last.stored.index + 1);
    assert!(proof.verify(b"another entry", &key).is_err());
}

#[test]
fn newer_ledger_tells_what_a_bundle_does_not() {
    let proved = proved();
    let desk = &proved.desk;
    let against = |bundle: &str, place: &str, code: i32| {
        let key = &proved.log_key;
        let arguments = ["check", bundle, "--log-key", key, "--against", place];
        desk.json(&arguments, code)["against"].clone()
    };
    desk.ok(&["publish", "public"]);
    assert_eq!(
        against("claim.proof.json", "desk.ledger", 0)["outcome"],
        "current"
    );
    assert_eq!(
        against("claim.proof.json", "public", 0)["outcome"],
        "current"
    );

    // Something of no concern, and a retraction.
    desk.article("Of no concern.\n");
    desk.ok(&["publish", "public"]);
    assert_eq!(
        against("claim.proof.json", "public", 0)["outcome"],
        "current"
    );
    std::fs::copy(desk.ledger(), desk.path("older")).unwrap();
    let why = [
        "retract",
        &proved.claim,
        "--why",
        "A mistake",
        "--as",
        "ada",
    ];
    let retraction = desk.hash(&why);
    desk.ok(&["publish", "public"]);
    for place in ["desk.ledger", "public"] {
        let told = against("claim.proof.json", place, 1);
        assert_eq!(told["outcome"], "outdated");
        assert_eq!(told["later"][0]["hash"], retraction);
        assert_eq!(told["leftOut"], serde_json::json!([]));
    }
    desk.ok(&["prove", &proved.claim, "-o", "new.proof.json"]);
    assert_eq!(against("new.proof.json", "older", 3)["outcome"], "older");

    // A bundle from which the correction was taken is verified by itself.
    let mut stripped = proved.bundle();
    stripped.items.retain(|item| {
        let entry = ledger::log::Entry::parse(&item.stored.bytes).unwrap();
        entry.kind != "correction"
    });
    desk.write("stripped.proof.json", stripped.to_bytes().unwrap());
    let arguments = ["check", "stripped.proof.json", "--log-key", &proved.log_key];
    assert_eq!(desk.ok(&arguments)["state"], "decided");
    let told = against("stripped.proof.json", "desk.ledger", 1);
    assert_eq!(told["leftOut"][0]["kind"], "correction");
    assert_eq!(told["leftOutChecked"], true);
    // A published ledger was green here: it was asked only for what came since.
    let told = against("stripped.proof.json", "public", 1);
    assert_eq!(told["leftOut"][0]["kind"], "correction");
    assert_eq!(told["leftOutChecked"], false);
    let claim = stripped
        .items
        .iter()
        .find(|item| item.stored.record == stripped.subject);
    assert_eq!(told["from"], claim.unwrap().stored.index + 1);
    assert_eq!(told["unreadBefore"], 0);
    let output = desk.run(&[&arguments[..], &["--against", "public"]].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    let looked = format!("looked for what was left out from entry {}", told["from"]);
    assert!(
        text.contains(&format!("{looked} on, 0 records of it not read")),
        "{text}"
    );

    // Another history under the same key.
    let other = Desk::founded();
    for number in 0..20 {
        other.article(&format!("Number {number}.\n"));
    }
    let place = other.ledger().display().to_string();
    assert_eq!(
        against("claim.proof.json", &place, 1)["outcome"],
        "contradicted"
    );
    desk.fails(&["check", &proved.claim, "--against", "public"], 2);
}

#[test]
fn what_came_later_does_not_make_a_proof_wrong() {
    let proved = proved();
    let desk = &proved.desk;
    let key = &proved.log_key;
    let check = ["check", "claim.proof.json", "--log-key", key, "--against"];
    let told = |place: &str, code: i32| {
        let arguments = [&check[..], &[place]].concat();
        let text = String::from_utf8(desk.run(&arguments).stdout).unwrap();
        assert!(text.contains("✓ record intact: this is"), "{text}");
        let json = desk.json(&arguments, code);
        assert_eq!(json["intact"], true);
        (text, json["against"].clone())
    };

    // One erasure of something else made every earlier proof doubtful for ever.
    let other = desk.article("Of no concern.\n");
    let reason = ["--reason", "By request", "--yes", "--as", "ada"];
    desk.ok(&[&["erase", &other], &reason[..]].concat());
    desk.ok(&["publish", "public"]);
    for place in ["desk.ledger", "public"] {
        let (text, against) = told(place, 0);
        assert!(
            text.contains("\n? 1 erased article might have spoken of it\n"),
            "{text}"
        );
        assert_eq!(against["outcome"], "current");
        assert_eq!(against["erased"], serde_json::json!({ "article": 1 }));
        assert_eq!(against["unread"], serde_json::json!([]));
    }

    let why = ["--why", "A mistake", "--as", "ada"];
    desk.ok(&[&["correct", &proved.claim], &why[..]].concat());
    let (text, against) = told("desk.ledger", 1);
    assert!(text.contains("✗ more is said of it"), "{text}");
    assert_eq!(against["outcome"], "outdated");
}

#[test]
fn what_is_taken_back_of_its_claims_is_said_of_an_article() {
    let proved = proved();
    let desk = &proved.desk;
    let article = desk.hash_of("article");
    desk.ok(&["prove", &article, "-o", "article.proof.json"]);
    let elsewhere = desk.article("Elsewhere she said “no”.\n");
    let claims = [
        desk.claim(&elsewhere, "“no”"),
        proved.claim.clone(),
        desk.claim(&article, "she left."),
    ];
    let against = |place: &str, code: i32| {
        let key = &proved.log_key;
        let bundle = "article.proof.json";
        let arguments = ["check", bundle, "--log-key", key, "--against", place];
        desk.json(&arguments, code)
    };
    let retract = |claim: &str| desk.hash(&["retract", claim, "--why", "Wrong", "--as", "ada"]);
    let [_, first, second] = claims.map(|claim| retract(&claim));
    desk.ok(&["publish", "public"]);
    for place in ["desk.ledger", "public"] {
        let told = against(place, 1);
        let later = told["against"]["later"].as_array().unwrap();
        let hashes: Vec<&Value> = later.iter().map(|one| &one["hash"]).collect();
        assert_eq!(hashes, [&first, &second], "{place}");
    }

    // What was taken back before the bundle was made is not in it, but the ledger's look-ups tell it.
    let prove = ["prove", &article, "-o", "article.proof.json", "--force"];
    desk.ok(&prove);
    let told = against("desk.ledger", 0);
    let states: Vec<&Value> = (told["claims"].as_array().unwrap().iter())
        .map(|claim| &claim["state"])
        .collect();
    assert_eq!(states, ["retracted", "recorded", "retracted"]);
    let text = String::from_utf8(desk.run(&["check", "article.proof.json"]).stderr).unwrap();
    assert!(
        text.contains("nor what became of the article's claims"),
        "{text}"
    );
}

#[test]
fn record_that_can_not_be_read_leaves_open_whether_more_is_said() {
    let proved = proved();
    let desk = &proved.desk;
    let why = [
        "retract",
        &proved.claim,
        "--why",
        "A mistake",
        "--as",
        "ada",
    ];
    let retraction = desk.hash(&why);
    desk.ok(&["publish", "public"]);
    let (first, rest) = retraction["sha256:".len()..].split_at(2);
    let record = desk.path("public/object").join(first).join(rest);
    let key = &proved.log_key;
    let check = [
        "check",
        "claim.proof.json",
        "--log-key",
        key,
        "--against",
        "public",
    ];
    for withheld in [None, Some("{}")] {
        match withheld {
            None => std::fs::remove_file(&record).unwrap(),
            Some(bytes) => std::fs::write(&record, bytes).unwrap(),
        }
        let told = desk.json(&check, 3)["against"].clone();
        assert_eq!(told["outcome"], "unknown");
        assert_eq!(told["unread"][0]["hash"], retraction);
        assert_eq!(told["unread"][0]["kind"], "correction");
    }
}

/// Objects, and how often each was read.
#[derive(Default)]
struct Kept {
    objects: HashMap<Digest, Vec<u8>>,
    reads: RefCell<HashMap<Digest, usize>>,
}

impl Kept {
    fn keep(&mut self, bytes: Vec<u8>) -> Digest {
        let digest = Digest::of(&bytes);
        self.objects.insert(digest, bytes);
        digest
    }

    fn read(&self, digest: &Digest) -> Object {
        *self.reads.borrow_mut().entry(*digest).or_default() += 1;
        let kept = self.objects.get(digest).cloned();
        kept.map_or(Object::Absent, Object::Present)
    }

    fn times_read(&self, digests: &[Digest]) -> Vec<usize> {
        let reads = self.reads.borrow();
        let times = |digest| reads.get(digest).copied().unwrap_or_default();
        digests.iter().map(times).collect()
    }
}

/// Two claims that quote one word of each of many articles, again and again in turn; the articles have fewer texts.
struct Quoting {
    kept: Kept,
    texts: Vec<Digest>,
    claims: [Digest; 2],
    bundle: Bundle,
}

const ARTICLES: usize = 60;
const QUOTES: usize = 300;

/// In every second turn the words are looked for `wrong_by` characters before their place.
fn quoting(wrong_by: u64) -> Quoting {
    let mut kept = Kept::default();
    let mut forge = Forge::founded();
    // More than are kept at once.
    let texts: Vec<Digest> = (0..ARTICLES / 3)
        .map(|n| kept.keep(format!("Text {n:02}.\n").into_bytes()))
        .collect();
    let articles: Vec<Digest> = (0..ARTICLES)
        .map(|n| {
            let text = json!({
                "digest": texts[n % texts.len()],
                "mediaType": "text/plain;charset=utf-8",
                "size": 9,
                "normalizer": "text/1",
            });
            let headline = format!("Page {n}");
            let content = json!({ "headline": headline, "published": "unknown", "text": text });
            forge.add(draft("article", content, ADA))
        })
        .collect();
    let mut claim = |speaker: &str| {
        let appearances: Vec<Value> = (0..QUOTES)
            .map(|n| {
                let article = articles[n % ARTICLES];
                // The number of a text.
                let exact = format!("{:02}", n % texts.len());
                let start = 5 - wrong_by * (n / ARTICLES % 2) as u64;
                json!({
                    "article": article, "exact": exact, "prefix": "", "suffix": "",
                    "start": start, "end": start + 2,
                })
            })
            .collect();
        let mut content = forge::claim(&articles[0], "no");
        content["appearances"] = json!(appearances);
        content["speaker"]["name"] = json!(speaker);
        forge.add(draft("claim", content, ADA))
    };
    let claims = [claim("A. Speaker"), claim("Another")];
    let bundle = forge.bundle(&claims[0]);
    for item in &bundle.items {
        if let Object::Present(bytes) = &item.stored.object {
            kept.keep(bytes.clone());
        }
    }
    Quoting {
        kept,
        texts,
        claims,
        bundle,
    }
}

impl Quoting {
    fn attested(&self, max_len: u64) -> Attestation {
        let trust = Trust {
            log: LogTrust::FoundingRecord,
            policy: None,
        };
        let objects = |digest: &Digest| Ok(self.kept.read(digest));
        let beside = Beside {
            objects: &objects,
            max_len,
        };
        let standing = bundle::check(&self.bundle, &trust, Some(beside)).unwrap();
        standing.record
    }
}

fn outcome(one: &Attestation, aspect: Aspect) -> Outcome {
    let step = one.steps.iter().find(|step| step.aspect == aspect);
    step.unwrap_or_else(|| panic!("a step {aspect:?}"))
        .outcome
        .clone()
}

/// Seventeen articles with one text of 60 MiB held up `verify` for a minute: it was read for each of the 340 places
/// of a claim that named them in turn.
#[test]
fn each_text_is_read_once_whatever_the_order_in_which_it_is_quoted() {
    let quoting = quoting(0);
    let one = quoting.attested(u64::MAX);
    assert_eq!(outcome(&one, Aspect::Anchors), Outcome::Passed);
    // Once for its digest, and once for the words.
    let times = quoting.kept.times_read(&quoting.texts);
    assert_eq!(times, vec![2; quoting.texts.len()]);
}

#[test]
fn faulty_quotes_are_told_in_the_order_of_the_claim() {
    let quoting = quoting(1);
    let objects = |digest: &Digest| Ok(quoting.kept.read(digest));
    let claims = quoting.claims.map(|claim| match quoting.kept.read(&claim) {
        Object::Present(bytes) => Record::parse(&bytes).unwrap(),
        _ => unreachable!("it was kept"),
    });
    let mut anchors = Anchors::new(&objects);
    let looked = (anchors.check_all(&[(7, &claims[0]), (8, &claims[1])])).unwrap();
    for (looked, (index, claim)) in looked.iter().zip([(7, &claims[0]), (8, &claims[1])]) {
        let Content::Claim(claim) = &claim.content else {
            unreachable!("it was forged as a claim");
        };
        let wrong = claim.appearances.iter().filter(|one| one.start == 4);
        let expected: Vec<String> = wrong
            .map(|one| format!("{:?} at 4..6 of {}", one.exact, one.article))
            .collect();
        let told = looked.findings.iter();
        assert_eq!(
            told.map(|one| one.expected.clone()).collect::<Vec<_>>(),
            expected
        );
        assert!(looked.findings.iter().all(|one| one.index == Some(index)));
        assert_eq!((looked.anchors, looked.passed_over), (QUOTES as u64, 0));
    }
    let times = quoting.kept.times_read(&quoting.texts);
    assert_eq!(times, vec![1; quoting.texts.len()]);
}

#[test]
fn no_more_is_read_than_is_allowed_and_what_is_beyond_is_told() {
    let quoting = quoting(0);
    let one = quoting.attested(9 * 3);
    let Outcome::NotChecked(why) = outcome(&one, Aspect::Anchors) else {
        panic!("{:?}", one.steps);
    };
    assert!(why.contains("`ledger check` reads it"), "{why}");
    let times = quoting.kept.times_read(&quoting.texts);
    assert_eq!(times.iter().sum::<usize>(), 6);
}

/// A place may be as long as a text, and a short review name it thousands of times.
#[test]
fn passage_that_is_not_there_is_told_by_no_more_than_its_length() {
    let mut kept = Kept::default();
    let text = kept.keep(format!("{}\n", "x".repeat(100_000)).into_bytes());
    let mut forge = Forge::founded();
    let mut source = forge::source("Minutes");
    source["snapshot"] = json!({
        "digest": text, "mediaType": "text/plain;charset=utf-8", "size": 100_001,
        "retrieved": "2026-11-19T10:00:00Z",
    });
    let source = forge.add(draft("source", source, ADA));
    let article = forge.article();
    let claim = forge.claim(&article, "no");
    let mut review = forge::review(&claim, None);
    review["evidence"] = json!([{
        "source": source, "stance": "supports", "exact": "yes", "start": 0, "end": 100_000,
    }]);
    let review = forge.add(draft("review", review, BEN));
    for item in &forge.bundle(&claim).items {
        if let Object::Present(bytes) = &item.stored.object {
            kept.keep(bytes.clone());
        }
    }
    let Object::Present(review) = kept.read(&review) else {
        unreachable!("it was kept");
    };
    let objects = |digest: &Digest| Ok(kept.read(digest));
    let record = Record::parse(&review).unwrap();
    let looked = Anchors::new(&objects).check(9, &record).unwrap();
    let found: Vec<&str> = looked
        .findings
        .iter()
        .map(|one| one.found.as_str())
        .collect();
    assert_eq!(found, ["\"xxx\"…"]);
}

/// Without later versions there is nothing to compare with.
#[test]
fn texts_of_a_claim_are_not_read_for_versions_that_are_none() {
    let desk = Desk::founded();
    let len = 3 << 20;
    let article = desk.article(&format!("{}\n", "x".repeat(len)));
    let appearance = json!({
        "article": article, "exact": "x", "prefix": "", "suffix": "x", "start": 0, "end": 1,
    });
    let mut claim = forge::claim(&article.parse().unwrap(), "x");
    claim["appearances"] = json!([appearance]);
    let Content::Claim(claim) = Content::from_json(Kind::Claim, &claim).unwrap() else {
        unreachable!("it was made as a claim");
    };
    let store = SqliteStore::open_to_read(&desk.ledger()).unwrap();
    let before = bytes_read();
    assert_eq!(bundle::later_versions(&store, &claim).unwrap(), []);
    let read = bytes_read() - before;
    assert!(read < len as u64, "{read}");
}

/// Returns how many bytes this thread has read from files.
fn bytes_read() -> u64 {
    let io = std::fs::read_to_string("/proc/thread-self/io").unwrap();
    let read = io.lines().find_map(|line| line.strip_prefix("rchar: "));
    read.expect("a line").parse().expect("a number")
}
