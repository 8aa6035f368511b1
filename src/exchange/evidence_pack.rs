//! A folder for those who assess newsrooms (IFCN, EFCSN, JTI): corrections and how long they took, second readers, complaints
//! and what followed, the sources of each check. Tables in CSV, and a page that says what they are.

use super::holdings::{Held, Holdings};
use super::loss::{Fate, Loss};
use super::table::csv_lines;
use super::{Body, Export};
use crate::canonical::{Digest, Timestamp};
use crate::record::{Content, Kind};

pub(super) fn export(holdings: &Holdings) -> Export {
    let mut defused = 0;
    let files = vec![
        ("README.txt", readme(holdings)),
        ("corrections.csv", corrections(holdings, &mut defused)),
        ("reviews.csv", reviews(holdings, &mut defused)),
        ("complaints.csv", complaints(holdings, &mut defused)),
        ("sources.csv", sources(holdings, &mut defused)),
    ];
    let mut losses = Vec::new();
    if defused > 0 {
        let why = format!("{defused} cells begin as a formula would: an apostrophe stands before");
        losses.push(Loss::new(Fate::Mapped, &holdings.origin, "cells", why));
    }
    let why = "what was erased is not counted";
    losses.push(Loss::new(
        Fate::Dropped,
        &holdings.origin,
        "erased records",
        why,
    ));
    let files = files.into_iter();
    Export {
        body: Body::Folder(
            files
                .map(|(name, text)| (name, text.into_bytes()))
                .collect(),
        ),
        losses,
    }
}

fn readme(holdings: &Holdings) -> String {
    let as_of = holdings
        .as_of
        .map_or_else(String::new, |time| time.to_string());
    format!(
        "{}\n{}, {} entries, {as_of}\n\n\
         corrections.csv  every correction and retraction; seconds since what it corrects was recorded, and since the first complaint about it\n\
         reviews.csv      every review; who approved it, seconds until the first approval, how many sources it names, how many of them primary\n\
         complaints.csv   every response by somebody concerned, and the reviews and corrections that followed\n\
         sources.csv      every source of every review\n\n\
         All times are those at which the ledger recorded. `ledger verify` and `ledger check HASH` check each row against the ledger.\n",
        holdings.name, holdings.origin, holdings.size
    )
}

fn seconds(from: Timestamp, to: Timestamp) -> String {
    (to.unix_seconds() - from.unix_seconds()).to_string()
}

/// What a record says in words, for whoever reads a table.
fn words(held: Option<&Held>) -> String {
    match held.map(|held| &held.record.content) {
        Some(Content::Review(review)) => review.explanation.to_string(),
        Some(content) => content.wording().unwrap_or_default().to_owned(),
        None => String::new(),
    }
}

fn holder(held: &Held) -> String {
    let key = || held.editor.to_string();
    held.holder.clone().unwrap_or_else(key)
}

fn corrections(holdings: &Holdings, defused: &mut usize) -> String {
    let mut rows = Vec::new();
    for held in holdings.iter() {
        let Content::Correction(correction) = &held.record.content else {
            continue;
        };
        let subject = holdings.get(&correction.subject);
        let complaint = holdings
            .naming(&correction.subject, "subject")
            .find(|other| other.record.kind() == Kind::Response && other.index < held.index);
        let since = |other: Option<&Held>| {
            other.map_or_else(String::new, |other| seconds(other.recorded, held.recorded))
        };
        rows.push([
            held.digest.to_string(),
            held.recorded.to_string(),
            correction.kind.to_string(),
            correction.subject.to_string(),
            words(subject),
            correction.reason.to_string(),
            (correction.replacement).map_or_else(String::new, |digest| digest.to_string()),
            holder(held),
            since(subject),
            since(complaint),
        ]);
    }
    let header = [
        "correction",
        "recorded",
        "kind",
        "subject",
        "words",
        "reason",
        "replacement",
        "editor",
        "seconds_since_subject",
        "seconds_since_complaint",
    ];
    csv_lines(header, rows, defused)
}

