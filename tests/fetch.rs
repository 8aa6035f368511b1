//! Pages that are fetched: from a server of the test's own, on the user's word alone.

mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use support::desk::Desk;
use support::tools::skip;

const PAGE: &str = "<!DOCTYPE html><html lang=en><title>A page</title><h1>A page</h1><p>“We shall see,” said the mayor.";

static DATES: AtomicUsize = AtomicUsize::new(0);

/// A page in which somebody says something.
fn news(words: &str, head: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=en><head>{head}<title>News</title></head><h1>News</h1><p>“{words},” said the mayor."
    )
}

/// A server that counts who comes.
struct Server {
    address: String,
    connections: Arc<AtomicUsize>,
    /// What it answers at /news.
    news: Arc<Mutex<(u16, String)>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let connections = Arc::new(AtomicUsize::new(0));
        let news = Arc::new(Mutex::new((200, news("We shall see", ""))));
        let (count, told) = (connections.clone(), news.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
                let told = told.clone();
                thread::spawn(move || answer(stream.unwrap(), &told.lock().unwrap().clone()));
            }
        });
        Server {
            address,
            connections,
            news,
        }
    }

    fn tell(&self, status: u16, page: String) {
        *self.news.lock().unwrap() = (status, page);
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Answers by the path. That the other side hung up is its right.
fn answer(mut stream: TcpStream, news: &(u16, String)) {
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
    let path = first.split(' ').nth(1).unwrap();
    let redirect =
        |to: &str| format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 4\r\n\r\ngone");
    let said = match path {
        "/page" => format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Odd:  kept \r\nContent-Length: {}\r\n\r\n{PAGE}",
            PAGE.len()
        ),
        "/chunked" => {
            let (one, two) = PAGE.split_at(40);
            format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{one}\r\n{:x}\r\n{two}\r\n0\r\n\r\n",
                one.len(),
                two.len()
            )
        }
        "/news" => {
            let (status, page) = news;
            // No two answers have the same header.
            let date = DATES.fetch_add(1, Ordering::SeqCst);
            format!(
                "HTTP/1.1 {status} So\r\nX-Date: {date}\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{page}",
                page.len()
            )
        }
        "/slow" => {
            thread::sleep(Duration::from_millis(1500));
            "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n".to_owned()
        }
        "/moved" => redirect("/moved/again?x=1"),
        "/moved/again?x=1" => redirect("../page"),
        "/round" => redirect("/round"),
        "/file" => redirect("file:///etc/passwd"),
        "/cut" => "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 1000\r\n\r\nabc"
            .to_owned(),
        "/endless" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n");
            while stream.write_all(&[b'x'; 65_536]).is_ok() {}
            return;
        }
        "/header" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
            while stream.write_all(b"X-More: and more of it\r\n").is_ok() {}
            return;
        }
        _ => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_owned(),
    };
    let _ = stream.write_all(said.as_bytes());
}

const ARTICLE: [&str; 4] = ["--published", "unknown", "--as", "ada"];

#[test]
fn page_is_fetched_with_every_redirect_and_kept_byte_by_byte() {
    let (desk, server) = (Desk::founded(), Server::start());
    let moved = server.url("/moved");
    let receipt = desk.ok(&[&["add", "article", &moved, "--allow-private"], &ARTICLE[..]].concat());
    let hops: Vec<String> = ["/moved", "/moved/again?x=1", "/page"]
        .map(|path| server.url(path))
        .into();
    assert_eq!(receipt["fetched"], json!(hops));
    let hash = receipt["hash"].as_str().unwrap();
    let content = desk.ok(&["show", hash])["record"]["content"].clone();
    assert_eq!(content["url"], server.url("/page"));
    assert_eq!(content["original"]["mediaType"], "application/warc");
    assert_eq!(content["original"]["retrieved"], support::desk::NOW);
    desk.claim(hash, "“We shall see,”");
    // What is kept is what went over the line, of every hop.
    let kept = desk.object(content["original"]["digest"].as_str().unwrap());
    let kept = String::from_utf8(kept).unwrap();
    assert_eq!(kept.matches("WARC-Type: response").count(), 3);
    assert_eq!(kept.matches("WARC-Type: request").count(), 3);
    for exact in [
        "X-Odd:  kept \r\n",
        "302 Found\r\nLocation: ../page\r\n",
        "GET /moved/again?x=1 HTTP/1.1\r\n",
        PAGE,
    ] {
        assert!(kept.contains(exact), "{exact:?} in {kept}");
    }
    assert_eq!(desk.findings(), Vec::<String>::new());
}

