//! Pages as editors have them: HTML of many makes, Markdown, WARC, and what is meant to hang a reader.

mod support;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ledger::ingest::html;
use ledger::ingest::page::{Circumstances, Page, PageError};
use ledger::ingest::warc::{self, Exchange};
use serde_json::{Value, json};
use support::desk::Desk;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages")
}

fn pages() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).unwrap();
    let mut pages: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    pages.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "html")
    });
    pages.sort();
    assert!(pages.len() >= 10, "{pages:?}");
    pages
}

fn read(path: &Path) -> Page {
    let known = Circumstances {
        name: path.file_name().unwrap().to_string_lossy().into_owned(),
        ..Circumstances::default()
    };
    Page::read(std::fs::read(path).unwrap(), &known).unwrap_or_else(|e| panic!("{known:?}: {e}"))
}

fn expected(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path.with_extension("json")).unwrap()).unwrap()
}

/// What was said of the page, as the expectation files have it: only what is known.
fn fields(page: &Page) -> Value {
    let metadata = &page.metadata;
    let mut fields = json!({});
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields[name] = value;
        }
    };
    put("headline", metadata.headline.as_ref().map(|x| json!(x)));
    put("url", metadata.url.as_ref().map(|x| json!(x)));
    put(
        "publisher",
        metadata.publisher.as_ref().map(|x| json!(x.name)),
    );
    put("published", metadata.published.as_ref().map(|x| json!(x)));
    put("modified", metadata.modified.as_ref().map(|x| json!(x)));
    put("language", metadata.language.as_ref().map(|x| json!(x)));
    let authors = &metadata.authors;
    put("authors", (!authors.is_empty()).then(|| json!(authors)));
    fields
}

#[test]
fn pages_give_the_text_that_their_writers_wrote_and_the_furniture_that_is_named() {
    for path in pages() {
        let page = read(&path);
        let expected = expected(&path);
        let paragraphs: Vec<&str> = expected["text"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| p.as_str().unwrap())
            .collect();
        // The headline may stand above the text.
        let headline = page.metadata.headline.as_ref().unwrap().as_str();
        let text = page.text.as_str();
        let text = text
            .strip_prefix(&format!("{headline}\n\n"))
            .unwrap_or(text);
        assert_eq!(
            text,
            format!("{}\n", paragraphs.join("\n\n")),
            "{}",
            path.display()
        );
        // What the page's makers wrote around it and was not told from it.
        for line in expected["furniture"].as_array().into_iter().flatten() {
            assert!(paragraphs.contains(&line.as_str().unwrap()), "{line}");
        }
    }
}

#[test]
fn pages_give_what_they_say_of_themselves_and_nothing_else() {
    for path in pages() {
        assert_eq!(
            fields(&read(&path)),
            expected(&path)["fields"],
            "{}",
            path.display()
        );
    }
}

#[test]
fn page_that_is_not_free_may_be_cut_and_that_is_told() {
    for path in pages() {
        let doubts = read(&path).metadata.doubts;
        let is_told = doubts
            .iter()
            .any(|doubt| doubt.contains("not free to read"));
        let name = path.file_stem().unwrap().to_string_lossy();
        let is_paid = matches!(&*name, "newspaper" | "paywall");
        assert_eq!(is_told, is_paid, "{name}: {doubts:?}");
    }
}

