//! Asking the policies: the whole evaluation of a request, or its decision alone.

use super::evaluation::{CheckEffect, Decision, Evaluation};
use super::logic::{Evaluator, Everything};
use super::missing::{Missing, missing};
use super::prepare::Decisive;
use super::principal::named;
use super::subject::Subject;
use super::truth::Truth;
use crate::iam::{PolicySet, PolicyType, Request, Statement};

/// What the policies say about the request.
///
/// Total: every statement of every layer that applies gets an outcome, whatever the others say.
#[must_use]
pub fn evaluate(request: &Request, policies: &PolicySet) -> Evaluation {
    let subject = Subject::new(request);
    let mut evaluator = Evaluator::new(&subject, policies, Everything::default());
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
        missing(&subject, &layers, &checks, policies)
    } else {
        Missing::default()
    };
    Evaluation { decision, checks, missing_context: missing.context, missing_evidence: missing.evidence }
}

/// The decision alone, for callers that ask thousands of questions.
pub(crate) fn decide(request: &Request, policies: &PolicySet) -> Decision {
    let subject = Subject::new(request);
    if subject.is_always_allowed() {
        return Decision::Allowed;
    }
    Evaluator::new(&subject, policies, Decisive).layers(policies).decision()
}

/// Whether the statement, in a policy of this type, is about the caller.
pub(crate) fn is_about(request: &Request, policy_type: PolicyType, statement: &Statement) -> Truth {
    named(&Subject::new(request), policy_type, statement, false).any()
}

/// Whether the caller belongs to the account that owns the resource, or the action works on none.
pub(crate) fn is_of_one_account(request: &Request) -> Truth {
    Subject::new(request).same_account()
}
