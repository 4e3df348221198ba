//! What can go wrong on the command line, in words for a person; the exit code follows from the kind.

use std::io;

use super::Exit;
use crate::snapshot::{FileError, SnapshotError};

/// A failure that ends the command.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A file could not be read.
    #[error("cannot read `{path}`: {error}")]
    Read { path: String, error: io::Error },
    /// A command could not be started.
    #[error("cannot run `{program}`: {error}")]
    NotRun { program: String, error: io::Error },
    /// A file could not be written.
    #[error("cannot write `{path}`: {error}")]
    Write { path: String, error: io::Error },
    /// The input holds nothing to work on.
    #[error("{0}")]
    Input(String),
    /// A secret stands in what would be written, or in an input of which nothing else can be told.
    #[error("{0}")]
    Secret(String),
    /// The arguments do not fit together.
    #[error("{0}")]
    Usage(String),
    /// A policy document that cannot be read.
    #[error(transparent)]
    Policy(#[from] FileError),
    /// A snapshot that cannot be read.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// AWS could not be reached, or refused what the command cannot do without.
    #[cfg(feature = "live")]
    #[error(transparent)]
    Aws(#[from] crate::aws::AwsError),
    /// Ctrl-C, twice; or nobody waits for the answer of a tool any more.
    #[cfg(any(feature = "bedrock-live", all(feature = "live", feature = "mcp")))]
    #[error("interrupted")]
    Interrupted,
    /// Standard output was closed: whoever read it has enough.
    #[error("the output was closed")]
    Closed,
}

impl Error {
    /// The exit code.
    pub(crate) fn exit(&self) -> Exit {
        match self {
            // as a shell gives them
            Self::NotRun { error, .. } if error.kind() == io::ErrorKind::NotFound => Exit::OfCommand(127),
            Self::NotRun { .. } => Exit::OfCommand(126),
            Self::Closed => Exit::Done,
            Self::Secret(_) => Exit::Incident,
            #[cfg(feature = "live")]
            Self::Aws(_) => Exit::Aws,
            #[cfg(any(feature = "bedrock-live", all(feature = "live", feature = "mcp")))]
            Self::Interrupted => Exit::Undetermined,
            _ => Exit::BadInput,
        }
    }
}
