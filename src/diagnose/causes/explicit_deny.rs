//! `explicit-deny`: a Deny in a policy of the user, its groups or the role matches the request.

use super::super::summary::Summary;
use super::cause::{Cause, Evidence};
use crate::iam::PolicyType;

pub(super) const CAUSE: Cause =
    Cause { id: "explicit-deny", page: include_str!("../../../docs/causes/explicit-deny.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<Summary> {
    evidence.blocked_by(PolicyType::IdentityBased).filter(|blocker| blocker.is_explicit())?;
    evidence.summary_of(PolicyType::IdentityBased)
}
