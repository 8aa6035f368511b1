//! The fuzz targets without a fuzzer: every seed, and some thousand mutations of each, the same on
//! every machine. `fuzz/README.md` tells of the long runs.

#[path = "../fuzz/src/lib.rs"]
mod targets;

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::desk::{self, Desk};
use targets::{GENUINE, TARGETS};

/// Mutations of each seed.
const MUTATIONS: usize = 2000;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// The seeds of a target, with their names.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let files = files(&fuzz().join("corpus").join(target));
    assert!(!files.is_empty(), "fuzz/corpus/{target} is empty");
    files
        .iter()
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            (
                format!("fuzz/corpus/{target}/{name}"),
                fs::read(path).unwrap(),
            )
        })
        .collect()
}

/// Runs a target, and keeps the input that it could not bear.
fn run(target: fn(&[u8]), name: &str, bytes: &[u8]) {
    if let Err(panic) = std::panic::catch_unwind(|| target(bytes)) {
        let kept = std::env::temp_dir().join("fuzz-finding");
        fs::write(&kept, bytes).unwrap();
        eprintln!("{name}, changed: the input is in {}", kept.display());
        std::panic::resume_unwind(panic);
    }
}

#[test]
fn every_target_has_its_program_its_corpus_and_its_function() {
    let names = |folder: &str| -> Vec<String> {
        let files = files(&fuzz().join(folder));
        let stems = files
            .iter()
            .map(|path| path.file_stem().unwrap().to_string_lossy().into());
        stems.collect()
    };
    let mut targets: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    targets.sort_unstable();
    assert_eq!(names("fuzz_targets"), targets);
    assert_eq!(names("corpus"), targets);
    let manifest: toml::Table = fs::read_to_string(fuzz().join("Cargo.toml"))
        .unwrap()
        .parse()
        .unwrap();
    let mut programs: Vec<&str> = (manifest["bin"].as_array().unwrap().iter())
        .map(|program| program["name"].as_str().unwrap())
        .collect();
    programs.sort_unstable();
    assert_eq!(programs, targets);
    for dictionary in names("dictionaries") {
        assert!(targets.contains(&dictionary.as_str()), "{dictionary}");
    }
}

#[test]
fn genuine_ledger_and_its_bundles_are_verified() {
    // Where they were not, no target could tell a forged one.
    let corpus = fuzz().join("corpus");
    let kept = fs::read(corpus.join("ledger_file/desk")).unwrap();
    let genuine = fuzz().join("genuine/desk.ledger");
    assert_eq!(kept, fs::read(&genuine).unwrap());
    assert_eq!(desk::verify(&genuine)["ok"], true);
    let log_key = GENUINE.log_key.to_string();
    for bundle in files(&corpus.join("proof_bundle")) {
        let bundle = bundle.to_str().unwrap();
        let check = Desk::empty().ok(&["check", bundle, "--log-key", &log_key]);
        assert_eq!(check["intact"], true, "{bundle}");
    }
}

#[test]
fn every_seed_is_borne() {
    for (target, function) in TARGETS {
        for (name, bytes) in seeds(target) {
            run(function, &name, &bytes);
        }
    }
}

#[test]
fn every_mutation_of_a_seed_is_borne() {
    for (target, function) in TARGETS {
        let seeds = seeds(target);
        let mut chance = Chance(0x1edd_e500);
        for (name, bytes) in &seeds {
            for _ in 0..MUTATIONS {
                let (_, other) = &seeds[chance.below(seeds.len())];
                run(function, name, &mutate(bytes, other, &mut chance));
            }
        }
    }
}

/// Changes a few places of `bytes`, now and then with a piece of `other`.
fn mutate(bytes: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    for _ in 0..=chance.below(4) {
        let at = chance.below(changed.len() + 1);
        let end = changed.len().min(at + 1 + chance.below(8));
        match chance.below(6) {
            0 if at < end => changed[at] ^= 1 << chance.below(8),
            1 if at < end => changed[at] = chance.next() as u8,
            2 => drop(changed.drain(at..end)),
            3 => changed.truncate(at),
            4 => {
                let piece = changed[at..end].to_vec();
                changed.splice(at..at, piece);
            }
            _ => {
                let from = chance.below(other.len() + 1);
                let to = other.len().min(from + chance.below(64));
                changed.splice(at..end, other[from..to].iter().copied());
            }
        }
    }
    changed
}

/// Numbers that are the same on every machine (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}
