//! What goes out, held against what others publish of its format: schemas, vocabularies in types, and readers.
//!
//! `npm ci --prefix tests/exchange` and `python3 -m pip install --target tests/exchange/python -r
//! tests/exchange/requirements.txt` install them; in CI nothing is skipped.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use support::desk::Desk;
use support::told::Told;
use support::tools;

/// `feedparser` reads the feed, and `rdflib` knows each term of PROV-O. What installs them is
/// `python3 -m pip install --target tests/exchange/python -r tests/exchange/requirements.txt`.
#[test]
fn feed_and_provenance_are_read_by_other_peoples_libraries() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exchange");
    if !folder.join("python").exists() {
        let why = "tests/exchange/requirements.txt is not installed";
        tools::skip("the check by feedparser and rdflib", why);
        return;
    }
    let Some(_) = tools::tool("python3") else {
        return;
    };
    let told = Told::new();
    let read = |kind: &str, document: &str| {
        told.desk.write("document", document);
        let mut python = Command::new("python3");
        python.env("PYTHONPATH", folder.join("python"));
        let script = python.arg(folder.join("read.py")).arg(kind);
        tools::run(script.arg(told.desk.path("document")), b"")
    };
    let answer = |output: &std::process::Output| {
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        serde_json::from_slice::<Value>(&output.stdout).unwrap()
    };
    let (atom, _) = told.export(&["atom"]);
    let title = "Mostly false: “It carries 40,000 cars,” – A. Speaker";
    assert_eq!(answer(&read("atom", &atom)), json!([title]));
    assert!(!read("atom", &atom.replace("</entry>", "")).status.success());
    let (prov, _) = told.export(&["prov"]);
    let terms = answer(&read("prov", &prov));
    for term in [
        "Activity",
        "Agent",
        "Entity",
        "used",
        "wasQuotedFrom",
        "wasAttributedTo",
    ] {
        assert!(terms.as_array().unwrap().contains(&json!(term)), "{terms}");
    }
    assert!(
        !read("prov", &prov.replace("prov:used", "prov:usedUp"))
            .status
            .success()
    );
}

/// A file of an npm package, or nothing where the packages are not installed.
fn npm(path: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exchange/node_modules");
    if !folder.exists() {
        let why = "`npm ci --prefix tests/exchange` has not been run";
        tools::skip(&format!("the check by {path}"), why);
        return None;
    }
    Some(folder.join(path))
}

/// Has TypeScript say whether a document is of a type. Returns what it says against it.
fn against_type(desk: &Desk, types: &Path, name: &str, document: &Value) -> Option<String> {
    let options = json!({
        "compilerOptions": {
            "strict": true, "noEmit": true, "skipLibCheck": true, "module": "esnext",
            "moduleResolution": "bundler", "types": [], "paths": { "published": [types] },
        },
        "files": ["document.ts"],
    });
    desk.write("tsconfig.json", options.to_string());
    desk.write(
        "document.ts",
        format!(
            "import type * as published from 'published';\nexport const document: published.{name} = {document};\n"
        ),
    );
    let mut tsc = Command::new(npm(".bin/tsc").expect("installed with the types"));
    let output = tools::run(tsc.arg("-p").arg(desk.path("tsconfig.json")), b"");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!said.contains("has no exported member"), "{said}");
    (!output.status.success()).then_some(said)
}

/// schema.org's vocabulary, as the npm package `schema-dts` writes it in types: an unknown member or a value of another
/// type is an error.
#[test]
fn json_ld_fits_the_types_of_schema_org() {
    let Some(types) = npm("schema-dts/dist/schema.d.ts") else {
        return;
    };
    let told = Told::corrected();
    let base = ["--base-url", "https://desk.example"];
    let review = told.export_json(&[&["claim-review", &told.claim], &base[..]].concat());
    let article = told.export_json(&[&["news-article", &told.article], &base[..]].concat());
    let feed = told.export_json(&["claim-review"]);
    let signed = |command: &str, hash: &str| {
        told.desk
            .ok(&[command, hash, "--why", "A miscount", "--as", "ada"]);
    };
    signed("correct", &told.claim);
    signed("retract", &told.desk.hash_of("source"));
    let corrected = told.export_json(&["claim-review", &told.claim]);
    signed("retract", &told.claim);
    let tombstone = told.export_json(&["claim-review", &told.claim]);
    let withdrawn = told.export_json(&["news-article", &told.article]);
    let against = |kind: &str, document: &Value| {
        let name = format!("WithContext<published.{kind}>");
        against_type(&told.desk, &types, &name, document)
    };
    for (document, kind) in [
        (&review, "ClaimReview"),
        (&corrected, "ClaimReview"),
        (&tombstone, "ClaimReview"),
        (&withdrawn, "NewsArticle"),
        (&feed, "DataFeed"),
        (&article, "NewsArticle"),
    ] {
        let said = against(kind, document);
        assert_eq!(said, None, "{kind}\n{document:#}");
    }
    let mut wrong = review.clone();
    wrong["verdict"] = json!("mostly-false");
    let said = against("ClaimReview", &wrong).unwrap();
    assert!(said.contains("verdict"), "{said}");
}

