//! What every page has around it: head, navigation, and as of when it speaks.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Language, Place, Site, asset};

/// What a page may do (Content Security Policy): use the site's own files, and nothing else.
///
/// It stands in the page too, for hosts that send no headers. `frame-ancestors` counts in a header only.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// A page in the making: which one, in which language.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) site: &'a Site<'a>,
    pub(super) language: Language,
    pub(super) place: Place,
}

impl Frame<'_> {
    /// Returns a text in the page's language.
    pub(super) fn say(&self, name: &'static str) -> &'static str {
        self.language.say(name)
    }

    /// Returns how to get from this page to the one about a place.
    pub(super) fn link(&self, place: Place) -> String {
        self.to(&place.path(self.language))
    }

    /// Returns how to get from this page to a file of the site.
    pub(super) fn to(&self, path: &str) -> String {
        format!("{}{path}", self.place.root(self.language))
    }

    fn asset(&self, name: &str) -> String {
        self.to(&asset::path(name))
    }

    /// Says as of which checkpoint the page speaks.
    pub(super) fn as_of(&self) -> Markup {
        let size = self.site.size.to_string();
        html! {
            (self.language.fill("as-of", &[("size", &size)]))
            @if let Some(time) = &self.site.recorded { ", " (super::part::time(&time.to_string())) }
        }
    }

    /// Puts a page together.
    pub(super) fn page(&self, title: &str, main: &Markup) -> String {
        let name = self.site.ledger.name.as_str();
        let is_front = self.place == Place::Front;
        let root = match self.place.root(self.language) {
            root if root.is_empty() => "./".to_owned(),
            root => root,
        };
        let page = html! {
            (DOCTYPE)
            html lang=(self.language.tag()) {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="referrer" content="no-referrer";
                    title { (title) @if !is_front { " · " (name) } }
                    link rel="icon" type="image/svg+xml" href=(self.asset("icon.svg"));
                    link rel="stylesheet" href=(self.asset("style.css"));
                    @for other in Language::ALL {
                        @if other != self.language {
                            link rel="alternate" hreflang=(other.tag()) href=(self.to(&self.place.path(other)));
                        }
                    }
                    script type="module" src=(self.asset("page.js")) {}
                }
                body data-root=(root) data-log-key=(self.site.ledger.log_key) data-origin=(self.site.ledger.origin) {
                    a.skip href="#main" { (self.say("skip")) }
                    header.masthead {
                        p.name dir="auto" {
                            @if is_front { (name) } @else { a href=(self.link(Place::Front)) { (name) } }
                        }
                        nav aria-label=(self.say("nav.label")) {
                            ul {
                                li { a href=(self.link(Place::Search)) aria-current=[(self.place == Place::Search).then_some("page")] { (self.say("nav.search")) } }
                                @for other in Language::ALL {
                                    @if other != self.language {
                                        li { a href=(self.to(&self.place.path(other))) hreflang=(other.tag()) lang=(other.tag()) { (other.name()) } }
                                    }
                                }
                            }
                        }
                    }
                    main #main tabindex="-1" { (main) }
                    footer.colophon {
                        p { (self.say("current")) " " (self.as_of()) " · " (self.say("colophon")) }
                    }
                }
            }
        };
        let PreEscaped(text) = page;
        text
    }
}
