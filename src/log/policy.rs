//! Trust policies: which logs a reader believes, and which witnesses must have cosigned.
//!
//! Follows C2SP [tlog-policy]. A policy is a text of lines that its reader keeps and may edit:
//!
//! ```text
//! log factdesk.example/2026+bf225b05+AWUSxEA5uZk046IWT60RXaeB4oc/1XwseNkb6oDJfJ4d https://log.example/
//! witness north north.example+… https://north.example/
//! witness south south.example+…
//! group witnesses any north south
//! quorum witnesses
//! ```
//!
//! Names belong to the policy alone; a witness's key has a name of its own. Witnesses with ML-DSA-44 keys
//! (type 0x06) may stand in a policy, but their cosignatures are not checked here: they never count. The
//! text must be UTF-8, which the specification only recommends.
//!
//! [tlog-policy]: https://c2sp.org/tlog-policy

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use super::cosignature::WitnessKey;
use super::line::{decimal, excerpt};
use super::verifier_key::{VerifierKey, VerifierKeyError, decode_vkey};

/// Most bytes of a policy: 64 KiB.
pub const MAX_POLICY_LEN: usize = 64 << 10;

/// Most logs, most witnesses and most groups of a policy. The specification asks for at least 32 of each.
pub const MAX_DEFINITIONS: usize = 1024;

/// The group to which [`add_witness`] adds.
const GROUP: &str = "witnesses";

/// Known logs, known witnesses, and the quorum that these must reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    /// Witnesses and groups in the order of their lines, so that a group comes after its members.
    rules: Vec<Rule>,
    /// The place in `rules` of what must have witnessed a checkpoint.
    quorum: Option<usize>,
}

/// A log whose checkpoints are believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyLog {
    /// Its key, whose name is the log's origin.
    pub key: VerifierKey,
    /// Where it is read, as the policy writes it.
    pub url: Option<String>,
}

/// A witness whose cosignatures may count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyWitness {
    /// What the policy calls it.
    pub name: String,
    /// Its key; none if that is of a type whose cosignatures are not checked here.
    pub key: Option<WitnessKey>,
    /// Where it is asked to cosign, as the policy writes it.
    pub url: Option<String>,
}

/// What witnesses and groups are alike in: they have witnessed a checkpoint, or they have not.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Rule {
    /// The place in `witnesses` of one that cosigned.
    Witness(usize),
    /// At least `threshold` of `members`, which are places in `rules`.
    Group {
        threshold: usize,
        members: Vec<usize>,
    },
}

/// How far the witnesses of a policy have cosigned something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quorum<'p> {
    /// Whether those who signed are enough.
    pub satisfied: bool,
    /// The witnesses of the policy that signed, in the order of their lines.
    pub signed: Vec<&'p PolicyWitness>,
    /// The other witnesses of the policy, whether the quorum needs them or not.
    pub missing: Vec<&'p PolicyWitness>,
}

/// Why a text is not a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("expected a policy of at most {MAX_POLICY_LEN} bytes, found {found}")]
    TooLong { found: usize },
    #[error("line {line} of the policy: {fault}")]
    Line { line: usize, fault: LineFault },
    #[error("expected one quorum line in the policy, found none")]
    NoQuorum,
    #[error("expected one word without spaces and control characters, found {found:?}")]
    Word { found: String },
}

