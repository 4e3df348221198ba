//! Which actions can be asked on which resources, as far as the reference tells: nobody decrypts with a bucket.

use super::action::ActionClass;
use super::sets::{Pattern, ResourceSet};
use crate::iam::{Action, is_of, meet, service_of};
use crate::reference::{ActionFacts, Reference, ResourceType, Service};

/// How much of a class of actions can be asked on some resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Some of its known actions, or what is not known of it.
    Some,
    /// Of the known ones none, but there may be others.
    OnlyUnknown,
    /// None: they belong to resources of other types.
    None,
    /// None, whatever AWS adds to them: they belong to other services.
    Never,
}

/// How much of the class can be asked on the resources; `is_named` tells for a service whether its actions have classes of their own.
///
/// An ARN names its service, and what another one asks does not apply to it.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html>
pub(super) fn asked_on(
    class: &ActionClass,
    resources: &[Pattern<ResourceSet>],
    reference: &Reference,
    is_named: impl Fn(&str) -> bool,
) -> Asked {
    if class.elsewhere {
        let is_theirs = |text: &str| {
            let own = service_of(text).is_some_and(|service| is_named(service) && reference.has_service(service));
            !own || reference.is_of_another(text, &is_named)
        };
        return if any_on(resources, is_theirs) { Asked::Some } else { Asked::Never };
    }
    let Some(first) = class.known.first() else { return Asked::Some };
    if class.known.iter().any(|action| can_be_on(action, resources, reference)) {
        return Asked::Some;
    }
    if class.known.iter().all(|action| !any_on(resources, |text| service_fits(action, text, reference)))
        && !any_on(resources, |text| is_of_service(first.service(), text, reference))
    {
        return Asked::Never;
    }
    if class.open { Asked::OnlyUnknown } else { Asked::None }
}

/// Whether some resource type of the service has ARNs of the service that the text names.
fn is_of_service(prefix: &str, resource: &str, reference: &Reference) -> bool {
    let types = reference.service(prefix).into_iter().flat_map(Service::resource_types);
    let named = service_of(resource);
    named.is_none() || types.flat_map(ResourceType::arns).any(|template| is_of(template, named))
}

/// Whether the action can be asked on one of the resources: a pattern of actions on a bucket does not stop trails.
///
/// What the data do not tell counts as possible. An action without resources of its own is matched by `*` alone.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
pub(super) fn can_be_on(action: &Action, resources: &[Pattern<ResourceSet>], reference: &Reference) -> bool {
    let on_all = reference.action(action).is_some_and(|facts| !facts.has_resource_level_permissions());
    any_on(resources, |text| fits(action, text, reference) && (!on_all || !names_one(text)))
}

/// Whether the text is an ARN with the name of something, or the start of one.
fn names_one(text: &str) -> bool {
    text.splitn(6, ':').nth(5).is_some_and(|name| !name.starts_with(['*', '$']))
}

/// No resources stand for all of them.
fn any_on(resources: &[Pattern<ResourceSet>], on: impl Fn(&str) -> bool) -> bool {
    let can_be = |set: &ResourceSet| set.text().is_none_or(&on);
    let all_of = |pattern: &Pattern<ResourceSet>| can_be(&pattern.pattern) && pattern.also.iter().all(can_be);
    resources.is_empty() || resources.iter().any(all_of)
}

/// Whether the action can be asked on an ARN that the text matches.
pub(super) fn fits(action: &Action, resource: &str, reference: &Reference) -> bool {
    let facts = reference.action(action);
    let mut templates = facts.iter().flat_map(ActionFacts::resource_types).flat_map(|(kind, _)| kind.arns()).peekable();
    let service = service_of(resource);
    service_fits(action, resource, reference)
        && (service.is_none()
            || templates.peek().is_none()
            || templates.any(|template| is_of(template, service) && meet(resource, template)))
}

