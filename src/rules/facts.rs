//! What the rules remember: of the ledger, of each key, of each record.
//!
//! The fields stand in the order of their names in JSON, so that facts are written in canonical form as they are.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::canonical::{Date, Digest, Timestamp, json};
use crate::log::VerifierKey;
use crate::record::key::Role;
use crate::record::{Kind, Line, Origin};
use crate::sign::Did;
use crate::store::{Read, StoreError};

/// The ledger as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LedgerFacts {
    /// How many other editors must approve a review that is recorded now.
    pub approvals: u8,
    /// Whether a record that may have needed objects was erased: then it can't be told any more which.
    pub erased_work: bool,
    /// The C2SP verifier key of the log.
    pub log_key: Line,
    pub name: Line,
    pub origin: Origin,
    /// When the last entry was recorded.
    pub recorded: Timestamp,
    /// Number of entries folded in.
    pub size: u64,
}

impl LedgerFacts {
    /// Tells whether a key is the log's own, which has no other use.
    pub fn is_log_key(&self, key: &[u8; 32]) -> bool {
        let log = self.log_key.as_str().parse::<VerifierKey>();
        log.is_ok_and(|log| log.public().as_bytes() == key)
    }
}

/// A key that is or was enrolled. All numbers are indexes of entries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignerFacts {
    /// Where it was enrolled last, with another role or holder.
    pub changed: u64,
    /// Where it was enrolled first; it signs from the next entry on.
    pub enrolled: u64,
    /// The first of all keys that its holder had, if this one replaces another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Did>,
    /// The holder's name; the founding owners have none until their keys are enrolled by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<Line>,
    /// The holder's key before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Did>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<u64>,
    pub role: Role,
}

/// A record. All numbers are indexes of entries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Subject {
    /// The last correction that is no retraction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<u64>,
    /// The last review of it that has the approvals it needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_review: Option<u64>,
    pub editor: Did,
    /// The erasure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<u64>,
    pub index: u64,
    pub kind: Kind,
    /// The last review of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latest_review: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retracted: Option<u64>,
    /// What else is known of a review.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewFacts>,
    /// Whether the record could not be read when it was folded in.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unread: bool,
}

/// A review and its approvals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReviewFacts {
    /// The first key of each editor who approved it.
    pub approved_by: Vec<Did>,
    /// How many approvals the policy asked for when it was recorded.
    pub needed: u8,
    /// When its subject is to be looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review_by: Option<Date>,
    pub subject: Digest,
}

/// An object beside the records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ObjectFacts {
    /// A record needs it.
    pub needed: bool,
    /// An erasure names it.
    pub erased: bool,
}

fn is_false(value: &bool) -> bool {
    !value
}

impl SignerFacts {
    /// An owner named by the founding record.
    pub(super) fn founding_owner() -> Self {
        SignerFacts {
            role: Role::Owner,
            holder: None,
            enrolled: 0,
            first: None,
            changed: 0,
            revoked: None,
            replaces: None,
        }
    }
}

impl Subject {
    pub(super) fn new(index: u64, kind: Kind, editor: Did, read: bool) -> Self {
        Subject {
            index,
            kind,
            editor,
            unread: !read,
            erased: None,
            latest_review: None,
            decided_review: None,
            corrected: None,
            retracted: None,
            review: None,
        }
    }

    /// Reads the facts that a store keeps.
    ///
    /// # Errors
    ///
    /// [`StoreError::Stale`] if they are not what this program derives.
    pub fn from_facts(facts: &str) -> Result<Self, StoreError> {
        read(facts, "subject")
    }

    /// Looks up what is known of the record of the entry at `index`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the facts can't be read.
    pub fn at(store: &dyn Read, index: u64) -> Result<Option<Self>, StoreError> {
        let facts = store.subject_facts(index)?;
        facts.map(|facts| Self::from_facts(&facts)).transpose()
    }

    /// Tells whether it was neither retracted nor erased.
    pub fn stands(&self) -> bool {
        self.retracted.is_none() && !self.is_erased()
    }

    /// Tells whether its bytes are gone, lawfully or not.
    pub fn is_erased(&self) -> bool {
        self.erased.is_some() || self.unread
    }
}

/// What was known before the fold began.
pub trait Facts {
    /// Returns the facts on the ledger: `None` before its first entry.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the facts can't be read; so for all four.
    fn ledger(&self) -> Result<Option<LedgerFacts>, StoreError>;

    /// Returns the facts on all keys. They are few.
    fn signers(&self) -> Result<BTreeMap<Did, SignerFacts>, StoreError>;

    /// Returns the facts on a record.
    fn subject(&self, record: &Digest) -> Result<Option<Subject>, StoreError>;

    /// Returns the facts on an object.
    fn object(&self, object: &Digest) -> Result<ObjectFacts, StoreError>;
}

/// The beginning: nothing is known.
pub struct NoFacts;

impl Facts for NoFacts {
    fn ledger(&self) -> Result<Option<LedgerFacts>, StoreError> {
        Ok(None)
    }

    fn signers(&self) -> Result<BTreeMap<Did, SignerFacts>, StoreError> {
        Ok(BTreeMap::new())
    }

    fn subject(&self, _: &Digest) -> Result<Option<Subject>, StoreError> {
        Ok(None)
    }

    fn object(&self, _: &Digest) -> Result<ObjectFacts, StoreError> {
        Ok(ObjectFacts::default())
    }
}

/// Facts as they were derived when the last entry was appended: the writer's short cut. If they were
/// tampered with, the writer may append what `verify` rejects, but never signs a broken chain.
impl<R: Read + ?Sized> Facts for &R {
    fn ledger(&self) -> Result<Option<LedgerFacts>, StoreError> {
        self.ledger_facts()?
            .map(|facts| read(&facts, "ledger"))
            .transpose()
    }

    fn signers(&self) -> Result<BTreeMap<Did, SignerFacts>, StoreError> {
        self.signer_facts()?
            .into_iter()
            .map(|(did, facts)| Ok((did, read(&facts, "signer")?)))
            .collect()
    }

    fn subject(&self, record: &Digest) -> Result<Option<Subject>, StoreError> {
        let Some(index) = self.index_of(record)? else {
            return Ok(None);
        };
        match self.subject_facts(index)? {
            Some(facts) => Subject::from_facts(&facts).map(Some),
            None => Err(stale(format!("no row for entry {index} in table subject"))),
        }
    }

    fn object(&self, object: &Digest) -> Result<ObjectFacts, StoreError> {
        let references = self.references_to(object)?;
        // Only an erasure has an object for its subject.
        let erased = references.iter().any(|(_, field)| field == "subject");
        let needed = references.iter().any(|(_, field)| field != "subject");
        Ok(ObjectFacts { needed, erased })
    }
}

pub(super) fn to_json<T: Serialize>(facts: &T) -> String {
    let facts = serde_json::to_string(facts).expect("facts are structs with string keys");
    debug_assert_eq!(json::check(facts.as_bytes()), Ok(()));
    facts
}

fn read<T: DeserializeOwned>(facts: &str, table: &str) -> Result<T, StoreError> {
    json::from_canonical(facts.as_bytes()).map_err(|error| stale(format!("table {table}: {error}")))
}

fn stale(found: String) -> StoreError {
    StoreError::Stale { found }
}
