//! The AWS commands that print policies: how each is called, where its answer has the document, and what says that there is none.

use super::shape::Tree;
use crate::iam::{Arn, Command};

/// A command that prints the policy of a kind of resource.
#[derive(Debug, Clone, Copy)]
pub struct Fetch {
    /// The service in the resource's ARN.
    service: &'static str,
    /// How the ARN's last part begins; empty for any.
    prefix: &'static str,
    /// The command of the AWS CLI, without `aws`.
    pub command: &'static str,
    /// Its options.
    pub options: &'static [(&'static str, From)],
    /// Where the document stands in the answer.
    pub document: &'static str,
    /// Members of an answer that is complete without a document; empty where an answer always has one.
    without: &'static [&'static str],
    /// The error codes that say that there is none.
    none: &'static [&'static str],
}

/// What an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// The whole ARN.
    Arn,
    /// The ARN up to the end of this many parts of its last part, counted by slashes.
    Parent,
    /// What follows the prefix.
    Name,
    /// The first part of what follows the prefix.
    First,
    /// The part after that.
    Second,
    /// The third.
    Third,
    /// The account of the ARN.
    Account,
    /// These words.
    Words(&'static str),
}

const fn fetch(
    kind: (&'static str, &'static str),
    command: &'static str,
    options: &'static [(&'static str, From)],
    document: &'static str,
    none: &'static [&'static str],
) -> Fetch {
    Fetch { service: kind.0, prefix: kind.1, command, options, document, without: &[], none }
}

/// An answer that has these members and no document says that there is none.
const fn may_lack(fetch: Fetch, without: &'static [&'static str]) -> Fetch {
    Fetch { without, ..fetch }
}

// also the answer where the function itself is not there, which a denial of a call on it excludes
const NOT_FOUND: &[&str] = &["ResourceNotFoundException"];
const POLICY_NOT_FOUND: &[&str] = &["PolicyNotFoundException", "PolicyNotFound", "ResourcePolicyNotFoundException"];
const RESOURCE_ARN: &[(&str, From)] = &[("--resource-arn", From::Arn)];

