//! Which claims fit an altered text as well as the one that was meant: nobody can tell by the words which it was. Counted in
//! whole words and apart from the search, so that the one can be held against the other.

use std::collections::HashMap;

use super::altered::Altered;

/// All claims, in words.
pub struct Rivals {
    numbers: HashMap<String, usize>,
    claims: Vec<Vec<usize>>,
    /// Of each word, the claims that have it.
    having: Vec<Vec<usize>>,
}

impl Rivals {
    pub fn among(claims: &[String]) -> Self {
        let mut rivals = Rivals {
            numbers: HashMap::new(),
            claims: Vec::new(),
            having: Vec::new(),
        };
        for (at, claim) in claims.iter().enumerate() {
            let mut numbers = Vec::new();
            for word in words(claim) {
                let next = rivals.numbers.len();
                let number = *rivals.numbers.entry(word).or_insert(next);
                if number == rivals.having.len() {
                    rivals.having.push(Vec::new());
                }
                if rivals.having[number].last() != Some(&at) {
                    rivals.having[number].push(at);
                }
                numbers.push(number);
            }
            rivals.claims.push(numbers);
        }
        rivals
    }

    /// How many word forms there are, and words.
    pub fn forms_and_words(&self) -> (usize, usize) {
        (self.having.len(), self.claims.iter().map(Vec::len).sum())
    }

    /// Returns how many other claims than the one that was meant have all that is left of it, in order and without
    /// anything between; or, where words were replaced, as many of the words in order.
    pub fn fitting(&self, altered: Altered, text: &str, meant: usize) -> usize {
        let others = |claims: &[usize], fits: &dyn Fn(&[usize]) -> bool| {
            claims
                .iter()
                .filter(|at| **at != meant && fits(&self.claims[**at]))
                .count()
        };
        match altered {
            Altered::Fragment | Altered::Elided => {
                let parts: Vec<Vec<usize>> = text
                    .split('…')
                    .flat_map(|part| part.split("..."))
                    .map(|part| self.numbers(part))
                    .collect();
                let rarest = parts
                    .iter()
                    .flatten()
                    .min_by_key(|word| self.having[**word].len());
                let Some(rarest) = rarest else { return 0 };
                others(&self.having[*rarest], &|claim| hold(claim, &parts))
            }
            Altered::WordsReplaced => {
                let asked = self.numbers(text);
                let least = in_common(&asked, &self.claims[meant]);
                let mut shared = vec![0; self.claims.len()];
                for word in &asked {
                    for at in &self.having[*word] {
                        shared[*at] += 1;
                    }
                }
                let likely: Vec<usize> = (0..shared.len())
                    .filter(|at| shared[*at] >= least)
                    .collect();
                others(&likely, &|claim| in_common(&asked, claim) >= least)
            }
            Altered::OtherTypes | Altered::Scanned => 0,
        }
    }

    /// Tells whether one claim has as many words of a text as another, in order.
    pub fn is_as_near(&self, text: &str, found: usize, meant: usize) -> bool {
        let asked = self.numbers(text);
        in_common(&asked, &self.claims[found]) >= in_common(&asked, &self.claims[meant])
    }

    /// Words that no claim has are left out.
    fn numbers(&self, text: &str) -> Vec<usize> {
        (words(text)
            .iter()
            .filter_map(|word| self.numbers.get(word))
            .copied())
        .collect()
    }
}

fn words(text: &str) -> Vec<String> {
    let bare = |word: &str| {
        word.trim_matches(|c: char| !c.is_alphanumeric())
            .to_lowercase()
    };
    text.split(' ')
        .map(bare)
        .filter(|word| !word.is_empty())
        .collect()
}

/// Tells whether the parts stand in the claim, in order.
fn hold(claim: &[usize], parts: &[Vec<usize>]) -> bool {
    let mut rest = claim;
    parts.iter().filter(|part| !part.is_empty()).all(|part| {
        match rest.windows(part.len()).position(|words| words == part) {
            Some(at) => {
                rest = &rest[at + part.len()..];
                true
            }
            None => false,
        }
    })
}

/// How many words two texts have in common, in order.
fn in_common(a: &[usize], b: &[usize]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for a in a {
        let mut diagonal = 0;
        for (j, b) in b.iter().enumerate() {
            let before = row[j + 1];
            row[j + 1] = if a == b {
                diagonal + 1
            } else {
                before.max(row[j])
            };
            diagonal = before;
        }
    }
    row[b.len()]
}
