//! Files that a command writes on the user's word.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use super::error::CliError;
use super::key_store::io_error;

/// Writes a file that is there wholly or not at all. One that is there already is replaced only on the
/// user's word.
pub fn write_output(path: &Path, bytes: &[u8], force: bool) -> Result<(), CliError> {
    let failed = |error| io_error("cannot write", path, error);
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    // Opened here, so that the user's mask decides who may read it. Removed when dropped, unless it got its name.
    let mut unfinished = tempfile::Builder::new()
        .prefix(".ledger-")
        .make_in(folder, |name| {
            OpenOptions::new().write(true).create_new(true).open(name)
        })
        .map_err(failed)?;
    unfinished.write_all(bytes).map_err(failed)?;
    unfinished.as_file().sync_all().map_err(failed)?;
    let named = match force {
        true => unfinished.persist(path),
        false => unfinished.persist_noclobber(path),
    };
    match named.map_err(|refused| refused.error) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !force => Err(
            CliError::failed(format!("{} exists already", path.display()))
                .hint("name another file, or add --force to replace it"),
        ),
        Err(error) => Err(failed(error)),
    }
}
