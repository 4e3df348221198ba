//! A file that gives no policy document: what it is, where that shows, and what to do.

use crate::iam::PolicyError;
use crate::text::Position;

/// A file that gives no policy document, or more than one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileError {
    /// It is something else.
    #[error("{file}:{at}: {what}")]
    SomethingElse {
        /// The file.
        file: String,
        /// Where it shows.
        at: Position,
        /// What it is, and what to do.
        what: String,
    },
    /// Several documents are in it, and one was asked for.
    #[error("{file}: {} policy documents are in it. Name the one that is meant, for example `{file}#{}`, or `{file}#*` for all:{}", .documents.len(), .documents.first().map_or("NAME", |(path, _)| path), listed(.documents))]
    Several {
        /// The file.
        file: String,
        /// The paths that lead to them, and their lines.
        documents: Vec<(String, usize)>,
    },
    /// The document that was named is not in it.
    #[error("{file}: nothing in it is called `{choice}`{}", if .documents.is_empty() { String::new() } else { format!(". It holds:{}", listed(.documents)) })]
    NoSuch {
        /// The file.
        file: String,
        /// What was named.
        choice: String,
        /// What is there.
        documents: Vec<(String, usize)>,
    },
    /// The document depends on something that the file does not tell.
    #[error(
        "{file}:{line}: the policy `{path}` cannot be read from this file: {why}. Give the policy as it is deployed"
    )]
    Open {
        /// The file.
        file: String,
        /// The line.
        line: usize,
        /// The path that leads to it.
        path: String,
        /// What it depends on.
        why: String,
    },
    /// A document that cannot be read.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

impl FileError {
    /// The file and the line that it is about.
    #[must_use]
    pub fn place(&self) -> Option<(&str, usize)> {
        match self {
            Self::SomethingElse { file, at, .. } => Some((file, at.line)),
            Self::Open { file, line, .. } => Some((file, *line)),
            Self::Policy(PolicyError::Json { name, error }) => Some((name, error.at.line)),
            Self::Policy(PolicyError::NotAPolicy { name, at, .. }) => Some((name, at.line)),
            Self::Several { .. } | Self::NoSuch { .. } => None,
        }
    }
}

/// Paths that a message lists.
const LISTED: usize = 12;

fn listed(documents: &[(String, usize)]) -> String {
    let mut lines: Vec<String> =
        documents.iter().take(LISTED).map(|(path, line)| format!("\n  line {line}: {path}")).collect();
    if documents.len() > LISTED {
        lines.push(format!("\n  and {} more", documents.len() - LISTED));
    }
    lines.concat()
}
