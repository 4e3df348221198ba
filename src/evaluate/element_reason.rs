//! Why an element of a statement covers the request or does not: one variant for each way.

use super::truth::Truth;
use crate::iam::{Element, Operator, OperatorKind, PolicyType};
use crate::text::Span;

/// Why one element of a statement covers the request, or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ElementReason {
    /// The element.
    pub element: Element,
    /// Whether it covers the request.
    pub truth: Truth,
    /// The entry that matched; or the whole value, where none did.
    pub span: Span,
    /// Why.
    pub why: ElementWhy,
    /// Condition keys whose value is not known and decides here, as written.
    pub missing_keys: Vec<String>,
    /// Condition keys that stand here as variables, as written, and are plain text because of the `Version` of the policy.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    pub plain_variables: Vec<String>,
}

/// How an element and the request compare. `asked` is the request's own value: the caller, the action or the resource;
/// `None` where it is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ElementWhy {
    /// AWS rejects the statement, so it never matches.
    StatementRejected,
    /// Policies of this type need the element, and the statement has none.
    Required(PolicyType),
    /// Policies of this type have no `Principal`, so AWS rejects the statement.
    PrincipalNotTaken(PolicyType),
    /// Policies of this type take no `NotPrincipal`, so AWS rejects the statement.
    NotPrincipalNotTaken(PolicyType),
    /// The statement has no `Resource` and needs none: the policy is about the resource it is attached to.
    AttachedResource,
    /// An entry matches.
    Matches {
        /// The entry, as written.
        entry: String,
        /// What it matches.
        asked: Option<String>,
    },
    /// No entry matches.
    NoneMatches {
        /// All entries, as written.
        entries: Vec<String>,
        /// What none of them matches.
        asked: Option<String>,
    },
    /// No entry is `*`, and the action is on no resource, so nothing else matches.
    OnlyStarMatches {
        /// All entries, as written.
        entries: Vec<String>,
    },
    /// An entry of `NotPrincipal`, `NotAction` or `NotResource` matches, so the statement is not about this request.
    Excluded {
        /// The entry, as written.
        entry: String,
        /// What it matches.
        asked: Option<String>,
        /// What else would keep the statement from matching, as this entry is written.
        or: Option<NotComparable>,
    },
    /// No entry of `NotPrincipal`, `NotAction` or `NotResource` matches.
    NotExcluded {
        /// What none of them matches.
        asked: Option<String>,
    },
    /// `NotPrincipal` lists the caller, and the Deny hits it all the same.
    ListedNotSpared {
        /// The entry, as written.
        entry: String,
        /// The caller.
        asked: Option<String>,
    },
    /// `NotPrincipal` lists the account or the role of the caller, but not all that a Deny needs to spare it.
    ListedInPart {
        /// The caller.
        asked: Option<String>,
    },
    /// The policy of a gateway endpoint takes no other `Principal` than `*`.
    GatewayEndpoint {
        /// The entry, as written; `None` for `NotPrincipal`.
        entry: Option<String>,
        /// Whether the endpoint is certainly a gateway endpoint.
        certain: bool,
    },
    /// A template leaves these parts of the element open.
    TemplateOpen(Vec<String>),
    /// What the request asks is not known.
    NotKnown,
    /// The values of the condition keys in [`ElementReason::missing_keys`] are not known.
    KeysNotKnown,
    /// The resource of the request is no ARN, so nothing can be compared with it.
    NotAnArn {
        /// The resource.
        asked: Option<String>,
    },
    /// Whether this line of the condition holds is not known.
    LineNotKnown {
        /// Its condition key, as written.
        key: String,
    },
    /// The lines of the condition that decide; none where the block is empty.
    Condition(Vec<LineWhy>),
}

/// Why an entry of `NotResource` cannot be compared with an ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotComparable {
    /// It has a variable that has no value.
    VariableWithoutValue,
    /// It is no complete ARN.
    NotACompleteArn,
}

/// Why one line of a condition holds, or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineWhy {
    /// There is no such operator.
    NoOperator(Operator),
    /// The value of the key in the request is not known.
    KeyNotKnown(String),
    /// The key is the ARN of the role of a session, and its path, which is not known, makes no difference.
    AnyPath {
        /// The key, as written.
        key: String,
        /// The operator.
        operator: Operator,
        /// The ARN as far as it is known.
        role: String,
        /// The values in the line.
        wanted: Vec<String>,
        /// Whether the line holds.
        holds: bool,
    },
    /// The key is not in the request.
    KeyAbsent {
        /// The key, as written.
        key: String,
        /// The operator.
        operator: Operator,
        /// Whether the line holds.
        holds: bool,
    },
    /// The key is in the request, and the operator is `Null`.
    KeyPresent {
        /// The key, as written.
        key: String,
        /// Whether `Null` asks for it to be present.
        wanted: bool,
        /// Whether the line holds.
        holds: bool,
    },
    /// The key has many values, and the operator has no `ForAllValues` or `ForAnyValue`.
    ManyValues {
        /// The key, as written.
        key: String,
        /// The operator.
        operator: Operator,
    },
    /// The values of the request were compared with those of the line.
    Compared {
        /// The key, as written.
        key: String,
        /// The operator.
        operator: Operator,
        /// The values in the request.
        given: Vec<String>,
        /// The values in the line.
        wanted: Vec<String>,
        /// Whether the line holds.
        holds: bool,
    },
}

impl ElementWhy {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::StatementRejected => "statement-rejected",
            Self::Required(_) => "element-required",
            Self::PrincipalNotTaken(_) => "principal-not-taken",
            Self::NotPrincipalNotTaken(_) => "not-principal-not-taken",
            Self::AttachedResource => "attached-resource",
            Self::Matches { .. } => "matches",
            Self::NoneMatches { .. } => "none-matches",
            Self::OnlyStarMatches { .. } => "only-star-matches",
            Self::Excluded { .. } => "excluded",
            Self::NotExcluded { .. } => "not-excluded",
            Self::ListedNotSpared { .. } => "listed-not-spared",
            Self::ListedInPart { .. } => "listed-in-part",
            Self::GatewayEndpoint { .. } => "gateway-endpoint",
            Self::TemplateOpen(_) => "template-open",
            Self::NotKnown => "not-known",
            Self::KeysNotKnown => "keys-not-known",
            Self::NotAnArn { .. } => "not-an-arn",
            Self::LineNotKnown { .. } => "line-not-known",
            Self::Condition(lines) => lines.first().map_or("condition-empty", LineWhy::code),
        }
    }
}

impl LineWhy {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoOperator(_) => "no-operator",
            Self::KeyNotKnown(_) => "key-not-known",
            Self::AnyPath { holds: true, .. } => "any-path-satisfies",
            Self::AnyPath { holds: false, .. } => "no-path-satisfies",
            Self::KeyAbsent { operator, holds, .. } => match (operator.kind, holds) {
                (Some(OperatorKind::Null), true) => "absent-as-asked",
                (_, true) => "absent-satisfies",
                (_, false) => "key-absent",
            },
            Self::KeyPresent { holds: true, .. } => "present-as-asked",
            Self::KeyPresent { holds: false, .. } => "key-present",
            Self::ManyValues { .. } => "many-values",
            Self::Compared { holds: true, .. } => "value-satisfies",
            Self::Compared { holds: false, .. } => "value-does-not-satisfy",
        }
    }
}
