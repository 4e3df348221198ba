//! What the policies say about one request: every statement of every policy gets an outcome, and the decision follows.
//!
//! Nothing stops at the first answer: a diagnosis needs all blockers, so [`evaluate`] is total and looks at everything.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

mod condition;
mod derive;
mod logic;
mod missing;
mod prepare;
mod principal;
mod reasons;
mod statement;
mod subject;
mod test_case;
mod tree;
mod truth;

use std::sync::Arc;

use crate::iam::{Condition, Context, Effect, Element, Policy, PolicySet, PolicyType, Request, Statement};
use crate::text::Span;

pub use derive::derive_context;
pub(crate) use prepare::Prepared;
pub use reasons::reasons;
pub use test_case::{Answer, AnswerProblem, CaseError, MatchedStatement, TestCase};
pub use tree::{Branch, DecisionTree, decision_tree};
pub use truth::Truth;

/// The answer to one request, in the words of AWS's simulator, and `Undetermined` where something unknown decides.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "camelCase")]
pub enum Decision {
    /// Allowed.
    Allowed,
    /// A Deny statement matches.
    ExplicitDeny,
    /// Nothing denies, and an allow that is needed is missing.
    ImplicitDeny,
    /// What is not known decides.
    Undetermined,
}

impl Decision {
    /// The stable identifier, as in JSON: `implicitDeny`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ExplicitDeny => "explicitDeny",
            Self::ImplicitDeny => "implicitDeny",
            Self::Undetermined => "undetermined",
        }
    }

    /// What a person calls it: `implicitly denied`.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ExplicitDeny => "explicitly denied",
            Self::ImplicitDeny => "implicitly denied",
            Self::Undetermined => "undetermined",
        }
    }
}

/// The decision with everything it rests on.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// The decision.
    pub decision: Decision,
    /// One entry for each requirement that the request had to meet, in AWS's order: RCPs and SCPs from the root to the
    /// account, VPC endpoint, resource, identity, boundary, session.
    pub checks: Vec<Check>,
    /// Condition keys that are unknown and could change the decision, as written in the policies.
    pub missing_context: Vec<String>,
    /// What else is not known and could change it: a field of the request, a layer that was not seen.
    pub missing_evidence: Vec<String>,
}

/// One requirement and its result.
#[derive(Debug, Clone)]
pub struct Check {
    /// The type of the policies.
    pub policy_type: PolicyType,
    /// For SCPs and RCPs: the root, unit or account that the policies are attached to.
    pub target: Option<String>,
    /// The result.
    pub effect: CheckEffect,
    /// Every statement of every policy of this layer.
    pub outcomes: Vec<StatementOutcome>,
    /// Whether there may be policies of this layer that were not seen.
    pub incomplete: bool,
}

/// The result of one requirement, in the words of AWS's authorization details, and `Undetermined`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckEffect {
    /// A statement allows.
    Allow,
    /// A statement denies.
    ExplicitDeny,
    /// An allow was needed and not found.
    ImplicitDeny,
    /// Nothing matched, and no allow was needed here.
    NoImpact,
    /// Something unknown decides.
    Undetermined,
}

/// What the policies say about the request.
///
/// Total: every statement of every layer that applies gets an outcome, whatever the others say.
#[must_use]
pub fn evaluate(request: &Request, policies: &PolicySet) -> Evaluation {
    let subject = subject::Subject::new(request);
    let mut evaluator = logic::Evaluator::new(&subject, policies, logic::Everything::default());
    let layers = evaluator.layers(policies);
    let mut checks = evaluator.reader.finish(&layers);
    if subject.is_always_allowed() {
        for check in &mut checks {
            check.effect = CheckEffect::NoImpact;
        }
        return Evaluation {
            decision: Decision::Allowed,
            checks,
            missing_context: Vec::new(),
            missing_evidence: Vec::new(),
        };
    }
    let decision = layers.decision();
    let missing = if decision == Decision::Undetermined {
        missing::missing(&subject, &layers, &checks, policies)
    } else {
        missing::Missing::default()
    };
    Evaluation { decision, checks, missing_context: missing.context, missing_evidence: missing.evidence }
}

/// The decision alone, for callers that ask thousands of questions.
pub(crate) fn decide(request: &Request, policies: &PolicySet) -> Decision {
    let subject = subject::Subject::new(request);
    if subject.is_always_allowed() {
        return Decision::Allowed;
    }
    logic::Evaluator::new(&subject, policies, prepare::Decisive).layers(policies).decision()
}

/// Whether the statement, in a policy of this type, is about the caller.
pub(crate) fn is_about(request: &Request, policy_type: PolicyType, statement: &Statement) -> Truth {
    principal::named(&subject::Subject::new(request), policy_type, statement, false).any()
}

/// Whether one line of a Condition block holds.
pub(crate) fn holds(condition: &Condition, context: &Context) -> Truth {
    condition::holds(condition, context)
}

/// What one statement says about the request.
#[derive(Debug, Clone)]
pub struct StatementOutcome {
    /// The policy.
    pub policy: Arc<Policy>,
    /// The statement's index in its document.
    pub statement: usize,
    /// Its effect.
    pub effect: Effect,
    /// Whether the principal element covers the request (true where the policy type has none).
    pub principal: Truth,
    /// Whether the action element covers it.
    pub action: Truth,
    /// Whether the resource element covers it.
    pub resource: Truth,
    /// Whether the condition block holds.
    pub condition: Truth,
}

/// Why one element of a statement covers the request, or does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ElementReason {
    /// The element.
    pub element: Element,
    /// Whether it covers the request.
    pub truth: Truth,
    /// The entry that matched; or the whole value, where none did.
    pub span: Span,
    /// In words, for a person: "`s3:Get*` matches s3:GetObject".
    pub why: String,
    /// Condition keys whose value is not known and decides here, as written.
    pub missing_keys: Vec<String>,
}

impl StatementOutcome {
    /// Whether the whole statement matches.
    #[must_use]
    pub fn matched(&self) -> Truth {
        self.principal.and(self.action).and(self.resource).and(self.condition)
    }

    /// The statement itself.
    #[must_use]
    pub fn statement(&self) -> Option<&Statement> {
        self.policy.document.statements.get(self.statement)
    }
}
