//! What the terminal can, and what may be written to it.

#![expect(clippy::disallowed_methods, reason = "this is the adapter that knows the terminal")]

use super::{private, secrets};
use crate::report::printable;

/// A terminal that cannot move its cursor: nothing is erased on it, and it has no pages and no links.
pub(crate) fn is_dumb() -> bool {
    cfg!(unix) && std::env::var("TERM").map_or(true, |term| term.is_empty() || term == "dumb")
}

/// Any text, safe for a terminal and for whoever reads along.
pub(crate) fn safe(text: &str) -> String {
    printable(&secrets::clean(&private::redacted(text)))
}

/// The same on one line: what a name would write on the next is written out.
pub(crate) fn safe_line(text: &str) -> String {
    safe(text).replace('\n', "\\u{a}").replace('\t', "\\u{9}")
}
