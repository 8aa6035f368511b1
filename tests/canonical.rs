//! Canonical form, on vectors and on any input: what is accepted, which bytes are written, and that
//! other people's tools write the same.

mod support;

use std::fs;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde::Deserialize;
use serde_json::Value;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use ledger::canonical::json::{self, JsonError, MAX_INTEGER, Problem};
use ledger::canonical::text::{TextError, normalize_quote};
use ledger::canonical::{ArticleText, Date, Digest, DigestPrefix, Timestamp};

use support::{tools, vectors};

#[test]
fn every_folder_of_vectors_is_read() {
    vectors::assert_every_folder_is_read(
        "canonical",
        &[
            "date",
            "digest",
            "json",
            "quote",
            "slice",
            "text",
            "timestamp",
        ],
    );
}

/// The bytes of a case: as text, or in hexadecimal where no text can say them.
fn bytes(at: &str, input: &Option<String>, hex: &Option<String>) -> Vec<u8> {
    match (input, hex) {
        (Some(text), None) => text.clone().into_bytes(),
        (None, Some(digits)) => hex::decode(digits).unwrap_or_else(|e| panic!("{at}: {e}")),
        _ => panic!("{at}: expected either `input` or `hex`"),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JsonCase {
    name: String,
    input: Option<String>,
    hex: Option<String>,
    /// Accepted, with this digest.
    sha256: Option<Digest>,
    /// Refused, for this reason.
    refused: Option<String>,
    /// Refused only for its layout: what a person may write, and the bytes that it means.
    handwritten: Option<String>,
}

fn problem_name(problem: &Problem) -> &'static str {
    match problem {
        Problem::Expected { .. } => "expected",
        Problem::InvalidUtf8 => "invalid-utf8",
        Problem::Null => "null",
        Problem::Float(_) => "float",
        Problem::IntegerRange(_) => "integer-range",
        Problem::NegativeZero => "negative-zero",
        Problem::KeyNotAscii(_) => "key-not-ascii",
        Problem::DuplicateKey(_) => "duplicate-key",
        Problem::KeyOrder { .. } => "key-order",
        Problem::NotNfc(_) => "not-nfc",
        Problem::LoneSurrogate => "lone-surrogate",
        Problem::NulCharacter => "nul-character",
        Problem::TooDeep => "too-deep",
        Problem::WhiteSpace => "white-space",
        Problem::LongEscape => "long-escape",
    }
}

#[test]
fn json_vectors_are_accepted_or_refused_as_they_say() {
    for (at, case) in vectors::cases::<JsonCase>("canonical/json") {
        let at = format!("{at}: {}", case.name);
        let bytes = bytes(&at, &case.input, &case.hex);
        let checked = json::check(&bytes);
        let handwritten = json::from_handwritten::<Value>(&bytes);
        match (case.sha256, case.refused, case.handwritten) {
            (Some(digest), None, None) => {
                assert_eq!(checked, Ok(()), "{at}");
                let value: Value = json::from_canonical(&bytes).expect(&at);
                assert_eq!(json::to_vec(&value).expect(&at), bytes, "{at}");
                assert_eq!(handwritten, Ok(value), "{at}");
                assert_eq!(Digest::of(&bytes), digest, "{at}");
            }
            (None, Some(reason), meant) => {
                let Err(JsonError::Malformed { problem, .. }) = &checked else {
                    panic!("{at}: accepted");
                };
                assert_eq!(problem_name(problem), reason, "{at}");
                assert_eq!(
                    json::from_canonical::<Value>(&bytes),
                    Err(checked.unwrap_err())
                );
                match (handwritten, meant) {
                    (Ok(value), Some(meant)) => {
                        assert_eq!(json::to_vec(&value).expect(&at), meant.as_bytes(), "{at}");
                        assert_eq!(json::check(meant.as_bytes()), Ok(()), "{at}");
                    }
                    (Err(JsonError::Malformed { .. }), None) => {}
                    (found, _) => panic!("{at}: by hand, found {found:?}"),
                }
            }
            _ => panic!("{at}: expected either `sha256` or `refused`"),
        }
    }
}

#[test]
fn json_vectors_show_every_problem() {
    let cases = vectors::cases::<JsonCase>("canonical/json");
    let shown = |problem: &Problem| {
        let name = problem_name(problem);
        cases
            .iter()
            .any(|(_, case)| case.refused.as_deref() == Some(name))
    };
    let text = String::new;
    for problem in [
        Problem::Expected {
            expected: "",
            found: text(),
        },
        Problem::InvalidUtf8,
        Problem::Null,
        Problem::Float(text()),
        Problem::IntegerRange(text()),
        Problem::NegativeZero,
        Problem::KeyNotAscii(text()),
        Problem::DuplicateKey(text()),
        Problem::KeyOrder {
            key: text(),
            after: text(),
        },
        Problem::NotNfc(text()),
        Problem::LoneSurrogate,
        Problem::NulCharacter,
        Problem::TooDeep,
        Problem::WhiteSpace,
        Problem::LongEscape,
    ] {
        assert!(shown(&problem), "no vector is refused for {problem:?}");
    }
}

#[test]
fn place_of_a_problem_is_counted_in_bytes_from_one() {
    for (input, place) in [
        (&b"null"[..], (1, 1)),
        (b"{\n  \"a\": null\n}", (2, 8)),
        ("{\n  \"\": \"é\", \"a\": 1.5\n}".as_bytes(), (2, 18)),
        (b"{\"b\":1,\n\"a\":2,\n\"b\":3}", (3, 1)),
        (b"[1,\n\"\xff\"]", (2, 2)),
        (b"[1,\n", (2, 1)),
    ] {
        let Err(JsonError::Malformed { line, column, .. }) = json::from_handwritten::<Value>(input)
        else {
            panic!("accepted {input:?}");
        };
        assert_eq!((line, column), place, "{}", String::from_utf8_lossy(input));
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextCase {
    name: String,
    input: Option<String>,
    hex: Option<String>,
    output: Option<String>,
    refused: Option<String>,
}

#[test]
fn text_vectors_are_normalised_or_refused_as_they_say() {
    for (at, case) in vectors::cases::<TextCase>("canonical/text") {
        let at = format!("{at}: {}", case.name);
        let input = bytes(&at, &case.input, &case.hex);
        match (ArticleText::normalize(&input), case.output, case.refused) {
            (Ok(text), Some(output), None) => {
                assert_eq!(text.as_str(), output, "{at}");
                assert_eq!(
                    ArticleText::from_object(output.clone().into_bytes()).as_ref(),
                    Ok(&text),
                    "{at}: the output is normal"
                );
                let stored = ArticleText::from_object(input.clone());
                if input == output.as_bytes() {
                    assert_eq!(stored, Ok(text), "{at}");
                } else {
                    assert!(
                        matches!(stored, Err(TextError::NotNormal { .. })),
                        "{at}: {stored:?}"
                    );
                }
            }
            (Err(error), None, Some(reason)) => {
                let name = match error {
                    TextError::NotUtf8 { .. } => "not-utf8",
                    TextError::Nul { .. } => "nul",
                    TextError::Empty => "empty",
                    TextError::NotNormal { .. } => "not-normal",
                };
                assert_eq!(name, reason, "{at}");
                assert_eq!(ArticleText::from_object(input), Err(error), "{at}");
            }
            (found, ..) => panic!("{at}: found {found:?}"),
        }
    }
}

#[test]
fn quote_vectors_are_normalised_as_they_say() {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        name: String,
        input: String,
        output: String,
    }
    for (at, case) in vectors::cases::<Case>("canonical/quote") {
        let at = format!("{at}: {}", case.name);
        assert_eq!(normalize_quote(&case.input), case.output, "{at}");
        assert_eq!(normalize_quote(&case.output), case.output, "{at}: again");
    }
}

#[test]
fn slice_vectors_are_cut_as_they_say() {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        text: String,
        start: u64,
        end: u64,
        slice: Option<String>,
    }
    for (at, case) in vectors::cases::<Case>("canonical/slice") {
        let text = ArticleText::from_object(case.text.into_bytes()).expect(&at);
        assert_eq!(
            text.slice(case.start..case.end),
            case.slice.as_deref(),
            "{at}"
        );
    }
}

#[test]
fn date_vectors_are_read_or_refused_as_they_say() {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        text: String,
        kind: Option<String>,
        refused: Option<String>,
    }
    for (at, case) in vectors::cases::<Case>("canonical/date") {
        let found = match case.text.parse::<Date>() {
            Ok(date) => {
                assert_eq!(date.to_string(), case.text, "{at}");
                Some(match date {
                    Date::Unknown => "unknown",
                    Date::Calendar(_) => "calendar",
                    Date::Moment(_) => "moment",
                })
            }
            Err(_) => None,
        };
        assert_eq!(found, case.kind.as_deref(), "{at}: {:?}", case.text);
        assert!(case.kind.is_some() != case.refused.is_some(), "{at}");
    }
}

