//! What is true of every cosignature, proof file and policy: what is written is read again, what is read
//! is written as it was, and no text makes a reader panic.

use ledger::log::policy::{LineFault, add_witness};
use ledger::log::{
    Cosignature, Hash, NoteSigner, Policy, PolicyError, SignedNote, TlogProof, TlogProofError,
    VerifierKey, WitnessKey, WitnessSigner,
};
use ledger::sign::SecretKey;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

fn log() -> NoteSigner {
    NoteSigner::new("log.example", SecretKey::from_seed(&[1; 32])).unwrap()
}

fn witness() -> WitnessSigner {
    WitnessSigner::new("witness.example", SecretKey::from_seed(&[2; 32])).unwrap()
}

fn cosigned(text: &str, time: u64) -> SignedNote {
    let note = log().sign(text).unwrap();
    let line = witness().cosign(&note, time).unwrap();
    note.with_signatures([line]).unwrap()
}

/// Puts another piece in place of one character, or before it.
fn spoil(text: &str, at: Index, piece: &str, keep: bool) -> String {
    let mut characters: Vec<String> = text.chars().map(String::from).collect();
    let at = at.index(characters.len());
    characters[at] = match keep {
        true => piece.to_owned() + &characters[at],
        false => piece.to_owned(),
    };
    characters.concat()
}

fn piece() -> impl Strategy<Value = &'static str> {
    select(vec![
        "",
        "\n",
        "\n\n",
        " ",
        "\t",
        "\r",
        "\0",
        "#",
        "0",
        "9",
        "+",
        "=",
        "A",
        "/",
        "é",
        "—",
        "extra ",
        "index 1\n",
        "none",
        "all",
        "quorum a\n",
        "group g any a\n",
    ])
}

fn policy_text() -> String {
    let witnesses = ["a", "b", "c"].map(|name| {
        let secret = SecretKey::from_seed(&[name.as_bytes()[0]; 32]);
        let key = WitnessKey::new("w.example", secret.public()).unwrap();
        format!("witness {name} {key}\n")
    });
    format!(
        "# policy\nlog {}\n{}group g 2 a b\ngroup h all g c\nquorum h\n",
        log().key(),
        witnesses.concat()
    )
}

proptest! {
    #[test]
    fn cosigned_note_is_read_again_and_verifies(text in "[^\0-\x1f]{0,40}", time in 0..1u64 << 63) {
        let note = cosigned(&format!("{text}\n"), time);
        let read: SignedNote = note.to_string().parse().unwrap();
        prop_assert_eq!(&read, &note);
        let witness = witness().key().clone();
        let keys = [witness.clone()];
        let cosignature = Cosignature { witness, time };
        prop_assert_eq!(read.verify_cosignatures(&keys), Ok(vec![cosignature]));
    }

    #[test]
    fn proof_is_read_again(
        index in 0..(1u64 << 63) - 1,
        path in vec(any::<[u8; 32]>().prop_map(Hash::from_bytes), 0..=63),
        extra in option::of(vec(any::<u8>(), 1..100)),
    ) {
        let proof = TlogProof::new(index, path, extra, cosigned("text\n", 1)).unwrap();
        prop_assert_eq!(proof.to_string().parse(), Ok(proof));
    }

    #[test]
    fn spoilt_proof_is_refused_or_written_as_it_was(
        at in any::<Index>(),
        piece in piece(),
        keep in any::<bool>(),
    ) {
        let path = vec![Hash::ZERO; 3];
        let proof = TlogProof::new(7, path, Some(vec![1, 2]), cosigned("text\n", 1)).unwrap();
        let text = spoil(&proof.to_string(), at, piece, keep);
        if let Ok(read) = text.parse::<TlogProof>() {
            prop_assert_eq!(read.to_string(), text);
        }
    }

    #[test]
    fn spoilt_policy_is_refused_or_can_be_used(
        at in any::<Index>(),
        piece in piece(),
        keep in any::<bool>(),
    ) {
        let text = spoil(&policy_text(), at, piece, keep);
        if let Ok(policy) = text.parse::<Policy>() {
            policy.quorum(&policy.witness_keys());
            let edited = add_witness(&text, "new", witness().key(), None).unwrap();
            let edited: Policy = edited.parse().unwrap();
            prop_assert_eq!(edited.witnesses().len(), policy.witnesses().len() + 1);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = text.parse::<Policy>();
        let _ = text.parse::<TlogProof>();
        let _ = text.parse::<WitnessKey>();
        let _ = format!("c2sp.org/tlog-proof@v1\n{text}").parse::<TlogProof>();
    }
}

#[test]
fn proof_that_could_not_be_read_again_is_not_made() {
    let make = |index, path, extra| TlogProof::new(index, path, extra, cosigned("text\n", 1));
    let index = (1 << 63) - 1;
    assert!(make(index - 1, vec![Hash::ZERO; 63], None).is_ok());
    let found = index.to_string();
    assert_eq!(
        make(index, Vec::new(), None),
        Err(TlogProofError::Index { found })
    );
    let found = 64;
    assert_eq!(
        make(0, vec![Hash::ZERO; 64], None),
        Err(TlogProofError::PathTooLong { found })
    );
    let found = String::new();
    assert_eq!(
        make(0, Vec::new(), Some(Vec::new())),
        Err(TlogProofError::Extra { found })
    );
    assert!(matches!(
        make(0, Vec::new(), Some(vec![0; 2 << 20])),
        Err(TlogProofError::TooLong { .. })
    ));
    let long = "x".repeat((2 << 20) + 1);
    assert!(matches!(
        long.parse::<TlogProof>(),
        Err(TlogProofError::TooLong { .. })
    ));
}

#[test]
fn error_of_a_policy_says_where_and_what() {
    let key: VerifierKey = log().key().clone();
    let error = format!("\nwitness a {key}\nquorum a\n")
        .parse::<Policy>()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2 of the policy: expected a key of type 0x04 (Ed25519 cosignature, as a witness signs), \
         found one of type 0x01 (Ed25519, as a log signs)"
    );
    let error = "quorum a\n".parse::<Policy>().unwrap_err();
    let fault = LineFault::NameUnknown {
        found: "a".to_owned(),
    };
    assert_eq!(error, PolicyError::Line { line: 1, fault });
}
