//! The files that pages need beside what they say: styles, scripts, messages.
//!
//! They stand in one folder named after their bytes. So they can be cached for good, modules import each
//! other by plain names, and a page never runs the script of another version.

use std::sync::OnceLock;

use crate::canonical::Digest;

/// A file of the folder `web/`.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// Its path within the folder.
    pub name: &'static str,
    pub bytes: &'static [u8],
}

macro_rules! assets {
    ($($name:literal),+ $(,)?) => {
        [$(Asset { name: $name, bytes: include_bytes!(concat!("../../web/", $name)) }),+]
    };
}

/// Every file. The folder's name follows from them in this order.
pub static ASSETS: &[Asset] = &assets!(
    "style.css",
    "icon.svg",
    "page.js",
    "dom.js",
    "search.js",
    "text.js",
    "verify.js",
    "bundle.js",
    "canonical.js",
    "ed25519.js",
    "hash.js",
    "log.js",
    "merkle.js",
    "note.js",
    "policy.js",
    "record.js",
    "refusal.js",
    "rules.js",
    "sign.js",
    "messages/en.json",
    "messages/de.json",
);

/// Returns the name of the folder that the files are in: `asset/` and the beginning of their digest.
pub fn folder() -> &'static str {
    static FOLDER: OnceLock<String> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let mut all = Vec::new();
        for asset in ASSETS {
            all.extend_from_slice(Digest::of(asset.bytes).as_bytes());
        }
        format!("asset/{}", &hex::encode(Digest::of(&all).as_bytes())[..16])
    })
}

/// Returns the path of a file.
pub fn path(name: &str) -> String {
    format!("{}/{name}", folder())
}

/// Finds the file of a path.
pub fn find(path: &str) -> Option<Asset> {
    let name = path.strip_prefix(folder())?.strip_prefix('/')?;
    ASSETS.iter().find(|asset| asset.name == name).copied()
}

/// Tells whether a path is one of a file in such a folder, of this version or another.
pub fn is_file(path: &str) -> bool {
    let Some((folder, name)) = (path.strip_prefix("asset/")).and_then(|path| path.split_once('/'))
    else {
        return false;
    };
    let is_hex = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"._-/".contains(&b);
    folder.len() == 16 && folder.bytes().all(is_hex) && name.bytes().all(is_plain)
}

/// Files that stand at the site's root under their plain names, for other sites and for taking away.
static PLAIN: [&str; 0] = [];

/// Returns the files at the site's root.
pub fn plain() -> impl Iterator<Item = Asset> {
    ASSETS
        .iter()
        .copied()
        .filter(|asset| PLAIN.contains(&asset.name))
}

/// Finds a file at the site's root.
pub fn find_plain(path: &str) -> Option<Asset> {
    plain().find(|asset| asset.name == path)
}

/// Returns the messages of a language.
pub(super) fn messages(tag: &str) -> &'static [u8] {
    let name = format!("messages/{tag}.json");
    let found = ASSETS.iter().find(|asset| asset.name == name);
    found.map_or(b"{}", |asset| asset.bytes)
}
