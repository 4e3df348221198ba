//! `allowed-now`: the policies at hand allow the request that AWS denied.

use super::{Cause, Evidence};
use crate::evaluate::Decision;

pub(super) const CAUSE: Cause =
    Cause { id: "allowed-now", page: include_str!("../../../docs/causes/allowed-now.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<String> {
    (evidence.case.evaluation.decision == Decision::Allowed)
        .then(|| format!("the policies at hand allow {}", evidence.action()))
}
