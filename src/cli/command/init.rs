//! `ledger init`: a new ledger, its log key and its first records.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::cli::answer::{Answer, good};
use crate::cli::context::{Context, read_note};
use crate::cli::error::CliError;
use crate::cli::submission::{Item, Signer, found, open_key, typed};
use crate::log::{Checkpoint, NoteSigner};
use crate::record::key::{Holder, Key, Role};
use crate::record::{Content, Ledger, Line, Origin, Policy, Prose, Record};
use crate::sign::SecretKey;
use crate::store::{SqliteStore, StoreError};
use crate::writer::{Guard as _, GuardError, Submission};

/// Make a new ledger, with you as its owner
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger init new.ledger --origin factdesk.example/2027 --name \"Fact desk\" --as ada
  ledger init solo.ledger --origin solo.example/log --name \"Solo\" --approvals 0 --as ada")]
pub struct Arguments {
    /// The file to make
    file: PathBuf,
    /// The ledger's name for the world: a URL without its scheme, never used for another ledger
    #[arg(long, value_name = "NAME")]
    origin: String,
    /// The ledger's name for people; else its origin
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Your name as readers see it; else the key's name
    #[arg(long, value_name = "NAME")]
    holder: Option<String>,
    /// How many other editors must approve a review
    #[arg(long, value_name = "N", default_value_t = 1)]
    approvals: u8,
    /// The last checkpoint of a ledger that this one continues, whose log has ended
    #[arg(long, value_name = "FILE")]
    continues: Option<PathBuf>,
    #[command(flatten)]
    signer: Signer,
    /// Check everything and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let origin: Origin = typed(&arguments.origin)?;
    if let Some((_, name)) = origin.as_str().split_once("://") {
        return Err(CliError::usage(format!(
            "expected a URL without its scheme, found {:?}",
            origin.as_str()
        ))
        .hint(format!("give --origin {name}")));
    }
    let folder = arguments.file.parent().unwrap_or(Path::new(""));
    if !(folder.as_os_str().is_empty() || folder.is_dir()) {
        return Err(
            CliError::failed(format!("there is no folder {}", folder.display()))
                .hint("make it first, or name another file"),
        );
    }
    let name: Line = typed(arguments.name.as_deref().unwrap_or(origin.as_str()))?;
    let key = open_key(context, &arguments.signer)?;
    let did = key.public().did();
    let signer = context.signer(arguments.signer.editor.as_deref());
    let holder_name = match (&arguments.holder, signer) {
        (Some(holder), _) => holder.clone(),
        (None, Some(signer)) => signer.to_owned(),
        (None, None) => context
            .keys()?
            .list()?
            .into_iter()
            .find(|named| named.did == did)
            .map_or_else(|| did.to_string(), |named| named.name),
    };
    let seed = zeroize::Zeroizing::new(context.random(&format!("log key of {origin}"))?);
    let log_secret = SecretKey::from_seed(&seed);
    let log_key = NoteSigner::new(origin.as_str(), log_secret.clone()).map_err(CliError::usage)?;
    let now = context.now()?;

    let ledger = Content::Ledger(Ledger {
        origin: origin.clone(),
        name,
        owners: vec![did],
        log_key: typed(&log_key.key().to_string())?,
        policy: Policy {
            approvals: arguments.approvals,
        },
        continues: continued(arguments.continues.as_deref(), &origin)?,
    });
    let owner = Content::Key(Key {
        key: did,
        holder: Holder {
            name: typed(&holder_name)?,
            email: None,
            url: None,
        },
        role: Role::Owner,
        replaces: None,
    });
    let mut items = Vec::new();
    for content in [ledger, owner] {
        let record = Record {
            ledger: origin.clone(),
            editor: did,
            created: now,
            salt: context.salt(&content)?,
            content,
        };
        items.push(Item {
            id: None,
            submission: Submission::sign(record, Vec::new(), &key, now)
                .map_err(CliError::refused)?,
        });
    }
    if arguments.dry_run {
        if arguments.file.exists() {
            let path = arguments.file.clone();
            return Err(StoreError::Exists { path }.into());
        }
        let mut store = SqliteStore::in_memory()?;
        found(&mut store, &items, &log_key, now)?;
        return Ok(Answer::new(
            good(&format!("would make {}", arguments.file.display())),
            json!({ "format": 1, "ledger": arguments.file, "origin": origin, "dryRun": true }),
        ));
    }
    let mut key_file = None;
    let guard = context.state()?;
    let receipt = SqliteStore::create(&arguments.file, |store| {
        let receipt = found(store, &items, &log_key, now)?;
        // The log's key is kept before the ledger appears: a ledger without it could never grow.
        key_file = Some(context.keys()?.add_log_key(&log_key, &log_secret)?);
        Ok::<_, CliError>(receipt)
    })?;
    guard
        .lock(log_key.key())
        .and_then(|mut memory| memory.remember(&receipt.checkpoint))
        .map_err(GuardError::Unwritable)?;
    let log_key_file = key_file.expect("set when the ledger was founded");
    let text = format!(
        "{}\n\nowner    {did}\nlog key  {}\n         kept in {}\n\nGive the log key to your readers: with it they recognise your checkpoints.\n",
        good(&format!("made {}", arguments.file.display())),
        log_key.key(),
        log_key_file.display(),
    );
    let founding = receipt.appended[0];
    Ok(Answer::new(
        text,
        json!({
            "format": 1,
            "ledger": arguments.file,
            "origin": origin,
            "owner": did,
            "logKey": log_key.key().to_string(),
            "hash": founding.digest,
            "index": founding.index,
            "size": receipt.size,
            "root": receipt.root,
            "dryRun": false,
        }),
    ))
}

/// Reads the checkpoint of the ledger before, which had another name: a log's name is never used again.
fn continued(file: Option<&Path>, origin: &Origin) -> Result<Option<Prose>, CliError> {
    let Some(file) = file else {
        return Ok(None);
    };
    let note = read_note(file)?;
    let checkpoint = Checkpoint::read_unverified(&note)
        .map_err(|error| CliError::usage(format!("{}: {error}", file.display())))?;
    if checkpoint.origin() == origin.as_str() {
        return Err(CliError::usage(format!(
            "the ledger that is continued is named {origin} too"
        ))
        .hint(
            "give the new ledger another --origin: its log has another key and another history",
        ));
    }
    // The record's text has no line feed at its end; the note has exactly one.
    typed(note.trim_end_matches('\n')).map(Some)
}
