//! What the Content Credentials (C2PA) of an image say.
//!
//! Reading them takes more libraries than all the rest, so only a build with the feature `c2pa` does. What they say
//! is the image's own statement: whether they are intact is told apart from whether the signer is known, and nobody is
//! known without a list that the editor gives. No address is asked.

#[cfg_attr(not(feature = "c2pa"), path = "no_reader.rs")]
mod reader;

use super::image::Image;
use crate::canonical::Digest;
use crate::record::Credentials;

/// Tells whether this build reads Content Credentials.
pub const IS_BUILT: bool = cfg!(feature = "c2pa");

/// Largest image of which Content Credentials are read, in bytes.
pub const MAX_IMAGE_LEN: usize = 32 << 20;

/// Images of which Content Credentials are read: those that the crate was seen to read in time that grows with their
/// length only. It takes six seconds for 400 KB of boxes in AVIF.
pub const FORMATS: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];

/// Largest list of certificates, in bytes.
pub const MAX_TRUST_LIST_LEN: usize = 1 << 20;

/// Failures that are kept of one image.
pub const MAX_FAILURES: usize = 64;

/// Certificates of the authorities that an editor trusts to name signers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustList {
    pub pem: String,
    pub digest: Digest,
}

/// Why Content Credentials were not read. What they say stays unknown then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    #[error("this program was built without reading Content Credentials")]
    NotBuilt,
    #[error(
        "expected an image of at most {MAX_IMAGE_LEN} bytes (32 MiB) to read its Content Credentials, found {len}"
    )]
    TooLong { len: usize },
    #[error("expected {} to read its Content Credentials, found {media_type}", FORMATS.join(", "))]
    Format { media_type: &'static str },
    #[error("expected a list of at most {MAX_TRUST_LIST_LEN} bytes (1 MiB), found {len}")]
    ListTooLong { len: usize },
    #[error("expected certificates in PEM, found {found}")]
    NoList { found: String },
    #[error("cannot start the thread that reads Content Credentials: {0}")]
    NoThread(String),
}

impl TrustList {
    /// Reads certificates in PEM.
    ///
    /// # Errors
    ///
    /// [`CredentialsError::NotBuilt`], [`ListTooLong`](CredentialsError::ListTooLong), and
    /// [`NoList`](CredentialsError::NoList) for anything but certificates, and for none.
    pub fn parse(bytes: &[u8]) -> Result<Self, CredentialsError> {
        if bytes.len() > MAX_TRUST_LIST_LEN {
            return Err(CredentialsError::ListTooLong { len: bytes.len() });
        }
        let pem = std::str::from_utf8(bytes).map_err(|_| CredentialsError::NoList {
            found: "bytes that are no text".to_owned(),
        })?;
        reader::check_list(pem)?;
        Ok(TrustList {
            pem: pem.to_owned(),
            digest: Digest::of(bytes),
        })
    }
}

/// Reads the Content Credentials of an image, and looks for their signer in a list if there is one.
///
/// Certificates without a time stamp are judged as of now: the reader has a clock of its own.
///
/// # Errors
///
/// [`CredentialsError`], if nothing was read. An image or credentials that can't be read are no error: that is what is
/// known of them then.
pub fn read(image: &Image<'_>, list: Option<&TrustList>) -> Result<Credentials, CredentialsError> {
    if image.bytes.len() > MAX_IMAGE_LEN {
        return Err(CredentialsError::TooLong {
            len: image.bytes.len(),
        });
    }
    if IS_BUILT && !FORMATS.contains(&image.media_type) {
        return Err(CredentialsError::Format {
            media_type: image.media_type,
        });
    }
    reader::read(image, list)
}
