//! `ledger serve`, asked over the network as a reader's browser would, and as somebody who means no good.

mod support;

use std::collections::BTreeSet;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use support::desk::Desk;
use support::serving::Serving;

const WORDS: &str = "The bridge is safe";

/// A desk with a claim that was reviewed and approved, and the claim's and its article's hashes.
fn desk() -> (Desk, String, String) {
    let desk = Desk::founded();
    let article = desk.article("The mayor said: The bridge is safe. Nobody asked twice.\n");
    let claim = desk.claim(&article, WORDS);
    let review = desk.review(&claim, "verified");
    desk.ok(&["approve", &review, "--as", "ben"]);
    (desk, article, claim)
}

fn digits(hash: &str) -> &str {
    hash.strip_prefix("sha256:").expect("a hash")
}

fn json(site: &Serving, path: &str) -> Value {
    let answer = site.get(path);
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn what_is_served_is_what_is_published() {
    let (desk, _, _) = desk();
    desk.ok(&["publish", "public"]);
    let site = Serving::site(&desk, &[]);
    let mut compared = 0;
    let mut waiting = vec![desk.path("public")];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
                continue;
            }
            let name = path.strip_prefix(desk.path("public")).unwrap();
            let bytes = std::fs::read(&path).unwrap();
            // Bytes that are no text are compared by the auditor, over this very address.
            if let Ok(text) = String::from_utf8(bytes)
                && !name.starts_with("search")
            {
                let answer = site.get(&format!("/{}", name.display()));
                assert_eq!(answer.body, text, "{}", name.display());
                compared += 1;
            }
        }
    }
    assert!(compared > 30, "{compared}");
    let audit = desk.ok(&["verify", &site.url]);
    assert_eq!(audit["ok"], true, "{audit:#}");
}

#[test]
fn proof_is_the_file_that_ledger_prove_writes() {
    let (desk, article, claim) = desk();
    let site = Serving::site(&desk, &[]);
    for hash in [&claim, &article] {
        desk.run(&["prove", hash, "-o", "own.json", "--force"]);
        let own = std::fs::read_to_string(desk.path("own.json")).unwrap();
        assert_eq!(site.get(&format!("/proof/{}.json", digits(hash))).body, own);
    }
}

#[test]
fn what_is_appended_or_erased_shows_at_once() {
    let (desk, article, claim) = desk();
    let site = Serving::site(&desk, &["--texts", "all"]);
    let page = format!("/claim/{}.html", digits(&claim));
    let article_page = format!("/article/{}.html", digits(&article));
    assert!(site.get(&page).body.contains(WORDS));
    assert!(site.get(&article_page).body.contains("Nobody asked twice"));
    desk.ok(&[
        "retract",
        &claim,
        "--why",
        "It was another bridge.",
        "--as",
        "ada",
    ]);
    assert!(site.get(&page).body.contains("It was another bridge."));
    desk.ok(&[
        "erase", &claim, "--reason", "A court", "--as", "ada", "--yes",
    ]);
    let erased = site.get(&page);
    assert_eq!(erased.status, 200);
    assert!(!erased.body.contains(WORDS), "{}", erased.body);
    let record = json(&site, &format!("/api/v1/claims/{claim}"));
    assert_eq!(
        (&record["state"], &record["record"]),
        (&json!("erased"), &Value::Null)
    );
}

#[test]
fn texts_of_others_are_not_given_out_by_default() {
    let (desk, article, _) = desk();
    let record = desk.ok(&["show", &article]);
    let text = record["record"]["content"]["text"]["digest"]
        .as_str()
        .unwrap();
    let (first, rest) = digits(text).split_at(2);
    let path = format!("/text/{first}/{rest}");
    let page = format!("/article/{}.html", digits(&article));
    let site = Serving::site(&desk, &[]);
    assert_eq!(site.get(&path).status, 404);
    assert!(!site.get(&page).body.contains("Nobody asked twice"));
    let site = Serving::site(&desk, &["--texts", "all"]);
    assert_eq!(site.get(&path).status, 200);
    let page = site.get(&page).body;
    assert!(page.contains("Nobody asked twice"));
    assert!(
        page.contains("<mark class=\"mark-decided\">"),
        "claims are marked: {page}"
    );
}

