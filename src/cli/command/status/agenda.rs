//! What waits for an editor: reviews to approve, judgements whose ground moved, dates that have come, versions that nobody
//! looked at.
//!
//! All of it is looked up in the derived tables. Of the records themselves only those are read that are listed.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};

use serde_json::{Map, Value, json};

use crate::canonical::{Digest, Timestamp};
use crate::cli::answer::bold;
use crate::cli::command::log::{answers, conclusion};
use crate::cli::context::record_at;
use crate::cli::error::CliError;
use crate::cli::hits::quoted;
use crate::cli::key_store::NamedKey;
use crate::record::{Content, Kind, Record, Review};
use crate::rules::{Approvers, Approving, Facts, ReviewFacts, SignerFacts, State, Subject};
use crate::sign::Did;
use crate::store::{Derived, Read};

/// More than this of a section are counted, not listed.
const MAX_LISTED: usize = 20;

/// How long before its date a review is due, in seconds.
const NOTICE_S: i64 = 7 * 24 * 60 * 60;

/// Characters of a record's words that are shown on a terminal.
const MAX_SHOWN: usize = 72;

/// What a ledger holds and what there is to do.
pub struct Agenda {
    /// How many records of each kind are in each state.
    pub counts: BTreeMap<String, BTreeMap<String, u64>>,
    sections: [Section; 4],
}

/// What there is to do of one sort.
struct Section {
    member: &'static str,
    title: &'static str,
    total: usize,
    listed: Vec<Item>,
}

struct Item {
    text: String,
    json: Value,
}

/// What one pass over the derived rows picks out.
#[derive(Default)]
struct Picked {
    counts: BTreeMap<String, BTreeMap<String, u64>>,
    /// Claims and articles whose latest review waits.
    waiting: Vec<u64>,
    /// The facts on reviews with a date of the next look.
    dated: Vec<String>,
    /// The facts on sources and articles that were corrected or retracted.
    moved: Vec<String>,
}

impl Agenda {
    /// Looks up what there is to do, for whoever has this key.
    pub fn look(
        store: &dyn Read,
        key: Option<&NamedKey>,
        now: Timestamp,
    ) -> Result<Self, CliError> {
        let mut picked = Picked::default();
        store.subjects(&mut |row| picked.take(row))?;
        Ok(Agenda {
            sections: [
                waiting(store, &picked.waiting, key)?,
                shaken(store, &picked.moved)?,
                due(store, &picked.dated, now)?,
                revised(store)?,
            ],
            counts: picked.counts,
        })
    }

    /// Tells what there is to do; nothing of what there is not.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for section in self.sections.iter().filter(|section| section.total > 0) {
            text.push_str(&format!("\n{}\n", bold(section.title)));
            text.extend(section.listed.iter().map(|item| item.text.as_str()));
            if let more @ 1.. = section.total - section.listed.len() {
                text.push_str(&format!("and {more} more\n"));
            }
        }
        text
    }

    /// Adds the same to an answer for programs.
    pub fn add_to(&self, json: &mut Value) {
        for section in &self.sections {
            let listed: Vec<&Value> = section.listed.iter().map(|item| &item.json).collect();
            json[section.member] = json!({ "total": section.total, "listed": listed });
        }
    }
}

impl Picked {
    fn take(&mut self, row: Derived<'_>) {
        let Derived::Subject {
            index,
            kind,
            state,
            facts,
            ..
        } = row
        else {
            return;
        };
        let is = |kinds: &[Kind]| kinds.iter().any(|one| one.as_str() == kind);
        let is_waiting = [State::InReview, State::ReReview].map(State::as_str);
        if is(&[Kind::Claim, Kind::Article]) && is_waiting.contains(&state.as_ref()) {
            self.waiting.push(index);
        }
        // Most facts need not be read: they say nothing of what is looked for.
        let moved = ["\"corrected\":", "\"retracted\":"];
        let is_moved = moved.iter().any(|name| facts.contains(name));
        if is_moved && is(&[Kind::Source, Kind::Article]) {
            self.moved.push(facts.into_owned());
        } else if is(&[Kind::Review]) && facts.contains("\"reviewBy\":") {
            self.dated.push(facts.into_owned());
        }
        let of_kind = self.counts.entry(kind.into_owned()).or_default();
        *of_kind.entry(state.into_owned()).or_default() += 1;
    }
}

