//! `allowed-now`: the policies at hand allow the request that AWS denied.

use super::super::summary::Summary;
use super::cause::{Cause, Evidence};
use crate::evaluate::Decision;
use crate::iam::is_no_longer_asked;

pub(super) const CAUSE: Cause =
    Cause { id: "allowed-now", page: include_str!("../../../docs/causes/allowed-now.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<Summary> {
    if let Some(action) = evidence.case.request.action.value().filter(|action| is_no_longer_asked(action)) {
        return Some(Summary::NoLongerAsked { action: action.clone() });
    }
    (evidence.case.evaluation.decision == Decision::Allowed)
        .then(|| Summary::AllowedNow { action: evidence.case.request.action.value().cloned() })
}
