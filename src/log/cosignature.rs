//! Cosignatures: a witness's word, with the time, that a log has kept what it had.
//!
//! Follows C2SP [tlog-cosignature] v1.0.0, signature type 0x04 (Ed25519). A cosignature is one more
//! signature line of a checkpoint. It says that at this time the witness knew no larger tree of the
//! log, and that every tree it had seen before is the beginning of this one. What is signed is two lines,
//! `cosignature/v1` and the time, and the note's text after them. Keys of other types are unknown
//! here, and their lines ignored.
//!
//! The witness must check the log's signature and the consistency of its trees before it signs; here
//! are only the bytes.
//!
//! [tlog-cosignature]: https://c2sp.org/tlog-cosignature@v1.0.0

use super::note::{NoteError, NoteSignature, SignedNote};
use super::verifier_key::{NamedKey, VerifierKeyError};
use crate::sign::SecretKey;

/// The key of a witness: signature type 0x04, Ed25519 over a time and the text.
pub type WitnessKey = NamedKey<0x04>;

/// Latest time of a cosignature, in seconds after 1970-01-01T00:00:00Z: 2^63 - 1.
pub const MAX_TIME: u64 = (1 << 63) - 1;

/// A cosignature that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosignature {
    /// The key that cosigned.
    pub witness: WitnessKey,
    /// When, by the witness's clock: seconds after 1970-01-01T00:00:00Z, at most [`MAX_TIME`].
    pub time: u64,
}

/// A witness's secret key, which cosigns checkpoints under a name.
#[derive(Debug)]
pub struct WitnessSigner {
    key: WitnessKey,
    secret: SecretKey,
}

impl WitnessSigner {
    /// Makes a signer of a secret key, which must not sign anything but cosignatures.
    ///
    /// # Errors
    ///
    /// [`VerifierKeyError::Name`] unless the name is [valid](super::is_valid_key_name).
    pub fn new(name: &str, secret: SecretKey) -> Result<Self, VerifierKeyError> {
        Ok(WitnessSigner {
            key: WitnessKey::new(name, secret.public())?,
            secret,
        })
    }

    /// Returns the key by which others check what this one signed.
    pub fn key(&self) -> &WitnessKey {
        &self.key
    }

    /// Cosigns a note at `time`, in seconds after 1970-01-01T00:00:00Z.
    ///
    /// The same note and time give the same line. [`SignedNote::with_signatures`] adds it to the note.
    ///
    /// # Errors
    ///
    /// [`NoteError::CosignatureTime`] after [`MAX_TIME`].
    pub fn cosign(&self, note: &SignedNote, time: u64) -> Result<NoteSignature, NoteError> {
        let signature = self.secret.sign(&signed_bytes(note, &self.key, time)?);
        let mut blob = time.to_be_bytes().to_vec();
        blob.extend_from_slice(&signature);
        Ok(NoteSignature {
            name: self.key.name().to_owned(),
            key_id: self.key.key_id(),
            blob,
        })
    }
}

impl NoteSignature {
    /// Returns the time that the line states if it is a cosignature, in seconds after
    /// 1970-01-01T00:00:00Z. Whether it is one, and of whom, is not checked.
    pub fn stated_time(&self) -> Option<u64> {
        let (time, _) = self.blob.split_first_chunk()?;
        Some(u64::from_be_bytes(*time))
    }
}

impl SignedNote {
    /// Checks the cosignatures of known witnesses, and returns one for each witness that cosigned, in the
    /// order of `witnesses`.
    ///
    /// A line belongs to a witness if name and id are the key's. Lines of other keys are ignored, and
    /// there may be no known one: who must have cosigned is for a [`Policy`](super::Policy) to say.
    /// Every line of a known witness must fit. Of several by the same witness the latest is returned.
    ///
    /// # Errors
    ///
    /// [`NoteError::BadSignature`] if a line of a known witness does not fit,
    /// [`NoteError::CosignatureTime`] if its time is after [`MAX_TIME`].
    pub fn verify_cosignatures(
        &self,
        witnesses: &[WitnessKey],
    ) -> Result<Vec<Cosignature>, NoteError> {
        let mut cosignatures = Vec::new();
        for witness in witnesses {
            let mut latest = None;
            for line in self.lines_of(witness) {
                latest = latest.max(Some(verify_line(self, line, witness)?));
            }
            cosignatures.extend(latest.map(|time| Cosignature {
                witness: witness.clone(),
                time,
            }));
        }
        Ok(cosignatures)
    }
}

