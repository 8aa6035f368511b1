//! Keys, signatures, proofs and key files: the W3C's vectors, the published edge cases, and OpenSSL.

mod support;

use std::path::Path;
use std::process::Command;

use base64::prelude::{BASE64_STANDARD, Engine};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::IsIdentity;
use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::der::Encode;
use pkcs8::der::asn1::OctetStringRef;
use pkcs8::pkcs5::pbes2;
use proptest::collection::vec;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha512};

use ledger::canonical::{Digest, Timestamp, json};
use ledger::sign::key_file::{self, KeyFileError, Protection};
use ledger::sign::proof::{decode_proof_value, encode_proof_value, hash_data};
use ledger::sign::{Did, KeyError, Proof, PublicKey, SecretKey};

use support::{tools, vectors};

#[test]
fn every_folder_of_vectors_is_read() {
    vectors::assert_every_folder_is_read(
        "sign",
        &[
            "did",
            "eddsa-jcs-2022",
            "key",
            "proof",
            "proof-value",
            "records",
            "signature",
            "speccheck",
            "verification-method",
        ],
    );
}

fn bytes<const N: usize>(digits: &str) -> [u8; N] {
    let mut bytes = [0; N];
    hex::decode_to_slice(digits, &mut bytes).unwrap_or_else(|e| panic!("{digits}: {e}"));
    bytes
}

