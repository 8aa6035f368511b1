//! Other people's formats: what goes out says the same when it comes back, what comes in stays its author's, and nothing is
//! lost without a word.

mod support;

use serde_json::{Value, json};
use support::told::{TEXT, Told, URL, fates};

#[test]
fn claim_review_has_what_google_asks_for_and_our_hashes() {
    let told = Told::new();
    let review = told.export_json(&[
        "claim-review",
        &told.claim,
        "--base-url",
        "https://desk.example/l/",
    ]);
    let digits = told.claim.strip_prefix("sha256:").unwrap();
    assert_eq!(review["@context"], "https://schema.org");
    assert_eq!(review["@type"], "ClaimReview");
    assert_eq!(
        review["url"],
        format!("https://desk.example/l/claim/{digits}.html")
    );
    assert_eq!(review["claimReviewed"], "It carries 40,000 cars,");
    assert_eq!(review["reviewRating"]["ratingValue"], 2);
    assert_eq!(review["reviewRating"]["bestRating"], 5);
    assert_eq!(review["reviewRating"]["worstRating"], 1);
    assert_eq!(review["reviewRating"]["alternateName"], "Mostly false");
    assert_eq!(review["author"]["name"], "Fact desk");
    assert_eq!(review["itemReviewed"]["author"]["name"], "A. Speaker");
    assert_eq!(review["itemReviewed"]["identifier"], told.claim);
    assert_eq!(review["itemReviewed"]["appearance"][0]["url"], URL);
    assert!(
        review["identifier"]
            .as_str()
            .unwrap()
            .starts_with("sha256:")
    );
    assert_eq!(review["citation"][0]["name"], "A count");
}

#[test]
fn claim_review_comes_back_with_the_same_facts_as_a_foreign_statement() {
    let told = Told::new();
    let (document, said) = told.export(&["claim-review"]);
    assert!(
        said.contains("dropped: url of factdesk.example/2026"),
        "{said}"
    );
    let before = told.desk.ok(&["check", &told.claim]);
    let (statements, losses) = told.import(&document);
    let review: Value = serde_json::from_str(&document).unwrap();
    let review = &review["dataFeedElement"][0]["item"];
    assert_eq!(
        statements,
        [json!({
            "by": { "name": "Fact desk" },
            "form": "claim-review",
            "identifier": review["identifier"],
            "published": "2026-11-20T10:00:00Z",
            "rating": { "name": "Mostly false", "value": "2", "best": "5", "worst": "1" },
            "speaker": "A. Speaker",
            "statement": "It carries 40,000 cars,",
            "subject": told.claim,
        })]
    );
    assert_eq!(fates(&losses, "foreign"), ["reviewRating"]);
    let after = told.desk.ok(&["check", &told.claim]);
    assert_eq!(after["decidedReview"], before["decidedReview"]);
    assert_eq!(after["state"], "decided");
    assert_eq!(after["foreign"].as_array().unwrap().len(), 1);
    told.refuses(&document, "it is recorded already");
}

#[test]
fn only_what_is_decided_goes_out_and_a_retraction_leaves_a_tombstone() {
    let told = Told::new();
    told.desk.claim(&told.article, "It carries cars.");
    let (document, said) = told.export(&["claim-review"]);
    let feed: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(feed["dataFeedElement"].as_array().unwrap().len(), 1);
    assert!(
        said.contains("its state is recorded: only what is decided goes out"),
        "{said}"
    );
    told.desk
        .ok(&["retract", &told.claim, "--why", "A miscount", "--as", "ada"]);
    let tombstone = told.export_json(&["claim-review", &told.claim]);
    assert_eq!(tombstone["creativeWorkStatus"], "Retracted");
    assert_eq!(tombstone["correction"][0]["text"], "A miscount");
    assert_eq!(tombstone.get("reviewRating"), None);
    let (statements, _) = told.import(&tombstone.to_string());
    assert_eq!(statements[0]["note"], "Retracted by its author.");
    assert_eq!(statements[0].get("rating"), None);
    // Nor do feeds repeat the verdict.
    let feed = told.export_json(&["json-feed"]);
    let title = feed["items"][0]["title"].as_str().unwrap();
    assert!(title.starts_with("retracted: “"), "{title}");
}

