//! Key files on disk: `NAME.pem` the secret key, `NAME.pub` its did:key, `log/ID.pem` the keys of logs,
//! `witness/ID.pem` the keys of witnesses, each with its name and public key in `witness/ID.pub`.

use std::fs;
use std::io::{self, IsTerminal, Read as _, Write as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::error::CliError;
use super::state::sync_folder_of;
use crate::log::{NoteSigner, VerifierKey, WitnessKey, WitnessSigner};
use crate::sign::key_file::{self, KeyFileError, MAX_KEY_FILE_LEN, Protection};
use crate::sign::{Did, SecretKey};

/// The folder with the keys of the people who work at this machine.
#[derive(Clone, Debug)]
pub struct KeyStore {
    folder: PathBuf,
    no_input: bool,
}

/// A key that can be named with `--as`.
#[derive(Clone, Debug)]
pub struct NamedKey {
    pub name: String,
    pub did: Did,
    pub encrypted: bool,
}

impl KeyStore {
    /// Takes a folder, which need not exist yet.
    pub fn new(folder: PathBuf, no_input: bool) -> Self {
        KeyStore { folder, no_input }
    }

    /// Returns the folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a new key file, readable by its owner only.
    pub fn add(
        &self,
        name: &str,
        key: &SecretKey,
        protection: Protection<'_>,
    ) -> Result<(), CliError> {
        check_name(name)?;
        let path = self.path(name);
        if path.exists() {
            return Err(
                CliError::refused(format!("{} exists already", path.display()))
                    .hint("choose another name; a key is never overwritten"),
            );
        }
        let pem = key_file::to_pem(key, protection).map_err(CliError::failed)?;
        write_new(&path, pem.as_bytes(), 0o600)?;
        let public = format!("{}\n", key.public().did());
        write_new(&path.with_extension("pub"), public.as_bytes(), 0o644)
    }

    /// Lists the keys by name.
    pub fn list(&self) -> Result<Vec<NamedKey>, CliError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(io_error("cannot read", &self.folder, error)),
        };
        let mut keys = Vec::new();
        for entry in entries {
            let path = entry
                .map_err(|error| io_error("cannot read", &self.folder, error))?
                .path();
            let name = path.file_stem().and_then(|stem| stem.to_str());
            let (true, Some(name)) = (path.extension().is_some_and(|e| e == "pem"), name) else {
                continue;
            };
            let pem = read_secret(&path)?;
            keys.push(NamedKey {
                name: name.to_owned(),
                did: self.public(name, &pem)?,
                encrypted: key_file::is_encrypted(&pem),
            });
        }
        keys.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(keys)
    }

    fn public(&self, name: &str, pem: &str) -> Result<Did, CliError> {
        let path = self.path(name).with_extension("pub");
        match fs::read_to_string(&path) {
            Ok(text) => text
                .trim()
                .parse()
                .map_err(|error| CliError::failed(format!("{}: {error}", path.display()))),
            // A key brought from elsewhere has no such file; a plain one tells its public key.
            Err(_) => key_file::from_pem(pem, None)
                .map(|key| key.public().did())
                .map_err(|error| {
                    CliError::failed(format!("{}: {error}", self.path(name).display()))
                        .hint(format!("write the key's did:key into {}", path.display()))
                }),
        }
    }

    /// Opens the key that `--as` names, or the only one there is.
    pub fn open(
        &self,
        name: Option<&str>,
        passphrase_file: Option<&Path>,
    ) -> Result<SecretKey, CliError> {
        let name = match name {
            Some(name) => name.to_owned(),
            None => self.only_name()?,
        };
        check_name(&name)?;
        let path = self.path(&name);
        if !path.exists() {
            return Err(CliError::usage(format!(
                "there is no key {name:?} in {}",
                self.folder.display()
            ))
            .hint(format!(
                "`ledger key list` lists the keys, `ledger key new {name}` makes one"
            )));
        }
        let pem = read_secret(&path)?;
        let passphrase = match key_file::is_encrypted(&pem) {
            false => None,
            true => Some(self.passphrase(&format!("passphrase of {name}"), passphrase_file)?),
        };
        key_file::from_pem(&pem, passphrase.as_ref().map(|p| p.as_str())).map_err(|error| {
            let failed = CliError::failed(format!("{}: {error}", path.display()));
            match error {
                KeyFileError::WrongPassphrase => failed.hint("try again; nothing was changed"),
                _ => failed,
            }
        })
    }

    fn only_name(&self) -> Result<String, CliError> {
        let mut keys = self.list()?;
        match (keys.pop(), keys.is_empty()) {
            (Some(key), true) => Ok(key.name),
            (None, _) => Err(CliError::usage(format!(
                "there is no key in {}",
                self.folder.display()
            ))
            .hint("make one with `ledger key new NAME`")),
            (Some(last), false) => {
                let names: Vec<&str> = keys
                    .iter()
                    .chain([&last])
                    .map(|k| k.name.as_str())
                    .collect();
                Err(
                    CliError::usage("there are several keys: say whose signature this is")
                        .detail(names.join(", "))
                        .hint("add --as NAME"),
                )
            }
        }
    }

    /// Reads a passphrase from a file, or asks for it on a terminal.
    pub fn passphrase(
        &self,
        what: &str,
        file: Option<&Path>,
    ) -> Result<Zeroizing<String>, CliError> {
        if let Some(path) = file {
            let text = read_secret(path)?;
            let first_line = text.lines().next().unwrap_or_default().to_owned();
            return Ok(Zeroizing::new(first_line));
        }
        if self.no_input || !io::stdin().is_terminal() {
            return Err(CliError::usage(format!("the {what} is needed"))
                .hint("add --passphrase-file FILE, or run in a terminal to be asked"));
        }
        rpassword::prompt_password(format!("{what}: "))
            .map(Zeroizing::new)
            .map_err(|error| CliError::failed(format!("cannot read the {what}: {error}")))
    }

    /// Keeps the key of a log.
    pub fn add_log_key(&self, signer: &NoteSigner, key: &SecretKey) -> Result<PathBuf, CliError> {
        let path = self.log_key_path(signer.key());
        let pem = key_file::to_pem(key, Protection::None).map_err(CliError::failed)?;
        write_new(&path, pem.as_bytes(), 0o600)?;
        Ok(path)
    }

    /// Opens the key of a log.
    pub fn open_log_key(&self, log_key: &VerifierKey) -> Result<NoteSigner, CliError> {
        let path = self.log_key_path(log_key);
        if !path.exists() {
            return Err(CliError::failed(format!(
                "the log's key is not in the keys folder: expected {}",
                path.display()
            ))
            .hint("only a machine that holds the log's key can append; sign here with --sign-only FILE for `ledger append` there, or bring the key's file from where `ledger init` ran"));
        }
        let pem = read_secret(&path)?;
        let key = key_file::from_pem(&pem, None)
            .map_err(|error| CliError::failed(format!("{}: {error}", path.display())))?;
        let signer = NoteSigner::new(log_key.name(), key).map_err(CliError::failed)?;
        match signer.key() == log_key {
            true => Ok(signer),
            false => Err(CliError::failed(format!(
                "{} holds another key than {log_key}",
                path.display()
            ))),
        }
    }

    /// Keeps the key of a witness, which must be the only one of its name.
    pub fn add_witness_key(
        &self,
        signer: &WitnessSigner,
        key: &SecretKey,
    ) -> Result<PathBuf, CliError> {
        let name = signer.key().name();
        if self.witness_keys()?.iter().any(|key| key.name() == name) {
            return Err(CliError::refused(format!(
                "there is a witness's key named {name} already in {}",
                self.folder.display()
            ))
            .hint("choose another name; a key is never overwritten"));
        }
        let path = self.witness_key_path(signer.key());
        let pem = key_file::to_pem(key, Protection::None).map_err(CliError::failed)?;
        write_new(&path, pem.as_bytes(), 0o600)?;
        let public = format!("{}\n", signer.key());
        write_new(&path.with_extension("pub"), public.as_bytes(), 0o644)?;
        Ok(path)
    }

    /// Opens the key of the witness with this name, or the only one there is.
    pub fn open_witness_key(&self, name: Option<&str>) -> Result<WitnessSigner, CliError> {
        let mut keys = self.witness_keys()?;
        keys.retain(|key| name.is_none_or(|name| key.name() == name));
        let key = match (keys.as_slice(), name) {
            ([only], _) => only,
            ([], _) => {
                let which = name.map_or_else(String::new, |name| format!(" named {name}"));
                return Err(CliError::usage(format!(
                    "there is no witness's key{which} in {}",
                    self.folder.display()
                ))
                .hint("make one with `ledger witness new NAME`"));
            }
            (several, _) => {
                let names: Vec<&str> = several.iter().map(WitnessKey::name).collect();
                return Err(CliError::usage("there are several witness's keys")
                    .detail(names.join(", "))
                    .hint("add --as NAME"));
            }
        };
        let path = self.witness_key_path(key);
        let secret = key_file::from_pem(&read_secret(&path)?, None)
            .map_err(|error| CliError::failed(format!("{}: {error}", path.display())))?;
        let signer = WitnessSigner::new(key.name(), secret).map_err(CliError::failed)?;
        match signer.key() == key {
            true => Ok(signer),
            false => Err(CliError::failed(format!(
                "{} holds another key than {key}",
                path.display()
            ))),
        }
    }

    /// Lists the keys of witnesses, in no order.
    fn witness_keys(&self) -> Result<Vec<WitnessKey>, CliError> {
        let folder = self.folder.join("witness");
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(io_error("cannot read", &folder, error)),
        };
        let mut keys = Vec::new();
        for entry in entries {
            let path = entry
                .map_err(|error| io_error("cannot read", &folder, error))?
                .path();
            if path.extension().is_some_and(|extension| extension == "pub") {
                let text = fs::read_to_string(&path)
                    .map_err(|error| io_error("cannot read", &path, error))?;
                let key = text.trim().parse();
                keys.push(
                    key.map_err(|error| CliError::failed(format!("{}: {error}", path.display())))?,
                );
            }
        }
        Ok(keys)
    }

    fn witness_key_path(&self, key: &WitnessKey) -> PathBuf {
        let name = format!("{:08x}.pem", key.key_id());
        self.folder.join("witness").join(name)
    }

    fn log_key_path(&self, log_key: &VerifierKey) -> PathBuf {
        self.folder
            .join("log")
            .join(format!("{:08x}.pem", log_key.key_id()))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.pem"))
    }
}

