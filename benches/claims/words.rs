//! Words as often as words are, within each sort: the first of them real, the rest coined of English syllables. Coined stems come with several endings, and in several sorts, as "regulate" and "regulation" do.

use super::dice::Dice;

/// Sorts of words. Of the last four a claim says something: put another there, and it is another claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Grammar,
    Noun,
    Verb,
    Adjective,
    Given,
    Family,
    Place,
    Number,
}

/// Up to which rank words of a sort follow Zipf's law, how flat it begins (the commonest noun is one noun in a hundred, not
/// one in ten), and the real words, the commonest first.
struct Law {
    knee: usize,
    flat: f64,
    real: &'static str,
}

const NOUN: Law = law(1500, 20.0, NOUNS);
const VERB: Law = law(500, 8.0, VERBS);
const ADJECTIVE: Law = law(600, 15.0, ADJECTIVES);
const GIVEN_NAME: Law = law(200, 10.0, GIVEN);
const FAMILY_NAME: Law = law(1000, 10.0, FAMILY);
const PLACE: Law = law(200, 5.0, PLACES);

const fn law(knee: usize, flat: f64, real: &'static str) -> Law {
    Law { knee, flat, real }
}

impl Sort {
    /// A word of this sort.
    pub fn word(self, dice: &mut Dice) -> String {
        let (law, endings) = match self {
            Sort::Grammar => return dice.pick(&GRAMMAR).to_owned(),
            Sort::Number => return number(dice),
            Sort::Noun => (NOUN, &["", "er", "ion", "ment", "ity", "ist"][..]),
            Sort::Verb => (VERB, &["", "ise", "ate"][..]),
            Sort::Adjective => (ADJECTIVE, &["al", "ive", "ous", "able", "ic", "less"][..]),
            Sort::Given => (GIVEN_NAME, &["", "a"][..]),
            Sort::Family => (FAMILY_NAME, &["", "son", "ov", "ez", "man", "ski"][..]),
            Sort::Place => (PLACE, &["", "ton", "burg", "ia", "ville", "stan"][..]),
        };
        let rank = dice.rank(law.knee, law.flat);
        if let Some(real) = law.real.split_whitespace().nth(rank) {
            return real.to_owned();
        }
        let stem = stem(rank / endings.len());
        let ending = endings[rank % endings.len()];
        let named = matches!(self, Sort::Given | Sort::Family | Sort::Place);
        let word = match ending.starts_with(['a', 'e', 'i', 'o', 'u']) {
            true => format!(
                "{}{ending}",
                stem.trim_end_matches(['a', 'e', 'i', 'o', 'u'])
            ),
            false => format!("{stem}{ending}"),
        };
        if named { capital(&word) } else { word }
    }
}

pub fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    first + letters.as_str()
}

/// Coins the stem of this number: the rarer, the longer.
fn stem(number: usize) -> String {
    let mut dice = Dice::new(0x57e3 ^ ((number as u64) << 20));
    let syllables = match number {
        0..300 => 1 + dice.below(2),
        300..3_000 => 2,
        _ => 2 + dice.below(2),
    };
    (0..syllables)
        .map(|_| {
            let (onset, vowel, coda) = (dice.pick(&ONSETS), dice.pick(&VOWELS), dice.pick(&CODAS));
            format!("{onset}{vowel}{coda}")
        })
        .collect()
}

fn number(dice: &mut Dice) -> String {
    match dice.below(8) {
        0 => format!("{}.{} percent", dice.below(40), dice.below(10)),
        1 => format!("{} percent", 1 + dice.below(99)),
        2 => format!("{},{:03}", 1 + dice.below(900), dice.below(1000)),
        3 => format!("${}.{} billion", 1 + dice.below(90), dice.below(10)),
        4 => format!("${} million", 1 + dice.below(900)),
        5 => format!("{},000", 1 + dice.below(90)),
        6 => [
            "two", "three", "four", "five", "six", "ten", "twelve", "twenty",
        ][dice.below(8)]
        .to_owned(),
        _ => format!("{}", 2 + dice.below(300)),
    }
}

pub const GRAMMAR: [&str; 40] = [
    "the", "of", "to", "and", "a", "in", "that", "is", "was", "for", "it", "with", "as", "on",
    "be", "are", "by", "this", "have", "not", "from", "they", "he", "we", "their", "has", "which",
    "more", "would", "been", "all", "its", "than", "these", "some", "only", "very", "just", "also",
    "still",
];

