//! What `aws:PrincipalArn` is for a request.

use crate::iam::{Arn, Request};

/// The value of `aws:PrincipalArn` for the request: the user, or the role with its path.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn>
pub(super) fn principal_arn(request: &Request) -> Option<String> {
    use crate::iam::PrincipalKind::{AssumedRole, Role, Root, User};
    let principal = request.principal.value()?;
    match principal.kind() {
        User | Root | Role => principal.as_str().parse::<Arn>().ok().map(|arn| arn.to_string()),
        AssumedRole => match (&request.role, request.context.told("aws:PrincipalArn").single()) {
            (Some(role), _) => Some(role.to_string()),
            // a session's own ARN does not tell the path of its role, so that only whoever gives it knows
            (None, Some(given)) => given.parse::<Arn>().ok().map(|arn| arn.to_string()),
            (None, None) => None,
        },
        _ => None,
    }
}
