//! `ledger help`: a command, or what concerns all of them.

use clap::Args;
use serde_json::json;

use crate::cli::answer::Answer;
use crate::cli::error::CliError;

/// Explain a command, the code of a finding or a refusal, or checks, exit-codes, environment, formats, rollback or trust
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ledger help trust
  ledger help own-approval
  ledger help add claim")]
pub struct Arguments {
    /// A command, the code of a finding, or one of checks, exit-codes, environment, formats, rollback, trust
    #[arg(value_name = "COMMAND|CODE|TOPIC")]
    words: Vec<String>,
}

/// A section for each code of a finding, which is the reason of a refusal too.
const CHECKS: &str = include_str!("../../../docs/checks.md");

const TOPICS: [(&str, &str); 5] = [
    ("exit-codes", EXIT_CODES),
    ("environment", ENVIRONMENT),
    ("formats", FORMATS),
    ("rollback", ROLLBACK),
    ("trust", TRUST),
];

pub fn run(arguments: &Arguments) -> Result<Answer, CliError> {
    let words: Vec<&str> = arguments.words.iter().map(String::as_str).collect();
    let text = match words.as_slice() {
        ["checks"] => all_checks(),
        // `rollback` is both.
        [word] => {
            let topic = TOPICS.iter().find(|(name, _)| name == word);
            let topic = topic.map(|(_, text)| (*text).to_owned());
            let told: Vec<String> = check(word).into_iter().chain(topic).collect();
            match told.is_empty() {
                true => command_help(&words)?,
                false => told.join("\n"),
            }
        }
        _ => command_help(&words)?,
    };
    let json = json!({ "format": 1, "text": text });
    Ok(Answer::new(text, json))
}

/// Returns the sections of [`CHECKS`] by their codes.
fn sections() -> impl Iterator<Item = (&'static str, &'static str)> {
    CHECKS
        .split("\n## `")
        .skip(1)
        .filter_map(|section| section.split_once("`\n"))
}

/// Explains one code.
fn check(code: &str) -> Option<String> {
    let (code, section) = sections().find(|(known, _)| *known == code)?;
    Some(format!("{code}\n\n{}\n", plain(section.trim())))
}

/// Lists all codes with what they mean.
fn all_checks() -> String {
    let mut text = "\
Every finding of `ledger verify` has a code, and so has every reason for which a record is refused.
`ledger help CODE` tells how it comes about and what to do.
"
    .to_owned();
    for (code, section) in sections() {
        let meaning = section.trim().split("\n\n").next().unwrap_or_default();
        let meaning = plain(meaning).replace('\n', "\n    ");
        let meaning = meaning.strip_prefix("Means. ").unwrap_or(&meaning);
        text.push_str(&format!("\n{code}\n    {meaning}\n"));
    }
    text
}

/// Takes the signs of Markdown away: emphasis, and where links lead.
fn plain(markdown: &str) -> String {
    let mut text = String::new();
    let mut rest = markdown;
    while let Some((before, link)) = rest.split_once("](") {
        text.push_str(before);
        rest = link.split_once(')').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    text.replace("**", "").replace('[', "")
}

fn command_help(words: &[&str]) -> Result<String, CliError> {
    let mut command = crate::cli::command_tree();
    command.build();
    for word in words {
        command = command.find_subcommand(word).cloned().ok_or_else(|| {
            CliError::usage(format!("there is no command {:?}", words.join(" ")))
                .hint("`ledger help` lists the commands, `ledger help checks` the codes")
        })?;
    }
    Ok(command.render_long_help().to_string())
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
LEDGER_STATE   the folder with what this machine signed last, and what its witnesses cosigned (--state);
               else $XDG_STATE_HOME/ledger
LEDGER_NOW     the time to take as now (--now), for reproducible output
LEDGER_SEED    for examples and tests only: makes salts and keys follow from this text
NO_COLOR       no colour, as --color never
";

const FORMATS: &str = "\
ledger file   SQLite, one file; docs/spec/file.md
record        canonical JSON (RFC 8785, restricted); schemas/record/
signature     W3C Data Integrity, eddsa-jcs-2022; `ledger show HASH --signed`
proof         canonical JSON with C2SP tlog-proofs; schemas/bundle.schema.json, `ledger prove`
checkpoint    C2SP signed note, with cosignatures of witnesses; `ledger checkpoint`
policy        C2SP tlog-policy: whom a reader trusts; `ledger witness add`
signed        canonical JSON, what `ledger append` takes; schemas/signed-records.schema.json, --sign-only
dossier       JSON or TOML; schemas/dossier.schema.json
--json        schemas/cli/; lists are JSON Lines
";

const ROLLBACK: &str = "\
Whoever saw a checkpoint can prove for ever what the log held then. A ledger that is put back to an older copy and
signed on from there contradicts that proof: the log has shown two histories, and nobody can trust it again.

So each command that signs keeps the last checkpoint in a folder apart from the ledger (LEDGER_STATE) and signs
nothing in a ledger that does not hold those entries.

After a loss: look for the newest copy, on other disks, in the published folder, with whoever mirrors it. Put
it in place and run `ledger verify --since CHECKPOINT` with the last checkpoint that anybody has.

If entries are lost for good, this log has ended. Say so in public, keep the old file as it is, and found a new
ledger that names the last checkpoint: `ledger init NEW --origin OTHER-NAME --continues CHECKPOINT`.
";

const TRUST: &str = "\
A provenance hash names one record and no other. `ledger check HASH` shows that this record was signed
by this key, that the key was enrolled before, and that the entry is in the log under a signed checkpoint.

Which reviews and corrections there are, `check` takes from look-up tables in the file. It checks all that it
finds there; that nothing was left out of them, `ledger verify` shows (without `--only-new`, which takes from the
same tables on what the new entries rest). A proof bundle (`ledger prove`) is checked in the same way without the
ledger, and can't show either that nothing was left out of it.

That the log shows everybody the same history, a single file cannot show: keep a checkpoint elsewhere and
compare, or trust witnesses who do (`ledger check --policy FILE`). Whose key a did:key is, the ledger's owners
say: ask them by another way, and pin the log's key with `ledger verify --log-key VKEY`. What editors concluded
is their judgement: read why, and against what.
";
