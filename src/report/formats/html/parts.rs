//! The parts of a page: a list of links to them, then each under its heading. What is empty is left out.

use maud::{Markup, html};

use crate::report::words::sheet;

/// Each by the name of its place, its heading and what stands in it.
pub(super) fn parts(prefix: &str, parts: Vec<(&str, &str, Markup)>) -> Markup {
    let parts: Vec<_> = parts.into_iter().filter(|(.., markup)| !markup.0.is_empty()).collect();
    let id = |name: &str| format!("{prefix}{name}");
    html! {
        nav aria-label=(sheet::CONTENTS) {
            @for (name, title, _) in &parts { a href={ "#" (id(name)) } { (title) } }
        }
        @for (name, title, markup) in &parts {
            section aria-labelledby=(id(name)) {
                h2 id=(id(name)) { (title) }
                (markup)
            }
        }
    }
}
