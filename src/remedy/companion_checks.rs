//! Which other resources one and the same call is checked on: each needs its own allow, and AWS's message names one.
//!
//! - <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
//! - <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html>
//! - <https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html>

use super::next_why::{CopyHalf, NextWhy, When};
use crate::denial::Denial;
use crate::iam::{Action, Arn, Principal, Request, is_federated_call};
use crate::infer::passes_tags;
use crate::reference::{AccessLevel, ActionFacts, Reference};
use crate::text::Wildcard;

/// A check of the same call.
pub(super) struct Also {
    /// The action.
    pub(super) action: String,
    /// The resource; with a `*` where the call names it and the message does not.
    pub(super) resource: String,
    /// Why it is checked.
    pub(super) why: NextWhy,
}

/// Where the reference marks more types than these as required, they are alternatives: one call has one of them.
const MOST_TYPES: usize = 6;

/// Types that the reference calls optional and that AWS's own example policies for the action list.
const USUAL: [(&str, &[&str]); 1] = [("ec2:runinstances", &["volume", "key-pair"])];

/// The other resource types that the service reference marks as required for the action.
pub(super) fn other_types(request: &Request, reference: &Reference) -> Vec<Also> {
    let (Some(action), Some(resource)) = (request.action.value(), request.resource.value()) else {
        return Vec::new();
    };
    let Some(facts) = reference.action(action) else {
        return Vec::new();
    };
    let usual = USUAL.iter().find(|(name, _)| *name == action.folded()).map(|(_, types)| *types).unwrap_or_default();
    let needed: Vec<_> = facts
        .resource_types()
        .filter(|(kind, required)| *required || usual.contains(&kind.name()))
        .map(|(kind, _)| kind)
        .collect();
    // tagging lists every type that can be tagged, and a model call has one of the many kinds of models
    let tags = facts.access_levels().contains(&AccessLevel::Tagging) || action.service() == "bedrock";
    let is_denied = |arns: &[String]| arns.iter().any(|arn| Wildcard::new(&filled(arn, request)).matches(resource));
    if tags || needed.len() > MOST_TYPES + usual.len() || !needed.iter().any(|kind| is_denied(kind.arns())) {
        return Vec::new();
    }
    let others = needed.iter().filter(|kind| !is_denied(kind.arns()));
    let also = |kind: &&crate::reference::ResourceType| {
        Some(Also {
            action: action.to_string(),
            resource: filled(kind.arns().first()?, request),
            why: NextWhy::ResourceType(kind.name().to_owned()),
        })
    };
    others.filter_map(also).collect()
}

/// An ARN template with what the request tells; anything in its other places.
fn filled(template: &str, request: &Request) -> String {
    let arn = request.resource.value().and_then(|resource| resource.parse::<Arn>().ok());
    let caller = request.principal.value();
    let part = |name: &str| match name {
        "Partition" => arn.as_ref().map(|arn| arn.partition().to_owned()),
        "Region" => arn.as_ref().map(|arn| arn.region().to_owned()).filter(|region| !region.is_empty()),
        // database and catalog are in the account of the table
        // <https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html>
        "Account" if arn.as_ref().is_some_and(|arn| arn.service() == "glue") => {
            arn.as_ref().and_then(Arn::account_id).map(str::to_owned)
        }
        "Account" => caller.and_then(Principal::account).map(str::to_owned),
        _ => None,
    };
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, behind) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(before);
        text.push_str(&part(name).unwrap_or_else(|| "*".to_owned()));
        rest = behind;
    }
    text.push_str(rest);
    text
}

/// The other half of a copy, and the call itself where an action behind it was denied.
pub(super) fn of_the_call(denial: &Denial, request: &Request, reference: &Reference) -> Vec<Also> {
    let (Some(operation), Some(action)) = (denial.operation.as_deref(), request.action.value()) else {
        return Vec::new();
    };
    let copies = ["CopyObject", "UploadPartCopy"].contains(&operation);
    let halves: &[(&str, CopyHalf)] = match action.folded() {
        "s3:putobject" if copies => &[("s3:GetObject", CopyHalf::Source)],
        "s3:getobject" if copies => &[("s3:PutObject", CopyHalf::Destination)],
        _ => &[],
    };
    let mut also: Vec<Also> = halves
        .iter()
        .map(|(action, half)| Also {
            action: (*action).to_owned(),
            resource: "*".to_owned(),
            why: NextWhy::Copy { operation: operation.to_owned(), half: *half },
        })
        .collect();
    let behind = denial.service.as_deref().filter(|service| *service != action.service());
    let own = behind.and_then(|service| format!("{service}:{}", unversioned(operation)).parse::<Action>().ok());
    if let Some(facts) = own.as_ref().and_then(|own| reference.action(own)) {
        also.push(Also {
            action: ActionFacts::full_name(&facts),
            resource: "*".to_owned(),
            why: NextWhy::CallBehind { denied: action.clone(), operation: operation.to_owned() },
        });
    }
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_permissions-required>
    if let Some(role) = request.resource.value().filter(|_| is_federated_call(action) && passes_tags(denial, request)) {
        let why = NextWhy::When(When::SessionTagged);
        also.push(Also { action: "sts:TagSession".to_owned(), resource: role.clone(), why });
    }
    also
}

/// Without the version that CloudTrail has behind Lambda's operations: `CreateFunction20150331`, `UpdateFunctionCode20150331v2`.
/// <https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html>
fn unversioned(operation: &str) -> &str {
    let name = operation.strip_suffix("v2").unwrap_or(operation);
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
    if name.len() == bare.len() + "20150331".len() { bare } else { operation }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_behind_an_operation_is_no_part_of_its_name() {
        let names = ["CreateFunction20150331", "UpdateFunctionCode20150331v2", "ListObjectsV2", "RunInstances"];
        assert_eq!(names.map(unversioned), ["CreateFunction", "UpdateFunctionCode", "ListObjectsV2", "RunInstances"]);
    }
}
