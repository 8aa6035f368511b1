//! The layers of `docs/architecture.md`: imports go strictly downward.

use std::fs;
use std::path::{Path, PathBuf};

/// Modules by rank. Equal rank means no import.
const RANKS: [(&str, u8); 18] = [
    ("cli", 10),
    ("publish", 9),
    ("serve", 9),
    ("site", 8),
    ("bundle", 7),
    ("exchange", 7),
    ("writer", 6),
    ("verify", 5),
    ("search", 5),
    ("rules", 4),
    ("store", 3),
    ("ingest", 3),
    ("witness", 3),
    ("record", 2),
    ("log", 2),
    ("sign", 1),
    ("canonical", 0),
    // A module that is not listed here fails the test below: give it a rank.
    ("main", 11),
];

fn rank(module: &str) -> Option<u8> {
    RANKS
        .iter()
        .find(|(name, _)| *name == module)
        .map(|(_, rank)| *rank)
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The modules that a file names after `crate::`, outside of comments.
fn imports(text: &str) -> Vec<String> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    code.split("crate::")
        .skip(1)
        .map(|rest| {
            let end = rest
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            rest[..end].to_owned()
        })
        .collect()
}

fn module_of(root: &Path, file: &Path) -> String {
    let relative = file.strip_prefix(root).unwrap();
    let first = relative.components().next().unwrap().as_os_str();
    first.to_str().unwrap().trim_end_matches(".rs").to_owned()
}

#[test]
fn imports_go_strictly_downward() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = Vec::new();
    for file in sources(&root) {
        let module = module_of(&root, &file);
        if module == "lib" {
            continue;
        }
        let own = rank(&module)
            .unwrap_or_else(|| panic!("{}: module {module} has no rank", file.display()));
        for import in imports(&fs::read_to_string(&file).unwrap()) {
            let Some(other) = rank(&import) else {
                panic!("{}: crate::{import} has no rank", file.display());
            };
            assert!(
                import == module || other < own,
                "{}: {module} (rank {own}) imports {import} (rank {other})",
                file.display()
            );
        }
        seen.push(module);
    }
    for (name, _) in RANKS {
        assert!(seen.iter().any(|module| module == name), "no module {name}");
    }
}

/// What only `cli` does: print, read the environment, ask a clock, draw at random.
const FORBIDDEN: [&str; 16] = [
    "println!",
    "print!(",
    "dbg!",
    "std::env",
    "env::var",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "getrandom",
    "OsRng",
    "SysRng",
    "ThreadRng",
    "rand::",
    "RandomState::new",
    "RandomState::default",
];

/// Where it happens elsewhere, and why it may.
const EXCEPTIONS: [(&str, &str, &str); 2] = [
    (
        "verify/derived.rs",
        "RandomState::new",
        "the key of fingerprints that are compared and dropped: what comes out is the same under any key",
    ),
    (
        "store/sqlite/faults.rs",
        "RandomState::new",
        "the key of fingerprints that are compared and dropped: what comes out is the same under any key",
    ),
];

#[test]
fn only_the_command_line_prints_or_reads_environment_clock_or_chance() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut excepted = Vec::new();
    for file in sources(&root) {
        if matches!(module_of(&root, &file).as_str(), "cli" | "main") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("\n#[cfg(test)]\nmod tests").next().unwrap();
        let name = file.strip_prefix(&root).unwrap().to_str().unwrap();
        for forbidden in FORBIDDEN {
            if code.contains(forbidden) {
                excepted.push((name.to_owned(), forbidden));
            }
        }
    }
    excepted.sort();
    let mut expected = EXCEPTIONS.map(|(file, word, _)| (file.to_owned(), word));
    expected.sort();
    assert_eq!(excepted, expected);
}

#[test]
fn files_can_be_read_in_one_sitting() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in sources(&root) {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= 700, "{}: {lines} lines", file.display());
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        for vague in ["utils", "helpers", "manager", "common", "misc"] {
            assert_ne!(name, vague, "{}", file.display());
        }
    }
}
