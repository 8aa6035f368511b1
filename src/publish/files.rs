//! The folder: files that appear wholly or not at all.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{Mode, PublishError, pages};
use crate::canonical::Digest;

/// Folders that a publication makes.
const OURS: [&str; 4] = ["tile", "object", "text", UNFINISHED];

/// Where files are written before they are complete. What a crash leaves there is removed next time.
const UNFINISHED: &str = ".unfinished";

/// Whether a file must survive a crash of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sync {
    Each,
    Never,
}

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
        let files = Files {
            folder: folder.to_owned(),
            mode,
            unsynced: BTreeSet::new(),
            _lock: lock(folder)?,
            written: 0,
            removed: 0,
        };
        files.check_folders()?;
        Ok(files)
    }

    /// A link in the place of one of our folders would lead what is written, or removed, to another.
    fn check_folders(&self) -> Result<(), PublishError> {
        let ours = OURS.map(str::to_owned).into_iter().chain(pages::folders());
        for name in ours {
            let path = self.folder.join(&name);
            match fs::symlink_metadata(&path) {
                Ok(metadata) if !metadata.is_dir() => return Err(self.other(&name)),
                _ => {}
            }
        }
        Ok(())
    }

    /// The pages go where none of somebody else's are: without a folder `asset`, whatever has the name of one
    /// of ours is not ours.
    pub(super) fn check_room_for_pages(&self) -> Result<(), PublishError> {
        if self.has_folder("asset") {
            return Ok(());
        }
        match pages::names().find(|name| self.folder.join(name).exists()) {
            Some(name) => Err(self.other(name)),
            None => Ok(()),
        }
    }

    pub(super) fn has_folder(&self, name: &str) -> bool {
        self.folder.join(name).is_dir()
    }

    fn other(&self, found: &str) -> PublishError {
        PublishError::OtherFolder {
            path: self.folder.clone(),
            found: found.to_owned(),
        }
    }

    /// Makes room for files that are being written, without what a crash left there.
    pub(super) fn begin(&self) -> Result<(), PublishError> {
        if self.mode == Mode::DryRun {
            return Ok(());
        }
        let unfinished = self.folder.join(UNFINISHED);
        match fs::remove_dir_all(&unfinished) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed("cannot remove", &unfinished)(error));
            }
            _ => {}
        }
        fs::create_dir(&unfinished).map_err(failed("cannot make", &unfinished))
    }

    /// Removes what [`begin`](Self::begin) made.
    pub(super) fn end(&self) -> Result<(), PublishError> {
        let unfinished = self.folder.join(UNFINISHED);
        match self.mode {
            Mode::DryRun => Ok(()),
            Mode::Write => {
                fs::remove_dir(&unfinished).map_err(failed("cannot remove", &unfinished))
            }
        }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Without a checkpoint, the folder must be empty, or hold what was begun before and nothing else.
    pub(super) fn check_unfinished(&self) -> Result<(), PublishError> {
        // Pages are begun after the log, with the folder `asset`.
        let has_pages = self.has_folder("asset") && self.has_folder("tile");
        for name in names(&self.folder)? {
            if has_pages && pages::names().any(|page| page == name) {
                continue;
            }
            let inside = names(&self.folder.join(&name)).unwrap_or_default();
            let is_ours = |inside: &String| match name.as_str() {
                "object" | "text" => is_hex(inside, 2),
                "tile" => inside == "entries" || inside.parse::<u8>().is_ok(),
                _ => name == UNFINISHED,
            };
            if !OURS.contains(&name.as_str()) || !inside.iter().all(is_ours) {
                return Err(self.other(&name));
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

    /// Tells whether every folder on the way to a path is one, as far as they are there: a link would lead elsewhere.
    fn is_ours(&self, path: &str) -> bool {
        let below = Path::new(path).parent().unwrap_or(Path::new(""));
        let folders = below.ancestors().filter(|folder| *folder != Path::new(""));
        let mut found = folders.map(|folder| fs::symlink_metadata(self.folder.join(folder)));
        found.all(|found| found.map_or(true, |metadata| metadata.is_dir()))
    }

    /// Writes a file that never changes, unless it is there.
    pub(super) fn write(&mut self, path: &str, bytes: &[u8]) -> Result<(), PublishError> {
        match self.read(path)? {
            Some(there) if there == bytes => Ok(()),
            Some(_) => Err(PublishError::Differs {
                path: self.folder.join(path),
            }),
            None => self.put(path, bytes, Sync::Each),
        }
    }

    /// Writes a file that may change, and can be made again: it is not synced by itself, as that would take
    /// most of the time. After a crash of the machine, publishing again finds what is missing.
    pub(super) fn update(&mut self, path: &str, bytes: &[u8]) -> Result<(), PublishError> {
        match self.read(path)?.as_deref() == Some(bytes) {
            true => Ok(()),
            false => self.put(path, bytes, Sync::Never),
        }
    }

    /// Puts a file in the place of another, after everything before it is safe from a crash.
    pub(super) fn replace(&mut self, path: &str, bytes: &[u8]) -> Result<(), PublishError> {
        self.sync()?;
        if self.read(path)?.as_deref() != Some(bytes) {
            self.put(path, bytes, Sync::Each)?;
        }
        self.sync()
    }

    fn put(&mut self, path: &str, bytes: &[u8], sync: Sync) -> Result<(), PublishError> {
        if !self.is_ours(path) {
            return Err(self.other(path));
        }
        self.written += 1;
        if self.mode == Mode::DryRun {
            return Ok(());
        }
        let whole = self.folder.join(path);
        let parent = whole.parent().unwrap_or(&self.folder).to_owned();
        fs::create_dir_all(&parent).map_err(failed("cannot make", &parent))?;
        let unfinished = self.folder.join(UNFINISHED).join("file");
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&unfinished)
            .and_then(|mut file| {
                file.write_all(bytes)?;
                match sync {
                    Sync::Each => file.sync_all(),
                    Sync::Never => Ok(()),
                }
            })
            .and_then(|()| fs::rename(&unfinished, &whole))
            .map_err(failed("cannot write", &whole))?;
        if sync == Sync::Never {
            return Ok(());
        }
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
        if !self.is_ours(path) {
            return Err(self.other(path));
        }
        self.removed += 1;
        if self.mode == Mode::DryRun {
            return Ok(());
        }
        let whole = self.folder.join(path);
        fs::remove_file(&whole).map_err(failed("cannot remove", &whole))?;
        self.unsynced.extend(whole.parent().map(Path::to_owned));
        Ok(())
    }

    /// Removes the partial tiles in a folder of them, if it is there.
    pub(super) fn remove_partial(&mut self, path: &str) -> Result<(), PublishError> {
        let whole = self.folder.join(path);
        for width in names(&whole)? {
            if width.parse::<u8>().is_ok() {
                self.remove(&format!("{path}/{width}"))?;
            }
        }
        self.remove_empty(&whole);
        Ok(())
    }

    /// Removes all objects of one kind.
    pub(super) fn remove_objects(&mut self, kind: &str) -> Result<(), PublishError> {
        for (_, path) in self.objects(kind)? {
            self.remove(&path)?;
        }
        let folder = self.folder.join(kind);
        for first in names(&folder)? {
            self.remove_empty(&folder.join(first));
        }
        self.remove_empty(&folder);
        Ok(())
    }

    /// Removes a folder if nothing is in it. One that holds something else is not ours to remove.
    fn remove_empty(&mut self, folder: &Path) {
        if self.mode == Mode::Write && fs::remove_dir(folder).is_ok() {
            self.unsynced.remove(folder);
        }
    }

    /// Returns the paths of all files with these names, and below folders with these names.
    pub(super) fn below(
        &self,
        names_in_folder: impl Iterator<Item = String>,
    ) -> Result<Vec<String>, PublishError> {
        let mut files = Vec::new();
        let mut waiting: Vec<String> = names_in_folder.collect();
        while let Some(path) = waiting.pop() {
            let whole = self.folder.join(&path);
            // A link is not followed: what it leads to is not ours.
            match fs::symlink_metadata(&whole) {
                Ok(metadata) if metadata.is_dir() => {
                    waiting.extend(names(&whole)?.iter().map(|name| format!("{path}/{name}")));
                }
                Ok(metadata) if metadata.is_file() => files.push(path),
                _ => {}
            }
        }
        Ok(files)
    }

    /// Removes the folders that are empty, and those in them. Others stay.
    pub(super) fn remove_empty_below(&mut self, folder: &str) {
        let whole = self.folder.join(folder);
        for name in names(&whole).unwrap_or_default() {
            if fs::symlink_metadata(whole.join(&name)).is_ok_and(|inside| inside.is_dir()) {
                self.remove_empty_below(&format!("{folder}/{name}"));
            }
        }
        self.remove_empty(&whole);
    }

    /// Returns the objects that are in one of the folders, each with its path.
    pub(super) fn objects(&self, kind: &str) -> Result<Vec<(Digest, String)>, PublishError> {
        let mut objects = Vec::new();
        let firsts = names(&self.folder.join(kind))?;
        for first in firsts.into_iter().filter(|first| is_hex(first, 2)) {
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

fn is_hex(name: &str, len: usize) -> bool {
    name.len() == len && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
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
