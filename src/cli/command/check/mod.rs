//! `ledger check`: a reader's question, answered for one record.

mod describe;
mod judgement;
mod to_json;

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use self::describe::describe;
use self::to_json::to_json;
use crate::bundle::{
    self, Beside, Bundle, CheckError, Comparison, FormError, LaterVersion, LogTrust, Outcome,
    Standing, Trust,
};
use crate::canonical::{Digest, DigestPrefix};
use crate::cli::answer::{Answer, Exit, dim, unknown};
use crate::cli::context::{Context, ledger_facts, read_input, read_policy, resolve};
use crate::cli::error::CliError;
use crate::cli::hits::{OUT_OF_REACH, Shown, how};
use crate::cli::place;
use crate::log::{Policy, VerifierKey};
use crate::record::{Content, Kind};
use crate::rules::State;
use crate::search::{self, Hit, Matched, Query};
use crate::store::{Read, StoreError, sqlite};

/// Check one record by its hash, a proof bundle, or find what was checked of some words
///
/// Shows what was signed, by whom, and what the editors concluded, as of the last checkpoint. It checks the
/// record and all that is found about it; that nothing else is wrong in the ledger, `ledger verify` shows. A
/// proof bundle is checked without ledger and network.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger check $CLAIM
  ledger check \"make it disappear\" --json
  ledger check kept.proof.json --log-key $LOG_KEY
  ledger check kept.proof.json --log-key $LOG_KEY --against desk.ledger")]
pub struct Arguments {
    /// A provenance hash (or its beginning, or an address that names it), a proof bundle, or quoted words
    #[arg(value_name = "HASH|FILE|TEXT")]
    query: String,
    /// The log's key as you know it, not as the ledger says
    #[arg(long, value_name = "VKEY")]
    log_key: Option<VerifierKey>,
    /// Compare a proof bundle with the ledger of today: a file, or where it was published
    #[arg(long, value_name = "FILE|DIR|URL")]
    against: Option<PathBuf>,
    /// Whom you trust: a C2SP policy of logs and witnesses, of whom enough must have cosigned
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
}

impl Arguments {
    fn policy(&self) -> Result<Option<Policy>, CliError> {
        self.policy.as_deref().map(read_policy).transpose()
    }

    /// Returns the log that the reader knows, or else what is to be taken for it.
    fn log_trust(&self, unknown: LogTrust) -> LogTrust {
        self.log_key.clone().map_or(unknown, LogTrust::Key)
    }
}

/// What a whole hash begins with.
const PREFIX: &str = "sha256:";

/// What the names of proof bundles end with, and quoted words do not.
const SUFFIX: &str = ".json";

/// More claims than this are not shown for some words.
const MAX_MATCHES: usize = 10;

/// What is told about one record.
struct Found {
    standing: Standing,
    /// Of an article in a ledger: the claims that appear in it, with their states as the derived tables have them.
    claims: Vec<(Digest, State)>,
    /// Of a claim in a ledger: the later versions of its articles.
    later_versions: Vec<LaterVersion>,
    /// Whether records of this ledger were erased: if one of them spoke of this record can't be told.
    /// Absent where there is no ledger to ask.
    erased_work: Option<bool>,
    /// How a proof bundle compares with a newer ledger, if one was named.
    comparison: Option<Comparison>,
}

impl Found {
    /// Everything that is shown must be intact, not the record alone, and nothing newer may say more.
    fn exit(&self) -> Exit {
        let compared = match &self.comparison {
            Some(Comparison::Contradicted(_)) => Exit::Wrong,
            Some(Comparison::Continued(newer)) if newer.says_more() => Exit::Wrong,
            Some(Comparison::Continued(newer)) if !newer.is_current() => Exit::Failed,
            Some(Comparison::Older { .. }) => Exit::Failed,
            Some(Comparison::Continued(_)) | None => Exit::Done,
        };
        match (self.checked(), compared) {
            (Exit::Wrong, _) | (_, Exit::Wrong) => Exit::Wrong,
            (Exit::Done, compared) => compared,
            (checked, _) => checked,
        }
    }

    /// How the check ended, whatever a newer ledger adds: what came later does not change what was signed.
    fn checked(&self) -> Exit {
        let not_checked = |outcome: &Outcome| matches!(outcome, Outcome::NotChecked(_));
        let steps = &self.standing.record.steps;
        if self.standing.all().any(|one| one.has_failed()) || self.is_contradicted() {
            Exit::Wrong
        } else if steps.iter().any(|step| not_checked(&step.outcome)) {
            Exit::Failed
        } else {
            Exit::Done
        }
    }

    /// Tells whether the log that was named has another history.
    fn is_contradicted(&self) -> bool {
        matches!(self.comparison, Some(Comparison::Contradicted(_)))
    }

