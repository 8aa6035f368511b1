//! What the editors concluded, on what grounds, and what is to be known of these.

use super::describe::{holder, indented, prose};
use crate::bundle::{Attestation, Notice, Standing};
use crate::cli::answer::{bad, dim};
use crate::cli::command::log::conclusion;
use crate::record::review::Evidence;
use crate::record::{Content, Record, Source};
use crate::rules::State;

/// Says what a review concludes, what it was checked against, by whom, and who approved it.
pub(super) fn describe_review(standing: &Standing, review: &Attestation) -> String {
    let Some(Record {
        content: Content::Review(content),
        ..
    }) = &review.record
    else {
        return String::new();
    };
    let explanation = prose(content.explanation.as_str());
    let mut text = indented(&format!("{}\n{explanation}", conclusion(content)));
    for evidence in &content.evidence {
        text.push_str(&describe_evidence(standing, evidence));
    }
    let approvals: Vec<&Attestation> = standing.approvals_of(review).collect();
    let names: Vec<String> = approvals.iter().map(|one| approver(one)).collect();
    let approved = match names.as_slice() {
        [] if review.state() == State::InReview => ", waits for approval".to_owned(),
        [] => String::new(),
        names => format!(", approved by {}", names.join(", ")),
    };
    let by = format!("by {}{approved}; {}", holder(review), review.digest);
    text.push_str(&format!("  {}\n", dim(&by)));
    text.push_str(&describe_notices(review));
    for approval in approvals {
        for notice in &approval.notices {
            let line = format!("- the approval by {}: {notice}", holder(approval));
            text.push_str(&indented(&line));
        }
    }
    text
}

fn approver(approval: &Attestation) -> String {
    match approval.has_failed() {
        true => format!("{} ({})", holder(approval), bad("approval NOT intact")),
        false => holder(approval),
    }
}

/// Says against what something was checked, and what became of that since.
fn describe_evidence(standing: &Standing, evidence: &Evidence) -> String {
    let digest = evidence.source;
    let source = standing.all().find(|one| one.digest == digest);
    let content = source.and_then(|one| one.record.as_ref());
    let what = match content.map(|record| &record.content) {
        Some(Content::Source(source)) => format!("{}, ", source_line(source)),
        _ => "a source whose words are not here, ".to_owned(),
    };
    let mut text = format!("{}: {what}{digest}\n", evidence.stance);
    if let Some(passage) = &evidence.passage {
        text.push_str(&prose(&format!("\"{}\"", passage.exact)));
    }
    if let Some(note) = &evidence.note {
        text.push_str(&prose(note.as_str()));
    }
    let mut text = indented(&text);
    if let Some(source) = source {
        if source.has_failed() {
            text.push_str(&format!("  {}\n", bad("source NOT intact")));
        }
        text.push_str(&describe_notices(source));
    }
    text
}

/// Names a source in a line: what it is, how near to the matter, whose, and where.
pub(super) fn source_line(source: &Source) -> String {
    let mut line = format!("{} ({})", source.title, source.level);
    if let Some(publisher) = &source.publisher {
        line.push_str(&format!(", {}", publisher.name));
    }
    if let Some(url) = &source.url {
        line.push_str(&format!(", {url}"));
    }
    line
}

/// Says what should be known of a record, a line for each.
pub(super) fn describe_notices(one: &Attestation) -> String {
    let line = |notice: &Notice| indented(&format!("- {notice}").replace('\n', "\n│ "));
    one.notices.iter().map(line).collect()
}
