//! What a record points at: other records by digest, and objects that it needs.

use super::{Kind, MediaType};
use crate::canonical::Digest;

/// A record named by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The field of the content in which the digest stands.
    pub field: &'static str,
    pub record: Digest,
    /// The kinds of record that fit there.
    pub kinds: &'static [Kind],
}

/// An object that a record needs beside itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ObjectUse<'a> {
    /// The field of the content in which it stands.
    pub field: &'static str,
    pub digest: Digest,
    pub media_type: &'a MediaType,
    /// The object's length in bytes.
    pub size: u64,
}
