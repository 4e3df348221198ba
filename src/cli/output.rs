//! Where a command's answer goes: standard output, or a file that appears whole or not at all.

use std::io::{self, Write as _};
use std::path::Path;

use super::Error;

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
        match &self.output {
            None => print(answer),
            Some(path) => write_file(path, &anstream::adapter::strip_str(answer).to_string()),
        }
    }
}

/// Prints to standard output; colours are dropped where they do not belong.
pub(crate) fn print(answer: &str) -> Result<(), Error> {
    let mut stdout = anstream::stdout().lock();
    written("standard output", stdout.write_all(answer.as_bytes()).and_then(|()| stdout.flush()))
}

/// A closed pipe is no failure: the reader has seen enough.
pub(crate) fn written<T>(path: &str, result: io::Result<T>) -> Result<T, Error> {
    result.map_err(|error| match error.kind() {
        io::ErrorKind::BrokenPipe => Error::Closed,
        _ => Error::Write { path: path.to_owned(), error },
    })
}

/// Writes beside the target and renames.
fn write_file(path: &str, answer: &str) -> Result<(), Error> {
    let fail = |error| Error::Write { path: path.to_owned(), error };
    let target = Path::new(path);
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(fail)?;
    file.write_all(answer.as_bytes()).map_err(fail)?;
    file.persist(target).map_err(|error| fail(error.error))?;
    Ok(())
}
