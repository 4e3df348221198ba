//! Where everything goes that a command writes: standard output, standard error, or a file. No secret leaves here.

use std::io::{self, IsTerminal as _, Write};
use std::sync::{Mutex, PoisonError};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser as _};
use clap::error::{ContextKind, ContextValue};

use super::file::{Target, written};
use super::terminal::{safe, safe_line};
use super::{Error, inside, links, pager, progress, secrets};
use crate::report::{CommandReport, Detail, FORMATS, Format, Style};
use crate::text::is_plain;

/// Format and target of the answer.
#[derive(Debug, clap::Args)]
pub(crate) struct OutputArgs {
    /// How to write the answer
    #[arg(long, value_parser = format, default_value = "text")]
    pub(crate) format: &'static Format,
    /// Write the answer to this file: whole or not at all, or straight into a pipe or device
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<String>,
}

fn format(name: &str) -> Result<&'static Format, String> {
    Format::named(name).ok_or_else(|| format!("there is no format `{name}`"))
}

/// The command line, each of its commands with the formats that it takes. A command below another takes those of that.
pub(crate) fn with_formats(mut command: clap::Command, above: Option<&str>) -> clap::Command {
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    for name in names {
        command = command.mut_subcommand(&name, |command| with_formats(command, above.or(Some(&name))));
    }
    let taken = FORMATS.iter().filter(|format| above.is_some_and(|name| format.commands.contains(&name)));
    let values = taken.map(|format| PossibleValue::new(format.name).help(format.help));
    let values = PossibleValuesParser::new(values).try_map(|name| format(&name));
    command.mut_args(
        |argument| {
            if argument.get_id() == "format" { argument.value_parser(values.clone()) } else { argument }
        },
    )
}

impl OutputArgs {
    /// Delivers the whole answer.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn answer(&self, report: &dyn CommandReport, detail: Detail) -> Result<(), Error> {
        self.deliver(&self.format.write(report, detail, style(self)))
    }

    /// Whether the answer is JSON for a file or a program: nobody looks at it as a whole, so it need not be there as a whole.
    pub(crate) fn is_json_in_parts(&self) -> bool {
        self.format.name == "json" && !inside::is_inside() && (self.output.is_some() || !io::stdout().is_terminal())
    }

    /// Delivers an answer part by part; each part ends with a line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn parts(
        &self,
        write: impl FnOnce(&mut dyn FnMut(&str) -> io::Result<()>) -> io::Result<()>,
    ) -> Result<(), Error> {
        let mut lines = Lines::open(self.output.as_deref())?;
        let mut failed = None;
        let result = write(&mut |part| {
            let line = lines.line(part.strip_suffix('\n').unwrap_or(part));
            line.map_err(|error| io::Error::other(failed.insert(error).to_string()))
        });
        let result = match (failed, result) {
            (Some(error), _) => Err(error),
            (None, Err(error)) => written(lines.name(), Err(error)),
            (None, Ok(())) => lines.close(),
        };
        read_enough(result)
    }

    /// Delivers what is written already.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn deliver(&self, answer: &str) -> Result<(), Error> {
        deliver_to(self.output.as_deref(), answer)
    }
}

/// Delivers the whole answer to a file, or to standard output.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn deliver_to(path: Option<&str>, answer: &str) -> Result<(), Error> {
    match path {
        None => print(answer),
        Some(path) => read_enough(write_file(path, &anstream::adapter::strip_str(answer).to_string())),
    }
}

