//! Ledgers that are kept from one benchmark to the next: making one of a million entries takes minutes.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use ledger::canonical::Digest;
use ledger::record::Kind;
use ledger::store::Read as _;
use ledger::writer::Submission;

use crate::newsroom::Newsroom;

/// Returns a ledger of at least this many entries, kept from an earlier run or made now, and the hash of a claim in
/// its middle.
pub fn ledger(entries: u64) -> (PathBuf, String) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench");
    fs::create_dir_all(&folder).unwrap();
    let ledger = folder.join(format!("{entries}.ledger"));
    let claim = folder.join(format!("{entries}.claim"));
    if !claim.exists() {
        let _ = fs::remove_file(&ledger);
        let begun = Instant::now();
        let digest = generate(&ledger, entries);
        eprintln!(
            "made {entries} entries in {:.1} s",
            begun.elapsed().as_secs_f64()
        );
        fs::write(&claim, digest.to_string()).unwrap();
    }
    (ledger, fs::read_to_string(&claim).unwrap())
}

/// Makes a ledger of at least this many entries, and returns the hash of a claim in its middle.
fn generate(path: &Path, entries: u64) -> Digest {
    let (mut newsroom, mut store) = Newsroom::found(path);
    let mut middle = None;
    while store.size().unwrap() < entries {
        let batch = newsroom.stories();
        if store.size().unwrap() <= entries / 2 {
            let mut claims = batch
                .iter()
                .filter(|one| one.record().kind() == Kind::Claim);
            middle = claims.next().map(Submission::digest);
        }
        newsroom.append(&mut store, batch);
    }
    middle.expect("a claim in the first batch")
}
