//! Images as sources: known by their bytes, kept under their digest, and what their Content Credentials say.
//!
//! The images are made here, a few pixels each. Those with Content Credentials are signed here too, with certificates that
//! are made for it: `cargo test --features c2pa --test images`.

mod support;

use std::io::Write as _;

use flate2::Crc;
use flate2::write::ZlibEncoder;
use ledger::canonical::Digest;
use ledger::ingest::credentials::MAX_IMAGE_LEN;
use serde_json::Value;
use support::desk::Desk;

/// A grey image of 16 × 16 pixels.
fn png() -> Vec<u8> {
    let mut pixels = ZlibEncoder::new(Vec::new(), flate2::Compression::none());
    for row in 0..16_u8 {
        pixels.write_all(&[0]).unwrap();
        let line: Vec<u8> = (0..16).map(|column| row * 16 + column).collect();
        pixels.write_all(&line).unwrap();
    }
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = [0, 0, 0, 16, 0, 0, 0, 16, 8, 0, 0, 0, 0];
    bytes.extend(chunk(b"IHDR", &header));
    bytes.extend(chunk(b"IDAT", &pixels.finish().unwrap()));
    bytes.extend(chunk(b"IEND", b""));
    bytes
}

fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(data.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend(name);
    bytes.extend(data);
    let mut crc = Crc::new();
    crc.update(&bytes[4..]);
    bytes.extend(crc.sum().to_be_bytes());
    bytes
}

/// Puts a chunk before the pixels.
#[cfg(feature = "c2pa")]
fn with_chunk(png: &[u8], name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let header_end = 8 + 25;
    [&png[..header_end], &chunk(name, data), &png[header_end..]].concat()
}

/// A grey JPEG of 8 × 8 pixels.
fn jpeg() -> Vec<u8> {
    let mut bytes = b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0".to_vec();
    bytes.extend(b"\xff\xdb\0\x43\0");
    bytes.extend([1; 64]);
    bytes.extend(b"\xff\xc0\0\x0b\x08\0\x08\0\x08\x01\x01\x11\0");
    // One code of one bit in each table: no difference, no coefficients.
    for class in [0x00, 0x10] {
        bytes.extend(b"\xff\xc4\0\x14");
        bytes.push(class);
        bytes.extend([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    }
    bytes.extend(b"\xff\xda\0\x08\x01\x01\0\0\x3f\0\x3f\xff\xd9");
    bytes
}

fn add(desk: &Desk, file: &str, more: &[&str]) -> (Value, String) {
    let words = [
        "add", "source", file, "--title", file, "--level", "primary", "--as", "ada", "--json",
    ];
    let output = desk.run(&[&words[..], more].concat());
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    (serde_json::from_slice(&output.stdout).unwrap(), stderr)
}

fn snapshot(desk: &Desk, added: &Value) -> Value {
    let shown = desk.ok(&["show", added["hash"].as_str().unwrap()]);
    shown["record"]["content"]["snapshot"].clone()
}

#[test]
fn image_is_known_by_its_bytes_and_kept_under_their_digest() {
    let desk = Desk::founded();
    for (name, bytes, media_type) in [
        ("photo.png", png(), "image/png"),
        ("photo.jpg", jpeg(), "image/jpeg"),
        ("jpeg-called.png", jpeg(), "image/jpeg"),
        ("no-name", png(), "image/png"),
        (
            "page-called.png",
            b"No image at all.\n".to_vec(),
            "text/plain;charset=utf-8",
        ),
    ] {
        desk.write(name, &bytes);
        let (added, _) = add(&desk, name, &[]);
        let kept = snapshot(&desk, &added);
        let digest = Digest::of(&bytes).to_string();
        assert_eq!(kept["digest"], digest.as_str(), "{name}");
        assert_eq!(kept["mediaType"], media_type, "{name}");
        assert_eq!(desk.object(&digest), bytes, "{name}");
    }
    assert!(desk.findings().is_empty());
}

#[test]
fn image_that_is_too_large_to_be_read_is_recorded_and_what_it_says_is_unknown() {
    let desk = Desk::founded();
    let mut image = jpeg();
    image.resize(MAX_IMAGE_LEN + 1, 0);
    desk.write("large.jpg", &image);
    let (added, told) = add(&desk, "large.jpg", &[]);
    assert!(snapshot(&desk, &added).get("credentials").is_none());
    assert!(told.contains("Content Credentials were not read"), "{told}");
}

#[cfg(not(feature = "c2pa"))]
#[test]
fn build_without_the_feature_says_that_nothing_was_read() {
    let desk = Desk::founded();
    desk.write("photo.png", png());
    let (added, told) = add(&desk, "photo.png", &[]);
    // Unknown is not "none".
    assert!(added.get("credentials").is_none());
    assert!(snapshot(&desk, &added).get("credentials").is_none());
    let line = told.trim_end();
    assert!(
        line.contains("were not read") && line.contains("--features c2pa") && !line.contains('\n'),
        "{told}"
    );
    // Of a page there is nothing to say.
    desk.write("page.txt", "Words.\n");
    assert_eq!(add(&desk, "page.txt", &[]).1, "");

    let before = desk.head();
    for words in [
        &["credentials", "photo.png"][..],
        &["credentials", "none.png"],
        &[
            "add",
            "source",
            "photo.png",
            "--title",
            "A photo",
            "--level",
            "primary",
            "--as",
            "ada",
            "--trust-anchors",
            "list.pem",
        ],
    ] {
        let refused = desk.fails(words, 3);
        assert!(
            refused.contains("was built without") && refused.contains("--features c2pa"),
            "{refused}"
        );
    }
    assert_eq!(desk.head(), before);
}

#[cfg(feature = "c2pa")]
#[path = "images/signed.rs"]
mod signed;
