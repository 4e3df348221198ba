//! Who must make a change.

use serde::{Deserialize, Serialize};

/// Who must make a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Owner {
    /// Whoever administers IAM in the principal's account.
    AccountAdmin,
    /// Whoever administers IAM Identity Center, where permission sets are kept.
    IdentityCenterAdmin,
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
    /// For a person.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::AccountAdmin => "account admin",
            Self::IdentityCenterAdmin => "IAM Identity Center admin",
            Self::OrganizationAdmin => "organization admin",
            Self::Caller => "the caller",
            Self::ResourceOwner => "resource owner",
            Self::Aws => "AWS",
        }
    }
}
