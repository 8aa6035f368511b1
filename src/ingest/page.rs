//! A page as it was received, the article text made from it, and what it says of itself.
//!
//! HTML, Markdown, plain text, and WARC files with one of these. The bytes are kept as they are; the text goes
//! through `text/1`.

use super::charset::{self, CharsetError};
use super::html::{self, TooMuch};
use super::image;
use super::markdown;
use super::metadata::{Field, Metadata, Place, Stated};
use super::warc::{self, WarcError};
use crate::canonical::{ArticleText, Digest, Timestamp, text};
use crate::record::article::{Normalizer, Original, Text};
use crate::record::{Line, MAX_OBJECT_LEN, MediaType};

/// An article's text and the bytes from which it was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    pub text: ArticleText,
    pub original: Vec<u8>,
    pub media_type: MediaType,
    /// What the page says of itself.
    pub metadata: Metadata,
    /// What took the text out of the page, if something did.
    pub extractor: Option<Line>,
    /// When it was retrieved, if the file itself says so.
    pub retrieved: Option<Timestamp>,
}

/// What is known of a page's bytes besides themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Circumstances {
    /// The file's name, or the page's address.
    pub name: String,
    /// Its media type, where an editor or a server says it.
    pub media_type: Option<MediaType>,
    /// Its character encoding, where an editor says it.
    pub charset: Option<String>,
    /// Which page of a WARC file is meant.
    pub url: Option<String>,
}

