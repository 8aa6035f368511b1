//! What an auditor waits for: `ledger verify` of a whole ledger and of what is new, beside the time that checking the
//! same signatures alone takes.
//!
//! `cargo bench --bench auditor -- 1000 1000000` makes ledgers of these sizes (kept under `target/tmp/bench`).

#[path = "newsroom/kept.rs"]
mod kept;
mod newsroom;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use ledger::log::Entry;
use ledger::sign::PublicKey;
use ledger::sign::batch::{self, Signed};
use ledger::store::{Read as _, SqliteStore};
use rayon::prelude::*;

/// Runs of which the median counts; of large ledgers one is enough.
const RUNS: u64 = 5;
const LARGE: u64 = 500_000;

/// Signatures in a batch, as in an audit.
const BATCH: usize = 4096;

/// Entries after the checkpoint since which an audit reads what is new.
const NEW: u64 = 1000;

fn main() {
    println!(
        "{:>10} {:>22} {:>10} {:>12} {:>8} {:>10}",
        "entries", "what", "seconds", "us/entry", "ratio", "peak MiB"
    );
    for entries in newsroom::sizes(&[1_000, 10_000, 100_000]) {
        let (ledger, _) = kept::ledger(entries);
        // Whole stories: a few more than were asked for.
        let entries = SqliteStore::open_to_audit(&ledger).unwrap().size().unwrap();
        measure(entries, &ledger);
    }
}

fn measure(entries: u64, ledger: &Path) {
    let runs = if entries >= LARGE { 1 } else { RUNS };
    let since = kept_checkpoint(ledger, entries);
    let (mut alone, mut whole, mut new) = (Vec::new(), Vec::new(), Vec::new());
    let mut peak = [0, 0];
    for _ in 0..runs {
        alone.push(signatures_alone(ledger));
        let (seconds, kib) = verify(ledger, &[]);
        whole.push(seconds);
        peak[0] = peak[0].max(kib);
        let since = ["--since", since.to_str().unwrap(), "--only-new"];
        let (seconds, kib) = verify(ledger, &since);
        new.push(seconds);
        peak[1] = peak[1].max(kib);
    }
    let alone = median(alone);
    let line = |what: &str, seconds: f64, kib: u64| {
        println!(
            "{entries:>10} {what:>22} {seconds:>10.3} {:>12.2} {:>8.2} {:>10}",
            seconds / entries as f64 * 1e6,
            seconds / alone,
            kib / 1024
        );
    };
    line("signatures alone", alone, 0);
    line("verify", median(whole), peak[0]);
    line("verify --only-new", median(new), peak[1]);
}

/// Checks all signatures in exact batches on all cores; reading and parsing come before.
fn signatures_alone(ledger: &Path) -> f64 {
    let store = SqliteStore::open_to_audit(ledger).unwrap();
    let mut parsed = Vec::new();
    loop {
        let stored = store.entries(parsed.len() as u64, 8192).unwrap();
        if stored.is_empty() {
            break;
        }
        parsed.extend(stored.iter().map(|stored| {
            let entry = Entry::parse(&stored.bytes).unwrap();
            let key = PublicKey::from_did(&entry.proof.key).unwrap();
            (
                key,
                entry.proof.signed_bytes(&entry.record),
                entry.proof.signature,
            )
        }));
    }
    let signed: Vec<Signed<'_>> = parsed
        .iter()
        .map(|(key, message, signature)| Signed {
            key,
            message,
            signature,
        })
        .collect();
    let begun = Instant::now();
    let share = signed
        .len()
        .div_ceil(rayon::current_num_threads())
        .min(BATCH);
    let wrong = signed
        .par_chunks(share)
        .map(|batch| batch::verify_all(batch, &[9; 32]).len())
        .sum::<usize>();
    let seconds = begun.elapsed().as_secs_f64();
    assert_eq!(wrong, 0);
    seconds
}

/// Writes the last checkpoint that is at least [`NEW`] entries old, or else the first.
fn kept_checkpoint(ledger: &Path, entries: u64) -> PathBuf {
    let store = SqliteStore::open_to_audit(ledger).unwrap();
    let all = store.checkpoints(0, usize::MAX >> 1).unwrap();
    let old = all.iter().rfind(|(size, _)| size + NEW <= entries);
    let (_, note) = old.or(all.first()).unwrap();
    let path = ledger.with_extension("checkpoint");
    fs::write(&path, note).unwrap();
    path
}

/// Returns how long a process takes, and the most memory that it held, in KiB.
fn verify(ledger: &Path, more: &[&str]) -> (f64, u64) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ledger"));
    command.arg("verify").arg(ledger).args(more);
    let begun = Instant::now();
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut peak = 0;
    let status = loop {
        peak = peak.max(peak_kib(&child).unwrap_or(0));
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None => thread::sleep(Duration::from_millis(1)),
        }
    };
    let seconds = begun.elapsed().as_secs_f64();
    assert!(status.success(), "{command:?}");
    (seconds, peak)
}

/// Linux tells the greatest resident size so far.
fn peak_kib(child: &Child) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