/// Of each subject the latest review, oldest subject first.
fn waiting(
    store: &dyn Read,
    subjects: &[u64],
    key: Option<&NamedKey>,
) -> Result<Section, CliError> {
    let signers = (&store).signers()?;
    let approvers = Approvers::new(&signers);
    let mut listed = Vec::new();
    for &index in subjects.iter().take(MAX_LISTED) {
        let mut item = Lines::of(store, index)?;
        let latest = Subject::at(store, index)?.and_then(|subject| subject.latest_review);
        // What waits has one, unless the tables are wrong.
        let review = latest.unwrap_or(index);
        let (
            Some(facts),
            Some((
                digest,
                Record {
                    content: Content::Review(said),
                    ..
                },
            )),
        ) = (Subject::at(store, review)?, record_at(store, review)?)
        else {
            item.say("its review was erased: review it anew");
            listed.push(item.done());
            continue;
        };
        item.json("review", json!(digest));
        item.conclude(&said);
        item.reviewer(&facts.editor, &signers);
        let (approved, needed) = match &facts.review {
            Some(review) => (review.approved_by.len(), usize::from(review.needed)),
            None => (0, 0),
        };
        let left = approvers.left(&facts);
        item.say(&format!("{approved} of {needed} approvals"));
        item.json("approvals", json!(approved));
        item.json("needed", json!(needed));
        item.json("couldApprove", json!(left));
        if approved + left < needed {
            item.say(&match left {
                0 => "nobody else could approve".to_owned(),
                n => format!("only {n} more could approve"),
            });
        }
        if let Some(key) = key {
            let approving = approvers.approving(&key.did, &facts);
            let name = &key.name;
            item.say(&match approving {
                Approving::May => format!("{name} may approve it"),
                Approving::Own => format!("{name} reviewed it, so another editor approves"),
                Approving::Done => format!("{name} has approved it"),
                Approving::NoRight => format!("{name} may not approve"),
            });
            item.json("mayApprove", json!(approving == Approving::May));
        }
        listed.push(item.done());
    }
    Ok(Section {
        member: "waiting",
        title: "reviews that wait for approval",
        total: subjects.len(),
        listed,
    })
}

/// Claims and articles that nobody looked at since what they rest on was retracted or corrected.
fn shaken(store: &dyn Read, moved: &[String]) -> Result<Section, CliError> {
    // Of several grounds that moved, the last.
    let mut shaken: BTreeMap<u64, (Option<u64>, Digest, Subject)> = BTreeMap::new();
    for facts in moved {
        let ground = Subject::from_facts(facts)?;
        let Some(entry) = store.entries(ground.index, 1)?.pop() else {
            continue;
        };
        let digest = entry.record;
        let since = ground.retracted.max(ground.corrected);
        let mut note = |subject: Subject| {
            if subject.stands() && subject.decided_review.is_some() && subject.latest_review < since
            {
                let before = shaken.get(&subject.index);
                if before.is_none_or(|(at, ..)| *at < since) {
                    shaken.insert(subject.index, (since, digest, ground.clone()));
                }
            }
        };
        for field in ["appearances.article", "sources.source", "via.source"] {
            for claim in store.references_in(&digest, field)? {
                Subject::at(store, claim)?.into_iter().for_each(&mut note);
            }
        }
        for index in store.references_in(&digest, "evidence.source")? {
            let Some(review) = Subject::at(store, index)?.and_then(|review| review.review) else {
                continue;
            };
            let subject = (&store).subject(&review.subject)?;
            let stands_by_it = |subject: &Subject| subject.decided_review == Some(index);
            subject.filter(stands_by_it).into_iter().for_each(&mut note);
        }
    }
    let mut listed = Vec::new();
    for (&index, (since, because, ground)) in shaken.iter().take(MAX_LISTED) {
        let mut item = Lines::of(store, index)?;
        let change = match *since == ground.retracted {
            true => "retracted",
            false => "corrected",
        };
        item.say(&format!("rests on {} {because}", ground.kind));
        if let Some(at) = since {
            item.say(&format!("{change} at index {at}"));
        }
        item.json("because", json!(because));
        item.json("change", json!(change));
        listed.push(item.done());
    }
    Ok(Section {
        member: "shaken",
        title: "decided, and what they rest on was retracted or corrected since",
        total: shaken.len(),
        listed,
    })
}

