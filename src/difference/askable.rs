//! Which actions can be asked on which resources, as far as the reference tells: nobody decrypts with a bucket.

use super::access_change::AccessChange;
use super::sets::{ActionSet, Pattern, ResourceSet};
use crate::iam::Action;
use crate::reference::{ActionFacts, Reference};

impl AccessChange {
    /// Sets aside the actions that are never asked on the resources of the change, for other services own those; at least one is left.
    /// What the reference does not know stays.
    pub(super) fn set_aside(&mut self, reference: &Reference) {
        let is_of_others = |pattern: &Pattern<ActionSet>| {
            let action = pattern.pattern.text().and_then(|text| text.parse::<Action>().ok());
            action.is_some_and(|action| !any_on(&self.resources, |text| service_fits(&action, text, reference)))
        };
        let (others, own): (Vec<_>, Vec<_>) = self.actions.iter().cloned().partition(is_of_others);
        if !own.is_empty() {
            self.actions = own;
            self.unasked = others;
        }
    }
}

/// Whether the action can be asked on one of the resources: a pattern of actions on a bucket does not stop trails.
///
/// What the data do not tell counts as possible.
pub(super) fn can_be_on(action: &Action, resources: &[Pattern<ResourceSet>], reference: &Reference) -> bool {
    any_on(resources, |text| fits(action, text, reference))
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

/// Whether ARNs of the template are of the service; a template may leave it open.
fn is_of(template: &str, service: Option<&str>) -> bool {
    service_of(template).is_none_or(|other| Some(other) == service)
}

/// Whether some ARN can be of the template `arn:${Partition}:s3:::${BucketName}/${ObjectName}` and of the text, in which wildcards and
/// variables stand for any characters.
fn meet(resource: &str, template: &str) -> bool {
    let [own, other] = [resource, template].map(with_wildcards);
    // a bucket's name has no slash, and with one it is an object
    // <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
    if template.ends_with(":${BucketName}") && own.contains('/') {
        return false;
    }
    let parts = |text: &str| text.splitn(6, ':').map(str::to_owned).collect::<Vec<_>>();
    let (own, other) = (parts(&own), parts(&other));
    // a pattern that ends before the sixth part may go on in any way
    own.len() < 6 || own.iter().zip(&other).all(|(own, other)| overlap(own.as_bytes(), other.as_bytes()))
}

/// Each variable as any run of characters.
fn with_wildcards(text: &str) -> String {
    let mut pattern = String::new();
    for (number, part) in text.split("${").enumerate() {
        match part.split_once('}') {
            Some((_, rest)) if number > 0 => {
                pattern.push('*');
                pattern.push_str(rest);
            }
            _ => pattern.push_str(part),
        }
    }
    pattern
}

/// Whether some text matches both patterns of `*` and `?`.
fn overlap(one: &[u8], other: &[u8]) -> bool {
    // whether what was read of the one can be what the first so many characters of the other match
    let mut met = vec![true];
    for own in other {
        met.push(met.last() == Some(&true) && *own == b'*');
    }
    for own in one {
        let mut next = vec![*own == b'*' && met.first() == Some(&true)];
        for ((at, step), pair) in other.iter().enumerate().zip(met.windows(2)) {
            let [before, here] = *pair else { continue };
            let last = next.get(at) == Some(&true);
            next.push(match (own, step) {
                (b'*', _) | (_, b'*') => here || last,
                (own, step) => before && (*own == b'?' || *step == b'?' || own == step),
            });
        }
        met = next;
    }
    met.last() == Some(&true)
}

/// The service in an ARN, where it is written out.
pub(super) fn service_of(arn: &str) -> Option<&str> {
    let service = arn.strip_prefix("arn:")?.split(':').nth(1)?;
    (!service.is_empty() && !service.contains(['*', '?', '$'])).then_some(service)
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
