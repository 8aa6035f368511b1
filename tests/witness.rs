//! Witnesses: what is cosigned and what is not, row by row of C2SP tlog-witness.

mod support;

use std::path::Path;

use ledger::log::hash::EMPTY_ROOT;
use ledger::log::{
    AddCheckpoint, Checkpoint, Hash, HashReader, MerkleError, NodeId, NoteSignature, NoteSigner,
    SignedNote, WitnessSigner, consistency_proof, leaf_hash, root,
};
use ledger::sign::SecretKey;
use ledger::witness::{Refusal, SqliteState, State as _, Witness};
use tempfile::TempDir;

const ORIGIN: &str = "log.example";

/// A log of made-up leaves, of which those from `forked_at` on are others.
struct Log {
    signer: NoteSigner,
    forked_at: u64,
}

impl Log {
    fn new(forked_at: u64) -> Self {
        Log {
            signer: NoteSigner::new(ORIGIN, SecretKey::from_seed(&[1; 32])).unwrap(),
            forked_at,
        }
    }

    fn checkpoint(&self, size: u64) -> SignedNote {
        let root = root(size, &self).unwrap();
        let checkpoint = Checkpoint::new(ORIGIN, size, root).unwrap();
        checkpoint.sign(&self.signer).unwrap()
    }

    fn request(&self, old: u64, size: u64) -> AddCheckpoint {
        AddCheckpoint {
            old,
            proof: consistency_proof(old, size, &self).unwrap(),
            checkpoint: self.checkpoint(size),
        }
    }
}

impl HashReader for &Log {
    type Error = MerkleError;

    fn hash(&self, node: NodeId) -> Result<Hash, MerkleError> {
        let leaves = node.index() << node.level()..(node.index() + 1) << node.level();
        let hashes: Vec<Hash> = leaves
            .map(|leaf| leaf_hash(format!("{leaf} {}", leaf >= self.forked_at).as_bytes()))
            .collect();
        Ok(subtree(&hashes))
    }
}

fn subtree(leaves: &[Hash]) -> Hash {
    match leaves {
        [leaf] => *leaf,
        leaves => {
            let (left, right) = leaves.split_at(leaves.len() / 2);
            ledger::log::node_hash(&subtree(left), &subtree(right))
        }
    }
}

/// A witness with its state in a folder of its own.
struct Booth {
    witness: Witness,
    state: SqliteState,
    folder: TempDir,
}

impl Booth {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let signer = WitnessSigner::new("north.example", SecretKey::from_seed(&[2; 32])).unwrap();
        Booth {
            witness: Witness::new(signer, vec![Log::new(u64::MAX).signer.key().clone()]),
            state: SqliteState::open(&folder.path().join("state")).unwrap(),
            folder,
        }
    }

    /// A witness that cosigned the log at this size.
    fn at(size: u64) -> Self {
        let mut booth = Booth::new();
        booth.cosigns(&Log::new(u64::MAX).request(0, size));
        booth
    }

    fn ask(&mut self, body: impl AsRef<[u8]>) -> Result<NoteSignature, Refusal> {
        (self.witness).add_checkpoint(&mut self.state, body.as_ref(), 1_000)
    }

    fn cosigns(&mut self, request: &AddCheckpoint) {
        let line = self.ask(request.to_string()).unwrap();
        let note = request.checkpoint.clone().with_signatures([line]).unwrap();
        let keys = [self.witness.key().clone()];
        assert_eq!(note.verify_cosignatures(&keys).unwrap()[0].time, 1_000);
    }

    /// The status of a refusal, which must leave the state as it was.
    fn refuses(&mut self, body: impl AsRef<[u8]>) -> u16 {
        let before = self.latest();
        let refusal = self.ask(body).unwrap_err();
        assert_eq!(self.latest(), before, "{refusal}");
        refusal.status()
    }

    fn latest(&self) -> Option<SignedNote> {
        self.state.latest(ORIGIN).unwrap()
    }
}

#[test]
fn log_that_only_grows_is_cosigned() {
    let (mut booth, log) = (Booth::new(), Log::new(u64::MAX));
    for (old, size) in [(0, 0), (0, 1), (1, 1), (1, 2), (2, 7), (7, 8), (8, 500)] {
        booth.cosigns(&log.request(old, size));
    }
    assert_eq!(booth.latest().unwrap().text(), log.checkpoint(500).text());
}

