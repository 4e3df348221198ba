//! What the cause means in one case: the facts of its one sentence.

use super::allowed_since::AllowedSince;
use super::blocker::{Blocker, StatementRef};
use super::public_access::PublicAccessRefusal;
use crate::denial::{Failure, ModelFailure, ReasonEffect, ServiceRole};
use crate::evaluate::ElementReason;
use crate::iam::{Action, Gap, PolicyType, Principal};

/// What a cause found.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Summary {
    /// This is no denial by IAM.
    OtherFailure(Failure, Option<ModelFailure>),
    /// A quarantine policy of AWS is among the policies of the principal.
    Quarantined {
        /// The principal's name.
        principal: Option<String>,
        /// The policy's name.
        policy: String,
    },
    /// AWS's message names its quarantine policy.
    QuarantineReported {
        /// The policy's ARN.
        policy_arn: String,
    },
    /// A quarantine policy is attached, and its document was not seen.
    QuarantineAttached,
    /// The request would undo the quarantine of another user.
    QuarantineUndone {
        /// The resource of the request.
        user: Option<String>,
    },
    /// A setting of S3 Block Public Access refuses the request, whatever the policies say.
    PublicAccessBlocked(Box<PublicAccessRefusal>),
    /// What blocks the request first.
    Blocked {
        /// The blocker.
        blocker: Box<Blocker>,
        /// Where it is only possible: how many others are.
        others: usize,
    },
    /// A statement allows everything but the context of the request.
    ConditionNotMet {
        /// The statement.
        statement: Box<StatementRef>,
        /// Why its condition does not hold.
        reason: Box<ElementReason>,
        /// What was asked.
        action: Option<Action>,
    },
    /// A role that a service uses lacks permissions.
    RoleOfService {
        /// Which role it is.
        role: ServiceRole,
        /// Its ARN, where it is known.
        principal: Option<Principal>,
        /// What it needs: all of them.
        actions: Vec<Action>,
    },
    /// The policies allow the request.
    NoLongerAsked {
        /// The action.
        action: Action,
    },
    /// The policies allow it.
    AllowedNow {
        /// What was asked.
        action: Option<Action>,
        /// By what, and whether that is newer than AWS's word.
        since: Box<AllowedSince>,
    },
    /// AWS named three possibilities, and no policy of the resource was seen.
    MissingOrNotAllowed {
        /// The resource.
        resource: Option<String>,
    },
    /// Nothing that was seen decides it.
    NotEnoughEvidence {
        /// What AWS reported of which type of policy.
        reported: Option<(ReasonEffect, PolicyType)>,
        /// Whether AWS reported a Deny, and of no type of policy.
        denied: bool,
        /// Who asked.
        principal: Option<Principal>,
        /// What was asked.
        action: Option<Action>,
        /// On what.
        resource: Option<String>,
        /// What was not seen of the policies of that type, or of the principal's own.
        gap: Option<Box<Gap>>,
    },
}

impl Summary {
    /// Whether the policies, as they were read after the denial, allow the request.
    #[must_use]
    pub const fn is_allowed_since(&self) -> bool {
        matches!(self, Self::AllowedNow { since, .. } if since.read_at.is_some())
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::OtherFailure(..) => "other-failure",
            Self::Quarantined { .. } => "quarantined",
            Self::QuarantineReported { .. } => "quarantine-reported",
            Self::QuarantineAttached => "quarantine-attached",
            Self::QuarantineUndone { .. } => "quarantine-undone",
            Self::PublicAccessBlocked(_) => "block-public-access",
            Self::Blocked { blocker, .. } => blocker.why.code(),
            Self::ConditionNotMet { .. } => "condition-not-met",
            Self::RoleOfService { .. } => "role-of-service",
            Self::NoLongerAsked { .. } => "no-longer-asked",
            Self::AllowedNow { .. } => "allowed-now",
            Self::MissingOrNotAllowed { .. } => "missing-or-not-allowed",
            Self::NotEnoughEvidence { reported: Some(_), gap: Some(_), .. } => "reported-policy-not-seen",
            Self::NotEnoughEvidence { reported: Some(_), gap: None, .. } => "reported-policy-does-not-decide",
            Self::NotEnoughEvidence { reported: None, denied: true, .. } => "reported-deny-not-seen",
            Self::NotEnoughEvidence { reported: None, gap: Some(_), .. } => "policies-not-seen",
            Self::NotEnoughEvidence { reported: None, gap: None, .. } => "nothing-decides",
        }
    }
}
