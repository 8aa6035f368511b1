//! Folded text: what two ways of writing the same words have in common.
//!
//! Follows `docs/search.md`. Folding serves looking for words: quotation marks, dashes, spaces, case, diacritics and
//! ligatures go, letters, digits and the signs that change what is said (%, currencies, a decimal point, a minus)
//! stay. What is recorded and hashed is never folded.

use unicode_normalization::UnicodeNormalization;

/// Stands for a decimal point or comma: "1.5" and "15" are not the same words.
const POINT: char = '·';

/// Stands for the sign of a negative number.
const MINUS: char = '−';

/// A word of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// As it is written, with the marks around it.
    pub written: &'a str,
    /// Folded: never empty, and without white space and ASCII punctuation.
    pub folded: String,
}

/// Cuts a text into words and folds each. What folds to nothing is no word: it goes with the word before it.
pub fn words(text: &str) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut folded = String::new();
    let mut start = 0;
    let mut before = ' ';
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        let after = rest.peek().map_or(' ', |(_, c)| *c);
        if parts_words(before, c, after) {
            let end = at + c.len_utf8();
            take_word(text, start..end, &mut folded, &mut words);
            start = end;
        } else {
            fold_into(&mut folded, before, c, after);
        }
        before = c;
    }
    take_word(text, start..text.len(), &mut folded, &mut words);
    words
}

/// Returns the folded words of a text without anything between them: words may be joined or broken.
pub fn squeezed(words: &[Word<'_>]) -> String {
    words.iter().map(|word| word.folded.as_str()).collect()
}

/// Takes letters and digits that a scanner mistakes for each other as one: l, I and 1; O and 0; rn and m; vv and w.
pub fn without_lookalikes(folded: &str) -> String {
    let mut out = String::with_capacity(folded.len());
    for c in folded.chars() {
        match (out.chars().next_back(), c) {
            (_, 'i' | '1') => out.push('l'),
            (_, '0') => out.push('o'),
            (Some('r'), 'n') => {
                out.pop();
                out.push('m');
            }
            (Some('v'), 'v') => {
                out.pop();
                out.push('w');
            }
            (_, c) => out.push(c),
        }
    }
    out
}

fn take_word<'a>(
    text: &'a str,
    range: std::ops::Range<usize>,
    folded: &mut String,
    words: &mut Vec<Word<'a>>,
) {
    let unseen = |c: char| c.is_whitespace() || c.is_control();
    let written = text[range].trim_matches(unseen);
    match (folded.is_empty(), words.last_mut()) {
        (false, _) => words.push(Word {
            written,
            folded: std::mem::take(folded),
        }),
        (true, Some(last)) if !written.is_empty() => {
            let from = last.written.as_ptr() as usize - text.as_ptr() as usize;
            let end = written.as_ptr() as usize - text.as_ptr() as usize + written.len();
            last.written = &text[from..end];
        }
        (true, _) => {}
    }
}

/// Tells whether a word ends at `c`: at white space, dots of omission, slashes, and at dashes, for "well-known" is
/// also written "well known".
fn parts_words(before: char, c: char, after: char) -> bool {
    match c {
        '-' | '\u{2010}'..='\u{2015}' | MINUS => !is_minus(before, after),
        '.' => after == '.',
        '…' | '/' | '_' => true,
        c => c.is_whitespace() || c.is_control(),
    }
}

/// Tells whether a dash is the sign of a number.
fn is_minus(before: char, after: char) -> bool {
    (before.is_whitespace() || before == '(') && (after.is_ascii_digit() || is_currency(after))
}

fn fold_into(folded: &mut String, before: char, c: char, after: char) {
    match c {
        'a'..='z' | '0'..='9' => folded.push(c),
        'A'..='Z' => folded.push(c.to_ascii_lowercase()),
        '.' | ',' if before.is_ascii_digit() && after.is_ascii_digit() => folded.push(POINT),
        // As characters that are no ASCII punctuation: an index cuts words at that.
        '%' => folded.push('％'),
        '$' => folded.push('＄'),
        '-' | '\u{2010}'..='\u{2015}' | MINUS => folded.push(MINUS),
        c if c.is_ascii() => {}
        c if is_currency(c) => folded.push(c),
        // "10²" is not "102".
        c if c.is_numeric() => folded.push(c),
        c => {
            let letters = std::iter::once(c).nfkd().filter(|c| c.is_alphanumeric());
            // Only a capital with a dot has a mark of its own when it is lower case.
            let lower = letters.flat_map(lower_case);
            folded.extend(lower.filter(|c| c.is_alphanumeric()));
        }
    }
}

/// Returns a letter in lower case. A sigma is one letter, wherever in a word it stands: a capital has no final form.
pub fn lower_case(letter: char) -> impl Iterator<Item = char> {
    letter.to_lowercase().map(|c| match c {
        'ς' => 'σ',
        c => c,
    })
}

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '¢'..='¥' | '\u{20a0}'..='\u{20cf}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.folded).collect()
    }

    #[test]
    fn same_words_in_other_types_fold_alike() {
        let plain = folded("\"Don't trust well-known efficient cafes,\" he said - twice.");
        for other in [
            "“Don’t trust well‑known eﬃcient cafés”, he said — twice…",
            "«DON'T TRUST  WELL KNOWN\u{a0}EFFICIENT cafe\u{301}s» he said – twice",
        ] {
            assert_eq!(folded(other), plain, "{other}");
        }
        assert_eq!(folded("ΟΔΟΣ ΟΔΥΣΣΕΥΣ"), folded("οδός Οδυσσεύς"));
    }

    #[test]
    fn signs_that_change_what_is_said_stay() {
        for (one, other) in [
            ("1.5", "15"),
            ("5 %", "5"),
            ("$5", "€5"),
            ("fell -5", "fell 5"),
            ("10²", "102"),
            ("1.000", "1000"),
        ] {
            assert_ne!(folded(one).concat(), folded(other).concat(), "{one}");
        }
        assert_eq!(folded("2010–2015"), ["2010", "2015"]);
        assert_eq!(folded("1,5").concat(), folded("1.5").concat());
    }

    #[test]
    fn words_keep_how_they_are_written() {
        let written = |text| -> Vec<String> {
            let words = words(text).into_iter();
            words.map(|word| word.written.to_owned()).collect()
        };
        assert_eq!(written("“A b,” — c..."), ["“A", "b,” —", "c..."]);
        assert_eq!(written(" — ! "), [""; 0]);
        assert_eq!(written("\0a\0\u{301}b"), ["a", "\u{301}b"]);
    }

    #[test]
    fn lookalikes_are_one() {
        assert_eq!(without_lookalikes("modern"), without_lookalikes("modem"));
        assert_eq!(without_lookalikes("il1o0vvw"), "lllooww");
    }
}
