//! The report of an audit is the same, byte for byte, however many threads examine the entries.

mod support;

use serde_json::json;
use support::desk::Desk;
use support::tampering::tampered;

/// Enough for more than one batch of signatures on each of several threads.
const SOURCES: usize = 2600;

#[test]
fn report_is_the_same_on_one_two_and_sixteen_threads() {
    let desk = Desk::founded();
    let sources: Vec<_> = (0..SOURCES)
        .map(|n| json!({ "id": format!("s{n}"), "title": format!("Source {n}"), "published": "unknown", "level": "primary" }))
        .collect();
    desk.write("many.json", json!({ "sources": sources }).to_string());
    desk.ok(&["record", "many.json", "--as", "ada"]);
    for n in 0..4 {
        desk.write(
            "page.html",
            format!("<title>T</title><p>Page {n} has a text of its own.</p>"),
        );
        let page = ["add", "article", "page.html", "--headline", "A page"];
        desk.ok(&[page.as_slice(), &["--published", "unknown", "--as", "ada"]].concat());
    }
    // A signature, a record and a link of the chain that do not hold, far apart.
    tampered(&desk, |ledger| {
        for sql in [
            "UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), '\"proofValue\":\"z', '\"proofValue\":\"z2') AS BLOB) WHERE idx = 700",
            "UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), 'Z\",\"cryptosuite', '1Z\",\"cryptosuite') AS BLOB) WHERE idx = 1500",
            "UPDATE object SET bytes = CAST(replace(CAST(bytes AS TEXT), 'Source 2000', 'Source 2OOO') AS BLOB) WHERE digest = (SELECT record FROM entry WHERE idx = 2003)",
        ] {
            assert_eq!(ledger.execute(sql, []).unwrap(), 1, "{sql}");
        }
        // Text and original of each article: of what one entry lacks, the order must not be chance.
        let gone = "DELETE FROM object WHERE digest NOT IN (SELECT record FROM entry)";
        assert_eq!(ledger.execute(gone, []).unwrap(), 8);
    });
    let reports: Vec<_> = ["1", "2", "16"]
        .map(|threads| {
            let output = desk
                .command()
                .env("RAYON_NUM_THREADS", threads)
                .args(["verify", "copy.ledger", "--json"])
                .output()
                .unwrap();
            assert_eq!(output.status.code(), Some(1));
            String::from_utf8(output.stdout).unwrap()
        })
        .into();
    assert!(reports[0].contains("\"record-digest\""), "{}", reports[0]);
    assert!(reports[0].contains("\"chain\""), "{}", reports[0]);
    assert_eq!(reports[0], reports[1]);
    assert_eq!(reports[0], reports[2]);
}
