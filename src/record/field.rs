//! The fields that records are made of: strings with a rule each.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize};

use crate::canonical::digest::read_hex;

/// A text breaks the rule of its field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found:?}")]
pub struct FieldError {
    pub expected: String,
    pub found: String,
}

impl FieldError {
    pub(crate) fn new(expected: impl Into<String>, found: &str) -> Self {
        FieldError {
            expected: expected.into(),
            found: found.chars().take(80).collect(),
        }
    }
}

/// Defines a string type that is checked by a function when it is made.
macro_rules! checked_string {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $fits:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Returns the text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = FieldError;

            fn try_from(text: String) -> Result<Self, FieldError> {
                let fits: fn(&str) -> bool = $fits;
                if fits(&text) {
                    Ok($name(text))
                } else {
                    Err(FieldError::new($expected, &text))
                }
            }
        }

        impl FromStr for $name {
            type Err = FieldError;

            fn from_str(text: &str) -> Result<Self, FieldError> {
                text.to_owned().try_into()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

fn has_ends(text: &str) -> bool {
    !text.is_empty() && text.trim() == text
}

checked_string!(
    /// A name or a title: one line, without white space at its ends.
    Line,
    "a line of text without white space at its ends",
    |text| has_ends(text) && !text.chars().any(char::is_control)
);

checked_string!(
    /// Running text: lines separated by LF, without white space at its ends.
    Prose,
    "text without white space at its ends, lines separated by LF",
    |text| has_ends(text) && !text.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
);

checked_string!(
    /// An address on the web. Other schemes are not recorded: a reader's page turns it into a link.
    Url,
    "an address that begins with http:// or https://, without spaces",
    |text| {
        let rest = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        rest.is_some_and(|rest| {
            !rest.is_empty()
                && !rest.starts_with('/')
                && !text.chars().any(|c| c.is_whitespace() || c.is_control())
        })
    }
);

checked_string!(
    /// A language tag (BCP 47), by its outer form.
    Language,
    "a language tag such as en or pt-BR",
    |text| {
        text.split('-').enumerate().all(|(i, part)| {
            let letters_needed = i == 0;
            (1..=8).contains(&part.len())
                && part.bytes().all(|b| b.is_ascii_alphanumeric())
                && (!letters_needed || (part.len() > 1 && part.bytes().all(|b| b.is_ascii_alphabetic())))
        })
    }
);

checked_string!(
    /// A media type (RFC 6838), with its parameters.
    MediaType,
    "a media type such as text/html",
    |text| {
        let printable = text.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        let essence = text.split(';').next().unwrap_or_default();
        let halves = essence.split_once('/');
        printable
            && has_ends(text)
            && text.len() <= 255
            && halves.is_some_and(|(kind, subtype)| {
                [kind, subtype].iter().all(|part| {
                    !part.is_empty()
                        && part
                            .bytes()
                            .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
                })
            })
    }
);

checked_string!(
    /// A word of a vocabulary that is not ours to close: `rel` of a link, `stage` of a use of AI.
    Token,
    "a word of lower-case letters, digits and hyphens",
    |text| {
        text.len() <= 64
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    }
);

checked_string!(
    /// The name of a ledger, a URL without its scheme: `factdesk.example/2026`.
    ///
    /// It is the first line of every checkpoint and the name of the log's key (C2SP signed-note: no space,
    /// no `+`).
    Origin,
    "the ledger's name, such as factdesk.example/2026: printable ASCII, no space, no +, at most 255 characters",
    |text| {
        (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic() && b != b'+')
    }
);

/// Sixteen random bytes, written as 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Salt([u8; 16]);

impl Salt {
    /// Takes sixteen bytes that are random, or derived from what is.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Salt(bytes)
    }
}

impl TryFrom<String> for Salt {
    type Error = FieldError;

    fn try_from(text: String) -> Result<Self, FieldError> {
        let bytes = read_hex(&text);
        (bytes.map(Salt)).ok_or_else(|| FieldError::new("32 lower-case hexadecimal digits", &text))
    }
}

impl From<Salt> for String {
    fn from(salt: Salt) -> String {
        base16ct::lower::encode_string(&salt.0)
    }
}

/// Reads an optional list, which is either absent or has members: one way to say "none".
pub(super) fn non_empty<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let list = Vec::deserialize(deserializer)?;
    if list.is_empty() {
        return Err(de::Error::custom(
            "expected at least one member, found an empty list: leave the field out",
        ));
    }
    Ok(list)
}
