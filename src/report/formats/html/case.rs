//! What the layers, the request and the documents of a page are made from: a diagnosis, or a simulated request.

use crate::diagnose::{Blocker, NearMiss};
use crate::evaluate::Evaluation;
use crate::iam::{PolicySet, PolicyType, Request};
use crate::report::Report;
use crate::report::sections::subject;

/// A request, the policies that apply to it, and what they say.
pub(super) struct Case<'a> {
    pub(super) request: &'a Request,
    /// What was asked, where the request does not tell it.
    pub(super) subject: Option<String>,
    pub(super) policies: &'a PolicySet,
    pub(super) evaluation: &'a Evaluation,
    pub(super) blockers: &'a [Blocker],
    pub(super) near_misses: &'a [NearMiss],
    /// The type of policy that AWS named.
    pub(super) named: Option<PolicyType>,
}

impl<'a> Case<'a> {
    /// The case of a diagnosis.
    pub(super) fn of(report: &'a Report) -> Self {
        Self {
            request: &report.request,
            subject: Some(subject(&report.denial)),
            policies: &report.policies,
            evaluation: &report.evaluation,
            blockers: &report.diagnosis.blockers,
            near_misses: &report.diagnosis.near_misses,
            named: report.denial.reason.policy_type,
        }
    }
}
