//! What a reader waits for: `ledger prove` and `ledger check` of one claim, as whole processes.
//!
//! `cargo bench --bench reader -- 1000 1000000` makes ledgers of these sizes (kept under `target/tmp/bench`), runs each
//! command many times, in turn over all sizes, and prints the medians and their ratio to the smallest ledger's.

#[path = "newsroom/kept.rs"]
mod kept;
mod newsroom;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 51;

struct Sized {
    entries: u64,
    ledger: PathBuf,
    claim: String,
    bundle: PathBuf,
}

fn main() {
    let sizes = newsroom::sizes(&[1_000, 10_000]);
    let ledgers: Vec<Sized> = sizes.iter().map(|entries| prepared(*entries)).collect();
    println!(
        "{:28} {:>10} {:>12} {:>8}",
        "command", "entries", "median", "ratio"
    );
    type Arguments = fn(&Sized) -> Vec<String>;
    let commands: [(&str, Arguments); 3] = [
        ("prove HASH", |sized| {
            vec![
                "prove".into(),
                sized.claim.clone(),
                "--ledger".into(),
                shown(&sized.ledger),
            ]
        }),
        ("check HASH", |sized| {
            vec![
                "check".into(),
                sized.claim.clone(),
                "--ledger".into(),
                shown(&sized.ledger),
            ]
        }),
        ("check FILE", |sized| {
            vec!["check".into(), shown(&sized.bundle)]
        }),
    ];
    for (name, arguments) in commands {
        let mut times = vec![Vec::new(); ledgers.len()];
        for _ in 0..RUNS {
            for (ledger, times) in std::iter::zip(&ledgers, &mut times) {
                times.push(timed(&arguments(ledger)));
            }
        }
        let medians: Vec<Duration> = times.into_iter().map(median).collect();
        for (ledger, time) in std::iter::zip(&ledgers, &medians) {
            let ratio = time.as_secs_f64() / medians[0].as_secs_f64();
            println!(
                "{name:28} {:>10} {:>9.2} ms {ratio:>8.2}",
                ledger.entries,
                time.as_secs_f64() * 1e3
            );
        }
    }
}

fn prepared(entries: u64) -> Sized {
    let (ledger, claim) = kept::ledger(entries);
    let bundle = ledger.with_extension("proof.json");
    let arguments = ["prove", &claim, "--force", "-o"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_ledger"));
    let status = command
        .args(arguments)
        .arg(&bundle)
        .arg("--ledger")
        .arg(&ledger);
    assert!(status.stdout(Stdio::null()).status().unwrap().success());
    Sized {
        entries,
        ledger,
        claim,
        bundle,
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

fn timed(arguments: &[String]) -> Duration {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ledger"));
    command
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let begun = Instant::now();
    let status = command.status().unwrap();
    let took = begun.elapsed();
    // A bundle without the log's key is checked and not verified: 3.
    assert!(matches!(status.code(), Some(0 | 3)), "{arguments:?}");
    took
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
