//! Where what AWS said, what its simulator says and what the policies say do not agree.

use super::blocker::StatementRef;
use super::disagreement_reason::DisagreementReason;
use super::then_and_now::ThenAndNow;
use super::unknown_action::UnknownAction;
use crate::evaluate::Decision;
use crate::iam::PolicyType;
use crate::infer::Otherwise;

/// A contradiction between two sources.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Disagreement {
    /// A person gave a part of the request otherwise than the text has it.
    GivenOtherwise(Otherwise),
    /// The text asks for an action that does not exist.
    NoSuchAction {
        /// The action, as the text writes it.
        action: String,
        /// What it is instead.
        what: UnknownAction,
    },
    /// AWS reported an explicit deny, and no statement that was seen denies the request.
    NoSuchDeny {
        /// The type of policy that AWS named.
        policy_type: PolicyType,
        /// The ARN of the policy that AWS named.
        policy_arn: Option<String>,
        /// What may explain it, most likely first.
        reasons: Vec<DisagreementReason>,
    },
    /// AWS reported a missing allow, which it does only where nothing denies, and a statement that was seen denies the request.
    DenyFound {
        /// The type of policy that AWS named.
        policy_type: PolicyType,
        /// The type of policy that denies.
        of: PolicyType,
        /// The statement that denies.
        statement: Box<StatementRef>,
        /// What may explain it, most likely first.
        reasons: Vec<DisagreementReason>,
    },
    /// AWS reported that no policy of a type allows the request, and one that was seen does, or none is needed.
    AllowFound {
        /// The type of policy that AWS named.
        policy_type: PolicyType,
        /// What may explain it, most likely first.
        reasons: Vec<DisagreementReason>,
    },
    /// AWS denied the request, and the policies allow it.
    AllowedNow {
        /// What may explain it, most likely first.
        reasons: Vec<DisagreementReason>,
    },
    /// The statement that denied has changed since.
    ChangedSince(Box<ThenAndNow>),
    /// AWS's simulator does not allow the request with a remedy in place.
    SimulatedRemedy {
        /// The remedy's id.
        remedy: String,
        /// What the simulator says.
        simulator: Decision,
        /// The condition keys for which it had no value.
        missing_context: Vec<String>,
    },
    /// AWS's simulator says something else than the policies.
    Simulated {
        /// What the simulator says.
        simulator: Decision,
        /// What the policies say.
        policies: Decision,
        /// What may explain it.
        because: Vec<SimulatorDiffers>,
    },
}

/// Why AWS's simulator may say something else than the policies.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SimulatorDiffers {
    /// It does not see policies of these types, which block the request.
    Blind(Vec<PolicyType>),
    /// It sees the organization's SCPs, and iamdx does not.
    SeesServiceControl,
    /// It had no value for these condition keys.
    MissingContext(Vec<String>),
    /// It does not tell which of these condition keys of SCPs it had no value for.
    OrganizationKeys(Vec<String>),
    /// It was asked with values of these condition keys that only follow from AWS's words.
    Supposed(Vec<String>),
    /// Nothing known explains it: the policies may have changed in between.
    NotExplained,
}

impl Disagreement {
    /// What may explain it, most likely first; none where the sentence itself says it.
    #[must_use]
    pub fn reasons(&self) -> &[DisagreementReason] {
        match self {
            Self::NoSuchDeny { reasons, .. }
            | Self::DenyFound { reasons, .. }
            | Self::AllowFound { reasons, .. }
            | Self::AllowedNow { reasons } => reasons,
            Self::NoSuchAction { .. }
            | Self::GivenOtherwise(_)
            | Self::ChangedSince(_)
            | Self::SimulatedRemedy { .. }
            | Self::Simulated { .. } => &[],
        }
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::GivenOtherwise(_) => "given-otherwise",
            Self::NoSuchAction { .. } => "no-such-action",
            Self::NoSuchDeny { .. } => "no-such-deny",
            Self::AllowFound { .. } => "allow-found",
            Self::DenyFound { .. } => "deny-found",
            Self::AllowedNow { .. } => "allowed-now",
            Self::ChangedSince(one) => one.code(),
            Self::SimulatedRemedy { .. } => "simulated-remedy",
            Self::Simulated { .. } => "simulated",
        }
    }
}

impl SimulatorDiffers {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Blind(_) => "simulator-blind",
            Self::SeesServiceControl => "simulator-sees-service-control",
            Self::MissingContext(_) => "simulator-missing-context",
            Self::OrganizationKeys(_) => "simulator-organization-keys",
            Self::Supposed(_) => "simulator-supposed",
            Self::NotExplained => "not-explained",
        }
    }
}
