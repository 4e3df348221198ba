//! Files of cases, read as a stream: JSON lines, a JSON array, or one object; answered in order, a chunk at a time.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read};

use rayon::prelude::*;
use serde::de::{DeserializeSeed, Deserializer as _, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Error;
use super::caller::refusal;
use crate::evaluate::{KnownDocuments, TestCase};
use crate::text::decode_part;

/// Bytes that are worked on at once: enough for all cores, few enough for constant memory.
const CHUNK: usize = 1 << 22;

/// Bytes that the policies take that several cases have in common.
const KNOWN: usize = 1 << 25;

/// What to do where there is none.
pub(crate) const WHAT_IS_A_CASE: &str = "A case is an object of JSON with `request` and `policies`, one a line";

/// The text of one case, and where it starts.
#[expect(clippy::struct_field_names, reason = "the text of it is what it is about")]
pub(crate) struct Text<'c> {
    /// Its line in the file, from 1; in an array its place, from 1.
    pub(crate) place: usize,
    /// Its line in the file, from 1.
    pub(crate) line: usize,
    text: Cow<'c, str>,
    known: &'c KnownDocuments,
}

/// A case that cannot be read.
pub(crate) struct Unreadable {
    /// Its `id`, if that can be read.
    pub(crate) id: Value,
    pub(crate) place: usize,
    pub(crate) error: String,
}

impl<'c> Text<'c> {
    /// The text of a case, and whether a secret is in it.
    fn decoded((place, line, bytes): Found<'c>, known: &'c KnownDocuments) -> (Self, bool) {
        let text = decode_part(bytes);
        let secret = !crate::iam::secret::find(&text).is_empty();
        (Text { place, line, text, known }, secret)
    }

    /// Reads the case.
    pub(crate) fn case(&self) -> Result<TestCase, Unreadable> {
        let case = TestCase::parse_for_answer(&self.text, self.known).map_err(|error| error.to_string());
        let case = case.and_then(|case| match case.request.principal.value().and_then(refusal) {
            Some(refusal) => Err(refusal),
            None => Ok(case),
        });
        case.map_err(|error| Unreadable { id: self.id(), place: self.place, error })
    }

    fn id(&self) -> Value {
        let value: Option<Value> = serde_json::from_str(&self.text).ok();
        value.and_then(|value| value.get("id").cloned()).unwrap_or_default()
    }
}

/// Where a case was found, before it is decoded: its place, its line and its bytes.
type Found<'b> = (usize, usize, &'b [u8]);

/// Does something with cases that follow each other.
type Take<'t> = dyn FnMut(&[Found<'_>]) -> Result<(), Error> + 't;

