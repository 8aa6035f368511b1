//! The site in the folder: pages, proof bundles, the search index, and the files that pages need.
//!
//! Every page says as of when it speaks, so all of them are made anew when the log has grown, and written where
//! they differ. With nothing new, nothing is written.

use std::collections::BTreeSet;

use super::files::Files;
use super::{Pages, PublishError};
use crate::site::{Language, Place, Site, asset, index, parse_proof_path, proof_path};

/// Folders of the site, and files beside them.
const FOLDERS: [&str; 7] = [
    "asset", "claim", "article", "source", "editor", "proof", "search",
];
const FILES: [&str; 2] = ["index.html", "search.html"];

/// Returns the names in the folder that are the site's.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let languages = Language::ALL.into_iter().skip(1).map(Language::tag);
    let plain = asset::plain().map(|(name, _)| name);
    FOLDERS
        .into_iter()
        .chain(FILES)
        .chain(languages)
        .chain(plain)
}

/// Returns the folders that the site is written into.
pub(super) fn folders() -> impl Iterator<Item = String> {
    let languages = Language::ALL.into_iter().skip(1);
    let pages = ["claim", "article", "source", "editor"];
    let nested = languages.flat_map(move |language| {
        let inside = pages.map(|folder| format!("{}/{folder}", language.tag()));
        inside.into_iter().chain([language.tag().to_owned()])
    });
    let index = ["words", "hashes", "claims"].map(|folder| format!("search/{folder}"));
    FOLDERS
        .map(str::to_owned)
        .into_iter()
        .chain(nested)
        .chain(index)
}

/// Writes the site, but for what is not needed any more: see [`remove_old`]. Returns the files it consists of.
pub(super) fn write(
    site: Option<&Site<'_>>,
    files: &mut Files,
) -> Result<BTreeSet<String>, PublishError> {
    let mut written = BTreeSet::new();
    let Some(site) = site else {
        return Ok(written);
    };
    let mut put = |path: String, bytes: &[u8]| {
        files.update(&path, bytes)?;
        written.insert(path);
        Ok::<(), PublishError>(())
    };
    // First, because they tell that what follows is ours, should this be interrupted.
    for asset in asset::ASSETS {
        put(asset::path(asset.name), asset.bytes)?;
    }
    for (name, bytes) in asset::plain() {
        put(name.to_owned(), bytes)?;
    }
    for place in site.places()? {
        if let Some(digest) = place.record()
            && let Some(proof) = site.proof(&digest)?
        {
            put(proof_path(&digest), &proof)?;
        }
        let pages = site.pages(place, &Language::ALL)?;
        for (language, page) in std::iter::zip(Language::ALL, pages) {
            put(place.path(language), page.as_bytes())?;
        }
    }
    for (path, bytes) in site.index()? {
        put(path, &bytes)?;
    }
    Ok(written)
}

/// Removes files of the site that are not among those that were written.
pub(super) fn remove_old(
    files: &mut Files,
    written: &BTreeSet<String>,
) -> Result<(), PublishError> {
    if written.is_empty() && !files.has_folder("asset") {
        return Ok(());
    }
    let mut old = files.below(names().map(str::to_owned))?;
    old.retain(|path| is_ours(path) && !written.contains(path));
    for path in old {
        files.remove(&path)?;
    }
    for folder in names() {
        files.remove_empty_below(folder);
    }
    Ok(())
}

/// Tells whether a file is one that a publication writes. Others are left alone.
fn is_ours(path: &str) -> bool {
    Place::parse(path).is_some()
        || parse_proof_path(path).is_some()
        || index::is_file(path)
        || asset::is_file(path)
        || asset::find_plain(path).is_some()
}

impl Pages {
    /// Tells whether there is to be a site.
    pub(super) fn wanted(self) -> bool {
        self == Pages::Write
    }
}
