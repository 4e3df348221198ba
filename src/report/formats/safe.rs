//! Untrusted text on its way to a terminal: control characters are shown, never sent.

use std::fmt::Write as _;

use crate::text::{is_plain, is_unprintable};

/// The text with what a terminal would obey made visible; newlines and tabs stay.
#[must_use]
pub fn printable(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unprintable(character) && character != '\n' && character != '\t' {
            let _ = write!(safe, "\\u{{{:x}}}", u32::from(character));
        } else {
            safe.push(character);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_direction_marks_become_visible() {
        assert_eq!(printable("a\u{1b}[31mb\r\n\tc\u{202e}d\u{9b}"), "a\\u{1b}[31mb\\u{d}\n\tc\\u{202e}d\\u{9b}");
    }
}
