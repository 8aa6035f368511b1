//! Dossiers: articles, sources, claims, reviews, relations and what others say in one file, to be recorded together.
//!
//! A dossier is JSON or TOML. Its items have the fields of the records' `content`, plus an `id`, which
//! stands wherever a digest would, and for an article or a source a `file`, from which text,
//! original, snapshot and digests come. What is left is exactly a record's content, and is read as such.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::anchor::{self, AnchorError, Hint};
use super::credentials;
use super::image::Image;
use super::page::{self, Circumstances, Page, PageError};
use crate::canonical::{ArticleText, Digest, JsonError, Timestamp, json, text};
use crate::record::source::Snapshot;
use crate::record::{Content, FieldError, Kind, MediaType, RecordError};

/// The lists of a dossier, in the order in which their items are recorded.
const LISTS: [(&str, Kind); 9] = [
    ("articles", Kind::Article),
    ("sources", Kind::Source),
    ("claims", Kind::Claim),
    ("reviews", Kind::Review),
    ("relations", Kind::Relation),
    ("foreign", Kind::Foreign),
    ("observations", Kind::Observation),
    ("disclosures", Kind::Disclosure),
    ("consents", Kind::Consent),
];

/// A dossier as it was read: lists of items, not yet records.
#[derive(Clone, Debug, PartialEq)]
pub struct Dossier {
    items: Vec<Item>,
}

#[derive(Clone, Debug, PartialEq)]
struct Item {
    kind: Kind,
    id: String,
    fields: Map<String, Value>,
}

/// A record to be, with the objects it needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The item's name in the dossier.
    pub id: String,
    pub content: Content,
    pub objects: Vec<Vec<u8>>,
}

