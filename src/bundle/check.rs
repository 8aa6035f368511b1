//! Checking a bundle: from nothing but its bytes and what the reader trusts.

use std::collections::{HashMap, HashSet};

use super::beside::{Beside, add_steps};
use super::notice::add_notices;
use super::standing::{Aspect, Attestation, Cosigned, Outcome, Standing, Step};
use super::{Bundle, Item};
use crate::canonical::{Digest, Timestamp};
use crate::log::policy::PolicyWitness;
use crate::log::{
    Checkpoint, CheckpointError, Cosignature, Entry, Hash, Policy, SignedNote, VerifierKey,
    WitnessKey, leaf_hash, verify_inclusion,
};
use crate::record::{Content, Ledger, Record};
use crate::rules::{NoFacts, Rule, Rules, Violation};
use crate::sign::Did;
use crate::store::StoreError;
use crate::verify::examine::{Examined, KnownKeys, examine};
use crate::verify::{Check, Code, Finding};

/// Whom the reader trusts.
#[derive(Clone, Debug)]
pub struct Trust<'a> {
    pub log: LogTrust,
    /// Witnesses, of whom a quorum must have cosigned the checkpoint.
    pub policy: Option<&'a Policy>,
}

/// Whose checkpoint counts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there is one of it in a check")]
pub enum LogTrust {
    /// The reader knows the log's key from elsewhere.
    Key(VerifierKey),
    /// The bundle was just made from a ledger that the reader chose: its own word is taken.
    FoundingRecord,
    /// The reader knows no key: whose log this is stays open.
    Nobody,
}

impl LogTrust {
    /// Takes a key that the reader knows, else the one that a policy has for this log, else what is there.
    fn or_policy(self, policy: Option<&Policy>, ledger: &Ledger) -> Self {
        let (origin, own) = (ledger.origin.as_str(), ledger.log_key.as_str());
        match (self, policy.and_then(|policy| policy.log_key(origin, own))) {
            (LogTrust::FoundingRecord | LogTrust::Nobody, Some(key)) => LogTrust::Key(key.clone()),
            (trust, _) => trust,
        }
    }
}

/// Why a bundle can't be checked at all.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("its first entry is no sound founding record, which would name the log's key")]
    NoFoundingRecord,
    #[error("its checkpoint can't be read")]
    Checkpoint(#[from] CheckpointError),
    #[error("it lacks the record that it is about, {subject}")]
    NoSubject { subject: Digest },
}

/// Checks every entry of a bundle, and says what follows for its subject.
///
/// `beside` gives texts and files where the caller has them; without it, whether quoted words stand where
/// a record says is not among the steps.
///
/// # Errors
///
/// [`CheckError`] if the bundle lacks what every check begins with.
pub fn check(
    bundle: &Bundle,
    trust: &Trust<'_>,
    beside: Option<Beside<'_>>,
) -> Result<Standing, CheckError> {
    let keys = KnownKeys::default();
    let examined: Vec<Examined> = bundle
        .items
        .iter()
        .map(|item| examine(&item.stored, &keys))
        .collect();
    let ledger = founding_record(&examined)?;
    let head = Head::open(bundle, ledger, trust)?;
    let mut fold = Fold::new(&head)?;
    for (item, examined) in std::iter::zip(&bundle.items, examined) {
        fold.step(item, examined)?;
    }
    fold.standing(bundle, beside)
}

fn founding_record(examined: &[Examined]) -> Result<&Ledger, CheckError> {
    match examined.first() {
        Some(Examined {
            index: 0,
            findings,
            record:
                Some(Record {
                    content: Content::Ledger(ledger),
                    ..
                }),
            ..
        }) if findings.is_empty() => Ok(ledger),
        _ => Err(CheckError::NoFoundingRecord),
    }
}

/// The checkpoint, whether it is the log's, and who cosigned it.
struct Head {
    origin: String,
    log_key: String,
    checkpoint: Checkpoint,
    cosigned: Vec<Cosigned>,
    steps: Vec<Step>,
}

