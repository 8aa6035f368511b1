//! The report as JSON Lines: for programs that read one finding at a time.

use serde_json::Value;

/// The lists of a report, and the `type` of the lines that their members become.
const LISTS: [(&str, &str); 4] = [
    ("findings", "finding"),
    ("notChecked", "not-checked"),
    ("notices", "notice"),
    ("witnessed", "witnessed"),
];

/// Writes each member of the report's lists in a line of its own, and at the end the rest, of type `report`.
pub(super) fn to_lines(report: &Value) -> Vec<u8> {
    let mut rest = report.clone();
    let mut out = Vec::new();
    for (list, r#type) in LISTS {
        let Some(Value::Array(members)) = rest.as_object_mut().and_then(|rest| rest.remove(list))
        else {
            continue;
        };
        for member in members {
            push_line(&mut out, r#type, member);
        }
    }
    push_line(&mut out, "report", rest);
    out
}

fn push_line(out: &mut Vec<u8>, r#type: &str, mut value: Value) {
    value["type"] = r#type.into();
    out.extend_from_slice(value.to_string().as_bytes());
    out.push(b'\n');
}
