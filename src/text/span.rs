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

/// A text that many hold. One that was made for it is taken over and not copied, as files are large.
#[derive(Clone)]
pub struct Text(Held);

#[derive(Clone)]
enum Held {
    Copied(Arc<str>),
    Taken(Arc<String>),
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(Held::Taken(Arc::new(text)))
    }
}

impl From<Arc<str>> for Text {
    fn from(text: Arc<str>) -> Self {
        Self(Held::Copied(text))
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(Held::Copied(text.into()))
    }
}

impl From<&String> for Text {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl std::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            Held::Copied(text) => text,
            Held::Taken(text) => text,
        }
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        // a large text is mostly compared with itself
        let (own, other): (&str, &str) = (self, other);
        std::ptr::eq(own, other) || own == other
    }
}

impl Eq for Text {}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes)", self.len())
    }
}

/// The file that a text was found in.
#[derive(Clone, PartialEq, Eq)]
struct Origin {
    file: Arc<str>,
    /// The line on which the text begins.
    line: usize,
    lines: Lines,
}

/// Where the lines of a text are in the file around it.
#[derive(Clone, PartialEq, Eq)]
enum Lines {
    /// All that is known is where the text begins.
    Unknown,
    /// This is the whole file: they are looked up when they are asked for. The byte is one on the first line, where that is known.
    In(Text, Option<usize>),
    /// One after the other.
    At(Arc<[LineInFile]>),
}

/// Where a line of a text is in the file around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineInFile {
    /// The line of the file, from 1.
    pub line: usize,
    /// How much further right it begins there; `None` where the file writes it otherwise, as in a string with escapes.
    pub shift: Option<isize>,
}

/// A named text that spans point into. Cheap to clone.
#[derive(Clone, PartialEq, Eq)]
pub struct Source {
    name: Arc<str>,
    text: Text,
    origin: Option<Origin>,
    /// Where tokens end whose length differs from that in the text a person has, and by how many characters.
    grown: Arc<[(usize, isize)]>,
}

