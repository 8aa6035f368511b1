//! Signing and appending: what all commands that change the ledger share.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use unicode_normalization::UnicodeNormalization;

use super::answer::{Answer, Exit, dim, good};
use super::context::{Context, ledger_facts, log_key};
use super::doubts;
use super::error::{CliError, with_causes};
use super::output::write_output;
use super::place::is_published;
use crate::canonical::{Digest, Timestamp};
use crate::log::NoteSigner;
use crate::record::source::Stance;
use crate::record::{Content, FieldError, Origin, Record};
use crate::sign::SecretKey;
use crate::store::{Read, SqliteStore, Store, StoreError};
use crate::writer::{self, Mode, Receipt, Submission, Unguarded, WriteError, signed_records};

/// Where help lists them.
const SIGNING: &str = "Signing";

/// Options that say whose key signs.
#[derive(Clone, Debug, Args)]
pub struct Signer {
    /// Whose key signs; else $LEDGER_EDITOR, else the only key there is
    #[arg(long = "as", value_name = "NAME", help_heading = SIGNING)]
    pub editor: Option<String>,
    /// Read the key's passphrase from the first line of this file
    #[arg(long, value_name = "FILE", help_heading = SIGNING)]
    pub passphrase_file: Option<PathBuf>,
}

/// Options of every command that writes records.
#[derive(Clone, Debug, Args)]
pub struct Signing {
    #[command(flatten)]
    pub signer: Signer,
    /// Check everything and change nothing
    #[arg(long, help_heading = SIGNING)]
    pub dry_run: bool,
    /// Append nothing: write what was signed into this file, or - for stdout, for `ledger append`; needs no log key
    #[arg(long, value_name = "FILE", help_heading = SIGNING, conflicts_with = "dry_run")]
    pub sign_only: Option<PathBuf>,
}

impl Signing {
    /// Returns where the answer stands within that of a command that does more.
    pub fn member(&self) -> &'static str {
        match self.sign_only {
            None => "receipt",
            Some(_) => "signed",
        }
    }

    /// Tells whether the ledger stays as it is.
    pub fn changes_nothing(&self) -> bool {
        self.dry_run || self.sign_only.is_some()
    }
}

/// A ledger with an editor at it, who appends to it or hands over what they signed.
pub struct Desk<'a> {
    pub store: SqliteStore,
    context: &'a Context,
    signing: &'a Signing,
    key: SecretKey,
    end: End<'a>,
    origin: Origin,
}

/// What becomes of the records that are signed.
enum End<'a> {
    /// They are appended under the log's key.
    Append(Box<NoteSigner>),
    /// They are written into a file.
    HandOver(&'a Path),
}

/// A record ready to be appended, and how to call it when it is.
pub struct Item {
    /// Its name in a dossier.
    pub id: Option<String>,
    pub submission: Submission,
}

impl<'a> Desk<'a> {
    /// Opens the ledger and the editor's key.
    pub fn open(context: &'a Context, signing: &'a Signing) -> Result<Self, CliError> {
        let store = match &signing.sign_only {
            None => context.write()?,
            Some(_) if is_published(&context.ledger_path()?) => {
                return Err(
                    CliError::usage("what was published has no look-ups to sign by")
                        .hint("ask for a copy of the ledger file, and name it with --ledger FILE"),
                );
            }
            // A copy will do, and one that can't be written to.
            Some(_) => context.read()?,
        };
        let ledger = ledger_facts(&store)?;
        let end = match &signing.sign_only {
            None => {
                let log_key = context.keys()?.open_log_key(&log_key(&ledger)?)?;
                End::Append(Box::new(log_key))
            }
            Some(file) => End::HandOver(file),
        };
        let key = open_key(context, &signing.signer)?;
        Ok(Desk {
            store,
            context,
            signing,
            key,
            end,
            origin: ledger.origin,
        })
    }

    /// Makes and signs a record.
    pub fn seal(&self, content: Content, objects: Vec<Vec<u8>>) -> Result<Submission, CliError> {
        // Not the time when the desk was opened: a command may have fetched for minutes since.
        let now = self.context.now()?;
        let record = Record {
            ledger: self.origin.clone(),
            editor: self.key.public().did(),
            created: now,
            salt: self.context.salt(&content)?,
            content,
        };
        Submission::sign(record, objects, &self.key, now).map_err(CliError::refused)
    }

