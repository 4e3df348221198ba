//! `not-enough-evidence`: what is at hand does not decide why the request was denied.

use super::super::summary::Summary;
use super::cause::{Cause, Evidence};
use crate::iam::PolicyType;

pub(super) const CAUSE: Cause =
    Cause { id: "not-enough-evidence", page: include_str!("../../../docs/causes/not-enough-evidence.md"), explain };

#[expect(clippy::unnecessary_wraps, reason = "every cause has this signature; this one always explains")]
fn explain(evidence: &Evidence<'_>) -> Option<Summary> {
    Some(summary(evidence))
}

/// What is missing, as far as that is known.
pub(super) fn summary(evidence: &Evidence<'_>) -> Summary {
    let reported = evidence.case.denial.reason.policy_type;
    let policies = &evidence.case.policies;
    // a policy that was given, or of which there is none by an option, is no longer missing
    let layer = match reported {
        Some(PolicyType::ResourceBased | PolicyType::RoleTrust) => &policies.resource,
        Some(PolicyType::PermissionsBoundary) => &policies.boundary,
        Some(PolicyType::Session) => &policies.session,
        Some(PolicyType::VpcEndpoint) => &policies.vpc_endpoint,
        _ => &policies.identity,
    };
    let gap = policies.identity.coverage.gap().filter(|_| layer.coverage.gap().is_some());
    Summary::NotEnoughEvidence { reported, gap: gap.cloned().map(Box::new) }
}
