//! What a file is by its bytes, whatever its name, and the records in it.

#![expect(clippy::disallowed_methods, reason = "this is an adapter that reads files")]

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read, Seek as _};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use sha2::{Digest as _, Sha256};

use super::print::{Exact, Print, hex, sha256_of};
use super::{Progress, csv, inflate};
use crate::text;
use crate::triage::{Broken, records, records_of};

/// How a gzip file begins.
pub(super) const GZIP: [u8; 2] = [0x1F, 0x8B];

/// How a Parquet file begins.
/// <https://parquet.apache.org/docs/file-format/>
pub(super) const PARQUET: [u8; 4] = *b"PAR1";

/// Bytes that are read at once.
pub(super) const CHUNK: usize = 256 * 1024;

/// A file that is read.
pub(super) enum Input<'i> {
    File { file: File, bytes: u64, progress: Option<&'i Progress> },
    Bytes(&'i [u8]),
}

impl<'i> Input<'i> {
    /// A file of this machine.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn open(path: &Path, progress: Option<&'i Progress>) -> Result<Self, Broken> {
        let file = File::open(path).map_err(Broken::Read)?;
        let bytes = file.metadata().map_err(Broken::Read)?.len();
        Ok(Self::File { file, bytes, progress })
    }
}

/// Gives every record of a file, and what tells it from others.
///
/// # Errors
/// When it is damaged; what was given before that is of it.
pub(super) fn each_record<P: Print>(input: Input<'_>, each: &mut dyn FnMut(&[u8])) -> Result<P, Broken> {
    let exact = |read: Result<Exact, Broken>| read.map(P::exact);
    match input {
        Input::File { mut file, bytes, progress } => {
            let mut first = Vec::with_capacity(PARQUET.len());
            (&mut file).take(PARQUET.len() as u64).read_to_end(&mut first).map_err(Broken::Read)?;
            // a pipe has no beginning to go back to
            if first.starts_with(&PARQUET) && file.rewind().is_ok() {
                let read = print_of(&file, progress)?;
                return exact(table(file, each).map(|()| read));
            }
            if first.starts_with(&GZIP) && inflate::fits(bytes) {
                let mut packed = first;
                // and one more, so that its end is seen without more room
                packed.reserve_exact(usize::try_from(bytes).unwrap_or_default() + 1);
                let limit = (inflate::MOST_PACKED + 1).saturating_sub(packed.len() as u64);
                (&mut file).take(limit).read_to_end(&mut packed).map_err(Broken::Read)?;
                // it has grown since
                if packed.len() as u64 > inflate::MOST_PACKED {
                    return exact(stream(packed.as_slice().chain(file), progress, each));
                }
                if let Some(progress) = progress {
                    progress.add(packed.len() as u64);
                }
                // a pipe has no size, and is read once
                let is_there_again = packed.len() as u64 == bytes;
                return if is_there_again { gzip(&packed, each) } else { exact(gzip(&packed, each)) };
            }
            exact(stream(first.as_slice().chain(file), progress, each))
        }
        Input::Bytes(bytes) if bytes.starts_with(&PARQUET) => {
            let read = Exact { sha256: sha256_of(bytes), bytes: bytes.len() as u64 };
            exact(table(bytes.to_vec(), each).map(|()| read))
        }
        Input::Bytes(bytes) if bytes.starts_with(&GZIP) && inflate::fits(bytes.len() as u64) => gzip(bytes, each),
        Input::Bytes(bytes) => exact(stream(bytes, None, each)),
    }
}

#[cfg(feature = "parquet")]
fn table(file: impl super::parquet::Source, each: &mut dyn FnMut(&[u8])) -> Result<(), Broken> {
    super::parquet::rows(file, each)
}

#[cfg(not(feature = "parquet"))]
fn table<S>(_: S, _: &mut dyn FnMut(&[u8])) -> Result<(), Broken> {
    Err(Broken::Table("it is Parquet, and this iamdx was built without the feature `parquet`".to_owned()))
}

/// A gzip file of ordinary size, of which the bytes are there.
fn gzip<P: Print>(packed: &[u8], each: &mut dyn FnMut(&[u8])) -> Result<P, Broken> {
    let given = inflate::whole(packed, |content| match Form::of(content) {
        Form::Json => records_of(content, &mut *each),
        _ => text_records(content, &mut *each),
    });
    match given {
        Some((result, checked)) => result.map(|()| P::gzip(packed, checked)),
        None => stream(packed, None, each).map(P::exact),
    }
}