fn reviews(holdings: &Holdings, defused: &mut usize) -> String {
    let mut rows = Vec::new();
    for held in holdings.iter() {
        let Content::Review(review) = &held.record.content else {
            continue;
        };
        let approvals: Vec<&Held> = holdings.naming(&held.digest, "review").collect();
        let mut named: Vec<Digest> = review.evidence.iter().map(|one| one.source).collect();
        named.sort_unstable();
        named.dedup();
        let is_primary = |digest: &&Digest| {
            use crate::record::source::Level;
            let content = holdings.get(digest).map(|held| &held.record.content);
            matches!(content, Some(Content::Source(source)) if source.level == Level::Primary)
        };
        let first = approvals.first();
        rows.push([
            held.digest.to_string(),
            held.recorded.to_string(),
            review.subject.to_string(),
            words(holdings.get(&review.subject)),
            review
                .verdict
                .map_or_else(String::new, |verdict| verdict.to_string()),
            held.state.to_string(),
            holder(held),
            approvals
                .iter()
                .map(|one| holder(one))
                .collect::<Vec<_>>()
                .join("; "),
            first.map_or_else(String::new, |first| seconds(held.recorded, first.recorded)),
            named.len().to_string(),
            named.iter().filter(is_primary).count().to_string(),
        ]);
    }
    let header = [
        "review",
        "recorded",
        "subject",
        "words",
        "verdict",
        "state",
        "editor",
        "approved_by",
        "seconds_to_approval",
        "sources",
        "primary_sources",
    ];
    csv_lines(header, rows, defused)
}

fn complaints(holdings: &Holdings, defused: &mut usize) -> String {
    let mut rows = Vec::new();
    for held in holdings.iter() {
        let Content::Response(response) = &held.record.content else {
            continue;
        };
        // A complaint about a review is one about what was reviewed.
        let subject = match holdings
            .get(&response.subject)
            .map(|held| &held.record.content)
        {
            Some(Content::Review(review)) => review.subject,
            _ => response.subject,
        };
        let followed: Vec<&Held> = holdings
            .naming(&subject, "subject")
            .filter(|other| other.index > held.index)
            .filter(|other| matches!(other.record.kind(), Kind::Review | Kind::Correction))
            .collect();
        let names: Vec<String> = (followed.iter())
            .map(|other| format!("{} {}", other.record.kind(), other.digest))
            .collect();
        let first = followed.first();
        rows.push([
            held.digest.to_string(),
            response.received.to_string(),
            held.recorded.to_string(),
            response.by.name.to_string(),
            response
                .by
                .role
                .as_ref()
                .map_or_else(String::new, ToString::to_string),
            response.subject.to_string(),
            response.text.to_string(),
            names.join("; "),
            first.map_or_else(String::new, |first| seconds(held.recorded, first.recorded)),
        ]);
    }
    let header = [
        "response",
        "received",
        "recorded",
        "by",
        "role",
        "subject",
        "text",
        "followed_by",
        "seconds_to_first",
    ];
    csv_lines(header, rows, defused)
}

fn sources(holdings: &Holdings, defused: &mut usize) -> String {
    let mut rows = Vec::new();
    for held in holdings.iter() {
        let Content::Review(review) = &held.record.content else {
            continue;
        };
        for evidence in &review.evidence {
            let content = holdings
                .get(&evidence.source)
                .map(|held| &held.record.content);
            let Some(Content::Source(source)) = content else {
                continue;
            };
            let publisher = source.publisher.as_ref();
            rows.push([
                held.digest.to_string(),
                evidence.source.to_string(),
                evidence.stance.to_string(),
                source.level.to_string(),
                source.title.to_string(),
                publisher.map_or_else(String::new, |publisher| publisher.name.to_string()),
                source
                    .url
                    .as_ref()
                    .map_or_else(String::new, ToString::to_string),
                if source.snapshot.is_some() {
                    "yes"
                } else {
                    "no"
                }
                .to_owned(),
                source.derived_from.len().to_string(),
            ]);
        }
    }
    let header = [
        "review",
        "source",
        "stance",
        "level",
        "title",
        "publisher",
        "url",
        "snapshot",
        "derived_from",
    ];
    csv_lines(header, rows, defused)
}
