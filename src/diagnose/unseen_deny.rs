//! What to look for first where AWS reports an explicit deny in an identity-based policy, and no policy that was seen denies.

use super::blocker::Blocker;
use super::causes::is_quarantine;
use super::context::DenialContext;
use super::hypothesis::{Hypothesis, HypothesisEvidence, HypothesisKind, Likelihood};
use crate::denial::ReasonEffect;
use crate::iam::{Effect, PolicyType, PrincipalKind};

/// What the quarantine policies deny since October 2024, beyond what an ordinary administrator's Deny would name.
/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html>
const QUARANTINED_BEDROCK: [&str; 5] = [
    "bedrock:createfoundationmodelagreement",
    "bedrock:createmodelinvocationjob",
    "bedrock:invokemodel",
    "bedrock:invokemodelwithresponsestream",
    "bedrock:putfoundationmodelentitlement",
];

/// The causes that fit an explicit deny in an identity-based policy that was not seen.
pub(super) fn unseen_deny(case: &DenialContext<'_>, blockers: &[Blocker]) -> Vec<Hypothesis> {
    let reason = &case.denial.reason;
    let reported = reason.effect == ReasonEffect::ExplicitDeny && reason.policy_type == Some(PolicyType::IdentityBased);
    let found =
        blockers.iter().any(|blocker| blocker.is_explicit() && blocker.policy_type == PolicyType::IdentityBased);
    let checks = case.evaluation.checks.iter().filter(|check| check.policy_type == PolicyType::IdentityBased);
    let mut denies = checks.flat_map(|check| &check.outcomes).filter(|outcome| outcome.effect == Effect::Deny);
    // a Deny that was seen and may match comes before one that nobody knows of
    if !reported || found || denies.any(|outcome| !outcome.matched().is_false()) || is_quarantine(case) {
        return Vec::new();
    }
    let seen = case.policies.identity.coverage.gap().is_none();
    let evidence = || if seen { HypothesisEvidence::NewerThanSeen } else { HypothesisEvidence::WordingFits };
    let action = case.denial.action.as_ref();
    let user = case.denial.principal.as_ref().is_some_and(|principal| principal.kind() == PrincipalKind::User);
    let mut all = Vec::new();
    let quarantinable = action.is_some_and(|action| QUARANTINED_BEDROCK.contains(&action.folded()));
    if user && quarantinable && reason.policy_arn.is_none() {
        let mut evidence = vec![HypothesisEvidence::QuarantineDenies(action.cloned())];
        evidence.extend(case.secret_seen.then_some(HypothesisEvidence::CredentialsInText));
        evidence.push(HypothesisEvidence::QuarantinedKeyWorks);
        let likelihood = if case.secret_seen { Likelihood::Likely } else { Likelihood::Possible };
        all.push(Hypothesis { likelihood, kind: HypothesisKind::Quarantine, evidence });
    }
    let fits = |kind| Hypothesis { likelihood: Likelihood::Possible, kind, evidence: vec![evidence()] };
    all.push(fits(HypothesisKind::AttachedDeny { user }));
    all.push(fits(HypothesisKind::BudgetsAction));
    all
}
