//! Lines of a page that are no part of what its writers wrote: furniture, advertising, a printed flag.
//!
//! Marks them for an editor's eye; nothing is dropped. A flag that a page prints of itself is a statement of the page,
//! never a verdict.

use std::ops::Range;

/// Why a line is doubtful.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suspicion {
    /// Menus, breadcrumbs, bylines, share buttons.
    Furniture,
    Advertising,
    /// `verified=true`, printed by the page itself.
    VerificationFlag,
}

impl Suspicion {
    /// Returns the name of the mark.
    pub const fn name(self) -> &'static str {
        match self {
            Suspicion::Furniture => "furniture",
            Suspicion::Advertising => "advertising",
            Suspicion::VerificationFlag => "verification-flag",
        }
    }
}

const FLAGS: &[&str] = &[
    "verified=true",
    "verified=1",
    "verified: true",
    "verified: yes",
    "fact-checked: true",
    "fact-checked: yes",
    "factchecked=true",
    "checked=yes",
    "checked=true",
    "✓ verified",
    "✔ verified",
    "✅ verified",
    "✓ fact-checked",
    "✔ fact-checked",
];

const ADVERTISING: &[&str] = &[
    "sponsored",
    "brought to you by",
    "advertisement",
    "anzeige",
    "publicité",
    "free tier",
    "get free account",
    "no card required",
    "free problems",
    "sign up for",
    "subscribe for",
    "buy now",
    "promo code",
    "affiliate",
    "start your free trial",
    "free account",
    "jetzt günstig",
];

const FURNITURE: &[&str] = &[
    "home ·",
    "· home",
    "read more:",
    "min read",
    "min published",
    "share this",
    "all rights reserved",
    "cookie",
    "log in",
    "sorted by",
    "indexed:",
    "newsletter",
    "© ",
    "back to top",
    "leave a comment",
    "visitor",
];

/// Lines that are nothing but one of these words.
const FURNITURE_ALONE: &[&str] = &[
    "comments", "home", "menu", "share", "print", "related", "notes", "sources", "tags",
];

/// Returns the doubtful lines of a text, each with its place in code points.
pub fn suspicions(text: &str) -> Vec<(Suspicion, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let len = line.chars().count();
        let content = line.trim_end_matches('\n');
        for kind in kinds(content) {
            found.push((kind, at..at + content.chars().count()));
        }
        at += len;
    }
    found
}

fn kinds(line: &str) -> Vec<Suspicion> {
    let lower = line.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    // A long paragraph may speak of advertising; an advertisement is short.
    let is_short = line.chars().count() <= 160;
    let mut found = Vec::new();
    if has(FLAGS) {
        found.push(Suspicion::VerificationFlag);
    }
    if is_short && has(ADVERTISING) {
        found.push(Suspicion::Advertising);
    }
    let is_drawn =
        lower.starts_with("──") || lower.starts_with("[article") || lower.contains("/news/");
    if is_short && (has(FURNITURE) || is_drawn) || FURNITURE_ALONE.contains(&lower.trim()) {
        found.push(Suspicion::Furniture);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_lines_are_marked_and_paragraphs_are_not() {
        let text = "Home · News\n\nA company sponsored the match, and that was the talk of the town for a week, as people who had been \
            there and people who had not been there told each other again.\n[x] verified=true\nSponsored: a shop\n";
        let found = suspicions(text);
        let kinds: Vec<_> = found.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(
            kinds,
            [
                Suspicion::Furniture,
                Suspicion::VerificationFlag,
                Suspicion::Advertising
            ]
        );
        assert_eq!(found[0].1, 0..11);
    }
}
