//! Which actions can be asked on what a statement names, as the service reference has the shapes of their resources.

use super::Changes;
use crate::iam::{ActionPattern, PolicyType, Statement, may_meet, service_of};
use crate::reference::{ActionFacts, Reference};

/// Whether the action may be asked on a resource of this shape, or on one that this pattern covers: AWS documents it so, or the reference
/// lists no resource types for it, which is no reason to leave it out.
pub(in crate::remedy) fn can_be_asked_on(facts: &ActionFacts<'_>, resource: &str) -> bool {
    if resource == "*" || !facts.has_resource_level_permissions() {
        return true;
    }
    let mut templates = facts.resource_types().flat_map(|(kind, _)| kind.arns());
    templates.any(|template| may_meet(resource, template))
}

/// The actions that the policy of a topic takes. With others it is refused, "Policy statement action out of service scope".
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html>
const OF_TOPICS: [&str; 11] = [
    "AddPermission",
    "DeleteTopic",
    "GetDataProtectionPolicy",
    "GetTopicAttributes",
    "ListSubscriptionsByTopic",
    "ListTagsForResource",
    "Publish",
    "PutDataProtectionPolicy",
    "RemovePermission",
    "SetTopicAttributes",
    "Subscribe",
];

/// Whether a policy of this type, on this resource, may name the action.
pub(super) fn is_taken(policy_type: PolicyType, resource: &str, facts: &ActionFacts<'_>) -> bool {
    let of_topic = policy_type == PolicyType::ResourceBased && service_of(resource) == Some("sns");
    !of_topic || OF_TOPICS.contains(&facts.name())
}

/// The statement without the actions that work on none of its resources, which denies the same; `None` where it has no other.
///
/// S3 refuses a bucket policy with such an action as malformed, "Action does not apply to any resource(s) in statement".
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-actions.html>
pub(super) fn without_idle(changes: Changes, statement: &Statement, reference: &Reference) -> Option<Changes> {
    let own_actions = || statement.action.entries.iter().map(|entry| entry.text.clone()).collect();
    let actions: Vec<String> = match &changes.action {
        Some(("Action", actions)) => actions.clone(),
        None if !statement.action.negated => own_actions(),
        _ => return Some(changes),
    };
    let resources: Vec<String> = match (&changes.resource, &statement.resource) {
        (Some(("Resource", resources)), _) => resources.clone(),
        (None, Some(own)) if !own.negated => own.entries.iter().map(|entry| entry.value.clone()).collect(),
        _ => return Some(changes),
    };
    let works = |action: &String| resources.iter().any(|resource| may_be_asked(action, resource, reference));
    let kept: Vec<String> = actions.iter().filter(|action| works(action)).cloned().collect();
    match kept.len() {
        0 => None,
        all if all == actions.len() => Some(changes),
        _ => Some(Changes { action: Some(("Action", kept)), ..changes }),
    }
}

/// Whether any action that the entry covers may be asked there. Of an action that the reference does not have nothing is known, and what is
/// no bucket and no object in one is not looked at: S3 alone is known to look.
fn may_be_asked(entry: &str, resource: &str, reference: &Reference) -> bool {
    if !resource.contains(":s3:::") {
        return true;
    }
    let known = reference.matching(&ActionPattern::new(entry));
    // one that has no resources of its own is asked on none of these
    let here = |facts: &ActionFacts<'_>| facts.has_resource_level_permissions() && can_be_asked_on(facts, resource);
    known.is_empty() || known.iter().any(here)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html>
    #[test]
    fn a_bucket_is_no_object_and_an_object_no_bucket() {
        let asked = |entry: &str, resource: &str| may_be_asked(entry, resource, Reference::embedded());
        let (bucket, object) = ("arn:aws:s3:::lake", "arn:aws:s3:::lake/x");
        for (entry, on_bucket, on_object) in [
            ("s3:PutObject", false, true),
            ("s3:ListBucket", true, false),
            ("s3:Delete*", true, true),
            ("s3:DeleteObject*", false, true),
            ("s3:*", true, true),
            ("*", true, true),
            ("s3:ListAllMyBuckets", false, false),
            // what the reference does not have
            ("s3:NoSuchAction", true, true),
        ] {
            assert_eq!((asked(entry, bucket), asked(entry, object)), (on_bucket, on_object), "{entry}");
            // patterns that cover either
            assert!(asked(entry, "*") && asked(entry, "arn:aws:s3:::lak*") == (on_bucket || on_object), "{entry}");
            assert!(asked(entry, "arn:aws:s3:eu-west-1:111122223333:accesspoint/team/object/*"), "{entry}");
            assert_eq!(asked(entry, "arn:aws:s3:::lake/${aws:username}/*"), on_object, "{entry}");
        }
    }
}
