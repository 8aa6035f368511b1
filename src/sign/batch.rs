//! Many signatures at once, judged exactly as [`PublicKey::verify`] judges each.
//!
//! A signature is valid (`docs/spec/signature.md`, "Validity") if `s` is below the group order, `R` is
//! canonically encoded and not of small order, and `[s]B = R + [k]A`. `A` is a [`PublicKey`], so it lies in the
//! group of prime order l, as `B` does. Then so does the `R` of a valid signature, being `[s]B - [k]A`, and the
//! rule is the same as these three:
//!
//! 1. `s` is below l; `R` is canonically encoded and not the identity: looked up in the bytes of each signature;
//! 2. every `R` has order l, that is, no torsion part;
//! 3. the equations hold.
//!
//! For 2 and 3 each `R` draws a random coefficient z of 128 bits. Bit m of all the coefficients picks a subset of
//! the `R`s; let `S_m` be its sum.
//!
//! - *Torsion.* If some `R` has a torsion part, then of two subsets that differ only in that `R`, at most one has
//!   a sum without. So each `S_m` shows it with probability 1/2 or more, whatever the other `R`s are, and
//!   64 sums miss it with 2^-64 or less.
//! - *Equation.* `Σ z R` is `Σ 2^m S_m`, and must be `[Σ z s]B - Σ [z k]A`. If no `R` has a torsion part, all of
//!   this happens in a group of prime order, where a wrong equation makes every value of its z wrong but one: it
//!   passes with 2^-128 or less.
//!
//! Valid signatures always pass. The bounds hold for any computing power, as long as the seed of the coefficients
//! is unknown to whoever made the signatures. The usual batch has the equation alone: it takes a torsioned `R`,
//! made by the key's own holder, once in two, four or eight times. `tests/signature_batch.rs` shows it.

use std::collections::HashMap;

use curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::{Identity, IsIdentity, VartimeMultiscalarMul};
use sha2::{Digest as _, Sha256, Sha512};

use super::PublicKey;

/// Fewer signatures than this are verified faster one by one.
const MIN_LEN: usize = 100;

/// Bytes of a coefficient.
const COEFFICIENT_LEN: usize = 16;

/// Subset sums that are tested for torsion. A batch passes wrongly with 2^-64 or less.
const TESTED: usize = 64;

/// A signature, and what it is said to sign.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    pub key: &'a PublicKey,
    pub message: &'a [u8],
    pub signature: &'a [u8; 64],
}