impl Head {
    fn open(bundle: &Bundle, ledger: &Ledger, trust: &Trust<'_>) -> Result<Self, CheckError> {
        let origin = ledger.origin.as_str();
        let log = trust.log.clone().or_policy(trust.policy, ledger);
        let checkpoint: Checkpoint = bundle.checkpoint.text().parse()?;
        let mut steps = vec![Step {
            aspect: Aspect::Checkpoint,
            outcome: log_outcome(&bundle.checkpoint, &checkpoint, ledger, &log),
        }];
        let (cosigned, outcome) = cosigned(bundle, trust.policy, ledger);
        steps.extend(outcome.map(|outcome| Step {
            aspect: Aspect::Cosignatures,
            outcome,
        }));
        steps.extend(trust.policy.map(|policy| Step {
            aspect: Aspect::Quorum,
            outcome: quorum_outcome(policy, &cosigned),
        }));
        Ok(Head {
            origin: origin.to_owned(),
            log_key: match log {
                LogTrust::Key(key) => key.to_string(),
                LogTrust::FoundingRecord | LogTrust::Nobody => ledger.log_key.to_string(),
            },
            checkpoint,
            cosigned: cosigned
                .into_iter()
                .map(|cosignature| Cosigned {
                    is_known: trust
                        .policy
                        .is_some_and(|policy| policy.witness_keys().contains(&cosignature.witness)),
                    cosignature,
                })
                .collect(),
            steps,
        })
    }

    fn inclusion(&self, item: &Item) -> Outcome {
        let (index, size) = (item.stored.index, self.checkpoint.size());
        if index >= size {
            return Outcome::Failed(format!("the checkpoint covers {size} entries"));
        }
        let leaf = leaf_hash(&item.stored.bytes);
        let root = self.checkpoint.root();
        match verify_inclusion(index, size, &leaf, &item.path, &root) {
            Ok(()) => Outcome::Passed,
            Err(error) => Outcome::Failed(error.to_string()),
        }
    }
}

fn log_outcome(
    note: &SignedNote,
    checkpoint: &Checkpoint,
    ledger: &Ledger,
    trust: &LogTrust,
) -> Outcome {
    let Ok(own) = ledger.log_key.as_str().parse::<VerifierKey>() else {
        return Outcome::Failed(format!("{} is no verifier key", ledger.log_key));
    };
    let key = match trust {
        LogTrust::Key(key) => key,
        LogTrust::FoundingRecord | LogTrust::Nobody => &own,
    };
    match Checkpoint::open(&note.to_string(), key) {
        Err(error) => Outcome::Failed(error.to_string()),
        // What is signed beside the three lines, no witness signs and nobody audits.
        Ok(_) if note.text() != checkpoint.to_string() => {
            Outcome::Failed("it has more lines than origin, size and root".to_owned())
        }
        // The founding record stands in the tree, and says whose tree it is.
        Ok(_) if *key != own => {
            Outcome::Failed(format!("the founding record names another key: {own}"))
        }
        Ok(_) if *trust == LogTrust::Nobody => Outcome::NotChecked(format!(
            "whose log is this? It says {own}: compare this key with the one that the newsroom gives, and name it with --log-key"
        )),
        Ok(_) => Outcome::Passed,
    }
}

/// Checks the lines of the witnesses that the bundle or the policy names. There is nothing to check without.
///
/// The log's own key is nobody's witness: whatever it signs besides, the operator said himself.
fn cosigned(
    bundle: &Bundle,
    policy: Option<&Policy>,
    ledger: &Ledger,
) -> (Vec<Cosignature>, Option<Outcome>) {
    let mut witnesses = bundle.witnesses.clone();
    for key in policy.map_or(Vec::new(), Policy::witness_keys) {
        if !witnesses.contains(&key) {
            witnesses.push(key);
        }
    }
    if witnesses.is_empty() {
        return (Vec::new(), None);
    }
    let mut cosigned = match bundle.checkpoint.verify_cosignatures(&witnesses) {
        Ok(cosigned) => cosigned,
        Err(error) => return (Vec::new(), Some(Outcome::Failed(error.to_string()))),
    };
    let has_signed = |key: &WitnessKey| cosigned.iter().any(|one| one.witness == *key);
    let missing = bundle.witnesses.iter().find(|key| !has_signed(key));
    let log_key = ledger.log_key.as_str().parse::<VerifierKey>().ok();
    let is_own = |one: &mut Cosignature| {
        (log_key.as_ref()).is_some_and(|log| log.public() == one.witness.public())
    };
    let own: Vec<Cosignature> = cosigned.extract_if(.., is_own).collect();
    let outcome = match (missing, own.first()) {
        (Some(key), _) => Outcome::Failed(format!("there is none by {key}")),
        (None, Some(one)) => {
            Outcome::Failed(format!("{} has the key of the log itself", one.witness))
        }
        (None, None) => Outcome::Passed,
    };
    (cosigned, Some(outcome))
}