#[test]
fn w3c_vectors_of_eddsa_jcs_2022_are_met_at_every_step() {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Vector {
        #[serde(rename = "source")]
        _source: Value,
        key: Key,
        unsigned_document: Value,
        canonical_document: String,
        document_hash_hex: String,
        proof_config: Value,
        canonical_proof_config: String,
        proof_config_hash_hex: String,
        hash_data_hex: String,
        #[serde(rename = "hashDataNote")]
        _hash_data_note: String,
        signature_hex: String,
        proof_value: String,
        signed_document: Value,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Key {
        public_key_multibase: String,
        #[serde(rename = "secretKeyMultibase")]
        _secret_key_multibase: String,
        public_key_hex: String,
        seed_hex: String,
        #[serde(rename = "publicKeyMulticodecHex")]
        _public_key_multicodec_hex: String,
        #[serde(rename = "secretKeyMulticodecHex")]
        _secret_key_multicodec_hex: String,
        did: String,
        verification_method: String,
    }
    for path in vectors::files("sign/eddsa-jcs-2022") {
        let vector: Vector = vectors::file(&path);

        let secret = SecretKey::from_seed(&bytes(&vector.key.seed_hex));
        let public = secret.public();
        assert_eq!(public.as_bytes(), &bytes(&vector.key.public_key_hex));
        let did = public.did();
        assert_eq!(did.to_string(), vector.key.did);
        assert_eq!(vector.key.did.parse(), Ok(did));
        assert_eq!(did.multikey(), vector.key.public_key_multibase);
        let method = &vector.key.verification_method;
        assert_eq!(&did.verification_method(), method);
        assert_eq!(Did::from_verification_method(method), Ok(did));

        let document = json::to_vec(&vector.unsigned_document).unwrap();
        assert_eq!(document, vector.canonical_document.as_bytes());
        let digest = Digest::of(&document);
        assert_eq!(digest.as_bytes(), &bytes(&vector.document_hash_hex));
        let config = json::to_vec(&vector.proof_config).unwrap();
        assert_eq!(config, vector.canonical_proof_config.as_bytes());
        let config_hash = Digest::of(&config);
        assert_eq!(
            config_hash.as_bytes(),
            &bytes(&vector.proof_config_hash_hex)
        );

        let signed = hash_data(&config, &digest);
        assert_eq!(signed, bytes(&vector.hash_data_hex));
        let signature = secret.sign(&signed);
        assert_eq!(signature, bytes(&vector.signature_hex));
        assert_eq!(public.verify(&signed, &signature), Ok(()));
        assert_eq!(encode_proof_value(&signature), vector.proof_value);
        assert_eq!(decode_proof_value(&vector.proof_value), Ok(signature));

        // The signed document is the unsigned one, with the configuration and the value as its proof.
        let mut proof = vector.proof_config;
        proof["proofValue"] = vector.proof_value.into();
        let mut expected = vector.unsigned_document;
        expected["proof"] = proof.clone();
        assert_eq!(vector.signed_document, expected);

        // Theirs repeats the document's @context; ours, for documents without one, has none.
        assert!(serde_json::from_value::<Proof>(proof.clone()).is_err());
        proof.as_object_mut().unwrap().remove("@context");
        assert!(serde_json::from_value::<Proof>(proof).is_ok());
    }
}

#[test]
fn records_are_signed_as_another_implementation_signs_them() {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Case {
        record: String,
        digest: Digest,
        seed: String,
        signed_bytes: String,
        proof: Value,
    }
    let cases = vectors::cases::<Case>("sign/records");
    assert_eq!(cases.len(), vectors::files("handwritten").len());
    for (at, case) in cases {
        let path = vectors::folder("handwritten").join(&case.record);
        let record: Value = vectors::file(&path);
        let digest = Digest::of(&json::to_vec(&record).unwrap());
        assert_eq!(digest, case.digest, "{at}");

        let key = SecretKey::from_seed(&bytes(&case.seed));
        assert_eq!(record["editor"], key.public().did().to_string(), "{at}");
        let created: Timestamp = record["created"].as_str().expect(&at).parse().expect(&at);
        let proof = Proof::sign(&digest, &key, created);
        assert_eq!(
            proof.signed_bytes(&digest),
            bytes(&case.signed_bytes),
            "{at}"
        );
        assert_eq!(serde_json::to_value(&proof).expect(&at), case.proof, "{at}");
        assert_eq!(proof.verify(&digest, &key.public()), Ok(()), "{at}");
    }
}

#[test]
fn proof_is_for_one_record_one_key_and_one_time() {
    let key = SecretKey::from_seed(&[1; 32]);
    let other = SecretKey::from_seed(&[2; 32]);
    let record = Digest::of(b"{}");
    let time = "2026-11-20T10:00:00Z".parse().unwrap();
    let proof = Proof::sign(&record, &key, time);
    assert!(proof.verify(&record, &key.public()).is_ok());
    assert!(proof.verify(&Digest::of(b"[]"), &key.public()).is_err());
    assert!(proof.verify(&record, &other.public()).is_err());
    let later = "2026-11-20T10:00:01Z".parse().unwrap();
    let changed = Proof {
        created: later,
        ..proof.clone()
    };
    assert!(changed.verify(&record, &key.public()).is_err());
    let claimed = Proof {
        key: other.public().did(),
        ..proof
    };
    assert!(claimed.verify(&record, &key.public()).is_err());
    assert!(claimed.verify(&record, &other.public()).is_err());
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KeyCase {
    name: String,
    public_key: String,
    did: Option<String>,
    refused: Option<String>,
}

fn key_error_name(error: KeyError) -> &'static str {
    match error {
        KeyError::NotCanonical => "not-canonical",
        KeyError::Identity => "identity",
        KeyError::Torsion => "torsion",
    }
}

#[test]
fn key_vectors_may_sign_or_not_as_they_say() {
    for (at, case) in vectors::cases::<KeyCase>("sign/key") {
        let at = format!("{at}: {}", case.name);
        let bytes = bytes(&case.public_key);
        match (PublicKey::from_bytes(&bytes), case.did, case.refused) {
            (Ok(key), Some(did), None) => {
                assert_eq!(key.did().to_string(), did, "{at}");
                assert_eq!(key.as_bytes(), &bytes, "{at}");
                assert_eq!(PublicKey::from_did(&key.did()), Ok(key), "{at}");
            }
            (Err(error), None, Some(reason)) => {
                assert_eq!(key_error_name(error), reason, "{at}");
                // It has a name all the same: the name says nothing about the key.
                let did = Did::from_bytes(bytes);
                assert_eq!(did.to_string().parse(), Ok(did), "{at}");
                assert_eq!(PublicKey::from_did(&did), Err(error), "{at}");
            }
            (found, ..) => panic!("{at}: found {found:?}"),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SignatureCase {
    name: String,
    public_key: String,
    message: String,
    signature: String,
    refused: Option<String>,
    holds: Option<Equation>,
}

/// Which equation a signature satisfies: s B = R + k A, or eight times both sides.
#[derive(Deserialize, Debug, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Equation {
    Cofactorless,
    Cofactored,
}

/// Judges a signature by the curve's arithmetic alone, with none of the checks on its parts.
fn equation(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> Option<Equation> {
    let (r, s) = signature.split_at(32);
    let decompressed = |bytes: &[u8]| CompressedEdwardsY(bytes.try_into().unwrap()).decompress();
    let (a, r_point) = (decompressed(key)?, decompressed(r)?);
    let s = Scalar::from_bytes_mod_order(s.try_into().unwrap());
    let hash = Sha512::new()
        .chain_update(r)
        .chain_update(key)
        .chain_update(message);
    let k = Scalar::from_bytes_mod_order_wide(&hash.finalize().into());
    let difference = EdwardsPoint::mul_base(&s) - r_point - k * a;
    if difference.is_identity() {
        Some(Equation::Cofactorless)
    } else if difference.mul_by_cofactor().is_identity() {
        Some(Equation::Cofactored)
    } else {
        None
    }
}

#[test]
fn signature_vectors_are_valid_or_refused_as_they_say() {
    for (at, case) in vectors::cases::<SignatureCase>("sign/signature") {
        let at = format!("{at}: {}", case.name);
        let key = bytes(&case.public_key);
        let public = PublicKey::from_bytes(&key).expect("a key that may sign");
        let message = hex::decode(&case.message).expect(&at);
        let signature = bytes(&case.signature);
        let verified = public.verify(&message, &signature);
        match case.refused.as_deref() {
            None => assert_eq!(verified, Ok(()), "{at}"),
            Some("equation" | "s-range" | "small-order-r") => {
                assert!(verified.is_err(), "{at}: accepted");
                // Else the case would be refused for another reason than the one it is here for.
                assert_eq!(equation(&key, &message, &signature), case.holds, "{at}");
            }
            Some(reason) => panic!("{at}: unknown reason {reason:?}"),
        }
    }
}

#[test]
fn every_published_edge_case_is_refused() {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        #[serde(rename = "source")]
        _source: Value,
        cases: Vec<Case>,
        #[serde(rename = "upstream_results_2021")]
        _upstream_results: Value,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        n: usize,
        message: String,
        pub_key: String,
        signature: String,
        #[serde(rename = "S")]
        _s: String,
        #[serde(rename = "A_order")]
        _a_order: String,
        #[serde(rename = "R_order")]
        _r_order: String,
        #[serde(rename = "cofactored_equation_holds")]
        _cofactored: bool,
        #[serde(rename = "cofactorless_equation_holds")]
        _cofactorless: bool,
        #[serde(rename = "comment")]
        _comment: String,
    }
    for path in vectors::files("sign/speccheck") {
        let file: File = vectors::file(&path);
        assert_eq!(file.cases.len(), 12);
        for (i, case) in file.cases.into_iter().enumerate() {
            assert_eq!(case.n, i);
            let message = hex::decode(&case.message).unwrap();
            let signature = bytes(&case.signature);
            let refused_by = match PublicKey::from_bytes(&bytes(&case.pub_key)) {
                Err(error) => key_error_name(error),
                Ok(key) => match key.verify(&message, &signature) {
                    Err(_) => "signature",
                    Ok(()) => panic!("case {i} is accepted"),
                },
            };
            let expected = match i {
                6 | 7 => "signature",
                10 | 11 => "not-canonical",
                _ => "torsion",
            };
            assert_eq!(refused_by, expected, "case {i}");
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NameCase {
    text: String,
    hex: Option<String>,
    did: Option<Did>,
    refused: Option<String>,
}

#[test]
fn did_vectors_are_read_or_refused_as_they_say() {
    for (at, case) in vectors::cases::<NameCase>("sign/did") {
        match (case.text.parse::<Did>(), case.hex, case.did, case.refused) {
            (Ok(did), Some(digits), None, None) => {
                assert_eq!(did.as_bytes(), &bytes(&digits), "{at}");
                assert_eq!(did.to_string(), case.text, "{at}");
            }
            (Err(_), None, None, Some(_)) => {}
            (found, ..) => panic!("{at}: {:?}: found {found:?}", case.text),
        }
    }
}

#[test]
fn verification_method_vectors_are_read_or_refused_as_they_say() {
    for (at, case) in vectors::cases::<NameCase>("sign/verification-method") {
        let found = Did::from_verification_method(&case.text);
        match (found, case.hex, case.did, case.refused) {
            (Ok(found), None, Some(did), None) => {
                assert_eq!(found, did, "{at}");
                assert_eq!(did.verification_method(), case.text, "{at}");
            }
            (Err(_), None, None, Some(_)) => {}
            (found, ..) => panic!("{at}: {:?}: found {found:?}", case.text),
        }
    }
}

#[test]
fn proof_value_vectors_are_read_or_refused_as_they_say() {
    for (at, case) in vectors::cases::<NameCase>("sign/proof-value") {
        let found = decode_proof_value(&case.text);
        match (found, case.hex, case.did, case.refused) {
            (Ok(signature), Some(digits), None, None) => {
                assert_eq!(signature, bytes(&digits), "{at}");
                assert_eq!(encode_proof_value(&signature), case.text, "{at}");
            }
            (Err(_), None, None, Some(_)) => {}
            (found, ..) => panic!("{at}: {:?}: found {found:?}", case.text),
        }
    }
}

#[test]
fn proof_vectors_are_read_or_refused_as_they_say() {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        name: String,
        input: String,
        #[serde(default)]
        refused: bool,
    }
    for (at, case) in vectors::cases::<Case>("sign/proof") {
        let at = format!("{at}: {}", case.name);
        match json::from_canonical::<Proof>(case.input.as_bytes()) {
            Ok(proof) => {
                assert!(!case.refused, "{at}: accepted");
                assert_eq!(
                    json::to_vec(&proof).expect(&at),
                    case.input.as_bytes(),
                    "{at}"
                );
            }
            Err(error) => assert!(case.refused, "{at}: {error}"),
        }
    }
}

/// Runs so many cases, and writes no regression files: a case that mattered becomes a vector.
fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn name_and_proof_value_read_what_they_write(key in any::<[u8; 32]>(), r in any::<[u8; 32]>()) {
        let did = Did::from_bytes(key);
        prop_assert_eq!(did.to_string().parse(), Ok(did));
        prop_assert_eq!(Did::from_verification_method(&did.verification_method()), Ok(did));
        let signature: [u8; 64] = [key, r].concat().try_into().unwrap();
        prop_assert_eq!(decode_proof_value(&encode_proof_value(&signature)), Ok(signature));
    }

    #[test]
    fn name_has_one_spelling(
        key in any::<[u8; 32]>(),
        place in any::<prop::sample::Index>(),
        letter in any::<char>(),
    ) {
        let did = Did::from_bytes(key).to_string();
        let value = encode_proof_value(&[key, key].concat().try_into().unwrap());
        for written in [did, value] {
            let mut text: Vec<char> = written.chars().collect();
            let at = place.index(text.len());
            for change in 0..3 {
                match change {
                    0 => text[at] = letter,
                    1 => text.insert(at, letter),
                    _ => text.truncate(at),
                }
                let text: String = text.iter().collect();
                if let Ok(did) = text.parse::<Did>() {
                    prop_assert_eq!(did.to_string(), text.clone());
                }
                if let Ok(signature) = decode_proof_value(&text) {
                    prop_assert_eq!(encode_proof_value(&signature), text);
                }
            }
        }
    }

    #[test]
    fn key_of_any_seed_may_sign_and_its_signatures_hold(
        seed in any::<[u8; 32]>(),
        message in vec(any::<u8>(), 0..100),
        bit in 0..512_usize,
    ) {
        let secret = SecretKey::from_seed(&seed);
        let public = PublicKey::from_bytes(secret.public().as_bytes()).unwrap();
        let mut signature = secret.sign(&message);
        prop_assert_eq!(public.verify(&message, &signature), Ok(()));
        signature[bit / 8] ^= 1 << (bit % 8);
        prop_assert!(public.verify(&message, &signature).is_err());
    }

    #[test]
    fn any_32_bytes_are_judged_and_any_signature_under_them(
        key in any::<[u8; 32]>(),
        message in any::<[u8; 8]>(),
        r in any::<[u8; 32]>(),
    ) {
        if let Ok(key) = PublicKey::from_bytes(&key) {
            let signature = [r, *key.as_bytes()].concat().try_into().unwrap();
            prop_assert!(key.verify(&message, &signature).is_err());
        }
    }
}

const PASSPHRASE: &str = "correct horse battery staple";

fn plain() -> Protection<'static> {
    Protection::None
}

fn encrypted() -> Protection<'static> {
    Protection::Passphrase {
        passphrase: PASSPHRASE,
        nonce: [9; 32],
    }
}

/// The bytes inside a PEM text.
fn pem_body(pem: &str) -> Vec<u8> {
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    BASE64_STANDARD.decode(lines.collect::<String>()).unwrap()
}

fn pem_around(label: &str, body: &[u8]) -> String {
    let mut pem = format!("-----BEGIN {label}-----\n");
    for line in BASE64_STANDARD.encode(body).as_bytes().chunks(64) {
        pem.push_str(std::str::from_utf8(line).unwrap());
        pem.push('\n');
    }
    pem + &format!("-----END {label}-----\n")
}

#[test]
fn plain_key_file_is_the_one_of_rfc_8410() {
    // RFC 8410 §10.3, the key of version 1.
    let pem = "-----BEGIN PRIVATE KEY-----\n\
               MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
               -----END PRIVATE KEY-----\n";
    let key = key_file::from_pem(pem, None).unwrap();
    let public = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";
    assert_eq!(key.public().as_bytes(), &bytes(public));
    assert_eq!(key_file::to_pem(&key, plain()).unwrap().as_str(), pem);
}

/// A key file that nobody encrypted: its passphrase would have to go through `kdf`.
fn asking_for(kdf: impl Into<pbes2::Kdf>) -> String {
    let encryption = pbes2::EncryptionScheme::Aes256Cbc { iv: [9; 16] };
    let parameters = pbes2::Parameters {
        kdf: kdf.into(),
        encryption,
    };
    let info = EncryptedPrivateKeyInfoRef {
        encryption_algorithm: parameters.into(),
        encrypted_data: OctetStringRef::new(&[0; 48]).unwrap(),
    };
    pem_around("ENCRYPTED PRIVATE KEY", &info.to_der().unwrap())
}

fn scrypt(cost_parameter: u64, block_size: u16, parallelization: u16) -> pbes2::ScryptParams {
    pbes2::ScryptParams {
        salt: pbes2::Salt::new([9; 16]).unwrap(),
        cost_parameter,
        block_size,
        parallelization,
        key_length: None,
    }
}

/// Once, N = 0 was a panic, and p decided how much memory and time to take.
#[test]
fn key_file_that_asks_for_too_much_is_refused_at_once() {
    for (n, r, p) in [
        (0, 8, 1),
        (1, 8, 1),
        (3, 8, 1),
        (1 << 14, 0, 1),
        (1 << 14, 8, 0),
        (0, 0, 0),
        (1 << 14, 8, u16::MAX),
        (2, u16::MAX, u16::MAX),
        (1 << 14, u16::MAX, 1),
        (1 << 40, 8, 1),
        (1 << 63, 1, 1),
        (u64::MAX, u16::MAX, u16::MAX),
    ] {
        let pem = asking_for(scrypt(n, r, p));
        let error = key_file::from_pem(&pem, Some(PASSPHRASE)).unwrap_err();
        assert!(
            matches!(error, KeyFileError::Cost { .. }),
            "N = {n}, r = {r}, p = {p}: {error}"
        );
    }
    for iterations in [0, 100_000_000] {
        let mut parameters = pbes2::Pbkdf2Params::hmac_sha256(1, &[9; 16]).unwrap();
        parameters.iteration_count = iterations;
        let pem = asking_for(parameters);
        let error = key_file::from_pem(&pem, Some(PASSPHRASE)).unwrap_err();
        assert!(
            matches!(error, KeyFileError::Cost { .. }),
            "{iterations}: {error}"
        );
    }
    // Within the limits it is tried, and no passphrase opens this one.
    let pem = asking_for(scrypt(1 << 14, 8, 2));
    assert!(matches!(
        key_file::from_pem(&pem, Some(PASSPHRASE)),
        Err(KeyFileError::WrongPassphrase)
    ));
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn random_key_file_is_refused_without_panic(
        text in any::<String>(),
        label in prop::sample::select(vec!["PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "PUBLIC KEY"]),
        body in vec(any::<u8>(), 0..100),
    ) {
        let _ = key_file::from_pem(&text, Some(PASSPHRASE));
        prop_assert!(key_file::from_pem(&pem_around(label, &body), Some(PASSPHRASE)).is_err());
        let text = format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n");
        prop_assert!(key_file::from_pem(&text, Some(PASSPHRASE)).is_err());
    }

    #[test]
    fn damaged_plain_key_file_is_read_or_refused_without_panic(
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        character in any::<char>(),
    ) {
        let pem = key_file::to_pem(&SecretKey::from_seed(&[1; 32]), plain()).unwrap();
        let mut body = pem_body(&pem);
        let at = place.index(body.len());
        body[at] = byte;
        let _ = key_file::from_pem(&pem_around("PRIVATE KEY", &body), None);
        body.truncate(at);
        prop_assert!(key_file::from_pem(&pem_around("PRIVATE KEY", &body), None).is_err());
        let mut text: Vec<char> = pem.chars().collect();
        text[place.index(pem.len())] = character;
        let _ = key_file::from_pem(&text.into_iter().collect::<String>(), None);
    }
}

proptest! {
    // Each case may cost a run of scrypt.
    #![proptest_config(cases(24))]

    #[test]
    fn damaged_encrypted_key_file_is_read_or_refused_without_panic(
        place in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let key = SecretKey::from_seed(&[1; 32]);
        let mut body = pem_body(&key_file::to_pem(&key, encrypted()).unwrap());
        let at = place.index(body.len());
        let same = body[at] == byte;
        body[at] = byte;
        let read = key_file::from_pem(&pem_around("ENCRYPTED PRIVATE KEY", &body), Some(PASSPHRASE));
        // CBC has no seal: from the second block on, the key's own bytes, a changed ciphertext decrypts
        // to another key, which has another name.
        if let Ok(read) = read {
            prop_assert!(at >= body.len() - 48 || read.public() == key.public());
        } else {
            prop_assert!(!same);
        }
    }
}

/// Runs openssl in `folder`; the words of `arguments` stand apart by spaces.
fn openssl(folder: &Path, arguments: &str) -> Option<String> {
    let mut command: Command = tools::tool("openssl")?;
    command.current_dir(folder).args(arguments.split(' '));
    let written = tools::answer(&mut command, b"");
    Some(String::from_utf8(written).expect("openssl writes PEM and text"))
}

/// A public key in the SubjectPublicKeyInfo of RFC 8410 §4, as PEM.
fn public_pem(key: &PublicKey) -> String {
    let mut body = hex::decode("302a300506032b6570032100").unwrap();
    body.extend_from_slice(key.as_bytes());
    pem_around("PUBLIC KEY", &body)
}

#[test]
fn openssl_reads_our_key_files_and_derives_the_same_public_key() {
    let folder = tempfile::tempdir().unwrap();
    for seed in [[1; 32], [0; 32], [0xff; 32]] {
        let key = SecretKey::from_seed(&seed);
        for (protection, passphrase) in [(plain(), "x"), (encrypted(), PASSPHRASE)] {
            let pem = key_file::to_pem(&key, protection).unwrap();
            std::fs::write(folder.path().join("key.pem"), pem.as_bytes()).unwrap();
            std::fs::write(folder.path().join("passphrase"), passphrase).unwrap();
            let read = "pkey -in key.pem -passin file:passphrase";
            let Some(public) = openssl(folder.path(), &format!("{read} -pubout")) else {
                return;
            };
            assert_eq!(public, public_pem(&key.public()));
            let text = openssl(folder.path(), &format!("{read} -noout -text")).unwrap();
            assert!(text.starts_with("ED25519 Private-Key:"), "{text}");
            let (_, public) = text.split_once("pub:").expect("the public key");
            let digits: String = public.chars().filter(char::is_ascii_hexdigit).collect();
            assert_eq!(digits, hex::encode(key.public().as_bytes()));
        }
    }
}

#[test]
fn key_files_of_openssl_are_read() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("passphrase"), PASSPHRASE).unwrap();
    if openssl(folder.path(), "genpkey -algorithm ed25519 -out plain.pem").is_none() {
        return;
    }
    let public = openssl(folder.path(), "pkey -in plain.pem -pubout").unwrap();
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let key = key_file::from_pem(&read("plain.pem"), None).unwrap();
    assert_eq!(public_pem(&key.public()), public);
    // What OpenSSL writes and what we write for the same key is the same file.
    assert_eq!(
        key_file::to_pem(&key, plain()).unwrap().as_str(),
        read("plain.pem")
    );

    for how in [
        "pkey -in plain.pem -aes-256-cbc -passout file:passphrase",
        "pkcs8 -topk8 -in plain.pem -passout file:passphrase",
        "pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA512 -in plain.pem -passout file:passphrase",
        "pkcs8 -topk8 -v2 aes-128-cbc -iter 100000 -in plain.pem -passout file:passphrase",
        "pkcs8 -topk8 -scrypt -in plain.pem -passout file:passphrase",
        "pkcs8 -topk8 -scrypt -scrypt_N 8192 -scrypt_r 8 -scrypt_p 4 -in plain.pem -passout file:passphrase",
    ] {
        let pem = openssl(folder.path(), how).unwrap();
        assert!(key_file::is_encrypted(&pem), "{how}");
        let read = key_file::from_pem(&pem, Some(PASSPHRASE)).expect(how);
        assert_eq!(read.public(), key.public(), "{how}");
        assert!(
            matches!(
                key_file::from_pem(&pem, None),
                Err(KeyFileError::PassphraseNeeded)
            ),
            "{how}"
        );
        // Now and then another passphrase unpacks to something, but never to the key.
        let other = key_file::from_pem(&pem, Some("wrong"));
        assert!(other.is_err(), "{how}");
    }
}

#[test]
fn other_key_files_of_openssl_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    for (make, found) in [
        ("genpkey -algorithm x25519", "1.3.101.110"),
        ("genpkey -algorithm ed448", "1.3.101.113"),
        (
            "genpkey -algorithm ec -pkeyopt ec_paramgen_curve:P-256",
            "1.2.840.10045.2.1",
        ),
    ] {
        let Some(pem) = openssl(folder.path(), make) else {
            return;
        };
        let error = key_file::from_pem(&pem, None).unwrap_err();
        assert!(
            matches!(&error, KeyFileError::OtherAlgorithm { found: oid } if oid == found),
            "{make}: {error}"
        );
    }
}

#[test]
fn openssl_verifies_our_signature_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let key = SecretKey::from_seed(&[1; 32]);
    let record = Digest::of(b"{}");
    let proof = Proof::sign(&record, &key, "2026-11-20T10:00:00Z".parse().unwrap());
    write("public.pem", public_pem(&key.public()).as_bytes());
    write("signed", &proof.signed_bytes(&record));
    write("other", &proof.signed_bytes(&Digest::of(b"[]")));
    write("signature", &proof.signature);
    for (signed, fits) in [("signed", true), ("other", false)] {
        let Some(mut openssl) = tools::tool("openssl") else {
            return;
        };
        openssl.current_dir(folder.path()).args([
            "pkeyutl",
            "-verify",
            "-rawin",
            "-pubin",
            "-inkey",
            "public.pem",
            "-sigfile",
            "signature",
            "-in",
            signed,
        ]);
        let output = tools::run(&mut openssl, b"");
        assert_eq!(output.status.success(), fits, "{signed}: {output:?}");
    }
}
