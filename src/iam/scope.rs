//! Which actions policies of one kind reach, as AWS documents it.

use super::action::Action;

/// Services whose resources RCPs reach, by the prefix of their actions, in order; as of 26 September 2026.
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

/// Whether RCPs reach the service of this action.
#[must_use]
pub fn has_rcps(action: &Action) -> bool {
    RCP_SERVICES.binary_search(&action.service()).is_ok()
}

/// Whether gateway endpoints lead to the service of this action; interface endpoints may too.
/// <https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html>
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-networking.html>
#[must_use]
pub fn has_gateway_endpoints(action: &Action) -> bool {
    matches!(action.service(), "s3" | "s3express" | "dynamodb")
}

/// Whether a role's trust policy decides about this action.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html>
#[must_use]
pub fn is_trust_action(action: &Action) -> bool {
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

/// Whether the call is made without AWS credentials: whom a token or an assertion names has no policies in AWS.
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html>
/// <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html>
#[must_use]
pub fn is_federated_call(action: &Action) -> bool {
    matches!(action.folded(), "sts:assumerolewithsaml" | "sts:assumerolewithwebidentity")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_services_are_in_order_so_that_they_are_found() {
        assert!(RCP_SERVICES.is_sorted());
        assert!(has_rcps(&"S3:GetObject".parse().unwrap()));
        assert!(!has_rcps(&"ec2:RunInstances".parse().unwrap()));
    }
}
