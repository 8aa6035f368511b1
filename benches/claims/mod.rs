//! Made-up claims as newsrooms record them, and the ways in which people come back with them. The same for the same
//! number: words by Zipf's law from shared lists, sentences of a few patterns, and among seven claims one that differs
//! from an earlier one in a number, a name, a place or a "not".

use Altered::{Elided, Fragment, OtherTypes, Scanned, WordsReplaced};

/// Dice that always fall the same way (splitmix64).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Dice(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.roll() % n as u64) as usize
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    /// The first of the list often, the last seldom: as the inverse of their rank.
    fn word(&mut self, list: &str) -> String {
        let words: Vec<&str> = list.split_whitespace().collect();
        let uniform = (self.roll() >> 11) as f64 / (1_u64 << 53) as f64;
        let rank = (words.len() as f64 + 1.0).powf(uniform) as usize;
        words[(rank - 1).min(words.len() - 1)].replace('_', " ")
    }

    fn number(&mut self) -> String {
        match self.below(5) {
            0 => format!("{}.{} percent", self.below(40), self.below(10)),
            1 => format!("{} percent", 1 + self.below(99)),
            2 => format!("{},{:03}", 1 + self.below(900), self.below(1000)),
            3 => format!("${} million", 1 + self.below(900)),
            _ => format!("{}", 2 + self.below(80)),
        }
    }

    fn name(&mut self) -> String {
        format!("{} {}", self.word(GIVEN), self.word(FAMILY))
    }

    fn thing(&mut self) -> String {
        match self.chance(2) {
            true => format!("the {}", self.word(NOUNS)),
            false => format!("the {} {}", self.word(ADJECTIVES), self.word(NOUNS)),
        }
    }

    fn when(&mut self) -> String {
        match self.below(4) {
            0 => format!("in {}", self.word(MONTHS)),
            1 => format!("in {}", 1990 + self.below(37)),
            2 => format!("since {} {}", self.word(MONTHS), 2000 + self.below(27)),
            _ => "last year".to_owned(),
        }
    }

    fn clause(&mut self) -> String {
        match self.below(9) {
            0 => format!(
                "{} {} by {} {}",
                self.thing(),
                self.word(MOVED),
                self.number(),
                self.when()
            ),
            1 => format!(
                "{} has {} {} in {}",
                self.name(),
                self.word(DONE),
                self.thing(),
                self.word(PLACES)
            ),
            2 => format!(
                "we {} {} because of {}",
                self.word(DO),
                self.thing(),
                self.thing()
            ),
            3 => format!(
                "{} of {} in {} do not {} {}",
                self.number(),
                self.word(PEOPLE),
                self.word(PLACES),
                self.word(DO),
                self.thing()
            ),
            4 => format!(
                "{} is {} and {} it {}",
                self.thing(),
                self.word(ADJECTIVES),
                self.name(),
                self.word(DONE)
            ),
            5 => format!(
                "nobody in {} will {} {}",
                self.word(PLACES),
                self.word(DO),
                self.thing()
            ),
            6 => format!(
                "I've never {} {} with {}",
                self.word(DONE),
                self.thing(),
                self.word(PEOPLE)
            ),
            7 => format!(
                "there are {} {} {} in {}",
                self.number(),
                self.word(ADJECTIVES),
                self.word(PEOPLE),
                self.word(PLACES)
            ),
            _ => format!(
                "{} cost {} - twice what {} had said",
                self.thing(),
                self.number(),
                self.name()
            ),
        }
    }

    fn claim(&mut self) -> String {
        let mut text = self.clause();
        while text.split(' ').count() < 7 || self.chance(3) {
            let link = self.word(LINKS);
            text = format!("{text}{link} {}", self.clause());
            if text.len() > 220 {
                break;
            }
        }
        let first = text.remove(0).to_uppercase().to_string();
        format!("{first}{text}.")
    }
}

/// Makes this many claims, all different.
pub fn claims(n: usize) -> Vec<String> {
    let mut dice = Dice::new(20_261_121);
    let mut known = std::collections::HashSet::new();
    let mut claims: Vec<String> = Vec::with_capacity(n);
    while claims.len() < n {
        let claim = match claims.len() > 20 && dice.chance(7) {
            true => {
                let twin = dice.below(claims.len());
                nearly(&claims[twin], &mut dice)
            }
            false => dice.claim(),
        };
        if known.insert(claim.clone()) {
            claims.push(claim);
        }
    }
    claims
}

