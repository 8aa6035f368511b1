//! `kill -9` at a random moment, again and again: the ledger opens and verifies, nothing acknowledged is lost, and
//! a second run completes the work.
//!
//! The ledger is the same in all rounds, with whatever the killed processes left beside it. How many rounds there
//! are says `LEDGER_CRASH_ROUNDS`; else there are 200 with `LEDGER_CI=1`, and 20 without. A test that fails prints
//! its seed: `LEDGER_CRASH_SEED` brings the same moments again.

mod support;

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use rusqlite::Connection;
use serde_json::Value;
use support::desk::{Desk, verify};
use support::serving::Serving;
use support::tools::in_ci;

/// Kinds of work that share the rounds.
const KINDS: u64 = 4;

/// Random moments, the same again from the same seed (SplitMix64).
struct Dice(u64);

impl Dice {
    fn new(work: &str) -> Self {
        let seed = match std::env::var("LEDGER_CRASH_SEED") {
            Ok(seed) => seed.parse().expect("LEDGER_CRASH_SEED is a number"),
            Err(_) => {
                let now = SystemTime::UNIX_EPOCH.elapsed().unwrap();
                u64::from(now.subsec_nanos()) ^ now.as_secs()
            }
        };
        // Shown where the test fails.
        eprintln!("{work}: LEDGER_CRASH_SEED={seed}");
        Dice(seed)
    }

    /// A moment between the start of a process and a little after its end.
    fn moment(&mut self, takes: Duration) -> Duration {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let part = (z >> 40) as f64 / (1_u64 << 24) as f64;
        takes.mul_f64(part * 1.1)
    }
}

fn rounds() -> u64 {
    let all = match std::env::var("LEDGER_CRASH_ROUNDS") {
        Ok(rounds) => rounds.parse().expect("LEDGER_CRASH_ROUNDS is a number"),
        Err(_) if in_ci() => 200,
        Err(_) => 20,
    };
    u64::div_ceil(all, KINDS)
}

/// A command that is killed, and then run to its end.
struct Rounds {
    desk: Desk,
    dice: Dice,
    /// How long the command took when nobody killed it.
    takes: Duration,
    killed: u64,
}

impl Rounds {
    fn new(work: &str, desk: Desk) -> Self {
        Rounds {
            desk,
            dice: Dice::new(work),
            takes: Duration::from_millis(50),
            killed: 0,
        }
    }

    fn command(&self, arguments: &[&str], round: u64) -> Command {
        let mut command = self.desk.command();
        command
            .args(arguments)
            .arg("--json")
            .env("LEDGER_SEED", format!("round {round}"))
            .stderr(Stdio::piped());
        command
    }

    /// Starts the command and kills it. Returns what it acknowledged, if it came so far.
    fn kill(&mut self, arguments: &[&str], round: u64) -> Option<Value> {
        let said = fs::File::create(self.desk.path("said")).unwrap();
        let moment = self.dice.moment(self.takes);
        let mut child = self.command(arguments, round).stdout(said).spawn().unwrap();
        std::thread::sleep(moment);
        // SIGKILL: no handler runs, nothing is flushed.
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        self.killed += u64::from(output.status.code().is_none());
        assert!(
            matches!(output.status.code(), None | Some(0)),
            "round {round}: {output:?}"
        );
        serde_json::from_slice(&fs::read(self.desk.path("said")).unwrap()).ok()
    }

    /// Runs the command to its end, and remembers how long it took.
    fn complete(&mut self, arguments: &[&str], round: u64) {
        let start = Instant::now();
        let output = self.command(arguments, round).output().unwrap();
        self.takes = start.elapsed();
        // What was recorded before it was killed is not recorded again.
        assert!(
            output.status.success() || is_recorded_already(&output.stderr),
            "round {round}: {output:?}"
        );
    }

    /// The ledger is sound, and holds what was acknowledged.
    fn check(&self, acknowledged: Option<&Value>, round: u64) -> u64 {
        let report = self.desk.verify();
        assert_eq!(report["ok"], true, "round {round}: {report:#}");
        if let Some(hash) = acknowledged.and_then(|said| said["hash"].as_str()) {
            let found = self.desk.run(&["show", hash]);
            assert!(found.status.success(), "round {round}: {hash} is lost");
        }
        report["size"].as_u64().unwrap()
    }

    fn end(&self) {
        assert!(self.killed > 0, "no process was killed before its end");
    }
}

fn is_recorded_already(stderr: &[u8]) -> bool {
    String::from_utf8_lossy(stderr).contains("in the ledger already")
}

#[test]
fn killed_append() {
    let desk = Desk::founded();
    desk.write("page.txt", "Some words.\n".repeat(5000));
    desk.write(
        "dossier.json",
        r#"{"articles":[
            {"id":"a","file":"page.txt","headline":"One","published":"unknown"},
            {"id":"b","file":"page.txt","headline":"Two","published":"unknown"},
            {"id":"c","file":"page.txt","headline":"Three","published":"unknown"}]}"#,
    );
    let arguments = ["record", "dossier.json", "--as", "ada"];
    let mut rounds_of = Rounds::new("append", desk);
    let mut size = rounds_of.check(None, 0);
    for round in 0..rounds() {
        let said = rounds_of.kill(&arguments, round);
        let found = rounds_of.check(said.as_ref(), round);
        assert!(found == size || found == size + 3, "round {round}: {found}");
        assert!(said.is_none() || found == size + 3, "round {round}: lost");
        rounds_of.complete(&arguments, round);
        size += 3;
        assert_eq!(rounds_of.check(None, round), size, "round {round}");
    }
    rounds_of.end();
}

