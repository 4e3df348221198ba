//! Which resources have a policy of their own, and what that policy must do when caller and resource belong to one account.
//!
//! A resource that is in neither table may have a policy: AWS adds kinds every month, so nothing follows from its absence.

use super::action::Action;
use super::arn::Arn;
use super::scope::is_trust_action;

/// A kind of resource that can have a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResourcePolicyKind {
    /// The service in the resource's ARN.
    pub service: &'static str,
    /// How the ARN's last part begins: `table/`; empty where it is the bare name, as for queues.
    pub prefix: &'static str,
    /// The action that sets the policy.
    pub set_by: &'static str,
    /// What an Allow in it is worth within one account.
    pub within_account: WithinAccount,
    /// Whether a statement of it names the resource. Some services take no policy in which one does: it is about what it is attached to.
    pub names_resource: bool,
    /// Whether a statement of it lets in whole accounts, and nobody of an account alone.
    pub names_accounts: bool,
    /// The page of AWS that says so, below `https://docs.aws.amazon.com/`.
    pub page: &'static str,
}

/// Which Allow a caller of the resource's own account needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WithinAccount {
    /// One in the resource's policy or one in the caller's own policies.
    Either,
    /// One in the resource's policy, which may leave the decision to the caller's own policies by naming the account.
    ResourcePolicy,
    /// One in every policy that the resource has, and one in the caller's own policies too.
    Both,
}

/// What is known about the policy of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResourcePolicy {
    /// It can have one.
    Possible(&'static ResourcePolicyKind),
    /// AWS documents that there is none.
    None,
    /// The tables do not have this kind of resource.
    NotKnown,
}

/// The list of the actions of every service, with the resource types that each works on.
const ACTIONS: &str = "service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html";

const fn kind(service: &'static str, prefix: &'static str, set_by: &'static str) -> ResourcePolicyKind {
    ResourcePolicyKind {
        service,
        prefix,
        set_by,
        within_account: WithinAccount::Either,
        names_resource: true,
        names_accounts: false,
        page: ACTIONS,
    }
}

impl ResourcePolicyKind {
    const fn documented(self, page: &'static str) -> Self {
        Self { page, ..self }
    }

    /// AWS names two kinds whose policy must allow even within one account, role trust policies and KMS key policies, and its page of
    /// VPC Lattice a third, where both sides must.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html>
    const fn must_allow(self, within_account: WithinAccount, page: &'static str) -> Self {
        Self { within_account, page, ..self }
    }

    const fn without_resource(self) -> Self {
        Self { names_resource: false, ..self }
    }

    const fn for_accounts(self) -> Self {
        Self { names_accounts: true, ..self }
    }
}