/// Returns the places in `signed` of the signatures that are not valid, in ascending order.
///
/// `seed` is fresh randomness, for this one call: who can foresee it can make a wrong signature pass. If all
/// signatures are valid this takes a fifth of the time of verifying each; if not, they are verified one by one
/// to name the wrong ones.
pub fn verify_all(signed: &[Signed<'_>], seed: &[u8; 32]) -> Vec<usize> {
    if signed.len() >= MIN_LEN && all_valid(signed, seed) {
        return Vec::new();
    }
    let is_wrong = |one: &Signed<'_>| one.key.verify(one.message, one.signature).is_err();
    (0..signed.len())
        .filter(|&i| is_wrong(&signed[i]))
        .collect()
}

/// Tells whether all of the signatures are valid, without naming the wrong ones.
///
/// `seed` is as for [`verify_all`]. The answer `false` is certain; the answer `true` is wrong with a probability
/// of 2^-64 or less.
pub fn all_valid(signed: &[Signed<'_>], seed: &[u8; 32]) -> bool {
    let mut terms = Vec::with_capacity(signed.len());
    let mut of_base = Scalar::ZERO;
    // One term for each key, however often it signed.
    let mut of_keys: HashMap<&[u8; 32], (EdwardsPoint, Scalar)> = HashMap::new();
    for (i, one) in signed.iter().enumerate() {
        let Some((r, s)) = parts(one.signature) else {
            return false;
        };
        let coefficient = coefficient(seed, i as u64);
        let z = Scalar::from(u128::from_le_bytes(coefficient));
        of_base += z * s;
        of_keys
            .entry(one.key.as_bytes())
            .or_insert_with(|| (one.key.point(), Scalar::ZERO))
            .1 += z * challenge(one);
        terms.push(Term { coefficient, r });
    }
    let sums = subset_sums(&terms);
    if !sums[..TESTED].iter().all(is_torsion_free) {
        return false;
    }
    // Horner's rule for Σ 2^m S_m.
    let of_rs = sums
        .iter()
        .rev()
        .fold(EdwardsPoint::identity(), |sum, s| sum + sum + s);
    let (keys, of_keys): (Vec<EdwardsPoint>, Vec<Scalar>) = of_keys.into_values().unzip();
    let points = keys.iter().chain([&ED25519_BASEPOINT_POINT]);
    let scalars = of_keys.iter().map(|zk| -zk).chain([of_base]);
    of_rs == EdwardsPoint::vartime_multiscalar_mul(scalars, points)
}

/// An `R`, and its coefficient in little-endian order.
struct Term {
    coefficient: [u8; COEFFICIENT_LEN],
    r: EdwardsPoint,
}

/// Takes a signature apart into `R` and `s`: condition 1.
fn parts(signature: &[u8; 64]) -> Option<(EdwardsPoint, Scalar)> {
    let (r, s) = signature.split_first_chunk().expect("32 bytes of 64");
    let s = Scalar::from_canonical_bytes(*s.as_array().expect("the other 32 bytes"));
    if !is_canonical(r) {
        return None;
    }
    let r = CompressedEdwardsY(*r).decompress()?;
    if r.is_identity() {
        return None;
    }
    Some((r, s.into_option()?))
}

/// Tells whether the y of an encoded point is below p = 2^255 - 19.
///
/// Two points more have a second encoding, with a sign although x is 0: the identity, which is no `R` in
/// either, and the point of order 2, which has a torsion part.
fn is_canonical(encoded: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = encoded;
    *low < 0xed || middle.iter().any(|byte| *byte != 0xff) || high & 0x7f != 0x7f
}

/// Returns k = SHA-512(R || A || message) mod l (RFC 8032 §5.1.7).
fn challenge(signed: &Signed<'_>) -> Scalar {
    let hash = Sha512::new()
        .chain_update(&signed.signature[..32])
        .chain_update(signed.key.as_bytes())
        .chain_update(signed.message);
    Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
}

/// Draws the coefficient of the signature at place `i`: SHA-256 in counter mode.
fn coefficient(seed: &[u8; 32], i: u64) -> [u8; COEFFICIENT_LEN] {
    let hash = Sha256::new()
        .chain_update(seed)
        .chain_update(i.to_le_bytes())
        .finalize();
    *hash.first_chunk().expect("16 bytes of 32")
}

/// Returns for each bit of the coefficients the sum of the `R`s whose coefficient has it set, the lowest bit
/// first.
///
/// Eight bits are done at a time. Each `R` is added to one of 256 buckets, by a byte of its coefficient; then
/// the upper half of the buckets is the sum for the highest bit, and is folded into the lower half for the
/// next. So a batch costs 16 additions a signature, and some 8,000 at the end.
fn subset_sums(terms: &[Term]) -> [EdwardsPoint; 8 * COEFFICIENT_LEN] {
    let mut sums = [EdwardsPoint::identity(); 8 * COEFFICIENT_LEN];
    for (byte, sums) in sums.chunks_exact_mut(8).enumerate() {
        let mut buckets = [EdwardsPoint::identity(); 256];
        for term in terms {
            buckets[usize::from(term.coefficient[byte])] += term.r;
        }
        for (bit, sum) in sums.iter_mut().enumerate().rev() {
            let (lower, upper) = buckets[..2 << bit].split_at_mut(1 << bit);
            for (lower, upper) in lower.iter_mut().zip(upper) {
                *sum += *upper;
                *lower += *upper;
            }
        }
    }
    sums
}

/// Tells whether a point has no torsion part: whether l times the point is the identity.
///
/// The scalar -1 is l - 1 as a number, and a product is taken of the number, so this is exact for every point.
fn is_torsion_free(point: &EdwardsPoint) -> bool {
    let product =
        EdwardsPoint::vartime_double_scalar_mul_basepoint(&-Scalar::ONE, point, &Scalar::ZERO);
    product == -point
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::constants::EIGHT_TORSION;

    use super::*;

    /// The nineteen y from p on, with and without a sign, and those just below. Nobody can sign with those that
    /// are points, so no signature shows whether they are refused.
    #[test]
    fn canonical_is_what_the_point_is_encoded_as() {
        for (low, high) in (0..=0xff).flat_map(|low| [(low, 0x7f), (low, 0xff)]) {
            let mut encoded = [0xff; 32];
            (encoded[0], encoded[31]) = (low, high);
            assert_eq!(is_canonical(&encoded), low < 0xed, "{low:x} {high:x}");
            // p - 1, the point of order 2, has a second encoding by its sign alone.
            if let Some(point) = CompressedEdwardsY(encoded).decompress()
                && low != 0xec
            {
                let same = point.compress().to_bytes() == encoded;
                assert_eq!(is_canonical(&encoded), same, "{low:x} {high:x}");
            }
        }
        let mut inside = [0xff; 32];
        inside[17] = 0xfe;
        assert!(is_canonical(&inside));
    }

    #[test]
    fn torsion_is_found_under_every_point() {
        for n in 0..20_u64 {
            let point = EdwardsPoint::mul_base(&Scalar::from(n));
            assert!(is_torsion_free(&point));
            for torsion in &EIGHT_TORSION[1..] {
                assert!(!is_torsion_free(&(point + torsion)));
            }
        }
    }

    #[test]
    fn sums_are_those_of_the_subsets() {
        let terms: Vec<Term> = (0..50)
            .map(|i| Term {
                coefficient: coefficient(&[7; 32], i),
                r: EdwardsPoint::mul_base(&Scalar::from(i + 1)),
            })
            .collect();
        let sums = subset_sums(&terms);
        for (bit, sum) in sums.iter().enumerate() {
            let is_in = |term: &&Term| term.coefficient[bit / 8] >> (bit % 8) & 1 == 1;
            let expected: EdwardsPoint = terms.iter().filter(is_in).map(|term| term.r).sum();
            assert_eq!(*sum, expected, "bit {bit}");
        }
    }
}