/// The same claim on another number, person, place or time, or its contrary.
fn nearly(claim: &str, dice: &mut Dice) -> String {
    let mut words: Vec<String> = claim.split(' ').map(str::to_owned).collect();
    let is_number = |word: &String| word.contains(|c: char| c.is_ascii_digit());
    let numbers: Vec<usize> = (0..words.len()).filter(|i| is_number(&words[*i])).collect();
    let listed = |word: &str, list: &str| {
        let word = word.trim_end_matches(['.', ',', ';']);
        list.split_whitespace().any(|known| known == word)
    };
    if let Some(at) = numbers.first()
        && dice.chance(2)
    {
        let digit = char::from(b'1' + dice.below(9) as u8);
        let place = words[*at].find(|c: char| c.is_ascii_digit()).unwrap();
        words[*at].replace_range(place..=place, &digit.to_string());
    } else if let Some(at) = words.iter().position(|w| listed(w, FAMILY)) {
        words[at] = dice.word(FAMILY);
    } else if let Some(at) = words.iter().position(|w| listed(w, PLACES)) {
        words[at] = dice.word(PLACES);
    } else if let Some(at) = words
        .iter()
        .position(|w| matches!(w.as_str(), "is" | "has" | "will" | "are"))
    {
        words.insert(at + 1, "not".to_owned());
    } else {
        let at = dice.below(words.len());
        words[at] = dice.word(NOUNS);
    }
    words.join(" ")
}

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
    for _ in 0..(words.len() / 5).max(1) {
        let at = dice.below(words.len());
        let list = [NOUNS, ADJECTIVES, DO, DONE, PEOPLE][dice.below(5)];
        words[at] = dice.word(list);
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

const NOUNS: &str = "government budget school hospital bridge water economy company minister report market energy court \
    police council tax health bank climate border project price union law vote road airport housing prison railway army \
    parliament election factory university museum forest river harbour tunnel station power_plant vaccine pension wage \
    inflation debt trade oil gas coal carbon emission farm harvest fishery drought flood fire storm earthquake virus \
    patient doctor nurse teacher student classroom textbook exam science research satellite rocket phone network computer \
    software algorithm data privacy camera film actor director studio script song album concert festival theatre novel \
    author publisher newspaper journalist editor broadcaster channel interview audience stadium team player coach league \
    referee contract transfer fine licence permit inspection audit scandal bribe fraud theft murder trial verdict appeal \
    judge lawyer witness jury sentence parole refugee visa passport embassy treaty sanction tariff export import currency \
    exchange loan mortgage rent landlord tenant apartment skyline crane concrete asbestos sewer landfill recycling plastic \
    ocean reef whale wolf bee orchard vineyard cheese bakery restaurant kitchen recipe brewery tram ferry bicycle lorry \
    motorway tollgate garage battery turbine reactor pipeline refinery mine quarry glacier volcano desert island village";
const ADJECTIVES: &str = "new public national local big old important free high safe foreign private small major young \
    military economic social legal illegal dangerous cheap expensive secret official former modern rural urban northern \
    southern eastern western broken empty full temporary permanent independent corrupt honest popular unpopular green \
    nuclear digital medical electric organic historic ancient abandoned crowded unsafe profitable bankrupt successful \
    unlawful controversial experimental artificial voluntary mandatory annual weekly efficient wasteful fragile robust";
const MOVED: &str =
    "rose fell grew shrank increased dropped doubled halved climbed declined improved worsened";
const DO: &str = "need support pay build close trust use want accept finance reject sell protect inspect rebuild replace \
    privatise regulate criticise defend ignore understand explain publish investigate subsidise demolish renovate";
const DONE: &str = "closed sold built promised denied paid visited approved cancelled opened criticised funded destroyed \
    protected hidden reported inspected privatised regulated renovated demolished abandoned leaked forged invented copied \
    confirmed withdrawn delayed announced rebuilt";
const PEOPLE: &str = "people children women men workers voters families doctors teachers students immigrants farmers \
    pensioners drivers patients soldiers officials journalists scientists tourists prisoners taxpayers tenants nurses";
const GIVEN: &str = "Maria James Anna John Sarah David Elena Michael Fatima Peter Lucia Thomas Amina Robert Ingrid Carlos \
    Yuki Ahmed Olga Daniel Priya Mateo Chloe Viktor Nadia Samuel Leila Oscar Hannah Kofi Sofia Lars Mei Andre Ruth Pavel";
const FAMILY: &str = "Smith Garcia Miller Khan Weber Rossi Novak Jensen Okafor Tanaka Silva Kowalski Dubois Haddad Larsen \
    Petrov Nguyen Moreau Fischer Bianchi Osei Lindqvist Papadakis Horvat Murphy Kim Castillo Yilmaz Andersson Marino \
    Fofana Schmidt Ivanova Chen Baptiste Oliveira Dvorak Eriksen Farouk Grant Hughes Ibrahim Jovanovic Keller";
const PLACES: &str = "London Paris Berlin Europe America Germany France Italy Spain Poland Ohio Texas Lagos Nairobi Cairo \
    Tokyo Lima Oslo Vienna Madrid Lisbon Athens Warsaw Prague Dublin Chicago Toronto Sydney Mumbai Jakarta Kyiv Ankara \
    Bristol Leeds Hamburg Lyon Turin Bergen Tampere Gdansk Porto Zagreb Tallinn Riga Graz Basel Ghent Malmo Cork";
const MONTHS: &str =
    "March January May June September October November December April July August February";
const LINKS: &str = ",_and ,_but ,_which_means ,_because ;_still, ,_although ,_so ,_while";
