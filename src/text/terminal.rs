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

/// Whether a text is printable ASCII and newlines and tabs, as most are: there is nothing in it to make visible or to drop.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    // a stretch is looked at whole, many bytes at once
    let plain =
        |stretch: &[u8]| stretch.iter().fold(true, |all, byte| all & matches!(byte, b' '..=b'~' | b'\n' | b'\t'));
    text.as_bytes().chunks(64).all(plain)
}

/// Whether nobody sees the character, although a program reads it: what a terminal would obey, and what Unicode tells programs to leave out
/// where they cannot show it: characters without a width, fillers, variation selectors, and tags, which repeat ASCII unseen.
/// <https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point>
#[must_use]
pub fn is_hidden(character: char) -> bool {
    is_unprintable(character)
        || matches!(
            character,
            '\u{AD}'
                | '\u{34F}'
                | '\u{61C}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{2060}'..='\u{206F}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFFB}'
                | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}
