//! One policy document inside a file: found when the file is read, parsed when it is needed, and then once.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use percent_encoding::percent_decode_str;

use crate::iam::{Document, PolicyError};
use crate::text::{JsonError, Position, Source, Span};

/// A file that documents are found in.
#[derive(Debug)]
pub(super) struct FileText {
    pub(super) source: Source,
    /// How many lines end in all blocks up to each, as far as somebody asked: thousands of documents ask for their line, or one.
    lines: Mutex<Vec<usize>>,
}

/// Bytes between two counts of lines.
const BLOCK: usize = 1 << 14;

impl FileText {
    pub(super) fn new(source: Source) -> Arc<Self> {
        Arc::new(Self { source, lines: Mutex::default() })
    }

    /// The line of a byte, from 1.
    fn line(&self, offset: usize) -> usize {
        let bytes = self.source.text().as_bytes();
        let mut counts = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let block = offset / BLOCK;
        for next in bytes.chunks(BLOCK).take(block).skip(counts.len()) {
            let before = counts.last().copied().unwrap_or_default();
            counts.push(before + memchr::memchr_iter(b'\n', next).count());
        }
        let before = block.checked_sub(1).and_then(|last| counts.get(last)).copied().unwrap_or_default();
        drop(counts);
        let rest = bytes.get(block * BLOCK..offset).unwrap_or_default();
        before + memchr::memchr_iter(b'\n', rest).count() + 1
    }
}

/// Documents with the same text are alike, wherever they stand.
impl PartialEq for Stored {
    fn eq(&self, other: &Self) -> bool {
        self.raw() == other.raw()
    }
}

/// Where `part`, a slice of the file's text, stands in it.
pub(super) fn span_in(file: &Source, part: &str) -> Span {
    let start = (part.as_ptr() as usize).saturating_sub(file.text().as_ptr() as usize);
    Span::new(start, start + part.len())
}

/// A document as it stands in a file.
#[derive(Debug)]
pub(super) struct Stored {
    file: Arc<FileText>,
    span: Span,
    /// Whether the document stands in a file of the user.
    embedded: bool,
    read: OnceLock<Result<Arc<Document>, Box<PolicyError>>>,
}

impl Stored {
    pub(super) fn new(file: &Arc<FileText>, raw: &str) -> Self {
        Self { file: Arc::clone(file), span: span_in(&file.source, raw), embedded: true, read: OnceLock::new() }
    }

    /// A document that AWS publishes and no file needs to hold.
    pub(super) fn known(name: &str, text: &str) -> Self {
        let span = Span::new(0, text.len());
        Self { file: FileText::new(Source::new(name, text)), span, embedded: false, read: OnceLock::new() }
    }

    /// As written in the file.
    pub(super) fn raw(&self) -> &str {
        self.file.source.snippet(self.span).unwrap_or_default()
    }

    /// `FILE:LINE:COLUMN` of its beginning.
    pub(super) fn place(&self) -> String {
        format!("{}:{}", self.file.source.name(), self.file.source.position(self.span.start))
    }

    /// The document, named `name`.
    pub(super) fn document(&self, name: &str) -> Result<&Arc<Document>, &PolicyError> {
        self.read.get_or_init(|| self.parsed(name)).as_ref().map_err(Box::as_ref)
    }

    /// The same, and not kept for whoever asks again.
    pub(super) fn document_once(&self, name: &str) -> Result<Arc<Document>, Box<PolicyError>> {
        self.read.get().cloned().unwrap_or_else(|| self.parsed(name))
    }

    fn parsed(&self, name: &str) -> Result<Arc<Document>, Box<PolicyError>> {
        self.source(name).and_then(Document::parse).map(Arc::new).map_err(Box::new)
    }

    /// The text of the document as a person knows it.
    pub(super) fn source(&self, name: &str) -> Result<Source, PolicyError> {
        if !self.embedded {
            return Ok(self.file.source.clone());
        }
        let line = self.file.line(self.span.start);
        let source = Source::new(name, standalone(name, self.raw())?);
        Ok(source.found_in_text(&self.file.source, line, Some(self.span.start)))
    }
}

/// The text of a document that stands in a JSON file as an object or as a string.
///
/// An object keeps its lines and loses the indentation of the file around it. A string is the text that it holds; the IAM API encodes
/// that text for URLs (RFC 3986).
pub(super) fn standalone(name: &str, raw: &str) -> Result<String, PolicyError> {
    if !raw.starts_with('"') {
        return Ok(dedented(raw));
    }
    let fail = |message: String| PolicyError::Json {
        name: name.to_owned(),
        error: JsonError { at: Position { line: 1, column: 1 }, message },
    };
    let text: String = serde_json::from_str(raw).map_err(|error| fail(error.to_string()))?;
    if !text.trim_start().starts_with('%') {
        return Ok(unix_lines(text));
    }
    match percent_decode_str(&text).decode_utf8() {
        Ok(decoded) => Ok(decoded.into_owned()),
        Err(_) => Err(fail("the URL-encoded document is not UTF-8 when decoded".to_owned())),
    }
}

/// The lines after the first, without the indentation that they share.
fn dedented(raw: &str) -> String {
    let indentation = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let shared = raw.lines().skip(1).filter(|line| !line.trim().is_empty()).map(indentation).min().unwrap_or_default();
    let mut text = String::with_capacity(raw.len());
    for (index, line) in raw.split_inclusive('\n').enumerate() {
        // a blank line may be shorter than the indentation
        text.push_str(if index == 0 { line } else { line.get(shared..).unwrap_or("\n") });
    }
    unix_lines(text)
}

/// The text with the line ends that iamdx writes, so that an edit does not mix two kinds.
pub(super) fn unix_lines(text: String) -> String {
    if text.contains("\r\n") { text.replace("\r\n", "\n") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_stands_alone_as_a_person_would_see_it() {
        let file = "{\n    \"PolicyDocument\": {\n        \"Version\": \"2012-10-17\",\n\n        \"Statement\": [\n            1\n        ]\n    }\n}";
        let raw = file.get(file.find("{\n        \"V").unwrap()..file.len() - 2).unwrap();
        assert_eq!(
            standalone("p", raw).unwrap(),
            "{\n    \"Version\": \"2012-10-17\",\n\n    \"Statement\": [\n        1\n    ]\n}"
        );
    }

    #[test]
    fn the_line_of_a_byte_is_found_by_blocks() {
        let text = "ab\n".repeat(20_000);
        let file = FileText::new(Source::new("f", text.as_str()));
        for offset in [0, 2, 3, BLOCK - 1, BLOCK, BLOCK + 1, text.len() - 1, text.len()] {
            assert_eq!(file.line(offset), file.source.position(offset).line, "{offset}");
        }
    }

    #[test]
    fn strings_are_decoded_as_the_api_encodes_them() {
        let read = |raw| standalone("p", raw).unwrap();
        assert_eq!(read(r#""%7B%22a%22%3A%20%22%2B+%C3%BC%22%7D""#), r#"{"a": "++ü"}"#);
        assert_eq!(read(r#""{\"a\": \"100%25\"}""#), r#"{"a": "100%25"}"#);
        assert_eq!(
            standalone("p", r#""%7B%ff""#).unwrap_err().to_string(),
            "p:1:1: the URL-encoded document is not UTF-8 when decoded"
        );
    }
}
