//! Which of many claims a search puts first. The claims are put into a store as the writer would, but unsigned: a search does not
//! ask for signatures.

#[path = "../benches/claims/mod.rs"]
mod claims;

use claims::{ALTERED, Altered, Dice, Rivals};
use ledger::canonical::{Digest, mark};
use ledger::record::{Content, Kind, Origin, Record, Salt};
use ledger::search::{self, Hit, Matched, Query};
use ledger::sign::SecretKey;
use ledger::store::{Derived, SqliteStore, Store};
use serde_json::json;

/// A store of these claims, of which some have a decided review.
fn store_of(claims: &[String], decided: &[u64]) -> SqliteStore {
    let mut store = SqliteStore::in_memory().unwrap();
    let mut transaction = store.begin().unwrap();
    let editor = SecretKey::from_seed(&[1; 32]).public().did();
    for (index, text) in (0..).zip(claims) {
        let content = json!({
            "text": text,
            "kind": "assertion",
            "checkability": "checkable",
            "speaker": { "name": "Somebody" },
            "said": "unknown",
            "appearances": [{
                "article": Digest::of(b"article"), "exact": text, "prefix": "", "suffix": "", "start": 0,
                "end": text.chars().count(),
            }],
        });
        let record = Record {
            ledger: Origin::try_from("ranking.example/2026".to_owned()).unwrap(),
            editor,
            created: "2026-11-21T12:00:00Z".parse().unwrap(),
            salt: Salt::from_bytes((index as u128).to_be_bytes()),
            content: Content::from_json(Kind::Claim, &content).unwrap(),
        };
        let bytes = record.to_bytes().unwrap();
        let digest = Digest::of(&bytes);
        transaction.put_object(&digest, &bytes).unwrap();
        transaction.append(index, b"{}", &digest, &[]).unwrap();
        let review = decided.contains(&index).then_some(index);
        let mut facts = json!({ "editor": editor, "index": index, "kind": "claim" });
        if let Some(review) = review {
            facts["decidedReview"] = json!(review);
        }
        let subject = Derived::Subject {
            index,
            kind: "claim".into(),
            state: "recorded".into(),
            decided: review,
            facts: facts.to_string().into(),
        };
        let wording = Derived::Wording {
            index,
            text: text.into(),
        };
        let marks = Derived::Marks {
            index,
            marks: mark::marks(text).into(),
        };
        for row in [subject, wording, marks] {
            transaction.put_derived(&row).unwrap();
        }
    }
    transaction.commit().unwrap();
    store
}

fn hits(store: &SqliteStore, text: &str) -> Vec<Hit> {
    search::find(store, &Query::parse(text).unwrap(), 10).unwrap()
}

fn owned(claims: &[&str]) -> Vec<String> {
    claims.iter().map(|claim| (*claim).to_owned()).collect()
}

// Of a mark only the newest 200 records are told. A part of which every mark was common was not found.
#[test]
fn part_is_found_though_every_word_and_run_of_it_is_common() {
    let mut claims = owned(&["The road was closed as a result of the northern report."]);
    for i in 0..250 {
        claims.push(format!("It is {i} as a result of the border."));
        claims.push(format!("All {i} of the northern lights are out."));
        claims.push(format!(
            "Our {i} northern reports are late, and so is a northern report."
        ));
    }
    let store = store_of(&claims, &[]);
    for part in [
        "as a result of the northern report",
        "closed … a result of the northern report",
    ] {
        let found = hits(&store, part);
        assert_eq!(found.first().map(|hit| hit.index), Some(0), "{part}");
        assert!(matches!(
            found[0].matched,
            Matched::Fragment | Matched::Elided
        ));
        assert_eq!(
            found
                .iter()
                .filter(|hit| hit.matched == found[0].matched)
                .count(),
            1
        );
    }
}

// A claim that shared a third of the marks ended the search, though it was not the nearest.
#[test]
fn what_is_similar_does_not_hide_what_is_nearer() {
    let claims = owned(&[
        "Nobody in Europe will trust the new economy.",
        "Nohody in Eurcpe will frust a tram.",
    ]);
    let found = hits(
        &store_of(&claims, &[]),
        "Nohody ln Eurcpe will frust tha new econamy",
    );
    assert_eq!(found.first().map(|hit| hit.index), Some(0), "{found:#?}");
}

#[test]
fn part_that_fits_several_claims_shows_all_of_them_decided_ones_and_then_the_newest_first() {
    let said = |year: u64| format!("The harbour was sold for a song in {year}.");
    let mut claims: Vec<String> = (2001..2006).map(said).collect();
    claims.push(
        "The harbour was sold for a song in the spring of the year in which it rained.".to_owned(),
    );
    let store = store_of(&claims, &[1, 3]);
    let found = hits(&store, "the harbour was sold for a song");
    assert!(found.iter().all(|hit| hit.matched == Matched::Fragment));
    let order: Vec<u64> = found.iter().map(|hit| hit.index).collect();
    // The last has more around the words than the others, and is therefore less near.
    assert_eq!(order, [3, 1, 4, 2, 0, 5]);
}

// The benchmark counts more of them (docs/benchmarks.md); this holds a floor.
#[test]
fn altered_claims_come_first_among_many_unless_their_words_fit_others() {
    let claims = claims::claims(3000, claims::NEAR);
    let rivals = Rivals::among(&claims);
    let (forms, words) = rivals.forms_and_words();
    assert!(forms < words && words > 10 * claims.len());
    let store = store_of(&claims, &[]);
    for altered in ALTERED {
        let mut dice = Dice::new(3);
        let (mut clear, mut first) = (0, 0);
        for _ in 0..60 {
            let target = dice.below(claims.len());
            let text = altered.alter(&claims[target], &mut dice);
            let found = hits(&store, &text);
            if rivals.fitting(altered, &text, target) == 0 {
                clear += 1;
                first += usize::from(found.first().is_some_and(|hit| hit.index == target as u64));
            } else if altered == Altered::Fragment {
                // Nobody can tell which was meant; then it is at least as near by the words.
                assert!(
                    rivals.is_as_near(&text, found[0].index as usize, target),
                    "{text}"
                );
            }
        }
        assert!(clear > 40, "{}: {clear}", altered.name());
        assert!(
            first * 100 >= clear * 95,
            "{}: {first} of {clear}",
            altered.name()
        );
    }
}
