//! Quotation marks: which words of a text stand within them.
//!
//! Knows the styles of many languages, marks within marks, and the English habit of opening each paragraph of a long
//! quote anew. Positions count code points.

use std::ops::Range;

/// Words between quotation marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoted {
    /// With the marks.
    pub outer: Range<usize>,
    /// Without them.
    pub inner: Range<usize>,
    /// Each paragraph's part, without marks; one, unless the quote runs over paragraphs.
    pub parts: Vec<Range<usize>>,
}

/// Longer quotes are passed over: a mark was left out somewhere.
const MAX_LEN: usize = 4_000;

/// Where more marks than this are left open, the marks of the text mean something else.
const MAX_LEFT_OPEN: usize = 2_000;

/// Paragraphs of one quote.
const MAX_PARTS: usize = 12;

/// Finds what stands between quotation marks, in the order of the text. Marks within a quote belong to it.
pub fn quoted(text: &[char]) -> Vec<Quoted> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut left_open = 0;
    while at < text.len() && left_open < MAX_LEFT_OPEN {
        let Some(closers) = closers(text, at) else {
            at += 1;
            continue;
        };
        match close(text, at, closers) {
            Some(quoted) => {
                at = quoted.outer.end;
                found.push(quoted);
            }
            None => {
                at += 1;
                left_open += 1;
            }
        }
    }
    found
}

/// Returns the marks that close what the mark at this place opens, if it opens something.
fn closers(text: &[char], at: usize) -> Option<&'static [char]> {
    let before = at.checked_sub(1).map(|i| text[i]);
    let after = *text.get(at + 1)?;
    let begins_word = before.is_none_or(|c| c.is_whitespace() || "([—–-:,«„“‘\"".contains(c));
    let is_word_next = !after.is_whitespace();
    match text[at] {
        '“' if is_word_next => Some(&['”']),
        '„' => Some(&['“', '”']),
        '«' if begins_word => Some(&['»']),
        '»' if begins_word && is_word_next => Some(&['«', '»']),
        '‹' if begins_word => Some(&['›']),
        '›' if begins_word && is_word_next => Some(&['‹']),
        '「' => Some(&['」']),
        '『' => Some(&['』']),
        '‚' if begins_word => Some(&['‘', '’']),
        '"' if begins_word && is_word_next => Some(&['"']),
        '‘' if begins_word && is_word_next => Some(&['’']),
        '\'' if begins_word && is_word_next => Some(&['\'']),
        _ => None,
    }
}

/// Finds where the quote that begins here ends.
fn close(text: &[char], open_at: usize, closers: &[char]) -> Option<Quoted> {
    let opener = text[open_at];
    let single = matches!(opener, '‘' | '\'' | '‚');
    let mut parts = Vec::new();
    let mut part_start = open_at + 1;
    let mut depth = 0;
    let end = text.len().min(open_at + MAX_LEN);
    let mut at = open_at + 1;
    while at < end {
        let c = text[at];
        if c == '\n' {
            // The next paragraph of the same quote begins with the same mark, and this one has no end.
            let next = text[at..end]
                .iter()
                .position(|c| *c != '\n')
                .map(|skipped| at + skipped)?;
            if single || depth > 0 || text[next] != opener || parts.len() + 1 == MAX_PARTS {
                return None;
            }
            parts.push(part_start..at);
            part_start = next + 1;
            at = next + 1;
            continue;
        }
        let closes = closers.contains(&c) && !(single && is_apostrophe(text, at));
        if closes && depth == 0 && at > open_at + 1 {
            parts.push(part_start..at);
            let mut inner = open_at + 1..at;
            // French marks stand apart from the words.
            while inner.start < inner.end && text[inner.start].is_whitespace() {
                inner.start += 1;
            }
            while inner.end > inner.start && text[inner.end - 1].is_whitespace() {
                inner.end -= 1;
            }
            let only = parts.len() == 1;
            return (!inner.is_empty()).then(|| Quoted {
                outer: open_at..at + 1,
                parts: if only { vec![inner.clone()] } else { parts },
                inner,
            });
        }
        if closes && depth > 0 {
            depth -= 1;
        } else if c == opener && !closers.contains(&c) {
            depth += 1;
        }
        at += 1;
    }
    None
}

/// Tells whether a single mark stands within a word, or after an s where another one closes later.
fn is_apostrophe(text: &[char], at: usize) -> bool {
    let is_letter = |i: usize| text.get(i).is_some_and(|c| c.is_alphanumeric());
    is_letter(at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inners(text: &str) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        let found = quoted(&chars);
        found
            .iter()
            .map(|one| chars[one.inner.clone()].iter().collect())
            .collect()
    }

    #[test]
    fn styles_of_many_languages() {
        for (text, inner) in [
            ("“We are,” she", "We are,"),
            ("„Wir sind“, sie", "Wir sind"),
            ("„Vi är”, hon", "Vi är"),
            ("»Wir sind«, sie", "Wir sind"),
            ("»Vi är», hon", "Vi är"),
            ("« Nous sommes », elle", "Nous sommes"),
            ("‹Wir sind›, sie", "Wir sind"),
            ("「我々は」と", "我々は"),
            ("\"We are,\" she", "We are,"),
            ("‘We aren’t,’ she", "We aren’t,"),
            ("'We aren't,' she", "We aren't,"),
            ("‚Wir sind‘, sie", "Wir sind"),
        ] {
            assert_eq!(inners(text), [inner], "{text}");
        }
    }

    #[test]
    fn marks_within_marks_belong_to_the_outer_quote() {
        assert_eq!(inners("“He said ‘no’ to me,” she"), ["He said ‘no’ to me,"]);
        assert_eq!(inners("“A “b” c”"), ["A “b” c"]);
        assert_eq!(inners("\"He said 'no',\" she"), ["He said 'no',"]);
    }

    #[test]
    fn quote_runs_over_paragraphs_that_begin_with_its_mark() {
        let text: Vec<char> = "“One.\n\n“Two,” she said. “Three.”".chars().collect();
        let found = quoted(&text);
        assert_eq!(found.len(), 2);
        let parts: Vec<String> = found[0]
            .parts
            .iter()
            .map(|p| text[p.clone()].iter().collect())
            .collect();
        assert_eq!(parts, ["One.", "Two,"]);
    }

    #[test]
    fn what_has_no_end_is_no_quote() {
        for text in [
            "“One.\n\nTwo.",
            "a 6\" pipe and a 7\" pipe",
            "the dogs’ bowl",
            "rock ’n’ roll",
            "\"",
            "“”",
        ] {
            assert_eq!(inners(text), [""; 0], "{text}");
        }
    }
}
