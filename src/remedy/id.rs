//! Which remedy it is: the typed form of the id that a report shows.

use std::fmt;

/// Which remedy of a report it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RemedyId {
    /// One that edits documents; they are numbered, the best first.
    Edits(usize),
    /// One that edits documents for several denials of the input; they are numbered.
    Together(usize),
    /// Somebody who owns a policy is asked.
    Ask,
    /// The owner of a statement is asked about its condition.
    AskTheOwner,
    /// The request changes, and no policy.
    ChangeTheRequest,
    /// What a token says is compared with what a trust policy asks for.
    CompareTheToken,
    /// The reader finds out what was really denied.
    ConfirmTheText,
    /// S3 Block Public Access stays on.
    BlockPublicAccess,
    /// A permission set is provisioned, and no policy changes.
    Provision,
    /// A leaked key is handled.
    IncidentResponse,
}

impl fmt::Display for RemedyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Edits(number) => return write!(f, "remedy-{number}"),
            Self::Together(number) => return write!(f, "together-{number}"),
            Self::Ask => "ask",
            Self::AskTheOwner => "ask-the-owner",
            Self::ChangeTheRequest => "change-the-request",
            Self::CompareTheToken => "compare-the-token",
            Self::ConfirmTheText => "confirm-the-text",
            Self::BlockPublicAccess => "block-public-access",
            Self::Provision => "provision",
            Self::IncidentResponse => "incident-response",
        })
    }
}
