//! schema.org `NewsArticle`: an article with its corrections, what it cites and whom it quotes.

use serde_json::{Value, json};

use super::Export;
use super::claim_review::{creative_work, organization};
use super::holdings::{Held, Holdings};
use super::loss::{Fate, Loss};
use super::web::{Web, urn};
use crate::canonical::{Date, Digest};
use crate::record::claim::ClaimKind;
use crate::record::{Article, Content, Kind};
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
    if held.state == State::Retracted {
        document["creativeWorkStatus"] = json!("Retracted");
    }
    let corrections: Vec<Value> = holdings
        .corrections(&held.digest)
        .into_iter()
        .map(|(held, correction)| {
            json!({
                "@type": "CorrectionComment",
                "text": correction.reason,
                "datePublished": held.record.created,
                "identifier": held.digest,
            })
        })
        .collect();
    if !corrections.is_empty() {
        document["correction"] = json!(corrections);
        lose(
            Fate::Mapped,
            "correction",
            "its kind is not kept: schema.org has one for all",
        );
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
    let quotations = quotations(holdings, &held.digest);
    if !quotations.is_empty() {
        document["hasPart"] = json!(quotations);
        lose(Fate::Dropped, "via", "schema.org has no chain of hands");
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
            if let Some(Content::Source(source)) =
                holdings.get(&source).map(|held| &held.record.content)
            {
                let work = creative_work(source);
                if !citations.contains(&work) {
                    citations.push(work);
                }
            }
        }
    }
    citations
}

fn quotations(holdings: &Holdings, article: &Digest) -> Vec<Value> {
    let mut seen = Vec::new();
    let mut quotations = Vec::new();
    for held in holdings.naming(article, "appearances.article") {
        // A claim names its article once for each place.
        if let Content::Claim(claim) = &held.record.content
            && claim.kind == ClaimKind::DirectQuote
            && !seen.contains(&held.digest)
        {
            seen.push(held.digest);
            quotations.push(json!({
                "@type": "Quotation",
                "@id": urn(&held.digest),
                "text": claim.text,
                "creator": { "@type": "Person", "name": claim.speaker.name },
                "identifier": held.digest,
            }));
        }
    }
    quotations
}
