//! Made-up claims as newsrooms record them, and the ways in which people come back with them. The same for the same number.
//!
//! Made after what is published of real ones, before anything was measured on them:
//!
//! - **Lengths.** Statements that PolitiFact checked have 17.9 words and marks on average (LIAR, Wang 2017); quotes in the news
//!   mostly 10 to 30 words, claims in ClaimReview feeds 8 to 25. Here lengths are log-normal around 16 words: eight in ten
//!   have 9 to 27, and there are some of five.
//! - **Words.** Zipf's law, with the flat beginning of Mandelbrot, for each sort of words, and as many word forms as
//!   Heaps' law has for news (44 times the number of words to the power of 0.49 in Reuters RCV1: Manning, Raghavan,
//!   Schütze 2008, 5.1.1): 28,000 forms in 30,000 claims. `recall` prints both.
//! - **Names, places, numbers, dates.** 42 % of the claims of MultiFC (Augenstein and others 2019) name something that has a
//!   page in Wikipedia. Here about half name a person or a place.
//! - **Turns of phrase** that are in everybody's mouth ("for the first time in"): what a fragment keeps may be no more.
//! - **Near-duplicates.** Of 264,487 fact-checks in 95 languages 10.26 % were of a claim that had been checked before or
//!   after in other words (Quelle, Cheng, Hale, Bovet 2025). Here one claim in seven is made of an earlier one, so that a
//!   quarter of all have a near-duplicate: more than in reality. How far such claims differ is not published; here a third
//!   of them differ in one thing (a number, a name, a place, a "not"), a third in two or three, and a third are reworded: one word
//!   in four is another, is missing, or is added.

mod altered;
mod dice;
mod rivals;
mod words;

pub use altered::{ALTERED, Altered};
pub use dice::Dice;
pub use rivals::Rivals;

use words::{Sort, capital};

/// One word of a claim, or a few that go together, and what can stand in its place.
#[derive(Clone, Debug, PartialEq)]
struct Piece {
    sort: Sort,
    text: String,
}

/// Of the logarithm of the length in words: what half of them exceed, and the deviation.
const MEDIAN_WORDS: f64 = 16.0;
const DEVIATION: f64 = 0.42;
const FEWEST: usize = 5;
const MOST: usize = 60;

/// Of so many claims one is made of an earlier one, if nothing else is asked for.
pub const NEAR: usize = 7;

/// Makes this many claims, all different, of which one in `near_one_in` is made of an earlier one.
pub fn claims(n: usize, near_one_in: usize) -> Vec<String> {
    let mut dice = Dice::new(20_261_121);
    let mut known = std::collections::HashSet::new();
    let mut claims: Vec<String> = Vec::with_capacity(n);
    // What each was made of: of one that was made of another, that one's.
    let mut seeds: Vec<u64> = Vec::with_capacity(n);
    while claims.len() < n {
        let (seed, pieces) = match claims.len() > 20 && dice.chance(near_one_in) {
            true => {
                let seed = seeds[dice.below(seeds.len())];
                (seed, near(&claim(seed), &mut dice))
            }
            false => {
                let seed = dice.roll();
                (seed, claim(seed))
            }
        };
        let text = written(&pieces);
        if known.insert(text.clone()) {
            claims.push(text);
            seeds.push(seed);
        }
    }
    claims
}

fn claim(seed: u64) -> Vec<Piece> {
    let mut dice = Dice::new(seed);
    let len = MEDIAN_WORDS * (DEVIATION * dice.normal()).exp();
    let len = (len as usize).clamp(FEWEST, MOST);
    let mut draft = Draft {
        dice: &mut dice,
        pieces: Vec::new(),
    };
    draft.clause();
    // A phrase has about three words.
    while draft.words() + 1 < len {
        match draft.dice.below(12) {
            0..5 => draft.place_or_reason(),
            5 | 6 => draft.when(),
            7 | 8 => draft.add_one_of(&TURNS).thing(),
            _ if draft.words() + 4 < len => draft.add_one_of(&LINKS).clause(),
            _ => draft.place_or_reason(),
        }
    }
    draft.pieces
}