#[test]
fn timestamp_vectors_are_read_or_refused_as_they_say() {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Case {
        text: String,
        unix_seconds: Option<i64>,
        refused: Option<String>,
    }
    for (at, case) in vectors::cases::<Case>("canonical/timestamp") {
        let found = case.text.parse::<Timestamp>().ok();
        assert_eq!(
            found.map(Timestamp::unix_seconds),
            case.unix_seconds,
            "{at}: {:?}",
            case.text
        );
        if let Some(time) = found {
            assert_eq!(time.to_string(), case.text, "{at}");
            assert_eq!(
                Timestamp::from_unix_seconds(time.unix_seconds()),
                Ok(time),
                "{at}"
            );
        }
        assert!(
            case.unix_seconds.is_some() != case.refused.is_some(),
            "{at}"
        );
    }
}

#[test]
fn digest_vectors_are_read_or_refused_as_they_say() {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        text: String,
        hex: Option<String>,
        refused: Option<String>,
    }
    for (at, case) in vectors::cases::<Case>("canonical/digest") {
        let found = case.text.parse::<Digest>().ok();
        match (case.hex, case.refused) {
            (Some(digits), None) => {
                let bytes = hex::decode(digits).expect(&at);
                assert_eq!(found, Some(Digest::of(&bytes)), "{at}");
                assert_eq!(Digest::of(&bytes).to_string(), case.text, "{at}");
            }
            (None, Some(_)) => assert_eq!(found, None, "{at}: {:?}", case.text),
            _ => panic!("{at}: expected either `hex` or `refused`"),
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

/// A character, more often than by chance one that some rule is about.
fn character() -> impl Strategy<Value = char> {
    // Letters and marks that compose, jamo, singletons, spaces of every kind, line ends, controls,
    // escapes, the edges of the surrogates and of Unicode.
    const NOTABLE: &str = concat!(
        "aeAZ019 \t\n\r\u{0}\u{1}\u{8}\u{b}\u{c}\u{1f}\"\\/\u{7f}\u{80}\u{85}\u{a0}\u{ad}é\u{300}\u{301}",
        "\u{302}\u{323}\u{327}\u{345}\u{34f}\u{958}\u{93c}\u{1100}\u{1161}\u{11a8}\u{ac00}\u{ac01}\u{2000}",
        "\u{200b}\u{200d}\u{2028}\u{2029}\u{202f}\u{212a}\u{3000}\u{3099}\u{d7ff}\u{e000}\u{f900}\u{feff}",
        "\u{fffd}\u{fffe}\u{ffff}\u{1109a}\u{110ba}\u{1d11e}\u{1d15e}\u{1d165}\u{1f600}\u{10ffff}",
    );
    prop_oneof![
        6 => select(NOTABLE.chars().collect::<Vec<char>>()),
        1 => any::<char>(),
    ]
}

fn text() -> impl Strategy<Value = String> {
    vec(character(), 0..24).prop_map(String::from_iter)
}

/// Text that may stand in a record.
fn writable_text() -> impl Strategy<Value = String> {
    text().prop_map(|text| text.replace('\0', "").nfc().collect())
}

fn key() -> impl Strategy<Value = String> {
    let byte = prop_oneof![select(b"aAbz0 _-\"\\\n\x7f".to_vec()), 1..128_u8];
    vec(byte, 0..6).prop_map(|bytes| bytes.into_iter().map(char::from).collect())
}

fn integer() -> impl Strategy<Value = i64> {
    prop_oneof![
        -20..20_i64,
        -MAX_INTEGER..=MAX_INTEGER,
        select(vec![MAX_INTEGER, -MAX_INTEGER]),
    ]
}

/// A value of the restricted form.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        integer().prop_map(Value::from),
        writable_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 40, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            btree_map(key(), inner, 0..5).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Pieces of JSON in any order: now and then a value, mostly nearly one.
fn nearly_json() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"a\"",
        "\"b\"",
        "\"é\"",
        "\"e\u{301}\"",
        "\"\\u0061\"",
        "\"\\n\"",
        "\"\\u0000\"",
        "\"\\ud834\"",
        "\"\\ud834\\udd1e\"",
        "\"",
        "\\",
        "0",
        "-0",
        "1",
        "-",
        "01",
        "1.5",
        "1e2",
        "9007199254740991",
        "9007199254740992",
        "-9223372036854775808",
        "true",
        "false",
        "null",
        " ",
        "\n",
        "{\"a\":",
        "\"a\":1",
        "[[[[[[[[",
        "]]]]]]]]",
        "x",
    ]);
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// The bytes of a value with one byte put in, taken out or changed.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![select(b" 0-\"\\{}[],:\x00\xff".to_vec()), any::<u8>()];
    (value(), any::<prop::sample::Index>(), byte, 0..3).prop_map(|(value, place, byte, how)| {
        let mut bytes = json::to_vec(&value).expect("a value of the restricted form");
        let at = place.index(bytes.len());
        match how {
            0 => bytes.insert(at, byte),
            1 => bytes[at] = byte,
            _ => drop(bytes.remove(at)),
        }
        bytes
    })
}

