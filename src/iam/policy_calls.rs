//! The services whose resources have policies: which command prints the policy of each, where its answer has the document, what says
//! that there is none, and which calls set it.

use super::arn::Arn;
use super::arn_part::ArnPart;
use super::policy_write::{self, PolicyWrite};

/// The commands for the policy of a kind of resource: the one that prints it, and where known the one that sets it.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct PolicyCalls {
    /// The service in the resource's ARN.
    pub service: &'static str,
    /// How the ARN's last part begins; empty for any.
    pub prefix: &'static str,
    /// The command of the AWS CLI, without `aws`.
    pub command: &'static str,
    /// Its options.
    pub options: &'static [(&'static str, ArnPart)],
    /// Where the document stands in the answer.
    pub document: &'static str,
    /// Members of an answer that is complete without a document; empty where an answer always has one.
    pub without: &'static [&'static str],
    /// The error codes that say that there is none.
    pub none: &'static [&'static str],
    /// The calls that set it and take it away; `None` where they are not known here.
    pub write: Option<&'static PolicyWrite>,
}

const fn read(
    kind: (&'static str, &'static str),
    command: &'static str,
    options: &'static [(&'static str, ArnPart)],
    document: &'static str,
    none: &'static [&'static str],
) -> PolicyCalls {
    PolicyCalls { service: kind.0, prefix: kind.1, command, options, document, without: &[], none, write: None }
}

impl PolicyCalls {
    /// What `--query` takes to print the document alone; `None` where that is no text, or one of several.
    ///
    /// Of attributes it is one: <https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html>
    #[must_use]
    pub fn query(&self) -> Option<&'static str> {
        match self.document {
            "Attributes{}" => Some("Attributes.Policy"),
            document => document.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'.').then_some(document),
        }
    }

    /// An answer that has these members and no document says that there is none.
    const fn may_lack(self, without: &'static [&'static str]) -> Self {
        Self { without, ..self }
    }

    /// The policy can be set by this call.
    const fn writable(self, write: &'static PolicyWrite) -> Self {
        Self { write: Some(write), ..self }
    }
}

// also the answer where the function itself is not there, which then has no policy either
// <https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html>
const NOT_FOUND: &[&str] = &["ResourceNotFoundException"];
const POLICY_NOT_FOUND: &[&str] = &["PolicyNotFoundException", "PolicyNotFound", "ResourcePolicyNotFoundException"];
const RESOURCE_ARN: &[(&str, ArnPart)] = &[("--resource-arn", ArnPart::Arn)];

