//! How a session was made, and what says that there is no policy.

use crate::iam::{NoneSaid, SessionOrigin};

/// What says that there is no policy of a type.
pub(super) fn none_said(said: &NoneSaid) -> String {
    match said {
        NoneSaid::Option(option) => format!("{option} says that there is none"),
        NoneSaid::Answer(answer) => answer.to_string(),
    }
}

/// How a session was made: `passed by ARN at TIME in AssumeRole (FILE, line 3)`.
#[must_use]
pub fn session_origin(origin: &SessionOrigin) -> String {
    let by = origin.by.as_deref().unwrap_or("somebody whom the record does not name");
    let at = origin.at.as_ref().map_or_else(String::new, |at| format!(" at {at}"));
    let identity =
        origin.source_identity.as_ref().map_or_else(String::new, |identity| format!("; source identity {identity}"));
    format!("passed by {by}{at} in {} ({}, line {}{identity})", origin.operation, origin.file, origin.line)
}