/// Checks a witness's line, and returns its time.
fn verify_line(
    note: &SignedNote,
    line: &NoteSignature,
    witness: &WitnessKey,
) -> Result<u64, NoteError> {
    let timed = line.blob.split_first_chunk();
    let (time, signature) = timed.ok_or_else(|| line.does_not_fit())?;
    let time = u64::from_be_bytes(*time);
    let signed = signed_bytes(note, witness, time)?;
    line.check(witness.public(), &signed, signature)?;
    Ok(time)
}

/// The signed message (tlog-cosignature, "Signed message").
fn signed_bytes(note: &SignedNote, witness: &WitnessKey, time: u64) -> Result<Vec<u8>, NoteError> {
    if time > MAX_TIME {
        return Err(NoteError::CosignatureTime {
            name: witness.name().to_owned(),
            found: time,
        });
    }
    Ok(format!("cosignature/v1\ntime {time}\n{}", note.text()).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::{NoteSigner, VerifierKey};

    fn witness(seed: u8) -> WitnessSigner {
        WitnessSigner::new("witness.example", SecretKey::from_seed(&[seed; 32])).unwrap()
    }

    fn note() -> SignedNote {
        let log = NoteSigner::new("log.example", SecretKey::from_seed(&[1; 32])).unwrap();
        log.sign("log.example\n").unwrap()
    }

    #[test]
    fn key_of_a_log_is_no_key_of_a_witness() {
        let log = VerifierKey::new("a", SecretKey::from_seed(&[1; 32]).public()).unwrap();
        let error = log.to_string().parse::<WitnessKey>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected a key of type 0x04 (Ed25519 cosignature, as a witness signs), \
             found one of type 0x01 (Ed25519, as a log signs)"
        );
        let witness = WitnessKey::new("a", *log.public()).unwrap();
        assert_ne!(witness.key_id(), log.key_id());
        assert!(witness.to_string().parse::<VerifierKey>().is_err());
    }

    #[test]
    fn cosigned_note_still_has_the_signature_of_its_log() {
        let (log, witness) = (note(), witness(2));
        let line = witness.cosign(&log, 5).unwrap();
        let cosigned = log.clone().with_signatures([line]).unwrap();
        assert_eq!(cosigned.text(), log.text());
        assert_eq!(cosigned.signatures()[0], log.signatures()[0]);
        let keys = [witness.key().clone()];
        assert_eq!(
            cosigned.verify_cosignatures(&keys).unwrap(),
            [Cosignature {
                witness: keys[0].clone(),
                time: 5
            }]
        );
        assert_eq!(log.verify_cosignatures(&keys), Ok(Vec::new()));
        assert_eq!(cosigned.verify_cosignatures(&[]), Ok(Vec::new()));
    }

    #[test]
    fn witness_that_cosigned_again_counts_once_with_its_latest_time() {
        let (one, two) = (witness(1), witness(2));
        let lines = [(&two, 7), (&one, 9), (&two, 8), (&one, 3)]
            .map(|(witness, time)| witness.cosign(&note(), time).unwrap());
        let cosigned = note().with_signatures(lines).unwrap();
        let keys = [one.key().clone(), two.key().clone()];
        let found = cosigned.verify_cosignatures(&keys).unwrap();
        let times: Vec<u64> = found.iter().map(|cosignature| cosignature.time).collect();
        assert_eq!(times, [9, 8]);
    }

    #[test]
    fn cosignature_has_a_time_within_63_bits() {
        let witness = witness(2);
        assert!(witness.cosign(&note(), MAX_TIME).is_ok());
        for time in [MAX_TIME + 1, u64::MAX] {
            assert_eq!(
                witness.cosign(&note(), time),
                Err(NoteError::CosignatureTime {
                    name: "witness.example".to_owned(),
                    found: time
                })
            );
        }
    }
}
