//! What should be known of a record though nothing is wrong with it.
//!
//! Its key is distrusted, it was taken back, or it rests on what was. No state and no outcome follows
//! (`docs/spec/bundle.md`, "Notices"), but whoever reads the record must be told.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use super::standing::Attestation;
use crate::canonical::Digest;
use crate::record::correction::CorrectionKind;
use crate::record::{Content, Prose};
use crate::sign::Did;

/// Something worth knowing of a record that is not wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// What its key signed from index `from` on is doubtful, by the revocation at `index`.
    Doubtful { from: u64, index: u64 },
    /// The correction at `index` names it.
    TakenBack {
        how: CorrectionKind,
        index: u64,
        /// Absent if the correction is not sound: nobody signed these words.
        why: Option<Prose>,
    },
    /// It rests on a record that the correction at `index` names.
    RestsOn {
        record: Digest,
        kind: String,
        how: CorrectionKind,
        index: u64,
    },
}

impl Notice {
    /// Returns the index of the entry from which it follows.
    pub fn index(&self) -> u64 {
        match self {
            Notice::Doubtful { index, .. }
            | Notice::TakenBack { index, .. }
            | Notice::RestsOn { index, .. } => *index,
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Notice::Doubtful { from, .. } => {
                write!(
                    f,
                    "doubtful: what its key signed from index {from} on is distrusted"
                )
            }
            Notice::TakenBack { how, why, .. } => match why {
                Some(why) => write!(f, "{} later: {why}", how.done()),
                None => write!(f, "{} later", how.done()),
            },
            Notice::RestsOn {
                record, kind, how, ..
            } => {
                let rests_on = match kind.as_str() {
                    "article" => "stands in an article",
                    _ => "rests on a source",
                };
                write!(f, "{rests_on} that was {} later: {record}", how.done())
            }
        }
    }
}

/// The last retraction of a record, or else the last correction.
#[derive(Clone)]
struct TakenBack {
    kind: String,
    how: CorrectionKind,
    index: u64,
    why: Option<Prose>,
}

/// Adds to each record what should be known of it. What became of `subject` itself is told in full elsewhere.
pub(super) fn add_notices(all: &mut [Attestation], subject: &Digest, doubtful: &[(Did, u64)]) {
    let taken_back = taken_back(all);
    for one in all {
        for (did, from) in doubtful {
            if one.proof.key == *did && one.index >= *from {
                let revoked = one.signer.as_ref().and_then(|signer| signer.revoked);
                one.notices.push(Notice::Doubtful {
                    from: *from,
                    index: revoked.unwrap_or(*from),
                });
            }
        }
        if let Some(found) = taken_back.get(&one.digest)
            && one.digest != *subject
        {
            one.notices.push(Notice::TakenBack {
                how: found.how,
                index: found.index,
                why: found.why.clone(),
            });
        }
        let content = one.record.as_ref().map(|record| &record.content);
        for record in content.map_or(BTreeSet::new(), rests_on) {
            if let Some(found) = taken_back.get(&record) {
                one.notices.push(Notice::RestsOn {
                    record,
                    kind: found.kind.clone(),
                    how: found.how,
                    index: found.index,
                });
            }
        }
    }
}

fn taken_back(all: &[Attestation]) -> HashMap<Digest, TakenBack> {
    let at: HashMap<u64, &Attestation> = all.iter().map(|one| (one.index, one)).collect();
    let mut taken_back = HashMap::new();
    for one in all {
        let Some(facts) = &one.subject else { continue };
        let correction = (facts.retracted.or(facts.corrected)).and_then(|index| at.get(&index));
        // A consent is withdrawn by another, which is no correction.
        if let Some(correction) = correction
            && let Some(Content::Correction(content)) =
                correction.record.as_ref().map(|record| &record.content)
        {
            let found = TakenBack {
                kind: one.kind.clone(),
                how: content.kind,
                index: correction.index,
                why: (!correction.has_failed()).then(|| content.reason.clone()),
            };
            taken_back.insert(one.digest, found);
        }
    }
    taken_back
}

/// Returns the articles in which a claim stands, and the sources of a claim or a review.
fn rests_on(content: &Content) -> BTreeSet<Digest> {
    match content {
        Content::Review(review) => (review.evidence.iter()).map(|one| one.source).collect(),
        Content::Claim(_) => (content.references().iter())
            .map(|one| one.record)
            .collect(),
        _ => BTreeSet::new(),
    }
}
