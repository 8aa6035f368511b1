//! Bundles that are verified, and those that can't be wholly checked and are not wrong.

use ledger::canonical::Digest;
use serde_json::json;

use crate::support::forge::*;
use crate::*;

pub fn good() -> Vec<Case> {
    let (forge, claim) = rich();
    let (plain, source) = plain();
    let mut erased_review = forge.clone();
    let review = erased_review.review(&claim, Some(&one_of(&forge, &claim, "review")), ADA);
    let erasure = json!({ "subject": review, "reason": "A name." });
    erased_review.add(draft("erasure", erasure, ADA));
    erased_review.forget(&review);

    let mut revoked = Forge::founded();
    let by_ben = revoked.source("By ben", BEN);
    let revocation = json!({ "key": did(BEN), "reason": "left", "distrustFrom": 2 });
    revoked.add(draft("revocation", revocation, ADA));

    let mut itself = Forge::founded();
    let kept = itself.source("By ben", BEN);
    itself.add(draft(
        "revocation",
        json!({ "key": did(BEN), "reason": "lost" }),
        BEN,
    ));

    let mut retracted = plain.clone();
    let retraction = json!({ "subject": source, "kind": "retraction", "reason": "Wrong." });
    retracted.add(draft("correction", retraction, ADA));

    let mut withdrawn = forge.clone();
    for kind in ["relation", "response"] {
        let retraction = json!({
            "subject": one_of(&forge, &claim, kind), "kind": "retraction", "reason": "Another was meant.",
        });
        withdrawn.add(draft("correction", retraction, BEN));
    }

    let mut stranger = plain.bundle(&source);
    let line = witness(90).cosign(&stranger.checkpoint, 1).unwrap();
    stranger.checkpoint = stranger.checkpoint.with_signatures([line]).unwrap();

    let mut by_policy = case(
        "the log's key is in the policy",
        &cosigned(&[91, 92, 93]),
        Verified,
    );
    by_policy.log_key = None;
    by_policy.policy = Some(policy("2", &[91, 92, 93]));
    let mut quorum = case("two of three witnesses", &cosigned(&[91, 93]), Verified);
    quorum.policy = Some(policy("2", &[91, 92, 93]));
    vec![
        case(
            "a claim with review, approval, relation, response and correction",
            &forge.bundle(&claim),
            Verified,
        ),
        case("a source", &plain.bundle(&source), Verified),
        case(
            "a later review that was erased",
            &erased_review.bundle(&claim),
            Verified,
        ),
        case(
            "a key that was revoked later",
            &revoked.bundle(&by_ben),
            Verified,
        ),
        case(
            "a key that its holder revoked",
            &itself.bundle(&kept),
            Verified,
        ),
        case(
            "a source that was retracted",
            &retracted.bundle(&source),
            Verified,
        ),
        case(
            "a claim whose relation and response were withdrawn",
            &withdrawn.bundle(&claim),
            Verified,
        ),
        case("a line of a key that nobody names", &stranger, Verified),
        case(
            "witnesses that no policy names",
            &cosigned(&[91, 92]),
            Verified,
        ),
        quorum,
        by_policy,
        case(
            "a review by the third key of an editor, approved by another",
            &chain().0.bundle(&chain().1),
            Verified,
        ),
    ]
}

/// The only record of this kind about the rich claim; of reviews the decided one.
fn one_of(forge: &Forge, claim: &Digest, kind: &str) -> Digest {
    let bundle = forge.bundle(claim);
    let found = bundle.items.iter().find(|item| {
        let entry = ledger::log::Entry::parse(&item.stored.bytes).unwrap();
        entry.kind == kind
    });
    found.unwrap().stored.record
}

/// Ben's key, replaced twice; a review by the last of them, approved by ada.
fn chain() -> (Forge, Digest) {
    let mut forge = Forge::founded();
    for (n, before) in [(12, BEN), (13, 12)] {
        let content = json!({
            "key": did(n), "holder": { "name": "Ben" }, "role": "editor", "replaces": did(before),
        });
        forge.add(draft("key", content, ADA));
    }
    forge.add(draft("policy", json!({ "approvals": 1 }), ADA));
    let article = forge.article();
    let claim = forge.claim(&article, "So it is");
    let review = forge.review(&claim, None, 13);
    forge.add(draft("approval", json!({ "review": review }), ADA));
    (forge, claim)
}

pub fn open() -> Vec<Case> {
    let (forge, source) = plain();
    let bundle = forge.bundle(&source);
    let mut nobody = case("no key of the log", &bundle, CannotCheck(CHECKPOINT));
    nobody.log_key = None;

    let mut erased = forge.clone();
    let erasure = json!({ "subject": source, "reason": "An order." });
    erased.add(draft("erasure", erasure, ADA));
    erased.forget(&source);

    let mut newer_kind = forge.clone();
    newer_kind.add(draft("statement", json!({ "says": "whatever" }), ADA));
    let mut newer_version = forge.clone();
    let mut record = draft("policy", json!({ "approvals": [1] }), ADA);
    record.record["version"] = json!(2);
    newer_version.add(record.clone());
    let mut before = Forge::founded();
    before.add(record);
    let after = before.source("After", ADA);
    vec![
        nobody,
        changed(
            "another version of the bundle",
            r#""version":1,"witnesses""#,
            r#""version":2,"witnesses""#,
            TooNew,
        ),
        case(
            "the record was erased",
            &erased.bundle(&source),
            CannotCheck(RECORD),
        ),
        case(
            "an entry of a newer kind",
            &newer_kind.bundle(&source),
            CannotCheck(NEWER),
        ),
        case(
            "a record of a newer version",
            &newer_version.bundle(&source),
            CannotCheck(NEWER),
        ),
        case(
            "a record of a newer version before it",
            &before.bundle(&after),
            CannotCheck(KEY),
        ),
    ]
}

const NEWER: &str = "nothing said of it later is of a newer format";

/// Everything that can be said of a claim, in order.
fn rich() -> (Forge, Digest) {
    let mut forge = Forge::founded();
    forge.add(draft("policy", json!({ "approvals": 1 }), ADA));
    let article = forge.article();
    let claim = forge.claim(
        &article,
        "It is said “so” — 5 °C, naïve, 語, 🙂, and \"no\".\tIndeed.",
    );
    let other = forge.claim(&article, "It is not so");
    let source = forge.source("A source", ADA);
    let mut content = review(&claim, None);
    content["evidence"] = json!([{
        "source": source, "stance": "refutes", "exact": "no", "start": 0, "end": 2,
    }]);
    let first = forge.add(draft("review", content, ADA));
    forge.add(draft("approval", json!({ "review": first }), BEN));
    let relation = json!({ "from": claim, "to": other, "relation": "contradicts" });
    forge.add(draft("relation", relation, BEN));
    forge.add(draft("response", response(&first), BEN));
    let correction = json!({ "subject": claim, "kind": "correction", "reason": "A date." });
    forge.add(draft("correction", correction, ADA));
    (forge, claim)
}
