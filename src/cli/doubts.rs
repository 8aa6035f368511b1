//! What an editor may not have meant, told before it stands for ever: nothing is refused for it.

use super::answer::counted;
use super::command::log::answers;
use super::context::record_at;
use super::error::CliError;
use crate::canonical::{Date, Digest, Timestamp};
use crate::record::claim::Appearance;
use crate::record::{Approval, Article, Claim, Content, Policy, Record, Review, Source};
use crate::rules::{Approvers, Facts, Subject};
use crate::sign::Did;
use crate::store::Read;

/// How far the day of an editor may be from that of UTC.
const MAX_ZONE_S: i64 = 14 * 60 * 60;

/// Returns what there is to ask of a record that is about to be appended, in lines for stderr.
pub fn of(store: &dyn Read, record: &Record, now: Timestamp) -> Result<Vec<String>, CliError> {
    let mut doubts = match &record.content {
        Content::Article(article) => same_text(store, article)?,
        Content::Source(source) => same_snapshot(store, source)?,
        Content::Claim(claim) => same_claim(store, claim)?,
        Content::Review(review) => left_open(store, &review.subject, review)?,
        Content::Approval(approval) => approved_away(store, approval)?,
        Content::Policy(policy) => too_many_eyes(store, policy, &record.editor)?,
        _ => Vec::new(),
    };
    doubts.extend(dates(&record.content, now));
    Ok(doubts)
}

fn same_text(store: &dyn Read, article: &Article) -> Result<Vec<String>, CliError> {
    let mut doubts = Vec::new();
    for index in store.references_in(&article.text.digest, "text")? {
        // A version may have the text of the one before, with another headline.
        doubts.extend(
            standing(store, index)?
                .filter(|(digest, _)| Some(*digest) != article.revises)
                .map(|(digest, _)| {
                    format!("warning: the same text is recorded already, as article {digest}")
                }),
        );
    }
    Ok(doubts)
}

fn same_snapshot(store: &dyn Read, source: &Source) -> Result<Vec<String>, CliError> {
    let mut doubts = Vec::new();
    if let Some(snapshot) = &source.snapshot {
        for index in store.references_in(&snapshot.digest, "snapshot")? {
            doubts.extend(standing(store, index)?.map(|(digest, _)| {
                format!("warning: the same snapshot is recorded already, as source {digest}")
            }));
        }
    }
    Ok(doubts)
}

fn same_claim(store: &dyn Read, claim: &Claim) -> Result<Vec<String>, CliError> {
    let place = |appearance: &Appearance| (appearance.article, appearance.start, appearance.end);
    let mut doubts = Vec::new();
    let Some(first) = claim.appearances.first() else {
        return Ok(doubts);
    };
    for index in store.references_in(&first.article, "appearances.article")? {
        let Some((digest, Content::Claim(earlier))) = standing(store, index)? else {
            continue;
        };
        let mut places = earlier.appearances.iter().map(place);
        if earlier.speaker.name == claim.speaker.name && places.any(|there| there == place(first)) {
            doubts.push(format!(
                "warning: the same words of the same speaker are recorded already, as claim {digest}"
            ));
        }
    }
    Ok(doubts)
}

/// A review is the whole judgement: what it does not answer is open again once it is decided.
fn left_open(store: &dyn Read, subject: &Digest, review: &Review) -> Result<Vec<String>, CliError> {
    let decided = (&store)
        .subject(subject)?
        .and_then(|subject| subject.decided_review);
    let Some(decided) = decided else {
        return Ok(Vec::new());
    };
    let Some((
        _,
        Record {
            content: Content::Review(decided),
            ..
        },
    )) = record_at(store, decided)?
    else {
        return Ok(Vec::new());
    };
    let kept = answers(review);
    let open: Vec<(&str, &str)> = (answers(&decided).into_iter())
        .filter(|(question, _)| kept.iter().all(|(answered, _)| answered != question))
        .collect();
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let said: Vec<String> = open
        .iter()
        .map(|(question, answer)| format!("{question} {answer}"))
        .collect();
    let options: Vec<String> = open
        .iter()
        .map(|(question, answer)| format!("--{question} {answer}"))
        .collect();
    Ok(vec![format!(
        "warning: the decided review also says {}; this one leaves that open\n\nhint: a review that is to keep it names it: {}",
        said.join(", "),
        options.join(" ")
    )])
}

fn approved_away(store: &dyn Read, approval: &Approval) -> Result<Vec<String>, CliError> {
    let Some(index) = store.index_of(&approval.review)? else {
        return Ok(Vec::new());
    };
    match record_at(store, index)? {
        Some((
            _,
            Record {
                content: Content::Review(review),
                ..
            },
        )) => left_open(store, &review.subject, &review),
        _ => Ok(Vec::new()),
    }
}

fn too_many_eyes(store: &dyn Read, policy: &Policy, editor: &Did) -> Result<Vec<String>, CliError> {
    let signers = (&store).signers()?;
    let others = Approvers::new(&signers).others(editor);
    if usize::from(policy.approvals) <= others {
        return Ok(Vec::new());
    }
    let others = counted(
        others as u64,
        "other editor could approve",
        "other editors could approve",
    );
    Ok(vec![format!(
        "warning: a review needs {} approvals from now on, and {others}\n\nhint: enrol more with `ledger key enroll`, or \
         ask for fewer",
        policy.approvals,
    )])
}

fn dates(content: &Content, now: Timestamp) -> Vec<String> {
    let shifted = |by| Timestamp::from_unix_seconds(now.unix_seconds() + by).unwrap_or(now);
    let to_come = |what: &str, date: &Date| {
        date.is_after(shifted(MAX_ZONE_S))
            .then(|| format!("warning: {what}, {date}, lies in the future"))
    };
    let doubts = match content {
        Content::Article(article) => vec![
            to_come("the date of publication", &article.published),
            (article.modified.as_ref())
                .and_then(|date| to_come("the date of the last change", date)),
        ],
        Content::Source(source) => vec![to_come("the date of publication", &source.published)],
        Content::Claim(claim) => vec![to_come("the date on which it was said", &claim.said)],
        Content::Review(review) => {
            let is_past = |date: &&Date| date.is_before(shifted(-MAX_ZONE_S));
            let past = review.review_by.as_ref().filter(is_past);
            vec![past.map(|date| format!("warning: the date of the next look, {date}, is past"))]
        }
        _ => Vec::new(),
    };
    doubts.into_iter().flatten().collect()
}

/// Reads a record that was neither erased nor retracted.
fn standing(store: &dyn Read, index: u64) -> Result<Option<(Digest, Content)>, CliError> {
    if Subject::at(store, index)?.is_some_and(|subject| !subject.stands()) {
        return Ok(None);
    }
    Ok(record_at(store, index)?.map(|(digest, record)| (digest, record.content)))
}
