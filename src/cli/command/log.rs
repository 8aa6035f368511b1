//! `ledger log`: the entries in order.

use clap::Args;
use serde_json::json;

use super::one_of;
use crate::cli::answer::{Answer, Table};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::log::Entry;
use crate::record::foreign::Rating;
use crate::record::{Consent, Content, Kind, Observation, Record, Review, Token};
use crate::rules::Facts;
use crate::store::{Object, Read, StoreError, StoredEntry, each_entry};

/// List the last entries, or those from an index on
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger log
  ledger log --from 0 --kind claim --json")]
pub struct Arguments {
    /// The first index to list; else the last entries are listed
    #[arg(long, value_name = "INDEX")]
    from: Option<u64>,
    /// How many entries to list
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// Only entries of this kind
    #[arg(long, value_parser = one_of::<Kind>())]
    kind: Option<Kind>,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let store = context.read()?;
    let signers = (&store as &dyn Read).signers()?;
    let mut table = Table::default();
    let mut json = Vec::new();
    for stored in candidates(arguments, &store)? {
        if json.len() == arguments.limit {
            break;
        }
        let stored = stored?;
        let entry = Entry::parse(&stored.bytes).map_err(|error| {
            CliError::failed(format!("entry {}: {error}", stored.index)).hint("run `ledger verify`")
        })?;
        if arguments
            .kind
            .is_some_and(|kind| kind.as_str() != entry.kind)
        {
            continue;
        }
        let summary = summary(&stored);
        let signer = signers.get(&entry.proof.key);
        let name = match signer.and_then(|signer| signer.holder.as_ref()) {
            Some(holder) => holder.to_string(),
            None => entry.proof.key.to_string(),
        };
        table.row([
            entry.index.to_string(),
            entry.recorded.to_string(),
            entry.kind.clone(),
            entry.record.to_string(),
            name,
            summary.clone(),
        ]);
        json.push(json!({
            "type": "entry",
            "index": entry.index,
            "kind": entry.kind,
            "hash": entry.record,
            "recorded": entry.recorded,
            "key": entry.proof.key,
            "summary": summary,
        }));
    }
    Ok(Answer::list(table, json))
}

/// Returns the entries from which on, or among which, those are that are listed.
fn candidates<'a>(
    arguments: &Arguments,
    store: &'a dyn Read,
) -> Result<Box<dyn Iterator<Item = Result<StoredEntry, StoreError>> + 'a>, StoreError> {
    let from = match (arguments.from, arguments.kind) {
        (Some(from), _) => from,
        (None, None) => store.size()?.saturating_sub(arguments.limit as u64),
        (None, Some(kind)) => {
            let last = store.last_of_kind(kind.as_str(), arguments.limit)?;
            let oldest_first = last.into_iter().rev();
            return Ok(Box::new(
                oldest_first.flat_map(move |index| each_entry(store, index..index + 1)),
            ));
        }
    };
    Ok(Box::new(each_entry(store, from..u64::MAX)))
}

/// Says in a line what a record is about.
fn summary(stored: &StoredEntry) -> String {
    let bytes = match (stored.record_bytes(), &stored.object) {
        (Ok(Some(bytes)), _) => bytes,
        (Ok(None), Object::Erased) => return "(erased)".to_owned(),
        (Ok(None), _) => return "(missing)".to_owned(),
        (Err(_), _) => return "(not what was signed: run `ledger verify`)".to_owned(),
    };
    match Record::parse(bytes) {
        Ok(record) => content_line(&record.content),
        Err(_) => "(unreadable)".to_owned(),
    }
}

/// Says in a line what a record says.
pub(in crate::cli) fn content_line(content: &Content) -> String {
    match content {
        Content::Ledger(ledger) => ledger.name.to_string(),
        Content::Key(key) => format!("{} as {}", key.holder.name, key.role),
        Content::Revocation(revocation) => format!("{} {}", revocation.reason, revocation.key),
        Content::Policy(policy) => format!("approvals {}", policy.approvals),
        Content::Erasure(erasure) => erasure.reason.to_string(),
        Content::Article(article) => article.headline.to_string(),
        Content::Source(source) => source.title.to_string(),
        Content::Claim(claim) => format!("{}: {}", claim.speaker.name, claim.text),
        Content::Review(review) => conclusion(review),
        Content::Approval(approval) => approval.review.to_string(),
        Content::Correction(correction) => {
            format!(
                "{} of {}: {}",
                correction.kind, correction.subject, correction.reason
            )
        }
        Content::Relation(relation) => {
            format!("{} {} {}", relation.from, relation.relation, relation.to)
        }
        Content::Response(response) => format!("{}: {}", response.by.name, response.text),
        Content::Foreign(foreign) => {
            let rating = foreign.rating.as_ref().map(rating_line);
            let rating = rating.map_or_else(String::new, |rating| format!(" ({rating})"));
            format!("{} states: {}{rating}", foreign.by.name, foreign.statement)
        }
        Content::Observation(observation) => observation_line(observation),
        Content::Disclosure(disclosure) => format!(
            "{} on AI in {}: {}",
            disclosure.by.name, disclosure.ai_use.stage, disclosure.ai_use.description
        ),
        Content::Consent(consent) => consent_line(consent),
    }
}

/// Says in a line what a review concludes.
pub(in crate::cli) fn conclusion(review: &Review) -> String {
    let answers = answers(review).into_iter();
    let answers: Vec<String> = answers
        .map(|(question, answer)| format!("{question} {answer}"))
        .collect();
    answers.join(", ")
}

/// Returns which questions a review answers, and how.
pub(in crate::cli) fn answers(review: &Review) -> Vec<(&'static str, &'static str)> {
    let answers = [
        review.verdict.map(|v| ("verdict", v.as_str())),
        review.attribution.map(|a| ("attribution", a.as_str())),
        review.quote.map(|q| ("quote", q.as_str())),
    ];
    answers.into_iter().flatten().collect()
}

/// Says in a line how somebody else rated something, in their words and numbers.
pub(in crate::cli) fn rating_line(rating: &Rating) -> String {
    let number = rating.value.as_ref().map(|value| {
        let on = match (&rating.worst, &rating.best) {
            (Some(worst), Some(best)) => format!(", worst {worst}, best {best}"),
            (Some(worst), None) => format!(", worst {worst}"),
            (None, Some(best)) => format!(", best {best}"),
            (None, None) => String::new(),
        };
        format!("{value}{on}")
    });
    match (&rating.name, number) {
        (Some(name), Some(number)) => format!("{name}; {number}"),
        (Some(name), None) => name.to_string(),
        (None, number) => number.unwrap_or_default(),
    }
}

/// Says in a line what was found at an address.
pub(in crate::cli) fn observation_line(observation: &Observation) -> String {
    let outcome = match observation.is_silent_edit() {
        true => "changed silently",
        false => observation.outcome.as_str(),
    };
    let digests = match (observation.expected, observation.found) {
        (Some(expected), Some(found)) => format!(", from {expected} to {found}"),
        _ => String::new(),
    };
    format!(
        "{} {outcome}{digests}, seen {}",
        observation.url, observation.observed
    )
}

/// Says in a line what a person decided.
pub(in crate::cli) fn consent_line(consent: &Consent) -> String {
    let scope: Vec<&str> = consent.scope.iter().map(Token::as_str).collect();
    let until =
        (consent.until.as_ref()).map_or_else(String::new, |until| format!(", until {until}"));
    format!(
        "{}: consent {} for {}, {}{until}",
        consent.person.name,
        consent.decision,
        scope.join(", "),
        consent.date
    )
}
