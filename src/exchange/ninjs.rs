//! IPTC ninjs 3.1: an article as news agencies hand it on, with its hash and its status page.

use serde_json::{Value, json};

use super::Export;
use super::holdings::{Held, Holdings};
use super::loss::{Fate, Loss};
use super::web::{Web, urn};
use crate::canonical::Date;
use crate::record::{Article, Content, Kind, Line, Url};
use crate::rules::State;

pub(super) fn export(holdings: &Holdings, web: &Web) -> Export {
    let mut losses = Vec::new();
    if web.site().is_none() {
        let why = "no address of the pages was given (--base-url)";
        losses.push(Loss::new(
            Fate::Dropped,
            &holdings.origin,
            "trustIndicators",
            why,
        ));
    }
    let mut items: Vec<Value> = holdings
        .articles()
        .map(|(held, article)| item(holdings, web, held, article, &mut losses))
        .collect();
    let mut document = match items.len() {
        1 => items.remove(0),
        // Several are one item with associations: ninjs has no lists.
        _ => {
            for item in &mut items {
                item["name"] = item["headlines"][0]["value"].clone();
            }
            json!({
                "uri": format!("urn:x-ledger:{}:articles", super::feed::percent(&holdings.origin)),
                "type": "composite",
                "title": holdings.name,
                "associations": items,
            })
        }
    };
    document["standard"] = json!({
        "name": "ninjs",
        "version": "3.1",
        "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#",
    });
    Export::json(&document, losses)
}

fn item(
    holdings: &Holdings,
    web: &Web,
    held: &Held,
    article: &Article,
    losses: &mut Vec<Loss>,
) -> Value {
    let mut lose =
        |fate, field: &str, why: &str| losses.push(Loss::new(fate, held.digest, field, why));
    let mut item = json!({
        "uri": article.url.as_ref().map_or_else(|| urn(&held.digest), ToString::to_string),
        "type": "text",
        "representationType": "partial",
        "versionCreated": holdings.last_change(held),
        "headlines": [{ "role": "main", "value": article.headline }],
        "altIds": [{ "role": "provenance-hash", "value": held.digest }],
    });
    match &article.published {
        Date::Moment(time) => item["contentCreated"] = json!(time),
        Date::Calendar(_) => lose(Fate::Dropped, "published", "ninjs takes full times only"),
        Date::Unknown => {}
    }
    if let Some(language) = &article.language {
        item["language"] = json!(language);
    }
    if !article.authors.is_empty() {
        let names: Vec<&str> = article.authors.iter().map(Line::as_str).collect();
        item["by"] = json!(names.join(", "));
    }
    if let Some(publisher) = &article.publisher {
        let mut source = json!({ "name": publisher.name, "role": "publisher" });
        if let Some(url) = &publisher.url {
            source["uri"] = json!(url);
        }
        item["infoSources"] = json!([source]);
    }
    if held.state == State::Retracted {
        item["pubStatus"] = json!("canceled");
    }
    if let Some(page) = web.page(Kind::Article, &held.digest) {
        item["trustIndicators"] = json!([{
            "title": format!("What was checked, corrected and withdrawn: {}", held.state),
            "href": page,
        }]);
    }
    let sources = digital_source_types(holdings, held, article);
    if let Some(first) = sources.first() {
        item["digitalSourceType"] = json!({ "uri": first });
    }
    if sources.len() > 1 {
        lose(
            Fate::Dropped,
            "digitalSourceType",
            "ninjs has one: the first is kept",
        );
    }
    let corrections = holdings.corrections(&held.digest);
    if !corrections.is_empty() {
        let notes = corrections.iter();
        let notes: Vec<String> = notes
            .map(|(_, correction)| format!("{}: {}", correction.kind, correction.reason))
            .collect();
        item["edNote"] = json!(notes.join("\n"));
        lose(
            Fate::Mapped,
            "corrections",
            "they stand in the note to editors",
        );
    }
    lose(
        Fate::Dropped,
        "text",
        "an article's words are its publisher's, and stay in the ledger",
    );
    item
}

/// The terms of IPTC's vocabulary, as the article and later disclosures have them.
fn digital_source_types<'a>(
    holdings: &'a Holdings,
    held: &Held,
    article: &'a Article,
) -> Vec<&'a Url> {
    let own = article.ai_use.iter();
    let disclosed = holdings.naming(&held.digest, "subject");
    let disclosed = disclosed.filter_map(|other| match &other.record.content {
        Content::Disclosure(disclosure) => Some(&disclosure.ai_use),
        _ => None,
    });
    own.chain(disclosed)
        .filter_map(|ai_use| ai_use.digital_source_type.as_ref())
        .collect()
}
