//! A page's HTML as a tree that is safe to work on, and its main text.
//!
//! The tree is what browsers build (html5ever); the main text is found as Firefox's reader view does it
//! (`dom_smoothie`, a port of Mozilla's Readability). Both take time that grows with the square of what a hostile page
//! nests or lists, so the page is fed in small pieces to a tree that counts, and given up when it counts too much.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use dom_query::{Document, NodeId};
use dom_smoothie::{Config, Readability, TextMode};
use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{Attribute, ParseOpts, QualName};

/// Elements within each other. Browsers stop at 512; the deepest pages that people make have about 100.
pub const MAX_DEPTH: u32 = 256;

/// HTML, in bytes of UTF-8.
pub const MAX_HTML_LEN: usize = 8 * 1024 * 1024;

/// Elements, comments and pieces of text of a page.
pub const MAX_NODES: usize = 100_000;

/// Attributes of all elements together.
pub const MAX_ATTRIBUTES: usize = 400_000;

/// Characters times the elements around them: what it costs to read the text of every element once.
pub const MAX_TEXT_COST: u64 = 400_000_000;

/// Spaces, slashes and quotation marks within one tag, comment or declaration.
pub const MAX_TAG_PARTS: usize = 10_000;

/// The same in all tags that have more than a thousand.
const MAX_LONG_TAG_PARTS: usize = 200_000;

/// How much is read between two looks at what was counted.
const PIECE_LEN: usize = 1024;

/// Why a page's tree is not built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a page with at most {most} {what}, found more")]
pub struct TooMuch {
    pub most: u64,
    pub what: &'static str,
}

/// Builds the tree of a page.
///
/// # Errors
///
/// [`TooMuch`] names the bound that the page breaks.
pub fn parse(html: &str) -> Result<Document, TooMuch> {
    check_len(html)?;
    let options = ParseOpts {
        tree_builder: TreeBuilderOpts {
            // What stands in <noscript> is text for whoever runs no scripts, as here.
            scripting_enabled: false,
            ..TreeBuilderOpts::default()
        },
        ..ParseOpts::default()
    };
    let mut parser = html5ever::parse_document(Counting::default(), options);
    let (mut parts, mut long_tag_parts) = (0, 0);
    let mut rest = html;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE_LEN));
        rest = after;
        parser.process(StrTendril::from_slice(piece));
        let tree = &parser.tokenizer.sink.sink;
        tree.check()?;
        // A tag that has not ended: html5ever compares each of its attributes with all before it.
        let before = match tree.is_at_work.take() {
            true => 0,
            false => parts,
        };
        let more = piece.bytes().filter(|b| b" \t\n\r\x0c/\"'".contains(b));
        parts = before + more.count();
        if before > 1000 {
            long_tag_parts += parts - before;
        }
        check(parts as u64, MAX_TAG_PARTS as u64, "parts in a tag")?;
        check(
            long_tag_parts as u64,
            MAX_LONG_TAG_PARTS as u64,
            "parts in long tags",
        )?;
    }
    let tree = parser.finish();
    tree.check()?;
    check_text(&tree.document)?;
    Ok(tree.document)
}

/// Checks the length of a page, as characters in UTF-8.
///
/// # Errors
///
/// [`TooMuch`] beyond [`MAX_HTML_LEN`].
pub fn check_len(page: &str) -> Result<(), TooMuch> {
    check(page.len() as u64, MAX_HTML_LEN as u64, "bytes of markup")
}