/// A file that is read as it comes.
fn stream(bytes: impl Read, progress: Option<&Progress>, each: &mut dyn FnMut(&[u8])) -> Result<Exact, Broken> {
    let hashed = Hashed { inner: bytes, hash: Sha256::new(), read: 0, progress };
    let mut bytes = BufReader::with_capacity(CHUNK, hashed);
    if bytes.fill_buf().map_err(Broken::Read)?.starts_with(&GZIP) {
        text_records(MultiGzDecoder::new(&mut bytes), each)?;
    } else {
        text_records(&mut bytes, each)?;
    }
    // all of it counts for what file it is
    io::copy(&mut bytes, &mut io::sink()).map_err(Broken::Read)?;
    Ok(bytes.into_inner().print())
}

/// The records of JSON before which so many bytes stand as have this hash; gives what tells both from others.
pub(super) fn json(
    bytes: impl Read,
    (before, hash): (u64, Sha256),
    progress: &Progress,
    each: &mut dyn FnMut(&[u8]),
) -> Result<Exact, Broken> {
    let mut hashed = Hashed { inner: bytes, hash, read: before, progress: Some(progress) };
    records(&mut hashed, each)?;
    Ok(hashed.print())
}

/// Whether a file is JSON as it is, by its first bytes.
pub(super) fn is_json(first: &[u8]) -> bool {
    matches!(first.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(first).trim_ascii_start(), [b'{' | b'[', ..])
}

/// The records of a text.
fn text_records(text: impl Read, each: &mut dyn FnMut(&[u8])) -> Result<(), Broken> {
    let (form, text) = looked_at(text)?;
    match form {
        Form::Json => records(text, each),
        Form::Neither(why) => Err(why),
        Form::Table => csv::rows(BufReader::with_capacity(CHUNK, text), each),
        Form::Wide => match looked_at(text::decoded_stream(text).map_err(Broken::Read)?)? {
            (Form::Table, text) => csv::rows(BufReader::with_capacity(CHUNK, text), each),
            (Form::Neither(why), _) => Err(why),
            (_, text) => records(text, each),
        },
    }
}

/// How a text is written, and the whole of it.
fn looked_at(mut text: impl Read) -> Result<(Form, impl Read), Broken> {
    let mut first = Vec::new();
    (&mut text).take(csv::HEADER as u64).read_to_end(&mut first).map_err(Broken::Read)?;
    Ok((Form::of(&first), io::Cursor::new(first).chain(text)))
}

/// How records are written.
enum Form {
    Json,
    Table,
    /// UTF-16 or UTF-32, of either.
    Wide,
    /// A table, and none of a trail.
    Neither(Broken),
}

impl Form {
    /// By the first bytes.
    fn of(bytes: &[u8]) -> Self {
        let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
        match text {
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, _, ..] | [_, 0, ..] => Self::Wide,
            [b'{' | b'[', ..] | [] => Self::Json,
            _ if csv::is_header(text) => Self::Table,
            _ => csv::not_quite(text).map_or(Self::Json, Self::Neither),
        }
    }
}

fn print_of(mut file: &File, progress: Option<&Progress>) -> Result<Exact, Broken> {
    let mut hashed = Hashed { inner: file, hash: Sha256::new(), read: 0, progress };
    let mut chunk = vec![0; CHUNK];
    while hashed.read(&mut chunk).map_err(Broken::Read)? > 0 {}
    file.rewind().map_err(Broken::Read)?;
    Ok(hashed.print())
}

/// A file whose bytes are hashed and counted as they are read.
struct Hashed<'p, R> {
    inner: R,
    hash: Sha256,
    /// How many there were.
    read: u64,
    progress: Option<&'p Progress>,
}

impl<R> Hashed<'_, R> {
    fn print(self) -> Exact {
        Exact { sha256: hex(&self.hash.finalize()), bytes: self.read }
    }
}

impl<R: Read> Read for Hashed<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let many = self.inner.read(into)?;
        self.hash.update(into.get(..many).unwrap_or_default());
        self.read += many as u64;
        if let Some(progress) = self.progress {
            progress.add(many as u64);
        }
        Ok(many)
    }
}