    /// Appends one record, or hands it over.
    pub fn append(self, content: Content, objects: Vec<Vec<u8>>) -> Result<Answer, CliError> {
        let submission = self.seal(content, objects)?;
        self.append_all(vec![Item {
            id: None,
            submission,
        }])
    }

    /// Appends records in one transaction, or hands them over in one file.
    pub fn append_all(mut self, items: Vec<Item>) -> Result<Answer, CliError> {
        let mode = self.mode();
        let batch: Vec<Submission> = items.iter().map(|item| item.submission.clone()).collect();
        let now = self.context.now()?;
        let mut doubts = Vec::new();
        for submission in &batch {
            doubts.extend(doubts::of(&self.store, submission.record(), now)?);
        }
        let refused = |error| {
            let id = match &error {
                WriteError::Refused { item, .. } => items[*item].id.clone(),
                _ => None,
            };
            let refused = CliError::from(error);
            match id {
                Some(id) => refused.detail(format!("item {id:?} of the dossier")),
                None => refused,
            }
        };
        let answer = match &self.end {
            End::Append(log_key) => {
                let guard = self.context.state()?;
                let receipt = writer::append(&mut self.store, &batch, log_key, guard, now, mode)
                    .map_err(refused)?;
                answer(&items, &receipt, mode)
            }
            End::HandOver(file) => {
                writer::check(&self.store, &batch, now).map_err(refused)?;
                hand_over(&items, &batch, file)?
            }
        };
        Ok(doubts.into_iter().fold(answer, Answer::note))
    }

    /// Finds a record of this ledger.
    pub fn resolve(&self, hash: &str) -> Result<Digest, CliError> {
        super::context::resolve(self.read(), hash).map(|(digest, _)| digest)
    }

    /// Finds a record of this ledger, where one is named.
    pub fn resolve_option(&self, hash: Option<&str>) -> Result<Option<Digest>, CliError> {
        hash.map(|hash| self.resolve(hash)).transpose()
    }

    /// Finds a source of this ledger and reads what it does for a claim: `HASH:STANCE`.
    pub fn resolve_stance(&self, text: &str) -> Result<(Digest, Stance), CliError> {
        // The colon of `sha256:` is part of the hash.
        let digits = text.strip_prefix("sha256:").unwrap_or(text);
        let (digits, stance) = digits.split_once(':').ok_or_else(|| {
            CliError::usage(format!("expected HASH:STANCE, found {text:?}"))
                .hint(format!("stances are {}", Stance::names()))
        })?;
        let stance = stance.parse().map_err(CliError::usage)?;
        Ok((self.resolve(digits)?, stance))
    }

    /// Returns the ledger for reading.
    pub fn read(&self) -> &dyn Read {
        &self.store
    }

    fn mode(&self) -> Mode {
        match self.signing.dry_run {
            true => Mode::DryRun,
            false => Mode::Commit,
        }
    }
}

/// Opens the key that signs.
pub fn open_key(context: &Context, signer: &Signer) -> Result<SecretKey, CliError> {
    context.keys()?.open(
        context.signer(signer.editor.as_deref()),
        signer.passphrase_file.as_deref(),
    )
}

/// Writes signed records for another desk.
fn hand_over(items: &[Item], batch: &[Submission], file: &Path) -> Result<Answer, CliError> {
    let bytes = signed_records::to_bytes(batch).map_err(|error| {
        CliError::refused(error).hint("nothing was written; sign a part of it at a time")
    })?;
    if file == Path::new("-") {
        return Ok(Answer::bytes(bytes));
    }
    write_output(file, &bytes, false)
        .map_err(|error| error.hint("nothing was written; name another file"))?;
    let mut text = String::new();
    let mut records = Vec::new();
    for item in items {
        let (kind, digest) = (item.submission.record().kind(), item.submission.digest());
        let id = (item.id.as_ref()).map_or_else(String::new, |id| format!(" {id}"));
        text.push_str(&format!(
            "{}\n{digest}\n",
            good(&format!("signed {kind}{id}"))
        ));
        let mut record = json!({ "kind": kind, "hash": digest });
        if let Some(id) = &item.id {
            record["id"] = json!(id);
        }
        records.push(record);
    }
    text.push_str(&dim(&format!(
        "wrote {}, {} bytes; nothing was appended",
        file.display(),
        bytes.len()
    )));
    text.push('\n');
    let json = json!({
        "format": 1,
        "file": file,
        "len": bytes.len(),
        "records": records,
        "hash": batch.last().map(Submission::digest),
    });
    Ok(Answer::new(text, json).note(format!(
        "hint: who has the log's key appends it with: ledger append {}",
        file.display()
    )))
}

