//! What was counted so far, and of which files; kept in a file where that is wanted.

#![expect(clippy::disallowed_methods, reason = "this is an adapter that reads files and has a clock")]

use std::collections::BTreeSet;
use std::fs::{File, TryLockError};
use std::io::BufReader;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Error;
use super::files::Found;
use super::filter::Filter;
use super::print::{Gzips, Quick};
use crate::cli::files::shown;
use crate::cli::{file, inside};
use crate::report::words;
use crate::triage::{Counting, Filters, Skipped, Trail};

/// How often a long run keeps what it has.
const PAUSE: Duration = Duration::from_secs(30);

/// The version of the file.
const VERSION: u8 = 1;

/// What was counted, and of which files.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct State {
    version: u8,
    /// Which denials count: another filter has another state.
    pub(super) filter: Filter,
    /// SHA-256 of each file that was counted.
    digests: BTreeSet<String>,
    /// Path, size and time of each, so that it need not be read again.
    names: BTreeSet<String>,
    /// What they tell, but for what was counted last.
    trail: Trail,
    #[serde(skip)]
    last: Counting,
    /// Files of which the SHA-256 is not known.
    #[serde(skip)]
    gzips: Gzips,
    /// Files in which there is no record.
    #[serde(skip)]
    pub(super) bare: Vec<PathBuf>,
    #[serde(skip)]
    kept: Option<Instant>,
    /// No other run uses the file as long as this is open.
    #[serde(skip)]
    lock: Option<File>,
}

impl State {
    /// Whether it is kept for another run.
    pub(super) const fn is_kept(&self) -> bool {
        self.lock.is_some()
    }

    pub(super) const fn new(filter: Filter) -> Self {
        Self {
            version: VERSION,
            filter,
            digests: BTreeSet::new(),
            names: BTreeSet::new(),
            trail: Trail::new(),
            last: Counting::new(),
            gzips: Gzips::new(),
            bare: Vec::new(),
            kept: None,
            lock: None,
        }
    }

    /// What a file has kept; a new state where there is no such file yet.
    ///
    /// # Errors
    /// When the file is not one of this command, was made with another filter, or is used by another run.
    pub(super) fn open(path: &str, filter: &Filter) -> Result<Self, Error> {
        let lock = locked(path)?;
        let file = match File::open(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self { lock: Some(lock), ..Self::new(filter.clone()) });
            }
            other => other.map_err(|error| Error::Read { path: path.to_owned(), error })?,
        };
        let mut state: Self = read(file, path, "state of `iamdx triage`")?;
        if state.version != VERSION {
            return Err(Error::Input(format!(
                "`{path}` is the state of another version of iamdx: begin with a new file"
            )));
        }
        if state.filter != *filter {
            let what = "was counted with another --since, --until, --account, --principal or --action";
            return Err(Error::Usage(format!("what `{path}` keeps {what}. Use another file")));
        }
        // a file that was damaged is tried again
        state.trail.skipped.clear();
        state.trail.seen_before = 0;
        state.trail.grown = 0;
        state.trail.growing = 0;
        state.lock = Some(lock);
        Ok(state)
    }

    /// All that was counted.
    pub(super) fn trail(&mut self) -> &mut Trail {
        self.trail.tally.merge(std::mem::take(&mut self.last).tally());
        &mut self.trail
    }

    /// Notes a file of which nothing is counted.
    pub(super) fn skip(&mut self, file: Skipped) {
        self.trail.skipped.push(file);
    }

    /// Whether the file was not counted, by its path, size and time.
    pub(super) fn is_new(&mut self, file: &Found) -> bool {
        // a value has no name that tells it from another
        let is_new = file.content.is_some() || !self.names.contains(&name(file, file.bytes));
        self.trail.seen_before += u64::from(!is_new);
        is_new
    }

    /// The sizes that a file had when it was counted, all that are smaller than it is now, in order.
    pub(super) fn sizes(&self, file: &Found) -> Vec<u64> {
        // of what is not kept no file is read twice
        if file.content.is_some() || !self.is_kept() {
            return Vec::new();
        }
        let path = format!("{}\n", shown(&file.path));
        let own = self.names.range(path.clone()..).map_while(|name| name.strip_prefix(&path));
        let sizes = own.filter_map(|rest| rest.split('\n').next()?.parse::<u64>().ok());
        let mut sizes: Vec<u64> = sizes.filter(|size| (1..file.bytes).contains(size)).collect();
        sizes.sort_unstable();
        sizes
    }

    /// Whether a file of this path was counted.
    fn has_name(&self, file: &Found) -> bool {
        let path = format!("{}\n", shown(&file.path));
        self.names.range(path.clone()..).next().is_some_and(|name| name.starts_with(&path))
    }

    /// Whether a file of this SHA-256 was counted.
    pub(super) fn is_counted(&self, digest: &str) -> bool {
        self.digests.contains(digest)
    }

    /// Counts a file, unless one of the same content was counted. So many bytes of it were counted before.
    pub(super) fn add(&mut self, file: &Found, before: u64, print: Quick, counting: Counting) {
        let mut read = file.bytes;
        if let Quick::Exact(exact) = &print {
            read = exact.bytes;
        }
        let was_another = before == 0 && self.is_kept() && file.content.is_none() && self.has_name(file);
        if file.content.is_none() {
            self.names.insert(name(file, file.bytes));
            // it has grown since it was found, and is known by what was read of it
            self.names.insert(name(file, read));
        }
        let is_first = match print {
            Quick::Exact(exact) => Some(self.digests.insert(exact.sha256)),
            Quick::Gzip(checked) => self.gzips.is_first(checked, &file.path, file.content.as_deref()),
        };
        match is_first {
            Some(true) => {}
            Some(false) => {
                self.trail.seen_before += 1;
                return;
            }
            None => {
                // nothing of it counts, but who sees a secret says so
                self.last.secrets(counting.tally().secrets);
                return self.skip(Skipped::new(shown(&file.path), words::triage::PERHAPS_COUNTED.to_owned()));
            }
        }
        if before > 0 {
            self.trail.grown += 1;
        } else {
            self.trail.files += 1;
        }
        self.trail.growing += u64::from(read > file.bytes && file.content.is_none());
        self.trail.recounted += u64::from(was_another);
        self.trail.bytes += read.saturating_sub(before);
        if counting.records() == 0 && before == 0 {
            self.trail.without_records += 1;
            if counting.has_all_read() {
                self.bare.push(file.path.clone());
            }
        }
        self.last.merge(counting);
    }

    /// Keeps it, if that was long ago.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn save_sometimes(&mut self, path: &str) -> Result<(), Error> {
        let since = *self.kept.get_or_insert_with(Instant::now);
        if since.elapsed() < PAUSE {
            return Ok(());
        }
        self.kept = Some(Instant::now());
        self.save(path)
    }

    /// Keeps it: whole or not at all.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn save(&mut self, path: &str) -> Result<(), Error> {
        self.trail().skipped.sort();
        let failed = |error: serde_json::Error| Error::Write { path: path.to_owned(), error: error.into() };
        let mut target = file::Target::open(path)?;
        serde_json::to_writer(&mut target, self).map_err(failed)?;
        target.finish()
    }
}

