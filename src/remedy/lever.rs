//! What changes the value of a condition key in a request: by the table of keys, and where that has no row, by what AWS lists.

use crate::denial::actions_of;
use crate::diagnose::DenialContext;
use crate::iam::{Action, ConditionKey, ContextValue, Lever, Request};
use crate::reference::{AccessLevel, Reference};

/// What changes the value of a key in this request.
pub(super) fn lever(key: &str, request: &Request, reference: &Reference) -> Option<Lever> {
    let action = request.action.value();
    let row = ConditionKey::of(key, action).map(|row| row.lever);
    row.or_else(|| action.is_some_and(|action| is_likely_parameter(key, action, reference)).then_some(Lever::Likely))
}

/// Whether another service than the one that denied got the call, and asked it for the caller: then it sends the parameters of what it
/// asks for, and the caller has those of its own call only.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html>
pub(super) fn is_asked_by_service(case: &DenialContext<'_>) -> bool {
    let told = |key: &str| case.request.context.told(key);
    if matches!(told("kms:ViaService"), ContextValue::Present { .. })
        || told("aws:ViaAWSService").single() == Some("true")
    {
        return true;
    }
    let denial = case.denial;
    let Some(action) = case.request.action.value() else { return false };
    let Some(operation) = denial.operation.as_deref().filter(|_| denial.operation_certain) else { return false };
    // AWS's text rarely tells the service that was called, and the operations of some need actions of other names
    let has =
        |service: &str| actions_of(Some(service), operation).iter().any(|named| case.reference.action(named).is_some());
    let has_other_names = action.service() == "apigateway";
    !has_other_names && !has(action.service()) && case.reference.services().any(has)
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
        && (makes || facts.lists_for_call(&folded))
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
            // what a call that makes nothing does not carry is no parameter of it
            ("sagemaker:VpcSubnets", "sagemaker:StopTrainingJob", false),
            ("elasticloadbalancing:Scheme", "elasticloadbalancing:DeleteLoadBalancer", false),
            // what has a row is not guessed, and nothing is known of what is no action
            ("ec2:Vpc", "ec2:RunInstances", false),
            ("custom:Thing", "custom:CreateThing", false),
        ] {
            let action = action.parse().unwrap();
            assert_eq!(is_likely_parameter(key, &action, Reference::embedded()), expected, "{key} of {action}");
        }
    }
}
