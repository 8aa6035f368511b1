//! Every write, sync and rename fails once: nothing acknowledged is lost, and a second run completes the work.
//!
//! `strace` makes one system call of the program fail, as a broken disk (EIO) or a full one (ENOSPC) would. With
//! `LEDGER_CI=1` each call of each command fails in turn; else a sample of them does.

#![cfg(target_os = "linux")]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::process::{Command, Output};
use std::sync::Mutex;
use std::thread;

use ledger::log::{AddCheckpoint, Checkpoint, consistency_proof};
use ledger::store::{Read, SqliteStore};
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};
use support::desk::{Desk, verify};
use support::serving::Serving;
use support::tools::{in_ci, skip, tool};

/// The system calls by which a disk is changed.
const CALLS: [&str; 14] = [
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "ftruncate",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "mkdir",
    "rmdir",
];

/// How many failures of one call of a command are tried where not all are.
const SAMPLE: usize = 3;

/// A command that changes something, and how to see that it did.
struct Work {
    arguments: Vec<String>,
    desk: Desk,
    /// Tells whether the work is done, and fails where it is half done.
    is_done: fn(&Desk) -> bool,
}

/// One system call that fails.
#[derive(Clone, Copy, Debug)]
struct Fault {
    call: &'static str,
    /// The first of all calls is 1.
    at: usize,
    error: &'static str,
}

impl Fault {
    /// What strace is told. A disk that is full stays full; what is said on stdout and stderr is written by
    /// `write`, too, so that only one of these fails.
    fn injection(self) -> String {
        let Fault { call, at, error } = self;
        let on = match (error, call) {
            ("ENOSPC", "pwrite64" | "ftruncate" | "fsync" | "fdatasync") => "+",
            _ => "",
        };
        format!("inject={call}:error={error}:when={at}{on}")
    }
}

/// Returns strace, where it is there and may look into other processes.
fn strace() -> Option<()> {
    let works = tool("strace")?
        .args(["-qq", "-o", "/dev/null", "-e", "trace=none", "true"])
        .status();
    if !works.is_ok_and(|status| status.success()) {
        skip("every failing write", "strace may not trace here");
        return None;
    }
    Some(())
}

/// The program, as the desk runs it, under strace.
fn traced(desk: &Desk, options: &[&str]) -> Command {
    let plain = desk.command();
    let mut command = Command::new("strace");
    command.args(["-f", "-qq"]).args(options);
    command.arg(plain.get_program()).current_dir(desk.path("."));
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command
}

/// Runs the work without a fault, and counts the calls.
fn calls(work: &Work) -> BTreeMap<&'static str, usize> {
    let desk = work.desk.copy();
    let trace = format!("trace={}", CALLS.join(","));
    let output = traced(&desk, &["-o", "calls", "-e", &trace])
        .args(&work.arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!((work.is_done)(&desk), "the work is seen when it is done");
    count_calls(&desk)
}

/// Counts the calls in what strace wrote.
fn count_calls(desk: &Desk) -> BTreeMap<&'static str, usize> {
    let log = fs::read_to_string(desk.path("calls")).unwrap();
    let count = |call: &&'static str| {
        let called = format!(" {call}(");
        let lines = log.lines().filter(|line| line.contains(&called));
        (*call, lines.count())
    };
    let mut counts: BTreeMap<_, _> = CALLS.iter().map(count).collect();
    counts.retain(|_, count| *count > 0);
    counts
}

/// Which calls fail: each, or some of each kind, the first and the last among them.
fn faults(counts: &BTreeMap<&'static str, usize>) -> Vec<Fault> {
    let all = in_ci();
    let mut faults = Vec::new();
    for (call, count) in counts {
        let step = match all {
            true => 1,
            false => (count / SAMPLE).max(1),
        };
        let places = (1..=*count).step_by(step).chain([*count]);
        for (n, at) in places.enumerate() {
            for (e, error) in ["EIO", "ENOSPC"].into_iter().enumerate() {
                if all || n % 2 == e {
                    faults.push(Fault { call, at, error });
                }
            }
        }
    }
    faults
}

/// Lets each of the calls fail, and looks at what is left.
fn every_call_fails(work: &Work) {
    if strace().is_none() {
        return;
    }
    let counts = calls(work);
    let syncs = ["fsync", "fdatasync"].map(|call| counts.contains_key(call));
    assert!(syncs.contains(&true), "{counts:?}");
    let faults = Mutex::new(faults(&counts));
    let failed = Mutex::new(0_u32);
    let workers = thread::available_parallelism().unwrap().get();
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let next = faults.lock().unwrap().pop();
                    let Some(fault) = next else {
                        break;
                    };
                    *failed.lock().unwrap() += u32::from(fails_once(work, fault));
                }
            });
        }
    });
    assert!(*failed.lock().unwrap() > 0, "no command saw a fault");
}

