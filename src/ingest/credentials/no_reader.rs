//! In place of the reader, in a build without the feature `c2pa`: what it would say is unknown.

use super::{CredentialsError, TrustList};
use crate::ingest::image::Image;
use crate::record::Credentials;

pub(super) fn read(_: &Image<'_>, _: Option<&TrustList>) -> Result<Credentials, CredentialsError> {
    Err(CredentialsError::NotBuilt)
}

pub(super) fn check_list(_: &str) -> Result<(), CredentialsError> {
    Err(CredentialsError::NotBuilt)
}
