//! schema.org `ClaimReview`, as fact-checkers publish it and Google reads it.
//!
//! Export: one for each claim that is decided or corrected, with Google's required and recommended members, and a tombstone
//! without a rating for a retracted one. Import: pages, feeds, lists and graphs; each becomes a foreign statement.

use serde_json::{Map, Value, json};

use super::foreign_json::{
    Ids, date, each, field, first_object, first_text, is_of_type, left_over, objects,
};
use super::holdings::{Held, HeldClaim, Holdings};
use super::loss::{Fate, Loss};
use super::rating::{BEST, WORST, rating};
use super::web::Web;
use super::{Export, Format, Import, ImportError, Library, MAX_STATEMENTS};
use crate::canonical::{Date, Digest};
use crate::record::article::Publisher;
use crate::record::correction::CorrectionKind;
use crate::record::foreign::Rating;
use crate::record::{Content, Correction, Foreign, Kind, Line, Prose, Token};
use crate::rules::State;

/// What a retracted review is called in `creativeWorkStatus`.
pub(super) const RETRACTED: &str = "Retracted";

const CONTEXT: &str = "https://schema.org";

pub(super) fn export(holdings: &Holdings, web: &Web) -> Export {
    let mut losses = Vec::new();
    let mut reviews: Vec<(String, Value)> = Vec::new();
    if web.site().is_none() {
        let why = "no address of the pages was given (--base-url): Google asks for it";
        losses.push(Loss::new(Fate::Dropped, &holdings.origin, "url", why));
    }
    for of in holdings.claims() {
        if let Some(review) = claim_review(holdings, web, of, &mut losses) {
            reviews.push((holdings.last_change(of.held).to_string(), review));
        }
    }
    let is_one = holdings.asked().is_some() && reviews.len() == 1;
    let document = match is_one {
        true => {
            let (_, mut review) = reviews.remove(0);
            review["@context"] = json!(CONTEXT);
            review
        }
        false => json!({
            "@context": CONTEXT,
            "@type": "DataFeed",
            "name": holdings.name,
            "dataFeedElement": reviews
                .into_iter()
                .map(|(modified, review)| json!({
                    "@type": "DataFeedItem",
                    "dateModified": modified,
                    "item": review,
                }))
                .collect::<Vec<_>>(),
        }),
    };
    Export::json(&document, losses)
}

fn claim_review(
    holdings: &Holdings,
    web: &Web,
    of: HeldClaim<'_>,
    losses: &mut Vec<Loss>,
) -> Option<Value> {
    let HeldClaim { held, claim } = of;
    let mut lose = |fate, field: &str, why: &str| {
        losses.push(Loss::new(fate, held.digest, field, why));
    };
    let is_retracted = held.state == State::Retracted;
    if !is_retracted && !matches!(held.state, State::Decided | State::Corrected) {
        let why = format!("its state is {}: only what is decided goes out", held.state);
        lose(Fate::Dropped, "review", &why);
        return None;
    }
    let standing = holdings.decided_review(held);
    let mut author = json!({ "@type": "Organization", "name": holdings.name });
    if let Some(site) = web.site() {
        author["url"] = json!(site);
    }
    let mut document = json!({
        "@type": "ClaimReview",
        "author": author,
        "claimReviewed": claim.text,
        "itemReviewed": item_reviewed(holdings, of),
    });
    if let Some(page) = web.page(Kind::Claim, &held.digest) {
        document["url"] = json!(page);
    }
    let corrections = corrections(holdings, &held.digest);
    if !corrections.is_empty() {
        lose(Fate::Mapped, "correction", ONE_KIND_FOR_ALL);
        document["correction"] = json!(corrections);
    }
    if is_retracted {
        document["creativeWorkStatus"] = json!(RETRACTED);
        document["identifier"] = json!(standing.map_or(held.digest, |(review, _)| review.digest));
        if let Some((review, _)) = standing {
            document["datePublished"] = json!(review.record.created);
        }
        let retraction = (holdings.corrections(&held.digest).into_iter())
            .rfind(|(_, correction)| correction.kind == CorrectionKind::Retraction);
        if let Some((retracted, _)) = retraction {
            document["dateModified"] = json!(retracted.recorded);
        }
        lose(
            Fate::Dropped,
            "verdict",
            "the claim was retracted: no rating goes out",
        );
        return Some(document);
    }
    let Some((reviewed, review)) = standing else {
        let why = "no review of it is decided: ClaimReview needs one";
        lose(Fate::Dropped, "review", why);
        return None;
    };
    let Some(verdict) = review.verdict else {
        lose(
            Fate::Dropped,
            "review",
            "it has no verdict, which ClaimReview needs",
        );
        return None;
    };
    let scale = rating(verdict);
    let mut stars = json!({ "@type": "Rating", "alternateName": scale.name });
    match scale.value {
        Some(value) => {
            stars["ratingValue"] = json!(value);
            stars["bestRating"] = json!(BEST);
            stars["worstRating"] = json!(WORST);
            stars["ratingExplanation"] = json!(review.explanation);
        }
        None => {
            stars["ratingExplanation"] = json!(review.explanation);
            lose(
                Fate::Mapped,
                "verdict",
                "no number of the scale says it: it stands in words only",
            );
        }
    }
    document["reviewRating"] = stars;
    document["reviewBody"] = json!(review.explanation);
    document["datePublished"] = json!(reviewed.record.created);
    document["identifier"] = json!(reviewed.digest);
    if !corrections.is_empty() {
        document["dateModified"] = json!(holdings.last_change(held));
    }
    for (answer, name) in [
        (
            review.attribution.map(|answer| answer.as_str()),
            "attribution",
        ),
        (review.quote.map(|answer| answer.as_str()), "quote"),
    ] {
        if let Some(answer) = answer {
            lose(
                Fate::Dropped,
                name,
                &format!("{answer}: ClaimReview has one rating"),
            );
        }
    }
    if !claim.via.is_empty() {
        lose(Fate::Dropped, "via", "schema.org has no chain of hands");
    }
    if !review.evidence.is_empty() {
        let sources = || review.evidence.iter().map(|evidence| &evidence.source);
        let works: Vec<Value> = sources()
            .filter_map(|source| citation(holdings, source))
            .collect();
        if works.len() < sources().count() {
            let why = "a source that was erased, or can't be read, is not cited";
            lose(Fate::Dropped, "evidence", why);
        }
        document["citation"] = json!(works);
        lose(
            Fate::Mapped,
            "evidence",
            "sources are citations, without stance and passage",
        );
    }
    Some(document)
}

