//! Whether AWS's words and the policies at hand tell the same story, and how sure that makes the answer.

use serde::{Deserialize, Serialize};

use super::DenialContext;
use super::blocker::Blocker;
use crate::denial::ReasonEffect;
use crate::evaluate::Decision;
use crate::iam::{Coverage, PolicyType};

/// What the answer rests on, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
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

/// The contradictions, each a sentence.
pub(super) fn disagreements(case: &DenialContext<'_>, blockers: &[Blocker]) -> Vec<String> {
    let reason = &case.denial.reason;
    let Some(named) = reason.policy_type else {
        return allowed_but_denied(case);
    };
    if blockers.iter().any(|blocker| is_named(case, blocker)) {
        return Vec::new();
    }
    let seen = match named {
        PolicyType::ServiceControl => seen_levels(case, PolicyType::ServiceControl),
        PolicyType::ResourceControl => seen_levels(case, PolicyType::ResourceControl),
        PolicyType::IdentityBased => &case.policies.identity.coverage,
        PolicyType::PermissionsBoundary => &case.policies.boundary.coverage,
        PolicyType::Session => &case.policies.session.coverage,
        PolicyType::VpcEndpoint => &case.policies.vpc_endpoint.coverage,
        PolicyType::ResourceBased | PolicyType::RoleTrust => &case.policies.resource.coverage,
    };
    // what was not seen cannot contradict
    if seen.gap().is_some() {
        return Vec::new();
    }
    let undecided = case.evaluation.checks.iter().any(|check| {
        check.policy_type.normalized() == named.normalized()
            && check.effect == crate::evaluate::CheckEffect::Undetermined
    });
    if undecided {
        return Vec::new();
    }
    let what = match (reason.effect, &reason.policy_arn) {
        (ReasonEffect::ExplicitDeny, Some(arn)) => {
            format!("an explicit deny in {arn}; no statement of the policies at hand that stands there denies this")
        }
        (ReasonEffect::ExplicitDeny, None) => {
            format!("an explicit deny in {}; none of the given ones denies this", named.with_article())
        }
        _ => format!("that no {named} allows this; one of the given ones does, or none is needed"),
    };
    vec![format!(
        "AWS reported {what}. The policies have changed since, are not all here, or belong to another principal."
    )]
}

fn seen_levels<'a>(case: &'a DenialContext<'_>, policy_type: PolicyType) -> &'a Coverage {
    let hierarchy = if policy_type == PolicyType::ServiceControl {
        &case.policies.service_control
    } else {
        &case.policies.resource_control
    };
    &hierarchy.coverage
}

fn allowed_but_denied(case: &DenialContext<'_>) -> Vec<String> {
    if case.evaluation.decision != Decision::Allowed {
        return Vec::new();
    }
    vec!["AWS denied the request, but the policies at hand allow it: they have changed since, or something that is not here blocks it.".to_owned()]
}
