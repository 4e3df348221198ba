//! The kinds of policy that can decide a request.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#access_policy-types>

use std::fmt;

use serde::{Deserialize, Serialize};

/// A kind of policy, in AWS's words. The order is the order in which reports list them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PolicyType {
    /// Resource control policy (RCP) of the organization that owns the resource.
    ResourceControl,
    /// Service control policy (SCP) of the organization of the principal.
    ServiceControl,
    /// Policy of the VPC endpoint that the request went through.
    VpcEndpoint,
    /// Policy attached to the resource.
    ResourceBased,
    /// Trust policy of a role: the resource-based policy of `sts:AssumeRole*`.
    RoleTrust,
    /// Policy attached to the user, its groups, or the role.
    IdentityBased,
    /// Permissions boundary of the user or role.
    PermissionsBoundary,
    /// Policy passed when the session was made.
    Session,
}

impl PolicyType {
    /// All of them, in order.
    pub const ALL: [Self; 8] = [
        Self::ResourceControl,
        Self::ServiceControl,
        Self::VpcEndpoint,
        Self::ResourceBased,
        Self::RoleTrust,
        Self::IdentityBased,
        Self::PermissionsBoundary,
        Self::Session,
    ];

    /// The type that the policy counts as: a trust policy is the resource-based policy of its role, and AWS's messages use both names.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_resource-based>
    #[must_use]
    pub const fn normalized(self) -> Self {
        match self {
            Self::RoleTrust => Self::ResourceBased,
            other => other,
        }
    }

    /// The stable identifier, as in JSON: `service-control`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::ResourceControl => "resource-control",
            Self::ServiceControl => "service-control",
            Self::VpcEndpoint => "vpc-endpoint",
            Self::ResourceBased => "resource-based",
            Self::RoleTrust => "role-trust",
            Self::IdentityBased => "identity-based",
            Self::PermissionsBoundary => "permissions-boundary",
            Self::Session => "session",
        }
    }

    /// What a person calls it: `service control policy`.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::ResourceControl => "resource control policy",
            Self::ServiceControl => "service control policy",
            Self::VpcEndpoint => "VPC endpoint policy",
            Self::ResourceBased => "resource-based policy",
            Self::RoleTrust => "role trust policy",
            Self::IdentityBased => "identity-based policy",
            Self::PermissionsBoundary => "permissions boundary",
            Self::Session => "session policy",
        }
    }

    /// The noun with its article: `an identity-based policy`.
    #[must_use]
    pub fn with_article(self) -> String {
        let article = if self == Self::IdentityBased { "an" } else { "a" };
        format!("{article} {}", self.noun())
    }
}

impl fmt::Display for PolicyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.noun())
    }
}
