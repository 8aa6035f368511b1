//! Batches of signatures: the same answer as single verification, above all where the usual batch gives another.

mod support;

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{Identity, IsIdentity, VartimeMultiscalarMul};
use serde::Deserialize;
use sha2::{Digest as _, Sha256, Sha512};

use ledger::sign::batch::{self, Signed};
use ledger::sign::{KeyError, PublicKey, SecretKey};

use support::vectors;

/// A key whose secret scalar is at hand, to sign as only a key's own holder can.
struct Holder {
    scalar: Scalar,
    public: PublicKey,
}

/// A signature with what it signs, to be kept while a batch refers to it.
#[derive(Clone)]
struct Case {
    key: PublicKey,
    message: Vec<u8>,
    signature: [u8; 64],
}

impl Case {
    fn signed(&self) -> Signed<'_> {
        Signed {
            key: &self.key,
            message: &self.message,
            signature: &self.signature,
        }
    }

    fn is_valid(&self) -> bool {
        self.key.verify(&self.message, &self.signature).is_ok()
    }
}

impl Holder {
    fn new(name: &str) -> Self {
        let scalar = scalar(&[name.as_bytes()]);
        let point = EdwardsPoint::mul_base(&scalar);
        Holder {
            scalar,
            public: PublicKey::from_bytes(point.compress().as_bytes()).expect("a sound key"),
        }
    }

    /// Signs under `[r]B` plus a point of torsion, so that the equation holds but for that point.
    fn sign_with(&self, message: &str, torsion: &EdwardsPoint) -> Case {
        let r = scalar(&[b"nonce", message.as_bytes(), self.public.as_bytes()]);
        let encoded = (EdwardsPoint::mul_base(&r) + torsion).compress().to_bytes();
        self.sign_as(message, &r, encoded)
    }

    /// Signs with `r` as the nonce, and says that `R` is `encoded`.
    fn sign_as(&self, message: &str, r: &Scalar, encoded: [u8; 32]) -> Case {
        let k = challenge(&encoded, &self.public, message.as_bytes());
        let s = r + k * self.scalar;
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(&encoded);
        signature[32..].copy_from_slice(s.as_bytes());
        Case {
            key: self.public,
            message: message.as_bytes().to_vec(),
            signature,
        }
    }
}

fn scalar(parts: &[&[u8]]) -> Scalar {
    let hash = parts
        .iter()
        .fold(Sha512::new(), |hash, part| hash.chain_update(part));
    Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
}

fn challenge(r: &[u8], key: &PublicKey, message: &[u8]) -> Scalar {
    scalar(&[r, key.as_bytes(), message])
}

fn seed(i: u64) -> [u8; 32] {
    Sha256::digest(i.to_le_bytes()).into()
}

/// Good signatures by three keys.
fn good(count: usize) -> Vec<Case> {
    let keys = [[1; 32], [2; 32], [3; 32]].map(|seed| SecretKey::from_seed(&seed));
    (0..count)
        .map(|i| {
            let (key, message) = (&keys[i % 3], format!("good {i}").into_bytes());
            Case {
                key: key.public(),
                signature: key.sign(&message),
                message,
            }
        })
        .collect()
}

fn signed(cases: &[Case]) -> Vec<Signed<'_>> {
    cases.iter().map(Case::signed).collect()
}

/// What single verification says: the places of the wrong ones.
fn wrong_ones(cases: &[Case]) -> Vec<usize> {
    (0..cases.len()).filter(|&i| !cases[i].is_valid()).collect()
}

