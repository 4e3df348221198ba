//! One statement of a policy document: its elements, where each was written, and the patterns compiled for matching.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html>

use std::fmt;

use serde::{Deserialize, Serialize};

use super::action::ActionPattern;
use super::condition::Condition;
use super::principal::Principal;
use super::resource::ResourcePattern;
use crate::text::{Span, Spanned};

/// Allow or Deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
pub enum Effect {
    /// The statement allows.
    Allow,
    /// The statement denies, whatever else allows.
    Deny,
}

/// The elements that decide whether a statement matches a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
pub enum Element {
    /// Principal or `NotPrincipal`.
    Principal,
    /// Action or `NotAction`.
    Action,
    /// Resource or `NotResource`.
    Resource,
    /// Condition.
    Condition,
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// By what a person finds a statement in its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementName {
    /// Its `Sid`.
    Sid(String),
    /// Its place, from 0.
    Index(usize),
}

impl StatementName {
    /// The `Sid`, or the place where there is none.
    #[must_use]
    pub fn new(sid: Option<&str>, index: usize) -> Self {
        sid.map_or(Self::Index(index), |sid| Self::Sid(sid.to_owned()))
    }
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its place in the document, from 0.
    pub index: usize,
    /// The whole object.
    pub span: Span,
    /// Its `Sid`.
    pub sid: Option<Spanned<String>>,
    /// Its effect.
    pub effect: Effect,
    /// Where the effect's value stands.
    pub effect_span: Span,
    /// Principal or `NotPrincipal`.
    pub principal: Option<PrincipalElement>,
    /// Action or `NotAction`.
    pub action: ActionElement,
    /// Resource or `NotResource`; trust policies have none.
    pub resource: Option<ResourceElement>,
    /// The lines of the Condition block; all must hold.
    pub conditions: Vec<Condition>,
    /// The Condition block.
    pub condition_span: Option<Span>,
    /// Whether AWS would reject it: then it never matches, and what could not be read of it is left empty here.
    pub rejected: bool,
}

/// Action or `NotAction`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionElement {
    /// Whether it is `NotAction`.
    pub negated: bool,
    /// Where the key stands.
    pub key_span: Span,
    /// Where the value stands, brackets included.
    pub span: Span,
    /// The entries.
    pub entries: Vec<PatternText<ActionPattern>>,
}

/// Resource or `NotResource`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceElement {
    /// Whether it is `NotResource`.
    pub negated: bool,
    /// Where the key stands.
    pub key_span: Span,
    /// Where the value stands, brackets included.
    pub span: Span,
    /// The entries, as written.
    pub entries: Vec<Spanned<String>>,
    /// The entries compiled, in the same order.
    pub patterns: Vec<ResourcePattern>,
}

/// One entry of an element, as written and compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternText<P> {
    /// As written.
    pub text: String,
    /// Where.
    pub span: Span,
    /// Compiled.
    pub pattern: P,
}

/// Principal or `NotPrincipal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalElement {
    /// Whether it is `NotPrincipal`.
    pub negated: bool,
    /// Where the key stands.
    pub key_span: Span,
    /// Where the value stands.
    pub span: Span,
    /// The entries; a bare `"*"` is one entry of kind `*`.
    pub entries: Vec<PrincipalEntry>,
}

/// One principal of the element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrincipalEntry {
    /// `AWS`, `Service`, `Federated`, `CanonicalUser`, or `*` for the bare form.
    pub kind: String,
    /// The value, as written.
    pub value: String,
    /// Where.
    pub span: Span,
    /// Whom an entry of kind `AWS` names.
    pub named: Principal,
}
