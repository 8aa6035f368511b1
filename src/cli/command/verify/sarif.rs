//! The report as SARIF, for CI systems that show findings of any tool.
//!
//! Follows [SARIF 2.1.0]. A ledger has no lines: a result's place is the file, and within it the entry as a logical
//! location (§3.33).
//!
//! [SARIF 2.1.0]: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::verify::Report;
use crate::verify::finding::{Finding, Notice};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writes the report on the ledger at `path`.
pub(super) fn to_sarif(report: &Report, path: &Path) -> Vec<u8> {
    let uri = path.to_string_lossy().replace('\\', "/");
    let titles: BTreeMap<&str, &str> = (report.findings.iter())
        .map(|finding| (finding.code.as_str(), finding.code.title()))
        .collect();
    let rules: Vec<Value> = titles
        .iter()
        .map(|(code, title)| json!({ "id": code, "shortDescription": { "text": title } }))
        .collect();
    let results: Vec<Value> = (report.findings.iter())
        .map(|finding| result(finding, &titles, &uri))
        .collect();
    let notifications: Vec<Value> = (report.not_checked.iter())
        .map(|notice| notification(notice, "warning"))
        .chain(
            report
                .notices
                .iter()
                .map(|notice| notification(notice, "note")),
        )
        .collect();
    let sarif = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "ledger",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "invocations": [{
                "executionSuccessful": report.not_checked.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
            "properties": {
                "origin": report.origin,
                "from": report.from,
                "size": report.size,
                "root": report.root,
                "omitted": report.omitted,
            },
        }],
    });
    format!("{sarif:#}\n").into_bytes()
}

fn result(finding: &Finding, titles: &BTreeMap<&str, &str>, uri: &str) -> Value {
    let mut location = json!({ "physicalLocation": { "artifactLocation": { "uri": uri } } });
    if let Some(index) = finding.index {
        let name = format!("entry {index}");
        location["logicalLocations"] = json!([{ "name": name, "kind": "element" }]);
    }
    json!({
        "ruleId": finding.code.as_str(),
        "ruleIndex": titles.keys().position(|code| *code == finding.code.as_str()),
        "level": "error",
        "message": message(&finding.to_string()),
        "locations": [location],
    })
}

fn notification(notice: &Notice, level: &str) -> Value {
    let text = match notice.index {
        Some(index) => format!("entry {index}: {}", notice.message),
        None => notice.message.clone(),
    };
    json!({ "level": level, "message": message(&text) })
}

/// A message of which nothing is taken for a placeholder or a link (SARIF 2.1.0 §3.11.5, §3.11.6): names in a ledger are
/// anybody's. A bracket without a link stays as it is, for viewers that know nothing of links.
fn message(text: &str) -> Value {
    let mut text = text.replace('{', "{{").replace('}', "}}");
    if text.contains("](") {
        text = text.replace('[', "\\[");
    }
    json!({ "text": text })
}
