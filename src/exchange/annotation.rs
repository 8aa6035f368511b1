//! W3C Web Annotation: claims at their places in articles, and what others wrote beside a passage.
//!
//! Positions of the standard are code points, as ours. Tools in JavaScript count UTF-16 units: where only those fit the
//! quoted words, they are converted. Words that stand nowhere, or twice without a context that tells which, are refused.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::foreign_json::{
    Ids, date, each, field, first_object, first_text, is_of_type, left_over, objects,
};
use super::holdings::{HeldClaim, Holdings};
use super::loss::{Fate, Loss};
use super::rating::rating;
use super::web::{Web, urn};
use super::{Export, Format, Import, ImportError, Library, MAX_STATEMENTS};
use crate::canonical::{ArticleText, Digest, text};
use crate::ingest::anchor::{self, Hint};
use crate::record::article::Publisher;
use crate::record::claim::Appearance;
use crate::record::{Content, Foreign, Prose};

/// Most articles whose texts are kept at once.
const MAX_KEPT: usize = 16;

const CONTEXT: &str = "http://www.w3.org/ns/anno.jsonld";

pub(super) fn export(holdings: &Holdings, web: &Web) -> Export {
    let mut losses = Vec::new();
    let mut items = Vec::new();
    for of in holdings.claims() {
        for (i, appearance) in of.claim.appearances.iter().enumerate() {
            items.push(annotation(holdings, web, of, i, appearance));
        }
        let digest = of.held.digest;
        for (field, is_lost) in [
            ("via", !of.claim.via.is_empty()),
            ("sources", !of.claim.sources.is_empty()),
            (
                "relations",
                holdings.naming(&digest, "from").next().is_some(),
            ),
        ] {
            if is_lost {
                let why = "an annotation has no place for it";
                losses.push(Loss::new(Fate::Dropped, digest, field, why));
            }
        }
    }
    if !items.is_empty() {
        let why = "they count in the article's text under text/1, which a page's own text may differ from";
        losses.push(Loss::new(Fate::Mapped, &holdings.origin, "positions", why));
    }
    let page = json!({
        "@context": CONTEXT,
        "id": format!("urn:x-ledger:{}:annotations:{}", super::feed::percent(&holdings.origin), holdings.size),
        "type": "AnnotationPage",
        "items": items,
    });
    Export::json(&page, losses)
}

fn annotation(
    holdings: &Holdings,
    web: &Web,
    of: HeldClaim<'_>,
    place: usize,
    appearance: &Appearance,
) -> Value {
    let HeldClaim { held, claim } = of;
    let mut words = format!("{}, {}; {}", claim.speaker.name, claim.kind, held.state);
    let verdict = holdings
        .decided_review(held)
        .and_then(|(_, review)| review.verdict);
    if let Some(verdict) = verdict {
        words.push_str(&format!("; {}", rating(verdict).name));
    }
    let mut creator = json!({ "type": "Organization", "name": holdings.name });
    if let Some(site) = web.site() {
        creator["homepage"] = json!(site);
    }
    let article = holdings.get(&appearance.article);
    let url = match article.map(|held| &held.record.content) {
        Some(Content::Article(article)) => article.url.as_ref(),
        _ => None,
    };
    let source = url.map_or_else(|| urn(&appearance.article), ToString::to_string);
    let mut document = json!({
        "id": format!("{}#{place}", urn(&held.digest)),
        "type": "Annotation",
        "motivation": "assessing",
        "created": held.record.created,
        "creator": creator,
        "body": { "type": "TextualBody", "format": "text/plain", "value": words },
        "target": {
            "type": "SpecificResource",
            "source": source,
            "selector": [
                {
                    "type": "TextQuoteSelector",
                    "exact": appearance.exact,
                    "prefix": appearance.prefix,
                    "suffix": appearance.suffix,
                },
                {
                    "type": "TextPositionSelector",
                    "start": appearance.start,
                    "end": appearance.end,
                },
            ],
        },
    });
    if let Some(page) = web.page(crate::record::Kind::Claim, &held.digest) {
        document["via"] = json!(page);
    }
    document
}

/// Members of an annotation that are read.
const READ: [&str; 9] = [
    "@context",
    "body",
    "bodyValue",
    "created",
    "creator",
    "id",
    "target",
    "type",
    "via",
];

/// An article in which words are looked for.
struct Known {
    article: Digest,
    text: ArticleText,
    /// The code points that take two units of UTF-16, by their places.
    wide: Vec<u64>,
}

