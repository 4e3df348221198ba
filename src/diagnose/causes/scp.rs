//! `scp`: a service control policy denies the request, or a level of the organization does not allow it.

use super::super::summary::Summary;
use super::cause::{Cause, Evidence};
use crate::iam::PolicyType;

pub(super) const CAUSE: Cause = Cause { id: "scp", page: include_str!("../../../docs/causes/scp.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<Summary> {
    evidence.summary_of(PolicyType::ServiceControl)
}