/// What `check` promises, said without its scanner.
fn is_canonical(bytes: &[u8]) -> bool {
    serde_json::from_slice::<Value>(bytes)
        .ok()
        .and_then(|value| json::to_vec(&value).ok())
        .is_some_and(|written| written == bytes)
}

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn written_value_reads_back_as_itself(value in value()) {
        let bytes = json::to_vec(&value).unwrap();
        prop_assert_eq!(json::check(&bytes), Ok(()));
        let read: Value = json::from_canonical(&bytes).unwrap();
        prop_assert_eq!(&read, &value);
        prop_assert_eq!(json::to_vec(&read).unwrap(), bytes);
    }

    #[test]
    fn another_writer_of_rfc_8785_writes_the_same_bytes(value in value()) {
        let theirs = serde_json_canonicalizer::to_vec(&value).unwrap();
        prop_assert_eq!(json::to_vec(&value).unwrap(), theirs);
    }

    #[test]
    fn handwritten_layout_means_the_same_value(value in value()) {
        let bytes = serde_json::to_vec_pretty(&value).unwrap();
        prop_assert_eq!(json::from_handwritten::<Value>(&bytes).unwrap(), value);
    }

    #[test]
    fn damaged_value_is_accepted_only_if_canonical(bytes in damaged()) {
        prop_assert_eq!(json::check(&bytes).is_ok(), is_canonical(&bytes));
    }

    #[test]
    fn arbitrary_bytes_are_refused_without_panic(bytes in vec(any::<u8>(), 0..64)) {
        prop_assert_eq!(json::check(&bytes).is_ok(), is_canonical(&bytes));
        let _ = json::from_handwritten::<Value>(&bytes);
        if let Ok(text) = ArticleText::normalize(&bytes) {
            prop_assert!(ArticleText::from_object(text.as_str().into()).is_ok());
        }
    }

    #[test]
    fn string_is_written_exactly_if_nfc_without_nul(text in text()) {
        let written = json::to_vec(&text);
        prop_assert_eq!(written.is_ok(), is_nfc(&text) && !text.contains('\0'));
        // The reader agrees with the writer, whatever the escapes.
        let plain = serde_json::to_vec(&text).unwrap();
        let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
        for bytes in [plain, format!("\"{escaped}\"").into_bytes()] {
            let read = json::from_handwritten::<String>(&bytes);
            prop_assert_eq!(read.is_ok(), written.is_ok());
            prop_assert!(read.is_err() || read == Ok(text.clone()));
        }
    }

    #[test]
    fn any_text_becomes_normal_text(text in text()) {
        match ArticleText::normalize(text.as_bytes()) {
            Ok(normal) => {
                let promise = broken_promise(normal.as_str());
                prop_assert!(promise.is_none(), "{promise:?}: {normal:?}");
                prop_assert_eq!(ArticleText::normalize(normal.as_str().as_bytes()), Ok(normal.clone()));
                prop_assert_eq!(ArticleText::from_object(normal.as_str().into()), Ok(normal));
            }
            Err(TextError::Nul { offset }) => prop_assert_eq!(text.find('\0'), Some(offset)),
            Err(TextError::Empty) => {
                let nothing = |c| matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{feff}');
                prop_assert!(text.chars().all(nothing));
            }
            Err(error) => prop_assert!(false, "{error}"),
        }
    }

    #[test]
    fn text_is_normal_exactly_if_it_keeps_every_promise(text in text()) {
        let normal = ArticleText::from_object(text.clone().into()).is_ok();
        prop_assert_eq!(normal, !text.contains('\0') && broken_promise(&text).is_none());
    }

    #[test]
    fn slice_counts_characters(
        text in text().prop_filter_map("no text", |text| ArticleText::normalize(text.as_bytes()).ok()),
        start in 0..30_u64,
        len in 0..30_u64,
    ) {
        let characters: Vec<char> = text.as_str().chars().collect();
        let expected = characters
            .get(start as usize..(start + len) as usize)
            .map(|slice| slice.iter().collect::<String>());
        prop_assert_eq!(text.slice(start..start + len), expected.as_deref());
    }

    #[test]
    fn slice_of_any_range_does_not_panic(start in any::<u64>(), end in any::<u64>()) {
        let text = ArticleText::normalize(b"abc").unwrap();
        prop_assert_eq!(text.slice(start..end).is_some(), start <= end && end <= 4);
    }

    #[test]
    fn words_of_a_text_are_found_in_it(
        text in text().prop_filter_map("no text", |text| ArticleText::normalize(text.as_bytes()).ok()),
        start in any::<prop::sample::Index>(),
        end in any::<prop::sample::Index>(),
    ) {
        let len = text.as_str().chars().count() + 1;
        let (start, end) = (start.index(len) as u64, end.index(len) as u64);
        let slice = text.slice(start.min(end)..start.max(end)).unwrap();
        let quote = normalize_quote(slice);
        prop_assert!(slice.contains(&quote), "{quote:?} of {slice:?}");
        prop_assert_eq!(quote.trim_matches([' ', '\n']), slice.trim_matches([' ', '\n']));
        prop_assert_eq!(normalize_quote(&quote), quote);
    }

    #[test]
    fn quote_is_normal_whatever_it_was(text in text()) {
        let quote = normalize_quote(&text);
        prop_assert_eq!(normalize_quote(&quote), quote);
    }

    #[test]
    fn any_text_is_read_as_a_date_only_if_it_is_written_so(text in text(), digits in "[-+0-9T:Z]{0,21}") {
        for text in [text, digits] {
            if let Ok(date) = text.parse::<Date>() {
                prop_assert_eq!(date.to_string(), text.clone());
            }
            if let Ok(time) = text.parse::<Timestamp>() {
                prop_assert_eq!(time.to_string(), text.clone());
            }
            let _ = text.parse::<Digest>();
            let _ = text.parse::<DigestPrefix>();
        }
    }

    #[test]
    fn every_second_of_ten_thousand_years_has_its_text(seconds in -62_167_219_200..=253_402_207_200_i64) {
        let time = Timestamp::from_unix_seconds(seconds).unwrap();
        prop_assert_eq!(time.to_string().parse(), Ok(time));
        prop_assert_eq!(time.unix_seconds(), seconds);
    }

    #[test]
    fn digest_reads_what_it_writes(bytes in any::<[u8; 32]>()) {
        let digest = Digest::from_bytes(bytes);
        prop_assert_eq!(digest.to_string().parse(), Ok(digest));
        let (least, greatest) = digest.to_string()[..20].parse::<DigestPrefix>().unwrap().range();
        prop_assert!(least <= digest && digest <= greatest);
    }
}

