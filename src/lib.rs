//! A provenance and fact-check ledger: who checked this sentence, against what, and has the record been
//! changed since?
//!
//! The modules are layers; imports go strictly downward (`tests/architecture.rs`). From the bottom:
//! [`canonical`] which bytes, [`sign`] who said it, `record` what is said, [`log`] in what order,
//! `store` where it is kept, `rules` who may say what, `verify` the audit, `writer` the only writer.
//! `docs/architecture.md` follows one claim through all of them.

pub mod canonical;
pub mod log;
pub mod sign;