fn item_reviewed(holdings: &Holdings, of: HeldClaim<'_>) -> Value {
    let HeldClaim { held, claim } = of;
    let mut author = json!({ "@type": "Person", "name": claim.speaker.name });
    if let Some(same_as) = &claim.speaker.same_as {
        author["sameAs"] = json!(same_as);
    }
    if let Some(role) = &claim.speaker.role {
        author["jobTitle"] = json!(role);
    }
    let mut item = json!({ "@type": "Claim", "author": author, "identifier": held.digest });
    if claim.said != Date::Unknown {
        item["datePublished"] = json!(claim.said);
    }
    if let Some(language) = &claim.language {
        item["inLanguage"] = json!(language);
    }
    let mut works: Vec<Value> = Vec::new();
    for appearance in &claim.appearances {
        let article = holdings.get(&appearance.article);
        if let Some(Content::Article(article)) = article.map(|held| &held.record.content)
            && let Some(url) = &article.url
        {
            let work = json!({ "@type": "CreativeWork", "name": article.headline, "url": url });
            if !works.contains(&work) {
                works.push(work);
            }
        }
    }
    if let Some(first) = works.first() {
        item["firstAppearance"] = first.clone();
        item["appearance"] = json!(works);
    }
    item
}

/// Why the kinds of corrections are lost.
pub(super) const ONE_KIND_FOR_ALL: &str = "its kind is not kept: schema.org has one for all";

/// The corrections of a record as schema.org has them, a retraction too.
pub(super) fn corrections(holdings: &Holdings, digest: &Digest) -> Vec<Value> {
    let corrections = holdings.corrections(digest).into_iter();
    let comment = |(held, correction): (&Held, &Correction)| {
        json!({
            "@type": "CorrectionComment",
            "text": correction.reason,
            "datePublished": held.record.created,
            "identifier": held.digest,
        })
    };
    corrections.map(comment).collect()
}

/// A source as schema.org has it, with what became of it; `None` if it can't be read.
pub(super) fn citation(holdings: &Holdings, source: &Digest) -> Option<Value> {
    let held = holdings.get(source)?;
    let Content::Source(source) = &held.record.content else {
        return None;
    };
    let mut work = creative_work(source);
    if held.state == State::Retracted {
        work["creativeWorkStatus"] = json!(RETRACTED);
    }
    Some(work)
}

fn creative_work(source: &crate::record::Source) -> Value {
    let mut work = json!({ "@type": "CreativeWork", "name": source.title });
    if let Some(url) = &source.url {
        work["url"] = json!(url);
    }
    if source.published != Date::Unknown {
        work["datePublished"] = json!(source.published);
    }
    if let Some(publisher) = &source.publisher {
        work["publisher"] = organization(publisher);
    }
    work
}

