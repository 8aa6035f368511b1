//! How people come back with a claim: in other types, cut, quoted from memory, misread by a scanner.

use super::dice::Dice;
use super::words::Sort;
use Altered::{Elided, Fragment, OtherTypes, Scanned, WordsReplaced};

/// How a claim comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Altered {
    OtherTypes,
    Elided,
    Fragment,
    WordsReplaced,
    Scanned,
}

pub const ALTERED: [Altered; 5] = [OtherTypes, Elided, Fragment, WordsReplaced, Scanned];

impl Altered {
    pub fn name(self) -> &'static str {
        match self {
            OtherTypes => "other types",
            Elided => "words left out (…)",
            Fragment => "40 % of the words",
            WordsReplaced => "one word in five replaced",
            Scanned => "misread by a scanner",
        }
    }

    pub fn alter(self, claim: &str, dice: &mut Dice) -> String {
        match self {
            OtherTypes => other_types(claim, dice),
            Elided => elided(claim, dice),
            Fragment => fragment(claim, dice),
            WordsReplaced => replaced(claim, dice),
            Scanned => scanned(claim, dice),
        }
    }
}

fn other_types(claim: &str, dice: &mut Dice) -> String {
    let mut text = claim.replace('\'', "’");
    if dice.chance(2) {
        text = text.replace("fi", "ﬁ").replace("fl", "ﬂ");
    }
    text = match dice.below(3) {
        0 => text.replace(" - ", " — "),
        1 => text.replace(" - ", "–"),
        _ => text.replace(" - ", "\u{2009}—\u{2009}"),
    };
    text = match dice.below(4) {
        0 => text.to_uppercase(),
        1 => text.to_lowercase(),
        _ => text,
    };
    if dice.chance(2) {
        let at = dice.below(text.split(' ').count());
        text = (text.split(' ').enumerate())
            .map(|(i, word)| format!("{word}{}", if i == at { "\u{a0}" } else { " " }))
            .collect();
    }
    match dice.below(4) {
        0 => format!("“{}”", text.trim().trim_end_matches('.')),
        1 => format!("«\u{202f}{}\u{202f}»", text.trim()),
        2 => format!("\"{}…", text.trim().trim_end_matches('.')),
        _ => format!("  {},\"", text.trim().trim_end_matches('.')),
    }
}

fn elided(claim: &str, dice: &mut Dice) -> String {
    let words: Vec<&str> = claim.split(' ').collect();
    let out = (words.len() / 4).max(1) + dice.below(words.len() / 5 + 1);
    let from = 1 + dice.below(words.len().saturating_sub(out + 1).max(1));
    let dots = ["…", "...", "[…]", "[...]"][dice.below(4)];
    let end = (from + out).min(words.len());
    format!(
        "{} {dots} {}",
        words[..from].join(" "),
        words[end..].join(" ")
    )
}

fn fragment(claim: &str, dice: &mut Dice) -> String {
    let words: Vec<&str> = claim.split(' ').collect();
    let len = (words.len() * 2).div_ceil(5);
    let from = dice.below(words.len() - len + 1);
    words[from..from + len].join(" ")
}

fn replaced(claim: &str, dice: &mut Dice) -> String {
    let mut words: Vec<String> = claim.split(' ').map(str::to_owned).collect();
    let mut kept: Vec<usize> = (0..words.len()).collect();
    for _ in 0..(words.len() / 5).max(1) {
        let at = kept.swap_remove(dice.below(kept.len()));
        let sort = [Sort::Noun, Sort::Adjective, Sort::Verb][dice.below(3)];
        words[at] = sort.word(dice);
    }
    words.join(" ")
}

/// About one error in every sixteen letters.
fn scanned(claim: &str, dice: &mut Dice) -> String {
    const MISREAD: [(&str, &str); 18] = [
        ("rn", "m"),
        ("m", "rn"),
        ("l", "1"),
        ("l", "I"),
        ("1", "l"),
        ("I", "l"),
        ("i", "l"),
        ("O", "0"),
        ("0", "O"),
        ("o", "0"),
        ("cl", "d"),
        ("d", "cl"),
        ("h", "b"),
        ("e", "c"),
        ("S", "5"),
        ("w", "vv"),
        ("t", "f"),
        ("a", "o"),
    ];
    let mut out = String::new();
    let mut rest = claim;
    while let Some(c) = rest.chars().next() {
        if dice.chance(16) {
            match dice.below(8) {
                0 => {
                    // A letter is gone, or a space: two words are joined.
                    rest = &rest[c.len_utf8()..];
                    continue;
                }
                1 => out.push(' '),
                _ => {
                    let at = dice.below(MISREAD.len());
                    let (round, back) = MISREAD.split_at(at);
                    let hit = back
                        .iter()
                        .chain(round)
                        .find(|(from, _)| rest.starts_with(from));
                    if let Some((from, to)) = hit {
                        out.push_str(to);
                        rest = &rest[from.len()..];
                        continue;
                    }
                }
            }
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    out
}
