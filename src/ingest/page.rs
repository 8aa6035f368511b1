//! A page or a text file, as it was received, and the article text made from it.

use crate::canonical::{ArticleText, Digest, Timestamp, text};
use crate::record::article::{Normalizer, Original, Text};
use crate::record::{MAX_OBJECT_LEN, MediaType};

/// An article's text and the bytes from which it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub text: ArticleText,
    pub original: Vec<u8>,
    pub media_type: MediaType,
}

/// Why bytes can't be recorded as an article.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    #[error("an object has at most {MAX_OBJECT_LEN} bytes, found {len}")]
    TooLong { len: usize },
    #[error("expected the text of an article, found an HTML page")]
    Html,
    #[error(transparent)]
    Text(#[from] text::TextError),
}

impl Page {
    /// Reads a text file: its bytes are kept as they are, its text goes through `text/1`.
    ///
    /// # Errors
    ///
    /// [`PageError`] for what is too long, HTML, or no text.
    pub fn from_text(bytes: Vec<u8>) -> Result<Self, PageError> {
        check_len(&bytes)?;
        if looks_like_html(&bytes) {
            return Err(PageError::Html);
        }
        Ok(Page {
            text: ArticleText::normalize(&bytes)?,
            original: bytes,
            media_type: plain_text(),
        })
    }

    /// Puts another original (the page from which somebody took the text) in place of the text file.
    ///
    /// # Errors
    ///
    /// [`PageError::TooLong`] beyond [`MAX_OBJECT_LEN`].
    pub fn with_original(
        self,
        original: Vec<u8>,
        media_type: MediaType,
    ) -> Result<Self, PageError> {
        check_len(&original)?;
        Ok(Page {
            original,
            media_type,
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
        }
    }

    /// Returns the record's field for the original.
    pub fn original_field(&self, retrieved: Option<Timestamp>) -> Original {
        Original {
            digest: Digest::of(&self.original),
            media_type: self.media_type.clone(),
            size: self.original.len() as u64,
            retrieved,
        }
    }

    /// Returns the objects to be stored.
    pub fn into_objects(self) -> Vec<Vec<u8>> {
        vec![self.text.as_str().as_bytes().to_vec(), self.original]
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

/// Tells the media type of a file by its name and its first bytes.
pub fn media_type_of(name: &str, bytes: &[u8]) -> MediaType {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension);
    let by_name = match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("html" | "htm" | "xhtml") => Some("text/html"),
        Some("pdf") => Some("application/pdf"),
        Some("md") => Some("text/markdown"),
        Some("json") => Some("application/json"),
        Some("png") => Some("image/png"),
        Some("jpg" | "jpeg") => Some("image/jpeg"),
        Some("mp3") => Some("audio/mpeg"),
        Some("mp4") => Some("video/mp4"),
        Some("warc") => Some("application/warc"),
        _ => None,
    };
    let name = match by_name {
        Some(name) => name,
        None if looks_like_html(bytes) => "text/html",
        None if std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0')) => {
            text::MEDIA_TYPE
        }
        None => "application/octet-stream",
    };
    name.parse().expect("media types listed above")
}

fn plain_text() -> MediaType {
    text::MEDIA_TYPE.parse().expect("a media type")
}

fn looks_like_html(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let begins_with = |tag: &str| {
        start
            .get(..tag.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(tag.as_bytes()))
    };
    begins_with("<!doctype html") || begins_with("<html")
}
