//! Bundles with something wrong about the checkpoint, its witnesses, the founding record, or one entry.

use ledger::bundle::Bundle;
use ledger::log::{NoteSigner, leaf_hash};
use ledger::store::Object;
use serde_json::{Value, json};

use crate::support::forge::*;
use crate::*;

pub fn head() -> Vec<Case> {
    let (forge, source) = plain();
    let bundle = forge.bundle(&source);
    let with_note = |name: &str, signer: &NoteSigner, text: String, expected| {
        let note = signer.sign(&text).unwrap();
        case(name, &forge.bundle_under(&source, note), expected)
    };
    let text = forge.checkpoint().to_string();
    let own = log_signer(LOG);
    let renamed = NoteSigner::new("forged.example/2", key(LOG)).unwrap();
    let mut cases = vec![
        with_note(
            "signed by another log",
            &log_signer(201),
            text.clone(),
            Altered(CHECKPOINT),
        ),
        with_note(
            "more than three lines",
            &own,
            format!("{text}more\n"),
            Altered(CHECKPOINT),
        ),
        with_note(
            "of another origin",
            &own,
            text.replace("/1\n", "/2\n"),
            Altered(CHECKPOINT),
        ),
        with_note(
            "under another name of the key",
            &renamed,
            text.replace("/1\n", "/2\n"),
            Altered(CHECKPOINT),
        ),
        with_note(
            "no checkpoint at all",
            &own,
            "Hello\n".to_owned(),
            Refused("checkpoint"),
        ),
        with_note(
            "a size with a sign",
            &own,
            text.replace("\n3\n", "\n+3\n"),
            Refused("checkpoint"),
        ),
        with_note(
            "another size",
            &own,
            text.replace("\n3\n", "\n4\n"),
            Altered(LAST),
        ),
        with_note(
            "another root",
            &own,
            text.replace(
                &forge.checkpoint().root().to_base64(),
                &leaf_hash(b"").to_base64(),
            ),
            Altered(INCLUSION),
        ),
        with_note(
            "of no entries",
            &own,
            format!("{ORIGIN}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"),
            Altered(INCLUSION),
        ),
    ];

    let mut other_key = case("the reader knows another key", &bundle, Altered(CHECKPOINT));
    other_key.log_key = Some(log_signer(201).key().to_string());
    cases.push(other_key);
    let mut resigned = bundle.clone();
    let line = log_signer(201).sign(&text).unwrap().signatures()[0].clone();
    resigned.checkpoint = resigned.checkpoint.with_signatures([line]).unwrap();
    let mut both = case(
        "signed by two logs, founded for the other",
        &resigned,
        Altered(CHECKPOINT),
    );
    both.log_key = Some(log_signer(201).key().to_string());
    cases.push(both);

    let mut named = cosigned(&[91]);
    named.witnesses.push(witness(92).key().clone());
    cases.push(case(
        "a named witness that did not cosign",
        &named,
        Altered(COSIGNATURES),
    ));
    let mut wrong = cosigned(&[91]);
    let mut line = witness(92).cosign(&wrong.checkpoint, 7).unwrap();
    line.blob[7] ^= 1;
    wrong.checkpoint = wrong.checkpoint.with_signatures([line.clone()]).unwrap();
    cases.push(case("a wrong cosignature by a stranger", &wrong, Verified));
    let mut by_policy = case(
        "a wrong cosignature by a witness of the policy",
        &wrong,
        Altered(COSIGNATURES),
    );
    by_policy.policy = Some(policy("any", &[91, 92]));
    cases.push(by_policy);
    wrong.witnesses.push(witness(92).key().clone());
    cases.push(case(
        "a wrong cosignature by a named witness",
        &wrong,
        Altered(COSIGNATURES),
    ));
    let mut few = case("one of two witnesses", &cosigned(&[91]), Altered(QUORUM));
    few.policy = Some(policy("all", &[91, 92]));
    cases.push(few);
    let mut unknown = case(
        "a witness that the policy does not know",
        &cosigned(&[91]),
        Altered(QUORUM),
    );
    unknown.policy = Some(policy("any", &[92]));
    cases.push(unknown);

    let own = cosigned(&[91, LOG]);
    cases.push(case(
        "a named witness with the log's own key",
        &own,
        Altered(COSIGNATURES),
    ));
    let mut by_policy = case(
        "the log's own key as the policy's only witness",
        &own,
        Altered(QUORUM),
    );
    by_policy.policy = Some(format!("witness w {}\nquorum w\n", witness(LOG).key()));
    cases.push(by_policy);

    let founding = |name: &str, change: &dyn Fn(&mut Value), expected| {
        let mut content = Forge::founding();
        change(&mut content);
        let mut forge = Forge::empty();
        forge.add(draft("ledger", content, ADA));
        let source = forge.source("A source", ADA);
        case(name, &forge.bundle(&source), expected)
    };
    cases.extend([
        founding(
            "a log key that is none",
            &|c| c["logKey"] = json!("a key"),
            Altered(CHECKPOINT),
        ),
        founding(
            "a log key of another name",
            &|c| c["logKey"] = json!(renamed.key().to_string()),
            Altered(RULES),
        ),
        founding(
            "a founder who is no owner",
            &|c| c["owners"] = json!([did(BEN)]),
            Altered(KEY),
        ),
        founding(
            "an owner with a weak key",
            &|c| c["owners"] = json!([did(ADA), weak_key(1)]),
            Altered(RULES),
        ),
        founding(
            "an owner with the log's key",
            &|c| c["owners"] = json!([did(ADA), did(LOG)]),
            Altered(RULES),
        ),
        founding(
            "a founding record of another shape",
            &|c| c["motto"] = json!("x"),
            Refused("founding"),
        ),
        founding(
            "a founding record without owners",
            &|c| c["owners"] = json!([]),
            Refused("founding"),
        ),
    ]);
    cases
}