#[test]
fn identifier_of_a_review_is_kept_in_whatever_form_it_comes() {
    let told = Told::new();
    let named = |n: u8, identifier: Value| {
        json!({
            "@context": "https://schema.org", "@type": "ClaimReview", "identifier": identifier,
            "author": { "type": "Organization", "name": "Elmet Checks" },
            "claimReviewed": format!("It carries {n} cars."),
        })
        .to_string()
    };
    let of_property = json!({ "@type": "PropertyValue", "propertyID": "id", "value": "e-7" });
    let (statements, losses) = told.import(&named(1, of_property));
    assert_eq!(statements[0]["identifier"], "e-7");
    assert_eq!(fates(&losses, "dropped"), [""; 0]);
    let (statements, losses) = told.import(&named(2, json!(["e-8", "e-9"])));
    assert_eq!(statements[0]["identifier"], "e-8");
    assert_eq!(fates(&losses, "dropped"), ["identifier"]);
}

#[test]
fn verdict_without_a_number_goes_out_in_words_only() {
    let told = Told::new();
    let claim = told.desk.claim(&told.article, "It carries cars.");
    let review = told.desk.review(&claim, "unproven");
    told.desk.ok(&["approve", &review, "--as", "ben"]);
    let (document, said) = told.export(&["claim-review", &claim]);
    let document: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(document["reviewRating"]["alternateName"], "Unproven");
    assert_eq!(document["reviewRating"].get("ratingValue"), None);
    assert!(said.contains("no number of the scale says it"), "{said}");
}

#[test]
fn pages_graphs_and_lists_of_others_are_read_and_numbers_stay_theirs() {
    let told = Told::new();
    let page = r##"<!doctype html><html><head><script>var x = "<b>";</script>
        <script type="application/ld+json">not json</script>
        <script type="application/ld+json">/*<![CDATA[*/
        {"@context": "https://schema.org", "@graph": [
          {"@id": "#us", "@type": "Organization", "name": "Elmet <script>alert(1)<\/script> Checks", "url": "https://checks.example/"},
          {"@type": ["ClaimReview", "Review"], "author": {"@id": "#us"}, "claimReviewed": "The  bridge\r\nis \u0007safe",
           "url": "https://checks.example/1", "datePublished": "2026-11-19T10:00:00+01:00", "inLanguage": "en",
           "reviewRating": {"@type": "Rating", "ratingValue": 1, "bestRating": "6", "worstRating": 1.5, "alternateName": "True"},
           "itemReviewed": {"@type": "Claim", "author": {"name": "The mayor"}, "appearance": [{"url": "https://a.example/"}]},
           "sdPublisher": {"name": "X"}}
        ]}
        /*]]>*/</script></head></html>"##;
    let (statements, losses) = told.import(page);
    assert_eq!(
        statements,
        [json!({
            "by": { "name": "Elmet <script>alert(1)</script> Checks", "url": "https://checks.example/" },
            "form": "claim-review",
            "language": "en",
            "published": "2026-11-19T09:00:00Z",
            "rating": { "name": "True", "value": "1", "best": "6", "worst": "1.5" },
            "speaker": "The mayor",
            "statement": "The  bridge\nis  safe",
            "url": "https://checks.example/1",
        })]
    );
    assert_eq!(fates(&losses, "mapped"), ["claimReviewed", "datePublished"]);
    assert_eq!(
        fates(&losses, "dropped"),
        ["sdPublisher", "itemReviewed.appearance", "JSON-LD"]
    );
    let list = json!([
        { "@type": "http://schema.org/ClaimReview", "author": "A. Checker", "claimReviewed": "One", "reviewRating": "Half true" },
        { "@type": "ClaimReview", "claimReviewed": "Nobody says this" },
        { "@type": "ClaimReview", "author": ["B", "C"], "datePublished": "yesterday", "itemReviewed": { "name": "Two" } },
    ]);
    let (statements, losses) = told.import(&list.to_string());
    assert_eq!(statements.len(), 2);
    assert_eq!(statements[0]["rating"], json!({ "name": "Half true" }));
    assert_eq!(statements[1]["published"], "unknown");
    assert_eq!(statements[1]["statement"], "Two");
    assert_eq!(fates(&losses, "refused"), ["author"]);
    assert_eq!(fates(&losses, "dropped"), ["author", "datePublished"]);
}