/// The commands, each service's longer prefixes first. A test compares them with the AWS CLI's own model.
pub static FETCHES: [Fetch; 84] = [
    fetch(("acm-pca", "certificate-authority/"), "acm-pca get-policy", RESOURCE_ARN, "Policy", &[]),
    fetch(
        ("aps", "workspace/"),
        "amp describe-resource-policy",
        &[("--workspace-id", From::Name)],
        "policyDocument",
        &[],
    ),
    fetch(
        ("backup", "backup-vault:"),
        "backup get-backup-vault-access-policy",
        &[("--backup-vault-name", From::Name)],
        "Policy",
        &[],
    ),
    fetch(("bedrock", ""), "bedrock get-resource-policy", RESOURCE_ARN, "resourcePolicy", &[]),
    fetch(("bedrock-agentcore", ""), "bedrock-agentcore-control get-resource-policy", RESOURCE_ARN, "policy", &[]),
    fetch(
        ("cloudtrail", ""),
        "cloudtrail get-resource-policy",
        RESOURCE_ARN,
        "ResourcePolicy",
        &["ResourcePolicyNotFoundException"],
    ),
    fetch(
        ("codeartifact", "domain/"),
        "codeartifact get-domain-permissions-policy",
        &[("--domain", From::Name), ("--domain-owner", From::Account)],
        "policy.document",
        &[],
    ),
    fetch(
        ("codeartifact", "repository/"),
        "codeartifact get-repository-permissions-policy",
        &[("--domain", From::First), ("--repository", From::Second), ("--domain-owner", From::Account)],
        "policy.document",
        &[],
    ),
    fetch(("codebuild", ""), "codebuild get-resource-policy", RESOURCE_ARN, "policy", &[]),
    fetch(("comprehend", ""), "comprehend describe-resource-policy", RESOURCE_ARN, "ResourcePolicy", &[]),
    fetch(("dsql", "cluster/"), "dsql get-cluster-policy", &[("--identifier", From::Name)], "policy", &[]),
    fetch(
        ("dynamodb", "table/"),
        "dynamodb get-resource-policy",
        &[("--resource-arn", From::Parent)],
        "Policy",
        POLICY_NOT_FOUND,
    ),
    fetch(
        ("ecr", "repository/"),
        "ecr get-repository-policy",
        &[("--registry-id", From::Account), ("--repository-name", From::Name)],
        "policyText",
        &["RepositoryPolicyNotFoundException"],
    ),
    fetch(
        ("ecr-public", "repository/"),
        "ecr-public get-repository-policy",
        &[("--repository-name", From::Name)],
        "policyText",
        &["RepositoryPolicyNotFoundException"],
    ),
    fetch(
        ("elasticfilesystem", "file-system/"),
        "efs describe-file-system-policy",
        &[("--file-system-id", From::Name)],
        "Policy",
        POLICY_NOT_FOUND,
    ),
    may_lack(
        fetch(
            ("es", "domain/"),
            "opensearch describe-domain",
            &[("--domain-name", From::First)],
            "DomainStatus.AccessPolicies",
            &[],
        ),
        &["DomainStatus"],
    ),
    may_lack(
        fetch(("events", "event-bus/"), "events describe-event-bus", &[("--name", From::Name)], "Policy", &[]),
        &["Arn", "Name"],
    ),
    may_lack(
        fetch(("execute-api", ""), "apigateway get-rest-api", &[("--rest-api-id", From::First)], "policy", &[]),
        &["id", "apiKeySource"],
    ),
    fetch(
        ("glacier", "vaults/"),
        "glacier get-vault-access-policy",
        &[("--account-id", From::Account), ("--vault-name", From::First)],
        "policy.Policy",
        &[],
    ),
    fetch(("glue", ""), "glue get-resource-policy", &[], "PolicyInJson", &["EntityNotFoundException"]),
    fetch(("iam", "role/"), "iam get-role", &[("--role-name", From::Name)], "Role.AssumeRolePolicyDocument", &[]),
    fetch(
        ("imagebuilder", "component/"),
        "imagebuilder get-component-policy",
        &[("--component-arn", From::Arn)],
        "policy",
        &[],
    ),
    fetch(
        ("imagebuilder", "container-recipe/"),
        "imagebuilder get-container-recipe-policy",
        &[("--container-recipe-arn", From::Arn)],
        "policy",
        &[],
    ),
    fetch(
        ("imagebuilder", "image-recipe/"),
        "imagebuilder get-image-recipe-policy",
        &[("--image-recipe-arn", From::Arn)],
        "policy",
        &[],
    ),
    fetch(("imagebuilder", "image/"), "imagebuilder get-image-policy", &[("--image-arn", From::Arn)], "policy", &[]),
    fetch(("kafka", "cluster/"), "kafka get-cluster-policy", &[("--cluster-arn", From::Arn)], "Policy", &[]),
    fetch(("kinesis", "stream/"), "kinesis get-resource-policy", &[("--resource-arn", From::Parent)], "Policy", &[]),
    fetch(
        ("kms", "key/"),
        "kms get-key-policy",
        &[("--key-id", From::Arn), ("--policy-name", From::Words("default"))],
        "Policy",
        &[],
    ),
    fetch(("lambda", "function:"), "lambda get-policy", &[("--function-name", From::Arn)], "Policy", NOT_FOUND),
    fetch(
        ("lambda", "layer:"),
        "lambda get-layer-version-policy",
        &[("--layer-name", From::First), ("--version-number", From::Second)],
        "Policy",
        NOT_FOUND,
    ),
    fetch(("lex", ""), "lexv2-models describe-resource-policy", RESOURCE_ARN, "policy", &[]),
    fetch(("logs", "log-group:"), "logs describe-resource-policies", &[], "resourcePolicies[].policyDocument", &[]),
    may_lack(
        fetch(
            ("logs", "destination:"),
            "logs describe-destinations",
            &[("--destination-name-prefix", From::Name)],
            "destinations[].accessPolicy",
            &[],
        ),
        &[],
    ),
    fetch(
        ("mediastore", "container/"),
        "mediastore get-container-policy",
        &[("--container-name", From::First)],
        "Policy",
        POLICY_NOT_FOUND,
    ),
    fetch(("network-firewall", ""), "network-firewall describe-resource-policy", RESOURCE_ARN, "Policy", &[]),
    fetch(("oam", "sink/"), "oam get-sink-policy", &[("--sink-identifier", From::Arn)], "Policy", &[]),
    fetch(("payment-cryptography", "key/"), "payment-cryptography get-resource-policy", RESOURCE_ARN, "Policy", &[]),
    fetch(("redshift", "namespace:"), "redshift get-resource-policy", RESOURCE_ARN, "ResourcePolicy.Policy", &[]),
    fetch(
        ("s3", "accesspoint/"),
        "s3control get-access-point-policy",
        &[("--account-id", From::Account), ("--name", From::First)],
        "Policy",
        &["NoSuchAccessPointPolicy"],
    ),
    fetch(("s3", ""), "s3api get-bucket-policy", &[("--bucket", From::First)], "Policy", &["NoSuchBucketPolicy"]),
    fetch(
        ("s3express", "bucket/"),
        "s3api get-bucket-policy",
        &[("--bucket", From::First)],
        "Policy",
        &["NoSuchBucketPolicy"],
    ),
    fetch(
        ("s3-object-lambda", "accesspoint/"),
        "s3control get-access-point-policy-for-object-lambda",
        &[("--account-id", From::Account), ("--name", From::First)],
        "Policy",
        &["NoSuchAccessPointPolicy"],
    ),
    fetch(
        ("s3tables", "bucket/"),
        "s3tables get-table-bucket-policy",
        &[("--table-bucket-arn", From::Parent)],
        "resourcePolicy",
        &[],
    ),
    fetch(
        ("s3vectors", "bucket/"),
        "s3vectors get-vector-bucket-policy",
        &[("--vector-bucket-name", From::First)],
        "policy",
        &[],
    ),
    fetch(
        ("sagemaker", "model-package-group/"),
        "sagemaker get-model-package-group-policy",
        &[("--model-package-group-name", From::Name)],
        "ResourcePolicy",
        &[],
    ),
    fetch(("schemas", "registry/"), "schemas get-resource-policy", &[("--registry-name", From::Name)], "Policy", &[]),
    may_lack(
        fetch(
            ("secretsmanager", "secret:"),
            "secretsmanager get-resource-policy",
            &[("--secret-id", From::Arn)],
            "ResourcePolicy",
            &[],
        ),
        &["ARN", "Name"],
    ),
    may_lack(
        fetch(
            ("ses", "identity/"),
            "sesv2 get-email-identity-policies",
            &[("--email-identity", From::Name)],
            "Policies{}",
            &[],
        ),
        &[],
    ),
    may_lack(
        fetch(("sns", ""), "sns get-topic-attributes", &[("--topic-arn", From::Arn)], "Attributes{}", &[]),
        &["Attributes"],
    ),
    may_lack(
        fetch(
            ("sqs", ""),
            "sqs get-queue-attributes",
            &[("--attribute-names", From::Words("Policy")), ("--queue-url", From::Name)],
            "Attributes{}",
            &[],
        ),
        &["Attributes"],
    ),
    fetch(("ssm", ""), "ssm get-resource-policies", RESOURCE_ARN, "Policies[].Policy", &[]),
    fetch(
        ("ssm-contacts", "contact/"),
        "ssm-contacts get-contact-policy",
        &[("--contact-arn", From::Arn)],
        "Policy",
        &[],
    ),
    fetch(
        ("vpc-lattice", "service/"),
        "vpc-lattice get-auth-policy",
        &[("--resource-identifier", From::Arn)],
        "policy",
        &[],
    ),
    fetch(
        ("vpc-lattice", "servicenetwork/"),
        "vpc-lattice get-auth-policy",
        &[("--resource-identifier", From::Arn)],
        "policy",
        &[],
    ),
    fetch(
        ("aiops", "investigation-group/"),
        "aiops get-investigation-group-policy",
        &[("--identifier", From::Arn)],
        "policy",
        &[],
    ),
    fetch(("aws-marketplace", ""), "marketplace-catalog get-resource-policy", RESOURCE_ARN, "Policy", &[]),
    fetch(("billing", "billingview/"), "billing get-resource-policy", RESOURCE_ARN, "policy", &[]),
    fetch(
        ("cleanrooms-ml", "configured-audience-model/"),
        "cleanroomsml get-configured-audience-model-policy",
        &[("--configured-audience-model-arn", From::Arn)],
        "configuredAudienceModelPolicy",
        &[],
    ),
    fetch(("cloudfront", "vpcorigin/"), "cloudfront get-resource-policy", RESOURCE_ARN, "PolicyDocument", &[]),
    fetch(("cloudhsm", "backup/"), "cloudhsmv2 get-resource-policy", RESOURCE_ARN, "Policy", &[]),
    fetch(
        ("elemental-inference", "feed/"),
        "elementalinference get-feed-policy",
        &[("--id", From::Name)],
        "policy",
        &[],
    ),
    fetch(
        ("logs", "delivery-destination:"),
        "logs get-delivery-destination-policy",
        &[("--delivery-destination-name", From::Name)],
        "policy.deliveryDestinationPolicy",
        &[],
    ),
    fetch(("lookoutequipment", ""), "lookoutequipment describe-resource-policy", RESOURCE_ARN, "ResourcePolicy", &[]),
    fetch(
        ("mediapackagev2", "channelGroup/"),
        "mediapackagev2 get-channel-policy",
        &[("--channel-group-name", From::First), ("--channel-name", From::Third)],
        "Policy",
        &[],
    ),
    fetch(
        ("mediatailor", "channel/"),
        "mediatailor get-channel-policy",
        &[("--channel-name", From::Name)],
        "Policy",
        &[],
    ),
    fetch(
        ("networkmanager", "core-network/"),
        "networkmanager get-resource-policy",
        RESOURCE_ARN,
        "PolicyDocument",
        &[],
    ),
    fetch(
        ("organizations", "resourcepolicy/"),
        "organizations describe-resource-policy",
        &[],
        "ResourcePolicy.Content",
        &[],
    ),
    fetch(("osis", "pipeline/"), "osis get-resource-policy", RESOURCE_ARN, "Policy", &[]),
    fetch(("qbusiness", "application/"), "qbusiness get-policy", &[("--application-id", From::First)], "policy", &[]),
    fetch(
        ("rekognition", "project/"),
        "rekognition list-project-policies",
        &[("--project-arn", From::Arn)],
        "ProjectPolicies[].PolicyDocument",
        &[],
    ),
    fetch(
        ("route53-recovery-control", "cluster/"),
        "route53-recovery-control-config get-resource-policy",
        RESOURCE_ARN,
        "Policy",
        &[],
    ),
    fetch(
        ("route53resolver", "firewall-rule-group/"),
        "route53resolver get-firewall-rule-group-policy",
        &[("--arn", From::Arn)],
        "FirewallRuleGroupPolicy",
        &[],
    ),
    fetch(
        ("route53resolver", "resolver-query-log-config/"),
        "route53resolver get-resolver-query-log-config-policy",
        &[("--arn", From::Arn)],
        "ResolverQueryLogConfigPolicy",
        &[],
    ),
    fetch(
        ("route53resolver", "resolver-rule/"),
        "route53resolver get-resolver-rule-policy",
        &[("--arn", From::Arn)],
        "ResolverRulePolicy",
        &[],
    ),
    fetch(("rum", "appmonitor/"), "rum get-resource-policy", &[("--name", From::Name)], "PolicyDocument", &[]),
    fetch(
        ("s3", "access-grants/"),
        "s3control get-access-grants-instance-resource-policy",
        &[("--account-id", From::Account)],
        "Policy",
        &[],
    ),
    fetch(
        ("s3express", "accesspoint/"),
        "s3control get-access-point-policy",
        &[("--account-id", From::Account), ("--name", From::First)],
        "Policy",
        &["NoSuchAccessPointPolicy"],
    ),
    fetch(
        ("s3files", "file-system/"),
        "s3files get-file-system-policy",
        &[("--file-system-id", From::First)],
        "policy",
        &[],
    ),
    fetch(("sms-voice", ""), "pinpoint-sms-voice-v2 get-resource-policy", RESOURCE_ARN, "Policy", &[]),
    fetch(
        ("ssm-incidents", "response-plan/"),
        "ssm-incidents get-resource-policies",
        RESOURCE_ARN,
        "resourcePolicies[].policyDocument",
        &[],
    ),
    fetch(("vpc-lattice", "resourceconfiguration/"), "vpc-lattice get-resource-policy", RESOURCE_ARN, "policy", &[]),
    fetch(("waf", "rulegroup/"), "waf get-permission-policy", RESOURCE_ARN, "Policy", &[]),
    fetch(("waf-regional", "rulegroup/"), "waf-regional get-permission-policy", RESOURCE_ARN, "Policy", &[]),
    fetch(("wafv2", ""), "wafv2 get-permission-policy", RESOURCE_ARN, "Policy", &[]),
];

