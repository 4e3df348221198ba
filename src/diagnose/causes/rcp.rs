//! `rcp`: a resource control policy of the organization that owns the resource denies the request.

use super::super::summary::Summary;
use super::cause::{Cause, Evidence};
use crate::iam::PolicyType;

pub(super) const CAUSE: Cause = Cause { id: "rcp", page: include_str!("../../../docs/causes/rcp.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<Summary> {
    evidence.summary_of(PolicyType::ResourceControl)
}
