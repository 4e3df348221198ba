//! A policy document read into statements with positions, and the policy that carries it.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::action::ActionPattern;
use super::condition::{Condition, Operator};
use super::policy_type::PolicyType;
use super::statement::{
    ActionElement, Effect, PatternText, PrincipalElement, PrincipalEntry, ResourceElement, Statement,
};
use crate::text::{JsonError, Member, Node, Position, Source, Span, Spanned, number_or_text, parse};

/// A policy: a document, what it is called, and what it is attached to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The name that a person knows it by.
    pub name: String,
    /// Its ARN, if it has one.
    pub arn: Option<String>,
    /// The kind of policy that it acts as here.
    pub policy_type: PolicyType,
    /// How it is kept.
    pub origin: PolicyOrigin,
    /// The version that counts, for managed policies (`v3`).
    pub version_id: Option<String>,
    /// The ARNs it is attached to, as far as they matter here: user, group, role, root, OU, account.
    pub attached_to: Vec<String>,
    /// What it says.
    pub document: Arc<Document>,
}

/// How a policy is kept, which decides who can change it and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PolicyOrigin {
    /// Inside one user, group or role.
    Inline,
    /// A customer managed policy.
    CustomerManaged,
    /// An AWS managed policy: only AWS can change it.
    AwsManaged,
    /// A policy of the organization.
    Organization,
    /// A loose file: nothing is known of how it is kept.
    Loose,
}

/// The version of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// `2008-10-17`, also when Version is absent: no policy variables.
    V2008,
    /// `2012-10-17`.
    V2012,
}

/// A document as written, and what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The text.
    pub source: Source,
    /// The language version.
    pub language: Language,
    /// The statements, in order.
    pub statements: Vec<Statement>,
    /// What AWS would reject or ignore, with its place.
    pub problems: Vec<Problem>,
}

/// Something in a document that is not as the grammar wants it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub span: Span,
    /// What.
    pub message: String,
}

/// A text that is not a policy document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// It is not JSON.
    #[error("{name}:{error}")]
    Json {
        /// The document.
        name: String,
        /// What and where.
        error: JsonError,
    },
    /// It is JSON but no policy.
    #[error("{name}:{at}: {message}")]
    NotAPolicy {
        /// The document.
        name: String,
        /// Where.
        at: Position,
        /// What was expected.
        message: String,
    },
}

impl Document {
    /// Reads a policy document.
    ///
    /// # Errors
    /// When the text is not JSON, or not an object with statements that have an effect and actions.
    pub fn parse(source: Source) -> Result<Self, PolicyError> {
        let root = parse(source.text()).map_err(|error| PolicyError::Json { name: source.name().to_owned(), error })?;
        Self::from_node(source, &root)
    }

    fn from_node(source: Source, root: &Node) -> Result<Self, PolicyError> {
        let mut reader = Reader { source: &source, problems: Vec::new() };
        let statements = reader.statements(root)?;
        let version = root.get("Version").and_then(Node::as_str);
        let language = if version == Some("2012-10-17") { Language::V2012 } else { Language::V2008 };
        let problems = reader.problems;
        Ok(Self { source, language, statements, problems })
    }

    /// The line and column of a span of this document.
    #[must_use]
    pub fn position(&self, span: Span) -> Position {
        self.source.position(span.start)
    }
}

