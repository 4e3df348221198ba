//! The calls that set the policy of a resource, and which resources of Terraform and CloudFormation hold one.
//!
//! The parameters are those of the API reference of each service, the properties those of
//! <https://registry.terraform.io/providers/hashicorp/aws/latest/docs> and
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/>.

use super::arn_part::ArnPart;

/// How the policy of a kind of resource is set.
#[derive(Debug)]
#[non_exhaustive]
pub struct PolicyWrite {
    /// The call of the AWS CLI that sets the policy.
    pub put: &'static str,
    /// Its options that say of what.
    pub of: &'static [(&'static str, ArnPart)],
    /// Its option for the document.
    pub document: &'static str,
    /// The call that removes the policy, with the same options, where AWS has one.
    pub delete: Option<&'static str>,
    /// In which form it takes the document.
    pub takes: Argument,
    /// The resource type of Terraform, its argument for the resource, and what `terraform import` takes.
    pub terraform: (&'static str, &'static str, ArnPart),
    /// How CloudFormation holds it.
    pub cloudformation: InCloudFormation,
}

/// In which form a call takes a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Argument {
    /// As it is.
    Document,
    /// As a text inside of a JSON object of attributes.
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>
    Attributes,
    /// Without line breaks.
    /// <https://docs.aws.amazon.com/cli/latest/reference/vpc-lattice/put-auth-policy.html>
    OneLine,
    /// One statement at a time, as options.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html>
    Statements,
}

/// How CloudFormation holds the policy of a resource.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
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
        part: ArnPart,
        /// Its property for the document.
        document: &'static str,
    },
    /// Only as a property of the resource itself.
    Property(&'static str),
}

pub(super) static ACCESS_POINT: PolicyWrite = PolicyWrite {
    put: "s3control put-access-point-policy",
    of: &[("--account-id", ArnPart::Account), ("--name", ArnPart::First)],
    document: "--policy",
    delete: Some("s3control delete-access-point-policy"),
    takes: Argument::Document,
    terraform: ("aws_s3control_access_point_policy", "access_point_arn", ArnPart::Arn),
    cloudformation: InCloudFormation::Property("Policy of AWS::S3::AccessPoint"),
};

pub(super) static BUCKET: PolicyWrite = PolicyWrite {
    put: "s3api put-bucket-policy",
    of: &[("--bucket", ArnPart::First)],
    document: "--policy",
    delete: Some("s3api delete-bucket-policy"),
    takes: Argument::Document,
    terraform: ("aws_s3_bucket_policy", "bucket", ArnPart::First),
    cloudformation: InCloudFormation::Own {
        kind: "AWS::S3::BucketPolicy",
        of: "Bucket",
        many: false,
        part: ArnPart::First,
        document: "PolicyDocument",
    },
};

pub(super) static KEY: PolicyWrite = PolicyWrite {
    put: "kms put-key-policy",
    of: &[("--key-id", ArnPart::Arn), ("--policy-name", ArnPart::Words("default"))],
    document: "--policy",
    delete: None,
    takes: Argument::Document,
    terraform: ("aws_kms_key_policy", "key_id", ArnPart::First),
    cloudformation: InCloudFormation::Property("KeyPolicy of AWS::KMS::Key"),
};

pub(super) static QUEUE: PolicyWrite = PolicyWrite {
    put: "sqs set-queue-attributes",
    of: &[("--queue-url", ArnPart::QueueUrl)],
    document: "--attributes",
    delete: None,
    takes: Argument::Attributes,
    terraform: ("aws_sqs_queue_policy", "queue_url", ArnPart::QueueUrl),
    cloudformation: InCloudFormation::Own {
        kind: "AWS::SQS::QueuePolicy",
        of: "Queues",
        many: true,
        part: ArnPart::QueueUrl,
        document: "PolicyDocument",
    },
};

pub(super) static TOPIC: PolicyWrite = PolicyWrite {
    put: "sns set-topic-attributes",
    of: &[("--topic-arn", ArnPart::Arn)],
    document: "--attribute-name Policy --attribute-value",
    delete: None,
    takes: Argument::Document,
    terraform: ("aws_sns_topic_policy", "arn", ArnPart::Arn),
    cloudformation: InCloudFormation::Own {
        kind: "AWS::SNS::TopicPolicy",
        of: "Topics",
        many: true,
        part: ArnPart::Arn,
        document: "PolicyDocument",
    },
};

pub(super) static SECRET: PolicyWrite = PolicyWrite {
    put: "secretsmanager put-resource-policy",
    of: &[("--secret-id", ArnPart::Arn)],
    document: "--resource-policy",
    delete: Some("secretsmanager delete-resource-policy"),
    takes: Argument::Document,
    terraform: ("aws_secretsmanager_secret_policy", "secret_arn", ArnPart::Arn),
    cloudformation: InCloudFormation::Own {
        kind: "AWS::SecretsManager::ResourcePolicy",
        of: "SecretId",
        many: false,
        part: ArnPart::Arn,
        document: "ResourcePolicy",
    },
};

