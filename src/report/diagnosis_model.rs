//! What blocks a request, what nearly allows it, what is wrong with the documents and what may fit: their JSON.

use serde::Serialize;

use super::evidence::{Evidence, EvidenceSource};
use super::words;
use crate::deduce::{Basis, KeyFact, KeyWas};
use crate::diagnose::{
    Blocker, Disagreement, Hypothesis, HypothesisEvidence, Likelihood, NearMiss, PolicyProblem, StatementRef,
};
use crate::iam::{Element, Policy, PolicyType, Severity};

/// One thing that blocks the request by itself.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct BlockerModel {
    /// The type of policy.
    pub policy_type: PolicyType,
    /// Explicit or implicit deny.
    pub effect: BlockerEffect,
    /// The policy; for a missing allow none, or the only policy that would have to hold it.
    pub policy: Option<PolicyModel>,
    /// The statement that denies.
    pub statement: Option<StatementModel>,
    /// For SCPs and RCPs: the root, unit or account.
    pub target: Option<String>,
    /// Why, in a sentence.
    pub why: String,
    /// The code of that.
    pub code: &'static str,
    /// What it rests on.
    pub basis: Basis,
    /// What the request carried if this blocked it, where nobody told.
    pub implies: Vec<ImpliesModel>,
}

/// What follows for a condition key that nobody told.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ImpliesModel {
    /// The key.
    pub key: String,
    /// What it was, in words: `false or absent`.
    pub is: String,
    /// The kind of that.
    pub code: &'static str,
    /// The values that it may have had, where they can be listed.
    pub values: Vec<String>,
    /// Whether it may have been absent, where that is known.
    pub absent: Option<bool>,
}

/// Explicit or implicit deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BlockerEffect {
    /// A Deny statement matches.
    ExplicitDeny,
    /// An allow is missing.
    ImplicitDeny,
}

/// A policy by the names it has.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct PolicyModel {
    /// Its name.
    pub name: String,
    /// Its ARN.
    pub arn: Option<String>,
    /// The version that counts.
    pub version: Option<String>,
    /// What it is attached to, as far as it matters here.
    pub attached_to: Vec<String>,
}

/// A statement by its place.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct StatementModel {
    /// Its Sid.
    pub sid: Option<String>,
    /// Its place in the document, from 0.
    pub index: usize,
    /// The line of the policy document, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// The file that the document was read from.
    pub file: Option<String>,
    /// The line of that file on which the statement begins.
    pub file_line: Option<usize>,
}

/// A statement that nearly allows the request.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct NearMissModel {
    /// The policy.
    pub policy: PolicyModel,
    /// The statement.
    pub statement: Option<StatementModel>,
    /// The first element that misses.
    pub element: Option<Element>,
    /// Why each element misses.
    pub why: String,
    /// The codes of that, one for each element that misses.
    pub why_codes: Vec<&'static str>,
}

/// One source of evidence.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct EvidenceModel {
    /// Which source.
    pub source: EvidenceSource,
    /// What it says.
    pub says: String,
    /// The code of that, unique within the source.
    pub code: &'static str,
    /// What it cannot see.
    pub limits: String,
}

/// Something that is wrong with a document.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct ProblemModel {
    /// The policy.
    pub policy: String,
    /// The line of the document, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// The code of that.
    pub code: &'static str,
    /// Whether AWS rejects such a document, so that it cannot be in force.
    pub rejected: bool,
}

/// A cause that fits.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[non_exhaustive]
pub struct HypothesisModel {
    /// How well.
    pub likelihood: Likelihood,
    /// What it is.
    pub what: String,
    /// The code of that.
    pub code: &'static str,
    /// What supports it.
    pub why: Vec<String>,
    /// The codes of that.
    pub why_codes: Vec<&'static str>,
}

impl ImpliesModel {
    pub(super) fn new(fact: &KeyFact) -> Self {
        let (values, absent) = match &fact.was {
            KeyWas::OneOf { values, absent } => (values.iter().map(words::tree::group).collect(), Some(*absent)),
            KeyWas::NoneOf { absent, .. } => (Vec::new(), Some(*absent)),
            KeyWas::Such { .. } => (Vec::new(), None),
        };
        Self { key: fact.key.clone(), is: words::implies::is(&fact.was), code: fact.was.code(), values, absent }
    }
}

