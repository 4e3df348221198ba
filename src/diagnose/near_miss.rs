//! The statement that almost allowed the request, and which element missed: usually the one that somebody meant.

use std::sync::Arc;

use super::blocker::StatementRef;
use crate::evaluate::{CheckEffect, ElementReason, Evaluation, StatementOutcome, Truth};
use crate::iam::{Effect, Element, PolicyType, Request};

/// How many are worth showing.
const MOST: usize = 3;

/// An Allow that misses the request by little.
#[derive(Debug, Clone)]
#[non_exhaustive]
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
    let mut ranked: Vec<(usize, NearMiss)> = Vec::new();
    for check in &evaluation.checks {
        let lacks_allow =
            matches!(check.effect, CheckEffect::ImplicitDeny | CheckEffect::ExplicitDeny | CheckEffect::Undetermined);
        let allows = |outcome: &&StatementOutcome| outcome.effect == Effect::Allow && outcome.matched().is_true();
        // where each of several policies must allow, those that do are not what misses
        let each = check.effect == CheckEffect::ImplicitDeny;
        let allowing: Vec<_> = check.outcomes.iter().filter(allows).map(|outcome| &outcome.policy).collect();
        if !lacks_allow || (!allowing.is_empty() && !each) {
            continue;
        }
        let lacks = |outcome: &&StatementOutcome| {
            outcome.effect == Effect::Allow && !allowing.iter().any(|policy| Arc::ptr_eq(policy, &outcome.policy))
        };
        for outcome in check.outcomes.iter().filter(lacks) {
            if let Some(far) = distance(request, outcome) {
                let statement = StatementRef::new(request, &outcome.policy, outcome.statement);
                let missed = statement.reasons.iter().filter(|reason| !reason.truth.is_true()).cloned().collect();
                ranked.push((far, NearMiss { policy_type: check.policy_type, statement, missed }));
            }
        }
    }
    ranked.sort_by_key(|(far, _)| *far);
    ranked.into_iter().map(|(_, near)| near).take(MOST).collect()
}

/// How far the statement is, in thousandths: what a condition misses is nearer than a resource, a resource than an action, and each
/// is nearer the more its best entry looks like what was asked. `None` is not near at all.
fn distance(request: &Request, outcome: &StatementOutcome) -> Option<usize> {
    let missed = |truth: Truth| usize::from(!truth.is_true());
    let (principal, action) = (missed(outcome.principal), missed(outcome.action));
    let (resource, condition) = (missed(outcome.resource), missed(outcome.condition));
    let count = principal + action + resource + condition;
    if count == 0 || count > 2 || (action == 1 && count > 1) {
        return None;
    }
    let statement = outcome.statement()?;
    // whatever misses by one element is nearer than what misses by two
    let mut far = 50 * condition + 80 * principal + 2_000 * (count - 1);
    if action == 1 {
        // another action of the same service, written out: `s3:*` would have matched, `ec2:*` is not near
        let wanted = request.action.value()?;
        let entries = statement.action.entries.iter();
        let own =
            entries.filter(|entry| !statement.action.negated && entry.pattern.service() == Some(wanted.service()));
        let unlike = own
            .map(|entry| unlikeness(&entry.text.to_ascii_lowercase(), wanted.folded(), wanted.service().len() + 1))
            .min()?;
        // a statement about this very resource was more likely meant than one about everything
        let everything =
            statement.resource.as_ref().is_some_and(|element| element.entries.iter().any(|entry| entry.value == "*"));
        far += 200 + unlike + if everything { 300 } else { 0 };
    }
    if let (1, Some(wanted)) = (resource, request.resource.value()) {
        let entries = statement.resource.iter().flat_map(|element| &element.entries);
        far += 100 + entries.map(|entry| unlikeness(&entry.value, wanted, 0)).min().unwrap_or(1_000);
    }
    Some(far)
}

/// How little two texts share at their beginnings and ends, in thousandths; `skip` bytes that both have do not count.
pub(crate) fn unlikeness(left: &str, right: &str, skip: usize) -> usize {
    let (left, right) =
        (left.as_bytes().get(skip..).unwrap_or_default(), right.as_bytes().get(skip..).unwrap_or_default());
    let start = left.iter().zip(right).take_while(|(l, r)| l == r).count();
    let rest = |text: &[u8]| text.get(start..).unwrap_or_default().iter().rev().copied().collect::<Vec<u8>>();
    let end = rest(left).iter().zip(&rest(right)).take_while(|(l, r)| l == r).count();
    1_000 - 1_000 * (start + end) / left.len().max(right.len()).max(1)
}
