//! Errors as people read them: what went wrong, what was expected and found, what to do next.

use std::error::Error as _;
use std::fmt::{self, Display};
use std::io::Write as _;
use std::num::ParseIntError;

use super::answer::{Exit, visible};
use crate::bundle::{CheckError, GatherError};
use crate::log::PolicyError;
use crate::publish::PublishError;
use crate::record::Kind;
use crate::record::key::Role;
use crate::record::vocabulary::Vocabulary as _;
use crate::rules::{Rule, role_may};
use crate::search::SearchError;
use crate::store::StoreError;
use crate::verify::closure::ClosureError;
use crate::verify::{Code, Finding};
use crate::witness::StateError;
use crate::writer::{CosignError, GuardError, WriteError};

/// Why a command has no answer.
#[derive(Debug)]
pub struct CliError {
    message: String,
    details: Vec<String>,
    hint: Option<String>,
    exit: Exit,
}

impl CliError {
    /// The command line can't be understood.
    pub fn usage(message: impl Display) -> Self {
        Self::new(message, Exit::Usage)
    }

    /// The command could not be carried out.
    pub fn failed(message: impl Display) -> Self {
        Self::new(message, Exit::Failed)
    }

    /// What was given is refused, by a rule that can be named.
    pub fn refused(message: impl Display) -> Self {
        Self::new(message, Exit::Wrong)
    }

    fn new(message: impl Display, exit: Exit) -> Self {
        CliError {
            message: message.to_string(),
            details: Vec::new(),
            hint: None,
            exit,
        }
    }

    /// Adds a line below the message.
    pub fn detail(mut self, detail: impl Display) -> Self {
        self.details.push(detail.to_string());
        self
    }

    /// Says what to do next.
    pub fn hint(mut self, hint: impl Display) -> Self {
        self.hint = Some(hint.to_string());
        self
    }

    /// Returns how the command ends.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// Returns the message alone, for an error within another.
    pub fn message(&self) -> &str {
        &self.message
    }

    pub(super) fn print(&self) -> Exit {
        // Nothing can be said any more if stderr is closed.
        let _ = write!(anstream::stderr(), "{}", visible(&self.to_string()));
        self.exit
    }
}

impl Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error: {}", self.message)?;
        for detail in &self.details {
            writeln!(f, "  {}", detail.replace('\n', "\n  "))?;
        }
        if let Some(hint) = &self.hint {
            writeln!(f, "\nhint: {hint}")?;
        }
        Ok(())
    }
}

impl CliError {
    /// Tells in our form why clap could not read a command line. `command` is as much of it as was understood, such as
    /// `ledger key new`.
    pub(super) fn of_clap(error: &clap::Error, command: &str) -> Self {
        let text = error.to_string();
        let mut parts = text.trim_end().split("\n\n");
        let message = parts.next().unwrap_or_default();
        let message = message.strip_prefix("error: ").unwrap_or(message);
        let mut lines = message.lines();
        let mut first = lines.next().unwrap_or_default().to_owned();
        // Of a number Rust says "invalid digit found in string".
        if let Some(cause) = error.source()
            && cause.is::<ParseIntError>()
        {
            let cause = cause.to_string();
            first = first.replace(&cause, "expected a whole number that is not too large");
        }
        let mut usage = lines.fold(CliError::usage(first), |usage, line| {
            usage.detail(line.trim())
        });
        let mut hints = Vec::new();
        for part in parts {
            if let Some(tip) = part.trim_start().strip_prefix("tip: ") {
                hints.extend(
                    tip.lines()
                        .map(|tip| tip.trim().trim_start_matches("tip: ").to_owned()),
                );
            } else if let Some(form) = part.strip_prefix("Usage: ") {
                usage = usage.detail(format!("usage: {form}"));
            }
        }
        hints.push(format!("`{command} --help` tells what it takes"));
        usage.hint(hints.join("; "))
    }
}

/// Tells an error with its causes on one line.
pub fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

impl From<StoreError> for CliError {
    fn from(error: StoreError) -> Self {
        let message = with_causes(&error);
        let hint = match &error {
            StoreError::NotFound { .. } => {
                "name the ledger with --ledger FILE, or make one with `ledger init`"
            }
            StoreError::Exists { .. } => "choose another name; a ledger is never overwritten",
            StoreError::NotALedger { path, .. }
                if path.extension().is_some_and(|name| name == "json") =>
            {
                let hint = format!(
                    "a proof bundle is checked by `ledger check {}`",
                    path.display()
                );
                return CliError::failed(message).hint(hint);
            }
            StoreError::NotALedger { .. } => {
                "a ledger is made by `ledger init`; to look at another kind of file, use its own program"
            }
            StoreError::NewerFormat { .. } | StoreError::NewerRecord { .. } => {
                "use a newer version of this program"
            }
            StoreError::Busy { .. } => "try again when the other process has ended",
            StoreError::Full => "make room and try again; the ledger is as it was",
            StoreError::Unwritten => {
                "look whether there is room (`df`, `quota`), and at what the system says of the disk; the ledger is as it was"
            }
            StoreError::ReadOnly => "change the file's mode, or work on a copy",
            StoreError::Damaged { .. } => {
                "where the file can be opened, `ledger verify` names what is damaged; never sign on, go back to a copy"
            }
            StoreError::Stale { .. } => "run `ledger reindex`",
            StoreError::Io { .. } | StoreError::Database(_) => return CliError::failed(message),
        };
        CliError::failed(message).hint(hint)
    }
}

