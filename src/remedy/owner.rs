//! Who must make a change.

use serde::{Deserialize, Serialize};

use crate::iam::PolicyType;

/// Who must make a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// Whoever administers IAM in the principal's account.
    AccountAdmin,
    /// Whoever administers the organization's policies.
    OrganizationAdmin,
    /// Whoever makes the call.
    Caller,
    /// Whoever owns the resource.
    ResourceOwner,
    /// AWS itself.
    Aws,
}

impl Owner {
    /// Who owns the policies of a type.
    #[must_use]
    pub const fn of(policy_type: PolicyType) -> Self {
        match policy_type {
            PolicyType::ServiceControl | PolicyType::ResourceControl => Self::OrganizationAdmin,
            PolicyType::ResourceBased => Self::ResourceOwner,
            PolicyType::Session => Self::Caller,
            PolicyType::IdentityBased
            | PolicyType::PermissionsBoundary
            | PolicyType::RoleTrust
            | PolicyType::VpcEndpoint => Self::AccountAdmin,
        }
    }

    /// For a person.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::AccountAdmin => "account admin",
            Self::OrganizationAdmin => "organization admin",
            Self::Caller => "the caller",
            Self::ResourceOwner => "resource owner",
            Self::Aws => "AWS",
        }
    }
}
