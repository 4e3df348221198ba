//! How a policy of a resource names the caller in a Principal element.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use super::principal_arn::principal_arn;
use crate::iam::{Principal, PrincipalKind, Request, names_accounts, service_linked_role};

/// The ARN to name, and what that takes for granted.
pub(super) struct Grantee {
    /// The user, or the role behind a session.
    pub(super) arn: String,
    /// The name of its role, where that is taken to have no path.
    pub(super) without_path: Option<String>,
}

/// Whether the policy of the resource names whole accounts, and no caller alone.
pub(super) fn names_account(request: &Request) -> bool {
    request.resource.value().is_some_and(|resource| names_accounts(resource))
}

/// The caller as a Principal; a session's ARN has no path, so its role is taken to have none where nothing tells.
pub(super) fn grantee(request: &Request) -> Option<Grantee> {
    if names_account(request) {
        let caller = request.principal.value()?;
        let arn = format!("arn:{}:iam::{}:root", caller.partition()?, caller.account()?);
        return Some(Grantee { arn, without_path: None });
    }
    let session = request.principal.value().filter(|principal| principal.kind() == PrincipalKind::AssumedRole);
    // an ARN that is not of the session's role names somebody else
    let is_own = |arn: &String| {
        let given = Principal::new(arn);
        session.is_none_or(|session| {
            given.kind() == PrincipalKind::Role
                && (given.account(), given.name()) == (session.account(), session.name())
        })
    };
    if let Some(arn) = principal_arn(request).filter(is_own) {
        return Some(Grantee { arn, without_path: None });
    }
    let session = session.filter(|session| !session.hides_name())?;
    // a service-linked role always has a path, which names its service
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-friendly-names>
    if session.is_service_linked_role() {
        return service_linked_role(session).map(|arn| Grantee { arn, without_path: None });
    }
    // roles of IAM Identity Center always have a path, which names a Region
    if session.permission_set().is_some() {
        return None;
    }
    let (account, role) = (session.account()?, session.name()?);
    let arn = format!("arn:{}:iam::{account}:role/{role}", session.partition()?);
    Some(Grantee { arn, without_path: Some(role.to_owned()) })
}
