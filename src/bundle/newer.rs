//! What a newer ledger says that a bundle does not.

use std::collections::BTreeSet;

use super::{Bundle, GatherError, Standing, gather};
use crate::canonical::{Digest, Timestamp};
use crate::log::{Checkpoint, Entry, Frontier, VerifierKey, leaf_hash};
use crate::record::{Content, Record};
use crate::sign::Did;
use crate::store::{Object, Read, StoreError, each_entry};
use crate::verify::closure::ClosureError;

/// More statements than this are counted, not listed.
const MAX_LISTED: usize = 1000;

/// How a bundle compares with a newer ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The ledger continues the log as the bundle knows it.
    Continued(Newer),
    /// It has fewer entries than the bundle speaks of.
    Older { size: u64 },
    /// It is another log, or the same with another history.
    Contradicted(String),
}

/// What the newer ledger adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Newer {
    pub size: u64,
    /// When its last entry was recorded; absent if there is none since the bundle.
    pub recorded: Option<Timestamp>,
    /// Records since then that speak of what is in the bundle.
    pub later: Vec<Statement>,
    /// Entries since then whose records can't be read here, and might speak of it.
    pub unread: Vec<Statement>,
    /// Records from before that belong into the bundle and are not in it. Only a ledger with look-ups tells.
    pub left_out: Vec<Statement>,
    /// Whether there were look-ups to tell.
    pub left_out_checked: bool,
}

/// A record that says something about another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub index: u64,
    pub kind: String,
    pub digest: Digest,
}

impl Newer {
    /// Tells whether the ledger says more than the bundle.
    pub fn says_more(&self) -> bool {
        !(self.later.is_empty() && self.left_out.is_empty())
    }

    /// Tells whether the bundle says all that the ledger says.
    pub fn is_current(&self) -> bool {
        !self.says_more() && self.unread.is_empty()
    }
}

/// Compares a bundle that was checked with a ledger that should continue the same log.
///
/// The ledger is not believed: its tree of the bundle's size must have the bundle's root, and with all entries
/// since then lead to the root of its own signed checkpoint. The cost grows with these entries.
///
/// # Errors
///
/// [`GatherError`] if the ledger can't be read.
pub fn compare(
    bundle: &Bundle,
    standing: &Standing,
    log_key: &VerifierKey,
    ledger: &dyn Read,
) -> Result<Comparison, GatherError> {
    let (_, note) = ledger.last_checkpoint()?.ok_or(GatherError::NoCheckpoint)?;
    let checkpoint = match Checkpoint::open(&note, log_key) {
        Ok(checkpoint) => checkpoint,
        Err(error) => return Ok(Comparison::Contradicted(error.to_string())),
    };
    let size = checkpoint.size();
    if size < standing.size {
        return Ok(Comparison::Older { size });
    }
    let mut frontier: Frontier =
        Frontier::read(standing.size, &ledger).map_err(|error: StoreError| error)?;
    if frontier.root() != standing.root {
        return Ok(Comparison::Contradicted(format!(
            "its first {} entries are others: root {}",
            standing.size,
            frontier.root()
        )));
    }
    let mut reading = Reading::new(bundle);
    let mut recorded = None;
    for stored in each_entry(ledger, frontier.size()..size) {
        let stored = stored?;
        frontier
            .push(leaf_hash(&stored.bytes))
            .map_err(StoreError::from)?;
        let entry = match Entry::parse(&stored.bytes) {
            Ok(entry) if entry.record == stored.record => entry,
            _ => {
                let index = stored.index;
                return Ok(Comparison::Contradicted(format!(
                    "its entry {index} is not in its form"
                )));
            }
        };
        recorded = Some(entry.recorded);
        reading.note(entry, &stored.object);
    }
    if frontier.size() < size {
        let index = frontier.size();
        return Err(ClosureError::NoEntry { index }.into());
    }
    if frontier.root() != checkpoint.root() {
        return Ok(Comparison::Contradicted(format!(
            "its entries do not have the root that it signed: {}",
            frontier.root()
        )));
    }
    Ok(Comparison::Continued(Newer {
        size,
        recorded,
        later: reading.later,
        unread: reading.unread,
        left_out: match ledger.has_look_ups() {
            true => left_out(bundle, standing, ledger)?,
            false => Vec::new(),
        },
        left_out_checked: ledger.has_look_ups(),
    }))
}

/// Picks out what concerns a bundle.
struct Reading {
    records: BTreeSet<Digest>,
    signers: BTreeSet<Did>,
    later: Vec<Statement>,
    unread: Vec<Statement>,
}

impl Reading {
    fn new(bundle: &Bundle) -> Self {
        let entries = bundle.items.iter().map(|item| &item.stored);
        Reading {
            records: entries.clone().map(|stored| stored.record).collect(),
            signers: entries
                .filter_map(|stored| Entry::parse(&stored.bytes).ok())
                .map(|entry| entry.proof.key)
                .collect(),
            later: Vec::new(),
            unread: Vec::new(),
        }
    }

    fn note(&mut self, entry: Entry, object: &Object) {
        let record = match object {
            Object::Present(bytes) if Digest::of(bytes) == entry.record => {
                Record::parse(bytes).ok()
            }
            _ => None,
        };
        let list = match record {
            Some(record) if self.concerns(&record.content) => {
                // What speaks of a later review speaks of the bundle's subject too.
                self.records.insert(entry.record);
                &mut self.later
            }
            Some(_) => return,
            // By its kind, which is signed, it can't speak of another record.
            None if ["claim", "source"].contains(&entry.kind.as_str()) => return,
            None => &mut self.unread,
        };
        if list.len() < MAX_LISTED {
            list.push(Statement {
                index: entry.index,
                kind: entry.kind,
                digest: entry.record,
            });
        }
    }

    fn concerns(&self, content: &Content) -> bool {
        match content {
            // A claim from the same article, or with the same source, says nothing of this one.
            Content::Claim(_) | Content::Source(_) => false,
            Content::Revocation(revocation) => self.signers.contains(&revocation.key),
            Content::Erasure(erasure) => self.records.contains(&erasure.subject),
            content => (content.references().iter())
                .any(|reference| self.records.contains(&reference.record)),
        }
    }
}

/// Gathers the bundle anew, and returns what the other has not, of what was recorded before it.
fn left_out(
    bundle: &Bundle,
    standing: &Standing,
    ledger: &dyn Read,
) -> Result<Vec<Statement>, GatherError> {
    let anew = gather(ledger, standing.record.index)?;
    let has = |index: u64| bundle.items.iter().any(|item| item.stored.index == index);
    let missing = (anew.items.iter())
        .map(|item| &item.stored)
        .filter(|stored| stored.index < standing.size && !has(stored.index));
    Ok(missing
        .filter_map(|stored| Entry::parse(&stored.bytes).ok())
        .map(|entry| Statement {
            index: entry.index,
            kind: entry.kind,
            digest: entry.record,
        })
        .collect())
}