#[test]
fn annotation_goes_out_and_comes_back_at_the_same_place() {
    let told = Told::new();
    let page = told.export_json(&["web-annotation"]);
    let item = &page["items"][0];
    assert_eq!(item["target"]["source"], URL);
    let selectors = &item["target"]["selector"];
    assert_eq!(selectors[1]["type"], "TextPositionSelector");
    let (statements, _) = told.import(&page.to_string());
    assert_eq!(statements.len(), 1);
    let passage = &statements[0]["passage"];
    assert_eq!(passage["article"], told.article);
    for name in ["exact", "prefix", "suffix"] {
        assert_eq!(passage[name], selectors[0][name]);
    }
    for name in ["start", "end"] {
        assert_eq!(passage[name], selectors[1][name]);
    }
    assert_eq!(statements[0]["by"]["name"], "Fact desk");
    assert_eq!(told.desk.findings(), Vec::<String>::new());
}

fn annotation(selectors: &Value) -> Value {
    json!({
        "@context": "http://www.w3.org/ns/anno.jsonld",
        "type": "Annotation",
        "creator": { "name": "A. Reader" },
        "created": "2026-11-19",
        "body": { "type": "TextualBody", "value": "Really?" },
        "target": { "source": URL, "selector": selectors },
    })
}

#[test]
fn units_of_utf16_are_converted_and_lost_or_doubtful_places_refused() {
    let told = Told::new();
    let quote = json!({ "type": "TextQuoteSelector", "exact": "It carries" });
    let at = |start: u64, end: u64| json!({ "type": "TextPositionSelector", "start": start, "end": end });
    // Two wide characters stand before the first occurrence.
    let points = TEXT.chars().take_while(|&c| c != 'I').count() as u64;
    let (statements, losses) =
        told.import(&annotation(&json!([quote, at(points + 2, points + 12)])).to_string());
    assert_eq!(statements[0]["passage"]["start"], points);
    assert_eq!(statements[0]["statement"], "Really?");
    assert_eq!(fates(&losses, "mapped"), ["target.selector"]);
    let mut by_points = annotation(&json!([quote, at(points, points + 10)]));
    by_points["created"] = json!("2026-11-20");
    let (statements, losses) = told.import(&by_points.to_string());
    assert_eq!(statements[0]["passage"]["start"], points);
    assert_eq!(fates(&losses, "mapped"), Vec::<String>::new());
    for (selectors, says) in [
        (json!([quote]), "2 times"),
        (json!([quote, at(3, 13)]), "2 times"),
        (
            json!([{ "type": "TextQuoteSelector", "exact": "It carries trams" }]),
            "do not stand",
        ),
        (
            json!([at(points, points + 10)]),
            "a place without its words",
        ),
        (
            json!([{ "type": "TextQuoteSelector", "exact": "" }]),
            "words to look for",
        ),
        (
            json!({ "type": "RangeSelector", "refinedBy": quote }),
            "refines another",
        ),
        (json!("text"), "a place without its words"),
    ] {
        told.refuses(&annotation(&selectors).to_string(), says);
    }
    // The same words twice, and the one place that only context tells.
    let context =
        json!([{ "type": "TextQuoteSelector", "exact": "It carries", "suffix": " cars." }]);
    let (statements, _) = told.import(&annotation(&context).to_string());
    assert!(statements[0]["passage"]["start"].as_u64().unwrap() > points);
    let mut elsewhere = annotation(&json!([quote]));
    elsewhere["target"]["source"] = json!("https://other.example/");
    told.refuses(&elsewhere.to_string(), "no article of this ledger");
}

