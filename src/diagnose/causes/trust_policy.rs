//! `trust-policy`: the trust policy of the role does not let this principal assume it.

use super::super::summary::Summary;
use super::cause::{Cause, Evidence};
use crate::iam::PolicyType;

pub(super) const CAUSE: Cause =
    Cause { id: "trust-policy", page: include_str!("../../../docs/causes/trust-policy.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<Summary> {
    evidence.summary_of(PolicyType::RoleTrust)
}
