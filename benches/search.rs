//! What a search finds, and what it takes.
//!
//! `cargo bench --bench search -- recall 30000` alters claims in five ways and counts how often the first hit is the
//! claim that was altered, and how often its words fit another claim as well. A third number is of how many claims one is
//! made of an earlier one (7); with `MISSES=1` it shows what was not found. `cargo bench --bench search -- time 500000` makes a ledger of as many claims (kept under
//! `target`), and times searches for altered claims, within one process and as whole processes. `-- append 30000` times
//! what the index adds to an append.
//!
//! The ledgers have records and look-ups as any; their entries are not signed, which a search does not ask for.

mod claims;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use claims::{ALTERED, Altered, Dice, Rivals};
use ledger::canonical::{Digest, mark};
use ledger::record::{Content, Kind, Origin, Record, Salt};
use ledger::search::{self, Query};
use ledger::sign::SecretKey;
use ledger::store::{Derived, SqliteStore, Store, StoreError};
use serde_json::json;

/// Claims that are recorded in one transaction.
const BATCH: usize = 1000;
/// Searches of each kind for one figure of recall.
const SEARCHES: usize = 2000;
/// Searches that are timed, in one process and as processes of their own.
const TIMED: usize = 1000;
const PROCESSES: usize = 300;

fn main() {
    let words: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let number = |at: usize| words.get(at).and_then(|word| word.parse().ok());
    let n = number(1);
    match words.first().map(String::as_str) {
        Some("time") => time(n.unwrap_or(500_000)),
        Some("append") => append(n.unwrap_or(30_000)),
        _ => recall(n.unwrap_or(30_000), number(2).unwrap_or(claims::NEAR)),
    }
}

fn recall(n: usize, near_one_in: usize) {
    let claims = claims::claims(n, near_one_in);
    let rivals = Rivals::among(&claims);
    let (forms, words) = rivals.forms_and_words();
    println!(
        "{n} claims, one in {near_one_in} made of another: {:.1} words each, {forms} forms (Heaps' law of the news: {:.0})",
        words as f64 / n as f64,
        44.0 * (words as f64).powf(0.49)
    );
    let mut store = SqliteStore::in_memory().unwrap();
    fill(&mut store, &claims);
    println!(
        "{:28} {:>8} {:>12} {:>11} {:>11} {:>11} {:>9} {:>9}",
        "altered", "first", "fits others", "at most", "else first", "or as near", "p50", "p99"
    );
    for altered in ALTERED {
        let mut dice = Dice::new(7);
        let (mut first, mut as_near, mut fits_others, mut else_first) = (0, 0, 0, 0);
        let mut guessed = 0.0;
        let mut times = Vec::new();
        for _ in 0..SEARCHES {
            let target = dice.below(n);
            let text = altered.alter(&claims[target], &mut dice);
            let begun = Instant::now();
            let hits = search::find(&store, &Query::parse(&text).unwrap(), 10).unwrap();
            times.push(begun.elapsed());
            let found = hits.first().map(|hit| hit.index as usize);
            let is_first = found == Some(target);
            let fitting = rivals.fitting(altered, &text, target);
            let fits_other = fitting > 0;
            // Whoever can but guess among so many is right so often.
            guessed += 1.0 / (1.0 + fitting as f64);
            first += usize::from(is_first);
            fits_others += usize::from(fits_other);
            else_first += usize::from(is_first && !fits_other);
            // Another claim may hold all that is left of this one: then nobody can tell which was meant.
            let is_near = altered != Altered::Scanned
                && found.is_some_and(|found| rivals.is_as_near(&text, found, target));
            as_near += usize::from(is_first || is_near);
            if std::env::var_os("MISSES").is_some() && !is_first {
                let place = hits.iter().position(|hit| hit.index as usize == target);
                println!(
                    "{}: {text}\n  meant {} (fits others: {fits_other}, place {place:?} of {}: {:?})\n  found {:?}",
                    altered.name(),
                    claims[target],
                    hits.len(),
                    place.map(|at| (hits[at].score, hits[at].matched)),
                    hits.first().map(|hit| (&hit.text, hit.score, hit.matched))
                );
            }
        }
        let share = |found: usize, of: usize| found as f64 / of.max(1) as f64;
        let (p50, p99) = percentiles(times);
        println!(
            "{:28} {:>8.4} {:>12.4} {:>11.4} {:>11.4} {:>11.4} {p50:>9} {p99:>9}",
            altered.name(),
            share(first, SEARCHES),
            share(fits_others, SEARCHES),
            guessed / SEARCHES as f64,
            share(else_first, SEARCHES - fits_others),
            share(as_near, SEARCHES),
        );
    }
}

