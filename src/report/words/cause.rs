//! The cause of a denial in one sentence.

use super::blocker::{asked, why};
use super::gap::gap_reason;
use super::principal::entity;
use super::{denial, element, statement};
use crate::denial::ReasonEffect;
use crate::diagnose::Summary;
use crate::iam::{PolicyType, Principal};

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
            "a quarantine policy is attached, although its document was not seen: the access key is public".to_owned()
        }
        Summary::QuarantineUndone { user } => format!(
            "{} is quarantined: its access key is public, and this action is how containment is undone",
            user.as_deref().unwrap_or("the user")
        ),
        Summary::Blocked(blocker) => why(blocker),
        Summary::ConditionNotMet { statement, reason, action } => format!(
            "{} of `{}` would allow {}, but its condition does not hold: {}",
            statement::name(&statement.name()),
            statement.policy.name,
            asked(action.as_ref()),
            element::reason(reason)
        ),
        Summary::AllowedNow { action } => format!("these policies allow {}", asked(action.as_ref())),
        Summary::NotEnoughEvidence { reported: None, gap: Some(gap), .. } => {
            format!("the policies that decide were not seen: {}", gap_reason(&gap.reason))
        }
        Summary::NotEnoughEvidence { reported: None, gap: None, .. } => {
            "these policies do not show why the request was denied".to_owned()
        }
        Summary::NotEnoughEvidence { reported: Some((effect, policy_type)), principal, gap } => {
            let of = owner(*policy_type, principal.as_ref());
            let (claim, unseen, undecided) = match effect {
                ReasonEffect::ExplicitDeny => (
                    format!("AWS says {}{of} denies this", policy_type.with_article()),
                    "it was not seen",
                    "these policies do not show which statement",
                ),
                ReasonEffect::ImplicitDeny => (
                    format!("AWS says no {policy_type}{of} allows this"),
                    "none was seen",
                    "these policies do not decide it",
                ),
                ReasonEffect::Unknown => (
                    format!("AWS names {}{of}", policy_type.with_article()),
                    "it was not seen",
                    "these policies do not decide it",
                ),
            };
            match gap {
                Some(gap) => format!("{claim}, and {unseen}: {}", gap_reason(&gap.reason)),
                None => format!("{claim}; {undecided}"),
            }
        }
    }
}

/// Whose policy it is, for the types that a user or a role has.
fn owner(policy_type: PolicyType, principal: Option<&Principal>) -> String {
    let entity = principal.filter(|_| policy_type.row().is_of_principal).and_then(entity);
    entity.map_or_else(String::new, |entity| format!(" of {entity}"))
}

#[cfg(test)]
mod tests {
    use super::summary;
    use crate::denial::ReasonEffect;
    use crate::diagnose::Summary;
    use crate::iam::{Gap, PolicyType, Principal, Subject, Unseen};

    #[test]
    fn what_aws_said_stands_with_why_the_policy_was_not_seen() {
        let said = |effect, policy_type, seen| {
            let gap = Gap::new(Subject::Caller, Unseen::NoSnapshot);
            let principal = Some(Principal::new("arn:aws:sts::111122223333:assumed-role/app/session"));
            let gap = if seen { None } else { Some(Box::new(gap)) };
            summary(&Summary::NotEnoughEvidence { reported: Some((effect, policy_type)), principal, gap })
        };
        assert_eq!(
            [
                said(ReasonEffect::ImplicitDeny, PolicyType::IdentityBased, false),
                said(ReasonEffect::ExplicitDeny, PolicyType::ResourceBased, false),
                said(ReasonEffect::ExplicitDeny, PolicyType::PermissionsBoundary, true),
                said(ReasonEffect::ImplicitDeny, PolicyType::Session, true),
                said(ReasonEffect::Unknown, PolicyType::ServiceControl, true),
            ],
            [
                "AWS says no identity-based policy of role `app` allows this, and none was seen: no snapshot was given",
                "AWS says a resource-based policy denies this, and it was not seen: no snapshot was given",
                "AWS says a permissions boundary of role `app` denies this; these policies do not show which statement",
                "AWS says no session policy allows this; these policies do not decide it",
                "AWS names a service control policy; these policies do not decide it",
            ]
        );
    }
}
