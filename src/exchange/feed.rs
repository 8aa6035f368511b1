//! Feeds of claims whose state is new or changed: Atom (RFC 4287) and JSON Feed 1.1.

use std::fmt::Write as _;

use serde_json::json;

use super::holdings::{HeldClaim, Holdings};
use super::loss::{Fate, Loss};
use super::rating::rating;
use super::web::{Web, urn};
use super::{Body, Export};
use crate::canonical::Timestamp;
use crate::record::Kind;
use crate::record::review::Review;
use crate::rules::State;

/// Most items of a feed, the newest.
const MAX_ITEMS: usize = 500;

/// A claim of which something was concluded.
struct Item<'a> {
    of: HeldClaim<'a>,
    updated: Timestamp,
    title: String,
    text: String,
}

/// Returns the items, the last changed first.
fn items<'a>(holdings: &'a Holdings, losses: &mut Vec<Loss>) -> Vec<Item<'a>> {
    let claims = holdings.claims().into_iter();
    let mut items: Vec<Item<'_>> = claims
        .filter(|of| of.held.state != State::Recorded)
        .map(|of| Item {
            of,
            updated: holdings.last_change(of.held),
            title: title(holdings, of),
            text: text(holdings, of),
        })
        .collect();
    items.sort_by_key(|item| std::cmp::Reverse((item.updated, item.of.held.index)));
    if items.len() > MAX_ITEMS {
        let why = format!("{} older items", items.len() - MAX_ITEMS);
        losses.push(Loss::new(Fate::Dropped, &holdings.origin, "items", why));
        items.truncate(MAX_ITEMS);
    }
    if !items.is_empty() {
        let why = "a feed has words only: proofs, sources and places are in the ledger";
        losses.push(Loss::new(Fate::Dropped, &holdings.origin, "evidence", why));
    }
    items
}

fn standing<'a>(holdings: &'a Holdings, of: HeldClaim<'_>) -> Option<&'a Review> {
    match of.held.state {
        // What was withdrawn or removed is not repeated.
        State::Retracted | State::Erased => None,
        _ => holdings.decided_review(of.held).map(|(_, review)| review),
    }
}

fn title(holdings: &Holdings, of: HeldClaim<'_>) -> String {
    let verdict = standing(holdings, of).and_then(|review| review.verdict);
    let state = match verdict {
        Some(verdict) if of.held.state == State::Decided => rating(verdict).name.to_owned(),
        Some(verdict) => format!("{} ({})", rating(verdict).name, of.held.state),
        None => of.held.state.to_string(),
    };
    format!("{state}: “{}” – {}", of.claim.text, of.claim.speaker.name).replace('\n', " ")
}

fn text(holdings: &Holdings, of: HeldClaim<'_>) -> String {
    let mut text = String::new();
    if let Some(review) = standing(holdings, of) {
        for answer in [
            review.verdict.map(|answer| format!("verdict {answer}")),
            review
                .attribution
                .map(|answer| format!("attribution {answer}")),
            review.quote.map(|answer| format!("quote {answer}")),
        ] {
            text.extend(answer.map(|answer| answer + "\n"));
        }
        text.push_str(review.explanation.as_str());
        text.push('\n');
    }
    for (_, correction) in holdings.corrections(&of.held.digest) {
        writeln!(text, "{}: {}", correction.kind, correction.reason).expect("writing to a string");
    }
    write!(text, "{}", of.held.digest).expect("writing to a string");
    text
}

/// Returns the ledger's name as part of an IRI.
pub(super) fn percent(origin: &str) -> String {
    let mut out = String::new();
    for byte in origin.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'/' => {
                out.push(char::from(byte));
            }
            other => write!(out, "%{other:02X}").expect("writing to a string"),
        }
    }
    out
}

fn feed_id(holdings: &Holdings) -> String {
    format!("urn:x-ledger:{}:statuses", percent(&holdings.origin))
}

pub(super) fn atom(holdings: &Holdings, web: &Web) -> Export {
    let mut losses = Vec::new();
    let items = items(holdings, &mut losses);
    let updated = items.first().map(|item| item.updated).or(holdings.as_of);
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    let mut line = |text: String| {
        xml.push_str(&text);
        xml.push('\n');
    };
    line("<feed xmlns=\"http://www.w3.org/2005/Atom\">".to_owned());
    line(format!("  <id>{}</id>", escaped(&feed_id(holdings))));
    line(format!("  <title>{}</title>", escaped(&holdings.name)));
    if let Some(updated) = updated {
        line(format!("  <updated>{updated}</updated>"));
    }
    line(format!(
        "  <author><name>{}</name></author>",
        escaped(&holdings.name)
    ));
    if let Some(site) = web.site() {
        line(format!(
            "  <link rel=\"alternate\" href=\"{}\"/>",
            escaped(&site)
        ));
    }
    for item in &items {
        let held = item.of.held;
        line("  <entry>".to_owned());
        line(format!("    <id>{}</id>", urn(&held.digest)));
        line(format!("    <title>{}</title>", escaped(&item.title)));
        line(format!("    <published>{}</published>", held.recorded));
        line(format!("    <updated>{}</updated>", item.updated));
        line(format!("    <category term=\"{}\"/>", held.state));
        if let Some(page) = web.page(Kind::Claim, &held.digest) {
            line(format!(
                "    <link rel=\"alternate\" href=\"{}\"/>",
                escaped(&page)
            ));
        }
        line(format!(
            "    <content type=\"text\">{}</content>",
            escaped(&item.text)
        ));
        line("  </entry>".to_owned());
    }
    line("</feed>".to_owned());
    Export {
        body: Body::File(xml.into_bytes()),
        losses,
    }
}

pub(super) fn json_feed(holdings: &Holdings, web: &Web) -> Export {
    let mut losses = Vec::new();
    let items: Vec<_> = items(holdings, &mut losses)
        .iter()
        .map(|item| {
            let held = item.of.held;
            let mut json = json!({
                "id": urn(&held.digest),
                "title": item.title,
                "content_text": item.text,
                "date_published": held.recorded,
                "date_modified": item.updated,
                "tags": [held.state],
            });
            if let Some(page) = web.page(Kind::Claim, &held.digest) {
                json["url"] = json!(page);
            }
            if let Some(language) = &item.of.claim.language {
                json["language"] = json!(language);
            }
            json
        })
        .collect();
    let mut feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": holdings.name,
        "authors": [{ "name": holdings.name }],
        "items": items,
    });
    if let Some(site) = web.site() {
        feed["home_page_url"] = json!(site);
    }
    Export::json(&feed, losses)
}

/// Writes text for XML 1.0. What XML can't hold, not even as an entity, becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}
