//! Cosignatures: whether they are their witnesses', and what their times say of the entries' times.
//!
//! A witness that cosigned a tree knew it then. Entries of that tree can't have been recorded later, and
//! entries that are not in it should not claim to have been recorded earlier.

use std::collections::BTreeMap;

use super::finding::{Check, Finding, Notice};
use crate::canonical::Timestamp;
use crate::log::{Cosignature, Entry, NoteSignature, Policy, SignedNote, VerifierKey, WitnessKey};
use crate::record::Record;
use crate::rules::MAX_CLOCK_LEAD_S;
use crate::store::{Read, StoreError, StoredCosignature};

/// The last cosignature of one witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witnessed {
    pub witness: WitnessKey,
    /// The size of the checkpoint that it cosigned.
    pub size: u64,
    /// When, by the witness's clock: seconds after 1970-01-01T00:00:00Z.
    pub time: u64,
}

/// All valid cosignatures of a ledger, by the sizes of their checkpoints.
#[derive(Default)]
pub(super) struct Cosignatures {
    pub(super) checked: u64,
    pub(super) findings: Vec<Finding>,
    last: BTreeMap<String, Witnessed>,
    /// For each size that was cosigned, ascending: the earliest time of this or a greater size, and the
    /// latest of this or a smaller one, in seconds after 1970.
    times: Vec<(u64, i64, i64)>,
    /// Runs of entries that claim an earlier time than they can have.
    backdated: Vec<Backdated>,
}

/// Entries from `first` to `last`, not witnessed in the tree of `size` leaves at `time`.
struct Backdated {
    first: u64,
    last: u64,
    recorded: Timestamp,
    size: u64,
    time: i64,
}

impl Cosignatures {
    /// Reads and checks all cosignatures. Where the auditor has a policy, the times of its witnesses count and
    /// no others.
    pub(super) fn read(store: &dyn Read, policy: Option<&Policy>) -> Result<Self, StoreError> {
        let mut stored = Vec::new();
        store.cosignatures(&mut |cosignature| stored.push(cosignature))?;
        let trusted = policy.map(Policy::witness_keys);
        let mut this = Cosignatures::default();
        let mut note = None;
        for cosignature in &stored {
            let size = cosignature.size;
            if note.as_ref().is_none_or(|(at, _)| *at != size) {
                note = Some((size, checkpoint(store, size)?));
            }
            let note = note.as_ref().and_then(|(_, note)| note.as_ref());
            this.checked += 1;
            match verified(cosignature, note) {
                Err(found) => this.findings.push(Finding::new(
                    Check::Cosignature,
                    size.checked_sub(1),
                    format!("a cosignature of the checkpoint of size {size} by its witness"),
                    found,
                )),
                Ok(one) => {
                    if (trusted.as_ref()).is_none_or(|trusted| trusted.contains(&one.witness)) {
                        this.keep(size, one);
                    }
                }
            }
        }
        if let (Some(policy), Some((size, note))) = (policy, store.last_checkpoint()?) {
            this.read_lines(size, &note, policy);
        }
        this.spread_times();
        Ok(this)
    }

    /// Reads the lines of the policy's witnesses that stand in the last checkpoint itself, as it is published.
    fn read_lines(&mut self, size: u64, note: &str, policy: &Policy) {
        // A note that is not in its form is told as such.
        let Ok(note) = note.parse::<SignedNote>() else {
            return;
        };
        for key in policy.witness_keys() {
            match note.verify_cosignatures(&[key]) {
                Ok(cosignatures) => {
                    self.checked += cosignatures.len() as u64;
                    for one in cosignatures {
                        self.keep(size, one);
                    }
                }
                Err(error) => self.findings.push(Finding::new(
                    Check::Cosignature,
                    size.checked_sub(1),
                    format!("a cosignature of the checkpoint of size {size} by its witness"),
                    error,
                )),
            }
        }
    }

    /// Drops the witnesses that have the log's own key, each with a finding: they are no witnesses.
    pub(super) fn refuse(&mut self, log_key: &VerifierKey) {
        let is_own = |_: &String, one: &mut Witnessed| one.witness.public() == log_key.public();
        for (_, own) in self.last.extract_if(.., is_own) {
            self.findings.push(Finding::new(
                Check::Cosignature,
                own.size.checked_sub(1),
                "a witness with a key of its own",
                format!("the log's key, as {}", own.witness),
            ));
        }
    }

    /// Returns the last cosignature of each witness.
    pub(super) fn last(&self) -> Vec<Witnessed> {
        self.last.values().cloned().collect()
    }

    /// Takes a cosignature; they come in order of size.
    fn keep(&mut self, size: u64, cosignature: Cosignature) {
        let Cosignature { witness, time } = cosignature;
        // The format ends a time at 2^63 - 1.
        let seconds = i64::try_from(time).unwrap_or(i64::MAX);
        match self.times.last_mut() {
            Some((at, earliest, latest)) if *at == size => {
                *earliest = seconds.min(*earliest);
                *latest = seconds.max(*latest);
            }
            _ => self.times.push((size, seconds, seconds)),
        }
        let last = Witnessed {
            witness,
            size,
            time,
        };
        self.last
            .entry(last.witness.to_string())
            .and_modify(|before| {
                if (before.size, before.time) < (last.size, last.time) {
                    *before = last.clone();
                }
            })
            .or_insert(last);
    }