    /// Adds what only a ledger's look-ups tell.
    fn look_up(&mut self, store: &dyn Read) -> Result<(), StoreError> {
        let record = &self.standing.record;
        match record.record.as_ref().map(|record| &record.content) {
            Some(Content::Claim(claim)) => {
                self.later_versions = bundle::later_versions(store, claim)?;
            }
            _ => self.claims = bundle::claims_in(store, &record.digest)?,
        }
        Ok(())
    }

    fn answer(&self) -> Answer {
        Answer::new(describe(self), to_json(self)).exit(self.exit())
    }
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let query = arguments.query.trim();
    if query.is_empty() {
        return Err(CliError::usage(
            "expected a hash, a file or words, found none",
        ));
    }
    // Whoever writes the prefix means a hash, in capitals too: a mistyped one is not looked for as words.
    let hash = match query.split_at_checked(PREFIX.len()) {
        _ if hash_in_address(query).is_some() => hash_in_address(query),
        Some((prefix, digits)) if prefix.eq_ignore_ascii_case(PREFIX) => Some(digits),
        _ if query.parse::<DigestPrefix>().is_ok() => Some(query),
        _ => None,
    };
    let is_file =
        |query: &str| query == "-" || query.ends_with(SUFFIX) || Path::new(query).exists();
    if arguments.against.is_some() && (hash.is_some() || !is_file(query)) {
        return Err(
            CliError::usage("--against compares a proof bundle, and this is none")
                .hint("`ledger prove` writes one"),
        );
    }
    match hash {
        Some(hash) => check_hash(hash, arguments, context),
        None if is_file(query) => check_file(query, arguments),
        None => check_words(query, arguments, context),
    }
}

/// Returns the whole hash that a page's address names, such as that of a claim on a ledger's site.
fn hash_in_address(query: &str) -> Option<&str> {
    let (_, path) = query.split_once("://")?;
    path.split(|c: char| !c.is_ascii_alphanumeric())
        .find(|part| part.len() == 64 && part.parse::<DigestPrefix>().is_ok())
}

fn check_hash(hash: &str, arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let store = context.read()?;
    let (_, index) = resolve(&store, hash).map_err(|error| match error.exit() {
        Exit::Wrong => error.hint(
            "the hash is unknown to this ledger, which does not make what it stands beside false",
        ),
        _ => error,
    })?;
    Ok(find(&store, index, arguments)?.answer())
}

fn check_file(file: &str, arguments: &Arguments) -> Result<Answer, CliError> {
    if Path::new(file).is_dir() {
        return Err(
            CliError::usage(format!("{file} is a folder, and no proof bundle"))
                .hint("`ledger verify DIR` checks a published ledger"),
        );
    }
    let bytes = read_input(file)?;
    if bytes.starts_with(sqlite::MAGIC) {
        return Err(CliError::usage(format!("{file} is no proof bundle: it is a database"))
            .hint("`ledger check HASH --ledger FILE` checks a record of a ledger, `ledger verify FILE` all of it"));
    }
    let malformed = |error: FormError| match error {
        FormError::Version { .. } => {
            CliError::failed(format!("{file}: {error}")).hint("use a newer version of this program")
        }
        error => CliError::refused(format!("{file} is no proof bundle: {error}"))
            .hint("a proof bundle is written by `ledger prove`, and checked byte for byte"),
    };
    let bundle = Bundle::parse(&bytes).map_err(malformed)?;
    let policy = arguments.policy()?;
    let trust = Trust {
        log: arguments.log_trust(LogTrust::Nobody),
        policy: policy.as_ref(),
    };
    let standing = bundle::check(&bundle, &trust, None).map_err(|error| match error {
        CheckError::Store(error) => error.into(),
        error => CliError::refused(format!("{file} proves nothing: {error}")),
    })?;
    let mut found = Found {
        standing,
        claims: Vec::new(),
        later_versions: Vec::new(),
        erased_work: None,
        comparison: None,
    };
    if let Some(place) = &arguments.against {
        compare(&bundle, &mut found, place)?;
        return Ok(found.answer());
    }
    let of_claims = match found.standing.record.kind == Kind::Article.as_str() {
        true => ", nor what became of the article's claims",
        false => "",
    };
    Ok(found.answer().note(format!(
        "note: this is the standing as of {} entries; a later correction is not in the file{of_claims}, and one that was \
         taken out of it would not be missed: --against compares with the ledger of today",
        found.standing.size
    )))
}

/// Compares a bundle with the ledger that the reader names.
fn compare(bundle: &Bundle, found: &mut Found, place: &Path) -> Result<(), CliError> {
    let standing = &found.standing;
    // Only a log of the same key can say anything of this one.
    let log_key: VerifierKey = standing.log_key.parse().map_err(CliError::refused)?;
    let ledger = place::open_to_read(place)?;
    let comparison = bundle::compare(bundle, standing, &log_key, &*ledger)?;
    if matches!(comparison, Comparison::Continued(_)) && ledger.has_look_ups() {
        found.look_up(&*ledger)?;
    }
    found.comparison = Some(comparison);
    Ok(())
}

