//! WARC files: what was asked of a server and what it answered, byte by byte.
//!
//! Follows WARC 1.1 (ISO 28500:2017). Reads files of others, also as gzip members; writes the request and the
//! response of one retrieval. Nothing is followed or fetched here.

use std::io::Read as _;

use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use crate::canonical::{Digest, Timestamp};
use crate::record::MAX_OBJECT_LEN;

/// Records of a file that are read.
pub const MAX_RECORDS: usize = 10_000;

/// The header of a record, or of an answer in it.
pub const MAX_HEADER_LEN: usize = 65_536;

/// One page of a WARC file, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    pub url: String,
    /// When it was retrieved, if the file says so in our form.
    pub retrieved: Option<Timestamp>,
    pub media_type: String,
    pub body: Vec<u8>,
}

/// Why a WARC file gives no page.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WarcError {
    #[error("expected a WARC record at byte {offset}, found {found}")]
    Damaged { offset: usize, found: String },
    #[error("expected a WARC file with at most {most} {what}, found more")]
    TooMuch { most: usize, what: &'static str },
    #[error("expected a page that a server answered with status 200, found {found}")]
    NoPage { found: String },
    #[error("expected one page, found {}: {}", urls.len(), urls.join(", "))]
    Several { urls: Vec<String> },
    #[error("the answer of {url}: {problem}")]
    Answer { url: String, problem: String },
}

/// Tells whether bytes begin as a WARC file, plain or as gzip.
pub fn looks_like_warc(bytes: &[u8]) -> bool {
    bytes.starts_with(b"WARC/1.")
        || (bytes.starts_with(b"\x1f\x8b") && {
            let mut start = [0; 7];
            MultiGzDecoder::new(bytes).read_exact(&mut start).is_ok()
                && start.starts_with(b"WARC/1.")
        })
}

/// Finds the page with this address, or the only page that there is.
///
/// # Errors
///
/// [`WarcError`] for what is no WARC file, and where there is no page or not one alone.
pub fn page(file: &[u8], url: Option<&str>) -> Result<Capture, WarcError> {
    let plain;
    let file = match file.starts_with(b"\x1f\x8b") {
        true => {
            plain = inflate(MultiGzDecoder::new(file))
                .map_err(|found| WarcError::Damaged { offset: 0, found })?;
            plain.as_slice()
        }
        false => file,
    };
    let mut passed_over = None;
    let mut pages = Vec::new();
    for record in Records::new(file) {
        let record = record?;
        let address = record.address();
        if url.is_some_and(|url| url != address) {
            continue;
        }
        match record.page_type() {
            Ok(Some(media_type)) => pages.push((record, media_type)),
            Ok(None) => {}
            Err(found) => passed_over = Some(found),
        }
    }
    // Bodies are decoded last, so that one is and not thousands.
    match pages.as_slice() {
        [(record, media_type)] => record.capture(media_type),
        [] => Err(WarcError::NoPage {
            found: passed_over.unwrap_or_else(|| "none".to_owned()),
        }),
        several => Err(WarcError::Several {
            urls: several
                .iter()
                .map(|(record, _)| record.address().to_owned())
                .take(10)
                .collect(),
        }),
    }
}

/// One record of a file.
struct WarcRecord<'a> {
    fields: Vec<(String, String)>,
    block: &'a [u8],
}

impl WarcRecord<'_> {
    fn field(&self, name: &str) -> Option<&str> {
        field(&self.fields, name)
    }

    fn address(&self) -> &str {
        let address = self.field("WARC-Target-URI").unwrap_or_default();
        address.trim_matches(['<', '>'])
    }

    fn is_answer(&self) -> bool {
        self.field("WARC-Type") == Some("response")
    }

    /// Returns the media type of the page in the record; `None` if there is no page in it. What a server answered
    /// instead of a page is an error.
    fn page_type(&self) -> Result<Option<String>, String> {
        let media_type = match self.field("WARC-Type") {
            Some("response") => HttpHeader::read(self.block)?.media_type().to_owned(),
            Some("resource") => self.field("Content-Type").unwrap_or_default().to_owned(),
            _ => return Ok(None),
        };
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        let is_page = [
            "text/html",
            "application/xhtml+xml",
            "text/plain",
            "text/markdown",
        ]
        .iter()
        .any(|page| essence.eq_ignore_ascii_case(page));
        Ok(is_page.then_some(media_type))
    }

    fn capture(&self, media_type: &str) -> Result<Capture, WarcError> {
        let body = match self.is_answer() {
            true => HttpHeader::read(self.block).and_then(|header| header.body(self.block)),
            false => Ok(self.block.to_vec()),
        };
        Ok(Capture {
            url: self.address().to_owned(),
            retrieved: self.field("WARC-Date").and_then(|date| date.parse().ok()),
            media_type: media_type.to_owned(),
            body: body.map_err(|problem| WarcError::Answer {
                url: self.address().to_owned(),
                problem,
            })?,
        })
    }
}

