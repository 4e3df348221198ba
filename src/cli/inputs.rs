//! Where the texts of a command come from: files, folders and patterns, standard input, or `-m`. Each file is read on a thread of its own,
//! and told of in the order in which they were given.

#![expect(clippy::disallowed_methods, reason = "this is an adapter that reads files")]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::files::{Meant, below, meant, nothing_fits, shown};
use super::input::{self, Given};
use super::large::{self, Opened};
use super::output::{complain, note};
use super::progress::{Progress, Unit};
use super::told::{Told, WHAT_TO_GIVE, no_denial_in};
use super::{Error, Exit, inside};
use crate::denial::{Denial, Note, OfInputs};
use crate::iam::secret::SecretKind;
use crate::report::words;
use crate::text::{STANDARD_INPUT, Source, decode, decoded_stream, is_text};

/// Folders of version control and of what others wrote: nobody keeps logs there.
const NOT_ENTERED: [&str; 9] =
    [".git", ".hg", ".jj", ".svn", ".terraform", ".tox", ".venv", "__pycache__", "node_modules"];

/// Bytes that are looked at to tell whether a file holds text.
const START: u64 = 1 << 13;

/// The texts to read.
#[derive(Debug, clap::Args)]
pub(crate) struct InputArgs {
    /// Files with the text, folders of them, or patterns such as `logs/**/*.log`; `-` for standard input
    #[arg(value_name = "INPUT", default_value = "-")]
    input: Vec<String>,
    /// The text itself
    #[arg(short, long, value_name = "TEXT", conflicts_with = "input")]
    message: Option<String>,
}

/// What is to be typed where a text is expected.
const WHAT: &str = "Paste the error message, the log or the CloudTrail record";

impl InputArgs {
    /// The inputs, where there may be several.
    ///
    /// # Errors
    /// When there are to be several, and none is there.
    pub(crate) fn several(&self) -> Result<Option<Inputs>, Error> {
        if self.message.is_some() || !are_several(&self.input) {
            return Ok(None);
        }
        Inputs::find(&self.input).map(Some)
    }

    /// The only one.
    fn only(&self) -> &str {
        self.input.first().map_or("-", String::as_str)
    }

    /// The denials of the text where it is large; otherwise the text.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn given(&self) -> Result<Given, Error> {
        if self.message.is_some() {
            return Ok(Given::Text(self.text()?));
        }
        input::invite(self.only(), WHAT);
        input::given(Path::new(self.only()), input::shown(self.only()))
    }

    /// The text as it comes, for commands that work line by line.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub(crate) fn stream(&self) -> Result<Box<dyn Read + Send>, Error> {
        if let Some(message) = &self.message {
            Ok(Box::new(Cursor::new(message.clone().into_bytes())))
        } else {
            input::invite(self.only(), r#"Type lines of the form {"id": ..., "raw": "text"}"#);
            input::stream_of(self.only())
        }
    }

    /// The text, whatever its encoding.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn text(&self) -> Result<Source, Error> {
        if let Some(message) = &self.message {
            return Ok(Source::new("message", decode(message.clone().into_bytes())));
        }
        input::invite(self.only(), WHAT);
        input::text_of(self.only())
    }
}

/// Whether somebody may keep logs in a folder of this name.
fn holds_logs(name: &OsStr) -> bool {
    !NOT_ENTERED.iter().any(|left| name == *left)
}

/// One of the inputs.
struct Input {
    /// What a person calls it.
    name: Arc<str>,
    path: PathBuf,
    /// A file of so many bytes; nothing else has a length.
    bytes: Option<u64>,
    /// Whether it was given by its name. Of a folder or a pattern only texts are read.
    is_named: bool,
}

/// The inputs of a command.
pub(crate) struct Inputs {
    all: Vec<Input>,
    /// What cannot be read.
    failed: Vec<Error>,
}

/// What all of them told.
pub(crate) struct ToldByAll {
    /// The denials in the order of the inputs, each once.
    pub(crate) denials: Vec<Denial>,
    /// The inputs in which secrets stand that are leaked.
    leaks: Vec<(Arc<str>, Vec<SecretKind>)>,
    /// Links to AWS's records of the denials.
    pub(crate) links: String,
    failed: Vec<Error>,
    /// Why an input without a denial may have one all the same.
    open: Option<Error>,
    read: usize,
    without: usize,
    left_alone: usize,
    lines: usize,
}

