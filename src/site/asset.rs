//! The files that pages need beside what they say: styles, scripts, messages.
//!
//! They stand in one folder named after their bytes. So they can be cached for good, modules import each
//! other by plain names, and a page never runs the script of another version.

use std::sync::OnceLock;

use super::script;
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

/// Every file. The folder's name follows from them in this order, in which the modules of the verifier come after those
/// that they import.
pub static ASSETS: &[Asset] = &assets!(
    "style.css",
    "icon.svg",
    "page.js",
    "dom.js",
    "search.js",
    "shown.js",
    "text.js",
    "breathe.js",
    "refusal.js",
    "hash.js",
    "canonical.js",
    "ed25519.js",
    "sign.js",
    "record.js",
    "merkle.js",
    "note.js",
    "log.js",
    "policy.js",
    "bundle.js",
    "rules.js",
    "verify.js",
    "notices.js",
    "tiles.js",
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
        format!("asset/{}", &Digest::of(&all).hex()[..16])
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

/// How the badge finds the modules beside it.
const BESIDE: &str = "new URL(file, import.meta.url)";

/// Returns the files that stand at the site's root under their plain names, for other sites and for taking away:
/// the badge, and the verifier in one file.
pub fn plain() -> [(&'static str, &'static [u8]); 2] {
    static BADGE: OnceLock<String> = OnceLock::new();
    static VERIFIER: OnceLock<String> = OnceLock::new();
    let badge = BADGE.get_or_init(|| {
        let beside = format!("new URL(`{}/${{file}}`, import.meta.url)", folder());
        script::BADGE.replace(BESIDE, &beside)
    });
    let verifier = VERIFIER.get_or_init(script::offline_page);
    [
        ("badge.js", badge.as_bytes()),
        (VERIFIER_NAME, verifier.as_bytes()),
    ]
}

/// The name of the verifier. Its policy stands in itself: it holds its own script.
pub const VERIFIER_NAME: &str = "verify.html";

/// Finds a file at the site's root.
pub fn find_plain(path: &str) -> Option<&'static [u8]> {
    let found = plain().into_iter().find(|(name, _)| *name == path);
    found.map(|(_, bytes)| bytes)
}

/// Returns the messages of a language.
pub(super) fn messages(tag: &str) -> &'static [u8] {
    let name = format!("messages/{tag}.json");
    let found = ASSETS.iter().find(|asset| asset.name == name);
    found.map_or(b"{}", |asset| asset.bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn badge_at_the_root_finds_its_modules_in_the_folder() {
        let badge = std::str::from_utf8(find_plain("badge.js").unwrap()).unwrap();
        assert!(badge.contains(folder()) && !badge.contains(BESIDE));
        for module in ["verify.js", "tiles.js"] {
            assert!(find(&path(module)).is_some(), "{module}");
        }
    }

    #[test]
    fn every_module_that_a_script_imports_is_among_the_files() {
        for asset in ASSETS.iter().filter(|asset| asset.name.ends_with(".js")) {
            let text = std::str::from_utf8(asset.bytes).unwrap();
            for part in text.split("'./").skip(1) {
                let name = part.split('\'').next().unwrap();
                assert!(find(&path(name)).is_some(), "{}: {name}", asset.name);
            }
        }
    }
}
