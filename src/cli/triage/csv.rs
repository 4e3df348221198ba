//! The rows of a table of comma-separated values as records: what a query of Athena or CloudTrail Lake answers.
//!
//! <https://docs.aws.amazon.com/athena/latest/ug/querying-finding-output-files.html>

use std::io::BufRead;

use csv_core::{ReadRecordResult, Reader};
use serde_json::Value;

use crate::triage::{Broken, Columns, LONGEST};

/// Bytes that are looked at for the names of columns.
pub(super) const HEADER: usize = 64 * 1024;

/// Columns that a table may have.
const MOST_COLUMNS: usize = 4096;

/// Whether a text begins with the names of columns of which some are those of a trail.
pub(super) fn is_header(text: &[u8]) -> bool {
    let text = text.get(..HEADER.min(text.len())).unwrap_or_default();
    let mut table = Table::new(text);
    matches!(table.next(), Ok(Some(_))) && Columns::of(table.fields()).is_some()
}

/// Why a text is no table of a trail that nearly is one, by its first line.
pub(super) fn not_quite(text: &[u8]) -> Option<Broken> {
    /// Columns of a trail that make a first line one of names.
    const FEW: usize = 2;
    const SEPARATORS: [(char, &str); 4] = [(',', ""), (';', "semicolons"), ('\t', "tabs"), ('|', "bars")];
    let line = text.get(..memchr::memchr(b'\n', text).unwrap_or(text.len()))?;
    let line = String::from_utf8_lossy(line);
    let known =
        |separator: char| line.split(separator).filter(|name| Columns::reads(name.trim().trim_matches('"'))).count();
    let (separator, noun) = SEPARATORS.into_iter().max_by_key(|(separator, _)| known(*separator))?;
    if known(separator) < FEW {
        return None;
    }
    Some(if separator == ',' {
        Broken::NoColumn("eventname")
    } else {
        Broken::Table(format!("it is a table with {noun} between its columns: write it with commas"))
    })
}

/// Calls `each` with every row as a record.
///
/// # Errors
/// When a row has not as many fields as the first, or the last has no end.
pub(super) fn rows(input: impl BufRead, each: &mut dyn FnMut(&[u8])) -> Result<(), Broken> {
    let mut table = Table::new(input);
    table.next()?;
    let no_columns = || Broken::Table("its first line does not name the columns of a trail".to_owned());
    let columns = Columns::of(table.fields()).ok_or_else(no_columns)?;
    complete(&columns)?;
    let mut row = 1_u64;
    while let Some(fields) = table.next()? {
        row += 1;
        if fields != columns.len() {
            let wanted = columns.len();
            return Err(Broken::Table(format!("row {row} has {fields} fields, and the first has {wanted}")));
        }
        each(columns.record(table.fields().map(Value::from)).as_bytes());
    }
    if table.ends_with_line { Ok(()) } else { Err(Broken::EndsEarly) }
}

/// Whether the columns are there without which nothing that is counted would be sure.
///
/// # Errors
/// When one is missing.
pub(super) fn complete(columns: &Columns) -> Result<(), Broken> {
    if let Some(name) = columns.sum() {
        return Err(Broken::Table(format!(
            "its column `{name}` tells that a row stands for several calls, and nothing tells which: give the rows of the calls"
        )));
    }
    columns.missing().map_or(Ok(()), |name| Err(Broken::NoColumn(name)))
}

fn too_long() -> Broken {
    Broken::Table("a row is longer than any record of CloudTrail".to_owned())
}

/// A table that is read row by row.
struct Table<R> {
    input: R,
    reader: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
    fields: usize,
    ends_with_line: bool,
}

impl<R: BufRead> Table<R> {
    fn new(input: R) -> Self {
        let (text, ends) = (vec![0; 64 * 1024], vec![0; MOST_COLUMNS]);
        Self { input, reader: Reader::new(), text, ends, fields: 0, ends_with_line: true }
    }

    /// Reads a row; how many fields it has, or nothing at the end.
    fn next(&mut self) -> Result<Option<usize>, Broken> {
        let (mut written, mut ended) = (0, 0);
        loop {
            let input = self.input.fill_buf().map_err(Broken::Read)?;
            let text = self.text.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(ended..).unwrap_or_default();
            let (result, read, wrote, found) = self.reader.read_record(input, text, ends);
            if let Some(last) = read.checked_sub(1).and_then(|last| input.get(last)) {
                self.ends_with_line = matches!(last, b'\n' | b'\r');
            }
            self.input.consume(read);
            (written, ended) = (written + wrote, ended + found);
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.text.len() > LONGEST => return Err(too_long()),
                ReadRecordResult::OutputFull => self.text.resize((2 * self.text.len()).min(LONGEST + 1), 0),
                ReadRecordResult::OutputEndsFull => {
                    return Err(Broken::Table(format!("a row has more than {MOST_COLUMNS} fields")));
                }
                ReadRecordResult::Record if written > LONGEST => return Err(too_long()),
                ReadRecordResult::Record => {
                    self.fields = ended;
                    return Ok(Some(ended));
                }
                ReadRecordResult::End => return Ok(None),
            }
        }
    }

    /// The fields of the row.
    fn fields(&self) -> impl Iterator<Item = std::borrow::Cow<'_, str>> {
        let ends = self.ends.get(..self.fields).unwrap_or_default();
        let begins = std::iter::once(&0).chain(ends);
        begins.zip(ends).map(|(begin, end)| String::from_utf8_lossy(self.text.get(*begin..*end).unwrap_or_default()))
    }
}
