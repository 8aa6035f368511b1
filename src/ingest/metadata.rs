//! What a page says of itself: headline, address, authors, dates, in its own words, and where it says so.
//!
//! All of it is kept as the page's own statement. For each field of a record the first place that has a value
//! that fits is taken, in a fixed order of places. What no place says is unknown.

use dom_query::Document;
use unicode_normalization::UnicodeNormalization;

use super::json_ld::JsonLd;
use crate::canonical::{Date, Timestamp};
use crate::record::article::{Publisher, Statement};
use crate::record::{Language, Line, Prose, Url};

/// Statements that are kept of a page.
pub const MAX_STATEMENTS: usize = 64;

/// The JSON-LD scripts of a page together, in bytes. In memory, JSON takes up to ninety times its length.
pub const MAX_JSON_LD_LEN: usize = 2 * 1024 * 1024;

/// The longest value that is kept, in characters.
pub const MAX_VALUE_LEN: usize = 1_000;

/// What something is said of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Headline,
    Url,
    Publisher,
    PublisherUrl,
    Author,
    Published,
    Modified,
    Language,
}

impl Field {
    /// Returns the name in the record.
    pub const fn name(self) -> &'static str {
        match self {
            Field::Headline => "headline",
            Field::Url => "url",
            Field::Publisher => "publisher",
            Field::PublisherUrl => "publisher-url",
            Field::Author => "author",
            Field::Published => "published",
            Field::Modified => "modified",
            Field::Language => "language",
        }
    }
}

/// Where something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    JsonLd,
    LinkCanonical,
    OpenGraph,
    Meta,
    Time,
    RelAuthor,
    HtmlLang,
    Heading,
    Title,
    FrontMatter,
    Warc,
}

impl Place {
    /// Returns the name in the record.
    pub const fn name(self) -> &'static str {
        match self {
            Place::JsonLd => "json-ld",
            Place::LinkCanonical => "link-canonical",
            Place::OpenGraph => "open-graph",
            Place::Meta => "meta",
            Place::Time => "time",
            Place::RelAuthor => "rel-author",
            Place::HtmlLang => "html-lang",
            Place::Heading => "h1",
            Place::Title => "title",
            Place::FrontMatter => "front-matter",
            Place::Warc => "warc",
        }
    }
}

/// One thing that a page says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    pub field: Field,
    pub from: Place,
    pub value: String,
}

/// What a page says of itself, and what of it fits a record's fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metadata {
    pub headline: Option<Line>,
    pub url: Option<Url>,
    pub publisher: Option<Publisher>,
    pub authors: Vec<Line>,
    pub published: Option<Date>,
    pub modified: Option<Date>,
    pub language: Option<Language>,
    /// All that was found, in the order of places.
    pub stated: Vec<Statement>,
    /// What an editor should look at.
    pub doubts: Vec<String>,
}

impl Metadata {
    /// Takes what fits out of statements in the order of their places.
    pub fn of_statements(mut found: Vec<Stated>) -> Self {
        for one in &mut found {
            one.value = tidy(&one.value);
        }
        found.retain(|one| !one.value.is_empty() && one.value.chars().count() <= MAX_VALUE_LEN);
        found.truncate(MAX_STATEMENTS);
        let mut metadata = Metadata {
            headline: first(&found, Field::Headline, |value| value.parse().ok()),
            url: first(&found, Field::Url, |value| value.parse().ok()),
            published: first(&found, Field::Published, date),
            modified: first(&found, Field::Modified, date),
            language: first(&found, Field::Language, language),
            ..Metadata::default()
        };
        if let Some(publisher) = found.iter().find(|one| one.field == Field::Publisher) {
            let url = found
                .iter()
                .find(|one| one.field == Field::PublisherUrl && one.from == publisher.from);
            metadata.publisher = publisher.value.parse().ok().map(|name| Publisher {
                name,
                url: url.and_then(|url| url.value.parse().ok()),
            });
        }
        let mut authors = found
            .iter()
            .filter(|one| one.field == Field::Author)
            .peekable();
        if let Some(place) = authors.peek().map(|one| one.from) {
            for author in authors.filter(|one| one.from == place) {
                match author.value.parse() {
                    Ok(name) if !metadata.authors.contains(&name) => metadata.authors.push(name),
                    _ => {}
                }
            }
        }
        metadata.doubts = [Field::Published, Field::Modified]
            .into_iter()
            .filter_map(|field| contradiction(&found, field))
            .collect();
        metadata.stated = found.iter().filter_map(Stated::to_statement).collect();
        metadata
    }

    /// Adds what is said elsewhere, which is believed least.
    pub fn add(&mut self, found: Vec<Stated>) {
        let more = Metadata::of_statements(found);
        self.url = self.url.take().or(more.url);
        self.stated.extend(more.stated);
        self.stated.truncate(MAX_STATEMENTS);
    }

