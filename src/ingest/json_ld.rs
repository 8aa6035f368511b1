//! What a page says of itself in JSON-LD, as schema.org has words for it.
//!
//! Pages put the script into comments or CDATA, into a list, or into a `@graph` whose nodes name each other by `@id`.
//! Where a page describes several articles and does not say which one it is, none is taken.

use std::collections::HashMap;

use dom_query::Document;
use serde_json::{Map, Value};

use super::metadata::{Field, MAX_JSON_LD_LEN, Place, Stated};

/// Nodes of all scripts that are looked at.
const MAX_NODES: usize = 2_000;

/// What the scripts of a page say.
#[derive(Default)]
pub struct JsonLd {
    nodes: Vec<Map<String, Value>>,
    /// Scripts that are no JSON, or beyond [`MAX_JSON_LD_LEN`].
    pub broken: usize,
}

impl JsonLd {
    /// Reads all JSON-LD scripts of a page.
    pub fn of_page(document: &Document) -> Self {
        let mut found = JsonLd::default();
        let mut left = MAX_JSON_LD_LEN;
        for script in document.select("script[type]").nodes() {
            let media_type = script.attr("type").unwrap_or_default();
            let essence = media_type.split(';').next().unwrap_or_default().trim();
            if !essence.eq_ignore_ascii_case("application/ld+json") {
                continue;
            }
            let text = script.text();
            let is_short = text.len() <= left;
            if is_short {
                left -= text.len();
            }
            match is_short.then(|| parse_script(&text)).flatten() {
                Some(value) => found.collect(value),
                None => found.broken += 1,
            }
        }
        found
    }

    fn collect(&mut self, value: Value) {
        let mut waiting = vec![value];
        while let Some(value) = waiting.pop() {
            match value {
                Value::Array(items) => waiting.extend(items.into_iter().rev()),
                Value::Object(mut node) if self.nodes.len() < MAX_NODES => {
                    if let Some(graph) = node.remove("@graph") {
                        waiting.push(graph);
                    }
                    // Taken out, not copied: entities within entities would be kept once for each.
                    if let Some(entity) = node.remove("mainEntity") {
                        waiting.push(entity);
                    }
                    self.nodes.push(node);
                }
                _ => {}
            }
        }
    }

    /// Returns the node of the article that the page is, and how many it could be.
    ///
    /// `canonical` is the page's own address, which tells several articles apart.
    fn article(&self, canonical: Option<&str>) -> (Option<&Map<String, Value>>, usize) {
        let mut articles: Vec<_> = self.nodes.iter().filter(|node| is_article(node)).collect();
        articles.dedup();
        if let ([_, _, ..], Some(canonical)) = (articles.as_slice(), canonical) {
            let meant: Vec<_> = articles
                .iter()
                .filter(|node| names_page(node, canonical))
                .copied()
                .collect();
            if let [only] = meant.as_slice() {
                return (Some(only), 1);
            }
        }
        match articles.as_slice() {
            [only] => (Some(only), 1),
            several => (None, several.len()),
        }
    }

    /// Tells whether the page's article says that it is not free to read.
    pub fn is_paid(&self, canonical: Option<&str>) -> bool {
        let (article, _) = self.article(canonical);
        match article.and_then(|article| article.get("isAccessibleForFree")) {
            Some(Value::Bool(is_free)) => !is_free,
            Some(value) => scalar(value).is_some_and(|word| {
                let word = word.rsplit('/').next().unwrap_or_default();
                word.eq_ignore_ascii_case("false")
            }),
            None => false,
        }
    }

    /// Lists what the page's article says of itself. The number is that of the articles among which none could be
    /// chosen, or 0.
    pub fn statements(&self, canonical: Option<&str>) -> (Vec<Stated>, usize) {
        let (article, several) = self.article(canonical);
        let Some(article) = article else {
            return (Vec::new(), several);
        };
        let by_id: HashMap<&str, &Map<String, Value>> = self
            .nodes
            .iter()
            .filter(|node| node.len() > 1)
            .filter_map(|node| Some((node.get("@id")?.as_str()?, node)))
            .collect();
        let mut stated = Vec::new();
        let mut state = |field: Field, value: String| {
            stated.push(Stated {
                field,
                from: Place::JsonLd,
                value,
            });
        };
        for (field, names) in [
            (Field::Headline, &["headline", "name"][..]),
            (Field::Published, &["datePublished"]),
            (Field::Modified, &["dateModified"]),
            (Field::Language, &["inLanguage"]),
        ] {
            let value = names.iter().find_map(|name| scalar(article.get(*name)?));
            if let Some(value) = value {
                state(field, value);
            }
        }
        let url = article.get("url").and_then(scalar);
        let page = || match article.get("mainEntityOfPage")? {
            Value::Object(page) => page.get("@id").and_then(scalar),
            value => scalar(value),
        };
        if let Some(url) = url.or_else(page) {
            state(Field::Url, url);
        }
        for author in listed(article.get("author").or_else(|| article.get("creator"))) {
            if let Some(name) = name_of(author, &by_id) {
                state(Field::Author, name);
            }
        }
        // Two publishers are none that could be named alone.
        if let [publisher] = listed(article.get("publisher")).as_slice()
            && let Some(name) = name_of(publisher, &by_id)
        {
            state(Field::Publisher, name);
            if let Some(url) = resolve(publisher, &by_id).and_then(|node| scalar(node.get("url")?))
            {
                state(Field::PublisherUrl, url);
            }
        }
        (stated, 0)
    }
}