/// A claim that is being made.
struct Draft<'a> {
    dice: &'a mut Dice,
    pieces: Vec<Piece>,
}

impl Draft<'_> {
    fn words(&self) -> usize {
        self.pieces
            .iter()
            .map(|piece| piece.text.split(' ').count())
            .sum()
    }

    fn add(&mut self, sort: Sort) -> &mut Self {
        let text = sort.word(self.dice);
        self.pieces.push(Piece { sort, text });
        self
    }

    fn add_one_of(&mut self, list: &[&str]) -> &mut Self {
        for word in self.dice.pick(list).split(' ') {
            let (sort, text) = (Sort::Grammar, word.to_owned());
            self.pieces.push(Piece { sort, text });
        }
        self
    }

    /// Somebody does something, or something is somehow.
    fn clause(&mut self) {
        match self.dice.below(10) {
            0..3 => _ = self.add_one_of(&["we", "they", "I", "he", "she", "you", "it"]),
            3 => _ = self.add_one_of(&["there are", "there is", "nobody said there were"]),
            _ => self.thing(),
        }
        match self.dice.below(6) {
            0 => {
                self.add_one_of(&["is", "was", "are", "will be", "has been", "is the most"]);
                self.add(Sort::Adjective);
                return;
            }
            1 => {
                _ = self
                    .add_one_of(&[
                        "will", "don't", "can", "would", "should", "must", "won't", "did",
                    ])
                    .verb("")
            }
            2 | 3 => _ = self.verb("ed"),
            4 => {
                _ = self
                    .add_one_of(&["has", "have", "had", "was", "were", "have never"])
                    .verb("ed")
            }
            _ => _ = self.verb("s"),
        }
        self.thing();
    }

    fn verb(&mut self, ending: &str) -> &mut Self {
        let mut text = Sort::Verb.word(self.dice);
        if ending == "ed" && text.ends_with('e') {
            text.pop();
        }
        text.push_str(ending);
        let sort = Sort::Verb;
        self.pieces.push(Piece { sort, text });
        self
    }

    fn thing(&mut self) {
        match self.dice.below(20) {
            0 => _ = self.add(Sort::Given).add(Sort::Family),
            1 => _ = self.add(Sort::Family),
            2 => _ = self.add(Sort::Place),
            3 | 4 => _ = self.add(Sort::Number).noun("s"),
            5..9 => _ = self.add_one_of(&DETERMINERS).add(Sort::Adjective).noun(""),
            9..12 => _ = self.add(Sort::Adjective).noun("s"),
            12..14 => _ = self.noun("s"),
            _ => _ = self.add_one_of(&DETERMINERS).noun(""),
        }
    }

    fn noun(&mut self, ending: &str) -> &mut Self {
        let text = Sort::Noun.word(self.dice) + ending;
        let sort = Sort::Noun;
        self.pieces.push(Piece { sort, text });
        self
    }

    fn place_or_reason(&mut self) {
        match self.dice.below(5) {
            0 => {
                _ = self
                    .add_one_of(&["in", "from", "to", "across"])
                    .add(Sort::Place)
            }
            _ => self.add_one_of(&PREPOSITIONS).thing(),
        }
    }

    fn when(&mut self) {
        const MONTHS: &str =
            "March January May June September October November December April July August February";
        let months: Vec<&str> = MONTHS.split(' ').collect();
        let text = match self.dice.below(5) {
            0 => format!("in {}", self.dice.pick(&months)),
            1 => format!("in {}", 2026 - self.dice.rank_below(60, 4.0)),
            2 => format!(
                "since {} {}",
                self.dice.pick(&months),
                2026 - self.dice.rank_below(60, 4.0)
            ),
            _ => self
                .dice
                .pick(&[
                    "last year",
                    "this year",
                    "last week",
                    "today",
                    "every day",
                    "for years",
                ])
                .to_owned(),
        };
        let is_number = text.ends_with(|c: char| c.is_ascii_digit());
        let sort = if is_number {
            Sort::Number
        } else {
            Sort::Grammar
        };
        self.pieces.push(Piece { sort, text });
    }
}