/// What is wrong with a line of a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineFault {
    #[error("expected no control character but tab, found {found:?}")]
    ControlCharacter { found: char },
    #[error("expected log, witness, group or quorum, found {found:?}")]
    Keyword { found: String },
    #[error("expected \"{expected}\", found {found:?}")]
    Form {
        expected: &'static str,
        found: String,
    },
    #[error(transparent)]
    Key(#[from] VerifierKeyError),
    #[error("expected a public key of its own, found the one of line {line}")]
    KeyTwice { line: usize },
    #[error("expected a name that is not defined yet, found {found:?}")]
    NameTaken { found: String },
    #[error("expected a witness or group of an earlier line, found {found:?}")]
    NameUnknown { found: String },
    #[error("expected {found:?} to be listed in one group at most, and once")]
    MemberTwice { found: String },
    #[error("expected any, all or a number from 1 to {members}, found {found:?}")]
    Threshold { members: usize, found: String },
    #[error("expected one quorum line, found a second")]
    QuorumTwice,
    #[error("expected at most {MAX_DEFINITIONS} lines with {keyword}, found more")]
    TooMany { keyword: &'static str },
}

impl Policy {
    /// Returns the text of a policy that believes one log, and asks for no witness yet.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Word`] unless the URL is one word.
    pub fn new_text(log: &VerifierKey, url: Option<&str>) -> Result<String, PolicyError> {
        let log = join(&["log", &log.to_string()], url)?;
        Ok(format!("{log}\n\nquorum none\n"))
    }

    /// Returns the logs, in the order of their lines; each of them is believed.
    pub fn logs(&self) -> &[PolicyLog] {
        &self.logs
    }

    /// Returns the witnesses, in the order of their lines.
    pub fn witnesses(&self) -> &[PolicyWitness] {
        &self.witnesses
    }

    /// Returns the key by which the policy knows the log of this origin. Of several it is `own`, the one that
    /// the log itself states, if that is among them.
    pub fn log_key(&self, origin: &str, own: &str) -> Option<&VerifierKey> {
        let mut keys = (self.logs.iter().map(|log| &log.key)).filter(|key| key.name() == origin);
        let stated = keys.clone().find(|key| key.to_string() == own);
        stated.or_else(|| keys.next())
    }

    /// Returns the keys of the witnesses whose cosignatures can be checked here, for
    /// [`verify_cosignatures`](super::SignedNote::verify_cosignatures).
    pub fn witness_keys(&self) -> Vec<WitnessKey> {
        self.witnesses
            .iter()
            .filter_map(|witness| witness.key.clone())
            .collect()
    }

    /// Tells whether cosignatures by these keys are enough. Keys that the policy does not have count
    /// for nothing.
    pub fn quorum(&self, signers: &[WitnessKey]) -> Quorum<'_> {
        let has_signed = |witness: &PolicyWitness| {
            let key = witness.key.as_ref();
            key.is_some_and(|key| signers.contains(key))
        };
        let mut witnessed: Vec<bool> = Vec::new();
        for rule in &self.rules {
            witnessed.push(match rule {
                &Rule::Witness(place) => has_signed(&self.witnesses[place]),
                Rule::Group { threshold, members } => {
                    members.iter().filter(|&&member| witnessed[member]).count() >= *threshold
                }
            });
        }
        let (signed, missing) = self.witnesses.iter().partition(|w| has_signed(w));
        Quorum {
            satisfied: self.quorum.is_none_or(|place| witnessed[place]),
            signed,
            missing,
        }
    }
}

impl FromStr for Policy {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        if text.len() > MAX_POLICY_LEN {
            return Err(PolicyError::TooLong { found: text.len() });
        }
        let mut reader = Reader::default();
        for (line, text) in (1..).zip(text.split('\n')) {
            reader
                .read(line, text)
                .map_err(|fault| PolicyError::Line { line, fault })?;
        }
        Ok(Policy {
            quorum: reader.quorum.ok_or(PolicyError::NoQuorum)?,
            logs: reader.logs,
            witnesses: reader.witnesses,
            rules: reader.rules,
        })
    }
}

/// What the lines up to here have defined.
#[derive(Default)]
struct Reader<'t> {
    logs: Vec<PolicyLog>,
    witnesses: Vec<PolicyWitness>,
    rules: Vec<Rule>,
    quorum: Option<Option<usize>>,
    /// Places in `rules`.
    names: HashMap<&'t str, usize>,
    /// Places in `rules` of those that are in a group already.
    members: HashSet<usize>,
    /// Public keys, and the lines that they stand on.
    keys: HashMap<Vec<u8>, usize>,
}

impl<'t> Reader<'t> {
    fn read(&mut self, line: usize, text: &'t str) -> Result<(), LineFault> {
        if let Some(found) = text.chars().find(|&c| c != '\t' && c.is_ascii_control()) {
            return Err(LineFault::ControlCharacter { found });
        }
        let words = words(text);
        let form = |expected| LineFault::Form {
            expected,
            found: excerpt(text),
        };
        match words.as_slice() {
            [] => Ok(()),
            ["log", key, url @ ..] if url.len() <= 1 => self.log(line, key, url.first()),
            ["log", ..] => Err(form("log VKEY [URL]")),
            ["witness", name, key, url @ ..] if url.len() <= 1 => {
                self.witness(line, name, key, url.first())
            }
            ["witness", ..] => Err(form("witness NAME VKEY [URL]")),
            ["group", name, threshold, members @ ..] if !members.is_empty() => {
                self.group(name, threshold, members)
            }
            ["group", ..] => Err(form("group NAME any|all|K MEMBER...")),
            ["quorum", name] => self.quorum(name),
            ["quorum", ..] => Err(form("quorum NAME")),
            [other, ..] => Err(LineFault::Keyword {
                found: excerpt(other),
            }),
        }
    }

