//! Whether what AWS said and what the policies say agree, and how sure that makes the answer.

use serde::{Deserialize, Serialize};

use super::blocker::{Blocker, StatementRef};
use super::context::DenialContext;
use super::disagreement::Disagreement;
use super::disagreement_reason::{is_kept_by_aws, reasons};
use super::named::is_named;
use super::unknown_action::unknown_action;
use crate::aws_evidence::SimulationResult;
use crate::deduce::Contradiction;
use crate::denial::ReasonEffect;
use crate::evaluate::{Check, CheckEffect, Decision, Truth};
use crate::iam::{Effect, is_no_longer_asked};

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
///
/// What AWS recorded is about the policies as they were: where the statement that denied has changed since, it does not speak for them.
pub(super) fn confidence(case: &DenialContext<'_>, blockers: &[Blocker], changed: bool) -> Confidence {
    let named = case.denial.reason.policy_type.is_some();
    let confirmed = named && blockers.iter().any(|blocker| is_named(case, blocker));
    let recorded = case.answers.record.as_ref().is_some_and(|record| record.denials().next().is_some());
    // the simulator may be asked about policies that have changed, so what AWS said of the request itself comes first
    let simulated =
        case.answers.simulated(case.request).filter(|result| settles(case, result)).map(|result| result.decision);
    // a text that was edited or damaged reports nothing, and what was asked by it was perhaps never asked
    let damaged = !case.denial.damage.is_empty();
    match case.evaluation.decision {
        _ if damaged && !case.unconfirmed().is_empty() => Confidence::Unknown,
        Decision::Undetermined if damaged => Confidence::Unknown,
        _ if damaged => Confidence::Inferred,
        _ if recorded && changed => Confidence::Reported,
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

/// Whether the simulator's answer holds whatever is not known. It tells of values that it did not have, but not of those of SCPs; and where
/// it finds no Allow, a policy of the resource that was not seen may have one.
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html>
fn settles(case: &DenialContext<'_>, result: &SimulationResult) -> bool {
    let open = case.evaluation.decision == Decision::Undetermined;
    let by_organization = open && result.allowed_by_organization == Some(false);
    let no_allow = open && result.decision == Decision::ImplicitDeny;
    let unseen = case.policies.resource.coverage.gap().is_some();
    result.missing_context.is_empty() && !by_organization && !(no_allow && unseen)
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
    // the summary says why AWS denied it then
    if case.request.action.value().is_some_and(is_no_longer_asked) {
        return None;
    }
    let reason = &case.denial.reason;
    let Some(named) = reason.policy_type else {
        let allowed = case.evaluation.decision == Decision::Allowed;
        return allowed.then(|| Disagreement::AllowedNow { reasons: reasons(case) });
    };
    if let Some(Contradiction::Denied { policy, statement, policy_type }) = &case.deduction.contradiction {
        return Some(Disagreement::DenyFound {
            policy_type: named,
            of: *policy_type,
            statement: Box::new(StatementRef::new(case.request, policy, *statement)),
            reasons: reasons(case),
        });
    }
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
    // what was not seen cannot contradict, nor what may be so
    if is_kept_by_aws(case.policies.layer(named).coverage) {
        return None;
    }
    if case.deduction.contradiction.is_none() && (case.policies.layer(named).unseen_deny().is_some() || undecided) {
        return None;
    }
    let reasons = reasons(case);
    Some(match reason.effect {
        ReasonEffect::ExplicitDeny => {
            Disagreement::NoSuchDeny { policy_type: named, policy_arn: reason.policy_arn.clone(), reasons }
        }
        _ => Disagreement::AllowFound { policy_type: named, reasons },
    })
}
