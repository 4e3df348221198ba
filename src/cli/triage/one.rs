//! One file: read to its end, and counted whole or not at all.

#![expect(clippy::disallowed_methods, reason = "this is an adapter that reads files")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::sync::Mutex;

use flate2::read::MultiGzDecoder;
use sha2::{Digest as _, Sha256};

use super::files::{Found, shown};
use super::filter::Filter;
use super::state::State;
use super::{Error, Progress};
use crate::cli::explain::kinds_of_secrets;
use crate::iam::ActionPattern;
use crate::iam::secret::SecretKind;
use crate::report::words;
use crate::triage::{Broken, Denied, Event, Reader, Skipped, Tally, records};

/// Reads files into the state.
pub(super) struct FileReader<'s, 'm> {
    state: &'m Mutex<&'s mut State>,
    counter: Counter,
}

impl<'s, 'm> FileReader<'s, 'm> {
    pub(super) fn new(state: &'m Mutex<&'s mut State>, keeps_records: bool) -> Self {
        let filter = state.lock().map(|state| state.filter.clone()).unwrap_or_default();
        let counter = Counter::new(filter);
        Self { state, counter: if keeps_records { counter.keeping_records() } else { counter } }
    }

    /// The kinds of secrets that were met.
    pub(super) fn secrets(&self) -> Vec<SecretKind> {
        self.counter.secrets()
    }

    /// Reads one file, and counts what it tells, unless the same was counted.
    ///
    /// # Errors
    /// When the state cannot be kept. A file that is damaged is noted and skipped.
    pub(super) fn read(&self, file: &Found, progress: &Progress, keep: Option<&str>) -> Result<(), Error> {
        let told = self.counter.file(file, progress);
        let Ok(mut state) = self.state.lock() else { return Ok(()) };
        match told {
            Ok(told) => state.add(file, &told.digest, told.tally),
            Err(broken) => state.trail.skipped.push(Skipped::new(shown(&file.path), words::triage::broken(&broken))),
        }
        keep.map_or(Ok(()), |path| state.save_sometimes(path))
    }
}

/// Counts what files tell.
#[derive(Debug)]
pub(crate) struct Counter {
    reader: Reader,
    filter: Filter,
    actions: Vec<ActionPattern>,
    /// The kinds of secrets that stand in records of denials.
    secrets: Mutex<BTreeSet<SecretKind>>,
}

/// What one file tells.
pub(crate) struct Told {
    pub(crate) tally: Tally,
    /// SHA-256 of its bytes.
    pub(crate) digest: String,
}

impl Counter {
    pub(crate) fn new(filter: Filter) -> Self {
        let actions = filter.actions.iter().map(|action| ActionPattern::new(action)).collect();
        Self { reader: Reader::default(), filter, actions, secrets: Mutex::default() }
    }

    /// The same, where some records of each fingerprint are kept for a diagnosis.
    pub(crate) fn keeping_records(self) -> Self {
        Self { reader: self.reader.keeping_records(), ..self }
    }

    /// The kinds of secrets that were met.
    pub(crate) fn secrets(&self) -> Vec<SecretKind> {
        self.secrets.lock().map(|seen| seen.iter().copied().collect()).unwrap_or_default()
    }

    /// The same, which are forgotten.
    pub(crate) fn take_secrets(&self) -> BTreeSet<SecretKind> {
        self.secrets.lock().map(|mut seen| std::mem::take(&mut *seen)).unwrap_or_default()
    }

    fn file(&self, file: &Found, progress: &Progress) -> Result<Told, Broken> {
        if let Some(content) = &file.content {
            progress.add(file.bytes);
            return self.bytes(content);
        }
        let open = File::open(&file.path).map_err(Broken::Read)?;
        self.told(Hashed { inner: open, hash: Sha256::new(), progress: Some(progress) })
    }