/// Founds a ledger: appends its first records with the keys that were just made, which signed nothing before.
pub fn found(
    store: &mut dyn Store,
    items: &[Item],
    log_key: &NoteSigner,
    now: Timestamp,
) -> Result<Receipt, CliError> {
    let batch: Vec<Submission> = items.iter().map(|item| item.submission.clone()).collect();
    Ok(writer::append(
        store,
        &batch,
        log_key,
        &Unguarded,
        now,
        Mode::Commit,
    )?)
}

fn answer(items: &[Item], receipt: &Receipt, mode: Mode) -> Answer {
    let done = match mode {
        Mode::Commit => "recorded",
        Mode::DryRun => "would record",
    };
    let mut text = String::new();
    let mut records = Vec::new();
    for (item, appended) in std::iter::zip(items, &receipt.appended) {
        let kind = item.submission.record().kind();
        let id = item
            .id
            .as_ref()
            .map(|id| format!(" {id}"))
            .unwrap_or_default();
        text.push_str(&format!(
            "{} {}\n",
            good(&format!("{done} {kind}{id}, index {}", appended.index)),
            appended.digest
        ));
        let mut record = json!({
            "kind": kind,
            "hash": appended.digest,
            "index": appended.index,
        });
        if let Some(id) = &item.id {
            record["id"] = json!(id);
        }
        records.push(record);
    }
    text.push_str(&dim(&format!(
        "size {}, root {}",
        receipt.size, receipt.root
    )));
    text.push('\n');
    let last = receipt.appended.last();
    let mut json = json!({
        "format": 1,
        "records": records,
        "size": receipt.size,
        "root": receipt.root,
        "dryRun": mode == Mode::DryRun,
    });
    if let Some(last) = last {
        json["hash"] = json!(last.digest);
        json["index"] = json!(last.index);
    }
    with_warnings(Answer::new(text, json), receipt)
}

/// Adds what went wrong after the records were appended.
pub fn with_warnings(mut answer: Answer, receipt: &Receipt) -> Answer {
    if let Some(why) = &receipt.unremembered {
        answer = answer.exit(Exit::Failed).note(format!(
            "warning: everything is recorded, but the guard against rollback could not keep the checkpoint: {why}\n\nhint: set LEDGER_STATE to a folder that can be written to",
        ));
    }
    match receipt.unscrubbed.as_deref() {
        None => answer,
        Some(StoreError::Busy { .. }) => answer.exit(Exit::Failed).note(
            "warning: the erasure is recorded, but another program holds the file open and the words may \
             still stand in it\n\nhint: close the other program and run `ledger reindex`",
        ),
        Some(why) => answer.exit(Exit::Failed).note(format!(
            "warning: the erasure is recorded, but the words may still stand in the file: {}\n\nhint: when \
             this is mended, run `ledger reindex`",
            with_causes(why)
        )),
    }
}

/// Reads a field that somebody typed: in NFC, whatever the keyboard sent, and without white space around.
pub fn typed<T>(text: &str) -> Result<T, CliError>
where
    T: TryFrom<String, Error = FieldError>,
{
    let text: String = text.trim().nfc().collect();
    T::try_from(text).map_err(CliError::usage)
}

/// Reads an optional field that somebody typed.
pub fn typed_option<T>(text: Option<&String>) -> Result<Option<T>, CliError>
where
    T: TryFrom<String, Error = FieldError>,
{
    text.map(|text| typed(text)).transpose()
}

/// Reads fields that somebody typed.
pub fn typed_list<T>(texts: &[String]) -> Result<Vec<T>, CliError>
where
    T: TryFrom<String, Error = FieldError>,
{
    texts.iter().map(|text| typed(text)).collect()
}
