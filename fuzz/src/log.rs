//! What logs and witnesses publish and send: notes, checkpoints, proofs, tiles, requests to cosign; and the policies that
//! judge them.

use ledger::log::policy::add_witness;
use ledger::log::tile::{Row, entry_bundle};
use ledger::log::{
    AddCheckpoint, Checkpoint, Policy, SignedNote, Tile, TlogProof, WitnessKey, WitnessSigner,
};
use ledger::sign::SecretKey;
use ledger::witness::{Decide, Refusal, State, StateError, Witness};

use super::ledgers::GENUINE;

/// A note is written as it was read, and the log has signed nothing but its checkpoints.
pub fn signed_note(bytes: &[u8]) {
    let Some(text) = std::str::from_utf8(bytes).ok() else {
        return;
    };
    let Ok(note) = text.parse::<SignedNote>() else {
        return;
    };
    assert_eq!(note.to_string(), text);
    if note.verify(std::slice::from_ref(&GENUINE.log_key)).is_ok() {
        assert!(GENUINE.has_checkpoint(note.text()), "a forged note");
    }
    let again = note.clone().with_signatures(note.signatures().to_vec());
    assert_eq!(again.as_ref(), Ok(&note));
}

/// A checkpoint says what its first three lines say, and the log's are those that it signed.
pub fn checkpoint(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(checkpoint) = Checkpoint::read_unverified(text) else {
        return;
    };
    assert!(text.starts_with(&checkpoint.to_string()));
    if let Ok(opened) = Checkpoint::open(text, &GENUINE.log_key) {
        assert_eq!(opened, checkpoint);
        assert!(
            GENUINE.has_checkpoint(&opened.to_string()),
            "a forged checkpoint"
        );
    }
    let note: SignedNote = text.parse().expect("a checkpoint is a note");
    let witnesses = [GENUINE.witness.clone()];
    if let Ok([_, ..]) = note.verify_cosignatures(&witnesses).as_deref() {
        assert!(GENUINE.has_checkpoint(note.text()), "a forged cosignature");
    }
}

/// A proof is written as it was read, and proves no entry at another place.
pub fn tlog_proof(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(proof) = text.parse::<TlogProof>() else {
        return;
    };
    assert_eq!(proof.to_string(), text);
    for (index, (entry, _)) in (0..).zip(&GENUINE.entries) {
        if let Ok(checkpoint) = proof.verify(entry, &GENUINE.log_key) {
            assert_eq!(proof.index(), index);
            assert!(
                GENUINE.has_checkpoint(&checkpoint.to_string()),
                "a forged checkpoint"
            );
        }
    }
}

/// Of a policy, more cosignatures never satisfy less, and a witness can be added to it.
pub fn policy(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Ok(policy) = text.parse::<Policy>() else {
        return;
    };
    let mut signers = Vec::new();
    let mut satisfied = policy.quorum(&signers).satisfied;
    // A few are enough to see it; all of a long policy would take a while.
    for key in policy.witness_keys().into_iter().take(8) {
        signers.push(key);
        let quorum = policy.quorum(&signers);
        assert!(
            quorum.satisfied || !satisfied,
            "one more cosignature spoilt the quorum"
        );
        assert_eq!(quorum.signed.len(), signers.len());
        assert_eq!(
            quorum.signed.len() + quorum.missing.len(),
            policy.witnesses().len()
        );
        satisfied = quorum.satisfied;
    }
    let key = SecretKey::from_seed(&[250; 32]).public();
    let key = WitnessKey::new("added.example", key).expect("a name for keys");
    if let Ok(more) = add_witness(text, "added", &key, Some("https://added.example/")) {
        let more: Policy = more
            .parse()
            .expect("a policy with a witness more is a policy");
        assert_eq!(more.witnesses().len(), policy.witnesses().len() + 1);
        assert!(more.witness_keys().contains(&key));
    }
}

/// A request is written as it was read, and a witness cosigns nothing but what the log signed, and never less than it
/// cosigned before.
pub fn add_checkpoint(bytes: &[u8]) {
    let Ok(request) = AddCheckpoint::from_bytes(bytes) else {
        return;
    };
    assert_eq!(request.to_string().as_bytes(), bytes);
    let signer = WitnessSigner::new("north.example", SecretKey::from_seed(&[202; 32]));
    let witness = Witness::new(signer.expect("a name"), vec![GENUINE.log_key.clone()]);
    for before in [None, GENUINE.notes.first()] {
        let latest: Option<SignedNote> = before.map(|note| note.parse().expect("a note"));
        let size = |note: &Option<SignedNote>| {
            let checkpoint = note.as_ref().map(|note| note.text().parse::<Checkpoint>());
            checkpoint.map_or(0, |checkpoint| checkpoint.expect("a checkpoint").size())
        };
        let mut memory = Memory(latest.clone());
        match witness.add_checkpoint(&mut memory, bytes, 1_800_000_000) {
            Err(_) => assert_eq!(memory.0, latest, "a refusal was remembered"),
            Ok(line) => {
                assert!(size(&memory.0) >= size(&latest), "it went back");
                let note = memory.0.expect("what was cosigned is remembered");
                assert!(GENUINE.has_checkpoint(note.text()), "a forged checkpoint");
                assert!(note.signatures().contains(&line));
            }
        }
    }
}

/// A witness's memory of one log.
struct Memory(Option<SignedNote>);

impl State for Memory {
    fn latest(&self, _: &str) -> Result<Option<SignedNote>, StateError> {
        Ok(self.0.clone())
    }

    fn advance(&mut self, _: &str, decide: &mut Decide<'_>) -> Result<(), Refusal> {
        let latest = self.0.as_ref().map(|note| note.text().parse());
        let latest: Option<Checkpoint> = latest.transpose().expect("a checkpoint");
        self.0 = Some(decide(latest.as_ref())?);
        Ok(())
    }
}

/// A tile's path is written as it was read, and so is what stands under it. The input is the path, a line feed,
/// and the tile's bytes.
pub fn tile(bytes: &[u8]) {
    let end = bytes
        .iter()
        .position(|&byte| byte == b'\n')
        .unwrap_or(bytes.len());
    let (path, rest) = bytes.split_at(end);
    let rest = rest.get(1..).unwrap_or_default();
    let Ok(path) = std::str::from_utf8(path) else {
        return;
    };
    let Ok(tile) = path.parse::<Tile>() else {
        return;
    };
    assert_eq!(tile.to_string(), path);
    assert!((1..=256).contains(&tile.width()));
    tile.start()
        .checked_add(tile.width())
        .expect("a place in a log");
    let (read, written) = match tile.row() {
        Row::Entries => match tile.parse_entries(rest) {
            Ok(entries) => (
                entries.len(),
                entry_bundle(entries.iter().map(Vec::as_slice)),
            ),
            Err(_) => return,
        },
        Row::Hashes { .. } => match tile.parse_hashes(rest) {
            Ok(hashes) => (
                hashes.len(),
                hashes.iter().flat_map(|hash| *hash.as_bytes()).collect(),
            ),
            Err(_) => return,
        },
    };
    assert_eq!(read as u64, tile.width());
    assert!(rest.starts_with(&written));
}