#[test]
fn refresh_of_the_same_size_gives_a_later_time() {
    let (mut booth, log) = (Booth::at(5), Log::new(u64::MAX));
    let body = log.request(5, 5).to_string();
    let line = (booth.witness).add_checkpoint(&mut booth.state, body.as_bytes(), 2_000);
    let note = log.checkpoint(5).with_signatures([line.unwrap()]).unwrap();
    let keys = [booth.witness.key().clone()];
    assert_eq!(note.verify_cosignatures(&keys).unwrap()[0].time, 2_000);
    assert_eq!(
        booth.latest(),
        Some(note),
        "the line before is not kept: two are enough"
    );
}

#[test]
fn body_that_is_no_request_is_400() {
    let mut booth = Booth::at(5);
    let good = Log::new(u64::MAX).request(5, 8).to_string();
    let not_a_checkpoint = Log::new(0).signer.sign("log.example\neight\n").unwrap();
    for body in [
        String::new(),
        "old 5\n\n".to_owned(),
        good.replace("old 5", "old 05"),
        good.replace("old 5", "new 5"),
        good.replace("\nlog.example\n8\n", "\nlog.example\n08\n"),
        good.replace("\nlog.example\n8\n", "\nlog.example\n9223372036854775808\n"),
        good.replacen("=\n", "\n", 1),
        format!("old 5\n\n{not_a_checkpoint}"),
        format!("{good}{}", " ".repeat(64 << 10)),
    ] {
        assert_eq!(booth.refuses(&body), 400, "{body:.200}");
    }
    assert_eq!(booth.refuses([good.as_bytes(), &[0xff]].concat()), 400);
    let request = AddCheckpoint {
        old: 9,
        ..Log::new(u64::MAX).request(5, 8)
    };
    assert_eq!(booth.refuses(request.to_string()), 400, "old > size");
}

#[test]
fn checkpoint_without_a_signature_of_the_log_is_403() {
    let (mut booth, log) = (Booth::at(5), Log::new(u64::MAX));
    let request = log.request(5, 8);
    let stranger = NoteSigner::new(ORIGIN, SecretKey::from_seed(&[3; 32])).unwrap();
    let text = request.checkpoint.text();
    let by_a_stranger = AddCheckpoint {
        checkpoint: stranger.sign(text).unwrap(),
        ..request.clone()
    };
    assert_eq!(booth.refuses(by_a_stranger.to_string()), 403);
    // A line of the log's key that is not its signature, beside one that is.
    let mut wrong = request.checkpoint.signatures()[0].clone();
    wrong.blob[0] ^= 1;
    let one_fails = AddCheckpoint {
        checkpoint: request.checkpoint.clone().with_signatures([wrong]).unwrap(),
        ..request.clone()
    };
    assert_eq!(booth.refuses(one_fails.to_string()), 403);
    // A stranger's line beside the log's is ignored, and not kept.
    let lines = by_a_stranger.checkpoint.signatures().to_vec();
    let both = AddCheckpoint {
        checkpoint: request.checkpoint.clone().with_signatures(lines).unwrap(),
        ..request
    };
    booth.cosigns(&both);
    let names: Vec<u32> = (booth.latest().unwrap().signatures().iter())
        .map(|line| line.key_id)
        .collect();
    let keys = [log.signer.key().key_id(), booth.witness.key().key_id()];
    assert_eq!(names, keys);
}

#[test]
fn unknown_log_is_404_whoever_signed() {
    let mut booth = Booth::at(5);
    let other = NoteSigner::new("other.example", SecretKey::from_seed(&[1; 32])).unwrap();
    let note = Checkpoint::new("other.example", 0, EMPTY_ROOT).unwrap();
    let note = note.sign(&other).unwrap();
    assert_eq!(booth.refuses(format!("old 0\n\n{note}")), 404);
}

#[test]
fn old_size_that_was_not_cosigned_last_is_409_with_the_one_that_was() {
    let mut booth = Booth::at(5);
    for (old, size) in [(0, 5), (0, 8), (4, 8), (6, 8), (8, 8), (4, 4), (0, 0)] {
        let body = Log::new(u64::MAX).request(old, size).to_string();
        assert_eq!(booth.refuses(&body), 409, "{old} {size}");
        let latest = match booth.ask(body) {
            Err(Refusal::Conflict { latest, .. }) => latest,
            other => panic!("{other:?}"),
        };
        assert_eq!(latest, 5);
    }
}

#[test]
fn other_history_is_422() {
    let mut booth = Booth::at(5);
    for (forked_at, old, size) in [(0, 5, 8), (4, 5, 8), (4, 5, 5), (0, 5, 500)] {
        let body = Log::new(forked_at).request(old, size).to_string();
        assert_eq!(booth.refuses(body), 422, "{forked_at} {old} {size}");
    }
    // What was not cosigned yet may still be either.
    booth.cosigns(&Log::new(5).request(5, 8));
}