/// Finds the main text of a page, paragraphs separated by blank lines; `None` if there is none to be found.
///
/// The tree is used up: what is no main text is taken out of it.
pub fn main_text(document: Document) -> Option<String> {
    let config = Config {
        disable_json_ld: true,
        text_mode: TextMode::Formatted,
        ..Config::default()
    };
    let mut readability = Readability::with_document(document, None, Some(config)).ok()?;
    let article = readability.parse().ok()?;
    let text = article.text_content.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// What finds the main text, as records name it.
pub const EXTRACTOR: &str = "dom_smoothie 0.19";

fn check(found: u64, most: u64, what: &'static str) -> Result<(), TooMuch> {
    match found > most {
        true => Err(TooMuch { most, what }),
        false => Ok(()),
    }
}

/// Weighs a finished tree. Moved subtrees may be deeper in it than they were when they were counted.
fn check_text(document: &Document) -> Result<(), TooMuch> {
    let mut cost: u64 = 0;
    let mut waiting = vec![(document.root(), 0u32)];
    while let Some((node, depth)) = waiting.pop() {
        check(
            u64::from(depth),
            u64::from(MAX_DEPTH),
            "elements within each other",
        )?;
        if node.is_text() {
            cost += node.text().len() as u64 * u64::from(depth);
            check(cost, MAX_TEXT_COST, "characters times elements around them")?;
        }
        waiting.extend(node.children_it(false).map(|child| (child, depth + 1)));
    }
    Ok(())
}

/// A tree that counts what is put into it.
#[derive(Default)]
struct Counting {
    document: Document,
    depths: RefCell<HashMap<NodeId, u32>>,
    deepest: Cell<u32>,
    nodes: Cell<usize>,
    attributes: Cell<usize>,
    /// Whether a tag or a text came since somebody looked.
    is_at_work: Cell<bool>,
}

impl Counting {
    fn check(&self) -> Result<(), TooMuch> {
        // Nobody reads them, and a hostile page has one for each of its bytes.
        self.document.errors.borrow_mut().clear();
        check(
            u64::from(self.deepest.get()),
            u64::from(MAX_DEPTH),
            "elements within each other",
        )?;
        check(self.nodes.get() as u64, MAX_NODES as u64, "nodes")?;
        check(
            self.attributes.get() as u64,
            MAX_ATTRIBUTES as u64,
            "attributes",
        )
    }

    fn put(&self, child: &NodeOrText<NodeId>, depth: u32) {
        self.deepest.set(self.deepest.get().max(depth));
        match child {
            NodeOrText::AppendNode(node) => {
                self.depths.borrow_mut().insert(*node, depth);
            }
            NodeOrText::AppendText(_) => self.nodes.set(self.nodes.get() + 1),
        }
    }

    /// Elements around a node, itself included.
    fn depth(&self, node: &NodeId) -> u32 {
        self.depths.borrow().get(node).copied().unwrap_or_default()
    }

    fn count(&self, node: NodeId) -> NodeId {
        self.nodes.set(self.nodes.get() + 1);
        node
    }
}

/// Everything is passed on to the document.
impl TreeSink for Counting {
    type Handle = NodeId;
    type Output = Self;
    type ElemName<'a> = <Document as TreeSink>::ElemName<'a>;

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        self.document.get_document()
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Self::ElemName<'a> {
        // Asked for every tag and every text: what is open?
        self.is_at_work.set(true);
        self.document.elem_name(target)
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        flags: ElementFlags,
    ) -> NodeId {
        self.attributes
            .set(self.attributes.get() + attributes.len());
        self.count(self.document.create_element(name, attributes, flags))
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        self.count(self.document.create_comment(text))
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        self.count(self.document.create_pi(target, data))
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.put(&child, self.depth(parent) + 1);
        self.document.append(parent, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        before: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        self.put(&child, self.depth(element).max(self.depth(before) + 1));
        self.document
            .append_based_on_parent_node(element, before, child);
    }

    fn append_doctype_to_document(&self, name: StrTendril, public: StrTendril, system: StrTendril) {
        self.document
            .append_doctype_to_document(name, public, system);
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        let contents = self.document.get_template_contents(target);
        let depth = self.depth(target) + 1;
        self.depths.borrow_mut().insert(contents, depth);
        contents
    }

    fn same_node(&self, one: &NodeId, other: &NodeId) -> bool {
        self.document.same_node(one, other)
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.document.set_quirks_mode(mode);
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        self.put(&child, self.depth(sibling));
        self.document.append_before_sibling(sibling, child);
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attributes: Vec<Attribute>) {
        self.attributes
            .set(self.attributes.get() + attributes.len());
        self.document.add_attrs_if_missing(target, attributes);
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.document.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        self.document.reparent_children(node, new_parent);
    }

    fn mark_script_already_started(&self, node: &NodeId) {
        self.document.mark_script_already_started(node);
    }

    fn pop(&self, node: &NodeId) {
        self.document.pop(node);
    }

    fn is_mathml_annotation_xml_integration_point(&self, node: &NodeId) -> bool {
        TreeSink::is_mathml_annotation_xml_integration_point(&self.document, node)
    }
}
