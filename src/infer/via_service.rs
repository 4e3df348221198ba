//! The service through which a key of KMS was used, where the text names the call: the service asks KMS with the caller's own permissions.
//!
//! <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service>
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html>

use crate::denial::{ContextSource, Denial};
use crate::iam::{Arn, AssumedField, AssumedValue, Assumption, ContextValue, Derived, Request, Why};
use crate::reference::Reference;

const VIA_SERVICE: &str = "kms:ViaService";
const VIA_ANY: &str = "aws:ViaAWSService";
/// <https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource>
const FOR_RESOURCE: &str = "kms:GrantIsForAWSResource";

/// Calls in which the called service itself asks KMS, and no other does: the service, by its prefix, which is its name in the key, too; its
/// operations that no other API has, and those that others have as well, such as Glue's `CreateTable`.
///
/// Services that work through others are not among them, such as Athena through S3: KMS sees only the last. Nor are calls that may do so:
/// `GetParameter` of a secret (<https://docs.aws.amazon.com/systems-manager/latest/userguide/integration-ps-secretsmanager.html>), a database
/// whose password Secrets Manager keeps (<https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html>), a table that
/// is exported to S3.
const CALLS: [(&str, &[&str], &[&str]); 9] = [
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
    (
        "dynamodb",
        &[
            "BatchGetItem",
            "BatchWriteItem",
            "DeleteItem",
            "ExecuteTransaction",
            "GetItem",
            "PutItem",
            "RestoreTableFromBackup",
            "RestoreTableToPointInTime",
            "Scan",
            "TransactGetItems",
            "TransactWriteItems",
            "UpdateItem",
        ],
        &["CreateTable", "Query", "UpdateTable"],
    ),
    // https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html
    (
        "ec2",
        &["ModifyEbsDefaultKmsKeyId", "RunInstances", "StartInstances"],
        &["AttachVolume", "CopyImage", "CopySnapshot", "CreateVolume"],
    ),
    // https://docs.aws.amazon.com/streams/latest/dev/permissions-user-key-KMS.html
    ("kinesis", &["PutRecords", "StartStreamEncryption", "SubscribeToShard"], &["GetRecords", "PutRecord"]),
    // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html
    ("rds", &["CopyDBSnapshot"], &[]),
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    (
        "s3",
        &[
            "CopyObject",
            "CreateMultipartUpload",
            "GetObject",
            "HeadObject",
            "PutObject",
            "SelectObjectContent",
            "UploadPart",
            "UploadPartCopy",
        ],
        &["CompleteMultipartUpload", "GetObjectAttributes"],
    ),
    // https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    (
        "secretsmanager",
        &[
            "BatchGetSecretValue",
            "CreateSecret",
            "GetSecretValue",
            "PutSecretValue",
            "ReplicateSecretToRegions",
            "UpdateSecret",
        ],
        &[],
    ),
    // https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    ("sns", &["PublishBatch"], &["Publish"]),
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
    ("sqs", &["ReceiveMessage", "SendMessageBatch"], &["SendMessage"]),
    // https://docs.aws.amazon.com/systems-manager/latest/userguide/secure-string-parameter-kms-encryption.html
    ("ssm", &["GetParameterHistory", "GetParametersByPath", "PutParameter"], &[]),
];

/// Services whose actions of the same name are no other way to KMS.
const NO_OTHER: [(&str, &str); 6] = [
    // it asks DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.access-control.html
    ("dynamodb", "dax"),
    // it asks S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/olap-security.html
    ("s3", "s3-object-lambda"),
    // no key of KMS: https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_SseKmsEncryptedObjects.html
    ("s3", "s3-outposts"),
    // no longer there since 2025-11-13: https://docs.aws.amazon.com/mediastore/latest/ug/what-is.html
    ("s3", "mediastore"),
    // permissions without an operation of their name:
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselementalmediapackagev2.html
    ("s3", "mediapackagev2"),
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbackupstorage.html
    ("s3", "backup-storage"),
];

