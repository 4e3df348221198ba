//! Standard input in lines that are not too long: one that is becomes a short request with the same id, so that its client gets an answer.

use std::io;
use std::mem::take;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use serde_json::Value;
use tokio::io::{AsyncRead, ReadBuf};

/// The method of the request that stands for one that is too long.
pub(super) const TOO_LONG: &str = "iamdx/too-long";

/// Bytes that are read at once.
const CHUNK: usize = 1 << 16;

/// An input, line by line.
pub(super) struct Bounded<R> {
    input: R,
    /// Bytes of a line at most.
    limit: usize,
    /// Whole lines, and how many bytes of them are handed on.
    lines: (Vec<u8>, usize),
    /// The line that has begun.
    line: Vec<u8>,
    /// The same, where it is too long already.
    long: Option<Scan>,
}

impl<R> Bounded<R> {
    pub(super) const fn new(input: R, limit: usize) -> Self {
        Self { input, limit, lines: (Vec::new(), 0), line: Vec::new(), long: None }
    }

    /// Takes bytes of the input.
    fn add(&mut self, bytes: &[u8]) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
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
            if part.ends_with(b"\n") {
                match self.long.take() {
                    Some(long) => self.lines.0.extend(long.instead()),
                    None => self.lines.0.append(&mut self.line),
                }
            }
        }
    }
}

impl<R: AsyncRead + Unpin> AsyncRead for Bounded<R> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        loop {
            let (lines, done) = &mut self.lines;
            if let Some(rest) = lines.get(*done..).filter(|rest| !rest.is_empty()) {
                let part = rest.get(..into.remaining()).unwrap_or(rest);
                into.put_slice(part);
                *done += part.len();
                return Poll::Ready(Ok(()));
            }
            lines.clear();
            *done = 0;
            let mut chunk = vec![0; CHUNK];
            let mut read = ReadBuf::new(&mut chunk);
            ready!(Pin::new(&mut self.input).poll_read(context, &mut read))?;
            if read.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            self.add(read.filled());
        }
    }
}

/// Looks for the id of a message that is not kept.
#[derive(Default)]
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

    /// A request with the same id; nothing for what has none, and waits for no answer.
    fn instead(self) -> Vec<u8> {
        let id = self.id.and_then(|id| serde_json::from_slice::<Value>(&id).ok());
        match id.filter(|id| id.is_number() || id.is_string()) {
            Some(id) => {
                format!("{}\n", serde_json::json!({"jsonrpc": "2.0", "id": id, "method": TOO_LONG})).into_bytes()
            }
            None => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handed_on(input: &str, at_once: usize) -> String {
        let mut bounded = Bounded::new(tokio::io::empty(), 60);
        input.as_bytes().chunks(at_once).for_each(|chunk| bounded.add(chunk));
        String::from_utf8(bounded.lines.0).unwrap()
    }

    #[test]
    fn a_line_that_is_too_long_becomes_a_request_with_its_id() {
        let long = "x".repeat(80);
        let short = "{\"jsonrpc\": \"2.0\", \"id\": 1}\n";
        let instead = |id: &str| format!("{{\"id\":{id},\"jsonrpc\":\"2.0\",\"method\":\"iamdx/too-long\"}}\n");
        for (line, expected) in [
            (format!(r#"{{"id": 7, "params": {{"id": 8, "text": "{long}"}}}}"#), instead("7")),
            (format!(r#"{{"params": {{"id": 8, "text": "a\"}}, \\ {long}"}}, "id":"seven" }}"#), instead("\"seven\"")),
            (format!(r#"{{"params": [{{"id": 8}}, "{long}"]}}"#), String::new()),
            (format!(r#"{{"id": null, "params": "{long}"}}"#), String::new()),
            (long.clone(), String::new()),
            (format!("}}]{{{long}"), String::new()),
        ] {
            for at_once in [1, 7, 1000] {
                assert_eq!(
                    handed_on(&format!("{short}{line}\n{short}"), at_once),
                    format!("{short}{expected}{short}"),
                    "{line}"
                );
            }
        }
        assert_eq!(handed_on("no end", 3), "");
    }
}
