//! Markdown as article text: what a reader sees, without the signs of the markup.
//!
//! Follows CommonMark. Raw HTML in it is left out. What stands before the text between lines of `---` (YAML)
//! or `+++` (TOML) is what the page says of itself; of YAML only plain `name: value` lines are read.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::metadata::{Field, Place, Stated};

/// What takes the text out of the markup, as records name it.
pub const EXTRACTOR: &str = "pulldown-cmark 0.13";

/// Returns the text of a Markdown page, and what its front matter says.
pub fn read(markdown: &str) -> (String, Vec<Stated>) {
    let lf_only = markdown.replace("\r\n", "\n");
    let (front, body) = split_front_matter(&lf_only);
    (text(body), front)
}

fn text(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    for event in Parser::new_ext(
        markdown,
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH,
    ) {
        match event {
            Event::Text(text) | Event::Code(text) => out.push_str(&text),
            Event::SoftBreak => out.push(' '),
            Event::HardBreak => out.push('\n'),
            Event::Start(Tag::Item) if !out.ends_with('\n') => out.push('\n'),
            Event::End(TagEnd::TableCell) => out.push(' '),
            Event::End(TagEnd::TableRow | TagEnd::TableHead) => out.push('\n'),
            Event::End(
                TagEnd::Paragraph
                | TagEnd::Heading(_)
                | TagEnd::CodeBlock
                | TagEnd::List(_)
                | TagEnd::BlockQuote(_)
                | TagEnd::Table,
            ) if !out.is_empty() => out.push_str("\n\n"),
            _ => {}
        }
    }
    out
}

fn split_front_matter(text: &str) -> (Vec<Stated>, &str) {
    let fenced = |fence: &str| {
        let rest = text.strip_prefix(fence)?.strip_prefix('\n')?;
        let (front, body) = rest.split_once(&format!("\n{fence}"))?;
        Some((front, body.strip_prefix('\n').unwrap_or(body)))
    };
    if let Some((front, body)) = fenced("---") {
        let pairs = front.lines().filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            Some((name, value.trim().trim_matches(['"', '\''])))
        });
        return (
            pairs
                .filter_map(|(name, value)| stated(name, value))
                .collect(),
            body,
        );
    }
    if let Some((front, body)) = fenced("+++")
        && let Ok(table) = front.parse::<toml::Table>()
    {
        let pairs = table.iter().filter_map(|(name, value)| match value {
            toml::Value::String(text) => stated(name, text),
            toml::Value::Datetime(time) => stated(name, &time.to_string()),
            _ => None,
        });
        return (pairs.collect(), body);
    }
    (Vec::new(), text)
}

fn stated(name: &str, value: &str) -> Option<Stated> {
    let field = match name.to_ascii_lowercase().as_str() {
        "title" => Field::Headline,
        "author" => Field::Author,
        "date" | "published" => Field::Published,
        "modified" | "lastmod" | "updated" => Field::Modified,
        "lang" | "language" => Field::Language,
        "url" | "canonical" => Field::Url,
        "publisher" => Field::Publisher,
        _ => return None,
    };
    Some(Stated {
        field,
        from: Place::FrontMatter,
        value: value.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn signs_of_the_markup_are_left_out() {
        let markdown = "---\ntitle: \"A *page*\"\ndate: 2026-06-04\ndraft: no\n---\n# Heading\n\nHe said: \
            “No, *never*.” See [the\nreport](https://a.example).\n\n- one\n- two\n\n> quoted\n\n<script>x</script>\n";
        let (text, front) = read(markdown);
        assert_eq!(
            text.trim(),
            "Heading\n\nHe said: “No, never.” See the report.\n\none\ntwo\n\nquoted"
        );
        let front: Vec<&str> = front.iter().map(|one| one.value.as_str()).collect();
        assert_eq!(front, ["A *page*", "2026-06-04"]);
    }

    #[test]
    fn hostile_markdown_is_read_in_time() {
        for sign in [">", "[", "*a_", "`", "- ", "<a ", "![](", "| "] {
            let start = Instant::now();
            read(&sign.repeat(100_000));
            let took = start.elapsed();
            assert!(took.as_secs() < 20, "{sign}: {took:?}");
        }
    }
}
