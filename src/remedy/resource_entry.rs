//! How a resource is written in a statement.

use crate::iam::{Field, Request};
use crate::infer::has_no_name_yet;

/// The entry of Resource that covers this resource and nothing else: what stands in a name is neither a variable nor a wildcard. What the
/// call is about to make has no name yet, so that its pattern is all that can be written.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars>
pub(super) fn resource_entry(resource: &str) -> String {
    if resource == "*" || has_no_name_yet(resource) {
        return resource.to_owned();
    }
    let escape = |character: char| match character {
        '*' | '?' => format!("${{{character}}}"),
        other => other.to_string(),
    };
    resource.split("${").map(|part| part.chars().map(escape).collect::<String>()).collect::<Vec<_>>().join("${$}{")
}

/// Whether only a pattern of the resource is known; AWS itself writes `type/*` for what does not exist yet, which is as known as can be.
pub(super) fn is_pattern(request: &Request) -> bool {
    matches!(&request.resource, Field::Assumed(resource, _) if resource != "*" && resource.contains(['*', '?']))
}
