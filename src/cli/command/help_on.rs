//! `ledger help-on`: what concerns all commands.

use clap::{Args, ValueEnum};
use serde_json::json;

use super::super::answer::Answer;

/// Explain exit codes, the environment, formats, or what to trust
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger help-on exit-codes
  ledger help-on trust")]
pub struct Arguments {
    #[arg(value_enum)]
    topic: Topic,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Topic {
    ExitCodes,
    Environment,
    Formats,
    Trust,
}

pub fn run(arguments: &Arguments) -> Answer {
    let text = match arguments.topic {
        Topic::ExitCodes => EXIT_CODES,
        Topic::Environment => ENVIRONMENT,
        Topic::Formats => FORMATS,
        Topic::Trust => TRUST,
    };
    Answer::new(text, json!({ "format": 1, "text": text }))
}

const EXIT_CODES: &str = "\
0    done, or verified
1    checked, and something is wrong: a finding, a refused record, an unknown hash
2    the command line can't be understood
3    could not check or could not do: a file, a lock, an unknown version, a closed pipe
130  interrupted; the ledger is as it was
";

const ENVIRONMENT: &str = "\
LEDGER_FILE    the ledger file (--ledger); else the one *.ledger file in this folder
LEDGER_EDITOR  whose key signs (--as); else the only key there is
LEDGER_KEYS    the folder with the keys (--keys); else $XDG_DATA_HOME/ledger/keys
LEDGER_NOW     the time to take as now (--now), for reproducible output
LEDGER_SEED    for examples and tests only: makes salts and keys follow from this text
NO_COLOR       no colour, as --color never
";

const FORMATS: &str = "\
ledger file   SQLite, one file; docs/spec/file.md
record        canonical JSON (RFC 8785, restricted); schemas/record/
signature     W3C Data Integrity, eddsa-jcs-2022; `ledger show HASH --signed`
checkpoint    C2SP signed note; `ledger checkpoint`
dossier       JSON or TOML; schemas/dossier.schema.json
--json        schemas/cli/; lists are JSON Lines
";

const TRUST: &str = "\
A provenance hash names one record and no other. `ledger check HASH` shows that this record was signed
by this key, that the key was enrolled before, and that the entry is in the log under a signed checkpoint.

That the log shows everybody the same history, a single file cannot show: keep a checkpoint elsewhere and
compare. Whose key a did:key is, the ledger's owners say: ask them by another way, and pin the log's key with
`ledger verify --log-key VKEY`. What editors concluded is their judgement: read why, and against what.
";
