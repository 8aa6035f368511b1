//! Our tiles, checkpoints and proofs under the libraries of Go's checksum database (`x/mod/sumdb`).
//!
//! What runs is `tests/interop/go/main.go`. It needs Debian's packages golang-go and golang-golang-x-mod-dev.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ledger::log::tile::{Row, entry_bundle};
use ledger::log::{
    Checkpoint, EMPTY_ROOT, Frontier, Hash, NoteSigner, consistency_proof, inclusion_proof,
    leaf_hash, root,
};
use ledger::sign::SecretKey;
use support::desk::Desk;
use support::tools::{self, answer};
use tempfile::TempDir;

/// Where Debian keeps the sources of Go's libraries.
const GOPATH: &str = "/usr/share/gocode";

const ORIGIN: &str = "go.example/log";
const SEED: [u8; 32] = [7; 32];
const SIZES: [u64; 8] = [0, 1, 2, 255, 256, 257, 519, 70_000];

/// Builds the Go program. `None` where Go is not installed.
fn go_client() -> Option<(TempDir, PathBuf)> {
    let mut go = tools::tool("go")?;
    if !Path::new(GOPATH)
        .join("src/golang.org/x/mod/sumdb")
        .exists()
    {
        tools::skip(
            "the check by Go",
            "golang-golang-x-mod-dev is not installed",
        );
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("check");
    go.args(["build", "-o"])
        .arg(&program)
        .arg("main.go")
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/go"))
        .env("GO111MODULE", "off")
        .env("GOPATH", GOPATH)
        .env("GOCACHE", folder.path().join("cache"));
    answer(&mut go, b"");
    Some((folder, program))
}

/// Runs the client and returns what it counted.
fn check(program: &Path, folder: &Path, keys: &[&str]) -> String {
    let mut command = std::process::Command::new(program);
    command.arg(folder).args(keys);
    String::from_utf8(answer(&mut command, b"")).unwrap()
}

fn write(path: PathBuf, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

fn lines(hashes: &[Hash]) -> Vec<u8> {
    let lines: String = hashes
        .iter()
        .map(|hash| format!("{}\n", hash.to_base64()))
        .collect();
    lines.into_bytes()
}

/// Writes one log at all sizes: its tiles, a checkpoint for each, and proofs between them. Returns how many
/// proofs.
fn write_log(folder: &Path, signer: &NoteSigner) -> usize {
    let mut proofs = 0;
    let entries: Vec<Vec<u8>> = (0..70_000_u64)
        .map(|index| format!("{{\"index\":{index}}}").into_bytes())
        .collect();
    let mut hashes: Vec<Hash> = Vec::new();
    let mut frontier = Frontier::new();
    for entry in &entries {
        hashes.extend(
            frontier
                .push(leaf_hash(entry))
                .unwrap()
                .into_iter()
                .map(|(_, hash)| hash),
        );
    }
    let mut before = 0;
    for size in SIZES {
        for row in Row::all(size) {
            for tile in row.grown(before, size) {
                let bytes = match row {
                    Row::Hashes { level } => tile.hashes(level, &hashes).unwrap(),
                    Row::Entries => {
                        let (from, to) = (tile.start() as usize, tile.width() as usize);
                        entry_bundle(entries[from..from + to].iter().map(Vec::as_slice))
                    }
                };
                write(folder.join(tile.to_string()), &bytes);
            }
        }
        let root = root(size, &hashes).unwrap();
        assert!(size > 0 || root == EMPTY_ROOT);
        let note = Checkpoint::new(ORIGIN, size, root)
            .unwrap()
            .sign(signer)
            .unwrap();
        write(
            folder.join(format!("checkpoint.{size}")),
            note.to_string().as_bytes(),
        );
        let last = size.saturating_sub(1);
        let indexes = BTreeSet::from([0, 1, 127, 255, 256, 518, 65_536, last]);
        for index in indexes {
            if index < size {
                proofs += 1;
                let proof = inclusion_proof(index, size, &hashes).unwrap();
                write(
                    folder.join(format!("inclusion/{size}/{index}")),
                    &lines(&proof),
                );
            }
        }
        for old in SIZES.into_iter().filter(|old| (1..=size).contains(old)) {
            proofs += 1;
            let proof = consistency_proof(old, size, &hashes).unwrap();
            write(
                folder.join(format!("consistency/{size}/{old}")),
                &lines(&proof),
            );
        }
        before = size;
    }
    proofs
}

#[test]
fn go_verifies_tiles_proofs_and_signs_the_same_bytes() {
    let Some((_program, program)) = go_client() else {
        return;
    };
    let signer = NoteSigner::new(ORIGIN, SecretKey::from_seed(&SEED)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let proofs = write_log(folder.path(), &signer);
    let vkey = signer.key().to_string();
    // The secret key as Go writes it: its type, and the seed.
    let id = format!("{:08x}", signer.key().key_id());
    let secret = STANDARD.encode([&[1][..], &SEED].concat());
    let skey = format!("PRIVATE+KEY+{ORIGIN}+{id}+{secret}");
    assert_eq!(
        check(&program, folder.path(), &[&vkey, &skey]),
        format!("8 trees, {proofs} proofs\n")
    );

    // It does not nod at everything.
    for name in [
        "tile/0/001",
        "tile/entries/272",
        "inclusion/70000/256",
        "consistency/519/257",
    ] {
        let path = folder.path().join(name);
        let sound = fs::read(&path).unwrap();
        let mut forged = sound.clone();
        forged[40] ^= 1;
        fs::write(&path, forged).unwrap();
        let mut command = std::process::Command::new(&program);
        let output = tools::run(command.arg(folder.path()).arg(&vkey), b"");
        assert!(!output.status.success(), "{name}");
        fs::write(&path, sound).unwrap();
    }
}

#[test]
fn go_verifies_a_published_ledger() {
    let Some((_program, program)) = go_client() else {
        return;
    };
    let desk = Desk::founded();
    let article = desk.article("A page with a claim.\n");
    desk.claim(&article, "a claim");
    desk.ok(&["publish", "public"]);
    let vkey = desk.ok(&["status"])["logKey"].as_str().unwrap().to_owned();
    assert_eq!(
        check(&program, &desk.path("public"), &[&vkey]),
        "1 trees, 0 proofs\n"
    );
}