/// Gathers a bundle from the ledger and checks it, as anybody could who is handed it.
fn find(store: &dyn Read, index: u64, arguments: &Arguments) -> Result<Found, CliError> {
    let policy = arguments.policy()?;
    let trust = Trust {
        log: arguments.log_trust(LogTrust::FoundingRecord),
        policy: policy.as_ref(),
    };
    let bundle = bundle::gather(store, index)?;
    let objects = |digest: &Digest| store.object(digest);
    let mut standing = bundle::check(&bundle, &trust, Some(Beside::all(&objects)))?;
    let look_ups = bundle::compare_look_ups(store, &standing)?;
    standing.record.steps.push(look_ups);
    let mut found = Found {
        claims: Vec::new(),
        later_versions: Vec::new(),
        erased_work: Some(ledger_facts(store)?.erased_work),
        comparison: None,
        standing,
    };
    found.look_up(store)?;
    Ok(found)
}

/// Checks the claims that these words are meant for, or else shows those that may be.
fn check_words(words: &str, arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let query = Query::parse(words)?;
    let store = context.read()?;
    // All that can be found: of more than one claim that has these words, none may be taken for the only one.
    let found = search::find(&store, &query, search::MAX_HITS)?;
    let (mut hits, others): (Vec<Hit>, Vec<Hit>) = (found
        .into_iter()
        .filter(|hit| matches!(hit.kind, Kind::Claim | Kind::Foreign)))
    .partition(|hit| hit.kind == Kind::Claim);
    let meant = meant(&hits).min(MAX_MATCHES);
    hits.truncate(MAX_MATCHES);
    let mut candidates = hits.split_off(meant);
    if meant > 0 {
        candidates.retain(|hit| !matches!(hit.matched, Matched::SomeWords { .. }));
    }
    let mut text = String::new();
    let mut matches = Vec::new();
    let mut exits = Vec::new();
    for hit in hits {
        let found = find(&store, hit.index, arguments)?;
        text.push_str(&format!(
            "{}\n{}\n",
            dim(&how(hit.matched)),
            describe(&found)
        ));
        let mut json = to_json(&found);
        json["match"] = json!(if hit.matched == Matched::Exact {
            "exact"
        } else {
            "words"
        });
        matches.push(json);
        exits.push(found.exit());
    }
    let others = (others.into_iter())
        .filter(|hit| !matches!(hit.matched, Matched::SomeWords { .. }))
        .take(MAX_MATCHES);
    let shown = |hit| Shown::look_up(&store, hit);
    let candidates = candidates
        .into_iter()
        .map(shown)
        .collect::<Result<Vec<_>, _>>()?;
    let others = others.map(shown).collect::<Result<Vec<_>, _>>()?;
    let json = json!({
        "format": 1,
        "text": query.text(),
        "matches": matches,
        "candidates": candidates.iter().map(Shown::to_json).collect::<Vec<_>>(),
        "others": others.iter().map(Shown::to_json).collect::<Vec<_>>(),
        "outOfReach": ["paraphrase", "translation"],
    });
    if exits.is_empty() {
        text.push_str(&format!("{}\n", unknown("unknown to this ledger")));
        text.push_str(match candidates.is_empty() {
            true => "No claim with these words is recorded here, which does not make them false.\n",
            false => "No claim with just these words is recorded here, which does not make them false. These are near:\n",
        });
    } else if !candidates.is_empty() {
        text.push_str("Others are near:\n");
    }
    for candidate in &candidates {
        text.push_str(&format!("\n{}", candidate.describe()));
    }
    if !others.is_empty() {
        text.push_str("\nOthers state something of such words, which is not the judgement of these editors:\n");
    }
    for statement in &others {
        text.push_str(&format!("\n{}", statement.describe()));
    }
    if !text.ends_with("\n\n") {
        text.push('\n');
    }
    text.push_str(&format!("{}\n", dim(OUT_OF_REACH)));
    let worst = exits.into_iter().max_by_key(|exit| match exit {
        Exit::Done => 0,
        Exit::Failed => 1,
        Exit::Usage | Exit::Wrong => 2,
    });
    // Unknown words are an answer, and one that says no.
    Ok(Answer::new(text, json).exit(worst.unwrap_or(Exit::Wrong)))
}

/// Returns how many of the hits, which come nearest first, are what was meant: all with the very words, or else the
/// one that they are a part of. A word that differs may turn the meaning around, so that such a hit is a candidate only.
fn meant(hits: &[Hit]) -> usize {
    let same = |hit: &&Hit| matches!(hit.matched, Matched::Exact | Matched::SameWords);
    let part = |hit: &&Hit| matches!(hit.matched, Matched::Fragment | Matched::Elided);
    match (
        hits.iter().filter(same).count(),
        hits.iter().filter(part).count(),
    ) {
        (0, 1) => 1,
        (same, _) => same,
    }
}