fn check_name(name: &str) -> Result<(), CliError> {
    let fits = (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    match fits {
        true => Ok(()),
        false => Err(CliError::usage(format!(
            "expected a key name of letters, digits, - and _, found {name:?}"
        ))),
    }
}

fn read_secret(path: &Path) -> Result<Zeroizing<String>, CliError> {
    let failed = |error| io_error("cannot read", path, error);
    // As long as it may be from the start: growing would leave copies of the secret behind.
    let mut text = Zeroizing::new(String::with_capacity(MAX_KEY_FILE_LEN + 1));
    let file = fs::File::open(path).map_err(failed)?;
    (file
        .take(MAX_KEY_FILE_LEN as u64 + 1)
        .read_to_string(&mut text))
    .map_err(failed)?;
    match text.len() > MAX_KEY_FILE_LEN {
        true => Err(CliError::refused(format!(
            "{}: expected a key or a passphrase of at most {MAX_KEY_FILE_LEN} bytes, found more",
            path.display()
        ))),
        false => Ok(text),
    }
}

/// Writes a file that did not exist, in a folder that only its owner may enter: wholly or not at all.
fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), CliError> {
    let folder = path.parent().expect("a file in the keys folder");
    let mut maker = fs::DirBuilder::new();
    maker.recursive(true);
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        maker.mode(0o700);
        options.mode(mode);
    }
    #[cfg(not(unix))]
    let _ = mode;
    maker
        .create(folder)
        .map_err(|error| io_error("cannot make", folder, error))?;
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let unfinished = Path::new(&name);
    let written = (options.open(unfinished))
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        // A hard link refuses to replace what is there; a rename would not.
        .and_then(|()| match fs::hard_link(unfinished, path) {
            // A file system without links, as sticks have.
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists && !path.exists() => {
                fs::rename(unfinished, path)
            }
            linked => linked,
        })
        .and_then(|()| sync_folder_of(path));
    // Gone already if it was renamed.
    let _ = fs::remove_file(unfinished);
    written.map_err(|error| io_error("cannot write", path, error))
}

/// Tells an error with a file.
pub fn io_error(attempt: &str, path: &Path, error: io::Error) -> CliError {
    let failed = CliError::failed(format!("{attempt} {}: {error}", path.display()));
    match error.kind() {
        io::ErrorKind::NotFound => {
            failed.hint("see that the name is right and its folder is there")
        }
        io::ErrorKind::PermissionDenied => failed.hint("see who may read and write it"),
        _ => failed,
    }
}
