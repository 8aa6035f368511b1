//! Canonical JSON: RFC 8785, restricted so that simple tools reproduce it.
//!
//! One scanner decides what is acceptable, in one pass and without building a tree; `serde_json` then
//! maps the accepted bytes onto types. The scanner refuses what RFC 8785 leaves to taste or to
//! luck: floats, `null`, integers beyond ±(2^53-1), `-0`, keys that are not ASCII, strings that are not
//! in NFC, lone surrogates, U+0000, duplicate keys, and nesting beyond [`MAX_DEPTH`]. Nothing is
//! repaired silently.
//!
//! Two layouts go through it. Stored bytes must be in *canonical* layout: no white space, keys in order,
//! shortest escapes. What people write by hand (a dossier) may be laid out freely.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use unicode_normalization::{IsNormalized, is_nfc, is_nfc_quick};

use super::named::Named;

/// Deepest nesting of arrays and objects that is read or written.
pub const MAX_DEPTH: usize = 32;

/// Largest magnitude of an integer: 2^53 - 1, which every JSON reader holds exactly.
pub const MAX_INTEGER: i64 = (1 << 53) - 1;

/// Why bytes are not the JSON that was expected, or a value cannot be written as such.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// The bytes break a rule of the restricted form at this place (both counted from 1, in bytes).
    #[error("{problem}, at line {line}, column {column}")]
    Malformed {
        line: usize,
        column: usize,
        problem: Problem,
    },
    /// The JSON is well formed, but is not the value that was expected at `path`.
    #[error("{}{message}", path_prefix(path))]
    Unexpected { path: String, message: String },
    /// The value has no canonical form.
    #[error("cannot be written as canonical JSON: {problem}")]
    Unwritable { problem: Problem },
}

fn path_prefix(path: &str) -> String {
    match path {
        "" | "." => String::new(),
        path => format!("`{path}`: "),
    }
}

/// The rule of the restricted form that was broken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    Expected {
        expected: &'static str,
        found: String,
    },
    InvalidUtf8,
    Null,
    Float(String),
    IntegerRange(String),
    NegativeZero,
    KeyNotAscii(String),
    DuplicateKey(String),
    KeyOrder {
        key: String,
        after: String,
    },
    NotNfc(String),
    LoneSurrogate,
    NulCharacter,
    TooDeep,
    WhiteSpace,
    LongEscape,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Expected { expected, found } => {
                write!(f, "expected {expected}, found {found}")
            }
            Problem::InvalidUtf8 => write!(f, "expected UTF-8, found other bytes"),
            Problem::Null => {
                write!(
                    f,
                    "found null: leave out a field whose value is not recorded"
                )
            }
            Problem::Float(text) => write!(f, "expected an integer, found {text}"),
            Problem::IntegerRange(text) => {
                write!(f, "expected an integer within ±{MAX_INTEGER}, found {text}")
            }
            Problem::NegativeZero => write!(f, "expected 0, found -0"),
            Problem::KeyNotAscii(key) => write!(f, "expected an ASCII key, found {key:?}"),
            Problem::DuplicateKey(key) => write!(f, "key {key:?} stands twice in one object"),
            Problem::KeyOrder { key, after } => {
                write!(
                    f,
                    "not canonical: key {key:?} stands after {after:?}, keys are sorted"
                )
            }
            Problem::NotNfc(text) => {
                write!(
                    f,
                    "expected a string in Unicode NFC, found {text:?} in another form"
                )
            }
            Problem::LoneSurrogate => {
                write!(f, "expected a pair of surrogate escapes, found half of one")
            }
            Problem::NulCharacter => write!(f, "found the character U+0000 in a string"),
            Problem::TooDeep => write!(f, "nested deeper than {MAX_DEPTH} arrays and objects"),
            Problem::WhiteSpace => {
                write!(f, "not canonical: white space between the tokens")
            }
            Problem::LongEscape => {
                write!(f, "not canonical: an escape that has a shorter form")
            }
        }
    }
}

/// Checks that `bytes` are one JSON value in canonical form.
///
/// # Errors
///
/// [`JsonError::Malformed`] with the first place that differs.
pub fn check(bytes: &[u8]) -> Result<(), JsonError> {
    Scanner::run(bytes, Layout::Canonical)
}

/// Reads a value from its canonical bytes.
///
/// # Errors
///
/// [`JsonError::Malformed`] if the bytes are not canonical, [`JsonError::Unexpected`] if they are but
/// hold another value than `T`.
pub fn from_canonical<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, JsonError> {
    check(bytes)?;
    from_checked(bytes)
}

