//! The languages of the pages, and every text in them: `web/messages/` holds one file a language.
//!
//! The page's script reads the same files, so that a word is translated in one place.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::asset;

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    English,
    German,
}

impl Language {
    /// Every language; the first is what a reader gets who asks for none of them.
    pub const ALL: [Language; 2] = [Language::English, Language::German];

    /// Returns the language tag, which also names the folder of its pages and the file of its messages.
    pub const fn tag(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::German => "de",
        }
    }

    /// Returns what the language calls itself.
    pub const fn name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::German => "Deutsch",
        }
    }

    /// Chooses by an `Accept-Language` header (RFC 9110 §12.5.4): the language with the highest weight, the
    /// first of equals.
    pub fn accepted(header: &str) -> Language {
        let mut best = (Language::ALL[0], 0);
        for part in header.split(',').take(32) {
            let (range, weight) = part.split_once(';').unwrap_or((part, "q=1"));
            let primary = range.trim().split('-').next().unwrap_or_default();
            let language = (Language::ALL.into_iter())
                .find(|language| primary.eq_ignore_ascii_case(language.tag()));
            if let Some(language) = language
                && let weight = thousandths(weight)
                && weight > best.1
            {
                best = (language, weight);
            }
        }
        best.0
    }

    /// Returns the text of a message. A message that is missing shows its own name, and fails a test.
    pub fn say(self, name: &'static str) -> &'static str {
        self.find(name).unwrap_or(name)
    }

    /// Returns the word for a value of a vocabulary, or the value itself if there is none.
    pub fn word<'a>(self, vocabulary: &str, value: &'a str) -> &'a str {
        self.find(&format!("{vocabulary}.{value}")).unwrap_or(value)
    }

    /// Returns the text of a message with each `{name}` replaced.
    pub fn fill(self, name: &'static str, values: &[(&str, &str)]) -> String {
        let mut text = String::new();
        let mut rest = self.say(name);
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            let value = values.iter().find(|(known, _)| *known == name);
            text.push_str(value.map_or(name, |(_, value)| value));
            rest = after;
        }
        text + rest
    }

    /// Returns a message for a number of things: `NAME.one` or `NAME.other`.
    pub fn count(self, one: &'static str, other: &'static str, n: u64) -> String {
        let name = if n == 1 { one } else { other };
        self.fill(name, &[("n", &n.to_string())])
    }

    fn find(self, name: &str) -> Option<&'static str> {
        self.messages().get(name).map(String::as_str)
    }

    /// Returns every message of the language by its name.
    pub fn messages(self) -> &'static BTreeMap<String, String> {
        static ALL: OnceLock<Vec<BTreeMap<String, String>>> = OnceLock::new();
        let all = ALL.get_or_init(|| {
            let files = Language::ALL.map(|language| asset::messages(language.tag()));
            let read = |file: &[u8]| serde_json::from_slice(file).expect("a test reads them all");
            files.into_iter().map(read).collect()
        });
        &all[self as usize]
    }
}

/// Reads a weight such as `q=0.8`, in thousandths: 0 if it is none.
fn thousandths(weight: &str) -> u32 {
    let number = weight.trim().strip_prefix("q=").map(str::parse::<f32>);
    match number {
        Some(Ok(q)) if (0.0..=1.0).contains(&q) => (q * 1000.0) as u32,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn reader_gets_the_language_with_the_highest_weight() {
        let cases = [
            ("", "en"),
            ("de", "de"),
            ("de-AT, en;q=0.9", "de"),
            ("en;q=0.8, de;q=0.9", "de"),
            ("fr, en-GB;q=0.7, de;q=0.3", "en"),
            ("de;q=0", "en"),
            ("de;q=NaN, en;q=2", "en"),
        ];
        for (header, expected) in cases {
            assert_eq!(Language::accepted(header).tag(), expected, "{header}");
        }
    }
}
