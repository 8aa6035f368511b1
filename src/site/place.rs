//! The places of the site: what there is a page for, and the name of its file.
//!
//! Names are the same in a folder and behind `ledger serve`, and links are relative, so that a site works at any
//! address. Pages in another language than the first stand in a folder named after it.

use std::fmt;

use super::Language;
use crate::canonical::Digest;
use crate::record::Kind;
use crate::sign::Did;

/// What a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    Front,
    Search,
    Claim(Digest),
    Article(Digest),
    Source(Digest),
    Editor(Did),
}

impl Place {
    /// Returns the page about a record, if records of this kind have one.
    pub fn of(kind: Kind, digest: Digest) -> Option<Place> {
        match kind {
            Kind::Claim => Some(Place::Claim(digest)),
            Kind::Article => Some(Place::Article(digest)),
            Kind::Source => Some(Place::Source(digest)),
            _ => None,
        }
    }

    /// Returns the record that the page is about.
    pub fn record(self) -> Option<Digest> {
        match self {
            Place::Claim(digest) | Place::Article(digest) | Place::Source(digest) => Some(digest),
            Place::Front | Place::Search | Place::Editor(_) => None,
        }
    }

    /// Returns the path of the page in a language.
    pub fn path(self, language: Language) -> String {
        match language {
            Language::English => self.to_string(),
            other => format!("{}/{self}", other.tag()),
        }
    }

    /// Returns how to get from this page, in a language, to the folder that everything is in.
    pub fn root(self, language: Language) -> String {
        "../".repeat(self.path(language).matches('/').count())
    }

    /// Reads a path, in one of the languages.
    pub fn parse(path: &str) -> Option<(Language, Place)> {
        let (first, rest) = path.split_once('/').unwrap_or((path, ""));
        let language = (Language::ALL.into_iter().skip(1)).find(|known| known.tag() == first);
        let (language, name) = match language {
            Some(language) => (language, rest),
            None => (Language::ALL[0], path),
        };
        if matches!(name, "" | "index.html") {
            return Some((language, Place::Front));
        }
        if name == "search.html" {
            return Some((language, Place::Search));
        }
        let (folder, file) = name.strip_suffix(".html")?.split_once('/')?;
        let digest = || format!("sha256:{file}").parse().ok();
        let place = match folder {
            "claim" => Place::Claim(digest()?),
            "article" => Place::Article(digest()?),
            "source" => Place::Source(digest()?),
            "editor" => Place::Editor(format!("did:key:{file}").parse().ok()?),
            _ => return None,
        };
        Some((language, place))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Front => f.write_str("index.html"),
            Place::Search => f.write_str("search.html"),
            Place::Claim(digest) => write!(f, "claim/{}.html", digest.hex()),
            Place::Article(digest) => write!(f, "article/{}.html", digest.hex()),
            Place::Source(digest) => write!(f, "source/{}.html", digest.hex()),
            Place::Editor(did) => write!(f, "editor/{}.html", did.multikey()),
        }
    }
}

/// Returns where the proof bundle of a record is.
pub fn proof_path(digest: &Digest) -> String {
    format!("proof/{}.json", digest.hex())
}

/// Reads the path of a proof bundle.
pub fn parse_proof_path(path: &str) -> Option<Digest> {
    let file = path.strip_prefix("proof/")?.strip_suffix(".json")?;
    format!("sha256:{file}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_is_read_as_the_place_it_was_written_for() {
        let digest = Digest::of(b"a claim");
        let did: Did = "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp"
            .parse()
            .unwrap();
        for place in [
            Place::Front,
            Place::Search,
            Place::Claim(digest),
            Place::Article(digest),
            Place::Source(digest),
            Place::Editor(did),
        ] {
            for language in Language::ALL {
                let path = place.path(language);
                assert_eq!(Place::parse(&path), Some((language, place)), "{path}");
            }
        }
        for path in [
            "claim/",
            "claim/ab.html",
            "claim/../index.html",
            "fr/index.html",
            "de/x",
        ] {
            assert_eq!(Place::parse(path), None, "{path}");
        }
    }
}
