//! Other people's tools: where they are installed, they check us.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

/// Returns the command `name`, or nothing where it is not installed.
///
/// A check by a tool of other people's is skipped on a machine without it, aloud. In CI, where
/// `LEDGER_CI=1` is set, nothing may be skipped: see [`skip`].
pub fn tool(name: &str) -> Option<Command> {
    let command = || {
        let mut command = Command::new(name);
        command.stdin(Stdio::null());
        command
    };
    match command().arg("--version").output() {
        Ok(_) => Some(command()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            skip(&format!("the check by {name}"), "it is not installed");
            None
        }
        Err(error) => panic!("cannot start {name}: {error}"),
    }
}

/// Tells whether `LEDGER_CI=1` is set: nothing may be left out then.
pub fn in_ci() -> bool {
    std::env::var_os("LEDGER_CI").is_some_and(|ci| ci == "1")
}

/// Says that a check is left out, and fails where that is not allowed.
pub fn skip(what: &str, reason: &str) {
    assert!(!in_ci(), "{what} must run when LEDGER_CI=1, but {reason}");
    skip_anywhere(what, reason);
}

/// Says that a check is left out for want of what no set-up can bring: it may be, in CI too.
pub fn skip_anywhere(what: &str, reason: &str) {
    // Not by a macro that prints: those are captured in tests that pass.
    let _ = writeln!(io::stderr(), "skipped: {what} because {reason}");
}

/// The two articles that the project began from, in the order of their names: read where they are, never copied.
/// They lie outside of the repository, and may be missing anywhere.
pub fn seeds() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seeds");
    let Ok(entries) = fs::read_dir(folder) else {
        skip_anywhere("what the seed articles show", "their folder is not here");
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    paths
}

/// Runs a command to its end with `input` on its standard input.
pub fn run(command: &mut Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    let mut stdin = child.stdin.take().expect("piped above");
    thread::scope(|scope| {
        // Written beside the reading: both pipes may fill up.
        scope.spawn(move || {
            // A command that has seen enough closes its input; what it answers is judged elsewhere.
            let _ = stdin.write_all(input);
        });
        child.wait_with_output().expect("the command ends")
    })
}

/// Runs a command that must succeed, and returns what it wrote.
pub fn answer(command: &mut Command, input: &[u8]) -> Vec<u8> {
    let output = run(command, input);
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}
