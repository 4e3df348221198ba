//! Condition keys of services that tell what is known anyway: of a resource its own ARN or its account, of the caller its account.
//!
//! A service sends a key with some of its actions only, and without it the key is absent. So these are set only for actions that have the key
//! by the service reference: where AWS does not list it, nothing is known.
//! <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>

use crate::evaluate::{is_without_owner, tested};
use crate::iam::{
    Action, Arn, AssumedField, AssumedValue, Assumption, Derived, Field, PolicySet, Principal, PrincipalKind, Request,
    Why, may_meet, may_name_another_region,
};
use crate::reference::{ActionFacts, Reference};

/// Adds those that these policies test.
pub(super) fn add(request: &mut Request, policies: &PolicySet, reference: &Reference) {
    let Some(action) = request.action.value().cloned() else { return };
    let Some(facts) = reference.action(&action) else { return };
    let arn = request.resource.value().and_then(|text| text.parse::<Arn>().ok());
    for (key, shown) in tested(policies) {
        if request.context.says(shown) {
            continue;
        }
        let of_resource = arn.as_ref().filter(|arn| carries(&facts, &key, arn));
        let told =
            of_resource.and_then(|arn| told_by_arn(&key, &action, arn)).map(|value| (value, Derived::PartOfResource));
        let known = || facts.lists_itself(&key).then(|| told_by_request(&key, &action, request)).flatten();
        if let Some((value, why)) = told.or_else(known) {
            request.context.set_one(shown, &value);
            let field = AssumedField::ContextKey(shown.to_owned());
            request.assumed.push(Assumption { field, value: AssumedValue::Text(value), why: Why::Derived(why) });
        }
    }
}

/// Whether requests for this action on such a resource have the key. Those of an action that creates or tags have not all that others have
/// of the same resource, so that what is listed for the type of resource counts only where AWS documents the key for all of its requests.
fn carries(facts: &ActionFacts<'_>, key: &str, arn: &Arn) -> bool {
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html#access-points-condition-keys
    let of_type = facts.service().prefix() == "s3" && {
        let meets = |template: &String| may_meet(arn.as_str(), template);
        facts.resource_types().any(|(kind, _)| kind.arns().iter().any(meets) && facts.lists_for_type(kind, key))
    };
    facts.lists_itself(key) || of_type
}

/// The value of a key, its name in lower case, that follows from who asks, or from whose the resource is.
fn told_by_request(key: &str, action: &Action, request: &Request) -> Option<(String, Derived)> {
    match (action.service(), key) {
        // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
        ("s3", "s3:resourceaccount") => match &request.resource_account {
            Field::Known(owner) if !is_without_owner(action) => Some((owner.clone(), Derived::OwnerOfResource)),
            _ => None,
        },
        ("kms", "kms:calleraccount") => {
            // a service principal is in no account that its name would tell
            let has_account = |caller: &&Principal| {
                !matches!(caller.kind(), PrincipalKind::Service | PrincipalKind::Federated | PrincipalKind::Unknown)
            };
            let account = request.principal.value().filter(has_account)?.account()?;
            Some((account.to_owned(), Derived::CallerAccount))
        }
        _ => None,
    }
}

/// The key that holds the id of a resource of EC2, by the type in its ARN.
/// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-policy-keys>
const IDS: [(&str, &str); 7] = [
    ("image", "ec2:imageid"),
    ("instance", "ec2:instanceid"),
    ("security-group", "ec2:securitygroupid"),
    ("snapshot", "ec2:snapshotid"),
    ("subnet", "ec2:subnetid"),
    ("volume", "ec2:volumeid"),
    ("vpc", "ec2:vpcid"),
];

/// Types of ECS whose ARN names the cluster. Older ARNs of tasks and services name none.
/// <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html#ecs-resource-ids>
const IN_CLUSTER: [&str; 4] = ["container-instance", "service", "task", "task-set"];

