//! What a command needs from its surroundings: which ledger, which keys, what time, which dice.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{self, IsTerminal, Read as _};
use std::path::{Path, PathBuf};

use super::Options;
use super::answer::{Answer, Exit};
use super::error::CliError;
use super::key_store::{KeyStore, io_error};
use super::state::State;
use crate::canonical::{Digest, DigestPrefix, Timestamp, json};
use crate::log::{Checkpoint, Policy, VerifierKey};
use crate::record::{Content, MAX_OBJECT_LEN, Record, Salt};
use crate::rules::{Facts, LedgerFacts};
use crate::store::{Object, Read, SqliteStore, StoreError};

/// The surroundings of one command.
#[derive(Clone, Debug)]
pub struct Context {
    ledger: Option<PathBuf>,
    /// Absent where no folder for them is known.
    keys: Option<KeyStore>,
    /// Absent where no folder for it is known.
    state: Option<State>,
    editor: Option<String>,
    now: Option<Timestamp>,
    no_input: bool,
    json: bool,
    seed: Option<String>,
}

impl Context {
    /// Reads the environment. An option goes before a variable, and an empty variable counts as none.
    pub(super) fn new(options: &Options) -> Result<Self, CliError> {
        let folder = (options.keys.clone())
            .or_else(|| variable("LEDGER_KEYS").map(PathBuf::from))
            .or_else(|| home("XDG_DATA_HOME", ".local/share").map(|data| data.join("ledger/keys")));
        let state = (options.state.clone())
            .or_else(|| variable("LEDGER_STATE").map(PathBuf::from))
            .or_else(|| home("XDG_STATE_HOME", ".local/state").map(|state| state.join("ledger")));
        Ok(Context {
            ledger: (options.ledger.clone()).or_else(|| variable("LEDGER_FILE").map(PathBuf::from)),
            keys: folder.map(|folder| KeyStore::new(folder, options.no_input)),
            state: state.map(State::new),
            editor: text_variable("LEDGER_EDITOR")?,
            now: match (options.now, text_variable("LEDGER_NOW")?) {
                (Some(now), _) => Some(now),
                (None, None) => None,
                (None, Some(text)) => Some(
                    text.parse()
                        .map_err(|error| CliError::usage(format!("LEDGER_NOW: {error}")))?,
                ),
            },
            no_input: options.no_input,
            json: options.json,
            // For examples and tests only: whoever knows it can guess erased records back.
            seed: text_variable("LEDGER_SEED")?,
        })
    }

    /// Returns the name of the key that signs: the option, or `LEDGER_EDITOR`.
    pub fn signer<'a>(&'a self, option: Option<&'a str>) -> Option<&'a str> {
        option.or(self.editor.as_deref())
    }

    /// Returns the keys of this machine. Who only reads needs none, nor a home folder.
    pub fn keys(&self) -> Result<&KeyStore, CliError> {
        self.keys.as_ref().ok_or_else(|| {
            CliError::usage("no home folder is known").hint("set LEDGER_KEYS to the keys folder")
        })
    }

    /// Returns what this machine remembers. Who signs needs it.
    pub fn state(&self) -> Result<&State, CliError> {
        self.state.as_ref().ok_or_else(|| {
            CliError::usage("no home folder is known")
                .hint("set LEDGER_STATE to a folder that is kept apart from the ledger")
        })
    }

    /// Returns the time, or what `--now` says.
    pub fn now(&self) -> Result<Timestamp, CliError> {
        match self.now {
            Some(now) => Ok(now),
            None => Timestamp::from_unix_seconds(jiff::Timestamp::now().as_second())
                .map_err(|error| CliError::failed(format!("the clock is wrong: {error}"))),
        }
    }

    /// Returns the time that `--now` says, if it was given.
    pub fn fixed_now(&self) -> Option<Timestamp> {
        self.now
    }

    /// Returns 32 random bytes. `purpose` tells apart what is drawn where `LEDGER_SEED` replaces chance.
    pub fn random(&self, purpose: &str) -> Result<[u8; 32], CliError> {
        if let Some(seed) = &self.seed {
            return Ok(*Digest::of(format!("{seed}\n{purpose}").as_bytes()).as_bytes());
        }
        entropy()
    }

    /// Returns a salt for a record with this content.
    pub fn salt(&self, content: &Content) -> Result<Salt, CliError> {
        // Canonical, as a map's own order is another in a build with the feature `c2pa`.
        let content = json::to_vec(&content.to_json()).map_err(CliError::refused)?;
        let bytes = self.random(&format!("salt of {}", String::from_utf8_lossy(&content)))?;
        let (salt, _) = bytes.split_first_chunk().expect("32 bytes");
        Ok(Salt::from_bytes(*salt))
    }

