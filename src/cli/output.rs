//! Files that a command writes on the user's word.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use super::error::CliError;
use super::key_store::io_error;

/// Writes a file that is there wholly or not at all. One that is there already is replaced only on the
/// user's word.
pub fn write_output(path: &Path, bytes: &[u8], force: bool) -> Result<(), CliError> {
    let failed = |error| io_error("cannot write", path, error);
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let unfinished = Path::new(&name);
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(unfinished)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| match force {
            true => fs::rename(unfinished, path),
            // A hard link refuses to replace what is there; a rename would not.
            false => fs::hard_link(unfinished, path),
        });
    // Gone already if it was renamed.
    let _ = fs::remove_file(unfinished);
    match written {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !force => Err(
            CliError::failed(format!("{} exists already", path.display()))
                .hint("name another file, or add --force to replace it"),
        ),
        other => other.map_err(failed),
    }
}
