//! A command that another program runs inside itself: its inputs may be values, and its answer and remarks are kept, not written.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::FromArgMatches as _;

use super::inside::{self, Running};
use super::{Cli, Command, Error, Exit, definition};
use crate::denial::FingerprintId;
use crate::diagnosed::Look;
use crate::iam::PolicyError;
use crate::snapshot::{FileError, SnapshotError};
use crate::text::Position;

/// What a command answered.
#[derive(Debug)]
#[non_exhaustive]
pub struct Answer {
    /// The answer, in the format that was asked for.
    pub text: String,
    /// What the program writes to standard error beside it.
    pub remarks: Vec<String>,
    /// The exit code of the program.
    pub exit: u8,
}

/// Why there is no answer.
#[derive(Debug)]
#[non_exhaustive]
pub struct Failure {
    /// Whose fault it is.
    pub kind: FailureKind,
    /// What was wrong, and what to do.
    pub message: String,
    /// The file, or the name of the value.
    pub path: Option<String>,
    /// Its line, from 1.
    pub line: Option<usize>,
    /// Its column in characters, from 1.
    pub column: Option<usize>,
    /// What to do, by itself.
    pub hint: Option<String>,
    /// The answer that there is all the same; empty where there is none.
    pub answer: String,
}

/// Whose fault it is that there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureKind {
    /// The arguments or what they name.
    Input,
    /// AWS could not be reached, or refused what the command cannot do without.
    Aws,
    /// Anything else.
    Other,
}

/// Runs a command. The arguments are those of the program without its name; a path that is the name of a text is that text.
///
/// # Errors
/// As the program says it to a person.
pub fn call(arguments: &[String], texts: BTreeMap<String, Vec<u8>>) -> Result<Answer, Box<Failure>> {
    call_with_looks(arguments, texts, BTreeMap::new())
}

/// The same, where other machines have looked at fingerprints of the trail, by the snapshots that are given.
///
/// # Errors
/// As the program says it to a person.
pub fn call_with_looks(
    arguments: &[String],
    texts: BTreeMap<String, Vec<u8>>,
    looks: BTreeMap<FingerprintId, Look>,
) -> Result<Answer, Box<Failure>> {
    let _running = Running::start(texts).with_looks(looks);
    for argument in arguments {
        super::secrets::learn(argument);
    }
    super::private::start(arguments, definition);
    let command = taken(arguments)?;
    let (ended, remarks) = inside::gathered(|| {
        if answers_alone(&command) {
            super::run(command)
        } else {
            Err(Error::Usage("this command is not run inside another program".to_owned()))
        }
    });
    let text = inside::answer();
    match ended {
        Ok(exit) => Ok(Answer { text, remarks, exit: exit.code() }),
        Err(error) => Err(Box::new(Failure { answer: text, ..Failure::of(&error) })),
    }
}

/// The command of these arguments.
pub(super) fn taken(arguments: &[String]) -> Result<Command, Box<Failure>> {
    let taken = std::iter::once("iamdx").chain(arguments.iter().map(String::as_str)).map(OsString::from);
    let cli = definition().try_get_matches_from(taken).and_then(|matches| Cli::from_arg_matches(&matches));
    Ok(cli.map_err(|error| Box::new(Failure::of_arguments(error)))?.command)
}

/// Whether the command answers and does nothing else: it starts no program, and writes no file that is not asked for.
const fn answers_alone(command: &Command) -> bool {
    use Command::{Cause, Diagnose, Diff, Explain, Simulate, Test, Triage};
    matches!(command, Cause(_) | Diagnose(_) | Diff(_) | Explain(_) | Simulate(_) | Test(_) | Triage(_))
}

impl Failure {
    pub(super) fn of(error: &Error) -> Self {
        let (path, at) = place(error);
        let (line, column) = at.map_or((None, None), |(line, column)| (Some(line), column));
        let kind = match (error, error.exit()) {
            #[cfg(feature = "live")]
            (Error::Aws(_), _) => FailureKind::Aws,
            (_, Exit::BadInput) => FailureKind::Input,
            _ => FailureKind::Other,
        };
        Self { path, line, column, ..Self::said(kind, super::terminal::safe_line(&error.to_string())) }
    }

    fn of_arguments(error: clap::Error) -> Self {
        let whole = super::output::with_safe_names(error).render().to_string();
        // after that the use of the program
        let said = whole.split("\n\n").next().unwrap_or_default();
        Self::said(FailureKind::Input, super::terminal::safe(said.strip_prefix("error: ").unwrap_or(said)))
    }

    fn said(kind: FailureKind, message: String) -> Self {
        // what was wrong is the first sentence
        let hint = message.split_once(". ").map(|(_, hint)| hint.to_owned());
        Self { kind, message, path: None, line: None, column: None, hint, answer: String::new() }
    }
}

/// The file that a failure is about, with line and column.
fn place(error: &Error) -> (Option<String>, Option<(usize, Option<usize>)>) {
    let whole = |at: &Position| Some((at.line, Some(at.column)));
    let (file, at) = match error {
        Error::Read { path, .. } | Error::Write { path, .. } => (path, None),
        Error::Policy(FileError::SomethingElse { file, at, .. })
        | Error::Snapshot(
            SnapshotError::Field { file, at, .. }
            | SnapshotError::Cut { file, at, .. }
            | SnapshotError::NotASnapshot { file, at, .. },
        ) => (file, whole(at)),
        Error::Policy(FileError::Open { file, line, .. }) => (file, Some((*line, None))),
        Error::Policy(FileError::Several { file, .. } | FileError::NoSuch { file, .. })
        | Error::Snapshot(SnapshotError::Empty { file } | SnapshotError::Version { file, .. }) => (file, None),
        Error::Policy(FileError::Policy(error)) | Error::Snapshot(SnapshotError::Policy(error)) => match error {
            PolicyError::Json { name, error } => (name, whole(&error.at)),
            PolicyError::NotAPolicy { name, at, .. } => (name, whole(at)),
        },
        _ => return (None, None),
    };
    (Some(file.clone()), at)
}