    /// Reads what an HTML page says of itself.
    pub fn of_page(document: &Document) -> Self {
        let canonical = canonical(document);
        let json_ld = JsonLd::of_page(document);
        let (mut found, several) = json_ld.statements(canonical.as_deref());
        let is_paid = json_ld.is_paid(canonical.as_deref());
        found.extend(of_html(document, canonical));
        let mut metadata = Metadata::of_statements(found);
        if several > 0 {
            metadata.doubts.push(format!(
                "the page's JSON-LD describes {several} articles and does not say which one it is"
            ));
        }
        if is_paid {
            let doubt = "the page says that it is not free to read: its text may end where a reader is asked to pay";
            metadata.doubts.push(doubt.to_owned());
        }
        if json_ld.broken > 0 {
            metadata.doubts.push(format!(
                "JSON-LD scripts of the page that are no JSON, or too long: {}",
                json_ld.broken
            ));
        }
        metadata
    }
}

impl Stated {
    fn to_statement(&self) -> Option<Statement> {
        Some(Statement {
            field: self.field.name().parse().expect("a token"),
            from: self.from.name().parse().expect("a token"),
            value: Prose::try_from(self.value.clone()).ok()?,
        })
    }
}

fn first<T>(found: &[Stated], field: Field, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    let values = found.iter().filter(|one| one.field == field);
    values.map(|one| one.value.as_str()).find_map(read)
}

/// Brings a value into the form of a record's line: entities read, white space as one space, NFC.
fn tidy(value: &str) -> String {
    let plain = match value.contains('&') && value.contains(';') && !value.contains('<') {
        true => Document::fragment(value).text().to_string(),
        false => value.to_owned(),
    };
    single_spaced(&plain)
}

/// Returns a text in NFC, with white space and control characters as one space.
pub(super) fn single_spaced(text: &str) -> String {
    let words: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ").nfc().collect()
}

/// Reads a date as pages write it. A time without its zone tells the day only.
pub fn date(value: &str) -> Option<Date> {
    if value == "unknown" {
        return None;
    }
    if let Ok(date) = value.parse::<Date>() {
        return Some(date);
    }
    let moment = value
        .parse::<jiff::Timestamp>()
        .ok()
        .or_else(|| {
            jiff::fmt::strtime::parse("%Y-%m-%d %H:%M:%S %z", value)
                .ok()?
                .to_timestamp()
                .ok()
        })
        .or_else(|| {
            jiff::fmt::strtime::parse("%Y-%m-%dT%H:%M%:z", value)
                .ok()?
                .to_timestamp()
                .ok()
        })
        .or_else(|| Some(jiff::fmt::rfc2822::parse(value).ok()?.timestamp()));
    if let Some(moment) = moment {
        return Timestamp::from_unix_seconds(moment.as_second())
            .ok()
            .map(Date::Moment);
    }
    // 2026-06-04T08:00:00 and 2026-06-04 08:00
    let (day, time) = value.split_at_checked(10)?;
    let has_time =
        time.starts_with(['T', ' ']) && time[1..].starts_with(|c: char| c.is_ascii_digit());
    let day: Date = has_time.then(|| day.parse().ok())??;
    matches!(day, Date::Calendar(_)).then_some(day)
}

/// Reads a language tag; `en_US` is how OpenGraph writes it.
fn language(value: &str) -> Option<Language> {
    value.replace('_', "-").parse().ok()
}

/// Tells whether a page gives two different days for the same thing.
fn contradiction(found: &[Stated], field: Field) -> Option<String> {
    let mut days = found
        .iter()
        .filter(|one| one.field == field && date(&one.value).is_some());
    let first = days.next()?;
    // As written: the same moment may be on two days in two zones, and then it is the same moment.
    let differs = |one: &&Stated| {
        let len = first.value.len().min(one.value.len()).min(10);
        first.value.get(..len) != one.value.get(..len) && date(&first.value) != date(&one.value)
    };
    let other = days.find(differs)?;
    Some(format!(
        "{} is {} in {} and {} in {}",
        field.name(),
        first.value,
        first.from.name(),
        other.value,
        other.from.name()
    ))
}

fn canonical(document: &Document) -> Option<String> {
    let links = document.select("link[rel][href]");
    let addresses: Vec<String> = links
        .nodes()
        .iter()
        .filter(|link| {
            let rel = link.attr("rel").unwrap_or_default();
            rel.split_ascii_whitespace()
                .any(|word| word.eq_ignore_ascii_case("canonical"))
        })
        .filter_map(|link| link.attr("href"))
        .map(|href| href.trim().to_owned())
        .filter(|href| href.parse::<Url>().is_ok())
        .collect();
    // Two different ones say nothing.
    let only = addresses.first()?.clone();
    addresses.iter().all(|one| *one == only).then_some(only)
}

