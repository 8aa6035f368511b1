//! Images by their first bytes: a file's name and what a server calls it may be wrong.

/// An image, known by its first bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image<'a> {
    pub bytes: &'a [u8],
    pub media_type: &'static str,
}

impl<'a> Image<'a> {
    /// Returns the image that these bytes are, if they are one.
    pub fn of(bytes: &'a [u8]) -> Option<Self> {
        let media_type = media_type(bytes)?;
        Some(Image { bytes, media_type })
    }
}

/// Tells which image begins with these bytes, if one does.
pub fn media_type(bytes: &[u8]) -> Option<&'static str> {
    let starts = |with: &[u8]| bytes.starts_with(with);
    let has_at = |at: usize, word: &[u8]| bytes.get(at..at + word.len()) == Some(word);
    if starts(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if starts(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if starts(b"GIF87a") || starts(b"GIF89a") {
        Some("image/gif")
    } else if starts(b"RIFF") && has_at(8, b"WEBP") {
        Some("image/webp")
    } else if starts(b"II*\0") || starts(b"MM\0*") {
        Some("image/tiff")
    } else if starts(b"\0\0\0\x0cJXL \r\n\x87\n") {
        Some("image/jxl")
    } else if has_at(4, b"ftyp") {
        match bytes.get(8..12)? {
            b"avif" | b"avis" => Some("image/avif"),
            b"heic" | b"heix" | b"heim" | b"heis" => Some("image/heic"),
            b"mif1" | b"msf1" => Some("image/heif"),
            // Moving pictures are kept in the same container.
            _ => None,
        }
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_known_by_their_first_bytes() {
        for (start, expected) in [
            (&b"\xff\xd8\xff\xe0\0\x10JFIF"[..], Some("image/jpeg")),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Some("image/png")),
            (b"GIF89a\x01\0\x01\0", Some("image/gif")),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"RIFF\x10\0\0\0WAVEfmt ", None),
            (b"MM\0*\0\0\0\x08", Some("image/tiff")),
            (b"\0\0\0\x20ftypavif\0\0\0\0", Some("image/avif")),
            (b"\0\0\0\x18ftypmp42\0\0\0\0", None),
            (b"\x89PNG\r\n", None),
            (b"\0\0\0\x20ftyp", None),
            (b"", None),
        ] {
            assert_eq!(media_type(start), expected, "{start:?}");
        }
    }
}
