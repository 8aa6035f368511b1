//! What this machine remembers between commands: `ID.checkpoint`, the last that each log signed here;
//! `witness/ID.state`, what each witness cosigned here.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::log::note::MAX_NOTE_LEN;
use crate::log::{VerifierKey, WitnessKey};
use crate::writer::{Guard, Memory};

/// The folder with what is remembered.
#[derive(Clone, Debug)]
pub struct State {
    folder: PathBuf,
}

impl State {
    /// Takes a folder, which need not exist yet.
    pub fn new(folder: PathBuf) -> Self {
        State { folder }
    }

    /// Returns where the last checkpoint of a log is kept.
    pub fn checkpoint_path(&self, log: &VerifierKey) -> PathBuf {
        self.folder.join(format!("{:08x}.checkpoint", log.key_id()))
    }

    /// Returns where a witness remembers what it cosigned.
    pub fn witness_path(&self, witness: &WitnessKey) -> PathBuf {
        let name = format!("{:08x}.state", witness.key_id());
        self.folder.join("witness").join(name)
    }
}

impl Guard for State {
    fn lock(&self, log: &VerifierKey) -> io::Result<Box<dyn Memory>> {
        fs::create_dir_all(&self.folder)?;
        let path = self.checkpoint_path(log);
        let lock = File::create(path.with_extension("lock"))?;
        lock.lock()?;
        Ok(Box::new(Kept { path, _lock: lock }))
    }
}

/// The last checkpoint of one log, locked.
struct Kept {
    path: PathBuf,
    _lock: File,
}

impl Memory for Kept {
    fn last_signed(&self) -> io::Result<Option<String>> {
        read_note(&self.path)
    }

    fn remember(&mut self, note: &str) -> io::Result<()> {
        replace(&self.path, note.as_bytes())
    }
}

fn read_note(path: &Path) -> io::Result<Option<String>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut note = String::new();
    file.take(MAX_NOTE_LEN as u64 + 1)
        .read_to_string(&mut note)?;
    Ok(Some(note))
}

/// Puts new bytes in the place of old ones, so that a crash leaves the one or the other.
fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension("new");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    sync_folder_of(path)
}

/// Makes it durable that a file has its name.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    // Elsewhere a folder can't be opened as a file.
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
