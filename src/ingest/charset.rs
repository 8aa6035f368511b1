//! Which characters a page's bytes stand for.
//!
//! Follows the order of the [Encoding Standard] and of HTML §13.2.3: a byte-order mark, what the editor says, what
//! the server said, what the page says of itself. Bytes that say nothing are UTF-8 if they can be; else they
//! are refused, where a browser would guess.
//!
//! [Encoding Standard]: https://encoding.spec.whatwg.org/

use std::borrow::Cow;

use encoding_rs::{Encoding, REPLACEMENT, UTF_8, UTF_16BE, UTF_16LE, X_USER_DEFINED};

/// Characters, and how they were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    pub text: String,
    /// The encoding's name in the Encoding Standard.
    pub encoding: &'static str,
    /// Whether some bytes mean nothing in that encoding and stand as U+FFFD.
    pub has_holes: bool,
}

/// Why bytes can't be read as characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CharsetError {
    #[error("expected a character encoding that browsers read, found {label:?}")]
    Unknown { label: String },
    #[error(
        "the page does not say which character encoding it has, and is no UTF-8 from byte {offset}"
    )]
    Unsaid { offset: usize },
}

/// How far into a page its own word on its encoding is looked for. HTML says 1,024 bytes; real pages are later.
const PRESCAN_LEN: usize = 4096;

/// Reads bytes as characters.
///
/// `said` is what the editor says, which goes before all but a byte-order mark; `served` what the server said.
///
/// # Errors
///
/// [`CharsetError`] for an encoding that is not known, and for bytes that say nothing and are no UTF-8.
pub fn decode(
    bytes: &[u8],
    said: Option<&str>,
    served: Option<&str>,
) -> Result<Decoded, CharsetError> {
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, bom_len)) => (encoding, &bytes[bom_len..]),
        None => (find_encoding(bytes, said, served)?, bytes),
    };
    let (text, has_holes): (Cow<'_, str>, bool) = encoding.decode_without_bom_handling(bytes);
    Ok(Decoded {
        text: text.into_owned(),
        encoding: encoding.name(),
        has_holes,
    })
}

fn find_encoding(
    bytes: &[u8],
    said: Option<&str>,
    served: Option<&str>,
) -> Result<&'static Encoding, CharsetError> {
    if let Some(label) = said.or(served) {
        return of_label(label);
    }
    if let Some(label) = stated(bytes) {
        return Ok(match of_label(&label)? {
            // Its bytes could be read as ASCII, so they are no UTF-16 (HTML §13.2.3.2).
            encoding if encoding == UTF_16BE || encoding == UTF_16LE => UTF_8,
            encoding => encoding,
        });
    }
    match std::str::from_utf8(bytes) {
        Ok(_) => Ok(UTF_8),
        Err(error) => Err(CharsetError::Unsaid {
            offset: error.valid_up_to(),
        }),
    }
}

fn of_label(label: &str) -> Result<&'static Encoding, CharsetError> {
    match Encoding::for_label(label.as_bytes()) {
        Some(encoding) if encoding != REPLACEMENT && encoding != X_USER_DEFINED => Ok(encoding),
        _ => Err(CharsetError::Unknown {
            label: label.chars().take(40).collect(),
        }),
    }
}

/// Returns the `charset` parameter of a media type.
pub fn parameter(media_type: &str) -> Option<&str> {
    media_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        is_charset.then(|| value.trim().trim_matches(['"', '\'']))
    })
}

/// Returns what the page's `<meta>` or XML declaration says.
fn stated(bytes: &[u8]) -> Option<String> {
    let start: String = bytes[..bytes.len().min(PRESCAN_LEN)]
        .iter()
        .map(|&b| char::from(b).to_ascii_lowercase())
        .collect();
    if let Some(declaration) = start.strip_prefix("<?xml") {
        let declaration = declaration.split("?>").next().unwrap_or_default();
        if let Some(label) = value_after(declaration, "encoding") {
            return Some(label);
        }
    }
    let mut rest = start.as_str();
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        if rest.starts_with("<!--") {
            rest = rest[4..].split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let tag = rest.split('>').next().unwrap_or_default();
        if tag.starts_with("<meta")
            && let Some(label) = value_after(tag, "charset")
        {
            return Some(label);
        }
        rest = &rest[1..];
    }
    None
}

/// Returns the word that follows `name=`, quoted or not.
fn value_after(text: &str, name: &str) -> Option<String> {
    text.match_indices(name).find_map(|(at, _)| {
        let value = text[at + name.len()..].trim_start().strip_prefix('=')?;
        let value = value.trim_start().trim_start_matches(['"', '\'']);
        let end = value
            .find(|c: char| c.is_ascii_whitespace() || "\"';/>?".contains(c))
            .unwrap_or(value.len());
        (end > 0).then(|| value[..end].to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> String {
        decode(bytes, None, None).unwrap().text
    }

    #[test]
    fn page_says_its_encoding_in_many_ways() {
        assert_eq!(
            text(b"<meta charset=windows-1252>\x93no\x94"),
            "<meta charset=windows-1252>“no”"
        );
        let equiv = b"<META HTTP-EQUIV='Content-Type' CONTENT='text/html; charset=koi8-r'>\xc4\xc1";
        assert!(text(equiv).ends_with("да"));
        assert!(text(b"<?xml version='1.0' encoding='Shift_JIS'?>\x82\xa0").ends_with('あ'));
        assert!(text(b"<!-- <meta charset=koi8-r> --><meta charset=gbk>\xc4\xe3").ends_with('你'));
        assert_eq!(text(b"\xff\xfea\0"), "a");
        assert_eq!(
            text(b"\xef\xbb\xbf<meta charset=koi8-r>\xc3\xa9"),
            "<meta charset=koi8-r>é"
        );
        assert_eq!(
            text("<meta charset=utf-16>é".as_bytes()),
            "<meta charset=utf-16>é"
        );
    }

    #[test]
    fn server_goes_before_page_and_editor_before_both() {
        let page = b"<meta charset=koi8-r>\xe9";
        let read = |said, served| decode(page, said, served).unwrap().text;
        assert!(read(None, Some("latin1")).ends_with('é'));
        assert!(read(Some("koi8-r"), Some("latin1")).ends_with('И'));
        assert_eq!(parameter("text/html; Charset=\"UTF-8\""), Some("UTF-8"));
        assert_eq!(parameter("text/html"), None);
    }

    #[test]
    fn what_is_unsaid_is_not_guessed() {
        assert_eq!(text("é".as_bytes()), "é");
        assert_eq!(
            decode(b"caf\xe9", None, None),
            Err(CharsetError::Unsaid { offset: 3 })
        );
        for label in ["klingon", "replacement", "x-user-defined"] {
            assert!(decode(b"a", Some(label), None).is_err(), "{label}");
        }
        assert!(decode(b"a\xff", Some("utf-8"), None).unwrap().has_holes);
    }
}
