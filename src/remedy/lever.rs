//! What changes the value of a condition key in a request: by the table of keys, and where that has no row, by what AWS lists.

use crate::iam::{Action, ConditionKey, Lever, Request};
use crate::reference::{AccessLevel, Reference};

/// What changes the value of a key in this request.
pub(super) fn lever(key: &str, request: &Request, reference: &Reference) -> Option<Lever> {
    let action = request.action.value();
    let row = ConditionKey::of(key, action).map(|row| row.lever);
    row.or_else(|| action.is_some_and(|action| is_likely_parameter(key, action, reference)).then_some(Lever::Likely))
}

/// How the names of actions begin that make something: what is a property of the thing is a parameter of such a call.
const MAKES: [&str; 10] =
    ["allocate", "copy", "create", "import", "launch", "register", "request", "restore", "run", "start"];

/// Whether a key of the service itself that has no row is likely set by a parameter of the call: the call makes or changes something, and
/// AWS does not list the key for what is there already. A tag, and where a call comes from, are none.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
pub(super) fn is_likely_parameter(key: &str, action: &Action, reference: &Reference) -> bool {
    let folded = key.to_ascii_lowercase();
    let Some((service, name)) = folded.split_once(':') else { return false };
    let of_call = !name.contains("tag") && !name.starts_with("resource") && !name.starts_with("source");
    let Some(facts) = reference.action(action).filter(|_| of_call && service == action.service()) else { return false };
    let reads = |level: &AccessLevel| matches!(level, AccessLevel::Read | AccessLevel::List);
    let makes = MAKES.iter().any(|start| facts.folded_name().starts_with(start));
    ConditionKey::of(&folded, Some(action)).is_none()
        && !facts.access_levels().iter().all(reads)
        && (makes || facts.lists_for_call(&folded) || !facts.lists(&folded))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemakerai.html>
    #[test]
    fn a_key_without_a_row_is_likely_the_calls_where_the_call_makes_something() {
        for (key, action, expected) in [
            ("sagemaker:VpcSubnets", "sagemaker:CreateTrainingJob", true),
            ("sagemaker:VolumeKmsKey", "sagemaker:CreateTrainingJob", true),
            ("elasticloadbalancing:Scheme", "elasticloadbalancing:CreateLoadBalancer", true),
            ("ecs:enable-execute-command", "ecs:RunTask", true),
            // a tag, another service's key, and a call that changes nothing
            ("sagemaker:ResourceTag/team", "sagemaker:CreateTrainingJob", false),
            ("ecs:cluster", "sagemaker:CreateTrainingJob", false),
            ("sagemaker:VpcSubnets", "sagemaker:DescribeTrainingJob", false),
            // what has a row is not guessed, and nothing is known of what is no action
            ("ec2:Vpc", "ec2:RunInstances", false),
            ("custom:Thing", "custom:CreateThing", false),
        ] {
            let action = action.parse().unwrap();
            assert_eq!(is_likely_parameter(key, &action, Reference::embedded()), expected, "{key} of {action}");
        }
    }
}
