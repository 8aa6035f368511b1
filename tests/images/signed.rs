//! Images with Content Credentials, signed here.

use std::io::Cursor;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use c2pa::{Builder, Context, EphemeralSigner, Signer};
use ledger::ingest::credentials::{self, CredentialsError, TrustList};
use ledger::ingest::image::{self, Image};
use ledger::record::Credentials;
use ledger::record::credentials::{Presence, Trust, Validation};
use serde_json::json;

use super::*;

const CAPTURED: &str = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture";
const TRAINED: &str = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia";

fn manifest(actions: &Value, training: &Value) -> Value {
    json!({
        "title": "A photo",
        "claim_generator_info": [{ "name": "A camera", "version": "1.2" }],
        "assertions": [
            { "label": "c2pa.actions", "data": { "actions": actions } },
            { "label": "cawg.training-mining", "data": { "entries": training } },
        ],
    })
}

fn plain_manifest() -> Value {
    manifest(
        &json!([{ "action": "c2pa.created", "digitalSourceType": CAPTURED }]),
        &json!({ "cawg.ai_generative_training": { "use": "notAllowed" } }),
    )
}

fn sign(image: &[u8], manifest: &Value, signer: &dyn Signer) -> Vec<u8> {
    let mut builder = Builder::from_context(Context::new())
        .with_definition(manifest.to_string())
        .unwrap();
    let mut signed = Cursor::new(Vec::new());
    let media_type = image::media_type(image).unwrap();
    builder
        .sign(signer, media_type, &mut Cursor::new(image), &mut signed)
        .unwrap();
    signed.into_inner()
}

fn signer(name: &str) -> EphemeralSigner {
    EphemeralSigner::new(name).unwrap()
}

/// The certificate of the authority that named a signer.
fn authority(signer: &EphemeralSigner) -> String {
    let chain = signer.certs().unwrap();
    let text = STANDARD.encode(chain.last().unwrap());
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    )
}

fn read(bytes: &[u8]) -> Credentials {
    read_with(bytes, None)
}

fn read_with(bytes: &[u8], list: Option<&TrustList>) -> Credentials {
    let image = Image {
        bytes,
        media_type: image::media_type(bytes).expect("an image"),
    };
    credentials::read(&image, list).unwrap()
}

fn stated<'a>(found: &'a Credentials, field: &str) -> Vec<&'a str> {
    let of_field = found
        .stated
        .iter()
        .filter(|one| one.field.as_str() == field);
    of_field.map(|one| one.value.as_str()).collect()
}

fn failures(found: &Credentials) -> Vec<&str> {
    found.failures.iter().map(|code| code.as_str()).collect()
}

#[test]
fn signed_image_says_who_signed_it_and_what_it_is() {
    let training = json!({
        "cawg.ai_generative_training": { "use": "notAllowed" },
        "cawg.data_mining": { "use": "constrained", "constraint_info": "ask  first" },
    });
    let actions = json!([
        { "action": "c2pa.created", "digitalSourceType": CAPTURED },
        { "action": "c2pa.edited", "digitalSourceType": TRAINED },
        { "action": "c2pa.edited", "digitalSourceType": TRAINED },
    ]);
    let signer = signer("ada.example");
    for image in [png(), jpeg()] {
        let found = read(&sign(&image, &manifest(&actions, &training), &signer));
        assert_eq!(found.presence, Presence::Embedded);
        assert_eq!(found.validation, Some(Validation::Valid), "{found:#?}");
        assert_eq!(failures(&found), [""; 0]);
        // Nobody gave a list: neither trusted nor distrusted.
        assert_eq!(
            (found.trust, found.trust_list),
            (Some(Trust::Unknown), None)
        );
        assert!(
            stated(&found, "signer")[0].contains("CN=ada.example"),
            "{found:#?}"
        );
        assert_ne!(stated(&found, "issuer"), stated(&found, "signer"));
        assert_eq!(stated(&found, "algorithm"), ["ed25519"]);
        assert_eq!(stated(&found, "digital-source-type"), [CAPTURED, TRAINED]);
        assert_eq!(
            stated(&found, "training-mining"),
            [
                "cawg.ai_generative_training: notAllowed",
                "cawg.data_mining: constrained (ask first)"
            ]
        );
        assert!(
            stated(&found, "generator")[0].starts_with("A camera 1.2"),
            "{found:#?}"
        );
        // It was signed without a time stamp, and no time is made up.
        assert_eq!(stated(&found, "signed"), [""; 0]);
    }
}

