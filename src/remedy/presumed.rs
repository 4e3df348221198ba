//! What a proof takes to be so without having seen it.

use crate::iam::Subject;

/// Something that a proof takes to be so, and not to block.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Presumed {
    /// A layer of policies that was not seen does not block.
    NotSeen(Subject),
    /// The resource belongs to this account, and to no other.
    OwnedBy(String),
    /// The role of this name has no path, which would be a part of its ARN.
    NoPath(String),
    /// The permission set of this name has no inline policy: it can have one, which a new one replaces.
    NoInlinePolicy(String),
    /// The inline policy of the permission set of this name is that of the role, which is a copy.
    SameInlinePolicy(String),
}

impl Presumed {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotSeen(_) => "not-seen",
            Self::OwnedBy(_) => "resource-account",
            Self::NoPath(_) => "role-path",
            Self::NoInlinePolicy(_) => "no-inline-policy",
            Self::SameInlinePolicy(_) => "same-inline-policy",
        }
    }
}
