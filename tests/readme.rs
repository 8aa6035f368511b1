//! The README's first session works as it stands there.

mod support;

use std::path::Path;

use support::tools::tool;

/// Returns the shell block after the marker.
fn session(readme: &str) -> &str {
    let (_, after) = readme
        .split_once("<!-- Executed by tests/readme.rs")
        .expect("the marker in README.md");
    let (_, block) = after.split_once("```sh\n").expect("a shell block");
    let (block, _) = block.split_once("```").expect("the end of the block");
    block
}

#[test]
fn first_session_runs_from_an_empty_folder() {
    let (Some(_), Some(mut shell)) = (tool("jq"), tool("bash")) else {
        return;
    };
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let program = Path::new(env!("CARGO_BIN_EXE_ledger"));
    let folder = tempfile::tempdir().unwrap();
    let path = format!(
        "{}:{}",
        program.parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    let output = shell
        .args(["-euo", "pipefail", "-c", session(&readme)])
        .current_dir(folder.path())
        .env("PATH", path)
        .env_remove("LEDGER_FILE")
        .env_remove("LEDGER_EDITOR")
        .output()
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{stdout}\n{stderr}");
    for line in [
        "✓ verified",
        "✓ record intact",
        "decided (reviewed and approved)",
        "verdict unproven, quote verbatim",
    ] {
        assert!(stdout.contains(line), "no {line:?} in:\n{stdout}");
    }
    // The last line is the claim's hash, made without any tool of ours.
    let sum = stdout.lines().last().unwrap().split(' ').next().unwrap();
    assert!(stdout.contains(&format!("claim sha256:{sum}")), "{stdout}");
}
