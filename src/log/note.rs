//! Signed notes: text, and lines with signatures over it.
//!
//! Follows C2SP [signed-note] v1.0.0. Text and signatures are separated by the last blank line; what is
//! signed is the text with its final line feed. A note that is read here is written again as the same
//! bytes: base64 with other unused bits is refused, and so are control characters, a carriage
//! return among them. Nothing in a note may be believed before [`SignedNote::verify`].
//!
//! [signed-note]: https://c2sp.org/signed-note@v1.0.0

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::cosignature::MAX_TIME;
use super::line::excerpt;
use super::verifier_key::{NamedKey, VerifierKey, VerifierKeyError, is_valid_key_name};
use crate::sign::{PublicKey, SecretKey};

/// Most bytes of a note, signature lines included: 1 MiB.
pub const MAX_NOTE_LEN: usize = 1 << 20;

/// Most signature lines of a note. The specification asks for at least 16.
pub const MAX_SIGNATURES: usize = 100;

/// Text with signatures, which may be anybody's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line of a note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the key that is said to have signed.
    pub name: String,
    /// Id of that key.
    pub key_id: u32,
    /// What the key's type defines; for Ed25519 the 64 bytes of the signature.
    pub blob: Vec<u8>,
}

/// A secret key that signs notes under a name.
#[derive(Debug)]
pub struct NoteSigner {
    key: VerifierKey,
    secret: SecretKey,
}

/// Why a text is not a signed note, or its signatures do not stand for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("expected a note of at most {MAX_NOTE_LEN} bytes, found {found}")]
    TooLong { found: usize },
    #[error("found the control character {found:?} at byte {offset} of the note")]
    ControlCharacter { offset: usize, found: char },
    #[error("expected a text that ends with a line feed")]
    TextEnd,
    #[error("expected a blank line and signature lines after the text")]
    NoSignatures,
    #[error("expected at most {MAX_SIGNATURES} signature lines, found {found}")]
    TooManySignatures { found: usize },
    #[error("expected a signature line (\"— name base64\"), found {found:?}")]
    SignatureLine { found: String },
    #[error("the signature by {name:?} (key id {key_id:08x}) does not fit the note")]
    BadSignature { name: String, key_id: u32 },
    #[error("the note has no signature by a known key")]
    NoKnownKey,
    #[error(
        "expected the cosignature by {name:?} at most {MAX_TIME} seconds after 1970, found {found}"
    )]
    CosignatureTime { name: String, found: u64 },
}

impl SignedNote {
    /// Returns the text, with its final line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the signatures, in the order of their lines; there is at least one.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Adds signature lines after those that the note has. One that it has already is not added again.
    ///
    /// # Errors
    ///
    /// [`NoteError`] if the note could not be read again: [`TooManySignatures`](NoteError::TooManySignatures),
    /// [`TooLong`](NoteError::TooLong), or [`SignatureLine`](NoteError::SignatureLine) for a line with a
    /// name that no key can have or without a signature.
    pub fn with_signatures(
        mut self,
        lines: impl IntoIterator<Item = NoteSignature>,
    ) -> Result<Self, NoteError> {
        for line in lines {
            if !line.is_well_formed() {
                return Err(signature_line(&line.to_string()));
            }
            if !self.signatures.contains(&line) {
                self.signatures.push(line);
            }
            check_count(self.signatures.len())?;
        }
        check_note(&self.to_string())?;
        Ok(self)
    }

    /// Leaves out the lines of all keys but these, which can be anybody's.
    ///
    /// # Errors
    ///
    /// [`NoteError::NoKnownKey`] if no line would be left.
    pub fn only_lines_of(mut self, keys: &[VerifierKey]) -> Result<Self, NoteError> {
        self.signatures
            .retain(|line| keys.iter().any(|key| line.is_of(key)));
        match self.signatures.is_empty() {
            true => Err(NoteError::NoKnownKey),
            false => Ok(self),
        }
    }

