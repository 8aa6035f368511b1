//! Pages that are fetched over TLS, from a server of the test's own: `openssl s_server` with certificates made for the test.

mod support;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::json;
use support::desk::Desk;
use support::tools;

const PAGE: &str = "<!DOCTYPE html><html lang=en><title>A page</title><h1>A page</h1><p>“We shall see,” said the mayor.";

const ADD: [&str; 5] = ["--allow-private", "--published", "unknown", "--as", "ada"];

fn openssl(desk: &Desk, arguments: &str) {
    let mut command = Command::new("openssl");
    command
        .current_dir(desk.path("."))
        .args(arguments.split(' '));
    tools::answer(&mut command, b"");
}

/// Makes an authority's certificate in `NAME.pem`, with its key in `NAME.key`.
fn make_authority(desk: &Desk, name: &str) {
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    let file = format!("-keyout {name}.key -out {name}.pem -subj /CN={name}");
    openssl(desk, &format!("req -x509 {key} {file} -days 2"));
}

/// Makes a server's certificate by that authority.
fn make_certificate(desk: &Desk, authority: &str, name: &str, names: &str) {
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    let file = format!("-keyout {name}.key -out {name}.pem -subj /CN={name}");
    let by = format!("-CA {authority}.pem -CAkey {authority}.key");
    let of = format!("-addext subjectAltName={names} -addext basicConstraints=critical,CA:FALSE");
    openssl(desk, &format!("req -x509 {key} {file} {by} {of} -days 2"));
}

/// A server that answers with files of the desk's folder, which are whole answers.
struct Server {
    child: Child,
    port: String,
}

impl Server {
    fn start(desk: &Desk, certificate: &str) -> Self {
        let mut child = Command::new("openssl")
            .current_dir(desk.path("."))
            .args(["s_server", "-accept", "127.0.0.1:0", "-HTTP"])
            .args(["-cert", &format!("{certificate}.pem")])
            .args(["-key", &format!("{certificate}.key")])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut lines = lines.map(|line| line.expect("text"));
        let ready = lines.find(|line| line.starts_with("ACCEPT")).unwrap();
        // What it says later has to go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        let port = ready.rsplit(':').next().unwrap().to_owned();
        Server { child, port }
    }

    fn url(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}/{path}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn add<'a>(url: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["add", "article", url], &ADD[..], more].concat()
}

#[test]
fn page_comes_over_tls_from_a_server_that_the_named_authority_vouches_for_and_from_no_other() {
    if tools::tool("openssl").is_none() {
        return;
    }
    let desk = Desk::founded();
    for name in ["company", "stranger"] {
        make_authority(&desk, name);
    }
    make_certificate(&desk, "company", "right", "IP:127.0.0.1");
    make_certificate(&desk, "company", "elsewhere", "DNS:elsewhere.example");
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n";
    desk.write(
        "page",
        format!("{head}Content-Length: {}\r\n\r\n{PAGE}", PAGE.len()),
    );
    desk.write(
        "moved",
        "HTTP/1.1 302 Found\r\nLocation: /page\r\nContent-Length: 0\r\n\r\n",
    );
    // A file of several, with what vouches for nobody in it.
    let both = ["stranger.pem", "right.key", "company.pem"]
        .map(|file| std::fs::read_to_string(desk.path(file)).unwrap())
        .concat();
    desk.write("both.pem", both);

    let server = Server::start(&desk, "right");
    let url = server.url("moved");
    let receipt = desk.ok(&add(&url, &["--ca", "both.pem"]));
    assert_eq!(receipt["fetched"], json!([url, server.url("page")]));
    let hash = receipt["hash"].as_str().unwrap();
    let content = desk.ok(&["show", hash])["record"]["content"].clone();
    assert_eq!(content["url"], server.url("page"));
    // What is kept is what stood within TLS.
    let kept = desk.object(content["original"]["digest"].as_str().unwrap());
    let kept = String::from_utf8(kept).unwrap();
    assert!(
        kept.contains("GET /moved HTTP/1.1\r\n") && kept.contains(PAGE),
        "{kept}"
    );
    let watched = desk.ok(&[
        "watch",
        "--allow-private",
        "--ca",
        "company.pem",
        "--as",
        "ada",
    ]);
    assert_eq!(watched["seen"][0]["outcome"], "unchanged", "{watched}");
    let watched = desk.ok(&["watch", "--allow-private", "--as", "ada"]);
    let why = watched["seen"][0]["why"].as_str().unwrap();
    assert!(why.contains("UnknownIssuer"), "{why}");

    let before = desk.head();
    let elsewhere = Server::start(&desk, "elsewhere");
    for (url, authority, says) in [
        // The public authorities do not know our server, and a stranger's does not vouch for it.
        (server.url("page"), None, "UnknownIssuer"),
        (server.url("page"), Some("stranger.pem"), "UnknownIssuer"),
        (
            elsewhere.url("page"),
            Some("company.pem"),
            "not valid for name",
        ),
    ] {
        let authority = authority.map(|file| ["--ca", file]);
        let message = desk.fails(&add(&url, authority.as_ref().map_or(&[], |a| &a[..])), 3);
        assert!(
            message.contains("expected a certificate for this name"),
            "{message}"
        );
        assert!(
            message.contains(says) && message.contains("hint: nothing was sent"),
            "{message}"
        );
    }
    desk.write("none.pem", "no certificate\n");
    desk.write("cut.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n");
    for (file, says) in [
        ("none.pem", "found none"),
        ("right.key", "found none"),
        ("cut.pem", "found damaged PEM"),
    ] {
        let message = desk.fails(&add(&server.url("page"), &["--ca", file]), 1);
        assert!(
            message.contains(says) && message.contains("hint: "),
            "{message}"
        );
    }
    let message = desk.fails(&add(&server.url("page"), &["--ca", "missing.pem"]), 3);
    assert!(message.contains("missing.pem"), "{message}");
    assert_eq!(desk.head(), before);
    assert_eq!(desk.findings(), Vec::<String>::new());
}
