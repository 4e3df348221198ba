//! Everything that blocks a request: each Deny that matches, and each layer that would still not allow it without them.

use std::sync::Arc;

use super::context::DenialContext;
use crate::aws_evidence::Recorded;
use crate::deduce::{Basis, KeyFact};
use crate::evaluate::{Check, CheckEffect, ElementReason, Evaluation, evaluate, reasons};
use crate::iam::{
    Action, Document, Effect, Policy, PolicySet, PolicyType, Request, Statement, StatementName, WithinAccount,
    within_account,
};

/// One thing that blocks the request by itself.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Blocker {
    /// The type of policy.
    pub policy_type: PolicyType,
    /// The statement that denies; `None` when an allow is missing, or only AWS's record tells of the statement.
    pub statement: Option<StatementRef>,
    /// Whether a Deny statement matches.
    pub explicit: bool,
    /// For SCPs and RCPs: the root, unit or account; for a missing allow in a boundary: the boundary's name.
    pub target: Option<String>,
    /// The policies of the layer in which an allow is missing.
    pub searched: Vec<Arc<Policy>>,
    /// Why it blocks.
    pub why: BlockerWhy,
    /// Whether it blocks whatever is not known, or what else that rests on.
    pub basis: Basis,
    /// What the request carried if this blocked it, where nobody told.
    pub implies: Vec<KeyFact>,
}

/// Why something blocks the request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BlockerWhy {
    /// A Deny statement matches: [`Blocker::statement`].
    Denied,
    /// No policy of the type allows the request.
    NoAllow {
        /// What was asked.
        action: Option<Action>,
        /// Whether a Deny matches too, so that the allow is missing even without it.
        also_denied: bool,
    },
    /// Each of several policies of the type must allow the request, and one does not.
    NotAllAllow {
        /// What was asked.
        action: Option<Action>,
    },
    /// AWS's own record of the request says so, and no policy that was seen does.
    Recorded(Recorded),
}

impl BlockerWhy {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::NoAllow { also_denied: false, .. } => "no-allow",
            Self::NoAllow { also_denied: true, .. } => "no-allow-and-denied",
            Self::NotAllAllow { .. } => "not-all-allow",
            Self::Recorded(recorded) if recorded.explicit => "recorded-deny",
            Self::Recorded(_) => "recorded-missing-allow",
        }
    }
}

/// A statement that plays a part, with the reasons of each element.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StatementRef {
    /// The policy.
    pub policy: Arc<Policy>,
    /// The statement's index in its document.
    pub index: usize,
    /// Why each element covers the request or does not.
    pub reasons: Vec<ElementReason>,
}

impl StatementRef {
    /// Names the statement and asks the evaluator why.
    #[must_use]
    pub fn new(request: &Request, policy: &Arc<Policy>, index: usize) -> Self {
        let reasons = policy.document.statements.get(index).map(|statement| reasons(request, policy, statement));
        Self { policy: Arc::clone(policy), index, reasons: reasons.unwrap_or_default() }
    }

    /// The statement.
    #[must_use]
    pub fn statement(&self) -> Option<&Statement> {
        self.policy.document.statements.get(self.index)
    }

    /// By what a person finds the statement.
    #[must_use]
    pub fn name(&self) -> StatementName {
        let sid = self.statement().and_then(|statement| statement.sid.as_ref());
        StatementName::new(sid.map(|sid| sid.value.as_str()), self.index)
    }
}

impl Blocker {
    /// Whether a Deny statement matches.
    #[must_use]
    pub const fn is_explicit(&self) -> bool {
        self.explicit
    }
}

/// All blockers: explicit denies first in AWS's order, then the allows that would be missing even without them.
#[must_use]
pub fn blockers(request: &Request, policies: &PolicySet, evaluation: &Evaluation) -> Vec<Blocker> {
    let mut found = Vec::new();
    for check in evaluation.checks.iter().filter(|check| check.effect == CheckEffect::ExplicitDeny) {
        for outcome in &check.outcomes {
            if outcome.effect == Effect::Deny && outcome.matched().is_true() {
                let statement = StatementRef::new(request, &outcome.policy, outcome.statement);
                found.push(Blocker {
                    policy_type: check.policy_type,
                    statement: Some(statement),
                    explicit: true,
                    target: check.target.clone(),
                    searched: Vec::new(),
                    why: BlockerWhy::Denied,
                    basis: Basis::Evaluated,
                    implies: Vec::new(),
                });
            }
        }
    }
    let also_denied = !found.is_empty();
    let rest = if also_denied { Some(evaluate(request, &without_denies(policies, &found))) } else { None };
    found.extend(missing_allows(request, rest.as_ref().unwrap_or(evaluation), also_denied));
    found
}

