//! Characters that are no text for a terminal.

/// Whether a terminal would obey the character instead of showing it, or show other text than the one that is copied:
/// controls, direction marks and isolates.
#[must_use]
pub fn is_unprintable(character: char) -> bool {
    matches!(
        character,
        '\u{200E}' | '\u{200F}' | '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}'
    ) || character.is_control()
}
