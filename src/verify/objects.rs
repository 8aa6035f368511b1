//! Objects: whether what records need is there, whole, and erased only where an erasure says so.

use std::collections::{HashMap, HashSet};
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::finding::{Check, Finding, Notice};
use crate::canonical::{ArticleText, Digest, text};
use crate::record::{Content, MAX_OBJECT_LEN, ObjectUse, Record};
use crate::rules::{NoFacts, Rule, Rules, Violation};
use crate::store::{Object, Read, StoreError};

/// Bytes of objects that are read before they are judged, at most so many and one object more.
const JUDGED_AT_ONCE: usize = 4 << 20;

/// What the entries say of objects.
#[derive(Default)]
pub struct Objects {
    /// Each object that is needed, with the record that needs it first.
    needed: HashMap<Digest, Need>,
    /// Subjects of erasures, with the erasure's index.
    erasures: HashMap<Digest, u64>,
    /// Records whose bytes are gone.
    erased_records: Vec<(u64, Digest)>,
    /// How many needed objects are not given out here.
    withheld: u64,
}

struct Need {
    index: u64,
    field: &'static str,
    size: u64,
    is_text: bool,
    /// Whether it came up among the objects of the store.
    seen: AtomicBool,
}

impl Objects {
    /// Notes what the record at `index` says of objects. Two records must say the same of one.
    pub fn note(&mut self, index: u64, record: &Record) -> Vec<Finding> {
        let mut findings = Vec::new();
        for object in record.content.objects() {
            let is_text = object.field == "text";
            let need = self.needed.entry(object.digest).or_insert(Need {
                index,
                field: object.field,
                size: object.size,
                is_text,
                seen: AtomicBool::new(false),
            });
            need.is_text |= is_text;
            if need.size != object.size {
                let expected = format!(
                    "{} bytes in {}, as entry {}",
                    need.size, object.digest, need.index
                );
                findings.push(Finding::new(
                    Check::ObjectSize,
                    index,
                    expected,
                    object.size,
                ));
            }
        }
        if let Content::Erasure(erasure) = &record.content {
            self.erasures.insert(erasure.subject, index);
        }
        findings
    }

    /// Notes an erasure that is not among the entries that are read.
    pub fn note_erasure(&mut self, subject: Digest, index: u64) {
        self.erasures.insert(subject, index);
    }

    /// Notes that the bytes of the record at `index` are gone.
    pub fn note_erased(&mut self, index: u64, record: Digest) {
        self.erased_records.push((index, record));
    }

    /// Returns a line for each record and each other object that was erased.
    pub fn erased_notices(&self) -> Vec<Notice> {
        let notice = |index: u64, message| Notice {
            index: Some(index),
            message,
        };
        let mut records = HashSet::new();
        let mut notices = Vec::new();
        for (index, digest) in &self.erased_records {
            records.insert(digest);
            notices.push(notice(*index, format!("erased: {digest}")));
        }
        for (digest, at) in &self.erasures {
            if !records.contains(digest) {
                let message = format!("erased by this entry, an object: {digest}");
                notices.push(notice(*at, message));
            }
        }
        notices.sort_by(|a, b| (a.index, &a.message).cmp(&(b.index, &b.message)));
        notices
    }

    /// Compares the objects of a store with what was noted: all of them, or, without `rules`, those that are
    /// needed. Returns how many these are.
    ///
    /// Unless all records could be judged, one of them may need what no other does.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store can't be read.
    pub fn check(
        &mut self,
        store: &dyn Read,
        rules: Option<&Rules<NoFacts>>,
        all_judged: bool,
        findings: &mut Vec<Finding>,
    ) -> Result<u64, StoreError> {
        let mut count = 0;
        let mut withheld = 0;
        if let Some(rules) = rules {
            let is_record = |digest: &Digest| rules.knows(digest);
            let mut waiting = Vec::new();
            let mut len = 0;
            let read = store.other_objects(&is_record, &mut |digest, bytes| {
                count += 1;
                // What has no bytes takes some memory, too.
                len += bytes.as_ref().map_or(0, Vec::len) + size_of::<Digest>();
                waiting.push((digest, bytes));
                if len >= JUDGED_AT_ONCE {
                    findings.extend(self.judge_all(mem::take(&mut waiting), all_judged));
                    len = 0;
                }
            });
            // What was read before any damage is judged before that is told.
            findings.extend(self.judge_all(waiting, all_judged));
            read?;
        }
        // These come out of maps in no order.
        let mut unordered = Vec::new();
        for (digest, need) in &self.needed {
            if !need.seen.load(Ordering::Relaxed) {
                let object = store.object(digest)?;
                count += u64::from(rules.is_none());
                withheld += u64::from(object == Object::Withheld);
                unordered.extend(self.judge_unseen(digest, need, object));
            }
        }
        for (digest, index) in &self.erasures {
            if matches!(store.object(digest)?, Object::Present(_)) {
                let expected = format!("no bytes of {digest}");
                unordered.push(Finding::new(
                    Check::ErasureUndone,
                    *index,
                    expected,
                    "bytes",
                ));
            }
        }
        unordered.sort_by(Finding::in_order);
        findings.append(&mut unordered);
        for (index, digest) in &self.erased_records {
            // An erasure before it did not know its kind, and can't have been meant for it.
            if all_judged && self.erasures.get(digest).is_none_or(|at| at < index) {
                findings.push(unrecorded(Some(*index), digest));
            }
        }
        self.withheld = withheld;
        Ok(count)
    }