/// The kinds, each service's longer prefixes first. A test compares them with the actions of the service reference.
pub static RESOURCE_POLICY_KINDS: [ResourcePolicyKind; 126] = [
    kind("acm-pca", "certificate-authority/", "acm-pca:PutPolicy"),
    kind("agent-registry", "registry/", "agent-registry:PutResourcePolicy"),
    kind("aiops", "investigation-group/", "aiops:PutInvestigationGroupPolicy"),
    kind("appmesh", "mesh/", "appmesh:PutMeshPolicy"),
    kind("aps", "workspace/", "aps:PutResourcePolicy"),
    kind("aws-marketplace", "", "aws-marketplace:PutResourcePolicy"),
    kind("backup", "backup-vault:", "backup:PutBackupVaultAccessPolicy"),
    kind("bedrock", "custom-model/", "bedrock:PutResourcePolicy"),
    kind("bedrock", "guardrail/", "bedrock:PutResourcePolicy"),
    kind("bedrock", "guardrail-profile/", "bedrock:PutResourcePolicy"),
    kind("bedrock", "knowledge-base/", "bedrock:PutResourcePolicy"),
    kind("bedrock-agentcore", "gateway/", "bedrock-agentcore:PutResourcePolicy")
        .documented("bedrock-agentcore/latest/devguide/resource-based-policies.html"),
    kind("bedrock-agentcore", "memory/", "bedrock-agentcore:PutResourcePolicy")
        .documented("bedrock-agentcore/latest/devguide/resource-based-policies.html"),
    kind("bedrock-agentcore", "runtime/", "bedrock-agentcore:PutResourcePolicy")
        .documented("bedrock-agentcore/latest/devguide/resource-based-policies.html"),
    kind("billing", "billingview/", "billing:PutResourcePolicy"),
    kind("cleanrooms-ml", "configured-audience-model/", "cleanrooms-ml:PutConfiguredAudienceModelPolicy"),
    kind("cloudfront", "vpcorigin/", "cloudfront:PutResourcePolicy"),
    kind("cloudhsm", "backup/", "cloudhsm:PutResourcePolicy"),
    kind("cloudtrail", "channel/", "cloudtrail:PutResourcePolicy"),
    kind("cloudtrail", "dashboard/", "cloudtrail:PutResourcePolicy"),
    kind("cloudtrail", "eventdatastore/", "cloudtrail:PutResourcePolicy"),
    kind("codeartifact", "domain/", "codeartifact:PutDomainPermissionsPolicy")
        .documented("codeartifact/latest/ug/domain-policies.html"),
    kind("codeartifact", "repository/", "codeartifact:PutRepositoryPermissionsPolicy")
        .documented("codeartifact/latest/ug/repo-policies.html"),
    kind("codebuild", "project/", "codebuild:PutResourcePolicy"),
    kind("codebuild", "report-group/", "codebuild:PutResourcePolicy"),
    kind("comprehend", "document-classifier/", "comprehend:PutResourcePolicy"),
    kind("comprehend", "entity-recognizer/", "comprehend:PutResourcePolicy"),
    kind("dsql", "cluster/", "dsql:PutClusterPolicy"),
    kind("dynamodb", "table/", "dynamodb:PutResourcePolicy")
        .documented("amazondynamodb/latest/developerguide/access-control-resource-based.html"),
    kind("ec2", "ipam-pool/", "ec2:PutResourcePolicy"),
    kind("ec2", "placement-group/", "ec2:PutResourcePolicy"),
    kind("ec2", "verified-access-group/", "ec2:PutResourcePolicy"),
    kind("ecr", "repository/", "ecr:SetRepositoryPolicy")
        // ECR refuses one with a Resource: <https://github.com/awsdocs/amazon-ecr-user-guide/pull/20>
        .documented("AmazonECR/latest/userguide/repository-policy-examples.html")
        .without_resource(),
    kind("ecr-public", "repository/", "ecr-public:SetRepositoryPolicy")
        .documented("AmazonECR/latest/public/public-repository-policy-examples.html")
        .without_resource(),
    kind("elasticfilesystem", "file-system/", "elasticfilesystem:PutFileSystemPolicy")
        .documented("efs/latest/ug/iam-access-control-nfs-efs.html"),
    kind("elemental-inference", "feed/", "elemental-inference:PutFeedPolicy"),
    kind("es", "domain/", "es:UpdateDomainConfig").documented("opensearch-service/latest/developerguide/ac.html"),
    kind("events", "event-bus/", "events:PutPermission")
        .documented("eventbridge/latest/userguide/eb-event-bus-perms.html"),
    kind("events", "event-busv2/", "events:PutResourcePolicy"),
    // within one account the user's policies or the API's allow
    kind("execute-api", "", "apigateway:UpdateRestApiPolicy")
        .documented("apigateway/latest/developerguide/apigateway-authorization-flow.html"),
    kind("fsx", "volume/", "fsx:PutResourcePolicy"),
    kind("glacier", "vaults/", "glacier:SetVaultAccessPolicy"),
    kind("glue", "catalog", "glue:PutResourcePolicy")
        .documented("glue/latest/dg/security_iam_resource-based-policy-examples.html"),
    kind("glue", "database/", "glue:PutResourcePolicy")
        .documented("glue/latest/dg/security_iam_resource-based-policy-examples.html"),
    kind("glue", "table/", "glue:PutResourcePolicy")
        .documented("glue/latest/dg/security_iam_resource-based-policy-examples.html"),
    // a trust policy: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_terms-and-concepts.html>
    kind("iam", "role/", "iam:UpdateAssumeRolePolicy")
        .must_allow(
            WithinAccount::ResourcePolicy,
            "IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html",
        )
        .without_resource(),
    kind("imagebuilder", "component/", "imagebuilder:PutComponentPolicy"),
    kind("imagebuilder", "container-recipe/", "imagebuilder:PutContainerRecipePolicy"),
    kind("imagebuilder", "image/", "imagebuilder:PutImagePolicy"),
    kind("imagebuilder", "image-recipe/", "imagebuilder:PutImageRecipePolicy"),
    kind("kafka", "cluster/", "kafka:PutClusterPolicy"),
    kind("kinesis", "stream/", "kinesis:PutResourcePolicy"),
    kind("kms", "key/", "kms:PutKeyPolicy")
        .must_allow(WithinAccount::ResourcePolicy, "kms/latest/developerguide/key-policies.html"),
    kind("lambda", "function:", "lambda:AddPermission")
        .documented("lambda/latest/dg/access-control-resource-based.html"),
    kind("lambda", "layer:", "lambda:AddLayerVersionPermission")
        // <https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html>
        .documented("lambda/latest/dg/permissions-layer-cross-account.html")
        .for_accounts(),
    kind("lex", "bot/", "lex:CreateResourcePolicy"),
    kind("lex", "bot-alias/", "lex:CreateResourcePolicy"),
    kind("logs", "delivery-destination:", "logs:PutDeliveryDestinationPolicy"),
    kind("logs", "destination:", "logs:PutDestinationPolicy"),
    kind("logs", "log-group:", "logs:PutResourcePolicy"),
    kind("lookoutequipment", "dataset/", "lookoutequipment:PutResourcePolicy"),
    kind("lookoutequipment", "model/", "lookoutequipment:PutResourcePolicy"),
    kind("mediapackagev2", "channelGroup/", "mediapackagev2:PutChannelPolicy"),
    kind("mediastore", "container/", "mediastore:PutContainerPolicy"),
    kind("mediatailor", "channel/", "mediatailor:PutChannelPolicy"),
    kind("network-firewall", "firewall/", "network-firewall:PutResourcePolicy"),
    kind("network-firewall", "firewall-policy/", "network-firewall:PutResourcePolicy"),
    kind("network-firewall", "stateful-rulegroup/", "network-firewall:PutResourcePolicy"),
    kind("network-firewall", "stateless-rulegroup/", "network-firewall:PutResourcePolicy"),
    kind("networkmanager", "core-network/", "networkmanager:PutResourcePolicy"),
    kind("oam", "sink/", "oam:PutSinkPolicy"),
    kind("odb", "cloud-exadata-infrastructure/", "odb:PutResourcePolicy"),
    kind("odb", "exascale-db-storage-vault/", "odb:PutResourcePolicy"),
    kind("odb", "odb-network/", "odb:PutResourcePolicy"),
    kind("organizations", "resourcepolicy/", "organizations:PutResourcePolicy"),
    kind("osis", "pipeline/", "osis:PutResourcePolicy"),
    kind("payment-cryptography", "key/", "payment-cryptography:PutResourcePolicy"),
    kind("qbusiness", "application/", "qbusiness:PutResourcePolicy"),
    kind("redshift", "namespace:", "redshift:PutResourcePolicy"),
    kind("rekognition", "project/", "rekognition:PutProjectPolicy"),
    kind("resource-explorer-2", "view/", "resource-explorer-2:PutResourcePolicy"),
    kind("resource-groups", "group/", "resource-groups:PutGroupPolicy"),
    kind("route53-recovery-control", "cluster/", "route53-recovery-control-config:PutResourcePolicy"),
    kind("route53profiles", "profile/", "route53profiles:PutProfilePolicy"),
    kind("route53resolver", "firewall-rule-group/", "route53resolver:PutFirewallRuleGroupPolicy"),
    kind("route53resolver", "resolver-query-log-config/", "route53resolver:PutResolverQueryLogConfigPolicy"),
    kind("route53resolver", "resolver-rule/", "route53resolver:PutResolverRulePolicy"),
    kind("rum", "appmonitor/", "rum:PutResourcePolicy"),
    kind("s3", "access-grants/", "s3:PutAccessGrantsInstanceResourcePolicy"),
    kind("s3", "accesspoint/", "s3:PutAccessPointPolicy")
        .documented("AmazonS3/latest/userguide/access-points-policies.html"),
    kind("s3", "", "s3:PutBucketPolicy").documented("AmazonS3/latest/userguide/bucket-policies.html"),
    kind("s3-object-lambda", "accesspoint/", "s3:PutAccessPointPolicyForObjectLambda"),
    kind("s3-outposts", "outpost/", "s3-outposts:PutBucketPolicy"),
    kind("s3express", "accesspoint/", "s3express:PutAccessPointPolicy"),
    kind("s3express", "bucket/", "s3express:PutBucketPolicy"),
    kind("s3files", "file-system/", "s3files:PutFileSystemPolicy"),
    kind("s3tables", "bucket/", "s3tables:PutTableBucketPolicy"),
    kind("s3vectors", "bucket/", "s3vectors:PutVectorBucketPolicy"),
    kind("sagemaker", "model-package-group/", "sagemaker:PutModelPackageGroupPolicy"),
    kind("sagemaker", "feature-group/", "sagemaker:PutResourcePolicy"),
    kind("schemas", "registry/", "schemas:PutResourcePolicy"),
    kind("secretsmanager", "secret:", "secretsmanager:PutResourcePolicy")
        .documented("secretsmanager/latest/userguide/auth-and-access_resource-policies.html"),
    kind("serverlessrepo", "applications/", "serverlessrepo:PutApplicationPolicy"),
    kind("servicecatalog", "/applications/", "servicecatalog:PutResourcePolicy"),
    kind("servicecatalog", "/attribute-groups/", "servicecatalog:PutResourcePolicy"),
    kind("servicediscovery", "namespace/", "servicediscovery:PutResourcePolicy"),
    kind("ses", "identity/", "ses:CreateEmailIdentityPolicy"),
    kind("signer", "/signing-profiles/", "signer:AddProfilePermission"),
    kind("sms-voice", "opt-out-list/", "sms-voice:PutResourcePolicy"),
    kind("sms-voice", "phone-number/", "sms-voice:PutResourcePolicy"),
    kind("sms-voice", "pool/", "sms-voice:PutResourcePolicy"),
    kind("sms-voice", "sender-id/", "sms-voice:PutResourcePolicy"),
    kind("sns", "", "sns:AddPermission").documented("sns/latest/dg/sns-using-identity-based-policies.html"),
    kind("sqs", "", "sqs:AddPermission")
        .documented("AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-using-identity-based-policies.html"),
    kind("ssm", "document/", "ssm:PutResourcePolicy"),
    kind("ssm", "opsitemgroup/", "ssm:PutResourcePolicy"),
    kind("ssm", "parameter/", "ssm:PutResourcePolicy"),
    kind("ssm-contacts", "contact/", "ssm-contacts:PutContactPolicy"),
    kind("ssm-incidents", "response-plan/", "ssm-incidents:PutResourcePolicy"),
    kind("vpc-lattice", "resourceconfiguration/", "vpc-lattice:PutResourcePolicy"),
    // for calls of a service; the auth policy is the service's, and another may be its network's
    kind("vpc-lattice", "service/", "vpc-lattice:PutAuthPolicy")
        .must_allow(WithinAccount::Both, "vpc-lattice/latest/ug/auth-policies.html"),
    kind("vpc-lattice", "servicenetwork/", "vpc-lattice:PutAuthPolicy"),
    kind("waf", "rulegroup/", "waf:PutPermissionPolicy"),
    kind("waf-regional", "rulegroup/", "waf-regional:PutPermissionPolicy"),
    kind("wafv2", "regional/rulegroup/", "wafv2:PutPermissionPolicy"),
    kind("wafv2", "global/rulegroup/", "wafv2:PutPermissionPolicy"),
];