/// The commands, each service's longer prefixes first. A test compares them with the AWS CLI's own model.
pub static POLICY_CALLS: [PolicyCalls; 84] = [
    read(("acm-pca", "certificate-authority/"), "acm-pca get-policy", RESOURCE_ARN, "Policy", &[]),
    read(
        ("aps", "workspace/"),
        "amp describe-resource-policy",
        &[("--workspace-id", ArnPart::Name)],
        "policyDocument",
        &[],
    ),
    read(
        ("backup", "backup-vault:"),
        "backup get-backup-vault-access-policy",
        &[("--backup-vault-name", ArnPart::Name)],
        "Policy",
        &[],
    )
    .writable(&policy_write::BACKUP_VAULT),
    read(("bedrock", ""), "bedrock get-resource-policy", RESOURCE_ARN, "resourcePolicy", &[]),
    read(("bedrock-agentcore", ""), "bedrock-agentcore-control get-resource-policy", RESOURCE_ARN, "policy", &[]),
    read(
        ("cloudtrail", ""),
        "cloudtrail get-resource-policy",
        RESOURCE_ARN,
        "ResourcePolicy",
        &["ResourcePolicyNotFoundException"],
    ),
    read(
        ("codeartifact", "domain/"),
        "codeartifact get-domain-permissions-policy",
        &[("--domain", ArnPart::Name), ("--domain-owner", ArnPart::Account)],
        "policy.document",
        &[],
    ),
    read(
        ("codeartifact", "repository/"),
        "codeartifact get-repository-permissions-policy",
        &[("--domain", ArnPart::First), ("--repository", ArnPart::Second), ("--domain-owner", ArnPart::Account)],
        "policy.document",
        &[],
    ),
    read(("codebuild", ""), "codebuild get-resource-policy", RESOURCE_ARN, "policy", &[]),
    read(("comprehend", ""), "comprehend describe-resource-policy", RESOURCE_ARN, "ResourcePolicy", &[]),
    read(("dsql", "cluster/"), "dsql get-cluster-policy", &[("--identifier", ArnPart::Name)], "policy", &[]),
    read(
        ("dynamodb", "table/"),
        "dynamodb get-resource-policy",
        &[("--resource-arn", ArnPart::Parent)],
        "Policy",
        POLICY_NOT_FOUND,
    )
    .writable(&policy_write::TABLE),
    read(
        ("ecr", "repository/"),
        "ecr get-repository-policy",
        &[("--registry-id", ArnPart::Account), ("--repository-name", ArnPart::Name)],
        "policyText",
        &["RepositoryPolicyNotFoundException"],
    )
    .writable(&policy_write::REPOSITORY),
    read(
        ("ecr-public", "repository/"),
        "ecr-public get-repository-policy",
        &[("--repository-name", ArnPart::Name)],
        "policyText",
        &["RepositoryPolicyNotFoundException"],
    ),
    read(
        ("elasticfilesystem", "file-system/"),
        "efs describe-file-system-policy",
        &[("--file-system-id", ArnPart::Name)],
        "Policy",
        POLICY_NOT_FOUND,
    )
    .writable(&policy_write::FILE_SYSTEM),
    read(
        ("es", "domain/"),
        "opensearch describe-domain",
        &[("--domain-name", ArnPart::First)],
        "DomainStatus.AccessPolicies",
        &[],
    )
    .may_lack(&["DomainStatus"]),
    read(("events", "event-bus/"), "events describe-event-bus", &[("--name", ArnPart::Name)], "Policy", &[])
        .writable(&policy_write::EVENT_BUS)
        .may_lack(&["Arn", "Name"]),
    read(("execute-api", ""), "apigateway get-rest-api", &[("--rest-api-id", ArnPart::First)], "policy", &[])
        .may_lack(&["id", "apiKeySource"]),
    read(
        ("glacier", "vaults/"),
        "glacier get-vault-access-policy",
        &[("--account-id", ArnPart::Account), ("--vault-name", ArnPart::First)],
        "policy.Policy",
        &[],
    ),
    read(("glue", ""), "glue get-resource-policy", &[], "PolicyInJson", &["EntityNotFoundException"]),
    read(("iam", "role/"), "iam get-role", &[("--role-name", ArnPart::Last)], "Role.AssumeRolePolicyDocument", &[]),
    read(
        ("imagebuilder", "component/"),
        "imagebuilder get-component-policy",
        &[("--component-arn", ArnPart::Arn)],
        "policy",
        &[],
    ),
    read(
        ("imagebuilder", "container-recipe/"),
        "imagebuilder get-container-recipe-policy",
        &[("--container-recipe-arn", ArnPart::Arn)],
        "policy",
        &[],
    ),
    read(
        ("imagebuilder", "image-recipe/"),
        "imagebuilder get-image-recipe-policy",
        &[("--image-recipe-arn", ArnPart::Arn)],
        "policy",
        &[],
    ),
    read(("imagebuilder", "image/"), "imagebuilder get-image-policy", &[("--image-arn", ArnPart::Arn)], "policy", &[]),
    read(("kafka", "cluster/"), "kafka get-cluster-policy", &[("--cluster-arn", ArnPart::Arn)], "Policy", &[]),
    read(("kinesis", "stream/"), "kinesis get-resource-policy", &[("--resource-arn", ArnPart::Parent)], "Policy", &[])
        .writable(&policy_write::STREAM),
    read(
        ("kms", "key/"),
        "kms get-key-policy",
        &[("--key-id", ArnPart::Arn), ("--policy-name", ArnPart::Words("default"))],
        "Policy",
        &[],
    )
    .writable(&policy_write::KEY),
    read(("lambda", "function:"), "lambda get-policy", &[("--function-name", ArnPart::Arn)], "Policy", NOT_FOUND)
        .writable(&policy_write::FUNCTION),
    read(
        ("lambda", "layer:"),
        "lambda get-layer-version-policy",
        &[("--layer-name", ArnPart::First), ("--version-number", ArnPart::Second)],
        "Policy",
        NOT_FOUND,
    )
    .writable(&policy_write::LAYER),
    read(("lex", ""), "lexv2-models describe-resource-policy", RESOURCE_ARN, "policy", &[]),
    read(("logs", "log-group:"), "logs describe-resource-policies", &[], "resourcePolicies[].policyDocument", &[]),
    read(
        ("logs", "destination:"),
        "logs describe-destinations",
        &[("--destination-name-prefix", ArnPart::Name)],
        "destinations[].accessPolicy",
        &[],
    )
    .may_lack(&[]),
    read(
        ("mediastore", "container/"),
        "mediastore get-container-policy",
        &[("--container-name", ArnPart::First)],
        "Policy",
        POLICY_NOT_FOUND,
    ),
    read(("network-firewall", ""), "network-firewall describe-resource-policy", RESOURCE_ARN, "Policy", &[]),
    read(("oam", "sink/"), "oam get-sink-policy", &[("--sink-identifier", ArnPart::Arn)], "Policy", &[]),
    read(("payment-cryptography", "key/"), "payment-cryptography get-resource-policy", RESOURCE_ARN, "Policy", &[]),
    read(("redshift", "namespace:"), "redshift get-resource-policy", RESOURCE_ARN, "ResourcePolicy.Policy", &[]),
    read(
        ("s3", "accesspoint/"),
        "s3control get-access-point-policy",
        &[("--account-id", ArnPart::Account), ("--name", ArnPart::First)],
        "Policy",
        &["NoSuchAccessPointPolicy"],
    )
    .writable(&policy_write::ACCESS_POINT),
    read(("s3", ""), "s3api get-bucket-policy", &[("--bucket", ArnPart::First)], "Policy", &["NoSuchBucketPolicy"])
        .writable(&policy_write::BUCKET),
    read(
        ("s3express", "bucket/"),
        "s3api get-bucket-policy",
        &[("--bucket", ArnPart::First)],
        "Policy",
        &["NoSuchBucketPolicy"],
    )
    .writable(&policy_write::DIRECTORY_BUCKET),
    read(
        ("s3-object-lambda", "accesspoint/"),
        "s3control get-access-point-policy-for-object-lambda",
        &[("--account-id", ArnPart::Account), ("--name", ArnPart::First)],
        "Policy",
        &["NoSuchAccessPointPolicy"],
    ),
    read(
        ("s3tables", "bucket/"),
        "s3tables get-table-bucket-policy",
        &[("--table-bucket-arn", ArnPart::Parent)],
        "resourcePolicy",
        &[],
    ),
    read(
        ("s3vectors", "bucket/"),
        "s3vectors get-vector-bucket-policy",
        &[("--vector-bucket-name", ArnPart::First)],
        "policy",
        &[],
    ),
    read(
        ("sagemaker", "model-package-group/"),
        "sagemaker get-model-package-group-policy",
        &[("--model-package-group-name", ArnPart::Name)],
        "ResourcePolicy",
        &[],
    ),
    read(("schemas", "registry/"), "schemas get-resource-policy", &[("--registry-name", ArnPart::Name)], "Policy", &[]),
    read(
        ("secretsmanager", "secret:"),
        "secretsmanager get-resource-policy",
        &[("--secret-id", ArnPart::Arn)],
        "ResourcePolicy",
        &[],
    )
    .writable(&policy_write::SECRET)
    .may_lack(&["ARN", "Name"]),
    read(
        ("ses", "identity/"),
        "sesv2 get-email-identity-policies",
        &[("--email-identity", ArnPart::Name)],
        "Policies{}",
        &[],
    )
    .may_lack(&[]),
    read(("sns", ""), "sns get-topic-attributes", &[("--topic-arn", ArnPart::Arn)], "Attributes{}", &[])
        .writable(&policy_write::TOPIC)
        .may_lack(&["Attributes"]),
    read(
        ("sqs", ""),
        "sqs get-queue-attributes",
        &[("--attribute-names", ArnPart::Words("Policy")), ("--queue-url", ArnPart::QueueUrl)],
        "Attributes{}",
        &[],
    )
    .writable(&policy_write::QUEUE)
    .may_lack(&["Attributes"]),
    read(("ssm", ""), "ssm get-resource-policies", RESOURCE_ARN, "Policies[].Policy", &[]),
    read(
        ("ssm-contacts", "contact/"),
        "ssm-contacts get-contact-policy",
        &[("--contact-arn", ArnPart::Arn)],
        "Policy",
        &[],
    ),
    read(
        ("vpc-lattice", "service/"),
        "vpc-lattice get-auth-policy",
        &[("--resource-identifier", ArnPart::Arn)],
        "policy",
        &[],
    )
    .writable(&policy_write::AUTH_POLICY),
    read(
        ("vpc-lattice", "servicenetwork/"),
        "vpc-lattice get-auth-policy",
        &[("--resource-identifier", ArnPart::Arn)],
        "policy",
        &[],
    )
    .writable(&policy_write::AUTH_POLICY),
    read(
        ("aiops", "investigation-group/"),
        "aiops get-investigation-group-policy",
        &[("--identifier", ArnPart::Arn)],
        "policy",
        &[],
    ),
    read(("aws-marketplace", ""), "marketplace-catalog get-resource-policy", RESOURCE_ARN, "Policy", &[]),
    read(("billing", "billingview/"), "billing get-resource-policy", RESOURCE_ARN, "policy", &[]),
    read(
        ("cleanrooms-ml", "configured-audience-model/"),
        "cleanroomsml get-configured-audience-model-policy",
        &[("--configured-audience-model-arn", ArnPart::Arn)],
        "configuredAudienceModelPolicy",
        &[],
    ),
    read(("cloudfront", "vpcorigin/"), "cloudfront get-resource-policy", RESOURCE_ARN, "PolicyDocument", &[]),
    read(("cloudhsm", "backup/"), "cloudhsmv2 get-resource-policy", RESOURCE_ARN, "Policy", &[]),
    read(
        ("elemental-inference", "feed/"),
        "elementalinference get-feed-policy",
        &[("--id", ArnPart::Name)],
        "policy",
        &[],
    ),
    read(
        ("logs", "delivery-destination:"),
        "logs get-delivery-destination-policy",
        &[("--delivery-destination-name", ArnPart::Name)],
        "policy.deliveryDestinationPolicy",
        &[],
    ),
    read(("lookoutequipment", ""), "lookoutequipment describe-resource-policy", RESOURCE_ARN, "ResourcePolicy", &[]),
    read(
        ("mediapackagev2", "channelGroup/"),
        "mediapackagev2 get-channel-policy",
        &[("--channel-group-name", ArnPart::First), ("--channel-name", ArnPart::Third)],
        "Policy",
        &[],
    ),
    read(
        ("mediatailor", "channel/"),
        "mediatailor get-channel-policy",
        &[("--channel-name", ArnPart::Name)],
        "Policy",
        &[],
    ),
    read(
        ("networkmanager", "core-network/"),
        "networkmanager get-resource-policy",
        RESOURCE_ARN,
        "PolicyDocument",
        &[],
    ),
    read(
        ("organizations", "resourcepolicy/"),
        "organizations describe-resource-policy",
        &[],
        "ResourcePolicy.Content",
        // <https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeResourcePolicy.html>
        &["ResourcePolicyNotFoundException"],
    ),
    read(("osis", "pipeline/"), "osis get-resource-policy", RESOURCE_ARN, "Policy", &[]),
    read(("qbusiness", "application/"), "qbusiness get-policy", &[("--application-id", ArnPart::First)], "policy", &[]),
    read(
        ("rekognition", "project/"),
        "rekognition list-project-policies",
        &[("--project-arn", ArnPart::Arn)],
        "ProjectPolicies[].PolicyDocument",
        &[],
    ),
    read(
        ("route53-recovery-control", "cluster/"),
        "route53-recovery-control-config get-resource-policy",
        RESOURCE_ARN,
        "Policy",
        &[],
    ),
    read(
        ("route53resolver", "firewall-rule-group/"),
        "route53resolver get-firewall-rule-group-policy",
        &[("--arn", ArnPart::Arn)],
        "FirewallRuleGroupPolicy",
        &[],
    ),
    read(
        ("route53resolver", "resolver-query-log-config/"),
        "route53resolver get-resolver-query-log-config-policy",
        &[("--arn", ArnPart::Arn)],
        "ResolverQueryLogConfigPolicy",
        &[],
    ),
    read(
        ("route53resolver", "resolver-rule/"),
        "route53resolver get-resolver-rule-policy",
        &[("--arn", ArnPart::Arn)],
        "ResolverRulePolicy",
        &[],
    ),
    // <https://docs.aws.amazon.com/cloudwatchrum/latest/APIReference/API_GetResourcePolicy.html>
    read(
        ("rum", "appmonitor/"),
        "rum get-resource-policy",
        &[("--name", ArnPart::Name)],
        "PolicyDocument",
        &["PolicyNotFoundException"],
    ),
    read(
        ("s3", "access-grants/"),
        "s3control get-access-grants-instance-resource-policy",
        &[("--account-id", ArnPart::Account)],
        "Policy",
        &[],
    ),
    read(
        ("s3express", "accesspoint/"),
        "s3control get-access-point-policy",
        &[("--account-id", ArnPart::Account), ("--name", ArnPart::First)],
        "Policy",
        &["NoSuchAccessPointPolicy"],
    ),
    read(
        ("s3files", "file-system/"),
        "s3files get-file-system-policy",
        &[("--file-system-id", ArnPart::First)],
        "policy",
        &[],
    ),
    read(("sms-voice", ""), "pinpoint-sms-voice-v2 get-resource-policy", RESOURCE_ARN, "Policy", &[]),
    read(
        ("ssm-incidents", "response-plan/"),
        "ssm-incidents get-resource-policies",
        RESOURCE_ARN,
        "resourcePolicies[].policyDocument",
        &[],
    ),
    read(("vpc-lattice", "resourceconfiguration/"), "vpc-lattice get-resource-policy", RESOURCE_ARN, "policy", &[]),
    read(("waf", "rulegroup/"), "waf get-permission-policy", RESOURCE_ARN, "Policy", &[]),
    read(("waf-regional", "rulegroup/"), "waf-regional get-permission-policy", RESOURCE_ARN, "Policy", &[]),
    read(("wafv2", ""), "wafv2 get-permission-policy", RESOURCE_ARN, "Policy", &[]),
];

/// The row of a resource, by its ARN.
#[must_use]
pub fn policy_calls(arn: &Arn) -> Option<&'static PolicyCalls> {
    // the ARN of a multi-Region access point has its alias, and the command takes its name
    // <https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetMultiRegionAccessPointPolicy.html>
    if arn.service() == "s3" && arn.region().is_empty() && arn.resource().starts_with("accesspoint/") {
        return None;
    }
    POLICY_CALLS.iter().find(|calls| {
        // a bucket's ARN has no account; what else S3 has does
        let bare = !calls.prefix.is_empty() || calls.service != "s3" || arn.account().is_empty();
        calls.service == arn.service() && bare && arn.resource().starts_with(calls.prefix)
    })
}
