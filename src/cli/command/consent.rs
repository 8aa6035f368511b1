//! `ledger consent`: what a person allows, refuses or withdraws.

use clap::Args;

use crate::canonical::Date;
use crate::cli::answer::Answer;
use crate::cli::context::{Context, read_record};
use crate::cli::error::CliError;
use crate::cli::submission::{Desk, Signing, typed, typed_list, typed_option};
use crate::record::consent::{Consent, Decision};
use crate::record::response::Respondent;
use crate::record::{Content, Kind};

/// Record a person's consent to being quoted, shown or used, its refusal, or its withdrawal
///
/// A withdrawal names the consent that ends. Person and scope are those of that consent, unless options say otherwise. The name
/// can be erased later.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger consent $CLAIM --decision given --by \"A. Speaker\" --scope quote --scope name --date 2026-06-03 --as ada
  ledger consent $CONSENT --withdraw --date 2026-06-10 --note \"By letter\" --as ada")]
pub struct Arguments {
    /// The claim, article or source that it is about; to withdraw, the consent
    hash: String,
    /// Whether the person allows or refuses it
    #[arg(long, value_name = "DECISION", value_parser = ["given", "refused"], required_unless_present = "withdraw")]
    decision: Option<String>,
    /// The person takes back the consent that HASH names
    #[arg(long, conflicts_with = "decision")]
    withdraw: bool,
    /// Whose consent it is
    #[arg(long, value_name = "NAME", required_unless_present = "withdraw")]
    by: Option<String>,
    /// In which role
    #[arg(long, value_name = "TEXT", requires = "by")]
    role: Option<String>,
    /// What for: quote, name, image, archive, ai-training or another word; may be given several times
    #[arg(long, value_name = "WORD", required_unless_present = "withdraw")]
    scope: Vec<String>,
    /// When the person decided: a date or unknown
    #[arg(long, value_name = "DATE")]
    date: Date,
    /// Until when it holds
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// What should be known of it
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    #[command(flatten)]
    signing: Signing,
}

pub fn run(arguments: &Arguments, context: &Context) -> Result<Answer, CliError> {
    if arguments.until == Some(Date::Unknown) {
        return Err(CliError::usage("expected a date in --until, found unknown")
            .hint("leave --until away if it holds without an end"));
    }
    let desk = Desk::open(context, &arguments.signing)?;
    let named = desk.resolve(&arguments.hash)?;
    let person = match &arguments.by {
        Some(name) => Some(Respondent {
            name: typed(name)?,
            role: typed_option(arguments.role.as_ref())?,
        }),
        None => None,
    };
    let scope = typed_list(&arguments.scope)?;
    let (date, until) = (arguments.date.clone(), arguments.until.clone());
    let note = typed_option(arguments.note.as_ref())?;
    let consent = match (&arguments.decision, person) {
        (Some(decision), Some(person)) => Consent {
            subject: named,
            person,
            decision: decision.parse().map_err(CliError::usage)?,
            scope,
            date,
            until,
            withdraws: None,
            note,
        },
        (_, person) => {
            let record = read_record(desk.read(), &named)?;
            let Content::Consent(before) = record.content else {
                return Err(CliError::refused(format!(
                    "{named}: expected a consent to withdraw, found a record of kind {}",
                    record.kind()
                ))
                .hint(format!(
                    "`ledger log --kind {}` lists the consents",
                    Kind::Consent
                )));
            };
            Consent {
                subject: before.subject,
                person: person.unwrap_or(before.person),
                decision: Decision::Withdrawn,
                scope: match scope.is_empty() {
                    true => before.scope,
                    false => scope,
                },
                date,
                until,
                withdraws: Some(named),
                note,
            }
        }
    };
    desk.append(Content::Consent(consent), Vec::new())
}
