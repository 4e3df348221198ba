//! `no-matching-allow`: nothing denies the request, and no identity-based policy allows it.

use super::super::summary::Summary;
use super::cause::{Cause, Evidence};
use crate::iam::PolicyType;

pub(super) const CAUSE: Cause =
    Cause { id: "no-matching-allow", page: include_str!("../../../docs/causes/no-matching-allow.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<Summary> {
    evidence.summary_of(PolicyType::IdentityBased)
}