/// Runs the work with one fault. Tells whether the command failed.
fn fails_once(work: &Work, fault: Fault) -> bool {
    let desk = work.desk.copy();
    let injection = fault.injection();
    let output = traced(&desk, &["-o", "/dev/null", "-e", &injection])
        .args(&work.arguments)
        .output()
        .unwrap();
    let said = said(&output);
    let case = format!("{:?} with {injection}: {said}", work.arguments);
    let is_done = (work.is_done)(&desk);
    match output.status.code() {
        Some(0) => assert!(is_done, "acknowledged and not done: {case}"),
        Some(3) => assert!(names_a_cause(&said), "no cause is named: {case}"),
        code => panic!("exit code {code:?}: {case}"),
    }
    assert!(!said.contains("panicked"), "{case}");
    if fault.call != "unlink" {
        let unfinished: Vec<_> = desk
            .names()
            .into_iter()
            .filter(|n| is_unfinished(n))
            .collect();
        assert!(unfinished.is_empty(), "{unfinished:?} is left: {case}");
    }
    if desk.ledger().exists() {
        let findings = desk.findings();
        // What is reindexed has its fault until it is done.
        let may = if is_done { "" } else { "derived-table" };
        assert!(
            findings.iter().all(|code| code == may),
            "{case}: {findings:?}"
        );
    }
    if !is_done {
        let again = desk
            .command()
            .args(&work.arguments)
            // What was made up by chance is made up anew.
            .env("LEDGER_SEED", "a second run")
            .output()
            .unwrap();
        assert_eq!(again.status.code(), Some(0), "{case}, then {again:?}");
        assert!((work.is_done)(&desk), "not done the second time: {case}");
    }
    // The log goes on.
    desk.ok(&["policy", "--approvals", "2", "--as", "ada"]);
    assert_eq!(desk.findings(), [""; 0], "{case}");
    output.status.code() == Some(3)
}

fn said(output: &Output) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

fn names_a_cause(said: &str) -> bool {
    let causes = [
        "Input/output error",
        "No space left on device",
        "no space is left",
        "full, over its quota, or failing",
        "disk I/O error",
        "disk is full",
    ];
    causes.iter().any(|cause| said.contains(cause))
}

fn is_unfinished(name: &str) -> bool {
    name.contains(".new")
}

fn words(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(ToString::to_string).collect()
}

