//! The cause of a denial in one sentence.

use super::blocker::{asked, why};
use super::{denial, element};
use crate::diagnose::Summary;
use crate::iam::PolicyType;

/// What the cause means in this case.
#[must_use]
pub fn summary(summary: &Summary) -> String {
    match summary {
        Summary::OtherFailure(failure) => format!("this is not an IAM denial: {}", denial::failure(*failure)),
        Summary::Quarantined { principal, policy } => format!(
            "AWS has quarantined `{}` with {policy}: its access key is public",
            principal.as_deref().unwrap_or("this principal")
        ),
        Summary::QuarantineReported { policy_arn } => {
            format!("AWS names its quarantine policy {policy_arn}: the access key is public")
        }
        Summary::QuarantineAttached => {
            "a quarantine policy is attached, although its document is not at hand: the access key is public".to_owned()
        }
        Summary::QuarantineUndone { user } => format!(
            "{} is quarantined: its access key is public, and this action is how containment is undone",
            user.as_deref().unwrap_or("the user")
        ),
        Summary::Blocked(blocker) => why(blocker),
        Summary::ConditionNotMet { statement, reason, action } => format!(
            "{} of `{}` would allow {}, but its condition does not hold: {}",
            statement.label(),
            statement.policy.name,
            asked(action.as_ref()),
            element::reason(reason)
        ),
        Summary::AllowedNow { action } => format!("the policies at hand allow {}", asked(action.as_ref())),
        Summary::NotEnoughEvidence { reported, gap } => {
            let reported = reported.map(PolicyType::with_article);
            let gap = gap.as_ref().map(|gap| super::gap_reason(&gap.reason));
            match (reported, gap) {
                (Some(reported), Some(gap)) => format!("AWS blames {reported}, which is not at hand: {gap}"),
                (Some(reported), None) => format!("AWS blames {reported}; the policies at hand do not decide it"),
                (None, Some(gap)) => format!("the policies that decide are not at hand: {gap}"),
                (None, None) => "what is at hand does not decide why the request was denied".to_owned(),
            }
        }
    }
}
