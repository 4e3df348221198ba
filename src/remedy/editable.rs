//! Whether a policy can be edited, and whether that concerns others than the caller.

use crate::iam::{Policy, PolicyOrigin, PolicyType, Severity};

/// Whether a policy can be edited by the account: AWS's own cannot, nor can what AWS would not save again.
pub(super) fn is_editable(policy: &Policy) -> bool {
    policy.origin != PolicyOrigin::AwsManaged && !is_no_longer_saved(policy)
}

/// Whether AWS follows the document and would yet not save it, changed or not.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_policies.html>
pub(super) fn is_no_longer_saved(policy: &Policy) -> bool {
    policy.document.problems.iter().any(|problem| problem.fault.severity() == Severity::NoLongerSaved)
}

/// Whether a policy binds more principals than the one that was denied.
pub(super) fn affects_other_principals(policy: &Policy) -> bool {
    let group = policy.attached_to.iter().any(|arn| arn.contains(":group/"));
    match (policy.policy_type, policy.origin) {
        (PolicyType::Session, origin) => origin == PolicyOrigin::CustomerManaged,
        (PolicyType::IdentityBased, PolicyOrigin::Inline) => group,
        _ => true,
    }
}
