//! Whether what AWS said and what the policies say agree, and how sure that makes the answer.

use serde::{Deserialize, Serialize};

use super::blocker::Blocker;
use super::context::DenialContext;
use super::disagreement::Disagreement;
use super::unknown_action::unknown_action;
use crate::denial::ReasonEffect;
use crate::evaluate::{Check, CheckEffect, Decision, Truth};
use crate::iam::Effect;

/// What the answer rests on, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// AWS's own record of this request.
    Verified,
    /// AWS's message names the policy type, and the policies at hand agree or are silent.
    Reported,
    /// AWS's simulator says so.
    Simulated,
    /// Only the evaluation of the policies at hand says so.
    Inferred,
    /// Nothing decides.
    Unknown,
}

/// How sure the answer is.
pub(super) fn confidence(case: &DenialContext<'_>, blockers: &[Blocker]) -> Confidence {
    let named = case.denial.reason.policy_type.is_some();
    let confirmed = named && blockers.iter().any(|blocker| is_named(case, blocker));
    let recorded = case.answers.record.as_ref().is_some_and(|record| record.denials().next().is_some());
    // the simulator may be asked about policies that have changed, so what AWS said of the request itself comes first
    let simulated = case.answers.simulated(case.request).map(|result| result.decision);
    // a text that was edited or damaged reports nothing, and what was asked by it was perhaps never asked
    let damaged = !case.denial.damage.is_empty();
    match case.evaluation.decision {
        _ if damaged && !case.unconfirmed().is_empty() => Confidence::Unknown,
        Decision::Undetermined if damaged => Confidence::Unknown,
        _ if damaged => Confidence::Inferred,
        _ if recorded => Confidence::Verified,
        _ if confirmed => Confidence::Reported,
        Decision::Undetermined if named => Confidence::Reported,
        Decision::Undetermined if simulated.is_some_and(|decision| decision != Decision::Allowed) => {
            Confidence::Simulated
        }
        own if simulated == Some(own) => Confidence::Simulated,
        Decision::Undetermined => Confidence::Unknown,
        _ => Confidence::Inferred,
    }
}

/// Whether the blocker is of the type and effect that the message names.
pub(super) fn is_named(case: &DenialContext<'_>, blocker: &Blocker) -> bool {
    let reason = &case.denial.reason;
    let effect = match reason.effect {
        ReasonEffect::ExplicitDeny => blocker.is_explicit(),
        ReasonEffect::ImplicitDeny => !blocker.is_explicit(),
        ReasonEffect::Unknown => true,
    };
    let same_arn = match (&reason.policy_arn, &blocker.statement) {
        (Some(arn), Some(statement)) => statement.policy.arn.as_ref().is_none_or(|own| own == arn),
        _ => true,
    };
    effect && same_arn && reason.policy_type.is_some_and(|named| named.normalized() == blocker.policy_type.normalized())
}

/// The contradictions between what AWS said, what exists and what the policies say.
pub(super) fn disagreements(case: &DenialContext<'_>, blockers: &[Blocker]) -> Vec<Disagreement> {
    let no_such_action = case.request.action.value().and_then(|action| {
        let what = unknown_action(action, case.reference)?;
        Some(Disagreement::NoSuchAction { action: action.to_string(), what })
    });
    no_such_action.into_iter().chain(with_policies(case, blockers)).collect()
}

/// What AWS said that the policies do not say.
fn with_policies(case: &DenialContext<'_>, blockers: &[Blocker]) -> Option<Disagreement> {
    let reason = &case.denial.reason;
    let Some(named) = reason.policy_type else {
        return (case.evaluation.decision == Decision::Allowed).then_some(Disagreement::AllowedNow);
    };
    if blockers.iter().any(|blocker| is_named(case, blocker)) {
        return None;
    }
    let explicit = reason.effect == ReasonEffect::ExplicitDeny;
    let mut own = case.evaluation.checks.iter().filter(|check| check.policy_type.normalized() == named.normalized());
    // of a Deny only the statements decide that deny
    let may_deny = |check: &Check| {
        check.outcomes.iter().any(|outcome| outcome.effect == Effect::Deny && outcome.matched() == Truth::Unknown)
    };
    let undecided = own.any(|check| if explicit { may_deny(check) } else { check.effect == CheckEffect::Undetermined });
    // what was not seen cannot contradict
    if case.policies.layer(named).gap().is_some() || undecided {
        return None;
    }
    Some(match reason.effect {
        ReasonEffect::ExplicitDeny => {
            Disagreement::NoSuchDeny { policy_type: named, policy_arn: reason.policy_arn.clone() }
        }
        _ => Disagreement::AllowFound { policy_type: named },
    })
}
