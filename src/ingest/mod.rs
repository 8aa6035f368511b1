//! From what an editor has in hand to what a record needs.
//!
//! A page (HTML, Markdown, plain text, WARC) becomes an article's text and original, and what it says of itself; quoted
//! words become an anchor in that text; a dossier becomes a list of records; of an image, what its Content Credentials
//! say. Nothing is guessed: what is ambiguous or absent is refused with what was found. Files are read by the caller.

pub mod anchor;
pub mod charset;
pub mod credentials;
pub mod dossier;
pub mod html;
pub mod image;
pub mod json_ld;
mod markdown;
pub mod metadata;
pub mod page;
pub mod quotes;
pub mod version;
pub mod warc;

pub use anchor::{AnchorError, Hint};
pub use dossier::{Dossier, DossierError, Draft};
pub use metadata::Metadata;
pub use page::{Circumstances, Page, PageError};
