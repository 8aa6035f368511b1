//! A published folder: audited like the ledger itself, grown without changing what is there, and never believed.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::desk::{Desk, codes};

const SECRET: &str = "a phrase that a court has removed";

/// A ledger of more than a full tile of entries: 280.
fn large_desk() -> Desk {
    let desk = Desk::founded();
    let article = desk.article(&format!("A page with a claim, and {SECRET}.\n"));
    record_claims(&desk, &article, 276);
    desk
}

fn record_claims(desk: &Desk, article: &str, number: u64) {
    let claims: Vec<Value> = (0..number)
        .map(|i| {
            serde_json::json!({
                "id": format!("c{i}"), "kind": "direct-quote", "checkability": "checkable",
                "speaker": {"name": format!("Speaker {i}")}, "said": "unknown",
                "appearances": [{"article": article, "exact": "a claim"}],
            })
        })
        .collect();
    desk.write(
        "claims.json",
        serde_json::json!({ "claims": claims }).to_string(),
    );
    desk.ok(&["record", "claims.json", "--as", "ada"]);
}

/// All files below a folder, by their paths in it.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let name = path.strip_prefix(folder).unwrap().to_owned();
                    found.insert(name, fs::read(&path).unwrap());
                }
            }
        }
    }
    found
}

fn restore(folder: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) {
    let _ = fs::remove_dir_all(folder);
    for (name, bytes) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

fn contains(bytes: &[u8], words: &str) -> bool {
    bytes
        .windows(words.len())
        .any(|window| window == words.as_bytes())
}

#[test]
fn folder_is_audited_like_the_ledger_itself() {
    let desk = large_desk();
    desk.ok(&["publish", "public", "--no-pages"]);
    let key = desk.ok(&["status"])["logKey"].as_str().unwrap().to_owned();
    let report = desk.ok(&["verify", "public", "--log-key", &key]);
    let own = desk.verify();
    for member in ["size", "root", "origin", "logKey"] {
        assert_eq!(report[member], own[member], "{member}");
    }
    assert_eq!(report["counts"]["entries"], 280);
    let notices = report["notices"].to_string();
    assert!(notices.contains("not given out here: 1;"), "{notices}");
    let published = files(&desk.path("public"));
    let other = desk.run(&["checkpoint"]).stdout;
    assert_eq!(published[Path::new("checkpoint")], other);
    // Records are, and other people's texts are not.
    assert!(!published.values().any(|bytes| contains(bytes, SECRET)));
    assert_eq!(desk.ok(&["verify", "--since", "public"])["ok"], true);
    let wrong = key.replace("factdesk", "fakedesk");
    desk.fails(&["verify", "public", "--log-key", &wrong], 2);
}

#[test]
fn publishing_again_adds_and_changes_nothing() {
    let desk = large_desk();
    let first = desk.ok(&["publish", "public", "--no-pages"]);
    assert_eq!((&first["before"], &first["size"]), (&0.into(), &280.into()));
    let before = files(&desk.path("public"));
    let again = desk.ok(&["publish", "public", "--no-pages"]);
    assert_eq!(
        (&again["written"], &again["removed"]),
        (&0.into(), &0.into())
    );
    assert_eq!(files(&desk.path("public")), before);

    let more = desk.article("One more.\n");
    desk.ok(&["publish", "public", "--no-pages", "--dry-run"]);
    assert_eq!(files(&desk.path("public")), before, "a dry run");
    desk.ok(&["publish", "public", "--no-pages"]);
    let after = files(&desk.path("public"));
    for (name, bytes) in &before {
        let kept = name == Path::new("checkpoint") || after.get(name) == Some(bytes);
        assert!(kept, "{}", name.display());
    }
    let (first, rest) = more["sha256:".len()..].split_at(2);
    assert!(after.contains_key(&Path::new("object").join(first).join(rest)));
    assert_eq!(desk.ok(&["verify", "public"])["ok"], true);

    // Published at once, the same ledger gives the same files, but for partial tiles that are of no use any more.
    desk.ok(&["publish", "anew", "--no-pages"]);
    for (name, bytes) in files(&desk.path("anew")) {
        assert_eq!(after.get(&name), Some(&bytes), "{}", name.display());
    }
}

#[test]
fn partial_tiles_go_when_the_full_one_is_there() {
    let desk = large_desk();
    desk.ok(&["publish", "public", "--no-pages"]);
    assert!(desk.path("public/tile/0/001.p/24").exists());
    let article = desk.article("Another page with a claim.\n");
    record_claims(&desk, &article, 300);
    desk.ok(&["publish", "public", "--no-pages"]);
    assert!(desk.path("public/tile/0/001").exists());
    assert!(!desk.path("public/tile/0/001.p").exists());
    assert!(!desk.path("public/tile/entries/001.p").exists());
    assert_eq!(desk.ok(&["verify", "public"])["ok"], true);
}

#[test]
fn erased_words_leave_the_folder() {
    let desk = large_desk();
    let article = desk.article(&format!("Of its own: {SECRET} here.\n"));
    desk.ok(&["publish", "public", "--no-pages", "--texts", "all"]);
    let held = |words: &str| {
        files(&desk.path("public"))
            .values()
            .any(|bytes| contains(bytes, words))
    };
    assert!(held(SECRET));
    assert_eq!(desk.ok(&["verify", "public"])["counts"]["anchors"], 276);
    desk.ok(&[
        "erase", &article, "--reason", "A court", "--as", "ada", "--yes",
    ]);
    desk.ok(&["publish", "public", "--no-pages", "--texts", "all"]);
    assert!(!held("Of its own"), "the text is gone");
    let (first, rest) = article["sha256:".len()..].split_at(2);
    assert!(!desk.path("public/object").join(first).join(rest).exists());
    let report = desk.ok(&["verify", "public"]);
    assert_eq!(report["ok"], true, "{report:#}");
    // And with the texts of others, when they are not to be given out any more.
    desk.ok(&["publish", "public", "--no-pages"]);
    assert!(!held(SECRET));
    assert!(!desk.path("public/text").exists());
}

#[test]
fn interrupted_anywhere_the_folder_shows_what_was_published_before() {
    let desk = large_desk();
    desk.ok(&["publish", "public", "--no-pages"]);
    let before = files(&desk.path("public"));
    desk.article("One more.\n");
    desk.ok(&["publish", "anew", "--no-pages"]);
    let after = files(&desk.path("anew"));
    // The files in the order in which they come; the checkpoint is the last.
    let new: Vec<&PathBuf> = after
        .keys()
        .filter(|name| !before.contains_key(*name))
        .collect();
    assert!(new.len() >= 3, "{new:?}");
    for done in 0..=new.len() {
        restore(&desk.path("public"), &before);
        for name in &new[..done] {
            let path = desk.path("public").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, &after[*name]).unwrap();
        }
        // And one that was being written.
        fs::create_dir_all(desk.path("public/.unfinished")).unwrap();
        fs::write(desk.path("public/.unfinished/file"), "half a fi").unwrap();
        assert_eq!(desk.ok(&["verify", "public"])["size"], 280);
        desk.ok(&["publish", "public", "--no-pages"]);
        assert_eq!(desk.ok(&["verify", "public"])["size"], 281);
    }
    // A first publication that never got to its checkpoint is taken up again.
    restore(&desk.path("public"), &after);
    fs::remove_file(desk.path("public/checkpoint")).unwrap();
    desk.fails(&["verify", "public"], 3);
    desk.ok(&["publish", "public", "--no-pages"]);
    assert_eq!(desk.ok(&["verify", "public"])["ok"], true);
}

