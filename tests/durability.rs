//! Nothing is lost: killed processes, several writers, full disks, read-only files.

mod support;

use std::process::{Command, Stdio};
use std::time::Duration;

use support::desk::{Desk, verify};
use support::tools::skip_anywhere;

/// A dossier with so many claims that recording it takes a while.
fn large_dossier(desk: &Desk, claims: usize) {
    let text: String = (0..claims)
        .map(|i| format!("Claim number {i} is this.\n\n"))
        .collect();
    desk.write("large.txt", text);
    let claims: Vec<serde_json::Value> = (0..claims)
        .map(|i| {
            serde_json::json!({
                "id": format!("c{i}"),
                "kind": "assertion",
                "checkability": "checkable",
                "speaker": { "name": "Somebody" },
                "said": "unknown",
                "appearances": [{ "article": "a", "exact": format!("Claim number {i} is this.") }],
            })
        })
        .collect();
    let dossier = serde_json::json!({
        "articles": [{ "id": "a", "file": "large.txt", "headline": "Large", "published": "unknown" }],
        "claims": claims,
    });
    desk.write("large.json", dossier.to_string());
}

#[test]
fn killed_process_leaves_all_or_nothing() {
    let desk = Desk::founded();
    large_dossier(&desk, 400);
    let before = desk.head().0.as_u64().unwrap();
    let mut outcomes = [0, 0];
    for round in 0..12_u64 {
        let copy = format!("round{round}.ledger");
        std::fs::copy(desk.ledger(), desk.path(&copy)).unwrap();
        let mut child = desk
            .command()
            .args(["--ledger", &copy, "record", "large.json", "--as", "ada"])
            // Each round is a ledger of its own.
            .env("LEDGER_STATE", desk.path(&format!("state{round}")))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(round * round * 8));
        // SIGKILL: no handler runs, nothing is flushed.
        child.kill().unwrap();
        child.wait().unwrap();
        let report = verify(&desk.path(&copy));
        assert_eq!(report["ok"], true, "round {round}: {report:#}");
        let after = report["size"].as_u64().unwrap();
        assert!(
            after == before || after == before + 401,
            "round {round}: {after}"
        );
        outcomes[usize::from(after > before)] += 1;
        let state = format!("state{round}");
        desk.ok(&[
            "--ledger",
            &copy,
            "--state",
            &state,
            "policy",
            "--approvals",
            "2",
            "--as",
            "ada",
        ]);
    }
    assert!(
        outcomes[0] > 0,
        "no round was killed before the commit: {outcomes:?}"
    );
}

#[test]
fn several_writers_make_one_chain() {
    let desk = Desk::founded();
    let article = desk.article("Some words.\n");
    let before = desk.head().0.as_u64().unwrap();
    let children: Vec<_> = (0..8)
        .map(|i| {
            desk.command()
                .args([
                    "respond",
                    &article,
                    "--by",
                    "Reader",
                    "--received",
                    "unknown",
                    "--as",
                    "ada",
                ])
                .arg("--text")
                .arg(format!("Response {i}"))
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let report = desk.verify();
    assert_eq!(report["ok"], true, "{report:#}");
    assert_eq!(report["size"].as_u64().unwrap(), before + 8);
}

#[test]
fn second_writer_is_told_when_the_first_does_not_end() {
    let desk = Desk::founded();
    let first = rusqlite::Connection::open(desk.ledger()).unwrap();
    first.execute_batch("BEGIN IMMEDIATE").unwrap();
    let message = desk.fails(&["policy", "--approvals", "2", "--as", "ada"], 3);
    assert!(message.contains("another process is writing"), "{message}");
    // Readers do not wait for a writer.
    assert_eq!(desk.verify()["ok"], true);
    drop(first);
    desk.ok(&["policy", "--approvals", "2", "--as", "ada"]);
}

#[test]
fn full_disk_changes_nothing() {
    let desk = Desk::founded();
    let before = desk.head();
    desk.write("page.txt", "All work and no play. ".repeat(400_000));
    let add = "add article page.txt --headline H --published unknown --as ada";
    let message = fails_in_files_of(&desk, 2000, add);
    // Over a quota or on a broken disk SQLite says the same.
    assert!(
        message.contains("full, over its quota, or failing"),
        "{message}"
    );
    assert_eq!(desk.head(), before);
    assert_eq!(desk.verify()["ok"], true);
    desk.ok(&["policy", "--approvals", "2", "--as", "ada"]);
}

/// Runs a command that may make no file longer than so many KiB: it acts on every write as a full disk does.
fn fails_in_files_of(desk: &Desk, kib: u32, arguments: &str) -> String {
    let program = env!("CARGO_BIN_EXE_ledger");
    let script = format!("trap '' XFSZ; ulimit -f {kib}; exec {program} {arguments}");
    let mut command = Command::new("bash");
    command.args(["-c", &script]).current_dir(desk.path("."));
    for (name, value) in desk.command().get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let output = command.output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3), "{message}");
    message
}