#[test]
fn altered_image_is_invalid_and_says_what_failed() {
    for image in [png(), jpeg()] {
        let mut altered = sign(&image, &plain_manifest(), &signer("ada.example"));
        // The last byte of the pixels; in PNG the checksums behind it are not looked at.
        let at = altered.len() - if image.starts_with(b"\xff") { 3 } else { 20 };
        altered[at] ^= 1;
        let found = read(&altered);
        assert_eq!(found.presence, Presence::Embedded);
        assert_eq!(found.validation, Some(Validation::Invalid));
        assert_eq!(failures(&found), ["assertion.dataHash.mismatch"]);
        assert_eq!(found.trust, Some(Trust::Unknown));
        // What it says is still what it says.
        assert_eq!(stated(&found, "digital-source-type"), [CAPTURED]);
    }
}

#[test]
fn trust_is_another_answer_than_validity() {
    let signer = signer("ada.example");
    let good = sign(&png(), &plain_manifest(), &signer);
    let mut altered = good.clone();
    let at = altered.len() - 20;
    altered[at] ^= 1;
    let list = TrustList::parse(authority(&signer).as_bytes()).unwrap();
    let other_authority = authority(&self::signer("other.example"));
    let other = TrustList::parse(other_authority.as_bytes()).unwrap();
    for (image, list, validation, trust) in [
        (&good, Some(&list), Validation::Valid, Trust::Listed),
        (&good, Some(&other), Validation::Valid, Trust::NotListed),
        (&good, None, Validation::Valid, Trust::Unknown),
        (&altered, Some(&list), Validation::Invalid, Trust::Listed),
        (
            &altered,
            Some(&other),
            Validation::Invalid,
            Trust::NotListed,
        ),
        (&altered, None, Validation::Invalid, Trust::Unknown),
    ] {
        let found = read_with(image, list);
        assert_eq!(
            (found.validation, found.trust),
            (Some(validation), Some(trust))
        );
        assert_eq!(found.trust_list, list.map(|list| list.digest));
        let expected: &[&str] = match validation {
            Validation::Valid => &[],
            Validation::Invalid => &["assertion.dataHash.mismatch"],
        };
        assert_eq!(failures(&found), expected);
    }
}

#[test]
fn list_that_is_no_list_of_certificates_is_refused() {
    let good = authority(&signer("ada.example"));
    for (bad, found) in [
        ("".to_owned(), "found none"),
        ("words\n".to_owned(), "found none"),
        (
            good.replace("CERTIFICATE", "PRIVATE KEY"),
            "a block called \"PRIVATE KEY\"",
        ),
        (
            good.replacen("MII", "AII", 1).replacen("MIIB", "AIIB", 1),
            "no certificate",
        ),
        (good[..good.len() / 2].to_owned(), "no certificate"),
    ] {
        let error = TrustList::parse(bad.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(found), "{error}");
    }
    assert!(TrustList::parse(&[0xff; 10]).is_err());
    let long = vec![b'\n'; credentials::MAX_TRUST_LIST_LEN + 1];
    assert_eq!(
        TrustList::parse(&long),
        Err(CredentialsError::ListTooLong { len: long.len() })
    );
}

#[test]
fn image_without_credentials_has_none() {
    for image in [png(), jpeg()] {
        let found = read(&image);
        assert_eq!(found.presence, Presence::None);
        assert_eq!((found.validation, found.trust), (None, None));
        assert!(found.stated.is_empty() && found.failures.is_empty());
    }
}