fn time(n: usize) {
    let claims = claims::claims(n, claims::NEAR);
    let ledger = prepared(n, &claims);
    println!(
        "file: {} MB",
        fs::metadata(&ledger).unwrap().len() / 1_000_000
    );
    println!("{:28} {:>20} {:>20}", "", "in process", "whole process");
    println!(
        "{:28} {:>10} {:>9} {:>10} {:>9}",
        "altered", "p50", "p99", "p50", "p99"
    );
    let store = SqliteStore::open_to_read(&ledger).unwrap();
    for altered in ALTERED {
        let mut dice = Dice::new(11);
        let texts: Vec<String> = (0..TIMED)
            .map(|_| altered.alter(&claims[dice.below(n)], &mut dice))
            .collect();
        let within = texts.iter().map(|text| {
            let begun = Instant::now();
            search::find(&store, &Query::parse(text).unwrap(), 10).unwrap();
            begun.elapsed()
        });
        let (p50, p99) = percentiles(within.collect());
        let whole = texts
            .iter()
            .take(PROCESSES)
            .map(|text| whole_process(&ledger, text));
        let (whole_p50, whole_p99) = percentiles(whole.collect());
        println!(
            "{:28} {p50:>10} {p99:>9} {whole_p50:>10} {whole_p99:>9}",
            altered.name()
        );
    }
}

fn whole_process(ledger: &Path, text: &str) -> Duration {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ledger"));
    command
        .args(["search", "--ledger"])
        .arg(ledger)
        .arg("--")
        .arg(text);
    let begun = Instant::now();
    let status = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    let took = begun.elapsed();
    assert!(matches!(status.code(), Some(0 | 1)), "{text}");
    took
}

/// What one claim takes: its words and marks, beside its entry and record.
fn append(n: usize) {
    let claims = claims::claims(n, claims::NEAR);
    let begun = Instant::now();
    let len: usize = claims.iter().map(|claim| mark::marks(claim).len()).sum();
    let making = begun.elapsed() / n as u32;
    println!("marks of a claim: {} bytes, made in {making:.1?}", len / n);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for with_marks in [false, true] {
        let path = folder.join(format!("append-{with_marks}.ledger"));
        let _ = fs::remove_file(&path);
        SqliteStore::create::<_, StoreError>(&path, |_| Ok(())).unwrap();
        let mut store = SqliteStore::open(&path).unwrap();
        let begun = Instant::now();
        fill_with(&mut store, &claims, with_marks);
        let each = begun.elapsed() / n as u32;
        drop(store);
        println!(
            "words kept, marks {with_marks}: {each:.1?} a claim, {} bytes a claim",
            fs::metadata(&path).unwrap().len() / n as u64
        );
        fs::remove_file(&path).unwrap();
    }
}

fn prepared(n: usize, claims: &[String]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("search-{n}.ledger"));
    if !path.exists() {
        let begun = Instant::now();
        SqliteStore::create::<_, StoreError>(&path, |store| {
            fill(store, claims);
            Ok(())
        })
        .unwrap();
        println!("made {n} claims in {:.1?}", begun.elapsed());
    }
    path
}

fn fill(store: &mut SqliteStore, claims: &[String]) {
    fill_with(store, claims, true);
}

fn fill_with(store: &mut SqliteStore, claims: &[String], with_marks: bool) {
    let key = SecretKey::from_seed(&[1; 32]).public().did();
    for (batch, claims) in claims.chunks(BATCH).enumerate() {
        let mut transaction = store.begin().unwrap();
        for (i, text) in claims.iter().enumerate() {
            let index = (batch * BATCH + i) as u64;
            let record = record(text, index);
            let bytes = record.to_bytes().unwrap();
            let digest = Digest::of(&bytes);
            transaction.put_object(&digest, &bytes).unwrap();
            transaction.append(index, b"{}", &digest, &[]).unwrap();
            let facts = json!({ "editor": key, "index": index, "kind": "claim" }).to_string();
            let subject = Derived::Subject {
                index,
                kind: "claim".into(),
                state: "recorded".into(),
                decided: None,
                facts: facts.into(),
            };
            transaction.put_derived(&subject).unwrap();
            transaction
                .put_derived(&Derived::Wording {
                    index,
                    text: text.into(),
                })
                .unwrap();
            if with_marks {
                transaction
                    .put_derived(&Derived::Marks {
                        index,
                        marks: mark::marks(text).into(),
                    })
                    .unwrap();
            }
        }
        transaction.commit().unwrap();
    }
}

fn record(text: &str, index: u64) -> Record {
    let claim = json!({
        "text": text,
        "kind": "assertion",
        "checkability": "checkable",
        "speaker": { "name": "Somebody" },
        "said": "unknown",
        "appearances": [{
            "article": Digest::of(b"article"), "exact": text, "prefix": "", "suffix": "", "start": 0, "end": text.chars().count(),
        }],
    });
    let salt = Digest::of(&index.to_be_bytes());
    let (salt, _) = salt.as_bytes().split_first_chunk().unwrap();
    Record {
        ledger: Origin::try_from("bench.example/2026".to_owned()).unwrap(),
        editor: SecretKey::from_seed(&[1; 32]).public().did(),
        created: "2026-11-21T12:00:00Z".parse().unwrap(),
        salt: Salt::from_bytes(*salt),
        content: Content::from_json(Kind::Claim, &claim).unwrap(),
    }
}

/// The middle one, and one of which only a hundredth are longer, in milliseconds.
fn percentiles(mut times: Vec<Duration>) -> (String, String) {
    times.sort();
    let at = |share: f64| {
        format!(
            "{:.2} ms",
            times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3
        )
    };
    (at(0.5), at(0.99))
}
