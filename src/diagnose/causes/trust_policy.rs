//! `trust-policy`: the trust policy of the role does not let this principal assume it.

use super::{Cause, Evidence};
use crate::iam::PolicyType;

pub(super) const CAUSE: Cause =
    Cause { id: "trust-policy", page: include_str!("../../../docs/causes/trust-policy.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<String> {
    evidence.why_blocked_by(PolicyType::RoleTrust)
}