    /// Asks a question that `--yes` answers, on a terminal only.
    pub fn confirm(&self, question: &str, yes: bool) -> Result<(), CliError> {
        if yes {
            return Ok(());
        }
        if self.no_input || !io::stdin().is_terminal() {
            return Err(CliError::usage("this can't be undone").hint("add --yes to do it"));
        }
        anstream::eprint!("{question} [y/N] ");
        let mut line = String::new();
        io::stdin()
            .read_line(&mut line)
            .map_err(|error| CliError::failed(format!("cannot read the answer: {error}")))?;
        match line.trim() {
            "y" | "yes" => Ok(()),
            _ => Err(CliError::failed("not confirmed; nothing was changed")),
        }
    }

    /// Prints what must be known before the command ends, as it may run for long.
    pub fn announce(&self, answer: &Answer) -> Result<(), CliError> {
        match answer.print(self.json) {
            Exit::Done => Ok(()),
            _ => Err(CliError::failed("cannot print where to be found")),
        }
    }

    /// Returns where the policy of the ledger's readers is, unless they say otherwise: beside the ledger.
    pub fn policy_path(&self, option: Option<&Path>) -> Result<PathBuf, CliError> {
        match option {
            Some(path) => Ok(path.to_owned()),
            None => Ok(self.ledger_path()?.with_extension("policy")),
        }
    }

    /// Returns the ledger's path: the option, or the one ledger in this folder.
    pub fn ledger_path(&self) -> Result<PathBuf, CliError> {
        if let Some(path) = &self.ledger {
            return Ok(path.clone());
        }
        let here =
            fs::read_dir(".").map_err(|error| io_error("cannot read", Path::new("."), error))?;
        let mut ledgers: Vec<PathBuf> = here
            .filter_map(|entry| entry.ok())
            .map(|entry| PathBuf::from(entry.file_name()))
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "ledger")
            })
            .collect();
        ledgers.sort();
        match ledgers.as_slice() {
            [only] => Ok(only.clone()),
            [] => Err(CliError::usage("there is no *.ledger file in this folder")
                .hint("name one with --ledger FILE, or make one with `ledger init`")),
            several => {
                let names: Vec<String> = several.iter().map(|p| p.display().to_string()).collect();
                Err(
                    CliError::usage("there are several *.ledger files in this folder")
                        .detail(names.join(", "))
                        .hint("name one with --ledger FILE"),
                )
            }
        }
    }

    /// Opens the ledger for reading.
    pub fn read(&self) -> Result<SqliteStore, CliError> {
        Ok(SqliteStore::open_to_read(&self.ledger_path()?)?)
    }

    /// Opens the ledger for writing.
    pub fn write(&self) -> Result<SqliteStore, CliError> {
        Ok(SqliteStore::open(&self.ledger_path()?)?)
    }
}

/// Returns 32 random bytes that nobody can foresee, whatever `LEDGER_SEED` says.
pub fn entropy() -> Result<[u8; 32], CliError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| CliError::failed(format!("no random bytes to be had: {error}")))?;
    Ok(bytes)
}

/// Returns one of the user's folders: what the XDG variable says, or else a folder in their home.
fn home(xdg: &str, beneath: &str) -> Option<PathBuf> {
    let in_home = || Some(PathBuf::from(variable("HOME")?).join(beneath));
    variable(xdg).map(PathBuf::from).or_else(in_home)
}

fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

fn text_variable(name: &str) -> Result<Option<String>, CliError> {
    variable(name)
        .map(|value| {
            value
                .into_string()
                .map_err(|_| CliError::usage(format!("{name}: expected UTF-8, found other bytes")))
        })
        .transpose()
}

/// Reads a file, or stdin for `-`, up to the limit of an object.
pub fn read_input(path: impl AsRef<Path>) -> Result<Vec<u8>, CliError> {
    read_up_to(path.as_ref(), "an object", MAX_OBJECT_LEN).map_err(|error| match error.exit() {
        Exit::Wrong => error.hint("record the part that matters, as a file of its own"),
        _ => error,
    })
}

/// Reads a file, or stdin for `-`, up to a limit in bytes.
pub fn read_up_to(path: &Path, what: &str, limit: usize) -> Result<Vec<u8>, CliError> {
    let reader: Box<dyn io::Read> = match path == Path::new("-") {
        true => Box::new(io::stdin()),
        false => {
            Box::new(fs::File::open(path).map_err(|error| io_error("cannot open", path, error))?)
        }
    };
    let mut bytes = Vec::new();
    reader
        .take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| io_error("cannot read", path, error))?;
    if bytes.len() > limit {
        let mib = limit >> 20;
        return Err(CliError::refused(format!(
            "{}: {what} has at most {limit} bytes ({mib} MiB), found more",
            path.display()
        )));
    }
    Ok(bytes)
}

