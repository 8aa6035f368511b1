//! What others say: foreign statements, observations, disclosures and consents are kept beside a record and never move its
//! judgement.

mod support;

use serde_json::{Value, json};
use support::{desk::Desk, schema};

/// A claim that was decided, and its article.
struct Decided {
    desk: Desk,
    article: String,
    claim: String,
}

impl Decided {
    fn new() -> Self {
        let desk = Desk::founded();
        let article = desk.article("She said no.\n");
        let claim = desk.claim(&article, "no");
        let review = desk.review(&claim, "verified");
        desk.ok(&["approve", &review, "--as", "ben"]);
        Decided {
            desk,
            article,
            claim,
        }
    }

    /// Records one item, and returns its hash.
    fn record(&self, list: &str, item: &Value) -> String {
        self.desk.write("one.json", self.dossier(list, item));
        self.desk.hash(&["record", "one.json", "--as", "ada"])
    }

    fn dossier(&self, list: &str, item: &Value) -> String {
        let mut item = item.clone();
        item["id"] = json!("one");
        json!({ list: [item] }).to_string()
    }

    fn text(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.desk.run(arguments).stdout).unwrap()
    }

    fn check(&self, hash: &str) -> Value {
        let checked = self.desk.ok(&["check", hash]);
        schema::assert_valid("cli/check", &checked);
        checked
    }
}

fn foreign(subject: &str) -> Value {
    json!({
        "subject": subject,
        "by": { "name": "Elmet Checks" },
        "form": "claim-review",
        "statement": "She said yes.",
        "rating": { "name": "False", "value": "1", "best": "5", "worst": "1" },
        "published": "2026-11-19",
    })
}

fn consent(subject: &str) -> Value {
    json!({
        "subject": subject,
        "person": { "name": "She" },
        "decision": "given",
        "scope": ["quote", "name"],
        "date": "2026-11-18",
    })
}

fn withdrawal(subject: &str, consent_hash: &str) -> Value {
    let mut content = consent(subject);
    content["decision"] = json!("withdrawn");
    content["withdraws"] = json!(consent_hash);
    content
}

#[test]
fn foreign_verdict_is_shown_by_its_author_and_changes_none_of_ours() {
    let of = Decided::new();
    let before = of.check(&of.claim);
    let hash = of.record("foreign", &foreign(&of.claim));
    let after = of.check(&of.claim);
    assert_eq!(after["state"], "decided");
    assert_eq!(after["decidedReview"], before["decidedReview"]);
    assert_eq!(after["reviews"], before["reviews"]);
    assert_eq!(after["foreign"][0]["hash"], hash);
    let text = of.text(&["check", &of.claim]);
    assert!(
        text.contains(
            "Elmet Checks states, which is not the judgement of these editors:\n  She said yes.\n  rated: False; 1, worst 1, best 5"
        ),
        "{text}"
    );
    let log = of.text(&["log"]);
    assert!(
        log.contains("Elmet Checks states: She said yes. (False; 1, worst 1, best 5)"),
        "{log}"
    );
    assert_eq!(of.desk.findings(), Vec::<String>::new());
}

#[test]
fn foreign_statement_is_found_by_its_words_and_checks_nothing() {
    let of = Decided::new();
    let mut statement = foreign(&of.claim);
    statement["statement"] = json!("The dam will burst within a decade, engineers say.");
    let hash = of.record("foreign", &statement);
    let asked = "the dam will burst within a decade";
    let found = of.desk.ok(&["search", asked]);
    schema::assert_valid("cli/search", &found);
    let hit = &found["hits"][0];
    assert_eq!(
        (&hit["hash"], &hit["kind"]),
        (&json!(hash), &json!("foreign"))
    );
    assert_eq!(hit["by"], "Elmet Checks");
    assert_eq!(hit["conclusion"], "False; 1, worst 1, best 5");

    let checked = of.desk.run(&["check", asked, "--json"]);
    assert_eq!(checked.status.code(), Some(1));
    let checked: Value = serde_json::from_slice(&checked.stdout).unwrap();
    schema::assert_valid("cli/check-words", &checked);
    assert_eq!(checked["others"][0]["hash"], hash);
    assert_eq!(
        (&checked["matches"], &checked["candidates"]),
        (&json!([]), &json!([]))
    );
    let text = of.text(&["check", asked]);
    assert!(text.contains("unknown to this ledger"), "{text}");
    assert!(
        text.contains("stated by Elmet Checks: False; 1, worst 1, best 5"),
        "{text}"
    );
}