/// Reads the text of a script, which may be wrapped in what old browsers were kept from reading.
pub fn parse_script(text: &str) -> Option<Value> {
    let mut text = text.trim();
    loop {
        let before = text;
        for start in [
            "<!--",
            "//<![CDATA[",
            "// <![CDATA[",
            "/*<![CDATA[*/",
            "/* <![CDATA[ */",
            "<![CDATA[",
        ] {
            text = text.strip_prefix(start).unwrap_or(text).trim_start();
        }
        for end in [
            "//-->",
            "-->",
            "//]]>",
            "// ]]>",
            "/*]]>*/",
            "/* ]]> */",
            "]]>",
            ";",
        ] {
            text = text.strip_suffix(end).unwrap_or(text).trim_end();
        }
        if text == before {
            break;
        }
    }
    serde_json::from_str(text).ok().or_else(|| {
        // Line breaks within strings are no JSON, and many pages have them.
        let text: String = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        serde_json::from_str(&text).ok()
    })
}

fn is_article(node: &Map<String, Value>) -> bool {
    listed(node.get("@type")).iter().any(|value| {
        let name = value.as_str().unwrap_or_default();
        let name = name.rsplit(['/', ':']).next().unwrap_or_default();
        name.ends_with("Article") || matches!(name, "BlogPosting" | "LiveBlogPosting" | "Report")
    })
}

fn names_page(node: &Map<String, Value>, canonical: &str) -> bool {
    let is_it = |value: &Value| {
        let address = value.as_str().unwrap_or_default();
        address.split('#').next() == Some(canonical)
    };
    ["url", "@id", "mainEntityOfPage"]
        .iter()
        .filter_map(|name| node.get(*name))
        .any(|value| is_it(value) || value.get("@id").is_some_and(is_it))
}

fn listed(value: Option<&Value>) -> Vec<&Value> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items.iter().collect(),
        Some(value) => vec![value],
    }
}

/// Returns a text, if the value is one: bare, as `@value`, or alone in a list.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(literal) => literal.get("@value")?.as_str().map(str::to_owned),
        Value::Array(items) if items.len() == 1 => match &items[0] {
            Value::Array(_) => None,
            only => scalar(only),
        },
        _ => None,
    }
}

fn resolve<'a>(
    value: &'a Value,
    by_id: &HashMap<&str, &'a Map<String, Value>>,
) -> Option<&'a Map<String, Value>> {
    let node = value.as_object()?;
    let named = || by_id.get(node.get("@id")?.as_str()?).copied();
    match node.contains_key("name") {
        true => Some(node),
        false => named(),
    }
}

fn name_of(value: &Value, by_id: &HashMap<&str, &Map<String, Value>>) -> Option<String> {
    match value {
        Value::String(name) => Some(name.clone()),
        value => scalar(resolve(value, by_id)?.get("name")?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_within_entities_are_kept_once() {
        // Each was copied with all that was in it: a page of 8 MiB took gigabytes.
        let inner = "0,".repeat(10_000);
        let script = format!(
            "{}[{inner}0]{}",
            "{\"mainEntity\":{\"a\":1,\"mainEntity\":".repeat(50),
            "}}".repeat(50)
        );
        let page = format!("<script type=application/ld+json>{script}</script>");
        let found = JsonLd::of_page(&Document::from(page.as_str()));
        assert_eq!((found.nodes.len(), found.broken), (100, 0));
        let kept: usize = (found.nodes.iter())
            .map(|node| serde_json::to_string(node).unwrap().len())
            .sum();
        assert!(kept <= script.len(), "{kept}");
    }

    #[test]
    fn scripts_are_read_up_to_a_length_together() {
        let long = format!(
            "{{\"@type\":\"Thing\",\"a\":\"{}\"}}",
            "a".repeat(1_500_000)
        );
        let script = format!("<script type=application/ld+json>{long}</script>");
        let found = JsonLd::of_page(&Document::from(script.repeat(2).as_str()));
        assert_eq!((found.nodes.len(), found.broken), (1, 1));
    }
}