/// Resources without a policy, by service and the beginning of the ARN's last part (empty: all of the service). Kinds that can be
/// shared through AWS RAM are not here: a share is a policy of the resource.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-services-that-work-with-iam.html>
/// <https://docs.aws.amazon.com/ram/latest/userguide/shareable.html>
const WITHOUT: [(&str, &str); 40] = [
    ("athena", ""),
    ("autoscaling", ""),
    ("batch", ""),
    ("cloudformation", "stack/"),
    ("cloudwatch", "alarm:"),
    ("codedeploy", ""),
    ("codepipeline", ""),
    ("cognito-identity", ""),
    ("cognito-idp", ""),
    ("datapipeline", ""),
    ("dms", ""),
    ("ec2", "elastic-ip/"),
    ("ec2", "instance/"),
    ("ec2", "internet-gateway/"),
    ("ec2", "key-pair/"),
    ("ec2", "launch-template/"),
    ("ec2", "natgateway/"),
    ("ec2", "network-acl/"),
    ("ec2", "network-interface/"),
    ("ec2", "route-table/"),
    ("ec2", "spot-instances-request/"),
    ("ec2", "volume/"),
    ("ecs", ""),
    // <https://docs.aws.amazon.com/eks/latest/userguide/security-iam-service-with-iam.html>
    ("eks", ""),
    ("elasticache", ""),
    ("elasticbeanstalk", ""),
    ("elasticloadbalancing", "listener/"),
    ("elasticloadbalancing", "loadbalancer/"),
    ("elasticloadbalancing", "targetgroup/"),
    ("elasticmapreduce", ""),
    ("firehose", ""),
    ("kinesisanalytics", ""),
    ("rds", "db:"),
    ("rds", "og:"),
    ("rds", "pg:"),
    ("rds", "subgrp:"),
    ("route53", "hostedzone/"),
    // <https://docs.aws.amazon.com/step-functions/latest/dg/security_iam_service-with-iam.html>
    ("states", ""),
    ("storagegateway", ""),
    ("swf", ""),
];

