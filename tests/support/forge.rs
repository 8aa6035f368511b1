//! A log that is written without asking anybody: every record, signature and checkpoint as a test wants it, and the
//! same bytes each time.

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use ledger::bundle::{Bundle, Item};
use ledger::canonical::{Digest, Timestamp, json};
use ledger::log::{
    Checkpoint, Entry, Frontier, Hash, NoteSigner, SignedNote, inclusion_proof, leaf_hash,
};
use ledger::sign::{Did, Proof, SecretKey};
use ledger::store::{Object, StoredEntry};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha512};

pub const ORIGIN: &str = "forged.example/1";
pub const NOW: &str = "2026-11-20T10:00:00Z";

/// The keys of the owner, of an editor, and of the log.
pub const ADA: u8 = 1;
pub const BEN: u8 = 2;
pub const LOG: u8 = 200;

pub fn key(n: u8) -> SecretKey {
    SecretKey::from_seed(&[n; 32])
}

pub fn did(n: u8) -> String {
    key(n).public().did().to_string()
}

/// [`NOW`], read.
pub fn now() -> Timestamp {
    NOW.parse().expect("a time")
}

pub fn log_signer(n: u8) -> NoteSigner {
    NoteSigner::new(ORIGIN, key(n)).expect("a good name")
}

pub fn log_key() -> String {
    log_signer(LOG).key().to_string()
}

/// A record and its entry, before they are written.
#[derive(Clone)]
pub struct Draft {
    pub record: Value,
    /// The entry's kind and index where they are to differ from the record's type and the place.
    pub kind: Option<String>,
    pub index: Option<u64>,
    pub recorded: &'static str,
    pub proof: Signing,
}

/// Who signs a draft, and how.
#[derive(Clone)]
pub enum Signing {
    Soundly {
        signer: u8,
        created: &'static str,
    },
    /// With this change to the signature's bytes.
    Changed(fn(&mut [u8; 64])),
    /// By ada, with the identity for `R`: the equation holds.
    WithIdentityForR,
    /// By a key that is this point of small order added to ada's: the equation holds.
    ByWeakKey {
        torsion: usize,
    },
}

pub fn draft(kind: &str, content: Value, signer: u8) -> Draft {
    Draft {
        record: json!({
            "type": kind,
            "version": 1,
            "ledger": ORIGIN,
            "editor": did(signer),
            "created": NOW,
            "salt": "00112233445566778899aabbccddeeff",
            "content": content,
        }),
        kind: None,
        index: None,
        recorded: NOW,
        proof: Signing::Soundly {
            signer,
            created: NOW,
        },
    }
}

/// Ada's key, or the identity where `alone`, with a point of small order added.
pub fn weak_key(torsion: usize) -> Did {
    let bytes = weak_point(torsion).compress().to_bytes();
    Did::from_bytes(bytes)
}

fn ada_scalar() -> Scalar {
    let hash = Sha512::digest([ADA; 32]);
    let half: [u8; 32] = hash[..32].try_into().expect("32 of 64 bytes");
    Scalar::from_bytes_mod_order(curve25519_dalek::scalar::clamp_integer(half))
}

fn weak_point(torsion: usize) -> EdwardsPoint {
    ED25519_BASEPOINT_POINT * ada_scalar() + EIGHT_TORSION[torsion]
}

fn challenge(r: &EdwardsPoint, key: &[u8; 32], message: &[u8]) -> Scalar {
    let hash = Sha512::new()
        .chain_update(r.compress().as_bytes())
        .chain_update(key)
        .chain_update(message);
    Scalar::from_bytes_mod_order_wide(&hash.finalize().into())
}

fn signature(r: &EdwardsPoint, s: &Scalar) -> [u8; 64] {
    let mut bytes = [0; 64];
    bytes[..32].copy_from_slice(r.compress().as_bytes());
    bytes[32..].copy_from_slice(s.as_bytes());
    bytes
}

impl Signing {
    fn sign(&self, record: &Digest) -> Proof {
        let mut proof = Proof::sign(record, &key(ADA), now());
        let message = proof.signed_bytes(record);
        match *self {
            Signing::Soundly { signer, created } => {
                let created = created.parse().expect("a time");
                return Proof::sign(record, &key(signer), created);
            }
            Signing::Changed(change) => change(&mut proof.signature),
            Signing::WithIdentityForR => {
                let r = EIGHT_TORSION[0];
                let k = challenge(&r, proof.key.as_bytes(), &message);
                proof.signature = signature(&r, &(k * ada_scalar()));
            }
            Signing::ByWeakKey { torsion } => {
                proof.key = weak_key(torsion);
                let message = proof.signed_bytes(record);
                // Under a multiple of eight, the point of small order vanishes.
                let (r, nonce, k) = (1_u64..)
                    .map(|nonce| {
                        let r = ED25519_BASEPOINT_POINT * Scalar::from(nonce);
                        (r, nonce, challenge(&r, proof.key.as_bytes(), &message))
                    })
                    .find(|(_, _, k)| k.as_bytes()[0] % 8 == 0)
                    .expect("one in eight");
                proof.signature = signature(&r, &(Scalar::from(nonce) + k * ada_scalar()));
            }
        }
        proof
    }
}

#[derive(Clone)]
pub struct Forge {
    entries: Vec<StoredEntry>,
    pub prev: Hash,
}

