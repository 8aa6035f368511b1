//! Nothing is lost on the way to another format, or from it, without a word.

mod support;

use serde_json::{Value, json};
use support::told::{Told, fates};

// The correction was dropped without a word, and so was the claim where nobody had reviewed it.
#[test]
fn correction_of_a_claim_goes_out_and_what_was_never_reviewed_is_told() {
    let told = Told::new();
    let unheard = told.desk.claim(&told.article, "It carries cars.");
    for (claim, why) in [(&told.claim, "It was 41,000"), (&unheard, "It is one car")] {
        told.desk
            .ok(&["correct", claim, "--why", why, "--as", "ada"]);
    }
    let (document, said) = told.export(&["claim-review", &told.claim]);
    let review: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(review["correction"][0]["text"], "It was 41,000");
    assert_eq!(review["reviewRating"]["ratingValue"], 2);
    assert!(said.contains("mapped: correction of"), "{said}");
    for hash in [Some(unheard.as_str()), None] {
        let arguments: Vec<&str> = ["claim-review"].into_iter().chain(hash).collect();
        let (_, said) = told.export(&arguments);
        let expected = format!("dropped: review of {unheard}: no review of it is decided");
        assert!(said.contains(&expected), "{said}");
    }
}

// A retracted source was cited as if nothing had happened.
#[test]
fn source_that_was_retracted_is_cited_as_such_and_one_that_was_erased_is_told() {
    let told = Told::new();
    let source = told.desk.hash_of("source");
    told.desk
        .ok(&["retract", &source, "--why", "A forgery", "--as", "ada"]);
    for format in ["claim-review", "news-article"] {
        let hash = match format {
            "claim-review" => &told.claim,
            _ => &told.article,
        };
        let document = told.export_json(&[format, hash]);
        let cited = &document["citation"][0];
        assert_eq!(cited["creativeWorkStatus"], "Retracted", "{document:#}");
    }
    told.desk.ok(&[
        "erase",
        &source,
        "--reason",
        "By request",
        "--yes",
        "--as",
        "ada",
    ]);
    let (document, said) = told.export(&["claim-review", &told.claim]);
    let review: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(review["citation"], json!([]));
    assert!(said.contains("dropped: evidence of"), "{said}");
}

#[test]
fn what_a_format_has_no_place_for_is_told() {
    let told = Told::new();
    let bare = told.desk.article("Nobody said anything.\n");
    for (format, hash) in [
        ("claim-review", &bare),
        ("csv", &bare),
        ("news-article", &told.claim),
        ("ninjs", &told.claim),
    ] {
        let (_, said) = told.export(&[format, hash]);
        let expected = format!("dropped: all of {hash}");
        assert!(said.contains(&expected), "{format}: {said}");
    }
    let (_, said) = told.export(&["claim-review", &told.article]);
    assert!(!said.contains("dropped: all"), "{said}");
}

#[test]
fn blocks_of_a_page_that_are_not_read_are_counted() {
    let told = Told::new();
    let block = |n: usize| {
        format!(
            r#"<script type="application/ld+json">{{"@type":"ClaimReview","author":"A","claimReviewed":"C{n}"}}</script>"#
        )
    };
    let page: String = (0..102).map(block).collect();
    let broken = "<script type=application/ld+json>{no}</script>";
    let (statements, losses) = told.import(&format!("<p>{broken}{page}"));
    assert_eq!(statements.len(), 99);
    let why = |i: usize| losses[i]["why"].as_str().unwrap();
    assert_eq!(fates(&losses, "dropped"), ["JSON-LD", "JSON-LD"]);
    assert_eq!(why(0), "blocks that are no JSON: 1");
    assert_eq!(why(1), "blocks after the first 100: 3");
    let elsewhere = "<script type=application/ld+json>{}</script>".repeat(100) + &page;
    told.refuses(
        &format!("<p>{elsewhere}"),
        "blocks after the first 100: 102",
    );
}

// `add` dated a page that `import` left undated.
#[test]
fn dates_and_wrappings_of_a_page_are_read_as_they_are_for_an_article() {
    let told = Told::new();
    let mut n = 0;
    for (date, found) in [
        ("Thu, 04 Jun 2026 08:00:00 +0200", "2026-06-04T06:00:00Z"),
        ("2026-06-04 08:00:00 +0200", "2026-06-04T06:00:00Z"),
        ("2026-06-04T08:00+02:00", "2026-06-04T06:00:00Z"),
        ("2026-06-04T08:00:00", "2026-06-04"),
        ("2026-06-04", "2026-06-04"),
        ("some day", "unknown"),
    ] {
        n += 1;
        let page = format!(
            "<script type=application/ld+json>\n// <![CDATA[\n{};\n// ]]>\n</script>",
            json!({ "@type": "ClaimReview", "author": "A", "claimReviewed": format!("C{n}"), "datePublished": date })
        );
        let (statements, _) = told.import(&page);
        assert_eq!(statements[0]["published"], found, "{date}");
    }
}