#[test]
fn observation_and_disclosure_stand_beside_the_article() {
    let of = Decided::new();
    let text_digest =
        of.desk.ok(&["show", &of.article])["record"]["content"]["text"]["digest"].clone();
    let other = of.desk.ok(&["show", &of.claim])["hash"].clone();
    of.record(
        "observations",
        &json!({
            "subject": of.article, "url": "https://a.example/", "observed": "2026-11-20T09:00:00Z",
            "outcome": "changed", "expected": text_digest, "found": other,
        }),
    );
    of.record(
        "disclosures",
        &json!({
            "subject": of.article, "by": { "name": "Elmet News" }, "disclosed": "unknown",
            "aiUse": { "stage": "images", "tool": "Painter 3", "description": "Drawn by a machine." },
        }),
    );
    let checked = of.check(&of.article);
    assert_eq!(checked["state"], "recorded");
    assert_eq!(checked["observations"].as_array().unwrap().len(), 1);
    assert_eq!(checked["disclosures"].as_array().unwrap().len(), 1);
    let text = of.text(&["check", &of.article]);
    assert!(
        text.contains("https://a.example/ changed silently, from sha256:"),
        "{text}"
    );
    assert!(
        text.contains("Elmet News on AI in images: Drawn by a machine."),
        "{text}"
    );
}

#[test]
fn consent_is_withdrawn_once_and_the_claim_stays_decided() {
    let of = Decided::new();
    let given = of.record("consents", &consent(&of.claim));
    let taken_back = of.record("consents", &withdrawal(&of.claim, &given));
    assert_eq!(of.check(&of.claim)["state"], "decided");
    let checked = of.check(&given);
    assert_eq!(checked["state"], "retracted");
    assert_eq!(checked["consents"][0]["hash"], taken_back);
    let mut again = withdrawal(&of.claim, &given);
    again["date"] = json!("2026-11-19");
    of.desk.write("again.json", of.dossier("consents", &again));
    let before = of.desk.head();
    let message = of.desk.fails(&["record", "again.json", "--as", "ada"], 1);
    assert!(message.contains("[withdrawal-repeated]"), "{message}");
    assert_eq!(of.desk.head(), before);
    // Who checks alone sees the withdrawal too, though it names another subject.
    let mut images = consent(&of.claim);
    images["scope"] = json!(["image"]);
    let elsewhere = of.record("consents", &images);
    of.record("consents", &withdrawal(&of.article, &elsewhere));
    of.desk.ok(&["prove", &of.claim, "-o", "claim.proof.json"]);
    // Whose log it is, nobody told the reader.
    let alone = of.desk.json(&["check", "claim.proof.json"], 3);
    let states: Vec<&Value> = (alone["consents"].as_array().unwrap().iter())
        .map(|one| &one["state"])
        .collect();
    assert_eq!(states, ["retracted", "recorded", "retracted"]);
}

