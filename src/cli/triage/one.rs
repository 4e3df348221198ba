//! One file: read to its end, and counted whole or not at all.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use super::content::{self, Input};
use super::files::Found;
use super::filter::Filter;
use super::grown::Rest;
use super::print::{Exact, Print, Quick};
use super::spread::{self, Cores, Work};
use super::state::State;
use super::{Error, Progress};
use crate::cli::files::shown;
use crate::cli::known_secrets::Known;
use crate::denial::{Alike, Fingerprint, names_quarantine};
use crate::iam::ActionPattern;
use crate::iam::secret::{self, OfRecord, SecretKind};
use crate::report::words;
use crate::triage::{Broken, Counting, Denied, Event, Reader, Secrets, Skipped};

/// Reads files into the state.
pub(super) struct FileReader<'s, 'm> {
    state: &'m Mutex<&'s mut State>,
    /// Whether another run goes on from it, and has to know what was counted wherever that is by then.
    is_kept: bool,
    cores: Cores,
    counter: Counter,
}

impl<'s, 'm> FileReader<'s, 'm> {
    /// For so many files.
    pub(super) fn new(state: &'m Mutex<&'s mut State>, files: usize, keeps_records: bool) -> Self {
        let asked = state.lock().map(|state| (state.filter.clone(), state.is_kept()));
        let (filter, is_kept) = asked.unwrap_or_default();
        let counter = Counter::new(filter);
        let counter = if keeps_records { counter.keeping_records() } else { counter };
        Self { state, is_kept, cores: Cores::new(files), counter }
    }

    /// Secrets in records of denials of files that are damaged.
    pub(super) fn secrets_of_damaged(&self) -> Secrets {
        self.counter.take_secrets_of_damaged()
    }

    /// Reads one file, and counts what it tells, unless the same was counted.
    ///
    /// # Errors
    /// When the state cannot be kept. A file that is damaged is noted and skipped.
    pub(super) fn read(&self, file: &Found, progress: &Progress, keep: Option<&str>) -> Result<(), Error> {
        let (before, told) = match self.rest(file) {
            Ok(Some(rest)) => (rest.from(), self.counter.rest(file, rest, progress, &self.cores).map(Told::exact)),
            Ok(None) if self.is_kept => (0, self.counter.file(file, progress, &self.cores).map(Told::exact)),
            Ok(None) => (0, self.counter.file(file, progress, &self.cores)),
            Err(broken) => (0, Err(broken)),
        };
        self.cores.file_is_done();
        let Ok(mut state) = self.state.lock() else { return Ok(()) };
        match told {
            Ok(mut told) => {
                told.counting.all_unreadable().in_file(&shown(&file.path));
                state.add(file, before, told.print, told.counting);
            }
            Err(broken) => {
                let why = words::triage::broken_behind(&broken, before);
                state.skip(Skipped::new(shown(&file.path), why));
            }
        }
        keep.map_or(Ok(()), |path| state.save_sometimes(path))
    }

    /// What follows in a file that has grown what was counted of it.
    fn rest(&self, file: &Found) -> Result<Option<Rest>, Broken> {
        let sizes = self.state.lock().map(|state| state.sizes(file)).unwrap_or_default();
        if sizes.is_empty() {
            return Ok(None);
        }
        Rest::of(file, &sizes, |digest| self.state.lock().is_ok_and(|state| state.is_counted(digest)))
    }
}

/// How many values may be around a record that each hold the next: a subscription holds log events, which hold records.
const DEEPEST: usize = 3;

/// Counts what files tell.
#[derive(Debug)]
pub(crate) struct Counter {
    reader: Reader,
    filter: Filter,
    /// Whether no denial is left out.
    takes_all: bool,
    actions: Vec<ActionPattern>,
    /// Secrets in records of denials of files that are damaged: nothing of these counts, but who sees a secret says so.
    of_damaged: Mutex<Secrets>,
}

/// What is seen in the records of a file beside what is counted.
#[derive(Debug, Default)]
struct Seen {
    /// Whether one is no JSON.
    damaged: AtomicBool,
    secrets: Mutex<Secrets>,
}

/// The records of one file.
struct Records<'c> {
    counter: &'c Counter,
    seen: &'c Seen,
}

impl Work for Records<'_> {
    fn is_plain(&self, record: &[u8]) -> bool {
        self.counter.reader.is_plain(record)
    }

    fn count(&self, record: &[u8], counting: &mut Counting) {
        self.counter.record(record, DEEPEST, counting, self.seen);
    }
}

