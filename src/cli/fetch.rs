//! Fetching a page on the user's word: the bytes as they went over the line, each redirect, and no address of this
//! network.
//!
//! An address is judged where it is resolved, and the connection goes to what was judged: a name that means something
//! else a moment later gains nothing. Proxies of the environment are not used, and nothing is sent twice.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::Args;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport,
};
use url::Url;

use super::context::read_input;
use super::error::CliError;
use crate::canonical::Timestamp;
use crate::ingest::Circumstances;
use crate::ingest::warc::{self, Exchange};

/// How long one answer may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Answers that send elsewhere, at most.
const MAX_REDIRECTS: usize = 10;

/// One answer, with its header.
const MAX_ANSWER_LEN: usize = 16 * 1024 * 1024;

/// An answer that sends elsewhere.
const MAX_REDIRECT_LEN: usize = 256 * 1024;

/// Options of commands that fetch.
#[derive(Clone, Debug, Args)]
pub struct FetchOptions {
    /// Also fetch from addresses of this machine and its network
    #[arg(long)]
    pub allow_private: bool,
    /// Certificates (PEM) of the authorities to trust, such as your company's, in place of the public ones
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
}

/// What was fetched.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Requests and answers, as a WARC file.
    pub warc: Vec<u8>,
    /// The address whose answer sent nowhere else.
    pub url: String,
    /// Its status.
    pub status: u16,
    /// Its body, without the chunks in which it came.
    pub body: Vec<u8>,
    /// Every address that was asked, in order.
    pub hops: Vec<String>,
}

impl Fetched {
    /// Returns what is known of the WARC file.
    pub fn circumstances(&self) -> Circumstances {
        Circumstances {
            name: self.url.clone(),
            media_type: Some("application/warc".parse().expect("a media type")),
            charset: None,
            url: Some(self.url.clone()),
        }
    }
}

/// Tells whether an argument is an address to be fetched.
pub fn is_address(argument: &str) -> bool {
    let begins = |scheme: &str| {
        argument
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    begins("http://") || begins("https://")
}

/// Fetches an address and whatever it sends to.
pub fn fetch(address: &str, options: &FetchOptions, now: Timestamp) -> Result<Fetched, CliError> {
    let mut url = read_address(address)?;
    let authorities = options.ca.as_deref().map(read_authorities).transpose()?;
    let authorities = authorities.unwrap_or(RootCerts::WebPki);
    let mut exchanges = Vec::new();
    let mut hops = Vec::new();
    loop {
        let (exchange, answer) = ask(&url, options, &authorities, now)?;
        hops.push(exchange.url.clone());
        exchanges.push(exchange);
        let Some(location) = answer.location else {
            return Ok(Fetched {
                warc: warc::write(&exchanges),
                url: url.to_string(),
                status: answer.status,
                body: answer.body,
                hops,
            });
        };
        if hops.len() > MAX_REDIRECTS {
            return Err(CliError::failed(format!(
                "{address}: expected at most {MAX_REDIRECTS} redirects, found more"
            ))
            .hint("fetch it with another program, and record its file"));
        }
        let next = url.join(&location).map_err(|_| {
            CliError::failed(format!(
                "{url}: expected an address to be sent to, found {location:?}"
            ))
        })?;
        url = read_address(next.as_str())?;
    }
}

/// Reads the certificates of a file.
fn read_authorities(path: &Path) -> Result<RootCerts, CliError> {
    let bytes = read_input(path)?;
    let refused = |found: &str| {
        CliError::refused(format!(
            "{}: expected certificates in PEM (-----BEGIN CERTIFICATE-----), found {found}",
            path.display()
        ))
        .hint("`openssl x509 -in FILE -out FILE.pem` writes one so")
    };
    let mut certificates = Vec::new();
    for item in parse_pem(&bytes) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            // Whatever else stands there vouches for nobody.
            Ok(_) => {}
            Err(_) => return Err(refused("damaged PEM")),
        }
    }
    match certificates.is_empty() {
        true => Err(refused("none")),
        false => Ok(RootCerts::from(certificates)),
    }
}

fn read_address(address: &str) -> Result<Url, CliError> {
    let expected =
        "expected an address that begins with http:// or https://, without a name and password";
    let refused = || CliError::refused(format!("{expected}, found {address}"));
    let mut url = Url::parse(address).map_err(|_| refused())?;
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none();
    if !is_plain {
        return Err(refused());
    }
    // It is the reader's, and not sent.
    url.set_fragment(None);
    Ok(url)
}

/// What one address answered.
struct HttpAnswer {
    status: u16,
    /// Where it sends.
    location: Option<String>,
    body: Vec<u8>,
}

