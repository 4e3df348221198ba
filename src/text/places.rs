//! Places of many offsets in one text, each counted on from the one before.

use super::span::{Position, Source};

/// Counts lines and columns on from the last place that was asked for: offsets in ascending order read the text once, whatever their
/// number. A smaller one starts again.
#[derive(Debug)]
pub struct Places<'s> {
    source: &'s Source,
    /// The last offset that was asked for, which may be past the end.
    asked: usize,
    at: usize,
    line_start: usize,
    line: usize,
    /// Characters between the start of the line and `at`.
    characters: usize,
    /// Tokens of the rewritten text that end before `at`, and how much those on this line are longer than they were.
    passed: usize,
    longer: isize,
}

impl Source {
    /// For many offsets of the text: lines and columns counted on from one to the next.
    #[must_use]
    pub const fn places(&self) -> Places<'_> {
        Places::new(self)
    }
}

impl<'s> Places<'s> {
    const fn new(source: &'s Source) -> Self {
        Self { source, asked: 0, at: 0, line_start: 0, line: 1, characters: 0, passed: 0, longer: 0 }
    }

    /// The same as [`Source::position`].
    pub fn position(&mut self, offset: usize) -> Position {
        if offset < self.asked {
            *self = Self::new(self.source);
        }
        self.asked = offset;
        let bytes = self.source.text().as_bytes();
        let end = offset.min(bytes.len());
        let passed = bytes.get(self.at..end).unwrap_or_default();
        let on_line = match memchr::memrchr(b'\n', passed) {
            Some(newline) => {
                self.line += memchr::memchr_iter(b'\n', passed).count();
                self.line_start = self.at + newline + 1;
                (self.characters, self.longer) = (0, 0);
                passed.get(newline + 1..).unwrap_or_default()
            }
            None => passed,
        };
        // bytes that begin a character, so that columns are characters
        self.characters += if on_line.is_ascii() {
            on_line.len()
        } else {
            on_line.iter().filter(|byte| (**byte & 0xC0) != 0x80).count()
        };
        let grown = self.source.grown_tokens().get(self.passed..).unwrap_or_default();
        for (token, longer) in grown.iter().take_while(|(token, _)| *token <= offset) {
            self.passed += 1;
            if *token >= self.line_start {
                self.longer += longer;
            }
        }
        self.at = end;
        let column = (self.characters + 1).saturating_sub_signed(self.longer).max(1);
        Position { line: self.line, column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_place_is_the_one_that_is_counted_from_the_start(
            text in "[aü\n]{0,40}",
            offsets in proptest::collection::vec(0_usize..60, 0..20),
            grown in proptest::collection::vec((0_usize..60, -3_isize..4), 0..5),
        ) {
            let source = Source::new("f", text).grown(grown);
            let mut places = source.places();
            for offset in offsets {
                prop_assert_eq!(places.position(offset), source.position(offset));
            }
        }
    }
}