/// Prints to standard output; colours are dropped where they do not belong.
pub(crate) fn print(answer: &str) -> Result<(), Error> {
    // whatever a secret stood in, a log line or a policy, it does not leave here
    let answer = secrets::clean(answer);
    if inside::keep_answer(&answer) || pager::shown(&answer) {
        return Ok(());
    }
    let whole = |stdout: &mut dyn Write, text: &str| {
        progress::erased(|| stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
    };
    let result = if links::are_shown() {
        whole(&mut io::stdout().lock(), &links::coloured(&answer))
    } else if is_plain(&answer) {
        whole(&mut io::stdout().lock(), &answer)
    } else {
        whole(&mut anstream::stdout().lock(), &answer)
    };
    read_enough(written("standard output", result))
}

/// Whoever stops reading a whole answer has read enough: what the exit code says is about the answer.
fn read_enough(result: Result<(), Error>) -> Result<(), Error> {
    match result {
        Err(Error::Closed) => Ok(()),
        other => other,
    }
}

/// A file that appears whole or not at all.
///
/// # Errors
/// When it cannot be written, or is an input.
pub(crate) fn write_file(path: &str, text: &str) -> Result<(), Error> {
    write_to(Target::open(path)?, path, text)
}

fn write_to(mut target: Target, path: &str, text: &str) -> Result<(), Error> {
    written(path, target.write_all(secrets::clean(text).as_bytes()))?;
    target.finish()
}

/// Lines of answers as they come, on standard output or into a file.
pub(crate) struct Lines {
    out: io::BufWriter<Out>,
}

enum Out {
    Stdout(io::StdoutLock<'static>, Seen),
    File(Target),
    /// Of a run inside another program.
    Kept,
}

/// Whether what is written appears on the terminal while the command runs.
#[derive(Clone, Copy)]
enum Seen {
    /// It goes to a terminal, or to a program that may write there.
    Perhaps,
    /// It goes into a file.
    Later,
}

impl Seen {
    fn of_stdout() -> Self {
        let is_file = std::fs::metadata("/dev/stdout").is_ok_and(|found| found.is_file());
        if is_file { Self::Later } else { Self::Perhaps }
    }
}

impl Lines {
    /// Opens the target.
    ///
    /// # Errors
    /// When the file cannot be written, or is an input.
    pub(crate) fn open(path: Option<&str>) -> Result<Self, Error> {
        let out = match path {
            None if inside::is_inside() => Out::Kept,
            None => Out::Stdout(io::stdout().lock(), Seen::of_stdout()),
            Some(path) => Out::File(Target::open(path)?),
        };
        Ok(Self { out: io::BufWriter::with_capacity(1 << 18, out) })
    }

    /// Writes a line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn line(&mut self, line: &str) -> Result<(), Error> {
        self.write_line(&secrets::clean(line))
    }

    /// Writes a line that was cleaned on another thread.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn clean_line(&mut self, line: &secrets::Clean) -> Result<(), Error> {
        // what a run inside another program knows of secrets, only this thread knows
        if inside::is_inside() { self.line(line.as_str()) } else { self.write_line(line.as_str()) }
    }

    fn write_line(&mut self, line: &str) -> Result<(), Error> {
        let result = self.out.write_all(line.as_bytes()).and_then(|()| self.out.write_all(b"\n"));
        written(self.name(), result)
    }

    /// Hands on what was written so far.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn flush(&mut self) -> Result<(), Error> {
        let result = self.out.flush();
        written(self.name(), result)
    }

    /// Makes it last.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn close(mut self) -> Result<(), Error> {
        self.flush()?;
        match self.out.into_inner() {
            Ok(Out::File(target)) => target.finish(),
            // nothing is left in it
            Ok(Out::Stdout(..) | Out::Kept) | Err(_) => Ok(()),
        }
    }

    fn name(&self) -> &str {
        match self.out.get_ref() {
            Out::Stdout(..) | Out::Kept => "standard output",
            Out::File(target) => target.name(),
        }
    }
}

impl io::Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(out, Seen::Perhaps) => {
                progress::over();
                out.write(bytes)
            }
            Self::Stdout(out, Seen::Later) => out.write(bytes),
            Self::File(target) => target.write(bytes),
            Self::Kept => {
                inside::keep_answer(&String::from_utf8_lossy(bytes));
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(out, _) => out.flush(),
            Self::File(target) => target.flush(),
            Self::Kept => Ok(()),
        }
    }
}

/// A remark on stderr.
pub(crate) fn note(text: &str) {
    complain(&format!("note: {text}"));
}

/// What has to be written before the next line on stderr, so that it is one.
static BEFORE: Mutex<String> = Mutex::new(String::new());

