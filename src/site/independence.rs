//! Independence: three outlets that repeat one wire story are one source.

use std::collections::{BTreeMap, BTreeSet};

use crate::canonical::Digest;

/// Sources that are followed from one of them. Longer chains are told apart no further.
const MAX_REACHED: usize = 32;

/// Returns the origins that sources go back to, by what each says that it repeats.
///
/// An origin is a source that repeats none, or a circle of sources that repeat each other. A source that is
/// not in `derived_from` is taken for an origin: what it repeats is not known.
pub(super) fn origins(
    sources: &BTreeSet<Digest>,
    derived_from: &BTreeMap<Digest, Vec<Digest>>,
) -> BTreeSet<Digest> {
    sources
        .iter()
        .flat_map(|source| roots(*source, derived_from))
        .collect()
}

fn roots(source: Digest, derived_from: &BTreeMap<Digest, Vec<Digest>>) -> BTreeSet<Digest> {
    let reached = reachable(source, derived_from);
    reached
        .iter()
        .filter(|one| {
            reachable(**one, derived_from).iter().all(|other| {
                // Nothing lies beyond it but what leads back to it.
                reachable(*other, derived_from).contains(one)
            })
        })
        // A circle has one name: its least member.
        .map(|one| *reachable(*one, derived_from).first().unwrap_or(one))
        .collect()
}

/// Returns the source and all that it repeats, directly or through others.
fn reachable(source: Digest, derived_from: &BTreeMap<Digest, Vec<Digest>>) -> BTreeSet<Digest> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec![source];
    while let Some(source) = waiting.pop() {
        if reached.len() < MAX_REACHED && reached.insert(source) {
            waiting.extend(derived_from.get(&source).into_iter().flatten());
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(name: &str) -> Digest {
        Digest::of(name.as_bytes())
    }

    fn count(sources: &[&str], links: &[(&str, &str)]) -> usize {
        let mut derived_from: BTreeMap<Digest, Vec<Digest>> = BTreeMap::new();
        for (from, to) in links {
            derived_from
                .entry(digest(from))
                .or_default()
                .push(digest(to));
        }
        let sources = sources.iter().map(|name| digest(name)).collect();
        origins(&sources, &derived_from).len()
    }

    #[test]
    fn sources_that_repeat_one_story_are_one_origin() {
        assert_eq!(count(&["a", "b", "c"], &[]), 3);
        assert_eq!(
            count(
                &["a", "b", "c"],
                &[("a", "wire"), ("b", "wire"), ("c", "wire")]
            ),
            1
        );
        assert_eq!(
            count(&["a", "b"], &[("a", "x"), ("x", "wire"), ("b", "wire")]),
            1
        );
        assert_eq!(count(&["a", "wire"], &[("a", "wire")]), 1);
        assert_eq!(count(&["a"], &[("a", "x"), ("a", "y")]), 2);
    }

    #[test]
    fn circle_of_sources_is_one_origin() {
        assert_eq!(count(&["a", "b"], &[("a", "b"), ("b", "a")]), 1);
        assert_eq!(count(&["a", "d"], &[("a", "b"), ("b", "c"), ("c", "b")]), 2);
    }
}