#[test]
fn folder_of_something_else_is_left_alone() {
    let desk = Desk::founded();
    desk.write("mine/diary.txt", "Dear diary");
    let message = desk.fails(&["publish", "mine"], 3);
    assert!(
        message.contains("something else than a published ledger"),
        "{message}"
    );
    assert_eq!(files(&desk.path("mine")).len(), 1);

    // Not even where it has the names that we would use.
    desk.write("site/text/essays/mine.txt", "precious");
    desk.fails(&["publish", "site"], 3);
    assert_eq!(files(&desk.path("site")).len(), 1);
    #[cfg(unix)]
    {
        fs::create_dir(desk.path("linked")).unwrap();
        std::os::unix::fs::symlink(desk.path("mine"), desk.path("linked/object")).unwrap();
        desk.fails(&["publish", "linked"], 3);
        assert_eq!(files(&desk.path("mine")).len(), 1);
        fs::create_dir_all(desk.path("deeper/tile")).unwrap();
        std::os::unix::fs::symlink(desk.path("mine"), desk.path("deeper/tile/entries")).unwrap();
        desk.fails(&["publish", "deeper"], 3);
        assert_eq!(files(&desk.path("mine")).len(), 1);
    }

    // An object store is no folder.
    for address in ["s3://bucket/x", "gs+v2.x-y://bucket"] {
        let message = desk.fails(&["publish", address], 2);
        assert!(
            message.contains(address) && message.contains("hint: publish into a folder"),
            "{message}"
        );
    }
    assert!(!desk.path("s3:").exists());
    desk.ok(&["publish", "a:b", "--dry-run"]);

    desk.article("One.\n");
    desk.ok(&["publish", "public"]);
    assert!(!desk.path("public/.unfinished").exists());
    let older = Desk::founded();
    let public = desk.path("public").display().to_string();
    let message = older.fails(&["publish", &public], 3);
    assert!(message.contains("the folder is ahead"), "{message}");
    older.article("Another.\n");
    let message = older.fails(&["publish", &public], 3);
    assert!(message.contains("another history"), "{message}");
    let other = Desk::empty();
    other.ok(&["key", "new", "ada", "--unencrypted"]);
    other.ok(&[
        "init",
        "o.ledger",
        "--origin",
        "other.example/log",
        "--as",
        "ada",
    ]);
    let message = other.fails(&["publish", &public], 3);
    assert!(
        message.contains("the log factdesk.example/2026"),
        "{message}"
    );
}