proptest! {
    #![proptest_config(cases(10_000))]

    #[test]
    fn near_json_is_accepted_only_if_canonical(text in nearly_json()) {
        prop_assert_eq!(json::check(text.as_bytes()).is_ok(), is_canonical(text.as_bytes()));
        if let Ok(value) = json::from_handwritten::<Value>(text.as_bytes()) {
            prop_assert_eq!(&value, &serde_json::from_str::<Value>(&text).unwrap());
            prop_assert!(json::to_vec(&value).is_ok());
        }
    }
}

/// Names the first promise of `text/1` that a text breaks.
fn broken_promise(text: &str) -> Option<&'static str> {
    let body = text.strip_suffix('\n').unwrap_or("");
    let promises = [
        (
            "one LF at the very end",
            text.ends_with('\n') && !body.is_empty(),
        ),
        (
            "no blank lines at either end",
            !body.starts_with('\n') && !body.ends_with('\n'),
        ),
        (
            "one blank line between paragraphs",
            !text.contains("\n\n\n"),
        ),
        ("LF line ends", !text.contains('\r')),
        ("no byte-order mark", !text.contains('\u{feff}')),
        ("no tabs", !text.contains('\t')),
        ("no trailing spaces", !text.contains(" \n")),
        ("runs of spaces as one", !text.contains("  ")),
        ("NFC", is_nfc(text)),
    ];
    let broken = promises.into_iter().find(|(_, kept)| !kept);
    broken.map(|(promise, _)| promise)
}