/// Reads a value from JSON that a person wrote: any layout and key order, the same restrictions.
///
/// # Errors
///
/// As [`from_canonical`].
pub fn from_handwritten<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, JsonError> {
    Scanner::run(bytes, Layout::Free)?;
    from_checked(bytes)
}

/// Reads a value from JSON that was put together elsewhere, under the same restrictions.
///
/// # Errors
///
/// [`JsonError::Unwritable`] if the JSON has no canonical form, else as [`from_canonical`].
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, JsonError> {
    from_checked(&to_vec(value)?)
}

/// Reads a value from bytes that [`check`] accepted, or from a part of them.
///
/// # Errors
///
/// [`JsonError::Unexpected`] names the field that does not fit `T`.
pub(crate) fn from_checked<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, JsonError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = T::deserialize(Named(&mut reader)).and_then(|value| {
        reader.end()?;
        Ok(value)
    });
    value.map_err(|plain| {
        // Naming the field costs an allocation for each one passed, so only a failure pays for it.
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        match serde_path_to_error::deserialize::<_, T>(Named(&mut reader)) {
            Err(error) => JsonError::Unexpected {
                path: error.path().to_string(),
                message: without_position(&error.inner().to_string()),
            },
            Ok(_) => JsonError::Unexpected {
                path: String::new(),
                message: without_position(&plain.to_string()),
            },
        }
    })
}

/// Drops serde_json's " at line 1 column 7": canonical bytes have one line, and the path says more.
fn without_position(message: &str) -> String {
    match message.rfind(" at line ") {
        Some(at) => message[..at].to_owned(),
        None => message.to_owned(),
    }
}

/// Writes a value in canonical form.
///
/// # Errors
///
/// [`JsonError::Unwritable`] if the value holds what the form excludes (a float, `null`, a string that
/// is not in NFC, ...).
pub fn to_vec<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, JsonError> {
    let value = serde_json::to_value(value).map_err(|error| JsonError::Unexpected {
        path: String::new(),
        message: error.to_string(),
    })?;
    let mut out = Vec::new();
    write_value(&value, 0, &mut out).map_err(|problem| JsonError::Unwritable { problem })?;
    Ok(out)
}