/// What became of one.
enum Outcome {
    Told(OfOne),
    Failed(Error),
    /// It is no text.
    LeftAlone,
    /// It is large: all cores read it together.
    Later,
}

struct OfOne {
    told: Told,
    links: String,
    open: Option<Error>,
}

/// Finds a denial in a text in which nothing else finds one.
pub(crate) type Alone<'a> = dyn Fn(&Source) -> Result<Option<Denial>, Error> + Sync + 'a;

/// Whether these are several inputs. One that is no folder and no pattern is a single one, whether it is there or not.
pub(crate) fn are_several(paths: &[String]) -> bool {
    match paths {
        [one] => {
            let is_own = one == "-" || inside::text(one).is_some();
            !is_own && matches!(meant(one, holds_logs), Ok(Meant::Folder | Meant::Pattern(_)) | Err(Error::Usage(_)))
        }
        _ => true,
    }
}

/// Whether a file is the one that standard output goes to: what is written there would be read again, without an end.
#[cfg(unix)]
fn is_output(path: &Path) -> bool {
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::MetadataExt as _;
    let output = std::io::stdout().as_fd().try_clone_to_owned().map(File::from).and_then(|output| output.metadata());
    let same =
        |output: &std::fs::Metadata, of: &std::fs::Metadata| (output.dev(), output.ino()) == (of.dev(), of.ino());
    output.is_ok_and(|output| output.is_file() && std::fs::metadata(path).is_ok_and(|of| same(&output, &of)))
}

#[cfg(not(unix))]
const fn is_output(_: &Path) -> bool {
    false
}

