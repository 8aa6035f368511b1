//! Proposed claims against what people labelled: how many are right, and how many were found.
//!
//! Labels of the two seeds are places and digests only: the texts are other people's.

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ledger::canonical::{ArticleText, Digest};
use ledger::ingest::page::{Circumstances, Page};
use ledger::ingest::quotes::{self, Found, Proposal};
use ledger::record::claim::ClaimKind;
use serde::Deserialize;
use serde_json::Value;
use support::desk::Desk;
use support::tools;

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Label {
    kind: String,
    words: Vec<String>,
    speaker: Option<String>,
    #[serde(default)]
    via: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedLabel {
    kind: String,
    places: Vec<SeedPlace>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedPlace {
    start: usize,
    end: usize,
    sha256: String,
}

/// How well proposals fit labels.
#[derive(Debug, Default)]
struct Score {
    right: usize,
    proposed: usize,
    labelled: usize,
    speakers_right: usize,
}

impl Score {
    fn precision(&self) -> f64 {
        self.right as f64 / self.proposed as f64
    }

    fn recall(&self) -> f64 {
        self.right as f64 / self.labelled as f64
    }
}

fn text_of(path: &Path) -> ArticleText {
    let known = Circumstances {
        name: path.to_string_lossy().into_owned(),
        ..Circumstances::default()
    };
    Page::read(std::fs::read(path).unwrap(), &known)
        .unwrap()
        .text
}

fn kind_of(proposal: &Proposal) -> &'static str {
    match proposal.kind {
        ClaimKind::DirectQuote => "d",
        _ => "i",
    }
}

fn is_right(proposal: &Proposal, kind: &str, starts: &[usize]) -> bool {
    let found: Vec<usize> = proposal.places.iter().map(|place| place.start).collect();
    kind_of(proposal) == kind && found == starts
}

/// Where words stand that stand in the text once.
fn start_of(text: &str, words: &str) -> usize {
    assert_eq!(text.matches(words).count(), 1, "{words}");
    text[..text.find(words).unwrap()].chars().count()
}

fn score_own() -> Score {
    let labels = std::fs::read(tests().join("quotes/labels.json")).unwrap();
    let labels: BTreeMap<String, Vec<Label>> = serde_json::from_slice(&labels).unwrap();
    let mut score = Score::default();
    for (name, labels) in &labels {
        let text = text_of(&tests().join(name));
        let proposals = quotes::propose(&text).proposals;
        score.proposed += proposals.len();
        score.labelled += labels.len();
        for proposal in &proposals {
            let label = labels.iter().find(|label| {
                let starts: Vec<usize> = label
                    .words
                    .iter()
                    .map(|w| start_of(text.as_str(), w))
                    .collect();
                is_right(proposal, &label.kind, &starts)
            });
            match label {
                Some(label) => {
                    score.right += 1;
                    let is_named = proposal.speaker == label.speaker && proposal.via == label.via;
                    score.speakers_right += usize::from(is_named);
                    if !is_named {
                        eprintln!(
                            "{name}: expected {:?} via {:?}, found {:?} via {:?}",
                            label.speaker, label.via, proposal.speaker, proposal.via
                        );
                    }
                }
                None => eprintln!("{name}: proposed and not labelled: {}", proposal.text),
            }
        }
    }
    score
}

#[test]
fn most_of_what_is_proposed_of_labelled_pages_is_right_and_most_is_found() {
    let score = score_own();
    eprintln!(
        "own pages: precision {:.3}, recall {:.3}, speaker and chain {:.3}, {score:?}",
        score.precision(),
        score.recall(),
        score.speakers_right as f64 / score.right as f64
    );
    assert!(score.labelled >= 50, "{score:?}");
    assert!(score.precision() >= 0.97, "{score:?}");
    assert!(score.recall() >= 0.80, "{score:?}");
    assert!(
        score.speakers_right as f64 >= 0.90 * score.right as f64,
        "{score:?}"
    );
}

fn seed(name: &str) -> Option<ArticleText> {
    let seeds = tools::seeds();
    (seeds
        .iter()
        .find(|path| path.file_stem().is_some_and(|stem| stem == name)))
    .map(|path| text_of(path))
}

#[test]
fn what_is_proposed_of_the_seeds_is_right_and_the_quotes_are_found() {
    let labels = std::fs::read(tests().join("quotes/seeds.json")).unwrap();
    let labels: BTreeMap<String, Vec<SeedLabel>> = serde_json::from_slice(&labels).unwrap();
    let mut score = Score::default();
    for (name, labels) in &labels {
        let Some(text) = seed(name) else { return };
        for place in labels.iter().flat_map(|label| &label.places) {
            let words = text.slice(place.start as u64..place.end as u64).unwrap();
            assert_eq!(
                Digest::of(words.as_bytes()).to_string(),
                format!("sha256:{}", place.sha256)
            );
        }
        let proposals = quotes::propose(&text).proposals;
        score.proposed += proposals.len();
        score.labelled += labels.len();
        score.right += proposals
            .iter()
            .filter(|proposal| {
                labels.iter().any(|label| {
                    let ends = proposal.places.iter().map(|place| place.end);
                    let starts: Vec<usize> = label.places.iter().map(|place| place.start).collect();
                    is_right(proposal, &label.kind, &starts)
                        && ends.eq(label.places.iter().map(|place| place.end))
                })
            })
            .count();
        // Each direct quote is one claim with two appearances.
        let direct = proposals.iter().filter(|proposal| kind_of(proposal) == "d");
        assert!(
            direct.into_iter().all(|quote| quote.places.len() == 2),
            "{name}"
        );
    }
    eprintln!(
        "seeds: precision {:.3}, recall {:.3}, {score:?}",
        score.precision(),
        score.recall()
    );
    assert!(score.precision() >= 0.97, "{score:?}");
    assert!(score.recall() >= 0.75, "{score:?}");
}

#[test]
fn flag_and_furniture_and_advertising_of_a_seed_are_marked() {
    let Some(text) = seed("001_f306a0cb6f39494e") else {
        return;
    };
    let Found { suspicions, .. } = quotes::propose(&text);
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for (kind, _) in &suspicions {
        *count.entry(kind.name()).or_default() += 1;
    }
    eprintln!("{count:?}");
    assert_eq!(count["verification-flag"], 1);
    assert!(
        count["advertising"] >= 3 && count["furniture"] >= 3,
        "{count:?}"
    );
    // The paragraphs of the article itself are none of these.
    let is_paragraph = |place: &std::ops::Range<usize>| place.len() > 200;
    assert!(!suspicions.iter().any(|(_, place)| is_paragraph(place)));
}

#[test]
fn proposals_become_a_dossier_that_is_recorded_once_an_editor_says_so() {
    let desk = Desk::founded();
    let council = std::fs::read_to_string(tests().join("quotes/council.txt")).unwrap();
    let article = desk.article(&council);
    let before = desk.head();
    let answer = desk.ok(&["quotes", &article, "-o", "claims.json"]);
    assert_eq!(desk.head(), before, "nothing is recorded by itself");
    let message = desk.fails(&["quotes", &article, "-o", "claims.json"], 3);
    assert!(message.contains("--force"), "{message}");
    let receipt = desk.ok(&["record", "claims.json", "--as", "ada"]);
    let recorded = receipt["records"].as_array().unwrap().len();
    assert_eq!(recorded, answer["proposals"].as_array().unwrap().len());
    assert_eq!(desk.findings(), Vec::<String>::new());
    // Split by its speech tag: one claim, two appearances.
    let claims = answer["proposals"].as_array().unwrap();
    let split: Vec<&Value> = claims
        .iter()
        .filter(|one| one["claim"]["appearances"].as_array().unwrap().len() == 2)
        .collect();
    assert_eq!(
        split[0]["claim"]["text"],
        "A tram is not a plan it is a way of not having one."
    );
}

#[test]
fn names_that_begin_with_the_are_whole_and_a_clause_within_speech_has_no_speaker() {
    let page = tests().join("pages/aggregator.html");
    let proposals = quotes::propose(&text_of(&page)).proposals;
    let found: Vec<(&str, Option<&str>, Vec<&str>)> = proposals
        .iter()
        .map(|one| {
            let via = one.via.iter().map(String::as_str).collect();
            (
                one.text.split(' ').next().unwrap(),
                one.speaker.as_deref(),
                via,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("Composer", Some("Composer Ada Perle"), vec!["The Organ"]),
            ("A", Some("Perle"), vec!["The Organ"]),
            ("I", Some("the 61-year-old"), vec!["The Organ"]),
            // At the beginning of a sentence, nobody can tell.
            ("The", Some("Organ"), vec!["Concert Weekly"]),
        ]
    );
}

#[test]
fn hostile_texts_are_searched_in_time() {
    for text in [
        "“".repeat(600_000),
        "“a” ".repeat(200_000),
        "said X, ".repeat(100_000),
        "\"a said b\" ".repeat(50_000),
        "‘a’b".repeat(100_000),
        "“I said so, and so did he,” said X. ".repeat(10_000),
    ] {
        let start = std::time::Instant::now();
        quotes::propose(&ArticleText::normalize(text.as_bytes()).unwrap());
        let took = start.elapsed();
        eprintln!("{took:.1?}");
        assert!(took.as_secs() < 20, "{took:?}");
    }
}
