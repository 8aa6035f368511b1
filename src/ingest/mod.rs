//! From what an editor has in hand to what a record needs.
//!
//! A page or a text file becomes an article's text and original; quoted words become an anchor in that
//! text; a dossier becomes a list of records. Nothing is guessed: what is ambiguous or absent is
//! refused with what was found. Files are read by the caller.

pub mod anchor;
pub mod dossier;
pub mod page;

pub use anchor::{AnchorError, Hint};
pub use dossier::{Dossier, DossierError, Draft};
pub use page::{Page, PageError};
