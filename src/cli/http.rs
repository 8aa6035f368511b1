//! Calls over HTTP: one request, one bounded answer, within a time.

use std::time::Duration;

use super::error::CliError;

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
