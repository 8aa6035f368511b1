//! Who speaks: verbs of speech, and the names and hands around them.
//!
//! Reads one sentence, in which what is quoted is opaque. It knows a few hundred words and the order in which they
//! come, not grammar; where the order is another one, nobody is named.

use std::ops::Range;

use super::lexicon::{
    AUXILIARIES, BETWEEN_NAMES, LISTENERS, NEED_THAT, NOT_NAMES, PASSING_ON, PRONOUNS, VERBS,
};

/// Who says something in a sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attribution {
    /// The speaker, as the text names them; none where it says he or she.
    pub speaker: Option<String>,
    /// Through whose hands it came, nearest the speaker first.
    pub via: Vec<String>,
    /// Whether the speaker is a pronoun.
    pub is_pronoun: bool,
}

/// A word of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    /// In code points of the whole text.
    pub range: Range<usize>,
    /// Whether a comma, a dash or a quote stands between it and the next word.
    pub breaks_after: bool,
}

/// Tells whether a word is a verb of speech.
pub fn is_verb(word: &str) -> bool {
    VERBS.contains(&word.to_lowercase().as_str())
}

/// Cuts a sentence into words. `opaque` are the places of quotes, of which no word is read.
pub fn words(text: &[char], sentence: Range<usize>, opaque: &[Range<usize>]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut at = sentence.start;
    while at < sentence.end {
        if let Some(quote) = opaque.iter().find(|quote| quote.contains(&at)) {
            at = quote.end;
            if let Some(word) = words.last_mut() {
                word.breaks_after = true;
            }
            continue;
        }
        let c = text[at];
        if !c.is_alphanumeric() {
            if matches!(c, ',' | ';' | ':' | '—' | '–' | '(' | ')' | '"' | '“')
                && let Some(word) = words.last_mut()
            {
                word.breaks_after = true;
            }
            at += 1;
            continue;
        }
        let start = at;
        while at < sentence.end && goes_on(text, at, sentence.end) {
            at += 1;
        }
        words.push(Word {
            text: text[start..at].iter().collect(),
            range: start..at,
            breaks_after: false,
        });
    }
    words
}

fn goes_on(text: &[char], at: usize, end: usize) -> bool {
    let c = text[at];
    let letter_next = at + 1 < end && text[at + 1].is_alphanumeric();
    c.is_alphanumeric()
        || (matches!(c, '\'' | '’' | '-' | '.' | '‑') && letter_next)
        // An initial: J. Smith.
        || (c == '.' && at > 0 && text[at - 1].is_uppercase() && (at < 2 || !text[at - 2].is_alphanumeric()))
}

/// Reads the speech tag that follows a quote at once: `said Ada`, `Ada told the Post`.
pub fn tag_after(words: &[Word]) -> Option<Attribution> {
    let verb = words.iter().take(12).position(|word| is_verb(&word.text))?;
    // Nothing may come between a quote and its tag.
    let lead = &words[..verb];
    let lead_is_auxiliary = lead.iter().all(|word| is_auxiliary(&word.text));
    let mut attribution = match lead_is_auxiliary {
        true => subject_after(&words[verb + 1..])?,
        false => subject_before(lead)?,
    };
    attribution.via = hands(words, verb, attribution.speaker.as_deref());
    Some(attribution)
}