/// The data model of Web Annotation as IIIF's `@iiif/presentation-3` has it in types, and the W3C's ontology as
/// `@vocabulary/oa` carries it. The context `anno.jsonld` itself is in no package that we found.
#[test]
fn annotations_fit_the_data_model_and_its_ontology() {
    let (Some(types), Some(ontology)) = (
        npm("@iiif/presentation-3/dist/presentation-3.d.ts"),
        npm("@vocabulary/oa/oa.nq"),
    ) else {
        return;
    };
    let told = Told::new();
    let page = told.export_json(&["web-annotation", "--base-url", "https://desk.example"]);
    // IIIF's types write "Organisation"; the standard's class has a z (§3.3.1).
    let in_types = |item: &Value| {
        let text = item.to_string();
        assert!(text.contains("\"Organization\""), "{text}");
        let text = text.replace("\"Organization\"", "\"Organisation\"");
        serde_json::from_str::<Value>(&text).unwrap()
    };
    let items = page["items"].as_array().unwrap();
    assert!(!items.is_empty());
    for item in items {
        let of_standard = ["id", "type"].map(|name| item[name].clone());
        assert!(of_standard.iter().all(Value::is_string), "{item:#}");
        let mut rest = in_types(item);
        for name in ["id", "type"] {
            rest.as_object_mut().unwrap().remove(name);
        }
        let said = against_type(&told.desk, &types, "AnnotationW3C", &rest);
        assert_eq!(said, None, "{item:#}");
        for (pointer, wrong) in [
            ("/motivations", json!("assessing")),
            ("/target/selector/1/start", json!("13")),
            ("/target/selector/0/exakt", json!("It")),
            ("/body/type", json!("TextBody")),
        ] {
            let mut changed = rest.clone();
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            changed.pointer_mut(parent).unwrap()[name] = wrong;
            let said = against_type(&told.desk, &types, "AnnotationW3C", &changed);
            assert!(said.is_some(), "{pointer}");
        }
        // What the types leave open are terms of the ontology.
        let ontology = std::fs::read_to_string(&ontology).unwrap();
        let is_term = |name: &str| {
            let term = format!("<http://www.w3.org/ns/oa#{name}> ");
            ontology.lines().any(|line| line.starts_with(&term))
        };
        let mut terms = vec![&item["type"], &item["motivation"], &item["body"]["type"]];
        let selectors = item["target"]["selector"].as_array().unwrap();
        terms.extend(selectors.iter().map(|selector| &selector["type"]));
        let members = selectors.iter().flat_map(|s| s.as_object().unwrap().keys());
        let members = members.map(String::as_str).filter(|name| *name != "type");
        for term in terms
            .into_iter()
            .map(|term| term.as_str().unwrap())
            .chain(members)
        {
            assert!(is_term(term), "{term}");
        }
        assert!(!is_term("TextBody"));
    }
}

/// The schema of JSON Feed 1.1 in the npm package `jsonfeed-schema`, with addresses and times held to their forms.
#[test]
fn json_feed_fits_its_schema() {
    let Some(schema) = npm("jsonfeed-schema/schema-v1.1.json") else {
        return;
    };
    let schema = std::fs::read(schema).unwrap();
    let schema: Value = serde_json::from_slice(&schema).unwrap();
    let options = jsonschema::options().should_validate_formats(true);
    let validator = options.build(&schema).unwrap();
    let told = Told::new();
    let with_site = ["json-feed", "--base-url", "https://desk.example/"];
    for arguments in [&with_site[..], &["json-feed"]] {
        let feed = told.export_json(arguments);
        assert!(!feed["items"].as_array().unwrap().is_empty());
        let said: Vec<String> = (validator.iter_errors(&feed))
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(said, Vec::<String>::new(), "{feed:#}");
        for (pointer, wrong) in [
            ("/items/0/id", json!(7)),
            ("/items/0/date_published", json!("yesterday")),
            ("/version", json!("https://jsonfeed.org/version/2")),
        ] {
            let mut changed = feed.clone();
            *changed.pointer_mut(pointer).unwrap() = wrong;
            assert!(!validator.is_valid(&changed), "{pointer}");
        }
    }
}
