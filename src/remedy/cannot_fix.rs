//! Why a change cannot be offered: shown where a fix would stand.

use super::guardrail::Guardrail;
use crate::iam::{PolicyError, PolicyType};

/// What stands against a change of the policies at hand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum CannotFix {
    #[error("the text does not name the action")]
    NoAction,
    #[error("`{0}` {1}, it cannot be allowed")]
    NoSuchAction(String, String),
    #[error("the text does not name the resource: give it with --resource ARN")]
    NoResource,
    #[error(
        "the resource in the text is a pattern, so it is not known what to allow: give the one with --resource ARN"
    )]
    ResourcePattern,
    #[error("the ARN of the principal is not known")]
    NoPrincipal,
    #[error("not all policies of the principal itself are at hand: {0}")]
    Unread(String),
    #[error("{0} works on named resources, so it is not allowed on `*`: give the resource with --resource ARN")]
    StarTooWide(String),
    #[error("it depends on {0}, which the input does not tell: give its value with --context KEY=VALUE")]
    DependsOn(String),
    #[error("more than {0} changes would be needed")]
    TooMany(usize),
    #[error("`{0}` is AWS's own policy and cannot be edited; ask why it is attached")]
    AwsOwned(String),
    #[error("{statement} of `{policy}` is a guardrail")]
    Guardrail { statement: String, policy: String, guard: Box<Guardrail> },
    #[error(
        "{statement} of `{policy}` allows it only when {demands}; an Allow without that would hand out what the condition \
         protects"
    )]
    Conditioned { statement: String, policy: String, demands: String },
    #[error("`{0}` also binds others, and the ARN to except is not known")]
    BindsOthers(String),
    #[error(
        "`{0}` also binds others; an exception would test aws:PrincipalArn, which the request does not carry as it is given: add \
         --context aws:PrincipalArn=ARN"
    )]
    WithoutPrincipalArn(String),
    #[error(
        "`{0}` may be the policy of a gateway endpoint, which takes only `*` as Principal and names somebody by aws:PrincipalArn in a \
         Condition; the request does not tell that ARN: add --context aws:PrincipalArn=ARN"
    )]
    GatewayWithoutPrincipalArn(String),
    #[error("{statement} of `{policy}` denies exactly this request: to narrow it would be to delete it")]
    ExactlyThis { statement: String, policy: String },
    #[error("there is no {0} at hand that could be edited")]
    NothingToEdit(PolicyType),
    #[error("the policies of a service-linked role belong to AWS")]
    ServiceLinked,
    #[error("a principal of this kind has no identity-based policy to edit")]
    NoIdentityPolicies,
    #[error("`{0}` has an element twice, so AWS would not save it with the change: repair that first")]
    NotSaved(String),
    #[error("RCPs do not grant; AWS attaches the one that allows everything by itself")]
    RcpsDoNotGrant,
    #[error("`{policy}` would have {characters} characters, AWS allows {quota}")]
    Quota { policy: String, characters: usize, quota: usize },
    #[error(
        "with `{policy}` the inline policies of {owner} would have {characters} characters together, AWS allows {quota}"
    )]
    InlineQuota { policy: String, owner: String, characters: usize, quota: usize },
    #[error("{owner} has {count} managed policies, and AWS attaches 10 unless the quota was raised")]
    ManagedFull { owner: String, count: usize },
    #[error(transparent)]
    Document(#[from] PolicyError),
}
