//! Examples in the documents work as they stand there.

mod support;

use std::path::{Path, PathBuf};

use serde_json::Value;
use support::tools::tool;
use tempfile::TempDir;

fn document(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// Returns the shell block that begins with this line.
fn block<'a>(document: &'a str, first_line: &str) -> &'a str {
    let at = document.find(first_line).expect("the block's first line");
    let (block, _) = document[at..].split_once("```").expect("the block's end");
    block
}

/// Runs a block in an empty folder, and returns the folder and what was printed. `None` where a tool is
/// missing.
fn run(block: &str) -> Option<(TempDir, String)> {
    let (Some(_), Some(mut shell)) = (tool("jq"), tool("bash")) else {
        return None;
    };
    let program = PathBuf::from(env!("CARGO_BIN_EXE_ledger"));
    let path = format!(
        "{}:{}",
        program.parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    let folder = tempfile::tempdir().unwrap();
    let output = shell
        .args(["-euo", "pipefail", "-c", block])
        .current_dir(folder.path())
        .env("PATH", path)
        .env("LEDGER_STATE", "state")
        .env_remove("LEDGER_FILE")
        .env_remove("LEDGER_EDITOR")
        .output()
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{stdout}\n{stderr}");
    Some((folder, stdout))
}

#[test]
fn first_session_of_the_readme_runs_from_an_empty_folder() {
    let readme = document("README.md");
    let session = block(&readme, "export LEDGER_KEYS=./keys");
    let handed_out = block(&readme, "LOG_KEY=");
    let Some((_, told)) = run(&format!("{session}\n{handed_out}")) else {
        return;
    };
    for line in ["✓ wrote claim.proof.json", "✓ published into public"] {
        assert!(told.contains(line), "no {line:?} in:\n{told}");
    }
    assert_eq!(told.matches("✓ verified").count(), 3, "{told}");
    second_desk_signs_as_the_readme_says(&format!("{session}\n{handed_out}"), &readme);
    let Some((_, stdout)) = run(session) else {
        return;
    };
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

fn second_desk_signs_as_the_readme_says(before: &str, readme: &str) {
    let mut two_desks = block(readme, "# Cleo, on her laptop").to_owned();
    if tool("sqlite3").is_none() {
        // The other way that stands there.
        two_desks = two_desks.replace(
            "sqlite3 desk.ledger \"VACUUM INTO 'laptop/desk.ledger'\"",
            "cp desk.ledger laptop/",
        );
    }
    let (folder, told) =
        run(&format!("{before}\n{two_desks}\nledger check $CLAIM")).expect("the tools are here");
    for line in [
        "✓ signed approval",
        "✓ would record approval",
        "✓ recorded approval",
        "by Cleo, did:key:",
    ] {
        assert!(told.contains(line), "no {line:?} in:\n{told}");
    }
    let last = told.rfind("✓ recorded approval").unwrap();
    assert!(
        told[last..].contains("decided (reviewed and approved)"),
        "{told}"
    );
    // Each desk has its own keys and no other.
    let keys = |folder: &Path| -> Vec<String> {
        let names = std::fs::read_dir(folder.join("keys")).unwrap();
        let mut names: Vec<String> = names
            .map(|name| name.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    assert_eq!(
        keys(&folder.path().join("laptop")),
        ["cleo.pem", "cleo.pub"]
    );
    let first = ["ada.pem", "ada.pub", "ben.pem", "ben.pub", "log"];
    assert_eq!(keys(folder.path()), first);
}

#[test]
fn examples_of_the_specification_are_what_its_commands_make() {
    let index = document("docs/spec/README.md");
    let commands = format!(
        "{}\nledger log --from 3 --json\nledger checkpoint --json | jq -c .",
        block(&index, "export LEDGER_SEED=spec")
    );
    let Some((_, stdout)) = run(&commands) else {
        return;
    };
    let specification: String = ["record", "signature", "log", "text", "canonical"]
        .map(|name| document(&format!("docs/spec/{name}.md")))
        .concat();
    let answers: Vec<Value> = stdout
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    let [article, claim, checkpoint] = answers.as_slice() else {
        panic!("{stdout}");
    };
    assert_eq!(article["kind"], "article");
    let hash = claim["hash"].as_str().unwrap();
    assert!(specification.contains(hash), "no claim {hash}");
    // Origin, size, root; then the signature line.
    let note = checkpoint["checkpoint"].as_str().unwrap();
    for line in note.lines().filter(|line| !line.is_empty()) {
        assert!(
            specification.contains(line),
            "no line {line:?} of the checkpoint"
        );
    }
}