/// Why bytes can't be recorded as an article.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    #[error("an object has at most {MAX_OBJECT_LEN} bytes, found {len}")]
    TooLong { len: usize },
    #[error("expected a page of text, found {media_type}")]
    NoPage { media_type: MediaType },
    #[error("expected a page with a main text, found none")]
    NoMainText,
    #[error(transparent)]
    TooMuch(#[from] TooMuch),
    #[error(transparent)]
    Charset(#[from] CharsetError),
    #[error(transparent)]
    Warc(#[from] WarcError),
    #[error(transparent)]
    Text(#[from] text::TextError),
}

/// What a page is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Plain,
    Html,
    Markdown,
    Warc,
}

impl Page {
    /// Reads a page: its bytes are kept as they are, its main text goes through `text/1`.
    ///
    /// # Errors
    ///
    /// [`PageError`] for what is too long or too deep, no page, or has no text.
    pub fn read(bytes: Vec<u8>, known: &Circumstances) -> Result<Self, PageError> {
        check_len(&bytes)?;
        let media_type = match &known.media_type {
            Some(media_type) => media_type.clone(),
            None => match (media_type_of(&known.name, &bytes), &known.charset) {
                // Who knows its characters knows that it is text.
                (other, Some(_)) if format_of(&other).is_none() => {
                    "text/plain".parse().expect("a media type")
                }
                (media_type, _) => media_type,
            },
        };
        let charset = known.charset.as_deref();
        match format_of(&media_type).ok_or_else(|| PageError::NoPage {
            media_type: media_type.clone(),
        })? {
            Format::Warc => Self::from_warc(bytes, media_type, known),
            format => {
                let reading = Reading::of(&bytes, format, &media_type, charset)?;
                reading.into_page(bytes, media_type)
            }
        }
    }

    fn from_warc(
        bytes: Vec<u8>,
        media_type: MediaType,
        known: &Circumstances,
    ) -> Result<Self, PageError> {
        let capture = warc::page(&bytes, known.url.as_deref())?;
        let inner: MediaType = (capture.media_type.parse())
            .unwrap_or_else(|_| media_type_of(&capture.url, &capture.body));
        let format = format_of(&inner).filter(|format| *format != Format::Warc);
        let format = format.ok_or_else(|| PageError::NoPage {
            media_type: inner.clone(),
        })?;
        let charset = known.charset.as_deref();
        let mut reading = Reading::of(&capture.body, format, &inner, charset)?;
        reading.stated.push(Stated {
            field: Field::Url,
            from: Place::Warc,
            value: capture.url,
        });
        let mut page = reading.into_page(bytes, media_type)?;
        page.retrieved = capture.retrieved;
        Ok(page)
    }

    /// Reads a text file, with the page from which somebody took the text.
    ///
    /// What the page says of itself is read where it can be read safely.
    ///
    /// # Errors
    ///
    /// As [`read`](Self::read), of the text.
    pub fn with_original(
        self,
        original: Vec<u8>,
        media_type: MediaType,
    ) -> Result<Self, PageError> {
        check_len(&original)?;
        let mut metadata = self.metadata;
        if format_of(&media_type) == Some(Format::Html) {
            let tree = charset::decode(&original, None, charset::parameter(media_type.as_str()))
                .map_err(PageError::from)
                .and_then(|decoded| Ok(html::parse(&decoded.text)?));
            match tree {
                Ok(tree) => metadata = Metadata::of_page(&tree),
                Err(error) => metadata
                    .doubts
                    .push(format!("the original was not read: {error}")),
            }
        }
        Ok(Page {
            original,
            media_type,
            metadata,
            extractor: None,
            ..self
        })
    }

    /// Returns the record's field for the text.
    pub fn text_field(&self) -> Text {
        Text {
            digest: Digest::of(self.text.as_str().as_bytes()),
            media_type: plain_text(),
            size: self.text.as_str().len() as u64,
            normalizer: Normalizer::Text1,
            extractor: self.extractor.clone(),
        }
    }

    /// Returns the record's field for the original.
    pub fn original_field(&self, retrieved: Option<Timestamp>) -> Original {
        Original {
            digest: Digest::of(&self.original),
            media_type: self.media_type.clone(),
            size: self.original.len() as u64,
            retrieved: retrieved.or(self.retrieved),
        }
    }

    /// Returns the objects to be stored.
    pub fn into_objects(self) -> Vec<Vec<u8>> {
        vec![self.text.as_str().as_bytes().to_vec(), self.original]
    }
}

/// Reads what a page says of itself, for a source of which no text is recorded.
///
/// What can't be read says nothing, and that is told among the doubts.
pub fn metadata_of(bytes: &[u8], known: &Circumstances) -> Metadata {
    let read = || -> Result<Metadata, PageError> {
        let media_type = match &known.media_type {
            Some(media_type) => media_type.clone(),
            None => media_type_of(&known.name, bytes),
        };
        let capture;
        let (bytes, media_type, url) = match format_of(&media_type) {
            Some(Format::Warc) => {
                capture = warc::page(bytes, known.url.as_deref())?;
                let inner = (capture.media_type.parse())
                    .unwrap_or_else(|_| media_type_of(&capture.url, &capture.body));
                (capture.body.as_slice(), inner, Some(capture.url.clone()))
            }
            _ => (bytes, media_type, None),
        };
        let charset = known.charset.as_deref();
        let mut metadata = match format_of(&media_type) {
            Some(Format::Html) => {
                let served = charset::parameter(media_type.as_str());
                let decoded = charset::decode(bytes, charset, served)?;
                Metadata::of_page(&html::parse(&decoded.text)?)
            }
            Some(Format::Markdown) => {
                let (_, stated) = markdown::read(&charset::decode(bytes, charset, None)?.text);
                Metadata::of_statements(stated)
            }
            _ => Metadata::default(),
        };
        if metadata.url.is_none() {
            metadata.url = url.and_then(|url| url.parse().ok());
        }
        Ok(metadata)
    };
    read().unwrap_or_else(|error| Metadata {
        doubts: vec![format!(
            "what the snapshot says of itself was not read: {error}"
        )],
        ..Metadata::default()
    })
}

/// A page's text and statements, before they are made into fields.
struct Reading {
    text: String,
    stated: Vec<Stated>,
    /// What was read from a tree already.
    metadata: Option<Metadata>,
    extractor: Option<&'static str>,
    has_holes: bool,
}

impl Reading {
    fn of(
        bytes: &[u8],
        format: Format,
        media_type: &MediaType,
        said: Option<&str>,
    ) -> Result<Self, PageError> {
        let served = charset::parameter(media_type.as_str());
        let decoded = charset::decode(bytes, said, served)?;
        let mut reading = Reading {
            text: String::new(),
            stated: Vec::new(),
            metadata: None,
            extractor: None,
            has_holes: decoded.has_holes,
        };
        match format {
            Format::Html => {
                let tree = html::parse(&decoded.text)?;
                reading.metadata = Some(Metadata::of_page(&tree));
                reading.text = html::main_text(tree).ok_or(PageError::NoMainText)?;
                reading.extractor = Some(html::EXTRACTOR);
            }
            Format::Markdown => {
                html::check_len(&decoded.text)?;
                (reading.text, reading.stated) = markdown::read(&decoded.text);
                reading.extractor = Some(markdown::EXTRACTOR);
            }
            Format::Plain | Format::Warc => reading.text = decoded.text,
        }
        Ok(reading)
    }

    fn into_page(self, original: Vec<u8>, media_type: MediaType) -> Result<Page, PageError> {
        let mut metadata = match self.metadata {
            Some(mut metadata) => {
                metadata.add(self.stated);
                metadata
            }
            None => Metadata::of_statements(self.stated),
        };
        if self.has_holes {
            metadata.doubts.push(
                "some bytes mean nothing in the page's character encoding and stand as U+FFFD"
                    .to_owned(),
            );
        }
        Ok(Page {
            text: ArticleText::normalize(self.text.as_bytes())?,
            original,
            media_type,
            metadata,
            extractor: self.extractor.map(|name| name.parse().expect("a line")),
            retrieved: None,
        })
    }
}

/// Checks the length of a source's snapshot.
///
/// # Errors
///
/// [`PageError::TooLong`] beyond [`MAX_OBJECT_LEN`].
pub fn check_len(bytes: &[u8]) -> Result<(), PageError> {
    if bytes.len() > MAX_OBJECT_LEN {
        return Err(PageError::TooLong { len: bytes.len() });
    }
    Ok(())
}

/// Tells the media type of a file by its name and its first bytes; of an image by its bytes alone.
pub fn media_type_of(name: &str, bytes: &[u8]) -> MediaType {
    if let Some(image) = image::media_type(bytes) {
        return image.parse().expect("a media type");
    }
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let by_name = match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("html" | "htm" | "xhtml") => Some("text/html"),
        Some("pdf") => Some("application/pdf"),
        Some("md" | "markdown") => Some("text/markdown"),
        Some("json") => Some("application/json"),
        Some("mp3") => Some("audio/mpeg"),
        Some("mp4") => Some("video/mp4"),
        Some("warc") => Some("application/warc"),
        _ => None,
    };
    let name = match by_name {
        Some(name) => name,
        None if warc::looks_like_warc(bytes) => "application/warc",
        None if looks_like_html(bytes) => "text/html",
        None if std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0')) => {
            text::MEDIA_TYPE
        }
        // Text in an encoding of its own, which it can't say.
        None if extension == Some("txt") => "text/plain",
        None => "application/octet-stream",
    };
    name.parse().expect("media types listed above")
}