fn quorum_outcome(policy: &Policy, cosigned: &[Cosignature]) -> Outcome {
    let signers: Vec<WitnessKey> = cosigned.iter().map(|one| one.witness.clone()).collect();
    let quorum = policy.quorum(&signers);
    if quorum.satisfied {
        return Outcome::Passed;
    }
    let names = |witnesses: &[&PolicyWitness]| match witnesses {
        [] => "nobody".to_owned(),
        some => (some.iter().map(|one| one.name.as_str()))
            .collect::<Vec<_>>()
            .join(", "),
    };
    Outcome::Failed(format!(
        "signed by {}, missing {}",
        names(&quorum.signed),
        names(&quorum.missing)
    ))
}

/// The rules over the entries of the bundle, in the order of the log.
struct Fold<'a> {
    head: &'a Head,
    rules: Rules<NoFacts>,
    judged: Vec<Judged>,
    /// Keys whose record is not sound, and why.
    unsound_keys: HashMap<Did, String>,
    /// The first entry that only a newer program can judge.
    unjudged: Option<u64>,
    /// Index and leaf hash of the last entry so far.
    before: Option<(u64, Hash)>,
}

/// What was found of one entry by itself and by the rules.
struct Judged {
    examined: Examined,
    entry: Entry,
    inclusion: Outcome,
    violations: Vec<Violation>,
    /// The entry from which on the rules could not be judged, if it lies before this one or is this one.
    unjudged: Option<u64>,
}

impl<'a> Fold<'a> {
    fn new(head: &'a Head) -> Result<Self, CheckError> {
        Ok(Fold {
            head,
            rules: Rules::resume(NoFacts)?,
            judged: Vec::new(),
            unsound_keys: HashMap::new(),
            unjudged: None,
            before: None,
        })
    }

    fn step(&mut self, item: &Item, examined: Examined) -> Result<(), CheckError> {
        let inclusion = self.place(item, examined.entry.as_ref());
        self.before = Some((item.stored.index, leaf_hash(&item.stored.bytes)));
        // An entry that is not in its form says nothing, and whatever rests on it will lack it.
        let Some(entry) = examined.entry.clone() else {
            return Ok(());
        };
        if examined.unknown.is_some() {
            self.unjudged.get_or_insert(examined.index);
        }
        let violations = match self.unjudged {
            None => (self.rules.apply(&entry, examined.record.as_ref())?).violations,
            Some(_) => Vec::new(),
        };
        let judged = Judged {
            inclusion,
            unjudged: self.unjudged,
            examined,
            entry,
            violations,
        };
        if let Some(fault) = judged.fault() {
            let index = judged.examined.index;
            for did in judged.keys_concerned() {
                let why = format!("entry {index}, which tells of the key, is not sound: {fault}");
                self.unsound_keys.entry(did).or_insert(why);
            }
        }
        self.judged.push(judged);
        Ok(())
    }

    /// Checks that an entry is in the tree, and follows on the one before if that is in the bundle.
    fn place(&self, item: &Item, entry: Option<&Entry>) -> Outcome {
        let index = item.stored.index;
        let before = match self.before {
            None if index == 0 => Some(Hash::ZERO),
            Some((before, leaf)) if before.checked_add(1) == Some(index) => Some(leaf),
            _ => None,
        };
        match (self.head.inclusion(item), before, entry) {
            (Outcome::Passed, Some(before), Some(entry)) if entry.prev != before => {
                Outcome::Failed(Finding::new(Check::Chain, index, before, entry.prev).to_string())
            }
            (outcome, ..) => outcome,
        }
    }

