//! The services whose resources have policies: which call sets one, and which resources of Terraform and CloudFormation hold one.
//!
//! The parameters are those of the API reference of each service, the properties those of
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs> and
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/>.

use super::arn::Arn;

/// A kind of resource that has a policy.
#[derive(Debug)]
pub struct ResourceKind {
    service: &'static str,
    /// The beginning of the ARN's last part, before the name.
    prefix: &'static str,
    /// The call of the AWS CLI that sets the policy.
    pub put: &'static str,
    /// Its options that say of what.
    pub of: &'static [(&'static str, Part)],
    /// Its option for the document.
    pub document: &'static str,
    /// The call that removes the policy, with the same options, where AWS has one.
    pub delete: Option<&'static str>,
    /// The resource type of Terraform, its argument for the resource, and what `terraform import` takes.
    pub terraform: (&'static str, &'static str, Part),
    /// How CloudFormation holds it.
    pub cloudformation: InCloudFormation,
}

/// A part of an ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Arn,
    /// The name behind the prefix.
    Name,
    /// The account.
    Account,
    /// The address of a queue.
    QueueUrl,
    /// `default`, the only name that the policy of a KMS key has.
    Default,
}

/// How CloudFormation holds the policy of a resource.
#[derive(Debug, Clone, Copy)]
pub enum InCloudFormation {
    /// As a resource of its own.
    Own {
        /// Its type.
        kind: &'static str,
        /// Its property for what has the policy.
        of: &'static str,
        /// Whether that property is a list.
        many: bool,
        /// What that property takes.
        part: Part,
        /// Its property for the document.
        document: &'static str,
    },
    /// Only as a property of the resource itself.
    Property(&'static str),
}

static KINDS: [ResourceKind; 13] = [
    ResourceKind {
        service: "s3",
        prefix: "accesspoint/",
        put: "s3control put-access-point-policy",
        of: &[("--account-id", Part::Account), ("--name", Part::Name)],
        document: "--policy",
        delete: Some("s3control delete-access-point-policy"),
        terraform: ("aws_s3control_access_point_policy", "access_point_arn", Part::Arn),
        cloudformation: InCloudFormation::Property("Policy of AWS::S3::AccessPoint"),
    },
    ResourceKind {
        service: "s3",
        prefix: "",
        put: "s3api put-bucket-policy",
        of: &[("--bucket", Part::Name)],
        document: "--policy",
        delete: Some("s3api delete-bucket-policy"),
        terraform: ("aws_s3_bucket_policy", "bucket", Part::Name),
        cloudformation: InCloudFormation::Own {
            kind: "AWS::S3::BucketPolicy",
            of: "Bucket",
            many: false,
            part: Part::Name,
            document: "PolicyDocument",
        },
    },
    ResourceKind {
        service: "kms",
        prefix: "key/",
        put: "kms put-key-policy",
        of: &[("--key-id", Part::Arn), ("--policy-name", Part::Default)],
        document: "--policy",
        delete: None,
        terraform: ("aws_kms_key_policy", "key_id", Part::Name),
        cloudformation: InCloudFormation::Property("KeyPolicy of AWS::KMS::Key"),
    },
    ResourceKind {
        service: "sqs",
        prefix: "",
        put: "sqs set-queue-attributes",
        of: &[("--queue-url", Part::QueueUrl)],
        document: "--attributes",
        delete: Some("sqs set-queue-attributes --attributes Policy="),
        terraform: ("aws_sqs_queue_policy", "queue_url", Part::QueueUrl),
        cloudformation: InCloudFormation::Own {
            kind: "AWS::SQS::QueuePolicy",
            of: "Queues",
            many: true,
            part: Part::QueueUrl,
            document: "PolicyDocument",
        },
    },
    ResourceKind {
        service: "sns",
        prefix: "",
        put: "sns set-topic-attributes",
        of: &[("--topic-arn", Part::Arn)],
        document: "--attribute-name Policy --attribute-value",
        delete: None,
        terraform: ("aws_sns_topic_policy", "arn", Part::Arn),
        cloudformation: InCloudFormation::Own {
            kind: "AWS::SNS::TopicPolicy",
            of: "Topics",
            many: true,
            part: Part::Arn,
            document: "PolicyDocument",
        },
    },
    ResourceKind {
        service: "secretsmanager",
        prefix: "secret:",
        put: "secretsmanager put-resource-policy",
        of: &[("--secret-id", Part::Arn)],
        document: "--resource-policy",
        delete: Some("secretsmanager delete-resource-policy"),
        terraform: ("aws_secretsmanager_secret_policy", "secret_arn", Part::Arn),
        cloudformation: InCloudFormation::Own {
            kind: "AWS::SecretsManager::ResourcePolicy",
            of: "SecretId",
            many: false,
            part: Part::Arn,
            document: "ResourcePolicy",
        },
    },
    ResourceKind {
        service: "dynamodb",
        prefix: "table/",
        put: "dynamodb put-resource-policy",
        of: &[("--resource-arn", Part::Arn)],
        document: "--policy",
        delete: Some("dynamodb delete-resource-policy"),
        terraform: ("aws_dynamodb_resource_policy", "resource_arn", Part::Arn),
        cloudformation: InCloudFormation::Property("ResourcePolicy of AWS::DynamoDB::Table"),
    },
    ResourceKind {
        service: "ecr",
        prefix: "repository/",
        put: "ecr set-repository-policy",
        of: &[("--registry-id", Part::Account), ("--repository-name", Part::Name)],
        document: "--policy-text",
        delete: Some("ecr delete-repository-policy"),
        terraform: ("aws_ecr_repository_policy", "repository", Part::Name),
        cloudformation: InCloudFormation::Property("RepositoryPolicyText of AWS::ECR::Repository"),
    },
    ResourceKind {
        service: "kinesis",
        prefix: "stream/",
        put: "kinesis put-resource-policy",
        of: &[("--resource-arn", Part::Arn)],
        document: "--policy",
        delete: Some("kinesis delete-resource-policy"),
        terraform: ("aws_kinesis_resource_policy", "resource_arn", Part::Arn),
        cloudformation: InCloudFormation::Own {
            kind: "AWS::Kinesis::ResourcePolicy",
            of: "ResourceArn",
            many: false,
            part: Part::Arn,
            document: "ResourcePolicy",
        },
    },
    ResourceKind {
        service: "events",
        prefix: "event-bus/",
        put: "events put-permission",
        of: &[("--event-bus-name", Part::Name)],
        document: "--policy",
        delete: Some("events remove-permission --remove-all-permissions"),
        terraform: ("aws_cloudwatch_event_bus_policy", "event_bus_name", Part::Name),
        cloudformation: InCloudFormation::Property("Policy of AWS::Events::EventBus"),
    },
    ResourceKind {
        service: "backup",
        prefix: "backup-vault:",
        put: "backup put-backup-vault-access-policy",
        of: &[("--backup-vault-name", Part::Name)],
        document: "--policy",
        delete: Some("backup delete-backup-vault-access-policy"),
        terraform: ("aws_backup_vault_policy", "backup_vault_name", Part::Name),
        cloudformation: InCloudFormation::Property("AccessPolicy of AWS::Backup::BackupVault"),
    },
    ResourceKind {
        service: "elasticfilesystem",
        prefix: "file-system/",
        put: "efs put-file-system-policy",
        of: &[("--file-system-id", Part::Name)],
        document: "--policy",
        delete: Some("efs delete-file-system-policy"),
        terraform: ("aws_efs_file_system_policy", "file_system_id", Part::Name),
        cloudformation: InCloudFormation::Property("FileSystemPolicy of AWS::EFS::FileSystem"),
    },
    ResourceKind {
        service: "s3express",
        prefix: "bucket/",
        put: "s3api put-bucket-policy",
        of: &[("--bucket", Part::Name)],
        document: "--policy",
        delete: Some("s3api delete-bucket-policy"),
        terraform: ("aws_s3_bucket_policy", "bucket", Part::Name),
        cloudformation: InCloudFormation::Own {
            kind: "AWS::S3Express::BucketPolicy",
            of: "Bucket",
            many: false,
            part: Part::Name,
            document: "PolicyDocument",
        },
    },
];

/// The kind of a resource that carries a policy.
pub fn resource_kind(arn: &Arn) -> Option<&'static ResourceKind> {
    KINDS.iter().find(|kind| {
        let name = arn.resource().strip_prefix(kind.prefix);
        kind.service == arn.service() && name.is_some_and(|name| !name.is_empty())
    })
}

