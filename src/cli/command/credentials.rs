//! `ledger credentials`: what an image says of itself in its Content Credentials.

use std::fmt::Write as _;

use clap::Args;
use serde_json::json;

use crate::canonical::Digest;
use crate::cli::answer::{Answer, Exit, bad, dim, good, unknown};
use crate::cli::context::read_input;
use crate::cli::error::CliError;
use crate::ingest::credentials::{self, CredentialsError, TrustList};
use crate::ingest::image::Image;
use crate::ingest::page;
use crate::record::Credentials;
use crate::record::credentials::{Presence, Trust, Validation};

/// Show what an image's Content Credentials (C2PA) say
///
/// What they say is the image's own statement. Valid means that image and statement are as somebody signed them; anyone
/// can sign. Whether the signer is known is another answer, and unknown without a list of yours. Nothing is
/// fetched. Only a program built with `--features c2pa` reads them. Ends with 1 if they are invalid.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger credentials photo.jpg
  ledger credentials photo.jpg --trust-anchors authorities.pem --json")]
pub struct Arguments {
    /// The image (JPEG, PNG or WebP), or - for stdin
    image: String,
    #[command(flatten)]
    list: TrustOptions,
}

/// Options that say who is trusted to name signers.
#[derive(Debug, Args)]
pub(super) struct TrustOptions {
    /// Certificates in PEM of the authorities that you trust to name an image's signer
    #[arg(long, value_name = "FILE")]
    trust_anchors: Option<String>,
}

impl TrustOptions {
    pub(super) fn read(&self) -> Result<Option<TrustList>, CliError> {
        let Some(name) = &self.trust_anchors else {
            return Ok(None);
        };
        if !credentials::IS_BUILT {
            return Err(not_read(&CredentialsError::NotBuilt));
        }
        let list = TrustList::parse(&read_input(name)?).map_err(|error| {
            CliError::usage(format!("{name}: {error}")).hint(
                "the file holds one or more blocks that begin with -----BEGIN CERTIFICATE-----",
            )
        })?;
        Ok(Some(list))
    }
}

pub fn run(arguments: &Arguments) -> Result<Answer, CliError> {
    let name = &arguments.image;
    // Before anything is read: no image could be answered.
    if !credentials::IS_BUILT {
        return Err(not_read(&CredentialsError::NotBuilt));
    }
    let list = arguments.list.read()?;
    let bytes = read_input(name)?;
    let image = Image::of(&bytes).ok_or_else(|| {
        let found = page::media_type_of(name, &bytes);
        CliError::refused(format!("{name}: expected an image, found {found}"))
            .hint("JPEG, PNG and WebP are read, whatever the file is called")
    })?;
    let found = credentials::read(&image, list.as_ref()).map_err(|error| not_read(&error))?;
    let digest = Digest::of(&bytes);
    let text = format!("{digest} {}\n{}", image.media_type, describe(&found));
    let exit = match (found.presence, found.validation) {
        (Presence::Unreadable, _) => Exit::Failed,
        (_, Some(Validation::Invalid)) => Exit::Wrong,
        _ => Exit::Done,
    };
    let json = json!({
        "format": 1,
        "digest": digest,
        "mediaType": image.media_type,
        "credentials": found,
    });
    Ok(Answer::new(text, json).exit(exit))
}

/// Tells why nothing was read, and what to do.
pub(super) fn not_read(error: &CredentialsError) -> CliError {
    let failed = CliError::failed(error);
    match error {
        CredentialsError::NotBuilt => failed.hint(
            "build it with `cargo build --release --features c2pa`; until then it is unknown what the image says",
        ),
        _ => failed,
    }
}

/// Shows what was read, validity and trust on lines of their own.
pub(super) fn describe(credentials: &Credentials) -> String {
    let presence = match credentials.presence {
        Presence::Embedded => "Content Credentials are in the image".to_owned(),
        Presence::Remote => unknown("Content Credentials are elsewhere, and were not fetched"),
        Presence::None => "no Content Credentials were found".to_owned(),
        Presence::Unreadable => unknown("Content Credentials can't be read"),
    };
    let mut lines = vec![format!(
        "{presence} {}",
        dim(&format!("(by {})", credentials.reader))
    )];
    match credentials.validation {
        Some(Validation::Valid) => lines.push(good("valid: as they were signed")),
        Some(Validation::Invalid) => lines.push(bad("invalid")),
        None => {}
    }
    lines.extend(credentials.failures.iter().map(|code| format!("  {code}")));
    match (credentials.trust, &credentials.trust_list) {
        (Some(Trust::Listed), _) => lines.push(good("the signer is on your list")),
        (Some(Trust::NotListed), _) => lines.push(bad("the signer is not on your list")),
        (Some(Trust::Unknown), None) => {
            lines.push(unknown("nobody asked whether the signer is known"))
        }
        (Some(Trust::Unknown), Some(_)) => lines.push(unknown(
            "it can't be told whether the signer is on your list",
        )),
        (None, _) => {}
    }
    let mut text = String::new();
    for line in lines {
        writeln!(text, "  {line}").expect("writing to a string");
    }
    for said in &credentials.stated {
        let label = format!("{} {} ", said.field, dim(&format!("in {}:", said.from)));
        writeln!(text, "  {label}{}", said.value).expect("writing to a string");
    }
    text
}
