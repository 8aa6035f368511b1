//! `ledger key`: keys on this machine, and keys in the ledger.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::one_of;
use crate::cli::answer::{Answer, Table, dim};
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::submission::{Desk, Item, Signing, typed, typed_option};
use crate::record::key::{Holder, Key, Role};
use crate::record::revocation::{Reason, Revocation};
use crate::record::{Content, Line};
use crate::rules::{Facts, SignerFacts};
use crate::sign::key_file::Protection;
use crate::sign::{Did, SecretKey};
use crate::store::Read;

/// Make, list, enrol and revoke keys
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  ledger key list
  ledger key show ada")]
pub enum Command {
    New(New),
    List(List),
    Show(Show),
    #[command(alias = "enrol")]
    Enroll(Enroll),
    Revoke(Revoke),
    Replace(Replace),
}

/// Make a key and print its did:key
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger key new dana --unencrypted
  ledger key new dora --passphrase-file passphrase.txt")]
pub struct New {
    /// A name for this machine: letters, digits, - and _
    name: String,
    /// Protect the key by its file mode only
    #[arg(long, conflicts_with = "passphrase_file")]
    unencrypted: bool,
    /// Read the passphrase from the first line of this file
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// List the keys on this machine
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger key list
  ledger key list --json")]
pub struct List {}

/// Show a key, and what the ledger says of it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger key show ada
  ledger key show $BEN --json")]
pub struct Show {
    /// A key's name on this machine, or a did:key
    key: String,
}

/// Enrol a key in the ledger, so that its holder may sign
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger key enroll $CLEO --holder Cleo --role contributor --as ada
  ledger key enroll $CLEO --holder Cleo --role editor --email cleo@factdesk.example --as ada --dry-run")]
pub struct Enroll {
    /// The key, as `ledger key new` printed it
    key: String,
    /// Who holds it: a person or a desk; this can't be erased
    #[arg(long, value_name = "NAME")]
    holder: String,
    /// What the holder may say
    #[arg(long, value_parser = one_of::<Role>())]
    role: Role,
    /// Where the holder can be written to
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// A page about the holder
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    #[command(flatten)]
    signing: Signing,
}

/// End a key's right to sign
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger key revoke $BEN --reason left --as ada --dry-run
  ledger key revoke $BEN --reason compromised --distrust-from 3 --as ada --dry-run")]
pub struct Revoke {
    /// The key's name on this machine, or its did:key
    key: String,
    /// Why
    #[arg(long, value_parser = one_of::<Reason>())]
    reason: Reason,
    /// The index from which what it signed is doubtful
    #[arg(long, value_name = "INDEX")]
    distrust_from: Option<u64>,
    #[command(flatten)]
    signing: Signing,
}

/// Put a holder's new key in place of the old one
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger key replace $BEN $CLEO --as ada --dry-run
  ledger key replace $BEN $CLEO --reason lost --as ada --dry-run")]
pub struct Replace {
    /// The old key's name on this machine, or its did:key
    old: String,
    /// The new key's name on this machine, or its did:key
    new: String,
    /// Why
    #[arg(long, value_parser = one_of::<Reason>(), default_value = "superseded")]
    reason: Reason,
    #[command(flatten)]
    signing: Signing,
}

pub fn run(command: &Command, context: &Context) -> Result<Answer, CliError> {
    match command {
        Command::New(arguments) => new(arguments, context),
        Command::List(_) => list(context),
        Command::Show(arguments) => show(arguments, context),
        Command::Enroll(arguments) => enroll(arguments, context),
        Command::Revoke(arguments) => revoke(arguments, context),
        Command::Replace(arguments) => replace(arguments, context),
    }
}

fn new(arguments: &New, context: &Context) -> Result<Answer, CliError> {
    let seed = zeroize::Zeroizing::new(context.random(&format!("key of {}", arguments.name))?);
    let key = SecretKey::from_seed(&seed);
    let file = arguments.passphrase_file.as_deref();
    match arguments.unencrypted {
        true => context
            .keys()?
            .add(&arguments.name, &key, Protection::None)?,
        false => {
            let what = format!("new passphrase of {}", arguments.name);
            let passphrase = context.keys()?.passphrase(&what, file)?;
            if passphrase.is_empty() {
                return Err(CliError::usage("the passphrase is empty")
                    .hint("choose one, or say --unencrypted"));
            }
            if file.is_none() && *context.keys()?.passphrase("same again", None)? != *passphrase {
                return Err(CliError::failed(
                    "the two passphrases differ; no key was made",
                ));
            }
            let nonce = context.random(&format!("nonce of {}", arguments.name))?;
            let protection = Protection::Passphrase {
                passphrase: &passphrase,
                nonce,
            };
            context.keys()?.add(&arguments.name, &key, protection)?;
        }
    }
    let did = key.public().did();
    Ok(Answer::new(
        format!("{did}\n"),
        json!({ "format": 1, "name": arguments.name, "key": did, "encrypted": !arguments.unencrypted }),
    )
    .note(dim(&format!(
        "kept in {}; an owner enrols it with: ledger key enroll {did} --holder NAME --role editor",
        context.keys()?.folder().display()
    ))))
}

fn list(context: &Context) -> Result<Answer, CliError> {
    let mut table = Table::default();
    let mut json = Vec::new();
    for key in context.keys()?.list()? {
        let protection = match key.encrypted {
            true => "encrypted",
            false => "unencrypted",
        };
        table.row([key.name.clone(), key.did.to_string(), protection.to_owned()]);
        json.push(json!({
            "type": "key",
            "name": key.name,
            "key": key.did,
            "encrypted": key.encrypted,
        }));
    }
    let none = json.is_empty();
    let answer = Answer::list(table, json);
    Ok(match none {
        true => answer.note(format!(
            "hint: there are no keys in {}; `ledger key new NAME` makes one",
            context.keys()?.folder().display()
        )),
        false => answer,
    })
}

fn show(arguments: &Show, context: &Context) -> Result<Answer, CliError> {
    let did = find(&arguments.key, context)?;
    let store = context.read()?;
    let signers = (&store as &dyn Read).signers()?;
    let Some(signer) = signers.get(&did) else {
        return Err(
            CliError::refused(format!("{did} is not enrolled in this ledger"))
                .hint("an owner enrols it with `ledger key enroll`"),
        );
    };
    Ok(Answer::new(describe(&did, signer), to_json(&did, signer)))
}

fn describe(did: &Did, signer: &SignerFacts) -> String {
    let holder = signer.holder.as_ref().map_or("(not named)", Line::as_str);
    let mut text = format!(
        "key       {did}\nholder    {holder}\nrole      {}\nenrolled  index {}\n",
        signer.role, signer.enrolled
    );
    if let Some(revoked) = signer.revoked {
        text.push_str(&format!("revoked   index {revoked}\n"));
    }
    text
}

/// Returns what the ledger says of a key as JSON.
pub(super) fn to_json(did: &Did, signer: &SignerFacts) -> Value {
    let mut json = json!({
        "format": 1,
        "key": did,
        "role": signer.role,
        "enrolled": signer.enrolled,
    });
    if let Some(holder) = &signer.holder {
        json["holder"] = json!(holder);
    }
    if let Some(revoked) = signer.revoked {
        json["revoked"] = json!(revoked);
    }
    json
}

fn enroll(arguments: &Enroll, context: &Context) -> Result<Answer, CliError> {
    let key = find(&arguments.key, context)?;
    let desk = Desk::open(context, &arguments.signing)?;
    let key = Key {
        key,
        holder: Holder {
            name: typed(&arguments.holder)?,
            email: typed_option(arguments.email.as_ref())?,
            url: typed_option(arguments.url.as_ref())?,
        },
        role: arguments.role,
        replaces: None,
    };
    desk.append(Content::Key(key), Vec::new())
}

fn revoke(arguments: &Revoke, context: &Context) -> Result<Answer, CliError> {
    let key = find(&arguments.key, context)?;
    let desk = Desk::open(context, &arguments.signing)?;
    let revocation = Revocation {
        key,
        reason: arguments.reason,
        distrust_from: arguments.distrust_from,
    };
    desk.append(Content::Revocation(revocation), Vec::new())
}

fn replace(arguments: &Replace, context: &Context) -> Result<Answer, CliError> {
    let old = find(&arguments.old, context)?;
    let new = find(&arguments.new, context)?;
    let desk = Desk::open(context, &arguments.signing)?;
    let signers = desk.read().signers()?;
    let before = signers
        .get(&old)
        .ok_or_else(|| CliError::refused(format!("{old} is not enrolled in this ledger")))?;
    let name: Line = match &before.holder {
        Some(holder) => holder.clone(),
        None => typed(&arguments.old)?,
    };
    let enrolment = Content::Key(Key {
        key: new,
        holder: Holder {
            name,
            email: None,
            url: None,
        },
        role: before.role,
        replaces: Some(old),
    });
    let revocation = Content::Revocation(Revocation {
        key: old,
        reason: arguments.reason,
        distrust_from: None,
    });
    let mut items = Vec::new();
    for content in [enrolment, revocation] {
        items.push(Item {
            id: None,
            submission: desk.seal(content, Vec::new())?,
        });
    }
    desk.append_all(items)
}

/// Finds a key by its name on this machine, or takes a did:key.
fn find(text: &str, context: &Context) -> Result<Did, CliError> {
    if text.starts_with("did:") {
        return text.parse().map_err(CliError::usage);
    }
    let keys = context.keys()?.list()?;
    match keys.iter().find(|key| key.name == text) {
        Some(key) => Ok(key.did),
        None => Err(CliError::usage(format!(
            "expected a did:key, or the name of a key in {}, found {text:?}",
            context.keys()?.folder().display()
        ))
        .hint("`ledger key list` lists the keys")),
    }
}