pub(super) static TABLE: PolicyWrite = PolicyWrite {
    put: "dynamodb put-resource-policy",
    of: &[("--resource-arn", ArnPart::Arn)],
    document: "--policy",
    delete: Some("dynamodb delete-resource-policy"),
    takes: Argument::Document,
    terraform: ("aws_dynamodb_resource_policy", "resource_arn", ArnPart::Arn),
    cloudformation: InCloudFormation::Property("ResourcePolicy of AWS::DynamoDB::Table"),
};

pub(super) static REPOSITORY: PolicyWrite = PolicyWrite {
    put: "ecr set-repository-policy",
    of: &[("--registry-id", ArnPart::Account), ("--repository-name", ArnPart::Name)],
    document: "--policy-text",
    delete: Some("ecr delete-repository-policy"),
    takes: Argument::Document,
    terraform: ("aws_ecr_repository_policy", "repository", ArnPart::Name),
    cloudformation: InCloudFormation::Property("RepositoryPolicyText of AWS::ECR::Repository"),
};

pub(super) static STREAM: PolicyWrite = PolicyWrite {
    put: "kinesis put-resource-policy",
    of: &[("--resource-arn", ArnPart::Arn)],
    document: "--policy",
    delete: Some("kinesis delete-resource-policy"),
    takes: Argument::Document,
    terraform: ("aws_kinesis_resource_policy", "resource_arn", ArnPart::Arn),
    cloudformation: InCloudFormation::Own {
        kind: "AWS::Kinesis::ResourcePolicy",
        of: "ResourceArn",
        many: false,
        part: ArnPart::Arn,
        document: "ResourcePolicy",
    },
};

pub(super) static EVENT_BUS: PolicyWrite = PolicyWrite {
    put: "events put-permission",
    of: &[("--event-bus-name", ArnPart::First)],
    document: "--policy",
    delete: Some("events remove-permission --remove-all-permissions"),
    takes: Argument::Document,
    terraform: ("aws_cloudwatch_event_bus_policy", "event_bus_name", ArnPart::First),
    cloudformation: InCloudFormation::Property("Policy of AWS::Events::EventBus"),
};

pub(super) static BACKUP_VAULT: PolicyWrite = PolicyWrite {
    put: "backup put-backup-vault-access-policy",
    of: &[("--backup-vault-name", ArnPart::First)],
    document: "--policy",
    delete: Some("backup delete-backup-vault-access-policy"),
    takes: Argument::Document,
    terraform: ("aws_backup_vault_policy", "backup_vault_name", ArnPart::First),
    cloudformation: InCloudFormation::Property("AccessPolicy of AWS::Backup::BackupVault"),
};

pub(super) static FILE_SYSTEM: PolicyWrite = PolicyWrite {
    put: "efs put-file-system-policy",
    of: &[("--file-system-id", ArnPart::First)],
    document: "--policy",
    delete: Some("efs delete-file-system-policy"),
    takes: Argument::Document,
    terraform: ("aws_efs_file_system_policy", "file_system_id", ArnPart::First),
    cloudformation: InCloudFormation::Property("FileSystemPolicy of AWS::EFS::FileSystem"),
};

pub(super) static DIRECTORY_BUCKET: PolicyWrite = PolicyWrite {
    put: "s3api put-bucket-policy",
    of: &[("--bucket", ArnPart::First)],
    document: "--policy",
    delete: Some("s3api delete-bucket-policy"),
    takes: Argument::Document,
    terraform: ("aws_s3_bucket_policy", "bucket", ArnPart::First),
    cloudformation: InCloudFormation::Own {
        kind: "AWS::S3Express::BucketPolicy",
        of: "Bucket",
        many: false,
        part: ArnPart::First,
        document: "PolicyDocument",
    },
};

pub(super) static FUNCTION: PolicyWrite = PolicyWrite {
    put: "lambda add-permission",
    of: &[("--function-name", ArnPart::Arn)],
    document: "",
    delete: Some("lambda remove-permission"),
    takes: Argument::Statements,
    terraform: ("aws_lambda_permission", "function_name", ArnPart::Arn),
    cloudformation: InCloudFormation::Own {
        kind: "AWS::Lambda::Permission",
        of: "FunctionName",
        many: false,
        part: ArnPart::Arn,
        document: "",
    },
};

pub(super) static AUTH_POLICY: PolicyWrite = PolicyWrite {
    put: "vpc-lattice put-auth-policy",
    of: &[("--resource-identifier", ArnPart::Arn)],
    document: "--policy",
    delete: Some("vpc-lattice delete-auth-policy"),
    takes: Argument::OneLine,
    terraform: ("aws_vpclattice_auth_policy", "resource_identifier", ArnPart::Arn),
    cloudformation: InCloudFormation::Own {
        kind: "AWS::VpcLattice::AuthPolicy",
        of: "ResourceIdentifier",
        many: false,
        part: ArnPart::Arn,
        document: "Policy",
    },
};
