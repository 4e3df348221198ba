//! Where a command's answer goes: standard output, or a file that appears whole or not at all.

use std::io::{self, Write as _};
use std::path::Path;

use super::Error;
use crate::iam::secret;
use crate::report::Style;

/// How the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For a person in a terminal
    Text,
    /// For programs; described by docs/report-schema.json
    Json,
}

/// Format and target of the answer.
#[derive(Debug, clap::Args)]
pub(crate) struct OutputArgs {
    /// How to write the answer
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
    /// Write the answer to this file, atomically
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<String>,
}

impl OutputArgs {
    /// Delivers the whole answer.
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
    // whatever a secret stood in, a log line or a policy, it does not leave here
    let answer = &secret::redact(answer);
    match path {
        None => print(answer),
        Some(path) => write_file(path, &anstream::adapter::strip_str(answer).to_string()),
    }
}

/// Prints to standard output; colours are dropped where they do not belong.
pub(crate) fn print(answer: &str) -> Result<(), Error> {
    let mut stdout = anstream::stdout().lock();
    written("standard output", stdout.write_all(answer.as_bytes()).and_then(|()| stdout.flush()))
}

/// A remark on stderr, made safe for a terminal.
pub(crate) fn note(text: &str) {
    // a remark that cannot be shown is not worth a failure
    let _ = writeln!(anstream::stderr(), "iamdx: note: {}", crate::report::printable(&secret::redact(text)));
}

/// A closed pipe is no failure: the reader has seen enough.
pub(crate) fn written<T>(path: &str, result: io::Result<T>) -> Result<T, Error> {
    result.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Error::Closed,
        _ => Error::Write { path: path.to_owned(), error },
    })
}

/// A line of progress on stderr, made safe for a terminal.
#[cfg(feature = "live")]
pub(crate) fn say(text: &str) {
    // progress that cannot be shown is not worth a failure
    let _ = writeln!(anstream::stderr(), "iamdx: {}", crate::report::printable(&secret::redact(text)));
}

/// Writes a file that appears whole or not at all, readable by its owner only.
#[cfg(feature = "live")]
pub(crate) fn write_file_with(
    path: &str,
    write: impl FnOnce(&mut io::BufWriter<&mut std::fs::File>) -> io::Result<()>,
) -> Result<(), Error> {
    let fail = |error| Error::Write { path: path.to_owned(), error };
    let mut file = beside(path)?;
    let mut out = io::BufWriter::new(file.as_file_mut());
    write(&mut out).and_then(|()| out.flush()).map_err(fail)?;
    drop(out);
    file.persist(path).map_err(|error| fail(error.error))?;
    Ok(())
}

/// A file beside the target, to be written and then renamed.
pub(crate) fn beside(path: &str) -> Result<tempfile::NamedTempFile, Error> {
    let folder = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty());
    tempfile::NamedTempFile::new_in(folder.unwrap_or_else(|| Path::new(".")))
        .map_err(|error| Error::Write { path: path.to_owned(), error })
}

/// Writes beside the target and renames.
fn write_file(path: &str, answer: &str) -> Result<(), Error> {
    let fail = |error| Error::Write { path: path.to_owned(), error };
    let mut file = beside(path)?;
    file.write_all(answer.as_bytes()).map_err(fail)?;
    file.persist(path).map_err(|error| fail(error.error))?;
    Ok(())
}

/// Layout for the answer's target: the terminal's width up to 120 columns, 80 elsewhere.
pub(crate) fn style(args: &OutputArgs) -> Style {
    style_for(args.output.as_deref())
}

/// The same, for a file or standard output.
pub(crate) fn style_for(path: Option<&str>) -> Style {
    let terminal = terminal_size::terminal_size().map(|(terminal_size::Width(columns), _)| usize::from(columns));
    let width = if path.is_some() { 80 } else { terminal.unwrap_or(80).clamp(80, 120) };
    // colours are always written; the stream drops them where they do not belong
    Style { width, colour: true, ..Style::default() }
}
