//! What the fuzzer begins with: a small genuine ledger, and a few inputs for each target.
//!
//! Made from the test vectors and from a desk, whose keys and salts follow from a fixed seed. They are kept,
//! so that every machine tries the same; to make them again, after a change of the format, run
//!
//! ```sh
//! cargo test --test fuzz_seeds -- --ignored
//! ```

mod support;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use flate2::Compression;
use flate2::write::GzEncoder;
use ledger::ingest::warc::{self, Exchange};
use ledger::log::tile::entry_bundle;
use ledger::log::{AddCheckpoint, Entry, consistency_proof, leaf_hash};
use ledger::store::{Derived, Object, Read, SqliteStore};
use rusqlite::Connection;
use serde_json::Value;
use support::desk::Desk;
use support::tools::tool;
use support::vectors;

/// Seeds of one target that are taken from one file of vectors.
const PER_FILE: usize = 6;

fn fuzz(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz")
        .join(name)
}

fn seed(target: &str, name: &str, bytes: impl AsRef<[u8]>) {
    let name: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .take(40)
        .collect();
    let folder = fuzz("corpus").join(target);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name.trim_end_matches('-')), bytes).unwrap();
}

/// Takes some of the strings under `member` in the cases of a vector file, spread over all.
fn from_vectors(target: &str, file: &str, member: &str) {
    fn cases<'v>(value: &'v Value, member: &str, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(members) => match &members.get(member) {
                Some(Value::String(text)) => found.push(text),
                _ => members
                    .values()
                    .for_each(|value| cases(value, member, found)),
            },
            Value::Array(values) => values.iter().for_each(|value| cases(value, member, found)),
            _ => {}
        }
    }
    let value: Value = vectors::file(&vectors::folder(file));
    let mut found = Vec::new();
    cases(&value, member, &mut found);
    // A limit is better met by a mutation than by a seed of a megabyte.
    found.retain(|text| text.len() < 4096);
    let stem = Path::new(file).file_stem().unwrap().to_str().unwrap();
    let step = found.len().div_ceil(PER_FILE).max(1);
    assert!(!found.is_empty(), "{file}: no {member}");
    for (i, text) in found.into_iter().step_by(step).enumerate() {
        seed(target, &format!("{stem}-{i}"), text);
    }
}

#[test]
#[ignore = "writes fuzz/corpus and fuzz/genuine"]
fn seeds_are_written() {
    for file in ["keys", "layout", "nesting", "numbers", "strings", "values"] {
        from_vectors(
            "canonical_json",
            &format!("canonical/json/{file}.json"),
            "input",
        );
    }
    from_vectors("signed_note", "log/notes.json", "note");
    from_vectors("checkpoint", "log/checkpoints.json", "note");
    from_vectors("checkpoint", "log/cosignatures.json", "note");
    from_vectors("tlog_proof", "log/tlog-proofs.json", "proof");
    from_vectors("policy", "log/policies.json", "policy");
    for file in ["verifier-keys", "witness-keys"] {
        from_vectors("line_values", &format!("log/{file}.json"), "vkey");
    }
    from_vectors("line_values", "sign/did/dids.json", "text");
    from_vectors("line_values", "canonical/date/dates.json", "text");
    let desk = desk();
    ledger_seeds(&desk);
    dossier_seeds();
    intake_seeds();
    import_seeds();
    key_seeds(&desk);
}

/// A ledger with articles, a source, a claim, a review and what follows.
fn desk() -> Desk {
    let desk = Desk::with_every_kind();
    let (article, claim) = (desk.hash_of("article"), desk.hash_of("claim"));
    let other = desk.article("Erased later.\n");
    let reason = ["--reason", "By request", "--yes", "--as", "ada"];
    desk.ok(&[&["erase", &other], reason.as_slice()].concat());
    desk.cosign_last();
    desk.ok(&["prove", &claim, "-o", "claim.proof.json"]);
    desk.ok(&["prove", &article, "-o", "article.proof.json"]);
    desk
}

