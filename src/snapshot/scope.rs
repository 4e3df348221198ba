//! Which policy types can apply at all to a service or a kind of resource, as AWS documents it.

use crate::iam::{Action, Arn};

/// The services whose resources RCPs apply to, by the prefix of their actions; as of September 2026.
/// <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-supported-services>
const RCP_SERVICES: [&str; 62] = [
    "aoss",
    "appconfig",
    "appstream",
    "autoscaling",
    "autoscaling-plans",
    "budgets",
    "clouddirectory",
    "cloudfront",
    "cloudsearch",
    "cloudtrail-data",
    "codeartifact",
    "codebuild",
    "codecommit",
    "codepipeline",
    "cognito-identity",
    "cognito-idp",
    "comprehend",
    "comprehendmedical",
    "compute-optimizer",
    "cost-optimization-hub",
    "dax",
    "dsql",
    "dynamodb",
    "ecr",
    "ecr-public",
    "events",
    "firehose",
    "fis",
    "fms",
    "gamelift",
    "health",
    "inspector-scan",
    "kendra",
    "kinesisvideo",
    "kms",
    "logs",
    "memorydb",
    "networkmonitor",
    "notifications",
    "opensearch",
    "pca-connector-ad",
    "personalize",
    "polly",
    "pricing",
    "resource-groups",
    "rolesanywhere",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "signin",
    "sqs",
    "sts",
    "support",
    "swf",
    "textract",
    "timestream-influxdb",
    "transcribe",
    "transfer",
    "translate",
    "wafv2",
    "workspaces",
    "xray",
];

/// Why RCPs cannot apply to this action, if they cannot.
pub(super) fn no_rcp(action: &Action) -> Option<String> {
    if RCP_SERVICES.binary_search(&action.service()).is_err() {
        return Some(format!("resource control policies do not apply to the service `{}`", action.service()));
    }
    // <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-effects-on-permissions>
    (action.folded() == "kms:retiregrant")
        .then(|| "resource control policies do not apply to kms:RetireGrant".to_owned())
}

/// The actions that a role's trust policy decides.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html>
pub(super) fn is_decided_by_trust(action: &Action) -> bool {
    matches!(
        action.folded(),
        "sts:assumerole"
            | "sts:assumerolewithsaml"
            | "sts:assumerolewithwebidentity"
            | "sts:tagsession"
            | "sts:setsourceidentity"
            | "sts:setcontext"
    )
}

/// Why no resource-based policy can apply to this request, if none can.
pub(super) fn no_resource_policy(action: Option<&Action>, resource: &str) -> Option<String> {
    if resource == "*" {
        return Some("the action names no resource, so no resource-based policy applies".to_owned());
    }
    let service = action.map(Action::service).unwrap_or_default();
    // a role's trust policy is the only resource-based policy of IAM, and it decides the actions of STS only
    // <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html>
    if service == "iam" {
        return Some("the actions of IAM have no resource-based policies".to_owned());
    }
    let arn: Arn = resource.parse().ok()?;
    // <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html>
    let of_aws =
        arn.account() == "aws" || (arn.service() == "bedrock" && arn.resource().starts_with("foundation-model/"));
    of_aws.then(|| "the resource belongs to AWS and carries no policy of an account".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_services_is_sorted_so_that_it_can_be_searched() {
        assert!(RCP_SERVICES.is_sorted());
        assert_eq!(no_rcp(&"S3:GetObject".parse().unwrap()), None);
        assert_eq!(
            no_rcp(&"ec2:RunInstances".parse().unwrap()).as_deref(),
            Some("resource control policies do not apply to the service `ec2`")
        );
        assert!(no_rcp(&"kms:RetireGrant".parse().unwrap()).is_some());
    }
}
