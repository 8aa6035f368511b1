//! Witnesses: what is cosigned and what is not, row by row of C2SP tlog-witness; then the same over the network,
//! between ledgers that witness each other.

mod support;

use std::fs;
use std::net::TcpStream;
use std::path::Path;

use ledger::log::hash::EMPTY_ROOT;
use ledger::log::{
    AddCheckpoint, Checkpoint, Hash, HashReader, MerkleError, NodeId, NoteSignature, NoteSigner,
    SignedNote, WitnessSigner, consistency_proof, leaf_hash, root,
};
use ledger::sign::SecretKey;
use ledger::witness::{Refusal, SqliteState, State as _, Witness};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use support::desk::Desk;
use support::serving::Serving;
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
        good.replacen("=\n", "=\n\n", 1),
        good.replacen("\n\n", "\n\n\n", 1),
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
    let desk = Desk::founded();
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

/// A desk with a ledger of this name, and a witness's key.
fn desk_of(origin: &str, witness: &str) -> Desk {
    let desk = Desk::empty();
    desk.ok(&["key", "new", "ada", "--unencrypted"]);
    let init = ["init", "desk.ledger", "--origin", origin, "--as", "ada"];
    desk.ok(&init);
    desk.ok(&["witness", "new", witness]);
    desk
}

/// A desk whose ledger has a witness, and the witness.
fn witnessed_desk() -> (Desk, Serving) {
    let desk = Desk::founded();
    desk.ok(&["witness", "new", "north.example"]);
    let witness = Serving::start(&desk, &["--log", &desk.log_key()]);
    desk.ok(&["witness", "add", &witness.url]);
    (desk, witness)
}

fn cosign(desk: &Desk) -> Value {
    let answer = desk.ok(&["checkpoint", "--cosign"]);
    assert_eq!(answer["asked"][0]["outcome"], "cosigned", "{answer:#}");
    answer
}

/// The stderr of a command that must end with this exit code, and still answers.
fn complaint(desk: &Desk, arguments: &[&str], code: i32) -> String {
    let output = desk.run(arguments);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    stderr
}

#[test]
fn two_ledgers_witness_each_other() {
    let east = desk_of("east.example/log", "east.example/witness");
    let west = desk_of("west.example/log", "west.example/witness");
    let at_east = Serving::start(&east, &["--log", &west.log_key()]);
    let at_west = Serving::start(&west, &["--log", &east.log_key()]);
    for (desk, witness) in [(&east, &at_west), (&west, &at_east)] {
        let added = desk.ok(&["witness", "add", &witness.url, "--name", "other"]);
        assert_eq!(added["key"], witness.key.as_str());
        assert_eq!(added["fetched"], true);
        assert_eq!(desk.ok(&["status"])["policy"]["met"], false);
        cosign(desk);
        let status = desk.ok(&["status"]);
        assert_eq!(status["policy"]["met"], true);
        assert_eq!(status["cosigned"][0]["witness"], witness.key.as_str());
        desk.article("One more entry.\n");
        assert_eq!(
            desk.ok(&["status"])["policy"]["met"],
            false,
            "a new checkpoint"
        );
        let answer = cosign(desk);
        let note: SignedNote = answer["checkpoint"].as_str().unwrap().parse().unwrap();
        let keys = [witness.key.parse().unwrap()];
        assert_eq!(note.verify_cosignatures(&keys).unwrap().len(), 1);
        assert_eq!(note.to_string(), text(desk, &["checkpoint"]));
        assert_eq!(desk.findings(), [""; 0]);
        let listed = desk.ok(&["witness", "list"]);
        assert_eq!(
            (&listed["name"], &listed["size"]),
            (&"other".into(), &answer["size"])
        );
    }
}

fn text(desk: &Desk, arguments: &[&str]) -> String {
    String::from_utf8(desk.run(arguments).stdout).unwrap()
}

