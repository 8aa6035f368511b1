//! The edge to the `c2pa` crate: its answers, brought into the form of a record.

use std::io::Cursor;
use std::panic;
use std::sync::Once;
use std::thread;

use c2pa::{Context, Error, Manifest, Reader, Settings, ValidationState};
use serde_json::{Value, json};
use x509_parser::pem::Pem;

use super::{CredentialsError, MAX_FAILURES, TrustList};
use crate::ingest::image::Image;
use crate::ingest::metadata::{MAX_STATEMENTS, MAX_VALUE_LEN, single_spaced};
use crate::record::article::Statement;
use crate::record::credentials::{Presence, Trust, Validation};
use crate::record::{Credentials, Line};

/// The thread on which the crate runs.
const THREAD: &str = "content-credentials";

/// Deeper than the crate's own limits of nesting reach, 32 boxes and 200 ingredients.
const STACK_LEN: usize = 64 << 20;

/// Largest manifest after decompression, in MiB.
const MAX_DECOMPRESSED_MIB: usize = 8;

/// Checks that a text is certificates in PEM, and at least one.
pub(super) fn check_list(pem: &str) -> Result<(), CredentialsError> {
    let no_list = |found: String| Err(CredentialsError::NoList { found });
    let mut count = 0;
    for block in Pem::iter_from_buffer(pem.as_bytes()) {
        count += 1;
        match block {
            Ok(block) if block.label != "CERTIFICATE" => {
                return no_list(format!("a block called {:?}", block.label));
            }
            Ok(block) if block.parse_x509().is_ok() => {}
            _ => return no_list(format!("block {count}, which is no certificate")),
        }
    }
    match count {
        0 => no_list("none".to_owned()),
        _ => Ok(()),
    }
}

pub(super) fn read(
    image: &Image<'_>,
    list: Option<&TrustList>,
) -> Result<Credentials, CredentialsError> {
    let credentials = held(|| look(image, list))?;
    Ok(credentials.unwrap_or_else(|| unreadable("the reader gave up on it")))
}

/// Runs the crate on a thread of its own. What a stranger signed may hit a fault of the crate's or of one of its many
/// libraries: a panic ends that thread and nothing else, and gives nothing.
fn held<T: Send>(work: impl FnOnce() -> T + Send) -> Result<Option<T>, CredentialsError> {
    keep_quiet();
    thread::scope(|scope| {
        thread::Builder::new()
            .name(THREAD.to_owned())
            .stack_size(STACK_LEN)
            .spawn_scoped(scope, work)
            .map(|running| running.join().ok())
            .map_err(|error| CredentialsError::NoThread(error.to_string()))
    })
}

/// Lets a panic on the reader's thread print nothing.
fn keep_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if thread::current().name() != Some(THREAD) {
                before(info);
            }
        }));
    });
}

fn look(image: &Image<'_>, list: Option<&TrustList>) -> Credentials {
    // Validity is asked without any list, so that it is the same whichever list is given.
    match open(image, None) {
        Ok(reader) => embedded(image, &reader, list),
        Err(Error::JumbfNotFound) => empty(Presence::None),
        Err(Error::RemoteManifestUrl(url)) => Credentials {
            stated: said([("address", "xmp", url)]),
            ..empty(Presence::Remote)
        },
        Err(error) => unreadable(&error.to_string()),
    }
}

fn open(image: &Image<'_>, list: Option<&TrustList>) -> Result<Reader, Error> {
    let is_asked = list.is_some();
    let mut settings = json!({
        "core": {
            "allowed_network_hosts": [],
            "decode_identity_assertions": false,
            "max_decompressed_manifest_size_in_mb": MAX_DECOMPRESSED_MIB,
        },
        "verify": {
            "ocsp_fetch": false,
            "remote_manifest_fetch": false,
            "verify_timestamp_trust": is_asked,
            "verify_trust": is_asked,
        },
    });
    if let Some(list) = list {
        settings["trust"] = json!({ "trust_anchors": list.pem });
    }
    let settings = Settings::new().with_json(&settings.to_string())?;
    let context = Context::new().with_settings(settings)?;
    Reader::from_context(context).with_stream(image.media_type, Cursor::new(image.bytes))
}

fn embedded(image: &Image<'_>, reader: &Reader, list: Option<&TrustList>) -> Credentials {
    let validation = match reader.validation_state() {
        ValidationState::Invalid => Validation::Invalid,
        ValidationState::Valid | ValidationState::Trusted => Validation::Valid,
    };
    let failures = match validation {
        Validation::Valid => Vec::new(),
        Validation::Invalid => failures(reader),
    };
    Credentials {
        validation: Some(validation),
        failures,
        trust: Some(list.map_or(Trust::Unknown, |list| trust(image, list))),
        trust_list: list.map(|list| list.digest),
        stated: reader.active_manifest().map(statements).unwrap_or_default(),
        ..empty(Presence::Embedded)
    }
}

/// Returns the codes of all that failed, each once.
fn failures(reader: &Reader) -> Vec<Line> {
    let Some(results) = reader.validation_results() else {
        return Vec::new();
    };
    let deltas = results.ingredient_deltas().into_iter().flatten();
    let all = (results.active_manifest().into_iter())
        .chain(deltas.map(|delta| delta.validation_deltas()))
        .flat_map(|codes| codes.failure());
    let mut failures: Vec<Line> = Vec::new();
    for code in all.filter_map(|status| line(status.code())) {
        if !failures.contains(&code) && failures.len() < MAX_FAILURES {
            failures.push(code);
        }
    }
    failures
}

