//! `quarantine`: AWS itself cut this user off because its access key is public. An incident, not a missing permission.
//!
//! <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html>

use super::super::Case;
use super::{Cause, Evidence};
use crate::iam::{Arn, Policy};

pub(super) const CAUSE: Cause =
    Cause { id: "quarantine", page: include_str!("../../../docs/causes/quarantine.md"), explain };

/// AWS managed policies of this family carry a version at the end: V2, V3, ... and more will come.
const FAMILY: &str = "AWSCompromisedKeyQuarantine";
/// What AWS put into users as an inline policy before it had the managed ones.
const BEFORE: &str = "AWSExposedCredentialPolicy_DO_NOT_REMOVE";

fn explain(evidence: &Evidence<'_>) -> Option<String> {
    let case = evidence.case;
    if let Some(policy) = case.policies.identity.policies.iter().find(|policy| is_quarantine_policy(policy)) {
        let whom = case.request.principal.value().and_then(|principal| principal.name()).unwrap_or("this principal");
        return Some(format!("AWS has quarantined `{whom}` with {}: its access key is public", policy.name));
    }
    let arn = case.denial.reason.policy_arn.as_deref().filter(|arn| is_quarantine_arn(arn))?;
    Some(format!("AWS names its quarantine policy {arn}: the access key is public"))
}

/// Whether AWS has quarantined the principal, by the message or by the policies at hand.
#[must_use]
pub fn is_quarantine(case: &Case<'_>) -> bool {
    case.denial.reason.policy_arn.as_deref().is_some_and(is_quarantine_arn)
        || case.policies.identity.policies.iter().any(|policy| is_quarantine_policy(policy))
}

/// Whether an ARN is that of a quarantine policy, whatever its version.
#[must_use]
pub fn is_quarantine_arn(arn: &str) -> bool {
    let Ok(arn) = arn.parse::<Arn>() else {
        return false;
    };
    let name = arn.resource().strip_prefix("policy/").unwrap_or_default();
    arn.service() == "iam" && arn.account() == "aws" && is_family(name)
}

fn is_family(name: &str) -> bool {
    let Some(version) = name.strip_prefix(FAMILY) else {
        return false;
    };
    version.is_empty()
        || version.strip_prefix('V').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// By its ARN, or by its name: a copy under that name was put there for the same reason.
fn is_quarantine_policy(policy: &Policy) -> bool {
    policy.arn.as_deref().is_some_and(is_quarantine_arn) || is_family(&policy.name) || policy.name == BEFORE
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
        for arn in [
            "arn:aws:iam::111122223333:policy/AWSCompromisedKeyQuarantineV2",
            "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineVX",
            "arn:aws:iam::aws:policy/AWSDenyAll",
        ] {
            assert!(!is_quarantine_arn(arn), "{arn}");
        }
    }
}
