//! The actions that an operation needs, where their names differ: inferred, most likely first.
//!
//! Service authorization reference: <https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html>

use super::managed_setting;
use crate::iam::Action;

/// Service, operation, and the actions it needs.
const DIFFERENT: [(&str, &str, &[&str]); 56] = [
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
    ("s3", "HeadObject", &["s3:GetObject", "s3:ListBucket"]),
    ("s3", "getFileStatus", &["s3:GetObject", "s3:ListBucket"]),
    ("s3", "HeadBucket", &["s3:ListBucket"]),
    ("s3", "ListObjects", &["s3:ListBucket"]),
    ("s3", "ListObjectsV2", &["s3:ListBucket"]),
    ("s3", "ListObjectVersions", &["s3:ListBucketVersions"]),
    ("s3", "ListBuckets", &["s3:ListAllMyBuckets"]),
    ("s3", "ListMultipartUploads", &["s3:ListBucketMultipartUploads"]),
    ("s3", "ListParts", &["s3:ListMultipartUploadParts"]),
    ("s3", "CreateMultipartUpload", &["s3:PutObject"]),
    ("s3", "UploadPart", &["s3:PutObject"]),
    ("s3", "UploadPartCopy", &["s3:PutObject", "s3:GetObject"]),
    ("s3", "CompleteMultipartUpload", &["s3:PutObject"]),
    ("s3", "CopyObject", &["s3:PutObject", "s3:GetObject", "s3:GetObjectTagging", "s3:PutObjectTagging"]),
    ("s3", "CreateBucket", &["s3:CreateBucket", "s3:PutBucketTagging", "s3:PutBucketAcl"]),
    ("s3", "DeleteObjects", &["s3:DeleteObject"]),
    ("s3", "SelectObjectContent", &["s3:GetObject"]),
    ("s3", "GetObjectLockConfiguration", &["s3:GetBucketObjectLockConfiguration"]),
    ("s3", "PutObjectLockConfiguration", &["s3:PutBucketObjectLockConfiguration"]),
    ("s3", "GetBucketEncryption", &["s3:GetEncryptionConfiguration"]),
    ("s3", "PutBucketEncryption", &["s3:PutEncryptionConfiguration"]),
    ("s3", "DeleteBucketEncryption", &["s3:PutEncryptionConfiguration"]),
    ("s3", "GetBucketLifecycleConfiguration", &["s3:GetLifecycleConfiguration"]),
    ("s3", "PutBucketLifecycleConfiguration", &["s3:PutLifecycleConfiguration"]),
    ("s3", "DeleteBucketLifecycle", &["s3:PutLifecycleConfiguration"]),
    ("s3", "GetBucketReplication", &["s3:GetReplicationConfiguration"]),
    ("s3", "PutBucketReplication", &["s3:PutReplicationConfiguration"]),
    ("s3", "DeleteBucketReplication", &["s3:PutReplicationConfiguration"]),
    ("s3", "DeleteBucketCors", &["s3:PutBucketCORS"]),
    ("s3", "DeleteBucketTagging", &["s3:PutBucketTagging"]),
    ("s3", "GetPublicAccessBlock", &["s3:GetBucketPublicAccessBlock"]),
    ("s3", "PutPublicAccessBlock", &["s3:PutBucketPublicAccessBlock", "s3:PutAccountPublicAccessBlock"]),
    ("s3", "GetBucketNotificationConfiguration", &["s3:GetBucketNotification"]),
    ("s3", "PutBucketNotificationConfiguration", &["s3:PutBucketNotification"]),
    ("s3", "GetBucketAccelerateConfiguration", &["s3:GetAccelerateConfiguration"]),
    // https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html
    ("bedrock", "Converse", &["bedrock:InvokeModel"]),
    ("bedrock", "ConverseStream", &["bedrock:InvokeModelWithResponseStream"]),
    ("bedrock", "InvokeModel", &["bedrock:InvokeModel"]),
    ("bedrock", "InvokeModelWithResponseStream", &["bedrock:InvokeModelWithResponseStream"]),
    ("bedrock", "StartAsyncInvoke", &["bedrock:InvokeModel"]),
    // https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
    ("lambda", "Invoke", &["lambda:InvokeFunction"]),
    ("lambda", "InvokeWithResponseStream", &["lambda:InvokeFunction"]),
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
    (
        "dynamodb",
        "TransactWriteItems",
        &["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:ConditionCheckItem"],
    ),
    ("dynamodb", "TransactGetItems", &["dynamodb:GetItem"]),
    (
        "dynamodb",
        "ExecuteStatement",
        &["dynamodb:PartiQLSelect", "dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:PartiQLDelete"],
    ),
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
    ("sqs", "SendMessageBatch", &["sqs:SendMessage"]),
    ("sqs", "DeleteMessageBatch", &["sqs:DeleteMessage"]),
    ("sqs", "ChangeMessageVisibilityBatch", &["sqs:ChangeMessageVisibility"]),
    ("sns", "PublishBatch", &["sns:Publish"]),
    // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-iam-policy-examples.html
    ("apigateway", "GetRestApi", &["apigateway:GET"]),
    ("apigateway", "GetRestApis", &["apigateway:GET"]),
    ("apigateway", "CreateRestApi", &["apigateway:POST"]),
    ("apigateway", "CreateDeployment", &["apigateway:POST"]),
    ("apigateway", "UpdateRestApi", &["apigateway:PATCH"]),
    ("apigateway", "DeleteRestApi", &["apigateway:DELETE"]),
    ("ses", "SendBulkTemplatedEmail", &["ses:SendBulkTemplatedEmail", "ses:SendTemplatedEmail"]),
];