    fn log(&mut self, line: usize, key: &str, url: Option<&&str>) -> Result<(), LineFault> {
        let key: VerifierKey = key.parse()?;
        self.own_key(line, key.public().as_bytes())?;
        self.logs.push(PolicyLog {
            key,
            url: url.map(|&url| url.to_owned()),
        });
        check_count("log", self.logs.len())
    }

    fn witness(
        &mut self,
        line: usize,
        name: &'t str,
        key: &str,
        url: Option<&&str>,
    ) -> Result<(), LineFault> {
        let key = match key.parse::<WitnessKey>() {
            Ok(key) => {
                self.own_key(line, key.public().as_bytes())?;
                Some(key)
            }
            Err(VerifierKeyError::UnsupportedType {
                found: ML_DSA_44, ..
            }) => {
                let (_, key) = decode_vkey::<ML_DSA_44_LEN>(key, ML_DSA_44)?;
                self.own_key(line, &key)?;
                None
            }
            Err(error) => return Err(error.into()),
        };
        self.define(name, Rule::Witness(self.witnesses.len()))?;
        self.witnesses.push(PolicyWitness {
            name: name.to_owned(),
            key,
            url: url.map(|&url| url.to_owned()),
        });
        check_count("witness", self.witnesses.len())
    }

    fn group(&mut self, name: &'t str, threshold: &str, members: &[&str]) -> Result<(), LineFault> {
        let threshold = match threshold {
            "any" => Some(1),
            "all" => Some(members.len()),
            number => decimal(number)
                .and_then(|number| usize::try_from(number).ok())
                .filter(|number| (1..=members.len()).contains(number)),
        }
        .ok_or_else(|| LineFault::Threshold {
            members: members.len(),
            found: excerpt(threshold),
        })?;
        let members = members
            .iter()
            .map(|member| self.member(member))
            .collect::<Result<_, _>>()?;
        self.define(name, Rule::Group { threshold, members })?;
        check_count("group", self.rules.len() - self.witnesses.len())
    }

    fn quorum(&mut self, name: &str) -> Result<(), LineFault> {
        let quorum = match name {
            "none" => None,
            name => Some(self.place(name)?),
        };
        match self.quorum.replace(quorum) {
            None => Ok(()),
            Some(_) => Err(LineFault::QuorumTwice),
        }
    }

    fn define(&mut self, name: &'t str, rule: Rule) -> Result<(), LineFault> {
        if name == "none" || self.names.insert(name, self.rules.len()).is_some() {
            return Err(LineFault::NameTaken {
                found: excerpt(name),
            });
        }
        self.rules.push(rule);
        Ok(())
    }

    fn place(&self, name: &str) -> Result<usize, LineFault> {
        match self.names.get(name) {
            Some(&place) => Ok(place),
            None => Err(LineFault::NameUnknown {
                found: excerpt(name),
            }),
        }
    }

    /// Finds a name that no group has yet, so that a witness counts in one way only.
    fn member(&mut self, name: &str) -> Result<usize, LineFault> {
        let place = self.place(name)?;
        if !self.members.insert(place) {
            return Err(LineFault::MemberTwice {
                found: excerpt(name),
            });
        }
        Ok(place)
    }

    fn own_key(&mut self, line: usize, key: &[u8]) -> Result<(), LineFault> {
        match self.keys.insert(key.to_vec(), line) {
            None => Ok(()),
            Some(line) => Err(LineFault::KeyTwice { line }),
        }
    }
}

/// The signature type of ML-DSA-44 cosignatures, and the length of its public keys in bytes.
const ML_DSA_44: u8 = 0x06;
const ML_DSA_44_LEN: usize = 1312;