/// The ARN of what carries the policy of a resource: of an object its bucket, of an index its table.
pub fn policy_carrier(arn: &Arn) -> Option<String> {
    let Some(kind) = resource_kind(arn) else {
        return Some(arn.to_string());
    };
    let name = arn.resource().strip_prefix(kind.prefix)?;
    let name = match kind.service {
        // the names of repositories have slashes, and so have those of secrets
        "ecr" | "secretsmanager" => name,
        _ => name.split('/').next()?,
    };
    let head = arn.as_str().strip_suffix(arn.resource())?;
    Some(format!("{head}{}{name}", kind.prefix))
}

impl ResourceKind {
    /// A part of the ARN of such a resource; `None` where it cannot be told.
    pub fn part(&self, part: Part, arn: &Arn) -> Option<String> {
        match part {
            Part::Arn => Some(arn.to_string()),
            Part::Name => {
                let name = arn.resource().strip_prefix(self.prefix)?;
                let whole = matches!(self.service, "ecr" | "secretsmanager");
                if whole { Some(name.to_owned()) } else { name.split('/').next().map(str::to_owned) }
            }
            Part::Account => arn.account_id().map(str::to_owned),
            Part::Default => Some("default".to_owned()),
            Part::QueueUrl => queue_url(arn),
        }
    }
}