/// Reads every annotation of the documents; `None` if there is none.
pub(super) fn import(
    documents: &[Value],
    library: &dyn Library,
) -> Result<Option<Import>, ImportError> {
    let mut found = Vec::new();
    for document in documents {
        objects(document, &mut |object| {
            if is_of_type(object, "Annotation") && object.contains_key("target") {
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
    let mut reader = Reader {
        library,
        kept: HashMap::new(),
        losses: Vec::new(),
    };
    let mut statements = Vec::new();
    for (i, annotation) in found.into_iter().enumerate() {
        let place = format!("annotation {}", i + 1);
        match reader.statement(annotation, &place)? {
            Ok(statement) => statements.push(statement),
            Err((field, why)) => {
                let loss = Loss::new(Fate::Refused, &place, field, why);
                reader.losses.push(loss);
            }
        }
    }
    Ok(Some(Import {
        format: Format::WebAnnotation,
        statements,
        losses: reader.losses,
    }))
}

struct Reader<'a> {
    library: &'a dyn Library,
    kept: HashMap<String, Vec<Known>>,
    losses: Vec<Loss>,
}

/// What keeps an annotation out: the member, and why.
type Refusal = (&'static str, String);

impl Reader<'_> {
    fn statement(
        &mut self,
        annotation: &Map<String, Value>,
        place: &str,
    ) -> Result<Result<Foreign, Refusal>, ImportError> {
        let Some(by) = self.creator(annotation, place) else {
            let why = "a statement without an author is nobody's".to_owned();
            return Ok(Err(("creator", why)));
        };
        if each(annotation.get("target")).count() > 1 {
            let why = "expected one target, found several".to_owned();
            return Ok(Err(("target", why)));
        }
        let no_ids = Ids::new();
        let Some(target) = first_object(annotation.get("target"), &no_ids) else {
            let why = "expected a target with a selector".to_owned();
            return Ok(Err(("target", why)));
        };
        let source = first_text(target.get("source")).or_else(|| {
            let source = first_object(target.get("source"), &no_ids)?;
            first_text(source.get("id"))
        });
        let Some(source) = source else {
            return Ok(Err(("target.source", "expected an address".to_owned())));
        };
        let passage = match self.passage(target, &source, place)? {
            Ok(passage) => passage,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let words = self
            .body(annotation, place)
            .unwrap_or_else(|| passage.exact.clone());
        let Some(statement) = field::<Prose>(Some(words), "body", place, &mut self.losses) else {
            return Ok(Err(("body", "expected text".to_owned())));
        };
        let why = format!("it is what {} says", by.name);
        let loss = Loss::new(Fate::Foreign, place, "body", why);
        self.losses.push(loss);
        let published = date(
            first_text(annotation.get("created")),
            "created",
            place,
            &mut self.losses,
        );
        let url = ["via", "id"]
            .map(|name| first_text(annotation.get(name)))
            .into_iter()
            .flatten()
            .find(|url| url.starts_with("http"));
        let id = first_text(annotation.get("id")).filter(|id| Some(id) != url.as_ref());
        left_over(annotation, &READ, "", place, &mut self.losses);
        Ok(Ok(Foreign {
            subject: Some(passage.article),
            by,
            form: Format::WebAnnotation.as_str().parse().expect("a token"),
            statement,
            passage: Some(passage),
            rating: None,
            identifier: field(id, "id", place, &mut self.losses),
            speaker: None,
            published,
            url: field(url, "url", place, &mut self.losses),
            language: None,
            source: None,
            note: None,
        }))
    }

    fn creator(&mut self, annotation: &Map<String, Value>, place: &str) -> Option<Publisher> {
        let value = annotation.get("creator")?;
        let no_ids = Ids::new();
        let Some(object) = first_object(Some(value), &no_ids) else {
            let name = field(first_text(Some(value)), "creator", place, &mut self.losses)?;
            return Some(Publisher { name, url: None });
        };
        let name = ["name", "nickname", "id"]
            .iter()
            .find_map(|name| first_text(object.get(*name)));
        let url = first_text(object.get("homepage"));
        Some(Publisher {
            name: field(name, "creator", place, &mut self.losses)?,
            url: field(url, "creator.homepage", place, &mut self.losses),
        })
    }

    /// The words of the bodies. What is no text, such as a tag by address, is not kept.
    fn body(&mut self, annotation: &Map<String, Value>, place: &str) -> Option<String> {
        let mut texts: Vec<String> = first_text(annotation.get("bodyValue"))
            .into_iter()
            .collect();
        for body in each(annotation.get("body")) {
            match body.get("value").and_then(Value::as_str) {
                Some(text) => texts.push(text.to_owned()),
                None => {
                    let why = "a body without text";
                    let loss = Loss::new(Fate::Dropped, place, "body", why);
                    self.losses.push(loss);
                }
            }
        }
        texts.retain(|text| !text.trim().is_empty());
        (!texts.is_empty()).then(|| texts.join("\n\n"))
    }

    fn passage(
        &mut self,
        target: &Map<String, Value>,
        source: &str,
        place: &str,
    ) -> Result<Result<Appearance, Refusal>, ImportError> {
        let mut quote = None;
        let mut position = None;
        for selector in each(target.get("selector")).filter_map(Value::as_object) {
            if selector.contains_key("refinedBy") {
                let why = "expected plain selectors, found one that refines another".to_owned();
                return Ok(Err(("target.selector", why)));
            }
            if is_of_type(selector, "TextQuoteSelector") {
                quote.get_or_insert(selector);
            } else if is_of_type(selector, "TextPositionSelector") {
                let number = |name: &str| selector.get(name).and_then(Value::as_u64);
                position = position.or(number("start").zip(number("end")));
            } else {
                let why = "only TextQuoteSelector and TextPositionSelector are read";
                let loss = Loss::new(Fate::Dropped, place, "target.selector", why);
                self.losses.push(loss);
            }
        }
        let exact = quote.and_then(|quote| first_text(quote.get("exact")));
        let (Some(quote), Some(exact)) = (quote, exact) else {
            let why = "expected a TextQuoteSelector: a place without its words would be a guess";
            return Ok(Err(("target.selector", why.to_owned())));
        };
        let context = Hint {
            prefix: first_text(quote.get("prefix")),
            suffix: first_text(quote.get("suffix")),
            ..Hint::default()
        };
        if !self.kept.contains_key(source) {
            if self.kept.len() >= MAX_KEPT {
                self.kept.clear();
            }
            let known = self.library.articles(source)?.into_iter();
            let known = known.map(|(article, text)| Known::new(article, text));
            self.kept.insert(source.to_owned(), known.collect());
        }
        let known = &self.kept[source];
        if known.is_empty() {
            let why = format!("no article of this ledger is {source:.200}");
            return Ok(Err(("target.source", why)));
        }
        let mut found = Vec::new();
        let mut missed = None;
        for one in known {
            match one.locate(&exact, position, &context) {
                Ok(place) => found.push(place),
                Err(why) => missed = Some(why),
            }
        }
        let Some((appearance, how)) = found.pop() else {
            return Ok(Err(("target.selector", missed.unwrap_or_default())));
        };
        if !found.is_empty() {
            let why = "it fits several versions of the article: name one by its hash".to_owned();
            return Ok(Err(("target.source", why)));
        }
        if let Some(how) = how {
            self.losses
                .push(Loss::new(Fate::Mapped, place, "target.selector", how));
        }
        Ok(Ok(appearance))
    }
}

impl Known {
    fn new(article: Digest, text: ArticleText) -> Self {
        let points = (0..).zip(text.as_str().chars());
        let wide = points.filter(|(_, c)| c.len_utf16() == 2);
        Known {
            article,
            wide: wide.map(|(at, _)| at).collect(),
            text,
        }
    }

    /// Finds the words, and says how where their place was not given as ours are.
    fn locate(
        &self,
        exact: &str,
        position: Option<(u64, u64)>,
        context: &Hint,
    ) -> Result<(Appearance, Option<&'static str>), String> {
        let words = text::normalize_quote(exact);
        let stands_at = |(start, end): (u64, u64)| {
            start < end && self.text.slice(start..end) == Some(words.as_str())
        };
        let points = position.filter(|&position| stands_at(position));
        let units = position
            .and_then(|(start, end)| self.point_of_utf16(start).zip(self.point_of_utf16(end)))
            .filter(|&position| stands_at(position));
        let (place, how) = match (points, units) {
            (Some(points), Some(units)) if points != units => {
                return Err(format!(
                    "the words stand at {points:?} in code points and at {units:?} in units of UTF-16: either may be meant"
                ));
            }
            (Some(points), _) => (Some(points), None),
            (None, Some(units)) => (
                Some(units),
                Some("its position counts units of UTF-16, and was converted to code points"),
            ),
            (None, None) if position.is_some() => (
                None,
                Some(
                    "its position counts in another text: the words were found by themselves and their context",
                ),
            ),
            (None, None) => (None, None),
        };
        let hint = Hint {
            start: place.map(|(start, _)| start),
            end: place.map(|(_, end)| end),
            ..context.clone()
        };
        match anchor::locate(&self.text, exact, &hint) {
            Ok(place) => Ok((place.in_article(self.article), how)),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Turns a place in units of UTF-16 into code points; `None` within a pair of units.
    fn point_of_utf16(&self, unit: u64) -> Option<u64> {
        // Before the i-th wide character there are i units more than code points.
        let more = |i: usize| self.wide[i] + i as u64;
        let before = self.wide.partition_point(|&at| {
            let i = self.wide.partition_point(|&other| other < at);
            more(i) < unit
        });
        let point = unit.checked_sub(before as u64)?;
        match before.checked_sub(1).map(more) {
            Some(last) if unit == last + 1 => None,
            _ => Some(point),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_utf16_become_code_points() {
        let text = ArticleText::normalize("a🔩b🔩🔩c\n".as_bytes()).unwrap();
        let known = Known::new(Digest::of(b""), text);
        // a 🔩🔩 b 🔩🔩 🔩🔩 c
        let points: Vec<Option<u64>> = (0..=9).map(|unit| known.point_of_utf16(unit)).collect();
        let expected = [
            Some(0),
            Some(1),
            None,
            Some(2),
            Some(3),
            None,
            Some(4),
            None,
            Some(5),
            Some(6),
        ];
        assert_eq!(points, expected);
    }
}
