//! UTF-32, which programs mark at its beginning: `encoding_rs` does not know it, as no browser may read it.
//! <https://encoding.spec.whatwg.org/#names-and-labels>

use std::io::{self, Read};

/// In which order the four bytes of a character are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Utf32 {
    /// The least one first.
    Little,
    /// The greatest one first.
    Big,
}

/// The length of a character, and of the mark.
pub(super) const UNIT: usize = 4;

impl Utf32 {
    /// By the mark at the beginning. That of UTF-16 begins the same, but no text in it has a zero character first.
    /// <https://www.unicode.org/faq/utf_bom.html>
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xFF, 0xFE, 0, 0, ..] => Some(Self::Little),
            [0, 0, 0xFE, 0xFF, ..] => Some(Self::Big),
            _ => None,
        }
    }

    /// The text of whole characters, and of a part of one at the end where nothing follows.
    pub(super) fn decode(self, bytes: &[u8]) -> String {
        let (units, rest) = bytes.as_chunks::<UNIT>();
        let character = |unit: &[u8; UNIT]| {
            let number = match self {
                Self::Little => u32::from_le_bytes(*unit),
                Self::Big => u32::from_be_bytes(*unit),
            };
            char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)
        };
        let cut = (!rest.is_empty()).then_some(char::REPLACEMENT_CHARACTER);
        units.iter().map(character).chain(cut).collect()
    }
}

/// A stream of UTF-32 as UTF-8.
pub(super) struct Decoded<R> {
    pub(super) order: Utf32,
    pub(super) input: R,
    /// Bytes of a character that is not complete yet.
    part: Vec<u8>,
    /// What was decoded and not read yet.
    ready: io::Cursor<String>,
}

impl<R> Decoded<R> {
    pub(super) fn new(order: Utf32, input: R) -> Self {
        Self { order, input, part: Vec::new(), ready: io::Cursor::default() }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut bytes = [0; 1 << 13];
        loop {
            let many = self.ready.read(into)?;
            if many > 0 || into.is_empty() {
                return Ok(many);
            }
            let read = self.input.read(&mut bytes)?;
            if read == 0 && self.part.is_empty() {
                return Ok(0);
            }
            self.part.extend_from_slice(bytes.get(..read).unwrap_or_default());
            let whole = if read == 0 { self.part.len() } else { self.part.len() / UNIT * UNIT };
            let text = self.order.decode(self.part.get(..whole).unwrap_or_default());
            self.part.drain(..whole);
            self.ready = io::Cursor::new(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_character_is_shown_as_that() {
        let bytes = [b'a', 0, 0, 0, 0, 0xD8, 0, 0, 0, 0, 0x11, 0, b'b', 0, 0, 0, b'c', 0];
        assert_eq!(Utf32::Little.decode(&bytes), "a\u{FFFD}\u{FFFD}b\u{FFFD}");
        assert_eq!(Utf32::Big.decode(&[0, 1, 0xF6, 0]), "\u{1F600}");
    }

    #[test]
    fn a_stream_that_comes_in_single_bytes_is_the_same_text() {
        struct Slow<'a>(&'a [u8]);
        impl Read for Slow<'_> {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                let one = into.len().min(1);
                self.0.read(&mut into[..one])
            }
        }
        let text = "größer \u{1F600}\nund weiter";
        let bytes: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        let mut read = String::new();
        Decoded::new(Utf32::Big, Slow(&bytes)).read_to_string(&mut read).unwrap();
        assert_eq!(read, text);
        read.clear();
        Decoded::new(Utf32::Big, Slow(&bytes[..bytes.len() - 1])).read_to_string(&mut read).unwrap();
        assert_eq!(read, text.replace("weiter", "weite\u{FFFD}"));
    }
}