impl BlockerModel {
    pub(super) fn new(blocker: &Blocker) -> Self {
        let only = match blocker.searched.as_slice() {
            [only] if blocker.policy_type != PolicyType::IdentityBased => Some(only.as_ref()),
            _ => None,
        };
        let policy = blocker.statement.as_ref().map(|statement| statement.policy.as_ref()).or(only);
        Self {
            policy_type: blocker.policy_type,
            effect: if blocker.is_explicit() { BlockerEffect::ExplicitDeny } else { BlockerEffect::ImplicitDeny },
            policy: policy.map(PolicyModel::new),
            statement: blocker.statement.as_ref().and_then(StatementModel::new),
            target: blocker.target.clone(),
            why: words::blocker::why(blocker),
            code: blocker.why.code(),
            basis: blocker.basis,
            implies: blocker.implies.iter().map(ImpliesModel::new).collect(),
        }
    }
}

impl PolicyModel {
    pub(super) fn new(policy: &Policy) -> Self {
        Self {
            name: policy.name.clone(),
            arn: policy.arn.clone(),
            version: policy.version_id.clone(),
            attached_to: policy.attached_to.clone(),
        }
    }
}

impl StatementModel {
    pub(super) fn new(reference: &StatementRef) -> Option<Self> {
        let statement = reference.statement()?;
        let document = &reference.policy.document;
        let position = document.position(statement.span);
        let origin = document.source.origin();
        Some(Self {
            sid: statement.sid.as_ref().map(|sid| sid.value.clone()),
            index: statement.index,
            line: position.line,
            column: position.column,
            file: origin.map(|(file, _)| file.to_owned()),
            file_line: document.source.in_file(statement.span.start).map(|(line, _)| line),
        })
    }
}

impl NearMissModel {
    pub(super) fn new(near: &NearMiss) -> Self {
        let whys: Vec<_> = near.missed.iter().map(words::element::reason).collect();
        Self {
            policy: PolicyModel::new(&near.statement.policy),
            statement: StatementModel::new(&near.statement),
            element: near.missed.first().map(|reason| reason.element),
            why: whys.join("; "),
            why_codes: near.missed.iter().map(|reason| reason.why.code()).collect(),
        }
    }
}

impl ProblemModel {
    pub(super) fn new(found: &PolicyProblem) -> Self {
        let at = found.policy.document.position(found.span);
        Self {
            policy: found.policy.name.clone(),
            line: at.line,
            column: at.column,
            message: words::problem::problem(&found.kind),
            code: found.kind.code(),
            rejected: found.severity != Severity::Warning,
        }
    }
}

impl HypothesisModel {
    pub(super) fn new(hypothesis: &Hypothesis) -> Self {
        Self {
            likelihood: hypothesis.likelihood,
            what: words::hypothesis::kind(&hypothesis.kind),
            code: hypothesis.kind.code(),
            why: hypothesis.evidence.iter().map(words::hypothesis::evidence).collect(),
            why_codes: hypothesis.evidence.iter().map(HypothesisEvidence::code).collect(),
        }
    }
}

impl EvidenceModel {
    pub(super) fn new(evidence: &Evidence<'_>) -> Self {
        Self {
            source: evidence.source(),
            says: words::evidence::says(evidence),
            code: evidence.code(),
            limits: words::evidence::limits(evidence).into_owned(),
        }
    }
}

/// What may explain a disagreement.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ReasonModel {
    /// The stable code.
    pub code: &'static str,
    /// What it is.
    pub why: String,
}

impl ReasonModel {
    /// All of one disagreement.
    pub(super) fn all(disagreement: &Disagreement) -> Vec<Self> {
        let reasons = disagreement.reasons().iter();
        reasons.map(|reason| Self { code: reason.code(), why: words::disagreement::reason(reason) }).collect()
    }
}
