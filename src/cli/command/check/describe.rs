//! What a reader is told, in lines of text.

use super::Found;
use crate::bundle::{Attestation, Comparison, Outcome, Standing};
use crate::canonical::Digest;
use crate::cli::answer::{Exit, bad, bold, dim, good, unknown, witnessed};
use crate::cli::command::log::{conclusion, consent_line, observation_line, rating_line};
use crate::record::{Content, Foreign, Observation, Record, Relation};
use crate::rules::State;

/// Says what was checked and found, and then what the editors concluded.
pub(super) fn describe(found: &Found) -> String {
    let standing = &found.standing;
    let one = &standing.record;
    let mut text = format!("{} {}\n", bold(&one.kind), one.digest);
    match &one.record {
        Some(record) => text.push_str(&describe_content(&record.content)),
        None if one.state() == State::Erased => {
            text.push_str("  (the words are not here any more)\n");
        }
        None => text.push_str("  (the words are not here, and no erasure says why)\n"),
    }
    let intact = match (one.is_intact(), found.exit()) {
        (true, Exit::Done) => good("record intact: this is what was signed and logged"),
        (true, _) => bad("record intact, but something about it is not"),
        (false, Exit::Failed) => unknown("record not wholly checked"),
        (false, _) if standing.lacks_only_witnesses() => {
            bad("record intact, but not witnessed as your policy asks")
        }
        (false, _) => bad("record NOT intact"),
    };
    text.push_str(&format!("\n{intact}\n"));
    for step in &one.steps {
        let line = match &step.outcome {
            Outcome::Passed => format!("  {}", good(step.name)),
            Outcome::Failed(why) => format!("  {}: {why}", bad(step.name)),
            Outcome::NotChecked(why) => format!("  {}: {why}", unknown(step.name)),
        };
        text.push_str(&format!("{line}\n"));
    }
    // The record and what was concluded of it are two things, and stand apart.
    text.push_str(&format!("\n{}\n", describe_state(standing)));
    if let Some(review) = standing.decided_review() {
        // Words that nobody signed must not pass for the editors' conclusion.
        if review.has_failed() {
            text.push_str(&format!("  {}\n", headline(review)));
        }
        text.push_str(&describe_review(standing, review));
    }
    text.push_str(&format!(
        "\nsigned by  {}, {}\nrecorded   {}, index {} of {}\n",
        signer_name(one),
        one.proof.created,
        one.recorded,
        one.index,
        standing.size,
    ));
    let decided = standing.decided_review().map(|review| review.index);
    if let Some(comparison) = &found.comparison {
        text.push_str(&format!("\n{}", describe_comparison(standing, comparison)));
    }
    for one in &standing.cosigned {
        let time = witnessed(one.cosignature.time);
        let known = match one.is_known {
            true => "",
            false => ", a witness that your policy does not name",
        };
        text.push_str(&format!(
            "cosigned   {}, {time}{known}\n",
            one.cosignature.witness
        ));
    }
    for related in &standing.named {
        text.push_str(&format!("\n{}\n", headline(related)));
        if let Some(record) = &related.record {
            text.push_str(&describe_content(&record.content));
        }
    }
    for related in &standing.about {
        // Approvals are told with their reviews, the decided review stands above.
        if related.kind == "approval" || Some(related.index) == decided {
            continue;
        }
        text.push_str(&format!("\n{}\n", headline(related)));
        match &related.record {
            Some(Record {
                content: Content::Review(_),
                ..
            }) => text.push_str(&describe_review(standing, related)),
            Some(Record {
                content: Content::Relation(relation),
                ..
            }) => text.push_str(&describe_relation(&one.digest, relation)),
            Some(record) => text.push_str(&describe_content(&record.content)),
            None => {}
        }
    }
    for related in &standing.supporting {
        if related.has_failed() {
            text.push_str(&format!("\n{}\n", headline(related)));
        }
    }
    let retracted = found
        .claims
        .iter()
        .filter(|(_, state)| *state == State::Retracted);
    for (claim, _) in retracted {
        text.push_str(&format!(
            "\n{} {claim}\n",
            bad("a claim in it was retracted:")
        ));
    }
    text
}