fn count(desk: &Desk, sql: &str) -> i64 {
    let connection = Connection::open(desk.ledger()).unwrap();
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

/// A desk with one claim that can be erased or proven: five entries.
fn desk() -> (Desk, String) {
    let desk = Desk::founded();
    let article = desk.article("Some words.\n");
    let claim = desk.claim(&article, "Some words.");
    (desk, claim)
}

#[test]
fn init() {
    let desk = Desk::empty();
    desk.ok(&["key", "new", "ada", "--unencrypted"]);
    every_call_fails(&Work {
        arguments: words(&[
            "init",
            "desk.ledger",
            "--origin",
            "factdesk.example/1",
            "--as",
            "ada",
        ]),
        desk,
        is_done: |desk| desk.ledger().exists(),
    });
}

#[test]
fn record() {
    let (desk, _) = desk();
    desk.write("words.txt", "Other words.\n");
    desk.write(
        "dossier.json",
        r#"{"articles":[{"id":"a","file":"words.txt","headline":"H","published":"unknown"}]}"#,
    );
    every_call_fails(&Work {
        arguments: words(&["record", "dossier.json", "--as", "ada"]),
        desk,
        is_done: |desk| count(desk, "SELECT count(*) FROM entry") == 6,
    });
}

#[test]
fn erase() {
    let (desk, claim) = desk();
    every_call_fails(&Work {
        arguments: words(&["erase", &claim, "--reason", "R", "--yes", "--as", "ada"]),
        desk,
        is_done: |desk| {
            let entries = count(desk, "SELECT count(*) FROM entry");
            let erased = count(desk, "SELECT count(*) FROM object WHERE bytes IS NULL");
            assert!((entries, erased) == (5, 0) || (entries, erased) == (6, 1));
            erased == 1
        },
    });
}

#[test]
fn reindex() {
    let (desk, _) = desk();
    let connection = Connection::open(desk.ledger()).unwrap();
    connection.execute_batch("DELETE FROM reference").unwrap();
    drop(connection);
    every_call_fails(&Work {
        arguments: words(&["reindex"]),
        desk,
        is_done: |desk| count(desk, "SELECT count(*) FROM reference") > 0,
    });
}

#[test]
fn prove() {
    let (desk, claim) = desk();
    every_call_fails(&Work {
        arguments: words(&["prove", &claim, "-o", "claim.proof.json"]),
        desk,
        is_done: |desk| {
            let is_there = desk.path("claim.proof.json").exists();
            if is_there {
                let check = desk.run(&["check", "claim.proof.json", "--json"]);
                let check: serde_json::Value = serde_json::from_slice(&check.stdout).unwrap();
                assert_eq!(check["kind"], "claim", "{check:#}");
            }
            is_there
        },
    });
}

#[test]
fn publish() {
    let (desk, _) = desk();
    every_call_fails(&Work {
        arguments: words(&["publish", "public"]),
        desk,
        is_done: is_published,
    });
}

#[test]
fn publish_again() {
    let (desk, _) = desk();
    desk.ok(&["publish", "public", "--texts", "all"]);
    desk.article("An article more.\n");
    every_call_fails(&Work {
        arguments: words(&["publish", "public"]),
        desk,
        is_done: is_published,
    });
}

/// Tells whether the folder shows all entries. It must always show some state, wholly.
fn is_published(desk: &Desk) -> bool {
    let Ok(checkpoint) = fs::read_to_string(desk.path("public/checkpoint")) else {
        return false;
    };
    let report = verify(&desk.path("public"));
    assert_eq!(
        report["findings"].as_array().unwrap().len(),
        0,
        "{report:#}"
    );
    let size = checkpoint.lines().nth(1).unwrap().parse::<i64>().unwrap();
    assert_eq!(report["size"], size);
    size == count(desk, "SELECT count(*) FROM entry")
}

#[test]
fn cosign() {
    let (desk, _) = desk();
    desk.ok(&["witness", "new", "north.example"]);
    let witness = Serving::start(&desk, &["--log", &desk.log_key()]);
    desk.ok(&["witness", "add", &witness.url]);
    every_call_fails(&Work {
        arguments: words(&["checkpoint", "--cosign"]),
        desk,
        is_done: |desk| count(desk, "SELECT count(*) FROM cosignature") == 1,
    });
}

/// A witness whose disk fails, and what it is asked: to cosign four entries, and then five.
struct Witnessing {
    desk: Desk,
    log_key: String,
    requests: [(u64, String); 2],
}

impl Witnessing {
    fn new() -> Self {
        let (desk, _) = desk();
        desk.ok(&["witness", "new", "north.example"]);
        let store = SqliteStore::open_to_read(&desk.ledger()).unwrap();
        let request = |old: u64, size: u64| {
            let (_, note) = store.checkpoints(size, 1).unwrap().remove(0);
            let read: &dyn Read = &store;
            let request = AddCheckpoint {
                old,
                proof: consistency_proof(old, size, &read).unwrap(),
                checkpoint: note.parse().unwrap(),
            };
            (size, request.to_string())
        };
        Witnessing {
            requests: [request(0, 4), request(4, 5)],
            log_key: desk.log_key(),
            desk,
        }
    }

    fn serve(&self, mut command: Command) -> Result<Serving, String> {
        command.args(["witness", "serve"]);
        Serving::run(command, &["--log", &self.log_key])
    }

    /// Asks for what was not cosigned yet, and returns the last size that was.
    fn ask(&self, witness: &Serving, mut cosigned: u64) -> u64 {
        for (size, body) in &self.requests {
            if *size > cosigned {
                let answer = witness.add_checkpoint(body);
                match answer.status {
                    200 => cosigned = *size,
                    500 => {}
                    // The request before this one failed.
                    409 => assert_eq!(answer.body, format!("{cosigned}\n")),
                    other => panic!("status {other}: {answer:?}"),
                }
            }
        }
        cosigned
    }

    fn fails_once(&self, fault: Fault) -> bool {
        let desk = self.desk.copy();
        let injection = fault.injection();
        // With -D it is the witness that is killed in the end, not its tracer.
        let options = ["-D", "-o", "/dev/null", "-e", &injection];
        let cosigned = match self.serve(traced(&desk, &options)) {
            Ok(witness) => {
                let cosigned = self.ask(&witness, 0);
                witness.kill();
                cosigned
            }
            Err(said) => {
                assert!(
                    names_a_cause(&said) && !said.contains("panicked"),
                    "{fault:?}: {said}"
                );
                0
            }
        };
        let again = self.serve(desk.command()).unwrap();
        let origin = hex::encode(Sha256::digest("factdesk.example/2026"));
        let latest = again.get(&format!("/{origin}/checkpoint"));
        let remembered = match latest.status {
            404 => 0,
            _ => Checkpoint::read_unverified(&latest.body).unwrap().size(),
        };
        assert!(
            remembered >= cosigned,
            "{fault:?}: cosigned {cosigned} and forgot it: {latest:?}"
        );
        assert_eq!(self.ask(&again, remembered), 5, "{fault:?}");
        cosigned < 5
    }
}

#[test]
fn witness() {
    if strace().is_none() {
        return;
    }
    let witnessing = Witnessing::new();
    let desk = witnessing.desk.copy();
    let trace = format!("trace={}", CALLS.join(","));
    let witness = witnessing.serve(traced(&desk, &["-D", "-o", "calls", "-e", &trace]));
    let witness = witness.unwrap();
    assert_eq!(witnessing.ask(&witness, 0), 5);
    witness.end("TERM");
    let counts = count_calls(&desk);
    let mut faults = faults(&counts);
    // By `write` it wakes its own threads; its state is written otherwise.
    faults.retain(|fault| fault.call != "write");
    let failed = faults
        .into_iter()
        .filter(|fault| witnessing.fails_once(*fault))
        .count();
    assert!(failed > 0, "no witness saw a fault");
}
