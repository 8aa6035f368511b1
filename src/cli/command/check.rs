//! `ledger check`: a reader's question, answered for one record.

use clap::Args;
use serde_json::{Value, json};

use super::super::answer::{Answer, Exit, bad, bold, dim, good, unknown};
use super::super::context::{Context, resolve};
use super::super::error::CliError;
use super::log::conclusion;
use crate::canonical::{Digest, DigestPrefix, text};
use crate::log::VerifierKey;
use crate::record::{Content, Record, Relation};
use crate::rules::State;
use crate::store::Read;
use crate::verify::{Attestation, Attestor, Outcome, Standing};

/// Check one record by its hash, or find what was checked of some words
///
/// Shows what was signed, by whom, and what the editors concluded, as of the last checkpoint. It checks the
/// record and all that is found about it; that nothing else is wrong in the ledger, `ledger verify` shows.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger check $CLAIM
  ledger check \"make it disappear\" --json")]
pub struct Arguments {
    /// A provenance hash (or its beginning), or quoted words
    #[arg(value_name = "HASH|TEXT")]
    query: String,
    /// The log's key as you know it, not as the ledger says
    #[arg(long, value_name = "VKEY")]
    log_key: Option<VerifierKey>,
}

/// What a whole hash begins with.
const PREFIX: &str = "sha256:";

/// More claims than this are not shown for some words.
const MAX_MATCHES: usize = 10;

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let store = context.read()?;
    let attestor = Attestor::new(&store, arguments.log_key.as_ref())?;
    let query = arguments.query.trim();
    if query.is_empty() {
        return Err(CliError::usage("expected a hash or words, found none"));
    }
    // Whoever writes the prefix means a hash, in capitals too: a mistyped one is not looked for as words.
    let query = match query.split_at_checked(PREFIX.len()) {
        Some((prefix, digits)) if prefix.eq_ignore_ascii_case(PREFIX) => digits,
        _ if query.parse::<DigestPrefix>().is_ok() => query,
        _ => return check_words(query, &store, &attestor),
    };
    let (_, index) = resolve(&store, query).map_err(|error| match error.exit() {
        Exit::Wrong => error.hint(
            "the hash is unknown to this ledger, which does not make what it stands beside false",
        ),
        _ => error,
    })?;
    let standing = attestor.standing(index)?;
    Ok(Answer::new(describe(&standing), to_json(&standing)).exit(exit(&standing)))
}

fn check_words(words: &str, store: &dyn Read, attestor: &Attestor<'_>) -> Result<Answer, CliError> {
    let wanted = text::normalize_quote(words);
    let mut text = String::new();
    let mut matches = Vec::new();
    let mut exits = Vec::new();
    for index in store.claims_with_words(&wanted, MAX_MATCHES)? {
        let standing = attestor.standing(index)?;
        let exact = match &standing.record.record {
            Some(Record {
                content: Content::Claim(claim),
                ..
            }) => claim.text.as_str() == wanted,
            _ => false,
        };
        let how = match exact {
            true => "these words exactly",
            false => "these words among others, or written otherwise",
        };
        text.push_str(&format!("{}\n{}\n", dim(how), describe(&standing)));
        let mut json = to_json(&standing);
        json["match"] = json!(if exact { "exact" } else { "words" });
        matches.push(json);
        exits.push(exit(&standing));
    }
    let json = json!({ "format": 1, "text": wanted, "matches": matches });
    if exits.is_empty() {
        let text = format!(
            "{}\nNo claim with these words is recorded here, which does not make them false.\n",
            unknown("unknown to this ledger")
        );
        return Ok(Answer::new(text, json).exit(Exit::Wrong));
    }
    let worst = exits.into_iter().max_by_key(|exit| match exit {
        Exit::Done => 0,
        Exit::Failed => 1,
        Exit::Usage | Exit::Wrong => 2,
    });
    Ok(Answer::new(text, json).exit(worst.unwrap_or(Exit::Done)))
}

/// Everything that is shown must be intact, not the record alone.
fn exit(standing: &Standing) -> Exit {
    let related = standing.about.iter().chain(&standing.named);
    let all = || {
        [&standing.record]
            .into_iter()
            .chain(related.clone().map(|(_, one)| one))
    };
    let has = |wanted: fn(&Outcome) -> bool| {
        all().any(|one| one.steps.iter().any(|step| wanted(&step.outcome)))
    };
    if has(|outcome| matches!(outcome, Outcome::Failed(_))) {
        Exit::Wrong
    } else if standing
        .record
        .steps
        .iter()
        .any(|step| matches!(step.outcome, Outcome::NotChecked(_)))
    {
        Exit::Failed
    } else {
        Exit::Done
    }
}