/// Pages meant to take all day, and what refuses them. Every one is built when the test runs.
fn hostile() -> Vec<(&'static str, String)> {
    let nested = |open: &str| open.repeat(100_000);
    let numbered =
        |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<String>();
    vec![
        ("nested elements", nested("<div>")),
        ("nested formatting", nested("<b>")),
        ("nested tables", nested("<table><td>")),
        ("nested templates", nested("<template>")),
        ("nested lists with text", nested("<ul><li>a")),
        ("nested foreign elements", nested("<svg><g>")),
        ("end tags that end nothing", nested("<div></b>")),
        (
            "formatting that comes back in every paragraph",
            format!(
                "{}{}",
                numbered(400, &|i| format!("<b a{i}>")),
                "<p>x".repeat(100_000)
            ),
        ),
        (
            "formatting that is moved out of tables",
            format!(
                "<table>{}{}",
                numbered(200, &|i| format!("<i a{i}>")),
                "<tr><b>x".repeat(50_000)
            ),
        ),
        (
            "attributes of one element",
            format!("<p {}>x", numbered(500_000, &|i| format!("a{i} "))),
        ),
        (
            "attributes of an end tag",
            format!("<p>x</p {}>", numbered(500_000, &|i| format!("a{i}/"))),
        ),
        (
            "a tag that never ends",
            format!("<p a=\"{}", "b \" c".repeat(500_000)),
        ),
        (
            "attributes below each bound",
            numbered(500, &|_| {
                format!("<p {}>x</p>", numbered(900, &|i| format!("a{i} ")))
            }),
        ),
        ("too many elements", "<p>x</p>".repeat(300_000)),
        ("too long", "x".repeat(9 * 1024 * 1024)),
        (
            "long text deep down",
            format!(
                "{}{}",
                "<div>".repeat(200),
                "Long, long words, and more. ".repeat(250_000)
            ),
        ),
    ]
}

#[test]
fn hostile_pages_are_refused_in_time() {
    for (name, page) in hostile() {
        let start = Instant::now();
        let read = Page::read(
            format!("<!DOCTYPE html>{page}").into_bytes(),
            &Circumstances::default(),
        );
        let took = start.elapsed();
        eprintln!(
            "{name}: {took:.1?}, {:?}",
            read.as_ref().err().map(ToString::to_string)
        );
        assert!(
            matches!(read, Err(PageError::TooMuch(_))),
            "{name} was not refused"
        );
        assert!(took < Duration::from_secs(10), "{name}: {took:?}");
    }
}

/// As large as the bounds allow, in each direction that costs time.
#[test]
fn largest_pages_that_are_read_take_seconds() {
    let words = "The city said on Tuesday, after a long meeting, that nothing was decided. ";
    for (name, page) in [
        (
            "paragraphs",
            format!("<p>{words}{words}").repeat(html::MAX_NODES / 3),
        ),
        (
            "paragraphs in divs",
            format!("<div><div><p>{words}</p></div></div>").repeat(html::MAX_NODES / 5),
        ),
        (
            "links",
            format!("<div><a href=b>{words}</a>{words}</div>").repeat(html::MAX_NODES / 5),
        ),
        (
            "line breaks",
            format!("{words}<br><br>").repeat(html::MAX_NODES / 4),
        ),
        (
            "list",
            format!(
                "<ul>{}</ul>",
                format!("<li>{words}</li>").repeat(html::MAX_NODES / 3)
            ),
        ),
        (
            "nested as deep as it goes",
            format!(
                "{}{}{}",
                "<div>".repeat(100),
                format!("<p>{words}</p>").repeat(20_000),
                "</div>".repeat(100)
            ),
        ),
        (
            "nested and wide",
            format!("{}{words}{}", "<div>".repeat(200), "</div>".repeat(200)).repeat(240),
        ),
    ] {
        let start = Instant::now();
        let read = Page::read(
            format!("<!DOCTYPE html><title>T</title>{page}").into_bytes(),
            &Circumstances::default(),
        );
        let took = start.elapsed();
        eprintln!(
            "{name}: {} bytes, {took:.1?}, {:?}",
            page.len(),
            read.as_ref().err().map(ToString::to_string)
        );
        assert!(read.is_ok(), "{name} is within the bounds");
        assert!(took < Duration::from_secs(30), "{name}: {took:?}");
    }
}

