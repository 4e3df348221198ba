//! `condition-not-met`: a statement would allow the request if its condition held.

use super::super::summary::Summary;
use super::cause::{Cause, Evidence};
use crate::iam::{Element, PolicyType};

pub(super) const CAUSE: Cause =
    Cause { id: "condition-not-met", page: include_str!("../../../docs/causes/condition-not-met.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<Summary> {
    evidence.blocked_by(PolicyType::IdentityBased)?;
    let near = evidence.near_misses.iter().find(|near| near.policy_type == PolicyType::IdentityBased)?;
    if near.only_element() != Some(Element::Condition) {
        return None;
    }
    Some(Summary::ConditionNotMet {
        statement: Box::new(near.statement.clone()),
        reason: Box::new(near.missed.first()?.clone()),
        action: evidence.case.request.action.value().cloned(),
    })
}
