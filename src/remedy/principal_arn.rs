//! What `aws:PrincipalArn` is for a request.

use crate::iam::{Arn, ContextValue, Principal, Request};

/// The value of `aws:PrincipalArn` for the request: the user, or the role with its path.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn>
pub(super) fn principal_arn(request: &Request) -> Option<String> {
    use crate::iam::PrincipalKind::{AssumedRole, Role, Root, User};
    // what stands for a name would be compared as one, and `*` as every one
    let principal = request.principal.value().filter(|principal| !principal.hides_name())?;
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

/// Whom an exception leaves out, by `aws:PrincipalArn`.
#[derive(Debug, Clone)]
pub(super) struct Spared {
    /// The ARN, as far as it is known.
    pub(super) shown: String,
    /// The values of the key, or the patterns, that are this principal's and nobody else's.
    pub(super) values: Vec<String>,
}

/// How an exception names the principal of the request: by its ARN, or where nothing tells the path of its role by every path.
pub(super) fn spared(request: &Request) -> Option<Spared> {
    if let Some(arn) = principal_arn(request) {
        return Some(Spared { values: vec![arn.clone()], shown: arn });
    }
    if request.principal.value().is_some_and(Principal::hides_name) {
        return None;
    }
    let unknown = *request.context.get("aws:PrincipalArn") == ContextValue::Unknown;
    let role = request.context.session_role().filter(|_| unknown)?;
    Some(Spared { shown: role.shown(), values: role.patterns() })
}
