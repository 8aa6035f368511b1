//! A signed record: a record and its proof in one document, as other people's tools verify it.
//!
//! Follows `docs/spec/signature.md`; `schemas/signed-record.schema.json` holds the same. The record is what is left when the
//! member `proof` is taken out, and its bytes are the canonical form of that.

use serde_json::{Map, Value, json};

use crate::canonical::{JsonError, json};
use crate::sign::Proof;

/// Puts the proof into the record.
///
/// # Errors
///
/// [`JsonError`] if the record's bytes are not a canonical JSON object.
pub fn join(record: &[u8], proof: &Proof) -> Result<Value, JsonError> {
    let mut document: Map<String, Value> = json::from_canonical(record)?;
    document.insert("proof".to_owned(), json!([proof]));
    Ok(Value::Object(document))
}

/// Takes a document apart into the record's bytes and the proof. Neither is checked yet, nor that they belong together.
///
/// # Errors
///
/// [`JsonError`] if the document is not canonical, or has no list of one proof.
pub fn split(document: &[u8]) -> Result<(Vec<u8>, Proof), JsonError> {
    let mut members: Map<String, Value> = json::from_canonical(document)?;
    let proof = members.remove("proof").unwrap_or_default();
    let proof = match proof.as_array().map(Vec::as_slice) {
        Some([proof]) => json::from_value(proof)?,
        _ => {
            return Err(JsonError::Unexpected {
                path: "proof".to_owned(),
                message: "expected a list of one proof".to_owned(),
            });
        }
    };
    Ok((json::to_vec(&members)?, proof))
}
