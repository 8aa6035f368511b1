//! W3C PROV-O in JSON-LD: records as entities, reviews and retractions as activities, keys as agents.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Export;
use super::holdings::{Held, Holdings};
use super::loss::{Fate, Loss};
use super::web::urn;
use crate::canonical::Digest;
use crate::record::correction::CorrectionKind;
use crate::record::{Content, Review};

pub(super) fn export(holdings: &Holdings) -> Export {
    let mut graph: Vec<Value> = Vec::new();
    let mut agents = BTreeMap::new();
    for held in holdings.iter() {
        // Keys and policies are of the ledger, not of the work.
        if held.record.kind().is_of_the_ledger_itself() {
            continue;
        }
        agents.insert(held.editor.to_string(), held.holder.clone());
        graph.push(entity(holdings, held));
        graph.extend(activity(held));
    }
    for (did, holder) in agents {
        let mut agent = json!({ "@id": did, "@type": "prov:Agent" });
        if let Some(holder) = holder {
            agent["rdfs:label"] = json!(holder);
        }
        graph.push(agent);
    }
    let document = json!({
        "@context": {
            "prov": "http://www.w3.org/ns/prov#",
            "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@graph": graph,
    });
    let why = "PROV says who made what from what, not what was concluded";
    let loss = Loss::new(
        Fate::Dropped,
        &holdings.origin,
        "verdicts, stances, approvals",
        why,
    );
    Export::json(&document, vec![loss])
}

fn entity(holdings: &Holdings, held: &Held) -> Value {
    let mut entity = json!({
        "@id": urn(&held.digest),
        "@type": "prov:Entity",
        "rdfs:label": label(held),
        "prov:wasAttributedTo": { "@id": held.editor },
        "prov:generatedAtTime": time(&held.record.created.to_string()),
    });
    for (relation, names) in [
        ("prov:wasQuotedFrom", &["appearances.article"][..]),
        ("prov:wasRevisionOf", &["revises", "supersedes"]),
        (
            "prov:wasDerivedFrom",
            &["derivedFrom", "via.source", "sources.source"],
        ),
    ] {
        let references = held.record.content.references().into_iter();
        let mut named: Vec<Value> = references
            .filter(|reference| names.contains(&reference.field))
            .map(|reference| node(&reference.record))
            .collect();
        // A claim names its article once for each place.
        named.dedup();
        if !named.is_empty() {
            entity[relation] = json!(named);
        }
    }
    if matches!(held.record.content, Content::Review(_)) {
        entity["prov:wasGeneratedBy"] = json!({ "@id": activity_id(&held.digest) });
    }
    let retraction = holdings.corrections(&held.digest).into_iter();
    let retraction = retraction
        .filter(|(_, correction)| correction.kind == CorrectionKind::Retraction)
        .map(|(held, _)| json!({ "@id": activity_id(&held.digest) }))
        .next();
    if let Some(retraction) = retraction {
        entity["prov:wasInvalidatedBy"] = retraction;
    }
    entity
}

/// A review is the outcome of a reviewing, a retraction of a retracting.
fn activity(held: &Held) -> Option<Value> {
    let (used, label) = match &held.record.content {
        Content::Review(review) => (used_by(review), "review"),
        Content::Correction(correction) if correction.kind == CorrectionKind::Retraction => {
            (vec![node(&correction.subject)], "retraction")
        }
        _ => return None,
    };
    Some(json!({
        "@id": activity_id(&held.digest),
        "@type": "prov:Activity",
        "rdfs:label": label,
        "prov:used": used,
        "prov:wasAssociatedWith": { "@id": held.editor },
        "prov:endedAtTime": time(&held.record.created.to_string()),
    }))
}

fn used_by(review: &Review) -> Vec<Value> {
    let evidence = review.evidence.iter().map(|evidence| &evidence.source);
    std::iter::once(&review.subject)
        .chain(evidence)
        .map(node)
        .collect()
}

fn activity_id(digest: &Digest) -> String {
    format!("{}#activity", urn(digest))
}

fn node(digest: &Digest) -> Value {
    json!({ "@id": urn(digest) })
}

fn time(time: &str) -> Value {
    json!({ "@type": "xsd:dateTime", "@value": time })
}

fn label(held: &Held) -> String {
    let kind = held.record.kind();
    match held.record.content.wording() {
        Some(words) => format!("{kind}: {words}"),
        None => kind.to_string(),
    }
}