/// Gives every case of the file to `work`, in parallel, and its results to `write`, in order.
///
/// # Errors
/// When the file cannot be read, or `write` fails.
pub(crate) fn each<R: Send>(
    path: &str,
    work: impl Fn(&Text<'_>) -> R + Sync,
    mut write: impl FnMut(R) -> Result<(), Error>,
) -> Result<(), Error> {
    super::input::invite(path, "Paste the cases");
    let mut input: Box<dyn BufRead> = Box::new(BufReader::with_capacity(1 << 16, super::input::stream_of(path)?));
    let known = KnownDocuments::new(KNOWN);
    let mut take = |found: &[Found<'_>]| -> Result<(), Error> {
        let texts: Vec<(Text<'_>, bool)> = found.par_iter().map(|found| Text::decoded(*found, &known)).collect();
        // no secret of an input is in the output before it
        texts.iter().filter(|(_, secret)| *secret).for_each(|(text, _)| super::secrets::learn(&text.text));
        let results: Vec<R> = texts.par_iter().map(|(text, _)| work(text)).collect();
        results.into_iter().try_for_each(&mut write)
    };
    let first = first_byte(&mut input).map_err(|error| Error::Read { path: path.to_owned(), error })?;
    if first == Some(b'[') { array(path, input, &mut take) } else { lines(path, input, &mut take) }
}

/// The first byte that is not space.
fn first_byte(input: &mut dyn BufRead) -> io::Result<Option<u8>> {
    // whole lines of space are kept: they count as lines
    Ok(input.fill_buf()?.iter().copied().find(|byte| !byte.is_ascii_whitespace()))
}

fn lines(path: &str, mut input: Box<dyn BufRead>, take: &mut Take<'_>) -> Result<(), Error> {
    let failed = |error: io::Error| Error::Read { path: path.to_owned(), error };
    let (mut bytes, mut passed, mut first) = (Vec::with_capacity(CHUNK), 0, true);
    loop {
        let wanted = CHUNK.saturating_sub(bytes.len()).max(CHUNK / 4);
        let limit = u64::try_from(wanted).unwrap_or(u64::MAX);
        let ended = input.by_ref().take(limit).read_to_end(&mut bytes).map_err(failed)? == 0;
        let newline = memchr::memrchr(b'\n', &bytes).map(|newline| newline + 1);
        let whole = if ended { bytes.len() } else { newline.unwrap_or(0) };
        // an object that does not end on its first line is the only one, written over many lines
        let begin = bytes.get(..whole).filter(|_| first).and_then(first_line);
        if let Some((line, start, end)) = begin {
            first = false;
            let line = passed + line;
            if is_open(bytes.get(start..end).unwrap_or_default()) {
                input.read_to_end(&mut bytes).map_err(failed)?;
                return take(&[(line, line, bytes.get(start..).unwrap_or_default())]);
            }
        }
        let mut found: Vec<Found<'_>> = Vec::new();
        let text = bytes.get(..whole).unwrap_or_default();
        let mut from = 0;
        while from < whole {
            let rest = text.get(from..).unwrap_or_default();
            let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |newline| newline + 1);
            passed += 1;
            let line = rest.get(..length).unwrap_or_default();
            if !line.trim_ascii().is_empty() {
                found.push((passed, passed, line));
            }
            from += length;
        }
        take(&found)?;
        if ended {
            return Ok(());
        }
        // the beginning of the next line
        bytes.drain(..whole);
    }
}

/// The first line that is not space: its number, from 1, and where it stands.
fn first_line(text: &[u8]) -> Option<(usize, usize, usize)> {
    let at = text.iter().position(|byte| !byte.is_ascii_whitespace())?;
    let before = text.get(..at).unwrap_or_default();
    let start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    let end = memchr::memchr(b'\n', text.get(at..)?).map_or(text.len(), |newline| at + newline + 1);
    Some((memchr::memchr_iter(b'\n', before).count() + 1, start, end))
}

/// Whether the text is the beginning of a JSON value and no more.
fn is_open(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_err_and(|error| error.is_eof())
}

fn array(path: &str, input: Box<dyn BufRead>, take: &mut Take<'_>) -> Result<(), Error> {
    let mut stopped = None;
    let lines = Cell::new(1);
    let mut items = Vec::new();
    let mut bytes = 0;
    let mut reader = serde_json::Deserializer::from_reader(Counted { input, lines: &lines });
    let mut each = |item: Item| {
        bytes += item.text.len();
        items.push(item);
        if bytes < CHUNK {
            return Ok(());
        }
        bytes = 0;
        hand_on(&mut items, take)
    };
    let read = reader.deserialize_seq(Items { take: &mut each, stopped: &mut stopped, lines: &lines });
    let read = read.and_then(|()| reader.end());
    if let Some(error) = stopped {
        return Err(error);
    }
    match read {
        Err(error) if error.is_io() => Err(Error::Read { path: path.to_owned(), error: error.into() }),
        Err(error) => Err(Error::Input(format!("{path}: {error}"))),
        Ok(()) => hand_on(&mut items, take),
    }
}

/// One item of an array.
struct Item {
    place: usize,
    line: usize,
    text: String,
}

fn hand_on(items: &mut Vec<Item>, take: &mut Take<'_>) -> Result<(), Error> {
    let found: Vec<Found<'_>> = items.iter().map(|item| (item.place, item.line, item.text.as_bytes())).collect();
    take(&found)?;
    items.clear();
    Ok(())
}

/// Hands the items of an array on, one by one.
struct Items<'t> {
    take: &'t mut dyn FnMut(Item) -> Result<(), Error>,
    stopped: &'t mut Option<Error>,
    lines: &'t Cell<usize>,
}

/// Counts the lines of what is read: a reader of JSON takes one byte after the other, and none behind the end of an object.
struct Counted<'t> {
    input: Box<dyn BufRead>,
    lines: &'t Cell<usize>,
}

impl io::Read for Counted<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(bytes)?;
        let newlines = memchr::memchr_iter(b'\n', bytes.get(..count).unwrap_or_default()).count();
        self.lines.set(self.lines.get() + newlines);
        Ok(count)
    }
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of cases")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut place = 0;
        while let Some(item) = items.next_element_seed(RawItem)? {
            place += 1;
            let line = self.lines.get().saturating_sub(item.matches('\n').count());
            if let Err(error) = (self.take)(Item { place, line, text: item }) {
                *self.stopped = Some(error);
                return Err(serde::de::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

struct RawItem;

impl<'de> DeserializeSeed<'de> for RawItem {
    type Value = String;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        let raw: Box<RawValue> = serde::Deserialize::deserialize(deserializer)?;
        Ok(Box::<str>::from(raw).into_string())
    }
}