/// Resources whose policy no command of the AWS CLI prints as one document by their ARN: most are written by AWS RAM when they are
/// shared, of others the command prints permissions one by one, and that of an Outpost may be of a bucket or an access point.
pub static NOT_PRINTED: [(&str, &str); 20] = [
    ("agent-registry", "registry/"),
    ("appmesh", "mesh/"),
    ("ec2", "ipam-pool/"),
    ("ec2", "placement-group/"),
    ("ec2", "verified-access-group/"),
    ("events", "event-busv2/"),
    ("fsx", "volume/"),
    ("odb", "cloud-exadata-infrastructure/"),
    ("odb", "exascale-db-storage-vault/"),
    ("odb", "odb-network/"),
    ("resource-explorer-2", "view/"),
    ("resource-groups", "group/"),
    ("route53profiles", "profile/"),
    ("s3-outposts", "outpost/"),
    ("sagemaker", "feature-group/"),
    ("serverlessrepo", "applications/"),
    ("servicecatalog", "/applications/"),
    ("servicecatalog", "/attribute-groups/"),
    ("servicediscovery", "namespace/"),
    ("signer", "/signing-profiles/"),
];

/// Commands that print other policies, by their answers: where the document stands.
pub static OTHER_ANSWERS: [(&str, &str); 16] = [
    ("ec2 describe-vpc-endpoints", "VpcEndpoints[].PolicyDocument"),
    ("ecr get-registry-policy", "policyText"),
    ("es describe-elasticsearch-domain", "DomainStatus.AccessPolicies"),
    ("glue get-resource-policies", "GetResourcePoliciesResponseList[].PolicyInJson"),
    ("iam get-group-policy", "PolicyDocument"),
    ("iam get-policy-version", "PolicyVersion.Document"),
    ("iam get-role-policy", "PolicyDocument"),
    ("iam get-user-policy", "PolicyDocument"),
    ("iam list-roles", "Roles[].AssumeRolePolicyDocument"),
    ("iot get-policy", "policyDocument"),
    ("iot get-policy-version", "policyDocument"),
    ("opensearch describe-domain-config", "DomainConfig.AccessPolicies.Options"),
    ("organizations describe-policy", "Policy.Content"),
    ("ram get-resource-policies", "policies[]"),
    ("ses get-identity-policies", "Policies{}"),
    ("sso-admin get-inline-policy-for-permission-set", "InlinePolicy"),
];

