//! The records of a stream of JSON, one by one, without holding more of it than one.
//!
//! Records come as elements of a `Records` or `Events` list, as elements of a list, or as values one after the other.

mod pieces;

use std::io::{self, Read};

pub use pieces::Pieces;

use super::block::{Edge, Level, Near, Place};

/// Bytes that are read at once.
const CHUNK: usize = 256 * 1024;

/// A record that is longer is none. CloudTrail cuts its own at 256 KB, at 1 MB where they are to be larger.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html>
pub const LONGEST: usize = 16 * 1024 * 1024;

/// The fields whose lists hold records.
const LISTS: [&[u8]; 3] = [b"\"Records\"", b"\"Events\"", b"\"events\""];

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
    /// A record in it is no JSON.
    Record,
    /// It is a table, and this is wrong with it.
    Table(String),
    /// It is a table without this column.
    NoColumn(&'static str),
}

impl Broken {
    /// The same of a stream that has so many bytes before.
    #[must_use]
    pub fn behind(self, before: u64) -> Self {
        match self {
            Self::NotJson(byte) => Self::NotJson(before + byte),
            Self::TooLong(byte) => Self::TooLong(before + byte),
            other => other,
        }
    }
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
        let mut too_long = None;
        scan.go(&held, &mut short(&held, scan.base, &mut too_long, &mut each))?;
        if let Some(begin) = too_long {
            return Err(Broken::TooLong(begin));
        }
        let done = scan.done();
        if held.len() - done > LONGEST {
            return Err(Broken::TooLong(scan.base + done as u64));
        }
        held.drain(..done);
        scan.forget(done);
    }
}

/// The same for bytes that are all there.
///
/// # Errors
/// When they end badly; the records before that were given.
pub fn records_of(bytes: &[u8], mut each: impl FnMut(&[u8])) -> Result<(), Broken> {
    let mut too_long = None;
    let mut scan = Scan::default();
    scan.go(bytes, &mut short(bytes, 0, &mut too_long, &mut each))?;
    too_long.map_or_else(|| scan.end(), |begin| Err(Broken::TooLong(begin)))
}

/// Gives on the records of these bytes that are not too long, and notes where the first other one begins.
fn short(bytes: &[u8], base: u64, too_long: &mut Option<u64>, each: &mut impl FnMut(&[u8])) -> impl FnMut(&[u8]) {
    move |record| {
        if record.len() > LONGEST {
            let begin = (record.as_ptr() as usize).saturating_sub(bytes.as_ptr() as usize);
            too_long.get_or_insert(base + begin as u64);
        } else {
            each(record);
        }
    }
}

/// Where a scan is.
#[derive(Debug, Default)]
struct Scan {
    /// Bytes of the stream before those that are held.
    base: u64,
    /// The next byte to look at, of those that are held, and how many lists and objects are open there.
    place: Place,
    /// Where the record begins that is read now.
    record: Option<usize>,
    /// Where begins what stands behind a list of records, in the object that has it.
    behind: Option<usize>,
    /// How many are open around each record: none, or those of a list of records.
    around: usize,
    /// How bytes are compared.
    level: Level,
}

impl Scan {
    fn go(&mut self, held: &[u8], each: &mut impl FnMut(&[u8])) -> Result<(), Broken> {
        while let Some(rest) = held.get(self.place.at..).filter(|rest| !rest.is_empty()) {
            if self.place.depth == 0 {
                self.between(held, rest)?;
            } else if let Some(near) = self.level.walk(held, &mut self.place, self.around.max(1)) {
                self.within(near, held, each);
            }
        }
        Ok(())
    }

    /// Goes on to the first byte of a value.
    fn between(&mut self, held: &[u8], rest: &[u8]) -> Result<(), Broken> {
        for byte in rest {
            let here = self.place.at;
            self.place.at += 1;
            match byte {
                b'{' | b'[' => {
                    self.opens(held, here);
                    return Ok(());
                }
                b' ' | b'\t' | b'\r' | b'\n' => {}
                // a mark of the byte order stands before the first value
                0xEF | 0xBB | 0xBF if self.base + (here as u64) < 3 => {}
                _ => return Err(Broken::NotJson(self.base + here as u64)),
            }
        }
        Ok(())
    }

    /// Goes on by a block, or to the end of the value.
    fn within(&mut self, near: Near, held: &[u8], each: &mut impl FnMut(&[u8])) {
        let begin = self.place.at;
        self.place.at += near.many;
        self.place.edge = near.edge;
        let mut both = near.opens | near.closes;
        while both != 0 {
            let here = begin + both.trailing_zeros() as usize;
            let sign = both & both.wrapping_neg();
            both ^= sign;
            if near.opens & sign != 0 {
                self.opens(held, here);
                continue;
            }
            self.place.depth -= 1;
            self.closes(held, here + 1, each);
            if self.place.depth == 0 {
                self.place.at = here + 1;
                self.place.edge = Edge::default();
                return;
            }
        }
    }

    fn opens(&mut self, held: &[u8], here: usize) {
        let list = held.get(here) == Some(&b'[');
        let outermost = self.record.or(self.behind).and_then(|begin| held.get(begin..here));
        match self.place.depth {
            0 if list => self.around = 1,
            0 => {
                self.around = 0;
                self.record = Some(here);
            }
            // the object is no record, it holds them
            1 if list && self.around == 0 && outermost.is_some_and(ends_with_name_of_list) => {
                self.around = 2;
                self.record = None;
                self.behind = None;
            }
            depth if depth == self.around && !list => self.record = Some(here),
            _ => {}
        }
        self.place.depth += 1;
    }

    fn closes(&mut self, held: &[u8], end: usize, each: &mut impl FnMut(&[u8])) {
        if self.place.depth == self.around
            && let Some(begin) = self.record.take()
        {
            each(held.get(begin..end).unwrap_or_default());
        }
        // the list of records is over, and its object may have another
        if self.around == 2 && self.place.depth == 1 {
            self.around = 0;
            self.behind = Some(end);
        }
        if self.place.depth == 0 {
            self.around = 0;
            self.behind = None;
        }
    }

    /// How many of the held bytes are not needed any more.
    fn done(&self) -> usize {
        self.record.or(self.behind).unwrap_or(self.place.at)
    }

    /// Forgets the first bytes of those that are held.
    fn forget(&mut self, done: usize) {
        self.base += done as u64;
        self.place.at -= done;
        self.record = self.record.map(|begin| begin - done);
        self.behind = self.behind.map(|begin| begin - done);
    }

    const fn end(&self) -> Result<(), Broken> {
        if self.place.depth > 0 { Err(Broken::EndsEarly) } else { Ok(()) }
    }
}

/// Whether what follows is the list of records of an object.
fn ends_with_name_of_list(text: &[u8]) -> bool {
    let name = text.trim_ascii_end().strip_suffix(b":").map(<[u8]>::trim_ascii_end);
    let before =
        |name: &[u8]| LISTS.iter().find_map(|list| name.strip_suffix(*list).map(|before| !before.ends_with(b"\\")));
    name.and_then(before).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::{Broken, records, records_of};

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
        let mut at_once = Vec::new();
        let end = records_of(text.as_bytes(), |record| at_once.push(String::from_utf8_lossy(record).into_owned()));
        assert!(whole.starts_with(&at_once.join(" ")) && (end.is_ok() != whole.contains(['!', 'E'])), "{whole}");
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
