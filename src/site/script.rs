//! The scripts of `web/`, and one page that holds them all.
//!
//! A page that is opened from a file can load nothing, not even a module that lies beside it. So the modules are
//! put into one script: each becomes a function that returns what it exports, in an order in which every module comes
//! after those that it imports. The text of a module stays as it is, but for its `import` and `export`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::asset::ASSETS;

/// The web component that other people's pages show a claim with.
pub const BADGE: &str = include_str!("../../web/badge.js");

const OFFLINE_PAGE: &str = include_str!("../../web/offline.html");
const OFFLINE_SCRIPT: &str = include_str!("../../web/offline.js");

/// Where the page's template takes the script, and the hashes that its policy allows.
const SCRIPT_PLACE: &str = "/* script */";
const SCRIPT_HASH_PLACE: &str = "SCRIPT-HASH";
const STYLE_HASH_PLACE: &str = "STYLE-HASH";

/// Returns the page that checks a proof bundle without network: one file, with all scripts in it.
///
/// Its Content-Security-Policy allows this one script and this one style, and no request at all.
pub fn offline_page() -> String {
    let script = offline_script();
    let style = between(OFFLINE_PAGE, "<style>", "</style>");
    OFFLINE_PAGE
        .replace(STYLE_HASH_PLACE, &csp_hash(style))
        .replace(SCRIPT_HASH_PLACE, &csp_hash(&script))
        .replace(SCRIPT_PLACE, &script)
}

/// Returns the script of the page, which needs nothing beside it.
pub fn offline_script() -> String {
    let modules = modules().into_iter();
    let modules: Vec<String> = modules
        .map(|(name, text)| as_function(name, text))
        .collect();
    let page = without_exports(&with_imports_bound(OFFLINE_SCRIPT));
    format!(
        "'use strict';\n{}(() => {{\n{page}}})();\n",
        modules.concat()
    )
}

/// Returns the modules that the page needs, by their names. Each comes after those that it imports, as they stand among
/// the files.
fn modules() -> Vec<(&'static str, &'static str)> {
    let mut needed = imports(OFFLINE_SCRIPT);
    let mut modules = Vec::new();
    for asset in ASSETS.iter().rev() {
        if needed.contains(&asset.name) {
            let text = std::str::from_utf8(asset.bytes).expect("our scripts are UTF-8");
            needed.extend(imports(text));
            modules.push((asset.name, text));
        }
    }
    modules.reverse();
    modules
}

/// Returns the files that a module imports at its beginning.
fn imports(text: &str) -> Vec<&str> {
    let mut files = Vec::new();
    let mut rest = text;
    while let Some(at) = line_start(rest, "import {") {
        rest = &rest[at + 1..];
        files.push(between(rest, " from './", "'"));
    }
    files
}

/// Returns a hash as a Content-Security-Policy names what may run: `'sha256-…'`.
pub fn csp_hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

/// Wraps a module in a function, so that no two of them share a name by accident.
fn as_function(name: &str, text: &str) -> String {
    let exported = exported_names(text).join(", ");
    let body = without_exports(&with_imports_bound(text));
    format!(
        "const {} = (() => {{\n{body}return {{{exported}}};\n}})();\n",
        variable(name)
    )
}

/// The variable that holds what a module exports.
fn variable(file: &str) -> String {
    format!("module_{}", file.trim_end_matches(".js"))
}

/// Turns each `import {a, b} from './file.js';` at the beginning of a line into `const {a, b} = module_file;`.
fn with_imports_bound(text: &str) -> String {
    let mut bound = String::new();
    let mut rest = text;
    while let Some(at) = line_start(rest, "import {") {
        let (before, statement) = rest.split_at(at);
        let end = statement.find(";\n").map_or(statement.len(), |at| at + 2);
        let names = between(statement, "import ", " from ");
        let file = between(&statement[..end], " from './", "'");
        bound += &format!("{before}const {names} = {};\n", variable(file));
        rest = &statement[end..];
    }
    bound + rest
}

/// Takes away `export` at the beginnings of lines; a list of names that were imported goes with it.
fn without_exports(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.starts_with("export {"));
    lines
        .map(|line| format!("{}\n", line.strip_prefix("export ").unwrap_or(line)))
        .collect()
}

/// Returns what a module exports, by the words behind `export`.
fn exported_names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for line in text.lines() {
        let Some(declared) = line.strip_prefix("export ") else {
            continue;
        };
        if let Some(list) = declared.strip_prefix('{') {
            let list = list.trim_end_matches("};");
            names.extend(list.split(',').map(str::trim));
            continue;
        }
        let is_keyword = |word: &&str| matches!(*word, "async" | "function" | "class" | "const");
        let name = declared.split(' ').find(|word| !is_keyword(word));
        names.extend(name.and_then(|name| name.split(['(', '=']).next()));
    }
    names
}

fn line_start(text: &str, words: &str) -> Option<usize> {
    match text.starts_with(words) {
        true => Some(0),
        false => text.find(&format!("\n{words}")).map(|at| at + 1),
    }
}

/// The text between the first `from` and the next `to`; empty if there is none.
fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let rest = text.split_once(from).map_or("", |(_, rest)| rest);
    rest.split_once(to).map_or(rest, |(found, _)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn module_becomes_a_function_of_what_it_exports() {
        let text = "// What it is.\nimport {a,\n  b} from './x.js';\nexport {a};\nexport const c = 1;\n\
                    export async function d() {}\nexport class E {}\nconst f = 'export g';\n";
        assert_eq!(
            as_function("y.js", text),
            "const module_y = (() => {\n// What it is.\nconst {a,\n  b} = module_x;\nconst c = 1;\n\
             async function d() {}\nclass E {}\nconst f = 'export g';\nreturn {a, c, d, E};\n})();\n"
        );
    }

    #[test]
    fn every_module_comes_after_those_that_it_imports() {
        let modules = modules();
        for (i, (name, text)) in modules.iter().enumerate() {
            for file in imports(text) {
                let known = modules[..i].iter().any(|(earlier, _)| *earlier == file);
                assert!(known, "{name} imports {file}");
            }
        }
        assert!(modules.iter().any(|(name, _)| *name == "breathe.js"));
    }

    #[test]
    fn script_can_not_end_before_its_end() {
        let page = offline_page();
        assert_eq!(page.matches("</script").count(), 1);
        assert_eq!(page.matches("<script").count(), 1);
        for place in [SCRIPT_PLACE, SCRIPT_HASH_PLACE, STYLE_HASH_PLACE] {
            assert!(!page.contains(place), "{place}");
        }
        let script = between(&page, "<script>", "</script>");
        assert!(page.contains(&csp_hash(script)));
        assert!(page.contains(&csp_hash(between(&page, "<style>", "</style>"))));
        assert!(!script.contains("\nimport ") && !script.contains("\nexport "));
    }
}