#[test]
fn killed_erase() {
    let desk = Desk::founded();
    let mut rounds_of = Rounds::new("erase", desk);
    for round in 0..rounds() {
        let words = format!("Words of round {round}.\n");
        let article = rounds_of.desk.article(&words);
        let size = rounds_of.check(None, round);
        let arguments = ["erase", &article, "--reason", "R", "--yes", "--as", "ada"];
        let said = rounds_of.kill(&arguments, round);
        let found = rounds_of.check(said.as_ref(), round);
        assert!(found == size || found == size + 1, "round {round}: {found}");
        assert!(said.is_none() || found == size + 1, "round {round}: lost");
        if found == size {
            rounds_of.complete(&arguments, round);
        } else {
            // What the scrubbing left is left for this.
            rounds_of.complete(&["reindex"], round);
        }
        assert_eq!(rounds_of.check(None, round), size + 1, "round {round}");
        for name in rounds_of.desk.names() {
            if name.starts_with("desk.ledger") {
                let bytes = fs::read(rounds_of.desk.path(&name)).unwrap();
                let left = bytes.windows(words.len()).any(|w| w == words.as_bytes());
                assert!(!left, "round {round}: the words are in {name}");
            }
        }
    }
    rounds_of.end();
}

#[test]
fn killed_publish() {
    let desk = Desk::founded();
    let arguments = ["publish", "public", "--texts", "all"];
    let mut rounds_of = Rounds::new("publish", desk);
    let mut published = 0;
    for round in 0..rounds() {
        let article = rounds_of.desk.article(&format!("Round {round}.\n"));
        if round % 4 == 3 {
            let erase = ["erase", &article, "--reason", "R", "--yes", "--as", "ada"];
            rounds_of.desk.ok(&erase);
        }
        let size = rounds_of.check(None, round);
        let said = rounds_of.kill(&arguments, round);
        let found = published_size(&rounds_of.desk);
        assert!(
            found == published || found == size,
            "round {round}: {found}"
        );
        assert!(said.is_none() || found == size, "round {round}: lost");
        rounds_of.complete(&arguments, round);
        published = published_size(&rounds_of.desk);
        assert_eq!(published, size, "round {round}");
        assert!(!rounds_of.desk.path("public/.unfinished").exists());
    }
    rounds_of.end();
}

/// The size that the folder shows; it must show it wholly.
fn published_size(desk: &Desk) -> u64 {
    if !desk.path("public/checkpoint").exists() {
        return 0;
    }
    let report = verify(&desk.path("public"));
    assert_eq!(
        report["findings"].as_array().unwrap().len(),
        0,
        "{report:#}"
    );
    report["size"].as_u64().unwrap()
}

/// Now the ledger that asks is killed, now the witness.
#[test]
fn killed_cosign() {
    let desk = Desk::founded();
    desk.ok(&["witness", "new", "north.example"]);
    let status = desk.ok(&["status"]);
    let log_key = status["logKey"].as_str().unwrap();
    let start = |desk: &Desk| {
        let witness = Serving::start(desk, &["--log", log_key]);
        let _ = fs::remove_file(desk.path("desk.policy"));
        desk.ok(&["witness", "add", &witness.url]);
        witness
    };
    let arguments = ["checkpoint", "--cosign"];
    let mut witness = start(&desk);
    let mut rounds_of = Rounds::new("cosign", desk);
    for round in 0..rounds() {
        rounds_of.desk.article(&format!("Round {round}.\n"));
        let size = rounds_of.check(None, round);
        if round % 2 == 0 {
            let said = rounds_of.kill(&arguments, round);
            assert!(
                said.is_none() || is_cosigned(&rounds_of.desk, size),
                "round {round}: lost"
            );
        } else {
            let asking = rounds_of
                .command(&arguments, round)
                .stdout(Stdio::piped())
                .spawn();
            std::thread::sleep(rounds_of.dice.moment(rounds_of.takes));
            witness.kill();
            let output = asking.unwrap().wait_with_output().unwrap();
            // A witness that was killed too early is no witness; one that answered is.
            let is_cosigned = is_cosigned(&rounds_of.desk, size);
            assert_eq!(
                output.status.code(),
                Some(if is_cosigned { 0 } else { 3 }),
                "{output:?}"
            );
            witness = start(&rounds_of.desk);
        }
        rounds_of.check(None, round);
        // A witness that forgot would answer with another size, or cosign anything.
        rounds_of.complete(&arguments, round);
        assert!(is_cosigned(&rounds_of.desk, size), "round {round}");
        rounds_of.check(None, round);
    }
    rounds_of.end();
}

fn is_cosigned(desk: &Desk, size: u64) -> bool {
    let connection = Connection::open(desk.ledger()).unwrap();
    let sql = "SELECT count(*) > 0 FROM cosignature WHERE size = ?1";
    connection.query_row(sql, [size], |row| row.get(0)).unwrap()
}
