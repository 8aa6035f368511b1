//! JSON of other people: bounded, and read as loosely as they write it.

use std::collections::HashMap;

use serde_json::error::Category;
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;

use super::loss::{Fate, Loss};
use super::{ImportError, MAX_IMPORT_LEN, page};
use crate::canonical::Date;
use crate::ingest::json_ld::parse_script;
use crate::ingest::metadata;
use crate::record::FieldError;

/// The documents of a file: one, or the JSON-LD blocks of a page. A block that is no JSON is left out, as browsers do, and so
/// are blocks beyond [`page::MAX_BLOCKS`]: the losses tell how many.
///
/// # Errors
///
/// [`ImportError`] if the file is too long, not in UTF-8, or no JSON. What is nested more than 127 deep is no JSON here.
pub(super) fn read(bytes: &[u8]) -> Result<(Vec<Value>, Vec<Loss>), ImportError> {
    if bytes.len() > MAX_IMPORT_LEN {
        return Err(ImportError::TooLong { len: bytes.len() });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| ImportError::NotUtf8 {
        offset: error.valid_up_to(),
    })?;
    if text.trim_start().starts_with('<') {
        let (blocks, beyond) = page::json_ld(text);
        let documents: Vec<Value> = blocks
            .iter()
            .filter_map(|block| parse_script(block))
            .collect();
        let broken = blocks.len() - documents.len();
        let whys = [
            (broken, "blocks that are no JSON".to_owned()),
            (
                beyond,
                format!("blocks after the first {}", page::MAX_BLOCKS),
            ),
        ];
        let losses = whys.into_iter().filter(|(count, _)| *count > 0);
        let losses = losses.map(|(count, why)| {
            Loss::new(
                Fate::Dropped,
                "the page",
                "JSON-LD",
                format!("{why}: {count}"),
            )
        });
        return Ok((documents, losses.collect()));
    }
    match serde_json::from_str(text) {
        Ok(document) => Ok((vec![document], Vec::new())),
        Err(error) => Err(ImportError::NotJson {
            found: match error.classify() {
                Category::Eof => "the end of the file",
                _ if error.to_string().starts_with("recursion limit") => {
                    "values within each other beyond the recursion limit of 127"
                }
                _ => "other characters",
            },
            line: error.line(),
            column: error.column(),
        }),
    }
}

/// Objects of a document by their `@id`.
pub(super) type Ids<'a> = HashMap<&'a str, &'a Map<String, Value>>;

/// Visits every object, the outer before the inner. No deeper than [`read`] lets JSON be.
pub(super) fn objects<'a>(value: &'a Value, visit: &mut dyn FnMut(&'a Map<String, Value>)) {
    match value {
        Value::Object(members) => {
            visit(members);
            members.values().for_each(|member| objects(member, visit));
        }
        Value::Array(items) => items.iter().for_each(|item| objects(item, visit)),
        _ => {}
    }
}

/// Tells whether an object is of this type, however it is written: `ClaimReview`, `schema:ClaimReview`, an address.
pub(super) fn is_of_type(object: &Map<String, Value>, name: &str) -> bool {
    let types = object.get("@type").or_else(|| object.get("type"));
    each(types).any(|one| {
        one.as_str()
            .and_then(|one| one.rsplit(['/', ':', '#']).next())
            == Some(name)
    })
}

/// Returns the members of a list, or the one value that stands in place of a list.
pub(super) fn each(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let items = match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    items.iter()
}

/// Returns the first object of a value, looked up by its `@id` where only that stands there.
pub(super) fn first_object<'a>(
    value: Option<&'a Value>,
    ids: &Ids<'a>,
) -> Option<&'a Map<String, Value>> {
    let object = each(value).find_map(Value::as_object)?;
    match object.get("@id").and_then(Value::as_str) {
        Some(id) if object.len() == 1 => ids.get(id).copied(),
        _ => Some(object),
    }
}

/// Returns the first text or number of a value, as text. Of a number the digits may differ from the file's.
pub(super) fn first_text(value: Option<&Value>) -> Option<String> {
    each(value).find_map(|one| match one {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        // A text with its language (JSON-LD).
        Value::Object(members) => Some(members.get("@value")?.as_str()?.to_owned()),
        _ => None,
    })
}

/// Turns a text into a field of a record: in NFC, without control characters and white space around. None if nothing is
/// left, or it does not fit.
pub(super) fn field<T: TryFrom<String, Error = FieldError>>(
    text: Option<String>,
    name: &str,
    place: &str,
    losses: &mut Vec<Loss>,
) -> Option<T> {
    let text = text?;
    let plain: String = text
        .replace("\r\n", "\n")
        .nfc()
        .map(|c| match c {
            '\n' | '\t' => c,
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    let trimmed = plain.trim();
    if trimmed.is_empty() {
        return None;
    }
    // A line has no line breaks; prose keeps them.
    let taken = T::try_from(trimmed.to_owned())
        .or_else(|_| T::try_from(trimmed.replace(['\n', '\t'], " ")));
    match taken {
        Ok(taken) => {
            if plain != text {
                let why = "control characters or the Unicode form were changed";
                losses.push(Loss::new(Fate::Mapped, place, name, why));
            }
            Some(taken)
        }
        Err(error) => {
            losses.push(Loss::new(Fate::Dropped, place, name, error));
            None
        }
    }
}

/// Tells which members of an object nobody reads. `within` stands before their names.
pub(super) fn left_over(
    object: &Map<String, Value>,
    read: &[&str],
    within: &str,
    place: &str,
    losses: &mut Vec<Loss>,
) {
    let left: Vec<String> = object
        .keys()
        .filter(|name| !read.contains(&name.as_str()))
        .take(20)
        .map(|name| format!("{within}{name:.80}"))
        .collect();
    if !left.is_empty() {
        let why = "there is no place for it";
        losses.push(Loss::new(Fate::Dropped, place, left.join(", "), why));
    }
}

/// Reads a date as pages write it. With an offset it becomes UTC; without one only the day is known.
pub(super) fn date(text: Option<String>, name: &str, place: &str, losses: &mut Vec<Loss>) -> Date {
    let Some(text) = text else {
        return Date::Unknown;
    };
    let text = text.trim();
    if let Ok(date) = text.parse() {
        return date;
    }
    let mut lose = |fate, why: &str| losses.push(Loss::new(fate, place, name, why));
    let read = metadata::date(text);
    match read {
        Some(Date::Moment(_)) => lose(Fate::Mapped, "written in UTC and whole seconds"),
        Some(_) => lose(Fate::Mapped, "no offset from UTC: only the day is kept"),
        None => lose(Fate::Dropped, "no date of ISO 8601 or RFC 2822"),
    }
    read.unwrap_or(Date::Unknown)
}
