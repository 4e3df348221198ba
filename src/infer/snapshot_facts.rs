//! What a snapshot tells of the request that the message does not: the path of a role, tags, the organization.

use crate::iam::{Assumption, Hints, Principal, Request, Why};
use crate::snapshot::{Membership, PrincipalFound, Selection};

/// What the snapshot tells about the principal: the role's path, tags, the organization.
pub(super) fn add(request: &mut Request, selection: &Selection, hints: &Hints) {
    request.assumed.extend(selection.assumed.iter().cloned());
    request.vpc_endpoint = request.vpc_endpoint.or(selection.vpc_endpoint);
    let manages =
        |membership: &Option<Membership>| membership.as_ref().and_then(|it| it.management_account) == Some(true);
    if manages(&selection.principal_organization) {
        request.management_account = request.principal.value().and_then(Principal::account).map(str::to_owned);
    } else if manages(&selection.resource_organization) {
        request.management_account = request.resource_account.value().cloned();
    }
    let PrincipalFound::Found(facts) = &selection.principal else {
        return;
    };
    if request.role.is_none() && facts.arn.resource().starts_with("role/") {
        request.role = Some(facts.arn.clone());
    }
    if hints.context_complete {
        return;
    }
    for (tag, value) in &facts.tags {
        know(request, &format!("aws:PrincipalTag/{tag}"), value, Why::PrincipalTag);
    }
    if let Some(organization) = &selection.principal_organization {
        know(request, "aws:PrincipalOrgID", &organization.organization, Why::Organization);
        if let Some(path) = &organization.path {
            know(request, "aws:PrincipalOrgPaths", path, Why::Organization);
        }
    }
    if let Some(organization) = &selection.resource_organization {
        know(request, "aws:ResourceOrgID", &organization.organization, Why::Organization);
        if let Some(path) = &organization.path {
            know(request, "aws:ResourceOrgPaths", path, Why::Organization);
        }
    }
}

/// Sets a key that nobody has set.
fn know(request: &mut Request, key: &str, value: &str, why: Why) {
    if !request.context.says(key) {
        let values = [value.to_owned()];
        request.set_key(key, values.to_vec());
        request.assumed.push(Assumption::key(key, &values, why));
    }
}
