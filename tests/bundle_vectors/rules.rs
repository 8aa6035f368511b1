//! One bundle for each rule: its subject breaks it.

use ledger::canonical::Digest;
use serde_json::{Value, json};

use crate::support::forge::*;
use crate::*;

type Break = dyn Fn(&mut Forge, &Digest) -> Digest;

pub fn rules() -> Vec<Case> {
    let mut cases = Vec::new();
    // The claim is reviewed and needs one approval. What is added breaks a rule, and is the subject.
    let mut broken = |name: &str, step: &'static str, add: &Break| {
        let mut forge = Forge::founded();
        forge.add(draft("policy", json!({ "approvals": 1 }), ADA));
        let article = forge.article();
        let claim = forge.claim(&article, "So it is");
        let subject = add(&mut forge, &claim);
        cases.push(case(name, &forge.bundle(&subject), Altered(step)));
    };

    broken("first-entry", RULES, &|forge, _| {
        forge.add(again(draft("ledger", Forge::founding(), ADA)))
    });
    broken("entry-kind", RULES, &|forge, _| {
        let mut one = draft("source", source("S"), ADA);
        one.kind = Some("article".to_owned());
        forge.add(one)
    });
    broken("other-ledger", RULES, &|forge, _| {
        let mut one = draft("source", source("S"), ADA);
        one.record["ledger"] = json!("forged.example/2");
        forge.add(one)
    });
    broken("clock-backwards", RULES, &|forge, _| {
        let mut one = draft("source", source("S"), ADA);
        one.recorded = "2026-11-20T09:59:59Z";
        forge.add(one)
    });
    broken("created-ahead, the record", RULES, &|forge, _| {
        let mut one = draft("source", source("S"), ADA);
        one.record["created"] = json!("2026-11-20T10:05:01Z");
        forge.add(one)
    });
    broken("created-ahead, the proof", RULES, &|forge, _| {
        let mut one = draft("source", source("S"), ADA);
        one.proof = Signing::Soundly {
            signer: ADA,
            created: "2026-11-20T10:05:01Z",
        };
        forge.add(one)
    });
    broken("record-repeated", RULES, &|forge, _| {
        forge.source("S", ADA);
        forge.source("S", ADA)
    });
    broken("weak-key", RULES, &|forge, _| {
        forge.add(draft(
            "key",
            json!({ "key": weak_key(4), "holder": { "name": "W" }, "role": "editor" }),
            ADA,
        ))
    });
    broken("key-not-enrolled", KEY, &|forge, _| forge.source("S", 50));
    broken("key-revoked", KEY, &|forge, _| {
        forge.add(revocation(BEN));
        forge.source("S", BEN)
    });
    broken("role, an editor's policy", KEY, &|forge, _| {
        forge.add(draft("policy", json!({ "approvals": 0 }), BEN))
    });
    broken("role, a contributor's review", KEY, &|forge, claim| {
        forge.enrol(20, "contributor");
        forge.review(claim, None, 20)
    });
    broken("role, an auditor's source", KEY, &|forge, _| {
        forge.enrol(20, "auditor");
        forge.source("S", 20)
    });
    broken("role, the revocation of another's key", KEY, &|forge, _| {
        forge.enrol(20, "contributor");
        let mut one = revocation(BEN);
        one.record["editor"] = json!(did(20));
        one.proof = Signing::Soundly {
            signer: 20,
            created: NOW,
        };
        forge.add(one)
    });
    broken("key-enrolment, nothing new", RULES, &|forge, _| {
        let mut one = draft("key", key_record(BEN, "editor"), ADA);
        one.record["salt"] = json!("ffffffffffffffffffffffffffffffff");
        forge.add(one)
    });
    broken("key-enrolment, after a revocation", RULES, &|forge, _| {
        forge.add(revocation(BEN));
        forge.add(draft("key", key_record(BEN, "contributor"), ADA))
    });
    broken("key-enrolment, the log's key", RULES, &|forge, _| {
        forge.enrol(LOG, "editor")
    });
    broken(
        "key-enrolment, replaces a stranger's",
        RULES,
        &|forge, _| {
            let mut content = key_record(20, "editor");
            content["replaces"] = json!(did(50));
            forge.add(draft("key", content, ADA))
        },
    );
    broken("key-enrolment, replaces itself", RULES, &|forge, _| {
        let mut content = key_record(20, "editor");
        content["replaces"] = json!(did(BEN));
        forge.add(draft("key", content, ADA));
        let mut content = key_record(BEN, "contributor");
        content["replaces"] = json!(did(20));
        forge.add(draft("key", content, ADA))
    });
    broken(
        "key-enrolment, a stranger's key revoked",
        RULES,
        &|forge, _| forge.add(revocation(50)),
    );
    broken("key-enrolment, revoked twice", RULES, &|forge, _| {
        forge.add(revocation(BEN));
        forge.add(draft(
            "revocation",
            json!({ "key": did(BEN), "reason": "left" }),
            ADA,
        ))
    });
    broken(
        "key-enrolment, distrusted from a later index",
        RULES,
        &|forge, _| {
            forge.add(draft(
                "revocation",
                json!({ "key": did(BEN), "reason": "left", "distrustFrom": 100 }),
                ADA,
            ))
        },
    );
    broken("last-owner, revoked", RULES, &|forge, _| {
        forge.add(revocation(ADA))
    });
    broken("last-owner, another role", RULES, &|forge, _| {
        forge.add(draft("key", key_record(ADA, "editor"), ADA))
    });
    broken("reference-unknown", RULES, &|forge, _| {
        forge.review(&Digest::of(b"x"), None, ADA)
    });
    broken("reference-kind", RULES, &|forge, _| {
        let source = forge.source("S", ADA);
        forge.review(&source, None, ADA)
    });
    // What others answered is withdrawn, never mended.
    broken(
        "reference-kind, a corrected response",
        RULES,
        &|forge, claim| {
            let response = forge.add(draft("response", response(claim), ADA));
            forge.add(correction(&response, "correction"))
        },
    );
    broken("reference-erased", RULES, &|forge, claim| {
        forge.add(erasure(claim));
        forge.review(claim, None, ADA)
    });
    broken("supersession, of none", RULES, &|forge, claim| {
        forge.review(claim, None, ADA);
        forge.review(claim, None, BEN)
    });
    broken("supersession, of an earlier one", RULES, &|forge, claim| {
        let first = forge.review(claim, None, ADA);
        forge.review(claim, Some(&first), ADA);
        forge.review(claim, Some(&first), BEN)
    });
    broken("own-approval", RULES, &|forge, claim| {
        let review = forge.review(claim, None, BEN);
        forge.add(approval(&review, BEN))
    });
    broken("own-approval, by a newer key", RULES, &|forge, claim| {
        let review = forge.review(claim, None, BEN);
        let mut content = key_record(20, "editor");
        content["replaces"] = json!(did(BEN));
        forge.add(draft("key", content, ADA));
        forge.add(approval(&review, 20))
    });
    broken("approval-repeated", RULES, &|forge, claim| {
        let review = forge.review(claim, None, ADA);
        forge.add(approval(&review, BEN));
        forge.add(again(approval(&review, BEN)))
    });
    broken("approval-late", RULES, &|forge, claim| {
        let first = forge.review(claim, None, ADA);
        forge.review(claim, Some(&first), ADA);
        forge.add(approval(&first, BEN))
    });
    broken("correction-repeated", RULES, &|forge, claim| {
        forge.add(correction(claim, "retraction"));
        forge.add(again(correction(claim, "retraction")))
    });
    broken(
        "correction-replacement, of another kind",
        RULES,
        &|forge, claim| {
            let source = forge.source("S", ADA);
            let mut one = correction(claim, "update");
            one.record["content"]["replacement"] = json!(source);
            forge.add(one)
        },
    );
    broken("correction-replacement, itself", RULES, &|forge, claim| {
        let mut one = correction(claim, "update");
        one.record["content"]["replacement"] = json!(claim);
        forge.add(one)
    });
    broken("relation-to-itself", RULES, &|forge, claim| {
        forge.add(draft(
            "relation",
            json!({ "from": claim, "to": claim, "relation": "same-as" }),
            ADA,
        ))
    });
    broken(
        "erasure-subject, a record of the ledger",
        RULES,
        &|forge, _| {
            let policy = forge.add(draft("policy", json!({ "approvals": 3 }), ADA));
            forge.add(erasure(&policy))
        },
    );
    broken("erasure-subject, erased already", RULES, &|forge, claim| {
        forge.add(erasure(claim));
        forge.add(again(erasure(claim)))
    });
    broken(
        "erasure-subject, something that no record needs",
        RULES,
        &|forge, _| forge.add(erasure(&Digest::of(b"x"))),
    );
    cases
}

fn key_record(n: u8, role: &str) -> Value {
    json!({ "key": did(n), "holder": { "name": format!("Key {n}") }, "role": role })
}

fn revocation(n: u8) -> Draft {
    draft(
        "revocation",
        json!({ "key": did(n), "reason": "lost" }),
        ADA,
    )
}

fn correction(subject: &Digest, kind: &str) -> Draft {
    draft(
        "correction",
        json!({ "subject": subject, "kind": kind, "reason": "R" }),
        ADA,
    )
}

fn erasure(subject: &Digest) -> Draft {
    draft("erasure", json!({ "subject": subject, "reason": "R" }), ADA)
}

fn approval(review: &Digest, n: u8) -> Draft {
    draft("approval", json!({ "review": review }), n)
}

/// The same statement, made once more.
fn again(mut draft: Draft) -> Draft {
    draft.record["salt"] = json!("ffffffffffffffffffffffffffffffff");
    draft
}
