//! Exit codes: the one table, how `help exit-codes` prints it, and how failures reach the user.

use std::process::ExitCode;

use super::{Error, definition};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Diagnosed; or allowed; or nothing wrong.
    Done,
    /// Denied, for the commands that answer allowed or denied.
    Denied,
    /// Bad usage, or input that cannot be read.
    BadInput,
    /// The evidence does not decide.
    Undetermined,
    /// AWS could not be reached, or refused what the command cannot do without.
    #[cfg(feature = "live")]
    Aws,
    /// Quarantined principal, or a secret in the input.
    Incident,
}

/// Code and meaning, as `help exit-codes` prints them.
const TABLE: [(u8, &str); 6] = [
    (0, "done: diagnosed; or allowed; or nothing wrong"),
    (1, "denied: `simulate`, `test` with a failed case, `diff` with new access, `probe` with a denied cell"),
    (2, "bad usage, or input that cannot be read"),
    (3, "undetermined: the evidence does not decide; the report says what is missing"),
    (4, "AWS could not be reached, or refused what the command cannot do without"),
    (5, "security incident: a quarantined principal, or a leaked secret in the input"),
];

impl Exit {
    const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Denied => 1,
            Self::BadInput => 2,
            Self::Undetermined => 3,
            #[cfg(feature = "live")]
            Self::Aws => 4,
            Self::Incident => 5,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Prints a failure and gives its code.
pub(super) fn failed(error: &Error) -> ExitCode {
    if !matches!(error, Error::Closed) {
        super::output::complain(&error.to_string());
    }
    error.exit().into()
}

/// Prints what clap says of the arguments and gives the code: help and version are no failures.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    super::output::usage(error);
    if error.use_stderr() { Exit::BadInput.into() } else { Exit::Done.into() }
}

/// `help [TOPIC]`.
pub(super) fn help(topic: Option<&str>) -> Result<Exit, Error> {
    let mut command = definition();
    let text = match topic {
        None => command.render_long_help().ansi().to_string(),
        Some("exit-codes") => TABLE.map(|(code, meaning)| format!("{code}  {meaning}\n")).concat(),
        Some(name) => match command.find_subcommand_mut(name) {
            Some(command) => command.render_long_help().ansi().to_string(),
            None => return Err(Error::Usage(format!("`{name}` is neither a command nor `exit-codes`"))),
        },
    };
    super::output::print(&text)?;
    Ok(Exit::Done)
}