const NOUNS: &str = "people year government state country time president world money family school job tax law company health \
    war system child woman city state vote party election budget hospital bridge water economy minister report market energy \
    court police council bank climate border project price union road airport housing prison railway army parliament \
    factory university museum forest river harbour tunnel station plant vaccine pension wage inflation debt trade oil gas \
    coal carbon emission farm harvest fishery drought flood fire storm earthquake virus patient doctor nurse teacher \
    student classroom textbook exam science research satellite rocket phone network computer software algorithm data \
    privacy camera film actor director studio script song album concert festival theatre novel author publisher newspaper \
    journalist editor broadcaster channel interview audience stadium team player coach league referee contract transfer fine \
    licence permit inspection audit scandal bribe fraud theft murder trial verdict appeal judge lawyer witness jury sentence \
    refugee visa passport embassy treaty sanction tariff export import currency exchange loan mortgage rent landlord tenant \
    apartment crane concrete asbestos sewer landfill plastic ocean reef whale wolf bee orchard vineyard cheese bakery \
    restaurant kitchen recipe brewery tram ferry bicycle lorry motorway garage battery turbine reactor pipeline refinery \
    mine quarry glacier volcano desert island village";
const ADJECTIVES: &str = "new public national local big old important free high safe foreign private small major young \
    military economic social legal illegal dangerous cheap expensive secret official former modern rural urban northern \
    southern eastern western broken empty full temporary permanent independent corrupt honest popular unpopular green \
    nuclear digital medical electric organic historic ancient abandoned crowded unsafe profitable bankrupt successful \
    unlawful controversial experimental artificial voluntary mandatory annual weekly efficient wasteful fragile robust";
const VERBS: &str = "need want help support pay work start call show allow offer claim build close trust finance reject sell \
    protect inspect rebuild replace privatise regulate criticise defend ignore understand explain publish investigate \
    subsidise demolish renovate promise approve cancel open fund destroy visit report leak forge invent copy confirm \
    delay announce raise lower double halve cut end stop ban";
const GIVEN: &str = "Maria James Anna John Sarah David Elena Michael Fatima Peter Lucia Thomas Amina Robert Ingrid Carlos \
    Yuki Ahmed Olga Daniel Priya Mateo Chloe Viktor Nadia Samuel Leila Oscar Hannah Kofi Sofia Lars Mei Andre Ruth Pavel";
const FAMILY: &str = "Smith Garcia Miller Khan Weber Rossi Novak Jensen Okafor Tanaka Silva Kowalski Dubois Haddad Larsen \
    Petrov Nguyen Moreau Fischer Bianchi Osei Lindqvist Papadakis Horvat Murphy Kim Castillo Yilmaz Andersson Marino \
    Fofana Schmidt Ivanova Chen Baptiste Oliveira Dvorak Eriksen Farouk Grant Hughes Ibrahim Jovanovic Keller";
const PLACES: &str = "America Europe London Germany France China Russia Paris Texas Berlin Italy Spain Poland Ohio Lagos \
    Nairobi Cairo Tokyo Lima Oslo Vienna Madrid Lisbon Athens Warsaw Prague Dublin Chicago Toronto Sydney Mumbai Jakarta \
    Kyiv Ankara Bristol Leeds Hamburg Lyon Turin Bergen Tampere Gdansk Porto Zagreb Tallinn Riga Graz Basel Ghent Malmo Cork";

// The commonest first.
const ONSETS: [&str; 36] = [
    "r", "t", "s", "d", "m", "l", "c", "p", "n", "b", "f", "v", "g", "h", "st", "tr", "pr", "w",
    "k", "sh", "ch", "gr", "br", "pl", "cr", "cl", "j", "dr", "sp", "fl", "fr", "th", "bl", "qu",
    "str", "sc",
];
const VOWELS: [&str; 12] = [
    "e", "a", "i", "o", "u", "ea", "ou", "ai", "io", "ee", "oo", "au",
];
const CODAS: [&str; 24] = [
    "", "n", "r", "l", "t", "s", "m", "d", "nt", "c", "nd", "p", "st", "g", "ss", "ct", "ll", "rt",
    "ck", "x", "rd", "b", "lt", "mp",
];
