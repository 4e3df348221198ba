//! What the answer to a case needs of an evaluation, where nothing that is not known decides: no more is read of a statement than shows
//! that it does not match, and only those that match are kept.

use std::sync::Arc;

use super::condition::all_hold;
use super::evaluation::{CheckEffect, Decision, StatementOutcome};
use super::logic::{Evaluator, Reader, Sums};
use super::prepare::{Covered, covered};
use super::principal::Named;
use super::subject::Subject;
use super::truth::Truth;
use crate::iam::{Policy, PolicySet, PolicyType, Request, Statement};

/// What was decided, by which requirements, and by which statements.
#[derive(Debug)]
pub(super) struct Matches {
    pub(super) decision: Decision,
    /// Each requirement and its result, in AWS's order.
    pub(super) effects: Vec<(PolicyType, CheckEffect)>,
    /// The statements that match.
    pub(super) matched: Vec<StatementOutcome>,
}

/// What [`evaluate`](super::evaluate) says of the request, as far as an answer needs it; `None` where it needs more.
pub(super) fn matches(request: &Request, policies: &PolicySet) -> Option<Matches> {
    let subject = Subject::new(request);
    if subject.is_always_allowed() {
        return None;
    }
    let mut evaluator = Evaluator::new(&subject, policies, Matching::default());
    let layers = evaluator.layers(policies);
    let decision = layers.decision();
    if decision == Decision::Undetermined {
        return None;
    }
    let Matching { sums, matched } = evaluator.reader;
    let effects = sums.into_iter().map(|(policy_type, sums)| (policy_type, layers.effect(policy_type, sums))).collect();
    Some(Matches { decision, effects, matched })
}

/// Keeps what matches.
#[derive(Debug, Default)]
struct Matching {
    /// What each requirement adds up to.
    sums: Vec<(PolicyType, Sums)>,
    matched: Vec<StatementOutcome>,
}

impl Reader for Matching {
    type Weight = Truth;

    fn statement(
        &mut self,
        subject: &Subject<'_>,
        policy: &Arc<Policy>,
        position: usize,
        statement: &Statement,
        bounded: bool,
    ) -> Option<(Named, Truth)> {
        let Covered { named, action, resource } = covered(subject, policy, statement, bounded)?;
        let condition = all_hold(&statement.conditions, subject.context);
        let rest = action.and(resource).and(condition);
        if rest == Truth::False {
            return None;
        }
        let principal = named.any();
        if principal.and(rest) == Truth::True {
            let (policy, effect) = (Arc::clone(policy), statement.effect);
            let outcome =
                StatementOutcome { policy, statement: position, effect, principal, action, resource, condition };
            self.matched.push(outcome);
        }
        Some((named, rest))
    }

    fn layer(&mut self, policy_type: PolicyType, _: Option<&str>, _: bool, sums: &Sums) {
        self.sums.push((policy_type, *sums));
    }
}