/// Adds a witness to the text of a policy, and returns the new text. All other lines stay as they are.
///
/// The witness gets a line before the first group. If there is a group `witnesses`, it becomes its last
/// member. If the policy has no witness yet, and asks for none, then it must cosign from now on: as the
/// only member of a new group `witnesses`, which is the quorum. Otherwise who must cosign does not change.
///
/// # Errors
///
/// [`PolicyError::Word`] unless name and URL are words; other [`PolicyError`]s if the text is not a policy,
/// or would be none any more, as when the name or the key is there already. Their line is then
/// that of the new text.
pub fn add_witness(
    text: &str,
    name: &str,
    key: &WitnessKey,
    url: Option<&str>,
) -> Result<String, PolicyError> {
    let policy: Policy = text.parse()?;
    let witness = join(&["witness", name, &key.to_string()], url)?;
    let is_first = policy.witnesses.is_empty() && policy.quorum.is_none();
    let lines: Vec<&str> = text.lines().collect();
    let place = place_of_witness(&lines);
    let mut edited: Vec<String> = Vec::new();
    for (at, line) in lines.into_iter().enumerate() {
        if at == place {
            edited.push(witness.clone());
        }
        match words(line).as_slice() {
            ["group", GROUP, ..] => {
                edited.push(format!("{} {name}", line.trim_end_matches(BLANK)));
            }
            ["quorum", ..] if is_first => {
                edited.push(format!("group {GROUP} any {name}"));
                edited.push(format!("quorum {GROUP}"));
            }
            _ => edited.push(line.to_owned()),
        }
    }
    let text = edited.join("\n") + "\n";
    text.parse::<Policy>()?;
    Ok(text)
}

/// The line before the first group and the quorum at which a witness fits in: after the last log or
/// witness there, if there is one.
fn place_of_witness(lines: &[&str]) -> usize {
    let keywords: Vec<&str> = lines
        .iter()
        .map(|line| words(line).first().copied().unwrap_or_default())
        .collect();
    let end = keywords
        .iter()
        .position(|word| matches!(*word, "group" | "quorum"))
        .unwrap_or(keywords.len());
    keywords[..end]
        .iter()
        .rposition(|word| matches!(*word, "log" | "witness"))
        .map_or(end, |last| last + 1)
}

/// What separates words: space and tab, and nothing else that Unicode calls a space.
const BLANK: [char; 2] = [' ', '\t'];

/// The words of a line, of which a comment has none.
fn words(line: &str) -> Vec<&str> {
    let words = line.split(BLANK).filter(|word| !word.is_empty());
    let words: Vec<&str> = words.collect();
    match words.first() {
        Some(word) if word.starts_with('#') => Vec::new(),
        _ => words,
    }
}

/// Writes a line of these words and perhaps a URL.
fn join(words: &[&str], url: Option<&str>) -> Result<String, PolicyError> {
    let words: Vec<&str> = words.iter().copied().chain(url).collect();
    let is_word =
        |word: &str| !word.is_empty() && !word.contains(|c: char| c == ' ' || c.is_ascii_control());
    match words.iter().find(|word| !is_word(word)) {
        Some(found) => Err(PolicyError::Word {
            found: excerpt(found),
        }),
        None => Ok(words.join(" ")),
    }
}

