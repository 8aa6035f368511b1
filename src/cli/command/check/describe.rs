//! What a reader is told, in lines of text.

use super::Found;
use super::judgement::{describe_notices, describe_review, source_line};
use crate::bundle::{
    Attestation, Comparison, LaterVersion, LookedBack, MAX_VERSIONS, Outcome, Standing,
};
use crate::canonical::Digest;
use crate::cli::answer::{Exit, bad, bold, counted, good, unknown, witnessed};
use crate::cli::command::log::{conclusion, consent_line, observation_line, rating_line};
use crate::ingest::version::Fate;
use crate::record::{Article, Claim, Content, Correction, Foreign, Observation, Record, Relation};
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
    let intact = match (one.is_intact(), found.checked()) {
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
            Outcome::Passed => format!("  {}", good(step.aspect.as_str())),
            Outcome::Failed(why) => format!("  {}: {why}", bad(step.aspect.as_str())),
            Outcome::NotChecked(why) => format!("  {}: {why}", unknown(step.aspect.as_str())),
        };
        text.push_str(&format!("{line}\n"));
    }
    // The record and what was concluded of it are two things, and stand apart.
    text.push_str(&format!("\n{}\n", describe_state(standing)));
    text.push_str(&describe_notices(one));
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
        text.push_str(&describe_notices(related));
    }
    for version in &found.later_versions {
        text.push_str(&describe_version(version));
    }
    if found.later_versions.len() == MAX_VERSIONS {
        text.push_str(&format!("  no more than {MAX_VERSIONS} are looked at\n"));
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
            Some(Record {
                content: Content::Correction(correction),
                ..
            }) => text.push_str(&describe_correction(&one.digest, correction)),
            Some(Record {
                content: Content::Article(article),
                ..
            }) => text.push_str(&format!(
                "  a later version:\n{}",
                describe_article(article)
            )),
            Some(record) => text.push_str(&describe_content(&record.content)),
            None => {}
        }
        // A review's own stand with it.
        if related.kind != "review" {
            text.push_str(&describe_notices(related));
        }
    }
    for related in standing.evidence.iter().chain(&standing.supporting) {
        if related.has_failed() {
            text.push_str(&format!("\n{}\n", headline(related)));
        }
    }
    text.push_str(&describe_claims(&found.claims));
    text
}

/// Says which claims of an article were taken back.
fn describe_claims(claims: &[(Digest, State)]) -> String {
    let taken_back = (claims.iter())
        .filter(|(_, state)| matches!(state, State::Retracted | State::Corrected))
        .collect::<Vec<_>>();
    let mut text = String::new();
    for (claim, state) in taken_back.iter().take(MAX_CLAIMS) {
        let line = bad(&format!("a claim in it was {state}:"));
        text.push_str(&format!("\n{line} {claim}\n"));
    }
    if let Some(more @ 1..) = taken_back.len().checked_sub(MAX_CLAIMS) {
        text.push_str(&format!("\nand {more} more\n"));
    }
    text
}

/// Says that an article of a claim has a later version, and whether the words stand there.
fn describe_version(version: &LaterVersion) -> String {
    let fate = match &version.fate {
        Some(Fate::Exact | Fate::Moved { .. }) => good("the words stand there"),
        Some(Fate::Changed { .. }) => bad("other words stand there in their place"),
        Some(Fate::Lost) => bad("the words do not stand there"),
        Some(Fate::Ambiguous { .. }) => unknown("the words stand there several times"),
        None => unknown("whether the words stand there can't be told: a text is not here"),
    };
    let version = version.version;
    format!("\na later version of the article is recorded: {version}\n  {fate}\n")
}

/// Says what was taken back, this record or the one in whose place it stands.
fn describe_correction(this: &Digest, correction: &Correction) -> String {
    let Correction {
        subject,
        kind,
        reason,
        replacement,
    } = correction;
    indented(&match replacement {
        Some(replacement) if replacement == this => prose(&format!(
            "stands in place of {subject}, which was {}: {reason}",
            kind.done()
        )),
        Some(replacement) => format!(
            "{}in its place stands {replacement}",
            prose(&format!("{kind}: {reason}"))
        ),
        None => prose(&format!("{kind}: {reason}")),
    })
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
        newer if newer.looked_back.is_none() => (good, "nothing else is said of it"),
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
    if newer.unlisted > 0 {
        text.push_str(&format!("  and {} more\n", newer.unlisted));
    }
    if let Some(LookedBack { from, unread }) = newer.looked_back {
        let looked = format!("looked for what was left out from entry {from} on");
        let unread = counted(unread, "record", "records");
        let line = unknown(&format!("{looked}, {unread} of it not read"));
        text.push_str(&format!("{line}\n"));
    }
    for (kind, count) in &newer.erased {
        let (one, many) = (format!("erased {kind}"), format!("erased {kind}s"));
        let might = format!("{} might have spoken of it", counted(*count, &one, &many));
        text.push_str(&format!("{}\n", unknown(&might)));
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
        State::Decided => match standing.decided_review() {
            Some(review) if standing.approvals_of(review).next().is_none() => {
                "reviewed; no approval was asked for"
            }
            _ => "reviewed and approved",
        },
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
        note.map_or_else(String::new, |note| indented(&prose(note.as_str()))),
    )
}

