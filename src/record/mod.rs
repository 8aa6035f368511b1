//! What is said: records, one file per kind.
//!
//! A record is an envelope (whose statement, for which ledger, when) around a content that depends on
//! the kind. Parsing gives types that cannot be wrong in themselves; whether a record may stand at
//! its place in a ledger is for [`rules`](crate::rules). This module knows nothing of the log.
//!
//! Follows `docs/spec/record.md`; `schemas/` holds the same as JSON Schema.

mod field;
mod kind;
mod reference;
pub(crate) mod vocabulary;

pub mod approval;
pub mod article;
pub mod claim;
pub mod consent;
pub mod correction;
pub mod credentials;
pub mod disclosure;
pub mod erasure;
pub mod foreign;
pub mod key;
pub mod ledger;
pub mod observation;
pub mod policy;
pub mod relation;
pub mod response;
pub mod review;
pub mod revocation;
pub mod signed;
pub mod source;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::canonical::{Digest, JsonError, Timestamp, json};
use crate::sign::Did;

pub use approval::Approval;
pub use article::Article;
pub use claim::Claim;
pub use consent::Consent;
pub use correction::Correction;
pub use credentials::Credentials;
pub use disclosure::Disclosure;
pub use erasure::Erasure;
pub use field::{FieldError, Language, Line, MediaType, Origin, Prose, Salt, Token, Url};
pub use foreign::Foreign;
pub use key::Key;
pub use kind::Kind;
pub use ledger::Ledger;
pub use observation::Observation;
pub use policy::Policy;
pub use reference::{ObjectUse, Reference};
pub use relation::Relation;
pub use response::Response;
pub use review::Review;
pub use revocation::Revocation;
pub use source::Source;

/// Longest record, in bytes of canonical JSON.
pub const MAX_RECORD_LEN: usize = 1 << 20;

/// Largest object (article text, original page, snapshot), in bytes.
pub const MAX_OBJECT_LEN: usize = 64 << 20;

/// A statement by an editor.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The ledger for which it was signed: it can't be replayed in another.
    pub ledger: Origin,
    /// Whose statement it is.
    pub editor: Did,
    /// When it was made, by the editor's clock.
    pub created: Timestamp,
    /// Random, so that an erased record can't be guessed back from its hash.
    pub salt: Salt,
    pub content: Content,
}

/// What a record says, by kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Content {
    Ledger(Ledger),
    Key(Key),
    Revocation(Revocation),
    Policy(Policy),
    Erasure(Erasure),
    Article(Article),
    Source(Source),
    Claim(Claim),
    Review(Review),
    Approval(Approval),
    Correction(Correction),
    Relation(Relation),
    Response(Response),
    Foreign(Foreign),
    Observation(Observation),
    Disclosure(Disclosure),
    Consent(Consent),
}

/// Why bytes are not a record of this version of the format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    #[error("a record has at most {MAX_RECORD_LEN} bytes, found {len}")]
    TooLong { len: usize },
    #[error("{0}")]
    Json(#[from] JsonError),
    #[error("unknown kind of record {kind:?}; known are {}", Kind::names())]
    UnknownKind { kind: String },
    #[error("unknown version {version} of kind {kind:?}; this program knows version {}", kind.version())]
    UnknownVersion { kind: Kind, version: u64 },
}

impl RecordError {
    /// Tells whether a newer program might accept what this one does not know.
    pub fn is_unknown_to_this_version(&self) -> bool {
        matches!(
            self,
            RecordError::UnknownKind { .. } | RecordError::UnknownVersion { .. }
        )
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ParsedEnvelope<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    version: u64,
    ledger: Origin,
    editor: Did,
    created: Timestamp,
    salt: Salt,
    #[serde(borrow)]
    content: &'a RawValue,
}

/// Only what decides how to read the rest, of an envelope that is not ours.
#[derive(Deserialize)]
struct Label<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    version: u64,
}

#[derive(Serialize)]
struct WrittenEnvelope<'a> {
    r#type: Kind,
    version: u64,
    ledger: &'a Origin,
    editor: Did,
    created: Timestamp,
    salt: Salt,
    content: &'a Content,
}

