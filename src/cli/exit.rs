//! Exit codes: the one table, how `help exit-codes` prints it, and how failures reach the user.

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
    /// As the command ended that was run.
    OfCommand(u8),
}

/// What is denied, for the commands that answer allowed or denied.
const DENIED: [(&str, &str); 4] =
    [("simulate", ""), ("test", "a failed case"), ("diff", "new access"), ("probe", "a denied cell")];

/// Code and meaning, as `help exit-codes` prints them; of code 1 what [`DENIED`] adds.
const TABLE: [(u8, &str); 6] = [
    (0, "done: diagnosed; or allowed; or nothing wrong"),
    (1, "denied"),
    (2, "bad usage, or input that cannot be read"),
    (3, "undetermined: the evidence does not decide; the report says what is missing"),
    (4, "AWS could not be reached, or refused what the command cannot do without"),
    (5, "security incident: a quarantined principal, or a leaked secret in the input"),
];

/// The codes that a command can give, with their meanings.
pub(super) fn codes(command: &str, codes: &[u8]) -> Vec<(u8, String)> {
    let denied = DENIED.iter().find(|(name, _)| command.split(' ').next() == Some(name));
    let given = TABLE.into_iter().filter(|(code, _)| codes.contains(code) && (*code != 4 || cfg!(feature = "live")));
    let meaning = |code: u8, meaning: &str| match denied {
        Some((_, what)) if code == 1 && !what.is_empty() => format!("{meaning}: {what}"),
        _ => meaning.to_owned(),
    };
    given.map(|(code, text)| (code, meaning(code, text))).collect()
}

/// The whole table.
fn table() -> String {
    let with = |(name, what): (&str, &str)| {
        if what.is_empty() { format!("`{name}`") } else { format!("`{name}` with {what}") }
    };
    let lines = TABLE.map(|(code, meaning)| match code {
        1 => format!("{code}  {meaning}: {}\n", DENIED.map(with).join(", ")),
        _ => format!("{code}  {meaning}\n"),
    });
    lines.concat()
}

impl Exit {
    /// How two parts of the work ended together: an incident before what cannot be read, that before everything else.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Incident, _) | (_, Self::Incident) => Self::Incident,
            (Self::BadInput, _) | (_, Self::BadInput) => Self::BadInput,
            (Self::Done, other) => other,
            (own, _) => own,
        }
    }

    pub(super) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Denied => 1,
            Self::BadInput => 2,
            Self::Undetermined => 3,
            #[cfg(feature = "live")]
            Self::Aws => 4,
            Self::Incident => 5,
            Self::OfCommand(code) => code,
        }
    }
}

/// Prints a failure and gives its code.
pub(super) fn failed(error: &Error) -> Exit {
    if !matches!(error, Error::Closed) {
        super::output::complain(&error.to_string());
    }
    error.exit()
}

/// Prints what clap says of the arguments and gives the code: help and version are no failures.
pub(super) fn usage(error: clap::Error) -> Exit {
    let exit = if error.use_stderr() { Exit::BadInput } else { Exit::Done };
    super::output::usage(error);
    exit
}

/// `help [TOPIC]...`.
pub(super) fn help(topic: &[String]) -> Result<Exit, Error> {
    let mut all = definition();
    if topic == ["exit-codes"] {
        super::output::print(&table())?;
        return Ok(Exit::Done);
    }
    let mut command = &mut all;
    for name in topic {
        command = command.find_subcommand_mut(name).ok_or_else(|| {
            Error::Usage(format!(
                "`{name}` is neither a command nor `exit-codes`. Run `iamdx help` for the list of commands"
            ))
        })?;
    }
    super::output::print(&command.render_long_help().ansi().to_string())?;
    Ok(Exit::Done)
}