fn describe(standing: &Standing) -> String {
    let one = &standing.record;
    let mut text = format!("{} {}\n", bold(&one.kind), one.digest);
    match &one.record {
        Some(record) => text.push_str(&describe_content(&record.content)),
        None if one.state() == State::Erased => {
            text.push_str("  (the words are not here any more)\n");
        }
        None => text.push_str("  (the words are not here, and no erasure says why)\n"),
    }
    let intact = match (one.is_intact(), exit(standing)) {
        (true, Exit::Done) => good("record intact: this is what was signed and logged"),
        (true, _) => bad("record intact, but something about it is not"),
        (false, Exit::Failed) => unknown("record not wholly checked"),
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
        if failed(review) {
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
    for (field, related) in &standing.named {
        let what = field.split('.').next().unwrap_or(field);
        text.push_str(&format!("\n{what}: {}\n", headline(related)));
        if let Some(record) = &related.record {
            text.push_str(&describe_content(&record.content));
        }
    }
    for (_, related) in &standing.about {
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
    let retracted = standing
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
    format!("{} ({meaning}), as of {size} entries", bold(state.as_str()))
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
        .map(|approval| match failed(approval) {
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

/// Tells whether something is wrong with a record; that it was erased is nothing wrong.
fn failed(one: &Attestation) -> bool {
    one.steps
        .iter()
        .any(|step| matches!(step.outcome, Outcome::Failed(_)))
}

fn headline(one: &Attestation) -> String {
    let mark = match (one.is_intact(), failed(one)) {
        (true, _) => good(&one.kind),
        (false, true) => bad(&format!("{} NOT intact", one.kind)),
        (false, false) if one.state() == State::Erased => unknown(&format!("{}, erased", one.kind)),
        (false, false) => unknown(&format!("{} not wholly checked", one.kind)),
    };
    format!(
        "{mark} {}, by {}, {}",
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
        Content::Erasure(erasure) => format!("  {}\n", erasure.reason),
        Content::Key(key) => format!("  {} as {}\n", key.holder.name, key.role),
        Content::Ledger(ledger) => format!("  {}\n", ledger.name),
        Content::Revocation(revocation) => format!("  {}\n", revocation.reason),
        Content::Policy(policy) => format!("  approvals {}\n", policy.approvals),
        Content::Approval(_) => String::new(),
    };
    indented(&text)
}

fn indented(text: &str) -> String {
    text.lines()
        .map(|line| format!("  {}\n", line.trim_start()))
        .collect()
}

fn to_json(standing: &Standing) -> Value {
    let mut json = attestation_json(&standing.record);
    json["format"] = json!(1);
    json["origin"] = json!(standing.origin);
    json["logKey"] = json!(standing.log_key);
    json["size"] = json!(standing.size);
    json["root"] = json!(standing.root);
    json["intact"] = json!(exit(standing) == Exit::Done);
    let of_kind = |kind: &str| -> Vec<Value> {
        let about = standing.about.iter().filter(|(_, one)| one.kind == kind);
        about.map(|(_, one)| attestation_json(one)).collect()
    };
    for (kind, list) in [
        ("review", "reviews"),
        ("approval", "approvals"),
        ("correction", "corrections"),
        ("relation", "relations"),
        ("response", "responses"),
        ("erasure", "erasures"),
    ] {
        json[list] = json!(of_kind(kind));
    }
    let named = |kind: &str| -> Vec<Value> {
        let named = standing.named.iter().filter(|(_, one)| one.kind == kind);
        named.map(|(_, one)| attestation_json(one)).collect()
    };
    json["articles"] = json!(named("article"));
    json["sources"] = json!(named("source"));
    let mut signers: Vec<Value> = Vec::new();
    let related = standing
        .about
        .iter()
        .chain(&standing.named)
        .map(|(_, one)| one);
    for one in [&standing.record].into_iter().chain(related) {
        if let Some(signer) = &one.signer {
            let signer = super::key::to_json(&one.proof.key, signer);
            if !signers.contains(&signer) {
                signers.push(signer);
            }
        }
    }
    json["signers"] = json!(signers);
    if let Some(review) = standing.decided_review() {
        json["decidedReview"] = json!(review.digest);
    }
    let claims = standing.claims.iter();
    json["claims"] = claims
        .map(|(hash, state)| json!({ "hash": hash, "state": state }))
        .collect();
    json
}

fn attestation_json(one: &Attestation) -> Value {
    let steps: Vec<Value> = one
        .steps
        .iter()
        .map(|step| match &step.outcome {
            Outcome::Passed => json!({ "step": step.name, "outcome": "passed" }),
            Outcome::Failed(why) => {
                json!({ "step": step.name, "outcome": "failed", "why": why })
            }
            Outcome::NotChecked(why) => {
                json!({ "step": step.name, "outcome": "not-checked", "why": why })
            }
        })
        .collect();
    let mut json = json!({
        "hash": one.digest,
        "index": one.index,
        "kind": one.kind,
        "state": one.state(),
        "recorded": one.recorded,
        "intact": one.is_intact(),
        "steps": steps,
        "proof": [one.proof],
    });
    if let Some(record) = &one.record {
        let bytes = record.to_bytes().unwrap_or_default();
        json["record"] = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    }
    json
}