#[test]
fn wrong_proof_is_422() {
    let log = Log::new(u64::MAX);
    let (good, root) = (log.request(5, 8), leaf_hash(b"no node"));
    let mut too_long = good.proof.clone();
    too_long.push(root);
    let mut changed = good.proof.clone();
    changed[1] = root;
    for proof in [
        Vec::new(),
        too_long,
        changed,
        good.proof[1..].to_vec(),
        vec![root; 63],
    ] {
        let body = AddCheckpoint {
            proof,
            ..good.clone()
        };
        assert_eq!(Booth::at(5).refuses(body.to_string()), 422);
    }
    for (old, size) in [(5, 5), (0, 5)] {
        let body = AddCheckpoint {
            proof: vec![root],
            ..log.request(old, size)
        };
        assert_eq!(Booth::at(old).refuses(body.to_string()), 422, "{old}");
    }
}

#[test]
fn size_0_has_the_root_of_no_entries() {
    let (mut booth, log) = (Booth::new(), Log::new(u64::MAX));
    let text = format!("{ORIGIN}\n0\n{}\n", leaf_hash(b"root").to_base64());
    let signed = log.signer.sign(&text).unwrap();
    assert_eq!(booth.refuses(format!("old 0\n\n{signed}")), 422);
    let stranger = NoteSigner::new(ORIGIN, SecretKey::from_seed(&[3; 32])).unwrap();
    let signed = stranger.sign(&text).unwrap();
    assert_eq!(booth.refuses(format!("old 0\n\n{signed}")), 403);
    booth.cosigns(&log.request(0, 0));
    assert_eq!(
        booth.refuses(Booth::at(5).latest().unwrap().to_string()),
        400
    );
}

#[test]
fn two_processes_on_one_state_are_one_witness() {
    let mut booth = Booth::at(5);
    let path = booth.folder.path().join("state");
    let mut other = SqliteState::open(&path).unwrap();
    let (mine, theirs) = (Log::new(u64::MAX), Log::new(5));
    booth.cosigns(&mine.request(5, 8));
    let body = theirs.request(5, 8).to_string();
    let refusal = (booth.witness).add_checkpoint(&mut other, body.as_bytes(), 1_000);
    assert_eq!(refusal.unwrap_err().status(), 409);

    // Many threads with many histories: of each size one is cosigned.
    let cosigned: Vec<Hash> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8u64)
            .map(|n| {
                let (path, witness) = (&path, &booth.witness);
                scope.spawn(move || cosigned_by(path, witness, &Log::new(8 + n % 3)))
            })
            .collect();
        let roots = threads.into_iter().flat_map(|one| one.join().unwrap());
        roots.collect()
    });
    assert!(!cosigned.is_empty());
    assert!(cosigned.iter().all(|root| *root == cosigned[0]));
}

/// Asks for a checkpoint of 12 entries, and returns its root if it was cosigned.
fn cosigned_by(path: &Path, witness: &Witness, log: &Log) -> Option<Hash> {
    let mut state = SqliteState::open(path).unwrap();
    let body = log.request(8, 12).to_string();
    match witness.add_checkpoint(&mut state, body.as_bytes(), 1_000) {
        Ok(_) => Some(root(12, &log).unwrap()),
        Err(refusal) => {
            assert_eq!(refusal.status(), 409);
            None
        }
    }
}

#[test]
fn state_that_is_none_is_not_taken_for_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    std::fs::write(
        &file,
        "not a state of a witness, but long enough for a header",
    )
    .unwrap();
    let error = SqliteState::open(&file).unwrap_err().to_string();
    assert!(error.contains("another kind of file"), "{error}");
    let desk = support::desk::Desk::founded();
    let error = SqliteState::open(&desk.ledger()).unwrap_err().to_string();
    assert!(error.contains("application_id 1279543122"), "{error}");
    assert_eq!(desk.findings(), [""; 0], "and it is left as it was");
}

#[test]
fn state_only_goes_forward_whoever_writes_it() {
    let mut booth = Booth::at(5);
    let path = booth.folder.path().join("state");
    let file = rusqlite::Connection::open(path).unwrap();
    for statement in ["DELETE FROM latest", "UPDATE latest SET size = 4"] {
        assert!(file.execute(statement, []).is_err(), "{statement}");
    }
    let statement = "UPDATE latest SET note = 'nothing'";
    file.execute(statement, []).unwrap();
    let body = Log::new(u64::MAX).request(5, 8).to_string();
    assert_eq!(booth.ask(body).unwrap_err().status(), 500);
}