struct Records<'a> {
    file: &'a [u8],
    at: usize,
    count: usize,
}

impl<'a> Records<'a> {
    fn new(file: &'a [u8]) -> Self {
        Records {
            file,
            at: 0,
            count: 0,
        }
    }

    fn read(&mut self) -> Result<WarcRecord<'a>, WarcError> {
        self.count += 1;
        if self.count > MAX_RECORDS {
            return Err(WarcError::TooMuch {
                most: MAX_RECORDS,
                what: "records",
            });
        }
        let offset = self.at;
        let damaged = |found: &str| WarcError::Damaged {
            offset,
            found: found.to_owned(),
        };
        let rest = &self.file[offset..];
        if !rest.starts_with(b"WARC/1.") {
            return Err(damaged("other bytes"));
        }
        let (fields, header_len) = read_header(rest).map_err(|found| damaged(&found))?;
        let len = field(&fields, "Content-Length").and_then(|len| len.parse::<usize>().ok());
        let len = len.ok_or_else(|| damaged("a record without Content-Length"))?;
        let block = header_len
            .checked_add(len)
            .and_then(|end| rest.get(header_len..end));
        let block = block.ok_or_else(|| damaged("a record that is cut off"))?;
        self.at = offset + header_len + len;
        while self.file[self.at..].starts_with(b"\r\n") {
            self.at += 2;
        }
        Ok(WarcRecord { fields, block })
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<WarcRecord<'a>, WarcError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.file.len() {
            return None;
        }
        let record = self.read();
        if record.is_err() {
            self.at = self.file.len();
        }
        Some(record)
    }
}

/// The header of what a server answered with status 200.
struct HttpHeader {
    fields: Vec<(String, String)>,
    len: usize,
}

impl HttpHeader {
    fn read(bytes: &[u8]) -> Result<Self, String> {
        let status: Option<&[u8]> = bytes.strip_prefix(b"HTTP/").and_then(|rest| rest.get(4..7));
        let status = String::from_utf8_lossy(status.unwrap_or(b"none")).into_owned();
        if status != "200" {
            return Err(format!("status {status}"));
        }
        let (fields, len) = read_header(bytes)?;
        Ok(HttpHeader { fields, len })
    }

    fn media_type(&self) -> &str {
        field(&self.fields, "Content-Type").unwrap_or_default()
    }

    /// Returns the body that comes after the header, with its encodings undone.
    fn body(&self, answer: &[u8]) -> Result<Vec<u8>, String> {
        let mut body = answer[self.len..].to_vec();
        let codings = |name| {
            let listed = field(&self.fields, name)
                .unwrap_or_default()
                .to_ascii_lowercase();
            let codings = listed.split(',').map(|coding| coding.trim().to_owned());
            codings
                .filter(|c| !c.is_empty() && c != "identity")
                .collect::<Vec<_>>()
        };
        let applied = [codings("Content-Encoding"), codings("Transfer-Encoding")].concat();
        if applied.len() > MAX_CODINGS {
            return Err(format!(
                "expected at most {MAX_CODINGS} encodings, found {}",
                applied.len()
            ));
        }
        // What was applied last is undone first.
        for coding in applied.iter().rev() {
            body = match coding.as_str() {
                "chunked" => unchunk(&body)?,
                "gzip" | "x-gzip" => inflate(MultiGzDecoder::new(body.as_slice()))?,
                "deflate" => inflate(ZlibDecoder::new(body.as_slice()))
                    .or_else(|_| inflate(DeflateDecoder::new(body.as_slice())))?,
                other => {
                    let other: String = other.chars().take(20).collect();
                    return Err(format!(
                        "expected the encoding gzip, deflate or none, found {other}"
                    ));
                }
            };
        }
        Ok(body)
    }
}