#[test]
fn every_answer_is_guarded_and_kept_as_long_as_it_may_be() {
    let (desk, _, claim) = desk();
    let site = Serving::site(&desk, &[]);
    let front = site.get("/");
    let style = front
        .body
        .split("href=\"")
        .find(|part| part.contains("style.css"))
        .unwrap();
    let style = format!("/{}", style.split('"').next().unwrap());
    for (path, keep, anyone) in [
        ("/".to_owned(), "max-age=10", false),
        ("/checkpoint".to_owned(), "max-age=10", true),
        (style, "immutable", true),
        (
            format!("/claim/{}.html", digits(&claim)),
            "max-age=10",
            false,
        ),
        (
            format!("/proof/{}.json", digits(&claim)),
            "max-age=10",
            true,
        ),
        ("/api/v1/status".to_owned(), "max-age=10", true),
        ("/nothing".to_owned(), "no-store", false),
    ] {
        let answer = site.get(&path);
        let has = |header: &str| {
            assert!(
                answer.head.contains(header),
                "{path}: no {header} in {}",
                answer.head
            );
        };
        has("content-security-policy: default-src 'none';");
        has("require-trusted-types-for 'script'");
        has("frame-ancestors 'none'");
        has("x-content-type-options: nosniff");
        has("referrer-policy: no-referrer");
        has(keep);
        assert!(!answer.head.contains("set-cookie"));
        assert_eq!(
            answer.head.contains("access-control-allow-origin: *"),
            anyone,
            "{path}"
        );
        let policy = if anyone {
            "cross-origin"
        } else {
            "same-origin"
        };
        has(&format!("cross-origin-resource-policy: {policy}"));
    }
    // Nothing in a page is asked from elsewhere, and nothing in it is a script of its own.
    for foreign in ["src=\"http", "<script>", " onclick", " style=\""] {
        assert!(!front.body.contains(foreign), "{foreign}");
    }
    let tag = front
        .head
        .lines()
        .find_map(|line| line.strip_prefix("etag: w/"))
        .unwrap()
        .to_owned();
    let again = site.exchange(&format!(
        "GET / HTTP/1.1\r\nhost: x\r\nif-none-match: {tag}\r\nconnection: close\r\n\r\n"
    ));
    assert_eq!((again.status, again.body.as_str()), (304, ""));
}

#[test]
fn nothing_but_short_questions_is_answered() {
    let (desk, _, _) = desk();
    let site = Serving::site(&desk, &[]);
    let ask = |head: &str| {
        site.exchange(&format!("{head}\r\nhost: x\r\nconnection: close\r\n\r\n"))
            .status
    };
    assert_eq!(ask("POST / HTTP/1.1\r\ncontent-length: 0"), 405);
    assert_eq!(ask("DELETE /checkpoint HTTP/1.1"), 405);
    assert_eq!(ask("GET / HTTP/1.1\r\ncontent-length: 5"), 413);
    assert_eq!(ask(&format!("GET /{} HTTP/1.1", "a".repeat(3000))), 414);
    assert_eq!(
        ask(&format!("GET / HTTP/1.1\r\nx: {}", "a".repeat(40_000))),
        431
    );
    for path in [
        "/../desk.ledger",
        "/claim/../../x",
        "/claim/%2e%2e.html",
        "/tile/0/x",
        "/object/aa/bb",
        "/api/v2/status",
        "//",
    ] {
        assert_eq!(ask(&format!("GET {path} HTTP/1.1")), 404, "{path}");
    }
    for path in [
        "/api/v1/claims?from=-1",
        "/api/v1/claims/xyz",
        "/api/v1/search",
    ] {
        assert_eq!(ask(&format!("GET {path} HTTP/1.1")), 400, "{path}");
    }
    // Characters of the query language of the search, and numbers that no database holds.
    for path in [
        "/search.html?q=%22%20OR%20*%00%22",
        "/api/v1/claims?from=18446744073709551615",
        "/api/v1/search?q=%F0%9F%8C%89",
    ] {
        assert_eq!(ask(&format!("GET {path} HTTP/1.1")), 200, "{path}");
    }
    assert_eq!(ask("GET / HTTP/1.1"), 200, "and it goes on");
}

#[test]
fn who_asks_too_slowly_is_hung_up_on() {
    let (desk, _, _) = desk();
    let site = Serving::site(&desk, &[]);
    let address = site.url.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    let began = Instant::now();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut answer = Vec::new();
    stream
        .read_to_end(&mut answer)
        .expect("the end of the connection");
    assert!(
        began.elapsed() < Duration::from_secs(15),
        "{:?}",
        began.elapsed()
    );
}

#[cfg(unix)]
#[test]
fn server_ends_when_it_is_asked_to_and_leaves_no_files() {
    let (desk, _, _) = desk();
    let site = Serving::site(&desk, &[]);
    // A connection that is open and idle does not keep it.
    let address = site
        .url
        .trim_start_matches("http://")
        .trim_end_matches('/')
        .to_owned();
    let _idle = TcpStream::connect(address).unwrap();
    assert_eq!(site.get("/").status, 200);
    let began = Instant::now();
    assert_eq!(site.end("TERM"), Some(0));
    assert!(
        began.elapsed() < Duration::from_secs(15),
        "{:?}",
        began.elapsed()
    );
    assert!(!desk.path("desk.ledger-wal").exists());
}

