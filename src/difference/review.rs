//! For what a reviewer looks at a change: the worst that it brings.

use super::access_change::{AccessChange, Change};
use super::sets::PrincipalSet;
use crate::reference::{Danger, DangerKind};

/// The worst that a change brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Review {
    /// New access with this danger.
    NewDanger(DangerKind),
    /// New access for callers that the policy does not name.
    NewPublicAccess,
    /// New access without a danger that is known.
    NewAccess,
    /// A Deny that went away.
    DenyLifted,
    /// A difference that could not be decided.
    CannotTell,
    /// Access that went away.
    AccessRemoved,
    /// A new Deny.
    DenyAdded,
}

impl Review {
    /// The stable id.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NewDanger(DangerKind::Escalation) => "new-escalation",
            Self::NewDanger(DangerKind::ProtectionOff) => "new-protection-off",
            Self::NewDanger(DangerKind::Exposure) => "new-exposure",
            Self::NewPublicAccess => "new-public-access",
            Self::NewAccess => "new-access",
            Self::DenyLifted => "deny-lifted",
            Self::CannotTell => "cannot-tell",
            Self::AccessRemoved => "access-removed",
            Self::DenyAdded => "deny-added",
        }
    }

    /// Of a change that has these dangers.
    #[must_use]
    pub fn new(change: &AccessChange, dangers: &[Danger]) -> Self {
        let for_all = |set: &PrincipalSet| {
            matches!(set, PrincipalSet::Anonymous | PrincipalSet::OtherAccounts | PrincipalSet::OtherServices)
        };
        match (change.change, dangers.iter().map(|danger| danger.kind).min()) {
            (Change::NotAllowed, _) => Self::AccessRemoved,
            (Change::DenyAdded, _) => Self::DenyAdded,
            (_, Some(kind)) => Self::NewDanger(kind),
            (Change::Allowed, None) if change.principals.iter().any(for_all) => Self::NewPublicAccess,
            (Change::Allowed, None) => Self::NewAccess,
            (Change::DenyLifted, None) => Self::DenyLifted,
        }
    }
}