/// Encodings of one answer upon each other.
const MAX_CODINGS: usize = 4;

fn field<'a>(fields: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = fields
        .iter()
        .find(|(found, _)| found.eq_ignore_ascii_case(name))?;
    Some(&found.1)
}

/// Reads lines `name: value` after a first line, up to an empty one. Returns them and where they end.
fn read_header(bytes: &[u8]) -> Result<(Vec<(String, String)>, usize), String> {
    let start = &bytes[..bytes.len().min(MAX_HEADER_LEN)];
    let end = start
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .ok_or("a header without an end")?;
    let text = String::from_utf8_lossy(&bytes[..end]);
    let fields = text.lines().skip(1).filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        Some((name.trim().to_owned(), value.trim().to_owned()))
    });
    Ok((fields.collect(), end + 4))
}

fn unchunk(mut bytes: &[u8]) -> Result<Vec<u8>, String> {
    const CUT_OFF: &str = "a chunk that is cut off";
    let mut out = Vec::new();
    loop {
        let line = bytes
            .windows(2)
            .take(1024)
            .position(|window| window == b"\r\n");
        let line = line.ok_or("expected a chunk, found none")?;
        let size =
            chunk_size(&bytes[..line]).ok_or("expected the size of a chunk, found other bytes")?;
        if size == 0 {
            return Ok(out);
        }
        let rest = &bytes[line + 2..];
        let (chunk, rest) = rest.split_at_checked(size).ok_or(CUT_OFF)?;
        out.extend_from_slice(chunk);
        bytes = rest.strip_prefix(b"\r\n").ok_or(CUT_OFF)?;
    }
}

/// Reads the size before a chunk: hexadecimal digits alone, where Rust would take a sign too.
fn chunk_size(line: &[u8]) -> Option<usize> {
    let size = line.split(|byte| *byte == b';').next()?.trim_ascii();
    let size = str::from_utf8(size).ok()?;
    let is_hex = size.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| usize::from_str_radix(size, 16).ok())?
}

fn inflate(reader: impl std::io::Read) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let mut bounded = reader.take(MAX_OBJECT_LEN as u64 + 1);
    bounded
        .read_to_end(&mut out)
        .map_err(|error| format!("compressed bytes that are damaged: {error}"))?;
    match out.len() > MAX_OBJECT_LEN {
        true => Err(format!(
            "more than {MAX_OBJECT_LEN} bytes when decompressed"
        )),
        false => Ok(out),
    }
}

/// One request and the answer to it, as they went over the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    pub url: String,
    pub time: Timestamp,
    /// The request with its header.
    pub request: Vec<u8>,
    /// The answer's status line and header, with the empty line at its end, and its body.
    pub response: Vec<u8>,
}

/// Writes exchanges as a WARC file: for each a request and a response record.
///
/// Record names come from the digests of what is in them, so the same exchange gives the same bytes.
pub fn write(exchanges: &[Exchange]) -> Vec<u8> {
    let mut out = Vec::new();
    for (number, exchange) in exchanges.iter().enumerate() {
        let name = |kind: &str, block: &[u8]| {
            let digest = Digest::of(block);
            let key = format!("{number}\n{kind}\n{}\n{digest}", exchange.time);
            let digest = Digest::of(key.as_bytes());
            let hex = base16ct::lower::encode_string(&digest.as_bytes()[..16]);
            // A UUID of version 8: its bits are our own.
            format!(
                "<urn:uuid:{}-{}-8{}-8{}-{}>",
                &hex[..8],
                &hex[8..12],
                &hex[13..16],
                &hex[17..20],
                &hex[20..32]
            )
        };
        let response = name("response", &exchange.response);
        let request = name("request", &exchange.request);
        for (kind, id, concurrent, block) in [
            ("response", &response, &request, &exchange.response),
            ("request", &request, &response, &exchange.request),
        ] {
            let payload_at = block
                .windows(4)
                .position(|w| w == b"\r\n\r\n")
                .map_or(block.len(), |at| at + 4);
            let header = format!(
                "WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: {id}\r\nWARC-Concurrent-To: {concurrent}\r\n\
                 WARC-Target-URI: {}\r\nWARC-Date: {}\r\nWARC-Block-Digest: sha256:{}\r\n\
                 WARC-Payload-Digest: sha256:{}\r\nContent-Type: application/http;msgtype={kind}\r\n\
                 Content-Length: {}\r\n\r\n",
                exchange.url,
                exchange.time,
                base32(Digest::of(block).as_bytes()),
                base32(Digest::of(&block[payload_at..]).as_bytes()),
                block.len()
            );
            out.extend_from_slice(header.as_bytes());
            out.extend_from_slice(block);
            out.extend_from_slice(b"\r\n\r\n");
        }
    }
    out
}

