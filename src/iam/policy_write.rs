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
    /// One statement at a time, as options that name a whole account.
    /// <https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html>
    AccountStatements,
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

/// Whether CloudFormation's property takes a list.
const ONE: bool = false;
const MANY: bool = true;

const fn write(put: &'static str, of: &'static [(&'static str, ArnPart)], document: &'static str) -> PolicyWrite {
    let terraform = ("", "", ArnPart::Arn);
    let cloudformation = InCloudFormation::Property("");
    PolicyWrite { put, of, document, delete: None, takes: Argument::Document, terraform, cloudformation }
}

impl PolicyWrite {
    const fn deleted_by(self, delete: &'static str) -> Self {
        Self { delete: Some(delete), ..self }
    }

    const fn takes(self, takes: Argument) -> Self {
        Self { takes, ..self }
    }

    const fn terraform(self, kind: &'static str, of: &'static str, part: ArnPart) -> Self {
        Self { terraform: (kind, of, part), ..self }
    }

    const fn cloudformation(
        self,
        kind: &'static str,
        of: &'static str,
        many: bool,
        part: ArnPart,
        document: &'static str,
    ) -> Self {
        Self { cloudformation: InCloudFormation::Own { kind, of, many, part, document }, ..self }
    }

    const fn property(self, property: &'static str) -> Self {
        Self { cloudformation: InCloudFormation::Property(property), ..self }
    }
}

pub(super) static ACCESS_POINT: PolicyWrite = write(
    "s3control put-access-point-policy",
    &[("--account-id", ArnPart::Account), ("--name", ArnPart::First)],
    "--policy",
)
.deleted_by("s3control delete-access-point-policy")
.terraform("aws_s3control_access_point_policy", "access_point_arn", ArnPart::Arn)
.property("Policy of AWS::S3::AccessPoint");

pub(super) static BUCKET: PolicyWrite = write("s3api put-bucket-policy", &[("--bucket", ArnPart::First)], "--policy")
    .deleted_by("s3api delete-bucket-policy")
    .terraform("aws_s3_bucket_policy", "bucket", ArnPart::First)
    .cloudformation("AWS::S3::BucketPolicy", "Bucket", ONE, ArnPart::First, "PolicyDocument");

pub(super) static KEY: PolicyWrite = write(
    "kms put-key-policy",
    &[("--key-id", ArnPart::Arn), ("--policy-name", ArnPart::Words("default"))],
    "--policy",
)
.terraform("aws_kms_key_policy", "key_id", ArnPart::First)
.property("KeyPolicy of AWS::KMS::Key");

pub(super) static QUEUE: PolicyWrite =
    write("sqs set-queue-attributes", &[("--queue-url", ArnPart::QueueUrl)], "--attributes")
        .takes(Argument::Attributes)
        .terraform("aws_sqs_queue_policy", "queue_url", ArnPart::QueueUrl)
        .cloudformation("AWS::SQS::QueuePolicy", "Queues", MANY, ArnPart::QueueUrl, "PolicyDocument");

pub(super) static TOPIC: PolicyWrite =
    write("sns set-topic-attributes", &[("--topic-arn", ArnPart::Arn)], "--attribute-name Policy --attribute-value")
        .terraform("aws_sns_topic_policy", "arn", ArnPart::Arn)
        .cloudformation("AWS::SNS::TopicPolicy", "Topics", MANY, ArnPart::Arn, "PolicyDocument");

pub(super) static SECRET: PolicyWrite =
    write("secretsmanager put-resource-policy", &[("--secret-id", ArnPart::Arn)], "--resource-policy")
        .deleted_by("secretsmanager delete-resource-policy")
        .terraform("aws_secretsmanager_secret_policy", "secret_arn", ArnPart::Arn)
        .cloudformation("AWS::SecretsManager::ResourcePolicy", "SecretId", ONE, ArnPart::Arn, "ResourcePolicy");

pub(super) static TABLE: PolicyWrite =
    write("dynamodb put-resource-policy", &[("--resource-arn", ArnPart::Arn)], "--policy")
        .deleted_by("dynamodb delete-resource-policy")
        .terraform("aws_dynamodb_resource_policy", "resource_arn", ArnPart::Arn)
        .property("ResourcePolicy of AWS::DynamoDB::Table");

pub(super) static REPOSITORY: PolicyWrite = write(
    "ecr set-repository-policy",
    &[("--registry-id", ArnPart::Account), ("--repository-name", ArnPart::Name)],
    "--policy-text",
)
.deleted_by("ecr delete-repository-policy")
.terraform("aws_ecr_repository_policy", "repository", ArnPart::Name)
.property("RepositoryPolicyText of AWS::ECR::Repository");

pub(super) static STREAM: PolicyWrite =
    write("kinesis put-resource-policy", &[("--resource-arn", ArnPart::Arn)], "--policy")
        .deleted_by("kinesis delete-resource-policy")
        .terraform("aws_kinesis_resource_policy", "resource_arn", ArnPart::Arn)
        .cloudformation("AWS::Kinesis::ResourcePolicy", "ResourceArn", ONE, ArnPart::Arn, "ResourcePolicy");

/// The name of a partner's bus has slashes: `aws.partner/example.com/orders`.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html>
pub(super) static EVENT_BUS: PolicyWrite =
    write("events put-permission", &[("--event-bus-name", ArnPart::Name)], "--policy")
        .deleted_by("events remove-permission --remove-all-permissions")
        .terraform("aws_cloudwatch_event_bus_policy", "event_bus_name", ArnPart::Name)
        .property("Policy of AWS::Events::EventBus");

pub(super) static BACKUP_VAULT: PolicyWrite =
    write("backup put-backup-vault-access-policy", &[("--backup-vault-name", ArnPart::First)], "--policy")
        .deleted_by("backup delete-backup-vault-access-policy")
        .terraform("aws_backup_vault_policy", "backup_vault_name", ArnPart::First)
        .property("AccessPolicy of AWS::Backup::BackupVault");

pub(super) static FILE_SYSTEM: PolicyWrite =
    write("efs put-file-system-policy", &[("--file-system-id", ArnPart::First)], "--policy")
        .deleted_by("efs delete-file-system-policy")
        .terraform("aws_efs_file_system_policy", "file_system_id", ArnPart::First)
        .property("FileSystemPolicy of AWS::EFS::FileSystem");

pub(super) static DIRECTORY_BUCKET: PolicyWrite =
    write("s3api put-bucket-policy", &[("--bucket", ArnPart::First)], "--policy")
        .deleted_by("s3api delete-bucket-policy")
        .terraform("aws_s3_bucket_policy", "bucket", ArnPart::First)
        .cloudformation("AWS::S3Express::BucketPolicy", "Bucket", ONE, ArnPart::First, "PolicyDocument");

pub(super) static FUNCTION: PolicyWrite = write("lambda add-permission", &[("--function-name", ArnPart::Arn)], "")
    .deleted_by("lambda remove-permission")
    .takes(Argument::Statements)
    .terraform("aws_lambda_permission", "function_name", ArnPart::Arn)
    .cloudformation("AWS::Lambda::Permission", "FunctionName", ONE, ArnPart::Arn, "");

/// <https://docs.aws.amazon.com/lambda/latest/api/API_AddLayerVersionPermission.html>
pub(super) static LAYER: PolicyWrite = write(
    "lambda add-layer-version-permission",
    &[("--layer-name", ArnPart::First), ("--version-number", ArnPart::Second)],
    "",
)
.deleted_by("lambda remove-layer-version-permission")
.takes(Argument::AccountStatements)
.terraform("aws_lambda_layer_version_permission", "layer_name", ArnPart::First)
.cloudformation("AWS::Lambda::LayerVersionPermission", "LayerVersionArn", ONE, ArnPart::Arn, "");

pub(super) static AUTH_POLICY: PolicyWrite =
    write("vpc-lattice put-auth-policy", &[("--resource-identifier", ArnPart::Arn)], "--policy")
        .deleted_by("vpc-lattice delete-auth-policy")
        .takes(Argument::OneLine)
        .terraform("aws_vpclattice_auth_policy", "resource_identifier", ArnPart::Arn)
        .cloudformation("AWS::VpcLattice::AuthPolicy", "ResourceIdentifier", ONE, ArnPart::Arn, "Policy");
