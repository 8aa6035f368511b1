//! Known answers for the log's formats: every file in `tests/vectors/log`.
//!
//! The files are plain data, for verifiers in other languages too. Each one's shape is told by its
//! members; a file of a shape that is not listed in [`Vectors`] fails the test.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::Path;

use ledger::log::policy::LineFault;
use ledger::log::{
    Checkpoint, CheckpointError, Entry, EntryError, Frontier, Hash, MerkleError, NamedKey,
    NoteError, NoteSigner, Policy, PolicyError, SignedNote, TlogProof, TlogProofError,
    VerifierKeyError, WitnessKey, WitnessSigner, consistency_proof, inclusion_proof, leaf_hash,
    root, verify_consistency, verify_inclusion,
};
use ledger::sign::SecretKey;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(untagged)]
enum Vectors {
    Trees(Trees),
    Leaves(Leaves),
    Proofs(Proofs),
    Entries(Entries),
    Keys(Keys),
    Notes(Notes),
    Signing(SigningCases),
    Checkpoints(Checkpoints),
    WitnessKeys(WitnessKeys),
    Cosignatures(Cosignatures),
    Cosigning(CosigningCases),
    TlogProofs(TlogProofs),
    Policies(Policies),
}

#[test]
fn every_vector_file_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/log");
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read(&file).unwrap();
        let vectors = serde_json::from_slice(&text)
            .unwrap_or_else(|error| panic!("{name} is of no known shape: {error}"));
        match vectors {
            Vectors::Trees(trees) => trees.check(),
            Vectors::Leaves(leaves) => leaves.check(),
            Vectors::Proofs(proofs) => proofs.check(),
            Vectors::Entries(entries) => entries.check(),
            Vectors::Keys(keys) => keys.check(),
            Vectors::Notes(notes) => notes.check(),
            Vectors::Signing(signing) => signing.check(),
            Vectors::Checkpoints(checkpoints) => checkpoints.check(),
            Vectors::WitnessKeys(keys) => keys.check(),
            Vectors::Cosignatures(cosignatures) => cosignatures.check(),
            Vectors::Cosigning(cosigning) => cosigning.check(),
            Vectors::TlogProofs(proofs) => proofs.check(),
            Vectors::Policies(policies) => policies.check(),
        }
    }
}

/// What must be read, and what must be refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases<Good, Bad> {
    accepted: Vec<Good>,
    refused: Vec<Bad>,
}

/// Checks that a case was refused, and by the rule that it was made to break.
fn assert_refused<T: Debug, E: Debug>(
    about: &str,
    result: Result<T, E>,
    rule: &str,
    rule_of: fn(&E) -> &'static str,
) {
    let error = result.expect_err(about);
    assert_eq!(rule_of(&error), rule, "{about}: {error:?}");
}

fn base64(text: &str) -> Hash {
    Hash::from_base64(text).unwrap()
}

fn path(hashes: &[String]) -> Vec<Hash> {
    hashes.iter().map(|hash| base64(hash)).collect()
}

