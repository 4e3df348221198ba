//! What speaks against a remedy, or against a better one.

use super::danger::MainDanger;
use super::guardrail::Guardrail;

/// What speaks against a remedy, or why nothing better can be offered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WhyNot {
    /// Not typed yet.
    Text(String),
    /// The Deny that is narrowed looks intended.
    Intended(Guardrail),
    /// A model or profile whose Regions are all allowed needs no change.
    AllowedRegionsDo {
        /// Whether the call may have come through a profile that the input does not tell.
        may_be_profile: bool,
    },
    /// What the new access reaches beyond itself.
    Danger(MainDanger),
}

impl WhyNot {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Intended(_) => "intended-deny",
            Self::AllowedRegionsDo { .. } => "allowed-regions-do",
            Self::Danger(_) => "danger",
        }
    }
}