/// The usual batch: canonical `s`, random coefficients, the equation without the cofactor, and no more.
fn plain_batch(cases: &[Case], seed: &[u8; 32]) -> bool {
    let mut terms = vec![];
    for (i, case) in cases.iter().enumerate() {
        let (r, s) = case.signature.split_at(32);
        let s = Scalar::from_canonical_bytes(s.try_into().unwrap()).into_option();
        let point = |bytes: &[u8]| CompressedEdwardsY::from_slice(bytes).unwrap().decompress();
        let (Some(s), Some(r_point)) = (s, point(r)) else {
            return false;
        };
        let hash = Sha256::new().chain_update(seed).chain_update([i as u8]);
        let z = Scalar::from(u128::from_le_bytes(
            hash.finalize()[..16].try_into().unwrap(),
        ));
        terms.push((z, r_point));
        terms.push((
            z * challenge(r, &case.key, &case.message),
            point(case.key.as_bytes()).unwrap(),
        ));
        terms.push((-z * s, ED25519_BASEPOINT_POINT));
    }
    let (scalars, points): (Vec<_>, Vec<_>) = terms.into_iter().unzip();
    EdwardsPoint::vartime_multiscalar_mul(scalars, points).is_identity()
}

/// Checks that a batch of these, alone and among good ones, is judged as each of them is, under some seeds.
#[track_caller]
fn assert_judged_singly(cases: &[Case]) {
    let alone = wrong_ones(cases);
    let mut mixed = good(256);
    // Spread over the batch, its first place included and, if there are several, its last.
    for (i, case) in cases.iter().enumerate() {
        mixed[i * 255 / (cases.len() - 1).max(1)] = case.clone();
    }
    for i in 0..4 {
        assert_eq!(batch::all_valid(&signed(cases), &seed(i)), alone.is_empty());
        assert_eq!(batch::verify_all(&signed(cases), &seed(i)), alone);
        let expected = wrong_ones(&mixed);
        assert_eq!(
            batch::all_valid(&signed(&mixed), &seed(i)),
            expected.is_empty()
        );
        assert_eq!(batch::verify_all(&signed(&mixed), &seed(i)), expected);
    }
}

/// A point of this order: `EIGHT_TORSION[i]` is i times a point of order 8.
fn torsion(order: usize) -> EdwardsPoint {
    EIGHT_TORSION[8 / order]
}

#[test]
fn good_signatures_pass_in_every_number() {
    for count in [0, 1, 2, 99, 100, 101, 257] {
        let cases = good(count);
        for i in 0..4 {
            assert!(batch::all_valid(&signed(&cases), &seed(i)), "{count}");
            assert!(batch::verify_all(&signed(&cases), &seed(i)).is_empty());
        }
    }
}

#[test]
fn batch_of_one_is_judged_as_the_one() {
    let one = good(1);
    assert_judged_singly(&one);
    let mut other = one.clone();
    other[0].message.push(b'!');
    assert_eq!(wrong_ones(&other), [0]);
    assert_judged_singly(&other);
}

#[test]
fn one_wrong_among_five_thousand_is_named() {
    let mut cases = good(5_000);
    assert!(batch::all_valid(&signed(&cases), &seed(0)));
    for i in 1..3 {
        let at = u16::from_le_bytes(seed(i)[..2].try_into().unwrap()) as usize % cases.len();
        let before = cases[at].clone();
        cases[at].message.push(b'!');
        assert_eq!(batch::verify_all(&signed(&cases), &seed(i)), [at]);
        cases[at] = before;
    }
}

#[test]
fn same_signature_may_stand_there_twice() {
    let mut cases = good(200);
    cases[7] = cases[150].clone();
    assert_judged_singly(&cases);
    cases[7].signature[40] ^= 1;
    cases[150] = cases[7].clone();
    assert_eq!(batch::verify_all(&signed(&cases), &seed(0)), [7, 150]);
}

/// Errors that cancel where the coefficients are equal.
#[test]
fn errors_in_s_do_not_cancel() {
    let mut cases = good(200);
    for (at, by) in [(3, Scalar::ONE), (190, -Scalar::ONE)] {
        let s: [u8; 32] = cases[at].signature[32..].try_into().unwrap();
        let s = Scalar::from_canonical_bytes(s).unwrap() + by;
        cases[at].signature[32..].copy_from_slice(s.as_bytes());
    }
    assert_eq!(wrong_ones(&cases), [3, 190]);
    assert_judged_singly(&cases);
}

