//! The cause of a denial in one sentence.

use super::blocker::{asked, why};
use super::gap::gap_reason;
use super::list::all_of;
use super::principal::entity;
use super::request::resource_noun;
use super::{denial, element, next_step, public_access, statement};
use crate::denial::ReasonEffect;
use crate::diagnose::{AllowedSince, Blocker, Summary};
use crate::evaluate::Truth;
use crate::iam::{Action, Arn, Gap, PolicyType, Principal, is_federated_call};

/// What the cause means in this case.
#[must_use]
pub fn summary(summary: &Summary) -> String {
    match summary {
        Summary::OtherFailure(_, Some(model)) if next_step::is_of_iam(*model) => next_step::failure(*model).to_owned(),
        Summary::OtherFailure(_, Some(model)) => format!("this is not an IAM denial: {}", next_step::failure(*model)),
        Summary::OtherFailure(failure, None) if denial::is_of_iam(*failure) => denial::failure(*failure).to_owned(),
        Summary::OtherFailure(failure, None) => format!("this is not an IAM denial: {}", denial::failure(*failure)),
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
        Summary::PublicAccessBlocked(refusal) => public_access::refusal(refusal),
        Summary::Blocked { blocker, others: 0 } => why(blocker),
        Summary::Blocked { blocker, others: 1 } => format!("{}; or one other {} did", why(blocker), candidate(blocker)),
        Summary::Blocked { blocker, others } => {
            format!("{}; or one of {others} other {}s did", why(blocker), candidate(blocker))
        }
        Summary::ConditionNotMet { statement, reason, action } if reason.truth == Truth::Unknown => format!(
            "{} of `{}` would allow {}, but as AWS denied it, its condition did not hold: {}",
            statement::name(&statement.name()),
            statement.policy.name,
            asked(action.as_ref()),
            element::reason(reason)
        ),
        Summary::ConditionNotMet { statement, reason, action } => format!(
            "{} of `{}` would allow {}, but its condition does not hold: {}",
            statement::name(&statement.name()),
            statement.policy.name,
            asked(action.as_ref()),
            element::reason(reason)
        ),
        Summary::RoleOfService { role, principal, actions } => {
            let names: Vec<&str> = actions.iter().map(Action::as_str).collect();
            let role = denial::role_of_service(*role, principal.as_ref().and_then(entity));
            format!("{role} needs {}, and lacks at least one of them", all_of(&names))
        }
        Summary::NoLongerAsked { action } => {
            format!("AWS no longer asks policies about {action}: no statement allows or denies it any more")
        }
        Summary::AllowedNow { action, since } => allowed_since(action.as_ref(), since),
        Summary::MissingOrNotAllowed { resource } => {
            let noun = resource.as_ref().map_or("resource", |resource| resource_noun(resource));
            let arn = resource.as_ref().and_then(|resource| resource.parse::<Arn>().ok());
            let region = arn.map(|arn| arn.region().to_owned()).filter(|region| !region.is_empty());
            let there = region.map_or_else(|| "there".to_owned(), |region| format!("in {region}"));
            format!(
                "AWS names three possibilities: this {noun} does not exist {there}, its policy does not allow it, or its policy denies it"
            )
        }
        Summary::NotEnoughEvidence { reported: None, denied: true, action, resource, gap, .. } => {
            denied(&what(action.as_ref(), resource.as_deref()), gap.as_deref())
        }
        Summary::NotEnoughEvidence { reported: None, gap: Some(gap), action, .. } => {
            if action.as_ref().is_some_and(is_federated_call) {
                return "AWS does not say why: the trust policy of the role decides, and it was not seen".to_owned();
            }
            if gap.reason.is_nothing_given() {
                return "AWS does not say which policy".to_owned();
            }
            format!("the policies that decide were not seen: {}", gap_reason(&gap.reason))
        }
        Summary::NotEnoughEvidence { reported: None, gap: None, .. } => {
            "these policies do not show why the request was denied".to_owned()
        }
        Summary::NotEnoughEvidence {
            reported: Some((effect, policy_type)), principal, action, resource, gap, ..
        } => {
            let (of, what) = (owner(*policy_type, principal.as_ref()), what(action.as_ref(), resource.as_deref()));
            let (claim, unseen, undecided) = match effect {
                ReasonEffect::ExplicitDeny => (
                    format!("AWS says {}{of} denies {what}", policy_type.with_article()),
                    "it was not seen",
                    "these policies do not show which statement",
                ),
                ReasonEffect::ImplicitDeny => (
                    format!("AWS says no {policy_type}{of} allows {what}"),
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
                // that nobody gave any policies, the reader knows
                Some(gap) if gap.reason.is_nothing_given() => claim,
                Some(gap) => format!("{claim}, and {unseen}: {}", gap_reason(&gap.reason)),
                None => format!("{claim}; {undecided}"),
            }
        }
    }
}

/// That AWS denied it by a Deny in a policy that it did not name.
fn denied(what: &str, gap: Option<&Gap>) -> String {
    let claim = format!("AWS says an explicit deny blocks {what}, and not in which policy");
    match gap {
        Some(gap) if gap.reason.is_nothing_given() => claim,
        Some(gap) => format!("{claim}, and the policies were not all seen: {}", gap_reason(&gap.reason)),
        None => format!("{claim}; no Deny that was seen matches"),
    }
}

/// What was asked, on what kind of thing: the report has their names already.
fn what(action: Option<&Action>, resource: Option<&str>) -> String {
    match (action, resource) {
        (Some(action), Some(resource)) if resource != "*" => format!("{action} on this {}", resource_noun(resource)),
        (Some(action), _) => action.to_string(),
        (None, _) => "this".to_owned(),
    }
}

/// By what the request is allowed, and since when.
fn allowed_since(action: Option<&Action>, since: &AllowedSince) -> String {
    let action = asked(action);
    let by = since.by.as_ref().map(|by| format!("{} of `{}`", statement::name(&by.name()), by.policy.name));
    let unless = if since.unseen.is_empty() { "" } else { "; what was not checked may still block it" };
    match (&since.read_at, by) {
        (Some(_), Some(by)) => format!("{by} allows {action} now, and AWS's word is from before{unless}"),
        (Some(_), None) => format!("{action} is allowed now, and AWS's word is from before{unless}"),
        (None, Some(by)) => format!("{by} allows {action}, but AWS denied it"),
        (None, None) => format!("these policies allow {action}, but AWS denied it"),
    }
}

/// What may have blocked the request instead.
const fn candidate(blocker: &Blocker) -> &'static str {
    if blocker.is_explicit() { "statement" } else { "level" }
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
    fn what_aws_said_stands_first_and_why_a_policy_was_not_seen_only_where_some_were_given() {
        let said = |effect, policy_type, seen| {
            let gap = Gap::new(Subject::Caller, Unseen::NoSnapshot);
            let principal = Some(Principal::new("arn:aws:sts::111122223333:assumed-role/app/session"));
            let gap = if seen { None } else { Some(Box::new(gap)) };
            let action = "s3:GetObject".parse().ok();
            let resource = Some("arn:aws:s3:::reports".to_owned());
            let reported = Some((effect, policy_type));
            summary(&Summary::NotEnoughEvidence { reported, denied: false, principal, action, resource, gap })
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
                "AWS says no identity-based policy of role `app` allows s3:GetObject on this bucket",
                "AWS says a resource-based policy denies s3:GetObject on this bucket",
                "AWS says a permissions boundary of role `app` denies s3:GetObject on this bucket; these policies do not show which \
                 statement",
                "AWS says no session policy allows s3:GetObject on this bucket; these policies do not decide it",
                "AWS names a service control policy; these policies do not decide it",
            ]
        );
    }
}