#[test]
fn memory_that_cannot_be_locked_is_said_to_be_that() {
    let desk = Desk::founded();
    let before = desk.head();
    // A file where the folder belongs.
    let policy = ["policy", "--approvals", "2", "--as", "ada"];
    let message = desk.fails(
        &[policy.as_slice(), &["--state", "desk.ledger"]].concat(),
        3,
    );
    assert!(
        message.contains("cannot lock what the log signed last"),
        "{message}"
    );
    assert_eq!(desk.head(), before);
}

#[test]
fn key_that_could_not_be_written_is_not_there() {
    let desk = Desk::empty();
    fails_in_files_of(&desk, 0, "key new ada --unencrypted");
    // Nothing stands in the way of the next try.
    desk.ok(&["key", "new", "ada", "--unencrypted"]);
    let files = std::fs::read_dir(desk.path("keys")).unwrap();
    let mut names: Vec<_> = files.map(|file| file.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["ada.pem", "ada.pub"]);
}

#[cfg(unix)]
#[test]
fn interrupted_audit_ends_as_the_shell_expects() {
    use std::os::unix::process::ExitStatusExt as _;

    let desk = Desk::empty();
    // A place that takes the question and never answers.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let mut audit = (desk.command().args(["verify", &url]).spawn()).unwrap();
    let _connection = listener.accept().unwrap();
    let sent = Command::new("sh")
        .args(["-c", "kill -s INT \"$0\"", &audit.id().to_string()])
        .status();
    assert!(sent.unwrap().success());
    let status = audit.wait().unwrap();
    // A shell says 130 of a process that ended so, and stops the script that it stands in.
    assert_eq!(status.signal(), Some(2), "{status}");
}

#[cfg(unix)]
#[test]
fn read_only_ledger_can_be_checked_and_not_changed() {
    use std::os::unix::fs::PermissionsExt as _;

    let desk = Desk::founded();
    let folder = desk.path("archive");
    std::fs::create_dir(&folder).unwrap();
    let copy = folder.join("desk.ledger");
    std::fs::copy(desk.ledger(), &copy).unwrap();
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(&copy, 0o444);
    mode(&folder, 0o555);
    assert_eq!(verify(&copy)["ok"], true);
    let ledger = copy.to_str().unwrap();
    let root_ignores_modes = std::fs::OpenOptions::new().append(true).open(&copy).is_ok();
    if root_ignores_modes {
        skip_anywhere("the refusal to write", "this user may write anywhere");
    } else {
        let message = desk.fails(
            &[
                "--ledger",
                ledger,
                "policy",
                "--approvals",
                "2",
                "--as",
                "ada",
            ],
            3,
        );
        assert!(message.contains("read-only"), "{message}");
    }
    mode(&folder, 0o755);
}

#[cfg(unix)]
#[test]
fn entries_in_the_write_ahead_log_are_never_passed_over() {
    use std::os::unix::fs::PermissionsExt as _;

    let desk = Desk::founded();
    let writer = rusqlite::Connection::open(desk.ledger()).unwrap();
    writer
        .execute_batch(
            "PRAGMA wal_autocheckpoint = 0; INSERT INTO object VALUES (zeroblob(32), x'00')",
        )
        .unwrap();
    let folder = desk.path("archive");
    std::fs::create_dir(&folder).unwrap();
    for name in ["desk.ledger", "desk.ledger-wal"] {
        std::fs::copy(desk.path(name), folder.join(name)).unwrap();
    }
    drop(writer);
    let mode = |mode| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(&folder, mode).unwrap();
    };
    mode(0o555);
    if std::fs::File::create(folder.join("probe")).is_ok() {
        skip_anywhere(
            "the refusal to pass over a write-ahead log",
            "this user may write anywhere",
        );
    } else {
        let ledger = folder.join("desk.ledger");
        let message = desk.fails(&["verify", ledger.to_str().unwrap()], 3);
        assert!(message.contains("write-ahead log"), "{message}");
    }
    mode(0o755);
}

#[test]
fn new_ledger_appears_only_when_it_is_complete() {
    let desk = Desk::empty();
    desk.ok(&["key", "new", "ada", "--unencrypted"]);
    let message = desk.fails(
        &[
            "init",
            "desk.ledger",
            "--origin",
            "has a space",
            "--as",
            "ada",
        ],
        2,
    );
    assert!(message.contains("printable ASCII"), "{message}");
    // The folder for the log's key can't be made: the ledger must not appear without it.
    desk.write("keys/log", "in the way");
    desk.fails(
        &[
            "init",
            "desk.ledger",
            "--origin",
            "desk.example/1",
            "--as",
            "ada",
        ],
        3,
    );
    let left: Vec<_> = std::fs::read_dir(desk.path("."))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left, ["keys"]);
}

/// The program as a user for whom read-only is read-only: as `nobody` where the tests are run by root.
#[cfg(unix)]
fn unprivileged(desk: &Desk, arguments: &[&str]) -> std::process::Output {
    use std::os::unix::process::CommandExt as _;

    let mut command = desk.command();
    command.args(arguments);
    let probe = desk.path("probe");
    let is_root = std::fs::File::create(&probe).is_ok();
    if is_root {
        std::fs::remove_file(&probe).unwrap();
        command.uid(65534);
    }
    command.output().unwrap()
}

