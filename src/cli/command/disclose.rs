//! `ledger disclose`: what somebody says of AI in making an article or an image.

use clap::Args;

use crate::canonical::Date;
use crate::cli::answer::Answer;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::submission::{Desk, Signing, typed, typed_option};
use crate::record::article::{AiUse, Publisher};
use crate::record::{Content, Disclosure};

/// Record what somebody discloses of AI in making an article or an image
///
/// It is the word of whoever discloses it. An image is a source with its bytes as snapshot: `ledger add source`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger disclose $ARTICLE --by \"The Daily\" --disclosed 2026-06-04 --stage translation \\
    --description \"Translated by a program, read by an editor\" --as ada
  ledger disclose $SOURCE --by \"A photographer\" --disclosed unknown --stage images --tool Imager \\
    --description \"The sky was made by a program\" --as ada --dry-run")]
pub struct Arguments {
    /// The article, or the source that is the image
    hash: String,
    /// Who discloses it
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Their address
    #[arg(long, value_name = "URL")]
    by_url: Option<String>,
    /// When it was disclosed: a date or unknown
    #[arg(long, value_name = "DATE")]
    disclosed: Date,
    /// Where in the work: research, drafting, translation, images or another word
    #[arg(long, value_name = "WORD")]
    stage: String,
    /// What was done
    #[arg(long, value_name = "TEXT")]
    description: String,
    /// With which tool
    #[arg(long, value_name = "NAME")]
    tool: Option<String>,
    /// A term of IPTC's Digital Source Type vocabulary
    #[arg(long, value_name = "URL")]
    digital_source_type: Option<String>,
    /// Who checked the outcome
    #[arg(long, value_name = "NAME")]
    checked_by: Option<String>,
    /// The source in which it was disclosed
    #[arg(long, value_name = "HASH")]
    source: Option<String>,
    #[command(flatten)]
    signing: Signing,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    let desk = Desk::open(context, &arguments.signing)?;
    let disclosure = Disclosure {
        subject: desk.resolve(&arguments.hash)?,
        by: Publisher {
            name: typed(&arguments.by)?,
            url: typed_option(arguments.by_url.as_ref())?,
        },
        disclosed: arguments.disclosed.clone(),
        ai_use: AiUse {
            stage: typed(&arguments.stage)?,
            tool: typed_option(arguments.tool.as_ref())?,
            description: typed(&arguments.description)?,
            digital_source_type: typed_option(arguments.digital_source_type.as_ref())?,
            checked_by: typed_option(arguments.checked_by.as_ref())?,
        },
        source: desk.resolve_option(arguments.source.as_deref())?,
    };
    desk.append(Content::Disclosure(disclosure), Vec::new())
}