/// Adds `kms:ViaService` where the text tells it.
pub(super) fn add(request: &mut Request, denial: &Denial, reference: &Reference) {
    let Some(action) = request.action.value().filter(|action| action.service() == "kms") else { return };
    if request.context.says(VIA_SERVICE) {
        return;
    }
    let operation = denial.operation.as_deref().filter(|_| denial.operation_certain);
    // a record of KMS names KMS's operation, whoever asked for it
    let is_record = denial.context.iter().any(|fact| matches!(fact.source, ContextSource::CloudTrailField(_)));
    let is_own = operation.is_some_and(|operation| operation.eq_ignore_ascii_case(action.name()));
    if is_own && !is_record {
        request.context.set(VIA_SERVICE, ContextValue::Absent);
        assume(request, VIA_SERVICE, AssumedValue::Absent, Derived::CalledDirectly);
        return;
    }
    let service = match (is_record, operation) {
        (true, _) => invoked_by(request),
        (false, Some(operation)) => service_of(denial.service.as_deref(), operation, reference),
        (false, None) => None,
    };
    let key = request.resource.value().and_then(|key| key.parse::<Arn>().ok());
    // a key is used in its own Region; in other partitions services have other names
    let region = key.as_ref().filter(|key| key.partition() == "aws").map(Arn::region);
    if let (Some(service), Some(region)) = (service, region.filter(|region| !region.is_empty())) {
        let name = format!("{service}.{region}.amazonaws.com");
        request.context.set_one(VIA_SERVICE, &name);
        assume(request, VIA_SERVICE, AssumedValue::Text(name), Derived::AskedByService);
        let is_grant = request.action.value().is_some_and(|action| action.folded() == "kms:creategrant");
        for key in [Some(VIA_ANY), is_grant.then_some(FOR_RESOURCE)].into_iter().flatten() {
            if !request.context.says(key) {
                request.context.set_one(key, "true");
                assume(request, key, AssumedValue::Text("true".to_owned()), Derived::AskedByService);
            }
        }
    }
}

fn assume(request: &mut Request, key: &str, value: AssumedValue, why: Derived) {
    let field = AssumedField::ContextKey(key.to_owned());
    request.assumed.push(Assumption { field, value, why: Why::Derived(why) });
}

/// The service to which the call went: the one that the text names, or the only one that has such an operation. Where the text names none, a
/// service of the denial is that to which the operation belongs by its name.
fn service_of(named: Option<&str>, operation: &str, reference: &Reference) -> Option<&'static str> {
    let is = |name: &&str| name.eq_ignore_ascii_case(operation);
    let is_of = |service: &str| named.is_none_or(|named| named == service);
    let mut calls = CALLS.iter().filter(|(service, ..)| is_of(service));
    if let Some((service, ..)) = calls.clone().find(|(_, own, _)| own.iter().any(&is)) {
        return is_of_no_other(service, operation, reference).then_some(service);
    }
    calls.find(|(_, _, shared)| named.is_some() && shared.iter().any(is)).map(|(service, ..)| *service)
}

/// Whether no other service has an action of the operation's name: new ones come every week.
fn is_of_no_other(service: &str, operation: &str, reference: &Reference) -> bool {
    let others = reference.services().filter(|other| *other != service && !NO_OTHER.contains(&(service, *other)));
    let folded = operation.to_ascii_lowercase();
    others.filter_map(|other| reference.service(other)).all(|other| other.action(&folded).is_none())
}

/// The service that a record says to have called for the caller.
fn invoked_by(request: &Request) -> Option<&'static str> {
    let ContextValue::Present { values, .. } = request.context.get("aws:CalledVia") else { return None };
    let by = values.last()?.strip_suffix(".amazonaws.com")?;
    CALLS.iter().map(|(service, ..)| *service).find(|service| *service == by)
}