/// Says what a newer ledger adds to a bundle.
fn describe_comparison(standing: &Standing, comparison: &Comparison) -> String {
    let newer = match comparison {
        Comparison::Older { size } => {
            return format!(
                "{}\n",
                unknown(&format!(
                    "not compared: the other ledger has only {size} entries, this speaks of {}",
                    standing.size
                ))
            );
        }
        Comparison::Contradicted(why) => {
            return format!(
                "{}\n",
                bad(&format!("the other ledger contradicts it: {why}"))
            );
        }
        Comparison::Continued(newer) => newer,
    };
    let time = (newer.recorded).map_or_else(String::new, |time| format!(", {time}"));
    let as_of = format!("as of {} entries{time}", newer.size);
    let (mark, says): (fn(&str) -> String, &str) = match newer {
        newer if newer.says_more() => (bad, "more is said of it"),
        newer if !newer.is_current() => (unknown, "whether more is said of it can't be told"),
        newer if newer.left_out_checked => (good, "nothing else is said of it"),
        _ => (good, "nothing was said of it since"),
    };
    let mut text = format!("{}\n", mark(&format!("{says}, {as_of}")));
    for (what, statements) in [
        ("since then", &newer.later),
        ("left out", &newer.left_out),
        ("can't be read", &newer.unread),
    ] {
        for one in statements {
            text.push_str(&format!(
                "  {what}: {} {}, index {}\n",
                one.kind, one.digest, one.index
            ));
        }
    }
    text
}

/// Says what the editors concluded, or that they have not.
fn describe_state(standing: &Standing) -> String {
    let state = standing.record.state();
    let size = standing.size;
    let meaning = match state {
        State::Recorded => "nobody has reviewed it",
        State::InReview => "its first review waits for approval",
        State::Decided => "reviewed and approved",
        State::ReReview => "a newer review waits for approval; this one stands meanwhile",
        State::Corrected => "see the correction below",
        State::Retracted => "withdrawn, see why below",
        State::Erased => "its words were removed, see why below",
    };
    let time = (standing.recorded).map_or_else(String::new, |time| format!(", {time}"));
    format!(
        "{} ({meaning}), as of {size} entries{time}",
        bold(state.as_str())
    )
}

fn describe_review(standing: &Standing, review: &Attestation) -> String {
    let Some(Record {
        content: Content::Review(content),
        ..
    }) = &review.record
    else {
        return String::new();
    };
    let approved: Vec<String> = standing
        .approvals_of(review)
        .map(|approval| match approval.has_failed() {
            true => format!("{} ({})", holder(approval), bad("approval NOT intact")),
            false => holder(approval),
        })
        .collect();
    let approved = match approved.as_slice() {
        [] if review.state() == State::InReview => ", waits for approval".to_owned(),
        [] => String::new(),
        names => format!(", approved by {}", names.join(", ")),
    };
    indented(&format!(
        "{}\n{}\n{}\n",
        conclusion(content),
        content.explanation,
        dim(&format!(
            "by {}{approved}; {}",
            holder(review),
            review.digest
        ))
    ))
}

fn describe_relation(this: &Digest, relation: &Relation) -> String {
    let named = |claim: &Digest| match claim == this {
        true => "this".to_owned(),
        false => claim.to_string(),
    };
    let note = relation.note.as_ref();
    format!(
        "  {} {} {}\n{}",
        named(&relation.from),
        relation.relation,
        named(&relation.to),
        note.map_or_else(String::new, |note| indented(note.as_str())),
    )
}

/// The name of a signer, as short as readers know it.
fn holder(one: &Attestation) -> String {
    let holder = one
        .signer
        .as_ref()
        .and_then(|signer| signer.holder.as_ref());
    holder.map_or_else(|| one.proof.key.to_string(), ToString::to_string)
}