#[test]
fn signatures_exchanged_between_messages_or_keys_are_found() {
    let mut cases = good(200);
    let (a, b) = (cases[0].signature, cases[3].signature);
    (cases[0].signature, cases[3].signature) = (b, a);
    let (a, b) = (cases[10].key, cases[11].key);
    (cases[10].key, cases[11].key) = (b, a);
    assert_eq!(wrong_ones(&cases), [0, 3, 10, 11]);
    assert_judged_singly(&cases);
}

#[test]
fn torsioned_r_of_the_holder_is_refused_where_the_usual_batch_takes_it() {
    let holder = Holder::new("mallory");
    for order in [2, 4, 8] {
        let point = torsion(order);
        assert!(!point.is_identity() && point.is_small_order());
        let attack = holder.sign_with("twice true", &point);
        assert!(!attack.is_valid(), "order {order}");
        let attacks = [attack];
        assert_judged_singly(&attacks);

        // Once in `order` times the coefficient is a multiple of the order.
        let taken = (0..200)
            .filter(|&i| plain_batch(&attacks, &seed(i)))
            .count();
        let expected = 200 / order;
        assert!(
            (expected / 2..=expected * 2).contains(&taken),
            "order {order}: {taken}"
        );
    }
}

#[test]
fn torsion_that_cancels_is_found_in_pairs_triples_and_crowds() {
    let holder = Holder::new("mallory");
    let other = Holder::new("trudy");
    let multiples: [&[usize]; 8] = [
        &[4, 4],
        &[1, 7],
        &[2, 6],
        &[3, 5],
        &[1, 1, 6],
        &[2, 2, 4],
        &[1, 3, 4],
        &[4; 64],
    ];
    for multiples in multiples {
        assert_eq!(multiples.iter().sum::<usize>() % 8, 0);
        let attacks: Vec<Case> = multiples
            .iter()
            .enumerate()
            .map(|(i, &times)| {
                let holder = [&holder, &other][i % 2];
                holder.sign_with(&format!("part {i}"), &EIGHT_TORSION[times])
            })
            .collect();
        assert_eq!(wrong_ones(&attacks).len(), attacks.len());
        assert_judged_singly(&attacks);
        let taken = (0..100)
            .filter(|&i| plain_batch(&attacks, &seed(i)))
            .count();
        assert!(taken > 0, "{multiples:?}: the usual batch refuses it too");
    }
}

/// One sum, or the equation alone, would miss it under half of the seeds.
#[test]
fn torsion_in_one_of_many_is_found_under_every_seed() {
    let mut cases = good(6);
    cases[2] = Holder::new("mallory").sign_with("twice true", &torsion(2));
    for i in 0..100 {
        assert!(!batch::all_valid(&signed(&cases), &seed(i)), "seed {i}");
    }
}

#[test]
fn r_of_small_order_is_refused_in_every_encoding() {
    let holder = Holder::new("mallory");
    let mut encodings: Vec<[u8; 32]> = EIGHT_TORSION
        .iter()
        .map(|point| point.compress().to_bytes())
        .collect();
    // The identity and the point of order 2 with a sign, y = 0 and y = 1 as p and p + 1, each with a sign too.
    for at in [0, 4] {
        encodings.push(encodings[at]);
        encodings.last_mut().unwrap()[31] |= 0x80;
    }
    for low in [0xed, 0xee] {
        for high in [0x7f, 0xff] {
            let mut encoded = [0xff; 32];
            (encoded[0], encoded[31]) = (low, high);
            encodings.push(encoded);
        }
    }
    for encoded in encodings {
        let point = CompressedEdwardsY(encoded).decompress();
        assert!(
            point.is_some_and(|point| point.is_small_order()),
            "{encoded:x?}"
        );
        // With r = 0 the equation holds if the point is the identity, and but for the point if not.
        let attack = holder.sign_as("nothing", &Scalar::ZERO, encoded);
        assert!(!attack.is_valid());
        assert_judged_singly(std::slice::from_ref(&attack));
        assert!(
            (0..200).any(|i| plain_batch(std::slice::from_ref(&attack), &seed(i))),
            "{encoded:x?}: the usual batch refuses it too"
        );
    }
}

