//! Who signed, and who saw the log.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::super::frame::Frame;
use super::super::{Place, doubt, part};
use crate::bundle::{Attestation, Standing};
use crate::sign::Did;

/// Lists the keys that signed the record and what was said of it, and the witnesses of the checkpoint.
pub(in super::super) fn signers(frame: &Frame<'_>, standing: &Standing) -> Markup {
    let mut keys: BTreeMap<Did, Vec<&Attestation>> = BTreeMap::new();
    for one in std::iter::once(&standing.record).chain(&standing.about) {
        keys.entry(one.proof.key).or_default().push(one);
    }
    html! {
        section aria-labelledby="signers" {
            h2 #signers { (frame.say("signers.title")) }
            ul.signers {
                @for (did, signed) in &keys { (key(frame, standing, did, signed)) }
            }
            h3 { (frame.say("witnesses.title")) }
            (witnesses(frame, standing))
        }
    }
}

fn key(frame: &Frame<'_>, standing: &Standing, did: &Did, signed: &[&Attestation]) -> Markup {
    let facts = signed.iter().find_map(|one| one.signer.as_ref());
    let revocation = signed
        .iter()
        .find_map(|one| doubt::revocation_of(standing, one));
    html! {
        li {
            p {
                a href=(frame.link(Place::Editor(*did))) {
                    @match facts.and_then(|facts| facts.holder.as_ref()) {
                        Some(holder) => { strong { bdi { (holder) } } },
                        None => { strong { (frame.say("signer.unnamed")) } },
                    }
                }
                @if let Some(facts) = facts {
                    ", " (frame.language.word("role", facts.role.as_str()))
                    " · " (frame.language.fill("signer.enrolled", &[("index", &facts.enrolled.to_string())])) (at(standing, facts.enrolled))
                    @if let Some(index) = facts.revoked {
                        " · " strong { (frame.language.fill("signer.revoked", &[("index", &index.to_string())])) (at(standing, index)) }
                        @if let Some(revocation) = revocation { ", " (frame.language.word("revocation", revocation.reason.as_str())) }
                    }
                } @else { ", " strong { (frame.say("signer.not-enrolled")) } }
            }
            p.digest { code.hash { (did) } }
            @if let Some(revocation) = revocation { (doubt::from(frame, revocation)) }
            p {
                (frame.say("signer.signed")) " "
                @for (place, one) in signed.iter().enumerate() {
                    @if place > 0 { ", " }
                    (frame.language.word("kind", &one.kind)) " (" (part::time(&one.proof.created.to_string())) ")"
                }
            }
        }
    }
}

/// When an entry was recorded, if the bundle has it.
fn at(standing: &Standing, index: u64) -> Markup {
    let one = standing.all().find(|one| one.index == index);
    html! { @if let Some(one) = one { " (" (part::time(&one.recorded.to_string())) ")" } }
}

/// Who cosigned, and when. How many would be enough is for the reader's policy to say, not for the site.
fn witnesses(frame: &Frame<'_>, standing: &Standing) -> Markup {
    let count = standing.cosigned.len() as u64;
    html! {
        p #witness-line {
            @if count == 0 { (frame.say("witnesses.none")) } @else {
                (frame.language.count("witnesses.one", "witnesses.other", count))
            }
        }
        @if count > 0 {
            ul.witnesses {
                @for one in &standing.cosigned {
                    li {
                        bdi { (one.cosignature.witness.name()) } ", "
                        @match timestamp(one.cosignature.time) {
                            Some(time) => { (part::time(&time)) },
                            None => { (frame.say("date.unknown")) },
                        }
                        p.digest { code.hash { (one.cosignature.witness) } }
                    }
                }
            }
        }
    }
}

fn timestamp(seconds: u64) -> Option<String> {
    let seconds = i64::try_from(seconds).ok()?;
    let time = crate::canonical::Timestamp::from_unix_seconds(seconds).ok()?;
    Some(time.to_string())
}
