//! What a program is told.

use serde_json::{Value, json};

use super::Found;
use crate::bundle::{Attestation, Comparison, LaterVersion, LookedBack, Outcome, Statement};
use crate::cli::answer::{Exit, witnessed};
use crate::cli::command::key;

/// Tells all that [`describe`](super::describe::describe) tells, and every step of every record.
pub(super) fn to_json(found: &Found) -> Value {
    let standing = &found.standing;
    let mut json = attestation_json(&standing.record);
    json["format"] = json!(1);
    json["origin"] = json!(standing.origin);
    json["logKey"] = json!(standing.log_key);
    json["size"] = json!(standing.size);
    json["root"] = json!(standing.root);
    if let Some(recorded) = standing.recorded {
        json["asOf"] = json!(recorded);
    }
    json["cosigned"] = (standing.cosigned.iter())
        .map(|one| {
            json!({
                "witness": one.cosignature.witness.to_string(),
                "time": witnessed(one.cosignature.time),
                "known": one.is_known,
            })
        })
        .collect();
    json["intact"] = json!(found.checked() == Exit::Done);
    let of_kind = |kind: &str| -> Vec<Value> {
        let about = standing.about.iter().filter(|one| one.kind == kind);
        about.map(attestation_json).collect()
    };
    for (kind, list) in [
        ("review", "reviews"),
        ("approval", "approvals"),
        ("correction", "corrections"),
        ("relation", "relations"),
        ("response", "responses"),
        ("foreign", "foreign"),
        ("observation", "observations"),
        ("disclosure", "disclosures"),
        ("consent", "consents"),
        ("erasure", "erasures"),
    ] {
        json[list] = json!(of_kind(kind));
    }
    json["versions"] = json!(of_kind("article"));
    let named = |kind: &str| -> Vec<Value> {
        let named = standing.named.iter().chain(&standing.evidence);
        let of_kind = named.filter(|one| one.kind == kind);
        of_kind.map(attestation_json).collect()
    };
    json["articles"] = json!(named("article"));
    json["sources"] = json!(named("source"));
    let mut signers: Vec<Value> = Vec::new();
    for one in standing.all() {
        if let Some(signer) = &one.signer {
            let signer = key::to_json(&one.proof.key, signer);
            if !signers.contains(&signer) {
                signers.push(signer);
            }
        }
    }
    json["signers"] = json!(signers);
    if let Some(review) = standing.decided_review() {
        json["decidedReview"] = json!(review.digest);
    }
    json["supporting"] = (standing.supporting.iter()).map(attestation_json).collect();
    if let Some(erased_work) = found.erased_work {
        json["erasedWork"] = json!(erased_work);
    }
    let claims = found.claims.iter();
    json["claims"] = claims
        .map(|(hash, state)| json!({ "hash": hash, "state": state }))
        .collect();
    if !found.later_versions.is_empty() {
        let versions = found.later_versions.iter();
        json["laterVersions"] = versions.map(version_json).collect();
    }
    if let Some(comparison) = &found.comparison {
        json["against"] = comparison_json(comparison);
    }
    json
}

fn comparison_json(comparison: &Comparison) -> Value {
    let list = |statements: &[Statement]| -> Vec<Value> {
        (statements.iter())
            .map(|one| json!({ "hash": one.digest, "index": one.index, "kind": one.kind }))
            .collect()
    };
    match comparison {
        Comparison::Older { size } => json!({ "outcome": "older", "size": size }),
        Comparison::Contradicted(why) => json!({ "outcome": "contradicted", "why": why }),
        Comparison::Continued(newer) => {
            let mut json = json!({
            "outcome": match (newer.says_more(), newer.is_current()) {
                (true, _) => "outdated",
                (false, true) => "current",
                (false, false) => "unknown",
            },
            "size": newer.size,
            "later": list(&newer.later),
            "leftOut": list(&newer.left_out),
            "unread": list(&newer.unread),
            "erased": newer.erased,
            "unlisted": newer.unlisted,
            "leftOutChecked": newer.looked_back.is_none(),
            });
            if let Some(LookedBack { from, unread }) = newer.looked_back {
                json["from"] = json!(from);
                json["unreadBefore"] = json!(unread);
            }
            json
        }
    }
}

fn version_json(later: &LaterVersion) -> Value {
    let mut json = json!({ "article": later.article, "version": later.version });
    if let Some(fate) = &later.fate {
        json["fate"] = json!(fate.name());
    }
    json
}

fn attestation_json(one: &Attestation) -> Value {
    let steps: Vec<Value> = one
        .steps
        .iter()
        .map(|step| match &step.outcome {
            Outcome::Passed => json!({ "step": step.aspect.as_str(), "outcome": "passed" }),
            Outcome::Failed(why) => {
                json!({ "step": step.aspect.as_str(), "outcome": "failed", "why": why })
            }
            Outcome::NotChecked(why) => {
                json!({ "step": step.aspect.as_str(), "outcome": "not-checked", "why": why })
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
    if !one.notices.is_empty() {
        json["notices"] = (one.notices.iter())
            .map(|notice| json!({ "message": notice.to_string(), "index": notice.index() }))
            .collect();
    }
    if let Some(record) = &one.record {
        let bytes = record.to_bytes().unwrap_or_default();
        json["record"] = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    }
    json
}