/// Holds other runs off a state. The state itself is replaced while a run goes on, so a file beside it is locked; it is empty, and stays.
fn locked(path: &str) -> Result<File, Error> {
    let beside = format!("{path}.lock");
    let failed = |error| Error::Write { path: beside.clone(), error };
    let file = File::options().create(true).append(true).open(&beside).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let what = "is used by another run of `iamdx triage`: what one of them counts would be lost. Wait for it, or use another file";
            Err(Error::Input(format!("`{path}` {what}")))
        }
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

fn name(file: &Found, bytes: u64) -> String {
    format!("{}\n{bytes}\n{}", shown(&file.path), file.changed)
}

/// Bytes of a file that are held.
const HELD: usize = 256 * 1024;

/// What a file has in JSON, read as it comes: it is several times as long as what it tells.
fn read<T: DeserializeOwned>(file: File, path: &str, what: &str) -> Result<T, Error> {
    serde_json::from_reader(BufReader::with_capacity(HELD, file)).map_err(|error| match error.io_error_kind() {
        Some(_) => Error::Read { path: path.to_owned(), error: error.into() },
        None => no(path, what, &error),
    })
}

fn no(path: &str, what: &str, error: &serde_json::Error) -> Error {
    Error::Input(format!("`{path}` is no {what}: {error}"))
}

/// The part of a trail that an answer of `triage --format json` holds, and which denials it counts.
///
/// # Errors
/// When it is no such answer.
pub(super) fn answer(path: &str) -> Result<(Trail, Filters), Error> {
    #[derive(Deserialize)]
    struct Answer {
        schema_version: u8,
        #[serde(default)]
        filters: Filters,
        trail: Trail,
    }
    const WHAT: &str = "answer of `iamdx triage --format json`";
    let answer: Answer = match inside::text(path) {
        Some(text) => serde_json::from_slice(&text).map_err(|error| no(path, WHAT, &error))?,
        None => read(File::open(path).map_err(|error| Error::Read { path: path.to_owned(), error })?, path, WHAT)?,
    };
    if answer.schema_version != crate::report::SCHEMA_VERSION {
        return Err(Error::Input(format!("`{path}` is the answer of another version of iamdx")));
    }
    Ok((answer.trail, answer.filters))
}