#[test]
fn withdrawal_takes_person_and_scope_from_the_consent_that_ends() {
    let of = Decided::new();
    let words = "--decision given --by Jane --role mayor --scope quote --scope name --date 2026-06 --until 2027 --as ada";
    let words: Vec<&str> = words.split(' ').collect();
    let given = of
        .desk
        .hash(&[&["consent", &of.claim], &words[..]].concat());
    let withdraw = |hash: &str| {
        let words = [
            "consent",
            hash,
            "--withdraw",
            "--date",
            "unknown",
            "--as",
            "ada",
        ];
        words.map(str::to_owned)
    };
    let ended = withdraw(&given);
    let ended = of.desk.hash(&ended.each_ref().map(String::as_str));
    let content = |hash: &str| of.desk.ok(&["show", hash])["record"]["content"].clone();
    let (given, ended) = (content(&given), content(&ended));
    for same in ["subject", "person", "scope"] {
        assert_eq!(ended[same], given[same], "{same}");
    }
    assert_eq!(given["person"], json!({ "name": "Jane", "role": "mayor" }));
    assert_eq!(given["scope"], json!(["quote", "name"]));
    // What held until 2027 ends now, and its end is no end of the withdrawal.
    assert_eq!(ended.get("until"), None);
    assert_eq!(ended["decision"], "withdrawn");
    let before = of.desk.head();
    let claim = withdraw(&of.claim);
    let message = of.desk.fails(&claim.each_ref().map(String::as_str), 1);
    assert!(
        message.contains("expected a consent to withdraw, found a record of kind claim"),
        "{message}"
    );
    assert_eq!(of.desk.head(), before);
}

#[test]
fn disclosure_is_recorded_word_for_word() {
    let of = Decided::new();
    let kind = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";
    let hash = of.desk.hash(&[
        "disclose",
        &of.article,
        "--by",
        "Elmet News",
        "--by-url",
        "https://elmet.example",
        "--disclosed",
        "2026-06-04",
        "--stage",
        "images",
        "--tool",
        "Imager",
        "--description",
        "Drawn by a machine.",
        "--digital-source-type",
        kind,
        "--checked-by",
        "Ben",
        "--as",
        "ada",
    ]);
    let content = of.desk.ok(&["show", &hash])["record"]["content"].clone();
    let expected = json!({
        "subject": of.article,
        "by": { "name": "Elmet News", "url": "https://elmet.example" },
        "disclosed": "2026-06-04",
        "aiUse": {
            "stage": "images",
            "tool": "Imager",
            "description": "Drawn by a machine.",
            "digitalSourceType": kind,
            "checkedBy": "Ben",
        },
    });
    assert_eq!(content, expected);
    // A claim is neither article nor image.
    let message = of.desk.fails(
        &[
            "disclose",
            &of.claim,
            "--by",
            "X",
            "--disclosed",
            "unknown",
            "--stage",
            "images",
            "--description",
            "Drawn.",
            "--as",
            "ada",
        ],
        1,
    );
    assert!(message.contains("[reference-kind]"), "{message}");
}

#[test]
fn erased_withdrawal_no_longer_withdraws() {
    let of = Decided::new();
    let given = of.record("consents", &consent(&of.claim));
    let taken_back = of.record("consents", &withdrawal(&of.claim, &given));
    of.desk.ok(&[
        "erase",
        &taken_back,
        "--reason",
        "A name",
        "--yes",
        "--as",
        "ada",
    ]);
    assert_eq!(of.check(&given)["state"], "recorded");
    let mut again = withdrawal(&of.claim, &given);
    again["date"] = json!("2026-11-19");
    of.record("consents", &again);
    assert_eq!(of.check(&given)["state"], "retracted");
    assert_eq!(of.desk.findings(), Vec::<String>::new());
}

#[test]
fn contributor_may_bring_what_others_say_but_not_speak_for_them() {
    let of = Decided::new();
    let cleo = of.desk.ok(&["key", "new", "cleo", "--unencrypted"]);
    let cleo = cleo["key"].as_str().unwrap();
    of.desk.ok(&[
        "key",
        "enroll",
        cleo,
        "--holder",
        "Cleo",
        "--role",
        "contributor",
        "--as",
        "ada",
    ]);
    of.desk
        .write("one.json", of.dossier("foreign", &foreign(&of.claim)));
    of.desk.ok(&["record", "one.json", "--as", "cleo"]);
    of.desk
        .write("one.json", of.dossier("consents", &consent(&of.claim)));
    let message = of.desk.fails(&["record", "one.json", "--as", "cleo"], 1);
    assert!(message.contains("[role]"), "{message}");
}
