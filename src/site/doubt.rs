//! What makes a record doubtful that is intact: that it was retracted since, or that its signer's key came into other hands.
//!
//! Neither is a fault. A reader must see both wherever the record serves as a ground.

use maud::{Markup, html};

use super::frame::Frame;
use super::part;
use crate::bundle::{Attestation, Standing};
use crate::canonical::Digest;
use crate::record::{Content, Revocation};
use crate::rules::State;

/// Returns what retracted a record, if anything did.
pub(super) fn retraction_of<'s>(
    standing: &'s Standing,
    digest: &Digest,
) -> Option<&'s Attestation> {
    let one = standing.all().find(|one| one.digest == *digest)?;
    let retracted = one.subject.as_ref()?.retracted?;
    standing.all().find(|other| other.index == retracted)
}

/// Says of a record that was retracted when, by whom and why.
pub(super) fn retracted(frame: &Frame<'_>, standing: &Standing, digest: &Digest) -> Markup {
    html! {
        @if let Some(retraction) = retraction_of(standing, digest) {
            p.alarm data-retraction=(retraction.index) {
                (frame.language.word("state", State::Retracted.as_str())) ", "
                (part::time(&retraction.recorded.to_string())) ", "
                (frame.say("by")) " " (part::signer(frame, standing, retraction))
                @if let Some(Content::Correction(correction)) = part::content(retraction) {
                    ": " span dir="auto" { (correction.reason) }
                }
            }
        }
    }
}

/// Says that a signature is in doubt, if its key was revoked so.
pub(super) fn signature(
    frame: &Frame<'_>,
    standing: &Standing,
    one: &Attestation,
) -> Option<Markup> {
    let revocation = revocation_of(standing, one)?;
    let is_in_doubt = revocation.doubts(one.index);
    is_in_doubt.then(|| in_doubt(frame, revocation, one.index))
}

/// Marks what a key signed from the index on from which it is not to be trusted.
pub(super) fn in_doubt(frame: &Frame<'_>, revocation: &Revocation, index: u64) -> Markup {
    let reason = (frame.language).word("revocation", revocation.reason.as_str());
    html! {
        strong.alarm data-doubt=(index) {
            (frame.language.fill("signature.in-doubt", &[("reason", reason)]))
        }
    }
}

/// Says from which entry on all that a key signed is in doubt.
pub(super) fn from(frame: &Frame<'_>, revocation: &Revocation) -> Markup {
    html! {
        @if let Some(from) = revocation.distrust_from {
            p.alarm { (frame.language.fill("signer.in-doubt-from", &[("index", &from.to_string())])) }
        }
    }
}

/// Returns the revocation of the key that signed, if it was revoked.
pub(super) fn revocation_of<'s>(
    standing: &'s Standing,
    one: &Attestation,
) -> Option<&'s Revocation> {
    let revoked = one.signer.as_ref()?.revoked?;
    let record = standing.all().find(|other| other.index == revoked)?;
    match part::content(record) {
        Some(Content::Revocation(revocation)) if revocation.key == one.proof.key => {
            Some(revocation)
        }
        _ => None,
    }
}