impl Forge {
    /// No entries yet.
    pub fn empty() -> Self {
        Forge {
            entries: Vec::new(),
            prev: Hash::ZERO,
        }
    }

    /// The founding record as it should be, asking for no approvals.
    pub fn founding() -> Value {
        json!({
            "origin": ORIGIN,
            "name": "Forged",
            "owners": [did(ADA)],
            "logKey": log_key(),
            "policy": { "approvals": 0 },
        })
    }

    /// A ledger with the owner ada and the editor ben.
    pub fn founded() -> Self {
        let mut forge = Forge::empty();
        forge.add(draft("ledger", Forge::founding(), ADA));
        forge.enrol(BEN, "editor");
        forge
    }

    pub fn enrol(&mut self, n: u8, role: &str) -> Digest {
        let content =
            json!({ "key": did(n), "holder": { "name": format!("Key {n}") }, "role": role });
        self.add(draft("key", content, ADA))
    }

    pub fn source(&mut self, title: &str, signer: u8) -> Digest {
        self.add(draft("source", source(title), signer))
    }

    pub fn article(&mut self) -> Digest {
        let text = json!({
            "digest": Digest::of(b"She said no.\n"),
            "mediaType": "text/plain;charset=utf-8",
            "size": 13,
            "normalizer": "text/1",
        });
        let content = json!({ "headline": "A page", "published": "unknown", "text": text });
        self.add(draft("article", content, ADA))
    }

    pub fn claim(&mut self, article: &Digest, text: &str) -> Digest {
        self.add(draft("claim", claim(article, text), ADA))
    }

    pub fn review(&mut self, subject: &Digest, supersedes: Option<&Digest>, signer: u8) -> Digest {
        self.add(draft("review", review(subject, supersedes), signer))
    }

    pub fn add(&mut self, draft: Draft) -> Digest {
        let place = self.entries.len() as u64;
        let record = json::to_vec(&draft.record).expect("canonical JSON");
        let digest = Digest::of(&record);
        let kind = draft.record["type"].as_str().expect("a type");
        let entry = Entry {
            index: draft.index.unwrap_or(place),
            kind: draft.kind.unwrap_or_else(|| kind.to_owned()),
            prev: self.prev,
            proof: draft.proof.sign(&digest),
            record: digest,
            recorded: draft.recorded.parse().expect("a time"),
        };
        let bytes = entry.to_bytes().expect("an entry");
        self.prev = leaf_hash(&bytes);
        self.entries.push(StoredEntry {
            index: place,
            bytes,
            record: digest,
            object: Object::Present(record),
        });
        digest
    }

    /// Takes away the words of a record.
    pub fn forget(&mut self, record: &Digest) {
        for stored in &mut self.entries {
            if stored.record == *record {
                stored.object = Object::Erased;
            }
        }
    }

    pub fn checkpoint(&self) -> Checkpoint {
        let mut frontier = Frontier::new();
        for stored in &self.entries {
            frontier.push(leaf_hash(&stored.bytes)).expect("a tree");
        }
        Checkpoint::new(ORIGIN, self.entries.len() as u64, frontier.root()).expect("a checkpoint")
    }

    /// A bundle of all entries under a checkpoint that the log signed.
    pub fn bundle(&self, subject: &Digest) -> Bundle {
        let signed = self.checkpoint().sign(&log_signer(LOG));
        self.bundle_under(subject, signed.expect("a note"))
    }

    pub fn bundle_under(&self, subject: &Digest, checkpoint: SignedNote) -> Bundle {
        let size = self.entries.len() as u64;
        let mut frontier = Frontier::new();
        let mut nodes = Vec::new();
        for stored in &self.entries {
            let completed = frontier.push(leaf_hash(&stored.bytes)).expect("a tree");
            nodes.extend(completed.into_iter().map(|(_, hash)| hash));
        }
        let items: Vec<Item> = self
            .entries
            .iter()
            .map(|stored| Item {
                stored: stored.clone(),
                path: inclusion_proof(stored.index, size, &nodes).expect("a path"),
            })
            .collect();
        let mut last = items.last().expect("an entry").clone();
        last.stored.object = Object::Erased;
        Bundle {
            subject: *subject,
            items,
            last,
            checkpoint,
            witnesses: Vec::new(),
        }
    }
}

pub fn source(title: &str) -> Value {
    json!({ "title": title, "published": "unknown", "level": "primary" })
}

pub fn claim(article: &Digest, text: &str) -> Value {
    json!({
        "text": text,
        "kind": "assertion",
        "checkability": "checkable",
        "speaker": { "name": "A. Speaker" },
        "said": "unknown",
        "appearances": [{
            "article": article, "exact": "no", "prefix": "", "suffix": "", "start": 9, "end": 11,
        }],
    })
}

pub fn review(subject: &Digest, supersedes: Option<&Digest>) -> Value {
    let mut content = json!({
        "subject": subject,
        "verdict": "false",
        "explanation": "We looked.",
        "evidence": [],
    });
    if let Some(before) = supersedes {
        content["supersedes"] = json!(before);
    }
    content
}

pub fn response(subject: &Digest) -> Value {
    json!({
        "subject": subject, "by": { "name": "C. Concerned" }, "text": "I disagree.", "received": "2026",
    })
}
