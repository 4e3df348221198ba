//! The rows of a Parquet file as records: what Security Lake keeps, and what Athena's UNLOAD writes.
//!
//! <https://docs.aws.amazon.com/security-lake/latest/userguide/aws-sources.html>, <https://docs.aws.amazon.com/athena/latest/ug/unload.html>

use std::cell::Cell;
use std::fs::File;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Once};

use bytes::Bytes;
use jiff::Timestamp;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader as _};
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::types::Type;
use serde_json::{Map, Value};

use crate::triage::{Broken, Columns, LONGEST};

/// What a table is read from.
pub(super) trait Source {
    /// Its bytes, wherever they are asked for.
    type Chunks: ChunkReader + 'static;

    fn chunks(self) -> Self::Chunks;
}

impl Source for File {
    type Chunks = Self;

    fn chunks(self) -> Self {
        self
    }
}

impl Source for Vec<u8> {
    type Chunks = Bytes;

    fn chunks(self) -> Bytes {
        Bytes::from(self)
    }
}

/// Calls `each` with every row as a record.
///
/// # Errors
/// When it is damaged, or no table of a trail.
pub(super) fn rows(file: impl Source, each: &mut dyn FnMut(&[u8])) -> Result<(), Broken> {
    let failed = |error: ParquetError| {
        let (ParquetError::General(text) | ParquetError::EOF(text)) = &error else {
            return Broken::Table(format!("it is damaged Parquet: {error}"));
        };
        Broken::Table(format!("it is damaged Parquet: {text}"))
    };
    // the reader ends so over some damage
    let read = quietly(|| read(file.chunks(), each));
    match read {
        Some(Ok(Ok(()))) => Ok(()),
        Some(Ok(Err(NoTrail::Why(why)))) => Err(Broken::Table(why.to_owned())),
        Some(Ok(Err(NoTrail::Column(name)))) => Err(Broken::NoColumn(name)),
        Some(Err(error)) => Err(failed(error)),
        None => Err(Broken::Table("it is damaged Parquet".to_owned())),
    }
}

/// It is no table of a trail, and why.
enum NoTrail {
    Why(&'static str),
    /// This column is missing.
    Column(&'static str),
}

fn read(file: impl ChunkReader + 'static, each: &mut dyn FnMut(&[u8])) -> Result<Result<(), NoTrail>, ParquetError> {
    let reader = SerializedFileReader::new(file)?;
    let schema = reader.metadata().file_metadata().schema();
    let fields: Vec<Arc<Type>> =
        schema.get_fields().iter().filter(|field| Columns::reads(field.name())).map(Arc::clone).collect();
    let names: Vec<String> = fields.iter().map(|field| field.name().to_owned()).collect();
    let Some(columns) = Columns::of(&names) else {
        return Ok(Err(NoTrail::Why("its columns are not those of a trail")));
    };
    if let Some(name) = columns.missing() {
        return Ok(Err(NoTrail::Column(name)));
    }
    let wanted = Type::group_type_builder(schema.name()).with_fields(fields).build()?;
    let expected = reader.metadata().file_metadata().num_rows();
    let mut found = 0_i64;
    for row in RowIter::from_file_into(Box::new(reader)).project(Some(wanted))? {
        let row = row?;
        found += 1;
        let record = columns.record(row.get_column_iter().map(|(_, field)| value(field)));
        if record.len() > LONGEST {
            return Ok(Err(NoTrail::Why("a row is longer than any record of CloudTrail")));
        }
        each(record.as_bytes());
    }
    if found != expected {
        return Err(ParquetError::EOF(format!("{found} of {expected} rows are there")));
    }
    Ok(Ok(()))
}

fn value(field: &Field) -> Value {
    match field {
        Field::Str(text) => Value::from(text.as_str()),
        Field::Bytes(bytes) => Value::from(String::from_utf8_lossy(bytes.data())),
        Field::Group(row) => object(row),
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        Field::TimestampMillis(at) => time(Timestamp::from_millisecond(*at)),
        Field::TimestampMicros(at) => time(Timestamp::from_microsecond(*at)),
        Field::Bool(truth) => Value::from(*truth),
        Field::Byte(number) => Value::from(*number),
        Field::Short(number) => Value::from(*number),
        Field::Int(number) => Value::from(*number),
        Field::Long(number) => Value::from(*number),
        Field::UByte(number) => Value::from(*number),
        Field::UShort(number) => Value::from(*number),
        Field::UInt(number) => Value::from(*number),
        Field::ULong(number) => Value::from(*number),
        // tags, measures and the like, which tell nothing of a denial
        _ => Value::Null,
    }
}

fn time(at: Result<Timestamp, jiff::Error>) -> Value {
    at.map_or(Value::Null, |at| Value::from(at.to_string()))
}

fn object(row: &Row) -> Value {
    let fields = row.get_column_iter().filter(|(_, field)| **field != Field::Null);
    Value::Object(fields.map(|(name, field)| (name.clone(), value(field))).collect::<Map<_, _>>())
}

thread_local! {
    /// Whether this thread does work that may panic over damage in its input.
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Does something that may panic; nothing where it did.
fn quietly<T>(work: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let other = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                other(panic);
            }
        }));
    });
    QUIET.set(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work)).ok();
    QUIET.set(false);
    done
}
