//! What is sent back: bytes, how long they may be kept, and who may read them.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use tokio::sync::OwnedSemaphorePermit;

use crate::canonical::Digest;
use crate::site::POLICY;

/// How long an answer may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// For good: its name says what it holds.
    Immutable,
    /// For seconds: it changes with the ledger.
    Seconds,
}

/// Who may read an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readers {
    /// Pages of this site.
    Site,
    /// Pages of any site: proofs, the badge, the API, the log.
    Anyone,
}

/// An answer before it is sent.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) media_type: &'static str,
    pub(super) bytes: Vec<u8>,
    pub(super) keep: Keep,
    pub(super) readers: Readers,
    pub(super) location: Option<String>,
    /// What a page may do.
    policy: &'static str,
    /// Which headers of the request chose between this answer and another.
    vary: &'static str,
    tag: Option<String>,
    /// The room that the bytes take up until they are sent.
    room: Option<OwnedSemaphorePermit>,
}

/// Bytes that are being sent.
struct Held {
    bytes: Vec<u8>,
    _room: Option<OwnedSemaphorePermit>,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

pub(super) const HTML: &str = "text/html; charset=utf-8";
pub(super) const JSON: &str = "application/json";
pub(super) const PLAIN: &str = "text/plain; charset=utf-8";
pub(super) const BINARY: &str = "application/octet-stream";

impl Reply {
    pub(super) fn new(media_type: &'static str, bytes: Vec<u8>) -> Self {
        Reply {
            status: StatusCode::OK,
            media_type,
            bytes,
            keep: Keep::Seconds,
            readers: Readers::Site,
            location: None,
            policy: POLICY,
            vary: "accept-encoding",
            tag: None,
            room: None,
        }
    }

    /// Leaves it to the page itself to say what it may do, as it must when it is no file of a site.
    pub(super) fn own_policy(self) -> Self {
        Reply {
            policy: "base-uri 'none'",
            ..self
        }
    }

    /// A page for people.
    pub(super) fn page(text: String) -> Self {
        Self::new(HTML, text.into_bytes())
    }

    /// A line that says what went wrong.
    pub(super) fn problem(status: StatusCode, text: &str) -> Self {
        Reply {
            status,
            ..Self::new(PLAIN, format!("{text}\n").into_bytes())
        }
    }

    /// Sends the reader elsewhere.
    pub(super) fn redirect(status: StatusCode, location: String) -> Self {
        Reply {
            status,
            location: Some(location),
            ..Self::new(PLAIN, Vec::new())
        }
    }

    pub(super) fn status(self, status: StatusCode) -> Self {
        Reply { status, ..self }
    }

    pub(super) fn keep(self, keep: Keep) -> Self {
        Reply { keep, ..self }
    }

    pub(super) fn for_anyone(self) -> Self {
        Reply {
            readers: Readers::Anyone,
            ..self
        }
    }

    /// Says that readers of another language get another answer.
    pub(super) fn by_language(self) -> Self {
        Reply {
            vary: "accept-encoding, accept-language",
            ..self
        }
    }

    /// Names the bytes after their digest, which takes a while if they are many.
    pub(super) fn tagged(self) -> Self {
        let tag = base16ct::lower::encode_string(&Digest::of(&self.bytes).as_bytes()[..16]);
        Reply {
            // Weak, because the same bytes may be sent compressed.
            tag: Some(format!("W/\"{tag}\"")),
            ..self
        }
    }

    /// Keeps room for the bytes until they are sent, or the reader is gone.
    pub(super) fn hold(self, room: OwnedSemaphorePermit) -> Self {
        Reply {
            room: Some(room),
            ..self
        }
    }

    /// Makes the response. A reader who has these bytes already gets none.
    pub(super) fn send(self, request: &HeaderMap) -> Response<Body> {
        let tag = self.tag.unwrap_or_default();
        let known = request.get_all(header::IF_NONE_MATCH).iter();
        let is_known = known.filter_map(|value| value.to_str().ok()).any(|value| {
            let mut tags = value.split(',').map(str::trim);
            tags.any(|known| {
                known == "*" || known.trim_start_matches("W/") == tag.trim_start_matches("W/")
            })
        });
        let is_known = is_known && self.status == StatusCode::OK && !tag.is_empty();
        let body = match is_known {
            true => Body::empty(),
            false => Body::from(Bytes::from_owner(Held {
                bytes: self.bytes,
                _room: self.room,
            })),
        };
        let mut response = Response::new(body);
        *response.status_mut() = match is_known {
            true => StatusCode::NOT_MODIFIED,
            false => self.status,
        };
        let headers = response.headers_mut();
        let mut set = |name, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        if self.status == StatusCode::OK && !tag.is_empty() {
            set(header::ETAG, &tag);
        }
        set(header::CONTENT_TYPE, self.media_type);
        set(
            header::CACHE_CONTROL,
            match (self.status, self.keep) {
                (StatusCode::OK, Keep::Immutable) => "public, max-age=31536000, immutable",
                (StatusCode::OK, Keep::Seconds) => "public, max-age=10",
                _ => "no-store",
            },
        );
        set(header::VARY, self.vary);
        if let Some(location) = &self.location {
            set(header::LOCATION, location);
        }
        set(
            header::CONTENT_SECURITY_POLICY,
            &format!("{}; frame-ancestors 'none'", self.policy),
        );
        set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
        set(header::REFERRER_POLICY, "no-referrer");
        let cross_origin = header::HeaderName::from_static("cross-origin-resource-policy");
        match self.readers {
            Readers::Site => set(cross_origin, "same-origin"),
            Readers::Anyone => {
                set(cross_origin, "cross-origin");
                set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
            }
        }
        response
    }
}