    /// Checks the signatures by known keys, and returns the keys that signed.
    ///
    /// A line belongs to a key if name and id are the key's. Lines of other keys are ignored. Every line of
    /// a known key must fit, also where two keys share name and id, or a key stands on two lines.
    ///
    /// # Errors
    ///
    /// [`NoteError::BadSignature`] if one line of a known key does not fit; [`NoteError::NoKnownKey`] if
    /// there is none.
    pub fn verify<'k>(&self, keys: &'k [VerifierKey]) -> Result<Vec<&'k VerifierKey>, NoteError> {
        let mut signed = Vec::new();
        for key in keys {
            let mut lines = self.lines_of(key).peekable();
            if lines.peek().is_some() {
                signed.push(key);
            }
            for line in lines {
                line.check(key.public(), self.text.as_bytes(), &line.blob)?;
            }
        }
        if signed.is_empty() {
            return Err(NoteError::NoKnownKey);
        }
        Ok(signed)
    }

    /// Returns the lines that belong to a key: those with its name and its id.
    pub(super) fn lines_of<const TYPE: u8>(
        &self,
        key: &NamedKey<TYPE>,
    ) -> impl Iterator<Item = &NoteSignature> {
        self.signatures.iter().filter(|line| line.is_of(key))
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures
            .iter()
            .try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for SignedNote {
    type Err = NoteError;

    fn from_str(note: &str) -> Result<Self, NoteError> {
        check_note(note)?;
        // The text keeps the first of the two line feeds.
        let blank_line = note.rfind("\n\n").ok_or(NoteError::NoSignatures)? + 1;
        let (text, lines) = (&note[..blank_line], &note[blank_line + 1..]);
        if lines.is_empty() {
            return Err(NoteError::NoSignatures);
        }
        let lines = lines
            .strip_suffix('\n')
            .ok_or_else(|| signature_line(lines.rsplit('\n').next().unwrap_or_default()))?;
        check_count(lines.split('\n').count())?;
        Ok(SignedNote {
            text: text.to_owned(),
            signatures: lines
                .split('\n')
                .map(str::parse)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl NoteSignature {
    /// Tells whether the line belongs to a key, by name and id. It need not be the key's signature.
    pub fn is_of<const TYPE: u8>(&self, key: &NamedKey<TYPE>) -> bool {
        self.name == key.name() && self.key_id == key.key_id()
    }

    fn is_well_formed(&self) -> bool {
        is_valid_key_name(&self.name) && !self.blob.is_empty()
    }

    /// Checks that the Ed25519 signature in this line is one of the key over these bytes.
    pub(super) fn check(
        &self,
        key: &PublicKey,
        signed: &[u8],
        signature: &[u8],
    ) -> Result<(), NoteError> {
        let signature = signature.try_into().map_err(|_| self.does_not_fit())?;
        key.verify(signed, signature)
            .map_err(|_| self.does_not_fit())
    }

    /// The error of a line that belongs to a known key, and is not its signature.
    pub(super) fn does_not_fit(&self) -> NoteError {
        NoteError::BadSignature {
            name: self.name.clone(),
            key_id: self.key_id,
        }
    }
}

impl fmt::Display for NoteSignature {
    /// Writes the line, without its line feed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut blob = self.key_id.to_be_bytes().to_vec();
        blob.extend_from_slice(&self.blob);
        write!(f, "— {} {}", self.name, STANDARD.encode(blob))
    }
}

impl FromStr for NoteSignature {
    type Err = NoteError;

    /// Reads a line without its line feed.
    fn from_str(line: &str) -> Result<Self, NoteError> {
        let wrong = || signature_line(line);
        let (name, blob) = line
            .strip_prefix("— ")
            .and_then(|rest| rest.split_once(' '))
            .ok_or_else(wrong)?;
        let blob = STANDARD.decode(blob).map_err(|_| wrong())?;
        let (key_id, signature) = blob.split_first_chunk().ok_or_else(wrong)?;
        let line = NoteSignature {
            name: name.to_owned(),
            key_id: u32::from_be_bytes(*key_id),
            blob: signature.to_vec(),
        };
        line.is_well_formed().then_some(line).ok_or_else(wrong)
    }
}

impl NoteSigner {
    /// Makes a signer of a secret key, which must not sign anything but notes.
    ///
    /// # Errors
    ///
    /// [`VerifierKeyError::Name`] unless the name is [valid](is_valid_key_name).
    pub fn new(name: &str, secret: SecretKey) -> Result<Self, VerifierKeyError> {
        Ok(NoteSigner {
            key: VerifierKey::new(name, secret.public())?,
            secret,
        })
    }

    /// Returns the key by which others check what this one signed.
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// Signs a text, which ends with a line feed. The same text gives the same note.
    ///
    /// # Errors
    ///
    /// [`NoteError`] if the note could not be read again: [`TextEnd`](NoteError::TextEnd),
    /// [`ControlCharacter`](NoteError::ControlCharacter), [`TooLong`](NoteError::TooLong).
    pub fn sign(&self, text: &str) -> Result<SignedNote, NoteError> {
        if !text.ends_with('\n') {
            return Err(NoteError::TextEnd);
        }
        let note = SignedNote {
            text: text.to_owned(),
            signatures: vec![NoteSignature {
                name: self.key.name().to_owned(),
                key_id: self.key.key_id(),
                blob: self.secret.sign(text.as_bytes()).to_vec(),
            }],
        };
        check_note(&note.to_string())?;
        Ok(note)
    }
}

fn check_note(note: &str) -> Result<(), NoteError> {
    if note.len() > MAX_NOTE_LEN {
        return Err(NoteError::TooLong { found: note.len() });
    }
    match note.char_indices().find(|&(_, c)| c < ' ' && c != '\n') {
        Some((offset, found)) => Err(NoteError::ControlCharacter { offset, found }),
        None => Ok(()),
    }
}

fn check_count(found: usize) -> Result<(), NoteError> {
    if found > MAX_SIGNATURES {
        return Err(NoteError::TooManySignatures { found });
    }
    Ok(())
}

fn signature_line(found: &str) -> NoteError {
    NoteError::SignatureLine {
        found: excerpt(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(name: &str) -> NoteSigner {
        NoteSigner::new(name, SecretKey::from_seed(&[1; 32])).unwrap()
    }

    /// A note with `lines` signature lines, of which the first is by [`signer`] `a`.
    fn note_with_lines(lines: usize) -> String {
        let mut note = signer("a").sign("text\n").unwrap().to_string();
        for _ in 1..lines {
            note.push_str("— b AAAAAAA=\n");
        }
        note
    }

    #[test]
    fn note_reads_what_it_signs() {
        let signer = signer("factdesk.example/2026");
        for text in [
            "a\n",
            "\n",
            "a\n\nb\n\n\n",
            "— a b\n",
            "\n— x AAAAAAA=\n\n",
            "ü\u{7f}\n",
        ] {
            let note = signer.sign(text).unwrap();
            let read: SignedNote = note.to_string().parse().unwrap();
            assert_eq!(read, note);
            assert_eq!(read.text(), text);
            let keys = [signer.key().clone()];
            assert_eq!(read.verify(&keys), Ok(vec![&keys[0]]));
        }
    }

    #[test]
    fn text_that_is_no_note_is_not_signed() {
        let signer = signer("a");
        assert_eq!(signer.sign("a"), Err(NoteError::TextEnd));
        assert_eq!(signer.sign(""), Err(NoteError::TextEnd));
        assert_eq!(
            signer.sign("a\r\n"),
            Err(NoteError::ControlCharacter {
                offset: 1,
                found: '\r'
            })
        );
        let long = "a".repeat(MAX_NOTE_LEN) + "\n";
        assert!(matches!(signer.sign(&long), Err(NoteError::TooLong { .. })));
    }

    #[test]
    fn limits_are_the_stated_ones() {
        let key = [signer("a").key().clone()];
        for lines in [1, 16, MAX_SIGNATURES] {
            let note: SignedNote = note_with_lines(lines).parse().unwrap();
            assert_eq!(note.signatures().len(), lines);
            assert!(note.verify(&key).is_ok());
        }
        assert_eq!(
            note_with_lines(MAX_SIGNATURES + 1).parse::<SignedNote>(),
            Err(NoteError::TooManySignatures {
                found: MAX_SIGNATURES + 1
            })
        );
        let long = "a".repeat(MAX_NOTE_LEN) + &note_with_lines(1);
        assert!(matches!(
            long.parse::<SignedNote>(),
            Err(NoteError::TooLong { .. })
        ));
    }

    #[test]
    fn line_that_stands_there_is_not_added_again() {
        let note: SignedNote = note_with_lines(2).parse().unwrap();
        let lines = note.signatures().to_vec();
        assert_eq!(note.clone().with_signatures(lines), Ok(note.clone()));
        let other = NoteSignature {
            blob: vec![1],
            ..note.signatures()[1].clone()
        };
        let more = note.with_signatures([other.clone(), other.clone()]);
        let more = more.unwrap();
        assert_eq!(more.signatures().len(), 3);
        assert_eq!(more.signatures()[2], other);
        assert_eq!(more.to_string().parse(), Ok(more));
    }

    #[test]
    fn line_that_could_not_be_read_again_is_not_added() {
        let note: SignedNote = note_with_lines(1).parse().unwrap();
        let line = |name: &str, len| NoteSignature {
            name: name.to_owned(),
            key_id: 0,
            blob: vec![0; len],
        };
        for line in [line("", 1), line("a b", 1), line("a\n", 1), line("a", 0)] {
            assert!(matches!(
                note.clone().with_signatures([line]),
                Err(NoteError::SignatureLine { .. })
            ));
        }
        assert!(matches!(
            note.clone().with_signatures([line("a", MAX_NOTE_LEN)]),
            Err(NoteError::TooLong { .. })
        ));
        // The note has one line already; the rest of the many is not looked at.
        let many = (1..).map(|len| line("a", len));
        assert_eq!(
            note.with_signatures(many),
            Err(NoteError::TooManySignatures {
                found: MAX_SIGNATURES + 1
            })
        );
    }

    #[test]
    fn line_belongs_to_a_key_by_name_and_id() {
        let note: SignedNote = note_with_lines(2).parse().unwrap();
        let known = signer("a").key().clone();
        let other_name = signer("b").key().clone();
        let other_key = NoteSigner::new("a", SecretKey::from_seed(&[2; 32])).unwrap();
        let strangers = [other_name, other_key.key().clone()];
        assert_eq!(note.verify(&strangers), Err(NoteError::NoKnownKey));
        assert_eq!(note.verify(&[]), Err(NoteError::NoKnownKey));
        let keys = [strangers.as_slice(), &[known]].concat();
        assert_eq!(note.verify(&keys), Ok(vec![&keys[2]]));
    }

    #[test]
    fn every_line_of_a_known_key_must_fit() {
        let key = signer("a").key().clone();
        let good = note_with_lines(1);
        for blob in [vec![0; 64], vec![0; 63], vec![0; 72]] {
            let line = NoteSignature {
                name: "a".to_owned(),
                key_id: key.key_id(),
                blob,
            };
            let note: SignedNote = format!("{good}{line}\n").parse().unwrap();
            assert_eq!(
                note.verify(std::slice::from_ref(&key)),
                Err(NoteError::BadSignature {
                    name: "a".to_owned(),
                    key_id: key.key_id()
                })
            );
        }
    }
}
