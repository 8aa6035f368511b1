//! Vector files: plain data below `tests/vectors/`, which other verifiers read too.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Returns `tests/vectors/` and what follows.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(name)
}

/// Returns the files of a folder of vectors, in the order of their names.
///
/// # Panics
///
/// If the folder is empty: a harness that reads nothing proves nothing.
pub fn files(name: &str) -> Vec<PathBuf> {
    let path = folder(name);
    let mut files: Vec<PathBuf> = fs::read_dir(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        .map(|entry| entry.expect("a folder that can be listed").path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", path.display());
    files
}

/// Reads one vector file.
///
/// # Panics
///
/// If it has another shape than `T`.
pub fn file<T: DeserializeOwned>(path: &Path) -> T {
    // Not by our own reader: a vector may hold what that one must refuse.
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Reads all the cases of a folder of vectors, each with the name of its file and its place there.
///
/// # Panics
///
/// If the folder or a file is empty, or a case has another shape than `T`.
pub fn cases<T: DeserializeOwned>(folder: &str) -> Vec<(String, T)> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File<T> {
        #[serde(rename = "about")]
        _about: String,
        cases: Vec<T>,
    }
    let mut all = Vec::new();
    for path in files(folder) {
        let name = path.file_name().expect("a file").to_string_lossy();
        let file: File<T> = file(&path);
        assert!(!file.cases.is_empty(), "{} is empty", path.display());
        for (i, case) in file.cases.into_iter().enumerate() {
            all.push((format!("{folder}/{name}, case {}", i + 1), case));
        }
    }
    all
}

/// Checks that each folder below `parent` is one of those that a test reads.
pub fn assert_every_folder_is_read(parent: &str, read: &[&str]) {
    let mut found: Vec<String> = files(parent)
        .iter()
        .map(|path| path.file_name().expect("a folder").to_string_lossy().into())
        .collect();
    found.sort();
    let mut read = read.to_vec();
    read.sort_unstable();
    assert_eq!(found, read, "folders in tests/vectors/{parent}");
}
