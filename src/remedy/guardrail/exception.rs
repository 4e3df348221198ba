//! What a Deny leaves out by itself: principals, or whoever and whatever has a tag.

use crate::iam::{Condition, OperatorKind, Statement};

/// What a Deny leaves out by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exception {
    /// These principals.
    Principals(Vec<String>),
    /// Whoever has a tag; without values any will do.
    PrincipalTag(String, Vec<String>),
    /// Resources that have a tag.
    ResourceTag(String, Vec<String>),
}

impl Exception {
    /// The key of its tag.
    pub(super) fn tag(&self) -> Option<&str> {
        match self {
            Self::Principals(_) => None,
            Self::PrincipalTag(key, _) | Self::ResourceTag(key, _) => Some(key),
        }
    }
}

/// Keys by which a principal is named.
const PRINCIPAL: [&str; 3] = ["aws:principalarn", "aws:username", "aws:userid"];

/// Whom and what the statement leaves out.
pub(super) fn exceptions(statement: &Statement) -> Vec<Exception> {
    let negated = statement.principal.as_ref().filter(|element| element.negated);
    let named = negated.map(|element| element.entries.iter().map(|entry| entry.value.clone()).collect());
    named.map(Exception::Principals).into_iter().chain(statement.conditions.iter().filter_map(exception)).collect()
}

/// What one line of a Deny's Condition leaves out: it denies only where the line holds.
fn exception(condition: &Condition) -> Option<Exception> {
    let values: Vec<String> = condition.values.iter().map(|value| value.value.clone()).collect();
    let values = match condition.operator.kind? {
        // denied where the key is absent, so that any value of it is left out
        OperatorKind::Null if values.iter().all(|value| value.eq_ignore_ascii_case("true")) => Vec::new(),
        OperatorKind::Null => return None,
        kind if kind.is_negated() => values,
        _ => return None,
    };
    let key = condition.folded_key.as_str();
    // tag keys are told as they are written
    let tag = || condition.key.split_once('/').map_or_else(String::new, |(_, tag)| tag.to_owned());
    if PRINCIPAL.contains(&key) {
        return (!values.is_empty()).then_some(Exception::Principals(values));
    }
    match key.split_once('/').map(|(kind, _)| kind) {
        Some("aws:principaltag") => Some(Exception::PrincipalTag(tag(), values)),
        Some(kind) if kind.ends_with(":resourcetag") => Some(Exception::ResourceTag(tag(), values)),
        _ => None,
    }
}
