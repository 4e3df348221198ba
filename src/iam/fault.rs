//! What can be wrong with a policy document.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>

use std::sync::Arc;

use super::policy_type::PolicyType;

/// What follows from a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// AWS rejects such a document; the statement, entry or condition never matches.
    Rejected,
    /// AWS saves no such document any more; one that was saved before is followed, in the way that the message says.
    NoLongerSaved,
    /// AWS may accept it, but it does not do what it seems to do.
    Warning,
}

/// Something in a document that is not as the grammar of policies, or the type of the policy, wants it.
///
/// Types of JSON are named as a person reads them: `a number`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the fields are what the messages say")]
pub enum Fault {
    /// A member that policies do not have.
    #[error("`{name}` is no policy element and is ignored{}", .near.map_or_else(String::new, |name| format!("; element names have a case: `{name}`")))]
    UnknownElement { name: String, near: Option<&'static str> },
    /// A member that is given again, which AWS does not mind.
    #[error("`{0}` is given more than once; only the last one counts")]
    Repeated(String),
    /// An element that is given again.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_policies.html>
    #[error(
        "`{0}` is given more than once: AWS saves no such document any more; of a document that it has, the last one counts"
    )]
    LastCounts(&'static str),
    /// An element that is given again.
    #[error(
        "`{0}` is given more than once: AWS saves no such document any more; of a document that it has, all of them count as one list"
    )]
    AllCount(&'static str),
    /// `Statement` is given again.
    #[error(
        "`Statement` is given more than once: AWS saves no such document any more; what it does with a document that it has is not documented; the last one is taken here"
    )]
    RepeatedStatement,
    /// A version that there is not.
    #[error("`Version` is `2012-10-17` or `2008-10-17`; with another one AWS rejects the document")]
    Version,
    /// A `Sid` of several statements.
    #[error("the Sid `{0}` is used more than once")]
    RepeatedSid(String),
    /// A statement of another JSON type.
    #[error("a statement is an object, this is {0}")]
    Statement(&'static str),
    /// A `Sid` of another JSON type.
    #[error("`Sid` is a string, this is {0}")]
    Sid(&'static str),
    /// No `Effect`.
    #[error("a statement needs `Effect`")]
    NoEffect,
    /// Another `Effect`.
    #[error("`Effect` is `Allow` or `Deny`")]
    Effect,
    /// An element and its opposite.
    #[error("a statement has `{0}` or `{1}`, not both")]
    Both(&'static str, &'static str),
    /// No action.
    #[error("a statement needs `Action` or `NotAction`")]
    NoAction,
    /// An entry that is no action.
    #[error("`{0}` is no action (`service:Name`, or `*`) and matches none")]
    Action(String),
    /// An entry that is no resource.
    #[error("`{0}` is neither an ARN nor `*`")]
    Resource(String),
    /// A kind of principal that there is not.
    #[error("`{0}` is no kind of principal: AWS, Service, Federated, CanonicalUser")]
    PrincipalKind(String),
    /// A principal without its kind.
    #[error("a principal is `*` or an object such as {{\"AWS\": \"...\"}}; this is read as one of AWS")]
    PrincipalWithoutKind,
    /// A wildcard in a principal.
    #[error("`{0}`: a principal has no wildcard inside; it matches nobody")]
    PrincipalWildcard(String),
    /// A principal that is gone.
    #[error("`{0}` is the id of a deleted user or role; it matches nobody")]
    DeletedPrincipal(String),
    /// An entry that is no principal.
    #[error("`{0}` is no principal: an ARN, an account or `*` is expected")]
    Principal(String),
    /// A `Condition` of another JSON type.
    #[error("`Condition` is an object of operators, this is {0}")]
    Condition(&'static str),
    /// An operator of another JSON type.
    #[error("an operator holds an object of condition keys, this is {0}")]
    OperatorKeys(&'static str),
    /// An operator that there is not.
    #[error("`{0}` is no condition operator; the condition never holds")]
    Operator(String),
    /// A value that its operator cannot read.
    #[error("`{value}` is not {expected}, as {operator} expects")]
    Value { value: String, expected: &'static str, operator: Arc<str> },
    /// Another JSON type in place of texts.
    #[error("a string or a list of strings is expected, this is {0}")]
    Texts(&'static str),
    /// A principal in a policy of this type.
    #[error("{} has no principal; the statement never matches", .0.with_article())]
    PrincipalForbidden(PolicyType),
    /// No principal in a policy of this type.
    #[error("a statement of {} needs `Principal`; it never matches", .0.with_article())]
    PrincipalRequired(PolicyType),
    /// `NotPrincipal` in a policy of this type.
    #[error("{} takes no NotPrincipal; the statement never matches", .0.with_article())]
    NotPrincipal(PolicyType),
    /// `NotPrincipal` in an Allow.
    #[error("AWS does not support NotPrincipal with Allow: it would allow everybody else, the public too")]
    AllowNotPrincipal,
    /// An Allow in a policy of this type.
    #[error("{} only denies; AWS attaches the one that allows", .0.with_article())]
    OnlyDenies(PolicyType),
    /// No resource.
    #[error("a statement needs `Resource` or `NotResource`; it never matches")]
    NoResource,
    /// A part of an ARN in a policy of this type.
    #[error("`{entry}` is not a complete ARN, and {} takes no part of one", .policy_type.with_article())]
    ShortArn { entry: String, policy_type: PolicyType },
}

impl Fault {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownElement { .. } => "unknown-element",
            Self::Repeated(_) => "repeated",
            Self::LastCounts(_) => "repeated-last-counts",
            Self::AllCount(_) => "repeated-all-count",
            Self::RepeatedStatement => "repeated-statement",
            Self::Version => "version",
            Self::RepeatedSid(_) => "repeated-sid",
            Self::Statement(_) => "statement-type",
            Self::Sid(_) => "sid-type",
            Self::NoEffect => "no-effect",
            Self::Effect => "effect",
            Self::Both(..) => "element-and-opposite",
            Self::NoAction => "no-action",
            Self::Action(_) => "not-an-action",
            Self::Resource(_) => "not-an-arn",
            Self::PrincipalKind(_) => "principal-kind",
            Self::PrincipalWithoutKind => "principal-without-kind",
            Self::PrincipalWildcard(_) => "principal-wildcard",
            Self::DeletedPrincipal(_) => "deleted-principal",
            Self::Principal(_) => "not-a-principal",
            Self::Condition(_) => "condition-type",
            Self::OperatorKeys(_) => "operator-type",
            Self::Operator(_) => "unknown-operator",
            Self::Value { .. } => "unreadable-value",
            Self::Texts(_) => "texts-type",
            Self::PrincipalForbidden(_) => "principal-forbidden",
            Self::PrincipalRequired(_) => "principal-required",
            Self::NotPrincipal(_) => "not-principal",
            Self::AllowNotPrincipal => "allow-not-principal",
            Self::OnlyDenies(_) => "only-denies",
            Self::NoResource => "no-resource",
            Self::ShortArn { .. } => "short-arn",
        }
    }

    /// What follows from it.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        match self {
            Self::LastCounts(_) | Self::AllCount(_) | Self::RepeatedStatement => Severity::NoLongerSaved,
            Self::UnknownElement { .. }
            | Self::Repeated(_)
            | Self::RepeatedSid(_)
            | Self::PrincipalWithoutKind
            | Self::DeletedPrincipal(_)
            | Self::AllowNotPrincipal => Severity::Warning,
            _ => Severity::Rejected,
        }
    }
}
