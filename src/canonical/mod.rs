//! Which bytes: the one written form of everything that is hashed.
//!
//! JSON in the restricted RFC 8785 form of `docs/spec/canonical.md`, SHA-256 digests, article text
//! under the `text/1` normaliser, times, and what searching compares. The lowest layer: it knows nothing of keys, records or
//! logs, and does no I/O.

pub mod date;
pub mod digest;
pub mod fold;
pub mod json;
pub mod mark;
mod named;
pub mod text;
pub(crate) mod text_form;
pub mod time;

pub use date::Date;
pub use digest::{Digest, DigestPrefix};
pub use json::JsonError;
pub use text::ArticleText;
pub use time::Timestamp;
