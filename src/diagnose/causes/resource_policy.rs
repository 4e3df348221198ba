//! `resource-policy`: the policy of the resource denies the request, or does not allow it where it must.

use super::super::summary::Summary;
use super::cause::{Cause, Evidence};
use crate::iam::PolicyType;

pub(super) const CAUSE: Cause =
    Cause { id: "resource-policy", page: include_str!("../../../docs/causes/resource-policy.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<Summary> {
    evidence.summary_of(PolicyType::ResourceBased)
}