#[test]
fn snapshot_of_a_source_passes_the_check_of_another_tool() {
    let (desk, server) = (Desk::founded(), Server::start());
    let mut files = Vec::new();
    for path in ["/chunked", "/moved"] {
        let url = server.url(path);
        let hash = desk.hash(&[
            "add",
            "source",
            &url,
            "--allow-private",
            "--level",
            "primary",
            "--as",
            "ada",
        ]);
        let content = desk.ok(&["show", &hash])["record"]["content"].clone();
        assert_eq!(content["title"], "A page");
        assert_eq!(content["snapshot"]["retrieved"], support::desk::NOW);
        let name = format!("{}.warc", files.len());
        desk.write(
            &name,
            desk.object(content["snapshot"]["digest"].as_str().unwrap()),
        );
        files.push(desk.path(&name));
    }
    // pip install warcio
    match Command::new("warcio")
        .args(["check", "-v"])
        .args(&files)
        .output()
    {
        Ok(output) => {
            let told = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success(), "{told}");
            assert!(
                told.contains("digest pass") && !told.contains("fail"),
                "{told}"
            );
        }
        Err(_) => skip("the check by warcio", "it is not installed"),
    }
}

#[test]
fn nothing_is_sent_into_this_network_unless_the_user_says_so() {
    let (desk, server) = (Desk::founded(), Server::start());
    let port = server.address.rsplit(':').next().unwrap();
    for host in [
        "127.0.0.1",
        "localhost",
        "0.0.0.0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "2130706433",
        "0x7f.1",
        "10.0.0.1",
        "169.254.169.254",
    ] {
        let url = format!("http://{host}:{port}/page");
        let start = Instant::now();
        let message = desk.fails(&[&["add", "article", &url], &ARTICLE[..]].concat(), 1);
        assert!(
            message.contains("public network") && message.contains("--allow-private"),
            "{message}"
        );
        assert!(start.elapsed() < Duration::from_secs(5));
    }
    assert_eq!(server.connections(), 0);
}

#[test]
fn what_servers_do_wrong_is_an_error_in_time() {
    let (desk, server) = (Desk::founded(), Server::start());
    let before = desk.head();
    for (path, code, expected) in [
        ("/round", 3, "at most 10 redirects"),
        ("/file", 1, "begins with http:// or https://"),
        ("/none", 3, "found 404"),
        ("/cut", 3, "no answer"),
        ("/endless", 3, "no answer"),
        ("/header", 3, "no answer"),
    ] {
        let url = server.url(path);
        let start = Instant::now();
        let message = desk.fails(
            &[&["add", "article", &url, "--allow-private"], &ARTICLE[..]].concat(),
            code,
        );
        assert!(message.contains(expected), "{path}: {message}");
        assert!(start.elapsed() < Duration::from_secs(40), "{path}");
    }
    assert_eq!(desk.head(), before);
}

#[test]
fn proxies_of_the_environment_are_not_asked() {
    let (desk, server, proxy) = (Desk::founded(), Server::start(), Server::start());
    let url = server.url("/page");
    let output = desk
        .command()
        .envs(
            ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]
                .map(|name| (name, proxy.url("/"))),
        )
        .args(["add", "article", &url, "--allow-private"])
        .args(ARTICLE)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!((server.connections(), proxy.connections()), (1, 0));
}

#[test]
fn observation_is_not_recorded_before_it_was_made() {
    let (desk, server) = (Desk::empty(), Server::start());
    // By the clock, as it is the clock that was asked too early: when the desk was opened.
    let run = |arguments: &[&str]| {
        let mut command = desk.command();
        let output = command.env_remove("LEDGER_NOW").args(arguments).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["key", "new", "ada", "--unencrypted"]);
    run(&["init", "a.ledger", "--origin", "a.example/1"]);
    for title in ["One", "Two"] {
        let url = server.url("/slow");
        run(&[
            "add", "source", "--title", title, "--url", &url, "--level", "primary",
        ]);
    }
    run(&["watch", "--allow-private"]);
    for line in run(&["log", "--kind", "observation", "--json"]).lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        let shown = run(&["show", entry["hash"].as_str().unwrap(), "--json"]);
        let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
        let observed = shown["record"]["content"]["observed"].as_str().unwrap();
        let created = shown["record"]["created"].as_str().unwrap();
        let recorded = entry["recorded"].as_str().unwrap();
        assert!(observed <= created && created <= recorded, "{shown:#}");
    }
}