/// Looks for the signer in a list.
fn trust(image: &Image<'_>, list: &TrustList) -> Trust {
    let reader = open(image, Some(list)).ok();
    let results = reader.as_ref().and_then(Reader::validation_results);
    let Some(codes) = results.and_then(|results| results.active_manifest()) else {
        return Trust::Unknown;
    };
    let has = |codes: &[c2pa::validation_status::ValidationStatus], code: &str| {
        codes.iter().any(|status| status.code() == code)
    };
    if has(
        codes.failure(),
        c2pa::validation_status::SIGNING_CREDENTIAL_UNTRUSTED,
    ) {
        Trust::NotListed
    } else if has(
        codes.success(),
        c2pa::validation_status::SIGNING_CREDENTIAL_TRUSTED,
    ) && has(
        codes.success(),
        // The crate looks at the certificates first: anyone can put those of a listed signer under what they did not sign.
        c2pa::validation_status::CLAIM_SIGNATURE_VALIDATED,
    ) {
        Trust::Listed
    } else {
        Trust::Unknown
    }
}

/// Takes what the manifest of the image itself says. What its ingredients say is said of other images.
fn statements(manifest: &Manifest) -> Vec<Statement> {
    let mut found: Vec<(&'static str, &'static str, String)> = Vec::new();
    if let Some(signature) = manifest.signature_info() {
        let certificate = Pem::iter_from_buffer(signature.cert_chain().as_bytes()).next();
        if let Some(Ok(pem)) = certificate
            && let Ok(certificate) = pem.parse_x509()
        {
            found.push(("signer", "certificate", certificate.subject().to_string()));
            found.push(("issuer", "certificate", certificate.issuer().to_string()));
        }
        if let Some(algorithm) = signature.alg {
            found.push(("algorithm", "c2pa-signature", algorithm.to_string()));
        }
        if let Some(time) = &signature.time {
            found.push(("signed", "time-stamp", time.clone()));
        }
    }
    match &manifest.claim_generator_info {
        Some(programs) => found.extend(programs.iter().map(|program| {
            let version = program.version.as_deref().unwrap_or_default();
            let name = format!("{} {version}", program.name);
            ("generator", "c2pa-claim", name)
        })),
        None => {
            if let Some(name) = manifest.claim_generator() {
                found.push(("generator", "c2pa-claim", name.to_owned()));
            }
        }
    }
    for assertion in manifest.assertions() {
        let Ok(value) = assertion.value() else {
            continue;
        };
        match assertion.label() {
            label if label.starts_with("c2pa.actions") => {
                for action in ["actions", "templates"]
                    .iter()
                    .flat_map(|key| list_in(value, key))
                {
                    if let Some(kind) = action["digitalSourceType"].as_str() {
                        found.push(("digital-source-type", "c2pa-actions", kind.to_owned()));
                    }
                }
            }
            label if label.starts_with("c2pa.training-mining") => {
                found.extend(
                    permissions(value)
                        .map(|said| ("training-mining", "c2pa-training-mining", said)),
                );
            }
            label if label.starts_with("cawg.training-mining") => {
                found.extend(
                    permissions(value)
                        .map(|said| ("training-mining", "cawg-training-mining", said)),
                );
            }
            _ => {}
        }
    }
    said(found)
}

fn list_in<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

/// Reads what is said of training and mining: `c2pa.data_mining: notAllowed`.
fn permissions(assertion: &Value) -> impl Iterator<Item = String> {
    let entries = assertion["entries"].as_object().into_iter().flatten();
    entries.filter_map(|(name, entry)| {
        // The first version of the assertion had the word alone.
        let allowed = entry["use"].as_str().or(entry.as_str())?;
        let details = ["constraint_info", "constraints_info"];
        let details = details.iter().find_map(|key| entry[key].as_str());
        Some(match details {
            Some(details) => format!("{name}: {allowed} ({details})"),
            None => format!("{name}: {allowed}"),
        })
    })
}

/// Brings what is said into the form of a record, each thing once. What is empty or too long is not kept, as of pages.
fn said(found: impl IntoIterator<Item = (&'static str, &'static str, String)>) -> Vec<Statement> {
    let mut statements: Vec<Statement> = Vec::new();
    for (field, from, value) in found {
        let value = single_spaced(&value);
        if value.chars().count() > MAX_VALUE_LEN {
            continue;
        }
        let Ok(value) = value.parse() else { continue };
        let statement = Statement {
            field: field.parse().expect("a token"),
            from: from.parse().expect("a token"),
            value,
        };
        if !statements.contains(&statement) && statements.len() < MAX_STATEMENTS {
            statements.push(statement);
        }
    }
    statements
}

fn unreadable(why: &str) -> Credentials {
    Credentials {
        failures: line(why).into_iter().collect(),
        ..empty(Presence::Unreadable)
    }
}

fn empty(presence: Presence) -> Credentials {
    Credentials {
        reader: format!("c2pa {}", c2pa::VERSION).parse().expect("a line"),
        presence,
        validation: None,
        failures: Vec::new(),
        trust: None,
        trust_list: None,
        stated: Vec::new(),
    }
}

/// Brings the crate's words into a line of a record. Messages may hold what a stranger wrote.
fn line(text: &str) -> Option<Line> {
    let text: String = single_spaced(text).chars().take(MAX_VALUE_LEN).collect();
    text.trim_end().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panic_of_the_reader_is_no_panic_of_ours() {
        assert_eq!(held(|| 1), Ok(Some(1)));
        let nothing: Result<Option<i32>, _> = held(|| panic!("a fault"));
        assert_eq!(nothing, Ok(None));
    }
}