impl ResourcePolicyKind {
    fn covers(&self, arn: &Arn) -> bool {
        // a bucket's ARN has no account; what else S3 has does
        let bare = !self.prefix.is_empty() || self.service != "s3" || arn.account().is_empty();
        bare && arn.resource().starts_with(self.prefix)
    }
}

/// What is known about the policy of this resource.
#[must_use]
pub fn resource_policy(arn: &Arn) -> ResourcePolicy {
    let (service, resource) = (arn.service(), arn.resource());
    // most are of other services
    let covers = |kind: &&ResourcePolicyKind| kind.service == service && kind.covers(arn);
    if let Some(kind) = RESOURCE_POLICY_KINDS.iter().find(covers) {
        return ResourcePolicy::Possible(kind);
    }
    let without = WITHOUT.iter().any(|(own, prefix)| *own == service && resource.starts_with(prefix));
    if without { ResourcePolicy::None } else { ResourcePolicy::NotKnown }
}

/// Whether the policy of this resource lets in whole accounts, and nobody of an account alone.
#[must_use]
pub fn names_accounts(resource: &str) -> bool {
    let named = |arn: Arn| matches!(resource_policy(&arn), ResourcePolicy::Possible(kind) if kind.names_accounts);
    resource.parse().is_ok_and(named)
}

