//! `condition-not-met`: a statement would allow the request if its condition held.

use super::{Cause, Evidence};
use crate::iam::{Element, PolicyType};

pub(super) const CAUSE: Cause =
    Cause { id: "condition-not-met", page: include_str!("../../../docs/causes/condition-not-met.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<String> {
    evidence.blocked_by(PolicyType::IdentityBased)?;
    let near = evidence.near_misses.iter().find(|near| near.policy_type == PolicyType::IdentityBased)?;
    if near.only_element() != Some(Element::Condition) {
        return None;
    }
    let why = near.missed.first().map(crate::report::words::element::reason).unwrap_or_default();
    Some(format!(
        "{} of `{}` would allow {}, but its condition does not hold: {why}",
        near.statement.label(),
        near.statement.policy.name,
        evidence.action()
    ))
}
