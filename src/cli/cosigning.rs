//! The ledger's side of witnessing: asking for cosignatures, and telling which there are.
//!
//! Follows C2SP [tlog-witness] v1.0.0. Nothing that a witness answers is believed before its signature was
//! checked under the key that the policy has.
//!
//! [tlog-witness]: https://c2sp.org/tlog-witness@v1.0.0

use std::collections::HashMap;

use serde_json::{Value, json};

use super::answer::witnessed;
use super::context::ledger_facts;
use super::error::CliError;
use super::http;
use crate::bundle::cosigned_checkpoint;
use crate::log::add_checkpoint::parse_size;
use crate::log::note::MAX_SIGNATURES;
use crate::log::{
    AddCheckpoint, Cosignature, Hash, NoteSignature, SignedNote, WitnessKey, consistency_proof,
};
use crate::store::{Read, StoreError};

/// Longest answer of a witness, in bytes: more signature lines than a note may have.
const MAX_ANSWER_LEN: u64 = 4096 * MAX_SIGNATURES as u64;

/// How often a witness is asked that says each time that it has cosigned another size.
const MAX_ATTEMPTS: usize = 3;

/// What a witness answered.
#[derive(Clone, Debug)]
pub enum Reply {
    Cosigned(NoteSignature),
    /// It has cosigned what this ledger does not hold.
    OtherHistory(String),
    /// It can't be reached, or answers what can't be used.
    NoAnswer(String),
}

/// The last that a witness cosigned, by what is kept in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Last {
    pub size: u64,
    /// In seconds after 1970-01-01T00:00:00Z.
    pub time: u64,
}

/// Asks a witness to cosign the checkpoint of this size, which it may have cosigned before. `last` is the
/// size at which it did so last.
///
/// # Errors
///
/// [`StoreError`] if the ledger can't prove that it only grew. What the witness does wrong is a [`Reply`].
pub fn ask(
    store: &dyn Read,
    url: &str,
    key: &WitnessKey,
    checkpoint: &SignedNote,
    size: u64,
    last: u64,
) -> Result<Reply, StoreError> {
    let url = format!("{}/add-checkpoint", url.trim_end_matches('/'));
    let mut old = last.min(size);
    for _ in 0..MAX_ATTEMPTS {
        let proof: Vec<Hash> = consistency_proof(old, size, &store)?;
        let request = AddCheckpoint {
            old,
            proof,
            checkpoint: checkpoint.clone(),
        };
        let answer = match http::post(&url, &request.to_string(), MAX_ANSWER_LEN) {
            Ok(answer) => answer,
            Err(error) => return Ok(Reply::NoAnswer(error.message().to_owned())),
        };
        // Lines of its own would pass for ours.
        let words: String = (answer.body.lines().next().unwrap_or_default().chars())
            .take(200)
            .collect();
        return Ok(match (answer.status, parse_size(&answer.body)) {
            (200, _) => match own_line(checkpoint, key, &answer.body) {
                Some(line) => Reply::Cosigned(line),
                None => Reply::NoAnswer(format!(
                    "expected a cosignature by {key} from {url}, found {words:?}"
                )),
            },
            (409, Some(latest)) if latest > size => Reply::OtherHistory(format!(
                "it says that it cosigned {latest} entries, this ledger has {size}"
            )),
            (409, Some(latest)) if latest != old => {
                old = latest;
                continue;
            }
            (422, _) => Reply::OtherHistory(format!(
                "the first {old} entries of this ledger are not those that it cosigned: {words}"
            )),
            (status, _) => Reply::NoAnswer(format!(
                "expected status 200 from {url}, found {status}: {words}"
            )),
        });
    }
    let found = format!("expected {url} to keep to one size, found another {MAX_ATTEMPTS} times");
    Ok(Reply::NoAnswer(found))
}

/// Finds the witness's line in its answer, if it is a cosignature of this checkpoint.
fn own_line(checkpoint: &SignedNote, key: &WitnessKey, answer: &str) -> Option<NoteSignature> {
    let lines = answer.lines().filter_map(|line| line.parse().ok());
    let line = (lines.take(MAX_SIGNATURES)).find(|line: &NoteSignature| line.is_of(key))?;
    let cosigned = checkpoint.clone().with_signatures([line.clone()]).ok()?;
    let keys = std::slice::from_ref(key);
    cosigned.verify_cosignatures(keys).ok().map(|_| line)
}

/// Returns what each witness cosigned last, by its verifier key, as the ledger has kept it.
pub fn last_cosignatures(store: &dyn Read) -> Result<HashMap<String, Last>, StoreError> {
    let mut last: HashMap<String, Last> = HashMap::new();
    store.cosignatures(&mut |stored| {
        let line: Option<NoteSignature> = stored.line.parse().ok();
        if let Some(time) = line.and_then(|line| line.stated_time()) {
            let found = Last {
                size: stored.size,
                time,
            };
            let kept = last.entry(stored.witness).or_insert(found);
            *kept = found.max(*kept);
        }
    })?;
    Ok(last)
}

/// Returns the last checkpoint with the lines of its witnesses, and those of their cosignatures that fit. One that
/// does not, or is by the log's own key, is found by `ledger verify`.
pub fn cosigned(store: &dyn Read) -> Result<(SignedNote, Vec<Cosignature>), CliError> {
    let (note, witnesses) = cosigned_checkpoint(store)?;
    let fitting = |witness| note.verify_cosignatures(std::slice::from_ref(witness)).ok();
    let ledger = ledger_facts(store)?;
    let is_witness = |key: &&WitnessKey| !ledger.is_log_key(key.public().as_bytes());
    let witnesses = witnesses.iter().filter(is_witness);
    let cosignatures = witnesses.filter_map(fitting).flatten().collect();
    Ok((note, cosignatures))
}

/// Returns cosignatures as JSON.
pub fn to_json(cosignatures: &[Cosignature]) -> Value {
    (cosignatures.iter())
        .map(|one| json!({ "witness": one.witness.to_string(), "time": witnessed(one.time) }))
        .collect()
}

/// Returns whose the cosignatures are.
pub fn signers(cosignatures: &[Cosignature]) -> Vec<WitnessKey> {
    cosignatures.iter().map(|one| one.witness.clone()).collect()
}
