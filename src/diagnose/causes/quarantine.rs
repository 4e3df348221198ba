//! `quarantine`: AWS itself cut this user off because its access key is public. An incident, not a missing permission.
//!
//! <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html>

use super::super::context::DenialContext;
use super::super::summary::Summary;
use super::cause::{Cause, Evidence};
use crate::denial::ends_policy;
use crate::iam::{Arn, ContextValue, Effect, Policy, Principal, PrincipalKind, Request, Subject};
use crate::snapshot::{Snapshot, select};

pub(super) const CAUSE: Cause =
    Cause { id: "quarantine", page: include_str!("../../../docs/causes/quarantine.md"), explain };

/// AWS managed policies of this family carry a version at the end: V2, V3, ... and more will come.
const FAMILY: &str = "AWSCompromisedKeyQuarantine";
/// What AWS put into users as an inline policy before it had the managed ones.
const BEFORE: &str = "AWSExposedCredentialPolicy_DO_NOT_REMOVE";

fn explain(evidence: &Evidence<'_>) -> Option<Summary> {
    let case = evidence.case;
    if let Some(policy) = case.policies.policies().find(|policy| is_quarantine_policy(policy)) {
        let principal = case.request.principal.value().and_then(|principal| principal.name()).map(str::to_owned);
        return Some(Summary::Quarantined { principal, policy: policy.name.clone() });
    }
    if let Some(arn) = case.denial.reason.policy_arn.as_deref().filter(|arn| is_quarantine_arn(arn)) {
        return Some(Summary::QuarantineReported { policy_arn: arn.to_owned() });
    }
    if case.gaps.iter().any(|gap| is_quarantine_subject(&gap.subject)) {
        return Some(Summary::QuarantineAttached);
    }
    is_undone(case).then(|| Summary::QuarantineUndone { user: case.request.resource.value().cloned() })
}

/// Whether the request would undo the quarantine of a user, who has it by the policies at hand or by what the request itself names.
fn is_undone(case: &DenialContext<'_>) -> bool {
    case.target_quarantined || case.denial.undoes.is_some() || takes_off(case.request)
}

/// Whether a request would take a quarantine policy off somebody, or make another of it, by the policy that it names.
fn takes_off(request: &Request) -> bool {
    let names = || match request.context.get("iam:PolicyARN") {
        ContextValue::Present { values, .. } => values.iter().any(|arn| is_quarantine_arn(arn)),
        ContextValue::Absent | ContextValue::Unknown => false,
    };
    request.action.value().is_some_and(ends_policy) && names()
}

/// Whether AWS has quarantined the principal, by the message or by the policies at hand.
#[must_use]
pub fn is_quarantine(case: &DenialContext<'_>) -> bool {
    case.denial.reason.policy_arn.as_deref().is_some_and(is_quarantine_arn)
        || case.policies.policies().any(|policy| is_quarantine_policy(policy))
        // attached, but its document is not in the file: the attachment is the evidence
        || case.gaps.iter().any(|gap| is_quarantine_subject(&gap.subject))
        || is_undone(case)
}

/// What takes a quarantined user's keys away, which is what the incident asks for.
const CONTAINS: [&str; 4] = ["iam:updateaccesskey", "iam:deleteaccesskey", "iam:deleteuser", "iam:deleteloginprofile"];
/// How the names of actions begin that change nothing.
const READS: [&str; 4] = ["get", "list", "simulate", "generate"];

/// Whether the request would undo the quarantine of another user: an IAM change of a user to whom the policy is attached.
#[must_use]
pub fn target_quarantined(request: &Request, snapshot: &Snapshot) -> bool {
    let (Some(action), Some(resource)) = (request.action.value(), request.resource.value()) else {
        return false;
    };
    let target = Principal::new(resource);
    let name = action.folded().split_once(':').map_or("", |(_, name)| name);
    let harmless = CONTAINS.contains(&action.folded()) || READS.iter().any(|verb| name.starts_with(verb));
    action.service() == "iam"
        && !harmless
        && target.kind() == PrincipalKind::User
        && holds_quarantine(&Request::new(target, action.clone(), "*"), snapshot)
}

/// Whether the principal of a request has a quarantine policy, whether or not its document is at hand.
#[must_use]
pub fn holds_quarantine(request: &Request, snapshot: &Snapshot) -> bool {
    let selection = select(snapshot, request);
    selection.policies.identity.policies.iter().any(|policy| is_quarantine_policy(policy))
        || selection.gaps.iter().any(|gap| is_quarantine_subject(&gap.subject))
}

/// Whether an ARN is that of a quarantine policy, whatever its version; a copy under the name was made for the same reason.
fn is_quarantine_arn(arn: &str) -> bool {
    arn.parse::<Arn>()
        .is_ok_and(|arn| arn.service() == "iam" && arn.resource().starts_with("policy/") && is_family(arn.resource()))
}

/// Whether the name (the last part of a path, an ending or a suffix does not matter) is of the family.
fn is_family(name: &str) -> bool {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_ascii_lowercase();
    name.starts_with(&FAMILY.to_ascii_lowercase()) || name.starts_with(&BEFORE.to_ascii_lowercase())
}

/// Whether what was not seen is a policy of the family: that it is attached is the evidence.
fn is_quarantine_subject(subject: &Subject) -> bool {
    subject.parts().any(|part| match part {
        Subject::Policy { name, arn, .. } => is_family(name) || arn.as_deref().is_some_and(is_quarantine_arn),
        Subject::Collected(_, of) => is_family(of),
        _ => false,
    })
}

/// What a thief does first, and what every version denies on everything and without a condition: one of each row together is hardly
/// what anybody else denies to one user.
const FINGERPRINT: [&[&str]; 5] = [
    &["iam:createaccesskey"],
    &["iam:attachuserpolicy"],
    &["iam:createuser"],
    &["ec2:requestspotinstances", "ec2:runinstances"],
    &["lambda:createfunction", "organizations:createaccount"],
];

/// By its ARN, by its name, or by what it says: a copy was put there for the same reason.
fn is_quarantine_policy(policy: &Policy) -> bool {
    let says_so = policy.document.statements.iter().any(|statement| {
        let entries = &statement.action.entries;
        let named = |row: &&[&str]| {
            entries.iter().any(|entry| row.iter().any(|wanted| entry.text.eq_ignore_ascii_case(wanted)))
        };
        statement.effect == Effect::Deny
            && !statement.action.negated
            && statement.conditions.is_empty()
            && FINGERPRINT.iter().all(named)
    });
    policy.arn.as_deref().is_some_and(is_quarantine_arn) || is_family(&policy.name) || says_so
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_family_counts_whatever_the_version() {
        for version in ["", "V2", "V3", "V4", "V17"] {
            assert!(
                is_quarantine_arn(&format!("arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantine{version}")),
                "{version}"
            );
        }
        for copy in ["q/AWSCompromisedKeyQuarantineV2.json", "awscompromisedkeyquarantinev3-copy", BEFORE] {
            assert!(is_family(copy), "{copy}");
        }
        assert!(is_quarantine_arn("arn:aws:iam::111122223333:policy/AWSCompromisedKeyQuarantineV2"));
        assert!(!is_quarantine_arn("arn:aws:iam::aws:policy/AWSDenyAll"));
    }
}
