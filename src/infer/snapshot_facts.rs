//! What a snapshot tells of the request that the message does not: the path of a role, tags, the organization.

use super::federated::assume_provider;
use crate::evaluate::{is_without_owner, tested};
use crate::iam::{
    AssumedField, AssumedValue, Assumption, ContextValue, Derived, Hints, PolicySet, Principal, PrincipalKind, Request,
    Why,
};
use crate::snapshot::{Membership, PrincipalFacts, PrincipalFound, Selection};

/// What the snapshot tells about the principal: the role's path, tags, the organization.
pub(super) fn add(request: &mut Request, selection: &Selection, hints: &Hints) {
    request.assumed.extend(selection.assumed.iter().cloned());
    assume_provider(request, selection.policies.resource.policies.iter().map(std::convert::AsRef::as_ref));
    request.vpc_endpoint = request.vpc_endpoint.or(selection.vpc_endpoint);
    let manages =
        |membership: &Option<Membership>| membership.as_ref().and_then(|it| it.management_account) == Some(true);
    if manages(&selection.principal_organization) {
        request.management_account = request.principal.value().and_then(Principal::account).map(str::to_owned);
    } else if manages(&selection.resource_organization) {
        request.management_account = request.resource_account.value().cloned();
    }
    if !hints.context_complete {
        without_organization(request, selection);
    }
    let PrincipalFound::Found(facts) = &selection.principal else {
        return;
    };
    if request.role.is_none() && facts.arn.resource().starts_with("role/") {
        request.role = Some(facts.arn.clone());
    }
    request.permission_set = request.permission_set.take().or_else(|| facts.permission_set.clone());
    if hints.context_complete {
        return;
    }
    unique_id(request, facts, &selection.policies);
    for (tag, value) in &facts.tags {
        know(request, &format!("aws:PrincipalTag/{tag}"), value, Why::PrincipalTag);
    }
    if let Some(organization) = &selection.principal_organization {
        know(request, "aws:PrincipalOrgID", &organization.organization, Why::Organization);
        if let Some(path) = &organization.path {
            know(request, "aws:PrincipalOrgPaths", path, Why::Organization);
        }
    }
    let owned = !request.action.value().is_some_and(is_without_owner);
    if let Some(organization) = selection.resource_organization.as_ref().filter(|_| owned) {
        know(request, "aws:ResourceOrgID", &organization.organization, Why::Organization);
        if let Some(path) = &organization.path {
            know(request, "aws:ResourceOrgPaths", path, Why::Organization);
        }
    }
}

/// The keys of an organization, where policies test them and the account is in none.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalorgid>
fn without_organization(request: &mut Request, selection: &Selection) {
    let tested = tested(&selection.policies);
    let keys = [
        (selection.principal_in_no_organization, ["aws:principalorgid", "aws:principalorgpaths"]),
        (selection.resource_in_no_organization, ["aws:resourceorgid", "aws:resourceorgpaths"]),
    ];
    for shown in keys.iter().filter(|(none, _)| *none).flat_map(|(_, keys)| keys).filter_map(|key| tested.get(*key)) {
        if !request.context.says(shown) {
            request.context.set(shown, ContextValue::Absent);
            request.assumed.push(Assumption {
                field: AssumedField::ContextKey((*shown).to_owned()),
                value: AssumedValue::Absent,
                why: Why::Derived(Derived::NoOrganization),
            });
        }
    }
}

/// The unique id of a user; of a session that of the role, with the session's name.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable>
fn unique_id(request: &mut Request, facts: &PrincipalFacts, policies: &PolicySet) {
    let (Some(id), Some(principal)) = (&facts.unique_id, request.principal.value()) else { return };
    let value = match (principal.kind(), principal.session()) {
        (PrincipalKind::User, _) => id.clone(),
        (PrincipalKind::AssumedRole, Some(session)) => format!("{id}:{session}"),
        _ => return,
    };
    if let Some(shown) = tested(policies).get("aws:userid") {
        know(request, shown, &value, Why::Derived(Derived::UniqueId));
    }
}

/// Sets a key that nobody has set.
pub(super) fn know(request: &mut Request, key: &str, value: &str, why: Why) {
    if !request.context.says(key) {
        let values = [value.to_owned()];
        request.set_key(key, values.to_vec());
        request.assumed.push(Assumption::key(key, &values, why));
    }
}
