//! One file: read to its end, and counted whole or not at all.

use std::collections::BTreeSet;
use std::sync::Mutex;

use super::content::{self, Input};
use super::files::Found;
use super::filter::Filter;
use super::spread::{self, Cores};
use super::state::State;
use super::{Error, Progress};
use crate::cli::files::shown;
use crate::iam::ActionPattern;
use crate::iam::secret::{self, SecretKind};
use crate::report::words;
use crate::triage::{Broken, Counting, Denied, Event, Reader, Skipped, Tally};

/// Reads files into the state.
pub(super) struct FileReader<'s, 'm> {
    state: &'m Mutex<&'s mut State>,
    cores: Cores,
    counter: Counter,
}

impl<'s, 'm> FileReader<'s, 'm> {
    /// For so many files.
    pub(super) fn new(state: &'m Mutex<&'s mut State>, files: usize, keeps_records: bool) -> Self {
        let filter = state.lock().map(|state| state.filter.clone()).unwrap_or_default();
        let counter = Counter::new(filter);
        let counter = if keeps_records { counter.keeping_records() } else { counter };
        Self { state, cores: Cores::new(files), counter }
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
        let told = self.counter.file(file, progress, &self.cores);
        self.cores.file_is_done();
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

    fn file(&self, file: &Found, progress: &Progress, cores: &Cores) -> Result<Told, Broken> {
        if let Some(content) = &file.content {
            progress.add(file.bytes);
            return self.bytes(content);
        }
        let input = Input::open(&file.path, Some(progress))?;
        let (digest, tally) = self.count(cores.free(file.bytes), input)?;
        Ok(Told { tally, digest })
    }

    /// A file of which the bytes are there, on this thread alone.
    ///
    /// # Errors
    /// When it is damaged.
    pub(crate) fn bytes(&self, content: &[u8]) -> Result<Told, Broken> {
        let (digest, tally) = self.count(0, Input::Bytes(content))?;
        Ok(Told { tally, digest })
    }

    /// A file of this machine, on this thread alone.
    ///
    /// # Errors
    /// When it is damaged, or cannot be read.
    pub(crate) fn path(&self, path: &str) -> Result<Told, Broken> {
        let input = Input::open(path.as_ref(), None)?;
        let (digest, tally) = self.count(0, input)?;
        Ok(Told { tally, digest })
    }

    /// Counts the records of a file, with so many threads that help; the first is the SHA-256 of the file.
    fn count(&self, helpers: usize, input: Input<'_>) -> Result<(String, Tally), Broken> {
        spread::out(&|record, counting| self.record(record, counting), helpers, |each| {
            content::each_record(input, each)
        })
    }

    fn record(&self, record: &[u8], counting: &mut Counting) {
        match self.reader.read(record) {
            Event::NoRecord => return,
            Event::Denied(denied) if self.filter.takes(&denied, &self.actions) => {
                // what is not a text is no record
                let leaks = secret::of_record(std::str::from_utf8(record).unwrap_or_default()).leaks;
                if let (false, Ok(mut seen)) = (leaks.is_empty(), self.secrets.lock()) {
                    seen.extend(leaks);
                }
                counting.add(&denied);
            }
            // it tells when a cause began all the same
            Event::Denied(denied) => counting.leave_out(&denied),
            Event::Change(change) => counting.change(change),
            _ => {}
        }
        counting.record();
    }

    /// The denials of a file of which the bytes are there, each with its record, in their order; gives the SHA-256 of the file.
    ///
    /// # Errors
    /// When it is damaged: then none of them counts.
    pub(crate) fn denials_of_bytes(&self, content: &[u8], each: impl FnMut(&Denied, &[u8])) -> Result<String, Broken> {
        self.denials(Input::Bytes(content), each)
    }

    /// The same of a file of this machine.
    ///
    /// # Errors
    /// When it is damaged, or cannot be read: then none of them counts.
    pub(crate) fn denials_of_path(&self, path: &str, each: impl FnMut(&Denied, &[u8])) -> Result<String, Broken> {
        self.denials(Input::open(path.as_ref(), None)?, each)
    }

    fn denials(&self, input: Input<'_>, mut each: impl FnMut(&Denied, &[u8])) -> Result<String, Broken> {
        content::each_record(input, &mut |record| {
            if let Event::Denied(denied) = self.reader.read(record)
                && self.filter.takes(&denied, &self.actions)
            {
                each(&denied, record);
            }
        })
    }
}