fn known_kind(name: &str, version: u64) -> Result<Kind, RecordError> {
    let kind: Kind = name.parse().map_err(|_| RecordError::UnknownKind {
        kind: name.chars().take(40).collect(),
    })?;
    match version == kind.version() {
        true => Ok(kind),
        false => Err(RecordError::UnknownVersion { kind, version }),
    }
}

impl Record {
    /// Reads a record from its canonical bytes.
    ///
    /// # Errors
    ///
    /// [`RecordError`] names the field, or the kind or version that this program does not know.
    pub fn parse(bytes: &[u8]) -> Result<Self, RecordError> {
        if bytes.len() > MAX_RECORD_LEN {
            return Err(RecordError::TooLong { len: bytes.len() });
        }
        json::check(bytes)?;
        let envelope: ParsedEnvelope<'_> = match json::from_checked(bytes) {
            Ok(envelope) => envelope,
            // Another kind or version may have another envelope.
            Err(error) => {
                let label: Label<'_> = json::from_checked(bytes)?;
                known_kind(&label.r#type, label.version)?;
                return Err(error.into());
            }
        };
        let kind = known_kind(&envelope.r#type, envelope.version)?;
        Ok(Record {
            ledger: envelope.ledger,
            editor: envelope.editor,
            created: envelope.created,
            salt: envelope.salt,
            content: Content::parse(kind, envelope.content.get())?,
        })
    }

    /// Returns the kind of the record.
    pub fn kind(&self) -> Kind {
        self.content.kind()
    }

    /// Writes the record in canonical form: the bytes that are stored, hashed and signed.
    ///
    /// # Errors
    ///
    /// [`RecordError::TooLong`] beyond [`MAX_RECORD_LEN`], and [`RecordError::Json`] if a string is not
    /// in NFC or holds U+0000.
    pub fn to_bytes(&self) -> Result<Vec<u8>, RecordError> {
        let bytes = json::to_vec(&WrittenEnvelope {
            r#type: self.kind(),
            version: self.kind().version(),
            ledger: &self.ledger,
            editor: self.editor,
            created: self.created,
            salt: self.salt,
            content: &self.content,
        })?;
        if bytes.len() > MAX_RECORD_LEN {
            return Err(RecordError::TooLong { len: bytes.len() });
        }
        Ok(bytes)
    }
}

impl Content {
    /// Reads the content of a record of this kind from a JSON value that was put together elsewhere.
    ///
    /// # Errors
    ///
    /// [`RecordError::Json`] names the field.
    pub fn from_json(kind: Kind, value: &serde_json::Value) -> Result<Self, RecordError> {
        let bytes = json::to_vec(value)?;
        let text = std::str::from_utf8(&bytes).expect("JSON is written in UTF-8");
        Self::parse(kind, text)
    }

    /// Reads the content of a record of this kind from canonical JSON.
    ///
    /// # Errors
    ///
    /// [`RecordError::Json`] names the field.
    fn parse(kind: Kind, json: &str) -> Result<Self, RecordError> {
        fn read<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T, RecordError> {
            json::from_checked(json.as_bytes()).map_err(|error| RecordError::Json(within(error)))
        }
        Ok(match kind {
            Kind::Ledger => Content::Ledger(read(json)?),
            Kind::Key => Content::Key(read(json)?),
            Kind::Revocation => Content::Revocation(read(json)?),
            Kind::Policy => Content::Policy(read(json)?),
            Kind::Erasure => Content::Erasure(read(json)?),
            Kind::Article => Content::Article(read(json)?),
            Kind::Source => Content::Source(read(json)?),
            Kind::Claim => Content::Claim(read(json)?),
            Kind::Review => Content::Review(read(json)?),
            Kind::Approval => Content::Approval(read(json)?),
            Kind::Correction => Content::Correction(read(json)?),
            Kind::Relation => Content::Relation(read(json)?),
            Kind::Response => Content::Response(read(json)?),
            Kind::Foreign => Content::Foreign(read(json)?),
            Kind::Observation => Content::Observation(read(json)?),
            Kind::Disclosure => Content::Disclosure(read(json)?),
            Kind::Consent => Content::Consent(read(json)?),
        })
    }