/// Decided reviews whose date of the next look has come or comes soon, the earliest first.
fn due(store: &dyn Read, dated: &[String], now: Timestamp) -> Result<Section, CliError> {
    let soon = Timestamp::from_unix_seconds(now.unix_seconds() + NOTICE_S).unwrap_or(now);
    let mut due = Vec::new();
    for facts in dated {
        let review = Subject::from_facts(facts)?;
        let Some(ReviewFacts {
            review_by: Some(date),
            subject,
            ..
        }) = review.review
        else {
            continue;
        };
        if date.is_after(soon) {
            continue;
        }
        // One that a later review is to replace is looked at already.
        let latest = Some(review.index);
        if let Some(subject) = (&store).subject(&subject)?
            && subject.stands()
            && (subject.decided_review, subject.latest_review) == (latest, latest)
        {
            due.push((date.to_string(), subject.index, review.index, date));
        }
    }
    due.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    let mut listed = Vec::new();
    for (_, subject, review, date) in due.iter().take(MAX_LISTED) {
        let mut item = Lines::of(store, *subject)?;
        let is_past = date.is_before(now);
        item.say(&format!("to be looked at again by {date}"));
        if is_past {
            item.say("which is past");
        }
        if let Some(entry) = store.entries(*review, 1)?.pop() {
            item.json("review", json!(entry.record));
        }
        item.json("reviewBy", json!(date));
        item.json("past", json!(is_past));
        listed.push(item.done());
    }
    Ok(Section {
        member: "due",
        title: "decided, and due for another look",
        total: due.len(),
        listed,
    })
}

/// Claims in articles of which a later version is recorded, that nobody looked at since.
fn revised(store: &dyn Read) -> Result<Section, CliError> {
    let mut revised: BTreeMap<u64, (Digest, u64)> = BTreeMap::new();
    for (article, version) in store.references_of("revises")? {
        let again = match store.entries(version, 1)?.pop() {
            Some(entry) => store.references_in(&entry.record, "appearances.article")?,
            None => Vec::new(),
        };
        for claim in store.references_in(&article, "appearances.article")? {
            let Some(subject) = Subject::at(store, claim)? else {
                continue;
            };
            let seen = Some(claim)
                .max(subject.latest_review)
                .max(subject.corrected);
            if subject.stands() && seen < Some(version) && !again.contains(&claim) {
                revised.insert(claim, (article, version));
            }
        }
    }
    let mut listed = Vec::new();
    for (&claim, (article, version)) in revised.iter().take(MAX_LISTED) {
        let mut item = Lines::of(store, claim)?;
        item.say(&format!("stands in article {article}"));
        item.json("article", json!(article));
        if let Some(entry) = store.entries(*version, 1)?.pop() {
            item.say(&format!("of which {} is a later version", entry.record));
            item.json("laterVersion", json!(entry.record));
        }
        listed.push(item.done());
    }
    Ok(Section {
        member: "revised",
        title: "claims in articles of which a later version is recorded",
        total: revised.len(),
        listed,
    })
}

/// A record in a list: its words, what is said of it, its hash.
struct Lines {
    hash: String,
    words: String,
    said: Vec<String>,
    json: Map<String, Value>,
}

impl Lines {
    fn of(store: &dyn Read, index: u64) -> Result<Self, CliError> {
        let mut lines = Lines {
            hash: String::new(),
            words: "(no words)".to_owned(),
            said: Vec::new(),
            json: Map::new(),
        };
        if let Some(entry) = store.entries(index, 1)?.pop() {
            lines.hash = entry.record.to_string();
            lines.json("subject", json!(entry.record));
        }
        if let Some(subject) = Subject::at(store, index)? {
            lines.json("kind", json!(subject.kind));
        }
        if let Some(words) = store.wording(index)? {
            lines.words = quoted(&shortened(&words, io::stdout().is_terminal()));
            lines.json("words", json!(words));
        }
        Ok(lines)
    }

    fn say(&mut self, text: &str) {
        self.said.push(text.to_owned());
    }

    fn json(&mut self, member: &str, value: Value) {
        self.json.insert(member.to_owned(), value);
    }

    fn conclude(&mut self, review: &Review) {
        self.say(&conclusion(review));
        for (question, answer) in answers(review) {
            self.json(question, json!(answer));
        }
    }

    fn reviewer(&mut self, editor: &Did, signers: &BTreeMap<Did, SignerFacts>) {
        self.json("editor", json!(editor));
        let holder = signers
            .get(editor)
            .and_then(|signer| signer.holder.as_ref());
        match holder {
            Some(holder) => {
                self.say(&format!("by {holder}"));
                self.json("holder", json!(holder));
            }
            None => self.say(&format!("by {editor}")),
        }
    }

    fn done(self) -> Item {
        Item {
            text: format!(
                "{}\n  {}\n  {}\n",
                self.words,
                self.said.join(", "),
                self.hash
            ),
            json: Value::Object(self.json),
        }
    }
}

/// On a terminal the beginning of long words; elsewhere all of them.
fn shortened(words: &str, terminal: bool) -> String {
    match terminal && words.chars().count() > MAX_SHOWN {
        true => words.chars().take(MAX_SHOWN - 1).chain(['…']).collect(),
        false => words.to_owned(),
    }
}
