//! `not-enough-evidence`: nothing that was seen decides why the request was denied.

use super::super::summary::Summary;
use super::cause::{Cause, Evidence};
use crate::denial::Note;
use crate::iam::{Coverage, PolicyType};

pub(super) const CAUSE: Cause =
    Cause { id: "not-enough-evidence", page: include_str!("../../../docs/causes/not-enough-evidence.md"), explain };

#[expect(clippy::unnecessary_wraps, reason = "every cause has this signature; this one always explains")]
fn explain(evidence: &Evidence<'_>) -> Option<Summary> {
    Some(summary(evidence))
}

/// What is missing, as far as that is known.
pub(super) fn summary(evidence: &Evidence<'_>) -> Summary {
    let case = evidence.case;
    let reason = &case.denial.reason;
    let resource = case.policies.layer(PolicyType::ResourceBased);
    if case.denial.notes.contains(&Note::ThreeCases) && resource.gap().is_some() {
        return Summary::MissingOrNotAllowed { resource: case.request.resource.value().cloned() };
    }
    // a token or nobody comes with no policies of its own
    let own = &case.policies.layer(PolicyType::IdentityBased).coverage;
    let none = matches!(own, Coverage::NotApplicable(_));
    let deciding = if none { PolicyType::ResourceBased } else { PolicyType::IdentityBased };
    let layer = case.policies.layer(reason.policy_type.unwrap_or(deciding));
    Summary::NotEnoughEvidence {
        reported: reason.policy_type.map(|policy_type| (reason.effect, policy_type)),
        denied: case.says_only_that_it_is_denied(),
        principal: case.request.principal.value().cloned(),
        action: case.request.action.value().cloned(),
        resource: case.request.resource.value().cloned(),
        gap: layer.unseen_deny().cloned().map(Box::new),
    }
}
