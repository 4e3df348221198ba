//! The statement that almost allowed the request, and which element missed: usually the one that somebody meant.

use super::blocker::StatementRef;
use crate::evaluate::{CheckEffect, ElementReason, Evaluation, StatementOutcome};
use crate::iam::{Effect, Element, PolicyType, Request};

/// How many are worth showing.
const MOST: usize = 3;

/// An Allow that misses the request by little.
#[derive(Debug, Clone)]
pub struct NearMiss {
    /// The layer in which the allow is missing.
    pub policy_type: PolicyType,
    /// The statement.
    pub statement: StatementRef,
    /// The elements that do not cover the request.
    pub missed: Vec<ElementReason>,
}

impl NearMiss {
    /// The element that misses, when it is only one.
    #[must_use]
    pub fn only_element(&self) -> Option<Element> {
        match self.missed.as_slice() {
            [only] => Some(only.element),
            _ => None,
        }
    }
}

/// The Allow statements that come near, nearest first, of the layers that lack an allow or deny explicitly.
#[must_use]
pub fn near_misses(request: &Request, evaluation: &Evaluation) -> Vec<NearMiss> {
    let mut ranked: Vec<((usize, usize), NearMiss)> = Vec::new();
    for check in &evaluation.checks {
        let lacks_allow =
            matches!(check.effect, CheckEffect::ImplicitDeny | CheckEffect::ExplicitDeny | CheckEffect::Undetermined);
        let allowed =
            check.outcomes.iter().any(|outcome| outcome.effect == Effect::Allow && outcome.matched().is_true());
        if !lacks_allow || allowed {
            continue;
        }
        for outcome in check.outcomes.iter().filter(|outcome| outcome.effect == Effect::Allow) {
            if let Some(rank) = rank(request, outcome) {
                let statement = StatementRef::new(request, &outcome.policy, outcome.statement);
                let missed = statement.reasons.iter().filter(|reason| !reason.truth.is_true()).cloned().collect();
                ranked.push((rank, NearMiss { policy_type: check.policy_type, statement, missed }));
            }
        }
    }
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, near)| near).take(MOST).collect()
}

/// Smaller is nearer; `None` is not near at all.
fn rank(request: &Request, outcome: &StatementOutcome) -> Option<(usize, usize)> {
    let missed = |truth: crate::evaluate::Truth| usize::from(!truth.is_true());
    let (principal, action) = (missed(outcome.principal), missed(outcome.action));
    let (resource, condition) = (missed(outcome.resource), missed(outcome.condition));
    let count = principal + action + resource + condition;
    if count == 0 || count > 2 || (action == 1 && count > 1) {
        return None;
    }
    let statement = outcome.statement()?;
    if action == 1 {
        // another action of the same service, written out: `s3:*` would have matched, `ec2:*` is not near
        let wanted = request.action.value()?;
        let shared = statement
            .action
            .entries
            .iter()
            .filter(|entry| !statement.action.negated && entry.pattern.service() == Some(wanted.service()))
            .map(|entry| common_prefix(&entry.text.to_ascii_lowercase(), wanted.folded()))
            .max()?;
        return Some((3, usize::MAX - shared));
    }
    let distance = match (resource, request.resource.value()) {
        (1, Some(resource)) => {
            let entries = statement.resource.iter().flat_map(|element| &element.entries);
            let shared = entries.map(|entry| common_prefix(&entry.value, resource)).max().unwrap_or(0);
            usize::MAX - shared
        }
        _ => 0,
    };
    let kind = match (resource, condition, principal) {
        (0, 1, 0) => 0,
        (1, 0, 0) => 1,
        (0, 0, 1) => 2,
        _ => 4,
    };
    Some((kind, distance))
}

/// How many bytes two texts share from the start, and from the end of what is left.
fn common_prefix(left: &str, right: &str) -> usize {
    let start = left.bytes().zip(right.bytes()).take_while(|(l, r)| l == r).count();
    let end = left.bytes().skip(start).rev().zip(right.bytes().skip(start).rev()).take_while(|(l, r)| l == r).count();
    start + end
}
