//! The report for people.

use super::PROGRAM;
use crate::cli::answer::{bad, bold, counted, good, unknown, witnessed};
use crate::verify::Report;

/// Tells what is wrong, then what an auditor files: what was checked, by which program, as of which checkpoint, and
/// what was not.
pub(super) fn text(report: &Report) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        let place = finding
            .index
            .map_or_else(|| "ledger".to_owned(), |i| format!("entry {i}"));
        text.push_str(&format!(
            "{} {place}: {}\n  expected {}\n  found    {}\n",
            bad(finding.code.as_str()),
            finding.code.title(),
            one_line(&finding.expected),
            one_line(&finding.found)
        ));
    }
    for notice in &report.not_checked {
        let place = notice
            .index
            .map_or_else(String::new, |i| format!(" entry {i}:"));
        text.push_str(&format!(
            "{}{place} {}\n",
            unknown("not checked"),
            notice.message
        ));
    }
    for notice in &report.notices {
        let place = notice
            .index
            .map_or_else(String::new, |i| format!("entry {i} "));
        text.push_str(&format!("- {place}{}\n", notice.message));
    }
    let origin = report.origin.as_deref().unwrap_or("(unknown origin)");
    text.push_str(&format!("{}\n", bold(origin)));
    text.push_str(&format!("size {}, root {}\n", report.size, report.root));
    if let Some(recorded) = report.recorded {
        text.push_str(&format!("last entry recorded {recorded}\n"));
    }
    let counts = &report.counts;
    text.push_str(&format!(
        "checked by {PROGRAM}: {}, {}, {}, {}, {}, {}, {}\n",
        counted(counts.entries, "entry", "entries"),
        counted(counts.records, "record", "records"),
        counted(counts.signatures, "signature", "signatures"),
        counted(counts.objects, "object", "objects"),
        counted(counts.anchors, "anchor", "anchors"),
        counted(counts.checkpoints, "checkpoint", "checkpoints"),
        counted(counts.cosignatures, "cosignature", "cosignatures"),
    ));
    for one in &report.witnessed {
        text.push_str(&format!(
            "witnessed up to size {} by {}, {}\n",
            one.size,
            one.witness,
            witnessed(one.time)
        ));
    }
    let count = report.findings.len() as u64 + report.omitted;
    let last_line = match (count, report.not_checked.is_empty()) {
        (0, true) if report.from > 0 => {
            good(&format!("verified what is new since size {}", report.from))
        }
        (0, true) => good("verified"),
        (0, false) => unknown("not everything could be checked"),
        (1, _) => bad("1 finding"),
        (n, _) => bad(&format!("{n} findings")),
    };
    text.push_str(&last_line);
    text.push('\n');
    text
}

/// What a hostile file holds must not look like a line of ours.
fn one_line(text: &str) -> String {
    text.replace('\n', "\\n")
}
