//! JSON-LD in a page: the contents of its `script` elements of type `application/ld+json`.

/// Most blocks of one page.
pub(super) const MAX_BLOCKS: usize = 100;

/// Returns the first blocks in their order, and how many more there are. A script's text ends at the next `</script`,
/// whatever stands in it, as in a browser.
pub(super) fn json_ld(page: &str) -> (Vec<&str>, usize) {
    let mut blocks = Vec::new();
    let mut beyond = 0;
    let mut rest = page;
    while let Some(start) = find(rest, "<script") {
        rest = &rest[start + "<script".len()..];
        let Some(end) = rest.find('>') else {
            break;
        };
        let (tag, body) = (&rest[..end], &rest[end + 1..]);
        let end = find(body, "</script").unwrap_or(body.len());
        if tag.to_ascii_lowercase().contains("application/ld+json") {
            match blocks.len() < MAX_BLOCKS {
                true => blocks.push(&body[..end]),
                false => beyond += 1,
            }
        }
        rest = &body[end..];
    }
    (blocks, beyond)
}

/// Finds ASCII words in any case.
fn find(text: &str, words: &str) -> Option<usize> {
    let (text, words) = (text.as_bytes(), words.as_bytes());
    text.windows(words.len())
        .position(|window| window.eq_ignore_ascii_case(words))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ingest::json_ld::parse_script;

    #[test]
    fn blocks_are_found_in_any_wrapping() {
        let page = "<!doctype html><SCRIPT type='text/javascript'>var a = '<script>';</SCRIPT>\
            <script type=\"application/ld+json\">\n// <![CDATA[\n{\"a\":1};\n// ]]>\n</script>\
            <script data-x TYPE=application/ld+json><!-- {\"b\":2} --></script>\
            <script type=\"application/ld+json\">{\"c\":3}";
        let (blocks, beyond) = json_ld(page);
        let values: Vec<_> = blocks
            .iter()
            .filter_map(|block| parse_script(block))
            .collect();
        assert_eq!(values, [json!({"a": 1}), json!({"b": 2}), json!({"c": 3})]);
        assert_eq!(beyond, 0);
        assert_eq!(json_ld("<script"), (Vec::new(), 0));
    }
}
