//! A policy document read into statements with positions, and the policy that carries it.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::fault::Fault;
use super::gap::Subject;
use super::language::Language;
use super::policy_type::PolicyType;
use super::principal::Principal;
use super::statement::Statement;
use crate::text::{JsonError, Position, Source, Span, Text};

/// A policy: a document, what it is called, and what it is attached to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
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
    /// The versions that AWS keeps of a managed policy, oldest first; empty where that is not known.
    pub versions: Vec<String>,
    /// The ARNs it is attached to, as far as they matter here: user, group, role, root, OU, account.
    pub attached_to: Vec<String>,
    /// What it says.
    pub document: Arc<Document>,
}

/// How a policy is kept, which decides who can change it and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
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
    pub fault: Fault,
}

/// A text that is not a policy document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
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

impl Policy {
    /// A policy of which nothing is known but its name, its type and what it says.
    #[must_use]
    pub fn new(name: impl Into<String>, policy_type: PolicyType, document: impl Into<Arc<Document>>) -> Self {
        Self {
            name: name.into(),
            arn: None,
            policy_type,
            origin: PolicyOrigin::Loose,
            version_id: None,
            versions: Vec::new(),
            attached_to: Vec::new(),
            document: document.into(),
        }
    }

    /// A policy that is kept inside what it is attached to, by its text.
    ///
    /// # Errors
    /// When the text is not JSON, or not an object with `Statement`.
    pub fn inline(name: &str, policy_type: PolicyType, text: impl Into<Text>) -> Result<Self, PolicyError> {
        let document = Document::parse(Source::new(name, text))?;
        Ok(Self { origin: PolicyOrigin::Inline, ..Self::new(name, policy_type, document) })
    }

    /// The permission set of IAM Identity Center whose inline policy it is, as the role that is made from the set has it. The managed policies
    /// and the boundary of such a role are no part of the set, which only names them: they are kept in the account.
    /// <https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CustomerManagedPolicyReference.html>
    #[must_use]
    pub fn permission_set(&self) -> Option<String> {
        let inline = self.policy_type == PolicyType::IdentityBased && self.origin == PolicyOrigin::Inline;
        let owner = self.attached_to.first().filter(|_| inline)?;
        Principal::new(owner.as_str()).permission_set().map(str::to_owned)
    }

    /// How many versions AWS keeps of a managed policy.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entities>
    const VERSIONS: usize = 5;

    /// A part that a template leaves open in it, as a person finds it: what is written there, and the line of the file.
    #[must_use]
    pub fn open_part(&self, part: &str) -> Subject {
        let source = &self.document.source;
        let place = source.origin().map_or_else(|| source.name().to_owned(), |(file, line)| format!("{file}:{line}"));
        Subject::OpenPart { part: part.to_owned(), policy_type: self.policy_type, place }
    }

    /// The version that has to go before there is room for another: the oldest that does not count. `None` while there is room.
    #[must_use]
    pub fn oldest_spare_version(&self) -> Option<&str> {
        let spare = || self.versions.iter().find(|version| Some(*version) != self.version_id.as_ref());
        if self.versions.len() < Self::VERSIONS { None } else { spare().map(String::as_str) }
    }
}

impl Document {
    /// The line and column of a span of this document.
    #[must_use]
    pub fn position(&self, span: Span) -> Position {
        self.source.position(span.start)
    }
}