#[test]
fn every_file_is_compared_with_the_signed_root() {
    let desk = large_desk();
    desk.ok(&["publish", "public", "--no-pages"]);
    let sound = files(&desk.path("public"));
    let record = sound
        .keys()
        .find(|name| name.starts_with("object"))
        .unwrap();
    let names = [
        "tile/0/000",
        "tile/0/001.p/24",
        "tile/1/000.p/1",
        "tile/entries/000",
        "tile/entries/001.p/24",
        "checkpoint",
        record.to_str().unwrap(),
    ];
    type Harm = fn(Vec<u8>) -> Option<Vec<u8>>;
    let harms: [(&str, Harm); 6] = [
        ("as long as a full tile", |mut bytes| {
            bytes.resize(8192.max(bytes.len() + 1), 0);
            Some(bytes)
        }),
        ("first byte", |mut bytes| {
            bytes[0] ^= 1;
            Some(bytes)
        }),
        ("last byte", |mut bytes| {
            *bytes.last_mut().unwrap() ^= 1;
            Some(bytes)
        }),
        ("cut off", |mut bytes| {
            bytes.pop();
            Some(bytes)
        }),
        ("too long", |mut bytes| {
            bytes.push(0);
            Some(bytes)
        }),
        ("missing", |_| None),
    ];
    for name in names {
        for (harm, change) in &harms {
            restore(&desk.path("public"), &sound);
            let path = desk.path("public").join(name);
            match change(sound[Path::new(name)].clone()) {
                Some(bytes) => fs::write(&path, bytes).unwrap(),
                None => fs::remove_file(&path).unwrap(),
            }
            let output = desk.run(&["verify", "public", "--json"]);
            // Without a checkpoint that can be read there is nothing to audit.
            if name == "checkpoint" && output.status.code() == Some(3) {
                continue;
            }
            let report: Value = serde_json::from_slice(&output.stdout).unwrap();
            assert_eq!(output.status.code(), Some(1), "{name}, {harm}: {report:#}");
            assert!(!codes(&report).is_empty(), "{name}, {harm}");
            if *harm == "missing" && name.starts_with("tile") {
                assert!(
                    report.to_string().contains(&format!("{name} is missing")),
                    "{report:#}"
                );
            }
        }
    }
}

#[test]
fn full_tile_serves_for_the_partial_one_that_it_replaced() {
    let desk = large_desk();
    desk.ok(&["publish", "public", "--no-pages"]);
    let early = files(&desk.path("public"));
    let article = desk.article("Another page with a claim.\n");
    record_claims(&desk, &article, 300);
    desk.ok(&["publish", "public", "--no-pages"]);
    // Somebody still holds the checkpoint from before.
    fs::write(
        desk.path("public/checkpoint"),
        &early[Path::new("checkpoint")],
    )
    .unwrap();
    let report = desk.ok(&["verify", "public"]);
    assert_eq!(report["size"], 280);
}

/// Gives out a folder over HTTP on loopback, to one client after the other, and returns its address.
fn serve(folder: PathBuf) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let folder = folder.clone();
            std::thread::spawn(move || answer(stream.unwrap(), &folder));
        }
    });
    format!("http://{address}")
}

fn answer(mut stream: TcpStream, folder: &Path) {
    let mut request = String::new();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    while !request.ends_with("\r\n\r\n") && reader.read_line(&mut request).unwrap() > 0 {}
    let path = request.split(' ').nth(1).unwrap().trim_start_matches('/');
    let (status, body) = match fs::read(folder.join(path)) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body).unwrap();
}

#[test]
fn address_is_audited_like_the_folder() {
    let desk = large_desk();
    desk.ok(&["publish", "public", "--no-pages"]);
    let url = serve(desk.path("public"));
    let report = desk.ok(&["verify", &url]);
    assert_eq!(report, desk.ok(&["verify", "public"]));
    assert_eq!(desk.ok(&["verify", "--since", &url])["ok"], true);
    let (record, _) = (files(&desk.path("public")).into_iter())
        .find(|(name, _)| name.starts_with("object"))
        .unwrap();
    fs::write(desk.path("public").join(record), "{}").unwrap();
    let report = desk.json(&["verify", &url], 1);
    assert_eq!(
        codes(&report),
        ["record-digest", "record-malformed"],
        "{report:#}"
    );
    fs::remove_file(desk.path("public/checkpoint")).unwrap();
    let message = desk.fails(&["verify", &url], 3);
    assert!(message.contains("it has no file `checkpoint`"), "{message}");
    let nobody = "http://127.0.0.1:1/";
    let message = desk.fails(&["verify", nobody], 3);
    assert!(
        message.contains("cannot get http://127.0.0.1:1/checkpoint"),
        "{message}"
    );
}
