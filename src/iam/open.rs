//! Parts of a policy that a template leaves open: what a deployment fills in stands there as `${template:NAME}`.
//!
//! Nothing is known of such a part, so an entry that has one may match or not. It is never taken for `*`, nor for nothing.

use crate::text::has_any;

/// How such a part begins.
const START: &str = "${template:";

/// The part that stands for what a template writes as `what`.
#[must_use]
pub fn open_part(what: &str) -> String {
    let name: String = what
        .chars()
        .map(
            |character| {
                if matches!(character, '{' | '}' | '"' | '\\') || character.is_control() { '_' } else { character }
            },
        )
        .take(100)
        .collect();
    format!("{START}{name}}}")
}

/// Whether a text has such a part.
#[must_use]
pub fn is_open(text: &str) -> bool {
    // almost no text has the sign with which such a part begins, and most are shorter than a search is worth
    has_any(text, [b'$']) && text.contains(START)
}

/// What the template writes in those places, each once.
#[must_use]
pub fn open_parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    for (at, start) in text.match_indices(START) {
        let rest = text.get(at + start.len()..).unwrap_or_default();
        if let Some((name, _)) = rest.split_once('}')
            && !parts.contains(&name)
        {
            parts.push(name);
        }
    }
    parts
}
