//! The folder: files that appear wholly or not at all.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{Mode, PublishError};
use crate::canonical::Digest;

/// What an unfinished first publication leaves, and no other folder should hold.
const OURS: [&str; 3] = ["tile", "object", "text"];

/// A folder that is being published into, by one process at a time.
pub(super) struct Files {
    folder: PathBuf,
    mode: Mode,
    /// Folders in which names are new, and not yet safe from a crash.
    unsynced: BTreeSet<PathBuf>,
    /// Held until everything is done.
    _lock: Option<File>,
    pub(super) written: u64,
    pub(super) removed: u64,
}

impl Files {
    pub(super) fn open(folder: &Path, mode: Mode) -> Result<Self, PublishError> {
        if mode == Mode::Write {
            fs::create_dir_all(folder).map_err(failed("cannot make", folder))?;
        }
        Ok(Files {
            folder: folder.to_owned(),
            mode,
            unsynced: BTreeSet::new(),
            _lock: lock(folder)?,
            written: 0,
            removed: 0,
        })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Without a checkpoint, the folder must be empty, or hold what was begun before.
    pub(super) fn check_unfinished(&self) -> Result<(), PublishError> {
        for name in names(&self.folder)? {
            if !OURS.contains(&name.as_str()) && !is_unfinished(&name) {
                return Err(PublishError::OtherFolder {
                    path: self.folder.clone(),
                    found: name,
                });
            }
        }
        Ok(())
    }

    pub(super) fn read(&self, path: &str) -> Result<Option<Vec<u8>>, PublishError> {
        let whole = self.folder.join(path);
        match fs::read(&whole) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("cannot read", &whole)(error)),
        }
    }

    pub(super) fn has(&self, path: &str) -> bool {
        self.folder.join(path).is_file()
    }

    /// Writes a file that never changes, unless it is there.
    pub(super) fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), PublishError> {
        match self.read(path)? {
            Some(there) if there == bytes => Ok(()),
            Some(_) => Err(PublishError::Differs {
                path: self.folder.join(path),
            }),
            None => self.put(path, bytes),
        }
    }

    /// Puts a file in the place of another, after everything before it is safe from a crash.
    pub(super) fn replace(&mut self, path: &str, bytes: &[u8]) -> Result<(), PublishError> {
        self.sync()?;
        if self.read(path)?.as_deref() != Some(bytes) {
            self.put(path, bytes)?;
        }
        self.sync()
    }

    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), PublishError> {
        self.written += 1;
        if self.mode == Mode::DryRun {
            return Ok(());
        }
        let whole = self.folder.join(path);
        let parent = whole.parent().unwrap_or(&self.folder).to_owned();
        fs::create_dir_all(&parent).map_err(failed("cannot make", &parent))?;
        let unfinished = unfinished(&whole);
        OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(&unfinished)
            .and_then(|mut file| {
                file.write_all(bytes)?;
                file.sync_all()
            })
            .and_then(|()| fs::rename(&unfinished, &whole))
            .map_err(failed("cannot write", &whole))?;
        // The folder's own name may be new, too.
        for folder in parent.ancestors() {
            let known = !self.unsynced.insert(folder.to_owned());
            if known || folder == self.folder {
                break;
            }
        }
        Ok(())
    }

    /// Makes the names of all new files survive a crash.
    fn sync(&mut self) -> Result<(), PublishError> {
        for folder in std::mem::take(&mut self.unsynced) {
            File::open(&folder)
                .and_then(|folder| folder.sync_all())
                .map_err(failed("cannot sync", &folder))?;
        }
        Ok(())
    }

    /// Removes a file for good.
    pub(super) fn remove(&mut self, path: &str) -> Result<(), PublishError> {
        self.removed += 1;
        if self.mode == Mode::DryRun {
            return Ok(());
        }
        let whole = self.folder.join(path);
        fs::remove_file(&whole).map_err(failed("cannot remove", &whole))?;
        self.unsynced.extend(whole.parent().map(Path::to_owned));
        Ok(())
    }

    /// Removes a folder with all that is in it, if it is there.
    pub(super) fn remove_folder(&mut self, path: &str) -> Result<(), PublishError> {
        let whole = self.folder.join(path);
        let files = count(&whole)?;
        self.removed += files;
        if files == 0 || self.mode == Mode::DryRun {
            return Ok(());
        }
        fs::remove_dir_all(&whole).map_err(failed("cannot remove", &whole))
    }

    /// Returns the objects that are in one of the folders, each with its path.
    pub(super) fn objects(&self, kind: &str) -> Result<Vec<(Digest, String)>, PublishError> {
        let mut objects = Vec::new();
        for first in names(&self.folder.join(kind))? {
            for rest in names(&self.folder.join(kind).join(&first))? {
                if let Ok(digest) = format!("sha256:{first}{rest}").parse() {
                    objects.push((digest, format!("{kind}/{first}/{rest}")));
                }
            }
        }
        Ok(objects)
    }
}

/// One process publishes at a time; another waits. A folder that is not there yet needs no lock.
fn lock(folder: &Path) -> Result<Option<File>, PublishError> {
    match File::open(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        opened => {
            let file = opened.map_err(failed("cannot open", folder))?;
            file.lock().map_err(failed("cannot lock", folder))?;
            Ok(Some(file))
        }
    }
}

/// The name under which a file is written before it is complete.
fn unfinished(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.new"))
}

fn is_unfinished(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(".new")
}

/// Returns the names in a folder; none if it is not there.
fn names(folder: &Path) -> Result<Vec<String>, PublishError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed("cannot read", folder))?,
    };
    entries
        .map(|entry| {
            let entry = entry.map_err(failed("cannot read", folder))?;
            Ok(entry.file_name().to_string_lossy().into_owned())
        })
        .collect()
}

/// Counts the files in a folder and in those below it.
fn count(folder: &Path) -> Result<u64, PublishError> {
    let mut files = 0;
    for name in names(folder)? {
        let path = folder.join(name);
        files += match path.is_dir() {
            true => count(&path)?,
            false => 1,
        };
    }
    Ok(files)
}

fn failed<'a>(
    attempt: &'static str,
    path: &'a Path,
) -> impl FnOnce(io::Error) -> PublishError + 'a {
    move |cause| PublishError::Io {
        attempt,
        path: path.to_owned(),
        cause,
    }
}
