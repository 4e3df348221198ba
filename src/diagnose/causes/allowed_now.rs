//! `allowed-now`: the policies at hand allow the request that AWS denied.

use super::super::summary::Summary;
use super::cause::{Cause, Evidence};
use crate::evaluate::Decision;

pub(super) const CAUSE: Cause =
    Cause { id: "allowed-now", page: include_str!("../../../docs/causes/allowed-now.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<Summary> {
    (evidence.case.evaluation.decision == Decision::Allowed)
        .then(|| Summary::AllowedNow { action: evidence.case.request.action.value().cloned() })
}
