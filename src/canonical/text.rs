//! Article text under the normaliser `text/1`: the characters that anchors count in.
//!
//! UTF-8 in Unicode NFC, LF line ends, no byte-order mark, no trailing spaces, runs of spaces and tabs as
//! one space, paragraphs separated by one blank line, no blank lines at either end, one LF at the very
//! end. Applying it twice changes nothing. Other characters, among them no-break spaces and
//! typographic quotation marks, stay as they are: a quote is compared with what was published.

use std::ops::Range;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The name under which a record says how its text was made.
pub const NORMALIZER: &str = "text/1";

/// The media type of article text as an object.
pub const MEDIA_TYPE: &str = "text/plain;charset=utf-8";

/// Text that went through `text/1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleText {
    text: String,
    /// The bytes at which every [`STRIDE`]th code point begins, so that a place is found without counting
    /// from the start.
    strides: Vec<usize>,
}

/// Code points between two noted places.
const STRIDE: usize = 1024;

/// Why some bytes are no article text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    #[error("expected text in UTF-8, found other bytes from byte {offset}")]
    NotUtf8 { offset: usize },
    #[error("found the character U+0000 at byte {offset}: this looks like a binary file")]
    Nul { offset: usize },
    #[error("no text is left after normalisation")]
    Empty,
    #[error("the text is not in the form {NORMALIZER}: it differs from byte {offset}")]
    NotNormal { offset: usize },
}

impl ArticleText {
    /// Normalises text as it was received.
    ///
    /// # Errors
    ///
    /// [`TextError`] if the bytes are not UTF-8, hold U+0000, or nothing but white space.
    pub fn normalize(bytes: &[u8]) -> Result<Self, TextError> {
        let text = std::str::from_utf8(bytes).map_err(|error| TextError::NotUtf8 {
            offset: error.valid_up_to(),
        })?;
        if let Some(offset) = text.find('\0') {
            return Err(TextError::Nul { offset });
        }
        match normalize(text) {
            text if text == "\n" => Err(TextError::Empty),
            text => Ok(ArticleText::of_normal(text)),
        }
    }

    fn of_normal(text: String) -> Self {
        ArticleText {
            strides: text
                .char_indices()
                .step_by(STRIDE)
                .map(|(at, _)| at)
                .collect(),
            text,
        }
    }

    /// Takes the bytes of a stored object, which must be normal already.
    ///
    /// # Errors
    ///
    /// As [`normalize`](Self::normalize), and [`TextError::NotNormal`] where normalising would change
    /// something.
    pub fn from_object(bytes: Vec<u8>) -> Result<Self, TextError> {
        let bytes = match String::from_utf8(bytes) {
            Ok(text) if is_plainly_normal(&text) => return Ok(Self::of_normal(text)),
            Ok(text) => text.into_bytes(),
            Err(error) => error.into_bytes(),
        };
        let normal = Self::normalize(&bytes)?;
        if normal.as_str().as_bytes() != bytes {
            let same = std::iter::zip(normal.as_str().as_bytes(), &bytes)
                .take_while(|(a, b)| a == b)
                .count();
            return Err(TextError::NotNormal { offset: same });
        }
        Ok(normal)
    }

    /// Returns the whole text, with its final LF.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the characters of `range`, counted in Unicode code points, or nothing if the text ends
    /// before.
    pub fn slice(&self, range: Range<u64>) -> Option<&str> {
        let start = self.byte_offset(range.start)?;
        let end = self.byte_offset(range.end)?;
        self.text.get(start..end)
    }

    /// Returns where a code point begins, or where the text ends. No text is empty, so there is a stride.
    fn byte_offset(&self, code_point: u64) -> Option<usize> {
        let code_point = usize::try_from(code_point).ok()?;
        let stride = (code_point / STRIDE).min(self.strides.len() - 1);
        let from = self.strides[stride];
        self.text[from..]
            .char_indices()
            .map(|(at, _)| from + at)
            .chain([self.text.len()])
            .nth(code_point - stride * STRIDE)
    }
}

/// Normalises words that are to be looked for in an article text: as `text/1`, without the LF at the
/// end.
pub fn normalize_quote(quote: &str) -> String {
    let mut normal = normalize(quote);
    normal.truncate(normal.trim_end_matches('\n').len());
    normal.trim_start_matches(' ').to_owned()
}

/// Tells whether [`normalize`] would certainly give back the same text, in a twentieth of its time. Whether it is in
/// NFC can't always be seen so quickly; then the answer is no.
fn is_plainly_normal(text: &str) -> bool {
    // As if after a blank line: none may come first.
    let mut before = [b'\n'; 2];
    for byte in text.bytes() {
        let is_in_place = match byte {
            b'\0' | b'\t' | b'\r' => false,
            b' ' => before[1] != b' ',
            b'\n' => before[1] != b' ' && before != [b'\n'; 2],
            _ => true,
        };
        if !is_in_place {
            return false;
        }
        before = [before[1], byte];
    }
    before[1] == b'\n'
        && before[0] != b'\n'
        && !text.contains('\u{feff}')
        && is_nfc_quick(text.chars()) == IsNormalized::Yes
}

fn normalize(text: &str) -> String {
    let lf_only = text.replace("\r\n", "\n").replace('\r', "\n");
    let composed: String = lf_only.chars().filter(|&c| c != '\u{feff}').nfc().collect();
    let mut out = String::with_capacity(composed.len() + 1);
    let mut blank_lines = 0;
    for line in composed.lines() {
        let line = line.trim_end_matches([' ', '\t']);
        if line.is_empty() {
            blank_lines += 1;
            continue;
        }
        if blank_lines > 0 && !out.is_empty() {
            out.push('\n');
        }
        blank_lines = 0;
        let mut after_space = false;
        for c in line.chars() {
            let space = matches!(c, ' ' | '\t');
            if !(space && after_space) {
                out.push(if space { ' ' } else { c });
            }
            after_space = space;
        }
        out.push('\n');
    }
    if out.is_empty() {
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Few characters, so that those which matter meet.
        #[test]
        fn what_is_plainly_normal_is_normal(text in "[ab \\n\\t\\r\u{feff}é\u{301}가\u{1100}]{0,12}\n?") {
            if is_plainly_normal(&text) {
                prop_assert_eq!(normalize(&text), text);
            }
        }

        #[test]
        fn what_was_normalised_is_plainly_normal(text in "[ab \\n\\t\\r\u{feff}éß]{0,40}x") {
            prop_assert!(is_plainly_normal(&normalize(&text)));
        }
    }
}
