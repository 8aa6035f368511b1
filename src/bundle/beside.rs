//! What is kept beside the records of a bundle: texts and files, compared with what the records say of them.

use std::collections::HashMap;

use super::standing::{Aspect, Attestation, Outcome, Step};
use crate::canonical::Digest;
use crate::record::{ObjectUse, Record};
use crate::rules::{NoFacts, Rules};
use crate::store::{Object, StoreError};
use crate::verify::anchors::{Anchors, Looked, Objects};

/// Texts and files, where whoever checks has them, and how much of them is read.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    pub objects: Objects<'a>,
    /// Bytes that are read at most: once of all that records need, for their digests, and once of the texts in which
    /// words are quoted. What is beyond is not checked.
    pub max_len: u64,
}

impl<'a> Beside<'a> {
    /// All of them are read, whatever it takes.
    pub fn all(objects: Objects<'a>) -> Self {
        Beside {
            objects,
            max_len: u64::MAX,
        }
    }
}

/// Adds to each record that can be read whether what it needs is there, and whether its quoted words stand where it
/// says. Each object is read once for the one and once for the other, however many records name it.
pub(super) fn add_steps(
    attested: &mut [Attestation],
    beside: Beside<'_>,
    rules: &Rules<NoFacts>,
) -> Result<(), StoreError> {
    let mut needs = Needs {
        objects: beside.objects,
        left: beside.max_len,
        rules,
        compared: HashMap::new(),
    };
    let mut steps = Vec::new();
    let mut records = Vec::new();
    for (place, one) in attested.iter().enumerate() {
        if let Some(record) = &one.record {
            steps.push((place, needs.step(record)?));
            records.push((one.index, record));
        }
    }
    let mut anchors = Anchors::within(beside.objects, beside.max_len);
    let looked = anchors.check_all(&records)?;
    for ((place, needs), looked) in steps.into_iter().zip(looked) {
        let steps = &mut attested[place].steps;
        steps.extend(needs);
        steps.extend(anchors_step(&looked));
    }
    Ok(())
}

/// Compares what records need with what is kept.
struct Needs<'a> {
    objects: Objects<'a>,
    /// Bytes that may still be read.
    left: u64,
    rules: &'a Rules<NoFacts>,
    compared: HashMap<Digest, Compared>,
}

/// What is kept under a digest.
#[derive(Clone, Copy)]
enum Compared {
    /// Bytes with this digest.
    Bytes(Digest),
    Erased,
    Withheld,
    Absent,
}

impl Needs<'_> {
    /// Checks what an article or a source needs beside its record.
    fn step(&mut self, record: &Record) -> Result<Option<Step>, StoreError> {
        let needs = record.content.objects();
        if needs.is_empty() {
            return Ok(None);
        }
        let mut outcome = Outcome::Passed;
        for need in needs {
            let not_checked = |why| Outcome::NotChecked(format!("its {} {why}", need.field));
            let found = match self.compare(&need)? {
                None => {
                    outcome = not_checked(TOO_MUCH);
                    continue;
                }
                Some(Compared::Bytes(found)) if found == need.digest => continue,
                Some(Compared::Bytes(found)) => found.to_string(),
                Some(Compared::Erased) if self.rules.object(&need.digest)?.erased => {
                    outcome = not_checked("was erased");
                    continue;
                }
                Some(Compared::Withheld) => {
                    outcome = not_checked("is not given out");
                    continue;
                }
                Some(Compared::Erased | Compared::Absent) => "nothing".to_owned(),
            };
            let expected = format!("expected {} as its {}", need.digest, need.field);
            outcome = Outcome::Failed(format!("{expected}, found {found}"));
            break;
        }
        Ok(Some(Step {
            aspect: Aspect::Objects,
            outcome,
        }))
    }

    /// Returns what is kept of what is needed, or nothing where it is more than may still be read.
    fn compare(&mut self, need: &ObjectUse<'_>) -> Result<Option<Compared>, StoreError> {
        if let Some(compared) = self.compared.get(&need.digest) {
            return Ok(Some(*compared));
        }
        if need.size > self.left {
            return Ok(None);
        }
        let compared = match (self.objects)(&need.digest)? {
            Object::Present(bytes) => {
                // Counted are the bytes that are there: what a record says of their number may be wrong.
                self.left = self.left.saturating_sub(bytes.len() as u64);
                Compared::Bytes(Digest::of(&bytes))
            }
            Object::Erased => Compared::Erased,
            Object::Withheld => Compared::Withheld,
            Object::Absent => Compared::Absent,
        };
        self.compared.insert(need.digest, compared);
        Ok(Some(compared))
    }
}

/// Says of a text or a file why it was left out.
const TOO_MUCH: &str = "is too much to read for a page: `ledger check` reads it";

/// Says whether quoted words stand where the record says, as far as there is a text to look in.
fn anchors_step(looked: &Looked) -> Option<Step> {
    let outcome = match looked.findings.first() {
        Some(finding) => Outcome::Failed(finding.to_string()),
        None if looked.passed_over > 0 => Outcome::NotChecked(format!("the text {TOO_MUCH}")),
        None if looked.anchors == 0 => return None,
        None => Outcome::Passed,
    };
    Some(Step {
        aspect: Aspect::Anchors,
        outcome,
    })
}