#[test]
fn site_works_under_a_prefix_in_the_readers_language_and_compressed() {
    let (desk, _, claim) = desk();
    let site = Serving::site(&desk, &["--prefix", "/facts/"]);
    assert!(site.url.ends_with("/facts/"), "{}", site.url);
    assert_eq!(site.get("/").status, 404);
    assert_eq!(site.get("/facts").status, 308);
    assert_eq!(
        site.get(&format!("/facts/claim/{}.html", digits(&claim)))
            .status,
        200
    );
    let german = site.exchange("GET /facts/ HTTP/1.1\r\nhost: x\r\naccept-language: de-AT, en;q=0.5\r\nconnection: close\r\n\r\n");
    assert_eq!(german.status, 302);
    assert!(
        german.head.contains("location: /facts/de/index.html"),
        "{}",
        german.head
    );
    assert!(
        site.get("/facts/de/index.html")
            .body
            .contains("<html lang=\"de\">")
    );
    // Links are relative, so the prefix stands in none of them.
    assert!(!site.get("/facts/").body.contains("/facts"));
    let address = site
        .url
        .trim_start_matches("http://")
        .split('/')
        .next()
        .unwrap();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(b"GET /facts/ HTTP/1.1\r\nhost: x\r\naccept-encoding: gzip\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert!(String::from_utf8_lossy(&answer).contains("content-encoding: gzip"));
    desk.fails(
        &["serve", "--listen", "127.0.0.1:0", "--prefix", "facts"],
        2,
    );
    // A shared cache must not give Germans the English page, nor plain bytes to whom asked for none.
    for language in ["en", "de"] {
        let answer = site.exchange(&format!(
            "GET /facts/ HTTP/1.1\r\nhost: x\r\naccept-language: {language}\r\nconnection: close\r\n\r\n"
        ));
        let vary: Vec<&str> = (answer.head.lines())
            .filter_map(|line| line.strip_prefix("vary:"))
            .flat_map(|line| line.split(',').map(str::trim))
            .collect();
        for header in ["accept-encoding", "accept-language"] {
            assert_eq!(
                vary.iter().filter(|one| **one == header).count(),
                1,
                "{language}: {}",
                answer.head
            );
        }
    }
    let page = site.get("/facts/de/index.html").head;
    assert!(!page.contains("accept-language"), "{page}");
}

/// Many ask for what takes long and hang up at once: no more is looked up at a time than there are places for it.
#[cfg(target_os = "linux")]
#[test]
fn who_hangs_up_leaves_no_work_behind() {
    let (desk, _, _) = desk();
    let site = Serving::site(&desk, &[]);
    // Opening a pipe that nobody writes to takes forever.
    std::fs::rename(desk.ledger(), desk.path("kept")).unwrap();
    let made = std::process::Command::new("mkfifo")
        .arg(desk.ledger())
        .status();
    assert!(made.unwrap().success());
    let before = site.threads();
    let address = site.url.trim_start_matches("http://").trim_end_matches('/');
    for _ in 0..60 {
        let mut stream = TcpStream::connect(address).unwrap();
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            .unwrap();
        std::thread::sleep(Duration::from_millis(10));
    }
    let cores = std::thread::available_parallelism().unwrap().get();
    let more = site.threads() - before;
    assert!(
        0 < more && more <= cores.max(2),
        "{more} threads for {cores} cores"
    );
}

#[test]
fn server_finds_words_and_hashes_without_script() {
    let (desk, _, claim) = desk();
    let site = Serving::site(&desk, &[]);
    for query in ["the+bridge+is+safe", &digits(&claim)[..12]] {
        let page = site.get(&format!("/search.html?q={query}")).body;
        assert!(page.contains(digits(&claim)), "{query}: {page}");
    }
    let page = site
        .get("/search.html?q=%3Cscript%3Ealert(1)%3C/script%3E")
        .body;
    assert!(
        page.contains("does not make it false") && !page.contains("<script>alert"),
        "{page}"
    );
}

#[test]
fn what_is_only_similar_is_served_as_similar_with_what_differs() {
    let (desk, _, claim) = desk();
    let site = Serving::site(&desk, &[]);
    let page =
        |folder: &str, query: &str| site.get(&format!("/{folder}search.html?q={query}")).body;
    let contrary = page("", "The+bridge+is+not+safe.");
    for words in [
        "These words are not recorded here. 1 record is similar:",
        "Similar: 3 letters differ of",
        "<ins>not</ins>",
        digits(&claim),
    ] {
        assert!(contrary.contains(words), "{words}: {contrary}");
    }
    assert!(!contrary.contains("1 record found"), "{contrary}");
    let german = page("de/", "The+bridge+is+not+safe.");
    assert!(german.contains("hnlich: 3 Buchstaben von"), "{german}");
    let same = page("", "the+bridge+is+SAFE");
    for words in ["1 record found", "The same words, written otherwise"] {
        assert!(same.contains(words), "{words}: {same}");
    }
    let by_hash = page("", &digits(&claim)[..12]);
    assert!(
        by_hash.contains("1 record found") && !by_hash.contains("imilar"),
        "{by_hash}"
    );

    // The API tells the same as the command.
    let asked = "The bridge is not safe.";
    let hit = &desk.ok(&["search", asked])["hits"][0];
    let found = json(&site, "/api/v1/search?q=The+bridge+is+not+safe.");
    for field in ["hash", "matched", "difference"] {
        assert_eq!(found["records"][0][field], hit[field], "{field}: {found:#}");
    }
    assert_eq!(hit["matched"]["how"], "similar");
    let found = json(
        &site,
        &format!("/api/v1/search?q={}", &digits(&claim)[..12]),
    );
    assert_eq!(found["records"][0]["matched"], json!({ "how": "hash" }));
}

#[test]
fn every_answer_of_the_api_is_as_its_description_says() {
    let (desk, article, claim) = desk();
    desk.write("source.txt", "A source.");
    let source = desk.hash(&[
        "add",
        "source",
        "source.txt",
        "--title",
        "A source",
        "--published",
        "unknown",
        "--level",
        "primary",
        "--as",
        "ada",
    ]);
    let site = Serving::site(&desk, &[]);
    let description = json(&site, "/api/openapi.json");
    assert_eq!(description["openapi"], "3.1.0");
    let asked = [
        ("/api/v1/status", "/api/v1/status".to_owned()),
        ("/api/v1/checkpoint", "/api/v1/checkpoint".to_owned()),
        ("/api/v1/claims", "/api/v1/claims?limit=5".to_owned()),
        ("/api/v1/search", "/api/v1/search?q=bridge".to_owned()),
        ("/api/v1/claims/{hash}", format!("/api/v1/claims/{claim}")),
        (
            "/api/v1/articles/{hash}",
            format!("/api/v1/articles/{}", digits(&article)),
        ),
        (
            "/api/v1/sources/{hash}",
            format!("/api/v1/sources/{source}"),
        ),
        (
            "/api/v1/records/{hash}",
            format!("/api/v1/records/{source}"),
        ),
    ];
    let described: BTreeSet<&str> = description["paths"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(described, asked.iter().map(|(path, _)| *path).collect());
    for (path, asked) in asked {
        let operation = &description["paths"][path]["get"];
        check(&description, operation, "200", &json(&site, &asked));
        let Some(folder) = path.strip_suffix("{hash}") else {
            continue;
        };
        for (status, hash) in [("400", "md5:00".to_owned()), ("404", "0".repeat(64))] {
            let answer = site.get(&format!("{folder}{hash}"));
            assert_eq!(answer.status.to_string(), status, "{path}");
            let answer = serde_json::from_str(&answer.body).unwrap();
            check(&description, operation, status, &answer);
        }
    }
    let claims = json(&site, "/api/v1/claims");
    assert_eq!(claims["claims"][0]["hash"], claim.as_str());
    assert_eq!(claims["claims"][0]["state"], "decided");
    assert_eq!(
        claims["claims"][0]["review"]["content"]["verdict"],
        "verified"
    );
    // A claim is none of the articles.
    assert_eq!(site.get(&format!("/api/v1/articles/{claim}")).status, 404);
}

/// Holds an answer against the schema of the description.
fn check(description: &Value, operation: &Value, status: &str, answer: &Value) {
    let schema = &operation["responses"][status]["content"]["application/json"]["schema"]["$ref"];
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": schema.as_str().unwrap(),
        "components": description["components"],
    });
    let validator = jsonschema::validator_for(&whole).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(answer)
        .map(|error| error.to_string())
        .collect();
    assert!(errors.is_empty(), "{errors:?}\n{answer:#}");
}

/// A backup that is put in the place of the ledger, by a rename as `mv` does it.
#[cfg(unix)]
#[test]
fn ledger_that_is_put_in_the_place_of_another_shows() {
    let (desk, article, _) = desk();
    let site = Serving::site(&desk, &[]);
    let before = json(&site, "/api/v1/status")["size"].as_u64().unwrap();
    let restored = desk.copy();
    let claim = restored.claim(&article, "Nobody asked");
    let beside = desk.path("restored.ledger");
    std::fs::copy(restored.ledger(), &beside).unwrap();
    std::fs::rename(&beside, desk.ledger()).unwrap();
    let after = json(&site, "/api/v1/status")["size"].as_u64().unwrap();
    assert_eq!(after, before + 1);
    assert_eq!(
        site.get(&format!("/claim/{}.html", digits(&claim))).status,
        200
    );
}
