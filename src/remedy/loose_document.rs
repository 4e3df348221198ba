//! Whose a document is that came without its owner, as far as the request tells.

use super::Edit;
use crate::iam::{Arn, ContextValue, Policy, PolicyType, Request, policy_carrier};

/// Attaches a loose document to its owner, where the request tells: a resource's policy is that of the resource, a trust policy that of
/// the role, an endpoint's that of the endpoint it came through.
pub(super) fn attach(edit: Edit, request: &Request) -> Edit {
    if !edit.after.attached_to.is_empty() {
        return edit;
    }
    let owner = match edit.policy_type {
        PolicyType::ResourceBased => request
            .resource
            .value()
            .and_then(|resource| resource.parse::<Arn>().ok())
            .and_then(|arn| policy_carrier(&arn)),
        PolicyType::RoleTrust => request.resource.value().filter(|role| role.contains(":role/")).cloned(),
        PolicyType::VpcEndpoint => match request.context.told("aws:SourceVpce") {
            ContextValue::Present { values, .. } => values.first().cloned(),
            ContextValue::Absent | ContextValue::Unknown => None,
        },
        _ => None,
    };
    let Some(owner) = owner.filter(|owner| !owner.contains(['*', '?'])) else {
        return edit;
    };
    let after = Policy { attached_to: vec![owner], ..Policy::clone(&edit.after) };
    Edit { after: after.into(), ..edit }
}
