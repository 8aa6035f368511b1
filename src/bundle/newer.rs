//! What a newer ledger says that a bundle does not.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::back::{Back, LookedBack};
use super::{Bundle, GatherError, Standing, gather};
use crate::canonical::{Digest, Timestamp};
use crate::log::{Checkpoint, Entry, Frontier, VerifierKey, leaf_hash};
use crate::record::{Content, Kind, Record};
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
    /// How many records since then might have spoken of it and were erased, by their kinds. What they said has no
    /// effect any more.
    pub erased: BTreeMap<&'static str, u64>,
    /// How many records of `later` and `unread` are not listed.
    pub unlisted: u64,
    /// Records from before that belong into the bundle and are not in it.
    pub left_out: Vec<Statement>,
    /// How far it was looked for these; absent if the ledger has look-ups, which tell of all.
    pub looked_back: Option<LookedBack>,
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
        !self.later.is_empty() || !self.left_out.is_empty()
    }

    /// Tells whether the bundle says all that the ledger says.
    pub fn is_current(&self) -> bool {
        !self.says_more() && self.unread.is_empty() && self.unlisted == 0
    }
}

/// Compares a bundle that was checked with a ledger that should continue the same log.
///
/// The ledger is not believed: its tree of the bundle's size must have the bundle's root, and with all entries
/// since then lead to the root of its own signed checkpoint. The cost grows with these entries. Without look-ups, some
/// of the entries from before are looked through as well ([`LookedBack`]).
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
    let mut back = (!ledger.has_look_ups()).then(|| Back::new(bundle, standing));
    let from = back.as_ref().map_or(standing.size, Back::from);
    let mut frontier: Frontier =
        Frontier::read(from, &ledger).map_err(|error: StoreError| error)?;
    let before = read_on(
        ledger,
        &mut frontier,
        from..standing.size,
        |entry, object| {
            if let Some(back) = &mut back {
                back.note(entry, object);
            }
            Ok(())
        },
    )?;
    if let Some(why) = before {
        return Ok(Comparison::Contradicted(why));
    }
    if frontier.root() != standing.root {
        return Ok(Comparison::Contradicted(format!(
            "its first {} entries are others: root {}",
            standing.size,
            frontier.root()
        )));
    }
    let mut reading = Reading::new(bundle, standing, ledger);
    let mut recorded = None;
    let since = read_on(
        ledger,
        &mut frontier,
        standing.size..size,
        |entry, object| {
            recorded = Some(entry.recorded);
            reading.note(entry, &object)
        },
    )?;
    if let Some(why) = since {
        return Ok(Comparison::Contradicted(why));
    }
    if frontier.root() != checkpoint.root() {
        return Ok(Comparison::Contradicted(format!(
            "its entries do not have the root that it signed: {}",
            frontier.root()
        )));
    }
    let (left_out, looked_back) = match back.map(Back::left_out) {
        Some((left_out, looked_back)) => (left_out, Some(looked_back)),
        None => (left_out(bundle, standing, ledger)?, None),
    };
    Ok(Comparison::Continued(Newer {
        size,
        recorded,
        later: reading.later,
        unread: reading.unread.into_iter().map(|(_, one)| one).collect(),
        erased: reading.erased,
        unlisted: reading.unlisted,
        left_out,
        looked_back,
    }))
}

/// Reads entries into a frontier that ends where they begin, and tells each. Returns what is wrong with their form.
fn read_on(
    ledger: &dyn Read,
    frontier: &mut Frontier,
    indexes: Range<u64>,
    mut note: impl FnMut(Entry, Object) -> Result<(), StoreError>,
) -> Result<Option<String>, GatherError> {
    let end = indexes.end;
    for stored in each_entry(ledger, indexes) {
        let stored = stored?;
        frontier
            .push(leaf_hash(&stored.bytes))
            .map_err(StoreError::from)?;
        match Entry::parse(&stored.bytes) {
            Ok(entry) if entry.record == stored.record => note(entry, stored.object)?,
            _ => {
                let index = stored.index;
                return Ok(Some(format!("its entry {index} is not in its form")));
            }
        }
    }
    let index = frontier.size();
    match index < end {
        true => Err(ClosureError::NoEntry { index }.into()),
        false => Ok(None),
    }
}

