//! Records against their vectors and their schemas, in both directions.
//!
//! `tests/vectors/record` holds, for each kind, a record with the least and one with the most that it can
//! say, and changes that make it unacceptable (its README describes the files). The schemas in
//! `schemas/` are normative and written by hand; here they and the types are held against each other.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use ledger::canonical::{Date, Digest, Timestamp, json};
use ledger::record::article::Normalizer;
use ledger::record::claim::{Checkability, ClaimKind};
use ledger::record::consent::Decision;
use ledger::record::correction::CorrectionKind;
use ledger::record::credentials::{Presence, Trust, Validation};
use ledger::record::key::Role;
use ledger::record::observation::Sighting;
use ledger::record::relation::RelationKind;
use ledger::record::review::{Attribution, Quote, Verdict};
use ledger::record::revocation::Reason;
use ledger::record::source::{Level, Stance};
use ledger::record::{
    Kind, Language, Line, MAX_RECORD_LEN, MediaType, Origin, Prose, Record, RecordError, Salt,
    Token, Url,
};
use ledger::sign::Did;
use proptest::prelude::*;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use support::schema;

/// The vectors of one kind.
struct Vectors {
    kind: Kind,
    minimal: Instance,
    maximal: Instance,
    reject: Rejections,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Instance {
    #[serde(rename = "description")]
    _description: String,
    record: Value,
    digest: Digest,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rejections {
    #[serde(rename = "description")]
    _description: String,
    cases: Vec<Case>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Case {
    name: String,
    base: Base,
    #[serde(default)]
    remove: Vec<String>,
    #[serde(default)]
    set: Map<String, Value>,
    /// A part of the message.
    error: String,
    code: Option<Code>,
    /// Why the schema can't refuse it.
    schema_accepts: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Base {
    Minimal,
    Maximal,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Code {
    UnknownKind,
    UnknownVersion,
}

impl Vectors {
    /// Reads the whole folder, and fails on what does not belong there.
    fn all() -> Vec<Vectors> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/record");
        let names = |folder: &Path| -> BTreeSet<String> {
            fs::read_dir(folder)
                .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect()
        };
        let expected: BTreeSet<String> = Kind::ALL
            .iter()
            .map(Kind::to_string)
            .chain(["README.md".to_owned(), "reject.json".to_owned()])
            .collect();
        assert_eq!(names(&root), expected, "a folder for each kind");

        let of_all_kinds: Rejections = read(&root.join("reject.json"));
        Kind::ALL
            .iter()
            .map(|&kind| {
                let folder = root.join(kind.as_str());
                let files = names(&folder);
                assert!(
                    files
                        .iter()
                        .eq(["maximal.json", "minimal.json", "reject.json"]),
                    "{kind}: {files:?}"
                );
                let mut reject: Rejections = read(&folder.join("reject.json"));
                assert!(!reject.cases.is_empty(), "{kind}: no cases");
                reject.cases.extend(of_all_kinds.cases.iter().cloned());
                Vectors {
                    kind,
                    minimal: read(&folder.join("minimal.json")),
                    maximal: read(&folder.join("maximal.json")),
                    reject,
                }
            })
            .collect()
    }

    fn instances(&self) -> [(&'static str, &Instance); 2] {
        [("minimal", &self.minimal), ("maximal", &self.maximal)]
    }

    fn schema(&self) -> String {
        format!("record/{}", self.kind)
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> T {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Writes any JSON with sorted keys and no white space, also what our own writer refuses (`null`,
/// fractions, strings that are not in NFC).
fn to_sorted_bytes(value: &Value) -> Vec<u8> {
    serde_json_canonicalizer::to_vec(value).unwrap()
}

fn parse(value: &Value) -> Result<Record, RecordError> {
    Record::parse(&to_sorted_bytes(value))
}

#[test]
fn vector_is_read_and_written_back_to_the_same_bytes() {
    for vectors in Vectors::all() {
        for (which, instance) in vectors.instances() {
            let place = format!("{}/{which}", vectors.kind);
            let bytes = to_sorted_bytes(&instance.record);
            assert_eq!(json::to_vec(&instance.record).unwrap(), bytes, "{place}");
            let record = Record::parse(&bytes).unwrap_or_else(|e| panic!("{place}: {e}"));
            assert_eq!(record.kind(), vectors.kind, "{place}");
            assert_eq!(record.to_bytes().unwrap(), bytes, "{place}");
            assert_eq!(Digest::of(&bytes), instance.digest, "{place}");
        }
    }
}

#[test]
fn vector_satisfies_the_schemas() {
    for vectors in Vectors::all() {
        for (_, instance) in vectors.instances() {
            schema::assert_valid(&vectors.schema(), &instance.record);
            schema::assert_valid("record", &instance.record);
            for other in Kind::ALL.iter().filter(|&&other| other != vectors.kind) {
                schema::assert_invalid(&format!("record/{other}"), &instance.record);
            }
        }
    }
}

#[test]
fn unacceptable_record_is_refused_by_name() {
    for vectors in Vectors::all() {
        let mut names = BTreeSet::new();
        for case in &vectors.reject.cases {
            let place = format!("{}: {}", vectors.kind, case.name);
            assert!(names.insert(&case.name), "{place}: stands twice");
            let base = match case.base {
                Base::Minimal => &vectors.minimal,
                Base::Maximal => &vectors.maximal,
            };
            let changed = case.apply(&base.record);
            assert_ne!(changed, base.record, "{place}: changes nothing");

            let error = match parse(&changed) {
                Err(error) => error,
                Ok(_) => panic!("{place}: accepted"),
            };
            let message = error.to_string();
            assert!(
                message.contains(&case.error),
                "{place}\n  expected … {} …\n  found    {message}",
                case.error
            );
            let code = match error {
                RecordError::UnknownKind { .. } => Some(Code::UnknownKind),
                RecordError::UnknownVersion { .. } => Some(Code::UnknownVersion),
                _ => None,
            };
            assert!(code == case.code, "{place}: {error:?}");
            assert_eq!(
                error.is_unknown_to_this_version(),
                code.is_some(),
                "{place}"
            );

            let accepted = schema::validator(&vectors.schema()).is_valid(&changed);
            assert_eq!(
                accepted,
                case.schema_accepts.is_some(),
                "{place}: does the schema accept it?"
            );
        }
    }
}

impl Case {
    fn apply(&self, record: &Value) -> Value {
        let mut record = record.clone();
        for pointer in &self.remove {
            remove(&mut record, pointer);
        }
        for (pointer, value) in &self.set {
            match record.pointer_mut(pointer) {
                Some(place) => *place = value.clone(),
                None => {
                    let (parent, key) = pointer.rsplit_once('/').unwrap();
                    let parent = record.pointer_mut(parent).and_then(Value::as_object_mut);
                    parent
                        .unwrap_or_else(|| panic!("{}: no object above {pointer}", self.name))
                        .insert(key.to_owned(), value.clone());
                }
            }
        }
        record
    }
}

fn remove(value: &mut Value, pointer: &str) {
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let removed = match value.pointer_mut(parent) {
        Some(Value::Object(object)) => object.remove(key),
        Some(Value::Array(items)) => Some(items.remove(key.parse().unwrap())),
        _ => None,
    };
    assert!(removed.is_some(), "nothing at {pointer}");
}

#[test]
fn record_beyond_the_limit_is_refused_with_the_figure() {
    let article = Vectors::all()
        .into_iter()
        .find(|vectors| vectors.kind == Kind::Article);
    let mut record = article.unwrap().maximal.record;
    let len = to_sorted_bytes(&record).len() - record["content"]["note"].as_str().unwrap().len();
    record["content"]["note"] = Value::from("n".repeat(MAX_RECORD_LEN - len));
    let mut longest = parse(&record).unwrap();
    assert_eq!(longest.to_bytes().unwrap().len(), MAX_RECORD_LEN);

    let note = "n".repeat(MAX_RECORD_LEN - len + 1);
    record["content"]["note"] = Value::from(note.clone());
    let too_long = RecordError::TooLong {
        len: MAX_RECORD_LEN + 1,
    };
    assert_eq!(parse(&record), Err(too_long.clone()));
    assert!(too_long.to_string().contains("at most 1048576 bytes"));
    let ledger::record::Content::Article(article) = &mut longest.content else {
        panic!("an article");
    };
    article.note = Some(note.parse().unwrap());
    assert_eq!(longest.to_bytes(), Err(too_long));
}

#[test]
fn maximal_record_has_exactly_the_members_of_its_schema() {
    for vectors in Vectors::all() {
        let members: BTreeSet<String> = schema::members(&vectors.schema()).into_keys().collect();
        let members: BTreeSet<String> = members
            .into_iter()
            // The items of a list of strings are no members.
            .filter(|path| !path.ends_with("[]"))
            .collect();
        assert_eq!(
            schema::paths(&vectors.maximal.record),
            members,
            "{}: left the vector, right the schema",
            vectors.kind
        );
    }
}

/// Optional members that can't be dropped from every record, because of another member.
const TIED: &[(Kind, &str)] = &[
    // One of the three answers must stand; the minimal review has one.
    (Kind::Review, "content.verdict"),
    // A passage's place is both numbers, beside the words.
    (Kind::Review, "content.evidence[].exact"),
    (Kind::Review, "content.evidence[].start"),
    (Kind::Review, "content.evidence[].end"),
    // What was found is said of a changed page, beside what was expected.
    (Kind::Observation, "content.expected"),
    (Kind::Observation, "content.found"),
    // Embedded credentials are judged, and a signer that was looked for was looked for in a list.
    (Kind::Source, "content.snapshot.credentials.validation"),
    (Kind::Source, "content.snapshot.credentials.trust"),
    (Kind::Source, "content.snapshot.credentials.trustList"),
    // A withdrawal names what it withdraws.
    (Kind::Consent, "content.withdraws"),
];

#[test]
fn member_is_required_by_schema_and_parser_alike() {
    let mut tied = BTreeSet::new();
    for vectors in Vectors::all() {
        let members = schema::members(&vectors.schema());
        for (which, instance) in vectors.instances() {
            for pointer in pointers(&instance.record) {
                let path = path_of(&pointer);
                if path.is_empty() || path.ends_with("[]") {
                    continue;
                }
                let place = format!("{}/{which} without {pointer}", vectors.kind);
                let mut without = instance.record.clone();
                remove(&mut without, &pointer);
                let parsed = parse(&without);
                let valid = schema::validator(&vectors.schema()).is_valid(&without);
                assert_eq!(
                    parsed.is_ok(),
                    valid,
                    "{place}: parser {parsed:?}, schema {valid}"
                );
                let required = members[&path].required;
                if required == parsed.is_err() {
                    assert!(
                        required || which == "maximal",
                        "{place}: not minimal, {path} is optional"
                    );
                } else {
                    let found = TIED.iter().find(|&&tie| tie == (vectors.kind, &path));
                    tied.insert(found.unwrap_or_else(|| panic!("{place}: {parsed:?}")));
                }
            }
        }
    }
    assert_eq!(tied, TIED.iter().collect(), "every tie was met");
}

#[test]
fn unknown_member_is_refused_at_every_level() {
    for vectors in Vectors::all() {
        for (which, instance) in vectors.instances() {
            for pointer in pointers(&instance.record) {
                let mut with = instance.record.clone();
                let Some(object) = with.pointer_mut(&pointer).unwrap().as_object_mut() else {
                    continue;
                };
                object.insert("unheardOf".to_owned(), json!("x"));
                let place = format!("{}/{which} at {pointer:?}", vectors.kind);
                let error = parse(&with).unwrap_err().to_string();
                assert!(
                    error.contains("unknown field `unheardOf`"),
                    "{place}: {error}"
                );
                let valid = schema::validator(&vectors.schema()).is_valid(&with);
                assert!(!valid, "{place}: the schema accepts it");
            }
        }
    }
}

#[test]
fn vocabularies_of_schemas_and_types_are_the_same() {
    macro_rules! spellings {
        ($name:ident) => {
            $name::ALL
                .iter()
                .map(|value| value.as_str().to_owned())
                .collect::<Vec<String>>()
        };
    }
    let normalizers = vec![Normalizer::Text1.name().to_owned()];
    let mut expected = BTreeMap::from([
        ("key: content.role".to_owned(), spellings!(Role)),
        ("revocation: content.reason".to_owned(), spellings!(Reason)),
        ("article: content.text.normalizer".to_owned(), normalizers),
        ("source: content.level".to_owned(), spellings!(Level)),
        (
            "source: content.snapshot.credentials.presence".to_owned(),
            spellings!(Presence),
        ),
        (
            "source: content.snapshot.credentials.validation".to_owned(),
            spellings!(Validation),
        ),
        (
            "source: content.snapshot.credentials.trust".to_owned(),
            spellings!(Trust),
        ),
        ("claim: content.kind".to_owned(), spellings!(ClaimKind)),
        (
            "claim: content.checkability".to_owned(),
            spellings!(Checkability),
        ),
        (
            "claim: content.sources[].stance".to_owned(),
            spellings!(Stance),
        ),
        ("review: content.verdict".to_owned(), spellings!(Verdict)),
        (
            "review: content.attribution".to_owned(),
            spellings!(Attribution),
        ),
        ("review: content.quote".to_owned(), spellings!(Quote)),
        (
            "review: content.evidence[].stance".to_owned(),
            spellings!(Stance),
        ),
        (
            "correction: content.kind".to_owned(),
            spellings!(CorrectionKind),
        ),
        (
            "observation: content.outcome".to_owned(),
            spellings!(Sighting),
        ),
        ("consent: content.decision".to_owned(), spellings!(Decision)),
        (
            "relation: content.relation".to_owned(),
            spellings!(RelationKind),
        ),
    ]);
    for kind in Kind::ALL {
        expected.insert(format!("{kind}: type"), spellings!(Kind));
    }
    let found: BTreeMap<String, Vec<String>> = Kind::ALL
        .iter()
        .flat_map(|kind| {
            schema::members(&format!("record/{kind}"))
                .into_iter()
                .filter_map(move |(path, member)| Some((format!("{kind}: {path}"), member.values?)))
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn change_of_one_value_never_gives_a_second_written_form() {
    for vectors in Vectors::all() {
        let record = &vectors.maximal.record;
        let own_values: Vec<&Value> = pointers(record)
            .iter()
            .map(|pointer| record.pointer(pointer).unwrap())
            .collect();
        let (mut accepted, mut refused) = (0, 0);
        for pointer in pointers(record) {
            let value = record.pointer(&pointer).unwrap();
            for replacement in replacements(value).iter().chain(own_values.iter().copied()) {
                let mut changed = record.clone();
                *changed.pointer_mut(&pointer).unwrap() = replacement.clone();
                match judge(&vectors, &changed) {
                    true => accepted += 1,
                    false => refused += 1,
                }
            }
            if !pointer.is_empty() {
                let mut changed = record.clone();
                remove(&mut changed, &pointer);
                judge(&vectors, &changed);
            }
        }
        assert!(accepted > 10 && refused > 100, "{accepted}, {refused}");
    }
}

/// What the parser knows and a schema can't.
const BEYOND_SCHEMAS: &[&str] = &[
    "in Unicode NFC",
    "the character U+0000",
    "expected a date (",
    "expected a time such as",
    "expected the did:key of an Ed25519 key",
    "`exact` to have end - start code points",
    "`start` and `end` together, start before end",
    "two digests that differ, of a changed page",
];

/// Tells whether the parser accepts a record. What it accepts, it writes back to the same bytes and the schema
/// accepts too; what the schema accepts and the parser does not, lies beyond schemas.
fn judge(vectors: &Vectors, record: &Value) -> bool {
    let bytes = to_sorted_bytes(record);
    let valid = schema::validator(&vectors.schema()).is_valid(record)
        || schema::validator("record").is_valid(record);
    match Record::parse(&bytes) {
        Ok(parsed) => {
            assert_eq!(
                parsed.to_bytes().as_ref(),
                Ok(&bytes),
                "{}",
                String::from_utf8_lossy(&bytes)
            );
            assert!(valid, "the schema refuses\n{record:#}");
            true
        }
        Err(error) => {
            let error = error.to_string();
            assert!(
                !valid || BEYOND_SCHEMAS.iter().any(|known| error.contains(known)),
                "the schema accepts\n{record:#}\n{error}"
            );
            false
        }
    }
}

/// Values to put in the place of `value`: of every type, and near it.
fn replacements(value: &Value) -> Vec<Value> {
    let mut values = vec![
        Value::Null,
        json!(true),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(1_u64 << 53),
        json!(""),
        json!("x"),
        json!("unknown"),
        json!("2026-02-30"),
        json!([]),
        json!([[]]),
        json!([{}]),
        json!({}),
        json!({ "name": "x" }),
        json!([value]),
        json!([value, value]),
        json!({ "x": value }),
    ];
    match value {
        Value::String(text) => {
            for edge in [
                " ", "\n", "\t", "\0", "\r", "\u{85}", "\u{a0}", "\u{301}", "🔩", "#", "0",
            ] {
                values.push(json!(format!("{text}{edge}")));
                values.push(json!(format!("{edge}{text}")));
            }
            values.push(json!(text.to_uppercase()));
            values.push(json!(text.chars().skip(1).collect::<String>()));
            values.push(json!(text.repeat(40)));
        }
        Value::Number(number) => {
            let number = number.as_i64().unwrap();
            values.extend([number + 1, number - 1].map(Value::from));
        }
        // As a list of its values, which serde's own code would take for the object.
        Value::Object(members) => {
            values.push(members.values().cloned().collect());
            values.extend(members.values().map(|member| json!([member])));
        }
        Value::Array(items) => values.extend(items.iter().cloned()),
        Value::Null | Value::Bool(_) => {}
    }
    values
}

/// The JSON Pointers of a value's parts, itself first.
fn pointers(value: &Value) -> Vec<String> {
    fn collect(value: &Value, at: String, pointers: &mut Vec<String>) {
        pointers.push(at.clone());
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    collect(member, format!("{at}/{key}"), pointers);
                }
            }
            Value::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    collect(item, format!("{at}/{i}"), pointers);
                }
            }
            _ => {}
        }
    }
    let mut pointers = Vec::new();
    collect(value, String::new(), &mut pointers);
    pointers
}

/// The path of a pointer in the form of [`schema::members`]: `content.via[].name`.
fn path_of(pointer: &str) -> String {
    let mut path = String::new();
    for part in pointer.split('/').skip(1) {
        if part.bytes().all(|b| b.is_ascii_digit()) {
            path.push_str("[]");
        } else {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(part);
        }
    }
    path
}

/// A field: its definition in the schema, its type's parser, and whether that knows more than a pattern can.
type Field = (&'static str, fn(&str) -> bool, bool);

const FIELDS: &[Field] = &[
    ("digest", |text| text.parse::<Digest>().is_ok(), false),
    ("did", |text| text.parse::<Did>().is_ok(), true),
    ("timestamp", |text| text.parse::<Timestamp>().is_ok(), true),
    ("date", |text| text.parse::<Date>().is_ok(), true),
    (
        "knownDate",
        |text| matches!(text.parse(), Ok(Date::Calendar(_) | Date::Moment(_))),
        true,
    ),
    ("line", |text| text.parse::<Line>().is_ok(), false),
    ("prose", |text| text.parse::<Prose>().is_ok(), false),
    ("url", |text| text.parse::<Url>().is_ok(), false),
    ("language", |text| text.parse::<Language>().is_ok(), false),
    ("mediaType", |text| text.parse::<MediaType>().is_ok(), false),
    ("token", |text| text.parse::<Token>().is_ok(), false),
    ("origin", |text| text.parse::<Origin>().is_ok(), false),
    (
        "salt",
        |text| Salt::try_from(text.to_owned()).is_ok(),
        false,
    ),
];

/// Pieces of which the texts are made that parser and pattern must judge alike.
const PIECES: &[&str] = &[
    "a",
    "Z",
    "9",
    "0",
    "-",
    "/",
    ":",
    ";",
    "+",
    ".",
    "_",
    "#",
    "&",
    "^",
    "!",
    "$",
    "~",
    "\\",
    "*",
    ",",
    "é",
    "ß",
    "🔩",
    " ",
    "\t",
    "\n",
    "\u{b}",
    "\r",
    "\0",
    "\u{1f}",
    "\u{7f}",
    "\u{80}",
    "\u{85}",
    "\u{9f}",
    "\u{a0}",
    "\u{a1}",
    "\u{1680}",
    "\u{180e}",
    "\u{2000}",
    "\u{200a}",
    "\u{200b}",
    "\u{2028}",
    "\u{2029}",
    "\u{202f}",
    "\u{205f}",
    "\u{3000}",
    "\u{feff}",
    "http://",
    "https://",
    "text/",
    "html",
    "charset=utf-8",
    "en",
    "-GB",
    "abcdefgh",
    "unknown",
    "2026",
    "-02",
    "-11",
    "-20",
    "-30",
    "T10:00:00",
    "T23:59:59",
    "Z",
    "sha256:",
    "0123456789abcdef0123456789abcdef",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "did:key:",
    "z6MkiaMbhXHNA4eJVCCj8dbzKzTgYDKf6crKgHVHid1F1WCT",
];

#[test]
fn every_field_of_the_schemas_is_held_against_its_type() {
    let defined = schema::load("field")["$defs"].as_object().unwrap();
    let mut expected: BTreeSet<&str> = FIELDS.iter().map(|field| field.0).collect();
    expected.insert("count");
    assert_eq!(
        defined.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        expected
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 4096, ..ProptestConfig::default() })]

    #[test]
    fn pattern_of_a_field_judges_as_its_type_does(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..6)
    ) {
        thread_local! {
            static VALIDATORS: Vec<jsonschema::Validator> =
                FIELDS.iter().map(|field| schema::definition("field", field.0)).collect();
        }
        let text = pieces.concat();
        let value = json!(text);
        VALIDATORS.with(|validators| {
            for ((name, fits, knows_more), validator) in FIELDS.iter().zip(validators) {
                let (parsed, valid) = (fits(&text), validator.is_valid(&value));
                prop_assert!(
                    parsed == valid || (*knows_more && valid),
                    "{name} {text:?}: type {parsed}, schema {valid}"
                );
            }
            Ok(())
        })?;
    }

    #[test]
    fn damaged_bytes_are_refused_or_written_back(
        kind in 0..Kind::ALL.len(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3), 1..3)
    ) {
        thread_local! {
            static RECORDS: Vec<Vec<u8>> =
                Vectors::all().iter().map(|vectors| to_sorted_bytes(&vectors.maximal.record)).collect();
        }
        let mut bytes = RECORDS.with(|records| records[kind].clone());
        for (at, byte, edit) in edits {
            let at = at.index(bytes.len());
            match edit {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => drop(bytes.remove(at)),
            }
        }
        if let Ok(record) = Record::parse(&bytes) {
            prop_assert_eq!(record.to_bytes(), Ok(bytes));
        }
    }
}