/// Another claim that reads much the same.
fn near(claim: &[Piece], dice: &mut Dice) -> Vec<Piece> {
    let mut pieces = claim.to_vec();
    match dice.below(3) {
        0 => say_otherwise(&mut pieces, 1, dice),
        1 => {
            let things = 2 + dice.below(2);
            say_otherwise(&mut pieces, things, dice);
        }
        _ => return reworded(&pieces, dice),
    }
    pieces
}

/// Says it of so many other numbers, names or places, or denies it.
fn say_otherwise(pieces: &mut Vec<Piece>, things: usize, dice: &mut Dice) {
    let says = |piece: &Piece| {
        matches!(
            piece.sort,
            Sort::Number | Sort::Given | Sort::Family | Sort::Place
        )
    };
    let is_verb = |text: &str| {
        matches!(
            text,
            "is" | "was" | "are" | "will" | "has" | "have" | "do" | "did" | "can"
        )
    };
    let mut said: Vec<usize> = (0..pieces.len()).filter(|at| says(&pieces[*at])).collect();
    for _ in 0..things {
        if !said.is_empty() {
            let at = said.swap_remove(dice.below(said.len()));
            pieces[at].text = pieces[at].sort.word(dice);
        } else if let Some(at) = pieces.iter().position(|piece| is_verb(&piece.text))
            && pieces.get(at + 1).is_some_and(|next| next.text != "not")
        {
            let (sort, text) = (Sort::Grammar, "not".to_owned());
            pieces.insert(at + 1, Piece { sort, text });
        } else {
            let at = dice.below(pieces.len());
            pieces[at].text = pieces[at].sort.word(dice);
        }
    }
}

fn reworded(pieces: &[Piece], dice: &mut Dice) -> Vec<Piece> {
    let mut other = Vec::new();
    for piece in pieces {
        let sort = piece.sort;
        match dice.below(12) {
            0 | 1 => other.push(Piece {
                sort,
                text: sort.word(dice),
            }),
            2 if pieces.len() > FEWEST => {}
            2 | 3 => {
                let text = Sort::Grammar.word(dice);
                other.push(Piece {
                    sort: Sort::Grammar,
                    text,
                });
                other.push(piece.clone());
            }
            _ => other.push(piece.clone()),
        }
    }
    other
}

fn written(pieces: &[Piece]) -> String {
    let words: Vec<&str> = pieces.iter().map(|piece| piece.text.as_str()).collect();
    let text = words.join(" ").replace(" ,", ",").replace(" ;", ";");
    format!("{}.", capital(&text))
}

const DETERMINERS: [&str; 8] = ["the", "a", "our", "this", "their", "every", "no", "his"];
const PREPOSITIONS: [&str; 20] = [
    "of",
    "for",
    "with",
    "on",
    "by",
    "from",
    "about",
    "against",
    "into",
    "during",
    "between",
    "without",
    "under",
    "because of",
    "after",
    "before",
    "through",
    "over",
    "like",
    "instead of",
];
const LINKS: [&str; 15] = [
    ", and",
    ", but",
    "that",
    "because",
    "-",
    "which",
    "if",
    ", so",
    "when",
    ", although",
    "and",
    ", which means that",
    "; still,",
    "while",
    "unless",
];
// The commonest first.
const TURNS: [&str; 30] = [
    "according to",
    "a lot of",
    "one of the",
    "more than half of",
    "the number of",
    "for the first time in",
    "as a result of",
    "at the end of",
    "most of",
    "the fact that",
    "the vast majority of",
    "there is no evidence for",
    "in the middle of",
    "when it comes to",
    "in the history of",
    "hundreds of thousands of",
    "over the past few years in",
    "as far as I know",
    "we are going to need",
    "it is not true that",
    "at the expense of",
    "twice as many as",
    "the rest of the world and",
    "as soon as possible with",
    "no matter what happens to",
    "the highest rate of",
    "at the beginning of",
    "on the side of",
    "out of control because of",
    "for the sake of",
];
