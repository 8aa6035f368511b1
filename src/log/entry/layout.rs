//! The one layout that an entry has in canonical form, read at once.
//!
//! All members are required, none can hold a character that JSON escapes, and their order is fixed. So whatever the
//! general reader accepts has this layout, and the other way round; only the general reader says what is wrong.

use super::{Entry, MAX_KIND_LEN, check_kind};
use crate::canonical::json::MAX_INTEGER;
use crate::sign::{Did, Proof, proof};

/// Reads an entry from its canonical bytes: nothing if they are not those of any.
pub(super) fn read(bytes: &[u8]) -> Option<Entry> {
    let mut rest = Rest(str::from_utf8(bytes).ok()?);
    rest.skip(r#"{"index":"#)?;
    let index = rest.until(",")?;
    rest.skip(r#""kind":""#)?;
    let kind = rest.until(r#"","prev":""#)?;
    let prev = rest.until(r#"","proof":[{"created":""#)?;
    let created = rest.until(
        r#"","cryptosuite":"eddsa-jcs-2022","proofPurpose":"assertionMethod","proofValue":""#,
    )?;
    let signature = rest.until(r#"","type":"DataIntegrityProof","verificationMethod":""#)?;
    let key = rest.until(r#""}],"record":""#)?;
    let record = rest.until(r#"","recorded":""#)?;
    let recorded = rest.until(r#""}"#)?;
    if !rest.0.is_empty() || kind.len() > MAX_KIND_LEN {
        return None;
    }
    check_kind(kind).ok()?;
    Some(Entry {
        index: read_index(index)?,
        kind: kind.to_owned(),
        prev: prev.parse().ok()?,
        proof: Proof {
            created: created.parse().ok()?,
            key: Did::from_verification_method(key).ok()?,
            signature: proof::decode_proof_value(signature).ok()?,
        },
        record: record.parse().ok()?,
        recorded: recorded.parse().ok()?,
    })
}

fn read_index(digits: &str) -> Option<u64> {
    let is_shortest = digits == "0" || !digits.starts_with(['0', '+']);
    let index = digits.parse().ok().filter(|_| is_shortest)?;
    (index <= MAX_INTEGER as u64).then_some(index)
}

/// What is still to be read.
struct Rest<'a>(&'a str);

impl<'a> Rest<'a> {
    fn skip(&mut self, expected: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(expected)?;
        Some(())
    }

    /// Reads up to the `end`, and skips it.
    fn until(&mut self, end: &str) -> Option<&'a str> {
        // No value of an entry holds the character with which its end begins.
        let at = self.0.find(char::from(end.as_bytes()[0]))?;
        let (value, rest) = self.0.split_at(at);
        self.0 = rest.strip_prefix(end)?;
        Some(value)
    }
}
