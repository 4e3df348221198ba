//! The parts of a page: a list of links to them, then each under its heading. What is empty is left out.

use maud::{Markup, html};

use crate::report::words::sheet;

/// Each by the name of its place, its heading and what stands in it.
pub(super) fn parts(prefix: &str, parts: Vec<(&str, &str, Markup)>) -> Markup {
    let parts: Vec<_> = parts.into_iter().filter(|(.., markup)| !markup.0.is_empty()).collect();
    let id = |name: &str| format!("{prefix}{name}");
    // a page has several such lists, which are told apart by the number of their part
    let number = prefix.trim_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or_default();
    html! {
        nav aria-label=(sheet::contents(number)) {
            @for (name, title, _) in &parts { a href={ "#" (id(name)) } { (title) } }
        }
        @for (name, title, markup) in &parts {
            section {
                h2 id=(id(name)) { (title) }
                (markup)
            }
        }
    }
}
