//! Why a change cannot be made.

use super::demand::Demand;
use super::guardrail::Guardrail;
use crate::diagnose::UnknownAction;
use crate::evaluate::MissingEvidence;
use crate::iam::{Action, PolicyError, PolicyType, StatementName, Subject};

/// What stands against a change of the policies at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CannotFix {
    /// The action is not known.
    NoAction,
    /// There is no such action.
    NoSuchAction(Action, Option<UnknownAction>),
    /// The resource is not known. The ARNs of its kinds, as a person fills them in.
    NoResource(Vec<String>),
    /// Only a pattern of the resource is known. The same.
    ResourcePattern(Vec<String>),
    /// The ARN of the principal is not known.
    NoPrincipal,
    /// The caller is this service, and for which resource or account it calls is not known.
    SourceNotTold(String),
    /// Not all policies of the principal itself were seen.
    Unread(Subject),
    /// The resource is not known, and the action is not one on `*`.
    StarTooWide(Action, Vec<String>),
    /// It depends on the values of these keys.
    DependsOn(Vec<String>),
    /// More changes than this would be needed.
    TooMany(usize),
    /// AWS's own policy cannot be edited.
    AwsOwned(String),
    /// A statement is a guardrail.
    Guardrail {
        /// The statement.
        statement: StatementName,
        /// Its policy.
        policy: String,
        /// What it guards.
        guard: Box<Guardrail>,
    },
    /// What can be written would open something else that the statement guards.
    OpensGuardrail {
        /// The statement.
        statement: StatementName,
        /// Its policy.
        policy: String,
        /// What it would open.
        action: Action,
        /// What is guarded.
        guard: Box<Guardrail>,
    },
    /// What the token of the identity provider says of the caller, under these keys, is not known.
    TokenNotKnown(Vec<String>),
    /// The token is of an organization that the trust policy does not name.
    OtherTenant {
        /// The organization of the token.
        own: String,
        /// Those that the trust policy names.
        known: Vec<String>,
    },
    /// A statement allows it under conditions that a grant could not keep.
    Conditioned(Demand),
    /// The policy binds others too, and the ARN to except is not known.
    BindsOthers(String),
    /// The policy binds others too, and the request comes without the key that an exception would test.
    WithoutPrincipalArn(String),
    /// The policy of a gateway endpoint names somebody by a key that is not known.
    GatewayWithoutPrincipalArn(String),
    /// Nothing of the statement would be left.
    ExactlyThis {
        /// The statement.
        statement: StatementName,
        /// Its policy.
        policy: String,
    },
    /// No policy of this type can be edited.
    NothingToEdit(PolicyType),
    /// The role belongs to AWS.
    ServiceLinked,
    /// A principal of this kind has no policies.
    NoIdentityPolicies,
    /// AWS would not save the policy, changed or not.
    NotSaved(String),
    /// It depends on what is not known, and no option tells.
    Undecided(Vec<MissingEvidence>),
    /// The inline policy of this permission set is another one than that of its role: what is made from the role's would replace it.
    NotProvisioned(String),
    /// RCPs do not grant.
    RcpsDoNotGrant,
    /// The policy would be too large.
    Quota {
        /// The policy.
        policy: String,
        /// Its characters.
        characters: usize,
        /// The quota.
        quota: usize,
    },
    /// All inline policies together would be too large.
    InlineQuota {
        /// The policy that would grow.
        policy: String,
        /// The user, group or role.
        owner: String,
        /// The characters of all.
        characters: usize,
        /// The quota.
        quota: usize,
    },
    /// The policy would have more of something than AWS takes.
    Counted {
        /// The policy.
        policy: String,
        /// Of what.
        what: PolicyPart,
        /// How many.
        count: usize,
        /// The quota.
        quota: usize,
    },
    /// No more managed policies can be attached.
    ManagedFull {
        /// The user, group or role.
        owner: String,
        /// How many it has.
        count: usize,
    },
    /// The changed document could not be read.
    Document(PolicyError),
}

impl From<PolicyError> for CannotFix {
    fn from(error: PolicyError) -> Self {
        Self::Document(error)
    }
}

/// What a service counts in the policy of its resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PolicyPart {
    /// Statements.
    Statements,
    /// Actions of one statement.
    ActionsOfStatement,
    /// Principals of all statements.
    Principals,
    /// Lines of all Conditions.
    Conditions,
}

impl CannotFix {
    /// Whether a document has no room for the change.
    #[must_use]
    pub const fn is_for_want_of_room(&self) -> bool {
        matches!(self, Self::Quota { .. } | Self::InlineQuota { .. } | Self::Counted { .. })
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoAction => "no-action",
            Self::NoSuchAction(..) => "no-such-action",
            Self::NoResource(_) => "no-resource",
            Self::ResourcePattern(_) => "resource-pattern",
            Self::NoPrincipal => "no-principal",
            Self::SourceNotTold(_) => "source-not-told",
            Self::Unread(_) => "own-policies-not-seen",
            Self::StarTooWide(..) => "resource-needed",
            Self::DependsOn(_) => "context-needed",
            Self::TooMany(_) => "too-many-changes",
            Self::AwsOwned(_) => "aws-owned",
            Self::Guardrail { .. } => "refused-guardrail",
            Self::OpensGuardrail { .. } => "opens-guardrail",
            Self::TokenNotKnown(_) => "token-not-known",
            Self::OtherTenant { .. } => "another-organization",
            Self::Conditioned(_) => "conditioned",
            Self::BindsOthers(_) => "binds-others",
            Self::WithoutPrincipalArn(_) => "principal-arn-needed",
            Self::GatewayWithoutPrincipalArn(_) => "gateway-principal-arn-needed",
            Self::ExactlyThis { .. } => "denies-exactly-this",
            Self::NothingToEdit(_) => "nothing-to-edit",
            Self::ServiceLinked => "service-linked-role",
            Self::NoIdentityPolicies => "no-identity-policies",
            Self::NotSaved(_) => "not-saved-by-aws",
            Self::NotProvisioned(_) => "set-not-provisioned",
            Self::Undecided(_) => "undecided",
            Self::RcpsDoNotGrant => "rcps-do-not-grant",
            Self::Quota { .. } => "policy-quota",
            Self::InlineQuota { .. } => "inline-quota",
            Self::Counted { .. } => "policy-parts-quota",
            Self::ManagedFull { .. } => "managed-policies-quota",
            Self::Document(_) => "unreadable-document",
        }
    }
}
