//! A provenance and fact-check ledger: who checked this sentence, against what, and has the record been
//! changed since?
//!
//! The modules are layers; imports go strictly downward (`tests/architecture.rs`). From the bottom:
//! [`canonical`] which bytes, [`sign`] who said it, [`record`] what is said, [`log`] in what order,
//! [`store`] where it is kept, [`ingest`] from a page to a record, [`rules`] who may say what,
//! [`witness`] for other ledgers, [`verify`] the audit, [`search`] for altered words, [`writer`] the only writer,
//! [`bundle`] what a reader can check alone, [`exchange`] other people's formats, [`site`] the reader's pages,
//! [`publish`] static files, [`serve`] the same over HTTP, [`cli`] the commands. `docs/architecture.md` follows one
//! claim through all of them.

pub mod bundle;
pub mod canonical;
pub mod cli;
pub mod exchange;
pub mod ingest;
pub mod log;
pub mod publish;
pub mod record;
pub mod rules;
pub mod search;
pub mod serve;
pub mod sign;
pub mod site;
pub mod store;
pub mod verify;
pub mod witness;
pub mod writer;
