//! schema.org `NewsArticle`: an article with its corrections, what it cites and whom it quotes.

use serde_json::{Value, json};

use super::Export;
use super::claim_review::{ONE_KIND_FOR_ALL, RETRACTED, citation, corrections, organization};
use super::holdings::{Held, Holdings};
use super::loss::{Fate, Loss};
use super::web::{Web, urn};
use crate::canonical::{Date, Digest};
use crate::record::claim::ClaimKind;
use crate::record::{Article, Claim, Content, Kind};
use crate::rules::State;

pub(super) fn export(holdings: &Holdings, web: &Web) -> Export {
    let mut losses = Vec::new();
    let mut articles: Vec<Value> = holdings
        .articles()
        .map(|(held, article)| news_article(holdings, web, held, article, &mut losses))
        .collect();
    let document = match articles.len() {
        1 => {
            let mut article = articles.remove(0);
            article["@context"] = json!("https://schema.org");
            article
        }
        _ => json!({ "@context": "https://schema.org", "@graph": articles }),
    };
    Export::json(&document, losses)
}

fn news_article(
    holdings: &Holdings,
    web: &Web,
    held: &Held,
    article: &Article,
    losses: &mut Vec<Loss>,
) -> Value {
    let mut lose =
        |fate, field: &str, why: &str| losses.push(Loss::new(fate, held.digest, field, why));
    let mut document = json!({
        "@type": "NewsArticle",
        "@id": urn(&held.digest),
        "headline": article.headline,
        "identifier": held.digest,
    });
    if let Some(url) = &article.url {
        document["url"] = json!(url);
    }
    if let Some(page) = web.page(Kind::Article, &held.digest) {
        document["subjectOf"] = json!({ "@type": "WebPage", "url": page });
    }
    for (name, date) in [
        ("datePublished", Some(&article.published)),
        ("dateModified", article.modified.as_ref()),
    ] {
        if let Some(date) = date.filter(|date| **date != Date::Unknown) {
            document[name] = json!(date);
        }
    }
    if let Some(language) = &article.language {
        document["inLanguage"] = json!(language);
    }
    if let Some(publisher) = &article.publisher {
        document["publisher"] = organization(publisher);
    }
    if !article.authors.is_empty() {
        let author = |name| json!({ "@type": "Person", "name": name });
        document["author"] = article.authors.iter().map(author).collect();
    }
    if with_what_became(&mut document, holdings, held) {
        lose(Fate::Mapped, "correction", ONE_KIND_FOR_ALL);
    }
    let citations = citations(holdings, held, article);
    if !citations.is_empty() {
        document["citation"] = json!(citations);
        lose(
            Fate::Mapped,
            "sources",
            "without stance, passage and snapshot",
        );
    }
    let claims = claims(holdings, &held.digest);
    let quotes = claims
        .iter()
        .filter(|(_, claim)| claim.kind == ClaimKind::DirectQuote);
    let quotations: Vec<Value> = quotes
        .map(|(held, claim)| quotation(holdings, held, claim))
        .collect();
    if quotations.len() < claims.len() {
        let why = format!(
            "{} that are no direct quotes: schema.org has Quotation only",
            claims.len() - quotations.len()
        );
        lose(Fate::Dropped, "claims", &why);
    }
    if !quotations.is_empty() {
        document["hasPart"] = json!(quotations);
        lose(Fate::Dropped, "via", "schema.org has no chain of hands");
    }
    if claims
        .iter()
        .any(|(claim, _)| claim.decided_review.is_some())
    {
        let why = "what was concluded of its claims goes out as claim-review";
        lose(Fate::Dropped, "reviews", why);
    }
    if held.decided_review.is_some() {
        lose(
            Fate::Dropped,
            "review",
            "schema.org reviews claims, not articles",
        );
    }
    lose(
        Fate::Dropped,
        "text",
        "an article's words are its publisher's, and stay in the ledger",
    );
    if !article.ai_use.is_empty() {
        lose(Fate::Dropped, "aiUse", "schema.org has no place for it");
    }
    document
}

/// The links that the article gives, and the sources on which its claims rest.
fn citations(holdings: &Holdings, held: &Held, article: &Article) -> Vec<Value> {
    let mut citations: Vec<Value> = Vec::new();
    for link in &article.links {
        let mut work = json!({ "@type": "CreativeWork", "url": link.url });
        if let Some(label) = &link.label {
            work["name"] = json!(label);
        }
        citations.push(work);
    }
    for claim in holdings.naming(&held.digest, "appearances.article") {
        let Content::Claim(content) = &claim.record.content else {
            continue;
        };
        let sources = content.sources.iter().map(|link| link.source);
        let review = holdings.decided_review(claim);
        let evidence = review.into_iter().flat_map(|(_, review)| &review.evidence);
        for source in sources.chain(evidence.map(|evidence| evidence.source)) {
            if let Some(work) = citation(holdings, &source)
                && !citations.contains(&work)
            {
                citations.push(work);
            }
        }
    }
    citations
}

/// Adds a record's corrections and whether it was retracted. Tells whether there are corrections.
fn with_what_became(document: &mut Value, holdings: &Holdings, held: &Held) -> bool {
    if held.state == State::Retracted {
        document["creativeWorkStatus"] = json!(RETRACTED);
    }
    let corrections = corrections(holdings, &held.digest);
    let is_corrected = !corrections.is_empty();
    if is_corrected {
        document["correction"] = json!(corrections);
    }
    is_corrected
}

/// The claims that the article holds, each once.
fn claims<'a>(holdings: &'a Holdings, article: &Digest) -> Vec<(&'a Held, &'a Claim)> {
    let mut claims: Vec<(&Held, &Claim)> = Vec::new();
    for held in holdings.naming(article, "appearances.article") {
        // A claim names its article once for each place.
        if let Content::Claim(claim) = &held.record.content
            && claims.iter().all(|(known, _)| known.digest != held.digest)
        {
            claims.push((held, claim));
        }
    }
    claims
}

fn quotation(holdings: &Holdings, held: &Held, claim: &Claim) -> Value {
    let mut quotation = json!({
        "@type": "Quotation",
        "@id": urn(&held.digest),
        "text": claim.text,
        "creator": { "@type": "Person", "name": claim.speaker.name },
        "identifier": held.digest,
    });
    with_what_became(&mut quotation, holdings, held);
    quotation
}