/// Notes how another program left the line that stderr is at.
pub(crate) fn left(line: LastLine) {
    let before = match line {
        LastLine::Ended => String::new(),
        LastLine::Open => "\n".to_owned(),
        // from the middle of a line, so many spaces lead into the next one, and from its start to its end: the way back leads to the
        // start of the line in both cases
        LastLine::Unknown => terminal_size::terminal_size()
            .map(|(terminal_size::Width(columns), _)| format!("{}\r", " ".repeat(columns.into())))
            .unwrap_or_default(),
    };
    *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = before;
}

/// A line as another program left it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LastLine {
    /// It has ended.
    Ended,
    /// Something stands on it.
    Open,
    /// It cannot be told: the program wrote to the terminal itself.
    Unknown,
}

fn before() -> String {
    std::mem::take(&mut *BEFORE.lock().unwrap_or_else(PoisonError::into_inner))
}

/// A line on stderr, made safe for a terminal. It is one line whatever names it has in it, so that none can say something on its own.
pub(crate) fn complain(text: &str) {
    let line = safe_line(text);
    if inside::keep_remark(&line) {
        return;
    }
    // what cannot be shown is not worth another failure
    let _ = progress::erased(|| writeln!(anstream::stderr(), "{}iamdx: {line}", before()));
}

/// The answer on stderr, after what a command has written: standard output is the command's.
pub(crate) fn after_command(answer: &str) {
    // what cannot be shown is not worth another failure
    let _ = write!(anstream::stderr(), "{}\n{}", before(), secrets::clean(answer));
}

/// Which commands take a format that this one does not take.
fn of_other_commands(error: &clap::Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.as_str(),
        _ => "",
    };
    let format = Format::named(text(ContextKind::InvalidValue));
    match format.filter(|_| text(ContextKind::InvalidArg).starts_with("--format")) {
        Some(format) => format!("`{}` is a format of: {}\n", format.name, format.commands.join(", ")),
        None => String::new(),
    }
}

/// The same complaint with each argument that it repeats on one line.
pub(crate) fn with_safe_names(mut error: clap::Error) -> clap::Error {
    let repeated = error.context().filter_map(|(kind, value)| match value {
        ContextValue::String(text) => Some((kind, ContextValue::String(safe_line(text)))),
        ContextValue::Strings(texts) => {
            Some((kind, ContextValue::Strings(texts.iter().map(|text| safe_line(text)).collect())))
        }
        _ => None,
    });
    for (kind, value) in repeated.collect::<Vec<_>>() {
        error.insert(kind, value);
    }
    error
}

/// What the reader of the arguments says: help on stdout, complaints on stderr. Arguments are untrusted like any other input.
pub(crate) fn usage(error: clap::Error) {
    let error = &with_safe_names(error);
    let plain = error.render().to_string();
    let safe = safe(&plain);
    let text = if safe == plain { error.render().ansi().to_string() } else { safe };
    let text = text + &of_other_commands(error);
    // nothing is left to do when it cannot be shown
    let _ = if error.use_stderr() {
        anstream::stderr().write_all(text.as_bytes())
    } else {
        anstream::stdout().write_all(text.as_bytes())
    };
}

/// Writes what is made piece by piece, such as a snapshot, as one file that its owner alone can read.
#[cfg(feature = "live")]
pub(crate) fn write_file_with(path: &str, write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> Result<(), Error> {
    let mut bytes = Vec::new();
    write(&mut bytes).map_err(|error| Error::Write { path: path.to_owned(), error })?;
    write_to(Target::open(path)?.for_its_owner()?, path, &String::from_utf8_lossy(&bytes))
}

/// Layout for the answer's target: the terminal's width up to 120 columns, 80 elsewhere.
pub(crate) fn style(args: &OutputArgs) -> Style {
    let terminal = terminal_size::terminal_size().map(|(terminal_size::Width(columns), _)| usize::from(columns));
    let width = if args.output.is_some() { 80 } else { terminal.unwrap_or(80).clamp(80, 120) };
    // colours are always written; the stream drops them where they do not belong
    let links = args.output.is_none() && links::are_shown();
    Style { width, colour: true, links, checkout: Some(super::checkout::checkout()) }
}
