//! What a change of a document does: what a grant adds to it, and what a Deny leaves out then.

use super::bedrock::Check;
use crate::iam::{Action, Element, StatementName};

/// What a change of a document does.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeKind {
    /// An action or a resource joins those of a statement.
    AddEntry {
        /// The statement.
        statement: StatementName,
        /// Which element grows.
        element: Element,
        /// What joins it.
        entry: String,
    },
    /// A value joins those of a condition.
    AddConditionValue {
        /// The statement.
        statement: StatementName,
        /// The condition key.
        key: String,
        /// What joins its values.
        value: String,
    },
    /// Statements are added.
    AddStatements {
        /// So many.
        count: usize,
        /// What they allow.
        allows: Allows,
    },
    /// The document is new, and allows this.
    Allow(Allows),
    /// A Deny leaves a request out.
    Narrow {
        /// The statement.
        statement: StatementName,
        /// What it leaves out.
        except: Exempted,
    },
    /// White space goes, which AWS counts here and has no room for.
    WithoutWhiteSpace,
}

impl ChangeKind {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AddEntry { element: Element::Action, .. } => "add-action",
            Self::AddEntry { .. } => "add-resource",
            Self::AddConditionValue { .. } => "add-condition-value",
            Self::AddStatements { .. } => "add-statements",
            Self::Allow(_) => "allow",
            Self::Narrow { except: Exempted::Request { .. }, .. } => "narrow-deny",
            Self::Narrow { except: Exempted::Profile { .. }, .. } => "exempt-profile",
            Self::WithoutWhiteSpace => "without-white-space",
        }
    }
}

/// What added statements allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allows {
    /// The requests.
    pub access: Access,
    /// The statement whose conditions they keep.
    pub conditions: Option<KeptConditions>,
}

/// Requests that statements allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// One action on one resource.
    Request {
        /// The action.
        action: Action,
        /// The resource.
        resource: String,
    },
    /// All that a call of a model through an inference profile still lacks.
    Call(Vec<Check>),
}

/// Conditions of another statement that an added one keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptConditions {
    /// That statement.
    pub statement: StatementName,
    /// The keys for which the request's own values stand instead; `None` where it brings none.
    pub own: Vec<(String, Option<Vec<String>>)>,
}

/// What a Deny leaves out once it is narrowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exempted {
    /// The request, as narrowly as the policy language can say it.
    Request {
        /// The action; without it all actions of the statement.
        action: Option<Action>,
        /// The resources; without them all resources of the statement.
        resources: Option<Vec<String>>,
        /// The principal; without it everyone.
        principal: Option<String>,
        /// The values of condition keys; without them every value.
        values: Vec<(String, String)>,
    },
    /// Calls through one inference profile.
    Profile {
        /// The action.
        action: Action,
        /// The profile.
        profile: String,
    },
}
