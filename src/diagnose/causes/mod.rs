//! The causes of denials, in order of precedence: one file, one page and one folder of cases each, all of the same name.

mod allowed_now;
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
mod session_policy;
mod trust_policy;
mod vpc_endpoint;

use super::agreement::is_named;
use super::blocker::Blocker;
use super::{DenialContext, NearMiss};
use crate::iam::PolicyType;

pub use quarantine::{is_quarantine, is_quarantine_arn, is_quarantine_policy};

/// A cause: what `finding` names, and the page about it.
#[derive(Debug)]
pub struct Cause {
    /// The stable id, also the name of its page and of its folder of cases.
    pub id: &'static str,
    /// The page, as `iamdx cause ID` prints it.
    pub page: &'static str,
    /// Says what it means in this case, if it is the cause.
    explain: fn(&Evidence<'_>) -> Option<String>,
}

impl Cause {
    /// The first sentence of its page.
    #[must_use]
    pub fn summary(&self) -> &'static str {
        self.page.lines().find(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or(self.id)
    }
}

/// All causes; the first that explains the case is the cause.
pub const CAUSES: &[Cause] = &[
    other_failure::CAUSE,
    quarantine::CAUSE,
    explicit_deny::CAUSE,
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

/// What a cause is found by.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    case: &'a DenialContext<'a>,
    near_misses: &'a [NearMiss],
    /// The blocker that AWS named, or the first.
    primary: Option<&'a Blocker>,
}

impl<'a> Evidence<'a> {
    pub(super) fn new(case: &'a DenialContext<'a>, blockers: &'a [Blocker], near_misses: &'a [NearMiss]) -> Self {
        let primary = blockers.iter().find(|blocker| is_named(case, blocker)).or_else(|| blockers.first());
        Self { case, near_misses, primary }
    }

    /// The primary blocker, if it is of this type.
    fn blocked_by(&self, policy_type: PolicyType) -> Option<&'a Blocker> {
        self.primary.filter(|blocker| blocker.policy_type == policy_type)
    }

    /// The primary blocker's own sentence, if it is of this type.
    fn why_blocked_by(&self, policy_type: PolicyType) -> Option<String> {
        self.blocked_by(policy_type).map(|blocker| blocker.why.clone())
    }

    fn action(&self) -> String {
        self.case.request.action.value().map_or_else(|| "the action".to_owned(), ToString::to_string)
    }
}

/// The cause and its sentence.
pub(super) fn find(evidence: &Evidence<'_>) -> (&'static Cause, String) {
    let found = CAUSES.iter().find_map(|cause| (cause.explain)(evidence).map(|summary| (cause, summary)));
    found.unwrap_or((&not_enough_evidence::CAUSE, not_enough_evidence::SUMMARY.to_owned()))
}
