//! Digests: SHA-256 of an object's bytes, written `sha256:` and 64 lower-case hexadecimal digits.

use std::fmt;
use std::str::FromStr;

use base16ct::HexDisplay;
use sha2::{Digest as _, Sha256};

use super::text_form::serde_as_text;

/// The SHA-256 of some bytes.
///
/// The digest of a record is its *provenance hash*, the one that is printed beside a claim.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// A text that is no digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected \"sha256:\" and 64 lower-case hexadecimal digits, found {found:?}")]
pub struct DigestError {
    pub found: String,
}

impl Digest {
    /// Returns the digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Digest(Sha256::digest(bytes).into())
    }

    /// Takes 32 bytes that are a digest already.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Digest(bytes)
    }

    /// Returns the 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the 64 digits alone, as files and addresses are named after them.
    pub fn hex(&self) -> String {
        base16ct::lower::encode_string(&self.0)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{:x}", HexDisplay(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let wrong = || DigestError {
            found: text.chars().take(80).collect(),
        };
        let digits = text.strip_prefix("sha256:").ok_or_else(wrong)?;
        read_hex(digits).map(Digest).ok_or_else(wrong)
    }
}

serde_as_text!(Digest);

/// Reads exactly `N` bytes from lower-case hexadecimal digits.
pub(crate) fn read_hex<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let read = base16ct::lower::decode(digits, &mut bytes).ok()?;
    (read.len() == N).then_some(bytes)
}

/// The beginning of a digest, as people type it: 8 to 64 hexadecimal digits, with or without
/// `sha256:`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestPrefix {
    digits: String,
}

/// A text that is not the beginning of a digest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a hash of 8 to 64 hexadecimal digits, found {found:?}")]
pub struct DigestPrefixError {
    pub found: String,
}

impl DigestPrefix {
    /// Returns the least and the greatest digest that begin so.
    pub fn range(&self) -> (Digest, Digest) {
        let bound = |fill: char| {
            let digits = format!("{}{}", self.digits, fill.to_string().repeat(64));
            Digest(read_hex(&digits[..64]).expect("64 hexadecimal digits"))
        };
        (bound('0'), bound('f'))
    }
}

impl FromStr for DigestPrefix {
    type Err = DigestPrefixError;

    fn from_str(text: &str) -> Result<Self, DigestPrefixError> {
        let digits = text.strip_prefix("sha256:").unwrap_or(text);
        let fits =
            (8..=64).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
        if !fits {
            return Err(DigestPrefixError {
                found: text.chars().take(80).collect(),
            });
        }
        Ok(DigestPrefix {
            digits: digits.to_ascii_lowercase(),
        })
    }
}

impl fmt::Display for DigestPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.digits)?;
        if self.digits.len() < 64 {
            write!(f, "…")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_reads_what_it_writes_and_nothing_else() {
        let digest = Digest::of(b"abc");
        let text = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest.to_string(), text);
        assert_eq!(text.parse(), Ok(digest));
        for wrong in [
            &text[7..],
            &text.to_uppercase(),
            &text[..70],
            "sha256:",
            "sha512:00",
        ] {
            assert!(wrong.parse::<Digest>().is_err(), "{wrong}");
        }
        assert!(
            format!("sha256:{}", text[7..].to_uppercase())
                .parse::<Digest>()
                .is_err()
        );
    }

    #[test]
    fn prefix_spans_the_digests_that_begin_so() {
        let prefix: DigestPrefix = "BA7816bf8".parse().unwrap();
        let (least, greatest) = prefix.range();
        let digest = Digest::of(b"abc");
        assert!(least <= digest && digest <= greatest);
        assert!(Digest::of(b"abd") < least || Digest::of(b"abd") > greatest);
        for wrong in ["ba7816b", "sha256:xyzxyzxyz", &"0".repeat(65)] {
            assert!(wrong.parse::<DigestPrefix>().is_err(), "{wrong}");
        }
    }
}
