//! Where something was written: byte spans, the text they belong to, and the line and column a person counts.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The name of what came through standard input: no file.
pub const STANDARD_INPUT: &str = "standard input";

/// A half-open range of bytes in one [`Source`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes from `start` to before `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The same length, `offset` bytes further on.
    #[must_use]
    pub const fn shifted(self, offset: usize) -> Self {
        Self::new(self.start + offset, self.end + offset)
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// Whether `other` lies inside this span.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

/// A value with the place where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Ties `value` to `span`.
    pub const fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// A place as a person counts it: lines and columns start at 1, columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A named text that spans point into. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Source {
    name: Arc<str>,
    text: Arc<str>,
    origin: Option<(Arc<str>, usize)>,
    /// Where tokens end whose length differs from that in the text a person has, and by how many characters.
    grown: Arc<[(usize, isize)]>,
}

impl Source {
    /// A text under the name that a person knows it by: a file name, or a policy's name.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into(), origin: None, grown: Arc::default() }
    }

    /// A document that was found inside `file`, beginning on its line `line` (from 1).
    #[must_use]
    pub fn found_in(mut self, file: impl Into<Arc<str>>, line: usize) -> Self {
        self.origin = Some((file.into(), line));
        self
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The file that holds this document, and the line of that file on which it begins. What was never written to a file has none.
    #[must_use]
    pub fn origin(&self) -> Option<(&str, usize)> {
        self.origin.as_ref().map(|(file, line)| (file.as_ref(), *line)).filter(|(file, _)| !file.is_empty())
    }

    /// What stands at `span`, if the span lies on character boundaries of this text.
    #[must_use]
    pub fn snippet(&self, span: Span) -> Option<&str> {
        self.text.get(span.start..span.end)
    }

    /// Line and column of a byte offset; an offset past the end gives the end.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let mut position = position_in(&self.text, offset);
        let line = self.text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
        let before = self.grown.iter().filter(|(end, _)| (line..=offset).contains(end));
        let grown = before.map(|(_, characters)| characters).sum();
        position.column = position.column.saturating_sub_signed(grown).max(1);
        position
    }

    /// The same for a text in which tokens were replaced by others: `grown` says where each new one ends, and by how many characters it
    /// is longer. Columns stay those of the text as it was, which is the one that a person can open.
    #[must_use]
    pub fn grown(mut self, grown: Vec<(usize, isize)>) -> Self {
        self.grown = grown.into();
        self
    }

    /// Whether columns are those of another text.
    #[must_use]
    pub fn is_rewritten(&self) -> bool {
        !self.grown.is_empty()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Source({}, {} bytes)", self.name, self.text.len())
    }
}

/// Line and column of `offset` in `text`.
#[must_use]
pub fn position_in(text: &str, offset: usize) -> Position {
    let bytes = text.as_bytes();
    let before = bytes.get(..offset.min(bytes.len())).unwrap_or_default();
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    // bytes that begin a character, so that columns are characters
    let column = before.get(line_start..).unwrap_or_default().iter().filter(|byte| (**byte & 0xC0) != 0x80).count() + 1;
    Position { line, column }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_count_from_one() {
        let source = Source::new("doc", "{\n  \"ü\": 1\n}");
        let at = |offset| source.position(offset).to_string();
        assert_eq!([at(0), at(2), at(4), at(7), at(999)], ["1:1", "2:1", "2:3", "2:5", "3:2"]);
    }
}
