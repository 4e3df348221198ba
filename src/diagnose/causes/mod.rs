//! The causes of denials, in order of precedence: one file, one page and one folder of cases each, all of the same name.

mod allowed_now;
mod block_public_access;
mod cause;
mod condition_not_met;
mod explicit_deny;
mod no_matching_allow;
mod not_enough_evidence;
mod other_failure;
mod permissions_boundary;
mod quarantine;
mod rcp;
mod resource_policy;
mod scp;
mod service_role;
mod session_policy;
mod trust_policy;
mod vpc_endpoint;

use super::summary::Summary;

pub use cause::Cause;
pub(super) use cause::Evidence;
pub use quarantine::{holds_quarantine, is_quarantine, target_quarantined};

/// All causes; the first that explains the case is the cause.
pub const CAUSES: &[Cause] = &[
    other_failure::CAUSE,
    quarantine::CAUSE,
    explicit_deny::CAUSE,
    block_public_access::CAUSE,
    service_role::CAUSE,
    condition_not_met::CAUSE,
    no_matching_allow::CAUSE,
    permissions_boundary::CAUSE,
    scp::CAUSE,
    rcp::CAUSE,
    session_policy::CAUSE,
    resource_policy::CAUSE,
    trust_policy::CAUSE,
    vpc_endpoint::CAUSE,
    allowed_now::CAUSE,
    not_enough_evidence::CAUSE,
];

/// The cause, and what it means in this case.
pub(super) fn find(evidence: &Evidence<'_>) -> (&'static Cause, Summary) {
    let found = CAUSES.iter().find_map(|cause| (cause.explain)(evidence).map(|summary| (cause, summary)));
    found.unwrap_or((&not_enough_evidence::CAUSE, not_enough_evidence::summary(evidence)))
}
