//! Files of cases, read as a stream: JSON lines, a JSON array, or one object; answered in order, a chunk at a time.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader};

use rayon::prelude::*;
use serde::de::{DeserializeSeed, Deserializer as _, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::Error;
use crate::evaluate::{CaseError, TestCase};
use crate::text::decode;

/// Cases that are worked on at once: enough for all cores, few enough for constant memory.
const CHUNK: usize = 1024;

/// What to do where there is none.
pub(crate) const WHAT_IS_A_CASE: &str = "A case is an object of JSON with `request` and `policies`, one a line";

/// The text of one case, and where it starts.
#[expect(clippy::struct_field_names, reason = "the text of it is what it is about")]
pub(crate) struct Text {
    /// Its line in the file, from 1; in an array its place, from 1.
    pub(crate) place: usize,
    /// Its line in the file, from 1.
    pub(crate) line: usize,
    text: String,
}

/// A case that cannot be read.
pub(crate) struct Unreadable {
    /// Its `id`, if that can be read.
    pub(crate) id: Value,
    pub(crate) place: usize,
    pub(crate) error: CaseError,
}

impl Text {
    /// Reads the case.
    pub(crate) fn case(&self) -> Result<TestCase, Unreadable> {
        TestCase::parse(&self.text).map_err(|error| Unreadable { id: self.id(), place: self.place, error })
    }

    fn id(&self) -> Value {
        let value: Option<Value> = serde_json::from_str(&self.text).ok();
        value.and_then(|value| value.get("id").cloned()).unwrap_or_default()
    }
}

/// Gives every case of the file to `work`, in parallel, and its results to `write`, in order.
///
/// # Errors
/// When the file cannot be read, or `write` fails.
pub(crate) fn each<R: Send>(
    path: &str,
    work: impl Fn(&Text) -> R + Sync,
    mut write: impl FnMut(R) -> Result<(), Error>,
) -> Result<(), Error> {
    let failed = |error: io::Error| Error::Read { path: path.to_owned(), error };
    super::input::invite(path, "Paste the cases");
    let mut input: Box<dyn BufRead> = Box::new(BufReader::with_capacity(1 << 16, super::input::stream_of(path)?));
    let mut chunk: Vec<Text> = Vec::with_capacity(CHUNK);
    let mut flush = |chunk: &mut Vec<Text>| -> Result<(), Error> {
        let results: Vec<R> = chunk.par_iter().map(&work).collect();
        chunk.clear();
        results.into_iter().try_for_each(&mut write)
    };
    let mut take = |text: Text| -> Result<(), Error> {
        super::secrets::learn(&text.text);
        chunk.push(text);
        if chunk.len() == CHUNK { flush(&mut chunk) } else { Ok(()) }
    };
    if first_byte(&mut input).map_err(failed)? == Some(b'[') {
        array(path, input, &mut take)?;
    } else {
        lines(path, input, &mut take)?;
    }
    flush(&mut chunk)
}

/// The first byte that is not space.
fn first_byte(input: &mut dyn BufRead) -> io::Result<Option<u8>> {
    // whole lines of space are kept: they count as lines
    Ok(input.fill_buf()?.iter().copied().find(|byte| !byte.is_ascii_whitespace()))
}

fn lines(
    path: &str,
    mut input: Box<dyn BufRead>,
    take: &mut dyn FnMut(Text) -> Result<(), Error>,
) -> Result<(), Error> {
    let failed = |error: io::Error| Error::Read { path: path.to_owned(), error };
    let mut bytes = Vec::new();
    let mut first = true;
    for place in 1.. {
        bytes.clear();
        if input.read_until(b'\n', &mut bytes).map_err(failed)? == 0 {
            break;
        }
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        // an object that does not end on its first line is the only one, written over many lines
        let open = first && is_open(&bytes);
        first = false;
        if open {
            input.read_to_end(&mut bytes).map_err(failed)?;
        }
        take(Text { place, line: place, text: decode(std::mem::take(&mut bytes)) })?;
    }
    Ok(())
}

/// Whether the text is the beginning of a JSON value and no more.
fn is_open(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_err_and(|error| error.is_eof())
}

fn array(path: &str, input: Box<dyn BufRead>, take: &mut dyn FnMut(Text) -> Result<(), Error>) -> Result<(), Error> {
    let mut stopped = None;
    let lines = Cell::new(1);
    let each = Items { take, stopped: &mut stopped, lines: &lines };
    let mut reader = serde_json::Deserializer::from_reader(Counted { input, lines: &lines });
    let read = reader.deserialize_seq(each).and_then(|()| reader.end());
    match (stopped, read) {
        (Some(error), _) => Err(error),
        (None, Err(error)) if error.is_io() => Err(Error::Read { path: path.to_owned(), error: error.into() }),
        (None, Err(error)) => Err(Error::Input(format!("{path}: {error}"))),
        (None, Ok(())) => Ok(()),
    }
}

/// Hands the items of an array on, one by one.
struct Items<'t> {
    take: &'t mut dyn FnMut(Text) -> Result<(), Error>,
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
            if let Err(error) = (self.take)(Text { place, line, text: item }) {
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