impl Inputs {
    /// The inputs that are meant, each once.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn find(paths: &[String]) -> Result<Self, Error> {
        let mut inputs = Self { all: Vec::new(), failed: Vec::new() };
        let mut seen = BTreeSet::new();
        for path in paths {
            if let Err(error) = inputs.add(path, &mut seen) {
                inputs.failed.push(error);
            }
        }
        if inputs.all.is_empty() {
            let nothing = || Error::Input(format!("there is no file in {}", paths.join(", ")));
            let last = inputs.failed.pop().unwrap_or_else(nothing);
            inputs.failed.iter().for_each(|error| complain(&error.to_string()));
            return Err(last);
        }
        Ok(inputs)
    }

    fn add(&mut self, path: &str, seen: &mut BTreeSet<PathBuf>) -> Result<(), Error> {
        if path == "-" || inside::text(path).is_some() {
            let name = if path == "-" { STANDARD_INPUT } else { path };
            self.push(Input { name: name.into(), path: path.into(), bytes: None, is_named: true }, seen);
            return Ok(());
        }
        match meant(path, holds_logs)? {
            Meant::File(of) => {
                let bytes = of.is_file().then_some(of.len());
                self.push(Input { name: path.into(), path: path.into(), bytes, is_named: true }, seen);
            }
            Meant::Folder => {
                let (mut found, mut failed) = (Vec::new(), Vec::new());
                below(Path::new(path), holds_logs, &mut |one| {
                    match one {
                        Ok(path) => found.push(path),
                        Err(error) => failed.push(error),
                    }
                    Ok(())
                })?;
                found.sort_unstable();
                for path in found {
                    self.push_found(path, seen);
                }
                self.failed.extend(failed);
            }
            Meant::Pattern(all) => {
                if all.is_empty() {
                    return Err(nothing_fits(path));
                }
                for one in all {
                    match one {
                        Ok(path) => self.push_found(path, seen),
                        Err(error) => self.failed.push(error),
                    }
                }
            }
        }
        Ok(())
    }

    /// One of a folder or a pattern. Pipes and devices wait for somebody, and are left.
    fn push_found(&mut self, path: PathBuf, seen: &mut BTreeSet<PathBuf>) {
        match std::fs::metadata(&path) {
            Ok(of) if of.is_file() => {
                let name = shown(&path).into();
                self.push(Input { name, path, bytes: Some(of.len()), is_named: false }, seen);
            }
            Ok(_) => {}
            Err(error) => self.failed.push(Error::Read { path: shown(&path), error }),
        }
    }

    fn push(&mut self, input: Input, seen: &mut BTreeSet<PathBuf>) {
        // the same file under two names is one; what is no file has one name
        let own = std::fs::canonicalize(&input.path).unwrap_or_else(|_| input.path.clone());
        if seen.insert(own) {
            if is_output(&input.path) {
                let said = format!("`{}` is where the answer is written, and is not read", input.name);
                self.failed.push(Error::Input(said));
                return;
            }
            super::file::is_read(&input.path);
            self.all.push(input);
        }
    }

    /// Reads them all; `alone` is asked about texts without a denial.
    pub(crate) fn read(self, alone: &Alone<'_>) -> ToldByAll {
        let bytes = self.all.iter().filter_map(|input| input.bytes).sum();
        let progress = Progress::start("reading", Unit::Bytes, Some(bytes));
        let one = |input: &Input| {
            let outcome = if input.bytes.is_some() { input.small(alone) } else { Outcome::Later };
            if !matches!(outcome, Outcome::Later) {
                progress.add(input.bytes.unwrap_or_default());
            }
            outcome
        };
        // what a run inside another program keeps belongs to its thread
        let outcomes: Vec<Outcome> = if inside::is_inside() {
            self.all.iter().map(one).collect()
        } else {
            self.all.par_iter().map(one).collect()
        };
        drop(progress);
        let mut all = ToldByAll::new(self.failed);
        let mut found = OfInputs::default();
        for (input, outcome) in self.all.iter().zip(outcomes) {
            let outcome = match outcome {
                Outcome::Later => input.large(alone),
                other => other,
            };
            all.add(input, outcome, &mut found);
        }
        all.denials = found.into_denials();
        all
    }

    /// Gives the text of each as a stream, in order; what cannot be read is said.
    ///
    /// # Errors
    /// As `each` gives them.
    pub(crate) fn each_stream(
        self,
        mut each: impl FnMut(Box<dyn Read + Send>) -> Result<Exit, Error>,
    ) -> Result<Exit, Error> {
        let mut exit = if self.failed.is_empty() { Exit::Done } else { Exit::BadInput };
        self.failed.iter().for_each(|error| complain(&error.to_string()));
        for input in &self.all {
            let read = |error| Error::Read { path: input.name.to_string(), error };
            let stream = input.started().and_then(|(start, rest)| {
                let is_left = !input.is_named && !is_text(&start);
                let all = Cursor::new(start).chain(rest);
                if is_left { Ok(None) } else { decoded_stream(all).map(Some).map_err(read) }
            });
            match stream {
                Ok(Some(stream)) => exit = exit.and(each(Box::new(stream))?),
                Ok(None) => {}
                Err(error) => {
                    complain(&error.to_string());
                    exit = exit.and(Exit::BadInput);
                }
            }
        }
        Ok(exit)
    }
}

impl Input {
    /// The first bytes of it, and the others. Of what is no file none are read before they are asked for.
    fn started(&self) -> Result<(Vec<u8>, Box<dyn Read + Send>), Error> {
        if self.bytes.is_none() {
            return Ok((Vec::new(), input::opened(&self.path)?));
        }
        let failed = |error| Error::Read { path: self.name.to_string(), error };
        let mut file = File::open(&self.path).map_err(failed)?;
        let mut start = Vec::new();
        file.by_ref().take(START).read_to_end(&mut start).map_err(failed)?;
        Ok((start, Box::new(file)))
    }

    /// Reads it on this thread, unless it is large.
    fn small(&self, alone: &Alone<'_>) -> Outcome {
        let (start, rest) = match self.started() {
            Ok(started) => started,
            Err(error) => return Outcome::Failed(error),
        };
        if !self.is_named && !is_text(&start) {
            return Outcome::LeftAlone;
        }
        let room = usize::try_from(self.bytes.unwrap_or_default()).unwrap_or_default();
        match large::open(Box::new(Cursor::new(start).chain(rest)), room, &self.name) {
            Ok(Opened::Whole(bytes)) => Outcome::Told(of_text(&input::learnt(&self.name, bytes), alone)),
            Ok(Opened::Stream(_) | Opened::Records(_)) => Outcome::Later,
            Err(error) => Outcome::Failed(Error::Read { path: self.name.to_string(), error }),
        }
    }