fn ledger_seeds(desk: &Desk) {
    // Small pages: the fuzzer copies and reads the whole file every time.
    let genuine = fuzz("genuine/desk.ledger");
    fs::create_dir_all(fuzz("genuine")).unwrap();
    let _ = fs::remove_file(&genuine);
    let connection = Connection::open(desk.ledger()).unwrap();
    connection.pragma_update(None, "page_size", 1024).unwrap();
    connection
        .execute("VACUUM INTO ?1", [genuine.to_str().unwrap()])
        .unwrap();
    seed("ledger_file", "desk", fs::read(&genuine).unwrap());

    let store = SqliteStore::open_to_audit(&desk.ledger()).unwrap();
    let entries = store.entries(0, 1000).unwrap();
    for stored in &entries {
        let kind = Entry::parse(&stored.bytes).unwrap().kind;
        seed("entry", &kind, &stored.bytes);
        if let Object::Present(bytes) = &stored.object {
            seed("record", &kind, bytes);
        }
    }
    let (_, note) = store.last_checkpoint().unwrap().unwrap();
    seed("signed_note", "genuine", &note);
    let bundle = fs::read(desk.path("claim.proof.json")).unwrap();
    let bundle = ledger::bundle::Bundle::parse(&bundle).unwrap();
    seed("checkpoint", "genuine", bundle.checkpoint.to_string());
    let proof = bundle.tlog_proof().unwrap().unwrap();
    seed("tlog_proof", "genuine", proof.to_string());
    for name in ["claim", "article"] {
        let bytes = fs::read(desk.path(&format!("{name}.proof.json"))).unwrap();
        seed("proof_bundle", name, bytes);
    }

    let size = entries.len() as u64;
    for old in [0, 2, size] {
        let request = AddCheckpoint {
            old,
            proof: consistency_proof(old, size, &(&store as &dyn Read)).unwrap(),
            checkpoint: note.parse().unwrap(),
        };
        seed(
            "add_checkpoint",
            &format!("from-{old}"),
            request.to_string(),
        );
    }
    look_up_seeds(&store, size);

    let leaves: Vec<&[u8]> = (entries.iter())
        .map(|stored| stored.bytes.as_slice())
        .collect();
    let bundle = entry_bundle(leaves[..3].iter().copied());
    seed(
        "tile",
        "entries",
        [b"tile/entries/000.p/3\n", bundle.as_slice()].concat(),
    );
    let hashes: Vec<u8> = (leaves.iter())
        .flat_map(|leaf| *leaf_hash(leaf).as_bytes())
        .collect();
    let path = format!("tile/0/000.p/{}\n", leaves.len());
    seed("tile", "hashes", [path.as_bytes(), &hashes].concat());
    seed("tile", "far", "tile/7/x001/x234/067.p/256\n");
    seed("tile", "full", "tile/1/x001/000\n");
}

/// The rows of the derived tables as the target reads them; all, and those of one table each.
fn look_up_seeds(store: &SqliteStore, size: u64) {
    let mut rows = Vec::new();
    let each = &mut |row: Derived<'_>| {
        let columns = match &row {
            Derived::Ledger { facts } => facts.to_string(),
            Derived::Signer { did, index, facts } => format!("{did}\t{index}\t{facts}"),
            Derived::Subject {
                index,
                kind,
                state,
                decided,
                facts,
            } => {
                let decided = decided.map_or_else(String::new, |index| index.to_string());
                format!("{index}\t{kind}\t{state}\t{decided}\t{facts}")
            }
            Derived::Reference {
                target,
                index,
                field,
            } => format!("{target}\t{index}\t{field}"),
            Derived::Wording { index, text } => format!("{index}\t{text}"),
            Derived::Marks { .. } => return,
        };
        rows.push(format!("{}\t{columns}", row.table()));
    };
    store.derived(each).unwrap();
    let of = |table: &str| {
        let rows = rows.iter().filter(|row| row.starts_with(table));
        rows.cloned().collect::<Vec<_>>().join("\n")
    };
    let claim = (0..size).find(|index| of("subject").contains(&format!("subject\t{index}\tclaim")));
    let claim = claim.unwrap();
    seed("look_ups", "all", format!("{claim}\nclear\n{}", of("")));
    seed("look_ups", "none", format!("{claim}\nclear\n"));
    for table in ["subject", "reference", "signer"] {
        seed("look_ups", table, format!("{claim}\n{}", of(table)));
    }
}