/// The value of a key, its name in lower case, for an action on a resource; nothing where the ARN does not tell it.
fn told_by_arn(key: &str, action: &Action, arn: &Arn) -> Option<String> {
    let is_open = |part: &str| part.contains(['*', '?', '$']);
    let resource = Some(arn.resource()).filter(|resource| !is_open(resource))?;
    let region = Some(arn.region()).filter(|region| !region.is_empty() && !is_open(region));
    let [partition, account] = [arn.partition(), arn.account()];
    match (action.service(), arn.service()) {
        // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-policy-keys
        ("ec2", "ec2") if key == "ec2:region" => region.filter(|_| !may_name_another_region(action)).map(str::to_owned),
        ("ec2", "ec2") => {
            let (kind, id) = resource.split_once('/')?;
            IDS.contains(&(kind, key)).then(|| id.to_owned())
        }
        // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
        ("ecs", "ecs") if key == "ecs:cluster" => {
            let mut parts = resource.split('/');
            let (kind, cluster, _own) = (parts.next()?, parts.next()?, parts.next()?);
            let named = IN_CLUSTER.contains(&kind);
            named.then(|| format!("arn:{partition}:ecs:{}:{account}:cluster/{cluster}", arn.region()))
        }
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
        ("iam", "iam") if key == "iam:awsservicename" => {
            let service = resource.strip_prefix("role/aws-service-role/")?.split('/').next()?;
            Some(service.to_owned())
        }
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html#access-points-condition-keys
        ("s3", "s3") => {
            let (name, region) = (resource.strip_prefix("accesspoint/")?.split('/').next()?, region?);
            match key {
                "s3:dataaccesspointarn" => Some(format!("arn:{partition}:s3:{region}:{account}:accesspoint/{name}")),
                "s3:dataaccesspointaccount" => arn.account_id().map(str::to_owned),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_tells_what_keys_tell_of_the_resource() {
        let told = |key: &str, action: &str, arn: &str| {
            told_by_arn(key, &action.parse().unwrap(), &arn.parse().unwrap()).unwrap_or_default()
        };
        for (key, action, arn, value) in [
            ("ec2:region", "ec2:StartInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc", "eu-west-1"),
            ("ec2:region", "ec2:StartInstances", "arn:aws:ec2:*:111122223333:instance/i-0abc", ""),
            ("ec2:instanceid", "ec2:StartInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc", "i-0abc"),
            ("ec2:instanceid", "ec2:StartInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/*", ""),
            // the id of another resource of the call
            ("ec2:vpcid", "ec2:StartInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc", ""),
            (
                "ecs:cluster",
                "ecs:StopTask",
                "arn:aws:ecs:us-east-1:111122223333:task/prod/0123",
                "arn:aws:ecs:us-east-1:111122223333:cluster/prod",
            ),
            // an older ARN, which does not name the cluster, and a task definition, which is in none
            ("ecs:cluster", "ecs:StopTask", "arn:aws:ecs:us-east-1:111122223333:task/0123", ""),
            ("ecs:cluster", "ecs:RunTask", "arn:aws:ecs:us-east-1:111122223333:task-definition/web:3", ""),
            (
                "iam:awsservicename",
                "iam:CreateServiceLinkedRole",
                "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
                "ecs.amazonaws.com",
            ),
            ("iam:awsservicename", "iam:CreateRole", "arn:aws:iam::111122223333:role/web", ""),
            (
                "s3:dataaccesspointarn",
                "s3:GetObject",
                "arn:aws:s3:us-west-2:111122223333:accesspoint/ap1/object/x",
                "arn:aws:s3:us-west-2:111122223333:accesspoint/ap1",
            ),
            (
                "s3:dataaccesspointaccount",
                "s3:GetObject",
                "arn:aws:s3:us-west-2:111122223333:accesspoint/ap1/object/x",
                "111122223333",
            ),
            // whether a request to the bucket comes through an access point, its ARN does not tell
            ("s3:dataaccesspointarn", "s3:GetObject", "arn:aws:s3:::reports/x", ""),
        ] {
            assert_eq!(told(key, action, arn), value, "{key} of {arn}");
        }
    }
}