/// The blockers that follow only from what AWS said, after those that need nothing else.
pub(super) fn deduced(case: &DenialContext<'_>, evaluated: &[Blocker]) -> Vec<Blocker> {
    let DenialContext { request, policies, deduction, .. } = *case;
    let mut found: Vec<Blocker> = Vec::new();
    for deny in &deduction.denies {
        found.push(Blocker {
            policy_type: deny.policy_type,
            statement: Some(StatementRef::new(request, &deny.policy, deny.statement)),
            explicit: true,
            target: deny.target.clone(),
            searched: Vec::new(),
            why: BlockerWhy::Denied,
            basis: deny.basis,
            implies: deny.implies.clone(),
        });
    }
    if !found.is_empty() {
        // an allow that is missing even without the Deny was hidden by it
        let rest = evaluate(request, &without_denies(policies, &found));
        let known = |blocker: &Blocker| {
            evaluated.iter().any(|own| own.policy_type == blocker.policy_type && own.target == blocker.target)
        };
        found.extend(missing_allows(request, &rest, true).filter(|blocker| !known(blocker)));
    }
    for missing in &deduction.missing_allows {
        let same = |policy_type: PolicyType| policy_type.normalized() == missing.policy_type.normalized();
        if evaluated.iter().any(|own| !own.explicit && same(own.policy_type)) {
            continue;
        }
        let mut checks = case.evaluation.checks.iter().filter(|check| same(check.policy_type));
        let check = checks.find(|check| check.target == missing.target);
        found.extend(check.map(|check| Blocker {
            basis: missing.basis,
            implies: missing.implies.clone(),
            ..lacking(request, check, false)
        }));
    }
    found
}

/// The layers that lack an allow.
fn missing_allows<'e>(
    request: &'e Request,
    evaluation: &'e Evaluation,
    also_denied: bool,
) -> impl Iterator<Item = Blocker> + 'e {
    let lacks = evaluation.checks.iter().filter(|check| check.effect == CheckEffect::ImplicitDeny);
    lacks.map(move |check| lacking(request, check, also_denied))
}

/// An allow is missing in this layer.
fn lacking(request: &Request, check: &Check, also_denied: bool) -> Blocker {
    let mut searched: Vec<Arc<Policy>> = Vec::new();
    for outcome in &check.outcomes {
        if !searched.iter().any(|policy| policy.name == outcome.policy.name && policy.arn == outcome.policy.arn) {
            searched.push(Arc::clone(&outcome.policy));
        }
    }
    Blocker {
        policy_type: check.policy_type,
        statement: None,
        explicit: false,
        why: missing_allow(request, check.policy_type, also_denied),
        target: check.target.clone(),
        searched,
        basis: Basis::Evaluated,
        implies: Vec::new(),
    }
}

fn missing_allow(request: &Request, policy_type: PolicyType, also_denied: bool) -> BlockerWhy {
    let action = request.action.value().cloned();
    let both = action.as_ref().and_then(|action| within_account(action, None)) == Some(WithinAccount::Both);
    if both && policy_type == PolicyType::ResourceBased {
        return BlockerWhy::NotAllAllow { action };
    }
    BlockerWhy::NoAllow { action, also_denied }
}

/// The same policies as if the statements that deny did not exist.
fn without_denies(policies: &PolicySet, found: &[Blocker]) -> PolicySet {
    policies.map_policies(&|policy| {
        let denied: Vec<usize> = found
            .iter()
            .filter_map(|blocker| blocker.statement.as_ref())
            .filter(|statement| Arc::ptr_eq(&statement.policy, policy))
            .map(|statement| statement.index)
            .collect();
        if denied.is_empty() {
            return Arc::clone(policy);
        }
        let kept = policy.document.statements.iter().filter(|statement| !denied.contains(&statement.index));
        let statements = kept.cloned().collect();
        let document = Document { statements, ..Document::clone(&policy.document) };
        Arc::new(Policy { document: Arc::new(document), ..Policy::clone(policy) })
    })
}