#[cfg(unix)]
#[test]
fn read_only_folder_can_be_checked_and_every_change_is_refused_by_name() {
    use std::os::unix::fs::PermissionsExt as _;

    let desk = Desk::founded();
    let article = desk.article("Some words.\n");
    let dossier =
        r#"{"articles":[{"id":"a","file":"page.txt","headline":"H","published":"unknown"}]}"#;
    desk.write("dossier.json", dossier);
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    // Of the keys nothing is changed; the state must be.
    let all = [
        "keys",
        "keys/log",
        "state",
        "dossier.json",
        "page.txt",
        "desk.ledger",
    ];
    let log_key = std::fs::read_dir(desk.path("keys/log"))
        .unwrap()
        .next()
        .unwrap();
    mode(&log_key.unwrap().path(), 0o444);
    mode(&desk.path("keys/ada.pem"), 0o444);
    for name in all {
        let path = desk.path(name);
        mode(&path, if path.is_dir() { 0o555 } else { 0o444 });
    }
    mode(&desk.path("."), 0o555);
    let head = desk.head();
    let read = [
        vec!["verify"],
        vec!["status"],
        vec!["show", &article],
        vec!["log"],
        vec!["checkpoint"],
    ];
    for arguments in read {
        let output = unprivileged(&desk, &arguments);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
    }
    let change = [
        vec!["record", "dossier.json", "--as", "ada"],
        vec!["erase", &article, "--reason", "R", "--yes", "--as", "ada"],
        vec!["publish", "public"],
        vec!["prove", &article, "-o", "proof.json"],
        vec!["reindex"],
        vec![
            "init",
            "new.ledger",
            "--origin",
            "new.example/1",
            "--as",
            "ada",
        ],
    ];
    for arguments in change {
        let output = unprivileged(&desk, &arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}: {said}");
        let causes = ["read-only", "Permission denied", "unable to open"];
        assert!(
            said.starts_with("error: ") && causes.iter().any(|cause| said.contains(cause)),
            "{arguments:?}: {said}"
        );
    }
    mode(&desk.path("."), 0o755);
    for folder in ["keys", "keys/log", "state"] {
        mode(&desk.path(folder), 0o755);
    }
    mode(&desk.ledger(), 0o644);
    assert_eq!(desk.head(), head);
    assert_eq!(desk.findings(), [""; 0]);
    desk.ok(&["policy", "--approvals", "2", "--as", "ada"]);
}

#[test]
fn copy_made_while_it_is_written_is_an_earlier_state_or_refused() {
    let desk = Desk::founded();
    desk.write("page.txt", "All work and no play. ".repeat(2_000));
    let is_done = std::sync::atomic::AtomicBool::new(false);
    let mut copies = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..12 {
                let headline = format!("Page {n}");
                let arguments = [
                    "add",
                    "article",
                    "page.txt",
                    "--headline",
                    &headline,
                    "--published",
                    "unknown",
                    "--as",
                    "ada",
                ];
                desk.ok(&arguments);
            }
            is_done.store(true, std::sync::atomic::Ordering::Relaxed);
        });
        while !is_done.load(std::sync::atomic::Ordering::Relaxed) && copies.len() < 24 {
            std::thread::sleep(Duration::from_millis(7));
            let copy = format!("copy{}", copies.len());
            // As a backup that knows nothing of SQLite: one file after the other, or the first alone.
            std::fs::copy(desk.ledger(), desk.path(&copy)).unwrap();
            if copies.len() % 2 == 0 {
                let log = desk.path(&format!("{copy}-wal"));
                let _ = std::fs::copy(desk.path("desk.ledger-wal"), log);
            }
            copies.push(copy);
        }
    });
    assert!(copies.len() > 5, "{}", copies.len());
    let mut verified = 0;
    for copy in &copies {
        let output = desk.run(&["verify", copy, "--json"]);
        let code = output.status.code();
        assert!(matches!(code, Some(0 | 1 | 3)), "{copy}: {output:?}");
        if code == Some(0) {
            verified += 1;
            // It is the beginning of what the ledger has become.
            let since = desk.run(&["verify", "--since", copy]);
            assert_eq!(since.status.code(), Some(0), "{copy}: {since:?}");
        } else {
            let said = [output.stdout, output.stderr].concat();
            assert!(said.len() > 20, "{copy}: nothing is said");
        }
    }
    assert!(verified > 0, "of {} copies none is a state", copies.len());
}

#[test]
fn second_publisher_waits_for_the_first() {
    let desk = Desk::founded();
    desk.ok(&["publish", "public"]);
    desk.article("Some words.\n");
    let folder = std::fs::File::open(desk.path("public")).unwrap();
    folder.lock().unwrap();
    let mut second = desk.command();
    let second = second.args(["publish", "public"]).stdout(Stdio::null());
    let mut second = second.spawn().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(second.try_wait().unwrap(), None, "it does not wait");
    assert_eq!(verify(&desk.path("public"))["size"], 3);
    drop(folder);
    assert!(second.wait().unwrap().success());
    assert_eq!(verify(&desk.path("public"))["size"], 4);
}