#[test]
fn hostile_files_are_refused_in_bounded_time() {
    let told = Told::new();
    for (document, says) in [
        ("", "expected JSON"),
        ("{", "expected JSON"),
        ("\"ClaimReview\"", "found neither"),
        ("[]", "found neither"),
        ("{\"@type\": 7, \"type\": {\"a\": []}}", "found neither"),
        ("<html>", "found neither"),
        (
            "A page.",
            "expected JSON or an HTML page, found other characters at line 1",
        ),
        ("{", "found the end of the file at line 1"),
    ] {
        told.refuses(document, says);
    }
    told.refuses(&"[".repeat(2_000_000), "recursion limit");
    told.refuses(&"{\"a\":".repeat(1_000_000), "recursion limit");
    told.refuses(
        &"<script type=application/ld+json>".repeat(200_000),
        "found neither",
    );
    told.refuses(&" ".repeat((16 << 20) + 1), "at most 16777216 bytes");
    let one = r#"{"@type":"ClaimReview","author":"A","claimReviewed":"C"}"#;
    told.refuses(
        &format!("[{}]", [one; 1_001].join(",")),
        "at most 1000 statements",
    );
    told.desk.write("in.json", b"{\"@type\": \"\xff\"}");
    let message = told.desk.fails(&["import", "in.json", "--as", "ada"], 1);
    assert!(message.contains("expected text in UTF-8"), "{message}");
    // Wrong types and a text of a megabyte.
    for (name, value) in [
        ("author", json!(7)),
        ("author", json!({ "name": [] })),
        ("author", json!(null)),
        ("claimReviewed", json!({ "a": 1 })),
        ("claimReviewed", json!("\u{0}\u{1}")),
        ("claimReviewed", json!("x".repeat(2_000_000))),
    ] {
        let mut review: Value = serde_json::from_str(one).unwrap();
        review[name] = value;
        told.desk.write("in.json", review.to_string());
        let before = told.desk.head();
        let output = told.desk.run(&["import", "in.json", "--as", "ada"]);
        let said = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            // A number has digits, which can be a name.
            Some(0) => assert_eq!(review["author"], 7, "{said}"),
            code => {
                assert_eq!(code, Some(1), "{said}");
                assert_eq!(told.desk.head(), before);
            }
        }
    }
}

#[test]
fn table_has_a_row_a_claim_and_no_formula() {
    let told = Told::new();
    told.desk
        .write("evil.txt", "=HYPERLINK(\"x\") is what he said.\n");
    let article = told.desk.hash(&[
        "add",
        "article",
        "evil.txt",
        "--headline",
        "Evil",
        "--published",
        "unknown",
        "--as",
        "ada",
    ]);
    told.desk.claim(&article, "=HYPERLINK(\"x\")");
    let (csv, said) = told.export(&["csv"]);
    assert_eq!(csv.matches("\r\n").count(), 3, "{csv}");
    assert!(csv.starts_with("hash,index,recorded,state,"), "{csv}");
    assert!(csv.contains(",\"'=HYPERLINK(\"\"x\"\")\","), "{csv}");
    assert!(csv.contains(",mostly-false,2,"), "{csv}");
    assert!(said.contains("1 cells begin as a formula"), "{said}");
    let (lines, _) = told.export(&["json-lines"]);
    let rows: Vec<Value> = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["verdict"], "mostly-false");
    assert_eq!(rows[1]["text"], "=HYPERLINK(\"x\")");
    assert_eq!(rows[1].get("verdict"), None);
}

