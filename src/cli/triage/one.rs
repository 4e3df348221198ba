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
use crate::triage::{Broken, Event, Reader, Skipped, Tally, records};

/// Reads files into the state.
pub(super) struct FileReader<'s, 'm> {
    state: &'m Mutex<&'s mut State>,
    reader: Reader,
    filter: Filter,
    actions: Vec<ActionPattern>,
    /// The kinds of secrets that stand in records of denials.
    secrets: Mutex<BTreeSet<SecretKind>>,
}

/// What one file tells.
struct Told {
    tally: Tally,
    digest: String,
}

impl<'s, 'm> FileReader<'s, 'm> {
    pub(super) fn new(state: &'m Mutex<&'s mut State>) -> Self {
        let filter = state.lock().map(|state| state.filter.clone()).unwrap_or_default();
        let actions = filter.actions.iter().map(|action| ActionPattern::new(action)).collect();
        Self { state, reader: Reader::default(), filter, actions, secrets: Mutex::default() }
    }

    /// The kinds of secrets that were met.
    pub(super) fn secrets(&self) -> Vec<SecretKind> {
        self.secrets.lock().map(|seen| seen.iter().copied().collect()).unwrap_or_default()
    }

    /// Reads one file, and counts what it tells, unless the same was counted.
    ///
    /// # Errors
    /// When the state cannot be kept. A file that is damaged is noted and skipped.
    pub(super) fn read(&self, file: &Found, progress: &Progress, keep: Option<&str>) -> Result<(), Error> {
        let told = self.file(file, progress);
        let Ok(mut state) = self.state.lock() else { return Ok(()) };
        match told {
            Ok(told) => state.add(file, &told.digest, told.tally),
            Err(broken) => state.trail.skipped.push(Skipped::new(shown(&file.path), words::triage::broken(&broken))),
        }
        keep.map_or(Ok(()), |path| state.save_sometimes(path))
    }

    fn file(&self, file: &Found, progress: &Progress) -> Result<Told, Broken> {
        let open = File::open(&file.path).map_err(Broken::Read)?;
        let mut bytes = BufReader::with_capacity(256 * 1024, Hashed { inner: open, hash: Sha256::new(), progress });
        let is_gzip = bytes.fill_buf().map_err(Broken::Read)?.starts_with(&[0x1F, 0x8B]);
        let mut tally = Tally::default();
        let mut each = |record: &[u8]| self.record(record, &mut tally);
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
        let digest = bytes.into_inner().hash.finalize();
        Ok(Told { tally, digest: hex(&digest) })
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
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // a text takes everything
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A file whose bytes are hashed and counted as they are read.
struct Hashed<'p> {
    inner: File,
    hash: Sha256,
    progress: &'p Progress,
}

impl Read for Hashed<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let many = self.inner.read(into)?;
        self.hash.update(into.get(..many).unwrap_or_default());
        self.progress.add(many as u64);
        Ok(many)
    }
}
