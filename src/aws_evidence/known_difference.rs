//! Where AWS's simulator is known to answer something else than AWS does: the one table behind what is said of its limits, what it is
//! asked about, and what explains that it differs from the evaluation.

use crate::iam::{PolicyType, PrincipalKind, Request};

/// A known difference between the simulator and AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum KnownDifference {
    /// It does not see RCPs.
    ResourceControl,
    /// It does not see session policies.
    Session,
    /// It does not see the policies of VPC endpoints.
    VpcEndpoint,
    /// It does not see the trust policies of roles.
    RoleTrust,
    /// It sees the policy of a resource for users only.
    ResourceForRoles,
    /// It does not know settings that are no policies.
    Settings,
    /// It does not tell which condition keys of SCPs had no value.
    OrganizationKeys,
}

/// What is known of a difference.
#[derive(Debug)]
#[non_exhaustive]
pub struct DifferenceRow {
    /// The difference.
    pub difference: KnownDifference,
    /// The type of policy that the simulator does not see because of it.
    pub hides: Option<PolicyType>,
    /// Whether it is so for users too.
    pub for_users: bool,
    /// AWS's page.
    pub page: &'static str,
}

const PRINCIPAL: &str = "https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html";
const CUSTOM: &str = "https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html";
const RESULT: &str = "https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html";
const TESTING: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html";

/// Every known difference, in the order in which they are said.
pub static KNOWN_DIFFERENCES: [DifferenceRow; 7] = {
    const fn hidden(difference: KnownDifference, hides: PolicyType, page: &'static str) -> DifferenceRow {
        DifferenceRow { difference, hides: Some(hides), for_users: true, page }
    }
    const fn other(difference: KnownDifference, page: &'static str) -> DifferenceRow {
        DifferenceRow { difference, hides: None, for_users: true, page }
    }
    [
        hidden(KnownDifference::ResourceControl, PolicyType::ResourceControl, PRINCIPAL),
        hidden(KnownDifference::Session, PolicyType::Session, CUSTOM),
        hidden(KnownDifference::VpcEndpoint, PolicyType::VpcEndpoint, TESTING),
        hidden(KnownDifference::RoleTrust, PolicyType::RoleTrust, TESTING),
        DifferenceRow {
            difference: KnownDifference::ResourceForRoles,
            hides: Some(PolicyType::ResourceBased),
            for_users: false,
            page: CUSTOM,
        },
        other(KnownDifference::Settings, TESTING),
        other(KnownDifference::OrganizationKeys, RESULT),
    ]
};

impl KnownDifference {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ResourceControl => "resource-control",
            Self::Session => "session",
            Self::VpcEndpoint => "vpc-endpoint",
            Self::RoleTrust => "role-trust",
            Self::ResourceForRoles => "resource-for-roles",
            Self::Settings => "settings",
            Self::OrganizationKeys => "organization-keys",
        }
    }
}

/// Whether the simulator sees policies of this type for the caller of the request.
#[must_use]
pub fn simulator_sees(policy_type: PolicyType, request: &Request) -> bool {
    let user = request.principal.value().is_some_and(|who| who.kind() == PrincipalKind::User);
    !KNOWN_DIFFERENCES.iter().any(|row| row.hides == Some(policy_type) && (row.for_users || !user))
}