    /// Returns how many objects, of those that records need, are not given out here.
    pub fn withheld(&self) -> u64 {
        self.withheld
    }

    /// Judges objects on all cores.
    fn judge_all(&self, objects: Vec<(Digest, Option<Vec<u8>>)>, all_judged: bool) -> Vec<Finding> {
        let judge = |(digest, bytes): (Digest, Option<Vec<u8>>)| {
            let need = self.needed.get(&digest);
            if let Some(need) = need {
                need.seen.store(true, Ordering::Relaxed);
            }
            match all_judged || need.is_some() {
                true => self.judge(&digest, bytes.as_deref()),
                false => Vec::new(),
            }
        };
        objects.into_par_iter().flat_map_iter(judge).collect()
    }

    /// Judges what is stored under a digest; `None` is an erased object.
    fn judge(&self, digest: &Digest, bytes: Option<&[u8]>) -> Vec<Finding> {
        let need = self.needed.get(digest);
        let Some(bytes) = bytes else {
            // What only an erased record needed went with it.
            let excused = self.erasures.contains_key(digest)
                || (need.is_none() && !self.erased_records.is_empty());
            return match excused {
                true => Vec::new(),
                false => vec![unrecorded(need.map(|need| need.index), digest)],
            };
        };
        let mut findings = Vec::new();
        let found = Digest::of(bytes);
        if found != *digest {
            let index = need.map(|need| need.index);
            findings.push(Finding::new(Check::ObjectDigest, index, digest, found));
        }
        match need {
            Some(need) => {
                findings.extend(check_bytes(
                    need.index,
                    digest,
                    need.size,
                    need.is_text,
                    bytes,
                ));
            }
            None => {
                let expected = format!("a record that needs {digest}");
                findings.push(Finding::new(Check::ObjectUnused, None, expected, "none"));
            }
        }
        findings
    }

    /// Judges a needed object that did not come up: it is missing, or also a record of its own.
    fn judge_unseen(&self, digest: &Digest, need: &Need, object: Object) -> Vec<Finding> {
        match object {
            Object::Present(bytes) => self.judge(digest, Some(&bytes)),
            Object::Erased => self.judge(digest, None),
            // It is counted, and told once.
            Object::Withheld => Vec::new(),
            Object::Absent => vec![Finding::new(
                Check::ObjectMissing,
                need.index,
                format!("{digest} for {}", need.field),
                "nothing",
            )],
        }
    }
}

fn unrecorded(index: Option<u64>, digest: &Digest) -> Finding {
    let expected = format!("an erasure of {digest}");
    Finding::new(Check::ErasureUnrecorded, index, expected, "none")
}

/// Checks that a record to be appended at `index` comes with the objects it needs, and no others.
/// `lookup` says what will be there with it, and [`Object::Erased`] of what was erased before.
///
/// # Errors
///
/// [`StoreError`] if `lookup` can't read.
pub fn check_needs(
    index: u64,
    record: &Record,
    offered: &[(Digest, Vec<u8>)],
    lookup: &dyn Fn(&Digest) -> Result<Object, StoreError>,
) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    // An erasure of what is not there would condemn whoever brings it later.
    if let Content::Erasure(erasure) = &record.content
        && !matches!(lookup(&erasure.subject)?, Object::Present(_))
    {
        let violation = Violation {
            rule: Rule::ErasureSubject,
            expected: "a record or an object that is there".to_owned(),
            found: format!("nothing under {}", erasure.subject),
        };
        findings.push(Finding::of_rule(index, violation));
    }
    let needs = record.content.objects();
    for ObjectUse {
        field,
        digest,
        size,
        ..
    } in &needs
    {
        let missing = |found| {
            let expected = format!("{digest} for {field}");
            Finding::new(Check::ObjectMissing, index, expected, found)
        };
        match lookup(digest)? {
            Object::Present(bytes) => {
                findings.extend(check_bytes(index, digest, *size, *field == "text", &bytes));
            }
            Object::Erased => {
                findings.push(missing("an object that was erased from this ledger"));
            }
            Object::Absent | Object::Withheld => findings.push(missing("nothing")),
        }
    }
    for (digest, _) in offered {
        if !needs.iter().any(|need| need.digest == *digest) {
            let expected = format!("a record that needs {digest}");
            findings.push(Finding::new(
                Check::ObjectUnused,
                index,
                expected,
                "another",
            ));
        }
    }
    Ok(findings)
}

fn check_bytes(
    index: u64,
    digest: &Digest,
    size: u64,
    is_text: bool,
    bytes: &[u8],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if bytes.len() > MAX_OBJECT_LEN {
        let expected = format!("at most {MAX_OBJECT_LEN} bytes in {digest}");
        findings.push(Finding::new(
            Check::ObjectSize,
            index,
            expected,
            bytes.len(),
        ));
    }
    if bytes.len() as u64 != size {
        let expected = format!("{size} bytes in {digest}");
        findings.push(Finding::new(
            Check::ObjectSize,
            index,
            expected,
            bytes.len(),
        ));
    }
    if is_text && let Err(error) = ArticleText::from_object(bytes.to_vec()) {
        let expected = format!("text in the form {}", text::NORMALIZER);
        findings.push(Finding::new(Check::TextForm, index, expected, error));
    }
    findings
}
