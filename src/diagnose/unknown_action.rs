//! Names that are no actions: of API operations, and typos. An Allow of one allows nothing, and a Deny of one denies nothing.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>

use crate::iam::{Action, ActionPattern};
use crate::reference::{Advice, Reference};

/// What a name is that is no known action.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnknownAction {
    /// The name of an API operation that other actions permit.
    Operation {
        /// The actions that permit it.
        instead: &'static [&'static str],
        /// AWS's page that says so.
        page: &'static str,
    },
    /// A name that looks like that of known actions.
    Misspelled {
        /// The known actions, best first.
        nearest: Vec<String>,
        /// The day of the service reference that does not know the name.
        as_of: String,
    },
    /// A pattern that matches no known action.
    MatchesNothing {
        /// The day of the service reference that knows none.
        as_of: String,
    },
}

impl UnknownAction {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Operation { .. } => "operation",
            Self::Misspelled { .. } => "misspelled",
            Self::MatchesNothing { .. } => "matches-nothing",
        }
    }
}

/// What an entry of a policy is, where it covers no known action.
pub(super) fn unknown_entry(text: &str, reference: &Reference) -> Option<UnknownAction> {
    if text.contains(['*', '?']) {
        let (service, _) = text.split_once(':')?;
        let nothing = reference.has_service(service) && reference.matching(&ActionPattern::new(text)).is_empty();
        return nothing.then(|| UnknownAction::MatchesNothing { as_of: reference.date().to_owned() });
    }
    unknown_action(&text.parse().ok()?, reference)
}

/// What a name is that is no known action; `None` where it is known, or like no other.
#[must_use]
pub fn unknown_action(action: &Action, reference: &Reference) -> Option<UnknownAction> {
    match reference.advice(action) {
        Advice::NotAnAction { instead, page } => Some(UnknownAction::Operation { instead, page }),
        Advice::UnknownAction { nearest } if !nearest.is_empty() => {
            Some(UnknownAction::Misspelled { nearest, as_of: reference.date().to_owned() })
        }
        Advice::Known(_) | Advice::UnknownAction { .. } | Advice::UnknownService { .. } => None,
    }
}
