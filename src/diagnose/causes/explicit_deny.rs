//! `explicit-deny`: a Deny in a policy of the user, its groups or the role matches the request.

use super::{Cause, Evidence};
use crate::iam::PolicyType;

pub(super) const CAUSE: Cause =
    Cause { id: "explicit-deny", page: include_str!("../../../docs/causes/explicit-deny.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<String> {
    evidence
        .blocked_by(PolicyType::IdentityBased)
        .filter(|blocker| blocker.is_explicit())
        .map(|blocker| blocker.why.clone())
}