pub fn entry() -> Vec<Case> {
    let (forge, source) = plain();
    let bundle = forge.bundle(&source);
    let edited = |name: &str, expected, edit: &dyn Fn(&mut Bundle)| {
        let mut bundle = bundle.clone();
        edit(&mut bundle);
        case(name, &bundle, expected)
    };
    let mut forge = Forge::founded();
    let signed = forge.source("By ben", BEN);
    let mut unfit = forge.bundle(&signed);
    unfit.items[1].path.clear();
    let by_ben = case("an enrolment that is not in the tree", &unfit, Altered(KEY));
    // Another record as the last entry of an otherwise good ledger.
    let added = |name: &str, expected, change: &dyn Fn(&mut Draft)| {
        let mut forge = Forge::founded();
        let mut one = draft("source", support::forge::source("A source"), ADA);
        change(&mut one);
        let subject = forge.add(one);
        case(name, &forge.bundle(&subject), expected)
    };
    // In the tree, and not linked to the entry before.
    let mut unlinked = Forge::founded();
    unlinked.prev = leaf_hash(b"another entry");
    let subject = unlinked.source("A source", ADA);
    let not_linked = unlinked.bundle(&subject);
    // Without the entry before there is nothing to compare with.
    let mut alone = Forge::founded();
    alone.source("Of no concern", ADA);
    alone.prev = leaf_hash(b"another entry");
    let subject = alone.source("A source", ADA);
    let mut not_compared = alone.bundle(&subject);
    not_compared.items.remove(2);
    // The last entry, which comes without its record.
    let mut after = Forge::founded();
    let subject = after.source("A source", ADA);
    after.prev = leaf_hash(b"another entry");
    after.source("Of no concern", ADA);
    let mut last_not_linked = after.bundle(&subject);
    last_not_linked.items.pop();
    vec![
        case(
            "an entry that does not follow on the one before",
            &not_linked,
            Altered(INCLUSION),
        ),
        case(
            "an entry that does not follow on one that is not here",
            &not_compared,
            Verified,
        ),
        case(
            "a last entry that does not follow on the one before",
            &last_not_linked,
            Altered(LAST),
        ),
        changed(
            "a word of the record",
            "A source",
            "B source",
            Altered(RECORD),
        ),
        changed(
            "the salt of the record",
            "00112233",
            "10112233",
            Refused("founding"),
        ),
        edited("the words of another record", Altered(RECORD), &|bundle| {
            bundle.items[2].stored.object = bundle.items[1].stored.object.clone();
        }),
        edited("no words, and no erasure", Altered(RECORD), &|bundle| {
            bundle.items[2].stored.object = Object::Erased
        }),
        added(
            "an unknown member in the record",
            Altered(RECORD),
            &|draft| draft.record["content"]["more"] = json!(1),
        ),
        added(
            "an unknown member beside the content",
            Altered(RECORD),
            &|draft| draft.record["more"] = json!(1),
        ),
        added("a title with a line feed", Altered(RECORD), &|draft| {
            draft.record["content"]["title"] = json!("a\nb")
        }),
        added(
            "a title with Unicode's white space at its end",
            Altered(RECORD),
            &|draft| draft.record["content"]["title"] = json!("a\u{85}"),
        ),
        added(
            "a title with a zero-width no-break space at its end",
            Verified,
            &|draft| draft.record["content"]["title"] = json!("a\u{feff}"),
        ),
        added("a date that no calendar has", Altered(RECORD), &|draft| {
            draft.record["content"]["published"] = json!("2026-02-29")
        }),
        added(
            "a word that is not in the vocabulary",
            Altered(RECORD),
            &|draft| draft.record["content"]["level"] = json!("best"),
        ),
        added("an empty list", Altered(RECORD), &|draft| {
            draft.record["content"]["authors"] = json!([])
        }),
        added("a number for a text", Altered(RECORD), &|draft| {
            draft.record["content"]["title"] = json!(7)
        }),
        added("the content as a list", Altered(RECORD), &|draft| {
            draft.record["content"] = json!(["A source", "unknown", "primary"])
        }),
        added("a version that is no number", Altered(RECORD), &|draft| {
            draft.record["version"] = json!("1")
        }),
        added(
            "another index than that of the proof",
            Altered(RECORD),
            &|draft| draft.index = Some(7),
        ),
        added("one bit of the signature", Altered(SIGNATURE), &|draft| {
            draft.proof = Signing::Changed(|bytes| bytes[3] ^= 1)
        }),
        added(
            "a signature with the group order added to s",
            Altered(SIGNATURE),
            &|draft| draft.proof = Signing::Changed(add_order),
        ),
        added(
            "a signature with the identity for R",
            Altered(SIGNATURE),
            &|draft| draft.proof = Signing::WithIdentityForR,
        ),
        added(
            "the signature of another key",
            Altered(SIGNATURE),
            &|draft| {
                draft.proof = Signing::Soundly {
                    signer: BEN,
                    created: NOW,
                };
            },
        ),
        added("a key with a torsion part", Altered(SIGNATURE), &|draft| {
            draft.record["editor"] = json!(weak_key(1));
            draft.proof = Signing::ByWeakKey { torsion: 1 };
        }),
        edited("one hash of the proof", Altered(INCLUSION), &|bundle| {
            bundle.items[2].path[0] = leaf_hash(b"")
        }),
        edited(
            "one hash too few in the proof",
            Altered(INCLUSION),
            &|bundle| _ = bundle.items[2].path.pop(),
        ),
        edited(
            "one hash too many in the proof",
            Altered(INCLUSION),
            &|bundle| bundle.items[2].path.push(leaf_hash(b"")),
        ),
        edited("an index beyond the tree", Altered(INCLUSION), &|bundle| {
            bundle.items[2].stored.index = 3
        }),
        edited("an earlier entry as the last", Altered(LAST), &|bundle| {
            bundle.last = bundle.items[1].clone();
            bundle.last.stored.object = Object::Erased;
        }),
        edited(
            "a last entry that is not in the tree",
            Altered(LAST),
            &|bundle| bundle.last.stored.bytes = bundle.items[1].stored.bytes.clone(),
        ),
        by_ben,
    ]
}

/// Adds the order of the group to `s`: the same number for whoever reduces it.
fn add_order(signature: &mut [u8; 64]) {
    let order = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    let order = hex::decode(order).unwrap();
    let mut carry = 0;
    for (byte, add) in signature[32..].iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        *byte = sum.to_le_bytes()[0];
        carry = sum >> 8;
    }
}