#[test]
fn credentials_at_an_address_are_not_fetched() {
    let mut builder = Builder::from_context(Context::new())
        .with_definition(plain_manifest().to_string())
        .unwrap();
    // Nobody listens there; a fetch would be another answer than the address.
    builder.set_remote_url("http://127.0.0.1:1/photo.c2pa");
    builder.set_no_embed(true);
    let mut signed = Cursor::new(Vec::new());
    let signer = signer("ada.example");
    let mut source = Cursor::new(jpeg());
    builder
        .sign(&signer, "image/jpeg", &mut source, &mut signed)
        .unwrap();
    let found = read(signed.get_ref());
    assert_eq!(found.presence, Presence::Remote);
    assert_eq!(stated(&found, "address"), ["http://127.0.0.1:1/photo.c2pa"]);
    assert_eq!((found.validation, found.trust), (None, None));
}

#[test]
fn every_changed_byte_and_every_cut_is_answered() {
    let whole = sign(&png(), &plain_manifest(), &signer("ada.example"));
    let valid = read(&whole);
    let mut answers = [0; 4];
    for at in (8..whole.len()).step_by(37) {
        let mut changed = whole.clone();
        changed[at] ^= 0x55;
        let found = read(&changed);
        match (found.presence, found.validation) {
            // Bytes that nothing signs: padding, checksums of the PNG.
            (Presence::Embedded, Some(Validation::Valid)) => {
                assert_eq!(found.stated, valid.stated, "byte {at}");
                // Room that is kept for a longer signature is zeros.
                answers[if whole[at] == 0 { 3 } else { 0 }] += 1;
            }
            (Presence::Embedded, _) => {
                assert!(!found.failures.is_empty(), "byte {at}");
                answers[1] += 1;
            }
            _ => answers[2] += 1,
        }
        let cut = read(&whole[..at]);
        assert_ne!(cut.validation, Some(Validation::Valid), "cut at {at}");
    }
    let [unseen, invalid, unread, room] = answers;
    println!("valid {unseen}, zeros {room}, invalid {invalid}, unreadable or gone {unread}");
    assert!(invalid > 10 * unseen, "{answers:?}");
}

#[test]
fn nobody_is_listed_under_what_they_did_not_sign() {
    let signer = signer("ada.example");
    let list = TrustList::parse(authority(&signer).as_bytes()).unwrap();
    let whole = sign(&png(), &plain_manifest(), &signer);
    assert_eq!(read_with(&whole, Some(&list)).trust, Some(Trust::Listed));
    let mut forged = 0;
    for at in (8..whole.len()).step_by(37) {
        let mut changed = whole.clone();
        changed[at] ^= 0x55;
        let found = read_with(&changed, Some(&list));
        if found
            .failures
            .iter()
            .any(|code| code.as_str() == "claimSignature.mismatch")
        {
            assert_ne!(found.trust, Some(Trust::Listed), "byte {at}");
            forged += 1;
        }
    }
    assert!(forged > 0);
}

