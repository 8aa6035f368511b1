//! Pages that are fetched: from a server of the test's own, on the user's word alone.

mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use support::desk::Desk;
use support::tools::skip;

const PAGE: &str = "<!DOCTYPE html><html lang=en><title>A page</title><h1>A page</h1><p>“We shall see,” said the mayor.";

/// A server that counts who comes.
struct Server {
    address: String,
    connections: Arc<AtomicUsize>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = connections.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || answer(stream.unwrap()));
            }
        });
        Server {
            address,
            connections,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Answers by the path. That the other side hung up is its right.
fn answer(mut stream: TcpStream) {
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
