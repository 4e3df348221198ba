//! Reports as JSON for programs: one document, nothing in it that a terminal would obey.

use std::fmt::Write as _;

use serde::Serialize;

use crate::text::is_unprintable;

/// Any model as JSON; characters that a terminal would obey are escaped.
///
/// Such characters occur in strings only, so escaping them in the finished text is sound.
#[must_use]
pub fn to_json<T: Serialize>(model: &T, indented: bool) -> String {
    let text = if indented { serde_json::to_string_pretty(model) } else { serde_json::to_string(model) };
    // the models hold strings, numbers and lists: nothing that JSON cannot say
    let text = text.unwrap_or_default();
    // most answers are ASCII
    let plain = text.bytes().all(|byte| matches!(byte, b'\n' | b' '..=b'~'));
    if plain || !text.chars().any(|character| character != '\n' && is_unprintable(character)) {
        return text;
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if character != '\n' && is_unprintable(character) {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
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
    fn control_characters_are_escaped_in_strings() {
        let text = "a\u{1b}[0m\u{9b}\u{202e}é\u{7f}";
        assert_eq!(to_json(&text, false), r#""a\u001b[0m\u009b\u202eé\u007f""#);
        assert_eq!(serde_json::from_str::<String>(&to_json(&text, false)).unwrap(), text);
    }
}
