//! Standard input in lines that are not too long: of one that is, its id is kept, so that its client gets an answer.

use std::io;
use std::mem::take;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

/// Bytes that are read at once.
const CHUNK: usize = 1 << 16;

/// A line of the input.
#[derive(Debug, PartialEq)]
pub(super) enum Line {
    /// As it is.
    Whole(Vec<u8>),
    /// Too long to be kept; null is the id of what has none.
    TooLong(Value),
}

/// An input, line by line.
#[derive(Debug)]
pub(super) struct Lines<R> {
    input: BufReader<R>,
    /// Bytes of a line at most.
    limit: usize,
    /// The line that has begun.
    line: Vec<u8>,
    /// The same, where it is too long already.
    long: Option<Scan>,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(super) fn new(input: R, limit: usize) -> Self {
        Self { input: BufReader::with_capacity(CHUNK, input), limit, line: Vec::new(), long: None }
    }

    /// The next line; none at the end. What has no line end there is a line, too. If nobody waits for it any more, nothing is lost.
    ///
    /// # Errors
    /// When the input cannot be read.
    pub(super) async fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let bytes = self.input.fill_buf().await?;
            if bytes.is_empty() {
                let has_begun = self.long.is_some() || !self.line.is_empty();
                return Ok(has_begun.then(|| self.end()));
            }
            let part = bytes.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
            if let Some(long) = &mut self.long {
                long.read(part);
            } else if self.line.len() + part.len() > self.limit {
                let mut long = Scan::default();
                long.read(&take(&mut self.line));
                long.read(part);
                self.long = Some(long);
            } else {
                self.line.extend_from_slice(part);
            }
            let (length, ends) = (part.len(), part.ends_with(b"\n"));
            self.input.consume(length);
            if ends {
                return Ok(Some(self.end()));
            }
        }
    }

    fn end(&mut self) -> Line {
        match self.long.take() {
            Some(long) => Line::TooLong(long.id()),
            None => Line::Whole(take(&mut self.line)),
        }
    }
}

/// Looks for the id of a message that is not kept.
#[derive(Debug, Default)]
struct Scan {
    depth: usize,
    in_text: bool,
    is_escaped: bool,
    /// What was read since the last sign, of the message's own members.
    word: Vec<u8>,
    is_id: bool,
    id: Option<Vec<u8>>,
}

/// A longer id is none.
const WORD: usize = 256;

impl Scan {
    fn read(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.read_one(*byte);
        }
    }

    fn read_one(&mut self, byte: u8) {
        if self.depth == 1 && self.word.len() < WORD && (self.in_text || !b" \t\r\n:,{}[]".contains(&byte)) {
            self.word.push(byte);
        }
        if self.in_text {
            self.in_text = self.is_escaped || byte != b'"';
            self.is_escaped = !self.is_escaped && byte == b'\\';
            return;
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.end_member();
                self.depth = self.depth.saturating_sub(1);
            }
            b':' if self.depth == 1 => self.is_id = take(&mut self.word) == b"\"id\"",
            b',' => self.end_member(),
            _ => {}
        }
    }

    fn end_member(&mut self) {
        if self.depth == 1 {
            let word = take(&mut self.word);
            if take(&mut self.is_id) {
                self.id = Some(word);
            }
        }
    }

    /// The id, where it is one.
    fn id(self) -> Value {
        let id = self.id.and_then(|id| serde_json::from_slice(&id).ok());
        id.filter(is_id).unwrap_or_default()
    }
}

/// Whether a request may have it as its id.
pub(super) fn is_id(id: &Value) -> bool {
    id.is_i64() || id.is_u64() || id.is_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of an input that comes in parts of some length.
    fn lines(input: &str, at_once: usize) -> Vec<Line> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut lines = Lines::new(input.as_bytes(), 60);
        lines.input = BufReader::with_capacity(at_once, input.as_bytes());
        let mut all = Vec::new();
        while let Some(line) = runtime.block_on(lines.next()).unwrap() {
            all.push(line);
        }
        all
    }

    #[test]
    fn of_a_line_that_is_too_long_the_id_is_kept() {
        let long = "x".repeat(80);
        let short = "{\"jsonrpc\": \"2.0\", \"id\": 1}\n";
        for (line, id) in [
            (format!(r#"{{"id": 7, "params": {{"id": 8, "text": "{long}"}}}}"#), Value::from(7)),
            (format!(r#"{{"params": {{"id": 8, "text": "a\"}}, \\ {long}"}}, "id":"seven" }}"#), Value::from("seven")),
            (format!(r#"{{"params": [{{"id": 8}}, "{long}"]}}"#), Value::Null),
            (format!(r#"{{"id": null, "params": "{long}"}}"#), Value::Null),
            (format!(r#"{{"id": 0.5, "params": "{long}"}}"#), Value::Null),
            (long.clone(), Value::Null),
            (format!("}}]{{{long}"), Value::Null),
        ] {
            for at_once in [1, 7, 1000] {
                let kept = || Line::Whole(short.as_bytes().to_vec());
                let expected = [kept(), Line::TooLong(id.clone()), kept()];
                assert_eq!(lines(&format!("{short}{line}\n{short}"), at_once), expected, "{line}");
            }
        }
        assert_eq!(lines("no end", 3), [Line::Whole(b"no end".to_vec())]);
        assert_eq!(lines(&long, 3), [Line::TooLong(Value::Null)]);
        assert_eq!(lines("", 3), []);
    }
}
