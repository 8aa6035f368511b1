//! The schemas themselves, and those of what is made of records: proofs, entries, signed records, dossiers.
//!
//! `tests/record.rs` holds the schemas of records against the types.

mod support;

use std::collections::BTreeSet;

use ledger::canonical::Digest;
use ledger::record::Record;
use ledger::sign::{Proof, SecretKey};
use serde_json::{Value, json};
use support::schema;

#[test]
fn schema_is_valid_and_named_after_its_file() {
    for name in schema::names() {
        let schema = schema::load(name);
        if let Err(error) = jsonschema::meta::validate(schema) {
            panic!("{name} is no JSON Schema: {error}");
        }
        assert_eq!(schema["$id"], schema::id(name));
        assert_eq!(
            schema["$schema"],
            "https://json-schema.org/draft/2020-12/schema"
        );
    }
}

#[test]
fn schema_says_what_it_describes() {
    for name in schema::names() {
        let schema = schema::load(name);
        let mut described = vec![(name.to_owned(), schema, true)];
        for (definition, schema) in members(&schema["$defs"]) {
            described.push((format!("{name} {definition}"), schema, true));
        }
        for (place, object, _) in described.clone() {
            for (property, schema) in members(&object["properties"]) {
                described.push((format!("{place} {property}"), schema, false));
            }
        }
        for (place, schema, needs_title) in described {
            if needs_title {
                assert!(schema["title"].is_string(), "{place}: no title");
            }
            // A reference to a property of another schema takes over its description.
            let borrowed = schema["$ref"]
                .as_str()
                .is_some_and(|reference| reference.contains("/properties/"));
            let sentence = schema["description"]
                .as_str()
                .is_some_and(|text| text.ends_with(['.', '?']));
            assert!(sentence || borrowed, "{place}: no description in sentences");
        }
    }
}

#[test]
fn every_object_is_closed() {
    for name in schema::names() {
        let schema = schema::load(name);
        let definitions = members(&schema["$defs"]).map(|(_, schema)| schema);
        for object in definitions.chain([schema]) {
            let closed = [
                &object["additionalProperties"],
                &object["unevaluatedProperties"],
            ]
            .contains(&&json!(false));
            // The envelope is closed by the kinds that add a content to it.
            assert!(
                closed || object.get("properties").is_none() || name == "record/envelope",
                "{name}: {object:#}"
            );
        }
    }
}

fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}

fn record() -> (Value, Digest) {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/vectors/record/claim/maximal.json"
    );
    let vector: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let digest = vector["digest"].as_str().unwrap().parse().unwrap();
    (vector["record"].clone(), digest)
}

fn proof(record: &Digest) -> Value {
    let created = "2026-11-20T10:00:01Z".parse().unwrap();
    let proof = Proof::sign(record, &SecretKey::from_seed(&[7; 32]), created);
    serde_json::to_value(proof).unwrap()
}

#[test]
fn proof_is_exactly_as_its_schema_says() {
    let good = proof(&record().1);
    schema::assert_valid("proof", &good);
    let required: BTreeSet<String> = schema::members("proof")
        .into_iter()
        .filter_map(|(path, member)| member.required.then_some(path))
        .collect();
    assert_eq!(schema::paths(&good), required);

    for (member, value) in [
        ("type", json!("Ed25519Signature2020")),
        ("cryptosuite", json!("eddsa-rdfc-2022")),
        ("created", json!("2026-11-20T10:00:01.5Z")),
        ("proofPurpose", json!("authentication")),
        (
            "verificationMethod",
            json!("did:key:z6MkiaMbhXHNA4eJVCCj8dbzKzTgYDKf6crKgHVHid1F1WCT"),
        ),
        ("proofValue", json!("z")),
        ("proofValue", json!("uAAAA")),
        ("@context", json!("https://www.w3.org/ns/credentials/v2")),
        ("id", json!("urn:uuid:1")),
        ("previousProof", json!("urn:uuid:0")),
    ] {
        let mut bad = good.clone();
        bad[member] = value;
        schema::assert_invalid("proof", &bad);
        assert!(
            serde_json::from_value::<Proof>(bad).is_err(),
            "{member}: the type accepts it"
        );
    }
}

#[test]
fn signed_record_is_a_record_with_one_proof() {
    let (record, digest) = record();
    let mut signed = record.clone();
    signed["proof"] = json!([proof(&digest)]);
    schema::assert_valid("signed-record", &signed);
    schema::assert_invalid("signed-record", &record);
    schema::assert_invalid("record", &signed);

    let mut bad = signed.clone();
    bad["proof"] = json!([proof(&digest), proof(&digest)]);
    schema::assert_invalid("signed-record", &bad);
    bad["proof"] = proof(&digest);
    schema::assert_invalid("signed-record", &bad);
    let mut bad = signed.clone();
    bad["type"] = json!("review");
    schema::assert_invalid("signed-record", &bad);
    let mut bad = signed.clone();
    bad["verified"] = json!(true);
    schema::assert_invalid("signed-record", &bad);

    // Without its proof it is the record whose digest was signed.
    signed.as_object_mut().unwrap().remove("proof");
    let bytes = serde_json_canonicalizer::to_vec(&signed).unwrap();
    assert_eq!(Digest::of(&bytes), digest);
    assert!(Record::parse(&bytes).is_ok());
}