/// Reads the speech tag before a quote, or that of a sentence without one: the last verb of speech with a subject.
pub fn tag_before(words: &[Word]) -> Option<(usize, Attribution)> {
    let verbs: Vec<usize> = (0..words.len())
        .filter(|&i| is_verb(&words[i].text))
        .collect();
    let mut found: Option<(usize, Attribution)> = None;
    let mut passed_on = Vec::new();
    for (n, &verb) in verbs.iter().enumerate() {
        let from = n.checked_sub(1).map_or(0, |before| verbs[before] + 1);
        let own = subject_before(&words[from..verb]).filter(|_| from < verb);
        match (own, &mut found) {
            (Some(attribution), Some((before, outlet))) => {
                // Variety reports Parsons said: the first passes on what the second says. After a comma, a phrase is
                // more often the subject of a clause within what is said: a sum that the maker denies.
                let is_apart = words[*before..verb].iter().any(|word| word.breaks_after);
                let is_within =
                    |speaker: &String| is_apart && !speaker.starts_with(char::is_uppercase);
                if PASSING_ON.contains(&words[*before].text.to_lowercase().as_str())
                    && attribution
                        .speaker
                        .as_ref()
                        .is_some_and(|speaker| !is_within(speaker))
                    && let Some(outlet) = outlet.speaker.take()
                {
                    passed_on.push(outlet);
                    found = Some((verb, attribution));
                }
            }
            (Some(attribution), None) => found = Some((verb, attribution)),
            (None, _) => {}
        }
    }
    let (verb, mut attribution) = found?;
    attribution.via = hands(words, verb, attribution.speaker.as_deref());
    for outlet in passed_on {
        if !attribution.via.contains(&outlet) {
            attribution.via.push(outlet);
        }
    }
    Some((verb, attribution))
}

/// Tells whether what follows a verb is something said, rather than something done.
pub fn tells_something(words: &[Word], verb: usize) -> bool {
    let needs_that = NEED_THAT.contains(&words[verb].text.to_lowercase().as_str());
    let mut next = words[verb + 1..].iter().take(4);
    !needs_that
        || next.any(|word| matches!(word.text.as_str(), "that" | "dass" | "que" | "che" | "что"))
}

/// Reads the tag at the end of a sentence without a quote: `…, the city said`, `…, said Ada Berg`.
pub fn tag_at_end(words: &[Word]) -> Option<Attribution> {
    // What was asked for was not said.
    let is_tag = |word: &str| is_verb(word) && word != "asked";
    let verb = (5..words.len()).rev().find(|&i| is_tag(&words[i].text))?;
    let clause = (5..verb).rev().find(|&i| words[i].breaks_after)?;
    let lead = &words[clause + 1..verb];
    let mut attribution = match lead.is_empty() {
        true => subject_after(&words[verb + 1..])?,
        false if lead.len() <= 6 => subject_before(lead)?,
        false => return None,
    };
    attribution.via = hands(words, verb, attribution.speaker.as_deref());
    Some(attribution)
}

/// Reads `per X` and `according to X`, where nobody else speaks.
pub fn according_to(words: &[Word]) -> Option<String> {
    let at = (0..words.len()).find_map(|i| source_at(words, i))?;
    name_or_phrase(&words[at..])
}

/// Returns where the name after `per` or `according to` begins.
fn source_at(words: &[Word], i: usize) -> Option<usize> {
    let lower = words[i].text.to_lowercase();
    let next = words.get(i + 1)?;
    match lower.as_str() {
        "according" if next.text == "to" => Some(i + 2),
        // `per cent`, `per day` have no capital letter.
        "per" if is_name(&next.text) => Some(i + 1),
        "per"
            if next.text.eq_ignore_ascii_case("the")
                && words.get(i + 2).is_some_and(|word| is_name(&word.text)) =>
        {
            Some(i + 1)
        }
        "laut" | "selon" | "según" => Some(i + 1),
        _ => None,
    }
    .filter(|at| *at < words.len())
}

fn hands(words: &[Word], verb: usize, speaker: Option<&str>) -> Vec<String> {
    let mut via: Vec<String> = Vec::new();
    let mut add = |name: String| {
        let is_speaker =
            speaker.is_some_and(|speaker| speaker.contains(&name) || name.contains(speaker));
        if !is_speaker && !via.contains(&name) {
            via.push(name);
        }
    };
    if matches!(words[verb].text.to_lowercase().as_str(), "told" | "tells") {
        let after = &words[verb + 1..];
        let listener = after
            .first()
            .map(|word| word.text.to_lowercase())
            .unwrap_or_default();
        if !LISTENERS.contains(&listener.as_str())
            && let Some(name) = name_after_article(after)
        {
            add(name);
        }
    }
    for i in 0..words.len() {
        if let Some(at) = source_at(words, i)
            && let Some(name) = name_after_article(&words[at..])
        {
            add(name);
        }
    }
    via
}

