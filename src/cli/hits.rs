//! What was found of some words, for people and for programs.

use serde_json::{Value, json};

use super::answer::{added, bold, counted, dim, removed};
use super::command::log::{conclusion, rating_line};
use super::context::record_at;
use super::error::CliError;
use crate::record::{Content, Kind};
use crate::rules::{Facts, State, Subject};
use crate::search::{Change, Hit, Matched};
use crate::store::{Read, StoreError};

/// What no search of this kind can find.
pub const OUT_OF_REACH: &str = "Found is what has the same words or most of their letters. A paraphrase or a translation is not found.";

/// A hit, with what became of the record.
pub struct Shown {
    hit: Hit,
    state: State,
    /// What the decided review concluded, or how others rate what they state.
    conclusion: Option<String>,
    /// Who states it, if not we.
    by: Option<String>,
}

impl Shown {
    /// Looks up what became of a record, in the derived tables.
    pub fn look_up(store: &dyn Read, hit: Hit) -> Result<Self, CliError> {
        let subject: Subject = (&store)
            .subject(&hit.digest)?
            .ok_or_else(|| StoreError::Stale {
                found: format!("they do not know entry {}", hit.index),
            })?;
        // Of our records the review says most, of others' statements they themselves.
        let said = match hit.kind {
            Kind::Foreign => Some(hit.index),
            _ => subject.decided_review,
        };
        let said = said.map(|index| record_at(store, index)).transpose()?;
        let (conclusion, by) = match said.flatten().map(|(_, record)| record.content) {
            Some(Content::Review(review)) => (Some(conclusion(&review)), None),
            Some(Content::Foreign(foreign)) => (
                foreign.rating.as_ref().map(rating_line),
                Some(foreign.by.name.to_string()),
            ),
            _ => (None, None),
        };
        Ok(Shown {
            conclusion,
            by,
            state: subject.state(),
            hit,
        })
    }

    pub fn describe(&self) -> String {
        let hit = &self.hit;
        let concluded = match &self.conclusion {
            Some(conclusion) => format!(": {conclusion}"),
            None => String::new(),
        };
        // Nobody here reviews what others state: only that it was taken back tells anything.
        let standing = match (&self.by, self.state) {
            (Some(by), State::Recorded) => format!("stated by {}", one_line(by)),
            (_, state) => format!("{} ({})", bold(state.as_str()), meaning(state)),
        };
        let mut text = format!(
            "{} {}\n  {}\n  {standing}{concluded}\n  {}\n",
            bold(hit.kind.as_str()),
            hit.digest,
            quoted(&hit.text),
            dim(&how(hit.matched)),
        );
        let is_same = |change: &Change| matches!(change, Change::Same(_));
        if !hit.difference.iter().all(is_same) {
            text.push_str(&format!("  {}\n", difference(&hit.difference)));
        }
        text
    }

    pub fn to_json(&self) -> Value {
        let hit = &self.hit;
        let mut json = json!({
            "kind": hit.kind,
            "hash": hit.digest,
            "index": hit.index,
            "text": hit.text,
            "state": self.state,
            "score": (hit.score * 1000.0).round() / 1000.0,
            "matched": hit.matched,
            "difference": hit.difference,
        });
        if let Some(conclusion) = &self.conclusion {
            json["conclusion"] = json!(conclusion);
        }
        if let Some(by) = &self.by {
            json["by"] = json!(by);
        }
        json
    }
}

/// Says how recorded words answer to those looked for.
pub fn how(matched: Matched) -> String {
    match matched {
        Matched::Exact => "these words exactly".to_owned(),
        Matched::SameWords => "the same words, written otherwise".to_owned(),
        Matched::Fragment => "these words, with more around them".to_owned(),
        Matched::Elided => "these words, with more where they leave something out".to_owned(),
        Matched::Within => "all of it stands in what you looked for".to_owned(),
        Matched::Similar { differing: 0, .. } => {
            "the same letters, but for lookalikes or broken words".to_owned()
        }
        Matched::Similar { differing, of } => {
            let letters = counted(differing as u64, "letter differs", "letters differ");
            format!("similar: {letters} of {of}")
        }
        Matched::SomeWords { shared, of } => format!("{shared} of {of} words, in any order"),
    }
}

/// Shows what differs, in brackets as `wdiff` does: colour never stands alone.
fn difference(changes: &[Change]) -> String {
    let shown: Vec<String> = (changes.iter())
        .map(|change| match change {
            Change::Same(words) => one_line(words),
            Change::Missing(recorded) => removed(&one_line(recorded)),
            Change::Added(searched) => added(&one_line(searched)),
            Change::Instead { recorded, searched } => {
                let (recorded, searched) = (one_line(recorded), one_line(searched));
                format!("{} {}", removed(&recorded), added(&searched))
            }
        })
        .collect();
    shown.join(" ")
}

/// Recorded text in one line: no line of it can pass for a line of ours.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", one_line(text))
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\t'], " ")
}

fn meaning(state: State) -> &'static str {
    match state {
        State::Recorded => "nobody has reviewed it",
        State::InReview => "its first review waits for approval",
        State::Decided => "a review of it stands",
        State::ReReview => "a newer review waits for approval",
        State::Corrected => "corrected since",
        State::Retracted => "withdrawn",
        State::Erased => "its words were removed",
    }
}
