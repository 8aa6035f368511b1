//! A published ledger in a folder of this machine.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::PathBuf;

use super::{Fetch, StoreError};

/// A folder with published files.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Takes a folder.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Folder { path: path.into() }
    }
}

impl Fetch for Folder {
    fn fetch(&self, path: &str, max_len: usize) -> Result<Option<Vec<u8>>, StoreError> {
        let whole = self.path.join(path);
        let failed = |cause| StoreError::Io {
            attempt: format!("cannot read {}", whole.display()),
            cause,
        };
        let file = match File::open(&whole) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            // A file stands where a folder should.
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        if file.metadata().map_err(failed)?.is_dir() {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        file.take(max_len as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        match bytes.len() {
            len if len > max_len => Err(StoreError::Damaged {
                found: format!("{path}: expected at most {max_len} bytes, found more"),
            }),
            _ => Ok(Some(bytes)),
        }
    }
}