#[test]
fn what_has_no_canonical_form_is_not_written() {
    let problem = |value: &Value| match json::to_vec(value) {
        Err(JsonError::Unwritable { problem }) => problem_name(&problem),
        other => panic!("{value}: {other:?}"),
    };
    let deep = |depth: usize| (1..depth).fold(Value::Array(vec![]), |v, _| Value::Array(vec![v]));
    for (value, reason) in [
        (Value::Null, "null"),
        (Value::from(0.5), "float"),
        (Value::from(1.0), "float"),
        (Value::from(-0.0), "float"),
        (Value::from(f64::NAN), "null"),
        (Value::from(MAX_INTEGER + 1), "integer-range"),
        (Value::from(-MAX_INTEGER - 1), "integer-range"),
        (Value::from(i64::MAX), "integer-range"),
        (Value::from(i64::MIN), "integer-range"),
        (Value::from(u64::MAX), "integer-range"),
        (Value::from("e\u{301}"), "not-nfc"),
        (Value::from("a\0"), "nul-character"),
        (serde_json::json!({"é": 1}), "key-not-ascii"),
        (serde_json::json!({"a\0": 1}), "nul-character"),
        (deep(33), "too-deep"),
    ] {
        assert_eq!(problem(&value), reason, "{value}");
    }
    assert!(json::to_vec(&deep(32)).is_ok());
}

