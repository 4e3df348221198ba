//! `permissions-boundary`: the permissions boundary of the user or role denies the request or does not allow it.

use super::super::summary::Summary;
use super::cause::{Cause, Evidence};
use crate::iam::PolicyType;

pub(super) const CAUSE: Cause =
    Cause { id: "permissions-boundary", page: include_str!("../../../docs/causes/permissions-boundary.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<Summary> {
    evidence.summary_of(PolicyType::PermissionsBoundary)
}