/// The subject that ends before a verb.
fn subject_before(words: &[Word]) -> Option<Attribution> {
    let mut words = words;
    while let Some((last, before)) = words.split_last() {
        if !is_auxiliary(&last.text) || last.breaks_after {
            break;
        }
        words = before;
    }
    // Per Variety, Ada Berg, who …, said: the outlet is no subject.
    if let Some(at) = words.first().and_then(|_| source_at(words, 0))
        && let Some(end) = (at..words.len()).find(|&i| words[i].breaks_after)
        && end + 1 < words.len()
    {
        words = &words[end + 1..];
    }
    let last = words.last()?;
    if last.breaks_after {
        // Ada Berg, who leads the office, said; the office's head, Ada Berg, said.
        let first = first_name_phrase(words);
        let ending = name_before(&words[..words.len()]);
        let speaker = match (first, ending) {
            (Some((name, end)), _) if words[end - 1].breaks_after => Some(name),
            (_, Some((name, start))) if start > 0 && words[start - 1].breaks_after => Some(name),
            _ => None,
        }?;
        return Some(named(speaker));
    }
    if PRONOUNS.contains(&last.text.to_lowercase().as_str()) {
        return Some(Attribution {
            is_pronoun: true,
            ..Attribution::default()
        });
    }
    if let Some((name, _)) = name_before(words) {
        return Some(named(name));
    }
    phrase_before(words).map(named)
}

/// The subject that begins after a verb.
fn subject_after(words: &[Word]) -> Option<Attribution> {
    let first = words.first()?;
    if PRONOUNS.contains(&first.text.to_lowercase().as_str()) {
        return Some(Attribution {
            is_pronoun: true,
            ..Attribution::default()
        });
    }
    // Up to five words of a role may come first: said curator Elke Brandt.
    for (i, word) in words.iter().take(6).enumerate() {
        if is_name(&word.text) {
            return Some(named(name_at(&words[i..]).0));
        }
        if word.breaks_after {
            // The deputy for sports, Claire Aubin.
            let next = words.get(i + 1).filter(|next| is_name(&next.text));
            return match next {
                Some(_) => Some(named(name_at(&words[i + 1..]).0)),
                None => phrase_at(&words[..=i]).map(named),
            };
        }
    }
    phrase_at(words).map(named)
}

fn named(speaker: String) -> Attribution {
    Attribution {
        speaker: Some(speaker),
        ..Attribution::default()
    }
}

fn is_auxiliary(word: &str) -> bool {
    AUXILIARIES.contains(&word.to_lowercase().as_str())
}

fn is_name(word: &str) -> bool {
    let means_something_else = NOT_NAMES.contains(&word.to_lowercase().as_str())
        || is_possessive(word)
        || is_verb(word)
        || (is_auxiliary(word) && word.len() < 3);
    word.starts_with(char::is_uppercase) && !means_something_else
}

fn is_possessive(word: &str) -> bool {
    word.ends_with("'s") || word.ends_with("’s")
}

/// Reads the name that begins here, and how many words it has.
fn name_at(words: &[Word]) -> (String, usize) {
    let mut len = 0;
    while len < words.len() {
        let word = &words[len];
        let joins = BETWEEN_NAMES.contains(&word.text.as_str())
            && len > 0
            && words.get(len + 1).is_some_and(|next| is_name(&next.text));
        if !(is_name(&word.text) || joins) {
            break;
        }
        len += 1;
        if word.breaks_after {
            break;
        }
    }
    (joined(&words[..len]), len)
}

/// Reads the name that ends these words, and where it begins.
fn name_before(words: &[Word]) -> Option<(String, usize)> {
    let mut start = words.len();
    while start > 0 {
        let word = &words[start - 1];
        let is_end = start == words.len();
        if word.breaks_after && !is_end {
            break;
        }
        let joins = !is_end
            && start > 1
            && BETWEEN_NAMES.contains(&word.text.as_str())
            && is_name(&words[start - 2].text);
        if !(is_name(&word.text) || joins) {
            break;
        }
        start -= 1;
    }
    (start < words.len()).then(|| (joined(&words[start..]), start))
}