/// What others state, as tests/exchange.rs has it in full.
fn import_seeds() {
    let review = r#"{"@context":"https://schema.org","@type":"ClaimReview","identifier":"urn:1","url":"https://checks.example/1","author":{"@type":"Organization","name":"Checks","url":"https://checks.example/"},"datePublished":"2026-06-02T09:15:00+02:00","inLanguage":"en","claimReviewed":"She said no","itemReviewed":{"@type":"Claim","author":{"@type":"Person","name":"She"},"appearance":{"@type":"CreativeWork","url":"https://a.example/"}},"reviewRating":{"@type":"Rating","ratingValue":1,"bestRating":"5","worstRating":1,"alternateName":"False"},"reviewBody":"We looked."}"#;
    seed("import", "claim-review", review);
    seed(
        "import",
        "graph",
        format!(
            r##"{{"@graph":[{{"@id":"#us","name":"Us"}},{{"@type":["ClaimReview","Review"],"author":{{"@id":"#us"}},"claimReviewed":"The  bridge\r\nis \u0007safe","reviewRating":"Half true"}},{review}]}}"##
        ),
    );
    let page = format!(
        "<!doctype html><script type=\"application/ld+json\"><!--[{review}]--></script><script type='application/LD+JSON'>{{\"@type\":\"ItemList\",\"itemListElement\":[{{\"item\":{review}}}]}}"
    );
    seed("import", "page", page);
    let annotation = r#"{"@context":"http://www.w3.org/ns/anno.jsonld","id":"https://notes.example/1","type":"Annotation","motivation":"assessing","creator":{"type":"Person","name":"A. Reader"},"created":"2026-06-02T09:15:00Z","body":{"type":"TextualBody","value":"Not so.","language":"en"},"target":{"source":"https://a.example/","selector":[{"type":"TextQuoteSelector","exact":"no","prefix":"She said ","suffix":", and"},{"type":"TextPositionSelector","start":9,"end":11}]}}"#;
    seed("import", "annotation", annotation);
    seed(
        "import",
        "annotations",
        format!(r#"{{"type":"AnnotationPage","items":[{annotation},{annotation}]}}"#),
    );
}

fn dossier_seeds() {
    let article = "id = \"bridge\"\nfile = \"bridge.txt\"\nheadline = \"The new bridge\"\nurl = \"https://news.example/bridge\"\npublisher = { name = \"The Example\" }\npublished = 2026-11-19\n";
    let source = "id = \"count\"\nfile = \"bridge.html\"\ntitle = \"A count\"\nlevel = \"primary\"\npublished = \"unknown\"\nretrieved = 2026-11-20T10:00:00Z\n";
    let claim = "id = \"cars\"\nkind = \"direct-quote\"\ncheckability = \"checkable\"\nspeaker = { name = \"Jane Roe\" }\nsaid = \"unknown\"\nappearances = [{ article = \"bridge\", exact = \"It carries 40,000 cars a day,\" }]\nsources = [{ source = \"count\", stance = \"supports\" }]\n";
    let review = "id = \"looked\"\nsubject = \"cars\"\nverdict = \"verified\"\nexplanation = \"We counted.\"\nevidence = [{ source = \"count\", stance = \"supports\" }]\n";
    let all = format!(
        "[[articles]]\n{article}\n[[sources]]\n{source}\n[[claims]]\n{claim}\n[[reviews]]\n{review}"
    );
    seed(
        "dossier",
        "article-toml",
        format!("[[articles]]\n{article}"),
    );
    seed("dossier", "source-toml", format!("[[sources]]\n{source}"));
    seed("dossier", "all-toml", &all);
    let table: toml::Table = all.parse().unwrap();
    let json = serde_json::to_value(&table).unwrap();
    // TOML's dates are strings in JSON.
    fn dates(value: Value) -> Value {
        match value {
            Value::Object(mut members) => match members.remove("$__toml_private_datetime") {
                Some(date) => date,
                None => members
                    .into_iter()
                    .map(|(key, value)| (key, dates(value)))
                    .collect(),
            },
            Value::Array(values) => values.into_iter().map(dates).collect(),
            other => other,
        }
    }
    seed("dossier", "all-json", dates(json).to_string());
}

/// Small pages: what is long takes long to mutate.
fn intake_seeds() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for page in ["windows-1252", "comment", "table-layout"] {
        let page = format!("{page}.html");
        seed(
            "html",
            &page,
            fs::read(tests.join("pages").join(&page)).unwrap(),
        );
    }
    let graph = r##"{"@context":"https://schema.org","@graph":[{"@id":"#me","@type":"Person","name":"Ida &amp; Co"},{"@type":["NewsArticle"],"headline":"A\u00e9 &lt;b&gt;","author":[{"@id":"#me"}],"datePublished":"2026-06-02T09:15:00+02:00","publisher":{"name":"P","url":"/p"},"mainEntityOfPage":{"@id":"https://a.example/"}}]}"##;
    let words =
        "He said on Tuesday, after a long meeting, that nothing at all was decided. ".repeat(3);
    let html = format!(
        "<!doctype html><html lang=en-GB><meta charset=utf-8><link rel=canonical href=https://a.example/><script type=application/ld+json>{graph}</script><title>A | B</title><body><article><h1>A</h1><p>{words}<b><i><table><tr><td>x<p>y</b></table><template><p>z</template><time datetime=2026-06-02>2 June</time><p>{words}<ul><li>a<li><svg><g></svg>&#x110000;&nbsp</ul>"
    );
    seed("html", "odd", &html);
    let marked = "---\ntitle: \"A: page\"\ndate: 2026-06-04\nauthor: [Ida, Bo]\n---\n# A page\n\nHe *said*: “No, **never**.”\\\nThen `left`.\n\n> quoted\n> > twice\n\n1. one\n   - two\n\n| a | b |\n|---|---|\n| c | d |\n\n```html\n<p>code</p>\n```\n\n[link][1] ![image](a.png) <b>bold</b> &amp; &#233;\n\n[1]: https://a.example/ \"t\"\n";
    seed("markdown", "page", marked);
    seed("markdown", "toml", "+++\ntitle = \"A\"\n+++\nText.\n");

    let answer = |header: &str, body: &[u8]| {
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n{header}\r\n");
        [head.as_bytes(), body].concat()
    };
    let exchange = |url: &str, response: Vec<u8>| Exchange {
        url: url.to_owned(),
        time: "2026-06-04T08:00:00Z".parse().unwrap(),
        request: b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n".to_vec(),
        response,
    };
    let gzip = |bytes: &[u8]| {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    };
    let page = b"<p>A page, and \"words\" in it.";
    let moved = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n".to_vec();
    let plain = warc::write(&[
        exchange("https://a.example/a", moved),
        exchange("https://a.example/b", answer("", page)),
    ]);
    seed("warc", "moved", &plain);
    seed("warc", "gzip", gzip(&plain));
    let chunked = [
        &format!("{:x}; x=1\r\n", page.len()).into_bytes(),
        &page[..],
        b"\r\n0\r\n\r\n",
    ]
    .concat();
    let chunked = answer("Transfer-Encoding: chunked\r\n", &chunked);
    seed(
        "warc",
        "chunked",
        warc::write(&[exchange("https://a.example/", chunked)]),
    );
    let packed = answer("Content-Encoding: gzip\r\n", &gzip(page));
    seed(
        "warc",
        "packed",
        warc::write(&[exchange("https://a.example/", packed)]),
    );
    let resource = format!(
        "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Target-URI: <https://a.example/>\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n",
        page.len()
    );
    seed(
        "warc",
        "resource",
        [resource.as_bytes(), page, b"\r\n\r\n"].concat(),
    );

    for text in ["storm", "council"] {
        let text = format!("{text}.txt");
        seed(
            "quotes",
            &text,
            fs::read(tests.join("quotes").join(&text)).unwrap(),
        );
    }
    seed(
        "quotes",
        "many-marks",
        "„Wir haben es „oft“ gehört“, sagte Kantorin Ruth Amsel. «Mieux vaut», a déclaré Claire Aubin, « tard ». »Nein«, sagte er.\n\n\"First,\" Per Holt told The Letter, \"and this 'too'.\n\n\"Then,\" she added. Per Variety, about 40,000 cars, according to the city. verified=true\nsponsored brought to you by a.example\n",
    );
    // An article may hold control characters, a claim may not.
    let control = "The bridge is shut,\u{14}the mayor said on Tuesday after a meeting.\n\n“No\u{7}body, I said,” said Jane Roe.\n";
    seed("quotes", "control-characters", control);
}

fn key_seeds(desk: &Desk) {
    let pem = fs::read(desk.path("keys/ada.pem")).unwrap();
    seed("key_file", "plain", &pem);
    let Some(_) = tool("openssl") else {
        return;
    };
    for (name, options) in [
        ("scrypt", "-scrypt -scrypt_N 2 -scrypt_r 1 -scrypt_p 1"),
        ("pbkdf2", "-v2 aes-256-cbc -v2prf hmacWithSHA256 -iter 1"),
        ("pbes1", "-v1 PBE-SHA1-3DES -iter 1"),
    ] {
        let output = Command::new("openssl")
            .args(["pkcs8", "-topk8", "-passout", "pass:correct horse", "-in"])
            .arg(desk.path("keys/ada.pem"))
            .args(options.split(' '))
            .output()
            .unwrap();
        if output.status.success() {
            seed("key_file", name, &output.stdout);
        }
    }
}
