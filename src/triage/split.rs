//! The records of a stream of JSON, one by one, without holding more of it than one.
//!
//! Records come as elements of a `Records` or `Events` list, as elements of a list, or as values one after the other.

use std::io::{self, Read};

/// Bytes that are read at once.
const CHUNK: usize = 256 * 1024;

/// A record that is longer is none. CloudTrail cuts its own at 256 KB, at 1 MB where they are to be larger.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
const LONGEST: usize = 16 * 1024 * 1024;

/// The fields whose lists hold records.
const LISTS: [&[u8]; 2] = [b"Records", b"Events"];

/// Why a stream has no more records.
#[derive(Debug)]
#[non_exhaustive]
pub enum Broken {
    /// It could not be read to its end.
    Read(io::Error),
    /// It is no JSON from this byte on.
    NotJson(u64),
    /// It ends inside a value.
    EndsEarly,
    /// The record that begins at this byte is too long.
    TooLong(u64),
}

/// Calls `each` with every record of the stream, in order.
///
/// # Errors
/// When the stream ends badly; the records before that were given.
pub fn records(mut input: impl Read, mut each: impl FnMut(&[u8])) -> Result<(), Broken> {
    let mut held: Vec<u8> = Vec::with_capacity(2 * CHUNK);
    let mut scan = Scan::default();
    loop {
        let before = held.len();
        held.resize(before + CHUNK, 0);
        let read = loop {
            match input.read(held.get_mut(before..).unwrap_or_default()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        held.truncate(before + read.as_ref().copied().unwrap_or_default());
        match read {
            Err(error) => return Err(Broken::Read(error)),
            Ok(0) => return scan.end(),
            Ok(_) => {}
        }
        scan.go(&held, &mut each)?;
        let done = scan.record.or(scan.string).unwrap_or(scan.at);
        if held.len() - done > LONGEST {
            return Err(Broken::TooLong(scan.base + done as u64));
        }
        held.drain(..done);
        scan.forget(done);
    }
}

/// Where a scan is.
#[derive(Debug, Default)]
struct Scan {
    /// Bytes of the stream before those that are held.
    base: u64,
    /// The next byte to look at, of those that are held.
    at: usize,
    /// Where the record begins that is read now.
    record: Option<usize>,
    /// Where the string begins that is read now.
    string: Option<usize>,
    /// The last string of the outermost object was `Records` or another such name.
    names_list: bool,
    /// How many lists and objects are open.
    depth: usize,
    /// How many are open around each record: none, or those of a list of records.
    around: usize,
}

impl Scan {
    fn go(&mut self, held: &[u8], each: &mut impl FnMut(&[u8])) -> Result<(), Broken> {
        while let Some(rest) = held.get(self.at..).filter(|rest| !rest.is_empty()) {
            if let Some(begin) = self.string {
                match memchr::memchr2(b'"', b'\\', rest) {
                    None => self.at = held.len(),
                    // the byte after it is looked at together with it
                    Some(place) if rest.get(place) == Some(&b'\\') => {
                        if place + 1 == rest.len() {
                            self.at += place;
                            return Ok(());
                        }
                        self.at += place + 2;
                    }
                    Some(place) => {
                        self.at += place + 1;
                        self.string = None;
                        if self.depth == 1 && self.around == 0 {
                            let text = held.get(begin..self.at - 1).unwrap_or_default();
                            self.names_list = LISTS.contains(&text);
                        }
                    }
                }
                continue;
            }
            let Some(byte) = rest.first() else { break };
            let here = self.at;
            self.at += 1;
            match byte {
                b'"' if self.depth > 0 => self.string = Some(self.at),
                b'{' | b'[' => self.opens(*byte, here),
                b'}' | b']' => {
                    self.depth = self.depth.checked_sub(1).ok_or(Broken::NotJson(self.base + here as u64))?;
                    self.closes(held, each);
                }
                b' ' | b'\t' | b'\r' | b'\n' => {}
                // a mark of the byte order stands before the first value
                0xEF | 0xBB | 0xBF if self.depth == 0 && self.base + (here as u64) < 3 => {}
                _ if self.depth == 0 => return Err(Broken::NotJson(self.base + here as u64)),
                b',' if self.depth == 1 => self.names_list = false,
                _ => {}
            }
        }
        Ok(())
    }

    fn opens(&mut self, byte: u8, here: usize) {
        let list = byte == b'[';
        if self.depth == 0 {
            self.names_list = false;
        }
        match self.depth {
            0 if list => self.around = 1,
            0 => {
                self.around = 0;
                self.record = Some(here);
            }
            // the object is no record, it holds them
            1 if list && self.around == 0 && self.names_list => {
                self.around = 2;
                self.record = None;
            }
            depth if depth == self.around && !list => self.record = Some(here),
            _ => {}
        }
        self.depth += 1;
    }

    fn closes(&mut self, held: &[u8], each: &mut impl FnMut(&[u8])) {
        if self.depth == self.around
            && let Some(begin) = self.record.take()
        {
            each(held.get(begin..self.at).unwrap_or_default());
        }
        // the list of records is over, and its object may have another
        if self.around == 2 && self.depth == 1 {
            self.around = 0;
            self.names_list = false;
        }
        if self.depth == 0 {
            self.around = 0;
        }
    }

    /// Forgets the first bytes of those that are held.
    fn forget(&mut self, done: usize) {
        self.base += done as u64;
        self.at -= done;
        self.record = self.record.map(|begin| begin - done);
        self.string = self.string.map(|begin| begin - done);
    }

    fn end(&self) -> Result<(), Broken> {
        if self.depth > 0 || self.string.is_some() { Err(Broken::EndsEarly) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::{Broken, records};

    /// Gives so many bytes at once.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let many = self.1.min(self.0.len()).min(into.len());
            let (now, later) = self.0.split_at(many);
            into[..many].copy_from_slice(now);
            self.0 = later;
            Ok(many)
        }
    }

    fn split(text: &str) -> String {
        let by = |many: usize| {
            let mut found = Vec::new();
            let end = records(Drip(text.as_bytes(), many), |record| {
                found.push(String::from_utf8_lossy(record).into_owned());
            });
            let end = match end {
                Ok(()) => String::new(),
                Err(Broken::NotJson(at)) => format!(" !{at}"),
                Err(other) => format!(" {other:?}"),
            };
            format!("{}{end}", found.join(" "))
        };
        // however the bytes come
        let whole = by(text.len().max(1));
        assert_eq!(whole, by(1));
        assert_eq!(whole, by(7));
        whole
    }

    #[test]
    fn records_are_found_in_every_shape_that_they_come_in() {
        assert_eq!(split(r#"{"Records":[{"a":1},{"b":[{"c":2}]}]}"#), r#"{"a":1} {"b":[{"c":2}]}"#);
        assert_eq!(split(r#"{"Events":[{"a":1}],"NextToken":"x"}"#), r#"{"a":1}"#);
        assert_eq!(split(r#"[{"a":1}, {"b":2}]"#), r#"{"a":1} {"b":2}"#);
        assert_eq!(split("{\"a\":1}\n{\"b\":2}\n"), r#"{"a":1} {"b":2}"#);
        assert_eq!(split("\u{FEFF}{\"a\":1}"), r#"{"a":1}"#);
        assert_eq!(split(""), "");
        // a name elsewhere, or as a value, holds nothing
        assert_eq!(split(r#"{"a":"Records","b":[{"c":1}]}"#), r#"{"a":"Records","b":[{"c":1}]}"#);
        assert_eq!(split(r#"{"a":{"Records":[{"c":1}]}}"#), r#"{"a":{"Records":[{"c":1}]}}"#);
    }

    #[test]
    fn text_that_looks_like_structure_is_text() {
        let record = r#"{"a":"}],{\"Records\":[{\\","b":"\\\"{"}"#;
        assert_eq!(split(&format!(r#"{{"Records":[{record}]}}"#)), record);
    }

    #[test]
    fn damage_is_told_and_what_came_before_is_given() {
        assert_eq!(split(r#"{"Records":[{"a":1},{"b""#), r#"{"a":1} EndsEarly"#);
        assert_eq!(split("{\"a\":1}\nnot json"), r#"{"a":1} !8"#);
        assert_eq!(split("]"), " !0");
    }
}