/// Reads a name at the very beginning, after an article or a connecting word at most.
fn first_name_phrase(words: &[Word]) -> Option<(String, usize)> {
    let skipped = words
        .iter()
        .take(2)
        .take_while(|word| !is_name(&word.text))
        .count();
    let (name, len) = name_at(&words[skipped..]);
    (len > 0).then_some((name, skipped + len))
}

/// Reads `the 20-year-old filmmaker`: an article and at most four words up to the end.
fn phrase_before(words: &[Word]) -> Option<String> {
    let start = (0..words.len())
        .rev()
        .take(5)
        .find(|&i| is_article(&words[i].text))?;
    let phrase = &words[start..];
    let is_whole = phrase.len() > 1
        && phrase[..phrase.len() - 1]
            .iter()
            .all(|word| !word.breaks_after);
    (is_whole && phrase.iter().all(|word| !is_function_word(&word.text)))
        .then(|| joined_lower(phrase))
}

/// Reads `the city` at the beginning, up to four words or a comma.
fn phrase_at(words: &[Word]) -> Option<String> {
    is_article(&words.first()?.text).then_some(())?;
    let end = (1..words.len().min(5))
        .find(|&i| words[i].breaks_after || is_function_word(&words[i].text));
    let end = match end {
        Some(end) if is_function_word(&words[end].text) => end,
        Some(end) => end + 1,
        None => words.len().min(3),
    };
    (end > 1).then(|| joined_lower(&words[..end]))
}

fn name_after_article(words: &[Word]) -> Option<String> {
    let article = words.first().filter(|word| is_article(&word.text));
    let (name, len) = name_at(&words[usize::from(article.is_some())..]);
    // Within a sentence, a capital letter makes it a part of the name: The Guardian, but the Daily Post.
    let of_name = article.filter(|article| article.text == "The");
    (len > 0).then(|| of_name.map_or(name.clone(), |article| format!("{} {name}", article.text)))
}

fn name_or_phrase(words: &[Word]) -> Option<String> {
    name_after_article(words).or_else(|| {
        // According to the department's own count of absences, …
        let end = words
            .iter()
            .position(|word| word.breaks_after)
            .map_or(words.len(), |i| i + 1);
        if end > 8 {
            return None;
        }
        let phrase = &words[..end];
        let possessive = phrase
            .first()
            .is_some_and(|word| is_article(&word.text) || is_possessive(&word.text));
        (possessive && phrase.len() > 1 && phrase.iter().all(|word| !is_function_word(&word.text)))
            .then(|| joined_lower(phrase))
    })
}

fn is_article(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "the"
            | "a"
            | "an"
            | "der"
            | "die"
            | "das"
            | "le"
            | "la"
            | "les"
            | "el"
            | "los"
            | "its"
            | "his"
            | "her"
            | "their"
    ) || word.starts_with("l’")
        || word.starts_with("l'")
}

fn is_function_word(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "that"
            | "which"
            | "who"
            | "with"
            | "by"
            | "from"
            | "for"
            | "at"
            | "on"
            | "in"
            | "and"
            | "but"
            | "to"
            | "when"
            | "while"
            | "am"
            | "im"
            | "mit"
            | "nach"
            | "bei"
            | "dans"
            | "is"
            | "was"
            | "were"
            | "are"
            | "be"
            | "been"
            | "not"
            | "than"
            | "as"
    )
}

fn joined(words: &[Word]) -> String {
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    texts.join(" ")
}

/// A phrase that began a sentence begins none as a name.
fn joined_lower(words: &[Word]) -> String {
    let phrase = joined(words);
    let (first, rest) = phrase.split_at(phrase.chars().next().map_or(0, char::len_utf8));
    match is_article(&words[0].text) {
        true => first.to_lowercase() + rest,
        false => phrase,
    }
}