/// Asks one address. Returns what went over the line, and what it says.
fn ask(
    url: &Url,
    options: &FetchOptions,
    authorities: &RootCerts,
    now: Timestamp,
) -> Result<(Exchange, HttpAnswer), CliError> {
    let tape = Arc::new(Mutex::new(Tape::default()));
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .proxy(None)
        .tls_config(TlsConfig::builder().root_certs(authorities.clone()).build())
        .max_response_header_size(64 * 1024)
        .user_agent(concat!("provenance-ledger/", env!("CARGO_PKG_VERSION")))
        .build();
    let connector = DefaultConnector::default().chain(Recorder(tape.clone()));
    let resolver = Guard {
        allow_private: options.allow_private,
    };
    let agent = ureq::Agent::with_parts(config, connector, resolver);
    let failed = |error: ureq::Error| {
        match &error {
        ureq::Error::Io(cause) if cause.kind() == io::ErrorKind::PermissionDenied => {
            CliError::refused(format!("{url}: {cause}"))
                .hint("nothing was sent there; add --allow-private if this is what you want")
        }
        // What TLS finds wrong comes as an error of the line.
        ureq::Error::Io(cause) if cause.to_string().contains("peer certificate") => {
            CliError::failed(format!(
                "{url}: expected a certificate for this name by an authority that is trusted, found {cause}"
            ))
            .hint("nothing was sent there; where your company signs in place of servers, name its authority with --ca FILE")
        }
        _ => CliError::failed(format!("no answer from {url}: {error}")),
    }
    };
    let request = agent
        .get(url.as_str())
        .header("accept-encoding", "identity");
    let mut response = request
        .header("connection", "close")
        .call()
        .map_err(failed)?;
    let status = response.status().as_u16();
    let location = response.headers().get("location");
    let location = location.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let location = location.filter(|_| matches!(status, 301 | 302 | 303 | 307 | 308));
    let limit = match location {
        Some(_) => MAX_REDIRECT_LEN,
        None => MAX_ANSWER_LEN,
    };
    let body = response.body_mut().with_config().limit(limit as u64);
    let body = body.read_to_vec().map_err(failed)?;
    let tape = tape.lock().unwrap_or_else(PoisonError::into_inner);
    let exchange = Exchange {
        url: url.to_string(),
        time: now,
        request: tape.sent.clone(),
        response: tape.received.clone(),
    };
    let answer = HttpAnswer {
        status,
        location,
        body,
    };
    Ok((exchange, answer))
}

/// Resolves names, and lets through what is an address of the public network.
#[derive(Debug)]
struct Guard {
    allow_private: bool,
}

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        if self.allow_private {
            return Ok(found);
        }
        let mut public = self.empty();
        for address in found.iter().filter(|address| is_public(address.ip())) {
            public.push(*address);
        }
        if public.is_empty() {
            let names: Vec<String> = found
                .iter()
                .map(|address| address.ip().to_string())
                .collect();
            return Err(ureq::Error::Io(io::Error::new(
                io::ErrorKind::PermissionDenied,
                format!(
                    "expected an address of the public network, found {}",
                    names.join(", ")
                ),
            )));
        }
        Ok(public)
    }
}

/// Tells whether an address may be anybody's on the public network.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// By the registry of special-purpose addresses (RFC 6890 and after).
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = matches!(a, 0 | 10 | 127 | 224..=255)
        || (a == 100 && (64..128).contains(&b))
        || (a == 169 && b == 254)
        || (a == 172 && (16..32).contains(&b))
        || (a == 192 && b == 168)
        || (a == 192 && b == 0 && (c == 0 || c == 2))
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19))
        || (a == 198 && b == 51 && c == 100)
        || (a == 203 && b == 0 && c == 113);
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let parts = address.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        Ipv4Addr::new(a, b, c, d)
    };
    match parts {
        // An IPv4 address in other clothes: mapped, translated, 6to4.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            is_public_v4(embedded(high, low))
        }
        [0x2002, high, low, ..] => is_public_v4(embedded(high, low)),
        // Teredo, ORCHID and other protocol assignments; documentation.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        // Only this eighth is given out as public addresses.
        [first, ..] => (0x2000..0x4000).contains(&first),
    }
}

/// What went over one line.
#[derive(Debug, Default)]
struct Tape {
    sent: Vec<u8>,
    received: Vec<u8>,
}

/// Puts a tape into each connection, above TLS.
#[derive(Debug)]
struct Recorder(Arc<Mutex<Tape>>);

impl<In: Transport> Connector<In> for Recorder {
    type Out = Taped<In>;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Taped<In>>, ureq::Error> {
        Ok(chained.map(|line| Taped {
            line,
            tape: self.0.clone(),
        }))
    }
}

/// A connection with a tape in it.
#[derive(Debug)]
struct Taped<T> {
    line: T,
    tape: Arc<Mutex<Tape>>,
}

impl<T: Transport> Transport for Taped<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.line.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        let bytes = self
            .line
            .buffers()
            .output()
            .get(..amount)
            .unwrap_or_default()
            .to_vec();
        let mut tape = self.tape.lock().unwrap_or_else(PoisonError::into_inner);
        tape.sent.extend(bytes);
        drop(tape);
        self.line.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        let before = self.line.buffers().input().len();
        let more = self.line.await_input(timeout)?;
        let bytes = self
            .line
            .buffers()
            .input()
            .get(before..)
            .unwrap_or_default()
            .to_vec();
        let mut tape = self.tape.lock().unwrap_or_else(PoisonError::into_inner);
        // Chunks cost more than what is in them; the limit on the body ends the rest.
        if tape.received.len() + bytes.len() > 2 * MAX_ANSWER_LEN {
            return Err(ureq::Error::BodyExceedsLimit(MAX_ANSWER_LEN as u64));
        }
        tape.received.extend(bytes);
        Ok(more)
    }

    fn is_open(&mut self) -> bool {
        self.line.is_open()
    }

    fn is_tls(&self) -> bool {
        self.line.is_tls()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_this_network_are_told_from_public_ones() {
        for private in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2002:a00:1::",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "::127.0.0.1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in [
            "1.1.1.1",
            "100.63.0.1",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.1.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "::ffff:1.1.1.1",
            "2a00:1450::1",
            "2001:4860::8888",
            "64:ff9b::101:101",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn addresses_are_read_as_browsers_read_them() {
        let read = |address: &str| read_address(address).map(|url| url.to_string()).ok();
        assert_eq!(
            read("http://0x7f.1/a#b").as_deref(),
            Some("http://127.0.0.1/a")
        );
        for refused in [
            "ftp://a.example/",
            "http://ada:secret@a.example/",
            "file:///etc/passwd",
            "http://",
        ] {
            assert_eq!(read(refused), None, "{refused}");
        }
    }
}
