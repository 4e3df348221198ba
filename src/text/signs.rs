//! Whether certain signs stand in a text that most likely has none of them.

/// Whether one of these bytes stands in the text: looked at without a branch for each byte.
#[inline]
pub(crate) fn has_any<const N: usize>(text: &str, signs: [u8; N]) -> bool {
    let mut found = false;
    for byte in text.as_bytes() {
        for sign in signs {
            found |= *byte == sign;
        }
    }
    found
}
