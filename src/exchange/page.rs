//! JSON-LD in a page: the contents of its `script` elements of type `application/ld+json`.

/// Most blocks of one page.
const MAX_BLOCKS: usize = 100;

/// Returns the blocks in their order. A script's text ends at the next `</script`, whatever stands in it, as in a browser.
pub(super) fn json_ld(page: &str) -> Vec<&str> {
    let mut blocks = Vec::new();
    let mut rest = page;
    while blocks.len() < MAX_BLOCKS
        && let Some(start) = find(rest, "<script")
    {
        rest = &rest[start + "<script".len()..];
        let Some(end) = rest.find('>') else {
            break;
        };
        let (tag, body) = (&rest[..end], &rest[end + 1..]);
        let end = find(body, "</script").unwrap_or(body.len());
        if tag.to_ascii_lowercase().contains("application/ld+json") {
            blocks.push(unwrapped(&body[..end]));
        }
        rest = &body[end..];
    }
    blocks
}

/// Takes away the wrappings that old editors put around scripts: comments and CDATA.
fn unwrapped(block: &str) -> &str {
    let mut block = block.trim();
    for (open, close) in [
        ("<!--", "-->"),
        ("//<![CDATA[", "//]]>"),
        ("/*<![CDATA[*/", "/*]]>*/"),
        ("<![CDATA[", "]]>"),
    ] {
        if let Some(inner) = block.strip_prefix(open) {
            block = inner.strip_suffix(close).unwrap_or(inner).trim();
        }
    }
    block
}

/// Finds ASCII words in any case.
fn find(text: &str, words: &str) -> Option<usize> {
    let (text, words) = (text.as_bytes(), words.as_bytes());
    text.windows(words.len())
        .position(|window| window.eq_ignore_ascii_case(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_in_any_wrapping() {
        let page = "<!doctype html><SCRIPT type='text/javascript'>var a = '<script>';</SCRIPT>\
            <script type=\"application/ld+json\">\n//<![CDATA[\n{\"a\":1}\n//]]>\n</script>\
            <script data-x TYPE=application/ld+json><!-- {\"b\":2} --></script>\
            <script type=\"application/ld+json\">{\"c\":3}";
        assert_eq!(json_ld(page), ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"]);
        assert_eq!(json_ld("<script"), Vec::<&str>::new());
    }
}