/// Returns words that somebody typed, or for `-` what stdin holds.
pub fn text_or_stdin(text: &str) -> Result<String, CliError> {
    if text != "-" {
        return Ok(text.to_owned());
    }
    let bytes = read_input("-")?;
    // Editors on Windows put a mark before the text.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    String::from_utf8(bytes.to_vec()).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        CliError::usage(format!(
            "stdin: expected text in UTF-8, found other bytes from byte {offset}"
        ))
        .hint("`iconv -t UTF-8` turns a text into UTF-8")
    })
}

/// Reads a signed note from a file, or stdin for `-`.
pub fn read_note(path: &Path) -> Result<String, CliError> {
    let bytes = read_input(path)?;
    String::from_utf8(bytes).map_err(|_| {
        CliError::usage(format!(
            "{}: expected a checkpoint, found other bytes",
            path.display()
        ))
        .hint("`ledger checkpoint` prints one")
    })
}

/// Reads a policy of logs and witnesses.
pub fn read_policy(path: &Path) -> Result<Policy, CliError> {
    read_policy_text(path)?.parse().map_err(|error| {
        CliError::usage(format!("{}: {error}", path.display())).hint(
            "a policy is written as c2sp.org/tlog-policy says; `ledger witness add` begins one",
        )
    })
}

/// Reads the text of a policy, which need not be one. It may be written back, with all that stands in it.
pub fn read_policy_text(path: &Path) -> Result<String, CliError> {
    String::from_utf8(read_input(path)?).map_err(|error| {
        CliError::usage(format!(
            "{}: expected text in UTF-8, found other bytes from byte {}",
            path.display(),
            error.utf8_error().valid_up_to()
        ))
        .hint("`iconv -t UTF-8` turns a text into UTF-8")
    })
}

/// Finds the record whose digest begins so.
pub fn resolve(store: &dyn Read, text: &str) -> Result<(Digest, u64), CliError> {
    let listed = "`ledger log` lists the records";
    let prefix: DigestPrefix =
        (text.parse()).map_err(|error| CliError::usage(error).hint(listed))?;
    let found = store.find(&prefix, 11)?;
    match found.as_slice() {
        [only] => Ok(*only),
        [] => Err(CliError::refused(format!("no record has the hash {prefix}")).hint(listed)),
        several => {
            let mut error =
                CliError::usage(format!("several records have a hash that begins {prefix}"));
            for (digest, index) in several {
                error = error.detail(format!("{digest} at index {index}"));
            }
            Err(error.hint("give more digits"))
        }
    }
}

/// Reads a record that must be there.
pub fn read_record(store: &dyn Read, digest: &Digest) -> Result<Record, CliError> {
    let object = store.object(digest)?;
    match (object.bytes_of(digest)?, &object) {
        (Some(bytes), _) => Record::parse(bytes)
            .map_err(|error| CliError::failed(format!("record {digest}: {error}"))),
        (None, Object::Erased) => Err(CliError::failed(format!("record {digest} was erased"))),
        (None, _) => Err(CliError::failed(format!("record {digest} is missing"))),
    }
}

/// Reads the record of the entry at `index`: nothing where it was erased, or can't be read.
pub fn record_at(store: &dyn Read, index: u64) -> Result<Option<(Digest, Record)>, StoreError> {
    let entry = store.entries(index, 1)?.pop();
    let Some(entry) = entry.filter(|entry| entry.index == index) else {
        return Ok(None);
    };
    let record = entry.readable_record()?;
    Ok(record.map(|record| (entry.record, record)))
}

/// Returns what the derived tables say of the ledger.
pub fn ledger_facts(store: &dyn Read) -> Result<LedgerFacts, CliError> {
    (&store).ledger()?.ok_or_else(|| {
        StoreError::Stale {
            found: "they do not know the ledger".to_owned(),
        }
        .into()
    })
}

/// Returns the last checkpoint, as it was signed and as it reads.
pub fn last_checkpoint(store: &dyn Read) -> Result<(Checkpoint, String), CliError> {
    let (_, note) = store.last_checkpoint()?.ok_or_else(|| {
        CliError::failed("the ledger has no checkpoint").hint("run `ledger verify`")
    })?;
    let checkpoint = Checkpoint::read_unverified(&note).map_err(CliError::failed)?;
    Ok((checkpoint, note))
}

/// Returns the key under which the ledger's checkpoints are signed, as its founding record says.
pub fn log_key(ledger: &LedgerFacts) -> Result<VerifierKey, CliError> {
    (ledger.log_key.as_str()).parse().map_err(CliError::failed)
}