/// A publisher as schema.org has it.
pub(super) fn organization(publisher: &Publisher) -> Value {
    let mut organization = json!({ "@type": "Organization", "name": publisher.name });
    if let Some(url) = &publisher.url {
        organization["url"] = json!(url);
    }
    organization
}

/// Reads every ClaimReview of the documents; `None` if there is none.
pub(super) fn import(
    documents: &[Value],
    library: &dyn Library,
) -> Result<Option<Import>, ImportError> {
    let mut ids = Ids::new();
    let mut found: Vec<&Map<String, Value>> = Vec::new();
    for document in documents {
        objects(document, &mut |object| {
            if let Some(id) = object.get("@id").and_then(Value::as_str)
                && object.len() > 1
            {
                ids.entry(id).or_insert(object);
            }
            if is_of_type(object, "ClaimReview") {
                found.push(object);
            }
        });
    }
    if found.is_empty() {
        return Ok(None);
    }
    if found.len() > MAX_STATEMENTS {
        return Err(ImportError::TooMany);
    }
    let mut import = Import {
        format: Format::ClaimReview,
        statements: Vec::new(),
        losses: Vec::new(),
    };
    for (i, review) in found.into_iter().enumerate() {
        let place = format!("ClaimReview {}", i + 1);
        if let Some(statement) = statement(review, &ids, &place, library, &mut import.losses)? {
            import.statements.push(statement);
        }
    }
    Ok(Some(import))
}

/// Members of a ClaimReview that are read.
const READ: [&str; 15] = [
    "@context",
    "@id",
    "@type",
    "author",
    "claimReviewed",
    "creativeWorkStatus",
    "datePublished",
    "inLanguage",
    "itemReviewed",
    "reviewRating",
    "type",
    "url",
    "mainEntityOfPage",
    "identifier",
    "name",
];

/// Members of what it reviews that are read, or told of by themselves.
const READ_OF_ITEM: [&str; 10] = [
    "@id",
    "@type",
    "appearance",
    "author",
    "creator",
    "firstAppearance",
    "identifier",
    "name",
    "text",
    "type",
];

const READ_OF_RATING: [&str; 8] = [
    "@id",
    "@type",
    "alternateName",
    "bestRating",
    "name",
    "ratingValue",
    "type",
    "worstRating",
];

const READ_OF_PARTY: [&str; 5] = ["@id", "@type", "name", "type", "url"];

fn statement(
    review: &Map<String, Value>,
    ids: &Ids<'_>,
    place: &str,
    library: &dyn Library,
    losses: &mut Vec<Loss>,
) -> Result<Option<Foreign>, ImportError> {
    let Some(by) = party(review.get("author"), ids, "author", place, losses) else {
        let why = "a statement without an author is nobody's";
        losses.push(Loss::new(Fate::Refused, place, "author", why));
        return Ok(None);
    };
    let item = first_object(review.get("itemReviewed"), ids);
    let in_item = |name: &str| item.and_then(|item| first_text(item.get(name)));
    let words = first_text(review.get("claimReviewed"))
        .or_else(|| in_item("text"))
        .or_else(|| in_item("name"))
        .or_else(|| first_text(review.get("name")));
    let Some(words) = field::<Prose>(words, "claimReviewed", place, losses) else {
        let why = "it does not say which claim it is about";
        losses.push(Loss::new(Fate::Refused, place, "claimReviewed", why));
        return Ok(None);
    };
    let url = first_text(review.get("url")).or_else(|| page_of(review));
    let subject = subject(item, library, place, losses)?;
    let is_retracted = first_text(review.get("creativeWorkStatus"))
        .is_some_and(|status| status.eq_ignore_ascii_case(RETRACTED));
    let speaker = item.and_then(|item| {
        let author = item.get("author").or_else(|| item.get("creator"));
        party(author, ids, "itemReviewed.author", place, losses)
    });
    let rating = rating_of(review.get("reviewRating"), ids, place, losses);
    if let Some(rating) = &rating {
        let words = match (&rating.name, &rating.value) {
            (Some(name), _) => name.as_str(),
            (None, value) => value.as_ref().map_or("", Line::as_str),
        };
        let why = format!("{words:?} is what {} says, not a verdict of ours", by.name);
        losses.push(Loss::new(Fate::Foreign, place, "reviewRating", why));
    }
    left_over(review, &READ, "", place, losses);
    if let Some(item) = item {
        left_over(item, &READ_OF_ITEM, "itemReviewed.", place, losses);
    }
    if let Some(rating) = first_object(review.get("reviewRating"), ids) {
        left_over(rating, &READ_OF_RATING, "reviewRating.", place, losses);
    }
    for name in ["appearance", "firstAppearance"] {
        if item.is_some_and(|item| item.contains_key(name)) {
            let why = "appearances are recorded as claims, by an editor";
            let field = format!("itemReviewed.{name}");
            losses.push(Loss::new(Fate::Dropped, place, field, why));
        }
    }
    let published = date(
        first_text(review.get("datePublished")),
        "datePublished",
        place,
        losses,
    );
    Ok(Some(Foreign {
        subject,
        by,
        form: form(),
        statement: words,
        passage: None,
        rating,
        identifier: identifier(review, place, losses),
        speaker: speaker.map(|speaker| speaker.name),
        published,
        url: field(url, "url", place, losses),
        language: field(
            first_text(review.get("inLanguage")),
            "inLanguage",
            place,
            losses,
        ),
        source: None,
        note: is_retracted.then(|| {
            "Retracted by its author."
                .parse()
                .expect("prose without white space around")
        }),
    }))
}