fn check_count(keyword: &'static str, found: usize) -> Result<(), LineFault> {
    match found {
        0..=MAX_DEFINITIONS => Ok(()),
        _ => Err(LineFault::TooMany { keyword }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sign::SecretKey;

    fn key(seed: u8) -> WitnessKey {
        WitnessKey::new("key.example", SecretKey::from_seed(&[seed; 32]).public()).unwrap()
    }

    fn log() -> VerifierKey {
        VerifierKey::new("log.example", SecretKey::from_seed(&[0; 32]).public()).unwrap()
    }

    /// Adds witnesses `a`, `b` and so on.
    fn add_witnesses(text: &str, names: &str) -> String {
        names.bytes().fold(text.to_owned(), |text, name| {
            let url = format!("https://{}.example/", name as char);
            add_witness(&text, &(name as char).to_string(), &key(name), Some(&url)).unwrap()
        })
    }

    #[test]
    fn beginning_policy_asks_for_no_witness() {
        let text = Policy::new_text(&log(), Some("https://log.example/")).unwrap();
        let policy: Policy = text.parse().unwrap();
        assert_eq!(policy.logs()[0].key, log());
        assert_eq!(
            policy.logs()[0].url.as_deref(),
            Some("https://log.example/")
        );
        assert!(policy.quorum(&[]).satisfied);
    }

    #[test]
    fn first_witness_must_cosign_and_later_ones_may_stand_in_for_it() {
        let text = add_witnesses(&Policy::new_text(&log(), None).unwrap(), "abc");
        let [a, b, c] = [b'a', b'b', b'c'].map(key);
        assert_eq!(
            text,
            format!(
                "log {}\n\
                 witness a {a} https://a.example/\n\
                 witness b {b} https://b.example/\n\
                 witness c {c} https://c.example/\n\
                 \n\
                 group witnesses any a b c\n\
                 quorum witnesses\n",
                log()
            )
        );
        let policy: Policy = text.parse().unwrap();
        assert!(!policy.quorum(&[]).satisfied);
        let quorum = policy.quorum(&[key(b'x'), b]);
        let names = |of: &[&PolicyWitness]| of.iter().map(|w| w.name.clone()).collect::<String>();
        assert!(quorum.satisfied);
        assert_eq!(names(&quorum.signed), "b");
        assert_eq!(names(&quorum.missing), "ac");
    }

    #[test]
    fn edited_policy_keeps_its_comments_and_its_rule() {
        let [a, b] = [b'a', b'b'].map(key);
        let start = format!(
            "# Ours.\n\twitness a {a}\n\n  # Both.\n group\twitnesses all a \t\nquorum witnesses"
        );
        assert_eq!(
            add_witness(&start, "b", &b, None).unwrap(),
            format!(
                "# Ours.\n\twitness a {a}\nwitness b {b}\n\n  # Both.\n group\twitnesses all a b\nquorum witnesses\n"
            )
        );
        for rule in ["quorum a\n", "quorum none\n", "group g 1 a\nquorum g\n"] {
            assert_eq!(
                add_witness(&format!("witness a {a}\n{rule}"), "b", &b, None).unwrap(),
                format!("witness a {a}\nwitness b {b}\n{rule}")
            );
        }
        assert_eq!(
            add_witness("# None.\nquorum none\n", "a", &a, None).unwrap(),
            format!("# None.\nwitness a {a}\ngroup witnesses any a\nquorum witnesses\n")
        );
    }

    #[test]
    fn edit_that_would_spoil_the_policy_is_refused() {
        let text = add_witnesses("quorum none\n", "a");
        let add = |name: &str, seed, url: Option<&str>| {
            add_witness(&text, name, &key(seed), url).unwrap_err()
        };
        for word in ["", "b c", "b\nquorum", "b\t", "b\u{7f}"] {
            let found = word.to_owned();
            assert_eq!(
                add(word, 1, None),
                PolicyError::Word {
                    found: found.clone()
                }
            );
            assert_eq!(add("b", 1, Some(word)), PolicyError::Word { found });
        }
        for name in ["a", "none"] {
            let fault = LineFault::NameTaken {
                found: name.to_owned(),
            };
            assert_eq!(add(name, 1, None), PolicyError::Line { line: 2, fault });
        }
        let fault = LineFault::KeyTwice { line: 1 };
        assert_eq!(add("b", b'a', None), PolicyError::Line { line: 2, fault });
        assert!(add_witness("quorum none\n", "witnesses", &key(1), None).is_err());
        assert!(matches!(
            add_witness("quorum some\n", "a", &key(1), None),
            Err(PolicyError::Line { line: 1, .. })
        ));
    }

    #[test]
    fn limits_are_the_stated_ones() {
        let comments = |len| format!("quorum none\n#{}", "-".repeat(len)).parse::<Policy>();
        let rest = MAX_POLICY_LEN - "quorum none\n#".len();
        assert!(comments(rest).is_ok());
        let found = MAX_POLICY_LEN + 1;
        assert_eq!(comments(rest + 1), Err(PolicyError::TooLong { found }));

        let groups = |count: usize| {
            let mut text = format!("witness 0 {}\n", key(1));
            for group in 1..=count {
                text += &format!("group {group} any {}\n", group - 1);
            }
            text + &format!("quorum {count}\n")
        };
        let policy: Policy = groups(MAX_DEFINITIONS).parse().unwrap();
        assert!(policy.quorum(&[key(1)]).satisfied);
        assert!(!policy.quorum(&[]).satisfied);
        assert_eq!(
            groups(MAX_DEFINITIONS + 1).parse::<Policy>(),
            Err(PolicyError::Line {
                line: MAX_DEFINITIONS + 2,
                fault: LineFault::TooMany { keyword: "group" }
            })
        );
    }
}
