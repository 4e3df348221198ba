//! Untrusted text on its way to a terminal: control characters are shown, never sent.

use std::fmt::Write as _;

/// The text with control characters, escape sequences and direction overrides made visible; newlines and tabs stay.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => safe.push(character),
            // direction marks and isolates can make a terminal show another text than the one that is copied
            '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' => {
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(character));
            }
            control if control.is_control() => {
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(control));
            }
            other => safe.push(other),
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