/// What its author calls the review: schema.org allows a text, a `PropertyValue`, and several.
fn identifier(review: &Map<String, Value>, place: &str, losses: &mut Vec<Loss>) -> Option<Line> {
    let names = || each(review.get("identifier"));
    let text = first_text(review.get("identifier"))
        .or_else(|| names().find_map(|name| first_text(name.get("value"))));
    if names().count() > usize::from(text.is_some()) {
        let why = "one text is kept of it";
        losses.push(Loss::new(Fate::Dropped, place, "identifier", why));
    }
    field(text, "identifier", place, losses)
}

fn form() -> Token {
    Format::ClaimReview.as_str().parse().expect("a token")
}

fn page_of(review: &Map<String, Value>) -> Option<String> {
    let page = review.get("mainEntityOfPage")?;
    first_text(Some(page)).or_else(|| first_text(page.get("@id")))
}

/// A claim of ours that the review itself names by its hash.
fn subject(
    item: Option<&Map<String, Value>>,
    library: &dyn Library,
    place: &str,
    losses: &mut Vec<Loss>,
) -> Result<Option<Digest>, ImportError> {
    let Some(name) = item.and_then(|item| first_text(item.get("identifier"))) else {
        return Ok(None);
    };
    match name.parse::<Digest>() {
        Ok(digest) if library.has_subject(&digest)? => Ok(Some(digest)),
        _ => {
            let why = format!("{name:.80} is no record of this ledger");
            losses.push(Loss::new(
                Fate::Dropped,
                place,
                "itemReviewed.identifier",
                why,
            ));
            Ok(None)
        }
    }
}

/// A person or an organisation: an object, a name, or a list of either, of which the first counts.
fn party(
    value: Option<&Value>,
    ids: &Ids<'_>,
    name: &str,
    place: &str,
    losses: &mut Vec<Loss>,
) -> Option<Publisher> {
    if each(value).count() > 1 {
        losses.push(Loss::new(
            Fate::Dropped,
            place,
            name,
            "only the first is kept",
        ));
    }
    match first_object(value, ids) {
        Some(object) => {
            let within = format!("{name}.");
            left_over(object, &READ_OF_PARTY, &within, place, losses);
            Some(Publisher {
                name: field(first_text(object.get("name")), name, place, losses)?,
                url: object.get("url").and_then(|url| {
                    field(
                        first_text(Some(url)),
                        &format!("{within}url"),
                        place,
                        losses,
                    )
                }),
            })
        }
        None => Some(Publisher {
            name: field(first_text(value), name, place, losses)?,
            url: None,
        }),
    }
}

fn rating_of(
    value: Option<&Value>,
    ids: &Ids<'_>,
    place: &str,
    losses: &mut Vec<Loss>,
) -> Option<Rating> {
    let Some(object) = first_object(value, ids) else {
        let name = field(first_text(value), "reviewRating", place, losses)?;
        return Some(Rating {
            name: Some(name),
            value: None,
            best: None,
            worst: None,
        });
    };
    let mut line =
        |name: &str| -> Option<Line> { field(first_text(object.get(name)), name, place, losses) };
    let (value, best, worst) = (line("ratingValue"), line("bestRating"), line("worstRating"));
    let name: Option<Prose> = field(
        first_text(object.get("alternateName")).or_else(|| first_text(object.get("name"))),
        "alternateName",
        place,
        losses,
    );
    if name.is_none() && value.is_none() {
        return None;
    }
    Some(Rating {
        name,
        value,
        best,
        worst,
    })
}
