//! `docs/spec/limits.md` states the limits that the code keeps: all that are public, and those of the others that an
//! outsider can meet.

use std::fs;
use std::path::{Path, PathBuf};

use ledger::{
    bundle, canonical, exchange, ingest, log, record, rules, search, serve, sign, site, writer,
};

/// The limits, by the names that the document gives them.
const LIMITS: [(&str, u64); 55] = [
    (
        "canonical::json::MAX_DEPTH",
        canonical::json::MAX_DEPTH as u64,
    ),
    (
        "canonical::json::MAX_INTEGER",
        canonical::json::MAX_INTEGER as u64,
    ),
    ("record::MAX_RECORD_LEN", record::MAX_RECORD_LEN as u64),
    ("record::MAX_OBJECT_LEN", record::MAX_OBJECT_LEN as u64),
    (
        "record::claim::MAX_CONTEXT",
        record::claim::MAX_CONTEXT as u64,
    ),
    (
        "log::entry::MAX_ENTRY_LEN",
        log::entry::MAX_ENTRY_LEN as u64,
    ),
    ("log::entry::MAX_KIND_LEN", log::entry::MAX_KIND_LEN as u64),
    ("rules::MAX_CLOCK_LEAD_S", rules::MAX_CLOCK_LEAD_S as u64),
    ("log::merkle::MAX_SIZE", log::merkle::MAX_SIZE),
    (
        "log::tlog_proof::MAX_PATH_LEN",
        log::tlog_proof::MAX_PATH_LEN as u64,
    ),
    ("log::cosignature::MAX_TIME", log::cosignature::MAX_TIME),
    ("log::tile::MAX_TILE_LEN", log::tile::MAX_TILE_LEN as u64),
    (
        "bundle::file::MAX_BUNDLE_LEN",
        bundle::MAX_BUNDLE_LEN as u64,
    ),
    ("bundle::gather::MAX_ITEMS", bundle::MAX_ITEMS as u64),
    (
        "writer::signed_records::MAX_FILE_LEN",
        writer::signed_records::MAX_FILE_LEN as u64,
    ),
    (
        "writer::signed_records::MAX_RECORDS",
        writer::signed_records::MAX_RECORDS as u64,
    ),
    (
        "writer::signed_records::MAX_RECORDS_LEN",
        writer::signed_records::MAX_RECORDS_LEN as u64,
    ),
    ("log::note::MAX_NOTE_LEN", log::note::MAX_NOTE_LEN as u64),
    (
        "log::note::MAX_SIGNATURES",
        log::note::MAX_SIGNATURES as u64,
    ),
    (
        "log::tlog_proof::MAX_TLOG_PROOF_LEN",
        log::tlog_proof::MAX_TLOG_PROOF_LEN as u64,
    ),
    (
        "log::add_checkpoint::MAX_REQUEST_LEN",
        log::add_checkpoint::MAX_REQUEST_LEN as u64,
    ),
    (
        "log::add_checkpoint::MAX_PROOF_HASHES",
        log::add_checkpoint::MAX_PROOF_HASHES as u64,
    ),
    (
        "log::policy::MAX_POLICY_LEN",
        log::policy::MAX_POLICY_LEN as u64,
    ),
    (
        "log::policy::MAX_DEFINITIONS",
        log::policy::MAX_DEFINITIONS as u64,
    ),
    ("serve::MAX_CONNECTIONS", serve::MAX_CONNECTIONS as u64),
    ("serve::MAX_SENDING_KIB", serve::MAX_SENDING_KIB as u64),
    ("site::MAX_READ_LEN", site::MAX_READ_LEN),
    ("serve::MAX_HEAD_LEN", serve::MAX_HEAD_LEN as u64),
    ("serve::MAX_ADDRESS_LEN", serve::MAX_ADDRESS_LEN as u64),
    (
        "sign::key_file::MAX_KEY_FILE_LEN",
        sign::key_file::MAX_KEY_FILE_LEN as u64,
    ),
    (
        "sign::key_file::MAX_SCRYPT_COST",
        sign::key_file::MAX_SCRYPT_COST,
    ),
    (
        "sign::key_file::MAX_PBKDF2_ITERATIONS",
        sign::key_file::MAX_PBKDF2_ITERATIONS as u64,
    ),
    (
        "ingest::html::MAX_HTML_LEN",
        ingest::html::MAX_HTML_LEN as u64,
    ),
    ("ingest::html::MAX_DEPTH", ingest::html::MAX_DEPTH as u64),
    ("ingest::html::MAX_NODES", ingest::html::MAX_NODES as u64),
    (
        "ingest::html::MAX_ATTRIBUTES",
        ingest::html::MAX_ATTRIBUTES as u64,
    ),
    ("ingest::html::MAX_TEXT_COST", ingest::html::MAX_TEXT_COST),
    (
        "ingest::html::MAX_TAG_PARTS",
        ingest::html::MAX_TAG_PARTS as u64,
    ),
    (
        "ingest::metadata::MAX_JSON_LD_LEN",
        ingest::metadata::MAX_JSON_LD_LEN as u64,
    ),
    (
        "ingest::metadata::MAX_STATEMENTS",
        ingest::metadata::MAX_STATEMENTS as u64,
    ),
    (
        "ingest::metadata::MAX_VALUE_LEN",
        ingest::metadata::MAX_VALUE_LEN as u64,
    ),
    (
        "ingest::credentials::MAX_IMAGE_LEN",
        ingest::credentials::MAX_IMAGE_LEN as u64,
    ),
    (
        "ingest::credentials::MAX_FAILURES",
        ingest::credentials::MAX_FAILURES as u64,
    ),
    (
        "ingest::credentials::MAX_TRUST_LIST_LEN",
        ingest::credentials::MAX_TRUST_LIST_LEN as u64,
    ),
    (
        "ingest::warc::MAX_RECORDS",
        ingest::warc::MAX_RECORDS as u64,
    ),
    (
        "ingest::warc::MAX_HEADER_LEN",
        ingest::warc::MAX_HEADER_LEN as u64,
    ),
    (
        "ingest::quotes::MAX_TEXT_LEN",
        ingest::quotes::MAX_TEXT_LEN as u64,
    ),
    (
        "ingest::quotes::MAX_SENTENCE_LEN",
        ingest::quotes::MAX_SENTENCE_LEN as u64,
    ),
    (
        "ingest::quotes::MAX_PROPOSALS",
        ingest::quotes::MAX_PROPOSALS as u64,
    ),
    (
        "ingest::version::MAX_PIECES",
        ingest::version::MAX_PIECES as u64,
    ),
    ("search::query::MAX_QUERY_LEN", search::MAX_QUERY_LEN as u64),
    ("search::MAX_HITS", search::MAX_HITS as u64),
    (
        "bundle::look_ups::MAX_VERSIONS",
        bundle::MAX_VERSIONS as u64,
    ),
    ("exchange::MAX_IMPORT_LEN", exchange::MAX_IMPORT_LEN as u64),
    ("exchange::MAX_STATEMENTS", exchange::MAX_STATEMENTS as u64),
];