    fn standing(self, bundle: &Bundle, beside: Option<Beside<'_>>) -> Result<Standing, CheckError> {
        let mut others = (self.judged.iter())
            .map(|judged| self.attest(judged))
            .collect::<Result<Vec<_>, _>>()?;
        if let Some(beside) = beside {
            add_steps(&mut others, beside, &self.rules)?;
        }
        add_notices(&mut others, &bundle.subject, self.rules.doubtful());
        let subject = others.iter().position(|one| one.digest == bundle.subject);
        let mut record = match subject {
            Some(place) => others.remove(place),
            None => {
                let subject = bundle.subject;
                return Err(CheckError::NoSubject { subject });
            }
        };
        let recorded = self.last_recorded(&bundle.last);
        // What holds for the checkpoint holds for everything under it, and is told once.
        record.steps.extend(self.head.steps.iter().cloned());
        record.steps.push(Step {
            aspect: Aspect::Time,
            outcome: match &recorded {
                Ok(_) => Outcome::Passed,
                Err(why) => Outcome::Failed(why.clone()),
            },
        });
        let reviews: Vec<Digest> = others
            .iter()
            .filter(|one| is_review_of(one, &record.digest))
            .map(|one| one.digest)
            .collect();
        let (about, others): (Vec<_>, Vec<_>) = others.into_iter().partition(|one| {
            let mut subjects = [&record.digest].into_iter().chain(&reviews);
            let content = one.record.as_ref().map(|record| &record.content);
            subjects.any(|subject| content.is_some_and(|content| content.speaks_of(subject)))
        });
        let named_by_it = record.record.as_ref().map_or(Vec::new(), |record| {
            let references = record.content.references().into_iter();
            references.map(|reference| reference.record).collect()
        });
        let (named, others): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|one| named_by_it.contains(&one.digest));
        let named_by_reviews: HashSet<Digest> = (about.iter())
            .filter(|one| is_review_of(one, &record.digest))
            .flat_map(sources_of)
            .collect();
        let (evidence, supporting) = others
            .into_iter()
            .partition(|one| named_by_reviews.contains(&one.digest));
        // A newer program may know that something in between changes what is said here.
        if let Some(index) = self.unjudged {
            record.steps.push(Step {
                aspect: Aspect::Format,
                outcome: not_judged(index),
            });
        }
        Ok(Standing {
            origin: self.head.origin.clone(),
            log_key: self.head.log_key.clone(),
            size: self.head.checkpoint.size(),
            root: self.head.checkpoint.root(),
            recorded: recorded.ok(),
            cosigned: self.head.cosigned.clone(),
            record,
            about,
            named,
            evidence,
            supporting,
        })
    }

    /// Returns when the last entry under the checkpoint was recorded, or why that can't be told.
    fn last_recorded(&self, last: &Item) -> Result<Timestamp, String> {
        let (index, size) = (last.stored.index, self.head.checkpoint.size());
        if index.checked_add(1) != Some(size) {
            return Err(format!(
                "expected entry {}, found {index}",
                size.saturating_sub(1)
            ));
        }
        let entry = Entry::parse(&last.stored.bytes).map_err(|error| error.to_string());
        match self.place(last, entry.as_ref().ok()) {
            Outcome::Failed(why) | Outcome::NotChecked(why) => Err(why),
            Outcome::Passed => entry.map(|entry| entry.recorded),
        }
    }

    fn attest(&self, judged: &Judged) -> Result<Attestation, CheckError> {
        let entry = &judged.entry;
        let subject = self.rules.subject(&entry.record)?;
        let steps = vec![
            Step {
                aspect: Aspect::Record,
                outcome: judged.record_outcome(subject.as_ref().and_then(|s| s.erased)),
            },
            Step {
                aspect: Aspect::Signature,
                outcome: judged.signature_outcome(),
            },
            Step {
                aspect: Aspect::Key,
                outcome: self.key_outcome(judged),
            },
            Step {
                aspect: Aspect::Inclusion,
                outcome: judged.inclusion.clone(),
            },
            Step {
                aspect: Aspect::Rules,
                outcome: judged.rules_outcome(),
            },
        ];
        Ok(Attestation {
            digest: entry.record,
            index: judged.examined.index,
            kind: entry.kind.clone(),
            record: judged.examined.record.clone(),
            recorded: entry.recorded,
            proof: entry.proof.clone(),
            signer: self.rules.signer(&entry.proof.key).cloned(),
            subject,
            steps,
            notices: Vec::new(),
        })
    }

    fn key_outcome(&self, judged: &Judged) -> Outcome {
        if let Some(why) = self.unsound_keys.get(&judged.entry.proof.key) {
            return Outcome::Failed(why.clone());
        }
        judged.violation(is_about_the_key).map_or_else(
            || match judged.unjudged {
                Some(index) => not_judged(index),
                None => Outcome::Passed,
            },
            Outcome::Failed,
        )
    }
}

