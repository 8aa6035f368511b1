//! What a reader can check alone: one record with everything that it rests on and that was said about it.
//!
//! A [`Bundle`] is a small part of a ledger: entries with their records, each with the proof that it is in
//! the tree under one signed checkpoint. It holds all that the rules need to judge these records,
//! so the same rules are folded over it as over the whole ledger. `ledger prove` writes it into a
//! file, `ledger check` checks it, from a file or made on the spot from a ledger.
//!
//! Follows `docs/spec/bundle.md`. A bundle speaks as of its checkpoint. That nothing was left out of it, and
//! nothing recorded since, it can't show: see [`compare`].

mod back;
mod beside;
mod check;
mod file;
mod gather;
mod look_ups;
mod newer;
mod notice;
mod standing;

use crate::canonical::Digest;
use crate::log::{Hash, SignedNote, WitnessKey};
use crate::store::StoredEntry;

pub use back::LookedBack;
pub use beside::Beside;
pub use check::{CheckError, LogTrust, Trust, check};
pub use file::{FormError, MAX_BUNDLE_LEN};
pub use gather::{GatherError, MAX_ITEMS, cosigned_checkpoint, gather};
pub use look_ups::{LaterVersion, MAX_VERSIONS, claims_in, compare_look_ups, later_versions};
pub use newer::{Comparison, Newer, Statement, compare};
pub use notice::Notice;
pub use standing::{Aspect, Attestation, Cosigned, Outcome, Standing, Step};

/// A part of a ledger that speaks of one record. Nothing in it is checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// The record that it is about.
    pub subject: Digest,
    /// Entries in the order of the log. The first is the ledger's first, which names the log's key.
    pub items: Vec<Item>,
    /// The last entry under the checkpoint: it tells as of when the bundle speaks.
    pub last: Item,
    /// The signed note, with the lines of witnesses.
    pub checkpoint: SignedNote,
    /// The keys of the witnesses that cosigned it, as whoever made the bundle knows them.
    pub witnesses: Vec<WitnessKey>,
}

/// An entry, its record, and the proof that the entry is in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The record's bytes are [`Erased`](crate::store::Object::Erased) where the bundle has none.
    pub stored: StoredEntry,
    /// The audit path under the bundle's checkpoint, from the leaf's sibling upwards.
    pub path: Vec<Hash>,
}
