//! Rules about keys: who may sign, how keys come and go.

use super::{Facts, Outcome, Rule, Rules, SignerFacts};
use crate::log::Entry;
use crate::record::key::{Key, Role};
use crate::record::{Content, Kind, Record, Revocation};
use crate::sign::{Did, PublicKey};

/// Tells whether a role may record this kind.
pub const fn role_may(role: Role, kind: Kind) -> bool {
    match role {
        Role::Owner => true,
        Role::Editor => !kind.is_of_the_ledger_itself(),
        Role::Contributor => matches!(
            kind,
            Kind::Article
                | Kind::Source
                | Kind::Claim
                | Kind::Relation
                | Kind::Foreign
                | Kind::Observation
        ),
        // Audit statements are a kind to come.
        Role::Auditor => false,
    }
}

impl<B: Facts> Rules<B> {
    /// Checks that the signer may record this kind here.
    pub(super) fn check_right(
        &self,
        entry: &Entry,
        kind: Kind,
        record: Option<&Record>,
        outcome: &mut Outcome,
    ) {
        let did = entry.proof.key;
        let Some(signer) = self.signer(&did) else {
            outcome.broken(Rule::KeyNotEnrolled, "an enrolled key", did);
            return;
        };
        if let Some(revoked) = signer.revoked {
            outcome.broken(
                Rule::KeyRevoked,
                "a key in use",
                format!("{did}, revoked at index {revoked}"),
            );
        } else if !role_may(signer.role, kind) && !gives_itself_up(record, &did) {
            outcome.broken(
                Rule::Role,
                format!("a role that may record kind {kind}"),
                format!("{did} in role {}", signer.role),
            );
        }
    }

    pub(super) fn enrol(&mut self, entry: &Entry, key: &Key, outcome: &mut Outcome) {
        if let Err(error) = PublicKey::from_did(&key.key) {
            outcome.broken(Rule::WeakKey, format!("a sound key ({error})"), key.key);
        }
        if let Some(ledger) = self.ledger()
            && ledger.is_log_key(key.key.as_bytes())
        {
            outcome.broken(Rule::KeyEnrolment, "another key than the log's", key.key);
        }
        if let Some(replaced) = &key.replaces
            && (self.signer(replaced).is_none() || self.is_in_chain(&key.key, replaced))
        {
            outcome.broken(
                Rule::KeyEnrolment,
                "in `replaces` an earlier key of the holder",
                replaced,
            );
        }
        let before = self.signer(&key.key).cloned();
        match &before {
            Some(SignerFacts {
                revoked: Some(at), ..
            }) => outcome.broken(
                Rule::KeyEnrolment,
                "a key that was never revoked",
                format!("{}, revoked at index {at}", key.key),
            ),
            Some(before) => {
                if before.role == key.role && before.holder.as_ref() == Some(&key.holder.name) {
                    outcome.broken(
                        Rule::KeyEnrolment,
                        "a new key, role or holder",
                        format!("{}, enrolled so at index {}", key.key, before.changed),
                    );
                }
                if before.role == Role::Owner && key.role != Role::Owner {
                    self.check_owner_remains(&key.key, outcome);
                }
            }
            None => {}
        }
        if outcome.violations.is_empty() {
            let signer = SignerFacts {
                role: key.role,
                holder: Some(key.holder.name.clone()),
                enrolled: before
                    .as_ref()
                    .map_or(entry.index, |before| before.enrolled),
                changed: entry.index,
                revoked: None,
                // Another role or name does not make it another person's key.
                replaces: key.replaces.or(before.and_then(|before| before.replaces)),
            };
            self.keep_signer(key.key, signer);
        }
    }

    pub(super) fn revoke(&mut self, entry: &Entry, revocation: &Revocation, outcome: &mut Outcome) {
        let did = revocation.key;
        let Some(signer) = self.signer(&did).cloned() else {
            outcome.broken(Rule::KeyEnrolment, "an enrolled key", did);
            return;
        };
        if let Some(at) = signer.revoked {
            outcome.broken(
                Rule::KeyEnrolment,
                "a key in use",
                format!("{did}, revoked at index {at}"),
            );
        }
        if let Some(from) = revocation.distrust_from
            && from > entry.index
        {
            outcome.broken(
                Rule::KeyEnrolment,
                format!("`distrustFrom` of at most {}", entry.index),
                from,
            );
        }
        if signer.role == Role::Owner {
            self.check_owner_remains(&did, outcome);
        }
        if outcome.violations.is_empty() {
            let signer = SignerFacts {
                revoked: Some(entry.index),
                ..signer
            };
            self.keep_signer(did, signer);
            self.doubtful
                .extend(revocation.distrust_from.map(|from| (did, from)));
        }
    }

    /// Returns the first of the keys that its holder had: two keys of one editor are not two editors.
    pub(super) fn first_key(&self, did: &Did) -> Did {
        let mut first = *did;
        // A key replaces one that was enrolled before it, so the chain has no more links than there are keys.
        for _ in 0..self.signers.len() {
            match self.signer(&first).and_then(|signer| signer.replaces) {
                Some(before) => first = before,
                None => break,
            }
        }
        first
    }

    /// Tells whether a key is this one, or one that its holder had before.
    fn is_in_chain(&self, did: &Did, from: &Did) -> bool {
        let mut link = Some(*from);
        for _ in 0..=self.signers.len() {
            match link {
                Some(earlier) if earlier == *did => return true,
                Some(earlier) => link = self.signer(&earlier).and_then(|signer| signer.replaces),
                None => break,
            }
        }
        false
    }

    fn check_owner_remains(&self, leaving: &Did, outcome: &mut Outcome) {
        let remains = self.signers.iter().any(|(did, signer)| {
            did != leaving && signer.role == Role::Owner && signer.revoked.is_none()
        });
        if !remains {
            outcome.broken(
                Rule::LastOwner,
                "another owner's key in use",
                format!("{leaving} as the only one"),
            );
        }
    }
}

/// A key may always revoke itself.
fn gives_itself_up(record: Option<&Record>, signer: &Did) -> bool {
    match record.map(|record| &record.content) {
        Some(Content::Revocation(revocation)) => revocation.key == *signer,
        _ => false,
    }
}