/// Base32 as in RFC 4648, which is how WARC tools write digests.
fn base32(bytes: &[u8]) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits = |i: usize| (bytes.get(i / 8).map_or(0, |b| b >> (7 - i % 8) & 1)) as usize;
    let count = (bytes.len() * 8).div_ceil(5);
    let mut out: String = (0..count)
        .map(|i| (0..5).fold(0, |value, bit| value << 1 | bits(i * 5 + bit)))
        .map(|value| char::from(letters[value]))
        .collect();
    while !out.len().is_multiple_of(8) {
        out.push('=');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(url: &str, response: &[u8]) -> Exchange {
        Exchange {
            url: url.to_owned(),
            time: "2026-06-04T08:00:00Z".parse().unwrap(),
            request: b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n".to_vec(),
            response: response.to_vec(),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let file = write(&[
            exchange("https://a.example/", b"HTTP/1.1 301 Moved\r\nLocation: /b\r\n\r\n"),
            exchange("https://a.example/b", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nyes\r\n0\r\n\r\n"),
        ]);
        let page = page(&file, None).unwrap();
        assert_eq!(
            (page.url.as_str(), page.body.as_slice()),
            ("https://a.example/b", &b"yes"[..])
        );
        assert_eq!(page.retrieved.unwrap().to_string(), "2026-06-04T08:00:00Z");
        assert_eq!(base32(b"foobar"), "MZXW6YTBOI======");
    }

    #[test]
    fn several_pages_are_none_until_an_address_says_which() {
        let html = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\nA page";
        let file = write(&[
            exchange("https://a.example/1", html),
            exchange("https://a.example/2", html),
        ]);
        assert!(matches!(page(&file, None), Err(WarcError::Several { .. })));
        assert_eq!(
            page(&file, Some("https://a.example/2")).unwrap().url,
            "https://a.example/2"
        );
        assert!(matches!(
            page(&file, Some("https://a.example/3")),
            Err(WarcError::NoPage { .. })
        ));
    }

    #[test]
    fn damaged_files_are_errors() {
        let html = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nyes\r\n0\r\n\r\n";
        let whole = write(&[exchange("https://a.example/", html)]);
        // A record is whole where its block ends; the empty lines after it may be missing.
        let answer = whole.windows(html.len()).position(|window| window == html);
        let (answer, request) = (answer.unwrap() + html.len(), whole.len() - 4);
        let ends = [answer, answer + 2, answer + 4, request, request + 2];
        for len in 0..whole.len() {
            let found = page(&whole[..len], None);
            assert_eq!(found.is_ok(), ends.contains(&len), "{len}: {found:?}");
        }
        let huge =
            b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 18446744073709551615\r\n\r\n";
        assert!(page(huge, None).is_err());
        for size in [
            "ffffffffffffffff",
            "ffffffffffffffed",
            "10000000000000000",
            "+3",
            "-3",
            "",
            "4",
        ] {
            let chunked = format!("{size}\r\nyes\r\n0\r\n\r\n");
            assert!(unchunk(chunked.as_bytes()).is_err(), "{size}");
            let chunked = format!("{size}\r\nyes");
            assert!(unchunk(chunked.as_bytes()).is_err(), "{size}");
        }
        assert_eq!(unchunk(b"3;last\r\nyes\r\n0\r\n\r\n").unwrap(), b"yes");
        // The end of a chunk is two bytes and no others.
        assert!(unchunk(b"3\r\nyes..0\r\n\r\n").is_err());
        let bomb = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nx";
        assert!(page(&write(&[exchange("https://a.example/", bomb)]), None).is_err());
    }
}