    /// Returns the kind of record that has this content.
    pub fn kind(&self) -> Kind {
        match self {
            Content::Ledger(_) => Kind::Ledger,
            Content::Key(_) => Kind::Key,
            Content::Revocation(_) => Kind::Revocation,
            Content::Policy(_) => Kind::Policy,
            Content::Erasure(_) => Kind::Erasure,
            Content::Article(_) => Kind::Article,
            Content::Source(_) => Kind::Source,
            Content::Claim(_) => Kind::Claim,
            Content::Review(_) => Kind::Review,
            Content::Approval(_) => Kind::Approval,
            Content::Correction(_) => Kind::Correction,
            Content::Relation(_) => Kind::Relation,
            Content::Response(_) => Kind::Response,
            Content::Foreign(_) => Kind::Foreign,
            Content::Observation(_) => Kind::Observation,
            Content::Disclosure(_) => Kind::Disclosure,
            Content::Consent(_) => Kind::Consent,
        }
    }

    /// Returns the records that this one names, each with the kinds that fit there.
    ///
    /// A revocation names a key and an erasure may name an object; those are not listed here.
    pub fn references(&self) -> Vec<Reference> {
        match self {
            Content::Article(article) => article.references(),
            Content::Source(source) => source.references(),
            Content::Claim(claim) => claim.references(),
            Content::Review(review) => review.references(),
            Content::Approval(approval) => approval.references(),
            Content::Correction(correction) => correction.references(),
            Content::Relation(relation) => relation.references(),
            Content::Response(response) => response.references(),
            Content::Foreign(foreign) => foreign.references(),
            Content::Observation(observation) => observation.references(),
            Content::Disclosure(disclosure) => disclosure.references(),
            Content::Consent(consent) => consent.references(),
            Content::Ledger(_)
            | Content::Key(_)
            | Content::Revocation(_)
            | Content::Policy(_)
            | Content::Erasure(_) => Vec::new(),
        }
    }

    /// Tells whether this record says something about another, rather than using it.
    pub fn speaks_of(&self, subject: &Digest) -> bool {
        match self {
            Content::Review(review) => review.subject == *subject,
            Content::Approval(approval) => approval.review == *subject,
            Content::Correction(correction) => {
                correction.subject == *subject || correction.replacement == Some(*subject)
            }
            Content::Relation(relation) => [relation.from, relation.to].contains(subject),
            Content::Response(response) => response.subject == *subject,
            Content::Foreign(foreign) => foreign.subject == Some(*subject),
            Content::Observation(observation) => observation.subject == *subject,
            Content::Disclosure(disclosure) => disclosure.subject == *subject,
            Content::Consent(consent) => {
                consent.subject == *subject || consent.withdraws == Some(*subject)
            }
            Content::Erasure(erasure) => erasure.subject == *subject,
            Content::Article(article) => article.revises == Some(*subject),
            _ => false,
        }
    }

    /// Returns the objects that this record needs beside itself.
    pub fn objects(&self) -> Vec<ObjectUse<'_>> {
        match self {
            Content::Article(article) => article.objects(),
            Content::Source(source) => source.objects(),
            _ => Vec::new(),
        }
    }

    /// Returns what the record says in words, by which people look for it.
    pub fn wording(&self) -> Option<&str> {
        match self {
            Content::Article(article) => Some(article.headline.as_str()),
            Content::Source(source) => Some(source.title.as_str()),
            Content::Claim(claim) => Some(claim.text.as_str()),
            Content::Foreign(foreign) => Some(foreign.statement.as_str()),
            _ => None,
        }
    }

    /// Writes the content alone as a JSON value, for showing it.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("every content is an object with string keys")
    }
}

/// Says that a field lies within the content.
fn within(error: JsonError) -> JsonError {
    match error {
        JsonError::Unexpected { path, message } => JsonError::Unexpected {
            path: match path.as_str() {
                "" | "." => "content".to_owned(),
                path => format!("content.{path}"),
            },
            message,
        },
        other => other,
    }
}
