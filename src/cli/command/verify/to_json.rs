//! The report for programs.

use serde_json::{Value, json};

use super::PROGRAM;
use crate::cli::answer::witnessed;
use crate::verify::{self, Report};

/// Tells all that is in the report.
pub(super) fn to_json(report: &Report) -> Value {
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            json!({
                "code": finding.code.as_str(),
                "index": finding.index,
                "message": finding.to_string(),
                "expected": finding.expected,
                "found": finding.found,
            })
        })
        .collect();
    let notices = |notices: &[verify::finding::Notice]| -> Vec<Value> {
        notices
            .iter()
            .map(|notice| {
                let mut json = json!({ "message": notice.message });
                if let Some(index) = notice.index {
                    json["index"] = json!(index);
                }
                json
            })
            .collect()
    };
    let mut json = json!({
        "format": 1,
        "program": PROGRAM,
        "ok": report.is_ok(),
        "from": report.from,
        "size": report.size,
        "root": report.root,
        "counts": {
            "entries": report.counts.entries,
            "records": report.counts.records,
            "signatures": report.counts.signatures,
            "objects": report.counts.objects,
            "anchors": report.counts.anchors,
            "checkpoints": report.counts.checkpoints,
            "cosignatures": report.counts.cosignatures,
        },
        "findings": findings,
        "omitted": report.omitted,
        "notices": notices(&report.notices),
        "notChecked": notices(&report.not_checked),
    });
    json["witnessed"] = (report.witnessed.iter())
        .map(|one| json!({ "witness": one.witness.to_string(), "size": one.size, "time": witnessed(one.time) }))
        .collect();
    if let Some(origin) = &report.origin {
        json["origin"] = json!(origin);
    }
    if let Some(log_key) = &report.log_key {
        json["logKey"] = json!(log_key);
    }
    if let Some(recorded) = report.recorded {
        json["recorded"] = json!(recorded);
    }
    json
}