impl From<SearchError> for CliError {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Store(error) => error.into(),
            SearchError::NoWords => CliError::usage(error),
            SearchError::TooLong { .. } => {
                CliError::usage(error).hint("look for one sentence of it")
            }
        }
    }
}

impl From<WriteError> for CliError {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Store(error) => error.into(),
            WriteError::Guard(error) => error.into(),
            WriteError::AlreadyRecorded { .. } => CliError::refused(error)
                .hint("nothing was appended; `ledger show` shows the record"),
            WriteError::Refused { kind, findings, .. } => refusal(kind, &findings),
            WriteError::OtherLogKey { .. } => CliError::failed(error).hint(
                "bring the log's key file into the keys folder; it was made by `ledger init`",
            ),
            WriteError::ClockBehind { .. } => CliError::failed(error),
            WriteError::Unsigned { .. } => CliError::failed(error).hint(
                "run `ledger verify`; nothing is appended to a ledger that was tampered with",
            ),
            WriteError::Diverged {
                size,
                signed,
                found,
            } => CliError::failed(format!(
                "the entries are not those that were signed last, at size {size}"
            ))
            .detail(format!("expected {signed}"))
            .detail(format!("found    {found}"))
            .hint("run `ledger verify`; nothing is appended to a ledger that was tampered with"),
            WriteError::Entry(error) => CliError::refused(error),
            WriteError::Checkpoint(error) => CliError::failed(error),
        }
    }
}

/// Tells which rules a record of this kind breaks, and what to do about the first.
fn refusal(kind: Kind, findings: &[Finding]) -> CliError {
    // Its hash names nothing: the record was never made.
    let mut refused = CliError::refused(format!("a record of kind {kind} is refused"));
    for finding in findings {
        refused = refused.detail(format!("[{}] {finding}", finding.code.as_str()));
    }
    let Some(first) = findings.first() else {
        return refused.hint("nothing was appended");
    };
    let next = match first.code {
        Code::Rule(Rule::Role) => {
            let roles = Role::VALUES.iter().filter(|role| role_may(**role, kind));
            let roles: Vec<&str> = roles.map(|role| role.spelling()).collect();
            format!(
                "let somebody sign in a role that may: {}; ",
                roles.join(" or ")
            )
        }
        Code::Rule(Rule::OwnApproval) => {
            "another editor's key must approve: --as NAME names it; ".to_owned()
        }
        _ => String::new(),
    };
    refused.hint(format!(
        "nothing was appended; {next}`ledger help {}` says more",
        first.code.as_str()
    ))
}

impl From<GuardError> for CliError {
    fn from(error: GuardError) -> Self {
        let mut failed = CliError::failed(with_causes(&error));
        match &error {
            GuardError::Locked(_)
            | GuardError::Unreadable(_)
            | GuardError::Unwritable(_)
            | GuardError::NotACheckpoint { .. } => {
                return failed.hint("`ledger help rollback` says where it is kept, and why");
            }
            GuardError::RolledBack { .. } => {}
            GuardError::Forked { signed, found, .. } => {
                failed = failed
                    .detail(format!("expected {signed}"))
                    .detail(format!("found    {found}"));
            }
        }
        failed.hint(
            "nothing was signed. Bring back the newest copy of the ledger; never sign on from an older one: `ledger help rollback`",
        )
    }
}

impl From<CosignError> for CliError {
    fn from(error: CosignError) -> Self {
        match error {
            CosignError::Store(error) => error.into(),
            other => CliError::failed(other),
        }
    }
}

impl From<StateError> for CliError {
    fn from(error: StateError) -> Self {
        CliError::failed(with_causes(&error))
    }
}

impl From<PolicyError> for CliError {
    fn from(error: PolicyError) -> Self {
        CliError::usage(error)
    }
}

impl From<GatherError> for CliError {
    fn from(error: GatherError) -> Self {
        match error {
            GatherError::Store(error) | GatherError::Closure(ClosureError::Store(error)) => {
                error.into()
            }
            GatherError::Closure(error @ ClosureError::TooMany { .. }) => CliError::failed(error),
            other => CliError::failed(with_causes(&other))
                .hint("run `ledger verify` to see what is wrong"),
        }
    }
}

impl From<PublishError> for CliError {
    fn from(error: PublishError) -> Self {
        let message = with_causes(&error);
        let hint = match error {
            PublishError::Store(error) => return error.into(),
            PublishError::Io { .. } => {
                "the folder shows the log as it was published before; publishing again finishes the work"
            }
            PublishError::OtherFolder { .. } => {
                "name a new or an empty folder; --no-pages leaves pages of your own alone"
            }
            PublishError::Ahead { .. } => {
                "this is an older copy of the ledger: `ledger help rollback`"
            }
            PublishError::OtherHistory { .. } => {
                "never give out two histories of one log: `ledger help rollback`"
            }
            PublishError::Differs { .. } => {
                "somebody changed the folder, or it is another log's; publish into a new one"
            }
            PublishError::Head(error) => return error.into(),
            PublishError::Site(_) | PublishError::Checkpoint(_) => {
                "run `ledger verify` to see what is wrong"
            }
        };
        CliError::failed(message).hint(hint)
    }
}

impl From<CheckError> for CliError {
    fn from(error: CheckError) -> Self {
        match error {
            CheckError::Store(error) => error.into(),
            other => CliError::failed(with_causes(&other))
                .hint("run `ledger verify` to see what is wrong"),
        }
    }
}