#[test]
fn article_goes_out_with_corrections_citations_and_quotations() {
    let told = Told::corrected();
    let (document, said) = told.export(&["news-article", &told.article]);
    let article: Value = serde_json::from_str(&document).unwrap();
    assert_eq!(article["headline"], "The bridge");
    assert_eq!(article["datePublished"], "2026-11-18");
    assert_eq!(article["correction"][0]["@type"], "CorrectionComment");
    assert_eq!(article["correction"][0]["text"], "The number was wrong");
    assert_eq!(article["citation"][0]["url"], "https://count.example/");
    assert_eq!(article["hasPart"][0]["@type"], "Quotation");
    assert_eq!(article["hasPart"][0]["identifier"], told.claim);
    assert_eq!(article["hasPart"].as_array().unwrap().len(), 1);
    assert!(said.contains("dropped: reviews of"), "{said}");
    // A claim that is no quote has no place, and one that was withdrawn is not repeated as if it stood.
    let retell = [
        "add",
        "claim",
        "--article",
        &told.article,
        "--quote",
        "It carries cars.",
        "--speaker",
        "Jane Roe",
        "--kind",
        "assertion",
        "--as",
        "ada",
    ];
    told.desk.ok(&retell);
    told.desk
        .ok(&["retract", &told.claim, "--why", "Never said", "--as", "ada"]);
    let (retracted, told_then) = told.export(&["news-article", &told.article]);
    let retracted: Value = serde_json::from_str(&retracted).unwrap();
    let quotation = &retracted["hasPart"][0];
    assert_eq!(quotation["creativeWorkStatus"], "Retracted");
    assert_eq!(quotation["correction"][0]["text"], "Never said");
    assert!(
        told_then.contains("1 that are no direct quotes"),
        "{told_then}"
    );
    // The article's words are somebody else's.
    assert!(!document.contains("said Jane Roe"), "{document}");
    assert!(said.contains("dropped: text of"), "{said}");
}

