//! The reader's site: a page for each claim, article, source and editor, and what the pages need.
//!
//! From a ledger to bytes, with no clock: `ledger serve` gives out what `ledger publish` writes, under the same
//! names. A page shows what the server says, and says so; its script then checks the proof bundle itself and
//! believes nothing else. Everything on it but that can be read without script.
//!
//! Follows `docs/spec/published.md`.

mod article;
pub mod asset;
mod claim;
mod doubt;
mod editor;
mod frame;
mod front;
mod independence;
pub mod index;
mod language;
mod part;
mod place;
pub mod script;
mod search;
mod source;
mod summary;
mod timeline;

use crate::bundle::{
    self, Beside, Bundle, CheckError, FormError, GatherError, LogTrust, Standing, Trust,
};
use crate::canonical::{Digest, Timestamp};
use crate::log::{Checkpoint, CheckpointError, Entry, Hash};
use crate::rules::{Facts, LedgerFacts};
use crate::store::{Read, StoreError};

pub use frame::POLICY;
pub use language::Language;
pub use place::{Place, parse_proof_path, proof_path};
pub use search::{Found, look_up};

use frame::Frame;

/// Bytes of texts and of files that are compared with the records for one page, and of texts once more with the words
/// that are quoted from them: whoever asks for a page is not to keep the others waiting.
pub const MAX_READ_LEN: u64 = 32 << 20;

/// Whether texts and files beside the records are given out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Texts {
    /// Only records: other people's texts stay theirs.
    None,
    /// Article texts, originals and snapshots too.
    All,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Gather(#[from] GatherError),
    #[error("the ledger's last checkpoint can't be read")]
    Checkpoint(#[from] CheckpointError),
    #[error("the proof bundle of record {digest} can't be written")]
    Form {
        digest: Digest,
        #[source]
        cause: Box<FormError>,
    },
    #[error("the proof bundle of record {digest} can't be checked")]
    Check {
        digest: Digest,
        #[source]
        cause: Box<CheckError>,
    },
}

/// A ledger as of its last checkpoint, and whether its texts are given out.
pub struct Site<'a> {
    store: &'a dyn Read,
    texts: Texts,
    ledger: LedgerFacts,
    size: u64,
    root: Hash,
    /// When the last entry under the checkpoint was recorded.
    recorded: Option<Timestamp>,
}

impl<'a> Site<'a> {
    /// Reads what every page shows.
    ///
    /// # Errors
    ///
    /// [`SiteError`] if the ledger has no checkpoint, or can't be read.
    pub fn open(store: &'a dyn Read, texts: Texts) -> Result<Self, SiteError> {
        let (_, note) = (store.last_checkpoint()?).ok_or(GatherError::NoCheckpoint)?;
        let checkpoint = Checkpoint::read_unverified(&note)?;
        let ledger = (&store).ledger()?.ok_or_else(|| StoreError::Stale {
            found: "they do not know the ledger".to_owned(),
        })?;
        let last = store.entries(checkpoint.size().saturating_sub(1), 1)?;
        let last = last.first().map(|stored| Entry::parse(&stored.bytes));
        Ok(Site {
            store,
            texts,
            ledger,
            size: checkpoint.size(),
            root: checkpoint.root(),
            recorded: last.and_then(Result::ok).map(|entry| entry.recorded),
        })
    }

    /// Returns the page of a place in a language, or nothing if the ledger has nothing there.
    ///
    /// # Errors
    ///
    /// [`SiteError`] if the ledger can't be read.
    pub fn page(&self, place: Place, language: Language) -> Result<Option<String>, SiteError> {
        let mut pages = self.pages(place, &[language])?;
        Ok(pages.pop())
    }

