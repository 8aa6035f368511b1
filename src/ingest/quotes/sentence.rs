//! Sentences of a paragraph, in which a quote is one opaque thing.

use std::ops::Range;

use super::marks::Quoted;

/// Words after which a full stop ends no sentence.
const ABBREVIATIONS: &[&str] = &[
    "mr", "mrs", "ms", "dr", "prof", "st", "sen", "rep", "gov", "gen", "col", "no", "vs", "etc",
    "e.g", "i.e", "u.s", "u.k", "jan", "feb", "mar", "apr", "aug", "sept", "oct", "nov", "dec",
    "inc", "ltd", "co", "z.b", "bzw", "ca", "nr", "m", "mme",
];

/// Cuts a text into sentences, none of which runs over a line's end outside of quotes.
pub fn sentences(text: &[char], quotes: &[Quoted]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut at = 0;
    let mut next_quote = 0;
    while at < text.len() {
        while quotes
            .get(next_quote)
            .is_some_and(|quote| quote.outer.end <= at)
        {
            next_quote += 1;
        }
        let quote = quotes
            .get(next_quote)
            .filter(|quote| quote.outer.start == at);
        let ends = match quote {
            Some(quote) => {
                at = quote.outer.end;
                // A question may be followed by who asked it.
                let last = text[quote.inner.end - 1];
                last == '.' && begins_sentence(text, at)
            }
            None => {
                at += 1;
                match text[at - 1] {
                    '\n' => true,
                    '.' => begins_sentence(text, at) && !is_abbreviation(text, at - 1),
                    '!' | '?' | '…' => begins_sentence(text, at),
                    '。' | '！' | '？' => true,
                    _ => false,
                }
            }
        };
        if ends {
            push(&mut found, text, start..at);
            start = at;
        }
    }
    push(&mut found, text, start..at);
    found
}

fn push(found: &mut Vec<Range<usize>>, text: &[char], mut sentence: Range<usize>) {
    while sentence.start < sentence.end && text[sentence.start].is_whitespace() {
        sentence.start += 1;
    }
    while sentence.end > sentence.start && text[sentence.end - 1].is_whitespace() {
        sentence.end -= 1;
    }
    if !sentence.is_empty() {
        found.push(sentence);
    }
}

fn begins_sentence(text: &[char], at: usize) -> bool {
    let mut rest = text[at..].iter().skip_while(|c| "”’\")]»".contains(**c));
    match rest.next() {
        None | Some('\n') => true,
        Some(c) if c.is_whitespace() => rest
            .find(|c| !c.is_whitespace())
            .is_none_or(|c| !c.is_lowercase()),
        Some(_) => false,
    }
}

fn is_abbreviation(text: &[char], stop: usize) -> bool {
    let start = text[..stop]
        .iter()
        .rposition(|c| !(c.is_alphanumeric() || *c == '.'))
        .map_or(0, |i| i + 1);
    let word: String = text[start..stop].iter().collect::<String>().to_lowercase();
    let is_initial = stop - start == 1 && text[start].is_uppercase();
    is_initial || ABBREVIATIONS.contains(&word.as_str())
}

#[cfg(test)]
mod tests {
    use super::super::marks::quoted;
    use super::*;

    #[test]
    fn quotes_and_abbreviations_end_no_sentence() {
        let text = "Mr. J. Smith of the U.S. team left. “No. Never,” he said. “I won’t.” Then he won 3.5 points!\nAnd?";
        let text: Vec<char> = text.chars().collect();
        let found = sentences(&text, &quoted(&text));
        let found: Vec<String> = found
            .iter()
            .map(|s| text[s.clone()].iter().collect())
            .collect();
        assert_eq!(
            found,
            [
                "Mr. J. Smith of the U.S. team left.",
                "“No. Never,” he said.",
                "“I won’t.”",
                "Then he won 3.5 points!",
                "And?"
            ]
        );
    }
}