/// The rows of the document: the name of a constant, and the number that stands before it.
fn rows() -> Vec<(String, u64)> {
    let cells = include_str!("../docs/spec/limits.md")
        .lines()
        .map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    cells
        .filter_map(|cells| match cells.as_slice() {
            ["", _, limit, constant, ""] => {
                let name = constant.strip_prefix('`')?.strip_suffix('`')?;
                let number = limit.split(' ').next()?.replace(',', "");
                Some((
                    name.to_owned(),
                    number.parse().unwrap_or_else(|_| panic!("{limit}")),
                ))
            }
            _ => None,
        })
        .collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| match path.is_dir() {
            true => sources(&path),
            false => vec![path],
        })
        .collect()
}

/// Constants that only their own module sees.
const PRIVATE: [&str; 15] = [
    "ingest::html::MAX_LONG_TAG_PARTS",
    "ingest::json_ld::MAX_NODES",
    "ingest::warc::MAX_CODINGS",
    "ingest::anchor::MAX_WORDS",
    "exchange::page::MAX_BLOCKS",
    "cli::command::check::describe::MAX_CLAIMS",
    "bundle::back::MAX_BACK",
    "bundle::back::MAX_READ_BACK",
    "serve::api::MAX_LISTED",
    "verify::audit::MAX_FINDINGS",
    "cli::fetch::MAX_ANSWER_LEN",
    "cli::fetch::MAX_REDIRECT_LEN",
    "cli::fetch::MAX_REDIRECTS",
    "cli::command::witness::add::MAX_PAGE_LEN",
    "cli::command::witness::server::MAX_CONNECTIONS",
];

/// Reads a constant where it stands: a number, a product of numbers, or a number shifted to the left.
fn private(name: &str) -> u64 {
    let (module, name) = name.rsplit_once("::").unwrap();
    let path = format!(
        "{}/src/{}",
        env!("CARGO_MANIFEST_DIR"),
        module.replace("::", "/")
    );
    let text = fs::read_to_string(format!("{path}.rs"))
        .or_else(|_| fs::read_to_string(format!("{path}/mod.rs")))
        .unwrap();
    let begin = format!("const {name}: ");
    let lines = text
        .lines()
        .map(|line| line.trim_start_matches("pub(super) "));
    let value = lines.filter_map(|line| line.strip_prefix(&begin)).next();
    let (_, value) = value.expect(name).split_once(" = ").unwrap();
    let number = |text: &str| -> u64 { text.trim().replace('_', "").parse().expect(name) };
    let value = value.trim_end_matches(';');
    match value.split_once(" << ") {
        Some((base, by)) => number(base) << number(by),
        None => value.split('*').map(number).product(),
    }
}

#[test]
fn document_states_the_limits_of_the_code() {
    let stated = rows();
    let public = LIMITS.map(|(name, limit)| (name.to_owned(), limit));
    let private = PRIVATE.map(|name| (name.to_owned(), private(name)));
    let expected: Vec<_> = public.into_iter().chain(private).collect();
    assert_eq!(stated, expected);
}

#[test]
fn every_public_limit_of_the_code_is_in_the_document() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in sources(&root) {
        let below = file.strip_prefix(&root).unwrap().with_extension("");
        let module = below.to_str().unwrap().replace('/', "::");
        let module = module.trim_end_matches("::mod");
        for line in fs::read_to_string(&file).unwrap().lines() {
            let Some(constant) = line.strip_prefix("pub const MAX_") else {
                continue;
            };
            let (name, _) = constant.split_once(':').unwrap();
            let name = format!("{module}::MAX_{name}");
            assert!(LIMITS.iter().any(|(known, _)| *known == name), "{name}");
        }
    }
}