/// What one file tells.
pub(super) struct Told<P> {
    pub(super) counting: Counting,
    pub(super) print: P,
}

impl Told<Quick> {
    fn exact(Told { counting, print }: Told<Exact>) -> Self {
        Self { counting, print: Quick::exact(print) }
    }
}

impl Counter {
    pub(crate) fn new(filter: Filter) -> Self {
        let actions = filter.actions.iter().map(|action| ActionPattern::new(action)).collect();
        let takes_all = filter == Filter::default();
        Self { reader: Reader::default(), filter, takes_all, actions, of_damaged: Mutex::default() }
    }

    /// The same, where some records of each fingerprint are kept for a diagnosis.
    pub(crate) fn keeping_records(self) -> Self {
        Self { reader: self.reader.keeping_records(), ..self }
    }

    /// Secrets in records of denials of files that are damaged; they are forgotten.
    pub(crate) fn take_secrets_of_damaged(&self) -> Secrets {
        self.of_damaged.lock().map(|mut seen| std::mem::take(&mut *seen)).unwrap_or_default()
    }

    fn file<P: Print>(&self, file: &Found, progress: &Progress, cores: &Cores) -> Result<Told<P>, Broken> {
        if let Some(content) = &file.content {
            progress.add(file.bytes);
            return self.whole(0, Input::Bytes(content));
        }
        let input = Input::open(&file.path, Some(progress))?;
        self.whole(cores.free(file.bytes), input)
    }

    /// What follows in a file what was counted of it.
    fn rest(&self, file: &Found, rest: Rest, progress: &Progress, cores: &Cores) -> Result<Told<Exact>, Broken> {
        let helpers = cores.free(file.bytes.saturating_sub(rest.from()));
        self.count(helpers, |each| rest.each_record(progress, each))
    }

    /// A file of which the bytes are there, on this thread alone.
    ///
    /// # Errors
    /// When it is damaged.
    pub(super) fn bytes(&self, content: &[u8]) -> Result<Told<String>, Broken> {
        self.whole(0, Input::Bytes(content))
    }

    /// A file of this machine, on this thread alone.
    ///
    /// # Errors
    /// When it is damaged, or cannot be read.
    pub(super) fn path(&self, path: &str) -> Result<Told<String>, Broken> {
        let input = Input::open(path.as_ref(), None)?;
        self.whole(0, input)
    }

    /// Counts the records of a file, with so many threads that help.
    fn whole<P: Print>(&self, helpers: usize, input: Input<'_>) -> Result<Told<P>, Broken> {
        self.count(helpers, |each| content::each_record(input, each))
    }

    fn count<P>(
        &self,
        helpers: usize,
        source: impl FnOnce(&mut dyn FnMut(&[u8])) -> Result<P, Broken>,
    ) -> Result<Told<P>, Broken> {
        let seen = Seen::default();
        let work = Records { counter: self, seen: &seen };
        let counted = spread::out(&work, helpers, source);
        let Seen { damaged, secrets } = seen;
        let secrets = secrets.into_inner().unwrap_or_default();
        let counted = if damaged.into_inner() { Err(Broken::Record) } else { counted };
        match counted {
            Ok((print, mut counting)) => {
                counting.secrets(secrets);
                Ok(Told { counting, print })
            }
            Err(broken) => {
                if let (false, Ok(mut seen)) = (secrets.is_empty(), self.of_damaged.lock()) {
                    seen.merge(secrets);
                }
                Err(broken)
            }
        }
    }