    fn spread_times(&mut self) {
        let mut earliest = i64::MAX;
        for (_, own, _) in self.times.iter_mut().rev() {
            earliest = earliest.min(*own);
            *own = earliest;
        }
        let mut latest = i64::MIN;
        for (_, _, own) in &mut self.times {
            latest = latest.max(*own);
            *own = latest;
        }
    }

    /// Compares the times that an entry gives with those of the witnesses.
    pub(super) fn check(&mut self, entry: &Entry, record: Option<&Record>) -> Option<Finding> {
        let index = entry.index;
        // The first tree that has the entry, and the last that has not.
        let with = self.times.partition_point(|(size, _, _)| *size <= index);
        if let Some(before) = with.checked_sub(1) {
            let (size, _, time) = self.times[before];
            if entry.recorded.unix_seconds() < time.saturating_sub(MAX_CLOCK_LEAD_S) {
                self.note_backdated(entry, size, time);
            }
        }
        let (size, earliest, _) = self.times.get(with)?;
        let limit = earliest.saturating_add(MAX_CLOCK_LEAD_S);
        let mut times = [
            ("recorded", Some(entry.recorded)),
            ("signed", Some(entry.proof.created)),
            ("created", record.map(|record| record.created)),
        ]
        .into_iter()
        .filter_map(|(what, time)| Some((what, time?)));
        let (what, time) = times.find(|(_, time)| time.unix_seconds() > limit)?;
        let expected = format!(
            "{what} by five minutes after {}, when a tree with it was cosigned (size {size} or more)",
            seconds(*earliest)
        );
        Some(Finding::new(Check::WitnessedBefore, index, expected, time))
    }

    fn note_backdated(&mut self, entry: &Entry, size: u64, time: i64) {
        match self.backdated.last_mut() {
            Some(run) if run.last + 1 == entry.index && run.size == size => run.last = entry.index,
            _ => self.backdated.push(Backdated {
                first: entry.index,
                last: entry.index,
                recorded: entry.recorded,
                size,
                time,
            }),
        }
    }

    /// Returns a line for each run of entries that claim an earlier time than the witnesses make likely. It
    /// is no finding, because a witness may cosign an older checkpoint again.
    pub(super) fn notices(&self) -> impl Iterator<Item = Notice> {
        self.backdated.iter().map(|run| Notice {
            index: Some(run.first),
            message: format!(
                "backdated? Up to entry {}: recorded {} and later, but at {} a tree of {} entries was cosigned, without them",
                run.last,
                run.recorded,
                seconds(run.time),
                run.size
            ),
        })
    }
}

/// Returns the witnesses that cosigned the checkpoint of this size, each with its latest line. What can't be
/// read is no cosignature; an audit finds it.
///
/// # Errors
///
/// [`StoreError`] if the store can't be read.
pub fn latest_cosignatures(
    store: &dyn Read,
    size: u64,
) -> Result<(Vec<WitnessKey>, Vec<NoteSignature>), StoreError> {
    let mut latest: BTreeMap<String, (WitnessKey, NoteSignature)> = BTreeMap::new();
    for stored in store.cosignatures_of(size)? {
        let (Ok(key), Ok(line)) = (
            stored.witness.parse::<WitnessKey>(),
            stored.line.parse::<NoteSignature>(),
        ) else {
            continue;
        };
        // A cosignature begins with its time, so that the greatest is the latest.
        match latest.get(&stored.witness) {
            Some((_, other)) if other.blob >= line.blob => {}
            _ => drop(latest.insert(stored.witness, (key, line))),
        }
    }
    Ok(latest.into_values().unzip())
}

/// Reads the checkpoint of this size, if there is one in its form.
fn checkpoint(store: &dyn Read, size: u64) -> Result<Option<SignedNote>, StoreError> {
    let stored = store.checkpoints(size, 1)?.pop();
    Ok(stored
        .filter(|(found, _)| *found == size)
        .and_then(|(_, note)| note.parse().ok()))
}

/// Checks one cosignature under its own key, or says what is wrong with it.
fn verified(stored: &StoredCosignature, note: Option<&SignedNote>) -> Result<Cosignature, String> {
    let note = note.ok_or("no checkpoint of this size")?.clone();
    let key: WitnessKey = (stored.witness.parse()).map_err(|error| format!("{error}"))?;
    let line: NoteSignature = (stored.line.parse()).map_err(|error| format!("{error}"))?;
    let note = note
        .with_signatures([line])
        .map_err(|error| error.to_string())?;
    let found = note
        .verify_cosignatures(&[key])
        .map_err(|error| error.to_string())?;
    let another = || format!("a line of another key than {}", stored.witness);
    found.into_iter().next().ok_or_else(another)
}

/// A time as people read it, or as it stands if it is beyond the calendar.
fn seconds(time: i64) -> String {
    Timestamp::from_unix_seconds(time).map_or_else(
        |_| format!("{time} seconds after 1970"),
        |time| time.to_string(),
    )
}
