//! What must hold of the context of a request: conditions as data.

use crate::iam::Operator;

/// A condition on the context of a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum ConditionExpr {
    /// One of these.
    Any(Vec<Self>),
    /// The key has one of these values.
    Is(String, Vec<String>),
    /// The key has a value that is none of these.
    IsNot(String, Vec<String>),
    /// The request has the key.
    Present(String),
    /// The request lacks the key.
    Absent(String),
    /// The key has values like one of these lists. No condition of the policies names them, and they are not all there are.
    SuchAs(String, Vec<Vec<String>>),
    /// A condition as a policy writes it.
    Test(ConditionTest),
    /// All of these.
    All(Vec<Self>),
    /// The opposite.
    Not(Box<Self>),
}

/// A condition that a policy has, or its opposite. Without `ForAllValues` and `ForAnyValue` it is about requests that have the key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConditionTest {
    /// The condition key, as written.
    pub key: String,
    /// The operator.
    pub operator: Operator,
    /// The values.
    pub values: Vec<String>,
    /// Whether the condition holds.
    pub holds: bool,
}

impl ConditionExpr {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Is(..) => "is",
            Self::IsNot(..) => "is-not",
            Self::Present(_) => "present",
            Self::Absent(_) => "absent",
            Self::SuchAs(..) => "such-as",
            Self::Test(_) => "test",
            Self::All(_) => "all",
            Self::Any(_) => "any",
            Self::Not(_) => "not",
        }
    }

    /// All of these conditions; one alone stands for itself.
    #[must_use]
    pub fn all(conditions: Vec<Self>) -> Self {
        one_or(conditions, Self::All)
    }

    /// One of these conditions; one alone stands for itself.
    #[must_use]
    pub fn any(conditions: Vec<Self>) -> Self {
        one_or(conditions, Self::Any)
    }
}

fn one_or(mut conditions: Vec<ConditionExpr>, several: fn(Vec<ConditionExpr>) -> ConditionExpr) -> ConditionExpr {
    match conditions.pop() {
        Some(only) if conditions.is_empty() => only,
        last => {
            conditions.extend(last);
            several(conditions)
        }
    }
}

impl ConditionTest {
    /// The opposite among requests that have the key.
    pub(super) fn opposite(self) -> Self {
        Self { holds: !self.holds, ..self }
    }

    /// Whether it compares the key with each of its values, and not the whole list in the request.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        self.operator.quantifier.is_none() && self.operator.kind.is_some()
    }

    /// Whether it says what the value is not.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.operator.kind.is_some_and(crate::iam::OperatorKind::is_negated) == self.holds
    }
}