#[test]
fn entry_holds_digest_and_proof_of_a_record() {
    let digest = record().1;
    let entry = json!({
        "index": 12,
        "kind": "claim",
        "prev": digest,
        "proof": [proof(&digest)],
        "record": digest,
        "recorded": "2026-11-20T10:00:03Z",
    });
    schema::assert_valid("entry", &entry);

    let zeros = format!("sha256:{}", "0".repeat(64));
    let changed = |changes: Value| {
        let mut entry = entry.clone();
        for (member, value) in members(&changes) {
            entry[member] = value.clone();
        }
        entry
    };
    schema::assert_valid(
        "entry",
        &changed(json!({ "index": 0, "kind": "ledger", "prev": zeros })),
    );
    for bad in [
        json!({ "index": 0 }),
        json!({ "index": 0, "kind": "ledger" }),
        json!({ "index": 0, "prev": zeros }),
        json!({ "index": -1 }),
        json!({ "index": "12" }),
        json!({ "kind": "rumour" }),
        json!({ "proof": [] }),
        json!({ "proof": [proof(&digest), proof(&digest)] }),
        json!({ "recorded": "unknown" }),
        json!({ "note": "x" }),
    ] {
        schema::assert_invalid("entry", &changed(bad));
    }
    for member in ["index", "kind", "prev", "proof", "record", "recorded"] {
        let mut bad = entry.clone();
        bad.as_object_mut().unwrap().remove(member);
        schema::assert_invalid("entry", &bad);
    }
}

/// How the items of a dossier differ from the content of the records that they become: list, kind, members
/// added, members that are made from the others, members that may be left out.
type Difference = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static [&'static str],
);

const DIFFERENCES: &[Difference] = &[
    (
        "articles",
        "article",
        &["id", "file", "mediaType", "retrieved"],
        &["text", "original"],
        &[],
    ),
    (
        "sources",
        "source",
        &["id", "file", "mediaType", "retrieved"],
        &["snapshot"],
        &[],
    ),
    (
        "claims",
        "claim",
        &["id", "appearances[].occurrence"],
        &[],
        &[
            "text",
            "appearances[].prefix",
            "appearances[].suffix",
            "appearances[].start",
            "appearances[].end",
        ],
    ),
    ("reviews", "review", &["id"], &[], &["evidence"]),
    ("relations", "relation", &["id"], &[], &[]),
    (
        "foreign",
        "foreign",
        &["id", "passage.occurrence"],
        &[],
        &[
            "passage.prefix",
            "passage.suffix",
            "passage.start",
            "passage.end",
        ],
    ),
    ("observations", "observation", &["id"], &[], &[]),
    ("disclosures", "disclosure", &["id"], &[], &[]),
    ("consents", "consent", &["id"], &[], &[]),
];

#[test]
fn item_of_a_dossier_has_the_members_of_its_record() {
    let dossier = schema::members("dossier");
    for &(list, kind, added, made, optional) in DIFFERENCES {
        let prefix = format!("{list}[].");
        let found: BTreeSet<(String, bool)> = dossier
            .iter()
            .filter_map(|(path, member)| Some((path.strip_prefix(&prefix)?, member.required)))
            .map(|(path, required)| (path.to_owned(), required))
            .collect();
        let file_required = kind == "article";
        let of_record = schema::members(&format!("record/{kind}"));
        let expected: BTreeSet<(String, bool)> = of_record
            .iter()
            .filter_map(|(path, member)| Some((path.strip_prefix("content.")?, member.required)))
            .filter(|(path, _)| !made.contains(&path.split('.').next().unwrap()))
            .map(|(path, required)| (path.to_owned(), required && !optional.contains(&path)))
            .chain(added.iter().map(|&path| {
                let required = path == "id" || (path == "file" && file_required);
                (path.to_owned(), required)
            }))
            .collect();
        assert_eq!(
            found, expected,
            "{list}: left the dossier's, right the record's"
        );
    }
    let lists: BTreeSet<&str> = DIFFERENCES.iter().map(|difference| difference.0).collect();
    let found: BTreeSet<&str> = dossier
        .keys()
        .map(String::as_str)
        .filter(|path| !path.contains('['))
        .collect();
    assert_eq!(found, lists);
}