    /// Reads it with all cores, whatever it is.
    fn large(&self, alone: &Alone<'_>) -> Outcome {
        if &*self.path == Path::new("-") {
            input::invite("-", WHAT);
        }
        match input::given(&self.path, &self.name) {
            Ok(Given::Text(source)) => Outcome::Told(of_text(&source, alone)),
            Ok(Given::Told(large, _)) => {
                Outcome::Told(OfOne { told: Told::of_large(large), links: String::new(), open: None })
            }
            Err(error) => Outcome::Failed(error),
        }
    }
}

fn of_text(source: &Source, alone: &Alone<'_>) -> OfOne {
    let mut of_one = OfOne { told: Told::of_one(source), links: String::new(), open: None };
    for denial in &of_one.told.denials {
        let link = denial.authorization_id.as_ref().and_then(|id| link(source.text(), id));
        of_one.links.extend(link);
    }
    if of_one.told.denials.is_empty() {
        match alone(source) {
            Ok(found) => of_one.told.denials.extend(found),
            Err(error) => of_one.open = Some(error),
        }
    }
    of_one
}

/// The text around the id of AWS's record of a denial, which may tell its Region.
fn link<'t>(text: &'t str, id: &str) -> Option<&'t str> {
    const BEFORE: usize = 256;
    let at = text.find(&format!("#/authorization-details/{id}"))?;
    let start = (at.saturating_sub(BEFORE)..=at).find(|start| text.is_char_boundary(*start))?;
    text.get(start..).map(|rest| rest.split_once(['\n', '\r']).map_or(rest, |(line, _)| line))
}

impl ToldByAll {
    fn new(failed: Vec<Error>) -> Self {
        Self {
            denials: Vec::new(),
            leaks: Vec::new(),
            links: String::new(),
            failed,
            open: None,
            read: 0,
            without: 0,
            left_alone: 0,
            lines: 0,
        }
    }

    fn add(&mut self, input: &Input, outcome: Outcome, found: &mut OfInputs) {
        let OfOne { told, links, open } = match outcome {
            Outcome::Told(of_one) => of_one,
            Outcome::Failed(error) => return self.failed.push(error),
            Outcome::LeftAlone | Outcome::Later => {
                self.left_alone += 1;
                return;
            }
        };
        self.read += 1;
        self.lines += told.lines;
        self.without += usize::from(told.denials.is_empty());
        self.links.push_str(&links);
        self.open = self.open.take().or(open);
        if !told.secrets.is_empty() {
            self.leaks.push((Arc::clone(&input.name), told.secrets));
        }
        found.add(&input.name, told.denials, told.sessions);
    }

    /// Whether a secret stands in an input that has this denial.
    pub(crate) fn is_leaked(&self, denial: &Denial) -> bool {
        let leaks = |file: &Arc<str>| self.leaks.iter().any(|(name, _)| name == file);
        denial.file.iter().chain(denial.also_in.iter().map(|other| &other.file)).any(leaks)
    }

    /// Says what the answer does not say: secrets, and inputs of which it does not speak.
    pub(crate) fn say(&self) {
        for (name, kinds) in &self.leaks {
            complain(&format!("{name}: {}", words::denial::note(&Note::SecretInInput(kinds.clone()))));
        }
        self.failed.iter().for_each(|error| complain(&error.to_string()));
        let files = |count: usize| if count == 1 { "1 file is".to_owned() } else { format!("{count} files are") };
        if self.left_alone > 0 {
            note(&format!("{} no text and left alone", files(self.left_alone)));
        }
        if self.denials.is_empty() {
            match &self.open {
                Some(error) => complain(&error.to_string()),
                None => complain(&format!("{}. {}", no_denial_in(&of_inputs(self.read), self.lines), WHAT_TO_GIVE)),
            }
        } else if self.without > 0 {
            note(&format!("no denial in {} of {}", self.without, of_inputs(self.read)));
        }
    }

    /// How the reading ended; nothing where the denials decide.
    pub(crate) fn exit(&self) -> Exit {
        if !self.leaks.is_empty() || self.denials.iter().any(Denial::is_quarantine) {
            Exit::Incident
        } else if !self.failed.is_empty() || self.denials.is_empty() {
            Exit::BadInput
        } else {
            Exit::Done
        }
    }
}

fn of_inputs(count: usize) -> String {
    if count == 1 { "1 input".to_owned() } else { format!("{count} inputs") }
}
