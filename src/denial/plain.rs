//! How far a text goes on with bytes that are copied as they are.

use wide::u8x16;

/// Whether a byte may need more than a copy.
pub(super) const fn is_special(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\t')
        || matches!(byte, b'\\' | b'&' | b'<' | b'^' | b'"' | b'\'' | 0x7f | 0xC2 | 0xE2 | 0xEF)
}

/// How many bytes stand before the first special one, or before the end.
pub(super) fn plain(bytes: &[u8]) -> usize {
    let (parts, end) = bytes.as_chunks::<16>();
    for (number, part) in parts.iter().enumerate() {
        let found = specials(*part);
        if found != 0 {
            return number * 16 + found.trailing_zeros() as usize;
        }
    }
    let before = bytes.len() - end.len();
    before + end.iter().position(|byte| is_special(*byte)).unwrap_or(end.len())
}

/// A bit for each special byte, the first one the lowest.
fn specials(part: [u8; 16]) -> u32 {
    let part = u8x16::new(part);
    let is = |part: u8x16, byte: u8| part.simd_eq(u8x16::splat(byte));
    // two signs that differ in one bit are one comparison
    let with = |bit: u8| part | u8x16::splat(bit);
    let control = is(part.max(u8x16::splat(0x1f)), 0x1f) & !is(part, b'\t');
    let quote = is(part, b'"') | is(with(1), b'\'');
    let slash = is(with(2), b'^') | is(part, b'<');
    let wide = is(with(0x20), 0xE2) | is(part, 0xEF) | is(part, 0x7f);
    (control | quote | slash | wide).to_bitmask()
}

#[cfg(test)]
mod tests {
    use super::{is_special, plain};

    #[test]
    fn every_special_byte_is_found_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            for before in 0..40 {
                let mut text = vec![b'a'; before];
                text.push(byte);
                text.extend([b'x'; 5]);
                let expected = if is_special(byte) { before } else { text.len() };
                assert_eq!(plain(&text), expected, "{byte:#x} behind {before}");
            }
        }
    }
}
