//! What guardrails are known by: condition keys, services, actions, and the names of places where logs lie.

use crate::iam::Action;

/// Keys by which a perimeter is drawn around where and how requests come.
pub(super) const PERIMETER: [&str; 8] = [
    "aws:multifactorauthpresent",
    "aws:multifactorauthage",
    "aws:securetransport",
    "aws:sourceip",
    "aws:vpcsourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "s3:tlsversion",
];

/// Keys that tell whether what is made, or put, is encrypted.
/// - <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html>
/// - <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html>
/// - <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticfilesystem.html>
/// - <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticache.html>
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html>
pub(super) const ENCRYPTION: [&str; 7] = [
    "ec2:encrypted",
    "elasticache:atrestencryptionenabled",
    "elasticache:transitencryptionenabled",
    "elasticfilesystem:encrypted",
    "rds:storageencrypted",
    "s3:x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

/// Keys that tell this organization's accounts from others.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html>
pub(super) const ORGANIZATION: [&str; 15] = [
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:resourceorgpaths",
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "kms:calleraccount",
    "s3:resourceaccount",
    "s3:dataaccesspointaccount",
];

/// Keys of the metadata service of machines.
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html>
pub(super) const METADATA: [&str; 4] =
    ["ec2:metadatahttpendpoint", "ec2:metadatahttpputresponsehoplimit", "ec2:metadatahttptokens", "ec2:roledelivery"];

/// Services that record and detect.
const RECORDS: [&str; 13] = [
    "access-analyzer",
    "auditmanager",
    "cloudtrail",
    "config",
    "detective",
    "guardduty",
    "inspector",
    "inspector2",
    "logs",
    "macie2",
    "observabilityadmin",
    "securityhub",
    "securitylake",
];

/// What people call the places where logs and backups lie.
const STORES: [&str; 12] = [
    "access-log",
    "accesslog",
    "audit",
    "backup",
    "cloudtrail",
    "config-log",
    "flow-log",
    "flowlog",
    "forensic",
    "log-archive",
    "logarchive",
    "security-log",
];

/// Whether a name is that of a place where logs or backups lie.
pub(super) fn holds_records(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    STORES.iter().any(|word| name.contains(word)) || name.split(['-', '_', '.', ':']).any(|word| word == "logs")
}

/// Whether the action stops or deletes what records and detects.
pub(super) fn is_record(action: &Action) -> bool {
    RECORDS.contains(&action.service()) || action.folded() == "ec2:deleteflowlogs"
}

/// Whether the action writes permissions or takes away what limits them.
pub(super) fn rewrites_permissions(action: &Action) -> bool {
    let name = action.folded().strip_prefix("iam:").unwrap_or_default();
    name.contains("policy") || name == "addusertogroup" || name == "removeuserfromgroup"
}

/// Whether the action changes what a managed policy says: for everyone who has it, and everyone whom it limits as a boundary, which
/// may be the caller.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html>
pub(super) fn rewrites_versions(action: &Action) -> bool {
    ["iam:createpolicyversion", "iam:setdefaultpolicyversion"].contains(&action.folded())
}