/// y = p + 3 and so on are points whose logarithm nobody knows, so nobody can sign with them: they are refused
/// before any equation.
#[test]
fn r_that_is_not_canonical_is_refused() {
    let holder = Holder::new("mallory");
    let mut points = 0;
    for low in 0xed..=0xff {
        for high in [0x7f, 0xff] {
            let mut encoded = [0xff; 32];
            (encoded[0], encoded[31]) = (low, high);
            points += usize::from(CompressedEdwardsY(encoded).decompress().is_some());
            let attack = holder.sign_as("not canonical", &Scalar::ONE, encoded);
            assert!(!attack.is_valid());
            assert_judged_singly(&[attack]);
        }
    }
    assert!(points > 4, "{points}");
}

#[test]
fn s_beyond_the_group_order_is_refused() {
    let mut cases = good(1);
    // l in little-endian order: l - 1 is -1.
    let mut order = *(-Scalar::ONE).as_bytes();
    order[0] += 1;
    let mut carry = 0;
    for (s, l) in std::iter::zip(&mut cases[0].signature[32..], order) {
        let sum = u16::from(*s) + u16::from(l) + carry;
        *s = sum as u8;
        carry = sum >> 8;
    }
    assert_eq!(carry, 0);
    assert_eq!(wrong_ones(&cases), [0]);
    assert_judged_singly(&cases);
}

#[test]
fn key_with_torsion_never_comes_into_a_batch() {
    for order in [2, 4, 8] {
        let mixed = ED25519_BASEPOINT_POINT + torsion(order);
        let refused = PublicKey::from_bytes(mixed.compress().as_bytes());
        assert_eq!(refused, Err(KeyError::Torsion));
        let small = PublicKey::from_bytes(torsion(order).compress().as_bytes());
        assert_eq!(small, Err(KeyError::Torsion));
    }
    let identity = PublicKey::from_bytes(EdwardsPoint::identity().compress().as_bytes());
    assert_eq!(identity, Err(KeyError::Identity));
}

/// The published vectors under keys that may sign; the others have no [`PublicKey`] to be verified under.
fn published() -> Vec<Case> {
    #[derive(Deserialize)]
    struct Vector {
        #[serde(alias = "publicKey", alias = "pub_key")]
        public_key: String,
        message: String,
        signature: String,
    }
    #[derive(Deserialize)]
    struct File {
        cases: Vec<Vector>,
    }
    let files = ["sign/signature", "sign/speccheck"].map(vectors::files);
    files
        .iter()
        .flatten()
        .flat_map(|path| vectors::file::<File>(path).cases)
        .filter_map(|vector| {
            let bytes = |digits: &str| hex::decode(digits).unwrap();
            let key = bytes(&vector.public_key).try_into().unwrap();
            Some(Case {
                key: PublicKey::from_bytes(&key).ok()?,
                message: bytes(&vector.message),
                signature: bytes(&vector.signature).try_into().unwrap(),
            })
        })
        .collect()
}

#[test]
fn every_published_vector_is_judged_as_alone() {
    let cases = published();
    let wrong = wrong_ones(&cases).len();
    assert!(
        wrong >= 5 && cases.len() - wrong >= 3,
        "{wrong} of {}",
        cases.len()
    );
    for case in &cases {
        assert_judged_singly(std::slice::from_ref(case));
    }
    assert_judged_singly(&cases);
    let (valid, wrong): (Vec<_>, Vec<_>) = cases.into_iter().partition(Case::is_valid);
    assert_judged_singly(&valid);
    assert_judged_singly(&wrong);
}