#[test]
fn hostile_image_is_answered_in_time() {
    // 100,000 boxes within each other, each with a description.
    let mut nested = Vec::new();
    for _ in 0..100_000 {
        nested.extend(
            b"\0\0\0\0jumb\0\0\0\x1ejumdc2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\x03c2pa\0",
        );
    }
    let mut endless = vec![0xff; 8];
    endless[4..8].copy_from_slice(b"jumb");
    let described = |content: &[u8]| {
        let description = b"\0\0\0\x1ejumdc2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\x03c2pa\0";
        let len = u32::try_from(8 + description.len() + content.len()).unwrap();
        [&len.to_be_bytes()[..], b"jumb", description, content].concat()
    };
    let deep_cbor = [&b"\0\x0f\x42\x48cbor"[..], &vec![0x81; 1_000_000]].concat();
    let xmp = |address: &str| {
        let packet = format!(
            "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description xmlns:dcterms=\"http://purl.org/dc/terms/\" dcterms:provenance=\"{address}\"/></rdf:RDF></x:xmpmeta>"
        );
        let mut data = b"XML:com.adobe.xmp\0\0\0\0\0".to_vec();
        data.extend(packet.as_bytes());
        with_chunk(&png(), b"iTXt", &data)
    };
    let hostile = [
        ("nested boxes", with_chunk(&png(), b"caBX", &nested)),
        ("endless box", with_chunk(&png(), b"caBX", &endless)),
        ("empty", with_chunk(&png(), b"caBX", b"")),
        (
            "nothing in it",
            with_chunk(&png(), b"caBX", &described(b"")),
        ),
        (
            "deep CBOR",
            with_chunk(&png(), b"caBX", &described(&deep_cbor)),
        ),
        ("noise", with_chunk(&png(), b"caBX", &[0x5a; 100_000])),
        ("a file's address", xmp("file:///etc/passwd")),
        (
            "a long address",
            xmp(&format!("http://a.example/{}", "a".repeat(100_000))),
        ),
        ("deep XMP", {
            let mut data = b"XML:com.adobe.xmp\0\0\0\0\0".to_vec();
            data.extend("<a>".repeat(500_000).as_bytes());
            with_chunk(&png(), b"iTXt", &data)
        }),
        ("a chunk without an end", {
            let mut bytes = png()[..33].to_vec();
            bytes.extend(b"\xff\xff\xff\xffcaBX");
            bytes
        }),
        ("JPEG segments without end", {
            let mut bytes = b"\xff\xd8".to_vec();
            for _ in 0..200_000 {
                bytes.extend(b"\xff\xeb\0\x10JP\0\x01\0\0\0\x01\0\0\0\x08jumb");
            }
            bytes
        }),
        ("only its first bytes", b"\xff\xd8\xff".to_vec()),
        (
            "WebP longer than itself",
            b"RIFF\xff\xff\xff\xffWEBPC2PA\xff\xff\xff\xff".to_vec(),
        ),
    ];
    for (name, bytes) in hostile {
        let begun = Instant::now();
        let found = read(&bytes);
        let taken = begun.elapsed();
        println!(
            "{name}: {:?} {:?} in {taken:?}",
            found.presence,
            failures(&found)
        );
        assert_ne!(found.validation, Some(Validation::Valid), "{name}");
        assert!(taken.as_secs() < 10, "{name} took {taken:?}");
        assert!(
            found
                .stated
                .iter()
                .all(|one| one.value.as_str().len() <= 4_000)
        );
        // Whatever was found is a record's field.
        let text = serde_json::to_string(&found).unwrap();
        assert_eq!(
            serde_json::from_str::<Credentials>(&text).unwrap(),
            found,
            "{name}"
        );
    }
}

#[test]
fn statements_are_bounded_and_steer_nothing() {
    let mut training = serde_json::Map::new();
    for n in 0..500 {
        training.insert(format!("com.example.{n}"), json!({ "use": "allowed" }));
    }
    training.insert("x".repeat(5_000), json!({ "use": "allowed" }));
    let actions = json!([{ "action": "c2pa.created", "digitalSourceType": CAPTURED }]);
    let mut manifest = manifest(&actions, &training.into());
    manifest["claim_generator_info"][0]["name"] = json!("A\u{1b}[2Jcamera\r\nof mine");
    let image = sign(&png(), &manifest, &signer("ada.example"));
    let found = read(&image);
    assert_eq!(found.stated.len(), ledger::ingest::metadata::MAX_STATEMENTS);
    assert!(
        stated(&found, "generator")[0].starts_with("A [2Jcamera of mine 1.2"),
        "{:?}",
        stated(&found, "generator")
    );
}

#[test]
fn what_an_image_says_is_recorded_with_its_digest() {
    let desk = Desk::founded();
    let signer = signer("ada.example");
    let image = sign(&png(), &plain_manifest(), &signer);
    desk.write("photo.png", &image);
    desk.write("list.pem", authority(&signer));
    let (added, told) = add(&desk, "photo.png", &[]);
    assert_eq!(told, "");
    let kept = snapshot(&desk, &added);
    assert_eq!(kept["digest"], Digest::of(&image).to_string());
    assert_eq!(
        kept["credentials"],
        serde_json::to_value(read(&image)).unwrap()
    );
    assert_eq!(kept["credentials"], added["credentials"]);
    assert_eq!(kept["credentials"]["trust"], "unknown");

    let (listed, _) = add(&desk, "photo.png", &["--trust-anchors", "list.pem"]);
    assert_eq!(snapshot(&desk, &listed)["credentials"]["trust"], "listed");
    assert!(desk.findings().is_empty());
    // A list without an image would say nothing.
    desk.write("page.txt", "Words.\n");
    let refused = desk.fails(
        &[
            "add",
            "source",
            "page.txt",
            "--title",
            "A page",
            "--level",
            "primary",
            "--as",
            "ada",
            "--trust-anchors",
            "list.pem",
        ],
        2,
    );
    assert!(refused.contains("expected an image"), "{refused}");
}