/// The command that prints the policy of a resource.
pub(super) fn of_resource(resource: &str) -> Option<Command> {
    let arn: Arn = resource.parse().ok()?;
    let fits = |fetch: &&Fetch| {
        // a bucket's ARN has no account; what else S3 has does
        let bare = !fetch.prefix.is_empty() || fetch.service != "s3" || arn.account().is_empty();
        fetch.service == arn.service() && bare && arn.resource().starts_with(fetch.prefix)
    };
    let fetch = FETCHES.iter().find(fits)?;
    let rest = arn.resource().strip_prefix(fetch.prefix).unwrap_or_default();
    let mut command = Command::aws(fetch.command);
    for (option, from) in fetch.options {
        let mut parts = rest.split(['/', ':']);
        command = match from {
            From::Words(words) => command.words(option).words(words),
            From::Name if fetch.service == "sqs" => {
                let url = Command::aws("sqs get-queue-url").option("--queue-name", rest);
                command.output_of(option, url.words("--query QueueUrl --output text"))
            }
            // a role's name is the end of its path
            From::Name if fetch.service == "iam" => command.option(option, rest.rsplit('/').next().unwrap_or_default()),
            From::Name => command.option(option, rest),
            From::First => command.option(option, parts.next().unwrap_or_default()),
            From::Second => command.option(option, parts.nth(1).unwrap_or_default()),
            From::Third => command.option(option, parts.nth(2).unwrap_or_default()),
            From::Account => command.option(option, arn.account()),
            From::Arn => command.option(option, resource),
            From::Parent => {
                let first = rest.split('/').next().unwrap_or_default();
                let length = resource.len() - rest.len() + first.len();
                command.option(option, resource.get(..length).unwrap_or(resource))
            }
        };
    }
    Some(command)
}