/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html>
fn queue_url(arn: &Arn) -> Option<String> {
    let suffix = match arn.partition() {
        "aws" | "aws-us-gov" => "amazonaws.com",
        "aws-cn" => "amazonaws.com.cn",
        _ => return None,
    };
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let named = plain(arn.region()) && plain(arn.resource());
    named.then(|| format!("https://sqs.{}.{suffix}/{}/{}", arn.region(), arn.account(), arn.resource()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carried(resource: &str) -> String {
        policy_carrier(&resource.parse().unwrap()).unwrap()
    }

    #[test]
    fn the_policy_of_a_part_is_that_of_the_whole() {
        assert_eq!(carried("arn:aws:s3:::reports/2026/q1.csv"), "arn:aws:s3:::reports");
        assert_eq!(
            carried("arn:aws:s3:eu-west-1:111122223333:accesspoint/team/object/a"),
            "arn:aws:s3:eu-west-1:111122223333:accesspoint/team"
        );
        assert_eq!(
            carried("arn:aws:dynamodb:eu-west-1:111122223333:table/orders/index/by-day"),
            "arn:aws:dynamodb:eu-west-1:111122223333:table/orders"
        );
        assert_eq!(
            carried("arn:aws:ecr:eu-west-1:111122223333:repository/team/web"),
            "arn:aws:ecr:eu-west-1:111122223333:repository/team/web"
        );
        assert_eq!(
            carried("arn:aws:glue:eu-west-1:111122223333:catalog"),
            "arn:aws:glue:eu-west-1:111122223333:catalog"
        );
    }

    #[test]
    fn a_queue_has_an_address() {
        let url = |arn: &str| queue_url(&arn.parse().unwrap());
        assert_eq!(
            url("arn:aws:sqs:eu-west-1:111122223333:orders").as_deref(),
            Some("https://sqs.eu-west-1.amazonaws.com/111122223333/orders")
        );
        assert_eq!(
            url("arn:aws-cn:sqs:cn-north-1:111122223333:orders").as_deref(),
            Some("https://sqs.cn-north-1.amazonaws.com.cn/111122223333/orders")
        );
        assert_eq!(url("arn:aws-iso:sqs:us-iso-east-1:111122223333:orders"), None);
    }
}