/// Picks out what concerns a bundle.
struct Reading<'a> {
    ledger: &'a dyn Read,
    /// The bundle's subject if it is an article: what is corrected of a claim in it is said of it too.
    article: Option<Digest>,
    records: BTreeSet<Digest>,
    signers: BTreeSet<Did>,
    later: Vec<Statement>,
    /// Each with the record that would have to be read.
    unread: Vec<(Digest, Statement)>,
    erased: BTreeMap<&'static str, u64>,
    unlisted: u64,
}

/// Whether a record says something of what is in the bundle.
enum Concern {
    Yes,
    No,
    /// It does if this record, which can't be read, is a claim in the article.
    Unread(Digest),
}

impl<'a> Reading<'a> {
    fn new(bundle: &Bundle, standing: &Standing, ledger: &'a dyn Read) -> Self {
        let entries = bundle.items.iter().map(|item| &item.stored);
        let is_article = standing.record.kind == Kind::Article.as_str();
        Reading {
            ledger,
            article: is_article.then_some(bundle.subject),
            records: entries.clone().map(|stored| stored.record).collect(),
            signers: entries
                .filter_map(|stored| Entry::parse(&stored.bytes).ok())
                .map(|entry| entry.proof.key)
                .collect(),
            later: Vec::new(),
            unread: Vec::new(),
            erased: BTreeMap::new(),
            unlisted: 0,
        }
    }

    fn note(&mut self, entry: Entry, object: &Object) -> Result<(), StoreError> {
        let record = read(&entry.record, object);
        if let Some(Record {
            content: Content::Erasure(erasure),
            ..
        }) = &record
        {
            self.erase(&erasure.subject);
        }
        let concern = match &record {
            Some(record) => self.concern(&record.content)?,
            // By its kind, which is signed, it can't speak of another record.
            None if ["claim", "source"].contains(&entry.kind.as_str()) => Concern::No,
            None => Concern::Unread(entry.record),
        };
        let statement = Statement {
            index: entry.index,
            kind: entry.kind,
            digest: entry.record,
        };
        match concern {
            Concern::No => {}
            Concern::Yes => {
                // What speaks of a later review speaks of the bundle's subject too.
                self.records.insert(entry.record);
                match self.later.len() < MAX_LISTED {
                    true => self.later.push(statement),
                    false => self.unlisted += 1,
                }
            }
            Concern::Unread(missing) => match self.unread.len() < MAX_LISTED {
                true => self.unread.push((missing, statement)),
                false => self.unlisted += 1,
            },
        }
        Ok(())
    }

    /// What an erased record said has no effect any more, and its entry is all that will ever be known of it.
    fn erase(&mut self, subject: &Digest) {
        let erased = &mut self.erased;
        self.unread.retain(|(missing, statement)| {
            if missing != subject {
                return true;
            }
            let kind = match *missing == statement.digest {
                true => (statement.kind.parse().ok()).map_or("record", Kind::as_str),
                false => Kind::Claim.as_str(),
            };
            *erased.entry(kind).or_default() += 1;
            false
        });
    }

    fn concern(&self, content: &Content) -> Result<Concern, StoreError> {
        let concerns = match content {
            // A claim from the same article, or with the same source, says nothing of this one.
            Content::Claim(_) | Content::Source(_) => false,
            Content::Revocation(revocation) => self.signers.contains(&revocation.key),
            Content::Erasure(erasure) => self.records.contains(&erasure.subject),
            content => (content.references().iter())
                .any(|reference| self.records.contains(&reference.record)),
        };
        match (concerns, content, self.article) {
            (true, ..) => Ok(Concern::Yes),
            (false, Content::Correction(correction), Some(article)) => {
                self.concern_of_claim(&correction.subject, &article)
            }
            _ => Ok(Concern::No),
        }
    }

    /// Tells whether what is said of another record is said of a claim in the article.
    fn concern_of_claim(&self, record: &Digest, article: &Digest) -> Result<Concern, StoreError> {
        Ok(match read(record, &self.ledger.object(record)?) {
            Some(Record {
                content: Content::Claim(claim),
                ..
            }) if claim.appearances.iter().any(|one| one.article == *article) => Concern::Yes,
            Some(_) => Concern::No,
            None => Concern::Unread(*record),
        })
    }
}

pub(super) fn read(digest: &Digest, object: &Object) -> Option<Record> {
    // Other bytes than were signed say nothing of what was.
    let bytes = object.bytes_of(digest).ok().flatten()?;
    Record::parse(bytes).ok()
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
