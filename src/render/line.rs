//! The commands that carry out a change, as facts: what to run, what to know, and how to go back.

use std::fmt;

use crate::iam::{Blank, Command};
use crate::text::remark;

/// What carries out one edit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Commands {
    /// What must not be there before the others are run.
    pub precheck: Option<Precheck>,
    /// Commands and remarks, in order; the documents are expected in `file`.
    pub apply: Vec<Line>,
    /// Commands that restore what was there before; the old document is expected in `file_before`.
    pub rollback: Vec<Command>,
    /// How a script makes room for another version of a managed policy.
    pub room: Option<Room>,
    /// How the way back sees that the old version counts already.
    pub standing: Option<Standing>,
}

/// A command that looks whether something would be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Precheck {
    /// Shows it.
    pub look: Command,
    /// What must not be there.
    pub unused: Unused,
}

/// What must not be there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unused {
    /// A policy of this name: the command must fail with `NoSuchEntity`.
    Name,
    /// The one policy that there can be: the command must print nothing, or fail because there is none.
    Place,
    /// A policy other than the one in this file, from which the change was made: the command must print the same, but for white space.
    Other(String),
}

/// The version of a managed policy that the way back restores: where it counts already, nothing is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Standing {
    /// Prints the version that counts.
    pub find: Command,
    /// The version that shall count.
    pub version: String,
}

impl Standing {
    /// The variable that holds the version that counts.
    pub const VARIABLE: &'static str = "counts";
}

/// Room for another version of a managed policy, made only where there is none when the script runs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Room {
    /// Prints the oldest version that may go, where there are five.
    pub find: Command,
    /// Deletes the version that was found.
    pub delete: Command,
    /// The command of [`Commands::apply`] that does this for the version that was known.
    pub known: Option<Command>,
}

impl Room {
    /// The variable that holds the version that goes.
    pub const VARIABLE: &'static str = "spare";

    /// The version that counts is never taken, nor is the one that a way back needs.
    pub(super) fn new(arn: &str, keep: Option<&str>, known: Option<Command>) -> Self {
        let call = |words: &str| Command::aws(words).option("--policy-arn", arn);
        // AWS makes these ids: letters and digits
        let kept = keep.filter(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let kept = kept.map(|id| format!(" && VersionId!='{id}'")).unwrap_or_default();
        let query = format!("Versions[4] && sort_by(Versions[?!IsDefaultVersion{kept}], &CreateDate)[0].VersionId");
        Self {
            find: call("iam list-policy-versions")
                .option("--query", &query)
                .words("--output text")
                .captured(Self::VARIABLE),
            delete: call("iam delete-policy-version").variable("--version-id", Self::VARIABLE),
            known,
        }
    }
}

/// A line of a remedy's commands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Line {
    /// Something to know, on one line.
    Remark(String),
    /// A command that shows what the remedy rests on.
    Look(Command),
    /// A command that looks whether something would be replaced.
    Precheck(Precheck),
    /// A command to run.
    Command(Command),
    /// A command that takes the change back.
    Rollback(Command),
}

impl Line {
    /// Something to know. Names in it must be quoted: a shell that does not know comments reads it as words.
    pub(super) fn remark(text: impl AsRef<str>) -> Self {
        Self::Remark(remark(text.as_ref()))
    }

    /// As a person copies it: each string is a line.
    #[must_use]
    pub fn to_copy(&self) -> Vec<String> {
        match self {
            Self::Command(command) => command.to_copy(),
            comment => vec![comment.to_string()],
        }
    }

    /// What a blank is.
    pub(super) fn blank(blank: &Blank) -> Self {
        Self::remark(blank.explained())
    }
}

/// One line; everything but a command to run is a comment.
impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Remark(text) => write!(f, "# {text}"),
            Self::Look(command) => write!(f, "# first see: {command}"),
            Self::Precheck(Precheck { look, unused: Unused::Name }) => {
                write!(f, "# check that the name is unused (expect NoSuchEntity): {look}")
            }
            Self::Precheck(Precheck { look, unused: Unused::Place }) => {
                write!(f, "# check that there is no policy yet, which would be replaced (expect none): {look}")
            }
            Self::Precheck(Precheck { look, unused: Unused::Other(file) }) => {
                write!(f, "# check that this prints what {file} holds, which is replaced: {look}")
            }
            Self::Command(command) => write!(f, "{command}"),
            Self::Rollback(command) => write!(f, "# to go back: {command}"),
        }
    }
}

impl Commands {
    /// Nothing but remarks.
    pub(super) fn remarks<T: AsRef<str>>(lines: impl IntoIterator<Item = T>) -> Self {
        Self { apply: lines.into_iter().map(Line::remark).collect(), ..Self::default() }
    }

    /// One command and the one that takes it back, with what has to be filled in.
    pub(super) fn of(apply: Command, rollback: Command) -> Self {
        Self::new(vec![apply], vec![rollback])
    }

    /// Commands, with what has to be filled in before them.
    pub(super) fn new(apply: Vec<Command>, rollback: Vec<Command>) -> Self {
        let mut blanks: Vec<Blank> = Vec::new();
        for blank in apply.iter().flat_map(Command::blanks) {
            if !blanks.contains(&blank) {
                blanks.push(blank);
            }
        }
        let blanks = blanks.iter().map(Line::blank);
        let apply = blanks.chain(apply.into_iter().map(Line::Command)).collect();
        Self { apply, rollback, ..Self::default() }
    }

    /// All in one list.
    #[must_use]
    pub fn list(&self) -> Vec<Line> {
        let precheck = self.precheck.iter().cloned().map(Line::Precheck);
        let rollback = self.rollback.iter().cloned().map(Line::Rollback);
        precheck.chain(self.apply.iter().cloned()).chain(rollback).collect()
    }
}