fn headline(one: &Attestation) -> String {
    let mark = match (one.is_intact(), one.has_failed()) {
        (true, _) => good(&one.kind),
        (false, true) => bad(&format!("{} NOT intact", one.kind)),
        (false, false) if one.state() == State::Erased => unknown(&format!("{}, erased", one.kind)),
        (false, false) => unknown(&format!("{} not wholly checked", one.kind)),
    };
    // What took it back stands with it, not with what is checked.
    let since = match (one.state(), one.kind.as_str()) {
        (State::Retracted, "consent") => "; withdrawn later",
        (State::Retracted, _) => "; retracted later",
        (State::Corrected, _) => "; corrected later",
        _ => "",
    };
    format!(
        "{mark} {}, by {}, {}{since}",
        one.digest,
        holder(one),
        one.proof.created
    )
}

fn signer_name(one: &Attestation) -> String {
    let key = one.proof.key;
    match &one.signer {
        Some(signer) => match &signer.holder {
            Some(holder) => format!("{holder} ({}, {key})", signer.role),
            None => format!("{} {key}", signer.role),
        },
        None => format!("{key}, not enrolled"),
    }
}

/// Says what a record says, every line indented: no recorded text can pass for a result of ours.
fn describe_content(content: &Content) -> String {
    let text = match content {
        Content::Claim(claim) => {
            let via: String = claim
                .via
                .iter()
                .map(|hop| format!(", via {}", hop.name))
                .collect();
            format!(
                "  \"{}\"\n  {}{via}; said {}; {}, {}\n",
                claim.text, claim.speaker.name, claim.said, claim.kind, claim.checkability
            )
        }
        Content::Article(article) => {
            format!("  {}; published {}\n", article.headline, article.published)
        }
        Content::Source(source) => format!("  {}; {}\n", source.title, source.level),
        Content::Review(review) => {
            format!("  {}\n  {}\n", conclusion(review), review.explanation)
        }
        Content::Correction(correction) => {
            format!("  {}: {}\n", correction.kind, correction.reason)
        }
        Content::Relation(relation) => format!("  {}\n", relation.relation),
        Content::Response(response) => format!(
            "  {}: {}\n  received {}\n",
            response.by.name, response.text, response.received
        ),
        Content::Foreign(foreign) => describe_foreign(foreign),
        Content::Observation(observation) => describe_observation(observation),
        Content::Disclosure(disclosure) => format!(
            "  {} on AI in {}: {}\n  disclosed {}\n",
            disclosure.by.name,
            disclosure.ai_use.stage,
            disclosure.ai_use.description,
            disclosure.disclosed
        ),
        Content::Consent(consent) => format!("  {}\n", consent_line(consent)),
        Content::Erasure(erasure) => format!("  {}\n", erasure.reason),
        Content::Key(key) => format!("  {} as {}\n", key.holder.name, key.role),
        Content::Ledger(ledger) => format!("  {}\n", ledger.name),
        Content::Revocation(revocation) => format!("  {}\n", revocation.reason),
        Content::Policy(policy) => format!("  approvals {}\n", policy.approvals),
        Content::Approval(_) => String::new(),
    };
    indented(&text)
}

/// Says whose statement it is before what it says: it is not the editors' verdict.
fn describe_foreign(foreign: &Foreign) -> String {
    let rating = foreign.rating.as_ref().map_or_else(String::new, |rating| {
        format!("  rated: {}\n", rating_line(rating))
    });
    let identifier = foreign.identifier.as_ref();
    let identifier = identifier.map_or_else(String::new, |name| format!("  there named {name}\n"));
    let url = foreign.url.as_ref();
    let url = url.map_or_else(String::new, |url| format!("  {url}\n"));
    format!(
        "  {} states, which is not the judgement of these editors:\n  {}\n{rating}  published {}\n{identifier}{url}",
        foreign.by.name, foreign.statement, foreign.published
    )
}

fn describe_observation(observation: &Observation) -> String {
    let announced = match &observation.announced {
        Some(announced) => format!("  the page says: {announced}\n"),
        None => String::new(),
    };
    format!("  {}\n{announced}", observation_line(observation))
}

fn indented(text: &str) -> String {
    text.lines()
        .map(|line| format!("  {}\n", line.trim_start()))
        .collect()
}
