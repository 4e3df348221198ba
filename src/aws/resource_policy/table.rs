//! Which policies of resources are read from AWS, and what the call is on the wire.
//!
//! The command of the AWS CLI, what it takes of the ARN, where its answer has the document and what says that there is none stand in
//! [`POLICY_CALLS`](crate::iam::POLICY_CALLS), which the reader of files and the advice use, too. Here stands how the same call is sent.
//! The paths, targets and members are those of the API reference of each service.
//!
//! Each call is the service's own and needs one permission. The Cloud Control API would take one form for all of them, but also needs the
//! permission of every call that the type's read handler makes.
//! <https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/security.html>

use crate::aws::operation::{self as op, Operation};
use crate::iam::{Arn, PolicyCalls, policy_calls};

/// How the policy of one kind of resource is read.
#[derive(Debug)]
pub(in crate::aws) struct Reading {
    /// The service in the resource's ARN.
    pub(super) service: &'static str,
    /// The command of the AWS CLI that makes the same call.
    pub(super) command: &'static str,
    pub(in crate::aws) operation: &'static Operation,
    pub(super) wire: Wire,
}

/// A request, where each `{0}` or member takes what the option of the command at that place takes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wire {
    /// JSON: the target and the version of the protocol, and a member for each option; `[]` stands behind one that is a list.
    Json(&'static str, &'static str, &'static [&'static str]),
    /// A form, answered in XML: the version of the API, and a parameter for each option.
    Query(&'static str, &'static [&'static str]),
    /// A path to get.
    Path(&'static str),
    /// A path of S3: the answer is the document.
    Document(&'static str),
    /// A path of an account's S3, whose id is the first option, answered in XML.
    OfAccount(&'static str),
}

const fn row(service: &'static str, command: &'static str, operation: &'static Operation, wire: Wire) -> Reading {
    Reading { service, command, operation, wire }
}

/// Every kind that is read.
pub(in crate::aws) static READINGS: [Reading; 22] = [
    row(
        "backup",
        "backup get-backup-vault-access-policy",
        &op::GET_VAULT_POLICY,
        Wire::Path("/backup-vaults/{0}/access-policy"),
    ),
    row(
        "codeartifact",
        "codeartifact get-domain-permissions-policy",
        &op::GET_DOMAIN_PERMISSIONS,
        Wire::Path("/v1/domain/permissions/policy?domain={0}&domain-owner={1}"),
    ),
    row(
        "codeartifact",
        "codeartifact get-repository-permissions-policy",
        &op::GET_REPOSITORY_PERMISSIONS,
        Wire::Path("/v1/repository/permissions/policy?domain={0}&domain-owner={2}&repository={1}"),
    ),
    row(
        "dynamodb",
        "dynamodb get-resource-policy",
        &op::GET_TABLE_POLICY,
        Wire::Json("DynamoDB_20120810", "1.0", &["ResourceArn"]),
    ),
    row(
        "ecr",
        "ecr get-repository-policy",
        &op::GET_REPOSITORY_POLICY,
        Wire::Json("AmazonEC2ContainerRegistry_V20150921", "1.1", &["registryId", "repositoryName"]),
    ),
    row(
        "elasticfilesystem",
        "efs describe-file-system-policy",
        &op::FILE_SYSTEM_POLICY,
        Wire::Path("/2015-02-01/file-systems/{0}/policy"),
    ),
    row("es", "opensearch describe-domain", &op::DESCRIBE_DOMAIN, Wire::Path("/2021-01-01/opensearch/domain/{0}")),
    row("events", "events describe-event-bus", &op::DESCRIBE_EVENT_BUS, Wire::Json("AWSEvents", "1.1", &["Name"])),
    row("execute-api", "apigateway get-rest-api", &op::GET_REST_API, Wire::Path("/restapis/{0}")),
    row("glue", "glue get-resource-policy", &op::GET_CATALOG_POLICY, Wire::Json("AWSGlue", "1.1", &[])),
    row(
        "kinesis",
        "kinesis get-resource-policy",
        &op::GET_STREAM_POLICY,
        Wire::Json("Kinesis_20131202", "1.1", &["ResourceARN"]),
    ),
    row("kms", "kms get-key-policy", &op::GET_KEY_POLICY, Wire::Json("TrentService", "1.1", &["KeyId", "PolicyName"])),
    row("lambda", "lambda get-policy", &op::GET_FUNCTION_POLICY, Wire::Path("/2015-03-31/functions/{0}/policy")),
    row(
        "lambda",
        "lambda get-layer-version-policy",
        &op::GET_LAYER_POLICY,
        Wire::Path("/2018-10-31/layers/{0}/versions/{1}/policy"),
    ),
    row("s3", "s3api get-bucket-policy", &op::GET_BUCKET_POLICY, Wire::Document("/{0}?policy")),
    row(
        "s3",
        "s3control get-access-point-policy",
        &op::GET_ACCESS_POINT_POLICY,
        Wire::OfAccount("/v20180820/accesspoint/{1}/policy"),
    ),
    row(
        "s3-object-lambda",
        "s3control get-access-point-policy-for-object-lambda",
        &op::GET_OBJECT_LAMBDA_POLICY,
        Wire::OfAccount("/v20180820/accesspointforobjectlambda/{1}/policy"),
    ),
    // the Regional endpoint, by the path: <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html>
    row("s3express", "s3api get-bucket-policy", &op::GET_DIRECTORY_BUCKET_POLICY, Wire::Document("/{0}?policy")),
    row(
        "secretsmanager",
        "secretsmanager get-resource-policy",
        &op::GET_SECRET_POLICY,
        Wire::Json("secretsmanager", "1.1", &["SecretId"]),
    ),
    row("sns", "sns get-topic-attributes", &op::GET_TOPIC_ATTRIBUTES, Wire::Query("2010-03-31", &["TopicArn"])),
    row(
        "sqs",
        "sqs get-queue-attributes",
        &op::GET_QUEUE_ATTRIBUTES,
        Wire::Json("AmazonSQS", "1.0", &["AttributeNames[]", "QueueUrl"]),
    ),
    row("vpc-lattice", "vpc-lattice get-auth-policy", &op::GET_AUTH_POLICY, Wire::Path("/authpolicy/{0}")),
];

/// How the policy of this resource is read, with what the command line says about the same call.
pub(super) fn reading(arn: &Arn) -> Option<(&'static PolicyCalls, &'static Reading)> {
    let calls = policy_calls(arn)?;
    let reading = READINGS.iter().find(|row| row.service == calls.service && row.command == calls.command)?;
    Some((calls, reading))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::POLICY_CALLS;

    #[test]
    fn every_reading_is_the_call_of_a_known_command() {
        for row in &READINGS {
            let calls =
                POLICY_CALLS.iter().find(|calls| calls.service == row.service && calls.command == row.command).unwrap();
            let name = row.command.split(' ').nth(1).unwrap();
            assert!(name.chars().filter(|c| *c != '-').eq(row.operation.name.chars().map(|c| c.to_ascii_lowercase())));
            let taken = match row.wire {
                Wire::Json(_, _, members) | Wire::Query(_, members) => members.len(),
                Wire::Path(path) | Wire::Document(path) => path.matches('{').count(),
                Wire::OfAccount(path) => path.matches('{').count() + 1,
            };
            assert_eq!(taken, calls.options.len(), "{}", row.command);
        }
    }
}
