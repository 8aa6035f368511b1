//! What an editor waits for: appending signed records, in bulk and one at a time, with all checks.
//!
//! `cargo bench --bench writer -- 100000` appends up to this many entries; the ledger lies under `target/tmp`. One thread
//! does all of it.

mod newsroom;

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use ledger::store::Read as _;
use newsroom::Newsroom;

/// Records that are appended one at a time, and syncs beside them.
const SINGLE: usize = 300;

fn main() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    println!("{:>10} {:>14} {:>12}", "entries", "records/s", "us/record");
    for entries in newsroom::sizes(&[1_000, 10_000, 100_000]) {
        let path = folder.path().join(format!("{entries}.ledger"));
        let (mut newsroom, mut store) = Newsroom::found(&path);
        let mut spent = Duration::ZERO;
        let mut appended = 0;
        while store.size().unwrap() < entries {
            // Signing is the editors' work, at other desks and times.
            let batch = newsroom.stories();
            appended += batch.len();
            let begun = Instant::now();
            newsroom.append(&mut store, batch);
            spent += begun.elapsed();
        }
        let each = spent.as_secs_f64() / appended as f64;
        println!("{entries:>10} {:>14.0} {:>12.1}", 1.0 / each, each * 1e6);
        single(&mut newsroom, &mut store, folder.path());
        drop(store);
        fs::remove_file(&path).unwrap();
    }
}

/// Appends one at a time, and syncs a page of as many bytes in turn: the least that a durable commit can cost.
fn single(newsroom: &mut Newsroom, store: &mut ledger::store::SqliteStore, folder: &Path) {
    let mut records = newsroom.stories();
    records.truncate(SINGLE);
    let mut file = File::create(folder.join("synced")).unwrap();
    let (mut appends, mut syncs) = (Vec::new(), Vec::new());
    for record in records {
        let begun = Instant::now();
        newsroom.append(store, vec![record]);
        appends.push(begun.elapsed());
        let begun = Instant::now();
        file.write_all(&[7; 8192]).unwrap();
        file.sync_data().unwrap();
        syncs.push(begun.elapsed());
    }
    let (append, sync) = (median(appends), median(syncs));
    println!(
        "{:>10} one at a time: {:.0} us; a write and an fdatasync: {:.0} us; ratio {:.2}",
        "",
        append.as_secs_f64() * 1e6,
        sync.as_secs_f64() * 1e6,
        append.as_secs_f64() / sync.as_secs_f64()
    );
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