impl Judged {
    /// Says what is wrong with the entry, whoever signed it.
    fn fault(&self) -> Option<String> {
        let finding = self.examined.findings.first().map(ToString::to_string);
        let inclusion = || match &self.inclusion {
            Outcome::Failed(why) | Outcome::NotChecked(why) => Some(why.clone()),
            Outcome::Passed => None,
        };
        finding
            .or_else(inclusion)
            .or_else(|| self.violation(|_| true))
    }

    /// Returns the keys that the record enrols or revokes.
    fn keys_concerned(&self) -> Vec<Did> {
        match self.examined.record.as_ref().map(|record| &record.content) {
            Some(Content::Ledger(ledger)) => ledger.owners.clone(),
            Some(Content::Key(key)) => vec![key.key],
            Some(Content::Revocation(revocation)) => vec![revocation.key],
            _ => Vec::new(),
        }
    }

    fn violation(&self, of: impl Fn(Rule) -> bool) -> Option<String> {
        let broken = self.violations.iter().find(|broken| of(broken.rule))?;
        Some(format!(
            "expected {}, found {}",
            broken.expected, broken.found
        ))
    }

    fn record_outcome(&self, erased_at: Option<u64>) -> Outcome {
        let mut findings = self.examined.findings.iter();
        match (
            findings.find(|finding| finding.code != SIGNATURE),
            &self.examined.unknown,
        ) {
            (Some(finding), _) => Outcome::Failed(finding.to_string()),
            (None, Some(reason)) => Outcome::NotChecked(reason.clone()),
            (None, None) if !self.examined.erased => Outcome::Passed,
            (None, None) if erased_at.is_none() => {
                Outcome::Failed("its words are not here, and no erasure says why".to_owned())
            }
            (None, None) => Outcome::NotChecked(
                "the record was erased; its hash and signature remain".to_owned(),
            ),
        }
    }

    fn signature_outcome(&self) -> Outcome {
        let mut findings = self.examined.findings.iter();
        match findings.find(|finding| finding.code == SIGNATURE) {
            Some(finding) => Outcome::Failed(finding.to_string()),
            None => (self.violation(|rule| rule == Rule::Signer))
                .map_or(Outcome::Passed, Outcome::Failed),
        }
    }

    fn rules_outcome(&self) -> Outcome {
        let told_above = |rule| is_about_the_key(rule) || rule == Rule::Signer;
        match (self.violation(|rule| !told_above(rule)), self.unjudged) {
            (Some(violation), _) => Outcome::Failed(violation),
            (None, Some(index)) => not_judged(index),
            (None, None) => Outcome::Passed,
        }
    }
}

/// What alone says that a signature is not valid: whatever else is found of an entry by itself is about the record.
const SIGNATURE: Code = Code::Check(Check::Signature);

fn is_about_the_key(rule: Rule) -> bool {
    matches!(rule, Rule::KeyNotEnrolled | Rule::KeyRevoked | Rule::Role)
}

fn not_judged(index: u64) -> Outcome {
    Outcome::NotChecked(format!(
        "entry {index} is of a newer format: a newer program can"
    ))
}

fn is_review_of(one: &Attestation, subject: &Digest) -> bool {
    matches!(&one.record, Some(Record { content: Content::Review(review), .. })
        if review.subject == *subject)
}

/// Returns the sources that a review names as its evidence.
fn sources_of(review: &Attestation) -> Vec<Digest> {
    match review.record.as_ref().map(|record| &record.content) {
        Some(Content::Review(review)) => review.evidence.iter().map(|one| one.source).collect(),
        _ => Vec::new(),
    }
}