/// The name of a signer, as short as readers know it.
pub(super) fn holder(one: &Attestation) -> String {
    let holder = one
        .signer
        .as_ref()
        .and_then(|signer| signer.holder.as_ref());
    holder.map_or_else(|| one.proof.key.to_string(), |name| as_name(name.as_str()))
}

/// A name as it stands in a line of ours. One that could go on as that line does is set off by quotation marks.
fn as_name(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || " .-'’".contains(c);
    match name.chars().all(plain) && !name.contains(" by ") {
        true => name.to_owned(),
        false => format!("\"{name}\""),
    }
}

fn headline(one: &Attestation) -> String {
    let mark = match (one.is_intact(), one.has_failed()) {
        (true, _) => good(&one.kind),
        (false, true) => bad(&format!("{} NOT intact", one.kind)),
        (false, false) if one.state() == State::Erased => unknown(&format!("{}, erased", one.kind)),
        (false, false) => unknown(&format!("{} not wholly checked", one.kind)),
    };
    // What else took a record back is a notice.
    let since = match (one.state(), one.kind.as_str()) {
        (State::Retracted, "consent") => "; withdrawn later",
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
            Some(holder) => format!("{} ({}, {key})", as_name(holder.as_str()), signer.role),
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
                "{}{}{}{via}; said {}; {}, {}\n",
                prose(&format!("\"{}\"", claim.text)),
                in_the_article(claim),
                claim.speaker.name,
                claim.said,
                claim.kind,
                claim.checkability
            )
        }
        Content::Article(article) => return describe_article(article),
        Content::Source(source) => format!(
            "  {}\n  published {}\n",
            source_line(source),
            source.published
        ),
        Content::Review(review) => {
            let explanation = prose(review.explanation.as_str());
            format!("{}\n{explanation}", conclusion(review))
        }
        Content::Correction(correction) => {
            prose(&format!("{}: {}", correction.kind, correction.reason))
        }
        Content::Relation(relation) => format!("  {}\n", relation.relation),
        Content::Response(response) => format!(
            "{}received {}\n",
            prose(&format!("{}: {}", response.by.name, response.text)),
            response.received
        ),
        Content::Foreign(foreign) => describe_foreign(foreign),
        Content::Observation(observation) => describe_observation(observation),
        Content::Disclosure(disclosure) => {
            let ai_use = &disclosure.ai_use;
            let (by, description) = (&disclosure.by.name, &ai_use.description);
            let said = prose(&format!("{by} on AI in {}: {description}", ai_use.stage));
            format!("{said}disclosed {}\n", disclosure.disclosed)
        }
        Content::Consent(consent) => format!("  {}\n", consent_line(consent)),
        Content::Erasure(erasure) => prose(erasure.reason.as_str()),
        Content::Key(key) => format!("  {} as {}\n", key.holder.name, key.role),
        Content::Ledger(ledger) => format!("  {}\n", ledger.name),
        Content::Revocation(revocation) => format!("  {}\n", revocation.reason),
        Content::Policy(policy) => format!("  approvals {}\n", policy.approvals),
        Content::Approval(_) => String::new(),
    };
    indented(&text)
}

fn describe_article(article: &Article) -> String {
    let publisher = article.publisher.as_ref();
    let publisher = publisher.map_or_else(String::new, |publisher| format!("{}, ", publisher.name));
    let mut text = format!(
        "{}; {publisher}published {}\n",
        article.headline, article.published
    );
    if let Some(url) = &article.url {
        text.push_str(&format!("{url}\n"));
    }
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
        "  {} states, which is not the judgement of these editors:\n{}{rating}  published {}\n{identifier}{url}",
        foreign.by.name,
        prose(foreign.statement.as_str()),
        foreign.published
    )
}

fn describe_observation(observation: &Observation) -> String {
    let announced = match &observation.announced {
        Some(announced) => format!("  the page says: {announced}\n"),
        None => String::new(),
    };
    format!("  {}\n{announced}", observation_line(observation))
}

/// Recorded text, of which no line can pass for a result of ours: a mark at its beginning or a line after the first
/// stands behind a bar.
pub(super) fn prose(text: &str) -> String {
    let begins_as_ours = text.starts_with(|c: char| !c.is_alphanumeric() && !"\"'“‘(".contains(c));
    let bar = if begins_as_ours { "│ " } else { "" };
    format!("{bar}{}\n", text.trim_end().replace('\n', "\n│ "))
}

/// Says what stands in the articles where that is not what the claim says.
fn in_the_article(claim: &Claim) -> String {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = words(claim.text.as_str());
    let mut others: Vec<String> = (claim.appearances.iter())
        .map(|appearance| words(&appearance.exact))
        .filter(|exact| *exact != said)
        .collect();
    others.dedup();
    let line = |exact: &String| format!("in the article: \"{exact}\"\n");
    others.iter().map(line).collect()
}

pub(super) fn indented(text: &str) -> String {
    text.lines()
        .map(|line| format!("  {}\n", line.trim_start()))
        .collect()
}

/// More claims than these are counted, not listed.
const MAX_CLAIMS: usize = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_that_are_not_listed_are_counted() {
        let retracted = (Digest::of(b"a claim"), State::Retracted);
        let text = describe_claims(&vec![retracted; MAX_CLAIMS + 2]);
        assert!(text.ends_with("\nand 2 more\n"), "{text}");
        assert!(!describe_claims(&vec![retracted; MAX_CLAIMS]).contains("more"));
    }
}
