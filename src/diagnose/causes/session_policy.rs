//! `session-policy`: the policy that was passed when the session was made denies the request or does not allow it.

use super::super::summary::Summary;
use super::cause::{Cause, Evidence};
use crate::iam::PolicyType;

pub(super) const CAUSE: Cause =
    Cause { id: "session-policy", page: include_str!("../../../docs/causes/session-policy.md"), explain };

fn explain(evidence: &Evidence<'_>) -> Option<Summary> {
    evidence.summary_of(PolicyType::Session)
}
