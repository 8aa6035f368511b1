//! Calls over HTTP: one request, one bounded answer, within a time.

use std::io;
use std::time::Duration;

use super::error::CliError;
use crate::store::StoreError;
use crate::store::published::Fetch;

/// How long a whole call may take.
const TIMEOUT: Duration = Duration::from_secs(15);

/// What a server answered, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    pub body: String,
}

/// Fetches an address; an answer of more than `limit` bytes is an error.
pub fn get(url: &str, limit: u64) -> Result<Response, CliError> {
    read(url, agent().get(url).call(), limit)
}

/// Sends a body to an address; an answer of more than `limit` bytes is an error.
pub fn post(url: &str, body: &str, limit: u64) -> Result<Response, CliError> {
    read(url, agent().post(url).send(body), limit)
}

/// A published ledger on a web server.
pub struct Site {
    /// Where it begins, with a slash at its end.
    base: String,
    agent: ureq::Agent,
}

impl Site {
    /// Takes the address of the folder.
    pub fn new(url: &str) -> Self {
        Site {
            base: format!("{}/", url.trim_end_matches('/')),
            agent: agent(),
        }
    }
}

impl Fetch for Site {
    fn fetch(&self, path: &str, max_len: usize) -> Result<Option<Vec<u8>>, StoreError> {
        let url = format!("{}{path}", self.base);
        let failed = |found: String| StoreError::Io {
            attempt: format!("cannot get {url}"),
            cause: io::Error::other(found),
        };
        let mut response =
            (self.agent.get(&url).call()).map_err(|error| failed(error.to_string()))?;
        match response.status().as_u16() {
            200 => {}
            404 | 410 => return Ok(None),
            status => {
                return Err(failed(format!(
                    "expected status 200 or 404, found {status}"
                )));
            }
        }
        let body = response.body_mut().with_config().limit(max_len as u64);
        match body.read_to_vec() {
            Ok(bytes) => Ok(Some(bytes)),
            Err(ureq::Error::BodyExceedsLimit(_)) => Err(StoreError::Damaged {
                found: format!("{path}: expected at most {max_len} bytes, found more"),
            }),
            Err(error) => Err(failed(error.to_string())),
        }
    }
}

fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        // A witness that moved says so to its users, not to their programs.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .build();
    config.new_agent()
}

fn read(
    url: &str,
    response: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    limit: u64,
) -> Result<Response, CliError> {
    let failed = |error: ureq::Error| CliError::failed(format!("no answer from {url}: {error}"));
    let mut response = response.map_err(failed)?;
    let status = response.status().as_u16();
    let body = (response.body_mut().with_config().limit(limit).read_to_vec()).map_err(failed)?;
    let body = String::from_utf8(body).map_err(|_| {
        CliError::failed(format!(
            "expected text from {url}, found bytes that are no UTF-8"
        ))
    })?;
    Ok(Response { status, body })
}
