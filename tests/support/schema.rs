//! The JSON Schemas in `schemas/`, loaded without a network.
//!
//! A schema is named by its path below `schemas/` without `.schema.json`: `record/claim`, `entry`.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

/// What every `$id` begins with.
pub const BASE: &str = "https://provenance-ledger.example/schemas/";

const SUFFIX: &str = ".schema.json";

static SCHEMAS: LazyLock<BTreeMap<String, Value>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let mut schemas = BTreeMap::new();
    for path in files_below(&root) {
        let below = path.strip_prefix(&root).expect("found below the root");
        let below = below.to_str().expect("schemas have plain names");
        let name = below
            .strip_suffix(SUFFIX)
            .unwrap_or_else(|| panic!("schemas/{below}: expected a name ending in {SUFFIX}"));
        let text = fs::read_to_string(&path).unwrap();
        let schema = serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("schemas/{below} is no JSON: {error}"));
        schemas.insert(name.replace('\\', "/"), schema);
    }
    assert!(!schemas.is_empty(), "no schemas below {}", root.display());
    schemas
});

static REGISTRY: LazyLock<Registry<'static>> = LazyLock::new(|| {
    let resources = SCHEMAS.iter().map(|(name, schema)| (id(name), schema));
    Registry::new()
        .extend(resources)
        .and_then(|registry| registry.prepare())
        .expect("the schemas refer to each other and to nothing else")
});

static VALIDATORS: LazyLock<BTreeMap<&'static str, Validator>> = LazyLock::new(|| {
    SCHEMAS
        .keys()
        .map(|name| (name.as_str(), build(name, "")))
        .collect()
});

/// Returns the names of all schemas.
pub fn names() -> impl Iterator<Item = &'static str> {
    SCHEMAS.keys().map(String::as_str)
}

/// Returns the `$id` of a schema.
pub fn id(name: &str) -> String {
    format!("{BASE}{name}{SUFFIX}")
}

/// Returns a schema as it stands in its file.
pub fn load(name: &str) -> &'static Value {
    SCHEMAS
        .get(name)
        .unwrap_or_else(|| panic!("no file schemas/{name}{SUFFIX}"))
}

/// Returns the validator of a schema: `validator("record/article")`.
pub fn validator(name: &str) -> &'static Validator {
    load(name);
    &VALIDATORS[name]
}

/// Makes the validator of one definition in a schema: `definition("field", "digest")`.
pub fn definition(name: &str, definition: &str) -> Validator {
    build(name, &format!("#/$defs/{definition}"))
}

/// Returns what a schema has against a value, one line for each fault.
pub fn errors(name: &str, value: &Value) -> Vec<String> {
    validator(name)
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

/// Asserts that a value satisfies a schema.
#[track_caller]
pub fn assert_valid(name: &str, value: &Value) {
    let errors = errors(name, value);
    assert!(
        errors.is_empty(),
        "schema {name} refuses\n{value:#}\n  {}",
        errors.join("\n  ")
    );
}

/// Asserts that a value does not satisfy a schema.
#[track_caller]
pub fn assert_invalid(name: &str, value: &Value) {
    assert!(
        !validator(name).is_valid(value),
        "schema {name} accepts\n{value:#}"
    );
}

/// What a schema says of one member of the objects that it describes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Member {
    pub required: bool,
    /// The values of its `enum`, or of its items', if there is one.
    pub values: Option<Vec<String>>,
}

/// Returns the members that a schema gives to its objects, at any depth, by path: `content.via[].name`.
///
/// What stands behind `anyOf` and `oneOf` counts as possible, not as required.
pub fn members(name: &str) -> BTreeMap<String, Member> {
    let mut members = BTreeMap::new();
    walk(name, load(name), "", true, &mut members);
    members
}

/// Returns the paths of a value's members in the form of [`members`].
pub fn paths(value: &Value) -> BTreeSet<String> {
    fn collect(value: &Value, path: &str, paths: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                for (key, member) in object {
                    let path = join(path, key);
                    collect(member, &path, paths);
                    paths.insert(path);
                }
            }
            Value::Array(items) => {
                for item in items {
                    collect(item, &format!("{path}[]"), paths);
                }
            }
            _ => {}
        }
    }
    let mut paths = BTreeSet::new();
    collect(value, "", &mut paths);
    paths
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(files_below(&path)),
            false => files.push(path),
        }
    }
    files
}

fn build(name: &str, fragment: &str) -> Validator {
    let reference = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": format!("{}{fragment}", id(name)),
    });
    jsonschema::options()
        .with_registry(&REGISTRY)
        .offline()
        .build(&reference)
        .unwrap_or_else(|error| panic!("schema {name}{fragment}: {error}"))
}

fn walk(
    file: &str,
    schema: &Value,
    path: &str,
    certain: bool,
    members: &mut BTreeMap<String, Member>,
) {
    if let Some(reference) = schema["$ref"].as_str() {
        let (file, target) = resolve(file, reference);
        walk(&file, target, path, certain, members);
    }
    for (keyword, certain) in [("allOf", certain), ("anyOf", false), ("oneOf", false)] {
        for part in schema[keyword].as_array().into_iter().flatten() {
            walk(file, part, path, certain, members);
        }
    }
    if schema.get("items").is_some() {
        walk(
            file,
            &schema["items"],
            &format!("{path}[]"),
            certain,
            members,
        );
    }
    if let Some(values) = schema["enum"].as_array() {
        let values = values
            .iter()
            .map(|value| value.as_str().expect("enums of strings").to_owned())
            .collect();
        members.entry(path.to_owned()).or_default().values = Some(values);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = join(path, name);
        members.entry(path.clone()).or_default();
        walk(file, property, &path, certain, members);
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        let path = join(path, name.as_str().expect("names of members"));
        members.entry(path).or_default().required |= certain;
    }
}

/// Follows a `$ref` that stands in the file `from`.
fn resolve(from: &str, reference: &str) -> (String, &'static Value) {
    let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    let name = match file.strip_suffix(SUFFIX) {
        None => from.to_owned(),
        Some(file) => {
            let mut parts: Vec<&str> = from.split('/').collect();
            parts.pop();
            for part in file.split('/') {
                match part {
                    ".." => drop(parts.pop()),
                    part => parts.push(part),
                }
            }
            parts.join("/")
        }
    };
    let target = load(&name)
        .pointer(pointer)
        .unwrap_or_else(|| panic!("schema {from}: nothing at {reference}"));
    (name, target)
}

fn join(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    }
}
