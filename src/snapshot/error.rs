//! A file that is no snapshot: what was wrong, where, and what to do.

use crate::iam::PolicyError;
use crate::text::Position;

/// A snapshot that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Nothing is in it.
    #[error(
        "{file}: the file is empty. A snapshot is the output of `aws iam get-account-authorization-details` or of `iamdx snapshot`"
    )]
    Empty {
        /// The file.
        file: String,
    },
    /// It is not JSON, or a field is not what it should be.
    #[error("{file}:{at}: {message}{}", at_path(.path))]
    Field {
        /// The file.
        file: String,
        /// Where.
        at: Position,
        /// The keys and indices that lead there.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// The file ends before its JSON does.
    #[error("{file}:{at}: the file ends in the middle{}, so it was cut. Take the snapshot again", of_path(.path))]
    Cut {
        /// The file.
        file: String,
        /// Where it ends.
        at: Position,
        /// What it ends in.
        path: String,
    },
    /// A version of the format that this iamdx does not know.
    #[error(
        "{file}: the snapshot has version {found}, this iamdx reads version 1. Use a newer iamdx, or take the snapshot again"
    )]
    Version {
        /// The file.
        file: String,
        /// Its version.
        found: u64,
    },
    /// JSON of another kind.
    #[error("{file}:{at}: this is no snapshot: {message}")]
    NotASnapshot {
        /// The file.
        file: String,
        /// Where.
        at: Position,
        /// What it is, or what is missing.
        message: String,
    },
    /// A policy document that cannot be read.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

fn at_path(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!(" (at `{path}`)") }
}

fn of_path(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!(" of `{path}`") }
}
