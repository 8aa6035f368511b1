//! Files that are no bundles, or prove nothing.

use ledger::bundle::Bundle;

use crate::support::forge::*;
use crate::*;

pub fn form() -> Vec<Case> {
    let (forge, source) = plain();
    let bundle = forge.bundle(&source);
    let bytes = bundle.to_bytes().unwrap();
    let edited = |name: &str, expected, edit: &dyn Fn(&mut Bundle)| {
        let mut bundle = bundle.clone();
        edit(&mut bundle);
        case(name, &bundle, expected)
    };
    let mut latin = bytes.clone();
    let at = latin.windows(8).position(|w| w == b"A source").unwrap();
    latin[at] = 0xe9;
    let log_as_witness = format!(r#""witnesses":["{}"]"#, log_key());
    let (first, index) = (r#""entries":[{"#, r#"\nindex 0\n"#);
    let other_proof = format!(r#"{{"entry":{},"proof":""#, r#"{"index":0}"#);
    vec![
        bytes_case("nothing", Vec::new(), Refused("line feed")),
        bytes_case(
            "no line feed at the end",
            bytes[..bytes.len() - 1].to_vec(),
            Refused("line feed"),
        ),
        bytes_case(
            "another byte than a line feed at the end",
            [&bytes[..bytes.len() - 1], b" "].concat(),
            Refused("line feed"),
        ),
        bytes_case(
            "two line feeds at the end",
            [&bytes[..], b"\n"].concat(),
            Refused("white space"),
        ),
        bytes_case("other bytes than UTF-8", latin, Refused("UTF-8")),
        bytes_case("a list", b"[]\n".to_vec(), Refused("expected")),
        bytes_case(
            "nested deeper than any value",
            "[".repeat(40).into_bytes(),
            Refused("line feed"),
        ),
        bytes_case(
            "nested deeper than any value, and closed",
            format!("{}{}\n", "[".repeat(40), "]".repeat(40)).into_bytes(),
            Refused("deeper"),
        ),
        changed(
            "white space",
            r#""version":1,"witnesses""#,
            r#""version": 1,"witnesses""#,
            Refused("white space"),
        ),
        changed(
            "a key twice",
            r#","witnesses":[]}"#,
            r#","witnesses":[],"witnesses":[]}"#,
            Refused("twice"),
        ),
        changed(
            "keys in another order",
            r#","type":"proof-bundle","version":1,"#,
            r#","version":1,"type":"proof-bundle","#,
            Refused("sorted"),
        ),
        changed(
            "a fraction",
            r#""version":1,"witnesses""#,
            r#""version":1.0,"witnesses""#,
            Refused("integer"),
        ),
        changed(
            "an integer beyond 2^53",
            r#""index":0,"#,
            r#""index":9007199254740992,"#,
            Refused("integer"),
        ),
        changed(
            "null",
            r#""version":1,"witnesses""#,
            r#""version":null,"witnesses""#,
            Refused("null"),
        ),
        changed(
            "half a surrogate pair",
            "A source",
            r"A \ud800",
            Refused("surrogate"),
        ),
        changed(
            "a long escape",
            "A source",
            r"A\u0020source",
            Refused("shorter"),
        ),
        changed(
            "letters and accents apart",
            "A source",
            "A source\u{301}e\u{301}",
            Refused("NFC"),
        ),
        changed(
            "another type",
            "proof-bundle",
            "proof-bungle",
            Refused("type"),
        ),
        changed(
            "an unknown member",
            r#","witnesses":[]}"#,
            r#","witnesses":[],"words":"Not signed"}"#,
            Refused("unknown"),
        ),
        changed(
            "a member less",
            r#","witnesses":[]}"#,
            "}",
            Refused("witnesses"),
        ),
        changed(
            "the subject as a number",
            r#""subject":"#,
            r#""subject":1,"subject1":"#,
            Refused(""),
        ),
        changed(
            "a log's key as a witness",
            r#""witnesses":[]"#,
            &log_as_witness,
            Refused("0x04"),
        ),
        changed(
            "an entry that is none",
            first,
            &format!("{first}\"entry\":{{}},\"proof\":\"\"}},{{"),
            Refused("entries"),
        ),
        changed(
            "an entry without its members",
            r#"{"entry":{"#,
            &format!("{other_proof}\"}},{{\"entry\":{{"),
            Refused("entries"),
        ),
        changed(
            "an extra line in a proof",
            index,
            &format!(r"\nextra Tm90IHNpZ25lZA==\nindex 0\n{}", ""),
            Refused("extra"),
        ),
        changed(
            "words behind the blank line of a proof",
            r#"\n\n","record""#,
            r#"\n\nNot signed.\n","record""#,
            Refused("blank line"),
        ),
        changed(
            "an index with a leading zero",
            index,
            r"\nindex 00\n",
            Refused("index"),
        ),
        changed(
            "a proof of another version",
            "tlog-proof@v1",
            "tlog-proof@v2",
            Refused("tlog-proof"),
        ),
        changed(
            "a root in base64 without padding",
            "=\\n",
            "\\n",
            Refused("checkpoint"),
        ),
        changed(
            "a checkpoint without signature",
            "— forged",
            "- forged",
            Refused("signature line"),
        ),
        edited("no entries", Refused("founding"), &|bundle| {
            bundle.items.clear()
        }),
        edited(
            "without the founding record",
            Refused("founding"),
            &|bundle| drop(bundle.items.remove(0)),
        ),
        edited("without the subject", Refused("lacks"), &|bundle| {
            drop(bundle.items.pop())
        }),
        edited("entries in another order", Refused("order"), &|bundle| {
            bundle.items.swap(1, 2)
        }),
        edited("an entry twice", Refused("order"), &|bundle| {
            bundle.items.insert(1, bundle.items[1].clone())
        }),
        edited(
            "a record beside the last entry",
            Refused("last entry"),
            &|bundle| {
                bundle.last.stored.object = bundle.items[2].stored.object.clone();
            },
        ),
    ]
}