/// Names of `<meta>`, in lower case, and what they say.
const METAS: [(&str, Field, Place); 22] = [
    ("og:title", Field::Headline, Place::OpenGraph),
    ("og:url", Field::Url, Place::OpenGraph),
    ("og:site_name", Field::Publisher, Place::OpenGraph),
    ("article:published_time", Field::Published, Place::OpenGraph),
    (
        "og:article:published_time",
        Field::Published,
        Place::OpenGraph,
    ),
    ("article:modified_time", Field::Modified, Place::OpenGraph),
    (
        "og:article:modified_time",
        Field::Modified,
        Place::OpenGraph,
    ),
    ("article:author", Field::Author, Place::OpenGraph),
    ("og:locale", Field::Language, Place::OpenGraph),
    ("author", Field::Author, Place::Meta),
    ("dc.creator", Field::Author, Place::Meta),
    ("parsely-author", Field::Author, Place::Meta),
    ("dc.title", Field::Headline, Place::Meta),
    ("dc.publisher", Field::Publisher, Place::Meta),
    ("date", Field::Published, Place::Meta),
    ("dc.date", Field::Published, Place::Meta),
    ("dc.date.issued", Field::Published, Place::Meta),
    ("datepublished", Field::Published, Place::Meta),
    ("parsely-pub-date", Field::Published, Place::Meta),
    ("pubdate", Field::Published, Place::Meta),
    ("last-modified", Field::Modified, Place::Meta),
    ("datemodified", Field::Modified, Place::Meta),
];

fn of_html(document: &Document, canonical: Option<String>) -> Vec<Stated> {
    let mut found = Vec::new();
    let mut state = |field: Field, from: Place, value: String| {
        found.push(Stated { field, from, value });
    };
    if let Some(url) = canonical {
        state(Field::Url, Place::LinkCanonical, url);
    }
    if let Some(lang) = document.select("html[lang]").attr("lang") {
        state(Field::Language, Place::HtmlLang, lang.to_string());
    }
    let metas: Vec<(String, String)> = document
        .select("meta[content]")
        .nodes()
        .iter()
        .filter_map(|meta| {
            let name = ["property", "name", "itemprop"]
                .iter()
                .find_map(|name| meta.attr(name))?;
            Some((
                name.trim().to_lowercase(),
                meta.attr("content")?.to_string(),
            ))
        })
        .collect();
    for (name, field, from) in METAS {
        for (_, content) in metas.iter().filter(|(found, _)| found == name) {
            // OpenGraph names an author by the address of a profile; that is no name.
            if !(field == Field::Author && content.starts_with("http")) {
                state(field, from, content.clone());
            }
        }
    }
    for (field, value) in times(document) {
        state(field, Place::Time, value);
    }
    for link in document.select("a[rel]").nodes() {
        let rel = link.attr("rel").unwrap_or_default();
        if rel
            .split_ascii_whitespace()
            .any(|word| word.eq_ignore_ascii_case("author"))
        {
            state(Field::Author, Place::RelAuthor, link.text().to_string());
        }
    }
    // Of several headings none is the page's own.
    if let [heading] = document.select("h1").nodes() {
        state(Field::Headline, Place::Heading, heading.text().to_string());
    }
    if let Some(title) = document.select("head > title").nodes().first() {
        state(Field::Headline, Place::Title, title.text().to_string());
    }
    found
}

/// Reads `<time>`: what says that it is the day of publication, or the only one that a page has.
fn times(document: &Document) -> Vec<(Field, String)> {
    let mut marked = Vec::new();
    let mut all: Vec<String> = Vec::new();
    for time in document.select("time[datetime]").nodes() {
        let value = time.attr("datetime").unwrap_or_default().trim().to_owned();
        let itemprop = time.attr("itemprop").unwrap_or_default().to_lowercase();
        if itemprop.contains("datepublished") || time.has_attr("pubdate") {
            marked.push((Field::Published, value.clone()));
        } else if itemprop.contains("datemodified") {
            marked.push((Field::Modified, value.clone()));
        }
        if !all.contains(&value) && all.len() < 2 {
            all.push(value);
        }
    }
    match (marked.is_empty(), all.as_slice()) {
        (true, [only]) => vec![(Field::Published, only.clone())],
        _ => marked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_as_exact_as_pages_give_them() {
        for (written, read) in [
            ("2026-06-04", "2026-06-04"),
            ("2026-06", "2026-06"),
            ("2026-06-04T08:00:00+02:00", "2026-06-04T06:00:00Z"),
            ("2026-06-04T08:00:00.123Z", "2026-06-04T08:00:00Z"),
            ("2026-06-04T08:00+0200", "2026-06-04T06:00:00Z"),
            ("2026-06-04 08:00:00 +0000", "2026-06-04T08:00:00Z"),
            ("Thu, 04 Jun 2026 08:00:00 GMT", "2026-06-04T08:00:00Z"),
            ("2026-06-04T08:00:00", "2026-06-04"),
            ("2026-06-04 08:00", "2026-06-04"),
        ] {
            assert_eq!(
                date(written).map(|date| date.to_string()).as_deref(),
                Some(read),
                "{written}"
            );
        }
        for none in [
            "",
            "unknown",
            "yesterday",
            "4.6.2026",
            "06/04/2026",
            "2026-06-04é",
            "2026-06-04T",
            "0000-00-00",
        ] {
            assert_eq!(date(none), None, "{none}");
        }
    }
}