#[test]
fn page_is_recorded_with_both_texts_and_with_what_it_says_where() {
    let desk = Desk::founded();
    let bytes = std::fs::read(folder().join("wordpress.html")).unwrap();
    desk.write("page.html", &bytes);
    let receipt = desk.ok(&[
        "add",
        "article",
        "page.html",
        "--published",
        "2026-06",
        "--as",
        "ada",
    ]);
    let hash = receipt["hash"].as_str().unwrap();
    let content = desk.ok(&["show", hash])["record"]["content"].clone();
    // The editor's word goes before the page's, which is kept beside it.
    assert_eq!(content["published"], "2026-06");
    assert_eq!(content["authors"], json!(["Ida Holm"]));
    assert_eq!(content["stated"], receipt["stated"]);
    let said = |field: &str, from: &str, value: &str| {
        let statement = json!({"field": field, "from": from, "value": value});
        assert!(
            content["stated"].as_array().unwrap().contains(&statement),
            "{statement}"
        );
    };
    said("published", "json-ld", "2026-06-02T09:15:00+00:00");
    said("published", "open-graph", "2026-06-02T09:15:00+00:00");
    said(
        "headline",
        "open-graph",
        "North bridge stays shut to lorries",
    );
    assert_eq!(content["original"]["size"], bytes.len());
    assert_eq!(
        content["original"]["digest"],
        ledger::canonical::Digest::of(&bytes).to_string()
    );
    assert_eq!(content["text"]["extractor"], "dom_smoothie 0.19");
    assert_eq!(desk.findings(), Vec::<String>::new());
    // The quote is found in the main text.
    desk.claim(hash, "Nobody has to fear for a car today.");
}

#[test]
fn hostile_page_is_recorded_with_a_text_that_an_editor_took_out() {
    let desk = Desk::founded();
    desk.write("page.html", format!("<html>{}", "<div>".repeat(100_000)));
    let message = desk.fails(&["add", "article", "page.html", "--as", "ada"], 1);
    assert!(
        message.contains("at most 256 elements within each other")
            && message.contains("--original"),
        "{message}"
    );
    desk.write("text.txt", "What the page says.");
    let article = ["add", "article", "text.txt", "--original", "page.html"];
    let stated = [
        "--headline",
        "A page",
        "--published",
        "unknown",
        "--as",
        "ada",
    ];
    desk.ok(&[&article[..], &stated].concat());
    desk.ok(&[
        "add",
        "source",
        "page.html",
        "--title",
        "A page",
        "--level",
        "primary",
        "--as",
        "ada",
    ]);
    assert_eq!(desk.findings(), Vec::<String>::new());
}

#[test]
fn warc_gives_the_page_in_it_and_is_kept_whole() {
    let desk = Desk::founded();
    let mut response =
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=windows-1252\r\n\r\n".to_vec();
    // What the server says goes before what the page says, which says nothing.
    response.extend(b"<title>A page</title><h1>A page</h1><p>He said: \x93No.\x94 And that, they say, was that.");
    let file = warc::write(&[Exchange {
        url: "https://a.example/page".to_owned(),
        time: "2026-06-04T08:00:00Z".parse().unwrap(),
        request: b"GET /page HTTP/1.1\r\nHost: a.example\r\n\r\n".to_vec(),
        response,
    }]);
    desk.write("page.warc", &file);
    let hash = desk.hash(&["add", "article", "page.warc", "--as", "ada"]);
    let content = desk.ok(&["show", &hash])["record"]["content"].clone();
    assert_eq!(content["url"], "https://a.example/page");
    assert_eq!(content["published"], "unknown");
    assert_eq!(content["original"]["mediaType"], "application/warc");
    assert_eq!(content["original"]["retrieved"], "2026-06-04T08:00:00Z");
    assert_eq!(content["original"]["size"], file.len());
    desk.claim(&hash, "“No.”");
}

#[test]
fn markdown_and_stdin_and_odd_encodings() {
    let desk = Desk::founded();
    desk.write(
        "page.md",
        "---\ntitle: A page\ndate: 2026-06-04\n---\nHe said: “No, *never*.”\n",
    );
    let hash = desk.hash(&["add", "article", "page.md", "--as", "ada"]);
    desk.claim(&hash, "“No, never.”");
    desk.write("page.txt", b"caf\xe9");
    let words = [
        "add",
        "article",
        "page.txt",
        "--headline",
        "A",
        "--published",
        "unknown",
        "--as",
        "ada",
    ];
    let message = desk.fails(&words, 1);
    assert!(message.contains("--charset"), "{message}");
    let hash = desk.hash(&[&words[..], &["--charset", "latin1"]].concat());
    desk.claim(&hash, "café");
    let message = desk.fails(
        &[
            "add",
            "article",
            "page.txt",
            "--charset",
            "latin1",
            "--as",
            "ada",
        ],
        2,
    );
    assert!(message.contains("--headline"), "{message}");
}