/// Whether an error says that there is no policy, and in which words that can be told.
pub(super) fn says_none(code: &str, operation: &str) -> Option<String> {
    let same = |command: &str| {
        let name = command.split(' ').nth(1).unwrap_or_default();
        name.chars().filter(|c| *c != '-').eq(operation.chars().map(|c| c.to_ascii_lowercase()))
    };
    let fetch = FETCHES.iter().find(|fetch| same(fetch.command) && fetch.none.contains(&code))?;
    Some(format!("`aws {}` answered {code}: there is none", fetch.command))
}

/// Whether an answer shows that there is no policy.
pub(super) fn shows_none(root: &Tree) -> Option<String> {
    let empty_member = |path: &str| {
        let mut at = root;
        for name in path.split('.') {
            at = at.get(name.trim_end_matches("[]").trim_end_matches("{}"))?;
            if name.ends_with(['}', ']']) {
                return (at.items().is_empty() && at.members().is_empty()).then_some(());
            }
        }
        at.is_nothing().then_some(())
    };
    let answer = |command: &str| format!("the answer of `aws {command}` has no policy");
    // several commands answer alike
    let empty = |path: &str| format!("its `{}` is empty: there is none", path.replace(['[', ']', '{', '}'], ""));
    for fetch in &FETCHES {
        if empty_member(fetch.document).is_some() {
            return Some(empty(fetch.document));
        }
        let whole = !fetch.without.is_empty() && fetch.without.iter().all(|name| root.get(name).is_some());
        let member = fetch.document.split('.').next().unwrap_or_default().trim_end_matches("{}");
        let lacks = fetch.document.contains(['.', '{']) || root.get(member).is_none();
        let own = |service: &str| {
            let arn = root.get("ARN").or_else(|| root.get("Arn")).and_then(Tree::text);
            arn.is_none_or(|arn| arn.split(':').nth(2) == Some(service))
        };
        if whole && lacks && own(fetch.service) {
            return Some(answer(fetch.command));
        }
    }
    let other =
        OTHER_ANSWERS.iter().filter(|(command, _)| !command.starts_with("ec2 ") && !command.starts_with("iam "));
    other.map(|(_, path)| empty_member(path).map(|()| empty(path))).find(Option::is_some).flatten()
}

#[cfg(test)]
mod tests;
