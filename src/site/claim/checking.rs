//! How it was checked: the line on the record, the steps with the commands that do the same, and what to take away.

use maud::{Markup, html};

use super::super::frame::Frame;
use super::super::{doubt, part, proof_path};
use crate::bundle::Standing;
use crate::rules::State;

/// The line on the record: the server's word, until the script has checked.
pub(in super::super) fn record_line(frame: &Frame<'_>, standing: &Standing) -> Markup {
    let one = &standing.record;
    let says = match (one.is_intact(), one.has_failed()) {
        _ if one.state() == State::Erased => "record.erased",
        (true, _) => "record.intact",
        (_, true) => "record.altered",
        _ => "record.not-checked",
    };
    html! {
        div.line #record-line {
            p.line-name { (frame.say("line.record")) }
            div {
                p #record-status role="status" data-state="unchecked" {
                    (frame.say("server-says")) " " (frame.say(says)) " "
                    strong.pending { (frame.say("browser.not-yet")) }
                }
                @if let Some(doubt) = doubt::signature(frame, standing, one) { p { (doubt) } }
                noscript { p.pending { strong { (frame.say("no-script")) } } }
                p.digest { code.hash #provenance-hash { (one.digest) } }
            }
        }
    }
}

/// Every step: what the server found, to be replaced by what the browser finds, and the terminal's way.
pub(in super::super) fn checking(frame: &Frame<'_>, standing: &Standing) -> Markup {
    let digest = standing.record.digest;
    let log_key = standing.log_key.as_str();
    let name = "proof.json";
    html! {
        section aria-labelledby="checking" {
            h2 #checking { (frame.say("checking.title")) }
            p { (frame.say("checking.trust")) }
            dl.pins {
                div {
                    dt { (frame.say("log-key")) }
                    dd { code.hash #log-key { (log_key) } p.note #log-key-note { (frame.say("log-key.own")) } }
                }
                div {
                    dt { (frame.say("checkpoint")) }
                    dd { (frame.language.fill("checkpoint.is", &[("size", &standing.size.to_string())])) " " code.hash { (standing.root) } }
                }
            }
            div #pin hidden {
                form {
                    label for="pin-key" { (frame.say("pin.label")) }
                    input #pin-key name="key" type="text" spellcheck="false" autocomplete="off";
                    label.inline { input name="remember" type="checkbox"; " " (frame.say("pin.remember")) }
                    button type="submit" { (frame.say("pin.use")) }
                }
                details {
                    summary { (frame.say("policy.title")) }
                    form #policy-form {
                        label for="policy" { (frame.say("policy.label")) }
                        textarea #policy name="policy" rows="4" spellcheck="false" aria-describedby="policy-hint" {}
                        p.note #policy-hint { (frame.say("policy.hint")) }
                        label.inline { input name="remember" type="checkbox"; " " (frame.say("pin.remember")) }
                        button type="submit" { (frame.say("policy.use")) }
                    }
                }
            }
            ol.steps #steps data-by="server" {
                @for step in &standing.record.steps { (part::step(frame, step)) }
            }
            p.note #steps-note { (frame.say("steps.by-server")) }
            h3 { (frame.say("terminal.title")) }
            p { (frame.say("terminal.how")) }
            pre tabindex="0" { code {
                "ledger check " (name) " --log-key '" (log_key) "'\n"
                "ledger check " (digest) "\n"
                "ledger show " (digest) " --canonical | sha256sum"
            } }
        }
    }
}

/// What a reader can take away.
pub(in super::super) fn actions(frame: &Frame<'_>, standing: &Standing) -> Markup {
    let digest = &standing.record.digest;
    let proof = frame.to(&proof_path(digest));
    html! {
        section.actions aria-labelledby="actions" {
            h2 #actions { (frame.say("actions.title")) }
            ul {
                li { button type="button" data-copy="provenance-hash" hidden { (frame.say("copy.hash")) } }
                li { a href=(proof) download={ "proof-" (&digest.hex()[..12]) ".json" } { (frame.say("download.proof")) } }
                li { a href=(frame.to("verify.html")) download { (frame.say("download.verifier")) } }
            }
            h3 { (frame.say("cite.title")) }
            p #citation {
                bdi { (frame.site.ledger.name) } ", " (digest) ", "
                (frame.language.fill("entry", &[("index", &standing.record.index.to_string())])) ", "
                (frame.as_of()) "."
            }
            h3 { (frame.say("embed.title")) }
            p { (frame.say("embed.how")) }
            pre tabindex="0" { code #embed {
                "<script type=\"module\" src=\"SITE/badge.js\"></script>\n"
                "<claim-badge hash=\"" (digest.hex()) "\" ledger=\"SITE/\" log-key=\"" (standing.log_key) "\">"
                "<a href=\"SITE/" (frame.place.path(frame.language)) "\">" (frame.say("embed.link")) "</a></claim-badge>"
            } }
        }
    }
}
