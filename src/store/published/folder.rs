//! A published ledger in a folder of this machine.

use std::fs::{self, File};
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
        let missing = [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory];
        let metadata = match fs::metadata(&whole) {
            Err(error) if missing.contains(&error.kind()) => return Ok(None),
            metadata => metadata.map_err(failed)?,
        };
        // Opening a pipe would wait for whoever writes into it.
        if !metadata.is_file() {
            return Err(StoreError::Damaged {
                found: format!("{path} is no file"),
            });
        }
        let file = File::open(&whole).map_err(failed)?;
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
