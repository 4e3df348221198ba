//! The calls that set the policy of a resource, and which resources of Terraform and CloudFormation hold one.
//!
//! The parameters are those of the API reference of each service, the properties those of
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs> and
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/>.

/// How the policy of a kind of resource is set.
#[derive(Debug)]
pub struct PolicyWrite {
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

pub(super) static ACCESS_POINT: PolicyWrite = PolicyWrite {
    put: "s3control put-access-point-policy",
    of: &[("--account-id", Part::Account), ("--name", Part::Name)],
    document: "--policy",
    delete: Some("s3control delete-access-point-policy"),
    terraform: ("aws_s3control_access_point_policy", "access_point_arn", Part::Arn),
    cloudformation: InCloudFormation::Property("Policy of AWS::S3::AccessPoint"),
};

pub(super) static BUCKET: PolicyWrite = PolicyWrite {
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
};

pub(super) static KEY: PolicyWrite = PolicyWrite {
    put: "kms put-key-policy",
    of: &[("--key-id", Part::Arn), ("--policy-name", Part::Default)],
    document: "--policy",
    delete: None,
    terraform: ("aws_kms_key_policy", "key_id", Part::Name),
    cloudformation: InCloudFormation::Property("KeyPolicy of AWS::KMS::Key"),
};

pub(super) static QUEUE: PolicyWrite = PolicyWrite {
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
};

pub(super) static TOPIC: PolicyWrite = PolicyWrite {
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
};

pub(super) static SECRET: PolicyWrite = PolicyWrite {
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
};

pub(super) static TABLE: PolicyWrite = PolicyWrite {
    put: "dynamodb put-resource-policy",
    of: &[("--resource-arn", Part::Arn)],
    document: "--policy",
    delete: Some("dynamodb delete-resource-policy"),
    terraform: ("aws_dynamodb_resource_policy", "resource_arn", Part::Arn),
    cloudformation: InCloudFormation::Property("ResourcePolicy of AWS::DynamoDB::Table"),
};

pub(super) static REPOSITORY: PolicyWrite = PolicyWrite {
    put: "ecr set-repository-policy",
    of: &[("--registry-id", Part::Account), ("--repository-name", Part::Name)],
    document: "--policy-text",
    delete: Some("ecr delete-repository-policy"),
    terraform: ("aws_ecr_repository_policy", "repository", Part::Name),
    cloudformation: InCloudFormation::Property("RepositoryPolicyText of AWS::ECR::Repository"),
};

pub(super) static STREAM: PolicyWrite = PolicyWrite {
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
};

pub(super) static EVENT_BUS: PolicyWrite = PolicyWrite {
    put: "events put-permission",
    of: &[("--event-bus-name", Part::Name)],
    document: "--policy",
    delete: Some("events remove-permission --remove-all-permissions"),
    terraform: ("aws_cloudwatch_event_bus_policy", "event_bus_name", Part::Name),
    cloudformation: InCloudFormation::Property("Policy of AWS::Events::EventBus"),
};

pub(super) static BACKUP_VAULT: PolicyWrite = PolicyWrite {
    put: "backup put-backup-vault-access-policy",
    of: &[("--backup-vault-name", Part::Name)],
    document: "--policy",
    delete: Some("backup delete-backup-vault-access-policy"),
    terraform: ("aws_backup_vault_policy", "backup_vault_name", Part::Name),
    cloudformation: InCloudFormation::Property("AccessPolicy of AWS::Backup::BackupVault"),
};

pub(super) static FILE_SYSTEM: PolicyWrite = PolicyWrite {
    put: "efs put-file-system-policy",
    of: &[("--file-system-id", Part::Name)],
    document: "--policy",
    delete: Some("efs delete-file-system-policy"),
    terraform: ("aws_efs_file_system_policy", "file_system_id", Part::Name),
    cloudformation: InCloudFormation::Property("FileSystemPolicy of AWS::EFS::FileSystem"),
};

pub(super) static DIRECTORY_BUCKET: PolicyWrite = PolicyWrite {
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
};
