//! How a resource is written in a statement.

use crate::iam::{Field, Principal, Request, Why};

/// The entry of Resource that covers this resource of the request and nothing else: what stands in a name is neither a variable nor a
/// wildcard. Where AWS wrote a pattern, that is all that can be written; an action without resources needs `*`.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars>
pub(super) fn resource_entry(request: &Request, resource: &str) -> String {
    if matches!(&request.resource, Field::Assumed(own, Why::WithoutResources) if own == resource) {
        return "*".to_owned();
    }
    if resource == "*" || pattern_of_aws(request) == Some(resource) {
        return resource.to_owned();
    }
    if let Some(sessions) = all_sessions(resource) {
        return sessions;
    }
    let escape = |character: char| match character {
        '*' | '?' => format!("${{{character}}}"),
        other => other.to_string(),
    };
    resource.split("${").map(|part| part.chars().map(escape).collect::<String>()).collect::<Vec<_>>().join("${$}{")
}

/// Every session of the role whose session this is: its name is another one the next time.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns>
pub(super) fn all_sessions(resource: &str) -> Option<String> {
    let session = Principal::new(resource);
    let role = session.session().and(session.name())?;
    let end = resource.find(&format!(":assumed-role/{role}/"))? + ":assumed-role/".len() + role.len() + 1;
    Some(format!("{}*", resource.get(..end)?))
}

/// The pattern that AWS wrote as the resource, or `*` where the call names none.
pub(super) fn pattern_of_aws(request: &Request) -> Option<&str> {
    match &request.resource {
        Field::Assumed(resource, Why::PatternOfAws | Why::NamesNone) => Some(resource),
        _ => None,
    }
}

/// Whether only a pattern of the resource is known; one that AWS wrote is as known as can be.
pub(super) fn is_pattern(request: &Request) -> bool {
    match &request.resource {
        Field::Assumed(resource, why) => {
            resource != "*" && resource.contains(['*', '?']) && !why.is_checked_as_written()
        }
        _ => false,
    }
}
