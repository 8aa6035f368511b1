//! Addresses of records on the web: pages where they are published, else names that are no addresses.

use crate::canonical::Digest;
use crate::record::{Kind, Url};

/// Where the ledger's pages are published, if they are.
pub(super) struct Web {
    base: Option<String>,
}

impl Web {
    pub(super) fn new(base: Option<&Url>) -> Self {
        Web {
            base: base.map(|base| base.as_str().trim_end_matches('/').to_owned()),
        }
    }

    /// Returns the address of the ledger's site.
    pub(super) fn site(&self) -> Option<String> {
        self.base.as_ref().map(|base| format!("{base}/"))
    }

    /// Returns the page of a claim or an article.
    pub(super) fn page(&self, kind: Kind, digest: &Digest) -> Option<String> {
        let base = self.base.as_ref()?;
        let kind = match kind {
            Kind::Claim | Kind::Article | Kind::Source => kind.as_str(),
            _ => return None,
        };
        Some(format!("{base}/{kind}/{}.html", digest.hex()))
    }
}

/// Returns a record's name as an IRI, which is the same in every ledger and on every site.
pub(super) fn urn(digest: &Digest) -> String {
    format!("urn:sha256:{}", digest.hex())
}