// jq as the simple tool that reproduces our bytes. Where jq 1.6 (and 1.7) writes otherwise:
//
// - U+007F, which it escapes as \u007f and RFC 8785 does not;
// - integers of more than 17 digits, which it rounds; ours have at most 16.
//
// A record is words and digests, and no word has a DEL in it; were one to, the hash by `jq` would
// differ from ours and from every other implementation of RFC 8785, and ours would be right.
fn jq_agrees(canonical: &str) -> bool {
    !canonical.contains('\u{7f}')
}

#[test]
fn jq_writes_the_same_bytes() {
    let Some(mut jq) = tools::tool("jq") else {
        return;
    };
    let mut lines: Vec<String> = Vec::new();
    for (_, case) in vectors::cases::<JsonCase>("canonical/json") {
        if let (Some(text), Some(_)) = (case.input, case.sha256) {
            lines.push(text);
        }
    }
    let mut runner = TestRunner::deterministic();
    for _ in 0..1_000 {
        let value = value().new_tree(&mut runner).unwrap().current();
        lines.push(String::from_utf8(json::to_vec(&value).unwrap()).unwrap());
    }
    lines.retain(|line| jq_agrees(line));
    let input = lines.join("\n");
    let output = tools::answer(jq.args(["-cS", "."]), input.as_bytes());
    let output = String::from_utf8(output).unwrap();
    assert_eq!(output.lines().count(), lines.len());
    for (ours, jq) in lines.iter().zip(output.lines()) {
        assert_eq!(ours, jq);
    }
}

#[test]
fn provenance_hash_is_what_jq_and_sha256sum_print() {
    if tools::tool("jq").is_none() {
        return;
    }
    let Some(mut shell) = tools::tool("sh") else {
        return;
    };
    shell.args(["-c", "jq -cS . | tr -d '\\n' | sha256sum"]);
    for path in vectors::files("handwritten") {
        let handwritten = fs::read(&path).unwrap();
        let record: Value = json::from_handwritten(&handwritten).unwrap();
        let canonical = json::to_vec(&record).unwrap();
        for bytes in [handwritten, canonical.clone()] {
            let printed = tools::answer(&mut shell, &bytes);
            let printed = String::from_utf8(printed).unwrap();
            assert_eq!(
                format!("sha256:{}", &printed[..64]),
                Digest::of(&canonical).to_string(),
                "{}",
                path.display()
            );
        }
    }
}
