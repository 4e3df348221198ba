//! What a remedy does, in one line.

use super::guardrail::{Guarded, Guardrail};

/// What a remedy does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Title {
    /// Not typed yet.
    Text(String),
    /// The session was revoked: get a new one.
    NewSession,
    /// Use what the statement leaves out by itself.
    UseException(Guardrail),
}

impl Title {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::NewSession => "new-session",
            Self::UseException(_) => "use-the-exception",
        }
    }

    /// What to do where a guardrail stays, if there is something.
    pub(super) fn of_guardrail(guard: &Guardrail) -> Option<Self> {
        match guard.guards {
            Guarded::RevokedSession(_) => Some(Self::NewSession),
            _ => (!guard.excepts.is_empty()).then(|| Self::UseException(guard.clone())),
        }
    }
}
