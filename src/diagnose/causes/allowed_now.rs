//! `allowed-now`: the policies at hand allow the request that AWS denied.

use super::super::allowed_since::allowed_since;
use super::super::summary::Summary;
use super::cause::{Cause, Evidence};
use crate::iam::is_no_longer_asked;

pub(super) const CAUSE: Cause =
    Cause { id: "allowed-now", page: include_str!("../../../docs/causes/allowed-now.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<Summary> {
    if let Some(action) = evidence.case.request.action.value().filter(|action| is_no_longer_asked(action)) {
        return Some(Summary::NoLongerAsked { action: action.clone() });
    }
    let since = allowed_since(evidence.case, evidence.blockers)?;
    Some(Summary::AllowedNow { action: evidence.case.request.action.value().cloned(), since: Box::new(since) })
}