struct Reader<'a> {
    source: &'a Source,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn refuse<T>(&self, span: Span, message: impl Into<String>) -> Result<T, PolicyError> {
        Err(PolicyError::NotAPolicy {
            name: self.source.name().to_owned(),
            at: self.source.position(span.start),
            message: message.into(),
        })
    }

    fn statements(&mut self, root: &Node) -> Result<Vec<Statement>, PolicyError> {
        if root.members().is_none() {
            return self.refuse(
                root.span,
                format!("a policy document is an object with `Statement`, this is {}", root.kind()),
            );
        }
        let Some(statements) = root.get("Statement") else {
            return self.refuse(root.span, "a policy document needs `Statement`");
        };
        statements.one_or_many().iter().enumerate().map(|(index, node)| self.statement(index, node)).collect()
    }

    fn statement(&mut self, index: usize, node: &Node) -> Result<Statement, PolicyError> {
        let Some(members) = node.members() else {
            return self.refuse(node.span, format!("a statement is an object, this is {}", node.kind()));
        };
        let (effect, effect_span) = match node.get("Effect") {
            Some(value) => match value.as_str() {
                Some("Allow") => (Effect::Allow, value.span),
                Some("Deny") => (Effect::Deny, value.span),
                _ => return self.refuse(value.span, "`Effect` is `Allow` or `Deny`"),
            },
            None => return self.refuse(node.span, "a statement needs `Effect`"),
        };
        let find = |positive: &str, negative: &str| {
            members
                .iter()
                .find(|member| member.key == positive || member.key == negative)
                .map(|member| (member, member.key == negative))
        };
        let Some((action, negated)) = find("Action", "NotAction") else {
            return self.refuse(node.span, "a statement needs `Action` or `NotAction`");
        };
        let action = ActionElement {
            negated,
            key_span: action.key_span,
            span: action.value.span,
            entries: self
                .texts(&action.value)?
                .into_iter()
                .map(|entry| PatternText {
                    pattern: ActionPattern::new(&entry.value),
                    text: entry.value,
                    span: entry.span,
                })
                .collect(),
        };
        let resource = match find("Resource", "NotResource") {
            Some((member, negated)) => Some(ResourceElement {
                negated,
                key_span: member.key_span,
                span: member.value.span,
                entries: self.texts(&member.value)?,
            }),
            None => None,
        };
        let principal = match find("Principal", "NotPrincipal") {
            Some((member, negated)) => Some(self.principal(member, negated)?),
            None => None,
        };
        let condition = node.get("Condition");
        Ok(Statement {
            index,
            span: node.span,
            sid: node.get("Sid").and_then(|sid| Some(Spanned::new(number_or_text(sid)?, sid.span))),
            effect,
            effect_span,
            principal,
            action,
            resource,
            conditions: match condition {
                Some(node) => self.conditions(node)?,
                None => Vec::new(),
            },
            condition_span: condition.map(|node| node.span),
        })
    }

    fn texts(&self, node: &Node) -> Result<Vec<Spanned<String>>, PolicyError> {
        let text = |item: &Node| match number_or_text(item) {
            Some(value) => Ok(Spanned::new(value, item.span)),
            None => self.refuse(item.span, format!("a string is expected, this is {}", item.kind())),
        };
        node.one_or_many().iter().map(text).collect()
    }

    fn principal(&self, member: &Member, negated: bool) -> Result<PrincipalElement, PolicyError> {
        let node = &member.value;
        let mut entries = Vec::new();
        if let Some(members) = node.members() {
            for kind in members {
                for text in self.texts(&kind.value)? {
                    entries.push(PrincipalEntry { kind: kind.key.clone(), value: text.value, span: text.span });
                }
            }
        } else {
            for text in self.texts(node)? {
                let kind = if text.value == "*" { "*" } else { "AWS" };
                entries.push(PrincipalEntry { kind: kind.to_owned(), value: text.value, span: text.span });
            }
        }
        Ok(PrincipalElement { negated, key_span: member.key_span, span: node.span, entries })
    }

    fn conditions(&self, node: &Node) -> Result<Vec<Condition>, PolicyError> {
        let Some(operators) = node.members() else {
            return self.refuse(node.span, format!("`Condition` is an object of operators, this is {}", node.kind()));
        };
        let mut conditions = Vec::new();
        for operator in operators {
            let Some(keys) = operator.value.members() else {
                return self.refuse(operator.value.span, "an operator holds an object of condition keys");
            };
            for key in keys {
                conditions.push(Condition {
                    operator: Operator::new(&operator.key),
                    operator_span: operator.key_span,
                    key: key.key.clone(),
                    folded_key: key.key.to_ascii_lowercase(),
                    key_span: key.key_span,
                    values: self.texts(&key.value)?,
                    values_span: key.value.span,
                });
            }
        }
        Ok(conditions)
    }
}