#[test]
fn silent_edits_and_dead_links_become_observations_once() {
    let (desk, server) = (Desk::founded(), Server::start());
    let url = server.url("/news");
    let article = desk.hash(&[&["add", "article", &url, "--allow-private"], &ARTICLE[..]].concat());
    let source = desk.hash(&[
        "add",
        "source",
        &url,
        "--allow-private",
        "--level",
        "primary",
        "--as",
        "ada",
    ]);
    let watch = || {
        let answer = desk.ok(&["watch", "--allow-private", "--as", "ada"]);
        let seen: Vec<_> = answer["seen"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                let outcome = one["outcome"].as_str().unwrap().to_owned();
                (
                    outcome,
                    one["silent"].as_bool(),
                    one["recorded"].as_bool().unwrap(),
                )
            })
            .collect();
        assert_eq!(seen.len(), 2);
        seen
    };
    let is = |outcome: &str, silent: Option<bool>, recorded: bool| {
        (outcome.to_owned(), silent, recorded)
    };
    // As it was, though the header differs: nothing to record.
    let before = desk.head();
    assert_eq!(
        watch(),
        [
            is("unchanged", Some(false), false),
            is("unchanged", Some(false), false)
        ]
    );
    assert_eq!(desk.head(), before);
    // Changed, and the page says nothing of it.
    server.tell(200, news("We shall never see", ""));
    assert_eq!(
        watch(),
        [
            is("changed", Some(true), true),
            is("changed", Some(true), true)
        ]
    );
    let again = watch();
    assert!(!again[0].2 && !again[1].2, "the same is not recorded twice");
    let log = desk.run(&["log", "--kind", "observation"]);
    assert!(String::from_utf8(log.stdout).unwrap().contains("silent"));
    // Changed again, and the page says so.
    server.tell(
        200,
        news(
            "We see",
            "<meta property=\"article:modified_time\" content=\"2026-11-19\">",
        ),
    );
    assert_eq!(watch()[0], is("changed", Some(false), true));
    // No answer is no observation; an answer that there is nothing is one.
    server.tell(500, String::new());
    assert_eq!(
        watch(),
        [
            is("not-compared", None, false),
            is("not-compared", None, false)
        ]
    );
    server.tell(410, String::new());
    assert_eq!(
        watch(),
        [is("gone", Some(false), true), is("gone", Some(false), true)]
    );
    assert_eq!(
        watch(),
        [
            is("gone", Some(false), false),
            is("gone", Some(false), false)
        ]
    );
    assert_eq!(desk.findings(), Vec::<String>::new());
    // Without the user's word, nothing is asked of this network.
    let connections = server.connections();
    let answer = desk.ok(&["watch", &article, &source, "--as", "ada"]);
    assert_eq!(answer["seen"][0]["outcome"], "not-compared");
    assert_eq!(server.connections(), connections);
}

#[test]
fn revised_article_is_compared_with_the_version_before() {
    let (desk, server) = (Desk::founded(), Server::start());
    let url = server.url("/news");
    let add = |more: &[&str]| {
        desk.hash(
            &[
                &["add", "article", &url, "--allow-private"],
                &ARTICLE[..],
                more,
            ]
            .concat(),
        )
    };
    let old = add(&[]);
    let claim = desk.claim(&old, "We shall see");
    let mayor = desk.claim(&old, "the mayor");
    server.tell(200, news("We shall never see", ""));
    let new = add(&["--revises", &old]);
    let diff = desk.ok(&["diff", &old, &new]);
    let fates: Vec<(&str, &str)> = diff["claims"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            (
                one["claim"].as_str().unwrap(),
                one["fate"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        fates,
        [(claim.as_str(), "changed"), (mayor.as_str(), "moved")]
    );
    assert_eq!(diff["claims"][0]["words"], "We shall never see");
    let changes = &diff["passages"][0];
    assert!(
        changes
            .as_array()
            .unwrap()
            .contains(&json!({"change": "added", "words": "never "})),
        "{changes}"
    );
    // The version that was revised is not watched any more.
    let seen = desk.ok(&["watch", "--allow-private", "--as", "ada"])["seen"].clone();
    assert_eq!(seen.as_array().unwrap().len(), 1);
    assert_eq!(seen[0]["subject"], json!(new));
}