#[test]
fn reader_with_the_policy_asks_for_the_cosignature() {
    let (desk, _witness) = witnessed_desk();
    let article = desk.article("A page with a claim.\n");
    let claim = desk.claim(&article, "a claim");
    let prove = |name: &str| desk.ok(&["prove", &claim, "-o", name]);
    let check = |name: &str, code| desk.json(&["check", name, "--policy", "desk.policy"], code);
    prove("before.proof.json");
    assert_eq!(
        check("before.proof.json", 1)["intact"],
        false,
        "quorum not met"
    );
    cosign(&desk);
    prove("after.proof.json");
    assert_eq!(check("after.proof.json", 0)["intact"], true);
    // One character of the witness's line is another.
    let bundle = fs::read_to_string(desk.path("after.proof.json")).unwrap();
    let line = bundle.find("— north.example ").unwrap() + 40;
    let (head, tail) = bundle.split_at(line);
    let other = match tail.starts_with('A') {
        true => 'B',
        false => 'A',
    };
    desk.write("bent.proof.json", format!("{head}{other}{}", &tail[1..]));
    let output = desk.run(&["check", "bent.proof.json", "--policy", "desk.policy"]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn refresh_over_the_network_is_kept_as_the_latest_line() {
    let (desk, _witness) = witnessed_desk();
    let time = |answer: &Value| answer["cosigned"][0]["time"].as_str().unwrap().to_owned();
    let first = time(&cosign(&desk));
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let answer = cosign(&desk);
    assert!(time(&answer) > first);
    assert_eq!(answer["cosigned"].as_array().unwrap().len(), 1);
    let listed = desk.ok(&["witness", "list"]);
    assert_eq!(listed["time"].as_str().unwrap(), time(&answer));
}

/// Five hundred entries, of which the operator writes anew those from the sixth on, and signs them all.
#[test]
fn witness_catches_an_operator_who_rewrites_entry_5_of_500() {
    let (desk, witness) = witnessed_desk();
    let article = desk.article("A page with a claim.\n");
    desk.ok(&["policy", "--approvals", "2", "--as", "ada"]);
    let dossier = |words: &str, count: u32| {
        let claims: Vec<Value> = (0..count)
            .map(|i| {
                serde_json::json!({
                    "id": format!("c{i}"), "text": "a claim", "checkability": "checkable", "said": "unknown",
                    "appearances": [{"article": article, "exact": "a claim"}],
                    "speaker": {"name": format!("{words} {i}")}, "kind": "direct-quote",
                })
            })
            .collect();
        serde_json::json!({ "claims": claims }).to_string()
    };
    fs::copy(desk.ledger(), desk.path("backup")).unwrap();
    desk.write("true.json", dossier("Speaker", 495));
    desk.ok(&["record", "true.json", "--as", "ada"]);
    assert_eq!(cosign(&desk)["size"], 500);

    let rewrite = |count: u32| {
        for side_file in ["desk.ledger-wal", "desk.ledger-shm"] {
            let _ = fs::remove_file(desk.path(side_file));
        }
        fs::copy(desk.path("backup"), desk.ledger()).unwrap();
        desk.write("forged.json", dossier("Somebody", count));
        let forged = desk
            .command()
            .env("LEDGER_STATE", "./forgotten")
            .args(["record", "forged.json", "--as", "ada"])
            .output()
            .unwrap();
        assert!(forged.status.success());
        fs::remove_dir_all(desk.path("forgotten")).unwrap();
        assert_eq!(desk.findings(), [""; 0], "by itself it is sound");
    };
    // As long as before, longer, and shorter. The first two are 422, the last is 409.
    for (count, found) in [
        (495, "the first 500 entries of this ledger are not those"),
        (500, "the first 500 entries of this ledger are not those"),
        (
            100,
            "it says that it cosigned 500 entries, this ledger has 105",
        ),
    ] {
        rewrite(count);
        let message = complaint(&desk, &["checkpoint", "--cosign"], 1);
        assert!(message.contains(found), "{message}");
        assert!(message.contains("ledger help rollback"), "{message}");
        assert_eq!(desk.ok(&["status"])["policy"]["met"], false);
    }
    let path = format!(
        "/{}/checkpoint",
        hex::encode(Sha256::digest("factdesk.example/2026"))
    );
    assert_eq!(
        Checkpoint::read_unverified(&witness.get(&path).body)
            .unwrap()
            .size(),
        500,
        "the witness still has the true one"
    );
}

#[test]
fn witness_that_was_killed_or_started_twice_keeps_its_promise() {
    let (desk, witness) = witnessed_desk();
    fs::copy(desk.ledger(), desk.path("backup")).unwrap();
    desk.article("One.\n");
    cosign(&desk);
    let body = |size: u64| format!("old {size}\n\n{}", text(&desk, &["checkpoint"]));
    let arguments = ["--log", &desk.log_key()];
    witness.kill();
    let witness = Serving::start(&desk, &arguments);
    let beside = Serving::start(&desk, &arguments);
    for one in [&witness, &beside] {
        let answer = one.add_checkpoint(&body(3));
        assert_eq!((answer.status, answer.body.as_str()), (409, "4\n"));
        assert!(
            answer.head.contains("content-type: text/x.tlog.size"),
            "{answer:?}"
        );
        assert_eq!(one.add_checkpoint(&body(4)).status, 200);
    }
    witness.kill();
    assert_eq!(beside.add_checkpoint(&body(0)).status, 409);
}

#[test]
fn witness_answers_over_http_as_the_specification_says() {
    let (desk, witness) = witnessed_desk();
    let stranger = desk_of("stranger.example", "south.example");
    let hash = |origin: &str| hex::encode(Sha256::digest(origin));
    let latest = |origin: &str| witness.get(&format!("/{}/checkpoint", hash(origin)));
    assert_eq!(latest("factdesk.example/2026").status, 404, "never yet");
    cosign(&desk);
    let answer = latest("factdesk.example/2026");
    assert_eq!(
        (answer.status, answer.body),
        (200, text(&desk, &["checkpoint"]))
    );
    assert_eq!(latest("stranger.example").status, 404);
    let about = witness.get("/");
    assert_eq!(
        (about.status, about.body.lines().next()),
        (200, Some(witness.key.as_str()))
    );

    let foreign = format!("old 0\n\n{}", text(&stranger, &["checkpoint"]));
    assert_eq!(witness.add_checkpoint(&foreign).status, 404);
    let own = format!("old 3\n\n{}", text(&desk, &["checkpoint"]));
    let renamed = own.replace("— factdesk.example/2026", "— factdesk.example/2025");
    assert_eq!(witness.add_checkpoint(&renamed).status, 403);
    assert_eq!(witness.add_checkpoint("old 3\n").status, 400);
    let long = "old 3\n".repeat(20_000);
    assert_eq!(witness.add_checkpoint(&long).status, 413);
    assert_eq!(witness.get("/add-checkpoint").status, 405);
    assert_eq!(witness.get("/nothing").status, 404);
    assert_eq!(witness.exchange("nonsense\r\n\r\n").status, 400);
    assert_eq!(
        witness.add_checkpoint(&own).status,
        200,
        "and is still there"
    );
}

#[test]
fn callers_who_say_nothing_do_not_keep_others_waiting() {
    let (desk, witness) = witnessed_desk();
    let address = witness
        .url
        .trim_start_matches("http://")
        .trim_end_matches('/');
    let silent: Vec<TcpStream> = (0..20)
        .map(|_| TcpStream::connect(address).unwrap())
        .collect();
    cosign(&desk);
    drop(silent);
}

#[cfg(unix)]
#[test]
fn witness_ends_when_it_is_asked_to() {
    for signal in ["INT", "TERM"] {
        let (_desk, witness) = witnessed_desk();
        assert_eq!(witness.end(signal), Some(0), "{signal}");
    }
}

#[test]
fn witness_that_does_not_answer_does_not_stop_the_others() {
    let (desk, _witness) = witnessed_desk();
    let absent = desk.ok(&["witness", "new", "absent.example"])["key"].clone();
    let add = [
        "witness",
        "add",
        absent.as_str().unwrap(),
        "--url",
        "http://127.0.0.1:9/",
    ];
    desk.ok(&add);
    // Any of the two is enough.
    let message = complaint(&desk, &["checkpoint", "--cosign"], 0);
    assert!(
        message.contains("warning: witness absent.example did not cosign"),
        "{message}"
    );
    let policy = fs::read_to_string(desk.path("desk.policy")).unwrap();
    let all = policy.replace("group witnesses any", "group witnesses all");
    desk.write("desk.policy", all);
    let answer = desk.json(&["checkpoint", "--cosign"], 3);
    assert_eq!(answer["asked"][0]["outcome"], "cosigned");
    assert_eq!(answer["asked"][1]["outcome"], "no-answer");
    assert_eq!(answer["cosigned"].as_array().unwrap().len(), 1);
}

#[test]
fn answer_that_is_no_cosignature_is_not_kept() {
    let (desk, witness) = witnessed_desk();
    // The policy has another key of the same witness.
    let other = WitnessSigner::new("north.example", SecretKey::from_seed(&[9; 32])).unwrap();
    let policy = fs::read_to_string(desk.path("desk.policy")).unwrap();
    desk.write(
        "desk.policy",
        policy.replace(&witness.key, &other.key().to_string()),
    );
    let message = complaint(&desk, &["checkpoint", "--cosign"], 3);
    assert!(
        message.contains("expected a cosignature by north.example+"),
        "{message}"
    );
    assert_eq!(
        desk.ok(&["status"])["cosigned"].as_array().unwrap().len(),
        0
    );
}