fn format_of(media_type: &MediaType) -> Option<Format> {
    let essence = media_type
        .as_str()
        .split(';')
        .next()
        .unwrap_or_default()
        .trim();
    match essence.to_ascii_lowercase().as_str() {
        "text/plain" => Some(Format::Plain),
        "text/html" | "application/xhtml+xml" => Some(Format::Html),
        "text/markdown" => Some(Format::Markdown),
        "application/warc" => Some(Format::Warc),
        _ => None,
    }
}

fn plain_text() -> MediaType {
    text::MEDIA_TYPE.parse().expect("a media type")
}

/// Tells whether bytes begin as a page: with its first tag, or with comments before it.
fn looks_like_html(bytes: &[u8]) -> bool {
    let mut start = bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii_start();
    for (open, close) in [("<?xml", "?>"), ("<!--", "-->"), ("<!--", "-->")] {
        if start.starts_with(open.as_bytes()) {
            let end = start
                .windows(close.len())
                .position(|w| w == close.as_bytes());
            start = end
                .map_or(&[][..], |at| &start[at + close.len()..])
                .trim_ascii_start();
        }
    }
    ["<!doctype html", "<html", "<head", "<body"]
        .iter()
        .any(|tag| {
            start
                .get(..tag.len())
                .is_some_and(|begin| begin.eq_ignore_ascii_case(tag.as_bytes()))
        })
}