fn dossier() -> Value {
    json!({
        "articles": [{
            "id": "bridge", "file": "texts/bridge.txt", "retrieved": "2026-11-18T09:30:00Z",
            "headline": "Harbour bridge to stay shut until spring", "published": "unknown",
            "revises": format!("sha256:{}", "ab".repeat(32)),
        }],
        "sources": [
            { "id": "gate", "title": "Notice on the gate", "published": "unknown", "level": "primary" },
            {
                "id": "minutes", "title": "Minutes", "published": "2026-11", "level": "secondary",
                "file": "minutes.pdf", "mediaType": "application/pdf",
                "retrieved": "2026-11-18T09:41:07Z", "derivedFrom": ["gate"],
            },
        ],
        "claims": [{
            "id": "rivets", "kind": "direct-quote", "checkability": "checkable",
            "speaker": { "name": "Ines Pérez" }, "said": "2026-11-16",
            "via": [{ "name": "Radio Elmet", "source": "gate" }],
            "appearances": [
                { "article": "bridge", "exact": "14 cracked rivets", "occurrence": 2 },
                { "article": "bridge", "exact": "until each one is out" },
            ],
            "sources": [{ "source": "minutes", "stance": "context" }],
        }],
        "reviews": [{
            "id": "rivets-1", "subject": "rivets", "verdict": "verified",
            "explanation": "The minutes give the number.",
            "evidence": [{ "source": "minutes", "stance": "supports", "exact": "fourteen rivets" }],
        }],
        "relations": [{ "id": "r1", "from": "rivets", "to": "rivets", "relation": "same-as" }],
        "foreign": [{
            "id": "f1", "subject": "rivets", "by": { "name": "Elmet Checks" }, "form": "claim-review",
            "statement": "Fourteen rivets", "rating": { "value": "1", "best": "6" }, "published": "unknown",
        }],
        "observations": [{
            "id": "o1", "subject": "gate", "url": "https://gate.example/", "observed": "2026-11-18T09:30:00Z",
            "outcome": "gone", "status": 410,
        }],
        "disclosures": [{
            "id": "d1", "subject": "bridge", "by": { "name": "Elmet News" }, "disclosed": "2026",
            "aiUse": { "stage": "translation", "description": "Read by an editor." },
        }],
        "consents": [
            {
                "id": "c1", "subject": "rivets", "person": { "name": "Ines Pérez" }, "decision": "given",
                "scope": ["quote"], "date": "2026-11-16",
            },
            {
                "id": "c2", "subject": "rivets", "person": { "name": "Ines Pérez" }, "decision": "withdrawn",
                "scope": ["quote"], "date": "2026-11-17", "withdraws": "c1",
            },
        ],
    })
}

#[test]
fn dossier_is_written_with_local_names_and_files() {
    schema::assert_valid("dossier", &dossier());
    schema::assert_valid("dossier", &json!({}));
    let long_id = "a".repeat(65);
    for (pointer, value) in [
        ("/articles/0/id", json!("Bridge")),
        ("/articles/0/id", json!("-bridge")),
        ("/articles/0/id", json!("")),
        ("/articles/0/id", json!(long_id)),
        ("/articles/0/file", json!("/etc/passwd")),
        ("/articles/0/file", json!("texts\\bridge.txt")),
        ("/articles/0/file", json!("")),
        ("/articles/0/text", json!("The bridge")),
        ("/articles/0/original", json!({})),
        ("/articles/0/published", json!("")),
        ("/articles/0/revises", json!("sha256:ab")),
        ("/sources/0/mediaType", json!("text/html")),
        ("/sources/0/retrieved", json!("2026-11-18T09:41:07Z")),
        ("/sources/1/snapshot", json!({})),
        ("/sources/1/derivedFrom", json!([])),
        ("/claims/0/appearances/0/occurrence", json!(0)),
        ("/claims/0/appearances/0/exact", json!("")),
        ("/claims/0/appearances", json!([])),
        ("/claims/0/verified", json!(true)),
        ("/reviews/0/verdict", json!("true")),
        ("/reviews/0/evidence/0/start", json!(3)),
        ("/foreign/0/verdict", json!("verified")),
        (
            "/observations/0/found",
            json!(format!("sha256:{}", "ab".repeat(32))),
        ),
        ("/consents/1/decision", json!("given")),
        ("/responses", json!([])),
    ] {
        let mut bad = dossier();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        bad.pointer_mut(parent).unwrap()[key] = value;
        schema::assert_invalid("dossier", &bad);
    }
    for pointer in [
        "/articles/0/id",
        "/articles/0/file",
        "/articles/0/published",
        "/sources/0/id",
        "/claims/0/said",
        "/claims/0/appearances/0/article",
        "/claims/0/appearances/0/exact",
        "/reviews/0/verdict",
        "/relations/0/id",
    ] {
        let mut bad = dossier();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = bad.pointer_mut(parent).and_then(Value::as_object_mut);
        assert!(parent.unwrap().remove(key).is_some(), "{pointer}");
        schema::assert_invalid("dossier", &bad);
    }
}