/// Operations whose name determines the service and the action, for wrappers that name only the operation.
const NAMED: [(&str, &str); 24] = [
    ("GetObject", "s3"),
    ("PutObject", "s3"),
    ("DeleteObject", "s3"),
    ("PutBucketPolicy", "s3"),
    ("GetBucketPolicy", "s3"),
    ("GetBucketLocation", "s3"),
    ("DeleteBucket", "s3"),
    ("AssumeRole", "sts"),
    ("AssumeRoleWithWebIdentity", "sts"),
    ("AssumeRoleWithSAML", "sts"),
    ("RunInstances", "ec2"),
    ("DescribeInstances", "ec2"),
    ("DescribeInstanceStatus", "ec2"),
    ("TerminateInstances", "ec2"),
    ("StartInstances", "ec2"),
    ("StopInstances", "ec2"),
    ("CreateVpc", "ec2"),
    ("DeleteVpc", "ec2"),
    ("CreateSecurityGroup", "ec2"),
    ("GetSecretValue", "secretsmanager"),
    ("GetParameter", "ssm"),
    ("DescribeStacks", "cloudformation"),
    ("CreateStack", "cloudformation"),
    ("ListFoundationModels", "bedrock"),
];

/// Those of them that other services have as well: without the service such a name tells nothing.
/// <https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html>,
/// <https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeployment.html>
const SHARED: [&str; 2] = ["CreateDeployment", "ExecuteStatement"];

/// Actions of an operation, most likely first; none when the service is not known and the name does not determine it.
pub(super) fn of(service: Option<&str>, operation: Option<&str>) -> Vec<Action> {
    let Some(operation) = operation else { return Vec::new() };
    let parse = |names: &[&str]| names.iter().filter_map(|name| name.parse().ok()).collect();
    let is_own = |owner: &str| service.map_or_else(|| !SHARED.contains(&operation), |service| service == owner);
    let different = DIFFERENT.iter().find(|(owner, name, _)| *name == operation && is_own(owner));
    if let Some((_, _, actions)) = different {
        return parse(actions);
    }
    let owner = service.or_else(|| NAMED.iter().find(|(name, _)| *name == operation).map(|(_, owner)| *owner));
    let owner = owner.or_else(|| managed_setting::is_changed_by(operation).then_some("ec2"));
    let usual =
        operation.starts_with(|c: char| c.is_ascii_uppercase()) && operation.bytes().all(|b| b.is_ascii_alphanumeric());
    match owner {
        // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html
        Some("apigateway") => Vec::new(),
        Some(owner) if usual => format!("{owner}:{operation}").parse().into_iter().collect(),
        _ => Vec::new(),
    }
}