    /// Returns the page of a place in several languages: what it shows is looked up once.
    ///
    /// # Errors
    ///
    /// [`SiteError`] if the ledger can't be read.
    pub fn pages(&self, place: Place, languages: &[Language]) -> Result<Vec<String>, SiteError> {
        let frames = languages.iter().map(|&language| Frame {
            site: self,
            language,
            place,
        });
        Ok(match place {
            Place::Front => {
                let front = front::Front::look(self)?;
                frames.map(|frame| front.html(&frame)).collect()
            }
            Place::Search => frames.map(|frame| search::html(&frame, None)).collect(),
            Place::Claim(digest) => match claim::ClaimView::look(self, digest)? {
                Some(view) => frames.map(|frame| view.html(&frame)).collect(),
                None => Vec::new(),
            },
            Place::Article(digest) => match article::ArticleView::look(self, digest)? {
                Some(view) => frames.map(|frame| view.html(&frame)).collect(),
                None => Vec::new(),
            },
            Place::Source(digest) => match source::SourceView::look(self, digest)? {
                Some(view) => frames.map(|frame| view.html(&frame)).collect(),
                None => Vec::new(),
            },
            Place::Editor(did) => match editor::EditorView::look(self, did)? {
                Some(view) => frames.map(|frame| view.html(&frame)).collect(),
                None => Vec::new(),
            },
        })
    }

    /// Returns the page of what was found for some words or the beginning of a hash.
    ///
    /// # Errors
    ///
    /// [`SiteError`] if the ledger can't be read.
    pub fn found(&self, query: &str, language: Language) -> Result<String, SiteError> {
        let frame = Frame {
            site: self,
            language,
            place: Place::Search,
        };
        let results = search::Results::look(self, query)?;
        Ok(search::html(&frame, Some(&results)))
    }

    /// Returns the page for a place where the ledger has nothing.
    pub fn unknown(&self, place: Place, language: Language) -> String {
        let frame = Frame {
            site: self,
            language,
            place,
        };
        search::unknown(&frame)
    }

    /// Returns what the front page says of the ledger, for programs.
    pub fn status(&self) -> serde_json::Value {
        serde_json::json!({
            "name": self.ledger.name,
            "origin": self.ledger.origin,
            "logKey": self.ledger.log_key,
            "size": self.size,
            "root": self.root,
            "recorded": self.recorded,
            "texts": self.texts == Texts::All,
        })
    }

    /// Returns the proof bundle of a record, the same bytes that `ledger prove` writes: nothing if it is
    /// unknown here.
    ///
    /// # Errors
    ///
    /// [`SiteError`] if the ledger can't be read.
    pub fn proof(&self, digest: &Digest) -> Result<Option<Vec<u8>>, SiteError> {
        let digest = *digest;
        let Some(bundle) = self.bundle(&digest)? else {
            return Ok(None);
        };
        let bytes = bundle.to_bytes();
        bytes.map(Some).map_err(|cause| SiteError::Form {
            digest,
            cause: Box::new(cause),
        })
    }

    /// Gathers the bundle of a record that is under the last checkpoint.
    fn bundle(&self, digest: &Digest) -> Result<Option<Bundle>, SiteError> {
        match self.store.index_of(digest)? {
            Some(index) if index < self.size => Ok(Some(bundle::gather(self.store, index)?)),
            _ => Ok(None),
        }
    }

    /// Gathers the bundle of a record and checks it: what the server can say of it.
    fn standing(&self, digest: &Digest) -> Result<Option<Standing>, SiteError> {
        let Some(bundle) = self.bundle(digest)? else {
            return Ok(None);
        };
        let trust = Trust {
            log: LogTrust::FoundingRecord,
            policy: None,
        };
        let objects = |digest: &Digest| self.store.object(digest);
        let beside = Beside {
            objects: &objects,
            max_len: MAX_READ_LEN,
        };
        let standing = bundle::check(&bundle, &trust, Some(beside));
        standing.map(Some).map_err(|cause| SiteError::Check {
            digest: *digest,
            cause: Box::new(cause),
        })
    }
}