#[test]
fn feeds_hold_statuses_and_their_markup_holds() {
    let told = Told::new();
    let (atom, _) = told.export(&["atom", "--base-url", "https://desk.example"]);
    assert!(
        atom.contains("<title>Mostly false: “It carries 40,000 cars,” – A. Speaker</title>"),
        "{atom}"
    );
    assert!(atom.contains("<category term=\"decided\"/>"), "{atom}");
    told.desk.write(
        "tags.txt",
        "A </title><script>alert(1)</script> & \"more\".\n",
    );
    let article = told.desk.hash(&[
        "add",
        "article",
        "tags.txt",
        "--headline",
        "Tags",
        "--published",
        "unknown",
        "--as",
        "ada",
    ]);
    let claim = told
        .desk
        .claim(&article, "</title><script>alert(1)</script> & \"more\"");
    told.desk.review(&claim, "false");
    let (atom, _) = told.export(&["atom"]);
    assert!(!atom.contains("<script"), "{atom}");
    assert!(
        atom.contains("in-review: “&lt;/title&gt;&lt;script&gt;"),
        "{atom}"
    );
    let feed = told.export_json(&["json-feed"]);
    assert_eq!(feed["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(feed["items"].as_array().unwrap().len(), 2);
    for item in feed["items"].as_array().unwrap() {
        assert!(item["id"].is_string() && item["content_text"].is_string());
    }
}

#[test]
fn provenance_names_who_made_what_from_what() {
    let told = Told::new();
    told.desk
        .ok(&["retract", &told.claim, "--why", "A miscount", "--as", "ada"]);
    let document = told.export_json(&["prov"]);
    let graph = document["@graph"].as_array().unwrap();
    let urn = |hash: &str| format!("urn:sha256:{}", hash.strip_prefix("sha256:").unwrap());
    let of = |id: &str| graph.iter().find(|node| node["@id"] == id).unwrap();
    let claim = of(&urn(&told.claim));
    assert_eq!(
        claim["prov:wasQuotedFrom"],
        json!([{ "@id": urn(&told.article) }])
    );
    let retraction = of(claim["prov:wasInvalidatedBy"]["@id"].as_str().unwrap());
    assert_eq!(retraction["@type"], "prov:Activity");
    assert_eq!(
        retraction["prov:used"],
        json!([{ "@id": urn(&told.claim) }])
    );
    let reviewing = graph
        .iter()
        .find(|node| node["rdfs:label"] == "review" && node["@type"] == "prov:Activity");
    assert_eq!(reviewing.unwrap()["prov:used"].as_array().unwrap().len(), 2);
    // What is named is there: no node is left hanging.
    let mut named = Vec::new();
    for node in graph {
        for (name, value) in node.as_object().unwrap() {
            let values = value
                .as_array()
                .cloned()
                .unwrap_or_else(|| vec![value.clone()]);
            if name.starts_with("prov:") {
                named.extend(
                    values
                        .iter()
                        .filter_map(|value| value["@id"].as_str().map(str::to_owned)),
                );
            }
        }
    }
    assert!(named.len() > 8, "{named:?}");
    for id in named {
        of(&id);
    }
}

/// Members of ninjs 3.1 that are written, from IPTC's `ninjs-schema_3.1.json`: there, nothing else may stand in an item.
const NINJS: [&str; 16] = [
    "uri",
    "type",
    "representationType",
    "versionCreated",
    "contentCreated",
    "pubStatus",
    "edNote",
    "language",
    "headlines",
    "infoSources",
    "by",
    "title",
    "associations",
    "altIds",
    "trustIndicators",
    "standard",
];

#[test]
fn ninjs_has_the_hash_and_the_status_page() {
    let told = Told::corrected();
    let item = told.export_json(&["ninjs", &told.article, "--base-url", "https://desk.example"]);
    assert_eq!(item["uri"], URL);
    assert_eq!(
        item["altIds"],
        json!([{ "role": "provenance-hash", "value": told.article }])
    );
    let digits = told.article.strip_prefix("sha256:").unwrap();
    let page = format!("https://desk.example/article/{digits}.html");
    assert_eq!(item["trustIndicators"][0]["href"], page);
    assert_eq!(item["edNote"], "correction: The number was wrong");
    for name in item.as_object().unwrap().keys() {
        assert!(NINJS.contains(&name.as_str()), "{name}");
    }
    told.desk.article("Another page.\n");
    let several = told.export_json(&["ninjs"]);
    assert_eq!(several["type"], "composite");
    assert_eq!(several["associations"][1]["name"], "A page");
}

#[test]
fn evidence_pack_tells_corrections_second_readers_complaints_and_sources() {
    let told = Told::new();
    let later =
        |arguments: &[&str], now: &str| told.desk.ok(&[arguments, &["--now", now]].concat());
    let complain = [
        "respond",
        &told.claim,
        "--by",
        "A driver",
        "--text",
        "=No",
        "--received",
        "2026-11-20",
        "--as",
        "ada",
    ];
    later(&complain, "2026-11-20T11:00:00Z");
    let correct = [
        "correct",
        &told.claim,
        "--why",
        "Another count",
        "--as",
        "ada",
    ];
    later(&correct, "2026-11-20T12:30:00Z");
    let message = told.desk.fails(&["export", "evidence-pack"], 2);
    assert!(message.contains("-o"), "{message}");
    told.desk.ok(&["export", "evidence-pack", "-o", "pack"]);
    let read = |name: &str| std::fs::read_to_string(told.desk.path("pack").join(name)).unwrap();
    let corrections = read("corrections.csv");
    assert!(
        corrections.contains(",Another count,,ada,9000,5400\r\n"),
        "{corrections}"
    );
    let reviews = read("reviews.csv");
    assert!(
        reviews.contains(",mostly-false,decided,ada,Ben,0,1,1\r\n"),
        "{reviews}"
    );
    let complaints = read("complaints.csv");
    assert!(
        complaints.contains(",A driver,,") && complaints.contains("\"'=No\""),
        "{complaints}"
    );
    assert!(
        complaints.contains(",correction sha256:") && complaints.ends_with(",5400\r\n"),
        "{complaints}"
    );
    let sources = read("sources.csv");
    assert!(
        sources.contains(",refutes,primary,A count,,https://count.example/,no,0\r\n"),
        "{sources}"
    );
    let message = told
        .desk
        .fails(&["export", "evidence-pack", "-o", "pack"], 3);
    assert!(message.contains("exists already"), "{message}");
}