/// Which Allow a caller of the resource's own account needs for this action; `None` where the resource is not known and decides.
///
/// A policy that allows by itself concerns only what it is made for: a role's trust policy the actions of STS that assume it, an
/// auth policy of VPC Lattice the calls of the service.
#[must_use]
pub fn within_account(action: &Action, resource: Option<&str>) -> Option<WithinAccount> {
    if action.service() == "vpc-lattice-svcs" {
        return Some(WithinAccount::Both);
    }
    if !is_trust_action(action) && action.service() != "kms" {
        return Some(WithinAccount::Either);
    }
    let arn = resource?.parse::<Arn>();
    // assuming is asked of a role's trust policy, and an action of KMS of a key's policy; nothing else is asked of either
    let asked_of = if is_trust_action(action) { "iam" } else { "kms" };
    Some(match arn.as_ref().map(resource_policy) {
        Ok(ResourcePolicy::Possible(kind)) if kind.service == asked_of => kind.within_account,
        _ => WithinAccount::Either,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arn: &str) -> ResourcePolicy {
        resource_policy(&arn.parse().unwrap())
    }

    #[test]
    fn instances_have_no_policy_queues_may_and_of_others_nothing_is_known() {
        let east = "us-east-1:111122223333";
        assert_eq!(of(&format!("arn:aws:ec2:{east}:instance/i-0abc")), ResourcePolicy::None);
        assert_eq!(of(&format!("arn:aws:ec2:{east}:subnet/subnet-0abc")), ResourcePolicy::NotKnown);
        assert_eq!(of(&format!("arn:aws:newservice:{east}:thing/1")), ResourcePolicy::NotKnown);
        for (arn, set_by) in [
            (format!("arn:aws:sqs:{east}:orders"), "sqs:AddPermission"),
            ("arn:aws:s3:::reports/2026/q1.csv".to_owned(), "s3:PutBucketPolicy"),
            (format!("arn:aws:s3:{east}:accesspoint/ap/object/k"), "s3:PutAccessPointPolicy"),
            (format!("arn:aws:dynamodb:{east}:table/t/index/i"), "dynamodb:PutResourcePolicy"),
        ] {
            let ResourcePolicy::Possible(kind) = of(&arn) else { panic!("{arn}") };
            assert_eq!(kind.set_by, set_by, "{arn}");
        }
        for (service, resource) in
            [("athena", "workgroup/primary"), ("firehose", "deliverystream/logs"), ("swf", "domain/d")]
        {
            assert_eq!(of(&format!("arn:aws:{service}:{east}:{resource}")), ResourcePolicy::None, "{service}");
        }
        // S3's jobs are no buckets
        assert_eq!(of(&format!("arn:aws:s3:{east}:job/1")), ResourcePolicy::NotKnown);
    }

    #[test]
    fn three_kinds_must_allow_within_their_account() {
        let needs = |action: &str, resource| within_account(&action.parse().unwrap(), resource);
        let role = Some("arn:aws:iam::111122223333:role/deploy");
        let key = Some("arn:aws:kms:us-east-1:111122223333:key/1");
        let service = Some("arn:aws:vpc-lattice:us-east-1:111122223333:service/svc-0a/path");
        assert_eq!(needs("sts:AssumeRole", role), Some(WithinAccount::ResourcePolicy));
        assert_eq!(needs("iam:PassRole", role), Some(WithinAccount::Either));
        assert_eq!(needs("kms:Decrypt", key), Some(WithinAccount::ResourcePolicy));
        assert_eq!(needs("kms:Decrypt", service), Some(WithinAccount::Either));
        assert_eq!(
            needs("kms:Decrypt", Some("arn:aws:kms:us-east-1:111122223333:alias/a")),
            Some(WithinAccount::Either)
        );
        assert_eq!(needs("kms:Decrypt", None), None);
        assert_eq!(needs("vpc-lattice-svcs:Invoke", service), Some(WithinAccount::Both));
        assert_eq!(needs("vpc-lattice:GetService", service), Some(WithinAccount::Either));
        assert_eq!(needs("s3:GetObject", Some("arn:aws:s3:::b/k")), Some(WithinAccount::Either));
    }
}