#[test]
fn dossier_records_what_its_images_say() {
    let desk = Desk::founded();
    desk.write(
        "photo.png",
        sign(&png(), &plain_manifest(), &signer("ada.example")),
    );
    desk.write(
        "dossier.json",
        r#"{"sources":[{"id":"p","title":"A photo","published":"unknown","level":"primary","file":"photo.png"}]}"#,
    );
    desk.ok(&["record", "dossier.json", "--as", "ada"]);
    let shown = desk.ok(&["show", &desk.hash_of("source")]);
    let credentials = &shown["record"]["content"]["snapshot"]["credentials"];
    assert_eq!(credentials["validation"], "valid", "{shown:#}");
}

#[test]
fn command_shows_validity_and_trust_apart() {
    let desk = Desk::empty();
    let signer = signer("ada.example");
    let image = sign(&jpeg(), &plain_manifest(), &signer);
    let mut altered = image.clone();
    let at = altered.len() - 3;
    altered[at] ^= 1;
    desk.write("good.jpg", &image);
    desk.write("altered.jpg", &altered);
    desk.write("bare.jpg", jpeg());
    desk.write("broken.png", with_chunk(&png(), b"caBX", b"broken"));
    desk.write("page.txt", "Words.\n");
    desk.write("list.pem", authority(&signer));
    let show = |words: &[&str], code: i32| {
        let output = desk.run(&[&["credentials"], words].concat());
        assert_eq!(output.status.code(), Some(code), "{words:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let told = show(&["good.jpg"], 0);
    assert!(
        told.contains("✓ valid") && told.contains("? nobody asked"),
        "{told}"
    );
    let told = show(&["good.jpg", "--trust-anchors", "list.pem"], 0);
    assert!(
        told.contains("✓ valid") && told.contains("✓ the signer is on your list"),
        "{told}"
    );
    let told = show(&["altered.jpg", "--trust-anchors", "list.pem"], 1);
    assert!(
        told.contains("✗ invalid\n") && told.contains("assertion.dataHash.mismatch"),
        "{told}"
    );
    assert!(show(&["bare.jpg"], 0).contains("no Content Credentials were found"));
    assert!(show(&["broken.png"], 3).contains("? Content Credentials can't be read"));
    let refused = desk.fails(&["credentials", "page.txt"], 1);
    assert!(
        refused.contains("expected an image, found text/plain"),
        "{refused}"
    );
    let refused = desk.fails(
        &["credentials", "good.jpg", "--trust-anchors", "page.txt"],
        2,
    );
    assert!(
        refused.contains("expected certificates in PEM, found none"),
        "{refused}"
    );
    for name in ["good.jpg", "altered.jpg", "bare.jpg", "broken.png"] {
        let output = desk.run(&["credentials", name, "--json"]);
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
        support::schema::assert_valid("cli/credentials", &answer);
    }
}

#[test]
fn other_images_are_not_read_and_that_is_no_answer() {
    for start in [
        &b"GIF89a\x01\0\x01\0"[..],
        b"II*\0\x08\0\0\0",
        b"\0\0\0\x10ftypavif\0\0\0\0",
    ] {
        let image = Image::of(start).unwrap();
        let media_type = image.media_type;
        assert_eq!(
            credentials::read(&image, None),
            Err(CredentialsError::Format { media_type })
        );
    }
    let desk = Desk::founded();
    desk.write("photo.gif", b"GIF89a\x01\0\x01\0");
    let (added, told) = add(&desk, "photo.gif", &[]);
    assert!(snapshot(&desk, &added).get("credentials").is_none());
    assert!(
        told.contains("were not read") && told.contains("found image/gif"),
        "{told}"
    );
}