    fn record(&self, record: &[u8], deeper: usize, counting: &mut Counting, seen: &Seen) {
        // of one that holds a secret, or names AWS's quarantine, more is told
        let takes =
            |text: &str| self.takes_all && secret::of_record(text) == OfRecord::default() && !names_quarantine(text);
        let take = |alike: Alike<'_>, at, record: Option<&[u8]>| counting.add_alike(alike, at, record);
        let Some(event) = self.reader.read_or_take(record, takes, take) else { return counting.record() };
        let (event, leaks) = self.without_secrets(event, record);
        match event {
            Event::NoRecord => return,
            Event::Wrapper(records) => {
                if let Some(deeper) = deeper.checked_sub(1) {
                    for record in &records {
                        self.record(record.as_bytes(), deeper, counting, seen);
                    }
                }
                return;
            }
            Event::Unreadable(id) => return counting.unreadable(id),
            // a line of a log that is no JSON is no record
            Event::Damaged if deeper < DEEPEST => return,
            Event::Damaged => return seen.damaged.store(true, Ordering::Relaxed),
            Event::Denied(denied) if self.filter.takes(&denied, &self.actions) => {
                if let (false, Ok(mut secrets)) = (leaks.is_empty(), seen.secrets.lock()) {
                    let principal = Fingerprint::of(&denied.denial).principal;
                    secrets.add(&leaks, denied.id.clone(), principal.map(|principal| principal.to_string()));
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

    /// What is read of a record, and the kinds of secrets that leak by it. What is told of a denial or of a change has no secret.
    fn without_secrets(&self, event: Event, record: &[u8]) -> (Event, Vec<SecretKind>) {
        if !matches!(event, Event::Denied(_) | Event::Change(_)) {
            return (event, Vec::new());
        }
        let text = &*String::from_utf8_lossy(record);
        let held = secret::of_record(text);
        if !held.redacts {
            return (event, held.leaks);
        }
        let masked = self.reader.read(Known::of(text).clean(text).as_bytes());
        let masked = match (masked, event) {
            (Event::Denied(mut masked), Event::Denied(own)) => {
                // whether the record may be kept is asked of it as it was
                masked.record = own.record;
                Event::Denied(masked)
            }
            (Event::Change(masked), Event::Change(_)) => Event::Change(masked),
            _ => Event::Unreadable(None),
        };
        (masked, held.leaks)
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
            self.denied(record, DEEPEST, &mut each);
        })
    }

    fn denied(&self, record: &[u8], deeper: usize, each: &mut impl FnMut(&Denied, &[u8])) {
        match (self.without_secrets(self.reader.read(record), record).0, deeper.checked_sub(1)) {
            (Event::Denied(denied), _) if self.filter.takes(&denied, &self.actions) => each(&denied, record),
            (Event::Wrapper(records), Some(deeper)) => {
                for record in &records {
                    self.denied(record.as_bytes(), deeper, each);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::io::Write as _;
    use std::path::Path;
    use std::sync::Mutex;

    use super::super::{Unit, files};
    use super::{FileReader, Filter, Progress, State};

    const RECORD: &str = concat!(
        r#"{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/ana"},"eventTime":"2026-11-01T10:00:00Z","#,
        r#""eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1","errorCode":"AccessDenied","errorMessage":"Access Denied"}"#,
        "\n"
    );

    fn append(path: &Path, many: usize) {
        let mut file = File::options().append(true).create(true).open(path).unwrap();
        file.write_all(RECORD.repeat(many).as_bytes()).unwrap();
    }

    #[test]
    fn a_file_that_grows_between_its_listing_and_its_end_counts_each_record_once() {
        let folder = tempfile::tempdir().unwrap();
        let (trail, kept) = (folder.path().join("trail.ndjson"), folder.path().join("kept.state"));
        let (trail_named, kept_named) = (trail.to_str().unwrap().to_owned(), kept.to_str().unwrap());
        // so many are there when the file is listed, and so many come before it is read
        let run = |before: usize, while_read: usize| {
            append(&trail, before);
            let mut state = State::open(kept_named, &Filter::default()).unwrap();
            let found = files::find(std::slice::from_ref(&trail_named)).unwrap().found;
            append(&trail, while_read);
            let todo: Vec<_> = found.into_iter().filter(|file| state.is_new(file)).collect();
            let shared = Mutex::new(&mut state);
            let progress = Progress::start("reading", Unit::Bytes, None);
            let reader = FileReader::new(&shared, todo.len(), false);
            for file in &todo {
                reader.read(file, &progress, None).unwrap();
            }
            let of_trail = state.trail();
            let told = (of_trail.tally.records, of_trail.files, of_trail.grown, of_trail.growing, of_trail.bytes);
            state.save(kept_named).unwrap();
            assert_eq!(told.4, fs::metadata(&trail).unwrap().len());
            (told.0, told.1, told.2, told.3)
        };
        assert_eq!(run(10, 5), (15, 1, 0, 1));
        assert_eq!(run(3, 0), (18, 1, 1, 0));
        assert_eq!(run(2, 4), (24, 1, 1, 1));
        // nothing new: its size is another one than when it was listed, so it is looked at, and is the same
        assert_eq!(run(0, 0), (24, 1, 0, 0));
    }
}
