//! Causes that fit the text when the policies are not at hand: what to look for first, and why.

use serde::{Deserialize, Serialize};

use super::DenialContext;
use super::blocker::Blocker;
use super::causes::is_quarantine;
use crate::denial::ReasonEffect;
use crate::iam::{PolicyType, PrincipalKind};

/// How well a cause fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Likelihood {
    /// More likely than everything else together.
    Likely,
    /// Fits.
    Possible,
}

/// A cause that fits, and the evidence for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hypothesis {
    /// How well it fits.
    pub likelihood: Likelihood,
    /// What it is.
    pub what: String,
    /// What speaks for it.
    pub why: Vec<String>,
}

/// What the quarantine policies deny since October 2024, beyond what an ordinary administrator's Deny would name.
/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html>
const QUARANTINED_BEDROCK: [&str; 5] = [
    "bedrock:createfoundationmodelagreement",
    "bedrock:createmodelinvocationjob",
    "bedrock:invokemodel",
    "bedrock:invokemodelwithresponsestream",
    "bedrock:putfoundationmodelentitlement",
];

/// The hypotheses behind an explicit deny in an identity-based policy that was not found in the policies at hand.
pub(super) fn hypotheses(case: &DenialContext<'_>, blockers: &[Blocker]) -> Vec<Hypothesis> {
    let reason = &case.denial.reason;
    let reported = reason.effect == ReasonEffect::ExplicitDeny && reason.policy_type == Some(PolicyType::IdentityBased);
    let found =
        blockers.iter().any(|blocker| blocker.is_explicit() && blocker.policy_type == PolicyType::IdentityBased);
    if !reported || found || is_quarantine(case) {
        return Vec::new();
    }
    let action = case.denial.action.as_ref();
    let user = case.denial.principal.as_ref().is_some_and(|principal| principal.kind() == PrincipalKind::User);
    let mut all = Vec::new();
    let quarantinable = action.is_some_and(|action| QUARANTINED_BEDROCK.contains(&action.folded()));
    if user && quarantinable && reason.policy_arn.is_none() {
        let mut why = vec![format!(
            "AWS's quarantine policies deny {} on every resource",
            action.map_or("it", |action| action.as_str())
        )];
        if case.secret_seen {
            why.push(
                "credentials stand in the same text: a key that was shown may be known to AWS as leaked".to_owned(),
            );
        }
        why.push("a quarantined key still authenticates, so working credentials do not speak against it".to_owned());
        all.push(Hypothesis {
            likelihood: if case.secret_seen { Likelihood::Likely } else { Likelihood::Possible },
            what: "AWS has quarantined this user (AWSCompromisedKeyQuarantine, any version) because its key leaked"
                .to_owned(),
            why,
        });
    }
    let on = if user { "the user or one of its groups" } else { "the role" };
    all.push(Hypothesis {
        likelihood: Likelihood::Possible,
        what: format!("a Deny that an administrator attached to {on}, perhaps with a condition"),
        why: vec!["the wording fits; the policies are not at hand".to_owned()],
    });
    all.push(Hypothesis {
        likelihood: Likelihood::Possible,
        what: "an AWS Budgets action attached a Deny when a cost limit was reached".to_owned(),
        why: vec!["the wording fits; the policies are not at hand".to_owned()],
    });
    all
}