    /// A file of which the bytes are there, on this thread alone.
    ///
    /// # Errors
    /// When it is damaged.
    pub(crate) fn bytes(&self, content: &[u8]) -> Result<Told, Broken> {
        self.told(Hashed { inner: content, hash: Sha256::new(), progress: None })
    }

    /// A file of this machine, on this thread alone.
    ///
    /// # Errors
    /// When it is damaged, or cannot be read.
    pub(crate) fn path(&self, path: &str) -> Result<Told, Broken> {
        self.told(opened(path)?)
    }

    fn told(&self, file: Hashed<'_, impl Read>) -> Result<Told, Broken> {
        let mut tally = Tally::default();
        let digest = each_record(file, |record| self.record(record, &mut tally))?;
        Ok(Told { tally, digest })
    }

    fn record(&self, record: &[u8], tally: &mut Tally) {
        match self.reader.read(record) {
            Event::NoRecord => return,
            Event::Denied(denied) if self.filter.takes(&denied, &self.actions) => {
                let leaks = kinds_of_secrets(&String::from_utf8_lossy(record));
                if let (false, Ok(mut seen)) = (leaks.is_empty(), self.secrets.lock()) {
                    seen.extend(leaks);
                }
                tally.add(&denied);
            }
            Event::Change(change) => tally.change(change),
            _ => {}
        }
        tally.records += 1;
    }

    /// The denials of a file of which the bytes are there, each with its record, in their order; gives the SHA-256 of the file.
    ///
    /// # Errors
    /// When it is damaged: then none of them counts.
    pub(crate) fn denials_of_bytes(&self, content: &[u8], each: impl FnMut(&Denied, &[u8])) -> Result<String, Broken> {
        self.denials(Hashed { inner: content, hash: Sha256::new(), progress: None }, each)
    }

    /// The same of a file of this machine.
    ///
    /// # Errors
    /// When it is damaged, or cannot be read: then none of them counts.
    pub(crate) fn denials_of_path(&self, path: &str, each: impl FnMut(&Denied, &[u8])) -> Result<String, Broken> {
        self.denials(opened(path)?, each)
    }

    fn denials(&self, file: Hashed<'_, impl Read>, mut each: impl FnMut(&Denied, &[u8])) -> Result<String, Broken> {
        each_record(file, |record| {
            if let Event::Denied(denied) = self.reader.read(record)
                && self.filter.takes(&denied, &self.actions)
            {
                each(&denied, record);
            }
        })
    }
}

fn opened(path: &str) -> Result<Hashed<'static, File>, Broken> {
    let open = File::open(path).map_err(Broken::Read)?;
    Ok(Hashed { inner: open, hash: Sha256::new(), progress: None })
}

/// Gives every record of a file, and its SHA-256.
fn each_record<R: Read>(file: Hashed<'_, R>, mut each: impl FnMut(&[u8])) -> Result<String, Broken> {
    let mut bytes = BufReader::with_capacity(256 * 1024, file);
    let is_gzip = bytes.fill_buf().map_err(Broken::Read)?.starts_with(&[0x1F, 0x8B]);
    let mut bytes = if is_gzip {
        let mut gzip = MultiGzDecoder::new(bytes);
        records(&mut gzip, &mut each)?;
        gzip.into_inner()
    } else {
        records(&mut bytes, &mut each)?;
        bytes
    };
    // all of it counts for what file it is
    io::copy(&mut bytes, &mut io::sink()).map_err(Broken::Read)?;
    Ok(hex(&bytes.into_inner().hash.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // a text takes everything
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A file whose bytes are hashed and counted as they are read.
struct Hashed<'p, R> {
    inner: R,
    hash: Sha256,
    progress: Option<&'p Progress>,
}

impl<R: Read> Read for Hashed<'_, R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let many = self.inner.read(into)?;
        self.hash.update(into.get(..many).unwrap_or_default());
        if let Some(progress) = self.progress {
            progress.add(many as u64);
        }
        Ok(many)
    }
}