fn write_value(value: &Value, depth: usize, out: &mut Vec<u8>) -> Result<(), Problem> {
    match value {
        Value::Null => return Err(Problem::Null),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => match number.as_i64() {
            Some(n) if in_range(n) => out.extend_from_slice(n.to_string().as_bytes()),
            Some(n) => return Err(Problem::IntegerRange(n.to_string())),
            None if number.is_u64() => return Err(Problem::IntegerRange(number.to_string())),
            None => return Err(Problem::Float(number.to_string())),
        },
        Value::String(text) => {
            check_text(text)?;
            write_string(text, out);
        }
        Value::Array(items) => {
            let depth = deeper(depth)?;
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write_value(item, depth, out)?;
            }
            out.push(b']');
        }
        Value::Object(members) => {
            let depth = deeper(depth)?;
            // Sorted here too: another crate in the build may switch serde_json to insertion order.
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_unstable_by_key(|(key, _)| *key);
            out.push(b'{');
            for (i, (key, member)) in members.into_iter().enumerate() {
                if !key.is_ascii() {
                    return Err(Problem::KeyNotAscii(key.clone()));
                }
                check_text(key)?;
                if i > 0 {
                    out.push(b',');
                }
                write_string(key, out);
                out.push(b':');
                write_value(member, depth, out)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

/// Tells whether an integer has a magnitude that every JSON reader holds.
fn in_range(n: i64) -> bool {
    // Not by `abs`: the least integer has none.
    (-MAX_INTEGER..=MAX_INTEGER).contains(&n)
}

fn deeper(depth: usize) -> Result<usize, Problem> {
    if depth < MAX_DEPTH {
        Ok(depth + 1)
    } else {
        Err(Problem::TooDeep)
    }
}

/// Writes a string with the escapes of RFC 8785 §3.2.2.2 and no others.
fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for &byte in text.as_bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0x08 => out.extend_from_slice(b"\\b"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            0x0c => out.extend_from_slice(b"\\f"),
            b'\r' => out.extend_from_slice(b"\\r"),
            0..0x20 => out.extend_from_slice(format!("\\u{byte:04x}").as_bytes()),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}

/// Checks the rules that hold for the characters of every string, key or value.
fn check_text(text: &str) -> Result<(), Problem> {
    if text.contains('\0') {
        return Err(Problem::NulCharacter);
    }
    if text.is_ascii() {
        return Ok(());
    }
    let normal = match is_nfc_quick(text.chars()) {
        IsNormalized::Yes => true,
        IsNormalized::No => false,
        IsNormalized::Maybe => is_nfc(text),
    };
    if normal {
        Ok(())
    } else {
        Err(Problem::NotNfc(excerpt(text)))
    }
}

/// The beginning of a text, for an error message: at most 40 characters.
fn excerpt(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Stored bytes: exactly what [`to_vec`] writes.
    Canonical,
    /// Handwritten: white space and key order are free, escapes may be longer than needed.
    Free,
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    layout: Layout,
    /// The character of an escape as it is written shortest, in quotation marks.
    shortest: Vec<u8>,
}

impl<'a> Scanner<'a> {
    fn run(bytes: &[u8], layout: Layout) -> Result<(), JsonError> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| malformed(bytes, error.valid_up_to(), Problem::InvalidUtf8))?;
        let mut scanner = Scanner {
            text,
            at: 0,
            layout,
            shortest: Vec::new(),
        };
        scanner
            .document()
            .map_err(|problem| malformed(bytes, scanner.at, problem))
    }

    fn document(&mut self) -> Result<(), Problem> {
        self.space()?;
        self.value(0)?;
        self.space()?;
        if self.at < self.text.len() {
            return Err(self.expected("the end of the JSON"));
        }
        Ok(())
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn expected(&self, expected: &'static str) -> Problem {
        let found = match self.text[self.at..].chars().next() {
            Some(c) => format!("{c:?}"),
            None => "the end".to_owned(),
        };
        Problem::Expected { expected, found }
    }

    fn take(&mut self, byte: u8, expected: &'static str) -> Result<(), Problem> {
        if self.peek() == Some(byte) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.expected(expected))
        }
    }

    fn space(&mut self) -> Result<(), Problem> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            if self.layout == Layout::Canonical {
                return Err(Problem::WhiteSpace);
            }
            self.at += 1;
        }
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<(), Problem> {
        match self.peek() {
            Some(b'{') => self.object(deeper(depth)?),
            Some(b'[') => self.array(deeper(depth)?),
            Some(b'"') => self.string().map(drop),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'n') if self.text[self.at..].starts_with("null") => Err(Problem::Null),
            _ => Err(self.expected("a JSON value")),
        }
    }

    fn word(&mut self, word: &'static str) -> Result<(), Problem> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(())
        } else {
            Err(self.expected("a JSON value"))
        }
    }

    fn array(&mut self, depth: usize) -> Result<(), Problem> {
        self.take(b'[', "'['")?;
        self.space()?;
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value(depth)?;
            self.space()?;
            match self.peek() {
                Some(b',') => self.at += 1,
                _ => return self.take(b']', "',' or ']'"),
            }
            self.space()?;
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), Problem> {
        self.take(b'{', "'{'")?;
        self.space()?;
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        let mut last: Option<Cow<'a, str>> = None;
        let mut seen = BTreeSet::new();
        loop {
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.expected("a key in quotation marks"));
            }
            let key = self.string()?;
            if let Err(problem) = self.check_key(&key, last.as_deref(), &mut seen) {
                self.at = start;
                return Err(problem);
            }
            last = Some(key);
            self.space()?;
            self.take(b':', "':'")?;
            self.space()?;
            self.value(depth)?;
            self.space()?;
            match self.peek() {
                Some(b',') => self.at += 1,
                _ => return self.take(b'}', "',' or '}'"),
            }
            self.space()?;
        }
    }

    fn check_key(
        &self,
        key: &str,
        last: Option<&str>,
        seen: &mut BTreeSet<String>,
    ) -> Result<(), Problem> {
        if !key.is_ascii() {
            return Err(Problem::KeyNotAscii(excerpt(key)));
        }
        let fresh = match self.layout {
            // Sorted keys make a duplicate the neighbour of its twin: no set is needed.
            Layout::Canonical => last != Some(key),
            Layout::Free => seen.insert(key.to_owned()),
        };
        if !fresh {
            return Err(Problem::DuplicateKey(excerpt(key)));
        }
        match last {
            // RFC 8785 §3.2.3 sorts by UTF-16 code units; for ASCII that is the order of the bytes.
            Some(last) if self.layout == Layout::Canonical && key < last => {
                Err(Problem::KeyOrder {
                    key: excerpt(key),
                    after: excerpt(last),
                })
            }
            _ => Ok(()),
        }
    }

    fn number(&mut self) -> Result<(), Problem> {
        let rest = &self.text[self.at..];
        let len = rest
            .bytes()
            .take_while(|b| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'))
            .count();
        let token = &rest[..len];
        let digits = token.strip_prefix('-').unwrap_or(token);
        if token == "-0" {
            return Err(Problem::NegativeZero);
        }
        let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        if !all_digits {
            return Err(Problem::Float(excerpt(token)));
        }
        if digits.len() > 1 && digits.starts_with('0') {
            return Err(Problem::Expected {
                expected: "a number without leading zeros",
                found: excerpt(token),
            });
        }
        match token.parse::<i64>() {
            Ok(n) if in_range(n) => {
                self.at += len;
                Ok(())
            }
            _ => Err(Problem::IntegerRange(excerpt(token))),
        }
    }

    /// Scans a string and returns its characters, borrowed where no escape stands in it.
    fn string(&mut self) -> Result<Cow<'a, str>, Problem> {
        let opening = self.at;
        self.at += 1;
        let mut start = self.at;
        let mut decoded: Option<String> = None;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    let text = decoded.get_or_insert_default();
                    text.push_str(&self.text[start..self.at]);
                    let c = self.escape()?;
                    decoded.as_mut().expect("inserted above").push(c);
                    start = self.at;
                }
                Some(0..0x20) => {
                    return Err(self.expected("an escaped control character"));
                }
                Some(_) => self.at += 1,
                None => return Err(self.expected("'\"'")),
            }
        }
        let tail = &self.text[start..self.at];
        self.at += 1;
        let text = match decoded {
            Some(mut text) => {
                text.push_str(tail);
                Cow::Owned(text)
            }
            None => Cow::Borrowed(tail),
        };
        if let Err(problem) = check_text(&text) {
            self.at = opening;
            return Err(problem);
        }
        Ok(text)
    }

    fn escape(&mut self) -> Result<char, Problem> {
        let start = self.at;
        self.at += 1;
        let short = match self.peek() {
            Some(b'"') => Some('"'),
            Some(b'\\') => Some('\\'),
            Some(b'/') => Some('/'),
            Some(b'b') => Some('\u{8}'),
            Some(b'f') => Some('\u{c}'),
            Some(b'n') => Some('\n'),
            Some(b'r') => Some('\r'),
            Some(b't') => Some('\t'),
            Some(b'u') => None,
            _ => return Err(self.expected("an escape that JSON knows")),
        };
        self.at += 1;
        let decoded = match short {
            Some(decoded) => decoded,
            None => self.unicode_escape()?,
        };
        if self.layout == Layout::Canonical {
            let shortest = &mut self.shortest;
            shortest.clear();
            write_string(decoded.encode_utf8(&mut [0; 4]), shortest);
            let written = &self.text.as_bytes()[start..self.at];
            if written != &shortest[1..shortest.len() - 1] {
                self.at = start;
                // U+0000 has no shorter form, and is refused under its own name.
                return Err(match decoded {
                    '\0' => Problem::NulCharacter,
                    _ => Problem::LongEscape,
                });
            }
        }
        Ok(decoded)
    }

    fn unicode_escape(&mut self) -> Result<char, Problem> {
        let first = self.four_hex_digits()?;
        if let Some(c) = char::from_u32(first) {
            return Ok(c);
        }
        if first >= 0xdc00 || !self.text[self.at..].starts_with("\\u") {
            return Err(Problem::LoneSurrogate);
        }
        self.at += 2;
        let second = self.four_hex_digits()?;
        if !(0xdc00..0xe000).contains(&second) {
            return Err(Problem::LoneSurrogate);
        }
        let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        char::from_u32(code).ok_or(Problem::LoneSurrogate)
    }

    fn four_hex_digits(&mut self) -> Result<u32, Problem> {
        let digits = self
            .text
            .as_bytes()
            .get(self.at..self.at + 4)
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .ok_or_else(|| self.expected("four hexadecimal digits"))?;
        self.at += 4;
        Ok(u32::from_str_radix(digits, 16).expect("four hexadecimal digits checked above"))
    }
}

fn malformed(bytes: &[u8], at: usize, problem: Problem) -> JsonError {
    let before = &bytes[..at.min(bytes.len())];
    let line_start = before
        .iter()
        .rposition(|&b| b == b'\n')
        .map_or(0, |newline| newline + 1);
    JsonError::Malformed {
        line: before.iter().filter(|&&b| b == b'\n').count() + 1,
        column: before.len() - line_start + 1,
        problem,
    }
}
