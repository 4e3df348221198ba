//! `not-enough-evidence`: what is at hand does not decide why the request was denied.

use super::{Cause, Evidence};
use crate::iam::PolicyType;

pub(super) const CAUSE: Cause =
    Cause { id: "not-enough-evidence", page: include_str!("../../../docs/causes/not-enough-evidence.md"), explain };

pub(super) const SUMMARY: &str = "what is at hand does not decide why the request was denied";

#[expect(clippy::unnecessary_wraps, reason = "every cause has this signature; this one always explains")]
fn explain(evidence: &Evidence<'_>) -> Option<String> {
    let reason = &evidence.case.denial.reason;
    let named = reason.policy_type.map(PolicyType::with_article);
    let policies = &evidence.case.policies;
    // a policy that was given, or of which there is none by an option, is no longer missing
    let layer = match reason.policy_type {
        Some(PolicyType::ResourceBased | PolicyType::RoleTrust) => &policies.resource,
        Some(PolicyType::PermissionsBoundary) => &policies.boundary,
        Some(PolicyType::Session) => &policies.session,
        Some(PolicyType::VpcEndpoint) => &policies.vpc_endpoint,
        _ => &policies.identity,
    };
    let gap = policies.identity.coverage.gap().filter(|_| layer.coverage.gap().is_some());
    Some(match (named, gap) {
        (Some(named), Some(gap)) => format!("AWS blames {named}, which is not at hand: {}", gap.why),
        (Some(named), None) => format!("AWS blames {named}; the policies at hand do not decide it"),
        (None, Some(gap)) => format!("the policies that decide are not at hand: {}", gap.why),
        (None, None) => SUMMARY.to_owned(),
    })
}
