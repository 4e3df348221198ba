//! Condition keys that tell of a resource what its own ARN tells.

use crate::iam::{Action, Arn};

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
pub(super) fn told_by_arn(key: &str, action: &Action, arn: &Arn) -> Option<String> {
    let is_open = |part: &str| part.contains(['*', '?', '$']);
    let resource = Some(arn.resource()).filter(|resource| !is_open(resource))?;
    let region = Some(arn.region()).filter(|region| !region.is_empty() && !is_open(region));
    let [partition, account] = [arn.partition(), arn.account()];
    match (action.service(), arn.service()) {
        // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-policy-keys
        ("ec2", "ec2") if key == "ec2:region" => region.map(str::to_owned),
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
            action.folded().ends_with("servicelinkedrole").then(|| service.to_owned())
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