/// Whether the action can be asked on ARNs of the service that the text names.
fn service_fits(action: &Action, resource: &str, reference: &Reference) -> bool {
    let (Some(service), Some(facts)) = (service_of(resource), reference.action(action)) else { return true };
    let mut templates = facts.resource_types().flat_map(|(kind, _)| kind.arns()).peekable();
    if templates.peek().is_some() {
        return templates.any(|template| is_of(template, Some(service)));
    }
    // it has no resources of its own; ARNs of some services have another name than their actions
    let of_service = |service| {
        let mut all = facts.service().resource_types().iter().flat_map(crate::reference::ResourceType::arns);
        all.any(|template| service_of(template) == Some(service))
    };
    service == action.service()
        || reference.service(service).is_none()
        || (of_service(service) && !of_service(action.service()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patterns(texts: &[&str]) -> Vec<Pattern<ResourceSet>> {
        texts.iter().map(|text| Pattern::new(ResourceSet::Matching((*text).to_owned()))).collect()
    }

    #[test]
    fn a_pattern_of_actions_holds_what_can_be_asked_on_its_resources() {
        let reference = Reference::embedded();
        let on =
            |action: &str, resources: &[&str]| can_be_on(&action.parse().unwrap(), &patterns(resources), reference);
        assert!(
            on("s3:PutBucketPolicy", &["arn:aws:s3:::reports*"]) && on("s3:PutBucketPolicy", &["arn:aws:s3:::reports"])
        );
        assert!(
            !on("s3:PutBucketPolicy", &["arn:aws:s3:::reports/q1"])
                && on("s3:PutObjectAcl", &["arn:aws:s3:::reports/q1"])
        );
        assert!(on("iam:PassRole", &["arn:aws:iam::111122223333:role/team/web"]));
        // of the account, and of no bucket
        assert!(!on("s3:PutAccountPublicAccessBlock", &["arn:aws:s3:::reports/*"]));
        assert!(on("s3:PutAccountPublicAccessBlock", &["arn:aws:s3:::*"]));
        for other in ["cloudtrail:StopLogging", "iam:PassRole", "organizations:LeaveOrganization"] {
            assert!(!on(other, &["arn:aws:s3:::reports/*"]), "{other}");
            assert!(on(other, &["*"]) && on(other, &[]) && on(other, &["arn:aws:*:*:111122223333:*"]), "{other}");
            assert!(on(other, &["arn:aws:s3:::reports/*", "*"]), "{other}");
        }
    }

    #[test]
    fn a_pattern_of_resources_is_of_the_types_that_it_can_match() {
        let on = |action: &str, resource: &str| fits(&action.parse().unwrap(), resource, Reference::embedded());
        // whatever follows the slash, it is no bucket; a name with a wildcard may be one
        assert!(
            !on("s3:PutBucketPolicy", "arn:aws:s3:::reports/*") && on("s3:PutBucketPolicy", "arn:aws:s3:::reports*")
        );
        assert!(
            !on("ssm:SendCommand", "arn:aws:s3:::reports/*") && on("ssm:SendCommand", "arn:aws:ec2:*:*:instance/*")
        );
        assert!(on("s3:GetObject", "arn:aws:s3:::reports/${aws:PrincipalTag/team}/*"));
        assert!(on("s3:PutBucketPolicy", "arn:aws:s3:::${aws:PrincipalTag/team}"));
        assert!(!on("iam:CreateUser", "arn:aws:iam::*:role/*") && on("iam:PassRole", "arn:aws:iam::*:role/*"));
        assert!(!on("kms:Decrypt", "arn:aws:s3:::reports/k") && on("kms:Decrypt", "arn:aws:kms:*:111122223333:*"));
        // what the reference does not know, and a service that it does not know
        assert!(on("kms:NotYetKnown", "arn:aws:s3:::reports/k") && on("ec2:DescribeVpcs", "arn:aws:not-yet-known:::x"));
        // an action without resources is one of its service's
        assert!(on("s3:ListAllMyBuckets", "arn:aws:s3:::reports") && !on("ec2:DescribeVpcs", "arn:aws:s3:::reports"));
    }
}
