//! What each fuzz target does with bytes that anybody may have sent.
//!
//! A target says more than "does not panic": what is accepted is written again as the same bytes, and
//! what is verified by the log's key is what the log signed. The fuzzer runs these functions
//! (`fuzz_targets/`), and so does `cargo test --test fuzz_corpus`, which needs no fuzzer.

mod formats;
mod intake;
mod ledgers;
mod log;

pub use formats::{canonical_json, dossier, entry, key_file, line_values, record, signed_records};
pub use intake::{html, import, markdown, quotes, warc};
pub use ledgers::{GENUINE, ledger_file, look_ups, proof_bundle};
pub use log::{add_checkpoint, checkpoint, policy, signed_note, tile, tlog_proof};

/// A target: its name, which is that of its corpus too, and what it does.
pub type Target = (&'static str, fn(&[u8]));

/// All targets, in the order in which what is said travels.
pub const TARGETS: [Target; 21] = [
    ("canonical_json", canonical_json),
    ("line_values", line_values),
    ("key_file", key_file),
    ("html", html),
    ("markdown", markdown),
    ("warc", warc),
    ("quotes", quotes),
    ("import", import),
    ("record", record),
    ("dossier", dossier),
    ("signed_records", signed_records),
    ("entry", entry),
    ("signed_note", signed_note),
    ("checkpoint", checkpoint),
    ("tlog_proof", tlog_proof),
    ("policy", policy),
    ("add_checkpoint", add_checkpoint),
    ("tile", tile),
    ("proof_bundle", proof_bundle),
    ("ledger_file", ledger_file),
    ("look_ups", look_ups),
];