/// Why a dossier can't be recorded.
#[derive(Debug, thiserror::Error)]
pub enum DossierError {
    #[error("the dossier is no JSON that can be recorded: {0}")]
    Json(#[from] JsonError),
    #[error("the dossier is no TOML: {0}")]
    Toml(#[from] Box<toml::de::Error>),
    #[error("{place}: {problem}")]
    Layout { place: String, problem: String },
    #[error("{kind} {id:?}: {problem}")]
    Item {
        kind: Kind,
        id: String,
        problem: Box<ItemProblem>,
    },
}

/// What is wrong with one item.
#[derive(Debug, thiserror::Error)]
pub enum ItemProblem {
    #[error("{0}")]
    Record(#[from] RecordError),
    #[error("{0}")]
    Field(#[from] FieldError),
    #[error("field {field:?}: {problem}")]
    Shape { field: String, problem: String },
    #[error("file {file:?}: {problem}")]
    File { file: String, problem: String },
    #[error("{place}: {error}{}", listed(error))]
    Anchor {
        place: String,
        error: Box<AnchorError>,
    },
    #[error("{0}")]
    Page(#[from] PageError),
    #[error("{0}")]
    NotSealed(String),
}

fn listed(error: &AnchorError) -> String {
    error
        .places()
        .iter()
        .map(|place| format!("\n  {place}"))
        .collect()
}

/// What a dossier needs from outside.
pub trait Surroundings {
    /// Reads a file named in the dossier.
    ///
    /// # Errors
    ///
    /// A message for the editor.
    fn file(&self, name: &str) -> Result<Vec<u8>, String>;

    /// Returns the text of an article, or of a source's snapshot, that the ledger has already; `None` if
    /// it has none to look in.
    ///
    /// # Errors
    ///
    /// A message for the editor.
    fn text_of(&self, record: &Digest) -> Result<Option<ArticleText>, String>;

    /// Makes the record of a content and returns its digest.
    ///
    /// # Errors
    ///
    /// A message for the editor.
    fn seal(&mut self, draft: Draft) -> Result<Digest, String>;
}

impl Dossier {
    /// Reads a dossier in JSON.
    ///
    /// # Errors
    ///
    /// [`DossierError`] with the place of the fault.
    pub fn from_json(bytes: &[u8]) -> Result<Self, DossierError> {
        Self::from_value(json::from_handwritten(bytes)?)
    }

    /// Reads a dossier in TOML.
    ///
    /// # Errors
    ///
    /// [`DossierError`] with the place of the fault.
    pub fn from_toml(text: &str) -> Result<Self, DossierError> {
        let table: toml::Table = text.parse().map_err(Box::new)?;
        let value = from_toml(toml::Value::Table(table));
        // The same restrictions as for JSON: no floats, NFC, ASCII keys.
        json::to_vec(&value)?;
        Self::from_value(value)
    }

    fn from_value(value: Value) -> Result<Self, DossierError> {
        let layout = |place: &str, problem: &str| DossierError::Layout {
            place: place.to_owned(),
            problem: problem.to_owned(),
        };
        let Value::Object(mut lists) = value else {
            return Err(layout("dossier", "expected an object with lists of items"));
        };
        let mut items: Vec<Item> = Vec::new();
        let mut ids = HashSet::new();
        for (list, kind) in LISTS {
            let members = match lists.remove(list) {
                None => continue,
                Some(Value::Array(members)) => members,
                Some(_) => return Err(layout(list, "expected a list")),
            };
            for (i, member) in members.into_iter().enumerate() {
                let place = format!("{list}[{i}]");
                let Value::Object(mut fields) = member else {
                    return Err(layout(&place, "expected an object"));
                };
                let id = match fields.remove("id") {
                    Some(Value::String(id)) if is_id(&id) => id,
                    _ => {
                        return Err(layout(
                            &place,
                            "expected an `id` of lower-case letters, digits and hyphens",
                        ));
                    }
                };
                if !ids.insert(id.clone()) {
                    return Err(layout(&place, &format!("the id {id:?} is taken already")));
                }
                items.push(Item { kind, id, fields });
            }
        }
        if let Some(unknown) = lists.keys().next() {
            let known: Vec<&str> = LISTS.iter().map(|(list, _)| *list).collect();
            return Err(layout(
                unknown,
                &format!("unknown list; known are {}", known.join(", ")),
            ));
        }
        Ok(Dossier { items })
    }

    /// Turns the items into records, in order, each sealed before the next may name it.
    ///
    /// # Errors
    ///
    /// [`DossierError::Item`] names the first item that can't be recorded.
    pub fn seal_all(self, surroundings: &mut dyn Surroundings) -> Result<(), DossierError> {
        let mut sealed = Sealed::default();
        for item in self.items {
            let (kind, id) = (item.kind, item.id.clone());
            sealed
                .seal(item, surroundings)
                .map_err(|problem| DossierError::Item {
                    kind,
                    id,
                    problem: Box::new(problem),
                })?;
        }
        Ok(())
    }
}

/// The items of a dossier that are records already.
#[derive(Default)]
struct Sealed {
    digests: HashMap<String, Digest>,
    /// Texts in which words were or may be looked for; `None` where there is none to look in.
    texts: HashMap<Digest, Option<ArticleText>>,
}

impl Sealed {
    fn seal(&mut self, item: Item, surroundings: &mut dyn Surroundings) -> Result<(), ItemProblem> {
        let mut fields = item.fields;
        let mut objects = Vec::new();
        let mut text = None;
        match item.kind {
            Kind::Article => {
                self.name_digest(&mut fields, "revises")?;
                let page = read_article(&mut fields, surroundings)?;
                text = Some(page.text.clone());
                objects = page.into_objects();
            }
            Kind::Source => {
                self.name_digests(&mut fields, "derivedFrom")?;
                let snapshot = read_snapshot(&mut fields, surroundings)?;
                if let Some(snapshot) = snapshot {
                    text = snapshot.text;
                    objects.push(snapshot.bytes);
                }
            }
            Kind::Claim => self.fill_claim(&mut fields, surroundings)?,
            Kind::Review => {
                self.name_digest(&mut fields, "subject")?;
                self.name_digest(&mut fields, "supersedes")?;
                self.name_digests_within(&mut fields, "evidence", "source")?;
                self.fill_evidence(&mut fields, surroundings)?;
            }
            Kind::Foreign => {
                for field in ["subject", "source"] {
                    self.name_digest(&mut fields, field)?;
                }
                if let Some(passage) = fields.get_mut("passage") {
                    if let Some(article) = passage.get_mut("article") {
                        self.name("passage.article", article)?;
                    }
                    *passage = self.locate("passage".to_owned(), passage, surroundings)?;
                }
            }
            _ => {
                for field in ["from", "to", "subject", "source", "withdraws"] {
                    self.name_digest(&mut fields, field)?;
                }
            }
        }
        let content = Content::from_json(item.kind, &Value::Object(fields))?;
        let draft = Draft {
            id: item.id.clone(),
            content,
            objects,
        };
        let digest = surroundings.seal(draft).map_err(ItemProblem::NotSealed)?;
        self.digests.insert(item.id, digest);
        self.texts.insert(digest, text);
        Ok(())
    }

    /// Puts the digest of the named item in place of its id.
    fn name(&self, field: &str, value: &mut Value) -> Result<(), ItemProblem> {
        let Value::String(name) = value else {
            return Err(shape(field, "expected an id or a digest"));
        };
        if let Some(digest) = self.digests.get(name.as_str()) {
            *name = digest.to_string();
        } else if name.parse::<Digest>().is_err() {
            return Err(shape(
                field,
                format!("{name:?} is neither the id of an item before nor a digest"),
            ));
        }
        Ok(())
    }

    fn name_digest(&self, fields: &mut Map<String, Value>, field: &str) -> Result<(), ItemProblem> {
        match fields.get_mut(field) {
            Some(value) => self.name(field, value),
            None => Ok(()),
        }
    }

    fn name_digests(
        &self,
        fields: &mut Map<String, Value>,
        field: &str,
    ) -> Result<(), ItemProblem> {
        for value in members_of(fields, field)? {
            self.name(field, value)?;
        }
        Ok(())
    }

    fn name_digests_within(
        &self,
        fields: &mut Map<String, Value>,
        list: &str,
        field: &str,
    ) -> Result<(), ItemProblem> {
        for member in members_of(fields, list)? {
            if let Some(value) = member.get_mut(field) {
                self.name(&format!("{list}.{field}"), value)?;
            }
        }
        Ok(())
    }

    fn fill_claim(
        &mut self,
        fields: &mut Map<String, Value>,
        surroundings: &dyn Surroundings,
    ) -> Result<(), ItemProblem> {
        self.name_digests_within(fields, "via", "source")?;
        self.name_digests_within(fields, "sources", "source")?;
        self.name_digests_within(fields, "appearances", "article")?;
        let mut first_exact = None;
        for (i, appearance) in members_of(fields, "appearances")?.iter_mut().enumerate() {
            let found = self.locate(format!("appearances[{i}]"), appearance, surroundings)?;
            first_exact.get_or_insert_with(|| found["exact"].clone());
            *appearance = found;
        }
        if let Some(exact) = first_exact {
            fields.entry("text").or_insert(exact);
        }
        Ok(())
    }

    fn locate(
        &mut self,
        place: String,
        appearance: &Value,
        surroundings: &dyn Surroundings,
    ) -> Result<Value, ItemProblem> {
        let request: AppearanceRequest =
            json::from_value(appearance).map_err(|error| shape(&place, error))?;
        let Some(text) = self.text_of(&request.article, &place, surroundings)? else {
            return Err(shape(&place, "there is no text of this article"));
        };
        let hint = Hint {
            occurrence: request.occurrence,
            prefix: request.prefix,
            suffix: request.suffix,
            start: request.start,
            end: request.end,
        };
        let found =
            anchor::locate(text, &request.exact, &hint).map_err(|error| ItemProblem::Anchor {
                place,
                error: Box::new(error.with_nearest(text)),
            })?;
        Ok(serde_json::to_value(found.in_article(request.article))
            .expect("an appearance has string keys"))
    }

    /// Finds the passages that a review quotes, where the source's snapshot is text.
    fn fill_evidence(
        &mut self,
        fields: &mut Map<String, Value>,
        surroundings: &dyn Surroundings,
    ) -> Result<(), ItemProblem> {
        fields
            .entry("evidence")
            .or_insert_with(|| Value::Array(Vec::new()));
        for (i, evidence) in members_of(fields, "evidence")?.iter_mut().enumerate() {
            let place = format!("evidence[{i}]");
            let (Some(exact), Some(source)) = (
                evidence.get("exact").and_then(Value::as_str),
                evidence.get("source").and_then(Value::as_str),
            ) else {
                continue;
            };
            let source: Digest = source.parse().map_err(|error| shape(&place, error))?;
            let Some(text) = self.text_of(&source, &place, surroundings)? else {
                continue;
            };
            let hint = Hint {
                start: evidence.get("start").and_then(Value::as_u64),
                end: evidence.get("end").and_then(Value::as_u64),
                ..Hint::default()
            };
            let found =
                anchor::locate(text, exact, &hint).map_err(|error| ItemProblem::Anchor {
                    place,
                    error: Box::new(error.with_nearest(text)),
                })?;
            evidence["exact"] = found.exact.into();
            evidence["start"] = found.start.into();
            evidence["end"] = found.end.into();
        }
        Ok(())
    }

    fn text_of(
        &mut self,
        record: &Digest,
        place: &str,
        surroundings: &dyn Surroundings,
    ) -> Result<Option<&ArticleText>, ItemProblem> {
        if !self.texts.contains_key(record) {
            let text = surroundings
                .text_of(record)
                .map_err(|problem| shape(place, problem))?;
            self.texts.insert(*record, text);
        }
        Ok(self.texts[record].as_ref())
    }
}

/// An appearance as an editor gives it.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct AppearanceRequest {
    article: Digest,
    exact: String,
    occurrence: Option<u64>,
    prefix: Option<String>,
    suffix: Option<String>,
    start: Option<u64>,
    end: Option<u64>,
}

fn read_article(
    fields: &mut Map<String, Value>,
    surroundings: &dyn Surroundings,
) -> Result<Page, ItemProblem> {
    for derived in ["text", "original"] {
        if fields.contains_key(derived) {
            return Err(shape(derived, "comes from `file`, leave it out"));
        }
    }
    let retrieved = take_retrieved(fields)?;
    let media_type = take_media_type(fields)?;
    let Some((name, bytes)) = take_file(fields, surroundings)? else {
        return Err(shape("file", "expected the file with the article's text"));
    };
    let known = Circumstances {
        name,
        media_type,
        url: fields.get("url").and_then(Value::as_str).map(str::to_owned),
        ..Circumstances::default()
    };
    let page = Page::read(bytes, &known)?;
    if !page.metadata.stated.is_empty() {
        (fields.entry("stated")).or_insert_with(|| to_value(&page.metadata.stated));
    }
    fields.insert("text".to_owned(), to_value(&page.text_field()));
    fields.insert(
        "original".to_owned(),
        to_value(&page.original_field(retrieved)),
    );
    Ok(page)
}

/// A source's snapshot, and its text if it is one.
struct SnapshotFile {
    bytes: Vec<u8>,
    text: Option<ArticleText>,
}

fn read_snapshot(
    fields: &mut Map<String, Value>,
    surroundings: &dyn Surroundings,
) -> Result<Option<SnapshotFile>, ItemProblem> {
    if fields.contains_key("snapshot") {
        return Err(shape("snapshot", "comes from `file`, leave it out"));
    }
    let retrieved = take_retrieved(fields)?;
    let media_type = take_media_type(fields)?;
    let Some((name, bytes)) = take_file(fields, surroundings)? else {
        return match media_type.is_some() || retrieved.is_some() {
            true => Err(shape("file", "expected the file that was retrieved")),
            false => Ok(None),
        };
    };
    page::check_len(&bytes)?;
    // What was not read is absent: unknown.
    let credentials = Image::of(&bytes).and_then(|image| credentials::read(&image, None).ok());
    let snapshot = Snapshot {
        digest: Digest::of(&bytes),
        media_type: media_type.unwrap_or_else(|| page::media_type_of(&name, &bytes)),
        size: bytes.len() as u64,
        retrieved,
        credentials,
    };
    fields.insert("snapshot".to_owned(), to_value(&snapshot));
    let text = match snapshot.media_type.as_str() {
        text::MEDIA_TYPE => ArticleText::normalize(&bytes).ok(),
        _ => None,
    };
    Ok(Some(SnapshotFile { bytes, text }))
}

fn take_file(
    fields: &mut Map<String, Value>,
    surroundings: &dyn Surroundings,
) -> Result<Option<(String, Vec<u8>)>, ItemProblem> {
    let Some(file) = take_string(fields, "file")? else {
        return Ok(None);
    };
    match surroundings.file(&file) {
        Ok(bytes) => Ok(Some((file, bytes))),
        Err(problem) => Err(ItemProblem::File { file, problem }),
    }
}

fn take_retrieved(fields: &mut Map<String, Value>) -> Result<Option<Timestamp>, ItemProblem> {
    take_string(fields, "retrieved")?
        .map(|time| time.parse().map_err(|error| shape("retrieved", error)))
        .transpose()
}

fn take_media_type(fields: &mut Map<String, Value>) -> Result<Option<MediaType>, ItemProblem> {
    let media_type = take_string(fields, "mediaType")?;
    Ok(media_type.map(MediaType::try_from).transpose()?)
}

fn take_string(
    fields: &mut Map<String, Value>,
    field: &str,
) -> Result<Option<String>, ItemProblem> {
    match fields.remove(field) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(shape(field, "expected a string")),
    }
}

fn members_of<'a>(
    fields: &'a mut Map<String, Value>,
    field: &str,
) -> Result<&'a mut [Value], ItemProblem> {
    match fields.get_mut(field) {
        None => Ok(&mut []),
        Some(Value::Array(members)) => Ok(members),
        Some(_) => Err(shape(field, "expected a list")),
    }
}

fn shape(field: &str, problem: impl ToString) -> ItemProblem {
    ItemProblem::Shape {
        field: field.to_owned(),
        problem: problem.to_string(),
    }
}

fn to_value<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("a field of a record has string keys")
}

fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && !id.starts_with('-')
        && id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// TOML as JSON: its dates become the strings that they were written as.
fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(n) => Value::from(n),
        toml::Value::Float(n) => Value::from(n),
        toml::Value::Boolean(truth) => Value::Bool(truth),
        toml::Value::Datetime(time) => Value::String(time.to_string()),
        toml::Value::Array(items) => items.into_iter().map(from_toml).collect(),
        toml::Value::Table(table) => table
            .into_iter()
            .map(|(key, value)| (key, from_toml(value)))
            .collect(),
    }
}
