//! A step for a person, where commands do not do it.

use super::guardrail::{Guarded, Guardrail};

/// A step for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Not typed yet.
    Text(String),
    /// Use what the statement leaves out by itself.
    UseException(Guardrail),
    /// Sign in again: sessions from after this moment are not denied.
    NewSession(String),
    /// Find out why the session was revoked.
    FindOutWhyRevoked,
    /// Ask whoever stands behind the guardrail, or do as it wants.
    AskAbout(Guarded),
}

impl Step {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::UseException(_) => "use-the-exception",
            Self::NewSession(_) => "new-session",
            Self::FindOutWhyRevoked => "find-out-why-revoked",
            Self::AskAbout(_) => "ask-about-the-guardrail",
        }
    }

    /// The exception that the owner of the Deny made.
    pub(super) fn use_exception(guard: &Guardrail) -> Option<Self> {
        (!guard.excepts.is_empty()).then(|| Self::UseException(guard.clone()))
    }

    /// What to do where nothing is changed; the exception that the owner made comes first.
    pub(super) fn of_guardrail(guard: &Guardrail) -> Vec<Self> {
        let more = match &guard.guards {
            Guarded::RevokedSession(moment) => vec![Self::NewSession(moment.clone()), Self::FindOutWhyRevoked],
            guarded => vec![Self::AskAbout(guarded.clone())],
        };
        Self::use_exception(guard).into_iter().chain(more).collect()
    }
}
