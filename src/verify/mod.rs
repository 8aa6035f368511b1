//! The audit: every hash, link, signature, right and rule of a ledger, rechecked from its bytes.
//!
//! A *finding* says that the ledger is wrong; a [`StoreError`](crate::store::StoreError) says that we could
//! not look. Findings are collected, never stopped at. The same checks run before anything is
//! appended, so that nothing enters that an audit would reject.
//!
//! - [`examine`]: what can be said of one entry alone, on all cores, signatures in batches;
//! - [`fold`]: what depends on the entries before it, in order: chain, tree, clock, rules;
//! - [`anchors`]: whether quoted words stand where the record says;
//! - `nodes`: whether the stored Merkle hashes are those of the entries;
//! - [`objects`]: whether what records need is there, whole, or lawfully gone;
//! - [`cosignatures`]: whether witnesses signed what is said, and what their times contradict;
//! - [`history`]: whether the ledger continues what an auditor saw before;
//! - [`closure`]: on what the judging of some records rests;
//! - `resume`: what is new, after an audit before;
//! - `derived`: whether the look-ups are those that follow from the entries;
//! - [`audit`](mod@audit): both over a whole ledger, and what is stored beside the entries.

pub mod anchors;
pub mod audit;
pub mod closure;
pub mod cosignatures;
mod derived;
pub mod examine;
pub mod finding;
pub mod fold;
pub mod history;
mod nodes;
pub mod objects;
mod pipeline;
mod resume;

pub use audit::{Options, Progress, Scope, audit};
pub use cosignatures::Witnessed;
pub use finding::{Check, Code, Finding, Report};
pub use history::{Evidence, Held};
