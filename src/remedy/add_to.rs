//! Where a statement goes that a policy lacks which was not seen.

use crate::iam::{EntityKind, Principal, PrincipalKind};

/// Where a statement goes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddTo {
    /// A new inline policy of a user or role, beside those that it has.
    NewInline(EntityKind, String),
    /// A new inline policy of the user that made the session of a federated user.
    UserBehind,
    /// The one inline policy of a permission set of IAM Identity Center.
    PermissionSet(String),
    /// The policy of this resource.
    Resource(String),
    /// The policy of a function, which takes one statement at a time.
    Function(String),
    /// The policy of a version of a layer, which takes one statement at a time, for whole accounts.
    Layer {
        /// The version's ARN.
        layer: String,
        /// The account that is let in.
        account: String,
    },
    /// The trust policy of a role, by its name.
    Trust(String),
    /// The permissions boundary of a user or role.
    Boundary(EntityKind, String),
    /// The SCPs over an account.
    Organization(Option<String>),
    /// The policy of the VPC endpoint.
    Endpoint,
    /// The session policy, which the call that makes the session passes.
    Session,
    /// The session policy of a pod identity association, with which EKS Pod Identity makes the sessions of pods.
    /// <https://docs.aws.amazon.com/eks/latest/APIReference/API_PodIdentityAssociation.html>
    PodIdentity,
}

impl AddTo {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NewInline(..) => "new-inline-policy",
            Self::UserBehind => "user-behind-session",
            Self::PermissionSet(_) => "permission-set",
            Self::Resource(_) => "resource-policy",
            Self::Function(_) => "function-policy",
            Self::Layer { .. } => "layer-policy",
            Self::Trust(_) => "trust-policy",
            Self::Boundary(..) => "permissions-boundary",
            Self::Organization(_) => "service-control-policy",
            Self::Endpoint => "vpc-endpoint-policy",
            Self::Session => "session-policy",
            Self::PodIdentity => "pod-identity-association",
        }
    }

    /// Whether the statement makes a policy of its own there.
    #[must_use]
    pub const fn is_new_policy(&self) -> bool {
        matches!(self, Self::NewInline(..) | Self::UserBehind)
    }

    /// Whether a statement there gives the caller a permission of its own, and does not only let one pass that it has.
    #[must_use]
    pub const fn gives_to_caller(&self) -> bool {
        matches!(self, Self::NewInline(..) | Self::UserBehind | Self::PermissionSet(_) | Self::Resource(_))
    }

    /// Whether a policy that is there already is replaced as a whole.
    #[must_use]
    pub const fn is_replaced(&self) -> bool {
        !self.is_new_policy() && !matches!(self, Self::Function(_) | Self::Layer { .. })
    }

    /// Whether the commands for it print all policies of its type that there are.
    #[must_use]
    pub const fn prints_policy(&self) -> bool {
        matches!(self, Self::Resource(_) | Self::Trust(_) | Self::Boundary(..) | Self::Endpoint | Self::PodIdentity)
    }
}

/// Where the session policy of a session is kept: by its name EKS Pod Identity made it, `eks-CLUSTER-POD-UUID`, or somebody passed it.
/// <https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumedRoleUser.html>
pub(super) fn session_policy(caller: &Principal) -> AddTo {
    let parts = |name: &str| name.starts_with("eks-") && name.matches('-').count() > 2;
    if caller.session().is_some_and(parts) { AddTo::PodIdentity } else { AddTo::Session }
}

/// The user or role of a caller.
pub(super) fn entity(caller: &Principal) -> Option<(EntityKind, String)> {
    let kind = match caller.kind() {
        PrincipalKind::User => EntityKind::User,
        PrincipalKind::Role | PrincipalKind::AssumedRole => EntityKind::Role,
        _ => return None,
    };
    Some((kind, caller.name()?.to_owned()))
}
