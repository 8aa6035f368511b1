//! One row a claim, for analysts: CSV (RFC 4180) and JSON Lines.

use serde_json::{Map, Value, json};

use super::holdings::{HeldClaim, Holdings};
use super::loss::{Fate, Loss};
use super::rating::rating;
use super::{Body, Export};
use crate::record::{Content, Line, Url};

/// The columns, in their order.
const COLUMNS: [&str; 20] = [
    "hash",
    "index",
    "recorded",
    "state",
    "changed",
    "text",
    "kind",
    "checkability",
    "speaker",
    "via",
    "said",
    "articles",
    "urls",
    "review",
    "verdict",
    "rating",
    "attribution",
    "quote",
    "editor",
    "corrections",
];

/// One claim; what is not known is absent.
fn row(holdings: &Holdings, of: HeldClaim<'_>) -> Map<String, Value> {
    let HeldClaim { held, claim } = of;
    let mut articles: Vec<String> = Vec::new();
    let mut urls: Vec<&Url> = Vec::new();
    for appearance in &claim.appearances {
        let digest = appearance.article.to_string();
        if articles.contains(&digest) {
            continue;
        }
        articles.push(digest);
        let article = holdings.get(&appearance.article);
        if let Some(Content::Article(article)) = article.map(|held| &held.record.content) {
            urls.extend(&article.url);
        }
    }
    let via: Vec<&Line> = claim.via.iter().map(|hop| &hop.name).collect();
    let mut row = json!({
        "hash": held.digest,
        "index": held.index,
        "recorded": held.recorded,
        "state": held.state,
        "changed": holdings.last_change(held),
        "text": claim.text,
        "kind": claim.kind,
        "checkability": claim.checkability,
        "speaker": claim.speaker.name,
        "said": claim.said,
        "articles": articles,
        "corrections": holdings.corrections(&held.digest).len(),
    });
    if !via.is_empty() {
        row["via"] = json!(via);
    }
    if !urls.is_empty() {
        row["urls"] = json!(urls);
    }
    if let Some(holder) = &held.holder {
        row["editor"] = json!(holder);
    }
    if let Some((reviewed, review)) = holdings.decided_review(held) {
        row["review"] = json!(reviewed.digest);
        for (name, answer) in [
            ("verdict", review.verdict.map(|answer| answer.as_str())),
            (
                "attribution",
                review.attribution.map(|answer| answer.as_str()),
            ),
            ("quote", review.quote.map(|answer| answer.as_str())),
        ] {
            if let Some(answer) = answer {
                row[name] = json!(answer);
            }
        }
        if let Some(value) = review.verdict.and_then(|verdict| rating(verdict).value) {
            row["rating"] = json!(value);
        }
    }
    match row {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn left_out(holdings: &Holdings) -> Vec<Loss> {
    let why = "a row has no place for explanations, evidence, relations, responses and proofs";
    vec![Loss::new(Fate::Dropped, &holdings.origin, "records", why)]
}

pub(super) fn json_lines(holdings: &Holdings) -> Export {
    let lines = holdings.claims().into_iter().map(|of| {
        let mut row = row(holdings, of);
        row.insert("type".to_owned(), json!("claim"));
        format!("{}\n", Value::Object(row))
    });
    Export {
        body: Body::File(lines.collect::<String>().into_bytes()),
        losses: left_out(holdings),
    }
}

pub(super) fn csv(holdings: &Holdings) -> Export {
    let mut losses = left_out(holdings);
    let mut defused = 0;
    let rows = holdings.claims().into_iter().map(|of| {
        let row = row(holdings, of);
        COLUMNS.map(|column| match row.get(column) {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(items)) => items
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
                .join("; "),
            Some(other) => other.to_string(),
        })
    });
    let text = csv_lines(COLUMNS, rows.collect(), &mut defused);
    let why = "lists are joined by semicolons";
    losses.push(Loss::new(
        Fate::Mapped,
        &holdings.origin,
        "via, articles, urls",
        why,
    ));
    if defused > 0 {
        let why = format!(
            "{defused} cells begin as a formula would: an apostrophe stands before, so that no spreadsheet runs them"
        );
        losses.push(Loss::new(Fate::Mapped, &holdings.origin, "cells", why));
    }
    Export {
        body: Body::File(text.into_bytes()),
        losses,
    }
}

/// Writes a table with a line for each row.
pub(super) fn csv_lines<const N: usize>(
    header: [&str; N],
    rows: Vec<[String; N]>,
    defused: &mut usize,
) -> String {
    let mut text = header.join(",") + "\r\n";
    for row in rows {
        let cells: Vec<String> = row.iter().map(|value| cell(value, defused)).collect();
        text += &cells.join(",");
        text += "\r\n";
    }
    text
}

/// Writes a cell. A recorded text must not run as a formula in the spreadsheet of whoever opens the file.
fn cell(text: &str, defused: &mut usize) -> String {
    // Spreadsheets take the wide forms of these characters for the same.
    const BEGINS_FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
    let is_formula = text
        .trim_start_matches([' ', '\n'])
        .starts_with(BEGINS_FORMULA);
    let mark = match is_formula {
        true => {
            *defused += 1;
            "'"
        }
        false => "",
    };
    match is_formula || text.contains([',', '"', '\n', '\r', ';']) {
        true => format!("\"{mark}{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_defused_and_quotes_doubled() {
        let mut defused = 0;
        for (text, expected) in [
            ("plain", "plain"),
            ("a, b", "\"a, b\""),
            ("He said \"no\"", "\"He said \"\"no\"\"\""),
            ("=1+1", "\"'=1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("  -2", "\"'  -2\""),
            ("＝cmd", "\"'＝cmd\""),
            ("two\nlines", "\"two\nlines\""),
        ] {
            assert_eq!(cell(text, &mut defused), expected);
        }
        assert_eq!(defused, 4);
    }
}