// Trees

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Trees {
    leaf_rule: String,
    roots: BTreeMap<String, String>,
    inclusion: Vec<Inclusion>,
    consistency: Vec<Consistency>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inclusion {
    size: u64,
    index: u64,
    path: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Consistency {
    old: u64,
    new: u64,
    path: Vec<String>,
}

impl Trees {
    fn check(&self) {
        assert!(self.leaf_rule.contains("\"entry <i>\\n\""));
        let leaf = |index: u64| leaf_hash(format!("entry {index}\n").as_bytes());
        let sizes: Vec<u64> = self
            .roots
            .keys()
            .map(|size| size.parse().unwrap())
            .collect();
        let largest = *sizes.iter().max().unwrap();
        let mut nodes = Vec::new();
        let mut frontier = Frontier::new();
        for index in 0..largest {
            let completed = frontier.push(leaf(index)).unwrap();
            nodes.extend(completed.into_iter().map(|(_, hash)| hash));
        }
        for (size, expected) in sizes.into_iter().zip(self.roots.values()) {
            assert_eq!(root(size, &nodes), Ok(base64(expected)), "size {size}");
        }
        for case in &self.inclusion {
            let &Inclusion { size, index, .. } = case;
            let path = path(&case.path);
            assert_eq!(inclusion_proof(index, size, &nodes), Ok(path.clone()));
            let root = root(size, &nodes).unwrap();
            verify_inclusion(index, size, &leaf(index), &path, &root).unwrap();
        }
        for case in &self.consistency {
            let &Consistency { old, new, .. } = case;
            let path = path(&case.path);
            assert_eq!(consistency_proof(old, new, &nodes), Ok(path.clone()));
            let (old_root, new_root) = (root(old, &nodes).unwrap(), root(new, &nodes).unwrap());
            verify_consistency(old, new, &old_root, &new_root, &path).unwrap();
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Leaves {
    #[serde(rename = "about")]
    _about: String,
    leaves: Vec<String>,
    roots: Vec<String>,
}

impl Leaves {
    fn check(&self) {
        assert_eq!(self.roots.len(), self.leaves.len() + 1);
        let mut frontier = Frontier::new();
        let mut roots = vec![frontier.root()];
        for leaf in &self.leaves {
            frontier
                .push(leaf_hash(&hex::decode(leaf).unwrap()))
                .unwrap();
            roots.push(frontier.root());
        }
        let roots: Vec<String> = roots.iter().map(|r| hex::encode(r.as_bytes())).collect();
        assert_eq!(roots, self.roots);
    }
}

// Proofs

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Proofs {
    #[serde(rename = "about")]
    _about: String,
    inclusion: Vec<InclusionCase>,
    consistency: Vec<ConsistencyCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InclusionCase {
    about: String,
    result: String,
    index: String,
    size: String,
    leaf: String,
    path: Vec<String>,
    root: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct ConsistencyCase {
    about: String,
    result: String,
    old: String,
    new: String,
    old_root: String,
    new_root: String,
    path: Vec<String>,
}

impl Proofs {
    fn check(&self) {
        for case in &self.inclusion {
            let result = verify_inclusion(
                case.index.parse().unwrap(),
                case.size.parse().unwrap(),
                &base64(&case.leaf),
                &path(&case.path),
                &base64(&case.root),
            );
            assert_result(&case.about, result, &case.result);
        }
        for case in &self.consistency {
            let result = verify_consistency(
                case.old.parse().unwrap(),
                case.new.parse().unwrap(),
                &base64(&case.old_root),
                &base64(&case.new_root),
                &path(&case.path),
            );
            assert_result(&case.about, result, &case.result);
        }
    }
}

fn assert_result(about: &str, result: Result<(), MerkleError>, expected: &str) {
    match expected {
        "accepted" => assert_eq!(result, Ok(()), "{about}"),
        rule => assert_refused(about, result, rule, merkle_rule),
    }
}

fn merkle_rule(error: &MerkleError) -> &'static str {
    match error {
        MerkleError::SizeTooLarge { .. } => "size",
        MerkleError::IndexOutOfRange { .. } => "index",
        MerkleError::OldSizeOutOfRange { .. } => "old-size",
        MerkleError::MissingNode { .. } => "missing-node",
        MerkleError::PathLength { .. } => "path-length",
        MerkleError::RootMismatch { .. } => "root",
    }
}

// Entries

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoodEntry {
    entry: String,
    leaf: String,
    index: u64,
    kind: String,
    record: String,
    recorded: String,
    root: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BadEntry {
    about: String,
    rule: String,
    entry: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entries {
    #[serde(rename = "about")]
    _about: String,
    entries: Cases<GoodEntry, BadEntry>,
}

impl Entries {
    fn check(self) {
        let mut prev = Hash::ZERO;
        let mut frontier = Frontier::new();
        for case in self.entries.accepted {
            let entry = Entry::parse(case.entry.as_bytes()).unwrap();
            assert_eq!(entry.to_bytes().unwrap(), case.entry.as_bytes());
            assert_eq!(entry.index, case.index);
            assert_eq!(entry.kind, case.kind);
            assert_eq!(entry.record.to_string(), case.record);
            assert_eq!(entry.recorded.to_string(), case.recorded);
            assert_eq!(entry.prev, prev);
            let key = ledger::sign::PublicKey::from_did(&entry.proof.key).unwrap();
            entry.proof.verify(&entry.record, &key).unwrap();
            prev = leaf_hash(case.entry.as_bytes());
            assert_eq!(prev.to_string(), case.leaf);
            frontier.push(prev).unwrap();
            assert_eq!(frontier.root(), base64(&case.root));
        }
        for case in self.entries.refused {
            let result = Entry::parse(case.entry.as_bytes());
            assert_refused(&case.about, result, &case.rule, |error| match error {
                EntryError::TooLong { .. } => "length",
                EntryError::Json(_) => "json",
                EntryError::Kind { .. } => "kind",
                EntryError::ProofCount { .. } => "proof-count",
            });
        }
    }
}

// Verifier keys

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoodKey {
    about: String,
    vkey: String,
    name: String,
    id: String,
    public: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BadKey {
    about: String,
    rule: String,
    vkey: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    #[serde(rename = "about")]
    _about: String,
    keys: Cases<GoodKey, BadKey>,
}

impl Keys {
    fn check(self) {
        self.keys.check_keys::<0x01>();
    }
}

impl Cases<GoodKey, BadKey> {
    /// Checks keys of one signature type.
    fn check_keys<const TYPE: u8>(self) {
        for case in self.accepted {
            let key: NamedKey<TYPE> = case.vkey.parse().expect(&case.about);
            assert_eq!(key.to_string(), case.vkey);
            assert_eq!(key.name(), case.name);
            assert_eq!(format!("{:08x}", key.key_id()), case.id);
            assert_eq!(hex::encode(key.public().as_bytes()), case.public);
        }
        for case in self.refused {
            let result: Result<NamedKey<TYPE>, _> = case.vkey.parse();
            assert_refused(&case.about, result, &case.rule, key_rule);
        }
    }
}

fn key_rule(error: &VerifierKeyError) -> &'static str {
    match error {
        VerifierKeyError::Malformed { .. } => "malformed",
        VerifierKeyError::Name { .. } => "name",
        VerifierKeyError::UnsupportedType { .. } => "unsupported-type",
        VerifierKeyError::KeyLength { .. } => "key-length",
        VerifierKeyError::KeyId { .. } => "key-id",
        VerifierKeyError::Key(_) => "weak-key",
    }
}

// Notes

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoodNote {
    about: String,
    note: String,
    text: String,
    keys: Vec<String>,
    signers: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BadNote {
    about: String,
    rule: String,
    note: String,
    keys: Vec<String>,
}

fn parse_keys<const TYPE: u8>(keys: &[String]) -> Vec<NamedKey<TYPE>> {
    keys.iter().map(|key| key.parse().unwrap()).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Notes {
    #[serde(rename = "about")]
    _about: String,
    notes: Cases<GoodNote, BadNote>,
}

impl Notes {
    fn check(self) {
        for case in self.notes.accepted {
            let note: SignedNote = case.note.parse().expect(&case.about);
            assert_eq!(note.to_string(), case.note, "{}", case.about);
            assert_eq!(note.text(), case.text, "{}", case.about);
            let keys = parse_keys(&case.keys);
            let signers: Vec<String> = note
                .verify(&keys)
                .expect(&case.about)
                .into_iter()
                .map(ToString::to_string)
                .collect();
            assert_eq!(signers, case.signers, "{}", case.about);
        }
        for case in self.notes.refused {
            let keys = parse_keys(&case.keys);
            let result = case.note.parse().and_then(|note: SignedNote| {
                let signers = note.verify(&keys)?;
                Ok(signers.len())
            });
            assert_refused(&case.about, result, &case.rule, note_rule);
        }
    }
}

fn note_rule(error: &NoteError) -> &'static str {
    match error {
        NoteError::TooLong { .. } => "length",
        NoteError::ControlCharacter { .. } => "control-character",
        NoteError::TextEnd => "text-end",
        NoteError::NoSignatures => "no-signatures",
        NoteError::TooManySignatures { .. } => "too-many-signatures",
        NoteError::SignatureLine { .. } => "signature-line",
        NoteError::BadSignature { .. } => "bad-signature",
        NoteError::NoKnownKey => "no-known-key",
        NoteError::CosignatureTime { .. } => "cosignature-time",
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signing {
    about: String,
    seed: String,
    name: String,
    vkey: String,
    text: String,
    line: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SigningCases {
    #[serde(rename = "about")]
    _about: String,
    signing: Vec<Signing>,
}

impl SigningCases {
    fn check(self) {
        for case in self.signing {
            let mut seed = [0; 32];
            hex::decode_to_slice(&case.seed, &mut seed).unwrap();
            let signer = NoteSigner::new(&case.name, SecretKey::from_seed(&seed)).unwrap();
            assert_eq!(signer.key().to_string(), case.vkey, "{}", case.about);
            let note = signer.sign(&case.text).unwrap();
            let expected = format!("{}\n{}\n", case.text, case.line);
            assert_eq!(note.to_string(), expected, "{}", case.about);
        }
    }
}

// Checkpoints

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoodCheckpoint {
    about: String,
    note: String,
    key: String,
    origin: String,
    size: String,
    root: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BadCheckpoint {
    about: String,
    rule: String,
    note: String,
    key: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checkpoints {
    #[serde(rename = "about")]
    _about: String,
    checkpoints: Cases<GoodCheckpoint, BadCheckpoint>,
}

impl Checkpoints {
    fn check(self) {
        for case in self.checkpoints.accepted {
            let key = case.key.parse().unwrap();
            let checkpoint = Checkpoint::open(&case.note, &key).expect(&case.about);
            let size = case.size.parse().unwrap();
            let expected = Checkpoint::new(&case.origin, size, base64(&case.root)).unwrap();
            assert_eq!(checkpoint, expected, "{}", case.about);
            assert!(case.note.starts_with(&checkpoint.to_string()));
        }
        for case in self.checkpoints.refused {
            let result = Checkpoint::open(&case.note, &case.key.parse().unwrap());
            assert_refused(&case.about, result, &case.rule, checkpoint_rule);
        }
    }
}

fn checkpoint_rule(error: &CheckpointError) -> &'static str {
    match error {
        CheckpointError::Note(error) => note_rule(error),
        CheckpointError::Lines => "lines",
        CheckpointError::MissingLine { .. } => "missing-line",
        CheckpointError::Origin { .. } => "origin",
        CheckpointError::Size { .. } => "size",
        CheckpointError::Root(_) => "root",
        CheckpointError::EmptyRoot { .. } => "empty-root",
        CheckpointError::OtherOrigin { .. } => "other-origin",
    }
}

// Cosignatures

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct WitnessKeys {
    #[serde(rename = "about")]
    _about: String,
    witness_keys: Cases<GoodKey, BadKey>,
}

impl WitnessKeys {
    fn check(self) {
        self.witness_keys.check_keys::<0x04>();
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoodCosignatures {
    about: String,
    note: String,
    witnesses: Vec<String>,
    cosigned: Vec<Cosigned>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cosigned {
    witness: String,
    time: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BadCosignatures {
    about: String,
    rule: String,
    note: String,
    witnesses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cosignatures {
    #[serde(rename = "about")]
    _about: String,
    cosignatures: Cases<GoodCosignatures, BadCosignatures>,
}

impl Cosignatures {
    fn check(self) {
        for case in self.cosignatures.accepted {
            let note: SignedNote = case.note.parse().expect(&case.about);
            let cosigned: Vec<Cosigned> = note
                .verify_cosignatures(&parse_keys(&case.witnesses))
                .expect(&case.about)
                .into_iter()
                .map(|cosignature| Cosigned {
                    witness: cosignature.witness.to_string(),
                    time: cosignature.time.to_string(),
                })
                .collect();
            assert_eq!(cosigned, case.cosigned, "{}", case.about);
        }
        for case in self.cosignatures.refused {
            let note: SignedNote = case.note.parse().expect(&case.about);
            let result = note.verify_cosignatures(&parse_keys(&case.witnesses));
            assert_refused(&case.about, result, &case.rule, note_rule);
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cosigning {
    about: String,
    seed: String,
    name: String,
    vkey: String,
    text: String,
    time: String,
    line: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CosigningCases {
    #[serde(rename = "about")]
    _about: String,
    cosigning: Vec<Cosigning>,
}

impl CosigningCases {
    fn check(self) {
        for case in self.cosigning {
            let mut seed = [0; 32];
            hex::decode_to_slice(&case.seed, &mut seed).unwrap();
            let witness = WitnessSigner::new(&case.name, SecretKey::from_seed(&seed)).unwrap();
            assert_eq!(witness.key().to_string(), case.vkey, "{}", case.about);
            let log = NoteSigner::new("log", SecretKey::from_seed(&[1; 32])).unwrap();
            let note = log.sign(&case.text).unwrap();
            let line = witness.cosign(&note, case.time.parse().unwrap()).unwrap();
            assert_eq!(line.to_string(), case.line, "{}", case.about);
        }
    }
}

// Proof files

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoodTlogProof {
    about: String,
    proof: String,
    entry: String,
    log: String,
    index: String,
    size: String,
    head: String,
    extra: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BadTlogProof {
    about: String,
    rule: String,
    proof: String,
    entry: String,
    log: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct TlogProofs {
    #[serde(rename = "about")]
    _about: String,
    tlog_proofs: Cases<GoodTlogProof, BadTlogProof>,
}

impl TlogProofs {
    fn check(self) {
        for case in self.tlog_proofs.accepted {
            let proof: TlogProof = case.proof.parse().expect(&case.about);
            let log = case.log.parse().unwrap();
            let checkpoint = proof
                .verify(case.entry.as_bytes(), &log)
                .expect(&case.about);
            assert_eq!(checkpoint.size().to_string(), case.size, "{}", case.about);
            assert_eq!(proof.index().to_string(), case.index, "{}", case.about);
            assert_eq!(proof.extra().map(hex::encode), case.extra, "{}", case.about);
            assert_eq!(proof.head(), case.head, "{}", case.about);
            assert_eq!(proof.to_string(), case.proof, "{}", case.about);
            let note = proof.checkpoint().to_string();
            assert_eq!(proof.head() + &note, case.proof, "{}", case.about);
        }
        for case in self.tlog_proofs.refused {
            let log = case.log.parse().unwrap();
            let result = case
                .proof
                .parse()
                .and_then(|proof: TlogProof| proof.verify(case.entry.as_bytes(), &log));
            assert_refused(&case.about, result, &case.rule, |error| match error {
                TlogProofError::TooLong { .. } => "length",
                TlogProofError::Header { .. } => "header",
                TlogProofError::NoCheckpoint => "no-checkpoint",
                TlogProofError::Extra { .. } => "extra",
                TlogProofError::Index { .. } => "index",
                TlogProofError::PathTooLong { .. } => "path-too-long",
                TlogProofError::Hash(_) => "hash",
                TlogProofError::Note(error) => note_rule(error),
                TlogProofError::Checkpoint(error) => checkpoint_rule(error),
                TlogProofError::Inclusion(error) => match merkle_rule(error) {
                    "index" => "inclusion-index",
                    "root" => "inclusion-root",
                    rule => rule,
                },
            });
        }
    }
}

// Policies

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct LogLine {
    key: String,
    url: Option<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct WitnessLine {
    name: String,
    key: Option<String>,
    url: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuorumCase {
    signed: Vec<String>,
    satisfied: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GoodPolicy {
    about: String,
    policy: String,
    logs: Vec<LogLine>,
    witnesses: Vec<WitnessLine>,
    quorum: Vec<QuorumCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BadPolicy {
    about: String,
    rule: String,
    policy: String,
    line: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Policies {
    #[serde(rename = "about")]
    _about: String,
    policies: Cases<GoodPolicy, BadPolicy>,
}

impl Policies {
    fn check(self) {
        for case in self.policies.accepted {
            case.check();
        }
        for case in self.policies.refused {
            let result: Result<Policy, _> = case.policy.parse();
            let line = match &result {
                Err(PolicyError::Line { line, .. }) => Some(*line),
                _ => None,
            };
            assert_eq!(line, case.line, "{}", case.about);
            assert_refused(&case.about, result, &case.rule, policy_rule);
        }
    }
}

impl GoodPolicy {
    fn check(&self) {
        let policy: Policy = self.policy.parse().expect(&self.about);
        let logs = policy.logs().iter().map(|log| LogLine {
            key: log.key.to_string(),
            url: log.url.clone(),
        });
        assert_eq!(logs.collect::<Vec<_>>(), self.logs, "{}", self.about);
        let witnesses = policy.witnesses().iter().map(|witness| WitnessLine {
            name: witness.name.clone(),
            key: witness.key.as_ref().map(ToString::to_string),
            url: witness.url.clone(),
        });
        assert_eq!(
            witnesses.collect::<Vec<_>>(),
            self.witnesses,
            "{}",
            self.about
        );
        for case in &self.quorum {
            let about = format!("{}: {:?}", self.about, case.signed);
            let has_signed = |name: &String| case.signed.contains(name);
            let signers: Vec<WitnessKey> = policy
                .witnesses()
                .iter()
                .filter(|witness| has_signed(&witness.name))
                .map(|witness| witness.key.clone().expect(&about))
                .collect();
            let quorum = policy.quorum(&signers);
            assert_eq!(quorum.satisfied, case.satisfied, "{about}");
            assert_eq!(quorum.signed.len(), case.signed.len(), "{about}");
            assert!(quorum.signed.iter().all(|w| has_signed(&w.name)), "{about}");
            assert!(
                !quorum.missing.iter().any(|w| has_signed(&w.name)),
                "{about}"
            );
        }
    }
}

fn policy_rule(error: &PolicyError) -> &'static str {
    match error {
        PolicyError::TooLong { .. } => "length",
        PolicyError::NoQuorum => "no-quorum",
        PolicyError::Word { .. } => "word",
        PolicyError::Line { fault, .. } => match fault {
            LineFault::ControlCharacter { .. } => "control-character",
            LineFault::Keyword { .. } => "keyword",
            LineFault::Form { .. } => "form",
            LineFault::Key(error) => key_rule(error),
            LineFault::KeyTwice { .. } => "key-twice",
            LineFault::NameTaken { .. } => "name-taken",
            LineFault::NameUnknown { .. } => "name-unknown",
            LineFault::MemberTwice { .. } => "member-twice",
            LineFault::Threshold { .. } => "threshold",
            LineFault::QuorumTwice => "quorum-twice",
            LineFault::TooMany { .. } => "too-many",
        },
    }
}