impl Source {
    /// A text under the name that a person knows it by: a file name, or a policy's name.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<Text>) -> Self {
        Self { name: name.into(), text: text.into(), origin: None, grown: Arc::default() }
    }

    /// A document that was found inside `file`, beginning on its line `line` (from 1).
    #[must_use]
    pub fn found_in(mut self, file: impl Into<Arc<str>>, line: usize) -> Self {
        self.origin = Some(Origin { file: file.into(), line, lines: Lines::Unknown });
        self
    }

    /// The same, where the whole file is at hand: its lines are those of the file. `at` is a byte of the file on the line, where that is
    /// known: to count lines again in a large file takes long.
    #[must_use]
    pub fn found_in_text(self, file: &Self, line: usize, at: Option<usize>) -> Self {
        let mut found = self.found_in(Arc::clone(&file.name), line);
        if let Some(origin) = &mut found.origin {
            origin.lines = Lines::In(file.text.clone(), at);
        }
        found
    }

    /// The same for a text that is written otherwise than the file: where each of its lines comes from.
    #[must_use]
    pub fn on_lines(mut self, lines: Vec<LineInFile>) -> Self {
        if let Some(origin) = &mut self.origin {
            origin.lines = Lines::At(lines.into());
        }
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

    /// The whole text, to be kept beside the source.
    #[must_use]
    pub(crate) fn text_shared(&self) -> Text {
        self.text.clone()
    }

    /// The file that holds this document, and the line of that file on which it begins. What was never written to a file has none.
    #[must_use]
    pub fn origin(&self) -> Option<(&str, usize)> {
        self.origin.as_ref().map(|origin| (origin.file.as_ref(), origin.line)).filter(|(file, _)| !file.is_empty())
    }

    /// Where each line of this text is in the file that holds it.
    #[must_use]
    pub fn lines_in_file(&self) -> Vec<LineInFile> {
        let Some(origin) = &self.origin else { return Vec::new() };
        let begin = LineInFile { line: origin.line, shift: None };
        match &origin.lines {
            Lines::Unknown => Vec::new(),
            Lines::At(lines) => lines.to_vec(),
            Lines::In(file, at) => {
                let start = match at {
                    Some(at) => memchr::memrchr(b'\n', file.as_bytes().get(..*at).unwrap_or_default()),
                    None => memchr::memchr_iter(b'\n', file.as_bytes()).take(origin.line.saturating_sub(1)).last(),
                };
                let start = start.map_or(0, |newline| newline + 1);
                let mut around = file.get(start..).unwrap_or_default().lines().peekable();
                let own: Vec<&str> = self.text.lines().collect();
                // a block of YAML begins on the line after its sign
                let first = own.iter().find(|line| !line.trim().is_empty()).map(|line| line.trim());
                let late = around.peek().zip(first).is_some_and(|(line, first)| !line.contains(first));
                if late {
                    around.next();
                }
                let start = origin.line + usize::from(late);
                let shift = |own: &str, line: &str| {
                    let text = own.trim();
                    let at = if text.is_empty() { Some(0) } else { line.rfind(text) };
                    let characters =
                        |text: &str, bytes: usize| text.get(..bytes).map_or(0, |text| text.chars().count());
                    let indent = own.len() - own.trim_start().len();
                    at.and_then(|at| {
                        let (there, here) = (characters(line, at), characters(own, indent));
                        Some(isize::try_from(there).ok()? - isize::try_from(here).ok()?)
                    })
                };
                let lines: Option<Vec<LineInFile>> = (start..)
                    .zip(own.iter().copied())
                    .map(|(line, own)| Some(LineInFile { line, shift: Some(shift(own, around.next()?)?) }))
                    .collect();
                // a string with escapes has all of its lines on one of the file
                lines.unwrap_or_else(|| vec![begin; own.len()])
            }
        }
    }

    /// Line and column in the file that holds this text; the column where the file has it as it is here.
    #[must_use]
    pub fn in_file(&self, offset: usize) -> Option<(usize, Option<usize>)> {
        let (_, begin) = self.origin()?;
        let own = self.position(offset);
        let lines = self.lines_in_file();
        let Some(found) = lines.get(own.line.saturating_sub(1)) else { return Some((begin, None)) };
        Some((found.line, found.shift.map(|shift| own.column.saturating_add_signed(shift))))
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
        let before = self.text.as_bytes().get(..offset).unwrap_or(self.text.as_bytes());
        let line = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
        let on_line = self.grown.iter().filter(|(end, _)| (line..=offset).contains(end));
        let grown = on_line.map(|(_, characters)| characters).sum();
        position.column = position.column.saturating_sub_signed(grown).max(1);
        position
    }

    /// The same for a text in which tokens were replaced by others: `grown` says where each new one ends, and by how many characters it
    /// is longer. Columns stay those of the text as it was, which is the one that a person can open.
    #[must_use]
    pub fn grown(mut self, mut grown: Vec<(usize, isize)>) -> Self {
        grown.sort_by_key(|(end, _)| *end);
        self.grown = grown.into();
        self
    }

    /// Where tokens end that were replaced, in order, and by how many characters each is longer.
    pub(super) fn grown_tokens(&self) -> &[(usize, isize)] {
        &self.grown
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
    fn a_text_inside_a_file_knows_its_lines_there() {
        let places = |file: &str, line, text: &str| {
            let begin = file.match_indices('\n').nth(line - 2).unwrap().0 + 1;
            let places = [None, Some(begin), Some(begin + 1)].map(|byte| {
                let source = Source::new("p", text).found_in_text(&Source::new("f", file), line, byte);
                let at = text.find("\"S\"").unwrap();
                source.in_file(at).unwrap()
            });
            assert!(places.iter().all(|place| *place == places[0]));
            places[0]
        };
        let object = "{\n  \"ü\": 1, \"P\": {\n    \"S\": []\n  }\n}";
        assert_eq!(places(object, 2, "{\n  \"S\": []\n}"), (3, Some(5)));
        assert_eq!(places("{\n \"P\": {\"S\": []}}", 2, "{\"S\": []}"), (2, Some(8)));
        let string = "{\n \"P\": \"{\\n  \\\"S\\\": []\\n}\",\n \"x\": 1\n}";
        assert_eq!(places(string, 2, "{\n  \"S\": []\n}"), (2, None));
        assert_eq!(places("a:\n  p: |\n    {\n      \"S\": []\n    }\n", 2, "{\n  \"S\": []\n}\n"), (4, Some(7)));
        assert_eq!(Source::new("p", "{}").found_in("f", 7).in_file(1), Some((7, None)));
    }

    #[test]
    fn columns_count_characters_and_lines_count_from_one() {
        let source = Source::new("doc", "{\n  \"ü\": 1\n}");
        let at = |offset| source.position(offset).to_string();
        assert_eq!([at(0), at(2), at(4), at(7), at(999)], ["1:1", "2:1", "2:3", "2:5", "3:2"]);
    }
}
